//! The tenant that a request speaks for.

/// One instance of the host's application, in the type of each domain crate.
///
/// [`require_secret_key`](crate::require_secret_key) puts it into the request's extensions; a host with other means
/// of telling its tenants apart puts it there itself.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Tenant {
    apikeys: apikeys::TenantId,
    scim: scim_core::TenantId,
    billing: billing_plans::TenantId,
    analytics: analytics_filter::TenantId,
}

impl Tenant {
    /// The tenant of this name: 1 to 64 characters of `A-Z`, `a-z`, `0-9`, `-` and `_`.
    ///
    /// # Errors
    /// [`InvalidTenant`], if it is anything else.
    pub fn new(name: &str) -> Result<Self, InvalidTenant> {
        Ok(Self {
            apikeys: apikeys::TenantId::new(name).map_err(|_| InvalidTenant)?,
            scim: scim_core::TenantId::new(name).map_err(|_| InvalidTenant)?,
            billing: billing_plans::TenantId::new(name).map_err(|_| InvalidTenant)?,
            analytics: analytics_filter::TenantId::new(name).map_err(|_| InvalidTenant)?,
        })
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.apikeys.as_str()
    }

    /// The tenant, as the API keys know it.
    pub fn apikeys(&self) -> &apikeys::TenantId {
        &self.apikeys
    }

    /// The tenant, as the directories know it.
    pub fn scim(&self) -> &scim_core::TenantId {
        &self.scim
    }

    /// The tenant, as the plans and statements know it.
    pub fn billing(&self) -> &billing_plans::TenantId {
        &self.billing
    }

    /// The tenant, as the Overview knows it.
    pub fn analytics(&self) -> &analytics_filter::TenantId {
        &self.analytics
    }
}

/// The name is no tenant's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a tenant's name has 1 to 64 characters of `A-Z`, `a-z`, `0-9`, `-` and `_`")]
pub struct InvalidTenant;

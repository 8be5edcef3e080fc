//! Passwords, which the host turns into what it keeps.

use std::{fmt, future::Future, pin::Pin, sync::Arc};

use super::Scim;
use crate::{ClearPassword, ScimError, ScimStore, ServiceError, StoredPassword, TenantId};

type Answer = Pin<Box<dyn Future<Output = Result<StoredPassword, ScimError>> + Send>>;

/// The host's hook, if it has one.
#[derive(Clone, Default)]
pub(super) struct Passwords(Option<Arc<dyn Fn(TenantId, ClearPassword) -> Answer + Send + Sync>>);

impl Passwords {
    pub(super) fn are_kept(&self) -> bool {
        self.0.is_some()
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Passwords").field(&self.are_kept()).finish()
    }
}

impl<S: ScimStore> Scim<S> {
    /// The same, which has `hook` turn every password into what the host keeps, and hands that to the store's hook in the
    /// commit of the change; without one, passwords are taken and dropped.
    ///
    /// A password that the host's policy refuses is answered with the hook's error, a 400 `invalidValue`, in which the
    /// password must not be. The hook may be called again for a request that came upon other changes.
    #[must_use]
    pub fn with_passwords<F>(
        self,
        hook: impl Fn(TenantId, ClearPassword) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<StoredPassword, ScimError>> + Send + 'static,
    {
        let hook = move |tenant: TenantId, clear: ClearPassword| -> Answer { Box::pin(hook(tenant, clear)) };
        Self { passwords: Passwords(Some(Arc::new(hook))), ..self }
    }

    /// The password of a request, if the host keeps passwords.
    pub(super) fn password(
        &self,
        of_request: impl FnOnce() -> Result<Option<ClearPassword>, ScimError>,
    ) -> Result<Option<ClearPassword>, ServiceError<ScimError, S::Error>> {
        let password = if self.passwords.are_kept() { of_request() } else { Ok(None) };
        password.map_err(ServiceError::Refused)
    }

    /// What the host keeps of a password.
    pub(super) async fn stored(
        &self,
        tenant: &TenantId,
        clear: Option<&ClearPassword>,
    ) -> Result<Option<StoredPassword>, ServiceError<ScimError, S::Error>> {
        let (Some(hook), Some(clear)) = (&self.passwords.0, clear) else { return Ok(None) };
        hook(tenant.clone(), clear.clone()).await.map(Some).map_err(ServiceError::Refused)
    }
}

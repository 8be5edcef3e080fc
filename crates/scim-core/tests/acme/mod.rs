//! The directory that tests work in.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{Directory, NewDirectory, Scim, ScimStore, TenantId};
use store_contract::block_on;

/// A new directory of a tenant.
pub(crate) fn directory<S: ScimStore>(
    scim: &Scim<S>,
    tenant: &TenantId,
    now: DateTime<Utc>,
) -> Arc<Directory> {
    let new = NewDirectory {
        name: "Acme".into(),
        enterprise_connection_id: "ent".into(),
        provider: "okta".into(),
        custom_attributes: Vec::new(),
    };
    block_on(scim.create_directory(tenant, new, now, &mut UnwrapErr(SysRng))).unwrap().unwrap().0
}

//! The checks of [`CatalogStore`].

use std::sync::Arc;

use store_contract::{Check, ensure, ensure_eq};

use super::samples::{annual_plan, catalog_of, full_plan, other_tenant, plan, settings, tenant, write_plans};
use crate::{Catalog, CatalogChange, CatalogStore, CatalogWrite, Commit, Revision};

/// Nothing written is the default, not an error.
pub async fn a_tenant_without_catalog_has_the_default<S: CatalogStore>(store: S) -> Check {
    ensure_eq!(store.catalog(&tenant()).await?, Catalog::default(), "an unwritten catalog");
    Ok(())
}

/// Every part of a plan survives: null and empty text, zero and the largest fee, each availability, order of features.
pub async fn a_plan_is_read_back_whole<S: CatalogStore>(store: S) -> Check {
    for (count, written) in (1..).zip([full_plan(), annual_plan(), plan("least", 3)]) {
        ensure_eq!(
            write_plans(&store, std::slice::from_ref(&written)).await?,
            Commit::Applied,
            "plan {count}"
        );
        let read = store.catalog(&tenant()).await?;
        ensure_eq!(read.plan(&written.id), Some(&written), "plan {count} as it was written");
        ensure_eq!(read.revision, Some(Revision::new(count)), "the revision after {count} changes");
    }
    Ok(())
}

/// Settings survive, and plans with them.
pub async fn settings_are_read_back<S: CatalogStore>(store: S) -> Check {
    write_plans(&store, &[plan("a", 1)]).await?;
    let write = CatalogWrite::Settings(settings());
    let change = CatalogChange { expected: Some(Revision::FIRST), write };
    ensure_eq!(
        store.commit_catalog(&tenant(), &change).await?,
        Commit::Applied,
        "settings of a catalog with plans"
    );
    let expected =
        Catalog { revision: Some(Revision::new(2)), settings: settings(), plans: vec![plan("a", 1)] };
    ensure_eq!(store.catalog(&tenant()).await?, expected, "the catalog with its settings");
    write_plans(&store, &[plan("b", 2)]).await?;
    ensure_eq!(store.catalog(&tenant()).await?.settings, settings(), "the settings after another plan");
    Ok(())
}

/// A plan is one row however often it is written.
pub async fn a_plan_with_the_same_id_is_replaced<S: CatalogStore>(store: S) -> Check {
    let changed = crate::Plan { id: crate::PlanId::new("a"), ..full_plan() };
    write_plans(&store, &[plan("a", 1), plan("b", 0), changed.clone()]).await?;
    let expected = Catalog { revision: Some(Revision::new(3)), ..catalog_of(&[changed, plan("b", 0)]) };
    ensure_eq!(store.catalog(&tenant()).await?, expected, "the catalog with the changed plan");
    Ok(())
}

/// Newest first; of those created in one millisecond, the one with the largest id.
pub async fn plans_are_ordered_newest_first<S: CatalogStore>(store: S) -> Check {
    write_plans(&store, &[plan("b", 1), plan("d", 0), plan("a", 2), plan("c", 1)]).await?;
    let ordered = catalog_of(&[plan("a", 2), plan("c", 1), plan("b", 1), plan("d", 0)]);
    ensure_eq!(store.catalog(&tenant()).await?, ordered, "the order of plans");
    Ok(())
}

/// Of two changes decided from the same revision, one is applied.
pub async fn a_stale_catalog_change_writes_nothing<S: CatalogStore>(store: S) -> Check {
    write_plans(&store, &[plan("a", 1), plan("b", 2)]).await?;
    let before = store.catalog(&tenant()).await?;
    let stale = [None, Some(Revision::FIRST), Some(Revision::new(3)), Some(Revision::new(u64::MAX))];
    for expected in stale {
        for write in [CatalogWrite::Plan(Arc::new(plan("c", 3))), CatalogWrite::Settings(settings())] {
            let commit = store.commit_catalog(&tenant(), &CatalogChange { expected, write }).await?;
            ensure_eq!(commit, Commit::Stale, "a change decided from {expected:?}, at revision 2");
        }
    }
    ensure_eq!(store.catalog(&tenant()).await?, before, "the catalog after stale changes");
    Ok(())
}

/// A change of a catalog that isn't there is stale, and so is a second creation.
pub async fn a_catalog_is_created_once<S: CatalogStore>(store: S) -> Check {
    let change = |expected| CatalogChange { expected, write: CatalogWrite::Settings(settings()) };
    let early = store.commit_catalog(&tenant(), &change(Some(Revision::FIRST))).await?;
    ensure_eq!(early, Commit::Stale, "a change of a catalog that isn't there");
    ensure_eq!(store.catalog(&tenant()).await?, Catalog::default(), "the catalog after it");
    ensure_eq!(store.commit_catalog(&tenant(), &change(None)).await?, Commit::Applied, "the first creation");
    ensure_eq!(store.commit_catalog(&tenant(), &change(None)).await?, Commit::Stale, "the second creation");
    Ok(())
}

/// Two tenants may have plans with the same id, slug and name.
pub async fn catalogs_of_tenants_are_apart<S: CatalogStore>(store: S) -> Check {
    write_plans(&store, &[plan("a", 1)]).await?;
    ensure_eq!(store.catalog(&other_tenant()).await?, Catalog::default(), "another tenant's catalog");
    let theirs = crate::Plan { description: Some("theirs".into()), ..plan("a", 9) };
    let change = CatalogChange { expected: None, write: CatalogWrite::Plan(Arc::new(theirs.clone())) };
    let commit = store.commit_catalog(&other_tenant(), &change).await?;
    ensure!(commit == Commit::Applied, "another tenant's plan with the same id is another plan");
    ensure_eq!(store.catalog(&other_tenant()).await?, catalog_of(&[theirs]), "their catalog");
    ensure_eq!(store.catalog(&tenant()).await?, catalog_of(&[plan("a", 1)]), "the first tenant's catalog");
    Ok(())
}

//! Counters and last uses.

use super::*;

/// A repeated or late counter changes nothing.
pub async fn counters_merge_by_the_larger_total<S: KeyStore>(store: S) -> Check {
    for total in [5, 7, 7, 6] {
        store.merge(&tenant(), &counter(1, UsageKind::Verification, total)).await?;
    }
    ensure_eq!(store.usage(&tenant(), month()).await?, verifications(7), "the larger total stays");
    Ok(())
}

/// The totals of all writers add up.
pub async fn counters_of_writers_add_up<S: KeyStore>(store: S) -> Check {
    for writer in [1, u64::MAX] {
        store.merge(&tenant(), &counter(writer, UsageKind::Verification, 4)).await?;
    }
    ensure_eq!(store.usage(&tenant(), month()).await?, verifications(8), "the writers' totals add up");
    Ok(())
}

/// Month, kind and tenant keep counters apart.
pub async fn counters_are_kept_by_month_kind_and_tenant<S: KeyStore>(store: S) -> Check {
    store.merge(&tenant(), &counter(1, UsageKind::Verification, 4)).await?;
    store.merge(&tenant(), &counter(1, UsageKind::Creation, 2)).await?;
    let expected = UsageTotals { creations: 2, verifications: 4 };
    ensure_eq!(store.usage(&tenant(), month()).await?, expected, "kinds are kept apart");
    let earlier = Month::of(now() - TimeDelta::days(40));
    ensure_eq!(store.usage(&tenant(), earlier).await?, UsageTotals::default(), "months are kept apart");
    let other = tenant_named("ins_other");
    ensure_eq!(store.usage(&other, month()).await?, UsageTotals::default(), "tenants are kept apart");
    Ok(())
}

/// A late report of an earlier use changes nothing.
pub async fn the_later_use_stays<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    for milliseconds in [50, 80, 80, 60] {
        store.merge(&tenant(), &used(1, at(milliseconds))).await?;
    }
    let last_used_at = store.key(&tenant(), id(1)).await?.and_then(|key| key.last_used_at);
    ensure_eq!(last_used_at, Some(at(80)), "the later use stays");
    Ok(())
}

/// A use is no change of the key.
pub async fn a_use_does_not_touch_the_revision<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    store.merge(&tenant(), &used(1, at(80))).await?;
    let expected = KeyRecord { last_used_at: Some(at(80)), ..key(1) };
    ensure_eq!(store.key(&tenant(), id(1)).await?.as_deref(), Some(&expected), "only the last use changes");
    Ok(())
}

/// A report about a deleted key is no error and creates nothing.
pub async fn the_use_of_a_key_that_is_gone_is_ignored<S: KeyStore>(store: S) -> Check {
    store.merge(&tenant(), &used(1, at(80))).await?;
    ensure_eq!(store.key(&tenant(), id(1)).await?, None, "no key appears");
    Ok(())
}

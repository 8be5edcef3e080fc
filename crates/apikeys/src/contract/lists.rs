//! Lists and pages.

use super::*;

/// The newest key comes first.
pub async fn keys_are_listed_newest_first<S: KeyStore>(store: S) -> Check {
    stored(&store, [2, 3, 1]).await?;
    let page = store.keys(&tenant(), &KeyFilter::default(), Start::Offset(0), 2, now()).await?;
    ensure_eq!(ids(&page), [id(3), id(2)], "the newest keys come first");
    ensure_eq!(page.total, 3, "the total counts every key");
    Ok(())
}

/// Keys of one instant are told apart by id, largest first.
pub async fn equally_old_keys_are_listed_by_id<S: KeyStore>(store: S) -> Check {
    for number in [2, 0xf0, 1] {
        let key = KeyRecord { created_at: at(0), ..key(number) };
        store.commit(&tenant(), &create(&key), now()).await?;
    }
    let page = store.keys(&tenant(), &KeyFilter::default(), Start::Offset(0), 9, now()).await?;
    ensure_eq!(ids(&page), [id(0xf0), id(2), id(1)], "the largest id comes first");
    let behind = Start::After(Position { created_at: at(0), id: id(2) });
    let page = store.keys(&tenant(), &KeyFilter::default(), behind, 9, now()).await?;
    ensure_eq!(ids(&page), [id(1)], "a page goes on behind an id of the same instant");
    Ok(())
}

/// Pages by position hold every key once, and the total stays that of all.
pub async fn a_page_goes_on_behind_a_position<S: KeyStore>(store: S) -> Check {
    stored(&store, 1..=5).await?;
    let behind = Start::After(Position::of(&key(4)));
    let page = store.keys(&tenant(), &KeyFilter::default(), behind, 2, now()).await?;
    ensure_eq!(ids(&page), [id(3), id(2)], "a page goes on behind a position");
    ensure_eq!(page.total, 5, "the total counts every key");
    Ok(())
}

/// A position outlives its key.
pub async fn a_page_goes_on_behind_a_key_that_is_gone<S: KeyStore>(store: S) -> Check {
    stored(&store, 1..=3).await?;
    let delete = KeyChange::Delete { id: id(3), expected: Revision::FIRST, at: now() };
    store.commit(&tenant(), &delete, now()).await?;
    let behind = Start::After(Position::of(&key(3)));
    let page = store.keys(&tenant(), &KeyFilter::default(), behind, 9, now()).await?;
    ensure_eq!(ids(&page), [id(2), id(1)], "a page goes on behind a deleted key");
    Ok(())
}

/// An offset past the end is an empty page.
pub async fn an_offset_skips_keys<S: KeyStore>(store: S) -> Check {
    stored(&store, 1..=3).await?;
    let page = store.keys(&tenant(), &KeyFilter::default(), Start::Offset(1), 1, now()).await?;
    ensure_eq!(ids(&page), [id(2)], "an offset skips keys");
    let page = store.keys(&tenant(), &KeyFilter::default(), Start::Offset(7), 1, now()).await?;
    ensure_eq!((page.keys.len(), page.total), (0, 3), "an offset past the end is an empty page");
    Ok(())
}

/// Subject, type and name restrict page and total alike.
pub async fn a_filter_restricts_page_and_total<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let other = KeyRecord { subject: subject('c'), kind: "other".into(), name: "100%_Sure".into(), ..key(2) };
    store.commit(&tenant(), &create(&other), now()).await?;
    let by = |filter: KeyFilter| {
        let store = &store;
        async move { store.keys(&tenant(), &filter, Start::Offset(0), 9, now()).await }
    };
    let subject = KeyFilter { subject: Some(subject('c')), ..KeyFilter::default() };
    let page = by(subject).await?;
    ensure_eq!((ids(&page), page.total), (vec![id(2)], 1), "a subject restricts");
    let kind = KeyFilter { kind: Some("api_key".into()), ..KeyFilter::default() };
    ensure_eq!(ids(&by(kind).await?), [id(1)], "a type restricts");
    for (name, expected) in
        [("key", vec![id(1)]), ("%_s", vec![id(2)]), ("_", vec![id(2)]), ("absent", vec![])]
    {
        let filter = KeyFilter { name: Some(name.into()), ..KeyFilter::default() };
        ensure_eq!(
            ids(&by(filter).await?),
            expected,
            "the name `{name}` restricts, as plain text in either case"
        );
    }
    Ok(())
}

/// Revoked and expired keys are listed only when asked for; at its very expiry a key is expired.
pub async fn invalid_keys_are_listed_when_asked_for<S: KeyStore>(store: S) -> Check {
    let revoked = KeyRecord { revoked: Some(Revocation { at: at(1), reason: None, by: None }), ..key(1) };
    let expired = KeyRecord { expires_at: Some(now()), ..key(2) };
    let endless = KeyRecord { expires_at: None, ..key(3) };
    for key in [revoked, expired, endless] {
        store.commit(&tenant(), &create(&key), now()).await?;
    }
    let page = store.keys(&tenant(), &KeyFilter::default(), Start::Offset(0), 9, now()).await?;
    ensure_eq!((ids(&page), page.total), (vec![id(3)], 1), "invalid keys are left out");
    let all = KeyFilter { include_invalid: true, ..KeyFilter::default() };
    let page = store.keys(&tenant(), &all, Start::Offset(0), 9, now()).await?;
    ensure_eq!(page.total, 3, "invalid keys are listed when asked for");
    Ok(())
}

/// Each status lists its own keys, and no other.
pub async fn a_status_lists_its_own_keys<S: KeyStore>(store: S) -> Check {
    let alive = KeyRecord { expires_at: None, disabled_at: None, rules: Rules::default(), ..key(1) };
    let successor = Successor { id: id(9), grace_until: now() };
    let rotated = Lineage { successor: Some(successor), ..alive.lineage };
    let revoked = Some(Revocation { at: at(1), reason: None, by: None });
    let idle = Rules { idle_ttl: Some(TimeDelta::milliseconds(900_000)), ..Rules::default() };
    let later = Rules { not_before: Some(now() + TimeDelta::milliseconds(1)), ..Rules::default() };
    let keys = [
        (KeyStatus::Active, alive.clone()),
        (
            KeyStatus::Revoked,
            KeyRecord { revoked, disabled_at: Some(at(1)), lineage: rotated, ..alive.clone() },
        ),
        (KeyStatus::GraceEnded, KeyRecord { lineage: rotated, disabled_at: Some(at(1)), ..alive.clone() }),
        (
            KeyStatus::Disabled,
            KeyRecord { disabled_at: Some(at(1)), expires_at: Some(at(1)), ..alive.clone() },
        ),
        (KeyStatus::Expired, KeyRecord { rules: idle, ..alive.clone() }),
        (KeyStatus::NotYetValid, KeyRecord { rules: later, ..alive.clone() }),
    ];
    for (number, (_, record)) in (1..).zip(&keys) {
        let (id, digest) = (id(number), key(number).digest);
        store.commit(&tenant(), &create(&KeyRecord { id, digest, ..record.clone() }), now()).await?;
    }
    for (number, (status, _)) in (1..).zip(&keys) {
        let filter = KeyFilter { status: Some(*status), ..KeyFilter::default() };
        let page = store.keys(&tenant(), &filter, Start::Offset(0), 9, now()).await?;
        ensure_eq!((ids(&page), page.total), (vec![id(number)], 1), "{status:?} lists its own keys");
    }
    let page = store.keys(&tenant(), &KeyFilter::default(), Start::Offset(0), 9, now()).await?;
    ensure_eq!(page.total, 2, "valid are the active ones and those whose time has not begun");
    Ok(())
}

/// A use that was stored keeps a key from being listed as idle.
pub async fn a_use_ends_idleness<S: KeyStore>(store: S) -> Check {
    let idle = Rules { idle_ttl: Some(TimeDelta::milliseconds(900_000)), ..Rules::default() };
    store.commit(&tenant(), &create(&KeyRecord { rules: idle, disabled_at: None, ..key(1) }), now()).await?;
    let expired = KeyFilter { status: Some(KeyStatus::Expired), ..KeyFilter::default() };
    let page = store.keys(&tenant(), &expired, Start::Offset(0), 9, now()).await?;
    ensure_eq!(page.total, 1, "a key that was idle for too long has expired");
    store.merge(&tenant(), &used(1, at(900_000))).await?;
    let page = store.keys(&tenant(), &expired, Start::Offset(0), 9, now()).await?;
    ensure_eq!(page.total, 0, "one that was used has not");
    Ok(())
}

/// Keys without an expiry expire before no time.
pub async fn keys_are_listed_by_their_expiry<S: KeyStore>(store: S) -> Check {
    for (number, expires_at) in [(1, Some(at(5_000_000))), (2, Some(at(6_000_000))), (3, None)] {
        store.commit(&tenant(), &create(&KeyRecord { expires_at, ..key(number) }), now()).await?;
    }
    let before = |end| KeyFilter { expires_before: Some(end), include_invalid: true, ..KeyFilter::default() };
    for (end, expected) in
        [(at(5_000_000), vec![]), (at(5_000_001), vec![id(1)]), (at(9_000_000), vec![id(2), id(1)])]
    {
        let page = store.keys(&tenant(), &before(end), Start::Offset(0), 9, now()).await?;
        ensure_eq!(ids(&page), expected, "keys that expire before a time, and not at it");
    }
    Ok(())
}

/// Keys that were never used were used before any time.
pub async fn keys_are_listed_by_their_last_use<S: KeyStore>(store: S) -> Check {
    stored(&store, 1..=3).await?;
    store.merge(&tenant(), &used(1, at(50))).await?;
    store.merge(&tenant(), &used(2, at(60))).await?;
    let before =
        |end| KeyFilter { last_used_before: Some(end), include_invalid: true, ..KeyFilter::default() };
    for (end, expected) in
        [(at(50), vec![id(3)]), (at(60), vec![id(3), id(1)]), (at(61), vec![id(3), id(2), id(1)])]
    {
        let page = store.keys(&tenant(), &before(end), Start::Offset(0), 9, now()).await?;
        ensure_eq!(ids(&page), expected, "keys whose last use was before a time");
    }
    Ok(())
}

/// A page of no keys still tells how many there are.
pub async fn a_page_of_no_keys_has_a_total<S: KeyStore>(store: S) -> Check {
    stored(&store, 1..=3).await?;
    let page = store.keys(&tenant(), &KeyFilter::default(), Start::Offset(0), 0, now()).await?;
    ensure_eq!((page.keys.len(), page.total), (0, 3), "a page of no keys has a total");
    Ok(())
}

//! The feed of changes.

use super::*;

async fn after<S: KeyStore>(store: &S, cursor: FeedCursor) -> Result<ChangedKeys, S::Error> {
    store.changed_keys(&tenant(), Some(cursor), 100, now()).await
}

async fn end<S: KeyStore>(store: &S) -> Result<FeedCursor, S::Error> {
    Ok(store.changed_keys(&tenant(), None, 100, now()).await?.next)
}

/// Who begins to follow is told nothing that was before.
pub async fn a_feed_begins_where_it_ends_now<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let begun = store.changed_keys(&tenant(), None, 100, now()).await?;
    ensure_eq!((begun.ids, begun.more), (vec![], false), "a feed begins at its end");
    ensure_eq!(after(&store, begun.next).await?.ids, [], "and nothing comes twice");
    stored(&store, [2]).await?;
    ensure_eq!(after(&store, begun.next).await?.ids, [id(2)], "what comes later is told");
    Ok(())
}

/// From its very beginning it tells every key that there is or was.
pub async fn a_feed_tells_everything_from_its_beginning<S: KeyStore>(store: S) -> Check {
    stored(&store, 1..=3).await?;
    let mut ids = after(&store, FeedCursor::default()).await?.ids;
    ids.sort();
    ensure_eq!(ids, [id(1), id(2), id(3)], "a feed tells everything from its beginning");
    Ok(())
}

/// Creations, changes, revocations, deletions and new digests are all told.
pub async fn every_kind_of_change_is_in_the_feed<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let revoked = Some(Revocation { at: at(1), reason: None, by: None });
    let second = KeyRecord { revision: Revision(2), ..key(1) };
    let changes = [
        replace(&key(1), |key| key.name = "renamed".into()),
        KeyChange::Rehash { id: id(1), from: key(1).digest, to: digest(0xee, 4) },
        KeyChange::Revoke { record: Arc::new(KeyRecord { revoked, revision: Revision(3), ..second }) },
        KeyChange::Delete { id: id(1), expected: Revision(3), at: now() },
    ];
    for change in changes {
        let cursor = end(&store).await?;
        ensure_eq!(store.commit(&tenant(), &change, now()).await?, Commit::Applied, "{change:?} is applied");
        ensure_eq!(after(&store, cursor).await?.ids, [id(1)], "{change:?} is in the feed");
    }
    Ok(())
}

/// Keys that change because of another one are told, too.
pub async fn what_changes_along_is_in_the_feed<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    child(&store, 2, 1).await?;
    let cursor = end(&store).await?;
    let delete = KeyChange::Delete { id: id(1), expected: Revision::FIRST, at: now() };
    store.commit(&tenant(), &delete, now()).await?;
    let mut ids = after(&store, cursor).await?.ids;
    ids.sort();
    ensure_eq!(ids, [id(1), id(2)], "the child of a deleted key is in the feed");
    Ok(())
}

/// What was not written is not told.
pub async fn a_stale_change_is_not_in_the_feed<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let cursor = end(&store).await?;
    let stale = KeyChange::Delete { id: id(1), expected: Revision(7), at: now() };
    store.commit(&tenant(), &stale, now()).await?;
    ensure_eq!(after(&store, cursor).await?.ids, [], "a stale change is not in the feed");
    Ok(())
}

/// A use is no change.
pub async fn a_use_is_not_in_the_feed<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let cursor = end(&store).await?;
    store.merge(&tenant(), &used(1, at(80))).await?;
    ensure_eq!(after(&store, cursor).await?.ids, [], "a use is not in the feed");
    Ok(())
}

/// Page after page nothing is left out, also of what changes between them.
pub async fn pages_of_the_feed_leave_nothing_out<S: KeyStore>(store: S) -> Check {
    stored(&store, 1..=5).await?;
    let (mut seen, mut cursor) = (Vec::new(), FeedCursor::default());
    for round in 0..9 {
        let page = store.changed_keys(&tenant(), Some(cursor), 2, now()).await?;
        ensure!(page.ids.len() <= 2, "a page has at most so many");
        ensure!(page.more || page.next >= cursor, "a cursor never goes back");
        seen.extend(page.ids);
        cursor = page.next;
        if round == 0 {
            store.commit(&tenant(), &replace(&key(1), |key| key.name = "renamed".into()), now()).await?;
        }
        if !page.more {
            break;
        }
    }
    let last = seen.last().copied();
    ensure_eq!(last, Some(id(1)), "a key that changes meanwhile comes again");
    seen.sort();
    seen.dedup();
    ensure_eq!(seen, (1..=5).map(id).collect::<Vec<_>>(), "every key is told");
    Ok(())
}

/// A page that is not the last says so, and the last says until when it tells everything.
pub async fn the_last_page_of_the_feed_says_so<S: KeyStore>(store: S) -> Check {
    stored(&store, 1..=3).await?;
    let first = store.changed_keys(&tenant(), Some(FeedCursor::default()), 2, now()).await?;
    ensure!(first.more, "there is more");
    let last = store.changed_keys(&tenant(), Some(first.next), 2, now()).await?;
    ensure_eq!(
        (last.more, last.as_of <= now()),
        (false, true),
        "there is no more, as of a time that has been"
    );
    let full = store.changed_keys(&tenant(), Some(FeedCursor::default()), 3, now()).await?;
    ensure!(!full.more, "a full page may be the last");
    Ok(())
}

/// A tenant is told its own keys only.
pub async fn a_feed_is_its_tenants_own<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let other = store.changed_keys(&tenant_named("ins_other"), Some(FeedCursor::default()), 9, now()).await?;
    ensure_eq!(other.ids, [], "another tenant's feed is empty");
    Ok(())
}

//! Rotation, parents and children.

use super::*;

/// Both keys of a rotation are written or none.
pub async fn a_rotation_writes_both_keys_or_none<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let stale = rotation(&KeyRecord { revision: Revision(5), ..key(1) }, 2);
    ensure_eq!(store.commit(&tenant(), &stale, now()).await?, Commit::Stale, "a stale predecessor is stale");
    ensure_eq!(store.key(&tenant(), id(2)).await?, None, "and the successor is not written");
    ensure_eq!(store.usage(&tenant(), month()).await?.creations, 1, "and not counted");
    let change = rotation(&key(1), 2);
    ensure_eq!(store.commit(&tenant(), &change, now()).await?, Commit::Applied, "a key is rotated");
    let (before, after) = (store.key(&tenant(), id(1)).await?, store.key(&tenant(), id(2)).await?);
    let successor = before.and_then(|key| key.lineage.successor).map(|after| (after.id, after.grace_until));
    ensure_eq!(successor, Some((id(2), at(2_000_000))), "the predecessor names its successor");
    let lineage = after.map(|key| (key.lineage.family, key.lineage.predecessor.map(|before| before.id)));
    ensure_eq!(lineage, Some((id(1), Some(id(1)))), "the successor names its family and predecessor");
    ensure_eq!(store.usage(&tenant(), month()).await?.creations, 2, "a rotation is a creation");
    Ok(())
}

/// A successor whose id is taken leaves its predecessor as it was.
pub async fn a_rotation_to_a_taken_id_writes_nothing<S: KeyStore>(store: S) -> Check {
    stored(&store, [1, 2]).await?;
    let change = rotation(&key(1), 2);
    ensure_eq!(store.commit(&tenant(), &change, now()).await?, Commit::Stale, "a taken id is stale");
    ensure_eq!(store.key(&tenant(), id(1)).await?.as_deref(), Some(&key(1)), "the predecessor stays");
    Ok(())
}

/// The children of a rotated key become its successor's, at another revision.
pub async fn a_successor_adopts_the_children<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    child(&store, 3, 1).await?;
    store.commit(&tenant(), &rotation(&key(1), 2), now()).await?;
    let adopted = store.key(&tenant(), id(3)).await?.map(|key| (key.lineage.parent, key.revision));
    ensure_eq!(adopted, Some((Some(id(2)), Revision(2))), "a child goes over to the successor");
    Ok(())
}

/// A revocation reaches children and theirs, each with the same time, reason and actor.
pub async fn a_revocation_reaches_every_descendant<S: KeyStore>(store: S) -> Check {
    stored(&store, [1, 5]).await?;
    child(&store, 2, 1).await?;
    child(&store, 3, 2).await?;
    child(&store, 6, 5).await?;
    let revoked = Revocation { at: at(40), reason: Some("left".into()), by: Some(subject('d')) };
    let change = revoke(&key(1), &revoked);
    ensure_eq!(store.commit(&tenant(), &change, now()).await?, Commit::Applied, "a key is revoked");
    for number in [1, 2, 3] {
        let found = store.key(&tenant(), id(number)).await?.map(|key| (key.revoked.clone(), key.revision));
        ensure_eq!(found, Some((Some(revoked.clone()), Revision(2))), "key {number} is revoked");
    }
    let untouched = store.key(&tenant(), id(6)).await?.map(|key| (key.revoked.clone(), key.revision));
    ensure_eq!(untouched, Some((None, Revision::FIRST)), "another key's child is not");
    Ok(())
}

/// What was revoked before keeps its time and reason; its own children are reached all the same.
pub async fn an_earlier_revocation_stays<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    child(&store, 2, 1).await?;
    child(&store, 3, 2).await?;
    let earlier = Revocation { at: at(10), reason: Some("earlier".into()), by: None };
    let only_child = replace(&child_of(2, 1), |key| key.revoked = Some(earlier.clone()));
    store.commit(&tenant(), &only_child, now()).await?;
    let later = Revocation { at: at(40), reason: None, by: None };
    store.commit(&tenant(), &revoke(&key(1), &later), now()).await?;
    let child = store.key(&tenant(), id(2)).await?.and_then(|key| key.revoked.clone());
    ensure_eq!(child, Some(earlier), "the earlier revocation stays");
    let grandchild = store.key(&tenant(), id(3)).await?.and_then(|key| key.revoked.clone());
    ensure_eq!(grandchild, Some(later), "its child is revoked");
    Ok(())
}

/// A revocation that is stale reaches no child.
pub async fn a_stale_revocation_reaches_no_child<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    child(&store, 2, 1).await?;
    let revoked = Revocation { at: at(40), reason: None, by: None };
    let stale = revoke(&KeyRecord { revision: Revision(4), ..key(1) }, &revoked);
    ensure_eq!(store.commit(&tenant(), &stale, now()).await?, Commit::Stale, "another revision is stale");
    ensure!(
        store.key(&tenant(), id(2)).await?.is_some_and(|key| key.revoked.is_none()),
        "no child is reached"
    );
    Ok(())
}

/// The children of a deleted key are revoked, and say why.
pub async fn a_deletion_revokes_the_children<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    child(&store, 2, 1).await?;
    let delete = KeyChange::Delete { id: id(1), expected: Revision::FIRST, at: at(40) };
    store.commit(&tenant(), &delete, now()).await?;
    let expected = Revocation { at: at(40), reason: Some(DELETED_PARENT.into()), by: None };
    let revoked = store.key(&tenant(), id(2)).await?.and_then(|key| key.revoked.clone());
    ensure_eq!(revoked, Some(expected), "the child is revoked");
    Ok(())
}

/// No key can be created with a parent that is unknown, another tenant's, or revoked meanwhile.
pub async fn a_child_needs_a_live_parent<S: KeyStore>(store: S) -> Check {
    let orphan = create(&child_of(2, 1));
    ensure_eq!(store.commit(&tenant(), &orphan, now()).await?, Commit::Stale, "an unknown parent is stale");
    store.commit(&tenant_named("ins_other"), &create(&key(1)), now()).await?;
    ensure_eq!(store.commit(&tenant(), &orphan, now()).await?, Commit::Stale, "another tenant's is unknown");
    stored(&store, [1]).await?;
    let revoked = Revocation { at: at(40), reason: None, by: None };
    store.commit(&tenant(), &revoke(&key(1), &revoked), now()).await?;
    ensure_eq!(store.commit(&tenant(), &orphan, now()).await?, Commit::Stale, "a revoked parent is stale");
    ensure_eq!(store.key(&tenant(), id(2)).await?, None, "and no child is written");
    Ok(())
}

fn rotation(predecessor: &KeyRecord, successor: u8) -> KeyChange {
    let lineage = Lineage {
        predecessor: Some(Predecessor { id: predecessor.id, ends_on_use: true }),
        ..predecessor.lineage
    };
    let after = Successor { id: id(successor), grace_until: at(2_000_000) };
    let before = KeyRecord {
        lineage: Lineage { successor: Some(after), ..predecessor.lineage },
        revision: predecessor.revision.next(),
        ..predecessor.clone()
    };
    let record = Arc::new(KeyRecord { lineage, ..key(successor) });
    KeyChange::Create(Creation {
        record: record.clone(),
        predecessor: Some(Arc::new(before)),
        ..creation(&record)
    })
}

fn revoke(key: &KeyRecord, revoked: &Revocation) -> KeyChange {
    let record = KeyRecord { revoked: Some(revoked.clone()), revision: key.revision.next(), ..key.clone() };
    KeyChange::Revoke { record: Arc::new(record) }
}

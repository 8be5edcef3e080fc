//! The audit log.

use super::*;

fn event(number: u8, at: DateTime<Utc>) -> AuditEvent {
    let action = AuditAction::Refused { verdict: 4 };
    AuditEvent { id: [number; 16], at, key: Some(id(1)), by: Some(subject('d')), action }
}

/// Every applied change is told in its own commit, with who did it.
pub async fn a_change_is_told_with_its_commit<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let revoked = Some(Revocation { at: at(1), reason: None, by: Some(subject('d')) });
    let revoke = KeyRecord { revoked, revision: Revision(2), ..key(1) };
    store.commit(&tenant(), &KeyChange::Revoke { record: Arc::new(revoke) }, at(2_000_000)).await?;
    let events = store.events(&tenant(), Some(id(1)), 9).await?;
    let told: Vec<_> = events.iter().map(|event| (event.action, event.by.clone(), event.at)).collect();
    let expected = [
        (AuditAction::Revoked, Some(subject('d')), at(2_000_000)),
        (AuditAction::Created, Some(subject('b')), now()),
    ];
    ensure_eq!(told, expected, "each change is told, latest first");
    Ok(())
}

/// What was not written is not told.
pub async fn a_stale_change_is_not_told<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    store.commit(&tenant(), &create(&key(1)), now()).await?;
    ensure_eq!(store.events(&tenant(), None, 9).await?.len(), 1, "a stale change is not told");
    Ok(())
}

/// An event that arrives twice is there once, as it was first written.
pub async fn an_event_is_written_once<S: KeyStore>(store: S) -> Check {
    store.append(&tenant(), &[event(1, at(1)), event(2, at(2))]).await?;
    let changed = AuditEvent { key: None, ..event(1, at(9)) };
    store.append(&tenant(), &[changed, event(3, at(3))]).await?;
    let expected = [event(3, at(3)), event(2, at(2)), event(1, at(1))];
    ensure_eq!(store.events(&tenant(), None, 9).await?, expected, "events are appended, and never changed");
    Ok(())
}

/// Every action is read back with its number.
pub async fn every_action_is_read_back<S: KeyStore>(store: S) -> Check {
    let actions = [
        AuditAction::Created,
        AuditAction::Rotated,
        AuditAction::Updated,
        AuditAction::Revoked,
        AuditAction::Deleted,
        AuditAction::Rehashed,
        AuditAction::SecretShown,
        AuditAction::LeakReported,
        AuditAction::Refused { verdict: 13 },
        AuditAction::RefusalsDropped { count: 1 << 40 },
    ];
    for (number, action) in (1..).zip(actions) {
        let bare = AuditEvent { action, key: None, by: None, ..event(number, at(number.into())) };
        store.append(&tenant(), std::slice::from_ref(&bare)).await?;
        ensure_eq!(store.events(&tenant(), None, 1).await?, [bare], "{action:?} is read back");
    }
    Ok(())
}

/// Latest first, at most so many, of one key or of all.
pub async fn events_are_listed_latest_first<S: KeyStore>(store: S) -> Check {
    let other = AuditEvent { key: Some(id(2)), ..event(4, at(4)) };
    store.append(&tenant(), &[event(2, at(2)), other.clone(), event(1, at(1)), event(3, at(3))]).await?;
    ensure_eq!(store.events(&tenant(), None, 2).await?, [other, event(3, at(3))], "the latest come first");
    let of_one = store.events(&tenant(), Some(id(1)), 2).await?;
    ensure_eq!(of_one, [event(3, at(3)), event(2, at(2))], "a key has its own");
    Ok(())
}

/// A tenant reads its own events only, and two tenants may have events of one id.
pub async fn events_are_their_tenants_own<S: KeyStore>(store: S) -> Check {
    store.append(&tenant(), &[event(1, at(1))]).await?;
    let other = tenant_named("ins_other");
    ensure_eq!(store.events(&other, None, 9).await?, [], "another tenant reads no events");
    store.append(&other, &[event(1, at(1))]).await?;
    ensure_eq!(store.events(&other, None, 9).await?.len(), 1, "an event's id is its tenant's");
    Ok(())
}

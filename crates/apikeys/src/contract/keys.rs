//! Keys: written, read, replaced, deleted.

use super::*;

/// Every field of a created key is read back as it was written.
pub async fn a_created_key_is_read_back<S: KeyStore>(store: S) -> Check {
    let mut revoked = key(2);
    revoked.revoked = Some(Revocation { at: at(5), reason: Some("why".into()), by: Some(subject('d')) });
    let mut bare = key(3);
    bare.metadata = None;
    bare.rules = Rules::default();
    bare.disabled_at = None;
    bare.lineage = Lineage::founding(id(3));
    bare.description = None;
    bare.scopes = [].into();
    bare.claims = None;
    bare.created_by = None;
    bare.expires_at = None;
    bare.revoked = Some(Revocation { at: at(6), reason: None, by: None });
    for key in [key(1), revoked, bare] {
        store.commit(&tenant(), &create(&key), now()).await?;
        ensure_eq!(
            store.key(&tenant(), key.id).await?.as_deref(),
            Some(&key),
            "a key is read back as written"
        );
    }
    ensure_eq!(store.key(&tenant(), id(9)).await?, None, "an unknown id has no key");
    Ok(())
}

/// Another tenant neither reads, lists, counts nor changes a key.
pub async fn a_key_is_its_tenants_own<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let other = tenant_named("ins_other");
    ensure_eq!(store.key(&other, id(1)).await?, None, "another tenant reads no key");
    let page = store.keys(&other, &KeyFilter::default(), Start::Offset(0), 9, now()).await?;
    ensure_eq!(page.total, 0, "another tenant lists no key");
    ensure_eq!(store.usage(&other, month()).await?, UsageTotals::default(), "another tenant has no usage");
    let delete = KeyChange::Delete { id: id(1), expected: Revision::FIRST, at: now() };
    ensure_eq!(store.commit(&other, &delete, now()).await?, Commit::Stale, "another tenant deletes no key");
    ensure_eq!(
        store.commit(&other, &create(&key(1)), now()).await?,
        Commit::Applied,
        "an id is unique by tenant"
    );
    Ok(())
}

/// The commit that writes a key counts it.
pub async fn a_creation_is_counted_with_its_key<S: KeyStore>(store: S) -> Check {
    stored(&store, 1..=3).await?;
    ensure_eq!(store.usage(&tenant(), month()).await?.creations, 3, "three creations are counted");
    Ok(())
}

/// A key that counts in no month is no creation.
pub async fn an_import_is_not_counted<S: KeyStore>(store: S) -> Check {
    let import = KeyChange::Create(Creation { counts_in: None, ..creation(&key(1)) });
    ensure_eq!(store.commit(&tenant(), &import, now()).await?, Commit::Applied, "a key is imported");
    ensure_eq!(store.usage(&tenant(), month()).await?, UsageTotals::default(), "an import is not counted");
    Ok(())
}

/// A second key with the same id is stale.
pub async fn an_id_is_given_once<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let mut other = key(1);
    other.name = "another".into();
    ensure_eq!(store.commit(&tenant(), &create(&other), now()).await?, Commit::Stale, "a taken id is stale");
    ensure_eq!(store.key(&tenant(), id(1)).await?.as_deref(), Some(&key(1)), "the first key stays");
    Ok(())
}

/// Deletion leaves a tombstone.
pub async fn a_deleted_id_is_never_given_again<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let delete = KeyChange::Delete { id: id(1), expected: Revision::FIRST, at: now() };
    ensure_eq!(store.commit(&tenant(), &delete, now()).await?, Commit::Applied, "a key is deleted");
    ensure_eq!(store.key(&tenant(), id(1)).await?, None, "a deleted key is none");
    ensure_eq!(
        store.commit(&tenant(), &create(&key(1)), now()).await?,
        Commit::Stale,
        "its id is not given again"
    );
    ensure_eq!(store.commit(&tenant(), &delete, now()).await?, Commit::Stale, "it is not deleted twice");
    Ok(())
}

/// What is stale counts nothing and remembers no idempotency key.
pub async fn a_stale_creation_writes_nothing<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let repeated = create_as(&key(1), "request")?;
    ensure_eq!(store.commit(&tenant(), &repeated, now()).await?, Commit::Stale, "a taken id is stale");
    ensure_eq!(store.usage(&tenant(), month()).await?.creations, 1, "a stale creation is not counted");
    let earlier = store.earlier_creation(&tenant(), &IdempotencyKey::new("request")?, now()).await?;
    ensure_eq!(earlier, None, "a stale creation remembers no idempotency key");
    Ok(())
}

/// A replacement applies to the revision right before its own.
pub async fn a_replacement_needs_the_revision_before_it<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let second = replace(&key(1), |key| key.name = "second".into());
    ensure_eq!(
        store.commit(&tenant(), &second, now()).await?,
        Commit::Applied,
        "the next revision is applied"
    );
    ensure_eq!(store.commit(&tenant(), &second, now()).await?, Commit::Stale, "the same revision is stale");
    let skipped = replace(&key(1), |key| key.revision = Revision(9));
    ensure_eq!(store.commit(&tenant(), &skipped, now()).await?, Commit::Stale, "a later revision is stale");
    let stored = store.key(&tenant(), id(1)).await?;
    ensure!(
        stored.is_some_and(|key| &*key.name == "second" && key.revision == Revision(2)),
        "the second stays"
    );
    Ok(())
}

/// A change of a key that was decided before a use does not take the use away.
pub async fn a_replacement_keeps_the_later_use<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    store.merge(&tenant(), &used(1, at(70))).await?;
    store.commit(&tenant(), &replace(&key(1), |key| key.last_used_at = Some(at(60))), now()).await?;
    let last_used_at = store.key(&tenant(), id(1)).await?.and_then(|key| key.last_used_at);
    ensure_eq!(last_used_at, Some(at(70)), "the later use stays");
    Ok(())
}

/// What is not there can't be replaced.
pub async fn a_key_that_is_gone_can_not_be_replaced<S: KeyStore>(store: S) -> Check {
    let change = replace(&key(1), |_| {});
    ensure_eq!(store.commit(&tenant(), &change, now()).await?, Commit::Stale, "an unknown key is stale");
    ensure_eq!(store.key(&tenant(), id(1)).await?, None, "and is not created");
    Ok(())
}

/// A deletion that was decided from another revision is stale.
pub async fn a_deletion_needs_the_revision_that_was_seen<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    store.commit(&tenant(), &replace(&key(1), |key| key.name = "second".into()), now()).await?;
    let delete = KeyChange::Delete { id: id(1), expected: Revision::FIRST, at: now() };
    ensure_eq!(store.commit(&tenant(), &delete, now()).await?, Commit::Stale, "another revision is stale");
    ensure!(store.key(&tenant(), id(1)).await?.is_some(), "the key stays");
    Ok(())
}

/// Two changes decided from one revision are never both applied.
pub async fn of_two_changes_from_one_revision_one_is_applied<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let revoke = replace(&key(1), |key| key.revoked = Some(Revocation { at: at(1), reason: None, by: None }));
    let rename = replace(&key(1), |key| key.name = "renamed".into());
    ensure_eq!(store.commit(&tenant(), &revoke, now()).await?, Commit::Applied, "the first is applied");
    ensure_eq!(store.commit(&tenant(), &rename, now()).await?, Commit::Stale, "the second is stale");
    let revoked = store.key(&tenant(), id(1)).await?.is_some_and(|key| key.revoked.is_some());
    ensure!(revoked, "a revocation is not undone by a change that did not see it");
    Ok(())
}

/// The instant of its expiry is past it.
pub async fn an_idempotency_key_is_known_until_it_expires<S: KeyStore>(store: S) -> Check {
    store.commit(&tenant(), &create_as(&key(1), "request")?, now()).await?;
    let request = IdempotencyKey::new("request")?;
    let end = now() + TimeDelta::hours(1);
    let earlier = store.earlier_creation(&tenant(), &request, end - TimeDelta::milliseconds(1)).await?;
    ensure_eq!(earlier.map(|earlier| (earlier.id, earlier.request)), Some((id(1), [9; 32])), "it is known");
    ensure_eq!(store.earlier_creation(&tenant(), &request, end).await?, None, "it is known no more");
    let again = create_as(&key(2), "request")?;
    ensure_eq!(store.commit(&tenant(), &again, end).await?, Commit::Applied, "and may be used again");
    Ok(())
}

/// Two tenants may use the same idempotency key.
pub async fn an_idempotency_key_is_its_tenants_own<S: KeyStore>(store: S) -> Check {
    store.commit(&tenant(), &create_as(&key(1), "request")?, now()).await?;
    let request = IdempotencyKey::new("request")?;
    let other = store.earlier_creation(&tenant_named("ins_other"), &request, now()).await?;
    ensure_eq!(other, None, "another tenant's idempotency key is unknown");
    Ok(())
}

/// A second creation under a live idempotency key is stale, even with an id of its own.
pub async fn a_used_idempotency_key_makes_a_creation_stale<S: KeyStore>(store: S) -> Check {
    store.commit(&tenant(), &create_as(&key(1), "request")?, now()).await?;
    let again = create_as(&key(2), "request")?;
    ensure_eq!(
        store.commit(&tenant(), &again, now()).await?,
        Commit::Stale,
        "a used idempotency key is stale"
    );
    ensure_eq!(store.key(&tenant(), id(2)).await?, None, "and its key is not stored");
    ensure_eq!(store.usage(&tenant(), month()).await?.creations, 1, "and not counted");
    Ok(())
}

/// Milliseconds survive.
pub async fn times_are_kept_to_the_millisecond<S: KeyStore>(store: S) -> Check {
    let precise = KeyRecord { created_at: at(1), updated_at: at(2), expires_at: Some(at(3)), ..key(1) };
    store.commit(&tenant(), &create(&precise), now()).await?;
    let read = store.key(&tenant(), id(1)).await?;
    let times = read.map(|key| (key.created_at, key.updated_at, key.expires_at));
    ensure_eq!(times, Some((at(1), at(2), Some(at(3)))), "times are kept to the millisecond");
    Ok(())
}

/// No two keys of a tenant have the same digest; two tenants may.
pub async fn a_digest_is_given_once<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let same = KeyRecord { digest: key(1).digest, ..key(2) };
    ensure_eq!(
        store.commit(&tenant(), &create(&same), now()).await?,
        Commit::Stale,
        "a taken digest is stale"
    );
    ensure_eq!(
        store.commit(&tenant_named("ins_other"), &create(&same), now()).await?,
        Commit::Applied,
        "a digest is unique by tenant"
    );
    Ok(())
}

/// Whoever asks with several digests finds the key that has one of them.
pub async fn a_key_is_found_by_its_digest<S: KeyStore>(store: S) -> Check {
    stored(&store, [1, 2]).await?;
    let found = store.key_by_digest(&tenant(), &[Digest([9; 32]), Digest([2; 32])]).await?;
    ensure_eq!(found.map(|key| key.id), Some(id(2)), "a key is found by one of the digests");
    ensure_eq!(store.key_by_digest(&tenant(), &[]).await?, None, "no digest finds no key");
    let other = store.key_by_digest(&tenant_named("ins_other"), &[Digest([2; 32])]).await?;
    ensure_eq!(other, None, "another tenant's digest finds no key");
    Ok(())
}

/// A digest that differs in its last bit is another one.
pub async fn a_digest_is_compared_whole<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let mut near = [1; 32];
    near[31] = 0;
    ensure_eq!(store.key_by_digest(&tenant(), &[Digest(near)]).await?, None, "every bit of a digest counts");
    Ok(())
}

/// An id that differs in one bit is another one, also where it would be a letter in the other case.
pub async fn an_id_is_compared_whole<S: KeyStore>(store: S) -> Check {
    let upper = KeyRecord { id: KeyId::from_bytes(*b"ABCDEFGHIJKLMNOP"), ..key(1) };
    store.commit(&tenant(), &create(&upper), now()).await?;
    for near in [b"abcdefghijklmnop", b"ABCDEFGHIJKLMNOQ", b"BBCDEFGHIJKLMNOP"] {
        ensure_eq!(store.key(&tenant(), KeyId::from_bytes(*near)).await?, None, "every bit of an id counts");
    }
    Ok(())
}

/// Of several replaced keys all are written or none.
pub async fn of_replaced_keys_all_are_written_or_none<S: KeyStore>(store: S) -> Check {
    stored(&store, [1, 2]).await?;
    let next = |number| KeyRecord { name: "next".into(), revision: Revision(2), ..key(number) };
    let stale = KeyRecord { revision: Revision(7), ..next(2) };
    let half = KeyChange::Replace { records: vec![Arc::new(next(1)), Arc::new(stale)] };
    ensure_eq!(store.commit(&tenant(), &half, now()).await?, Commit::Stale, "one stale key makes all stale");
    ensure_eq!(store.key(&tenant(), id(1)).await?.as_deref(), Some(&key(1)), "and none is written");
    let both = KeyChange::Replace { records: vec![Arc::new(next(1)), Arc::new(next(2))] };
    ensure_eq!(store.commit(&tenant(), &both, now()).await?, Commit::Applied, "both are written");
    for number in [1, 2] {
        ensure_eq!(
            store.key(&tenant(), id(number)).await?.as_deref(),
            Some(&next(number)),
            "as they are to be"
        );
    }
    Ok(())
}

/// A change that was decided before a digest was made anew does not bring the old one back.
pub async fn a_replacement_leaves_the_digest<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let to = digest(0xee, 4);
    store.commit(&tenant(), &KeyChange::Rehash { id: id(1), from: key(1).digest, to }, now()).await?;
    let rename = replace(&key(1), |key| key.name = "renamed".into());
    ensure_eq!(
        store.commit(&tenant(), &rename, now()).await?,
        Commit::Applied,
        "a new digest is no revision"
    );
    let stored = store.key(&tenant(), id(1)).await?.map(|key| key.digest);
    ensure_eq!(stored, Some(to), "the new digest stays");
    Ok(())
}

/// A digest is replaced once, and its key found by the new one.
pub async fn a_rehash_replaces_the_digest_that_was_seen<S: KeyStore>(store: S) -> Check {
    stored(&store, [1]).await?;
    let to = digest(0xee, 4);
    let rehash = KeyChange::Rehash { id: id(1), from: key(1).digest, to };
    ensure_eq!(store.commit(&tenant(), &rehash, now()).await?, Commit::Applied, "a digest is made anew");
    let expected = KeyRecord { digest: to, ..key(1) };
    ensure_eq!(store.key(&tenant(), id(1)).await?.as_deref(), Some(&expected), "and nothing else changes");
    let found = store.key_by_digest(&tenant(), &[to.digest]).await?.map(|key| key.id);
    ensure_eq!(found, Some(id(1)), "the new digest finds the key");
    ensure_eq!(store.key_by_digest(&tenant(), &[key(1).digest.digest]).await?, None, "the old one does not");
    ensure_eq!(store.commit(&tenant(), &rehash, now()).await?, Commit::Stale, "it is made anew once");
    Ok(())
}

/// A new digest of a secret that was replaced meanwhile, or of a key that is gone, is stale.
pub async fn a_stale_rehash_writes_nothing<S: KeyStore>(store: S) -> Check {
    stored(&store, [1, 2]).await?;
    let wrong = KeyChange::Rehash { id: id(1), from: digest(5, 3), to: digest(6, 4) };
    ensure_eq!(store.commit(&tenant(), &wrong, now()).await?, Commit::Stale, "another digest is stale");
    let gone = KeyChange::Rehash { id: id(9), from: digest(9, 3), to: digest(6, 4) };
    ensure_eq!(store.commit(&tenant(), &gone, now()).await?, Commit::Stale, "a key that is gone is stale");
    let taken = KeyChange::Rehash { id: id(1), from: key(1).digest, to: key(2).digest };
    ensure_eq!(store.commit(&tenant(), &taken, now()).await?, Commit::Stale, "a taken digest is stale");
    ensure_eq!(store.key(&tenant(), id(1)).await?.as_deref(), Some(&key(1)), "and the key stays");
    Ok(())
}

/// What is left of a deleted key tells its digest for ever; of others there is nothing.
pub async fn a_tombstone_keeps_the_digest<S: KeyStore>(store: S) -> Check {
    stored(&store, [1, 2]).await?;
    let delete = KeyChange::Delete { id: id(1), expected: Revision::FIRST, at: at(77) };
    store.commit(&tenant(), &delete, now()).await?;
    let expected = Tombstone { id: id(1), digest: key(1).digest, deleted_at: at(77) };
    ensure_eq!(store.tombstone(&tenant(), id(1)).await?, Some(expected), "a tombstone keeps the digest");
    ensure_eq!(store.tombstone(&tenant(), id(2)).await?, None, "a live key has no tombstone");
    ensure_eq!(store.tombstone(&tenant_named("ins_other"), id(1)).await?, None, "it is its tenant's own");
    ensure_eq!(store.key_by_digest(&tenant(), &[key(1).digest.digest]).await?, None, "it is found no more");
    Ok(())
}

/// A sealed secret is bytes, and goes with its key.
pub async fn a_sealed_secret_goes_with_its_key<S: KeyStore>(store: S) -> Check {
    let sealed = SealedSecret((0..=255).collect());
    let creation = Creation { sealed: Some(sealed.clone()), ..creation(&key(1)) };
    store.commit(&tenant(), &KeyChange::Create(creation), now()).await?;
    stored(&store, [2]).await?;
    ensure_eq!(store.sealed_secret(&tenant(), id(1)).await?, Some(sealed), "a sealed secret is read back");
    ensure_eq!(store.sealed_secret(&tenant(), id(2)).await?, None, "there is none where none was sealed");
    ensure_eq!(store.sealed_secret(&tenant_named("ins_other"), id(1)).await?, None, "it is its tenant's own");
    let delete = KeyChange::Delete { id: id(1), expected: Revision::FIRST, at: now() };
    store.commit(&tenant(), &delete, now()).await?;
    ensure_eq!(store.sealed_secret(&tenant(), id(1)).await?, None, "it is gone with its key");
    Ok(())
}

//! Keys that another system has issued.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use rand_core::CryptoRng;

use super::{ApiKeys, ServiceError, TenantKeys};
use crate::{
    Commit, Demand, IssueError, KeyChange, KeyRecord, KeyStore, Malformed, StoredDigest, TenantId, Verdict,
    import::{ForeignKey, Scheme, SchemeKeys, candidates, import},
};

/// The schemes that this host has imported keys of.
#[derive(Debug, Clone, Default)]
pub(super) struct Foreign {
    schemes: Arc<[Scheme]>,
    keys: SchemeKeys,
}

impl Foreign {
    pub(super) fn has_schemes(&self) -> bool {
        !self.schemes.is_empty()
    }
}

impl<S: KeyStore> ApiKeys<S> {
    /// Takes presented texts that are no tokens for keys of these schemes: name only those that keys were imported of,
    /// since each costs a hash.
    #[must_use]
    pub fn with_imported(self, schemes: impl IntoIterator<Item = Scheme>, keys: SchemeKeys) -> Self {
        Self { foreign: Foreign { schemes: schemes.into_iter().collect(), keys }, ..self }
    }

    /// Imports a key of another system; its user goes on with the token that they have.
    ///
    /// # Errors
    /// [`ServiceError`]; refused as by [`import`](crate::import::import()), and [`Contended`](ServiceError::Contended) if
    /// this hash was imported before.
    pub async fn import(
        &self,
        tenant: &TenantId,
        foreign: ForeignKey,
        now: DateTime<Utc>,
        rng: &mut impl CryptoRng,
    ) -> Result<Arc<KeyRecord>, ServiceError<IssueError, S::Error>> {
        let state = self.state(tenant);
        let creation = import(self.mint(&state), foreign, now, rng).map_err(ServiceError::Refused)?;
        let record = creation.record.clone();
        let change = KeyChange::Create(creation);
        match self.commit(&state, &change, now).await.map_err(ServiceError::Store)? {
            Commit::Applied => Ok(record),
            Commit::Stale => Err(ServiceError::Contended),
        }
    }
}

impl<S: KeyStore> TenantKeys<'_, S> {
    /// A text that is no token of ours may be the key of another system.
    pub(super) async fn verify_foreign(
        &self,
        presented: &str,
        malformed: Malformed,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
    ) -> Result<Verdict, S::Error> {
        let Foreign { schemes, keys } = &self.keys.foreign;
        let mut is_candidate = false;
        for (scheme, digest) in candidates(schemes, keys, presented.as_bytes()) {
            is_candidate = true;
            let asked: Vec<StoredDigest> =
                self.state.peppers.foreign(scheme.into(), digest.as_bytes()).collect();
            let digests: Vec<_> = asked.iter().map(|stored| stored.digest).collect();
            let found = self.keys.store.key_by_digest(&self.state.tenant, &digests).await?;
            let proven = found.filter(|key| asked.iter().any(|stored| stored.equals(&key.digest)));
            if let (Some(key), Some(current)) = (proven, asked.first()) {
                return self.conclude(key, |_| *current, demand, now).await;
            }
        }
        Ok(if is_candidate { self.unproven(now) } else { Verdict::Malformed(malformed) })
    }
}

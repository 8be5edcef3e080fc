//! Verifications.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{ApiKeys, TenantKeys};
use crate::{
    Demand, KeyChange, KeyId, KeyRecord, KeyStore, MAX_GENERATIONS, PresentedKey, Receipt, StoredDigest, TenantId,
    TenantPeppers, Verdict,
    cache::{Known, Ticket},
    judge,
    rotate::end_grace,
    verify::prove,
};

/// How many keys of the feed are asked for at a time.
const FEED_PAGE: u32 = 1_000;
/// How many keys of a batch are looked up together.
const BATCH: usize = 32;

impl<S: KeyStore> ApiKeys<S> {
    /// Verifies a presented text for a demand, and counts it if its secret is proven.
    ///
    /// Whoever verifies often keeps [`tenant`](Self::tenant) and asks that.
    ///
    /// # Errors
    /// The store's; no verdict is given then.
    pub async fn verify(
        &self,
        tenant: &TenantId,
        presented: &str,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
    ) -> Result<Verdict, S::Error> {
        self.tenant(tenant).verify(presented, demand, now).await
    }
}

impl<S: KeyStore> TenantKeys<'_, S> {
    /// Verifies a presented text for a demand, and counts it if its secret is proven.
    ///
    /// With a cache that knows the key this reads and writes no store, and allocates nothing.
    ///
    /// # Errors
    /// The store's; no verdict is given then.
    pub async fn verify(
        &self,
        presented: &str,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
    ) -> Result<Verdict, S::Error> {
        let now_ms = now.timestamp_millis();
        self.follow(now, now_ms).await;
        match self.keys.format.parse(presented) {
            Ok(key) => self.verify_parsed(&key, demand, now, now_ms).await,
            Err(malformed) => self.verify_foreign(presented, malformed, demand, now).await,
        }
    }

    /// Verifies many texts for one demand; the verdicts are in the order of the texts.
    ///
    /// Cheaper than one by one where the cache holds very many keys: their places in memory are fetched together.
    ///
    /// # Errors
    /// The store's; those before it are counted then, and no verdict is given.
    pub async fn verify_all(
        &self,
        presented: &[&str],
        demand: &Demand<'_>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Verdict>, S::Error> {
        let now_ms = now.timestamp_millis();
        self.follow(now, now_ms).await;
        let mut verdicts = Vec::with_capacity(presented.len());
        for texts in presented.chunks(BATCH) {
            let parsed: Vec<_> = texts.iter().map(|text| self.keys.format.parse(text)).collect();
            self.state.shards.warm(parsed.iter().flatten().map(PresentedKey::id));
            for (text, key) in texts.iter().zip(&parsed) {
                verdicts.push(match key {
                    Ok(key) => self.verify_parsed(key, demand, now, now_ms).await?,
                    Err(malformed) => self.verify_foreign(text, *malformed, demand, now).await?,
                });
            }
        }
        Ok(verdicts)
    }

    #[inline]
    async fn verify_parsed(
        &self,
        presented: &PresentedKey,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
        now_ms: i64,
    ) -> Result<Verdict, S::Error> {
        let (id, state) = (presented.id(), &*self.state);
        // A forged id is refused by its tag before anything is hashed for it; what is cached needs no such check.
        if self.keys.format.has_tagged_ids() && !state.shards.has(id) && !self.keys.format.can_have(id) {
            return Ok(Verdict::NotFound);
        }
        if self.keys.cache.is_none() {
            return self.verify_stored(presented, state.shards.ticket(id), demand, now).await;
        }
        let digest = state.peppers.digest(presented);
        let is_plain = demand.is_plain() && !self.is_lagging(now_ms);
        match state.shards.look_up(id, &digest, &state.meter, is_plain, now_ms) {
            Known::Plain { key, must_store } => {
                if must_store {
                    self.keys.store_usage(state).await?;
                }
                Ok(Verdict::Valid(Receipt { key, ancestors: Vec::new(), at: now }))
            }
            Known::Cached(key) => self.verify_cached(presented, key, demand, now).await,
            Known::Nothing(ticket) => self.verify_stored(presented, ticket, demand, now).await,
        }
    }

    async fn verify_cached(
        &self,
        presented: &PresentedKey,
        key: Arc<KeyRecord>,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
    ) -> Result<Verdict, S::Error> {
        let Some(key) = prove(&self.state.peppers, presented, Some(key)) else {
            return Ok(self.unproven(now));
        };
        if self.is_lagging(now.timestamp_millis()) {
            return Ok(Verdict::FeedLagging);
        }
        // Another process may have used it since it was read.
        let idle = key.idle_at().is_some_and(|idle| now >= idle);
        if idle {
            let ticket = self.state.shards.ticket(key.id);
            return self.verify_stored(presented, ticket, demand, now).await;
        }
        self.conclude(key, |peppers| peppers.digest(presented), demand, now).await
    }

    async fn verify_stored(
        &self,
        presented: &PresentedKey,
        ticket: Ticket,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
    ) -> Result<Verdict, S::Error> {
        let stored = self.keys.store.key(&self.state.tenant, presented.id()).await?;
        if let Some(key) = &stored {
            self.install(ticket, key, now);
        }
        match prove(&self.state.peppers, presented, stored) {
            None => Ok(self.unproven(now)),
            Some(key) => self.conclude(key, |peppers| peppers.digest(presented), demand, now).await,
        }
    }

    /// Everything that is looked at, counted and spent once the secret is proven; `current` is its digest under the current
    /// pepper.
    pub(super) async fn conclude(
        &self,
        key: Arc<KeyRecord>,
        current: impl Fn(&TenantPeppers) -> StoredDigest + Send,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
    ) -> Result<Verdict, S::Error> {
        let (id, state) = (key.id, &*self.state);
        let mut receipt = Receipt { key: self.with_last_use(key), ancestors: Vec::new(), at: now };
        if !self.take_allowance(now).await? {
            return Ok(self.audited(Verdict::CreditsExhausted(receipt)));
        }
        let must_store = state.shards.count(id, &state.meter, now.timestamp_millis());
        receipt.ancestors = self.ancestors(&receipt.key, now).await?;
        let verdict = match judge(receipt, state.policy().switches, demand) {
            Verdict::Valid(receipt) => self.spend(receipt, demand, now).await?,
            refused => refused,
        };
        if let Verdict::Valid(receipt) = &verdict {
            self.end_grace(&receipt.key, now).await?;
            self.rehash(&receipt.key, current, now).await?;
        }
        if must_store {
            self.keys.store_usage(state).await?;
        }
        Ok(self.audited(verdict))
    }

    /// The first use of a successor may end its predecessor's grace.
    async fn end_grace(&self, key: &KeyRecord, now: DateTime<Utc>) -> Result<(), S::Error> {
        let Some(before) = key.lineage.predecessor.filter(|before| before.ends_on_use) else { return Ok(()) };
        let (store, tenant) = (&self.keys.store, &self.state.tenant);
        let stored = (store.key(tenant, before.id).await?, store.key(tenant, key.id).await?);
        let (Some(predecessor), Some(successor)) = stored else { return Ok(()) };
        if let Some(change) = end_grace(&predecessor, &successor, now) {
            // Stale is as good: whoever came between has ended it, or the next use will.
            self.keys.commit(&self.state, &change, now).await?;
        }
        Ok(())
    }

    /// Replaces a digest that was made with a retired pepper.
    async fn rehash(
        &self,
        key: &KeyRecord,
        current: impl Fn(&TenantPeppers) -> StoredDigest,
        now: DateTime<Utc>,
    ) -> Result<(), S::Error> {
        if self.state.peppers.is_current(&key.digest) {
            return Ok(());
        }
        let change = KeyChange::Rehash { id: key.id, from: key.digest, to: current(&self.state.peppers) };
        // Stale is as good: another use has done it.
        self.keys.commit(&self.state, &change, now).await?;
        Ok(())
    }

    /// The key with the last use that this process knows of.
    fn with_last_use(&self, key: Arc<KeyRecord>) -> Arc<KeyRecord> {
        if key.rules.idle_ttl.is_none() {
            return key;
        }
        match self.state.shards.last_use(key.id).filter(|used| Some(*used) > key.last_used_at) {
            None => key,
            Some(used) => Arc::new(KeyRecord { last_used_at: Some(used), ..KeyRecord::clone(&key) }),
        }
    }

    /// The keys that a key comes from, nearest first; shorter if one is gone.
    pub(super) async fn ancestors(
        &self,
        key: &KeyRecord,
        now: DateTime<Utc>,
    ) -> Result<Vec<Arc<KeyRecord>>, S::Error> {
        let (mut ancestors, mut next) = (Vec::new(), key.lineage.parent);
        while let Some(id) = next.filter(|_| ancestors.len() < MAX_GENERATIONS) {
            let Some(parent) = self.load(id, now).await? else { break };
            next = parent.lineage.parent;
            ancestors.push(parent);
        }
        Ok(ancestors)
    }

    /// A key from the cache, or from the store.
    async fn load(&self, id: KeyId, now: DateTime<Utc>) -> Result<Option<Arc<KeyRecord>>, S::Error> {
        let shards = &self.state.shards;
        if let Some(key) = shards.peek(id).filter(|_| !self.is_lagging(now.timestamp_millis())) {
            return Ok(Some(key));
        }
        let ticket = shards.ticket(id);
        let stored = self.keys.store.key(&self.state.tenant, id).await?;
        if let Some(key) = &stored {
            self.install(ticket, key, now);
        }
        Ok(stored)
    }

    fn install(&self, ticket: Ticket, key: &Arc<KeyRecord>, now: DateTime<Utc>) {
        let policy = self.state.policy();
        self.state.shards.install(ticket, key, policy.lets_pass(key.subject.kind()), now);
    }

    /// Follows the feed, if it is time to; a failure shows as news that grow old.
    async fn follow(&self, now: DateTime<Utc>, now_ms: i64) {
        let Some(policy) = self.keys.cache else { return };
        let due = self.state.asked_at().saturating_add(policy.refresh_every.num_milliseconds());
        if now_ms < due {
            return;
        }
        let Some(_following) = self.state.begin_following(now_ms) else { return };
        loop {
            let cursor = self.state.cursor();
            let asked = self.keys.store.changed_keys(&self.state.tenant, cursor, FEED_PAGE, now).await;
            let Ok(changed) = asked else { return };
            self.state.apply(&changed);
            if !changed.more {
                return;
            }
        }
    }

    fn is_lagging(&self, now_ms: i64) -> bool {
        let oldest = |policy: crate::CachePolicy| now_ms.saturating_sub(policy.max_staleness.num_milliseconds());
        self.keys.cache.is_some_and(|policy| self.state.shards.as_of() < oldest(policy))
    }

    pub(super) fn unproven(&self, now: DateTime<Utc>) -> Verdict {
        self.state.audit_refusal(self.keys.next_name(), None, Verdict::NotFound.index(), now);
        Verdict::NotFound
    }

    fn audited(&self, verdict: Verdict) -> Verdict {
        if let Some(receipt) = verdict.receipt().filter(|_| !matches!(verdict, Verdict::Valid(_))) {
            let (id, name) = (receipt.key.id, self.keys.next_name());
            self.state.audit_refusal(name, Some(id), verdict.index(), receipt.at);
        }
        verdict
    }

    /// A text that is no token of ours.
    #[cfg(not(feature = "import"))]
    #[expect(clippy::unused_async, reason = "with imported keys it asks the store")]
    async fn verify_foreign(
        &self,
        _: &str,
        malformed: crate::Malformed,
        _: &Demand<'_>,
        _: DateTime<Utc>,
    ) -> Result<Verdict, S::Error> {
        Ok(Verdict::Malformed(malformed))
    }
}

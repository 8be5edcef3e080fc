//! Verifications.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::{ApiKeys, TenantKeys};
use crate::{
    Demand, KeyChange, KeyId, KeyRecord, KeyStore, MAX_GENERATIONS, Malformed, PresentedKey, Receipt,
    StoredDigest, TenantId, TenantPeppers, UsageCounter, Verdict,
    cache::{Kept, Known, News, Ticket},
    judge,
    rotate::end_grace,
    verify::prove,
};

/// How many keys of the feed are asked for at a time.
const FEED_PAGE: u32 = 1_000;

/// What is to be asked of the store.
enum Step<R> {
    /// To store a use that was counted; the key is valid.
    Count(R, KeyId, UsageCounter),
    /// Whether the text is another system's key.
    #[cfg(feature = "import")]
    Foreign,
    /// Nothing, unless the key has rules: it is cached.
    Judge(Arc<KeyRecord>),
    /// The key.
    Ask(Ticket),
    /// What has changed; then it is looked at once more.
    Follow,
}

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
        let receipt = |key| Receipt { key, ancestors: Vec::new(), at: now };
        self.verify_as(presented, demand, now, |kept| kept.record().map(receipt), |receipt| receipt).await
    }

    /// Verifies like [`verify`](Self::verify), but answers the id alone: less memory is looked at where the keys are many.
    ///
    /// # Errors
    /// The store's; no verdict is given then.
    pub async fn check(
        &self,
        presented: &str,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
    ) -> Result<Verdict<KeyId>, S::Error> {
        self.verify_as(presented, demand, now, |kept| Some(kept.id()), |receipt| receipt.key.id).await
    }

    /// [`check`](Self::check)s many texts for one demand; the verdicts are in the order of the texts.
    ///
    /// # Errors
    /// The store's; those before it are counted then, and no verdict is given.
    pub async fn check_all(
        &self,
        presented: &[&str],
        demand: &Demand<'_>,
        now: DateTime<Utc>,
    ) -> Result<Vec<Verdict<KeyId>>, S::Error> {
        let mut verdicts = Vec::with_capacity(presented.len());
        for text in presented {
            verdicts.push(self.check(text, demand, now).await?);
        }
        Ok(verdicts)
    }

    /// What is found in the cache is turned into a receipt by `kept`, and what is found elsewhere by `read`.
    #[inline]
    async fn verify_as<R: Send>(
        &self,
        presented: &str,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
        kept: impl Fn(&Kept<'_>) -> Option<R> + Send + Sync,
        read: impl Fn(Receipt) -> R + Send,
    ) -> Result<Verdict<R>, S::Error> {
        match self.at_hand(self.keys.format.parse(presented), demand, now, true, &kept) {
            Ok(verdict) => Ok(verdict),
            // Boxed: a future that holds all this would be too large to be moved for nothing.
            Err(step) => Box::pin(self.finish(presented, step, demand, now, &kept, read)).await,
        }
    }

    /// What remains of a verification that has come as far as `step`.
    async fn finish<R: Send>(
        &self,
        presented: &str,
        step: Step<R>,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
        kept: &(impl Fn(&Kept<'_>) -> Option<R> + Sync),
        read: impl Fn(Receipt) -> R + Send,
    ) -> Result<Verdict<R>, S::Error> {
        let step = match step {
            Step::Follow => {
                self.follow(now).await;
                match self.at_hand(self.keys.format.parse(presented), demand, now, false, kept) {
                    Ok(verdict) => return Ok(verdict),
                    Err(step) => step,
                }
            }
            step => step,
        };
        match step {
            Step::Count(receipt, id, counter) => {
                self.keys.store_use(&self.state, id, counter).await?;
                Ok(Verdict::Valid(receipt))
            }
            step => Ok(self.go_on(presented, step, demand, now).await?.map(read)),
        }
    }

    /// As far as a verification comes without the store: for most, to its end.
    #[inline(always)]
    fn at_hand<R>(
        &self,
        presented: Result<PresentedKey<'_>, Malformed>,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
        may_follow: bool,
        kept: &impl Fn(&Kept<'_>) -> Option<R>,
    ) -> Result<Verdict<R>, Step<R>> {
        let (keys, state) = (self.keys, &*self.state);
        let presented = match presented {
            Ok(presented) => presented,
            #[cfg(feature = "import")]
            Err(_) if keys.foreign.has_schemes() => return Err(Step::Foreign),
            Err(malformed) => return Ok(Verdict::Malformed(malformed)),
        };
        let id = presented.id();
        // A forged id is refused by its tag before anything is hashed for it; what is cached needs no such check.
        if keys.format.has_tagged_ids() && !state.shards.has(id) && !keys.format.can_have(id) {
            return Ok(Verdict::NotFound);
        }
        let Some(news) = keys.news else { return Err(Step::Ask(state.shards.ticket(id))) };
        let now_ms = now.timestamp_millis();
        let is_late = news.are_late(state.shards.as_of(), now_ms);
        // While another call asks for news that are late, this one can't go on without them.
        if may_follow && (is_late || news.are_due(state.asked_at(), now_ms)) {
            return Err(Step::Follow);
        }
        let is_plain = !is_late;
        let kept = |key: &Kept<'_>| {
            if demand.asks_nothing() || key.permits(demand.scopes) { kept(key) } else { None }
        };
        let digest = state.peppers.current_digest(presented);
        match state.shards.look_up(id, &digest, &state.meter, is_plain, now_ms, kept) {
            Known::Plain(receipt) => Ok(Verdict::Valid(receipt)),
            Known::Uncounted(receipt) => Err(Step::Count(receipt, id, state.meter.count_directly(now_ms))),
            Known::Cached(key) => Err(Step::Judge(key)),
            Known::Elsewhere(ticket, key) => {
                self.install(ticket, &key, now);
                Err(Step::Judge(key))
            }
            Known::Nothing(ticket) => Err(Step::Ask(ticket)),
        }
    }

    async fn go_on<R>(
        &self,
        presented: &str,
        step: Step<R>,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
    ) -> Result<Verdict, S::Error> {
        match (step, self.keys.format.parse(presented)) {
            #[cfg(feature = "import")]
            (_, Err(malformed)) => self.verify_foreign(presented, malformed, demand, now).await,
            #[cfg(not(feature = "import"))]
            (_, Err(malformed)) => Ok(Verdict::Malformed(malformed)),
            (Step::Judge(key), Ok(presented)) => self.verify_cached(presented, key, demand, now).await,
            (Step::Ask(ticket), Ok(presented)) => self.verify_stored(presented, ticket, demand, now).await,
            (_, Ok(presented)) => {
                let ticket = self.state.shards.ticket(presented.id());
                self.verify_stored(presented, ticket, demand, now).await
            }
        }
    }

    async fn verify_cached(
        &self,
        presented: PresentedKey<'_>,
        key: Arc<KeyRecord>,
        demand: &Demand<'_>,
        now: DateTime<Utc>,
    ) -> Result<Verdict, S::Error> {
        let Some(key) = prove(&self.state.peppers, presented, Some(key)) else {
            return Ok(self.unproven(now));
        };
        if self.is_lagging(now) {
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
        presented: PresentedKey<'_>,
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
        current: impl Fn(&TenantPeppers) -> StoredDigest,
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
            // A key that was refused was not used: asking does not keep it from becoming idle.
            state.shards.touch(id, now.timestamp_millis());
            self.end_grace(&receipt.key, now).await?;
            self.rehash(&receipt.key, current, now).await?;
        }
        if let Some(counter) = must_store {
            self.keys.store_use(state, id, counter).await?;
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
        if let Some(key) = shards.peek(id).filter(|_| !self.is_lagging(now)) {
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

    /// Follows the feed to its end; a failure shows as news that grow old.
    async fn follow(&self, now: DateTime<Utc>) {
        let leave = self.state.begin_following(now.timestamp_millis());
        // Following twice at a time costs a read; waiting for another call could be for ever.
        if leave.is_none() && !self.is_lagging(now) {
            return;
        }
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

    fn is_lagging(&self, now: DateTime<Utc>) -> bool {
        let late = |news: News| news.are_late(self.state.shards.as_of(), now.timestamp_millis());
        self.keys.news.is_some_and(late)
    }

    pub(super) fn unproven(&self, now: DateTime<Utc>) -> Verdict {
        self.state.audit_refusal(self.keys.next_name(), None, Verdict::<()>::NotFound.index(), now);
        Verdict::NotFound
    }

    fn audited(&self, verdict: Verdict) -> Verdict {
        if let Some(receipt) = verdict.receipt().filter(|_| !matches!(verdict, Verdict::Valid(_))) {
            let (id, name) = (receipt.key.id, self.keys.next_name());
            self.state.audit_refusal(name, Some(id), verdict.index(), receipt.at);
        }
        verdict
    }
}

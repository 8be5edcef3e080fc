//! Rate limits and credits.

use super::*;

fn limit(uses: u32, seconds: u32) -> Result<RateLimit, crate::InvalidRateLimit> {
    RateLimit::new(uses, seconds)
}

fn plan(initial: u64) -> CreditPlan {
    CreditPlan { initial, refill: None }
}

fn reservation(number: u8, cost: u64) -> Reservation {
    let account = Account::Family(id(1));
    Reservation { id: ReservationId([number; 16]), account, cost, expires_at: at(2_000_000) }
}

async fn available<S: KeyStore>(store: &S) -> Result<Option<u64>, S::Error> {
    Ok(store.balance(&tenant(), Account::Family(id(1))).await?.map(|balance| balance.available))
}

/// A burst is admitted, and then one use at a time.
pub async fn a_rate_limit_admits_its_burst_and_no_more<S: KeyStore>(store: S) -> Check {
    let limit = limit(3, 60)?;
    for _ in 0..3 {
        ensure_eq!(
            store.admit(&tenant(), id(1), limit, now()).await?,
            Admission::Admitted,
            "a burst is admitted"
        );
    }
    let refused = store.admit(&tenant(), id(1), limit, now()).await?;
    let expected = Admission::Limited { retry_after: TimeDelta::seconds(20) };
    ensure_eq!(refused, expected, "then the next has to wait for its turn");
    let later = now() + TimeDelta::seconds(20);
    ensure_eq!(store.admit(&tenant(), id(1), limit, later).await?, Admission::Admitted, "and fits then");
    ensure!(store.admit(&tenant(), id(1), limit, later).await? != Admission::Admitted, "alone");
    Ok(())
}

/// A use that does not fit makes the next wait no longer.
pub async fn a_refused_use_is_not_counted<S: KeyStore>(store: S) -> Check {
    let limit = limit(1, 10)?;
    store.admit(&tenant(), id(1), limit, now()).await?;
    for _ in 0..5 {
        store.admit(&tenant(), id(1), limit, now() + TimeDelta::seconds(9)).await?;
    }
    let later = now() + TimeDelta::seconds(10);
    ensure_eq!(
        store.admit(&tenant(), id(1), limit, later).await?,
        Admission::Admitted,
        "refused uses don't count"
    );
    Ok(())
}

/// Families and tenants have limits of their own.
pub async fn a_rate_limit_is_its_familys_own<S: KeyStore>(store: S) -> Check {
    let limit = limit(1, 60)?;
    store.admit(&tenant(), id(1), limit, now()).await?;
    ensure_eq!(
        store.admit(&tenant(), id(2), limit, now()).await?,
        Admission::Admitted,
        "another family's use"
    );
    let other = tenant_named("ins_other");
    ensure_eq!(store.admit(&other, id(1), limit, now()).await?, Admission::Admitted, "another tenant's use");
    Ok(())
}

/// The state is kept to the microsecond.
pub async fn a_rate_limit_is_kept_to_the_microsecond<S: KeyStore>(store: S) -> Check {
    let limit = limit(1_000_000, 1)?;
    for micros in 0..3 {
        let then = now() + TimeDelta::microseconds(micros);
        ensure_eq!(
            store.admit(&tenant(), id(1), limit, then).await?,
            Admission::Admitted,
            "a use each microsecond"
        );
    }
    let slow = RateLimit::new(1, 1)?;
    let refused = store.admit(&tenant(), id(1), slow, now()).await?;
    let expected = Admission::Limited { retry_after: TimeDelta::microseconds(3) };
    ensure_eq!(refused, expected, "the state is kept to the microsecond");
    Ok(())
}

/// An account is opened by the first reservation, and by nothing else.
pub async fn an_account_is_opened_by_its_first_reservation<S: KeyStore>(store: S) -> Check {
    ensure_eq!(available(&store).await?, None, "an account is opened by its first reservation");
    let reserved = store.reserve(&tenant(), &reservation(1, 3), &plan(10), now()).await?;
    ensure_eq!(reserved, Reserved::Held { available: 7 }, "credits are set aside");
    ensure_eq!(available(&store).await?, Some(7), "and are not available");
    store.reserve(&tenant(), &reservation(2, 1), &plan(99), now()).await?;
    ensure_eq!(available(&store).await?, Some(6), "another plan does not fill an open account");
    Ok(())
}

/// What is not there is not taken, not even in part.
pub async fn credits_never_go_below_zero<S: KeyStore>(store: S) -> Check {
    let refused = store.reserve(&tenant(), &reservation(1, 11), &plan(10), now()).await?;
    ensure_eq!(refused, Reserved::Exhausted { available: 10 }, "more than there is is refused");
    let all = store.reserve(&tenant(), &reservation(2, 10), &plan(10), now()).await?;
    ensure_eq!(all, Reserved::Held { available: 0 }, "all can be taken");
    let refused = store.reserve(&tenant(), &reservation(3, 1), &plan(10), now()).await?;
    ensure_eq!(refused, Reserved::Exhausted { available: 0 }, "nothing is left");
    let nothing = store.reserve(&tenant(), &reservation(4, 0), &plan(10), now()).await?;
    ensure_eq!(nothing, Reserved::Held { available: 0 }, "nothing can always be taken");
    Ok(())
}

/// A reservation that arrives twice takes once, also when it was settled meanwhile.
pub async fn a_repeated_reservation_takes_once<S: KeyStore>(store: S) -> Check {
    for _ in 0..2 {
        let reserved = store.reserve(&tenant(), &reservation(1, 6), &plan(10), now()).await?;
        ensure_eq!(reserved, Reserved::Held { available: 4 }, "asking twice takes once");
    }
    store.settle(&tenant(), ReservationId([1; 16]), Settlement::Commit, now()).await?;
    let again = store.reserve(&tenant(), &reservation(1, 6), &plan(10), now()).await?;
    ensure_eq!(again, Reserved::Held { available: 4 }, "a late repetition takes nothing");
    Ok(())
}

/// What is committed is gone, what is cancelled is back; each once.
pub async fn a_reservation_is_settled_once<S: KeyStore>(store: S) -> Check {
    for number in [1, 2] {
        store.reserve(&tenant(), &reservation(number, 3), &plan(10), now()).await?;
    }
    let settle = |number: u8, settlement| {
        let store = &store;
        async move { store.settle(&tenant(), ReservationId([number; 16]), settlement, now()).await }
    };
    ensure!(settle(1, Settlement::Commit).await?, "a reservation is committed");
    ensure!(!settle(1, Settlement::Cancel).await?, "and not cancelled afterwards");
    ensure_eq!(available(&store).await?, Some(4), "what is committed is gone");
    ensure!(settle(2, Settlement::Cancel).await?, "a reservation is cancelled");
    ensure!(!settle(2, Settlement::Cancel).await?, "and not twice");
    ensure_eq!(available(&store).await?, Some(7), "what is cancelled is back, once");
    ensure!(!settle(9, Settlement::Commit).await?, "an unknown one is not there");
    Ok(())
}

/// What nobody settles goes back with the next look, at the very instant; a late commit has no effect.
pub async fn an_expired_reservation_goes_back<S: KeyStore>(store: S) -> Check {
    store.reserve(&tenant(), &reservation(1, 6), &plan(10), now()).await?;
    let just_before = at(1_999_999);
    let refused = store.reserve(&tenant(), &reservation(2, 5), &plan(10), just_before).await?;
    ensure_eq!(refused, Reserved::Exhausted { available: 4 }, "it is held until its time is over");
    let later = Reservation { expires_at: at(9_000_000), ..reservation(3, 5) };
    let reserved = store.reserve(&tenant(), &later, &plan(10), at(2_000_000)).await?;
    ensure_eq!(reserved, Reserved::Held { available: 5 }, "and goes back then");
    let settled = store.settle(&tenant(), ReservationId([1; 16]), Settlement::Commit, at(2_000_000)).await?;
    ensure!(!settled, "it is not there any more");
    ensure_eq!(available(&store).await?, Some(5), "it went back once");
    Ok(())
}

/// A commit that comes too late is a cancellation.
pub async fn a_commit_past_its_time_is_a_cancellation<S: KeyStore>(store: S) -> Check {
    store.reserve(&tenant(), &reservation(1, 6), &plan(10), now()).await?;
    store.settle(&tenant(), ReservationId([1; 16]), Settlement::Commit, at(2_000_000)).await?;
    ensure_eq!(available(&store).await?, Some(10), "the credits are back");
    Ok(())
}

/// Spending at once leaves nothing to settle.
pub async fn spending_at_once_is_a_committed_reservation<S: KeyStore>(store: S) -> Check {
    let spent = store.spend(&tenant(), &reservation(1, 4), &plan(10), now()).await?;
    ensure_eq!(spent, Reserved::Held { available: 6 }, "credits are spent");
    let cancelled = store.settle(&tenant(), ReservationId([1; 16]), Settlement::Cancel, now()).await?;
    ensure!(!cancelled, "they can't be cancelled");
    let again = store.spend(&tenant(), &reservation(1, 4), &plan(10), now()).await?;
    ensure_eq!(again, Reserved::Held { available: 6 }, "a repetition spends nothing");
    store
        .reserve(
            &tenant(),
            &Reservation { expires_at: at(9_000_000), ..reservation(2, 0) },
            &plan(10),
            at(3_000_000),
        )
        .await?;
    ensure_eq!(available(&store).await?, Some(6), "and they never go back");
    let refused = store.spend(&tenant(), &reservation(3, 7), &plan(10), now()).await?;
    ensure_eq!(refused, Reserved::Exhausted { available: 6 }, "no more than there is");
    Ok(())
}

/// A refill that is due comes with the next spending, once.
pub async fn a_refill_comes_with_the_next_spending<S: KeyStore>(store: S) -> Check {
    let refill = Refill { amount: 5, every: Every::Seconds(60) };
    let plan = CreditPlan { initial: 5, refill: Some(refill) };
    let cost = |number, cost| Reservation { expires_at: at(90_000_000), ..reservation(number, cost) };
    store.reserve(&tenant(), &cost(1, 5), &plan, now()).await?;
    let early = store.reserve(&tenant(), &cost(2, 1), &plan, now() + TimeDelta::seconds(59)).await?;
    ensure_eq!(early, Reserved::Exhausted { available: 0 }, "no refill is due yet");
    let due = now() + TimeDelta::seconds(150);
    let refilled = store.reserve(&tenant(), &cost(3, 2), &plan, due).await?;
    ensure_eq!(refilled, Reserved::Held { available: 3 }, "two missed refills come once");
    let again = store.reserve(&tenant(), &cost(4, 4), &plan, due + TimeDelta::seconds(29)).await?;
    ensure_eq!(again, Reserved::Exhausted { available: 3 }, "the rhythm is that of the opening");
    let next = store.reserve(&tenant(), &cost(5, 4), &plan, due + TimeDelta::seconds(30)).await?;
    ensure_eq!(next, Reserved::Held { available: 1 }, "and the next one comes");
    Ok(())
}

/// Families, allowances by month and kind, and tenants have accounts of their own.
pub async fn accounts_are_kept_apart<S: KeyStore>(store: S) -> Check {
    let next = Month::of(now() + TimeDelta::days(40));
    let accounts = [
        Account::Family(id(1)),
        Account::Family(id(2)),
        Account::Allowance(month(), UsageKind::Verification),
        Account::Allowance(month(), UsageKind::Creation),
        Account::Allowance(next, UsageKind::Verification),
    ];
    for (number, account) in (1..).zip(accounts) {
        let asked = Reservation { account, ..reservation(number, 6) };
        let reserved = store.reserve(&tenant(), &asked, &plan(10), now()).await?;
        ensure_eq!(reserved, Reserved::Held { available: 4 }, "{account:?} has an account of its own");
    }
    let other = store.reserve(&tenant_named("ins_other"), &reservation(1, 6), &plan(10), now()).await?;
    ensure_eq!(other, Reserved::Held { available: 4 }, "and so has another tenant");
    Ok(())
}

/// However the calls interleave, no more is spent than there is.
pub async fn spenders_at_the_same_time_never_overspend<S: KeyStore>(store: S) -> Check {
    let asked: Vec<_> = (1..=40).map(|number| reservation(number, 3)).collect();
    let answers = together(asked.iter().map(|asked| {
        let store = &store;
        async move { store.spend(&tenant(), asked, &plan(50), now()).await }
    }))
    .await;
    let mut held: u64 = 0;
    for answer in answers {
        held += u64::from(matches!(answer?, Reserved::Held { .. }));
    }
    ensure_eq!(held, 16, "sixteen times three are in fifty");
    ensure_eq!(available(&store).await?, Some(2), "and two are left");
    Ok(())
}

/// However the calls interleave, a rate limit admits no more than its burst.
pub async fn uses_at_the_same_time_never_exceed_the_limit<S: KeyStore>(store: S) -> Check {
    let limit = limit(7, 3600)?;
    let answers = together((0..30).map(|_| {
        let store = &store;
        async move { store.admit(&tenant(), id(1), limit, now()).await }
    }))
    .await;
    let mut admitted: u64 = 0;
    for answer in answers {
        admitted += u64::from(answer? == Admission::Admitted);
    }
    ensure_eq!(admitted, 7, "no more than the burst is admitted");
    Ok(())
}

/// At any time: what was there is available, set aside, or spent.
pub async fn the_ledger_adds_up<S: KeyStore>(store: S) -> Check {
    let (mut held, mut spent) = (Vec::new(), 0);
    for step in 1..=60_u8 {
        let then = now() + TimeDelta::milliseconds(step.into());
        match step % 4 {
            0 | 1 => {
                let asked =
                    Reservation { expires_at: at(90_000_000), ..reservation(step, u64::from(step % 5)) };
                if let Reserved::Held { .. } = store.reserve(&tenant(), &asked, &plan(40), then).await? {
                    held.push(asked);
                }
            }
            other => {
                if let Some(asked) = held.pop() {
                    let settlement = if other == 2 { Settlement::Commit } else { Settlement::Cancel };
                    store.settle(&tenant(), asked.id, settlement, then).await?;
                    spent += if other == 2 { asked.cost } else { 0 };
                }
            }
        }
        let set_aside: u64 = held.iter().map(|asked| asked.cost).sum();
        let left = available(&store).await?;
        ensure_eq!(
            left.map(|left| left + set_aside + spent),
            Some(40).filter(|_| left.is_some()),
            "step {step} adds up"
        );
    }
    Ok(())
}

//! Who may try a plan, for how long, and what extends it.

use billing_plans::{
    Availability, Catalog, Currency, ExtendTrialError, Fee, FreeTrial, Name, NewPlan, PayerHistory,
    PayerType, Price, Slug, Trial, TrialDays, create_plan, trial_offered, wire::ErrorCode,
};
use chrono::{DateTime, TimeDelta, Utc};

fn now() -> DateTime<Utc> {
    "2026-11-20T10:00:00Z".parse().unwrap()
}

fn days(days: i64) -> TrialDays {
    TrialDays::new(days).unwrap()
}

#[test]
fn only_who_never_paid_and_never_tried_may_try() {
    let availability = Availability::Monthly { month: Fee::new(500).unwrap() };
    let price = Price { currency: Currency::USD, availability };
    let plan = |free_trial| {
        let new = NewPlan::new(Name::new("Pro").unwrap(), Slug::new("pro").unwrap(), PayerType::User, price);
        let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
        create_plan(&Catalog::default(), NewPlan { free_trial, ..new }, now(), &mut rng).unwrap().plan
    };
    let enabled = plan(FreeTrial::Enabled { days: days(14) });
    for (has_paid, has_tried) in [(false, false), (true, false), (false, true), (true, true)] {
        let history = PayerHistory { has_paid, has_tried };
        let expected = (!has_paid && !has_tried).then(|| days(14));
        assert_eq!(trial_offered(&enabled, history), expected, "{history:?}");
    }
    for free_trial in [FreeTrial::None, FreeTrial::Disabled { days: days(14) }] {
        assert_eq!(trial_offered(&plan(free_trial), PayerHistory::default()), None);
    }
}

#[test]
fn a_trial_runs_from_its_first_instant_up_to_its_end() {
    let trial = Trial::start(days(1), now()).unwrap();
    assert!(trial.is_running(trial.started_at()));
    assert!(trial.is_running(trial.ends_at() - TimeDelta::nanoseconds(1)));
    assert!(!trial.is_running(trial.ends_at()));
    assert!(!trial.is_running(now() - TimeDelta::nanoseconds(1)));
    assert_eq!(Trial::start(days(1), DateTime::<Utc>::MAX_UTC), None);
}

#[test]
fn the_end_is_announced_three_days_before_or_at_once() {
    let announced = |length| Trial::start(days(length), now()).unwrap().announced_at() - now();
    assert_eq!(announced(14), TimeDelta::days(11));
    assert_eq!(announced(4), TimeDelta::days(1));
    assert_eq!(announced(3), TimeDelta::zero());
    assert_eq!(announced(1), TimeDelta::zero());
}

#[test]
fn a_trial_is_extended_by_a_year_at_most_and_never_shortened() {
    let trial = Trial::start(days(7), now()).unwrap();
    let extend = |by| trial.extend(trial.ends_at() + by, now());
    assert_eq!(extend(TimeDelta::zero()), Ok(trial));
    assert_eq!(extend(TimeDelta::days(365)).unwrap().ends_at(), now() + TimeDelta::days(372));
    assert_eq!(extend(TimeDelta::days(365) + TimeDelta::milliseconds(1)), Err(ExtendTrialError::TooLong));
    assert_eq!(extend(TimeDelta::milliseconds(-1)), Err(ExtendTrialError::Shorter));
    assert_eq!(trial.extend(trial.ends_at(), trial.ends_at()), Err(ExtendTrialError::NotRunning));
    assert_eq!(trial.extend(trial.ends_at(), DateTime::<Utc>::MIN_UTC), Err(ExtendTrialError::NotRunning));
    assert_eq!(trial.extend(DateTime::<Utc>::MAX_UTC, now()), Err(ExtendTrialError::TooLong));
}

#[test]
fn an_extension_may_be_repeated() {
    let trial = Trial::start(days(7), now()).unwrap();
    let until = trial.ends_at() + TimeDelta::days(30);
    let extended = trial.extend(until, now()).unwrap();
    assert_eq!(extended.extend(until, now() + TimeDelta::days(1)), Ok(extended));
}

#[test]
fn each_refusal_has_its_code() {
    let told = |error: ExtendTrialError| {
        let ErrorCode { code, status } = (&error).into();
        (code, status)
    };
    assert_eq!(told(ExtendTrialError::NotRunning), ("subscription_item_not_in_free_trial", 403));
    assert_eq!(told(ExtendTrialError::Shorter), ("billing_date_error", 400));
    assert_eq!(told(ExtendTrialError::TooLong), ("billing_too_many_free_trial_days", 400));
}

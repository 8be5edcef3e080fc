//! Rate limits, as a decision.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// So many uses in so many seconds, evenly: the generic cell rate algorithm.
///
/// After a pause all `uses` may come at once; then one every `seconds / uses`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Unchecked")]
pub struct RateLimit {
    uses: u32,
    seconds: u32,
}

#[derive(Deserialize)]
struct Unchecked {
    uses: u32,
    seconds: u32,
}

/// The state of a rate limit: when its last use would have been due, had the uses come evenly.
///
/// In microseconds since 1970; 0 before the first use.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DueAt(pub i64);

/// What became of a use under a rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Admission {
    /// It was counted.
    Admitted,
    /// It was not counted; a use will fit after this time.
    Limited {
        /// How long to wait.
        retry_after: TimeDelta,
    },
}

impl RateLimit {
    /// At most `uses` in `seconds`.
    ///
    /// # Errors
    /// [`InvalidRateLimit`], if one of them is 0, or there are more than 1,000,000 uses a second.
    pub fn new(uses: u32, seconds: u32) -> Result<Self, InvalidRateLimit> {
        let limit = Self { uses, seconds };
        if uses > 0 && seconds > 0 && limit.step() > 0 { Ok(limit) } else { Err(InvalidRateLimit) }
    }

    /// How many uses.
    pub fn uses(&self) -> u32 {
        self.uses
    }

    /// In how many seconds.
    pub fn seconds(&self) -> u32 {
        self.seconds
    }

    /// From one use to the next, in microseconds, rounded up: a limit is never exceeded by rounding.
    pub fn step(&self) -> i64 {
        if u64::from(self.uses) > u64::from(self.seconds).saturating_mul(1_000_000) {
            return 0;
        }
        let step = u64::from(self.seconds).saturating_mul(1_000_000).div_ceil(u64::from(self.uses).max(1));
        i64::try_from(step).unwrap_or(i64::MAX)
    }

    /// How far uses may run ahead of their even pace, in microseconds.
    pub fn tolerance(&self) -> i64 {
        self.step().saturating_mul(i64::from(self.uses).saturating_sub(1))
    }

    /// Decides on one use at `now`, and gives the state after it.
    ///
    /// A store may write the same as one guarded statement: the state becomes `max(state, now) + step`, if
    /// `max(state, now) - now` is at most the tolerance.
    pub fn admit(&self, state: DueAt, now: DateTime<Utc>) -> (DueAt, Admission) {
        let now = now.timestamp_micros();
        let due = state.0.max(now);
        let ahead = due.saturating_sub(now);
        if ahead <= self.tolerance() {
            return (DueAt(due.saturating_add(self.step())), Admission::Admitted);
        }
        (state, self.refused(state, now))
    }

    /// The refusal in a state that does not admit a use.
    pub fn refusal(&self, state: DueAt, now: DateTime<Utc>) -> Admission {
        self.refused(state, now.timestamp_micros())
    }

    fn refused(&self, state: DueAt, now: i64) -> Admission {
        let wait = state.0.saturating_sub(now).saturating_sub(self.tolerance()).max(1);
        Admission::Limited { retry_after: TimeDelta::microseconds(wait) }
    }
}

impl TryFrom<Unchecked> for RateLimit {
    type Error = InvalidRateLimit;

    fn try_from(limit: Unchecked) -> Result<Self, InvalidRateLimit> {
        Self::new(limit.uses, limit.seconds)
    }
}

/// The limit is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a rate limit needs at least one use in at least one second, and at most 1,000,000 uses a second")]
pub struct InvalidRateLimit;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(micros: i64) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(1_780_000_000_000_000 + micros).unwrap()
    }

    #[test]
    fn a_burst_and_then_one_step_at_a_time() {
        let limit = RateLimit::new(3, 60).unwrap();
        let mut state = DueAt::default();
        for _ in 0..3 {
            let (next, admission) = limit.admit(state, at(0));
            assert_eq!(admission, Admission::Admitted);
            state = next;
        }
        let (same, refused) = limit.admit(state, at(0));
        assert_eq!((same, refused), (state, Admission::Limited { retry_after: TimeDelta::seconds(20) }));
        assert_eq!(
            limit.admit(state, at(19_999_999)).1,
            Admission::Limited { retry_after: TimeDelta::microseconds(1) }
        );
        assert_eq!(limit.admit(state, at(20_000_000)).1, Admission::Admitted);
    }

    #[test]
    fn nothing_is_no_limit() {
        assert!(RateLimit::new(0, 1).is_err() && RateLimit::new(1, 0).is_err());
        assert!(RateLimit::new(1_000_001, 1).is_err() && RateLimit::new(1_000_000, 1).is_ok());
        assert!(serde_json::from_str::<RateLimit>(r#"{"uses":0,"seconds":1}"#).is_err());
    }

    proptest! {
        #[test]
        fn no_window_ever_admits_more_than_the_burst_and_what_flows_in(
            uses in 1_u32..20, seconds in 1_u32..20, gaps in prop::collection::vec(0_i64..3_000_000, 1..200),
        ) {
            let limit = RateLimit::new(uses, seconds).unwrap();
            let (mut state, mut now, mut admitted) = (DueAt::default(), 0, Vec::new());
            for gap in gaps {
                now += gap;
                let (next, admission) = limit.admit(state, at(now));
                state = next;
                match admission {
                    Admission::Admitted => admitted.push(now),
                    Admission::Limited { retry_after } => {
                        let then = at(now) + retry_after;
                        prop_assert_eq!(limit.admit(state, then).1, Admission::Admitted, "it is told when to retry");
                    }
                }
            }
            for (first, from) in admitted.iter().enumerate() {
                for (last, until) in admitted.iter().enumerate().skip(first) {
                    let most = i64::from(uses) + (until - from) / limit.step();
                    prop_assert!(((last - first) as i64) < most);
                }
            }
        }
    }
}

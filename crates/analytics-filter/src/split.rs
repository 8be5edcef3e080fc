//! Numbers of real and of test users, kept apart until somebody chooses.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

use crate::UserClass;

/// A value for real users and one for test users.
///
/// Everything that is counted is answered so; a rate is derived from what [`view`](Self::view) chose, since percentages
/// can't be added or subtracted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Split<T> {
    /// Of real users.
    pub real: T,
    /// Of test users.
    pub test: T,
}

impl<T> Split<T> {
    /// The part of one class.
    pub fn part_mut(&mut self, class: UserClass) -> &mut T {
        match class {
            UserClass::Real => &mut self.real,
            UserClass::Test => &mut self.test,
        }
    }

    /// Both values, changed.
    pub fn map<U>(self, mut change: impl FnMut(T) -> U) -> Split<U> {
        Split { real: change(self.real), test: change(self.test) }
    }
}

impl Split<u64> {
    /// The number that a filter leaves.
    pub fn view(self, filter: Filter) -> u64 {
        match filter {
            Filter::Everyone => self.real.saturating_add(self.test),
            Filter::RealUsers => self.real,
            Filter::TestUsers => self.test,
        }
    }

    /// Counts `n` more of a class.
    pub fn count(&mut self, class: UserClass, n: u64) {
        let part = self.part_mut(class);
        *part = part.saturating_add(n);
    }
}

impl AddAssign for Split<u64> {
    fn add_assign(&mut self, other: Self) {
        self.count(UserClass::Real, other.real);
        self.count(UserClass::Test, other.test);
    }
}

/// Whom charts, tiles and tables show: one value for all of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Real and test users.
    #[default]
    Everyone,
    /// Real users: "Filter test users" is on.
    RealUsers,
    /// Test users.
    TestUsers,
}

impl Filter {
    /// The filter as the switch "Filter test users" sets it.
    pub fn switched(filter_test_users: bool) -> Self {
        if filter_test_users { Self::RealUsers } else { Self::Everyone }
    }

    /// Whether it leaves a class.
    pub fn keeps(self, class: UserClass) -> bool {
        self.class().is_none_or(|kept| kept == class)
    }

    /// The only class that it leaves, if it is one.
    pub fn class(self) -> Option<UserClass> {
        match self {
            Self::Everyone => None,
            Self::RealUsers => Some(UserClass::Real),
            Self::TestUsers => Some(UserClass::Test),
        }
    }
}

/// A part of a whole, exact.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Ratio {
    /// The part.
    pub part: u64,
    /// The whole.
    pub whole: u64,
}

impl Ratio {
    /// Hundredths of a percent, rounded half up; `None` of nothing.
    pub fn basis_points(self) -> Option<u64> {
        let doubled = u128::from(self.part).checked_mul(20_000)?;
        let rounded =
            doubled.checked_add(self.whole.into())?.checked_div(u128::from(self.whole).checked_mul(2)?)?;
        rounded.try_into().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_is_what_the_filter_keeps() {
        let split = Split { real: 5, test: 2 };
        assert_eq!(split.view(Filter::Everyone), 7);
        assert_eq!(split.view(Filter::switched(true)), 5);
        assert_eq!(split.view(Filter::TestUsers), 2);
        assert_eq!(Split { real: u64::MAX, test: 1 }.view(Filter::Everyone), u64::MAX);
    }

    #[test]
    fn rates_are_rounded_half_up_and_absent_of_nothing() {
        assert_eq!(Ratio { part: 1, whole: 3 }.basis_points(), Some(3_333));
        assert_eq!(Ratio { part: 1, whole: 20_000 }.basis_points(), Some(1));
        assert_eq!(Ratio { part: 1, whole: 20_001 }.basis_points(), Some(0));
        assert_eq!(Ratio { part: 0, whole: 0 }.basis_points(), None);
        assert_eq!(Ratio { part: u64::MAX, whole: 1 }.basis_points(), None);
    }
}

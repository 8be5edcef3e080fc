//! Invented people: the same ones for the same day, so that two runs show the same charts.

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

const WEEKS: u64 = 26;
/// Every so many sign-ups is a test user.
const TEST_USER_EVERY: u64 = 25;

const FIRST: [&str; 16] = [
    "Ada",
    "Barbara",
    "Chen",
    "Dorothy",
    "Edsger",
    "Frances",
    "Grace",
    "Hedy",
    "Ivan",
    "Jean",
    "Katherine",
    "Leslie",
    "Margaret",
    "Niklaus",
    "Radia",
    "Tim",
];
const LAST: [&str; 16] = [
    "Allen", "Bartik", "Curie", "Dijkstra", "Easley", "Feinler", "Goldberg", "Hopper", "Iverson", "Johnson",
    "Keller", "Liskov", "Meitner", "Noether", "Perlman", "Wirth",
];

/// One invented user.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) first_name: &'static str,
    pub(crate) last_name: &'static str,
    pub(crate) email: String,
    /// In E.164; only some have one.
    pub(crate) phone: Option<String>,
    pub(crate) created_at: DateTime<Utc>,
    /// Days with activity, the day of sign-up among them.
    pub(crate) active_on: Vec<NaiveDate>,
}

/// `count` people who signed up during the 26 weeks before `now`, in order of their sign-up.
pub(crate) fn invent(count: u64, now: DateTime<Utc>) -> Vec<Person> {
    let midnight = now.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
    let start = midnight - TimeDelta::weeks(i64::try_from(WEEKS).unwrap_or(26));
    let span = u64::try_from((midnight - start).num_seconds()).unwrap_or(1);
    let mut dice = Dice(2026);
    let mut sign_ups: Vec<u64> = (0..count).map(|_| span - growing(&mut dice, span)).collect();
    sign_ups.sort_unstable();
    (0_u64..)
        .zip(sign_ups)
        .map(|(n, seconds)| person(n, start, seconds, midnight.date_naive(), &mut dice))
        .collect()
}

/// More sign-ups towards the end: the smaller of two throws, counted back from there.
fn growing(dice: &mut Dice, span: u64) -> u64 {
    dice.below(span).min(dice.below(span)).max(1)
}

fn person(n: u64, start: DateTime<Utc>, seconds: u64, today: NaiveDate, dice: &mut Dice) -> Person {
    let created_at = start + TimeDelta::seconds(i64::try_from(seconds).unwrap_or(0));
    let (first_name, last_name) = (dice.pick(&FIRST), dice.pick(&LAST));
    let local = format!("{}.{}{n}", first_name.to_lowercase(), last_name.to_lowercase());
    let tag = if n % TEST_USER_EVERY == 7 { "+clerk_test" } else { "" };
    let test_phone = n % (4 * TEST_USER_EVERY) == 13;
    let phone = if test_phone { Some(format!("+1201555{:04}", 100 + n % 100)) } else { None };
    Person {
        id: format!("user_demo{n:023}"),
        first_name,
        last_name,
        email: format!("{local}{tag}@example.com"),
        phone,
        created_at,
        active_on: active_days(created_at.date_naive(), today, dice),
    }
}

/// Ever fewer visits as the weeks go by; a few people come nearly every day.
fn active_days(sign_up: NaiveDate, today: NaiveDate, dice: &mut Dice) -> Vec<NaiveDate> {
    let keen = dice.below(10) == 0;
    let later = sign_up.iter_days().take_while(|day| *day < today).enumerate().skip(1);
    let chance = |age: u64| if keen { 60 } else { 40 / (1 + age / 7) };
    let visits = later.filter(|(age, _)| dice.below(100) < chance(u64::try_from(*age).unwrap_or(u64::MAX)));
    std::iter::once(sign_up).chain(visits.map(|(_, day)| day)).collect()
}

/// A seeded generator (splitmix64): for the look of demonstration charts, never for a secret.
pub(crate) struct Dice(pub(crate) u64);

impl Dice {
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound.max(1)
    }

    fn pick<T: Copy, const N: usize>(&mut self, from: &[T; N]) -> T {
        from[usize::try_from(self.below(N as u64)).unwrap_or(0)]
    }
}

#[cfg(test)]
mod tests {
    use chrono::Days;

    use super::*;

    #[test]
    fn people_are_spread_over_26_weeks_with_test_users_among_them() {
        let now = DateTime::from_timestamp(1_780_000_000, 0).unwrap();
        let people = invent(5_000, now);
        assert_eq!(people.len(), 5_000);
        let first = people[0].created_at.date_naive();
        let today = now.date_naive();
        assert!(first >= today - Days::new(7 * WEEKS) && first < today - Days::new(7 * 24));
        assert!(people.iter().all(|p| p.created_at <= now && p.active_on[0] == p.created_at.date_naive()));
        assert!(people.iter().all(|p| p.id.len() == 32));
        let tests = people.iter().filter(|p| p.email.contains("+clerk_test") || p.phone.is_some()).count();
        assert!((200..400).contains(&tests), "{tests}");
    }
}

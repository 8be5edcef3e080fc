//! Sharing an amount without losing a cent.

use crate::Money;

/// Shares `total` by `weights`: every part is within one minor unit of its exact share, and the parts add up to the total.
///
/// The largest remainders get the units that are left; of equal ones, those that come first. A negative total is shared by
/// its magnitude. If all weights are zero, they count as equal. Without weights there are no parts.
///
/// ```
/// use billing_plans::{Currency, Money, allocate};
///
/// let parts = allocate(Money::new(5, Currency::USD), &[1, 1, 1]);
/// assert_eq!(parts.iter().map(|part| part.amount()).collect::<Vec<_>>(), [2, 2, 1]);
/// ```
pub fn allocate(total: Money, weights: &[u64]) -> Vec<Money> {
    let sum: u128 = weights.iter().fold(0, |sum, weight| sum.saturating_add((*weight).into()));
    match weights.len() {
        0 => Vec::new(),
        count if sum == 0 => shares(total, &vec![1; count], count as u128),
        _ => shares(total, weights, sum),
    }
}

fn shares(total: Money, weights: &[u64], sum: u128) -> Vec<Money> {
    let magnitude = u128::from(total.amount().unsigned_abs());
    let exact = |weight: &u64| magnitude.saturating_mul((*weight).into());
    let floors: Vec<_> =
        weights.iter().map(|weight| exact(weight).checked_div(sum).unwrap_or_default()).collect();
    let given: u128 = floors.iter().sum();
    let mut by_remainder: Vec<_> = weights
        .iter()
        .enumerate()
        .map(|(n, weight)| (exact(weight).checked_rem(sum).unwrap_or_default(), n))
        .collect();
    // A stable sort: equal remainders stay in the order of the input.
    by_remainder.sort_by(|(one, _), (other, _)| other.cmp(one));
    let left = usize::try_from(magnitude.saturating_sub(given)).unwrap_or(weights.len());
    let mut parts = floors;
    for (_, n) in by_remainder.into_iter().take(left) {
        if let Some(part) = parts.get_mut(n) {
            *part = part.saturating_add(1);
        }
    }
    parts.into_iter().map(|part| signed(part, total)).collect()
}

fn signed(magnitude: u128, total: Money) -> Money {
    // A part is never larger than the total.
    let magnitude = i128::try_from(magnitude).unwrap_or(i128::MAX);
    let amount = if total.amount() < 0 { magnitude.saturating_neg() } else { magnitude };
    Money::new(i64::try_from(amount).unwrap_or(total.amount()), total.currency())
}

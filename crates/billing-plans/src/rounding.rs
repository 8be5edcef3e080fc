//! The one rounding rule: to the nearest, half away from zero.

use std::num::NonZero;

/// `numerator / denominator`, rounded half away from zero; `None` if that is no `i128`.
pub(crate) fn divide_half_away(numerator: i128, denominator: NonZero<i128>) -> Option<i128> {
    let quotient = numerator.checked_div(denominator.get())?;
    let rest = numerator.checked_rem(denominator.get())?.unsigned_abs();
    // The rest is smaller than the denominator, so the subtraction never saturates.
    if rest < denominator.get().unsigned_abs().saturating_sub(rest) {
        return Some(quotient);
    }
    let away = if (numerator < 0) == (denominator.get() < 0) { 1 } else { -1 };
    quotient.checked_add(away)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::{Decimal, RoundingStrategy};

    use super::*;

    fn divide(numerator: i128, denominator: i128) -> Option<i128> {
        divide_half_away(numerator, NonZero::new(denominator).unwrap())
    }

    #[test]
    fn halves_go_away_from_zero() {
        assert_eq!(divide(5, 2), Some(3));
        assert_eq!(divide(-5, 2), Some(-3));
        assert_eq!(divide(5, -2), Some(-3));
        assert_eq!(divide(4, 3), Some(1));
        assert_eq!(divide(-5, 3), Some(-2));
        assert_eq!(divide(0, 7), Some(0));
        assert_eq!(divide(50_000, 12), Some(4_167));
        assert_eq!(divide(i128::MIN, -1), None);
        assert_eq!(divide(i128::MAX, i128::MAX), Some(1));
        assert_eq!(divide(i128::MAX, i128::MIN), Some(-1));
    }

    proptest! {
        #[test]
        fn agrees_with_exact_decimals(numerator in -1_000_000_000_000_i64..1_000_000_000_000, places in 0_u32..9) {
            let denominator = 10_i128.pow(places);
            let exact = Decimal::from_i128_with_scale(i128::from(numerator), places);
            let rounded = exact.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
            prop_assert_eq!(Decimal::from(divide(i128::from(numerator), denominator).unwrap()), rounded);
        }

        #[test]
        fn the_error_is_at_most_half(numerator: i64, denominator: i64) {
            prop_assume!(denominator != 0);
            let (n, d) = (i128::from(numerator), i128::from(denominator));
            let error = (divide(n, d).unwrap() * d - n).abs();
            prop_assert!(error * 2 <= d.abs());
        }
    }
}

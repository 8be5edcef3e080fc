//! Numbers as JavaScript reads and prints them.

use std::fmt;

/// A JSON number, held and printed as JavaScript does (ECMA-262 `Number::toString`, radix 10).
///
/// The shortest digits that read back as the same number; exponent form from 1e21 up and below 1e-6; `-0` prints `0`;
/// what overflows is `Infinity`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Number(f64);

impl Number {
    /// Reads text that the JSON grammar allows as a number.
    pub(crate) fn read(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    /// The nearest 32-bit number, which may be infinite, as Kotlin's `toFloat` gives it.
    pub(crate) fn to_single(self) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "rounding is the purpose; a cast of floats never panics"
        )]
        let single = self.0 as f32;
        // The shortest digits of the single, read again: 0.1 stays 0.1.
        Self(single.to_string().parse().unwrap_or(self.0))
    }

    /// The nearest number from 0 to 255, for what is drawn.
    pub(crate) fn nearest_byte(self) -> u8 {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a cast of floats saturates, which is the purpose"
        )]
        let nearest = self.0.round() as u8;
        nearest
    }

    /// Whether it has no fractional part; never for an overflow.
    #[must_use]
    pub fn is_whole(self) -> bool {
        self.0.is_finite() && self.0.fract() == 0.0
    }

    /// Whether it is too large for a binary64 number, as `1e400` is.
    #[must_use]
    pub fn overflows(self) -> bool {
        self.0.is_infinite()
    }

    /// Whether it is 0 or `-0`, the numbers that JavaScript takes for false.
    pub(crate) fn is_zero(self) -> bool {
        self.0 == 0.0
    }

    /// Whether it is below zero; `-0` is not.
    #[must_use]
    pub fn is_negative(self) -> bool {
        self.0 < 0.0
    }

    /// Whether JavaScript prints it with an exponent because it is at least 1e21.
    #[must_use]
    pub fn prints_large_exponent(self) -> bool {
        self.0.is_finite() && self.0.abs() >= 1e21
    }
}

impl From<u8> for Number {
    fn from(number: u8) -> Self {
        Self(number.into())
    }
}

impl Number {
    /// A whole number that every digit of is exact, `-0` as 0.
    fn small(self) -> Option<i32> {
        #[expect(clippy::cast_possible_truncation, reason = "compared with what it came from")]
        let whole = self.0 as i32;
        (f64::from(whole) == self.0).then_some(whole)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(small) = self.small() {
            return small.fmt(f);
        }
        if self.0.is_infinite() {
            return f.write_str(if self.0 < 0.0 { "-Infinity" } else { "Infinity" });
        }
        let scientific = format!("{:e}", self.0.abs());
        let (mantissa, exponent) = scientific.split_once('e').unwrap_or((&scientific, "0"));
        let digits = mantissa.replace('.', "");
        if self.0 < 0.0 {
            f.write_str("-")?;
        }
        place_point(f, &digits, exponent.parse().unwrap_or(0))
    }
}

/// Writes `d.ddd × 10^exponent` in the form that JavaScript chooses.
fn place_point(f: &mut fmt::Formatter<'_>, digits: &str, exponent: i32) -> fmt::Result {
    match exponent {
        0..=20 => {
            let whole = usize::try_from(exponent).unwrap_or(0).saturating_add(1);
            match digits.split_at_checked(whole) {
                Some((integer, "")) => f.write_str(integer),
                Some((integer, fraction)) => write!(f, "{integer}.{fraction}"),
                None => write!(f, "{digits:0<whole$}"),
            }
        }
        -6..=-1 => {
            let zeros = usize::try_from(exponent.saturating_neg()).unwrap_or(1).saturating_sub(1);
            write!(f, "0.{:0<zeros$}{digits}", "")
        }
        _ => {
            let (first, rest) = digits.split_at_checked(1).unwrap_or((digits, ""));
            let point = if rest.is_empty() { "" } else { "." };
            write!(f, "{first}{point}{rest}e{exponent:+}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_byte_is_never_outside() {
        let nearest = ["-1e400", "-3", "-0", "0.4", "6.5", "255.4", "256", "1e400"];
        let nearest = nearest.map(|read| Number::read(read).unwrap().nearest_byte());
        assert_eq!(nearest, [0, 0, 0, 0, 7, 255, 255, 255]);
    }

    #[test]
    fn numbers_print_as_javascript_prints_them() {
        for (read, printed) in [
            ("-0", "0"),
            ("12.0", "12"),
            ("0.1", "0.1"),
            ("100", "100"),
            ("-12.50", "-12.5"),
            ("0.000001", "0.000001"),
            ("0.00000123", "0.00000123"),
            ("1e-7", "1e-7"),
            ("1.5e-9", "1.5e-9"),
            ("123456789012345680000", "123456789012345680000"),
            ("1e21", "1e+21"),
            ("-1.5e300", "-1.5e+300"),
            ("9007199254740993", "9007199254740992"),
            ("5e-324", "5e-324"),
            ("1e400", "Infinity"),
            ("-1e400", "-Infinity"),
        ] {
            assert_eq!(Number::read(read).unwrap().to_string(), printed, "{read}");
        }
    }
}

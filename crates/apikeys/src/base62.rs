//! Fixed-width base62: digits, upper case, lower case.

pub(crate) const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// What [`DIGITS`] holds for a byte that is no digit.
pub(crate) const NO_DIGIT: u8 = 0x80;

/// As many digits as a `u64` always holds.
const CHUNK: usize = 10;
const CHUNK_BASE: u64 = 62_u64.pow(10);

/// The value of each byte as a digit.
#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "done when this is compiled: a mistake would stop that"
)]
const DIGITS: [u8; 256] = {
    let mut digits = [NO_DIGIT; 256];
    let mut value = 0;
    while value < 62 {
        digits[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    digits
};

/// Writes `value` into all of `text`, most significant digit first, with leading zeros.
///
/// What does not fit is cut off; the callers' widths hold every value of their types.
pub(crate) fn encode(mut value: u128, text: &mut [u8]) {
    const BASE: u128 = CHUNK_BASE as u128;
    for chunk in text.rchunks_mut(CHUNK) {
        encode_chunk(u64::try_from(value % BASE).unwrap_or(0), chunk);
        value /= BASE;
    }
}

fn encode_chunk(mut value: u64, text: &mut [u8]) {
    for place in text.iter_mut().rev() {
        let digit = usize::try_from(value % 62).unwrap_or(0);
        *place = ALPHABET.get(digit).copied().unwrap_or(b'0');
        value /= 62;
    }
}

/// The value of the digits of an id, which [`is_all_digits`]; `None` if it exceeds `u128`. Its parts don't wait for each
/// other.
#[inline(always)]
pub(crate) fn decode_id(text: &[u8; 22]) -> Option<u128> {
    let (head, rest) = text.split_first_chunk::<2>()?;
    let (middle, rest) = rest.split_first_chunk::<CHUNK>()?;
    let (last, _) = rest.split_first_chunk::<CHUNK>()?;
    let base = u128::from(CHUNK_BASE);
    let head = u128::from(pair(*head)).checked_mul(base)?.checked_add(u128::from(ten(*middle)))?;
    head.checked_mul(base)?.checked_add(u128::from(ten(*last)))
}

#[inline(always)]
fn ten([a, b, c, d, e, f, g, h, i, j]: [u8; CHUNK]) -> u64 {
    const STEP: u64 = 62 * 62;
    let [ab, cd, ef, gh, ij] = [[a, b], [c, d], [e, f], [g, h], [i, j]].map(pair);
    let upper = ab.wrapping_mul(STEP).wrapping_add(cd).wrapping_mul(STEP * STEP * STEP);
    let lower = ef.wrapping_mul(STEP).wrapping_add(gh).wrapping_mul(STEP).wrapping_add(ij);
    upper.wrapping_add(lower)
}

#[inline(always)]
fn pair([high, low]: [u8; 2]) -> u64 {
    u64::from(digit(high)).wrapping_mul(62).wrapping_add(u64::from(digit(low)))
}

/// The value of at most ten digits; `None` if one is none.
#[inline(always)]
pub(crate) fn decode_chunk(text: &[u8]) -> Option<u64> {
    let (mut value, mut seen) = (0_u64, 0_u8);
    for byte in text {
        let digit = digit(*byte);
        seen |= digit;
        value = value.wrapping_mul(62).wrapping_add(u64::from(digit));
    }
    (seen & NO_DIGIT == 0).then_some(value)
}

/// Whether every byte is a digit; looks at all of them, so that the processor need not guess and takes many at a time.
#[inline(always)]
pub(crate) fn is_all_digits(text: &[u8]) -> bool {
    let other = |byte: u8| {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        !(letter | (byte.wrapping_sub(b'0') < 10))
    };
    !text.iter().fold(false, |seen, byte| seen | other(*byte))
}

#[inline(always)]
fn digit(byte: u8) -> u8 {
    DIGITS.get(usize::from(byte)).copied().unwrap_or(NO_DIGIT)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_encoded_is_decoded(value: u128) {
            let mut text = [0; 22];
            encode(value, &mut text);
            prop_assert!(is_all_digits(&text));
            prop_assert_eq!(decode_id(&text), Some(value));
        }

        #[test]
        fn only_the_alphabet_is_read(byte: u8) {
            prop_assert_eq!(is_all_digits(&[byte]), byte.is_ascii_alphanumeric());
        }
    }

    #[test]
    fn what_exceeds_the_type_or_the_alphabet_is_refused() {
        let mut text = [0; 22];
        encode(u128::MAX, &mut text);
        assert_eq!(decode_id(&text), Some(u128::MAX));
        assert_eq!(decode_id(&[b'z'; 22]), None);
        assert_eq!(decode_chunk(b"0-0"), None);
    }
}

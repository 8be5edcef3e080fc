//! Fixed-width base62: digits, upper case, lower case.

pub(crate) const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Writes `value` into all of `text`, most significant digit first, with leading zeros.
///
/// What does not fit is cut off; the callers' widths hold every value of their types.
pub(crate) fn encode(mut value: u128, text: &mut [u8]) {
    for place in text.iter_mut().rev() {
        let digit = usize::try_from(value % 62).unwrap_or(0);
        *place = ALPHABET.get(digit).copied().unwrap_or(b'0');
        value /= 62;
    }
}

/// The value of a text of base62 digits; `None` if it has another character or exceeds `u128`.
pub(crate) fn decode(text: &[u8]) -> Option<u128> {
    text.iter().try_fold(0_u128, |value, byte| value.checked_mul(62)?.checked_add(digit(*byte)?))
}

fn digit(byte: u8) -> Option<u128> {
    let (first, at) = match byte {
        b'0'..=b'9' => (b'0', 0),
        b'A'..=b'Z' => (b'A', 10),
        b'a'..=b'z' => (b'a', 36),
        _ => return None,
    };
    Some(u128::from(byte.wrapping_sub(first).wrapping_add(at)))
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
            prop_assert_eq!(decode(&text), Some(value));
        }
    }

    #[test]
    fn what_exceeds_the_type_or_the_alphabet_is_refused() {
        let mut text = [0; 22];
        encode(u128::MAX, &mut text);
        assert_eq!(decode(&text), Some(u128::MAX));
        assert_eq!(decode(&[b'z'; 22]), None);
        assert_eq!(decode(b"0-0"), None);
    }
}

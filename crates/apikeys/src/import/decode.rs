//! The text forms that digests are stored in.

/// Where a text is not of its form: the index of the byte at fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// The byte is not of the alphabet, or has bits that no encoder sets.
    Byte(usize),
    /// The text ends within a byte.
    Length,
}

/// The bytes of a hex text, in upper or lower case.
pub(super) fn hex(text: &[u8]) -> Result<Vec<u8>, Fault> {
    let pairs = text.chunks(2).zip((0_usize..).step_by(2));
    pairs.map(|(pair, start)| hex_byte(pair).map_err(|fault| fault.moved(start))).collect()
}

/// The byte of two hex digits.
pub(super) fn hex_byte(pair: &[u8]) -> Result<u8, Fault> {
    let mut byte = 0_u8;
    for (at, digit) in pair.iter().enumerate() {
        let value = char::from(*digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
        byte = byte << 4 | value.ok_or(Fault::Byte(at))?;
    }
    if pair.len() == 2 { Ok(byte) } else { Err(Fault::Length) }
}

/// The bytes of a base64 text without padding, whose alphabet ends with `last` (RFC 4648 §4, §5).
///
/// Reads canonical text only: the bits that the last character has too many must be zero.
pub(super) fn base64(text: &[u8], last: [u8; 2]) -> Result<Vec<u8>, Fault> {
    let mut bytes = Vec::with_capacity(text.len());
    for (group, start) in text.chunks(4).zip((0_usize..).step_by(4)) {
        let [_, one, two, three] = group_bits(group, last).map_err(|fault| fault.moved(start))?.to_be_bytes();
        match (group.len(), two, three) {
            (4, ..) => bytes.extend([one, two, three]),
            (3, _, 0) => bytes.extend([one, two]),
            (2, 0, 0) => bytes.push(one),
            (1, ..) => return Err(Fault::Length),
            _ => return Err(Fault::Byte(text.len().saturating_sub(1))),
        }
    }
    Ok(bytes)
}

impl Fault {
    fn moved(self, by: usize) -> Self {
        match self {
            Self::Byte(at) => Self::Byte(at.saturating_add(by)),
            Self::Length => Self::Length,
        }
    }
}

/// The 24 bits of up to four characters; absent ones are zero.
fn group_bits(group: &[u8], last: [u8; 2]) -> Result<u32, Fault> {
    let mut bits = 0_u32;
    for at in 0..4 {
        let byte = group.get(at);
        let value = byte.map_or(Some(0), |byte| base64_value(*byte, last)).ok_or(Fault::Byte(at))?;
        bits = bits << 6 | value;
    }
    Ok(bits)
}

fn base64_value(byte: u8, last: [u8; 2]) -> Option<u32> {
    let place = match byte {
        b'A'..=b'Z' => byte.wrapping_sub(b'A'),
        b'a'..=b'z' => byte.wrapping_sub(b'a').wrapping_add(26),
        b'0'..=b'9' => byte.wrapping_sub(b'0').wrapping_add(52),
        _ if byte == last[0] => 62,
        _ if byte == last[1] => 63,
        _ => return None,
    };
    Some(place.into())
}

#[cfg(test)]
mod tests {
    use base64::{
        Engine,
        engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
    };
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The crate `base64` is the second opinion, for encoded bytes and for any text.
        #[test]
        fn base64_agrees_with_the_crate(text in "[A-Za-z0-9+/_=-]{0,50}", bytes: Vec<u8>) {
            prop_assert_eq!(base64(text.as_bytes(), *b"+/").ok(), STANDARD_NO_PAD.decode(&text).ok());
            prop_assert_eq!(base64(text.as_bytes(), *b"-_").ok(), URL_SAFE_NO_PAD.decode(&text).ok());
            prop_assert_eq!(base64(STANDARD_NO_PAD.encode(&bytes).as_bytes(), *b"+/"), Ok(bytes.clone()));
            prop_assert_eq!(base64(URL_SAFE_NO_PAD.encode(&bytes).as_bytes(), *b"-_"), Ok(bytes));
        }

        #[test]
        fn hex_reads_what_was_written(bytes: Vec<u8>) {
            let lower: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            prop_assert_eq!(hex(lower.as_bytes()), Ok(bytes.clone()));
            prop_assert_eq!(hex(lower.to_uppercase().as_bytes()), Ok(bytes));
        }
    }

    #[test]
    fn faults_say_where() {
        assert_eq!(hex(b"0g"), Err(Fault::Byte(1)));
        assert_eq!(hex(b"000"), Err(Fault::Length));
        assert_eq!(base64(b"AA-A", *b"+/"), Err(Fault::Byte(2)));
        assert_eq!(base64(b"A", *b"+/"), Err(Fault::Length));
        assert_eq!(base64(b"AB", *b"+/"), Err(Fault::Byte(1)), "bits that no encoder sets");
    }
}

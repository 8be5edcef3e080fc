//! The laws of the token.

use apikeys::{KeyId, Malformed, Pepper, TokenFormat};
use getrandom::SysRng;
use proptest::prelude::*;
use rand_core::UnwrapErr;

fn format() -> TokenFormat {
    TokenFormat::new("ak", "test").unwrap()
}

fn token() -> String {
    format().generate(&mut UnwrapErr(SysRng)).1.reveal().to_string()
}

proptest! {
    #[test]
    fn every_single_character_change_is_refused(at in any::<prop::sample::Index>(), to in any::<char>()) {
        let token = token();
        let at = at.index(token.len());
        prop_assume!(!token[at..].starts_with(to));
        let changed = format!("{}{to}{}", &token[..at], &token[at + 1..]);
        prop_assert!(format().parse(&changed).is_err());
    }

    #[test]
    fn any_text_is_refused_without_a_panic(text in ".{0,300}") {
        prop_assert!(format().parse(&text).is_err());
    }

    #[test]
    fn the_scan_pattern_and_the_parsers_shape_accept_the_same(
        text in prop_oneof![
            "ak_test_[0-9A-Za-z]{60,62}",
            "ak_test_[0-9A-Za-z]{61}",
            "ak_tes?t_[0-9A-Za-z_-]{61}",
            "[a-z_]{2,9}[0-9A-Za-z]{61}",
            "ak_test_[0-9A-Za-z]{30}.[0-9A-Za-z]{30}",
            Just(token()),
        ],
    ) {
        let pattern = regex::Regex::new(&format!("^(?:{})$", format().scan_pattern())).unwrap();
        let shaped = !matches!(format().parse(&text), Err(Malformed::Shape | Malformed::TooLong));
        prop_assert_eq!(pattern.is_match(&text), shaped);
    }

    #[test]
    fn tagged_ids_are_told_from_forged_ones(secret: [u8; 32], forged: [u8; 16], flip in 0_usize..128) {
        let tagged = format().with_tagged_ids(&secret);
        let (key, _) = tagged.generate(&mut UnwrapErr(SysRng));
        prop_assert!(tagged.can_have(key));
        let mut near = *key.as_bytes();
        near[flip / 8] ^= 1 << (flip % 8);
        prop_assert!(!tagged.can_have(KeyId::from_bytes(near)), "one bit makes another id");
        // One forged id in 2^32 passes: that is what the tag is worth.
        prop_assert!(!tagged.can_have(KeyId::from_bytes(forged)));
        prop_assert!(format().can_have(KeyId::from_bytes(near)), "without tags every id may be a key's");
    }

    #[test]
    fn ids_convert_both_ways(bytes: [u8; 16]) {
        let id = KeyId::from_bytes(bytes);
        prop_assert_eq!(id.to_string().parse::<KeyId>().unwrap(), id);
    }
}

#[test]
fn a_token_is_what_the_readme_says() {
    let (key, secret) = format().generate(&mut UnwrapErr(SysRng));
    let token = secret.reveal();
    assert_eq!(token.len(), format().token_len());
    assert_eq!(token.len(), "ak_test_".len() + 22 + 33 + 6);
    assert_eq!(format().parse(&token).unwrap().id(), key);
    assert!(token.starts_with(format().mask(key).trim_end_matches('…')));
}

#[test]
fn another_hosts_token_is_no_token_here() {
    let other = TokenFormat::new("ak", "live").unwrap();
    assert!(matches!(other.parse(&token()), Err(Malformed::Shape)));
    assert!(matches!(format().parse(&"a".repeat(257)), Err(Malformed::TooLong)));
}

#[test]
fn a_prefix_is_read_by_position_and_never_split() {
    let format = TokenFormat::new("my_app_key", "eu_1").unwrap();
    let (key, secret) = format.generate(&mut UnwrapErr(SysRng));
    assert_eq!(format.parse(&secret.reveal()).unwrap().id(), key);
}

#[test]
fn prefixes_follow_their_grammar() {
    for bad in ["", "1a", "_a", "a_", "a__b", "A", "a-b", "a b", &"a".repeat(25)] {
        assert!(TokenFormat::new(bad, "test").is_err(), "{bad}");
        assert!(TokenFormat::new("ak", bad).is_err(), "{bad}");
    }
}

#[test]
fn ids_in_other_forms_are_read_or_refused() {
    let id: KeyId = "ak_3beecc9c60adb5f9b850e91a8ee1e992".parse().unwrap();
    assert_eq!("api_key_3beecc9c60adb5f9b850e91a8ee1e992".parse(), Ok(id));
    for bad in
        ["", "ak_", "ak_3beecc9c60adb5f9b850e91a8ee1e99", "ak_+beecc9c60adb5f9b850e91a8ee1e992", "3bee"]
    {
        assert!(bad.parse::<KeyId>().is_err(), "{bad}");
    }
}

#[test]
fn nothing_shows_a_secret() {
    let (key, secret) = format().generate(&mut UnwrapErr(SysRng));
    let pepper = Pepper::new(&[0xab; 32]);
    assert_eq!(format!("{secret:?} {pepper:?}"), "Secret(..) Pepper(..)");
    let token = secret.reveal();
    assert!(!format!("{key:?}").contains(&token[30..]));
    assert!(!format!("{:?}", format().parse(&token)).contains(&token[30..]));
}

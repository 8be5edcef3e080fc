//! The laws of a sealed cursor.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use sealed_cursor::{CursorKey, OpenError, Scope};

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn key() -> CursorKey {
    CursorKey::new(&[7; 32])
}

fn scope() -> Scope {
    Scope::new("acme", b"newest first")
}

fn seal(position: &[u8]) -> String {
    key().seal(scope(), NOW + TimeDelta::minutes(1), position)
}

proptest! {
    #[test]
    fn what_was_sealed_opens(position in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert_eq!(key().open(scope(), NOW, &seal(&position)).unwrap(), position);
    }

    #[test]
    fn any_text_is_refused_without_a_panic(text in ".{0,300}") {
        prop_assert!(key().open(scope(), NOW, &text).is_err());
    }

    #[test]
    fn one_changed_character_is_refused(at in any::<prop::sample::Index>(), to in "[A-Za-z0-9_-]") {
        let text = seal(b"position");
        let at = at.index(text.len());
        prop_assume!(!text[at..].starts_with(&to));
        let changed = format!("{}{to}{}", &text[..at], &text[at + 1..]);
        let error = key().open(scope(), NOW, &changed).unwrap_err();
        prop_assert!(matches!(error, OpenError::Forged | OpenError::Malformed));
    }

    #[test]
    fn the_text_needs_no_escaping_in_a_url(position in proptest::collection::vec(any::<u8>(), 0..64)) {
        prop_assert!(seal(&position).bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    }
}

#[test]
fn each_reason_is_told_apart() {
    let text = seal(b"position");
    let open = |key: CursorKey, scope, now| key.open(scope, now, &text);
    assert_eq!(open(CursorKey::new(&[8; 32]), scope(), NOW), Err(OpenError::Forged));
    assert_eq!(open(key(), Scope::new("other", b"newest first"), NOW), Err(OpenError::WrongTenant));
    assert_eq!(open(key(), Scope::new("acme", b"oldest first"), NOW), Err(OpenError::WrongQuery));
    assert_eq!(open(key(), scope(), NOW + TimeDelta::minutes(1)), Err(OpenError::Expired));
    assert!(open(key(), scope(), NOW + TimeDelta::milliseconds(59_999)).is_ok());
}

#[test]
fn long_texts_are_refused_unread() {
    assert_eq!(key().open(scope(), NOW, &"A".repeat(2049)), Err(OpenError::TooLong));
    assert_eq!(key().open(scope(), NOW, ""), Err(OpenError::Malformed));
}

#[test]
fn the_key_is_not_shown() {
    assert_eq!(format!("{:?}", key()), "CursorKey(..)");
}

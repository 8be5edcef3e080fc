//! The sheet as PNG: with which fonts it can be drawn, and that they are what draws it.
#![cfg(feature = "png")]

mod font;

use expo_theme::{PngError, Profile, Surroundings, Theme, check, picture, picture_png};

fn theme(text: &str) -> Theme {
    check(text.as_bytes(), Profile::Strict).theme.unwrap()
}

fn drawn(theme: &Theme, fonts: &[Vec<u8>]) -> Result<Vec<u8>, PngError> {
    picture_png(theme, Surroundings::default(), fonts.iter().cloned())
}

#[test]
fn text_without_a_font_is_an_error() {
    assert_eq!(drawn(&theme("{}"), &[]), Err(PngError::NoFont));
    let sound = font::boxes("Boxes", ' '..='~', 400);
    for wrong in [&b""[..], b"no font", &sound[..sound.len() / 2]] {
        let fonts = [sound.clone(), wrong.to_vec()];
        assert_eq!(drawn(&theme("{}"), &fonts), Err(PngError::NotAFont { index: 1 }));
    }
    let capitals = font::boxes("Capitals", 'A'..='Z', 400);
    let error = drawn(&theme("{}"), &[capitals]).unwrap_err();
    assert!(matches!(error, PngError::NoGlyph { character } if character.is_ascii_lowercase()), "{error}");
}

#[test]
fn the_picture_is_twice_as_large_as_the_sheet_and_the_same_again() {
    let theme = theme(r#"{"design":{"fontFamily":"日本"}}"#);
    let fonts = [font::boxes("Boxes", ' '..='~', 400)];
    let png = drawn(&theme, &fonts).unwrap();
    assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"));
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().unwrap());
    let size = format!("width=\"{}\" height=\"{}\"", number(16) / 2, number(20) / 2);
    assert!(picture(&theme, Surroundings::default()).contains(&size), "{size}");
    assert_eq!(drawn(&theme, &fonts).unwrap(), png);
}

#[test]
fn the_theme_s_own_font_is_found_by_its_name() {
    let fonts = [font::boxes("Boxes", ' '..='~', 400), font::boxes("Bricks", ' '..='~', 450)];
    let with = |family: &str| drawn(&theme(&format!(r#"{{"design":{{"fontFamily":"{family}"}}}}"#)), &fonts);
    // Names of one length: the caption is alike.
    assert_ne!(with("Bricks").unwrap(), with("Blocks").unwrap());
    assert_eq!(with("Planks").unwrap(), with("Blocks").unwrap());
}

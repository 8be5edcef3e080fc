//! Themes for the web, and as design tokens.

use expo_theme::{
    DesignTokensError, Mode, Profile, TOKENS, Theme, check, design_tokens, theme_from_design_tokens,
    web_variables,
};
use proptest::prelude::*;
use serde_json::{Value, json};

fn theme(text: &str) -> Theme {
    check(text.as_bytes(), Profile::Compat).theme.unwrap()
}

fn variables(text: &str, mode: Mode) -> Value {
    serde_json::from_str(&web_variables(&theme(text), mode)).unwrap()
}

#[test]
fn a_gap_of_the_dark_palette_is_filled_on_the_web() {
    let text = r##"{"colors":{"primary":"#112233","ring":"#445566"},"darkColors":{"primary":"#aabbcc80"}}"##;
    assert_eq!(variables(text, Mode::Light), json!({"colorPrimary": "#112233", "colorRing": "#445566"}));
    assert_eq!(variables(text, Mode::Dark), json!({"colorPrimary": "#aabbcc80", "colorRing": "#445566"}));
}

#[test]
fn the_web_knows_all_but_the_secondary_button() {
    let palette: Vec<String> = TOKENS.iter().map(|token| format!("\"{token}\":\"#112233\"")).collect();
    let written = variables(&format!("{{\"colors\":{{{}}}}}", palette.join(",")), Mode::Light);
    let names: Vec<&String> = written.as_object().unwrap().keys().collect();
    assert_eq!(names.len(), 15);
    assert!(!names.iter().any(|name| name.contains("econdary")), "{names:?}");
}

#[test]
fn radius_and_font_are_css_or_left_out() {
    let text = r#"{"design":{"fontFamily":"In\"ter","borderRadius":1.50}}"#;
    assert_eq!(variables(text, Mode::Light), json!({"fontFamily": "In\"ter", "borderRadius": "1.5px"}));
    for text in
        [r#"{"design":{"fontFamily":"","borderRadius":-1}}"#, r#"{"design":{"borderRadius":1e400}}"#, "{}"]
    {
        assert_eq!(web_variables(&theme(text), Mode::Light), "{}\n", "{text}");
    }
}

#[test]
fn design_tokens_have_types_and_values() {
    let text =
        r##"{"design":{"borderRadius":12,"fontFamily":"Inter"},"colors":{"primary":"#FF000080","x":1}}"##;
    let tokens: Value = serde_json::from_str(&design_tokens(&theme(text))).unwrap();
    let value = json!({
        "colorSpace": "srgb", "components": [1, 0, 0], "alpha": 128.0 / 255.0, "hex": "#ff0000"
    });
    assert_eq!(tokens["colors"], json!({"$type": "color", "primary": {"$value": value}}));
    assert_eq!(
        tokens["design"]["borderRadius"],
        json!({"$type": "dimension", "$value": {"value": 12, "unit": "px"}})
    );
    assert_eq!(tokens["design"]["fontFamily"], json!({"$type": "fontFamily", "$value": "Inter"}));
}

#[test]
fn design_tokens_of_other_tools_are_read_or_refused() {
    let read = |tokens: Value| theme_from_design_tokens(tokens.to_string().as_bytes());
    let blue = json!({"colorSpace": "srgb", "components": [0, 0.5, 1.0]});
    let own_type = json!({"$description": "x", "colors": {"ring": {"$type": "color", "$value": blue}}});
    assert_eq!(read(own_type).unwrap(), "{\n  \"colors\": {\n    \"ring\": \"#0080FF\"\n  }\n}\n");
    for strange in [json!({"palette": {}}), json!({"colors": {"$type": "color", "accent": {"$value": blue}}})]
    {
        assert!(matches!(read(strange), Err(DesignTokensError::Unknown { .. })));
    }
    for value in [
        json!("{colors.ring}"),
        json!("#0080ff"),
        json!({"colorSpace": "oklch", "components": [0, 0, 0]}),
        json!({"colorSpace": "srgb", "components": [0, 0, 1.1]}),
        json!({"colorSpace": "srgb", "components": ["none", 0, 0]}),
    ] {
        let refused = read(json!({"colors": {"$type": "color", "ring": {"$value": value}}})).unwrap_err();
        assert_eq!(refused.to_string(), "`colors.ring` is not a colour in `srgb`");
    }
    let rem = json!({"$type": "dimension", "$value": {"value": 1, "unit": "rem"}});
    assert!(read(json!({"design": {"borderRadius": rem}})).is_err());
    assert!(matches!(theme_from_design_tokens(b"{"), Err(DesignTokensError::Syntax(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_theme_comes_back_from_its_design_tokens(
        light in proptest::collection::btree_map(0..17_usize, any::<[u8; 4]>(), 0..17),
        dark in proptest::collection::btree_map(0..17_usize, any::<[u8; 4]>(), 0..17),
        radius in 0..1000_u32,
        font in "[ -~é]{1,12}",
    ) {
        let palette = |colours: &std::collections::BTreeMap<usize, [u8; 4]>| -> Value {
            let hex = |[r, g, b, a]: [u8; 4]| match a {
                255 => format!("#{r:02X}{g:02X}{b:02X}"),
                _ => format!("#{r:02X}{g:02X}{b:02X}{a:02X}"),
            };
            colours.iter().map(|(index, colour)| (TOKENS[*index].to_owned(), Value::from(hex(*colour)))).collect()
        };
        let design = json!({"fontFamily": font, "borderRadius": radius});
        let written = json!({"colors": palette(&light), "darkColors": palette(&dark), "design": design});
        let tokens = design_tokens(&theme(&written.to_string()));
        let back = theme_from_design_tokens(tokens.as_bytes()).unwrap();
        prop_assert_eq!(serde_json::from_str::<Value>(&back).unwrap(), written);
        prop_assert!(check(back.as_bytes(), Profile::Strict).theme.is_some());
    }
}

//! What is wrong with a theme, and what do iOS and Android get of a sound one?
//!
//! `cargo run -p examples --example theme`

use expo_theme::{Profile, android_asset, check, plist_value};

const MISSPELT: &str = r##"{
  "colors": { "primary": "#6c47ff", "backgruond": "#ffffff" },
  "darkcolors": { "primary": "#8b6fff" },
  "design": { "borderRadius": "12px" }
}"##;

const SOUND: &str = r##"{
  "colors": { "primary": "#6c47ff", "background": "#ffffff" },
  "design": { "borderRadius": 12.0, "fontFamily": "Inter" }
}"##;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    for found in check(MISSPELT.as_bytes(), Profile::Strict).diagnostics {
        let (line, column) = (found.position.line, found.position.column);
        println!("{line}:{column} {}; expected {}", found.message, found.expected);
        if let Some(hint) = found.hint {
            println!("    {hint}");
        }
    }

    let theme = check(SOUND.as_bytes(), Profile::Strict).theme.ok_or("an error in a sound theme")?;
    println!("\nInfo.plist, key ClerkTheme:\n{}", plist_value(&theme)?);
    println!("\nclerk_theme.json:\n{}", android_asset(&theme)?);
    Ok(())
}

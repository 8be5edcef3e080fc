#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used
    )
)]

mod app_config;
mod appearance;
mod check;
mod contrast;
mod defaults;
mod derive;
mod design_tokens;
mod diagnostic;
mod edit;
mod emit;
mod fix;
mod number;
mod oklch;
mod option;
mod parser;
mod picture;
mod rules;
mod schema;
mod sound;
mod source;
mod surroundings;
mod text;
mod token;
mod value;

pub use app_config::{AppReport, check_app_config, depends_on};
pub use appearance::{Appearance, EffectiveColour, Mode, Origin, Platform, Rgba, appearance};
pub use check::{MAX_DIAGNOSTICS, Profile, Report, Theme, check};
pub use contrast::{Contrast, PairContrast, TEXT_PAIRS, contrasts};
pub use defaults::{SDKS, Sdk, sdk_version};
pub use design_tokens::{DesignTokensError, design_tokens, theme_from_design_tokens};
pub use diagnostic::{Code, Diagnostic, Severity};
pub use emit::{
    EmitError, MAX_OUTPUT, MergeError, PLIST_KEY, android_asset, merge_plist, plist_document, plist_value,
    unmerge_plist, web_variables,
};
pub use fix::{Fix, Proposal, derive_dark, fix};
pub use number::Number;
pub use option::{OptionReport, ThemeOption, check_option};
pub use parser::MAX_DEPTH;
pub use picture::picture;
#[cfg(feature = "png")]
pub use picture::{PngError, picture_png};
pub use schema::JSON_SCHEMA;
pub use source::{Position, Source, Span};
pub use surroundings::{InterfaceStyle, Surroundings, check_surroundings};
pub use text::Text;
pub use token::TOKENS;
pub use value::{Duplicate, Member, Node, Object, Value};

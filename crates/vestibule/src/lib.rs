#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

#[cfg(feature = "analytics")]
pub use ::analytics_filter;
#[cfg(feature = "apikeys")]
pub use ::apikeys;
#[cfg(feature = "billing")]
pub use ::billing_plans;
#[cfg(feature = "theme")]
pub use ::expo_theme;
#[cfg(feature = "scim")]
pub use ::scim_core;

//! Ids of the records that this crate makes.

use std::{fmt, sync::Arc};

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            #[doc = concat!("A new id: `", $prefix, "` and 27 random letters and digits.")]
            pub fn generate(rng: &mut impl CryptoRng) -> Self {
                Self(random($prefix, rng).into())
            }

            /// An id as it was stored, or as a request names it; whether it exists, only a store knows.
            pub fn new(text: &str) -> Self {
                Self(text.into())
            }

            /// Its text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id!(
    /// The id of a plan, `cplan_…`.
    PlanId,
    "cplan_"
);
id!(
    /// The id of a feature, `feat_…`.
    FeatureId,
    "feat_"
);
id!(
    /// The id of a statement, `cstmt_…`.
    StatementId,
    "cstmt_"
);

const RANDOM_LEN: usize = 27;
const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn random(prefix: &str, rng: &mut impl CryptoRng) -> String {
    let mut text = String::with_capacity(prefix.len().saturating_add(RANDOM_LEN));
    text.push_str(prefix);
    let mut left = RANDOM_LEN;
    while left > 0 {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        // Six bits at a time; the two values past the alphabet are thrown away, so that every letter is as likely.
        let letters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte & 63)));
        for letter in letters.take(left) {
            text.push(char::from(*letter));
            left = left.saturating_sub(1);
        }
    }
    text
}

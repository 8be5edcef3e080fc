//! A secret that is shown once.

use std::fmt;

use zeroize::Zeroizing;

/// The text of a fresh token, on its way to its owner.
///
/// It has no `Display`, no `Serialize` and no `Clone`, is wiped when dropped, and [`reveal`](Self::reveal) consumes it.
pub struct Secret(Zeroizing<String>);

impl Secret {
    pub(crate) fn new(token: Zeroizing<String>) -> Self {
        Self(token)
    }

    /// The token's text; wiped when dropped, too.
    pub fn reveal(self) -> Zeroizing<String> {
        self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

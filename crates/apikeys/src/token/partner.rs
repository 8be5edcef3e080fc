//! What others need to know to find tokens in texts.

use super::{BODY_LEN, CHECKSUM_LEN, TAIL_LEN, TokenFormat};

impl TokenFormat {
    /// A regular expression that finds tokens in a text, for secret scanners; the checksum is left to
    /// [`parse`](Self::parse).
    pub fn scan_pattern(&self) -> String {
        format!("{}[0-9A-Za-z]{{{TAIL_LEN}}}", self.head())
    }

    /// What a secret-scanning partner is told of these tokens: their pattern, and how to check one without asking.
    ///
    /// ```
    /// let text = apikeys::TokenFormat::new("ak", "live")?.partner_registration("Acme API key");
    /// assert!(text.contains("ak_live_[0-9A-Za-z]{61}"));
    /// # Ok::<_, apikeys::InvalidFormat>(())
    /// ```
    pub fn partner_registration(&self, name: &str) -> String {
        let (pattern, head) = (self.scan_pattern(), self.head());
        let before = head.len().saturating_add(BODY_LEN);
        format!(
            "Token type: {name}\n\
             Pattern: {pattern}\n\
             Length: {len} characters, ASCII, case-sensitive\n\
             Checksum: the last {CHECKSUM_LEN} characters are the CRC-32 (IEEE) of the {before} before them, prefix included,\n\
             \x20         in base62 (digits, upper case, lower case), padded on the left with 0; a match whose checksum is\n\
             \x20         wrong is no token\n\
             Reports: one token each, as found; the answer says whether it is real, even if it was revoked or deleted since\n",
            len = self.token_len(),
        )
    }
}

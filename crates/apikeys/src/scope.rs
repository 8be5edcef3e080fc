//! What a key may be used for.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

use crate::limits::MAX_SCOPE_LEN;

/// What a key may be used for: 1 to 255 bytes without space, such as `reports:read`.
///
/// One rule for wildcards: a scope that is `*` covers every scope, and one that ends with `:*` covers every scope that
/// begins with what stands before the `*`. A `*` anywhere else is an ordinary character, and so is every other one;
/// letters match in their own case only.
///
/// ```
/// use apikeys::Scope;
///
/// let reports: Scope = "reports:*".parse()?;
/// assert!(reports.covers("reports:read") && reports.covers("reports:read:all"));
/// assert!(!reports.covers("reports") && !reports.covers("reportsread"));
/// assert!(reports.covers("reports:2026:*"), "a narrower wildcard is covered, too");
/// # Ok::<_, apikeys::InvalidScope>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Scope(Arc<str>);

/// Scopes that a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequiredScopes<'a> {
    /// Each of them; nothing, if there are none.
    All(&'a [&'a str]),
    /// At least one of them; without any, no key has enough.
    Any(&'a [&'a str]),
}

impl Scope {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a key with this scope may do what `scope` stands for.
    pub fn covers(&self, scope: &str) -> bool {
        match self.0.strip_suffix('*') {
            Some(head) if head.is_empty() || head.ends_with(':') => {
                scope.len() > head.len() && scope.starts_with(head)
            }
            _ => *self.0 == *scope,
        }
    }
}

impl RequiredScopes<'_> {
    /// Whether these scopes are enough.
    pub fn are_covered_by(&self, scopes: &[Scope]) -> bool {
        let covered = |required: &&str| scopes.iter().any(|scope| scope.covers(required));
        match self {
            Self::All(required) => required.iter().all(covered),
            Self::Any(required) => required.iter().any(covered),
        }
    }
}

impl FromStr for Scope {
    type Err = InvalidScope;

    fn from_str(text: &str) -> Result<Self, InvalidScope> {
        let fits = (1..=MAX_SCOPE_LEN).contains(&text.len()) && !text.contains(is_blank);
        fits.then(|| Self(text.into())).ok_or(InvalidScope)
    }
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() || character.is_control()
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl TryFrom<String> for Scope {
    type Error = InvalidScope;

    fn try_from(text: String) -> Result<Self, InvalidScope> {
        text.parse()
    }
}

impl From<Scope> for String {
    fn from(scope: Scope) -> Self {
        scope.as_str().to_owned()
    }
}

/// The text is no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a scope has 1 to {MAX_SCOPE_LEN} bytes, without space or control characters")]
pub struct InvalidScope;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scopes(texts: &[&str]) -> Vec<Scope> {
        texts.iter().map(|text| text.parse().unwrap()).collect()
    }

    #[test]
    fn all_and_any_are_really_asked_for() {
        let own = scopes(&["a:read", "b:*"]);
        for (required, enough) in [
            (RequiredScopes::All(&[]), true),
            (RequiredScopes::All(&["a:read", "b:write"]), true),
            (RequiredScopes::All(&["a:read", "a:write"]), false),
            (RequiredScopes::Any(&["a:write", "b:x"]), true),
            (RequiredScopes::Any(&["a:write", "c"]), false),
            (RequiredScopes::Any(&[]), false),
        ] {
            assert_eq!(required.are_covered_by(&own), enough, "{required:?}");
        }
        assert!(!RequiredScopes::All(&["a"]).are_covered_by(&[]));
    }

    #[test]
    fn a_star_elsewhere_is_a_character() {
        for (scope, asked, covers) in [
            ("*", "anything:at:all", true),
            ("a*", "ab", false),
            ("a*", "a*", true),
            ("a:*:read", "a:b:read", false),
            ("a:*", "a:", false),
            ("A:*", "a:b", false),
        ] {
            assert_eq!(scopes(&[scope])[0].covers(asked), covers, "{scope} {asked}");
        }
    }

    #[test]
    fn blank_and_long_texts_are_no_scopes() {
        for bad in ["", "a b", "a\tb", "a\u{0}b", "a\u{a0}b", &"a".repeat(256)] {
            assert_eq!(bad.parse::<Scope>(), Err(InvalidScope));
        }
    }

    proptest! {
        #[test]
        fn what_a_covered_scope_covers_is_covered(
            outer in "(a:|b:){0,2}(\\*|a)", inner in "(a:|b:){0,3}(\\*|a)", asked in "(a:|b:){0,4}a",
        ) {
            let (outer, inner): (Scope, Scope) = (outer.parse().unwrap(), inner.parse().unwrap());
            if outer.covers(inner.as_str()) && inner.covers(&asked) {
                prop_assert!(outer.covers(&asked), "{outer} {inner} {asked}");
            }
        }
    }
}

//! Who is a test user, and why.

use serde::{Deserialize, Serialize};

use crate::{Fingerprint, IdentifierKind};

/// Whether somebody is a user, or only a test of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserClass {
    /// A user.
    Real,
    /// A test user.
    Test,
}

/// What decided a class: the rule's part and the kind of identifier, never its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// An override names the id.
    Override,
    /// The id is in a set of the rule.
    ListedId,
    /// An e-mail address has a tag of the rule.
    EmailTag,
    /// A phone number matches a pattern of the rule.
    PhonePattern,
    /// No part of the rule matches.
    NoMatch,
    /// No part of the rule matches, and a phone number isn't in E.164, so that no pattern can.
    PhoneNotNormalised,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Self; 6] = [
        Self::Override,
        Self::ListedId,
        Self::EmailTag,
        Self::PhonePattern,
        Self::NoMatch,
        Self::PhoneNotNormalised,
    ];

    /// Its name on the wire and in a table.
    pub fn code(self) -> &'static str {
        match self {
            Self::Override => "override",
            Self::ListedId => "listed_id",
            Self::EmailTag => "email_tag",
            Self::PhonePattern => "phone_pattern",
            Self::NoMatch => "no_match",
            Self::PhoneNotNormalised => "phone_not_normalised",
        }
    }

    /// The reason with this name.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// The kind of identifier that decided, if one did.
    pub fn identifier(self) -> Option<IdentifierKind> {
        match self {
            Self::Override | Self::ListedId => Some(IdentifierKind::Id),
            Self::EmailTag => Some(IdentifierKind::Email),
            Self::PhonePattern | Self::PhoneNotNormalised => Some(IdentifierKind::Phone),
            Self::NoMatch => None,
        }
    }
}

/// A class, why, and by which rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Classification {
    /// The class.
    pub class: UserClass,
    /// Why.
    pub reason: Reason,
    /// The rule that decided.
    pub rule: Fingerprint,
    /// The revision of that rule.
    pub revision: u16,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_is_found_by_its_code_which_is_its_json() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_code(reason.code()), Some(reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
        }
        assert_eq!(Reason::from_code("other"), None);
    }
}

//! What a user is classified by.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The addresses of one user, the primary one of each kind first.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Contacts {
    /// E-mail addresses.
    pub emails: Arc<[Arc<str>]>,
    /// Phone numbers in E.164: `+` and digits.
    pub phones: Arc<[Arc<str>]>,
}

impl Contacts {
    /// At most one address of each kind.
    pub fn new(email: Option<&str>, phone: Option<&str>) -> Self {
        Self {
            emails: email.into_iter().map(Arc::from).collect(),
            phones: phone.into_iter().map(Arc::from).collect(),
        }
    }

    /// The primary e-mail address.
    pub fn email(&self) -> Option<&Arc<str>> {
        self.emails.first()
    }

    /// The primary phone number.
    pub fn phone(&self) -> Option<&Arc<str>> {
        self.phones.first()
    }
}

/// All that a rule looks at, borrowed from wherever it lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identifiers<'a> {
    /// The id of the user, or of the entry on the waitlist.
    pub id: &'a str,
    /// E-mail addresses, the primary one first.
    pub emails: &'a [Arc<str>],
    /// Phone numbers in E.164, the primary one first.
    pub phones: &'a [Arc<str>],
}

impl<'a> Identifiers<'a> {
    /// The identifiers of the one with this id.
    pub fn new(id: &'a str, contacts: &'a Contacts) -> Self {
        Self { id, emails: &contacts.emails, phones: &contacts.phones }
    }
}

/// Which of a user's addresses a rule looks at.
///
/// The announcement says "the email identifier" and leaves open which; a report states what was chosen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierPolicy {
    /// Any of them.
    #[default]
    Any,
    /// The primary one of each kind only.
    Primary,
}

impl IdentifierPolicy {
    pub(crate) fn choose(self, addresses: &[Arc<str>]) -> &[Arc<str>] {
        match self {
            Self::Any => addresses,
            Self::Primary => addresses.get(..1).unwrap_or_default(),
        }
    }
}

/// The kind of an identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// The id itself.
    Id,
}

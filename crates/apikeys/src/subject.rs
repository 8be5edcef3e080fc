//! Whom a key acts for.

use std::{fmt, str::FromStr, sync::Arc};

use serde::{Deserialize, Serialize};

/// Whom a key acts for: `user_`, `org_`, `mch_` or `scim_`, and 27 letters, digits or underscores.
///
/// The grammar is that of the wire's `subject` in requests.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Subject(Arc<str>);

/// The kind of a subject, by the head of its id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubjectKind {
    /// `user_`.
    User,
    /// `org_`.
    Organization,
    /// `mch_`.
    Machine,
    /// `scim_`.
    Directory,
}

const KINDS: [(&str, SubjectKind); 4] = [
    ("user_", SubjectKind::User),
    ("org_", SubjectKind::Organization),
    ("mch_", SubjectKind::Machine),
    ("scim_", SubjectKind::Directory),
];
const RANDOM_LEN: usize = 27;

impl Subject {
    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its kind.
    pub fn kind(&self) -> SubjectKind {
        split(&self.0).map_or(SubjectKind::User, |(kind, _)| kind)
    }
}

impl FromStr for Subject {
    type Err = InvalidSubject;

    fn from_str(text: &str) -> Result<Self, InvalidSubject> {
        let (_, random) = split(text).ok_or(InvalidSubject)?;
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        if random.len() == RANDOM_LEN && random.bytes().all(word) {
            Ok(Self(text.into()))
        } else {
            Err(InvalidSubject)
        }
    }
}

fn split(text: &str) -> Option<(SubjectKind, &str)> {
    KINDS.iter().find_map(|(head, kind)| Some((*kind, text.strip_prefix(head)?)))
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Subject {
    type Error = InvalidSubject;

    fn try_from(text: String) -> Result<Self, InvalidSubject> {
        text.parse()
    }
}

impl From<Subject> for String {
    fn from(subject: Subject) -> Self {
        subject.as_str().to_owned()
    }
}

/// The text is no subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a subject is `user_`, `org_`, `mch_` or `scim_` and 27 letters, digits or underscores")]
pub struct InvalidSubject;

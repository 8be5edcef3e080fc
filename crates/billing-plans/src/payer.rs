//! Who pays.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// Whether users or organizations pay: the wire's `for_payer_type`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PayerType {
    /// An organization pays for its members.
    Org,
    /// A user pays for themselves.
    User,
}

impl PayerType {
    /// The payer type that a request names: `user`, `org`, or what the client calls the latter, `organization`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "user" => Some(Self::User),
            "org" | "organization" => Some(Self::Org),
            _ => None,
        }
    }

    /// The wire's word: `org` or `user`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Org => "org",
            Self::User => "user",
        }
    }
}

/// A user or an organization of the host's, as the one who pays.
///
/// ```
/// use billing_plans::Payer;
///
/// let payer = Payer::user("user_1")?;
/// assert_eq!(payer.id(), "user_1");
/// assert!(Payer::organization("").is_err());
/// # Ok::<_, billing_plans::InvalidPayer>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "(PayerType, String)", into = "(PayerType, String)")]
pub struct Payer {
    kind: PayerType,
    id: Arc<str>,
}

const MAX_LEN: usize = 255;

impl Payer {
    /// The payer with the host's id of a user or an organization.
    ///
    /// # Errors
    /// [`InvalidPayer`], if the id is empty, longer than 255 bytes, or has a control character.
    pub fn new(kind: PayerType, id: &str) -> Result<Self, InvalidPayer> {
        if (1..=MAX_LEN).contains(&id.len()) && !id.chars().any(char::is_control) {
            Ok(Self { kind, id: id.into() })
        } else {
            Err(InvalidPayer)
        }
    }

    /// A user who pays.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn user(id: &str) -> Result<Self, InvalidPayer> {
        Self::new(PayerType::User, id)
    }

    /// An organization that pays.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn organization(id: &str) -> Result<Self, InvalidPayer> {
        Self::new(PayerType::Org, id)
    }

    /// Whether it is a user or an organization.
    pub fn kind(&self) -> PayerType {
        self.kind
    }

    /// The host's id of the user or the organization.
    pub fn id(&self) -> &str {
        &self.id
    }
}

impl TryFrom<(PayerType, String)> for Payer {
    type Error = InvalidPayer;

    fn try_from((kind, id): (PayerType, String)) -> Result<Self, InvalidPayer> {
        Self::new(kind, &id)
    }
}

impl From<Payer> for (PayerType, String) {
    fn from(payer: Payer) -> Self {
        (payer.kind, payer.id.as_ref().to_owned())
    }
}

/// The id is no payer's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a payer's id has 1 to {MAX_LEN} bytes and no control characters")]
pub struct InvalidPayer;

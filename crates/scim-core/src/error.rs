//! Errors as SCIM tells them (RFC 7644 §3.12).

use serde_json::{Value, json};

/// An error of the protocol: status, `scimType` where the RFC lists one, and a detail that says what to do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{detail}")]
pub struct ScimError {
    /// The status of HTTP.
    pub status: u16,
    /// RFC 7644 table 9.
    pub kind: Option<ScimType>,
    /// For whoever reads it.
    pub detail: String,
}

/// The kinds of errors that RFC 7644 table 9 lists, and those of RFC 9865.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScimType {
    /// A filter that is not understood.
    InvalidFilter,
    /// More results than the service provider gives.
    TooMany,
    /// A value that another resource has.
    Uniqueness,
    /// An attribute that can't be written like this.
    Mutability,
    /// A body that is not understood.
    InvalidSyntax,
    /// A path that is not understood.
    InvalidPath,
    /// A path that leads to nothing.
    NoTarget,
    /// A value that is missing or of the wrong type.
    InvalidValue,
    /// A cursor that was not issued for this list (RFC 9865 §2.1).
    InvalidCursor,
    /// A cursor whose time is over (RFC 9865 §2.1).
    ExpiredCursor,
    /// A count that is too large, or another one than that of the first page (RFC 9865 §2.1).
    InvalidCount,
}

impl ScimType {
    /// As the wire writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidFilter => "invalidFilter",
            Self::TooMany => "tooMany",
            Self::Uniqueness => "uniqueness",
            Self::Mutability => "mutability",
            Self::InvalidSyntax => "invalidSyntax",
            Self::InvalidPath => "invalidPath",
            Self::NoTarget => "noTarget",
            Self::InvalidValue => "invalidValue",
            Self::InvalidCursor => "invalidCursor",
            Self::ExpiredCursor => "expiredCursor",
            Self::InvalidCount => "invalidCount",
        }
    }
}

impl ScimError {
    /// An error without a kind.
    pub fn new(status: u16, detail: impl Into<String>) -> Self {
        Self { status, kind: None, detail: detail.into() }
    }

    /// A 400 of a kind.
    pub fn bad(kind: ScimType, detail: impl Into<String>) -> Self {
        Self { status: 400, kind: Some(kind), detail: detail.into() }
    }

    /// 404: no such resource.
    pub fn not_found(kind: &str, id: &str) -> Self {
        Self::new(404, format!("{kind} `{}` not found", shortened(id)))
    }

    /// 409: another resource has this value.
    pub fn uniqueness(attribute: &str) -> Self {
        let detail = format!("another resource has this `{attribute}`");
        Self { status: 409, kind: Some(ScimType::Uniqueness), detail }
    }

    /// 404: no type of resource is at this path.
    pub fn no_endpoint() -> Self {
        Self::new(404, "there is no such endpoint")
    }

    /// 503: a decision was made anew too often, because other changes came between.
    pub fn contended() -> Self {
        Self::new(503, "other changes came between too often: try again")
    }

    /// 500: what a failure of the store is told as.
    pub fn internal() -> Self {
        Self::new(500, "the server failed: try again later")
    }

    /// The body of the answer; its `status` is text, as RFC 7644 §3.12 has it.
    pub fn body(&self) -> Value {
        let mut body = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
            "status": self.status.to_string(),
            "detail": self.detail,
        });
        if let (Some(kind), Some(body)) = (self.kind, body.as_object_mut()) {
            body.insert("scimType".into(), kind.as_str().into());
        }
        body
    }
}

/// What a caller wrote, short enough for an error.
pub(crate) fn shortened(text: &str) -> String {
    let mut short: String = text.chars().take(80).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

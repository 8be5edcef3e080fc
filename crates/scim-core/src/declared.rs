//! The schemas that a body says it follows (RFC 7643 §3, RFC 7644 §3.1).

use serde_json::{Map, Value};

use crate::{
    Profile,
    error::{ScimError, ScimType, shortened},
    registry::TypeSchema,
};

/// The `schemas` of a body; `None` if it says none, as many clients do.
fn schemas(body: &Map<String, Value>) -> Option<&Value> {
    let found = body.iter().find(|(name, _)| name.eq_ignore_ascii_case("schemas"));
    found.map(|(_, value)| value).filter(|value| !value.is_null())
}

fn texts(value: &Value) -> Option<Vec<&str>> {
    value.as_array()?.iter().map(Value::as_str).collect()
}

/// Refuses what can't be the `schemas` of any body, whatever the profile.
///
/// # Errors
/// [`ScimError`] 400 `invalidValue`.
pub(crate) fn check_shape(body: &Map<String, Value>) -> Result<(), ScimError> {
    match schemas(body).map(texts) {
        Some(None) => Err(ScimError::bad(ScimType::InvalidValue, "`schemas` must be a list of URNs")),
        None | Some(Some(_)) => Ok(()),
    }
}

/// Refuses a resource whose `schemas` are not those of its type and of the extensions that it has, if the profile insists.
///
/// # Errors
/// [`ScimError`] 400 `invalidValue`.
pub(crate) fn check_resource(profile: Profile, kind: &TypeSchema, body: &Value) -> Result<(), ScimError> {
    let Some(body) = body.as_object().filter(|_| profile.requires_schemas) else { return Ok(()) };
    check_shape(body)?;
    let refused = |detail: String| Err(ScimError::bad(ScimType::InvalidValue, detail));
    let declared = schemas(body).and_then(texts).unwrap_or_default();
    let names = |urn: &str| declared.iter().any(|named| named.eq_ignore_ascii_case(urn));
    let own = &kind.schema.id;
    if !names(own) {
        return refused(format!("`schemas` must name `{own}`"));
    }
    for (at, urn) in declared.iter().enumerate() {
        if !own.eq_ignore_ascii_case(urn) && kind.extension(urn).is_none() {
            return refused(format!("`{}` is no schema of a {}", shortened(urn), kind.name()));
        }
        // A type has few schemas: however many are sent, one of the first is unknown or comes twice.
        if declared.iter().take(at).any(|before| before.eq_ignore_ascii_case(urn)) {
            return refused(format!("`schemas` must name `{}` once", shortened(urn)));
        }
    }
    let says = |value: &Value| !value.is_null() && value.as_object().is_none_or(|inner| !inner.is_empty());
    let carried = body.iter().filter(|(_, value)| says(value)).filter_map(|(name, _)| kind.extension(name));
    match carried.map(|extension| &*extension.id).find(|urn| !names(urn)) {
        None => Ok(()),
        Some(urn) => refused(format!("`schemas` must name `{urn}`, since the body has attributes of it")),
    }
}

/// A message of the protocol (RFC 7644 §8.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Message {
    Patch,
    Bulk,
    Search,
}

impl Message {
    pub(crate) fn urn(self) -> &'static str {
        match self {
            Self::Patch => "urn:ietf:params:scim:api:messages:2.0:PatchOp",
            Self::Bulk => "urn:ietf:params:scim:api:messages:2.0:BulkRequest",
            Self::Search => "urn:ietf:params:scim:api:messages:2.0:SearchRequest",
        }
    }

    /// Whether a body says that it is one.
    ///
    /// # Errors
    /// [`ScimError`] 400 `invalidValue`, if its `schemas` are no list of texts.
    pub(crate) fn is_declared(self, body: &Map<String, Value>) -> Result<bool, ScimError> {
        check_shape(body)?;
        let declared = schemas(body).and_then(texts).unwrap_or_default();
        Ok(declared.iter().any(|urn| urn.eq_ignore_ascii_case(self.urn())))
    }

    /// Refuses one that does not say what it is, if the profile insists.
    ///
    /// # Errors
    /// [`ScimError`] 400 `invalidSyntax`.
    pub(crate) fn check(self, profile: Profile, is_declared: bool) -> Result<(), ScimError> {
        if is_declared || !profile.requires_schemas {
            return Ok(());
        }
        let detail = format!("the `schemas` of the body must name `{}`", self.urn());
        Err(ScimError::bad(ScimType::InvalidSyntax, detail))
    }
}

//! The body of a PATCH.

use std::{fmt, sync::Arc};

use serde_json::{Map, Value};

use crate::{
    Member, Profile,
    declared::Message,
    error::{ScimError, ScimType},
    projection,
};

/// The most operations of a request.
pub const MAX_OPERATIONS: usize = 1_000;

/// The operations of a PATCH, in order.
#[derive(Debug, Clone, PartialEq)]
pub struct PatchRequest {
    pub(super) operations: Arc<[Operation]>,
    pub(super) profile: Profile,
    pub(super) members: Option<Arc<[Member]>>,
    pub(super) is_declared: bool,
}

#[derive(Clone, PartialEq)]
pub(super) struct Operation {
    pub(super) verb: Verb,
    pub(super) path: Option<String>,
    pub(super) value: Value,
}

/// Without the value, which may be a password.
impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Operation")
            .field("verb", &self.verb)
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verb {
    Add,
    Replace,
    Remove,
}

impl PatchRequest {
    /// Reads a body; the names of operations match in any case, since Entra ID writes `Add`.
    ///
    /// # Errors
    /// [`ScimError`] 400 `invalidSyntax` or `invalidValue`, or 413 above [`MAX_OPERATIONS`].
    pub fn parse(body: &Value) -> Result<Self, ScimError> {
        let body = body.as_object();
        let is_declared = body.map(|body| Message::Patch.is_declared(body)).transpose()?.unwrap_or_default();
        let operations = body.and_then(|body| field(body, "Operations")).and_then(Value::as_array);
        let operations = operations.ok_or_else(|| syntax("a PATCH must have an array of `Operations`"))?;
        if operations.len() > MAX_OPERATIONS {
            let detail = format!("a PATCH may have at most {MAX_OPERATIONS} operations");
            return Err(ScimError { status: 413, kind: Some(ScimType::TooMany), detail });
        }
        let operations = operations.iter().map(operation).collect::<Result<_, _>>()?;
        Ok(Self { operations, profile: Profile::default(), members: None, is_declared })
    }

    /// Refuses a body that does not say that it is a PATCH, if the profile insists.
    pub(crate) fn check_declared(&self, profile: Profile) -> Result<(), ScimError> {
        Message::Patch.check(profile, self.is_declared)
    }

    /// The attributes that it names, in paths without their filters and in values without a path.
    pub(crate) fn named(&self) -> Vec<String> {
        let named = |operation: &Operation| match &operation.path {
            None => projection::names(&operation.value),
            Some(path) => match path.split_once('[') {
                None => projection::named(path, &operation.value),
                Some((list, rest)) => {
                    let sub = rest.rsplit_once(']').map_or("", |(_, sub)| sub);
                    vec![format!("{list}{sub}")]
                }
            },
        };
        self.operations.iter().flat_map(named).collect()
    }

    /// The same, applied as a profile says.
    #[must_use]
    pub fn under(&self, profile: Profile) -> Self {
        Self { profile, ..self.clone() }
    }
}

fn operation(sent: &Value) -> Result<Operation, ScimError> {
    let sent = sent.as_object().ok_or_else(|| syntax("each of `Operations` must be an object"))?;
    let verb = match field(sent, "op").and_then(Value::as_str) {
        Some(op) if op.eq_ignore_ascii_case("add") => Verb::Add,
        Some(op) if op.eq_ignore_ascii_case("replace") => Verb::Replace,
        Some(op) if op.eq_ignore_ascii_case("remove") => Verb::Remove,
        _ => return Err(syntax("the `op` of an operation must be `add`, `replace` or `remove`")),
    };
    let path = match field(sent, "path") {
        None | Some(Value::Null) => None,
        Some(Value::String(path)) => Some(path.trim().to_owned()).filter(|path| !path.is_empty()),
        Some(_) => {
            return Err(ScimError::bad(ScimType::InvalidPath, "the `path` of an operation must be a text"));
        }
    };
    let value = match (field(sent, "value"), verb) {
        (Some(value), _) => value.clone(),
        (None, Verb::Remove) => Value::Null,
        // RFC 7644 §3.5.2.1 and §3.5.2.3: what is left out is no null, which would clear.
        (None, Verb::Add | Verb::Replace) => {
            let detail = "an `add` or a `replace` must have a `value`";
            return Err(ScimError::bad(ScimType::InvalidValue, detail));
        }
    };
    Ok(Operation { verb, path, value })
}

fn field<'a>(object: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    object.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

fn syntax(detail: &str) -> ScimError {
    ScimError::bad(ScimType::InvalidSyntax, detail)
}

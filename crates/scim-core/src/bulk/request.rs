//! The body of a bulk request.

use std::fmt;

use serde_json::{Map, Value};

use crate::{
    Precondition, Profile,
    declared::Message,
    error::{ScimError, ScimType, shortened},
};

/// The most operations of a bulk request.
pub const MAX_BULK_OPERATIONS: usize = 1_000;
/// The longest body of a bulk request, in bytes.
pub const MAX_BULK_PAYLOAD: usize = 2 * 1024 * 1024;

/// A bulk request that is well-formed as a whole; an operation that is not is answered by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkRequest {
    pub(super) fail_on_errors: Option<u64>,
    pub(super) operations: Vec<Operation>,
    is_declared: bool,
}

/// One operation with what its answer repeats of it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Operation {
    pub(crate) method: Option<String>,
    pub(crate) bulk_id: Option<String>,
    /// The path of a resource that it names by id, also if there is something wrong with the rest of it.
    pub(crate) named: Option<String>,
    pub(crate) asked: Result<Asked, ScimError>,
}

/// What an operation asks for.
#[derive(Clone, PartialEq)]
pub(crate) struct Asked {
    pub(crate) method: Method,
    pub(crate) endpoint: String,
    pub(crate) target: Target,
    pub(crate) data: Value,
    /// The version that the resource must have, as `If-Match` says it.
    pub(crate) precondition: Precondition,
}

/// Without the data, in which a password may be.
impl fmt::Debug for Asked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Asked")
            .field("method", &self.method)
            .field("endpoint", &self.endpoint)
            .field("target", &self.target)
            .finish_non_exhaustive()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Post,
    Put,
    Patch,
    Delete,
}

/// Which resource of the endpoint is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Target {
    /// One that is to be.
    New,
    /// The one with this id.
    Id(String),
    /// The one that the operation with this `bulkId` creates.
    BulkId(String),
}

impl BulkRequest {
    /// Reads a body of at most [`MAX_BULK_PAYLOAD`] bytes.
    ///
    /// # Errors
    /// [`ScimError`] 413 above a limit (RFC 7644 §3.7.4), 400 `invalidSyntax` or `invalidValue`.
    pub fn read(body: &[u8]) -> Result<Self, ScimError> {
        if body.len() > MAX_BULK_PAYLOAD {
            return Err(Self::too_long());
        }
        let body = serde_json::from_slice(body).map_err(|error| {
            let (line, column) = (error.line(), error.column());
            syntax(format!("the body is not valid JSON at line {line}, column {column}"))
        })?;
        Self::parse(body)
    }

    /// Reads a body; names match in any case.
    ///
    /// # Errors
    /// [`ScimError`] 413 above [`MAX_BULK_OPERATIONS`], 400 `invalidSyntax` or `invalidValue`.
    pub fn parse(body: Value) -> Result<Self, ScimError> {
        let Value::Object(mut body) = body else { return Err(syntax("the body must be a JSON object")) };
        let is_declared = Message::Bulk.is_declared(&body)?;
        let Some(Value::Array(operations)) = take(&mut body, "Operations") else {
            return Err(syntax("a bulk request must have an array of `Operations`"));
        };
        if operations.len() > MAX_BULK_OPERATIONS {
            let sent = operations.len();
            let detail = format!("{sent} operations exceed the maxOperations ({MAX_BULK_OPERATIONS})");
            return Err(ScimError::new(413, detail));
        }
        let fail_on_errors = take(&mut body, "failOnErrors").map(|sent| limit(&sent)).transpose()?;
        let mut known = std::collections::HashSet::new();
        let mut operations: Vec<_> = operations.into_iter().map(operation).collect();
        for operation in &mut operations {
            if operation.bulk_id.as_ref().is_some_and(|id| !known.insert(id.clone())) {
                let detail = "its `bulkId` is that of an operation before";
                operation.asked = Err(ScimError::bad(ScimType::InvalidValue, detail));
            }
        }
        Ok(Self { fail_on_errors, operations, is_declared })
    }

    /// The same, if it is as a profile wants it.
    ///
    /// # Errors
    /// [`ScimError`] 400 `invalidSyntax`, if it [has to say](Profile::requires_schemas) that it is a bulk request, and
    /// doesn't.
    pub fn under(self, profile: Profile) -> Result<Self, ScimError> {
        Message::Bulk.check(profile, self.is_declared)?;
        Ok(self)
    }

    /// 413: the body is longer than [`MAX_BULK_PAYLOAD`]; the answer names the limit (RFC 7644 §3.7.4).
    pub fn too_long() -> ScimError {
        ScimError::new(413, format!("the body exceeds the maxPayloadSize ({MAX_BULK_PAYLOAD})"))
    }

    pub(crate) fn operations(&self) -> &[Operation] {
        &self.operations
    }

    /// Whether no further operation is begun after so many errors.
    pub(crate) fn ends_at(&self, errors: u64) -> bool {
        self.fail_on_errors.is_some_and(|limit| errors >= limit)
    }
}

fn limit(sent: &Value) -> Result<u64, ScimError> {
    sent.as_u64()
        .filter(|limit| *limit > 0)
        .ok_or_else(|| ScimError::bad(ScimType::InvalidValue, "`failOnErrors` must be a whole number from 1"))
}

fn operation(sent: Value) -> Operation {
    let Value::Object(mut sent) = sent else {
        let asked = Err(syntax("each of `Operations` must be an object"));
        return Operation { method: None, bulk_id: None, named: None, asked };
    };
    let [method, bulk_id, path] = ["method", "bulkId", "path"].map(|name| text(&mut sent, name));
    let named = named(&method, &path);
    let asked = match (&method, &bulk_id, path) {
        (Ok(method), Ok(bulk_id), Ok(path)) => {
            asked(method.as_deref(), bulk_id.as_deref(), path.as_deref(), &mut sent)
        }
        (Err(error), ..) | (_, Err(error), _) => Err(error.clone()),
        (.., Err(error)) => Err(error),
    };
    Operation { method: method.ok().flatten(), bulk_id: bulk_id.ok().flatten(), named, asked }
}

type Text = Result<Option<String>, ScimError>;

fn named(method: &Text, path: &Text) -> Option<String> {
    let method = Method::named(method.as_ref().ok()?.as_deref()?)?;
    match place(method, path.as_ref().ok()?.as_deref()?).ok()? {
        (endpoint, Target::Id(id)) => Some(format!("/{endpoint}/{id}")),
        _ => None,
    }
}

fn asked(
    method: Option<&str>,
    bulk_id: Option<&str>,
    path: Option<&str>,
    sent: &mut Map<String, Value>,
) -> Result<Asked, ScimError> {
    let method = method
        .and_then(Method::named)
        .ok_or_else(|| syntax("the `method` of an operation must be `POST`, `PUT`, `PATCH` or `DELETE`"))?;
    let path = path.ok_or_else(|| syntax("an operation must have a `path`"))?;
    let (endpoint, target) = place(method, path)?;
    if method == Method::Post && bulk_id.is_none_or(str::is_empty) {
        return Err(syntax("a POST must have a `bulkId`"));
    }
    let data = take(sent, "data").unwrap_or_default();
    if method != Method::Delete && data.is_null() {
        return Err(syntax("an operation other than DELETE must have `data`"));
    }
    let version = text(sent, "version")?.filter(|_| method != Method::Post);
    let precondition = Precondition::parse(version.as_deref(), None);
    Ok(Asked { method, endpoint, target, data: patch_of(method, data), precondition })
}

/// RFC 7644 §3.7.3 shows the operations of a PATCH alone, erratum 5050 the whole of it.
fn patch_of(method: Method, data: Value) -> Value {
    match (method, data) {
        (Method::Patch, Value::Array(operations)) => {
            let schemas = Value::from(vec![Message::Patch.urn()]);
            let whole = [("schemas", schemas), ("Operations", Value::Array(operations))];
            Value::Object(whole.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
        }
        (_, data) => data,
    }
}

impl Method {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// The status of success, when a resource is answered or gone.
    pub(crate) fn success(self) -> u16 {
        match self {
            Self::Post => 201,
            Self::Put | Self::Patch => 200,
            Self::Delete => 204,
        }
    }

    fn named(text: &str) -> Option<Self> {
        let known = [Self::Post, Self::Put, Self::Patch, Self::Delete];
        known.into_iter().find(|method| method.as_str().eq_ignore_ascii_case(text))
    }
}

/// `/Users`, `/Users/2819c223` or `/Users/bulkId:qwerty`.
fn place(method: Method, path: &str) -> Result<(String, Target), ScimError> {
    let wrong = |expected| {
        let detail = format!("the path `{}` must be that of {expected}", shortened(path));
        ScimError::bad(ScimType::InvalidPath, detail)
    };
    let (endpoint, id) = match path.trim_matches('/').split_once('/') {
        Some((endpoint, id)) => (endpoint, Some(id)),
        None => (path.trim_matches('/'), None),
    };
    let target = match (method, id) {
        (Method::Post, None) => Target::New,
        (Method::Post, Some(_)) => return Err(wrong("a type of resources, since the method is POST")),
        (_, None) => return Err(wrong("a resource")),
        (_, Some(id)) => match id.strip_prefix(super::reference::PREFIX) {
            Some(bulk_id) => Target::BulkId(bulk_id.to_owned()),
            None => Target::Id(id.to_owned()),
        },
    };
    Ok((endpoint.to_owned(), target))
}

fn text(object: &mut Map<String, Value>, name: &str) -> Result<Option<String>, ScimError> {
    match take(object, name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(syntax(format!("the `{name}` of an operation must be a text"))),
    }
}

/// Takes out a member that is not null.
fn take(object: &mut Map<String, Value>, name: &str) -> Option<Value> {
    let key = object.keys().find(|found| found.eq_ignore_ascii_case(name)).cloned()?;
    object.remove(&key).filter(|value| !value.is_null())
}

fn syntax(detail: impl Into<String>) -> ScimError {
    ScimError::bad(ScimType::InvalidSyntax, detail)
}

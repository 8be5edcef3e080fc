//! The answer to a bulk request.

use serde_json::{Map, Value, json};

use super::request::BulkRequest;
use crate::ScimError;

/// What became of an operation that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Done {
    pub(crate) status: u16,
    pub(crate) location: String,
    /// None of what is deleted.
    pub(crate) version: Option<String>,
}

/// What became of the operations so far, by their place in the request.
#[derive(Debug)]
pub(crate) struct Results<'a> {
    request: &'a BulkRequest,
    answers: Vec<Option<Value>>,
    errors: u64,
}

impl<'a> Results<'a> {
    pub(crate) fn new(request: &'a BulkRequest) -> Self {
        Self { request, answers: vec![None; request.operations.len()], errors: 0 }
    }

    /// Whether an operation is answered already.
    pub(crate) fn has(&self, at: usize) -> bool {
        self.answers.get(at).is_some_and(Option::is_some)
    }

    /// Whether as many operations failed as the client accepts.
    pub(crate) fn is_over(&self) -> bool {
        self.request.ends_at(self.errors)
    }

    /// Success, or an error and where the resource is found, if there is one.
    pub(crate) fn put(&mut self, at: usize, outcome: Result<Done, (ScimError, Option<String>)>) {
        let mut answer = self.repeated(at);
        match outcome {
            Ok(done) => {
                answer.insert("status".into(), done.status.to_string().into());
                answer.insert("location".into(), done.location.into());
                answer.extend(done.version.map(|version| ("version".to_owned(), version.into())));
            }
            Err((error, location)) => {
                self.errors = self.errors.saturating_add(1);
                answer.insert("status".into(), error.status.to_string().into());
                answer.extend(location.map(|location| ("location".to_owned(), location.into())));
                answer.insert("response".into(), error.body());
            }
        }
        if let Some(place) = self.answers.get_mut(at) {
            *place = Some(Value::Object(answer));
        }
    }

    fn repeated(&self, at: usize) -> Map<String, Value> {
        let operation = self.request.operations.get(at);
        let method = operation.and_then(|operation| operation.method.clone());
        let bulk_id = operation.and_then(|operation| operation.bulk_id.clone());
        let repeated = [("method", method), ("bulkId", bulk_id)];
        repeated.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?.into()))).collect()
    }

    /// The body: what was processed, in the order of the request.
    pub(crate) fn body(self) -> Value {
        json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkResponse"],
            "Operations": self.answers.into_iter().flatten().collect::<Vec<_>>(),
        })
    }
}

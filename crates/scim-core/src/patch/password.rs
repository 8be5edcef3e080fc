//! The password that a PATCH sets.

use serde_json::Value;

use super::{
    PatchRequest,
    apply::read,
    request::{Operation, Verb},
};
use crate::{
    error::ScimError,
    password::{ClearPassword, is_password},
    path::{Target, resolve},
    registry::TypeSchema,
};

impl PatchRequest {
    /// The password that the last operation with one sets; a `remove` leaves it as it is.
    pub(crate) fn password(&self, kind: &TypeSchema) -> Result<Option<ClearPassword>, ScimError> {
        let mut password = None;
        for operation in self.operations.iter().filter(|operation| operation.verb != Verb::Remove) {
            if let Some(value) = self.password_in(kind, operation) {
                password = ClearPassword::of(&value)?.or(password);
            }
        }
        Ok(password)
    }

    fn password_in(&self, kind: &TypeSchema, operation: &Operation) -> Option<Value> {
        let leads = |path: &str| matches!(resolve(kind, path), Some(Target::Attribute(path)) if is_password(&path.attribute));
        match &operation.path {
            // Not as the profile reads texts: a password may look like JSON.
            Some(path) => leads(path).then(|| operation.value.clone()),
            None => {
                let value = read(self.profile, &operation.value);
                let mut named = value.as_object()?.iter().filter(|(name, _)| leads(name));
                named.next_back().map(|(_, value)| value.clone())
            }
        }
    }
}

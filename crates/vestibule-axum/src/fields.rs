//! Reading the fields of a request's body one by one, so that each refusal names its field.

use axum::http::StatusCode;
use serde_json::{Map, Value};

use crate::ApiError;

/// The fields of a JSON object, taken one by one; what is left at the end is unknown.
///
/// An optional field is absent (`None`), `null` or a value; [`nullable`](Self::nullable) keeps the three apart.
///
/// ```
/// use vestibule_axum::Fields;
///
/// let mut fields = Fields::new(serde_json::json!({ "name": "CI", "description": null })).unwrap();
/// assert_eq!(fields.string("name").unwrap().as_deref(), Some("CI"));
/// assert_eq!(fields.nullable("description"), Some(None));
/// assert_eq!(fields.required_string("subject").unwrap_err().code(), "form_param_missing");
/// assert!(fields.finish().is_ok());
/// ```
#[derive(Debug)]
pub struct Fields(Map<String, Value>);

impl Fields {
    /// The fields of `body`.
    ///
    /// # Errors
    /// 400 `request_body_invalid`, if it is no object.
    pub fn new(body: Value) -> Result<Self, ApiError> {
        match body {
            Value::Object(fields) => Ok(Self(fields)),
            _ => Err(ApiError::new(
                StatusCode::BAD_REQUEST,
                "request_body_invalid",
                "the body must be a JSON object",
            )),
        }
    }

    /// The value of a field: `None` if it is absent, `Some(None)` if it is `null`.
    pub fn nullable(&mut self, field: &str) -> Option<Option<Value>> {
        self.0.remove(field).map(|value| (!value.is_null()).then_some(value))
    }

    /// The value of a field; absent and `null` are the same.
    pub fn value(&mut self, field: &str) -> Option<Value> {
        self.nullable(field).flatten()
    }

    /// The text of a field, if it is there.
    ///
    /// # Errors
    /// 422 `form_param_format_invalid`, if it is no string.
    pub fn string(&mut self, field: &str) -> Result<Option<String>, ApiError> {
        self.value(field).map(|value| text(field, value)).transpose()
    }

    /// The text of a field that must be there.
    ///
    /// # Errors
    /// 422 `form_param_missing` or `form_param_format_invalid`.
    pub fn required_string(&mut self, field: &str) -> Result<String, ApiError> {
        self.string(field)?.ok_or_else(|| ApiError::missing(field))
    }

    /// The text of a field that may be `null`: `None` if it is absent, `Some(None)` if it is `null`.
    ///
    /// # Errors
    /// 422 `form_param_format_invalid`, if it is neither a string nor `null`.
    pub fn nullable_string(&mut self, field: &str) -> Result<Option<Option<String>>, ApiError> {
        self.nullable(field).map(|value| value.map(|value| text(field, value)).transpose()).transpose()
    }

    /// The truth value of a field, if it is there.
    ///
    /// # Errors
    /// 422 `form_param_format_invalid`, if it is neither `true` nor `false`.
    pub fn boolean(&mut self, field: &str) -> Result<Option<bool>, ApiError> {
        self.value(field)
            .map(|value| value.as_bool().ok_or_else(|| ApiError::format_invalid(field, "true or false")))
            .transpose()
    }

    /// The whole number of a field, if it is there; `3.0` is whole, too.
    ///
    /// # Errors
    /// 422 `form_param_format_invalid`, if it is no whole number from 0 to 2^53.
    pub fn whole_number(&mut self, field: &str) -> Result<Option<u64>, ApiError> {
        self.value(field)
            .map(|value| {
                whole(&value).ok_or_else(|| ApiError::format_invalid(field, "a whole number from 0"))
            })
            .transpose()
    }

    /// The list of texts of a field, if it is there.
    ///
    /// # Errors
    /// 422 `form_param_format_invalid`, if it is no array of strings.
    pub fn strings(&mut self, field: &str) -> Result<Option<Vec<String>>, ApiError> {
        self.value(field)
            .map(|value| {
                serde_json::from_value(value)
                    .map_err(|_| ApiError::format_invalid(field, "an array of strings"))
            })
            .transpose()
    }

    /// The first field that nobody has taken.
    pub fn unknown(&self) -> Option<&str> {
        self.0.keys().next().map(String::as_str)
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// 422 `form_param_unknown`, if a field is left.
    pub fn finish(self) -> Result<(), ApiError> {
        match self.unknown() {
            None => Ok(()),
            Some(field) => Err(ApiError::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "form_param_unknown",
                format!("{field} is not a parameter of this request"),
            )
            .with_meta("param_name", field)),
        }
    }
}

fn text(field: &str, value: Value) -> Result<String, ApiError> {
    match value {
        Value::String(text) => Ok(text),
        _ => Err(ApiError::format_invalid(field, "a string")),
    }
}

const LARGEST_WHOLE_FLOAT: f64 = 9_007_199_254_740_992.0;

fn whole(value: &Value) -> Option<u64> {
    let float = || value.as_f64().filter(|n| n.fract() == 0.0 && (0.0..=LARGEST_WHOLE_FLOAT).contains(n));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and within 0..=2^53")]
    value.as_u64().filter(|n| *n <= 1 << 53).or_else(|| float().map(|n| n as u64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn whole_numbers_are_exact_or_refused() {
        let read = |value: Value| Fields::new(json!({ "n": value })).unwrap().whole_number("n");
        assert_eq!(read(json!(3.0)).unwrap(), Some(3));
        assert_eq!(read(json!(0)).unwrap(), Some(0));
        assert_eq!(read(Value::Null).unwrap(), None);
        for bad in [json!(-1), json!(0.5), json!(1e300), json!("3"), json!([3]), json!(u64::MAX)] {
            assert_eq!(read(bad).unwrap_err().code(), "form_param_format_invalid");
        }
    }

    #[test]
    fn what_nobody_takes_is_unknown() {
        let fields = Fields::new(json!({ "nmae": "CI" })).unwrap();
        assert_eq!(fields.unknown(), Some("nmae"));
        assert_eq!(fields.finish().unwrap_err().code(), "form_param_unknown");
    }

    #[test]
    fn only_an_object_has_fields() {
        for body in [json!([]), json!("text"), json!(null), json!(1)] {
            assert_eq!(Fields::new(body).unwrap_err().code(), "request_body_invalid");
        }
    }
}

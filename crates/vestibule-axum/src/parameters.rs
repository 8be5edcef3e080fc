//! Reading the parameters of a query string one by one, so that each refusal names its parameter.

use std::{fmt::Display, str::FromStr};

use axum::{
    extract::{FromRequestParts, Query},
    http::request::Parts,
};

use crate::ApiError;

/// The parameters of a request's query string; of one that is repeated the last counts, and unknown ones are ignored.
#[derive(Debug)]
pub(crate) struct Parameters(Vec<(String, String)>);

impl Parameters {
    /// The text of a parameter; an empty one counts as absent.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        let values = self.0.iter().rev().find(|(key, _)| key == name);
        values.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    /// The value of a parameter, in the shape that `expected` names.
    ///
    /// # Errors
    /// 422 `form_param_format_invalid`.
    pub(crate) fn value<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, ApiError> {
        let parse = |text: &str| text.parse().map_err(|_| ApiError::format_invalid(name, expected));
        self.text(name).map(parse).transpose()
    }

    /// The truth value of a parameter, `false` if it is absent.
    pub(crate) fn switch(&self, name: &str) -> Result<bool, ApiError> {
        Ok(self.value(name, "true or false")?.unwrap_or(false))
    }

    /// The value of a parameter after `check`.
    ///
    /// # Errors
    /// 422 `form_param_format_invalid`, or `form_param_value_invalid` with what `check` says.
    pub(crate) fn checked<T: FromStr, U, E: Display>(
        &self,
        name: &str,
        expected: &str,
        check: impl Fn(T) -> Result<U, E>,
    ) -> Result<Option<U>, ApiError> {
        let refuse = |error: E| ApiError::value_invalid(name, &error.to_string());
        self.value(name, expected)?.map(|value| check(value).map_err(refuse)).transpose()
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let Query(pairs) = Query::try_from_uri(&parts.uri)
            .map_err(|_| ApiError::bad_request("the query string can't be read"))?;
        Ok(Self(pairs))
    }
}

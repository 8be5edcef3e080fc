//! The parameters of the lists.

use axum::{extract::Query, http::Uri};
use billing_plans::{PayerType, PlanError};

use crate::ApiError;

/// The parameters of a request, in order; of one that is there twice, the first counts.
pub(super) struct Parameters(Vec<(String, String)>);

impl Parameters {
    pub(super) fn read(query: Option<&str>) -> Result<Self, ApiError> {
        let unreadable = || ApiError::bad_request("the query can't be read");
        let uri: Uri = format!("/?{}", query.unwrap_or_default()).parse().map_err(|_| unreadable())?;
        Query::try_from_uri(&uri).map(|Query(parameters)| Self(parameters)).map_err(|_| unreadable())
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PageQuery {
    pub(super) limit: u32,
    pub(super) offset: u32,
}

const DEFAULT_LIMIT: u32 = 10;
const MAX_LIMIT: u32 = 500;

impl PageQuery {
    /// `limit` from 1 to 500, `offset` from 0; `paginated=false` asks for as much as there is in one answer.
    pub(super) fn read(parameters: &Parameters) -> Result<Self, ApiError> {
        let limit = number(parameters, "limit")?.unwrap_or(DEFAULT_LIMIT);
        if !(1..=MAX_LIMIT).contains(&limit) {
            return Err(ApiError::value_invalid("limit", "it must be from 1 to 500"));
        }
        let offset = number(parameters, "offset")?.unwrap_or(0);
        match parameters.value("paginated") {
            None | Some("true") => Ok(Self { limit, offset }),
            Some("false") => Ok(Self { limit: MAX_LIMIT, offset: 0 }),
            Some(_) => Err(ApiError::format_invalid("paginated", "true or false")),
        }
    }
}

/// The payer type that plans are asked for, if one is.
pub(super) fn payer_type(parameters: &Parameters) -> Result<Option<PayerType>, ApiError> {
    let known = |text| PayerType::parse(text).ok_or_else(|| ApiError::from(&PlanError::PayerType));
    parameters.value("payer_type").map(known).transpose()
}

fn number(parameters: &Parameters, name: &str) -> Result<Option<u32>, ApiError> {
    let read = |text: &str| match text.parse() {
        Ok(number) if text.bytes().all(|byte| byte.is_ascii_digit()) => Ok(number),
        _ => Err(ApiError::format_invalid(name, "a whole number from 0")),
    };
    parameters.value(name).map(read).transpose()
}

//! The parameters of a list (RFC 7644 §3.4.2).

use std::sync::Arc;

use serde_json::Value;

use crate::{
    Filter, FilterError, Profile, Projection, Sort, SortError,
    declared::{Message, check_shape},
    discovery::{DEFAULT_RESULTS, MAX_RESULTS},
    error::{ScimError, ScimType, shortened},
    filter::{Among, Named},
    registry::TypeSchema,
};

/// Which resources are listed, as a request's parameters say it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListRequest {
    /// `filter`.
    pub filter: Option<String>,
    /// `sortBy`.
    pub sort_by: Option<String>,
    /// `sortOrder`.
    pub sort_order: Option<String>,
    /// `cursor`, as RFC 9865 has it; an empty one asks for the first page.
    pub cursor: Option<String>,
    /// `startIndex`: from 1; what is smaller counts as 1.
    pub start_index: Option<i64>,
    /// `count`: what is negative counts as 0.
    pub count: Option<i64>,
    /// `attributes`.
    pub attributes: Option<String>,
    /// `excludedAttributes`.
    pub excluded_attributes: Option<String>,
}

impl ListRequest {
    /// What the filter leaves of the resources of each of the types that are listed.
    pub(crate) fn filters<'a>(
        &'a self,
        kinds: &'a [Arc<TypeSchema>],
    ) -> impl Iterator<Item = (&'a Arc<TypeSchema>, Result<Among, FilterError>)> {
        let mut named = None;
        kinds.iter().map(move |kind| {
            let Some(text) = self.filter.as_deref() else { return (kind, Ok(Among::All)) };
            let parsed = match Filter::parse(kind, text) {
                Err(FilterError::UnknownAttribute { .. }) if kinds.len() > 1 => {
                    Filter::parse_among(kind, named.get_or_insert_with(|| Named::of(kinds, text)), text)
                }
                parsed => parsed.map(Among::Those),
            };
            (kind, parsed)
        })
    }

    /// The order, by an attribute of the first type that has it; others have no value of it.
    pub(crate) fn sort(&self, kinds: &[Arc<TypeSchema>]) -> Result<Option<Sort>, SortError> {
        let Some(by) = self.sort_by.as_deref() else { return Ok(None) };
        let mut understood = Err(SortError::UnknownAttribute(shortened(by)));
        for kind in kinds {
            understood = Sort::parse(kind, by, self.sort_order.as_deref());
            if !matches!(understood, Err(SortError::UnknownAttribute(_))) {
                break;
            }
        }
        understood.map(Some)
    }

    pub(crate) fn projection(&self, kind: &TypeSchema) -> Projection {
        Projection::parse(kind, self.attributes.as_deref(), self.excluded_attributes.as_deref())
    }

    /// The first index, from 1.
    pub(crate) fn start_index(&self) -> u64 {
        self.start_index.map_or(1, |index| u64::try_from(index).unwrap_or(1).max(1))
    }

    /// How many are given at most.
    pub(crate) fn count(&self) -> u64 {
        let count = self.count.map_or(DEFAULT_RESULTS, |count| u64::try_from(count).unwrap_or(0));
        count.min(MAX_RESULTS)
    }

    /// How many a page between cursors has at most, which must be told as it is meant (RFC 9865 §2.1).
    ///
    /// # Errors
    /// [`ScimError`] 400 `invalidCount`.
    pub(crate) fn page_size(&self) -> Result<u64, ScimError> {
        if self.count.is_some_and(|count| u64::try_from(count).is_ok_and(|count| count > MAX_RESULTS)) {
            let detail = format!("`count` must be at most {MAX_RESULTS}");
            return Err(ScimError::bad(ScimType::InvalidCount, detail));
        }
        Ok(self.count())
    }

    /// Reads the body of a search as a profile wants it.
    ///
    /// # Errors
    /// As [`Self::parse`]; 400 `invalidSyntax`, if it [has to say](Profile::requires_schemas) that it is a search, and
    /// doesn't.
    pub fn parse_under(profile: Profile, body: &Value) -> Result<Self, ScimError> {
        let request = Self::parse(body)?;
        let is_declared = body.as_object().map(|body| Message::Search.is_declared(body)).transpose()?;
        Message::Search.check(profile, is_declared.unwrap_or_default())?;
        Ok(request)
    }

    /// Reads the parameters of a query (RFC 7644 §3.4.2); `parameter` gives the one of a name.
    ///
    /// # Errors
    /// [`ScimError`] 400 `invalidValue`, or `invalidCount` for a `count` beside a `cursor`.
    pub fn of_query(parameter: impl Fn(&str) -> Option<String>) -> Result<Self, ScimError> {
        let cursor = parameter("cursor");
        let number = |name: &str| {
            let number = |text: String| text.parse().map_err(|_| no_number(name, cursor.is_some()));
            parameter(name).map(number).transpose()
        };
        Ok(Self {
            filter: parameter("filter"),
            sort_by: parameter("sortBy"),
            sort_order: parameter("sortOrder"),
            start_index: number("startIndex")?,
            count: number("count")?,
            attributes: parameter("attributes"),
            excluded_attributes: parameter("excludedAttributes"),
            cursor,
        })
    }

    /// Reads the body of a search (RFC 7644 §3.4.3); names match in any case.
    ///
    /// # Errors
    /// [`ScimError`] 400 `invalidSyntax`, `invalidValue`, `invalidCursor`, or `invalidCount` for a `count` beside a
    /// `cursor`.
    pub fn parse(body: &Value) -> Result<Self, ScimError> {
        let syntax = || ScimError::bad(ScimType::InvalidSyntax, "the body must be a JSON object");
        let body = body.as_object().ok_or_else(syntax)?;
        check_shape(body)?;
        let field = |name: &str| {
            let found = body.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
            found.map(|(_, value)| value).filter(|value| !value.is_null())
        };
        let wrong = |name: &str, expected: &str| {
            ScimError::bad(ScimType::InvalidValue, format!("`{name}` must be {expected}"))
        };
        let number = |name: &str| {
            let at_cursor = field("cursor").is_some();
            field(name).map(|value| value.as_i64().ok_or_else(|| no_number(name, at_cursor))).transpose()
        };
        let names = |name: &str| {
            let list = |value: &Value| {
                serde_json::from_value::<Vec<String>>(value.clone()).map(|names| names.join(","))
            };
            field(name).map(|value| list(value).map_err(|_| wrong(name, "an array of names"))).transpose()
        };
        let text = |name: &str| {
            let text = |value: &Value| value.as_str().map(str::to_owned);
            field(name).map(|value| text(value).ok_or_else(|| wrong(name, "a text"))).transpose()
        };
        let cursor =
            text("cursor").map_err(|error| ScimError { kind: Some(ScimType::InvalidCursor), ..error })?;
        Ok(Self {
            filter: text("filter")?,
            sort_by: text("sortBy")?,
            sort_order: text("sortOrder")?,
            start_index: number("startIndex")?,
            count: number("count")?,
            attributes: names("attributes")?,
            excluded_attributes: names("excludedAttributes")?,
            cursor,
        })
    }
}

/// RFC 9865 §2.1: between cursors there is an error of its own for a `count`.
fn no_number(name: &str, at_cursor: bool) -> ScimError {
    let kind = if at_cursor && name == "count" { ScimType::InvalidCount } else { ScimType::InvalidValue };
    ScimError::bad(kind, format!("`{name}` must be a whole number"))
}

//! Reading the bodies of key calls.

use apikeys::{IdempotencyKey, KeyUpdate, NewKey, Rotation, Scope};
use axum::http::HeaderValue;
use chrono::TimeDelta;
use serde_json::Value;

use crate::{ApiError, Fields};

/// What `POST /api_keys` asks for.
pub(super) fn new_key(body: Value, idempotency_key: Option<&HeaderValue>) -> Result<NewKey, ApiError> {
    let mut fields = Fields::new(body)?;
    let name = fields.required_string("name")?;
    let subject = fields.required_string("subject")?;
    let subject = subject.parse().map_err(|error| invalid("subject", &error))?;
    let created_by = fields.string("created_by")?.map(|by| by.parse()).transpose();
    let new = NewKey {
        kind: fields.string("type")?.map_or_else(|| "api_key".into(), Into::into),
        description: fields.string("description")?.map(Into::into),
        scopes: scopes(&mut fields)?.unwrap_or_default(),
        claims: fields.value("claims"),
        created_by: created_by.map_err(|error| invalid("created_by", &error))?,
        lifetime: lifetime(&mut fields)?.flatten(),
        idempotency_key: idempotency_key.map(idempotency).transpose()?,
        ..NewKey::new(subject, name)
    };
    finish(&fields)?;
    Ok(new)
}

/// What `PATCH /api_keys/{id}` asks for.
pub(super) fn read_update(body: Value) -> Result<KeyUpdate, ApiError> {
    let mut fields = Fields::new(body)?;
    let subject = fields.string("subject")?.map(|subject| subject.parse()).transpose();
    let update = KeyUpdate {
        subject: subject.map_err(|error| invalid("subject", &error))?,
        description: fields.nullable_string("description")?.map(|text| text.map(Into::into)),
        scopes: scopes(&mut fields)?,
        claims: fields.nullable("claims"),
        lifetime: lifetime(&mut fields)?,
        ..KeyUpdate::default()
    };
    finish(&fields)?;
    Ok(update)
}

/// What `POST /api_keys/{id}/rotate` asks for.
pub(super) fn read_rotation(
    body: Value,
    idempotency_key: Option<&HeaderValue>,
) -> Result<Rotation, ApiError> {
    let mut fields = Fields::new(body)?;
    let rotation = Rotation {
        grace: seconds(&mut fields, "grace_seconds")?.flatten().unwrap_or_default(),
        ends_on_use: fields.boolean("ends_on_first_use")?.unwrap_or(false),
        lifetime: lifetime(&mut fields)?.flatten(),
        idempotency_key: idempotency_key.map(idempotency).transpose()?,
    };
    finish(&fields)?;
    Ok(rotation)
}

fn scopes(fields: &mut Fields) -> Result<Option<Vec<Scope>>, ApiError> {
    let Some(scopes) = fields.strings("scopes")? else { return Ok(None) };
    let scopes = scopes.into_iter().map(|scope| scope.parse()).collect::<Result<_, _>>();
    scopes.map(Some).map_err(|error: apikeys::InvalidScope| invalid("scopes", &error))
}

/// A field that nobody has taken is a 400 on key calls, not a 422.
pub(super) fn finish(fields: &Fields) -> Result<(), ApiError> {
    match fields.unknown() {
        None => Ok(()),
        Some(field) => {
            let message = format!("{field} is not a parameter of this request");
            Err(ApiError::bad_request(message).with_meta("param_name", field))
        }
    }
}

/// `seconds_until_expiration`: any number above zero, or null for never; kept to the millisecond.
fn lifetime(fields: &mut Fields) -> Result<Option<Option<TimeDelta>>, ApiError> {
    const FIELD: &str = "seconds_until_expiration";
    match seconds(fields, FIELD)? {
        Some(Some(lifetime)) if lifetime <= TimeDelta::zero() => Err(ApiError::value_invalid(
            FIELD,
            "a key must live longer than 0 seconds, and less than a century",
        )),
        lifetime => Ok(lifetime),
    }
}

/// A number of seconds from 0, or null; kept to the millisecond, rounded up.
fn seconds(fields: &mut Fields, field: &'static str) -> Result<Option<Option<TimeDelta>>, ApiError> {
    let Some(value) = fields.nullable(field) else { return Ok(None) };
    let Some(value) = value else { return Ok(Some(None)) };
    let seconds =
        value.as_f64().ok_or_else(|| ApiError::format_invalid(field, "a number of seconds, or null"))?;
    let milliseconds = (seconds * 1000.0).ceil();
    if !(-1e15..=1e15).contains(&milliseconds) {
        return Err(ApiError::value_invalid(field, "there are not so many seconds"));
    }
    #[expect(clippy::cast_possible_truncation, reason = "whole, and within ±1e15")]
    Ok(Some(TimeDelta::try_milliseconds(milliseconds as i64)))
}

fn idempotency(header: &HeaderValue) -> Result<IdempotencyKey, ApiError> {
    let key = header.to_str().ok().and_then(|text| IdempotencyKey::new(text).ok());
    key.ok_or_else(|| ApiError::bad_request("Idempotency-Key must have 1 to 255 visible ASCII characters"))
}

fn invalid(field: &str, error: &impl std::fmt::Display) -> ApiError {
    ApiError::value_invalid(field, &error.to_string())
}

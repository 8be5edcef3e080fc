//! What failed key calls answer.

use std::error::Error;

use apikeys::{
    IssueError, RotateError, ServiceError, UpdateError, Verdict, limits::LimitError, wire::Refusal,
};
use axum::http::{HeaderValue, StatusCode, header};

use super::not_found;
use crate::ApiError;

pub(super) fn issue_failed<E: Error + 'static>(error: ServiceError<IssueError, E>) -> ApiError {
    match error {
        ServiceError::Refused(refused) => issue_refused(&refused),
        ServiceError::Contended => contended(),
        other => ApiError::internal(&other),
    }
}

pub(super) fn failed<E: Error + 'static>(error: ServiceError<LimitError, E>) -> ApiError {
    match error {
        ServiceError::Refused(refused) => limit(refused),
        ServiceError::Contended => contended(),
        other => ApiError::internal(&other),
    }
}

pub(super) fn update_failed<E: Error + 'static>(error: ServiceError<UpdateError, E>) -> ApiError {
    match error {
        ServiceError::Refused(UpdateError::Limit(refused)) => limit(refused),
        ServiceError::Refused(refused) => ApiError::bad_request(refused.to_string()),
        ServiceError::Contended => contended(),
        other => ApiError::internal(&other),
    }
}

pub(super) fn rotate_failed<E: Error + 'static>(error: ServiceError<RotateError, E>) -> ApiError {
    match error {
        ServiceError::Refused(RotateError::Issue(refused)) => issue_refused(&refused),
        ServiceError::Refused(RotateError::Limit(LimitError::Grace)) => {
            ApiError::value_invalid("grace_seconds", &LimitError::Grace.to_string())
        }
        ServiceError::Refused(RotateError::Limit(refused)) => limit(refused),
        ServiceError::Refused(refused) => {
            ApiError::new(StatusCode::CONFLICT, "api_key_not_rotatable", refused.to_string())
        }
        ServiceError::Contended => contended(),
        other => ApiError::internal(&other),
    }
}

/// To a backend that asks about a key: whatever is no key of the tenant's has one answer.
pub(super) fn refused_verdict(verdict: &Verdict) -> ApiError {
    match Refusal::of(verdict) {
        Some(refusal) if refusal.verify_status == 404 => not_found(),
        Some(refusal) => told(refusal.verify_status, &refusal),
        None => ApiError::bad_request("the API key is valid"),
    }
}

/// To whoever bears the key (RFC 6750 §3).
pub(super) fn refused_bearer(verdict: &Verdict) -> ApiError {
    let Some(refusal) = Refusal::of(verdict) else {
        return ApiError::bad_request("the API key is valid");
    };
    let code = if refusal.verify_status == 404 { "authentication_invalid" } else { refusal.code };
    let error = told(refusal.status, &Refusal { code, ..refusal });
    match refusal.bearer_error {
        Some("insufficient_scope") => challenged(error, "Bearer error=\"insufficient_scope\""),
        Some(_) => challenged(error, "Bearer error=\"invalid_token\""),
        None => error,
    }
}

fn challenged(error: ApiError, challenge: &'static str) -> ApiError {
    error.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
}

fn told(status: u16, refusal: &Refusal) -> ApiError {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::FORBIDDEN);
    let error = ApiError::new(status, refusal.code, refusal.message);
    match refusal.retry_after {
        Some(seconds) => error.with_header(header::RETRY_AFTER, HeaderValue::from(seconds)),
        None => error,
    }
}

fn issue_refused(refused: &IssueError) -> ApiError {
    let invalid = |field| ApiError::value_invalid(field, &refused.to_string());
    let conflict = |code| ApiError::new(StatusCode::CONFLICT, code, refused.to_string());
    match refused {
        IssueError::Name => invalid("name"),
        IssueError::Kind => invalid("type"),
        IssueError::CreatedBy => invalid("created_by"),
        IssueError::Limit(refused) => limit(*refused),
        IssueError::AlreadyIssued(id) => {
            conflict("idempotency_key_used").with_meta("api_key_id", id.to_string())
        }
        IssueError::IdempotencyConflict => conflict("idempotency_key_conflict"),
        IssueError::AllowanceUsedUp => {
            ApiError::new(StatusCode::FORBIDDEN, "quota_exceeded", refused.to_string())
        }
        _ => ApiError::bad_request(refused.to_string()),
    }
}

fn limit(refused: LimitError) -> ApiError {
    let field = match refused {
        LimitError::Description => "description",
        LimitError::Scopes => "scopes",
        LimitError::Claims => "claims",
        LimitError::Reason => "revocation_reason",
        _ => "seconds_until_expiration",
    };
    ApiError::value_invalid(field, &refused.to_string())
}

fn contended() -> ApiError {
    ApiError::new(StatusCode::CONFLICT, "conflict", "other changes came between too often: try again")
}

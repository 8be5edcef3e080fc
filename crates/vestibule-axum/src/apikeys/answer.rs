//! What failed key calls answer.

use std::error::Error;

use apikeys::{IssueError, ServiceError, Verdict, limits::LimitError};
use axum::http::StatusCode;

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

/// Whoever could not prove a secret learns nothing: the same answer for whatever is no key of the tenant's.
pub(super) fn refused_verdict(verdict: &Verdict) -> ApiError {
    let refused = |code, message| ApiError::new(StatusCode::BAD_REQUEST, code, message);
    match verdict {
        Verdict::Malformed(_) | Verdict::NotFound => not_found(),
        Verdict::Revoked(_) => refused("api_key_revoked", "the API key was revoked"),
        Verdict::Expired(_) => refused("api_key_expired", "the API key has expired"),
        Verdict::InsufficientScope(_) => refused("api_key_insufficient_scope", "the API key lacks a scope"),
        Verdict::Valid(_) => ApiError::bad_request("the API key is valid"),
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

//! `Prefer: respond-async` (RFC 9967 §2.5.1.1).
//!
//! The request is performed before it is answered, so that none is lost, and its completion is an event in the same
//! commit. What is refused is answered as ever, which the clause allows, and so is a client that sends `wait`, too
//! (RFC 7240 §4.3): by the time it would be told to wait, its answer is there.

use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::Response,
};
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{Asynchronous, Call, Scim, ScimStore, TransactionId};

use super::answer;

const PREFER: HeaderName = HeaderName::from_static("prefer");
const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
const SET_TXN: HeaderName = HeaderName::from_static("set-txn");

/// A new transaction, if the client does not want to wait and there are events to tell it with.
pub(super) fn asked_for<'a, S: ScimStore>(scim: &Scim<S>, headers: &HeaderMap) -> Option<Asynchronous<'a>> {
    let transaction = || TransactionId::generate(&mut UnwrapErr(SysRng));
    let asked = scim.events().is_some() && !waits(headers);
    asked.then(|| Asynchronous { transaction: transaction(), bulk_id: None })
}

/// Whether the client takes the answer when it is there, as it does unless it says otherwise.
fn waits(headers: &HeaderMap) -> bool {
    let (mut asynchronous, mut seconds) = (None, None);
    for value in headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok()) {
        for preference in value.split(',') {
            // What is behind a semicolon says more about the preference, and is none itself.
            let preference = preference.split(';').next().unwrap_or_default();
            let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
            let (name, value) = (name.trim(), value.trim().trim_matches('"'));
            // RFC 7240 §2: of one that is there twice, the first counts.
            if name.eq_ignore_ascii_case("respond-async") {
                asynchronous.get_or_insert(value.is_empty());
            } else if name.eq_ignore_ascii_case("wait") {
                seconds.get_or_insert(value.parse().unwrap_or(0_u64));
            }
        }
    }
    asynchronous != Some(true) || seconds.is_some_and(|seconds| seconds > 0)
}

/// The transaction of a call whose client does not wait.
pub(super) fn transaction(call: &Call<'_>) -> Option<TransactionId> {
    call.asynchronous.as_ref().map(|asynchronous| asynchronous.transaction.clone())
}

/// 202 without a body (RFC 9967 §2.5.1.1 and §3); a bulk request has no `Location` of its own.
pub(super) fn accepted(transaction: &TransactionId, location: Option<&str>) -> Response {
    let mut response = answer::empty(StatusCode::ACCEPTED);
    let named = [(SET_TXN, Some(transaction.as_str())), (header::LOCATION, location)];
    for (name, value) in named.into_iter().chain([(PREFERENCE_APPLIED, Some("respond-async"))]) {
        if let Some(Ok(value)) = value.map(HeaderValue::from_str) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

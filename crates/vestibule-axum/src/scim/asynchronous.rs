//! `Prefer: respond-async` (RFC 9967 §2.5.1.1).
//!
//! The request is performed before it is answered, so that none is lost, and its completion is an event in the same
//! commit. What is refused is answered as ever, which the clause allows.

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
    let preferences = headers.get_all(PREFER).iter().filter_map(|value| value.to_str().ok());
    let mut preferences = preferences.flat_map(|value| value.split([',', ';']).map(str::trim));
    let asked = preferences.any(|preference| preference.eq_ignore_ascii_case("respond-async"));
    let transaction = || TransactionId::generate(&mut UnwrapErr(SysRng));
    (asked && scim.events().is_some()).then(|| Asynchronous { transaction: transaction(), bulk_id: None })
}

/// The transaction of a call whose client does not wait.
pub(super) fn transaction(call: &Call<'_>) -> Option<TransactionId> {
    call.asynchronous.as_ref().map(|asynchronous| asynchronous.transaction.clone())
}

/// 202 without a body.
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

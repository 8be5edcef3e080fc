//! What a request asks to put on the list.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use serde_json::Value;

use super::NewWaitlistEntry;
use crate::{ApiError, Fields};

const MAX_ENTRIES: usize = 50;
/// RFC 5321 §4.5.3.1.3, less the angle brackets.
const MAX_ADDRESS_LEN: usize = 254;

pub(super) fn entry(body: Value) -> Result<NewWaitlistEntry, ApiError> {
    let mut fields = Fields::new(body)?;
    let address = fields.required_string("email_address")?;
    let notify = fields.boolean("notify")?.unwrap_or(true);
    fields.finish()?;
    if !is_address(&address) {
        return Err(ApiError::format_invalid("email_address", "an e-mail address"));
    }
    Ok(NewWaitlistEntry { email_address: address.to_ascii_lowercase(), notify })
}

pub(super) fn entries(body: Value) -> Result<Vec<NewWaitlistEntry>, ApiError> {
    let Value::Array(items) = body else {
        let message = "the body must be an array of entries";
        return Err(ApiError::new(StatusCode::BAD_REQUEST, "request_body_invalid", message));
    };
    if !(1..=MAX_ENTRIES).contains(&items.len()) {
        return Err(ApiError::value_invalid("entries", "a request has 1 to 50 of them"));
    }
    let entries: Vec<_> = items.into_iter().map(entry).collect::<Result<_, _>>()?;
    let distinct: BTreeSet<_> = entries.iter().map(|entry| &entry.email_address).collect();
    if distinct.len() < entries.len() {
        return Err(ApiError::value_invalid("email_address", "a request has each address once"));
    }
    Ok(entries)
}

/// Something on both sides of one `@`, and nothing that can't be seen.
fn is_address(text: &str) -> bool {
    let visible =
        |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control());
    text.len() <= MAX_ADDRESS_LEN
        && text
            .split_once('@')
            .is_some_and(|(local, domain)| visible(local) && visible(domain) && !domain.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_two_sides() {
        for good in ["a@b", "jane+clerk_test@example.com", "ü@ä.example"] {
            assert!(is_address(good), "{good}");
        }
        for bad in
            ["", "a", "@b", "a@", "a@b@c", "a b@c", "a@b\n", "a\0@b", &format!("{}@b", "a".repeat(253))]
        {
            assert!(!is_address(bad), "{bad:?}");
        }
    }
}

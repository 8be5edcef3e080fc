//! Which entries a list asks for.

use analytics_filter::WaitlistStatus;

use super::WaitlistEntry;
use crate::{ApiError, parameters::Parameters};

/// A part of the waitlist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitlistQuery {
    /// Only entries whose id this is, or whose address has it in it, whatever its case.
    pub text: Option<String>,
    /// Only entries of this status.
    pub status: Option<WaitlistStatus>,
    /// The order; entries that are equal in it are in the order of their ids.
    pub order: WaitlistOrder,
    /// How many entries at most: 1 to 500.
    pub limit: u32,
    /// How many entries to skip.
    pub offset: u32,
}

/// An order of the waitlist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaitlistOrder {
    /// By what.
    pub field: WaitlistField,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// What the waitlist may be ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WaitlistField {
    /// When an entry was created.
    CreatedAt,
    /// The address.
    EmailAddress,
    /// When an entry was last invited; one that never was comes before all others.
    InvitedAt,
}

/// What a query found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitlistPage {
    /// The entries asked for.
    pub entries: Vec<WaitlistEntry>,
    /// How many there are without limit and offset.
    pub total_count: u64,
}

impl WaitlistQuery {
    /// Whether an entry is one of those asked for, but for limit and offset.
    pub fn matches(&self, entry: &WaitlistEntry) -> bool {
        let is_meant =
            |text: &String| entry.id == *text || entry.email_address.contains(&text.to_ascii_lowercase());
        self.text.as_ref().is_none_or(is_meant) && self.status.is_none_or(|status| status == entry.status)
    }
}

const DEFAULT_LIMIT: u32 = 10;
const MAX_LIMIT: u32 = 500;

pub(super) fn read(asked: &Parameters) -> Result<WaitlistQuery, ApiError> {
    let bounded = |limit| {
        if (1..=MAX_LIMIT).contains(&limit) { Ok(limit) } else { Err("it is from 1 to 500") }
    };
    Ok(WaitlistQuery {
        text: asked.text("query").map(str::to_owned),
        status: asked.checked("status", "a status", |status: String| {
            WaitlistStatus::from_code(&status).ok_or("it is pending, invited, completed or rejected")
        })?,
        order: asked
            .checked("order_by", "an order", |order: String| parse_order(&order))?
            .unwrap_or(NEWEST_FIRST),
        limit: asked.checked("limit", "a whole number", bounded)?.unwrap_or(DEFAULT_LIMIT),
        offset: asked.value("offset", "a whole number from 0")?.unwrap_or(0),
    })
}

const NEWEST_FIRST: WaitlistOrder = WaitlistOrder { field: WaitlistField::CreatedAt, descending: true };

fn parse_order(text: &str) -> Result<WaitlistOrder, &'static str> {
    // A `+` that was not escaped arrives as a space.
    let (descending, name) = match text.split_at_checked(1) {
        Some(("-", name)) => (true, name),
        Some(("+" | " ", name)) => (false, name),
        _ => (false, text),
    };
    let field = match name {
        "created_at" => WaitlistField::CreatedAt,
        "email_address" => WaitlistField::EmailAddress,
        "invited_at" => WaitlistField::InvitedAt,
        _ => return Err("it is created_at, email_address or invited_at, after + or -"),
    };
    Ok(WaitlistOrder { field, descending })
}

//! What has changed, for those who keep copies.

use chrono::{DateTime, Utc};

use crate::KeyId;

/// A place in a tenant's feed of changes; 0 is before the first.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FeedCursor(pub u64);

/// The keys that were changed after a place in the feed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedKeys {
    /// Each key that was created, changed, revoked or deleted after the cursor, once.
    pub ids: Vec<KeyId>,
    /// Where to go on.
    pub next: FeedCursor,
    /// Whether there is more after `next` already.
    pub more: bool,
    /// Unless there is more, everything that was committed by then is in this page or before.
    pub as_of: DateTime<Utc>,
}

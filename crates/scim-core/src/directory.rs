//! A directory: what an identity provider provisions into, and with which token.

use std::{fmt, sync::Arc};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::{AttributeDefinition, DirectoryId, ResourceId, Revision, id::random};

/// How long the old token still works after a rotation.
pub const ROTATION_GRACE: TimeDelta = TimeDelta::hours(1);

/// A directory of a tenant: one per enterprise connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Directory {
    /// Its id.
    pub id: DirectoryId,
    /// Its name.
    pub name: Arc<str>,
    /// The enterprise connection that it belongs to; no other directory does.
    pub enterprise_connection_id: Arc<str>,
    /// The identity provider: `okta`, `entra`, …
    pub provider: Arc<str>,
    /// Whether it takes requests.
    pub enabled: bool,
    /// Whether groups give roles.
    pub group_role_mapping_enabled: bool,
    /// The attribute pool of its enterprise connection.
    pub custom_attributes: Arc<[AttributeDefinition]>,
    /// Groups that give roles; the first one that a user is in decides.
    pub mappings: Arc<[GroupRoleMapping]>,
    /// The digest of its token.
    pub token: TokenDigest,
    /// The digest of the token before, and until when it still works.
    pub previous_token: Option<(TokenDigest, DateTime<Utc>)>,
    /// When it was created, in milliseconds.
    pub created_at: DateTime<Utc>,
    /// When it was changed last, in milliseconds.
    pub updated_at: DateTime<Utc>,
    /// Counts its changes.
    pub revision: Revision,
}

/// That members of a group have a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupRoleMapping {
    /// Its id.
    pub id: Arc<str>,
    /// The group.
    pub group: ResourceId,
    /// The group's name when it was mapped.
    pub group_name: Arc<str>,
    /// The role.
    pub role: Arc<str>,
    /// When it was created, in milliseconds.
    pub created_at: DateTime<Utc>,
}

/// BLAKE3 of a token of 135 random bits, which no dictionary holds.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenDigest([u8; 32]);

/// The token of a directory, shown once.
pub struct DirectoryToken(Zeroizing<String>);

/// What a directory is created from.
#[derive(Debug, Clone, PartialEq)]
pub struct NewDirectory {
    /// See [`Directory::name`].
    pub name: Arc<str>,
    /// See [`Directory::enterprise_connection_id`].
    pub enterprise_connection_id: Arc<str>,
    /// See [`Directory::provider`].
    pub provider: Arc<str>,
    /// See [`Directory::custom_attributes`].
    pub custom_attributes: Vec<AttributeDefinition>,
}

impl Directory {
    /// A directory that is enabled, and its token.
    pub fn create(new: NewDirectory, now: DateTime<Utc>, rng: &mut impl CryptoRng) -> (Self, DirectoryToken) {
        let now = now.trunc_subsecs(3);
        let id = DirectoryId::generate(rng);
        let token = DirectoryToken::generate(&id, rng);
        let directory = Self {
            name: new.name,
            enterprise_connection_id: new.enterprise_connection_id,
            provider: new.provider,
            enabled: true,
            group_role_mapping_enabled: true,
            custom_attributes: new.custom_attributes.into(),
            mappings: Arc::new([]),
            token: TokenDigest::of(&token.0),
            previous_token: None,
            created_at: now,
            updated_at: now,
            revision: Revision::FIRST,
            id,
        };
        (directory, token)
    }

    /// The same with another token; the old one works for [`ROTATION_GRACE`].
    pub fn rotate(&self, now: DateTime<Utc>, rng: &mut impl CryptoRng) -> (Self, DirectoryToken) {
        let token = DirectoryToken::generate(&self.id, rng);
        let until = now.checked_add_signed(ROTATION_GRACE).unwrap_or(now);
        let next = self.changed(now, |next| {
            next.previous_token = Some((self.token, until));
            next.token = TokenDigest::of(&token.0);
        });
        (next, token)
    }

    /// The same after a change, at its next revision.
    pub fn changed(&self, now: DateTime<Utc>, change: impl FnOnce(&mut Self)) -> Self {
        let mut next = self.clone();
        change(&mut next);
        next.updated_at = now.trunc_subsecs(3);
        next.revision = self.revision.next();
        next
    }

    /// Whether the members of a group may have a role by it.
    pub fn gives_role(&self, group: &ResourceId) -> bool {
        self.group_role_mapping_enabled && self.mappings.iter().any(|mapping| mapping.group == *group)
    }

    /// Whether `presented` is its token, or the one before within its grace; compares in constant time.
    pub fn accepts(&self, presented: &str, now: DateTime<Utc>) -> bool {
        let presented = TokenDigest::of(presented);
        let current = presented.same(&self.token);
        let previous = self
            .previous_token
            .as_ref()
            .is_some_and(|(digest, until)| presented.same(digest) && now < *until);
        current | previous
    }
}

impl DirectoryToken {
    fn generate(directory: &DirectoryId, rng: &mut impl CryptoRng) -> Self {
        let directory = directory.as_str().trim_start_matches("dir_");
        Self(Zeroizing::new(format!("scim_{directory}_{}", random(rng))))
    }

    /// The directory that a token claims to be of, and `None` if the text is no token.
    pub fn directory_of(presented: &str) -> Option<DirectoryId> {
        let (directory, secret) = presented.strip_prefix("scim_")?.split_once('_')?;
        let plain = |text: &str| text.len() == 27 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        (plain(directory) && plain(secret)).then(|| DirectoryId::named(&format!("dir_{directory}")))
    }

    /// The token's text; wiped when dropped.
    pub fn reveal(self) -> Zeroizing<String> {
        self.0
    }
}

impl TokenDigest {
    fn of(token: &str) -> Self {
        Self(blake3::derive_key("scim-core 2026-11 directory token", token.as_bytes()))
    }

    /// `blake3::Hash` compares in constant time.
    fn same(&self, other: &Self) -> bool {
        blake3::Hash::from_bytes(self.0) == blake3::Hash::from_bytes(other.0)
    }
}

impl fmt::Debug for TokenDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDigest(..)")
    }
}

impl fmt::Debug for DirectoryToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DirectoryToken(..)")
    }
}

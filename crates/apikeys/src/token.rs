//! The token that a caller presents: prefix, environment, id, secret, checksum.

mod partner;
mod tag;

use std::{fmt, sync::Arc};

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use self::tag::IdTag;
use crate::{KeyId, Secret, base62};

/// Longer input is refused unread.
pub const MAX_PRESENTED_LEN: usize = 256;

const ID_LEN: usize = 22;
const SECRET_LEN: usize = 33;
const CHECKSUM_LEN: usize = 6;
/// What is hashed: one block of BLAKE3, whatever the prefix.
pub(crate) const BODY_LEN: usize = ID_LEN + SECRET_LEN;
const TAIL_LEN: usize = BODY_LEN + CHECKSUM_LEN;

/// The one definition of a host's tokens: `{prefix}_{environment}_`, then 61 base62 characters.
///
/// Those are an id (22, the key's 16 bytes), a secret (33, 196 bits) and the CRC-32 of everything before it (6, as GitHub
/// writes it). Parser, generator, display mask, scan pattern and the text for scanning partners all follow from it.
///
/// ```
/// use apikeys::TokenFormat;
///
/// let format = TokenFormat::new("ak", "live")?;
/// let mut rng = rand_core::UnwrapErr(getrandom::SysRng);
/// let (id, secret) = format.generate(&mut rng);
/// let token = secret.reveal();
/// assert!(token.starts_with("ak_live_"));
/// assert_eq!(format.parse(&token).unwrap().id(), id);
/// # Ok::<_, apikeys::InvalidFormat>(())
/// ```
#[derive(Debug, Clone)]
pub struct TokenFormat {
    /// `{prefix}_{environment}_`.
    head: Arc<str>,
    /// The checksum so far, once the head is read.
    head_checksum: u32,
    tag: Option<IdTag>,
}

impl TokenFormat {
    /// Tokens that start with `prefix` and name their `environment`.
    ///
    /// Each is a lower-case letter and then lower-case letters, digits and single underscores between them; at most 24
    /// characters.
    ///
    /// # Errors
    /// [`InvalidFormat`], if one is anything else.
    pub fn new(prefix: &str, environment: &str) -> Result<Self, InvalidFormat> {
        for part in [prefix, environment] {
            if !is_head_part(part) {
                return Err(InvalidFormat);
            }
        }
        let head: Arc<str> = format!("{prefix}_{environment}_").into();
        let head_checksum = crc32fast::hash(head.as_bytes());
        Ok(Self { head, head_checksum, tag: None })
    }

    /// Makes ids whose last four bytes are a keyed tag of the others, so that forged ids never reach the store.
    ///
    /// 96 random bits are left, enough for 10⁹ keys (a collision in 6·10⁻¹²). `secret` is kept outside of the database. Only
    /// for a host that has issued no keys without a tag, and imports none into these tokens: those would be unknown.
    #[must_use]
    pub fn with_tagged_ids(mut self, secret: &[u8; 32]) -> Self {
        self.tag = Some(IdTag::new(secret));
        self
    }

    /// How many bytes a token has.
    pub fn token_len(&self) -> usize {
        self.head.len().saturating_add(TAIL_LEN)
    }

    /// What may be shown of a key's token: the head and the first four characters of the id.
    pub fn mask(&self, id: KeyId) -> String {
        let mut digits = [0; ID_LEN];
        base62::encode(u128::from_be_bytes(*id.as_bytes()), &mut digits);
        let shown: String = digits.iter().take(4).map(|byte| char::from(*byte)).collect();
        format!("{}{shown}…", self.head)
    }

    /// A fresh key: its id, and its token.
    pub fn generate(&self, rng: &mut impl CryptoRng) -> (KeyId, Secret) {
        self.generate_with(rng, |key| key.id())
    }

    /// What `read` makes of a fresh key, and its token.
    pub(crate) fn generate_with<T>(
        &self,
        rng: &mut impl CryptoRng,
        read: impl FnOnce(PresentedKey<'_>) -> T,
    ) -> (T, Secret) {
        let id = self.new_id(rng);
        let mut body = Zeroizing::new([0; BODY_LEN]);
        let (id_part, secret_part) = body.split_at_mut(ID_LEN);
        base62::encode(u128::from_be_bytes(*id.as_bytes()), id_part);
        fill_secret(secret_part, rng);
        let secret = Secret::new(self.assemble(&*body));
        (read(PresentedKey { id, body: &body }), secret)
    }

    /// A random id, tagged if ids are.
    pub(crate) fn new_id(&self, rng: &mut impl CryptoRng) -> KeyId {
        let id = KeyId::generate(rng);
        self.tag.as_ref().map_or(id, |tag| tag.tagged(id))
    }

    /// Reads a token by position, from its end; the shape, the checksum and the id's range are checked in this order.
    ///
    /// # Errors
    /// [`Malformed`]; the public answer is the same for each, and the same as for an unknown key.
    #[inline(always)]
    pub fn parse<'a>(&self, presented: &'a str) -> Result<PresentedKey<'a>, Malformed> {
        if presented.len() > MAX_PRESENTED_LEN {
            return Err(Malformed::TooLong);
        }
        let tail = presented.strip_prefix(&*self.head).ok_or(Malformed::Shape)?.as_bytes();
        let tail: &[u8; TAIL_LEN] = tail.try_into().map_err(|_| Malformed::Shape)?;
        if !base62::is_all_digits(tail) {
            return Err(Malformed::Shape);
        }
        let (body, checksum) = tail.split_first_chunk::<BODY_LEN>().ok_or(Malformed::Shape)?;
        if base62::decode_chunk(checksum) != Some(u64::from(self.checksum(body))) {
            return Err(Malformed::Checksum);
        }
        let id = body.first_chunk::<ID_LEN>().and_then(base62::decode_id).ok_or(Malformed::IdRange)?;
        Ok(PresentedKey { id: KeyId::from_bytes(id.to_be_bytes()), body })
    }

    /// Whether a key of this format can have this id: always, unless ids are tagged.
    pub fn can_have(&self, id: KeyId) -> bool {
        self.tag.as_ref().is_none_or(|tag| tag.tagged(id) == id)
    }

    /// Whether [`can_have`](Self::can_have) tells ids apart.
    pub(crate) fn has_tagged_ids(&self) -> bool {
        self.tag.is_some()
    }

    pub(crate) fn head(&self) -> &str {
        &self.head
    }

    fn assemble(&self, body: &[u8]) -> Zeroizing<String> {
        let mut token = Zeroizing::new(String::with_capacity(self.token_len()));
        token.push_str(&self.head);
        let mut digits = [0; CHECKSUM_LEN];
        base62::encode(u128::from(self.checksum(body)), &mut digits);
        token.extend(body.iter().chain(&digits).map(|byte| char::from(*byte)));
        token
    }

    #[inline(always)]
    fn checksum(&self, body: &[u8]) -> u32 {
        let mut hasher = crc32fast::Hasher::new_with_initial(self.head_checksum);
        hasher.update(body);
        hasher.finalize()
    }
}

/// Every character equally likely: bytes from 248 on are thrown again.
fn fill_secret(secret: &mut [u8], rng: &mut impl CryptoRng) {
    let mut pool = Zeroizing::new([0_u8; 64]);
    let mut places = secret.iter_mut();
    loop {
        rng.fill_bytes(&mut *pool);
        for byte in pool.iter().filter(|byte| **byte < 248) {
            let Some(place) = places.next() else { return };
            *place = base62::ALPHABET.get(usize::from(byte % 62)).copied().unwrap_or(b'0');
        }
    }
}

fn is_head_part(part: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=24).contains(&part.len())
        && part.bytes().all(allowed)
        && part.starts_with(|first: char| first.is_ascii_lowercase())
        && !part.ends_with('_')
        && !part.contains("__")
}

/// A well-formed token that a caller has presented; whether it is a key's is still to be proven.
#[derive(Clone, Copy)]
pub struct PresentedKey<'a> {
    id: KeyId,
    body: &'a [u8; BODY_LEN],
}

impl PresentedKey<'_> {
    /// The id of the key that it claims to be.
    pub fn id(&self) -> KeyId {
        self.id
    }

    pub(crate) fn body(&self) -> &[u8; BODY_LEN] {
        self.body
    }
}

impl fmt::Debug for PresentedKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresentedKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// Why a presented text is no token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Malformed {
    /// It has more than [`MAX_PRESENTED_LEN`] bytes.
    #[error("presented key is longer than {MAX_PRESENTED_LEN} bytes")]
    TooLong,
    /// It has another head, another length, or a character outside of base62.
    #[error("presented key has not the shape of a token")]
    Shape,
    /// A character is missing, wrong or swapped.
    #[error("presented key has a wrong checksum")]
    Checksum,
    /// Its id exceeds 128 bits.
    #[error("presented key has an id out of range")]
    IdRange,
}

/// A prefix or an environment that tokens can't have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "prefix and environment are a lower-case letter, then `a-z`, `0-9` and single `_`, at most 24 characters"
)]
pub struct InvalidFormat;

//! Secrets that a host must be able to show again.
//!
//! By default a key's secret is shown once, and only its digest is stored. A host that wants `GET /api_keys/{id}/secret` to
//! answer gives [`ApiKeys`](crate::ApiKeys) a [`Vault`], whose key it keeps outside of the database.

use std::fmt;

use zeroize::Zeroizing;

use crate::{KeyId, TenantId};

/// A secret sealed under a key that is not in the database.
#[derive(Clone, PartialEq, Eq)]
pub struct SealedSecret(pub Vec<u8>);

impl fmt::Debug for SealedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealedSecret(..)")
    }
}

/// Seals secrets, and opens them again.
///
/// A sealed secret is bound to its tenant and key: moved to another row it does not open. Feature `vault` has
/// an implementation, `XChaChaVault`; a host with a key service writes its own.
pub trait Vault: Send + Sync + fmt::Debug {
    /// Seals the token of a key.
    ///
    /// # Errors
    /// [`VaultError`], if the vault can't be used; the key is not issued then.
    fn seal(&self, tenant: &TenantId, id: KeyId, token: &str) -> Result<SealedSecret, VaultError>;

    /// The token that was sealed for this key.
    ///
    /// # Errors
    /// [`VaultError`], if it was sealed for another key or under another vault key.
    fn open(
        &self,
        tenant: &TenantId,
        id: KeyId,
        sealed: &SealedSecret,
    ) -> Result<Zeroizing<String>, VaultError>;
}

/// A secret can't be sealed or opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret can't be sealed or opened under this vault's key")]
pub struct VaultError;

#[cfg(feature = "vault")]
pub use self::xchacha::XChaChaVault;

#[cfg(feature = "vault")]
mod xchacha {
    use std::fmt;

    use chacha20poly1305::{
        KeyInit, XChaCha20Poly1305, XNonce,
        aead::{Aead, Payload},
    };
    use zeroize::Zeroizing;

    use super::{SealedSecret, Vault, VaultError};
    use crate::{KeyId, TenantId};

    const NONCE_LEN: usize = 24;

    /// A vault with one key: XChaCha20-Poly1305, the tenant and the key's id as associated data.
    ///
    /// The nonce is derived from the key, the tenant and the id, of which each pair seals one secret only.
    pub struct XChaChaVault {
        cipher: XChaCha20Poly1305,
        nonces: Zeroizing<[u8; 32]>,
    }

    impl XChaChaVault {
        /// A vault with this key: 32 secret bytes, kept outside of the database; they may serve other purposes too.
        pub fn new(secret: &[u8; 32]) -> Self {
            let key = Zeroizing::new(blake3::derive_key("apikeys 2026-11 vault", secret));
            let nonces = Zeroizing::new(blake3::derive_key("apikeys 2026-11 vault nonces", secret));
            Self { cipher: XChaCha20Poly1305::new((&*key).into()), nonces }
        }

        fn nonce(&self, associated: &[u8]) -> XNonce {
            let mut nonce = [0; NONCE_LEN];
            let mut hasher = blake3::Hasher::new_keyed(&self.nonces);
            hasher.update(associated).finalize_xof().fill(&mut nonce);
            nonce.into()
        }
    }

    impl fmt::Debug for XChaChaVault {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("XChaChaVault(..)")
        }
    }

    impl Vault for XChaChaVault {
        fn seal(&self, tenant: &TenantId, id: KeyId, token: &str) -> Result<SealedSecret, VaultError> {
            let aad = associated(tenant, id);
            let payload = Payload { msg: token.as_bytes(), aad: &aad };
            let sealed = self.cipher.encrypt(&self.nonce(&aad), payload);
            sealed.map(SealedSecret).map_err(|_| VaultError)
        }

        fn open(
            &self,
            tenant: &TenantId,
            id: KeyId,
            sealed: &SealedSecret,
        ) -> Result<Zeroizing<String>, VaultError> {
            let aad = associated(tenant, id);
            let payload = Payload { msg: &sealed.0, aad: &aad };
            let opened = self.cipher.decrypt(&self.nonce(&aad), payload).map_err(|_| VaultError)?;
            String::from_utf8(opened).map(Zeroizing::new).map_err(|_| VaultError)
        }
    }

    fn associated(tenant: &TenantId, id: KeyId) -> Vec<u8> {
        [tenant.as_str().as_bytes(), b"\0", id.as_bytes()].concat()
    }
}

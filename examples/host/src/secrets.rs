//! The host's own secrets: kept beside the database, never inside it.
//!
//! A dumped database is then of no use to whoever holds it: the pepper of the key digests lies elsewhere.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

/// The secrets of one database.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Secrets {
    /// 32 bytes in hexadecimal, from which the keys of the libraries are derived.
    root: String,
    /// What `@clerk/backend` presents.
    pub(crate) secret_key: String,
    /// What the Overview page presents.
    pub(crate) overview_token: String,
    /// What the identity provider presents; known once the demonstration directory exists.
    pub(crate) scim_token: Option<String>,
}

impl Secrets {
    /// Fresh secrets.
    pub(crate) fn fresh(rng: &mut impl CryptoRng) -> Self {
        Self {
            root: hex(&random::<32>(rng)),
            secret_key: format!("sk_test_{}", hex(&random::<20>(rng))),
            overview_token: format!("ov_{}", hex(&random::<20>(rng))),
            scim_token: None,
        }
    }

    /// A key for one purpose.
    pub(crate) fn key(&self, purpose: &str) -> [u8; 32] {
        blake3::derive_key(&format!("vestibule host 2026-11 {purpose}"), self.root.as_bytes())
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secrets(..)")
    }
}

/// The file of secrets that belongs to a database.
pub(crate) fn beside(database: &Path) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(".secrets");
    path.into()
}

/// The secrets in a file, if it exists.
pub(crate) fn load(path: &Path) -> io::Result<Option<Secrets>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Writes `value` as JSON to a file that only its owner can read, in one step.
pub(crate) fn write_private(path: &Path, value: &impl Serialize) -> io::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let _ = fs::remove_file(&beside);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside)?;
    serde_json::to_writer_pretty(&mut file, value)?;
    file.write_all(b"\n")?;
    file.sync_all()?;
    fs::rename(beside, path)
}

fn random<const N: usize>(rng: &mut impl CryptoRng) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

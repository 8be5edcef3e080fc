//! Tokens that turned up where they should not, and secrets that are shown again.

use chrono::{DateTime, Utc};
use zeroize::Zeroizing;

use super::{ApiKeys, ServiceError};
use crate::{AuditAction, AuditEvent, KeyId, KeyStore, LeakAnswer, LeakFinding, TenantId, leak};

impl<S: KeyStore> ApiKeys<S> {
    /// Answers for every token in a text whether it is real: of a key of this tenant, whatever became of that since.
    ///
    /// Nothing is counted, and no last use is touched; a real one is told to the audit log. What to do is the host's: most
    /// revoke the key.
    ///
    /// # Errors
    /// The store's.
    pub async fn report_leaks(
        &self,
        tenant: &TenantId,
        text: &str,
        now: DateTime<Utc>,
    ) -> Result<Vec<LeakFinding>, S::Error> {
        let mut findings = Vec::new();
        for at in leak::candidates(&self.format, text) {
            let answer = self.is_real(tenant, text.get(at.clone()).unwrap_or_default(), now).await?;
            findings.push(LeakFinding { at, answer });
        }
        self.audit_leaks(tenant, &findings, now).await?;
        Ok(findings)
    }

    async fn is_real(
        &self,
        tenant: &TenantId,
        token: &str,
        now: DateTime<Utc>,
    ) -> Result<LeakAnswer, S::Error> {
        let Ok(presented) = self.format.parse(token) else { return Ok(LeakAnswer::FalsePositive) };
        let (id, peppers) = (presented.id(), &self.state(tenant).peppers);
        if let Some(key) = self.store.key(tenant, id).await? {
            let is_real = peppers.proves(presented, &key.digest);
            return Ok(real(is_real, id, Some(key.status(now))));
        }
        let tombstone = self.store.tombstone(tenant, id).await?;
        Ok(real(tombstone.is_some_and(|left| peppers.proves(presented, &left.digest)), id, None))
    }

    async fn audit_leaks(
        &self,
        tenant: &TenantId,
        findings: &[LeakFinding],
        now: DateTime<Utc>,
    ) -> Result<(), S::Error> {
        let real = findings.iter().filter_map(|finding| match finding.answer {
            LeakAnswer::TruePositive { id, .. } => Some(id),
            LeakAnswer::FalsePositive => None,
        });
        let events: Vec<_> = real.map(|id| self.event(id, AuditAction::LeakReported, now)).collect();
        if events.is_empty() { Ok(()) } else { self.store.append(tenant, &events).await }
    }

    /// The secret of a key, if this host has a vault and had one when the key was issued; told to the audit log.
    ///
    /// The wire's `GET /api_keys/{id}/secret`.
    ///
    /// # Errors
    /// [`SecretError`], or the store's or vault's failure.
    pub async fn secret(
        &self,
        tenant: &TenantId,
        id: KeyId,
        now: DateTime<Utc>,
    ) -> Result<Zeroizing<String>, ServiceError<SecretError, S::Error>> {
        let key = self.store.key(tenant, id).await.map_err(ServiceError::Store)?;
        key.ok_or(ServiceError::Refused(SecretError::NotFound))?;
        let vault = self.vault.as_deref().ok_or(ServiceError::Refused(SecretError::NotKept))?;
        let sealed = self.store.sealed_secret(tenant, id).await.map_err(ServiceError::Store)?;
        let sealed = sealed.ok_or(ServiceError::Refused(SecretError::NotKept))?;
        let secret = vault.open(tenant, id, &sealed).map_err(ServiceError::Vault)?;
        let shown = self.event(id, AuditAction::SecretShown, now);
        self.store.append(tenant, &[shown]).await.map_err(ServiceError::Store)?;
        Ok(secret)
    }

    fn event(&self, key: KeyId, action: AuditAction, at: DateTime<Utc>) -> AuditEvent {
        AuditEvent { id: self.next_name(), at, key: Some(key), by: None, action }
    }
}

fn real(is_real: bool, id: KeyId, status: Option<crate::KeyStatus>) -> LeakAnswer {
    if is_real { LeakAnswer::TruePositive { id, status } } else { LeakAnswer::FalsePositive }
}

/// Why a secret is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// The tenant has no such key.
    #[error("there is no API key with this id")]
    NotFound,
    /// Only its digest is stored.
    #[error("the secret was shown once, when the key was created: only its digest is stored")]
    NotKept,
}

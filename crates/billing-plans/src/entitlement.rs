//! What a session may do, by the plans and features in its claims.

use std::{collections::BTreeMap, fmt};

/// The features or plans that a session has, as its token claims them: `o:export,u:themes,ou:support`.
///
/// `o` is had through the active organization, `u` as a user, `ou` both ways. An unknown scope grants nothing.
///
/// ```
/// use billing_plans::Claim;
///
/// let claim = Claim::parse("o:export,ou:support")?;
/// assert!(claim.grants("export") && claim.grants("user:support"));
/// assert!(!claim.grants("user:export"));
/// # Ok::<_, billing_plans::MalformedClaim>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Claim(BTreeMap<String, Scopes>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Scopes {
    org: bool,
    user: bool,
}

impl Claim {
    /// A claim of nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads a claim; an empty one claims nothing.
    ///
    /// # Errors
    /// [`MalformedClaim`], if a part of it has no scope.
    pub fn parse(text: &str) -> Result<Self, MalformedClaim> {
        let mut claim = Self::new();
        for part in text.split(',').filter(|_| !text.is_empty()) {
            let (scope, slug) = part.trim().split_once(':').ok_or(MalformedClaim)?;
            match scope {
                "o" => claim.add(slug, Scopes { org: true, user: false }),
                "u" => claim.add(slug, Scopes { org: false, user: true }),
                "ou" | "uo" => claim.add(slug, Scopes { org: true, user: true }),
                _ => {}
            }
        }
        Ok(claim)
    }

    /// The same with something that is had through the active organization.
    #[must_use]
    pub fn with_org(mut self, slug: &crate::Slug) -> Self {
        self.add(slug.as_str(), Scopes { org: true, user: false });
        self
    }

    /// The same with something that is had as a user.
    #[must_use]
    pub fn with_user(mut self, slug: &crate::Slug) -> Self {
        self.add(slug.as_str(), Scopes { org: false, user: true });
        self
    }

    /// Whether the claim has what is asked for: a slug, or one with a scope before it, as in `org:export`.
    ///
    /// An unknown scope is refused.
    pub fn grants(&self, asked: &str) -> bool {
        let has = |slug: &str| self.0.get(slug).copied().unwrap_or_default();
        match asked.split_once(':') {
            None => has(asked).org || has(asked).user,
            Some(("o" | "org" | "organization", slug)) => has(slug).org,
            Some(("u" | "user", slug)) => has(slug).user,
            Some(_) => false,
        }
    }

    fn add(&mut self, slug: &str, scopes: Scopes) {
        let had = self.0.entry(slug.to_owned()).or_default();
        *had = Scopes { org: had.org || scopes.org, user: had.user || scopes.user };
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, (slug, scopes)) in self.0.iter().enumerate() {
            let comma = if n > 0 { "," } else { "" };
            let scope = match scopes {
                Scopes { org: true, user: true } => "ou",
                Scopes { org: true, .. } => "o",
                Scopes { .. } => "u",
            };
            write!(f, "{comma}{scope}:{slug}")?;
        }
        Ok(())
    }
}

/// A part of a claim has no scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a claim is a list of scopes and slugs, each with a colon between")]
pub struct MalformedClaim;

/// What is asked of a session: a feature, a plan, or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Asked<'a> {
    /// The feature, with or without a scope.
    pub feature: Option<&'a str>,
    /// The plan, with or without a scope.
    pub plan: Option<&'a str>,
}

/// Whether a session with these two claims has what is asked for.
///
/// If both a feature and a plan are asked for, both must be had; if nothing is, nothing is granted. A claim that is
/// malformed, and asked about, grants nothing.
pub fn is_entitled(features: &str, plans: &str, asked: Asked<'_>) -> bool {
    let grants = |claim: &str, asked: &str| Claim::parse(claim).is_ok_and(|claim| claim.grants(asked));
    match asked {
        Asked { feature: None, plan: None } => false,
        Asked { feature, plan } => {
            feature.is_none_or(|feature| grants(features, feature))
                && plan.is_none_or(|plan| grants(plans, plan))
        }
    }
}

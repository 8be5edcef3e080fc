//! The rule by which test users are known.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::{
    Classification, EmailTag, Fingerprint, IdentifierPolicy, Identifiers, PhonePattern, Reason, UserClass,
};

/// Which users are test users: a value that can be stored, compared and named.
///
/// A user is a test user if any [`Atom`] matches one of its identifiers; an override of its id stands above them all.
/// Whoever is hidden so may still be a customer: never feed it into billing, limits or counts of abuse.
///
/// ```
/// use analytics_filter::*;
///
/// let rule = TestUserRule::default();
/// let contacts = Contacts::new(Some("jane+clerk_test@example.com"), None);
/// let (class, reason) = rule.classify(Identifiers::new("user_1", &contacts));
/// assert_eq!((class, reason), (UserClass::Test, Reason::EmailTag));
/// assert_eq!(serde_json::to_value(&rule)?["version"], 1);
/// # Ok::<_, serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestUserRule {
    version: RuleVersion,
    revision: u16,
    identifiers: IdentifierPolicy,
    any: BTreeSet<Atom>,
    overrides: BTreeMap<String, UserClass>,
}

/// One thing that a rule looks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Atom {
    /// One of these ids.
    Ids(BTreeSet<String>),
    /// A tag in an e-mail address.
    EmailTag(EmailTag),
    /// A phone number of a range.
    Phone(PhonePattern),
}

/// What the rule's own sources say; they differ on phone numbers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Policy {
    /// The announcement: `+clerk_test` in an e-mail address, or the phone number +15555550100, which a host that
    /// validates phone numbers strictly can't store, since area code 555 isn't assigned.
    Announced,
    /// The announcement or the documentation of test mode: also the last hundred fictional numbers, `555-0100` to
    /// `555-0199`, of each North American area code.
    #[default]
    Documented,
}

impl TestUserRule {
    /// The rule of a policy, for any of a user's identifiers.
    pub fn new(policy: Policy) -> Self {
        let mut any =
            BTreeSet::from([Atom::EmailTag(EmailTag::announced()), Atom::Phone(PhonePattern::announced())]);
        if policy == Policy::Documented {
            any.insert(Atom::Phone(PhonePattern::documented()));
        }
        Self { any, ..Self::empty() }
    }

    /// The rule that knows no test user.
    pub fn empty() -> Self {
        Self {
            version: RuleVersion,
            revision: 1,
            identifiers: IdentifierPolicy::Any,
            any: BTreeSet::new(),
            overrides: BTreeMap::new(),
        }
    }

    /// The same rule as the host's `revision`th.
    ///
    /// A host that changes its rule counts them up: of two classifications of one state that of the greater revision stays,
    /// in whichever order they are written.
    #[must_use]
    pub fn with_revision(mut self, revision: u16) -> Self {
        self.revision = revision;
        self
    }

    /// The same rule, looking at other identifiers.
    #[must_use]
    pub fn with_identifiers(mut self, policy: IdentifierPolicy) -> Self {
        self.identifiers = policy;
        self
    }

    /// The same rule, or this atom.
    #[must_use]
    pub fn or(mut self, atom: Atom) -> Self {
        self.any.insert(atom);
        self
    }

    /// The same rule, but for the user or entry with this id.
    #[must_use]
    pub fn with_override(mut self, id: impl Into<String>, class: UserClass) -> Self {
        self.overrides.insert(id.into(), class);
        self
    }

    /// Which of the host's rules it is.
    pub fn revision(&self) -> u16 {
        self.revision
    }

    /// Which of a user's identifiers it looks at.
    pub fn identifiers(&self) -> IdentifierPolicy {
        self.identifiers
    }

    /// What it looks for.
    pub fn atoms(&self) -> impl Iterator<Item = &Atom> {
        self.any.iter()
    }

    /// The ids that it decides by themselves.
    pub fn overrides(&self) -> impl Iterator<Item = (&str, UserClass)> {
        self.overrides.iter().map(|(id, class)| (id.as_str(), *class))
    }

    /// A name of the rule: equal for equal rules only, whatever the order in which they were put together.
    pub fn fingerprint(&self) -> Fingerprint {
        // A rule holds text and sets of text, which always can be written.
        Fingerprint::of(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// The class of whoever has these identifiers, and why; total, and without allocating.
    ///
    /// An absent identifier is no test user's. Where several atoms match, the reason is the first of them in the order
    /// of [`Reason`].
    pub fn classify(&self, who: Identifiers<'_>) -> (UserClass, Reason) {
        if let Some(class) = self.overrides.get(who.id) {
            return (*class, Reason::Override);
        }
        if let Some(reason) = self.any.iter().find_map(|atom| atom.matched(who, self.identifiers)) {
            return (UserClass::Test, reason);
        }
        let phones = self.identifiers.choose(who.phones);
        let normalised = phones.iter().all(|phone| crate::phone_pattern::is_e164(phone));
        (UserClass::Real, if normalised { Reason::NoMatch } else { Reason::PhoneNotNormalised })
    }

    /// The class of whoever has these identifiers, with the name of this rule.
    ///
    /// Names the rule anew each time; classify many with [`classify`](Self::classify) and one
    /// [`fingerprint`](Self::fingerprint).
    pub fn classification(&self, who: Identifiers<'_>) -> Classification {
        let (class, reason) = self.classify(who);
        Classification { class, reason, rule: self.fingerprint(), revision: self.revision }
    }
}

impl Default for TestUserRule {
    fn default() -> Self {
        Self::new(Policy::default())
    }
}

impl Atom {
    fn matched(&self, who: Identifiers<'_>, policy: IdentifierPolicy) -> Option<Reason> {
        match self {
            Self::Ids(ids) => ids.contains(who.id).then_some(Reason::ListedId),
            Self::EmailTag(tag) => {
                policy.choose(who.emails).iter().any(|email| tag.is_in(email)).then_some(Reason::EmailTag)
            }
            Self::Phone(pattern) => policy
                .choose(who.phones)
                .iter()
                .any(|phone| pattern.matches(phone))
                .then_some(Reason::PhonePattern),
        }
    }
}

/// The version of the rule's own shape: always 1 so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
struct RuleVersion;

impl From<RuleVersion> for u32 {
    fn from(_: RuleVersion) -> Self {
        1
    }
}

impl TryFrom<u32> for RuleVersion {
    type Error = UnknownRuleVersion;

    fn try_from(version: u32) -> Result<Self, UnknownRuleVersion> {
        if version == 1 { Ok(Self) } else { Err(UnknownRuleVersion(version)) }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the rule has version `{0}`, which this version doesn't know")]
struct UnknownRuleVersion(u32);

#[cfg(test)]
mod tests;

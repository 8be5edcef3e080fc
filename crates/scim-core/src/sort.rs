//! Sorting (RFC 7644 §3.4.2.3).

use std::{cmp::Ordering, sync::Arc};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::{
    AttributePath, Related, Resource, ResourceId,
    error::shortened,
    filter::{comparison_key, instant},
    path::elements,
    registry::TypeSchema,
    render::filterable,
    schema::{Attribute, AttributeType},
};

/// In which order resources are listed: by an attribute, those with the same value by id.
///
/// Of a list it is the primary element that counts, or the first one. Whoever has no value comes last, and first if
/// descending, which is the exact reverse of ascending.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sort {
    /// By what.
    pub path: Arc<AttributePath>,
    /// Whether the greatest comes first.
    pub descending: bool,
}

/// Why resources can't be sorted like this.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SortError {
    /// There is no such attribute, or nobody may read it.
    #[error("`sortBy` names `{0}`, which is no attribute that can be sorted by")]
    UnknownAttribute(String),
    /// It is an object: one of its sub-attributes must be named.
    #[error("`sortBy` names `{0}`, which has sub-attributes: name one of them")]
    Complex(String),
    /// The order is neither of the two.
    #[error("`sortOrder` must be `ascending` or `descending`, and not `{0}`")]
    UnknownOrder(String),
}

impl Sort {
    /// The order that `sortBy` and `sortOrder` ask for.
    ///
    /// # Errors
    /// [`SortError`]. Members and groups of a resource are rows apart from it, of which none is the first, and `schemas` is
    /// made for each answer.
    pub fn parse(kind: &TypeSchema, by: &str, order: Option<&str>) -> Result<Self, SortError> {
        let found = AttributePath::parse(kind, by).filter(|path| path.is_filterable());
        let is_apart = |path: &AttributePath| {
            path.extension.is_none() && matches!(&*path.attribute.name, "members" | "groups" | "schemas")
        };
        let path = found.filter(|path| !is_apart(path));
        let path = path.ok_or_else(|| SortError::UnknownAttribute(shortened(by)))?;
        if path.compared().is_complex() {
            return Err(SortError::Complex(shortened(by)));
        }
        let is = |name: &str| order.is_some_and(|order| order.eq_ignore_ascii_case(name));
        match order {
            Some(other) if !is("ascending") && !is("descending") => {
                Err(SortError::UnknownOrder(shortened(other)))
            }
            _ => Ok(Self { path, descending: is("descending") }),
        }
    }

    /// By what a resource is sorted; `None` if it has no value.
    pub fn key(&self, resource: &Resource) -> Option<SortKey> {
        let is_own = self.path.extension.is_none() && matches!(&*self.path.attribute.name, "id" | "meta");
        if is_own {
            let bare = Resource { attributes: Map::new(), ..resource.clone() };
            return self.key_in(&filterable(&bare, &Related::default()));
        }
        self.key_in(&resource.attributes)
    }

    fn key_in(&self, object: &Map<String, Value>) -> Option<SortKey> {
        let found = elements(object, &self.path);
        let is_primary = |element: &&Value| element.get("primary") == Some(&Value::Bool(true));
        let element = found.iter().find(is_primary).or_else(|| found.first())?;
        SortKey::of(self.path.compared(), self.path.value_in(element)?)
    }
}

/// A value in the form in which it is sorted.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub enum SortKey {
    /// `false` before `true`.
    Truth(bool),
    /// Of a whole number.
    Integer(i64),
    /// Of a number with a fraction.
    Decimal(#[serde(with = "bits")] f64),
    /// Of a dateTime.
    Instant(DateTime<Utc>),
    /// Of any other type, by code points; in lower case, unless case counts.
    Text(String),
}

impl SortKey {
    fn of(attribute: &Attribute, value: &Value) -> Option<Self> {
        Some(match attribute.kind {
            AttributeType::Boolean => Self::Truth(value.as_bool()?),
            AttributeType::Integer => {
                Self::Integer(value.as_i64().or_else(|| value.as_u64().map(|_| i64::MAX))?)
            }
            AttributeType::Decimal => Self::Decimal(value.as_f64()?),
            AttributeType::DateTime => Self::Instant(instant(value.as_str()?)?),
            AttributeType::Any if value.is_boolean() => Self::Truth(value.as_bool()?),
            AttributeType::Any if value.is_number() => Self::Decimal(value.as_f64()?),
            _ => Self::Text(comparison_key(attribute.case_exact, value.as_str()?).into_owned()),
        })
    }

    /// Keys of one attribute are of one kind; those of several ones have some order all the same.
    fn rank(&self) -> u8 {
        match self {
            Self::Truth(_) => 0,
            Self::Integer(_) => 1,
            Self::Decimal(_) => 2,
            Self::Instant(_) => 3,
            Self::Text(_) => 4,
        }
    }
}

impl Ord for SortKey {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Truth(a), Self::Truth(b)) => a.cmp(b),
            (Self::Integer(a), Self::Integer(b)) => a.cmp(b),
            // The one zero is the other one.
            (Self::Decimal(a), Self::Decimal(b)) => (a + 0.0).total_cmp(&(b + 0.0)),
            (Self::Instant(a), Self::Instant(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            _ => self.rank().cmp(&other.rank()),
        }
    }
}

impl PartialOrd for SortKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for SortKey {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for SortKey {}

/// Where a resource stands in an order, whether it is still there or not; the order of positions is the ascending one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// Its key; `None` if it has no value.
    pub key: Option<SortKey>,
    /// Its id.
    pub id: ResourceId,
}

impl Position {
    /// The position of a resource; without a sort it is that of its age.
    pub fn of(sort: Option<&Sort>, resource: &Resource) -> Self {
        let age = || Some(SortKey::Instant(resource.created_at));
        Self { key: sort.map_or_else(age, |sort| sort.key(resource)), id: resource.id.clone() }
    }
}

impl Ord for Position {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = |position: &Self| position.key.is_none();
        order(self)
            .cmp(&order(other))
            .then_with(|| self.key.cmp(&other.key))
            .then_with(|| self.id.cmp(&other.id))
    }
}

impl PartialOrd for Position {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// Every bit of a number, which its digits need not give back.
mod bits {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(number.to_bits())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        u64::deserialize(deserializer).map(f64::from_bits)
    }
}

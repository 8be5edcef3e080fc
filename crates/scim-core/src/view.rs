//! Users and groups as what they are (RFC 7643 §4): the attributes of a stored resource by name and type.

use std::ops::Deref;

use serde_json::{Map, Value};

use crate::{ENTERPRISE_USER, Resource};

/// A user (RFC 7643 §4.1); the [`Resource`] itself is behind it, for any other attribute.
///
/// ```
/// use scim_core::{Resource, ResourceId, Revision, User};
/// use serde_json::json;
///
/// let attributes = json!({
///     "userName": "ada", "name": { "familyName": "King" }, "active": false,
///     "emails": [{ "value": "a@example.com" }, { "value": "b@example.com", "primary": true }],
/// });
/// let stored = Resource {
///     kind: "User".into(),
///     id: ResourceId::named("1"),
///     attributes: attributes.as_object().unwrap().clone(),
///     created_at: chrono::DateTime::UNIX_EPOCH,
///     updated_at: chrono::DateTime::UNIX_EPOCH,
///     revision: Revision::FIRST,
/// };
/// let ada = User::of(&stored).unwrap();
/// assert_eq!((ada.user_name(), ada.family_name(), ada.given_name()), (Some("ada"), Some("King"), None));
/// assert_eq!((ada.email(), ada.emails().count(), ada.is_active()), (Some("b@example.com"), 2, false));
/// ```
#[derive(Debug, Clone, Copy)]
pub struct User<'r>(&'r Resource);

/// A group (RFC 7643 §4.2); its members are rows of their own, which the store tells.
#[derive(Debug, Clone, Copy)]
pub struct Group<'r>(&'r Resource);

/// An e-mail address, a telephone number, or another value of a kind (RFC 7643 §2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Contact<'r> {
    /// `value`.
    pub value: &'r str,
    /// `type`: `work`, `home`, or any other.
    pub kind: Option<&'r str>,
    /// `primary`.
    pub is_primary: bool,
}

/// The enterprise extension of a user (RFC 7643 §4.3).
#[derive(Debug, Clone, Copy)]
pub struct Enterprise<'r>(&'r Map<String, Value>);

impl<'r> User<'r> {
    /// The user that a resource is; `None` if it is of another type.
    pub fn of(resource: &'r Resource) -> Option<Self> {
        (&*resource.kind == "User").then_some(Self(resource))
    }

    /// `userName`.
    pub fn user_name(self) -> Option<&'r str> {
        self.0.text("userName")
    }

    /// `externalId`, the name that the identity provider has for the user.
    pub fn external_id(self) -> Option<&'r str> {
        self.0.text("externalId")
    }

    /// `displayName`.
    pub fn display_name(self) -> Option<&'r str> {
        self.0.text("displayName")
    }

    /// `title`.
    pub fn title(self) -> Option<&'r str> {
        self.0.text("title")
    }

    /// `name.givenName`.
    pub fn given_name(self) -> Option<&'r str> {
        self.name("givenName")
    }

    /// `name.familyName`.
    pub fn family_name(self) -> Option<&'r str> {
        self.name("familyName")
    }

    /// `name.formatted`.
    pub fn formatted_name(self) -> Option<&'r str> {
        self.name("formatted")
    }

    /// `emails`; [`Resource::email`] is the one to write to.
    pub fn emails(self) -> impl Iterator<Item = Contact<'r>> {
        contacts(self.0, "emails")
    }

    /// `phoneNumbers`.
    pub fn phone_numbers(self) -> impl Iterator<Item = Contact<'r>> {
        contacts(self.0, "phoneNumbers")
    }

    /// The enterprise extension, if the user has an attribute of it.
    pub fn enterprise(self) -> Option<Enterprise<'r>> {
        self.0.attributes.get(ENTERPRISE_USER)?.as_object().map(Enterprise)
    }

    fn name(self, part: &str) -> Option<&'r str> {
        self.0.attributes.get("name")?.get(part)?.as_str()
    }
}

impl<'r> Group<'r> {
    /// The group that a resource is; `None` if it is of another type.
    pub fn of(resource: &'r Resource) -> Option<Self> {
        (&*resource.kind == "Group").then_some(Self(resource))
    }

    /// `displayName`.
    pub fn display_name(self) -> Option<&'r str> {
        self.0.text("displayName")
    }

    /// `externalId`, the name that the identity provider has for the group.
    pub fn external_id(self) -> Option<&'r str> {
        self.0.text("externalId")
    }
}

impl<'r> Enterprise<'r> {
    /// `employeeNumber`.
    pub fn employee_number(self) -> Option<&'r str> {
        self.text("employeeNumber")
    }

    /// `costCenter`.
    pub fn cost_center(self) -> Option<&'r str> {
        self.text("costCenter")
    }

    /// `organization`.
    pub fn organization(self) -> Option<&'r str> {
        self.text("organization")
    }

    /// `division`.
    pub fn division(self) -> Option<&'r str> {
        self.text("division")
    }

    /// `department`.
    pub fn department(self) -> Option<&'r str> {
        self.text("department")
    }

    /// `manager.value`, the id of a user.
    pub fn manager(self) -> Option<&'r str> {
        self.0.get("manager")?.get("value")?.as_str()
    }

    fn text(self, name: &str) -> Option<&'r str> {
        self.0.get(name)?.as_str()
    }
}

impl Deref for User<'_> {
    type Target = Resource;

    fn deref(&self) -> &Resource {
        self.0
    }
}

impl Deref for Group<'_> {
    type Target = Resource;

    fn deref(&self) -> &Resource {
        self.0
    }
}

/// The elements of a list that have a value.
fn contacts<'r>(resource: &'r Resource, name: &str) -> impl Iterator<Item = Contact<'r>> {
    let elements = resource.attributes.get(name).and_then(Value::as_array).into_iter().flatten();
    elements.filter_map(|element| {
        Some(Contact {
            value: element.get("value")?.as_str()?,
            kind: element.get("type").and_then(Value::as_str),
            is_primary: element.get("primary") == Some(&Value::Bool(true)),
        })
    })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::json;

    use super::*;
    use crate::{ResourceId, Revision};

    fn stored(kind: &str, attributes: &Value) -> Resource {
        Resource {
            kind: kind.into(),
            id: ResourceId::named("1"),
            attributes: attributes.as_object().unwrap().clone(),
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            revision: Revision::FIRST,
        }
    }

    #[test]
    fn a_user_is_seen_by_its_types() {
        let resource = stored(
            "User",
            &json!({
                "userName": "ada", "externalId": "e1", "displayName": "Ada", "title": "Countess",
                "name": { "givenName": "Ada", "familyName": "King", "formatted": "Ada King" },
                "emails": [{ "type": "home" }, { "value": "a@example.com", "type": "work" }, { "value": 7 }],
                "phoneNumbers": [{ "value": "1", "primary": true }, { "value": "2", "primary": false }],
                ENTERPRISE_USER: {
                    "employeeNumber": "1", "costCenter": "2", "organization": "3", "division": "4",
                    "department": "5", "manager": { "value": "26" },
                },
            }),
        );
        let ada = User::of(&resource).unwrap();
        let names = [ada.user_name(), ada.external_id(), ada.display_name(), ada.title()];
        assert_eq!(names, ["ada", "e1", "Ada", "Countess"].map(Some));
        let names = [ada.given_name(), ada.family_name(), ada.formatted_name()];
        assert_eq!(names, ["Ada", "King", "Ada King"].map(Some));
        let work = Contact { value: "a@example.com", kind: Some("work"), is_primary: false };
        assert_eq!(ada.emails().collect::<Vec<_>>(), [work], "what has no text as its value is left out");
        let phones: Vec<_> = ada.phone_numbers().map(|phone| (phone.value, phone.is_primary)).collect();
        assert_eq!(phones, [("1", true), ("2", false)]);
        let at = ada.enterprise().unwrap();
        let work =
            [at.employee_number(), at.cost_center(), at.organization(), at.division(), at.department()];
        assert_eq!((work, at.manager()), (["1", "2", "3", "4", "5"].map(Some), Some("26")));
        assert_eq!((ada.id.as_str(), ada.is_active()), ("1", true), "the resource is behind it");
    }

    #[test]
    fn what_is_not_there_is_none_and_another_type_is_no_user() {
        let nobody =
            stored("User", &json!({ "name": "no object", "emails": "no list", ENTERPRISE_USER: [] }));
        let user = User::of(&nobody).unwrap();
        assert_eq!((user.user_name(), user.given_name(), user.emails().count()), (None, None, 0));
        assert!(user.enterprise().is_none());
        let staff = stored("Group", &json!({ "displayName": "Staff", "externalId": "g" }));
        assert!(User::of(&staff).is_none() && Group::of(&nobody).is_none());
        let group = Group::of(&staff).unwrap();
        assert_eq!((group.display_name(), group.external_id()), (Some("Staff"), Some("g")));
    }
}

//! The JSON shapes of the public API for directories.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{Directory, DirectoryId, GroupRoleMapping};

/// A directory: the wire's `directory`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DirectoryBody {
    /// `directory`.
    pub object: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The enterprise connection that it belongs to.
    pub enterprise_connection_id: String,
    /// The base URL for the identity provider.
    pub endpoint_url: String,
    /// The identity provider.
    pub provider: String,
    /// Whether it takes requests.
    pub enabled: bool,
    /// Whether groups give roles.
    pub group_role_mapping_enabled: bool,
    /// Custom attributes by their path in the directory.
    pub attribute_mapping: BTreeMap<String, String>,
    /// The attribute pool of its enterprise connection.
    pub custom_attributes: Vec<CustomAttributeBody>,
    /// Its token, in the answers that create or rotate it; null in any other.
    pub api_key: Option<String>,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
    /// When it was changed last, in milliseconds since 1970.
    pub updated_at: i64,
}

/// A custom attribute.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomAttributeBody {
    /// Its name.
    pub name: String,
    /// Where it lands in `public_metadata`.
    pub key: String,
    /// Where single sign-on has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sso_path: Option<String>,
    /// Where the directory has it, under the older name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scim_path: Option<String>,
    /// Where the directory has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub directory_path: Option<String>,
    /// Whether it has a list of values.
    pub multi_valued: bool,
}

/// That members of a group have a role: the wire's `directory_group_role_mapping`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MappingBody {
    /// `directory_group_role_mapping`.
    pub object: String,
    /// Its id.
    pub id: String,
    /// The directory.
    pub directory_id: String,
    /// The directory, under the older name.
    pub scim_directory_id: String,
    /// The group.
    pub directory_group_id: String,
    /// The group, under the older name.
    pub scim_group_id: String,
    /// The group's name.
    pub directory_group_display_name: String,
    /// The group's name, under the older name.
    pub scim_group_display_name: String,
    /// The role, by the id that the mapping was made with.
    pub role_id: String,
    /// From 1; the lower one wins.
    pub precedence: u64,
    /// When it was created, in milliseconds since 1970.
    pub created_at: i64,
    /// When it was created, too: a mapping is replaced and never changed.
    pub updated_at: i64,
}

impl DirectoryBody {
    /// The shape of a directory; `token` is given when it was just made.
    pub fn new(directory: &Directory, endpoint_url: &str, token: Option<&str>) -> Self {
        let attributes = directory.custom_attributes.iter();
        let mapping = |path: &str, key: &str| (key.to_owned(), path.to_owned());
        Self {
            object: "directory".to_owned(),
            id: directory.id.to_string(),
            name: directory.name.to_string(),
            enterprise_connection_id: directory.enterprise_connection_id.to_string(),
            endpoint_url: endpoint_url.to_owned(),
            provider: directory.provider.to_string(),
            enabled: directory.enabled,
            group_role_mapping_enabled: directory.group_role_mapping_enabled,
            attribute_mapping: attributes
                .clone()
                .filter_map(|attribute| Some(mapping(attribute.directory_path.as_deref()?, &attribute.key)))
                .collect(),
            custom_attributes: attributes.map(CustomAttributeBody::from).collect(),
            api_key: token.map(str::to_owned),
            created_at: directory.created_at.timestamp_millis(),
            updated_at: directory.updated_at.timestamp_millis(),
        }
    }
}

impl From<&crate::AttributeDefinition> for CustomAttributeBody {
    fn from(definition: &crate::AttributeDefinition) -> Self {
        let path = definition.directory_path.as_deref().map(str::to_owned);
        Self {
            name: definition.name.to_string(),
            key: definition.key.to_string(),
            sso_path: definition.sso_path.as_deref().map(str::to_owned),
            scim_path: path.clone(),
            directory_path: path,
            multi_valued: definition.multi_valued,
        }
    }
}

impl MappingBody {
    /// The shapes of a directory's mappings, in order of precedence.
    pub fn all(directory: &Directory) -> Vec<Self> {
        let numbered = (1_u64..).zip(directory.mappings.iter());
        numbered.map(|(precedence, mapping)| Self::new(&directory.id, mapping, precedence)).collect()
    }

    fn new(directory: &DirectoryId, mapping: &GroupRoleMapping, precedence: u64) -> Self {
        Self {
            object: "directory_group_role_mapping".to_owned(),
            id: mapping.id.to_string(),
            directory_id: directory.to_string(),
            scim_directory_id: directory.to_string(),
            directory_group_id: mapping.group.to_string(),
            scim_group_id: mapping.group.to_string(),
            directory_group_display_name: mapping.group_name.to_string(),
            scim_group_display_name: mapping.group_name.to_string(),
            role_id: mapping.role.to_string(),
            precedence,
            created_at: mapping.created_at.timestamp_millis(),
            updated_at: mapping.created_at.timestamp_millis(),
        }
    }
}

//! The schemas and the types of resources that a service provider knows.

use std::{collections::HashSet, sync::Arc};

use serde_json::Value;

use crate::{
    path::KnownPaths,
    schema::{Attribute, AttributeType, Mutability, ResourceType, Returned, Schema, Uniqueness},
};

/// The URN of the enterprise extension of users.
pub const ENTERPRISE_USER: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// The schemas and the types of resources that a service provider knows.
///
/// ```
/// let registry = scim_core::Registry::standard();
/// assert_eq!(&**registry.resource_type("User").unwrap().endpoint(), "/Users");
/// ```
#[derive(Debug, Clone)]
pub struct Registry {
    schemas: Vec<Arc<Schema>>,
    types: Vec<Arc<TypeSchema>>,
}

/// A type of resource with its schemas at hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypeSchema {
    /// The type.
    pub definition: ResourceType,
    /// Its own schema.
    pub schema: Arc<Schema>,
    /// The schemas that extend it.
    pub extensions: Vec<Arc<Schema>>,
    common: Vec<Arc<Attribute>>,
    paths: KnownPaths,
    extension_paths: Vec<KnownPaths>,
    /// How many of the extensions, at their end, are other types'.
    foreign: usize,
}

const SCHEMAS: [&str; 3] = [
    include_str!("../schemas/user.json"),
    include_str!("../schemas/group.json"),
    include_str!("../schemas/enterprise_user.json"),
];
const RESOURCE_TYPES: &str = include_str!("../schemas/resource_types.json");

impl Registry {
    /// Users with the enterprise extension, and groups.
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "the documents are part of this crate, and every test reads them"
    )]
    pub fn standard() -> Self {
        let documents = SCHEMAS.iter().chain([&RESOURCE_TYPES]);
        let documents = documents.map(|text| serde_json::from_str(text).expect("a document of this crate"));
        Self::of(documents).expect("the documents of this crate")
    }

    fn of(documents: impl IntoIterator<Item = Value>) -> Result<Self, DocumentError> {
        Self { schemas: Vec::new(), types: Vec::new() }.with(documents)
    }

    /// The same with additional documents: Schema (RFC 7643 §7) and ResourceType (§6), each by itself, in an array, or in a
    /// ListResponse as `/Schemas` and `/ResourceTypes` answer it.
    ///
    /// A document replaces one with the same id or name. Types may come before the schemas that they name.
    ///
    /// # Errors
    /// [`DocumentError`].
    pub fn with(mut self, documents: impl IntoIterator<Item = Value>) -> Result<Self, DocumentError> {
        let mut types: Vec<ResourceType> = self.types.iter().map(|kind| kind.definition.clone()).collect();
        for document in documents.into_iter().flat_map(each) {
            if document.get("attributes").is_some() {
                let schema: Schema = serde_json::from_value(document).map_err(DocumentError::Unreadable)?;
                if let Some((attribute, why)) = schema.wrong_attribute() {
                    return Err(DocumentError::Attribute { schema: schema.id, attribute, why });
                }
                self.schemas.retain(|known| !known.id.eq_ignore_ascii_case(&schema.id));
                self.schemas.push(Arc::new(schema));
            } else if document.get("endpoint").is_some() {
                let kind: ResourceType =
                    serde_json::from_value(document).map_err(DocumentError::Unreadable)?;
                types.retain(|known| known.name != kind.name);
                types.push(kind);
            } else {
                return Err(DocumentError::Neither);
            }
        }
        check_endpoints(&types)?;
        self.types = types.into_iter().map(|kind| self.resolve(kind)).collect::<Result<_, _>>()?;
        Ok(self)
    }

    fn resolve(&self, definition: ResourceType) -> Result<Arc<TypeSchema>, DocumentError> {
        let known = |urn: &str| {
            let schema = self.schema(urn).cloned();
            schema.ok_or_else(|| DocumentError::UnknownSchema {
                kind: definition.name.clone(),
                schema: urn.into(),
            })
        };
        let schema = known(&definition.schema)?;
        let extensions: Vec<Arc<Schema>> = definition
            .schema_extensions
            .iter()
            .map(|extension| known(&extension.schema))
            .collect::<Result<_, _>>()?;
        Ok(Arc::new(TypeSchema::of(definition, schema, extensions, 0)))
    }

    /// Every schema.
    pub fn schemas(&self) -> &[Arc<Schema>] {
        &self.schemas
    }

    /// The schema with this URN, in any case.
    pub fn schema(&self, urn: &str) -> Option<&Arc<Schema>> {
        self.schemas.iter().find(|schema| schema.id.eq_ignore_ascii_case(urn))
    }

    /// Every type of resource.
    pub fn resource_types(&self) -> &[Arc<TypeSchema>] {
        &self.types
    }

    /// The type of this name.
    pub fn resource_type(&self, name: &str) -> Option<&Arc<TypeSchema>> {
        self.types.iter().find(|kind| &*kind.definition.name == name)
    }

    /// The type at this path below the base URL, without the slash: `Users`.
    pub fn at_endpoint(&self, endpoint: &str) -> Option<&Arc<TypeSchema>> {
        self.types.iter().find(|kind| kind.definition.endpoint.trim_start_matches('/') == endpoint)
    }
}

fn each(mut document: Value) -> Vec<Value> {
    match document.get_mut("Resources").map(Value::take).unwrap_or(document) {
        Value::Array(documents) => documents,
        document => vec![document],
    }
}

/// What is at these paths of a service provider is no type of resource (RFC 7644 §3.2).
const RESERVED: [&str; 5] = ["Me", "Bulk", "Schemas", "ResourceTypes", "ServiceProviderConfig"];

fn check_endpoints(types: &[ResourceType]) -> Result<(), DocumentError> {
    let segment = |kind: &ResourceType| kind.endpoint.trim_start_matches('/').to_owned();
    let mut taken: HashSet<String> = RESERVED.map(str::to_owned).into();
    let refused = types.iter().find(|kind| {
        let segment = segment(kind);
        segment.is_empty()
            || segment.contains(['/', '?', '#'])
            || segment.starts_with('.')
            || !taken.insert(segment)
    });
    match refused {
        None => Ok(()),
        Some(kind) => {
            Err(DocumentError::Endpoint { kind: kind.name.clone(), endpoint: kind.endpoint.clone() })
        }
    }
}

impl TypeSchema {
    fn of(
        definition: ResourceType,
        schema: Arc<Schema>,
        extensions: Vec<Arc<Schema>>,
        foreign: usize,
    ) -> Self {
        let common = common_attributes();
        let paths = KnownPaths::of(None, schema.attributes.iter().chain(&common));
        let into = |schema: &Arc<Schema>| KnownPaths::of(Some(&schema.id), schema.attributes.iter());
        let extension_paths = extensions.iter().map(into).collect();
        Self { definition, schema, extensions, common, paths, extension_paths, foreign }
    }

    /// Its name: `User`.
    pub fn name(&self) -> &Arc<str> {
        &self.definition.name
    }

    /// Its path below the base URL: `/Users`.
    pub fn endpoint(&self) -> &Arc<str> {
        &self.definition.endpoint
    }

    /// An attribute of the type's own schema, or one that every resource has.
    pub fn attribute(&self, name: &str) -> Option<&Arc<Attribute>> {
        self.paths.attribute(name)
    }

    /// The paths into its own schema and the common attributes.
    pub(crate) fn paths(&self) -> &KnownPaths {
        &self.paths
    }

    /// The extensions, each with the paths into it.
    pub(crate) fn extension_paths(&self) -> impl Iterator<Item = (&Arc<Schema>, &KnownPaths)> {
        self.extensions.iter().zip(&self.extension_paths)
    }

    /// The attributes that every resource has: `id`, `externalId`, `meta`, `schemas`.
    pub fn common(&self) -> &[Arc<Attribute>] {
        &self.common
    }

    /// The extension with this URN, in any case.
    pub fn extension(&self, urn: &str) -> Option<&Arc<Schema>> {
        self.extensions.iter().find(|schema| schema.id.eq_ignore_ascii_case(urn))
    }

    /// The same as if its resources had these attributes and extensions, too; where it has one of that name, it is its own.
    pub(crate) fn beside(&self, attributes: &[Arc<Attribute>], schemas: &[Arc<Schema>]) -> Self {
        let own = std::iter::once(&self.schema).chain(&self.extensions);
        let names = own.clone().flat_map(|schema| &schema.attributes).chain(&self.common);
        let names: HashSet<String> = names.map(|own| own.name.to_ascii_lowercase()).collect();
        let is_new = |found: &&Arc<Attribute>| !names.contains(&found.name.to_ascii_lowercase());
        let is_foreign =
            |found: &&Arc<Schema>| own.clone().all(|own| !own.id.eq_ignore_ascii_case(&found.id));
        let (mut schema, mut extensions) = (Schema::clone(&self.schema), self.extensions.clone());
        schema.attributes.extend(attributes.iter().filter(is_new).cloned());
        extensions.extend(schemas.iter().filter(is_foreign).cloned());
        let foreign = extensions.len().saturating_sub(self.extensions.len());
        Self::of(self.definition.clone(), schema.into(), extensions, foreign)
    }

    /// The extensions that a resource of the type may have.
    pub(crate) fn own_extensions(&self) -> &[Arc<Schema>] {
        let own = self.extensions.len().saturating_sub(self.foreign);
        self.extensions.get(..own).unwrap_or_default()
    }

    /// The URNs of the extensions that a resource must have.
    pub(crate) fn required_extensions(&self) -> impl Iterator<Item = &str> {
        self.definition
            .schema_extensions
            .iter()
            .filter(|extension| extension.required)
            .map(|found| &*found.schema)
    }

    /// Whether there is anything that an answer has only if it was asked for.
    pub(crate) fn returns_on_request(&self) -> bool {
        let on_request = |attribute: &Arc<Attribute>| attribute.returned == Returned::Request;
        let mut schemas = std::iter::once(&self.schema).chain(&self.extensions);
        schemas.any(|schema| {
            let mut attributes = schema.attributes.iter();
            attributes
                .any(|attribute| on_request(attribute) || attribute.sub_attributes.iter().any(on_request))
        })
    }

    /// Whether members are kept as rows, apart from the resource.
    pub fn has_members(&self) -> bool {
        self.attribute("members").is_some_and(|members| members.multi_valued && members.is_complex())
    }
}

/// RFC 7643 §3.1.
fn common_attributes() -> Vec<Arc<Attribute>> {
    use AttributeType::{Complex, DateTime, Reference, String};
    let meta = [
        common("resourceType", String, Mutability::ReadOnly, true),
        common("created", DateTime, Mutability::ReadOnly, false),
        common("lastModified", DateTime, Mutability::ReadOnly, false),
        common("location", Reference, Mutability::ReadOnly, true),
        common("version", String, Mutability::ReadOnly, true),
    ];
    let sub_attributes = meta.into_iter().map(Arc::new).collect();
    let attributes = [
        Attribute {
            multi_valued: true,
            returned: Returned::Always,
            ..common("schemas", Reference, Mutability::ReadWrite, true)
        },
        Attribute {
            returned: Returned::Always,
            uniqueness: Uniqueness::Server,
            ..common("id", String, Mutability::ReadOnly, true)
        },
        common("externalId", String, Mutability::ReadWrite, true),
        Attribute { sub_attributes, ..common("meta", Complex, Mutability::ReadOnly, false) },
    ];
    attributes.into_iter().map(Arc::new).collect()
}

fn common(name: &str, kind: AttributeType, mutability: Mutability, case_exact: bool) -> Attribute {
    Attribute {
        name: name.into(),
        kind,
        multi_valued: false,
        description: String::new(),
        required: false,
        case_exact,
        mutability,
        returned: Returned::Default,
        uniqueness: Uniqueness::None,
        canonical_values: Vec::new(),
        reference_types: Vec::new(),
        sub_attributes: Vec::new(),
    }
}

/// Why a document is no schema and no type of resource.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// It has not the shape.
    #[error("the document is no schema and no resource type")]
    Unreadable(#[source] serde_json::Error),
    /// It has neither `attributes` nor an `endpoint`.
    #[error(
        "the document has neither `attributes`, as a schema has, nor an `endpoint`, as a resource type has"
    )]
    Neither,
    /// A schema has an attribute that none can have (RFC 7643 §1.2, §2.1 and §2.3.8).
    #[error("the schema `{schema}` can't have the attribute `{attribute}`: {why}")]
    Attribute {
        /// The schema.
        schema: Arc<str>,
        /// The attribute, or the one that it is within.
        attribute: Arc<str>,
        /// What is wrong with it.
        why: &'static str,
    },
    /// A type can't be at its endpoint.
    #[error(
        "the resource type `{kind}` can't be at `{endpoint}`: that must be one segment, and nobody else's"
    )]
    Endpoint {
        /// The type.
        kind: Arc<str>,
        /// Where it was to be.
        endpoint: Arc<str>,
    },
    /// A type names a schema that nobody has given.
    #[error("the resource type `{kind}` names the schema `{schema}`, which is not known")]
    UnknownSchema {
        /// The type.
        kind: Arc<str>,
        /// The schema.
        schema: Arc<str>,
    },
}

//! Which attributes an answer has (RFC 7644 §3.9).

use serde_json::{Map, Value};

use crate::{
    AttributePath, PatchRequest,
    path::{Target, resolve},
    registry::TypeSchema,
    schema::{Attribute, Returned},
};

/// What a client asks for in `attributes` and `excludedAttributes`; what is unknown there selects nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Projection {
    asked: Option<Vec<Target>>,
    excluded: Vec<Target>,
    /// What the request that is answered writes.
    written: Vec<Target>,
}

impl Projection {
    /// Reads the two parameters: names separated by commas.
    pub fn parse(kind: &TypeSchema, attributes: Option<&str>, excluded: Option<&str>) -> Self {
        let read = |list: &str| {
            let names = list.split(',').map(str::trim).filter(|name| !name.is_empty());
            names.filter_map(|name| resolve(kind, name)).collect::<Vec<_>>()
        };
        let asked = attributes.filter(|list| !list.trim().is_empty()).map(read);
        Self { asked, excluded: excluded.map(read).unwrap_or_default(), written: Vec::new() }
    }

    /// The same for the answer to a PATCH: it has what is returned on request, if the PATCH names it (RFC 7643 §7).
    #[must_use]
    pub fn answering(self, kind: &TypeSchema, request: &PatchRequest) -> Self {
        self.having_written(kind, || request.named())
    }

    /// The same for the answer to a POST or a PUT with this body.
    pub(crate) fn answering_body(self, kind: &TypeSchema, body: &Value) -> Self {
        self.having_written(kind, || names(body))
    }

    fn having_written(self, kind: &TypeSchema, names: impl FnOnce() -> Vec<String>) -> Self {
        if !kind.returns_on_request() {
            return self;
        }
        let written = names().into_iter().filter_map(|name| match resolve(kind, &name)? {
            // What is written of an extension is named by itself.
            Target::Extension(_) => None,
            target => Some(target),
        });
        Self { written: written.collect(), ..self }
    }

    /// Whether the answer has any part of this attribute of the type's own schema, so that it must be loaded.
    pub fn wants(&self, attribute: &Attribute) -> bool {
        self.keeps(None, attribute)
    }

    /// Takes out of a resource's wire form what is not asked for.
    pub(crate) fn apply(&self, kind: &TypeSchema, resource: &mut Map<String, Value>) {
        for attribute in kind.schema.attributes.iter().chain(kind.common()) {
            self.apply_to(None, attribute, resource);
        }
        for extension in &kind.extensions {
            let Some(Value::Object(inner)) = resource.get_mut(&*extension.id) else { continue };
            for attribute in &extension.attributes {
                self.apply_to(Some(&extension.id), attribute, inner);
            }
            if inner.is_empty() {
                resource.remove(&*extension.id);
            }
        }
    }

    fn apply_to(&self, extension: Option<&str>, attribute: &Attribute, holder: &mut Map<String, Value>) {
        if !self.keeps(extension, attribute) {
            holder.remove(&*attribute.name);
            return;
        }
        let Some(value) = holder.get_mut(&*attribute.name) else { return };
        for sub in attribute.sub_attributes.iter().filter(|sub| !self.keeps_sub(extension, attribute, sub)) {
            remove_sub(value, &sub.name);
        }
        // RFC 7644 §3.9: what is asked for overrides the default, so that `members.display` brings no `value` along. An
        // element of which nothing is asked for has no value then, and RFC 7643 §2.5 has none answered as absent, not `{}`.
        if let Value::Array(elements) = value {
            elements.retain(|element| !is_nothing(element));
        }
        if is_nothing(value) {
            holder.remove(&*attribute.name);
        }
    }

    fn keeps(&self, extension: Option<&str>, attribute: &Attribute) -> bool {
        let names = |targets: &[Target], whole: bool| {
            targets.iter().any(|target| match target {
                Target::Extension(schema) => extension == Some(&*schema.id),
                Target::Attribute(path) => is(path, extension, attribute) && (!whole || path.sub.is_none()),
            })
        };
        match (attribute.returned, &self.asked) {
            (Returned::Always, _) => true,
            (Returned::Never, _) => false,
            (_, Some(asked)) => names(asked, false),
            (Returned::Request, None) => names(&self.written, false) && !names(&self.excluded, true),
            (Returned::Default, None) => !names(&self.excluded, true),
        }
    }

    fn keeps_sub(&self, extension: Option<&str>, attribute: &Attribute, sub: &Attribute) -> bool {
        let of = |targets: &'_ [Target]| -> Vec<Option<String>> {
            let paths = targets.iter().filter_map(|target| match target {
                Target::Attribute(path) if is(path, extension, attribute) => Some(path),
                _ => None,
            });
            paths.map(|path| path.sub.as_deref().map(|sub| sub.name.to_string())).collect()
        };
        let names = |subs: &[Option<String>]| subs.iter().any(|name| name.as_deref() == Some(&*sub.name));
        match (sub.returned, &self.asked) {
            (Returned::Always, _) => true,
            (Returned::Never, _) => false,
            (_, Some(asked)) => {
                let asked = of(asked);
                asked.is_empty() || asked.contains(&None) || names(&asked)
            }
            (Returned::Request, None) => {
                let written = of(&self.written);
                (written.contains(&None) || names(&written)) && !names(&of(&self.excluded))
            }
            (Returned::Default, None) => !names(&of(&self.excluded)),
        }
    }
}

/// The names in a body, those in an extension behind its URN.
pub(crate) fn names(body: &Value) -> Vec<String> {
    body.as_object().into_iter().flatten().flat_map(|(name, value)| named(name, value)).collect()
}

/// A name, and those in its value, if it may be an extension's.
pub(crate) fn named(name: &str, value: &Value) -> Vec<String> {
    let inner = value.as_object().filter(|_| name.contains(':')).into_iter().flatten();
    inner.map(|(inner, _)| format!("{name}:{inner}")).chain([name.to_owned()]).collect()
}

fn is(path: &AttributePath, extension: Option<&str>, attribute: &Attribute) -> bool {
    path.extension.as_deref() == extension && path.attribute.name == attribute.name
}

fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Object(object) => object.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        _ => false,
    }
}

fn remove_sub(value: &mut Value, sub: &str) {
    match value {
        Value::Object(object) => drop(object.remove(sub)),
        Value::Array(elements) => elements.iter_mut().for_each(|element| remove_sub(element, sub)),
        _ => {}
    }
}

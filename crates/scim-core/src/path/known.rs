//! The paths that a schema has, looked up by what a client writes.

use std::sync::Arc;

use super::{AttributePath, is_filterable};
use crate::schema::Attribute;

/// Every path into one schema; made once, since each name in a filter, a path or a body is looked up here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KnownPaths {
    /// In the order of their digests.
    known: Vec<Known>,
    /// Where those of each digest begin; and the end.
    begins: Box<[usize]>,
}

/// An attribute and the paths that lead to it and into it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Known {
    path: Arc<AttributePath>,
    /// To each sub-attribute.
    inner: Vec<Arc<AttributePath>>,
    /// To each sub-attribute that can be filtered by, seen from an element.
    elements: Vec<Arc<AttributePath>>,
}

impl KnownPaths {
    pub(crate) fn of<'a>(
        extension: Option<&Arc<str>>,
        attributes: impl Iterator<Item = &'a Arc<Attribute>>,
    ) -> Self {
        let known = |attribute: &Arc<Attribute>| {
            let path =
                AttributePath { extension: extension.cloned(), attribute: attribute.clone(), sub: None };
            let subs = attribute.sub_attributes.iter();
            let inner = subs.clone().map(|sub| AttributePath { sub: Some(sub.clone()), ..path.clone() });
            let element =
                |sub: &Arc<Attribute>| AttributePath { extension: None, attribute: sub.clone(), sub: None };
            Known {
                inner: inner.map(Arc::new).collect(),
                elements: subs
                    .filter(|sub| is_filterable(attribute, Some(sub)))
                    .map(element)
                    .map(Arc::new)
                    .collect(),
                path: Arc::new(path),
            }
        };
        let mut known: Vec<_> = attributes.map(known).collect();
        let digest_of = |known: &Known| digest(&known.path.attribute.name);
        known.sort_by_key(digest_of);
        let begin = |digest| known.partition_point(|known| digest_of(known) < digest);
        Self { begins: (0..=DIGESTS).map(begin).collect(), known }
    }

    /// The path to an attribute, or to a sub-attribute behind a `.`; names match in any case.
    pub(crate) fn path(&self, text: &str) -> Option<&Arc<AttributePath>> {
        if let Some(known) = self.find(text) {
            return Some(&known.path);
        }
        let (name, sub) = text.split_once('.')?;
        let attribute = self.find(name)?;
        attribute.inner.iter().find(|path| path.sub.as_ref().is_some_and(|found| found.is_named(sub)))
    }

    /// The paths that the elements of an attribute have for the filter of a value path.
    pub(super) fn elements(&self, attribute: &str) -> &[Arc<AttributePath>] {
        self.find(attribute).map_or(&[], |known| &known.elements)
    }

    pub(crate) fn attribute(&self, name: &str) -> Option<&Arc<Attribute>> {
        Some(&self.find(name)?.path.attribute)
    }

    fn find(&self, name: &str) -> Option<&Known> {
        let [begin, end] = self.begins.get(digest(name)..)?.first_chunk()?;
        self.known.get(*begin..*end)?.iter().find(|known| known.path.attribute.is_named(name))
    }
}

/// How many digests there are.
const DIGESTS: usize = 256;

/// Equal for names that differ in case alone, and different for most others.
fn digest(name: &str) -> usize {
    let bytes = name.as_bytes();
    let folded = |byte: Option<&u8>| byte.map_or(0, |byte| usize::from(byte | 0x20));
    let (first, middle, last) = (bytes.first(), bytes.get(bytes.len() / 2), bytes.last());
    let mixed = bytes.len() ^ (folded(first) << 1) ^ (folded(middle) << 2) ^ (folded(last) << 3);
    mixed % DIGESTS
}

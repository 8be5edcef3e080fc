//! Lists of many elements, changed without comparing each with each.

use std::collections::{BTreeMap, HashSet};

use serde_json::Value;

/// So many elements are compared one by one with those that are there.
const FEW: usize = 8;

/// Appends what is not there yet.
pub(super) fn append(elements: &mut Vec<Value>, sent: &[Value]) {
    if sent.len() <= FEW {
        for element in sent {
            if !elements.contains(element) {
                elements.push(element.clone());
            }
        }
        return;
    }
    let mut known: HashSet<String> = elements.iter().map(Value::to_string).collect();
    elements.extend(sent.iter().filter(|element| known.insert(element.to_string())).cloned());
}

/// Elements that a client names, each by some of its sub-attributes or whole.
///
/// They are kept by which sub-attributes name them, of which a schema allows only so many, and looked up.
pub(super) struct Named(BTreeMap<Vec<String>, HashSet<String>>);

impl Named {
    pub(super) fn new(named: &[Value]) -> Self {
        let mut by_names: BTreeMap<_, HashSet<_>> = BTreeMap::new();
        for element in named {
            let names: Vec<String> =
                element.as_object().map(|object| object.keys().cloned().collect()).unwrap_or_default();
            let said = part(element, &names);
            by_names.entry(names).or_default().extend(said);
        }
        Self(by_names)
    }

    /// Whether everything that one of them says is so of `element`.
    pub(super) fn covers(&self, element: &Value) -> bool {
        self.0.iter().any(|(names, said)| part(element, names).is_some_and(|part| said.contains(&part)))
    }
}

/// The sub-attributes of these names, if all are there; a plain value is said whole.
fn part(element: &Value, names: &[String]) -> Option<String> {
    match element {
        Value::Object(object) => {
            let values = names.iter().map(|name| object.get(name)).collect::<Option<Vec<_>>>()?;
            serde_json::to_string(&values).ok()
        }
        plain => names.is_empty().then(|| plain.to_string()),
    }
}

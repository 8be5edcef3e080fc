//! In which order the operations of a bulk request happen.

use std::collections::HashMap;

use super::{
    reference,
    request::{Method, Operation, Target},
};

/// What happens together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unit {
    /// One operation.
    Single(usize),
    /// Operations that create resources which refer to each other in a circle, or one to itself.
    Circle(Vec<usize>),
}

/// The operations as they were sent, except that one comes after those that create what it refers to.
///
/// The strongly connected components of the references, by Tarjan's algorithm, in time linear in the references.
pub(crate) fn order(operations: &[Operation]) -> Vec<Unit> {
    let edges = edges(operations);
    let mut walk = Walk {
        edges: &edges,
        marks: vec![Mark::Unseen; operations.len()],
        open: Vec::new(),
        units: Vec::new(),
        seen: 0,
    };
    (0..operations.len()).for_each(|at| walk.start(at));
    walk.units
}

/// Which operations each one refers to.
fn edges(operations: &[Operation]) -> Vec<Vec<usize>> {
    let mut creates = HashMap::new();
    for (at, operation) in operations.iter().enumerate() {
        if let (Some(id), Ok(asked)) = (&operation.bulk_id, &operation.asked) {
            if asked.method == Method::Post {
                creates.insert(id.as_str(), at);
            }
        }
    }
    let of = |operation: &Operation| {
        let mut found = Vec::new();
        if let Ok(asked) = &operation.asked {
            let mut refer = |id: &str| found.extend(creates.get(id).copied());
            reference::visit(&asked.data, &mut refer);
            if let Target::BulkId(id) = &asked.target {
                refer(id);
            }
        }
        found
    };
    operations.iter().map(of).collect()
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Unseen,
    /// When it was seen, and the earliest one that it reaches.
    Open(usize, usize),
    Closed,
}

struct Walk<'a> {
    edges: &'a [Vec<usize>],
    marks: Vec<Mark>,
    /// Seen and not in a unit yet.
    open: Vec<usize>,
    units: Vec<Unit>,
    seen: usize,
}

impl Walk<'_> {
    fn start(&mut self, at: usize) {
        if self.mark(at) != Mark::Unseen {
            return;
        }
        // The path of the walk, and how many edges of each were followed; no recursion, however long it is.
        let mut path = vec![(at, 0)];
        self.see(at);
        while let Some((from, followed)) = path.last_mut() {
            let from = *from;
            let next = self.edges.get(from).and_then(|edges| edges.get(*followed)).copied();
            *followed = followed.saturating_add(1);
            match next.map(|next| (next, self.mark(next))) {
                Some((next, Mark::Unseen)) => {
                    self.see(next);
                    path.push((next, 0));
                }
                Some((_, Mark::Open(seen, _))) => self.reach(from, seen),
                Some((_, Mark::Closed)) => {}
                None => {
                    path.pop();
                    self.leave(from, path.last().map(|(parent, _)| *parent));
                }
            }
        }
    }

    fn mark(&self, at: usize) -> Mark {
        self.marks.get(at).copied().unwrap_or(Mark::Closed)
    }

    fn set(&mut self, at: usize, mark: Mark) {
        if let Some(place) = self.marks.get_mut(at) {
            *place = mark;
        }
    }

    fn see(&mut self, at: usize) {
        self.set(at, Mark::Open(self.seen, self.seen));
        self.seen = self.seen.saturating_add(1);
        self.open.push(at);
    }

    fn reach(&mut self, at: usize, earliest: usize) {
        if let Mark::Open(seen, known) = self.mark(at) {
            self.set(at, Mark::Open(seen, known.min(earliest)));
        }
    }

    fn leave(&mut self, at: usize, parent: Option<usize>) {
        let Mark::Open(seen, earliest) = self.mark(at) else { return };
        if earliest < seen {
            parent.into_iter().for_each(|parent| self.reach(parent, earliest));
            return;
        }
        let first = self.open.iter().rposition(|open| *open == at).unwrap_or_default();
        let mut unit = self.open.split_off(first);
        unit.sort_unstable();
        unit.iter().for_each(|at| self.set(*at, Mark::Closed));
        let itself = self.edges.get(at).is_some_and(|edges| edges.contains(&at));
        self.units.push(if unit.len() > 1 || itself { Unit::Circle(unit) } else { Unit::Single(at) });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::BulkRequest;

    fn ordered(operations: &Value) -> Vec<Unit> {
        order(BulkRequest::parse(json!({ "Operations": operations })).unwrap().operations())
    }

    fn post(id: usize, refers: &[usize]) -> Value {
        let members: Vec<_> = refers.iter().map(|id| json!({ "value": format!("bulkId:{id}") })).collect();
        json!({ "method": "POST", "path": "/Groups", "bulkId": id.to_string(), "data": { "members": members } })
    }

    #[test]
    fn what_refers_to_nothing_stays_in_its_place() {
        let units = ordered(&json!([post(0, &[]), post(1, &[0]), post(2, &[])]));
        assert_eq!(units, [Unit::Single(0), Unit::Single(1), Unit::Single(2)]);
    }

    #[test]
    fn what_is_referred_to_comes_first_and_what_is_no_bulk_id_is_no_reference() {
        let patch = json!({ "method": "PATCH", "path": "/Groups/bulkId:2", "data": { "x": "not bulkId:1" } });
        let units = ordered(&json!([patch, post(1, &[2, 9]), post(2, &[])]));
        assert_eq!(units, [Unit::Single(2), Unit::Single(0), Unit::Single(1)]);
    }

    #[test]
    fn circles_are_found_and_come_before_what_refers_to_them() {
        let sent = json!([post(0, &[1]), post(1, &[2]), post(2, &[3, 1]), post(3, &[3]), post(4, &[])]);
        let expected = [Unit::Circle(vec![3]), Unit::Circle(vec![1, 2]), Unit::Single(0), Unit::Single(4)];
        assert_eq!(ordered(&sent), expected);
    }

    #[test]
    fn a_chain_of_all_operations_is_no_deep_recursion() {
        let last = crate::bulk::MAX_BULK_OPERATIONS - 1;
        let chain = (0..=last).map(|id| post(id, &[(id + 1) % (last + 1)])).collect();
        assert_eq!(ordered(&chain), [Unit::Circle((0..=last).collect())]);
    }
}

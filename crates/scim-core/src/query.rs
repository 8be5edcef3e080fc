//! What a list is asked for.

use crate::{Filter, Position, Resource, Sort};

/// Which resources of a type are listed, in which order, and which part of them.
#[derive(Debug, Clone, PartialEq)]
pub struct ResourceQuery {
    /// Only those that fulfil it.
    pub filter: Option<Filter>,
    /// In this order; oldest first without one, equally old ones by id.
    pub sort: Option<Sort>,
    /// Only this part.
    pub window: Window,
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Window {
    /// By number: a resource that comes or goes before it shifts it.
    Slice {
        /// How many are left out at the beginning.
        skip: u64,
        /// How many are given at most.
        count: u64,
    },
    /// The first ones behind a position, or of all: what comes or goes before it does not matter.
    After {
        /// Behind which place in the order of the list.
        position: Option<Position>,
        /// How many are given at most.
        count: u64,
    },
    /// The last ones before a position, or of all; in the order of the list, too.
    Before {
        /// Before which place in the order of the list.
        position: Option<Position>,
        /// How many are given at most.
        count: u64,
    },
}

impl ResourceQuery {
    /// Of all resources, oldest first.
    pub fn new(window: Window) -> Self {
        Self { filter: None, sort: None, window }
    }

    /// The first `count` resources that fulfil `filter`.
    pub fn first(filter: Option<Filter>, count: u64) -> Self {
        Self { filter, ..Self::new(Window::Slice { skip: 0, count }) }
    }

    /// The position of a resource in this list's order.
    pub fn position(&self, resource: &Resource) -> Position {
        Position::of(self.sort.as_ref(), resource)
    }

    /// Whether the greatest position comes first.
    pub fn is_descending(&self) -> bool {
        self.sort.as_ref().is_some_and(|sort| sort.descending)
    }
}

impl Window {
    /// How many are given at most.
    pub fn count(&self) -> u64 {
        match self {
            Self::Slice { count, .. } | Self::After { count, .. } | Self::Before { count, .. } => *count,
        }
    }
}

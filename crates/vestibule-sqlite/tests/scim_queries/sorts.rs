//! Whatever attribute a list is sorted by, SQLite has the order of the store in memory, from any place on.

use proptest::{prelude::*, sample::Index};
use scim_core::{MemoryStore, Position, ResourceId, ResourceQuery, Sort, Window};
use vestibule_sqlite::SqliteStore;

use crate::given::{fill, found, given, kind, names, page};

#[derive(Debug, Clone)]
struct Asked {
    by: Option<Index>,
    is_descending: bool,
    /// The position of which resource, or of one that was beside it and is gone.
    at: Option<(Index, bool)>,
    count: u64,
}

fn asked() -> impl Strategy<Value = Asked> {
    let at = prop::option::weighted(0.8, (any::<Index>(), any::<bool>()));
    let by = prop::option::weighted(0.9, any::<Index>());
    (by, any::<bool>(), at, 0_u64..4).prop_map(|(by, is_descending, at, count)| Asked {
        by,
        is_descending,
        at,
        count,
    })
}

fn sorts() -> Vec<Sort> {
    let users = kind("User");
    names(users).iter().filter_map(|name| Sort::parse(users, &name.text, None).ok()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sqlite_sorts_as_memory_does(given in given(), asked in prop::collection::vec(asked(), 12)) {
        let (memory, sqlite) = (MemoryStore::new(), SqliteStore::in_memory().unwrap());
        fill(&memory, &given);
        fill(&sqlite, &given);
        let sorts = sorts();
        let users = page(&memory, "User", &ResourceQuery::first(None, 100)).resources;
        for Asked { by, is_descending: descending, at, count } in asked {
            let sort = by.map(|by| Sort { descending, ..by.get(&sorts).clone() });
            let position = at.map(|(at, is_there)| {
                let position = Position::of(sort.as_ref(), at.get(&users[..]).as_ref());
                if is_there { position } else { Position { id: ResourceId::named("id1x"), ..position } }
            });
            for window in [
                Window::Slice { skip: count, count: 100 },
                Window::After { position: position.clone(), count },
                Window::Before { position: position.clone(), count },
            ] {
                let query = ResourceQuery { sort: sort.clone(), ..ResourceQuery::new(window) };
                prop_assert_eq!(found(&sqlite, "User", &query), found(&memory, "User", &query), "{:?}", query);
            }
        }
    }
}

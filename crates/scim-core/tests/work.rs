//! The largest inputs take work in proportion to their size, or are refused before they take any.
//!
//! Work is counted in allocations and in bytes of them, which no other load on the machine changes.

use std::{
    hint::black_box,
    sync::{LazyLock, Mutex, MutexGuard, PoisonError},
};

use chrono::DateTime;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use scim_core::{
    BulkRequest, Filter, FilterError, MAX_BULK_PAYLOAD, MAX_LEN, MAX_OPERATIONS, MAX_TERMS, MemoryStore,
    NewDirectory, PatchRequest, Place, Registry, Scim, ScimError, ScimType, TenantId, TypeSchema, patch,
};
use serde_json::{Map, Value, json};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};
use store_contract::block_on;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

static REGISTRY: LazyLock<Registry> = LazyLock::new(Registry::standard);

#[derive(Debug, Clone, Copy)]
struct Work {
    allocations: usize,
    bytes: usize,
}

impl Work {
    /// What a call allocates, also what it frees again.
    fn of<T>(call: impl FnOnce() -> T) -> (T, Self) {
        let region = Region::new(ALLOCATOR);
        let outcome = black_box(call());
        let change = region.change();
        let allocations = change.allocations + change.reallocations;
        (outcome, Self { allocations, bytes: change.bytes_allocated })
    }

    /// Twice the input may take twice the work, and what buffers that grow by halves leave over.
    #[track_caller]
    fn at_most_doubles(self, twice: Self) {
        assert!(twice.allocations <= self.allocations * 21 / 10 + 64, "{self:?} became {twice:?}");
        assert!(twice.bytes <= self.bytes * 21 / 10 + 64 * 1024, "{self:?} became {twice:?}");
    }

    #[track_caller]
    fn is_next_to_nothing(self) {
        assert!(self.allocations <= 40 && self.bytes <= 16 * 1024, "{self:?}");
    }
}

/// The allocator counts for all threads: one test at a time.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    LazyLock::force(&REGISTRY);
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn users() -> &'static TypeSchema {
    REGISTRY.resource_type("User").unwrap()
}

fn parsed(text: &str) -> (Result<Filter, FilterError>, Work) {
    Work::of(|| Filter::parse(users(), text))
}

#[test]
fn a_filter_of_64_kb_is_refused_at_the_first_budget_that_it_exceeds() {
    let _alone = alone();
    let filled = |part: &str| part.repeat(MAX_LEN / part.len());
    for (text, expected) in [
        (filled("("), Some(FilterError::TooLarge)),
        (filled("not ("), Some(FilterError::TooLarge)),
        (filled("emails["), None),
        (filled("a"), None),
        (filled("a."), None),
        (filled("\""), None),
        (format!("userName eq \"{}", filled("\\\"")), Some(FilterError::TooLarge)),
        (format!("userName eq {}", "9".repeat(MAX_LEN - 20)), None),
        (format!("{}pr", filled("title ")), None),
        (filled(" "), None),
    ] {
        let (outcome, work) = parsed(&text);
        let error = outcome.unwrap_err();
        assert!(expected.is_none_or(|expected| error == expected), "{error}");
        assert!(error.to_string().len() < 600, "{error}");
        work.is_next_to_nothing();
    }
}

#[test]
fn a_filter_takes_work_for_its_terms_and_its_literals() {
    let _alone = alone();
    for part in [
        "title pr or ",
        "emails[type eq \"work\"] or ",
        "not (active eq true) and ",
        "meta.created gt \"2026-01-02T03:04:05Z\" and ",
        "schemas eq \"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User\" or ",
    ] {
        let terms = |count: usize| parsed(&format!("{}title pr", part.repeat(count - 1)));
        let ((half, work), (whole, twice)) = (terms(MAX_TERMS / 4), terms(MAX_TERMS / 2));
        assert!(half.is_ok() && whole.is_ok(), "{part}");
        work.at_most_doubles(twice);
        let (most, all) = terms(MAX_LEN / part.len());
        assert_eq!(most, Err(FilterError::TooLarge));
        // What comes after the last term that is allowed is not looked at.
        assert!(all.allocations <= twice.allocations * 42 / 10 + 64, "{twice:?} became {all:?}");
    }
    for literal in ["a", "\\u0041", "\\\\"] {
        let long =
            |bytes: usize| parsed(&format!("userName eq \"{}\"", literal.repeat(bytes / literal.len())));
        let ((half, work), (whole, twice)) = (long(MAX_LEN / 4), long(MAX_LEN / 2));
        assert!(half.is_ok() && whole.is_ok(), "{literal}");
        work.at_most_doubles(twice);
    }
}

fn user(emails: usize) -> Map<String, Value> {
    let emails: Vec<_> =
        (0..emails).map(|at| json!({ "value": format!("{at}@example.com"), "type": "work" })).collect();
    let user = json!({ "userName": "ada", "emails": emails, "active": true });
    user.as_object().unwrap().clone()
}

#[test]
fn a_filter_is_evaluated_without_a_copy_of_the_resource() {
    let _alone = alone();
    let user = user(10_000);
    for (filter, expected) in [
        ("userName eq \"ADA\" and active eq true", true),
        ("emails[type eq \"WORK\" and value eq \"9999@example.com\"]", true),
        ("emails.value gt \"a\" or not (emails.type pr)", false),
        ("title pr or name.givenName ne \"Ada\"", true),
    ] {
        let filter = Filter::parse(users(), filter).unwrap();
        let (found, work) = Work::of(|| filter.matches(&user));
        assert_eq!((found, work.allocations), (expected, 0), "{filter:?}");
    }
}

fn request(operations: impl Iterator<Item = Value>) -> Value {
    json!({ "Operations": operations.collect::<Vec<_>>() })
}

fn patched(stored: &Map<String, Value>, body: &Value) -> Result<usize, ScimError> {
    let patched = patch(users(), stored, &PatchRequest::parse(body)?)?;
    Ok(patched.attributes.len())
}

#[test]
fn ten_thousand_operations_are_refused_unread() {
    let _alone = alone();
    let body =
        request((0..10_000).map(|at| json!({ "op": "add", "path": "title", "value": at.to_string() })));
    let (refused, work) = Work::of(|| patched(&user(1), &body));
    let refused = refused.unwrap_err();
    assert_eq!((refused.status, refused.kind), (413, Some(ScimType::TooMany)));
    work.is_next_to_nothing();
}

#[test]
fn operations_take_work_each_for_itself() {
    let _alone = alone();
    let shapes: [fn(usize) -> Value; 6] = [
        |at| json!({ "op": "replace", "path": "title", "value": format!("title {at}") }),
        |at| json!({ "op": "add", "path": "name.givenName", "value": format!("name {at}") }),
        |at| json!({ "op": "add", "path": "emails", "value": [{ "value": format!("new-{at}@example.com") }] }),
        |at| json!({ "op": "add", "path": "emails[type eq \"work\"].display", "value": at.to_string() }),
        |at| json!({ "op": "remove", "path": format!("emails[value eq \"{at}@example.com\"]") }),
        |at| json!({ "op": "replace", "value": { "title": at.to_string(), "name.familyName": "King" } }),
    ];
    let stored = user(20);
    for shape in shapes {
        let of = |count: usize| {
            let body = request((0..count).map(shape));
            let (patched, work) = Work::of(|| patched(&stored, &body));
            assert!(patched.is_ok(), "{patched:?}");
            work
        };
        of(MAX_OPERATIONS / 2).at_most_doubles(of(MAX_OPERATIONS));
    }
}

/// Who was compared with all who came before would need no memory for that, and minutes: it would be noticed.
#[test]
fn members_join_and_leave_with_work_for_those_who_are_named() {
    let _alone = alone();
    let of = |count: usize| {
        let operation = |at: usize| {
            let named: Vec<_> = (0..100).map(|member| json!({ "value": format!("{at}_{member}") })).collect();
            let op = if at % 4 == 3 { "remove" } else { "add" };
            json!({ "op": op, "path": "members", "value": named })
        };
        let body = request((0..count).map(operation));
        let group = REGISTRY.resource_type("Group").unwrap();
        let stored = json!({ "displayName": "All" });
        let (members, work) = Work::of(|| {
            let request = PatchRequest::parse(&body).unwrap();
            patch(group, stored.as_object().unwrap(), &request).unwrap().members
        });
        assert_eq!((members.add.len(), members.remove.len()), (count * 75, count * 25));
        work
    };
    of(MAX_OPERATIONS / 2).at_most_doubles(of(MAX_OPERATIONS));
}

/// As above: each with each would be ten thousand million comparisons.
#[test]
fn a_long_list_is_taken_away_by_naming_all_of_it() {
    let _alone = alone();
    let of = |count: usize| {
        let user = user(count);
        let body =
            request(std::iter::once(json!({ "op": "remove", "path": "emails", "value": user["emails"] })));
        let (patched, work) = Work::of(|| patch(users(), &user, &PatchRequest::parse(&body).unwrap()));
        assert_eq!(patched.unwrap().attributes.get("emails"), None);
        work
    };
    of(50_000).at_most_doubles(of(100_000));
}

#[test]
fn operations_on_long_lists_are_handled_within_a_budget() {
    let _alone = alone();
    let stored = user(5_000);
    let path = "emails[type eq \"home\" or value sw \"x\"].display";
    for shape in [
        json!({ "op": "add", "path": "emails", "value": { "value": "0@example.com" } }),
        json!({ "op": "remove", "path": "emails", "value": [{ "value": "0@example.com" }] }),
        json!({ "op": "remove", "path": path }),
        json!({ "op": "replace", "path": "title", "value": "Dr" }),
    ] {
        let of = |count: usize| {
            let body = request(std::iter::repeat_n(shape.clone(), count));
            Work::of(|| patched(&stored, &body))
        };
        let (few, work) = of(20);
        assert!(few.is_ok(), "{shape}: {few:?}");
        let (_, twice) = of(40);
        work.at_most_doubles(twice);
        let (many, most) = of(MAX_OPERATIONS);
        if let Err(error) = &many {
            assert_eq!((error.status, error.kind), (413, Some(ScimType::TooMany)), "{error}");
        }
        assert_eq!(many.is_ok(), shape["path"] == "title", "{shape}");
        // Of 1,000 operations at most 200 look at 5,000 elements.
        assert!(most.bytes <= twice.bytes * 5 + 1024 * 1024, "{twice:?} became {most:?}");
    }
}

/// A body of two megabytes, or of a part of it: users, and groups of those that come after them.
fn bulk(part: usize) -> Vec<u8> {
    let operation = |at: usize| {
        let (kind, data) = match at % 10 {
            0 => {
                let members: Vec<_> =
                    (at + 1..at + 10).map(|at| json!({ "value": format!("bulkId:{at}") })).collect();
                ("Groups", json!({ "displayName": format!("group {at}"), "members": members }))
            }
            _ => ("Users", json!({ "userName": format!("user-{at}"), "title": "t".repeat(1_500) })),
        };
        json!({ "method": "POST", "path": format!("/{kind}"), "bulkId": at.to_string(), "data": data })
    };
    let operations: Vec<_> = (0..1_000 / part).map(operation).collect();
    json!({ "Operations": operations }).to_string().into_bytes()
}

#[test]
fn a_bulk_of_two_megabytes_takes_twice_the_work_of_half_of_it() {
    let _alone = alone();
    let performed = |body: &[u8]| {
        let scim = Scim::new(MemoryStore::new(), Registry::standard());
        let (tenant, mut rng, now) =
            (TenantId::new("acme").unwrap(), UnwrapErr(SysRng), DateTime::UNIX_EPOCH);
        let new = NewDirectory {
            name: "Acme".into(),
            enterprise_connection_id: "ent".into(),
            provider: "okta".into(),
            custom_attributes: Vec::new(),
        };
        let created = block_on(scim.create_directory(&tenant, new, now, &mut rng)).unwrap().unwrap();
        let place = Place { tenant: &tenant, directory: &created.0.id, base_url: "https://example.com/v2" };
        Work::of(|| {
            let request = BulkRequest::read(body).unwrap();
            let answered = block_on(scim.bulk(place, &request, now, &mut rng)).body;
            let answers = answered["Operations"].as_array().unwrap();
            assert!(answers.iter().all(|answer| answer["status"] == "201"));
            answers.len()
        })
    };
    let (half, whole) = (bulk(2), bulk(1));
    assert!(whole.len() > MAX_BULK_PAYLOAD * 2 / 3 && whole.len() <= MAX_BULK_PAYLOAD, "{}", whole.len());
    let ((_, work), (answers, twice)) = (performed(&half), performed(&whole));
    assert_eq!(answers, 1_000);
    work.at_most_doubles(twice);
}

#[test]
fn a_longer_bulk_is_refused_unread() {
    let _alone = alone();
    let body = vec![b'['; MAX_BULK_PAYLOAD + 1];
    let (refused, work) = Work::of(|| BulkRequest::read(&body));
    assert_eq!(refused.unwrap_err().status, 413);
    work.is_next_to_nothing();
    let body = "[".repeat(MAX_BULK_PAYLOAD);
    let (refused, work) = Work::of(|| BulkRequest::read(body.as_bytes()));
    assert_eq!(refused.unwrap_err().status, 400);
    assert!(work.bytes <= 16 * 1024, "{work:?}");
}

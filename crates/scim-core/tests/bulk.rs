//! Bulk requests (RFC 7644 §3.7).

mod acme;

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use getrandom::SysRng;
use proptest::prelude::*;
use rand_core::UnwrapErr;
use scim_core::{
    BulkRequest, DirectoryId, MAX_BULK_OPERATIONS, MAX_BULK_PAYLOAD, MemoryStore, Place, Registry, Scim,
    TenantId,
};
use serde_json::{Value, json};
use store_contract::block_on;

const ENTERPRISE: &str = scim_core::ENTERPRISE_USER;

static TENANT: LazyLock<TenantId> = LazyLock::new(|| TenantId::new("acme").unwrap());

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp_millis(1_780_000_000_000).unwrap()
}

struct Provider {
    scim: Scim<MemoryStore>,
    directory: DirectoryId,
}

fn provider() -> Provider {
    let devices = json!([
        { "id": "urn:example:Device", "name": "Device", "attributes": [{ "name": "serial", "required": true }] },
        { "name": "Device", "endpoint": "/Devices", "schema": "urn:example:Device", "schemaExtensions": [] },
    ]);
    let scim = Scim::new(MemoryStore::new(), Registry::standard().with([devices]).unwrap());
    let directory = acme::directory(&scim, &TENANT, now()).id.clone();
    Provider { scim, directory }
}

impl Provider {
    fn place(&self) -> Place<'_> {
        Place { tenant: &TENANT, directory: &self.directory, base_url: "https://example.com/v2" }
    }

    fn perform(&self, request: &BulkRequest) -> Value {
        let answered = block_on(self.scim.bulk(self.place(), request, now(), &mut UnwrapErr(SysRng)));
        assert_eq!(answered.failure, None);
        answered.body
    }

    fn bulk(&self, body: Value) -> Vec<Value> {
        let mut answered = self.perform(&BulkRequest::parse(body).unwrap());
        assert_eq!(answered["schemas"], json!(["urn:ietf:params:scim:api:messages:2.0:BulkResponse"]));
        let Value::Array(operations) = answered["Operations"].take() else { panic!("{answered}") };
        operations
    }

    fn operations(&self, operations: &Value) -> Vec<Value> {
        self.bulk(json!({ "Operations": operations }))
    }

    /// The resource at the location of an answer.
    fn read(&self, answer: &Value) -> Option<Value> {
        let location = answer["location"].as_str().unwrap();
        let (endpoint, id) =
            location.strip_prefix("https://example.com/v2/").unwrap().split_once('/').unwrap();
        let kind = self.scim.registry().at_endpoint(endpoint).unwrap();
        let id = scim_core::ResourceId::named(id);
        let read = block_on(self.scim.read(self.place(), kind, &id, &scim_core::Projection::default()));
        read.ok().map(|answer| answer.body)
    }

    fn count(&self, kind: &str) -> Value {
        let kind = self.scim.registry().resource_type(kind).unwrap().clone();
        let request = scim_core::ListRequest::default();
        block_on(self.scim.list(self.place(), &[kind], &request, now())).unwrap()["totalResults"].clone()
    }
}

fn post(endpoint: &str, bulk_id: &str, data: &Value) -> Value {
    json!({ "method": "POST", "path": format!("/{endpoint}"), "bulkId": bulk_id, "data": data })
}

fn user(name: &str) -> Value {
    post("Users", name, &json!({ "userName": name }))
}

fn group(name: &str, members: &[&str]) -> Value {
    let members: Vec<_> =
        members.iter().map(|id| json!({ "type": "User", "value": format!("bulkId:{id}") })).collect();
    post("Groups", name, &json!({ "displayName": name, "members": members }))
}

fn id(answer: &Value) -> &str {
    answer["location"].as_str().unwrap().rsplit('/').next().unwrap()
}

fn statuses(answers: &[Value]) -> Vec<&str> {
    answers.iter().map(|answer| answer["status"].as_str().unwrap()).collect()
}

fn members(group: &Value) -> Vec<&str> {
    let mut ids: Vec<_> =
        group["members"].as_array().into_iter().flatten().map(|m| m["value"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids
}

fn sorted(mut ids: Vec<&str>) -> Vec<&str> {
    ids.sort_unstable();
    ids
}

/// RFC 7644 §3.7.3: one of each method.
#[test]
fn each_method_is_answered_in_its_place() {
    let provider = provider();
    let there = provider.operations(&json!([user("one"), user("two"), user("three")]));
    let path = |at: usize| format!("/Users/{}", id(&there[at]));
    let patch = json!([{ "op": "add", "path": "nickName", "value": "Dave" }]);
    let answers = provider.bulk(json!({
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
        "failOnErrors": 1,
        "Operations": [
            post("Users", "qwerty", &json!({ "userName": "Alice" })),
            { "method": "PUT", "path": path(0), "data": { "userName": "Bob" } },
            { "method": "PATCH", "path": path(1), "data": patch },
            { "method": "DELETE", "path": path(2) },
        ],
    }));
    assert_eq!(statuses(&answers), ["201", "200", "200", "204"]);
    assert_eq!(answers[0]["bulkId"], "qwerty");
    assert_eq!(answers[0]["version"], "W/\"1\"");
    assert_eq!((&answers[1]["method"], &answers[1]["version"]), (&json!("PUT"), &json!("W/\"2\"")));
    assert_eq!(provider.read(&answers[1]).unwrap()["userName"], "Bob");
    assert_eq!(provider.read(&answers[2]).unwrap()["nickName"], "Dave");
    assert_eq!(answers[3]["location"], there[2]["location"]);
    assert_eq!(provider.read(&answers[3]), None);
    assert!(answers.iter().all(|answer| answer.get("response").is_none()), "a success has no body");
}

/// Erratum 5050: the data of a PATCH is what a PATCH alone would send.
#[test]
fn a_patch_may_be_sent_whole() {
    let provider = provider();
    let data = json!({ "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{ "op": "replace", "value": { "title": "Countess" } }] });
    let patch = json!({ "method": "PATCH", "path": "/Users/bulkId:ada", "data": data });
    let answers = provider.operations(&json!([patch, user("ada")]));
    assert_eq!(statuses(&answers), ["200", "201"]);
    assert_eq!(provider.read(&answers[0]).unwrap()["title"], "Countess");
}

/// RFC 7644 §3.7.1: two groups that are members of each other.
#[test]
fn a_circular_reference_is_resolved() {
    let provider = provider();
    let answers = provider.operations(&json!([group("qwerty", &["ytrewq"]), group("ytrewq", &["qwerty"])]));
    assert_eq!(statuses(&answers), ["201", "201"]);
    let groups: Vec<_> = answers.iter().map(|answer| provider.read(answer).unwrap()).collect();
    assert_eq!(members(&groups[0]), [id(&answers[1])]);
    assert_eq!(members(&groups[1]), [id(&answers[0])]);
    for (answer, group) in answers.iter().zip(&groups) {
        assert_eq!(answer["version"], group["meta"]["version"], "the version is the one after the links");
    }
}

/// RFC 7644 §3.7.2: a user with a manager, and a group with both, each before what it refers to.
#[test]
fn references_lead_forward_and_into_extensions() {
    let provider = provider();
    let worker = json!({ "userName": "worker", ENTERPRISE: { "manager": { "value": "bulkId:boss" } } });
    let answers = provider.operations(&json!([
        group("tour", &["worker", "boss"]),
        post("Users", "worker", &worker),
        user("boss"),
    ]));
    assert_eq!(statuses(&answers), ["201", "201", "201"]);
    let tour = provider.read(&answers[0]).unwrap();
    assert_eq!(members(&tour), sorted(vec![id(&answers[1]), id(&answers[2])]));
    assert_eq!(provider.read(&answers[1]).unwrap()[ENTERPRISE]["manager"]["value"], id(&answers[2]));
}

#[test]
fn a_circle_keeps_everything_that_it_says_beside() {
    let provider = provider();
    let managed = |name: &str, by: &str| {
        post(
            "Users",
            name,
            &json!({ "userName": name, "title": "T", "emails": [{ "value": "a@b", "type": "work" }],
            ENTERPRISE: { "department": "D", "manager": { "value": format!("bulkId:{by}"), "displayName": by } } }),
        )
    };
    let answers = provider.operations(&json!([
        group("all", &["a", "b", "c"]),
        managed("a", "b"),
        managed("b", "c"),
        managed("c", "a"),
        managed("self", "self"),
    ]));
    assert_eq!(statuses(&answers), ["201"; 5]);
    for (at, by) in [(1, 2), (2, 3), (3, 1), (4, 4)] {
        let user = provider.read(&answers[at]).unwrap();
        assert_eq!(user[ENTERPRISE]["manager"]["value"], id(&answers[by]), "{user}");
        assert_eq!((&user["title"], &user[ENTERPRISE]["department"]), (&json!("T"), &json!("D")));
        assert_eq!(user["emails"].as_array().unwrap().len(), 1);
    }
    let all = provider.read(&answers[0]).unwrap();
    assert_eq!(members(&all), sorted(answers[1..4].iter().map(id).collect()));
}

/// As in a POST alone.
#[test]
fn what_is_unknown_or_read_only_in_a_circle_is_left_out() {
    let provider = provider();
    let user = |name: &str, other: &str| {
        let reference = json!([{ "value": format!("bulkId:{other}") }]);
        post(
            "Users",
            name,
            &json!({ "userName": name, "groups": reference, "nothing": reference,
            ENTERPRISE: { "nothing": reference, "department": "D" } }),
        )
    };
    let answers = provider.operations(&json!([user("a", "b"), user("b", "a")]));
    assert_eq!(statuses(&answers), ["201", "201"]);
    assert_eq!(provider.read(&answers[0]).unwrap()[ENTERPRISE], json!({ "department": "D" }));
}

#[test]
fn a_circle_that_fails_leaves_nothing_of_itself() {
    let provider = provider();
    provider.operations(&json!([user("taken")]));
    let user = post(
        "Users",
        "user",
        &json!({ "userName": "taken", ENTERPRISE: { "manager": { "value": "bulkId:boss" } } }),
    );
    let boss = post(
        "Users",
        "boss",
        &json!({ "userName": "boss", ENTERPRISE: { "manager": { "value": "bulkId:user" } } }),
    );
    let answers = provider.operations(&json!([boss, user, group("all", &["boss"])]));
    assert_eq!(statuses(&answers), ["409", "409", "409"]);
    assert_eq!(answers[1]["response"]["scimType"], "uniqueness");
    assert!(
        answers.iter().all(|answer| answer.get("location").is_none()),
        "a POST that fails has no location"
    );
    assert_eq!((provider.count("User"), provider.count("Group")), (json!(1), json!(0)));
}

#[test]
fn operations_after_the_last_accepted_error_do_not_happen() {
    let provider = provider();
    let wrong = || json!({ "method": "DELETE", "path": "/Users/nobody" });
    let operations = json!([user("one"), wrong(), user("two"), wrong(), user("three")]);
    for (limit, processed) in [(json!(1), 2), (json!(2), 4), (json!(3), 5), (Value::Null, 5)] {
        let provider = self::provider();
        let answers = provider.bulk(json!({ "failOnErrors": limit, "Operations": operations }));
        assert_eq!(answers.len(), processed, "failOnErrors {limit}");
    }
    let answers = provider.operations(&operations);
    assert_eq!(statuses(&answers), ["201", "404", "201", "404", "201"]);
    assert_eq!(answers[1]["location"], "https://example.com/v2/Users/nobody");
    assert_eq!(answers[1]["response"]["status"], "404");
}

#[test]
fn any_registered_type_is_written() {
    let provider = provider();
    let answers = provider.operations(&json!([
        post("Devices", "d", &json!({ "serial": "1" })),
        { "method": "PUT", "path": "Devices/bulkId:d", "data": { "serial": "2" } },
        post("Nothing", "n", &json!({})),
    ]));
    assert_eq!(statuses(&answers), ["201", "200", "404"]);
    assert_eq!(provider.read(&answers[0]).unwrap()["serial"], "2");
}

#[test]
fn what_is_wrong_with_one_operation_is_its_own_error() {
    let provider = provider();
    let cases = [
        (json!(1), "400", "invalidSyntax"),
        (json!({}), "400", "invalidSyntax"),
        (json!({ "method": "GET", "path": "/Users/1" }), "400", "invalidSyntax"),
        (json!({ "method": "POST", "path": "/Users", "data": {} }), "400", "invalidSyntax"),
        (json!({ "method": "POST", "path": "/Users", "bulkId": 1, "data": {} }), "400", "invalidSyntax"),
        (json!({ "method": "POST", "path": "/Users/1", "bulkId": "1", "data": {} }), "400", "invalidPath"),
        (json!({ "method": "POST", "path": "/Users", "bulkId": "1" }), "400", "invalidSyntax"),
        (json!({ "method": "PUT", "path": "/Users", "data": {} }), "400", "invalidPath"),
        (json!({ "method": "PATCH", "path": "/Users/bulkId:none", "data": {} }), "400", "invalidValue"),
        (user("ada"), "400", "invalidValue"),
        (group("g", &["none"]), "400", "invalidValue"),
    ];
    for (operation, status, kind) in cases {
        let answers = provider.operations(&json!([user("ada"), operation, user("eve")]));
        assert_eq!(
            (&answers[1]["status"], &answers[1]["response"]["scimType"]),
            (&json!(status), &json!(kind)),
            "{operation}"
        );
        for answer in [&answers[0], &answers[2]] {
            assert_eq!(answer["status"], "201", "{operation}");
            let path = format!("/Users/{}", id(answer));
            provider.operations(&json!([{ "method": "DELETE", "path": path }]));
        }
    }
    let first = provider.operations(&json!([user("x"), user("x"), group("g", &["x"])]));
    assert_eq!(statuses(&first), ["201", "400", "201"], "a repeated bulkId stands for the first one");
}

#[test]
fn an_operation_on_a_resource_is_told_where_that_is_whatever_is_wrong_with_it() {
    let provider = provider();
    let (path, at) = ("/Users/7", "https://example.com/v2/Users/7");
    for (operation, location) in [
        (json!({ "method": "PUT", "path": path }), Some(at)),
        (json!({ "method": "PATCH", "path": path, "data": {}, "version": 1 }), Some(at)),
        (json!({ "method": "DELETE", "path": path, "bulkId": 1 }), Some(at)),
        (json!({ "method": "PUT", "path": "/Users", "data": {} }), None),
        (json!({ "method": "POST", "path": "/Users", "data": {} }), None),
    ] {
        let answers = provider.operations(&json!([operation]));
        assert_eq!(answers[0]["status"], "400", "{operation}");
        assert_eq!(answers[0].get("location").and_then(Value::as_str), location, "{operation}");
    }
}

#[test]
fn the_filter_of_a_path_may_name_a_bulk_id() {
    let provider = provider();
    let staff = provider.operations(&json!([user("ada"), user("eve"), group("staff", &["ada", "eve"])]));
    let path = format!("/Groups/{}", id(&staff[2]));
    let leaves = |who: &str| {
        let filter = format!("members[value eq \"bulkId:{who}\" or value eq \"{}\"]", id(&staff[0]));
        json!({ "method": "PATCH", "path": path, "data": { "Operations": [{ "op": "remove", "path": filter }] } })
    };
    let joins =
        json!({ "Operations": [{ "op": "add", "path": "members", "value": [{ "value": "bulkId:new" }] }] });
    let joins = json!({ "method": "PATCH", "path": path, "data": joins });
    let answers = provider.operations(&json!([leaves("new"), user("new"), joins]));
    assert_eq!(statuses(&answers), ["200", "201", "200"], "{answers:?}");
    assert_eq!(members(&provider.read(&staff[2]).unwrap()).len(), 2, "ada left, and who is new came");
    let answers = provider.operations(&json!([user("last"), leaves("last"), leaves("nobody")]));
    assert_eq!(statuses(&answers), ["201", "200", "400"], "{answers:?}");
}

#[test]
fn what_refers_to_a_failure_fails() {
    let provider = provider();
    let answers = provider.operations(&json!([
        post("Users", "bad", &json!({ "userName": "" })),
        group("g", &["bad"]),
        group("h", &["g"]),
        { "method": "PATCH", "path": "/Users/bulkId:bad", "data": [] },
        { "method": "POST", "bulkId": "worse" },
        group("i", &["worse"]),
    ]));
    assert_eq!(statuses(&answers), ["400", "409", "409", "409", "400", "409"]);
    assert_eq!(answers[1]["response"]["detail"], "the resource of `bulkId:bad` was not created");
    assert_eq!(provider.count("Group"), 0);
}

#[test]
fn a_body_beyond_a_limit_is_refused_as_a_whole_and_the_limit_named() {
    let many = vec![json!({}); MAX_BULK_OPERATIONS + 1];
    let error = BulkRequest::parse(json!({ "Operations": many })).unwrap_err();
    assert_eq!((error.status, error.detail.contains("maxOperations (1000)")), (413, true));
    let error = BulkRequest::read(&vec![b' '; MAX_BULK_PAYLOAD + 1]).unwrap_err();
    assert_eq!((error.status, error.detail.contains("maxPayloadSize (2097152)")), (413, true));
    assert_eq!(BulkRequest::read(b"{").unwrap_err().status, 400);
    for limit in [json!(0), json!(-1), json!("1"), json!(1.5)] {
        let error = BulkRequest::parse(json!({ "failOnErrors": limit, "Operations": [] })).unwrap_err();
        assert_eq!(error.status, 400, "{limit}");
    }
    let config = scim_core::discovery::service_provider_config("x");
    let expected = json!({ "supported": true, "maxOperations": MAX_BULK_OPERATIONS, "maxPayloadSize": MAX_BULK_PAYLOAD });
    assert_eq!(config["bulk"], expected);
}

#[test]
fn the_largest_requests_are_answered() {
    let largest = |operations: Vec<Value>| {
        let body = json!({ "Operations": operations }).to_string();
        assert!(body.len() <= MAX_BULK_PAYLOAD && body.len() > MAX_BULK_PAYLOAD / 4, "{}", body.len());
        provider().perform(&BulkRequest::read(body.as_bytes()).unwrap())
    };
    let each_other = |at: usize| group(&at.to_string(), &[((at + 1) % 1_000).to_string().as_str(); 15]);
    let answered = largest((0..1_000).map(each_other).collect());
    assert!(answered["Operations"].as_array().unwrap().iter().all(|answer| answer["status"] == "201"));

    let emails: Vec<_> = (0..20_000).map(|at| json!({ "value": format!("{at}@example.com") })).collect();
    let large = post("Users", "large", &json!({ "userName": "large", "emails": emails }));
    let title = |at: usize| {
        let data = json!([{ "op": "add", "path": "title", "value": at.to_string() }]);
        json!({ "method": "PATCH", "path": "/Users/bulkId:large", "data": data })
    };
    let answered = largest([large].into_iter().chain((1..1_000).map(title)).collect());
    assert_eq!(answered["Operations"][1]["status"], "200");
    assert_eq!(answered["Operations"][999]["status"], "413", "small changes of a large resource are limited");
}

/// Anything, with parts of a bulk request more often than not.
fn anything() -> impl Strategy<Value = Value> {
    let texts = vec![
        "POST",
        "put",
        "PATCH",
        "DELETE",
        "/Users",
        "/Groups",
        "/Users/bulkId:a",
        "Users/x/y",
        "a",
        "b",
        "bulkId:a",
        "bulkId:b",
        "bulkId:",
        "add",
        "members",
        "",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i8>().prop_map(Value::from),
        prop::sample::select(texts).prop_map(Value::from),
        "\\PC{0,4}".prop_map(Value::from),
    ];
    let names = vec![
        "Operations",
        "operations",
        "failOnErrors",
        "method",
        "path",
        "bulkId",
        "data",
        "version",
        "op",
        "value",
        "members",
        "userName",
        "displayName",
        "manager",
        ENTERPRISE,
    ];
    leaf.prop_recursive(6, 64, 4, move |inner| {
        let name = prop::sample::select(names.clone()).prop_map(str::to_owned);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(name, inner, 0..6)
                .prop_map(|object| Value::Object(object.into_iter().collect())),
        ]
    })
}

/// Operations of the right shape, with references to each other and to nothing.
fn likely() -> impl Strategy<Value = Value> {
    let reference = || prop::sample::select(vec!["a", "b", "c", "d", "none"]);
    let create = (reference(), prop::collection::vec(reference(), 0..3), any::<bool>());
    prop_oneof![
        4 => create.prop_map(|(name, members, right)| match right {
            true => group(name, &members),
            false => user(name),
        }),
        1 => reference().prop_map(|name| json!({ "method": "DELETE", "path": format!("/Groups/bulkId:{name}") })),
        1 => (reference(), anything()).prop_map(|(name, data)| {
            json!({ "method": "PATCH", "path": format!("/Groups/bulkId:{name}"), "data": data })
        }),
        1 => anything(),
    ]
}

fn check(body: &Value) -> Result<(), TestCaseError> {
    match BulkRequest::parse(body.clone()) {
        Err(error) => prop_assert!([400, 413].contains(&error.status), "{}", body),
        Ok(request) => {
            let provider = provider();
            let answered = provider.perform(&request);
            let operations = answered["Operations"].as_array().unwrap();
            for answer in operations {
                let status: u16 = answer["status"].as_str().unwrap().parse().unwrap();
                let expected = (status >= 300).then(|| answer["status"].clone());
                prop_assert_eq!(
                    answer.get("response").map(|error| error["status"].clone()),
                    expected,
                    "{}",
                    body
                );
                let failed_to_create = status >= 300 && answer["method"] == "POST";
                prop_assert!(!failed_to_create || answer.get("location").is_none(), "{}", body);
            }
            let stored = provider.operations(&json!([user("probe")]));
            prop_assert_eq!(statuses(&stored), ["201"], "the store still works");
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_body_of_any_shape_is_answered(body in anything()) {
        check(&body)?;
    }

    #[test]
    fn operations_of_any_shape_are_each_answered(operations in prop::collection::vec(likely(), 0..8), limit in 0_u8..4) {
        let limit = if limit == 0 { Value::Null } else { limit.into() };
        check(&json!({ "Operations": operations, "failOnErrors": limit }))?;
    }

    /// Whatever the order, the same groups with the same members are there.
    #[test]
    fn references_are_resolved_in_every_order(
        edges in prop::collection::vec(prop::collection::vec(0..5_usize, 0..4), 5),
        order in Just((0..5_usize).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let provider = provider();
        let names = ["0", "1", "2", "3", "4"];
        let posts: Vec<_> = order.iter()
            .map(|at| group(names[*at], &edges[*at].iter().map(|to| names[*to]).collect::<Vec<_>>()))
            .collect();
        let answers = provider.operations(&json!(posts));
        prop_assert_eq!(statuses(&answers), vec!["201"; 5]);
        let of = |at: usize| &answers[order.iter().position(|other| *other == at).unwrap()];
        for (at, edges) in edges.iter().enumerate() {
            let group = provider.read(of(at)).unwrap();
            let mut expected = sorted(edges.iter().map(|to| id(of(*to))).collect());
            expected.dedup();
            prop_assert_eq!(members(&group), expected);
        }
    }
}

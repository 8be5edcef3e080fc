//! Bulk requests, operation by operation.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, Utc};
use rand_core::CryptoRng;
use serde_json::{Value, json};

use super::{Attempt, Call, Place, Scim, ServiceError};
use crate::{
    Asynchronous, PatchRequest, Resource, ResourceId, ScimStore, TransactionId, TypeSchema,
    bulk::{
        Asked, BulkRequest, Done, Method, Reference, Results, Target, Unit, link, order, resolve,
        resolve_without,
    },
    error::{ScimError, ScimType, shortened},
    event::Completion,
    modify,
    render::{location, version},
};

/// What became of a bulk request.
#[derive(Debug, Clone, PartialEq)]
pub struct BulkAnswer<E> {
    /// The body of the answer, with status 200.
    pub body: Value,
    /// With what the store failed; the operation that met it is answered 500, and none came after it.
    pub failure: Option<E>,
}

/// How many attribute values the resources that one request writes may have, each counted once per operation.
const MAX_WORK: usize = 2_000_000;

type Failure<E> = ServiceError<ScimError, E>;

impl<S: ScimStore> Scim<S> {
    /// Performs the operations of a bulk request, each in a commit of its own (RFC 7644 §3.7).
    ///
    /// They happen in the order of the request, except that what is referred to is created first. Resources that refer
    /// to each other in a circle are created without these references, which are added when all are there; if one of
    /// them can't be created, none is.
    pub async fn bulk<'a>(
        &'a self,
        call: impl Into<Call<'a>>,
        request: &'a BulkRequest,
        now: DateTime<Utc>,
        rng: &mut impl CryptoRng,
    ) -> BulkAnswer<S::Error> {
        let Call { place, asynchronous, .. } = call.into();
        let mut run = Run {
            scim: self,
            place,
            transaction: asynchronous.map(|asynchronous| asynchronous.transaction),
            now,
            request,
            results: Results::new(request),
            ids: ids(request),
            work: 0,
            failure: None,
        };
        for unit in order(request.operations()) {
            if run.failure.is_some() || run.results.is_over() {
                break;
            }
            match unit {
                Unit::Single(at) => run.single(at, rng).await,
                Unit::Circle(all) => run.circle(&all, rng).await,
            }
        }
        run.tell_what_did_not_happen().await;
        BulkAnswer { body: run.results.body(), failure: run.failure }
    }
}

type Ids<'a> = HashMap<&'a str, Option<ResourceId>>;

/// Every `bulkId` that stands for a resource that is to be.
fn ids(request: &BulkRequest) -> Ids<'_> {
    let creates = |asked: &Asked| asked.method == Method::Post;
    let creating =
        request.operations().iter().filter(|operation| operation.asked.as_ref().map_or(true, creates));
    creating.filter_map(|operation| Some((operation.bulk_id.as_deref()?, None))).collect()
}

struct Run<'a, S: ScimStore> {
    scim: &'a Scim<S>,
    place: Place<'a>,
    /// Of the whole request, if its client does not wait.
    transaction: Option<TransactionId>,
    now: DateTime<Utc>,
    request: &'a BulkRequest,
    results: Results<'a>,
    ids: Ids<'a>,
    work: usize,
    failure: Option<S::Error>,
}

/// A resource of a circle that is there, and where it is asked for.
struct Created<'a> {
    at: usize,
    asked: &'a Asked,
    kind: &'a TypeSchema,
    resource: Arc<Resource>,
}

impl<'a, S: ScimStore> Run<'a, S> {
    async fn single(&mut self, at: usize, rng: &mut impl CryptoRng) {
        let outcome = match self.asked(at) {
            Ok(asked) => self.perform(at, asked, rng).await,
            Err(refused) => Err(ServiceError::Refused(refused)),
        };
        match outcome {
            Ok((done, created)) => {
                self.remember(at, created);
                self.results.put(at, Ok(done));
            }
            Err(failure) => self.fail(at, failure).await,
        }
    }

    /// The request of one operation.
    fn call(&self, at: usize) -> Call<'a> {
        let asked = self.asked(at).map(|asked| asked.precondition.clone());
        let call = Call { precondition: asked.unwrap_or_default(), ..self.place.into() };
        match &self.transaction {
            None => call,
            Some(transaction) => {
                let transaction = transaction.of_operation(at);
                call.asynchronous(Asynchronous { transaction, bulk_id: self.bulk_id(at) })
            }
        }
    }

    fn asked(&self, at: usize) -> Result<&'a Asked, ScimError> {
        if self.work > MAX_WORK {
            // Many small changes of a large resource must not cost their product.
            let detail =
                "the resources of the operations before are too large: send the rest in another request";
            return Err(ScimError::new(413, detail));
        }
        let operation = self.request.operations().get(at);
        match operation.map(|operation| &operation.asked) {
            Some(Ok(asked)) => Ok(asked),
            Some(Err(refused)) => Err(refused.clone()),
            None => Err(ScimError::internal()),
        }
    }

    fn remember(&mut self, at: usize, created: Option<ResourceId>) {
        let id = self.request.operations().get(at).and_then(|operation| operation.bulk_id.as_deref());
        if let (Some(id), Some(created)) = (id, created) {
            self.ids.insert(id, Some(created));
        }
    }

    async fn fail(&mut self, at: usize, failure: Failure<S::Error>) {
        let error = match failure {
            ServiceError::Refused(error) => error,
            ServiceError::Contended => ScimError::contended(),
            ServiceError::Store(error) => {
                self.failure = Some(error);
                ScimError::internal()
            }
        };
        let (_, location) = self.found_at(at, None);
        self.complete(at, Err(&error)).await;
        self.results.put(at, Err((error, location)));
    }

    /// Tells of an operation whose completion no change told.
    async fn complete(&mut self, at: usize, outcome: Result<(u16, &Resource), &ScimError>) {
        if self.transaction.is_none() || self.failure.is_some() {
            return;
        }
        let operation = self.request.operations().get(at);
        let method = operation.and_then(|operation| operation.method.as_deref()).unwrap_or_default();
        let (uri, location) = self.found_at(at, outcome.ok().map(|(_, resource)| &resource.id));
        let completion = Completion { method, uri: &uri, location, outcome };
        let told = self.scim.complete(&self.call(at), completion, self.now).await;
        if let Err(ServiceError::Store(error)) = told {
            self.failure = Some(error);
        }
    }

    /// RFC 9967 §2.5.1.2: each operation that was asked for is told of, also one that came after too many errors.
    async fn tell_what_did_not_happen(&mut self) {
        let error = ScimError::new(409, "it did not happen, since too many operations before it failed");
        for at in 0..self.request.operations().len() {
            if !self.results.has(at) {
                self.complete(at, Err(&error)).await;
            }
        }
    }

    /// The path that an operation is about, and where the resource is, there or not, if it names or has `made` one.
    fn found_at(&self, at: usize, made: Option<&ResourceId>) -> (String, Option<String>) {
        let named = self.request.operations().get(at).and_then(|operation| operation.named.as_ref());
        let (path, is_resource) = match (self.asked(at), named) {
            (Ok(asked), _) => match made.cloned().or_else(|| self.target(asked).ok()) {
                Some(id) => (format!("/{}/{id}", asked.endpoint), true),
                None => (format!("/{}", asked.endpoint), false),
            },
            (Err(_), Some(path)) => (path.clone(), true),
            (Err(_), None) => ("/Bulk".to_owned(), false),
        };
        let location = is_resource.then(|| format!("{}{path}", self.place.base_url));
        (path, location)
    }

    fn target(&self, asked: &Asked) -> Result<ResourceId, ScimError> {
        match &asked.target {
            Target::Id(id) => Ok(ResourceId::named(id)),
            Target::BulkId(id) => known(&self.ids, id).cloned(),
            Target::New => Err(ScimError::new(404, "there is no such resource yet")),
        }
    }

    fn kind(&self, asked: &Asked) -> Result<&'a TypeSchema, Failure<S::Error>> {
        let kind = self.scim.registry.at_endpoint(&asked.endpoint);
        kind.map(|kind| &**kind).ok_or_else(|| ServiceError::Refused(ScimError::no_endpoint()))
    }

    /// What was done, and the id of what was created.
    async fn perform(
        &mut self,
        at: usize,
        asked: &Asked,
        rng: &mut impl CryptoRng,
    ) -> Result<(Done, Option<ResourceId>), Failure<S::Error>> {
        let (scim, kind, call) = (self.scim, self.kind(asked)?, self.call(at));
        let look_up = |id: &str| known(&self.ids, id).map(|id| Reference::Known(id.as_str()));
        let data = resolve(&asked.data, &look_up).map_err(ServiceError::Refused)?;
        if asked.method == Method::Post {
            let created = scim.create_resource(&call, kind, &data, self.now, rng).await?;
            let done = self.done(201, kind, &created);
            return Ok((done, Some(created.id.clone())));
        }
        let id = self.target(asked).map_err(ServiceError::Refused)?;
        let changed = match asked.method {
            Method::Put => scim.replace_resource(&call, kind, &id, &data, self.now).await?,
            Method::Patch => {
                let request = PatchRequest::parse(&data).map_err(ServiceError::Refused)?;
                scim.modify(call, kind, &id, &request, self.now).await?
            }
            Method::Delete | Method::Post => {
                scim.delete(call, kind, &id, self.now).await?;
                let location = format!("{}{}/{id}", self.place.base_url, kind.endpoint());
                return Ok((Done { status: 204, location, version: None }, None));
            }
        };
        Ok((self.done(200, kind, &changed), None))
    }

    fn done(&mut self, status: u16, kind: &TypeSchema, resource: &Resource) -> Done {
        let values = resource.attributes.values().map(values);
        self.work = values.fold(self.work, usize::saturating_add);
        let location = location(kind, resource, self.place.base_url);
        Done { status, location, version: Some(version(resource)) }
    }

    /// RFC 7644 §3.7.1.
    async fn circle(&mut self, all: &[usize], rng: &mut impl CryptoRng) {
        let mut created = Vec::new();
        let outcome = match self.create_apart(all, &mut created, rng).await {
            Ok(()) => self.link(&mut created).await,
            failed => failed,
        };
        match outcome {
            Ok(()) => {
                for created in &created {
                    let done = self.done(201, created.kind, &created.resource);
                    self.complete(created.at, Ok((201, &created.resource))).await;
                    self.results.put(created.at, Ok(done));
                }
            }
            Err((culprit, failure)) => {
                self.undo(&created).await;
                for at in all.iter().filter(|at| **at != culprit) {
                    let detail = "it refers in a circle to a resource that can't be created";
                    self.fail(*at, ServiceError::Refused(ScimError::new(409, detail))).await;
                }
                self.fail(culprit, failure).await;
            }
        }
    }

    /// Creates the resources of a circle without their references to each other.
    async fn create_apart(
        &mut self,
        all: &[usize],
        created: &mut Vec<Created<'a>>,
        rng: &mut impl CryptoRng,
    ) -> Result<(), (usize, Failure<S::Error>)> {
        let circle: HashMap<&str, usize> =
            all.iter().filter_map(|at| Some((self.bulk_id(*at)?, *at))).collect();
        let look_up = |id: &str| match circle.contains_key(id) {
            true => Ok(Reference::Later),
            false => known(&self.ids, id).map(|id| Reference::Known(id.as_str())),
        };
        for at in all {
            let blame = |failure| (*at, failure);
            let asked = self.asked(*at).map_err(ServiceError::Refused).map_err(blame)?;
            let kind = self.kind(asked).map_err(blame)?;
            let data =
                resolve_without(&asked.data, &look_up).map_err(ServiceError::Refused).map_err(blame)?;
            let resource = self.scim.create_resource(&self.place.into(), kind, &data, self.now, rng).await;
            created.push(Created { at: *at, asked, kind, resource: resource.map_err(blame)? });
        }
        for created in created.iter() {
            self.remember(created.at, Some(created.resource.id.clone()));
        }
        Ok(())
    }

    fn bulk_id(&self, at: usize) -> Option<&'a str> {
        self.request.operations().get(at)?.bulk_id.as_deref()
    }

    /// Adds the references to each other.
    async fn link(&self, created: &mut [Created<'a>]) -> Result<(), (usize, Failure<S::Error>)> {
        let circle: Vec<_> = created.iter().filter_map(|created| self.bulk_id(created.at)).collect();
        let circle: std::collections::HashSet<&str> = circle.into_iter().collect();
        let look_up = |id: &str| known(&self.ids, id).map(|id| Reference::Known(id.as_str()));
        for created in created {
            let references = link(created.kind, &created.asked.data, |id| circle.contains(id));
            let patch =
                references.and_then(|references| resolve(&Value::Object(references), &look_up)).and_then(
                    |value| PatchRequest::parse(&json!({ "Operations": [{ "op": "add", "value": value }] })),
                );
            let blame = |failure| (created.at, failure);
            let patch = patch.map_err(ServiceError::Refused).map_err(blame)?;
            let (kind, id) = (created.kind, &created.resource.id);
            let call = Call::from(self.place);
            let (method, now) = (Method::Patch, self.now);
            let attempt = Attempt { method, now, password: None, by_members: false };
            let decide = |stored: &Arc<Resource>, _| modify(kind, stored, &patch, self.now);
            created.resource = self.scim.change(&call, kind, id, attempt, decide).await.map_err(blame)?;
        }
        Ok(())
    }

    /// A POST that fails leaves nothing.
    async fn undo(&mut self, created: &[Created<'a>]) {
        for created in created {
            let deleted = self.scim.delete(self.place, created.kind, &created.resource.id, self.now).await;
            if let Err(ServiceError::Store(error)) = deleted {
                self.failure = Some(error);
            }
            if let Some(id) = self.bulk_id(created.at) {
                self.ids.insert(id, None);
            }
        }
    }
}

fn known<'a>(ids: &'a Ids<'_>, id: &str) -> Result<&'a ResourceId, ScimError> {
    match ids.get(id) {
        Some(Some(id)) => Ok(id),
        // RFC 7644 §3.7.1: a reference that can't be resolved is a conflict.
        Some(None) => {
            let detail = format!("the resource of `bulkId:{}` was not created", shortened(id));
            Err(ScimError::new(409, detail))
        }
        None => {
            let detail = format!("no POST of this request has the `bulkId` `{}`", shortened(id));
            Err(ScimError::bad(ScimType::InvalidValue, detail))
        }
    }
}

/// How many values one holds, itself included.
fn values(value: &Value) -> usize {
    match value {
        Value::Array(elements) => elements.iter().map(values).fold(1, usize::saturating_add),
        Value::Object(object) => object.values().map(values).fold(1, usize::saturating_add),
        _ => 1,
    }
}

//! Filters as conditions on a row `r` of `scim_resources`.
//!
//! `and`, `or` and `not` become those of SQL. A term compares a column where one has its values, and otherwise calls the
//! domain's own evaluation, so that a value is compared in one way only. No condition is ever NULL, whose negation would
//! not be true.

use rusqlite::types::Value;
use scim_core::{
    AttributePath, Comparison, Filter, Operator, comparison_key,
    schema::{Attribute, AttributeType},
};

use super::Place;
use crate::{SqliteError, column::json};

/// Which resources of a type fulfil a filter.
pub(super) struct Matching {
    /// From `FROM` on; the resource is `r`.
    pub(super) sql: String,
    /// Of its parameters, from `?1` on.
    pub(super) values: Vec<Value>,
}

impl Matching {
    pub(super) fn new(place: &Place, kind: &str, filter: Option<&Filter>) -> Result<Self, SqliteError> {
        let (tenant, directory) = place.keys();
        let mut values = Values([tenant, directory, kind].map(|key| Value::Text(key.to_owned())).into());
        let Condition { sql, candidates } = match filter {
            None => Condition::from("TRUE".to_owned()),
            Some(filter) => values.filter(filter)?,
        };
        let of_place = "r.tenant = ?1 AND r.directory = ?2";
        let from = match candidates {
            None => format!("scim_resources r WHERE {of_place}"),
            // A cross join keeps its order: SQLite would rather read the whole directory in the order of the page.
            Some(Candidates { selections, .. }) => {
                let selections = selections.join(" UNION ");
                format!(
                    "({selections}) c CROSS JOIN scim_resources r ON {of_place} AND r.id = c.id WHERE TRUE"
                )
            }
        };
        Ok(Self { sql: format!("FROM {from} AND r.kind = ?3 AND {sql}"), values: values.0 })
    }
}

/// A condition, and those whom an index says to be the only ones that may fulfil it.
struct Condition {
    sql: String,
    candidates: Option<Candidates>,
}

struct Candidates {
    /// Each selects an `id` once.
    selections: Vec<String>,
    /// The lower, the fewer they are likely to be.
    rank: u8,
}

impl From<String> for Condition {
    fn from(sql: String) -> Self {
        Self { sql, candidates: None }
    }
}

impl Condition {
    fn among(self, rank: u8, selection: &str) -> Self {
        Self { candidates: Some(Candidates { selections: vec![selection.to_owned()], rank }), ..self }
    }

    fn and(self, other: Self) -> Self {
        let both = self.candidates.into_iter().chain(other.candidates);
        Self {
            sql: format!("({} AND {})", self.sql, other.sql),
            candidates: both.min_by_key(|candidates| candidates.rank),
        }
    }

    fn or(self, other: Self) -> Self {
        let either = self.candidates.zip(other.candidates).map(|(a, b)| Candidates {
            selections: [a.selections, b.selections].concat(),
            rank: a.rank.max(b.rank),
        });
        Self { sql: format!("({} OR {})", self.sql, other.sql), candidates: either }
    }

    fn not(self) -> Self {
        Self::from(format!("NOT {}", self.sql))
    }
}

/// The parameters so far.
struct Values(Vec<Value>);

impl Values {
    fn filter(&mut self, filter: &Filter) -> Result<Condition, SqliteError> {
        Ok(match filter {
            Filter::And(a, b) => self.filter(a)?.and(self.filter(b)?),
            Filter::Or(a, b) => self.filter(a)?.or(self.filter(b)?),
            Filter::Not(inner) => self.filter(inner)?.not(),
            Filter::Compare(comparison) => self.comparison(comparison)?,
            Filter::Present(_) | Filter::Within(..) => self.some(filter)?,
        })
    }

    /// What says that there is no value becomes the negation of what says that there is one.
    fn comparison(&mut self, comparison: &Comparison) -> Result<Condition, SqliteError> {
        let Comparison { path, operator, literal } = comparison;
        if literal.is_null() {
            let present = self.some(&Filter::Present(path.clone()))?;
            return Ok(if *operator == Operator::Equal { present.not() } else { present });
        }
        if *operator == Operator::NotEqual {
            let equal = Comparison { operator: Operator::Equal, ..comparison.clone() };
            return Ok(self.some(&Filter::Compare(equal))?.not());
        }
        self.some(&Filter::Compare(comparison.clone()))
    }

    /// A term that holds of a list if it holds of one of its elements.
    fn some(&mut self, term: &Filter) -> Result<Condition, SqliteError> {
        match stored(path(term)) {
            Stored::InColumns => self.of_record(term),
            Stored::InColumn { column, rank } => match required(term, None) {
                Some(key) => Ok(self.of_column(column, key, rank)),
                None => self.of_attributes(term),
            },
            Stored::AsMembers => self.of_members(term),
            Stored::AsGroups => self.of_groups(term),
            Stored::AsEmails => self.of_emails(term),
            Stored::AsAttribute => self.of_attributes(term),
        }
    }

    fn of_attributes(&mut self, term: &Filter) -> Result<Condition, SqliteError> {
        Ok(format!("scim_holds({}, r.attributes)", self.term(term)?).into())
    }

    fn of_record(&mut self, term: &Filter) -> Result<Condition, SqliteError> {
        let is_id = |attribute: &Attribute| &*attribute.name == "id" && attribute.case_exact;
        if let Some(id) = required(term, None).filter(|_| is_id(&path(term).attribute)) {
            let id = self.bind(id);
            return Ok(Condition::from(format!("r.id = {id}")).among(0, &format!("SELECT {id} AS id")));
        }
        let term = self.term(term)?;
        Ok(format!("scim_record_holds({term}, r.id, r.kind, r.created_at, r.updated_at, r.revision)").into())
    }

    fn of_column(&mut self, column: &str, key: String, rank: u8) -> Condition {
        let key = self.bind(key);
        let selection = format!(
            "SELECT id FROM scim_resources WHERE tenant = ?1 AND directory = ?2 AND kind = ?3 AND {column} = {key}"
        );
        Condition::from(format!("(r.{column} IS {key})")).among(rank, &selection)
    }

    fn of_emails(&mut self, term: &Filter) -> Result<Condition, SqliteError> {
        let Some(key) = required(term, Some("value")) else { return self.of_attributes(term) };
        let key = self.bind(key);
        let from = format!("FROM scim_emails WHERE tenant = ?1 AND directory = ?2 AND key = {key}");
        let listed = Condition::from(format!("EXISTS (SELECT 1 {from} AND resource = r.id)"));
        let listed = listed.among(3, &format!("SELECT resource AS id {from}"));
        match term {
            Filter::Compare(_) => Ok(listed),
            _ => Ok(listed.and(self.of_attributes(term)?)),
        }
    }

    fn of_members(&mut self, term: &Filter) -> Result<Condition, SqliteError> {
        // The index has ids in the lower case of ASCII.
        let key = required(term, Some("value")).filter(|key| key.is_ascii()).map(|key| self.bind(key));
        // Named, since SQLite would rather read every member of the group.
        let (index, by_key) = match &key {
            Some(key) => ("INDEXED BY scim_memberships_by_member", format!("AND lower(m.member_id) = {key}")),
            None => ("", String::new()),
        };
        let of_place = "m.tenant = ?1 AND m.directory = ?2";
        let element = "json_object('value', m.member_id, 'type', x.kind, 'display', m.display)";
        let condition = Condition::from(format!(
            "EXISTS (SELECT 1 FROM scim_memberships m {index} JOIN scim_resources x
                 ON x.tenant = m.tenant AND x.directory = m.directory AND x.id = m.member_id
             WHERE {of_place} {by_key} AND m.group_id = r.id
                 AND scim_holds({}, json_object('members', {element})))",
            self.term(term)?
        ));
        let selection =
            format!("SELECT DISTINCT m.group_id AS id FROM scim_memberships m WHERE {of_place} {by_key}");
        Ok(if key.is_some() { condition.among(4, &selection) } else { condition })
    }

    fn of_groups(&mut self, term: &Filter) -> Result<Condition, SqliteError> {
        let named = |name: &str| {
            format!(
                "CASE json_type(x.attributes, '$.{name}') WHEN 'text' THEN x.attributes ->> '$.{name}' END"
            )
        };
        let display = format!("coalesce({}, {})", named("displayName"), named("userName"));
        let element = format!("json_object('value', x.id, 'type', 'direct', 'display', {display})");
        let condition = format!(
            "EXISTS (SELECT 1 FROM scim_memberships m JOIN scim_resources x
                 ON x.tenant = m.tenant AND x.directory = m.directory AND x.id = m.group_id
             WHERE m.tenant = ?1 AND m.directory = ?2 AND lower(m.member_id) = lower(r.id) AND m.member_id = r.id
                 AND scim_holds({}, json_object('groups', {element})))",
            self.term(term)?
        );
        Ok(condition.into())
    }

    fn term(&mut self, term: &Filter) -> Result<String, SqliteError> {
        Ok(self.bind(json("scim_resources", term)?))
    }

    fn bind(&mut self, value: String) -> String {
        self.0.push(Value::Text(value));
        format!("?{}", self.0.len())
    }
}

/// The column that has an attribute's value in the form in which it is compared, if there is one.
pub(super) fn column(path: &AttributePath) -> Option<&'static str> {
    match stored(path) {
        Stored::InColumn { column, .. } => Some(column),
        _ => None,
    }
}

/// Where the values of an attribute are.
enum Stored {
    /// In columns that every resource has.
    InColumns,
    /// In a column beside the attributes, in the form in which they are compared.
    InColumn {
        column: &'static str,
        rank: u8,
    },
    AsEmails,
    AsMembers,
    AsGroups,
    AsAttribute,
}

/// By the attribute's definition and not by its name alone: a host's own types may mean something else by it.
fn stored(path: &AttributePath) -> Stored {
    let AttributePath { extension, attribute, sub } = path;
    if extension.is_some() {
        return Stored::AsAttribute;
    }
    let is_list = attribute.multi_valued && attribute.is_complex();
    let is_single = attribute.kind == AttributeType::String && !attribute.multi_valued && sub.is_none();
    match &*attribute.name {
        "id" | "meta" => Stored::InColumns,
        "userName" if is_single && !attribute.case_exact => Stored::InColumn { column: "user_name", rank: 1 },
        "displayName" if is_single && !attribute.case_exact => {
            Stored::InColumn { column: "display_name", rank: 5 }
        }
        "externalId" if is_single && attribute.case_exact => {
            Stored::InColumn { column: "external_id", rank: 2 }
        }
        "members" if is_list => Stored::AsMembers,
        "groups" if is_list => Stored::AsGroups,
        "emails" if attribute.sub("value").is_some_and(is_folded) => Stored::AsEmails,
        _ => Stored::AsAttribute,
    }
}

/// Whether it is text whose case does not count.
fn is_folded(attribute: &Attribute) -> bool {
    attribute.kind == AttributeType::String && !attribute.case_exact
}

/// The name in a resource's wire form, below which everything is that a term looks at.
pub(super) fn looks_at(term: &Filter) -> &str {
    let path = path(term);
    path.extension.as_deref().unwrap_or(&path.attribute.name)
}

fn path(term: &Filter) -> &AttributePath {
    match term {
        Filter::And(first, _) | Filter::Or(first, _) | Filter::Not(first) => path(first),
        Filter::Present(path) | Filter::Within(path, _) => path,
        Filter::Compare(comparison) => &comparison.path,
    }
}

/// The key that some value must have so that the term holds; of an attribute itself, or of a sub-attribute.
fn required(term: &Filter, sub: Option<&str>) -> Option<String> {
    let (compared, literal) = match term {
        Filter::Compare(Comparison { path, operator: Operator::Equal, literal }) => {
            (path.compared(), literal.as_str()?)
        }
        Filter::Within(path, inner) => (path.attribute.sub(sub?)?, inner.required_value(sub?, None)?),
        _ => return None,
    };
    let is_meant = sub.is_none_or(|sub| *compared.name == *sub);
    is_meant.then(|| comparison_key(compared.case_exact, literal).into_owned())
}

//! Filters as conditions on a row `r` of `scim_resources`.
//!
//! `and`, `or` and `not` become those of SQL. A term compares a column where one has its values, and otherwise calls the
//! domain's own evaluation, so that a value is compared in one way only. No condition is ever NULL, whose negation would
//! not be true.

use rusqlite::types::Value;
use scim_core::{AttributePath, Comparison, Filter, Lookup, LookupKey, Operator};

use super::{Place, members};
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
        let condition = filter.map_or(Ok("TRUE".to_owned()), |filter| values.filter(filter))?;
        let of_place = "r.tenant = ?1 AND r.directory = ?2";
        let from = match filter.and_then(Filter::lookups).and_then(|keys| values.candidates(keys)) {
            None => format!("scim_resources r WHERE {of_place}"),
            // A cross join keeps its order: SQLite would rather read the whole directory in the order of the page.
            Some(candidates) => {
                format!(
                    "({candidates}) c CROSS JOIN scim_resources r ON {of_place} AND r.id = c.id WHERE TRUE"
                )
            }
        };
        Ok(Self { sql: format!("FROM {from} AND r.kind = ?3 AND {condition}"), values: values.0 })
    }
}

/// The parameters so far.
struct Values(Vec<Value>);

impl Values {
    /// The ids of those who have one of these keys, each once; `None` if an index does not have such a key.
    fn candidates(&mut self, keys: Vec<LookupKey>) -> Option<String> {
        let is_indexed = |(lookup, key): &LookupKey| *lookup != Lookup::Member || key.is_ascii();
        let are_indexed = keys.iter().all(is_indexed);
        are_indexed.then(|| keys.into_iter().map(|key| self.found(key)).collect::<Vec<_>>().join(" UNION "))
    }

    fn found(&mut self, (lookup, key): LookupKey) -> String {
        let key = self.bind(key);
        let of_place = "tenant = ?1 AND directory = ?2";
        match column(lookup) {
            Some(column) => {
                format!("SELECT id FROM scim_resources WHERE {of_place} AND kind = ?3 AND {column} = {key}")
            }
            None if lookup == Lookup::Email => {
                format!("SELECT resource AS id FROM scim_emails WHERE {of_place} AND key = {key}")
            }
            None if lookup == Lookup::Member => format!(
                "SELECT DISTINCT group_id AS id FROM scim_memberships WHERE {of_place} AND lower(member_id) = {key}"
            ),
            None => format!("SELECT {key} AS id"),
        }
    }

    fn filter(&mut self, filter: &Filter) -> Result<String, SqliteError> {
        Ok(match filter {
            Filter::And(a, b) => format!("({} AND {})", self.filter(a)?, self.filter(b)?),
            Filter::Or(a, b) => format!("({} OR {})", self.filter(a)?, self.filter(b)?),
            Filter::Not(inner) => format!("NOT {}", self.filter(inner)?),
            Filter::Compare(comparison) => self.comparison(comparison)?,
            Filter::Present(_) | Filter::Within(..) => self.some(filter)?,
        })
    }

    /// What says that there is no value becomes the negation of what says that there is one.
    fn comparison(&mut self, comparison: &Comparison) -> Result<String, SqliteError> {
        let Comparison { path, operator, literal } = comparison;
        if literal.is_null() {
            let present = self.some(&Filter::Present(path.clone()))?;
            return Ok(if *operator == Operator::Equal { format!("NOT {present}") } else { present });
        }
        if *operator == Operator::NotEqual {
            let equal = Comparison { operator: Operator::Equal, ..comparison.clone() };
            return Ok(format!("NOT {}", self.some(&Filter::Compare(equal))?));
        }
        self.some(&Filter::Compare(comparison.clone()))
    }

    /// A term that holds of a list if it holds of one of its elements.
    fn some(&mut self, term: &Filter) -> Result<String, SqliteError> {
        match term.lookup() {
            // The index has ids in the lower case of ASCII.
            Some((Lookup::Member, key)) if key.is_ascii() => return self.of_members(term, Some(key)),
            Some((Lookup::Email, key)) => return self.of_emails(term, key),
            Some((Lookup::Id, id)) => return Ok(format!("(r.id = {})", self.bind(id))),
            Some((lookup, key)) => {
                if let Some(column) = column(lookup) {
                    return Ok(format!("(r.{column} IS {})", self.bind(key)));
                }
            }
            None => {}
        }
        match stored(path(term)) {
            Stored::InColumns => self.of_record(term),
            Stored::AsMembers => self.of_members(term, None),
            Stored::AsGroups => self.of_groups(term),
            Stored::AsAttribute => self.of_attributes(term),
        }
    }

    fn of_attributes(&mut self, term: &Filter) -> Result<String, SqliteError> {
        Ok(format!("scim_holds({}, r.attributes)", self.term(term)?))
    }

    fn of_record(&mut self, term: &Filter) -> Result<String, SqliteError> {
        let term = self.term(term)?;
        Ok(format!("scim_record_holds({term}, r.id, r.kind, r.created_at, r.updated_at, r.revision)"))
    }

    fn of_emails(&mut self, term: &Filter, key: String) -> Result<String, SqliteError> {
        let listed = format!(
            "EXISTS (SELECT 1 FROM scim_emails WHERE tenant = ?1 AND directory = ?2 AND key = {} AND resource = r.id)",
            self.bind(key)
        );
        match term {
            Filter::Compare(_) => Ok(listed),
            _ => Ok(format!("({listed} AND {})", self.of_attributes(term)?)),
        }
    }

    fn of_members(&mut self, term: &Filter, key: Option<String>) -> Result<String, SqliteError> {
        // Named, since SQLite would rather read every member of the group.
        let (index, by_key) = match key.map(|key| self.bind(key)) {
            Some(key) => ("INDEXED BY scim_memberships_by_member", format!("AND lower(m.member_id) = {key}")),
            None => ("", String::new()),
        };
        let element = "json_object('value', m.member_id, 'type', x.kind, 'display', m.display)";
        Ok(format!(
            "EXISTS (SELECT 1 FROM scim_memberships m {index} JOIN scim_resources x
                 ON x.tenant = m.tenant AND x.directory = m.directory AND x.id = m.member_id
             WHERE m.tenant = ?1 AND m.directory = ?2 {by_key} AND m.group_id = r.id
                 AND scim_holds({}, json_object('members', {element})))",
            self.term(term)?
        ))
    }

    fn of_groups(&mut self, term: &Filter) -> Result<String, SqliteError> {
        let display = members::display("x");
        let named = term.required_value("groups", Some("value")).filter(|id| id.is_ascii());
        let is_below = named.map(|id| members::is_below(&self.bind(id.to_ascii_lowercase())));
        let is_below = is_below.unwrap_or_else(|| "TRUE".to_owned());
        let term = self.term(term)?;
        let holds = |kind: &str| {
            let element = format!("json_object('value', x.id, 'type', '{kind}', 'display', {display})");
            format!("scim_holds({term}, json_object('groups', {element}))")
        };
        let direct = format!(
            "EXISTS (SELECT 1 FROM scim_memberships m JOIN scim_resources x
                 ON x.tenant = m.tenant AND x.directory = m.directory AND x.id = m.group_id
             WHERE m.tenant = ?1 AND m.directory = ?2 AND lower(m.member_id) = lower(r.id) AND m.member_id = r.id
                 AND {})",
            holds("direct")
        );
        let indirect = format!(
            "EXISTS ({} SELECT 1 FROM around i
                 CROSS JOIN scim_resources x ON x.tenant = ?1 AND x.directory = ?2 AND x.id = i.id AND {})",
            members::around("r.id"),
            holds("indirect")
        );
        Ok(format!("({is_below} AND ({direct} OR {indirect}))"))
    }

    fn term(&mut self, term: &Filter) -> Result<String, SqliteError> {
        Ok(self.bind(json("scim_resources", term)?))
    }

    fn bind(&mut self, value: String) -> String {
        self.0.push(Value::Text(value));
        format!("?{}", self.0.len())
    }
}

/// The column that has an attribute's value in the form in which it is compared.
pub(super) fn column(lookup: Lookup) -> Option<&'static str> {
    match lookup {
        Lookup::UserName => Some("user_name"),
        Lookup::ExternalId => Some("external_id"),
        Lookup::DisplayName => Some("display_name"),
        _ => None,
    }
}

/// Where the values of an attribute are.
enum Stored {
    /// In columns that every resource has.
    InColumns,
    AsMembers,
    AsGroups,
    AsAttribute,
}

/// By the attribute's definition and not by its name alone: a host's own types may mean something else by it.
fn stored(path: &AttributePath) -> Stored {
    let is_list = path.attribute.multi_valued && path.attribute.is_complex();
    match (&path.extension, &*path.attribute.name) {
        (Some(_), _) => Stored::AsAttribute,
        (None, "id" | "meta") => Stored::InColumns,
        (None, "members") if is_list => Stored::AsMembers,
        (None, "groups") if is_list => Stored::AsGroups,
        _ => Stored::AsAttribute,
    }
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

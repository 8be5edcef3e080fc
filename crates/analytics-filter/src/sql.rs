//! The rule as a predicate in SQL, for a host that filters rows of its own.
//!
//! Both forms are true or false and never unknown, and one is the other's opposite: write neither `NOT` nor `COALESCE`
//! around them, which keep some planners from using an index or from pushing the predicate to where the rows are.

use std::collections::BTreeSet;

use crate::{Atom, EmailTag, PhonePattern, TestUserRule, UserClass};

/// The SQL of a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// SQLite's, whose `lower` folds ASCII only unless it was built with ICU.
    Sqlite,
    /// PostgreSQL's.
    Postgres,
}

/// The columns that a predicate reads: expressions that the host writes, never a user's text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns<'a> {
    /// The id.
    pub id: &'a str,
    /// One e-mail address, or NULL.
    pub email: &'a str,
    /// One phone number in E.164, or NULL.
    pub phone: &'a str,
}

/// Part of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// The text, in parentheses.
    pub text: String,
    /// The values of its placeholders, in order.
    pub binds: Vec<String>,
}

/// The predicate "is of this class", whose placeholders are numbered from `first_bind`.
///
/// It looks at one address of each kind: at the primary ones, or, joined with a table of addresses, at each.
///
/// ```
/// use analytics_filter::{EmailTag, Atom, TestUserRule, UserClass, sql::{Columns, Dialect, predicate}};
///
/// let rule = TestUserRule::empty().or(Atom::EmailTag(EmailTag::new("qa")?));
/// let columns = Columns { id: "id", email: "email", phone: "phone" };
/// let real = predicate(&rule, UserClass::Real, Dialect::Sqlite, columns, 1);
/// assert_eq!(
///     real.text,
///     "((email IS NULL OR (instr(lower(email), '+qa@') = 0 AND instr(lower(email), '+qa+') = 0)))"
/// );
/// # Ok::<_, analytics_filter::InvalidEmailTag>(())
/// ```
pub fn predicate(
    rule: &TestUserRule,
    class: UserClass,
    dialect: Dialect,
    columns: Columns<'_>,
    first_bind: usize,
) -> Fragment {
    let mut writer = Writer { dialect, columns, next_bind: first_bind, binds: Vec::new() };
    let text = match class {
        UserClass::Test => writer.is_test(rule),
        UserClass::Real => writer.is_real(rule),
    };
    Fragment { text, binds: writer.binds }
}

struct Writer<'a> {
    dialect: Dialect,
    columns: Columns<'a>,
    next_bind: usize,
    binds: Vec<String>,
}

impl Writer<'_> {
    fn is_test(&mut self, rule: &TestUserRule) -> String {
        let mut any: Vec<_> = rule.atoms().map(|atom| self.matches(atom)).collect();
        let test = overridden(rule, UserClass::Test);
        any.extend((!test.is_empty()).then(|| self.is_listed(&test)));
        let any = joined(&any, " OR ", "FALSE");
        match overridden(rule, UserClass::Real) {
            real if real.is_empty() => any,
            real => format!("({} AND {any})", self.is_not_listed(&real)),
        }
    }

    fn is_real(&mut self, rule: &TestUserRule) -> String {
        let mut none: Vec<_> = rule.atoms().map(|atom| self.differs(atom)).collect();
        let test = overridden(rule, UserClass::Test);
        none.extend((!test.is_empty()).then(|| self.is_not_listed(&test)));
        let none = joined(&none, " AND ", "TRUE");
        match overridden(rule, UserClass::Real) {
            real if real.is_empty() => none,
            real => format!("({} OR {none})", self.is_listed(&real)),
        }
    }

    fn matches(&mut self, atom: &Atom) -> String {
        let Columns { email, phone, .. } = self.columns;
        match atom {
            Atom::Ids(ids) => self.is_listed(&ids.iter().map(String::as_str).collect()),
            Atom::EmailTag(tag) => {
                let found = self.tag_positions(tag).map(|at| format!("{at} > 0")).join(" OR ");
                format!("({email} IS NOT NULL AND ({found}))")
            }
            Atom::Phone(pattern) => {
                let [length, fits] = self.phone_tests(pattern, true);
                format!("({phone} IS NOT NULL AND {length} AND {fits})")
            }
        }
    }

    fn differs(&mut self, atom: &Atom) -> String {
        let Columns { email, phone, .. } = self.columns;
        match atom {
            Atom::Ids(ids) => self.is_not_listed(&ids.iter().map(String::as_str).collect()),
            Atom::EmailTag(tag) => {
                let absent = self.tag_positions(tag).map(|at| format!("{at} = 0")).join(" AND ");
                format!("({email} IS NULL OR ({absent}))")
            }
            Atom::Phone(pattern) => {
                let [length, fits] = self.phone_tests(pattern, false);
                format!("({phone} IS NULL OR {length} OR {fits})")
            }
        }
    }

    /// Where the tag stands, closed by `@` or by the next tag.
    fn tag_positions(&self, tag: &EmailTag) -> [String; 2] {
        let (email, tag) = (self.columns.email, tag.as_str());
        ['@', '+'].map(|end| match self.dialect {
            Dialect::Sqlite => format!("instr(lower({email}), '+{tag}{end}')"),
            // Other collations fold letters outside ASCII.
            Dialect::Postgres => format!("strpos(lower({email} COLLATE \"C\"), '+{tag}{end}')"),
        })
    }

    /// The length is tested for itself, since SQLite's GLOB stops at a NUL and PostgreSQL's `$` is before a last newline
    /// in some modes.
    fn phone_tests(&self, pattern: &PhonePattern, positive: bool) -> [String; 2] {
        let (phone, bytes) = (self.columns.phone, pattern.as_str().len());
        let equal = if positive { "=" } else { "<>" };
        let classes: String = pattern.as_str().chars().map(character_class).collect();
        match self.dialect {
            Dialect::Sqlite => [
                format!("length(CAST({phone} AS BLOB)) {equal} {bytes}"),
                format!("{phone} {}GLOB '{classes}'", if positive { "" } else { "NOT " }),
            ],
            Dialect::Postgres => [
                format!("octet_length({phone}) {equal} {bytes}"),
                format!("{phone} COLLATE \"C\" {}~ '^{classes}$'", if positive { "" } else { "!" }),
            ],
        }
    }

    fn is_listed(&mut self, ids: &BTreeSet<&str>) -> String {
        if ids.is_empty() {
            return "FALSE".to_owned();
        }
        let (id, list) = (self.columns.id, self.bind_all(ids));
        format!("({id} IS NOT NULL AND {id} IN ({list}))")
    }

    fn is_not_listed(&mut self, ids: &BTreeSet<&str>) -> String {
        if ids.is_empty() {
            return "TRUE".to_owned();
        }
        let (id, list) = (self.columns.id, self.bind_all(ids));
        format!("({id} IS NULL OR {id} NOT IN ({list}))")
    }

    fn bind_all(&mut self, values: &BTreeSet<&str>) -> String {
        let bound: Vec<_> = values.iter().map(|value| self.bind(value)).collect();
        bound.join(", ")
    }

    fn bind(&mut self, value: &str) -> String {
        let number = self.next_bind;
        self.next_bind = number.saturating_add(1);
        self.binds.push(value.to_owned());
        match self.dialect {
            Dialect::Sqlite => format!("?{number}"),
            Dialect::Postgres => format!("${number}"),
        }
    }
}

fn overridden(rule: &TestUserRule, class: UserClass) -> BTreeSet<&str> {
    rule.overrides().filter(|(_, overridden)| *overridden == class).map(|(id, _)| id).collect()
}

fn joined(parts: &[String], operator: &str, none: &str) -> String {
    if parts.is_empty() { none.to_owned() } else { format!("({})", parts.join(operator)) }
}

fn character_class(pattern: char) -> String {
    match pattern {
        'N' => "[2-9]".to_owned(),
        'X' => "[0-9]".to_owned(),
        // Also a `+`, which means something else in a regular expression.
        exact => format!("[{exact}]"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: Columns<'_> = Columns { id: "u.id", email: "u.email", phone: "u.phone" };

    #[test]
    fn postgres_reads_bytes_and_folds_ascii_only() {
        let rule = TestUserRule::empty()
            .or(Atom::EmailTag(EmailTag::announced()))
            .or(Atom::Phone(PhonePattern::announced()));
        let text = predicate(&rule, UserClass::Test, Dialect::Postgres, COLUMNS, 1).text;
        assert_eq!(
            text,
            "((u.email IS NOT NULL AND (strpos(lower(u.email COLLATE \"C\"), '+clerk_test@') > 0 \
             OR strpos(lower(u.email COLLATE \"C\"), '+clerk_test+') > 0)) \
             OR (u.phone IS NOT NULL AND octet_length(u.phone) = 12 AND u.phone COLLATE \"C\" \
             ~ '^[+][1][5][5][5][5][5][5][0][1][0][0]$'))"
        );
    }

    #[test]
    fn ids_are_bound_from_where_the_host_says() {
        let rule = TestUserRule::empty()
            .or(Atom::Ids(BTreeSet::from(["b".to_owned(), "a'".to_owned()])))
            .with_override("c", UserClass::Real);
        let fragment = predicate(&rule, UserClass::Test, Dialect::Postgres, COLUMNS, 4);
        assert_eq!(
            fragment.text,
            "((u.id IS NULL OR u.id NOT IN ($6)) AND ((u.id IS NOT NULL AND u.id IN ($4, $5))))"
        );
        assert_eq!(fragment.binds, ["a'", "b", "c"]);
    }

    #[test]
    fn a_rule_without_atoms_is_a_constant() {
        let of = |class| predicate(&TestUserRule::empty(), class, Dialect::Sqlite, COLUMNS, 1).text;
        assert_eq!((of(UserClass::Test), of(UserClass::Real)), ("FALSE".to_owned(), "TRUE".to_owned()));
    }
}

//! Reading a filter by recursive descent: `or`, then `and`, then `not`.

use serde_json::Value;

use super::{
    Comparison, Filter, OPERATORS, Operator, element_attribute,
    lexer::{Lexer, Token, TokenKind},
    schemas,
};
use crate::{
    AttributePath,
    error::shortened,
    path::is_ordered,
    registry::TypeSchema,
    schema::{Attribute, AttributeType},
};

/// The longest filter, in bytes.
pub const MAX_LEN: usize = 64 * 1024;
/// How deep parentheses and `not` may be nested.
pub const MAX_DEPTH: usize = 32;
/// The most comparisons of a filter.
pub const MAX_TERMS: usize = 256;

/// Why a filter is not understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FilterError {
    /// It is longer than [`MAX_LEN`], deeper than [`MAX_DEPTH`], or has more terms than [`MAX_TERMS`].
    #[error("filter is too large: at most {MAX_LEN} bytes, {MAX_TERMS} terms and a depth of {MAX_DEPTH}")]
    TooLarge,
    /// Something else was expected.
    #[error("filter is not understood at position {at}: expected {expected}")]
    Unexpected {
        /// Where, in bytes.
        at: usize,
        /// What would be understood.
        expected: &'static str,
    },
    /// There is no such attribute.
    #[error("filter is not understood at position {at}: `{name}` is no attribute that can be filtered by")]
    UnknownAttribute {
        /// Where, in bytes.
        at: usize,
        /// What was written.
        name: String,
    },
    /// The attribute can't be compared like this.
    #[error(
        "filter is not understood at position {at}: `{operator}` does not fit the attribute `{name}` and its value"
    )]
    Mismatch {
        /// Where, in bytes.
        at: usize,
        /// The attribute.
        name: String,
        /// How it was to be compared.
        operator: Operator,
    },
}

pub(super) fn parse(kind: &TypeSchema, text: &str) -> Result<Filter, FilterError> {
    let mut filter = read(text, Scope::Type(kind))?;
    schemas::spell_out(kind, &mut filter);
    Ok(filter)
}

/// The filter of a value path, whose names are sub-attributes of `path`.
pub(crate) fn parse_within(path: &AttributePath, text: &str) -> Result<Filter, FilterError> {
    read(text, Scope::Elements(path))
}

/// What names lead to.
#[derive(Clone, Copy)]
enum Scope<'a> {
    Type(&'a TypeSchema),
    /// Sub-attributes of the elements of a list.
    Elements(&'a AttributePath),
}

impl Scope<'_> {
    fn bind(self, name: &str) -> Option<AttributePath> {
        match self {
            Self::Type(kind) => AttributePath::parse(kind, name).filter(AttributePath::is_filterable),
            Self::Elements(path) => element_attribute(path, name),
        }
    }
}

fn read(text: &str, scope: Scope<'_>) -> Result<Filter, FilterError> {
    if text.len() > MAX_LEN {
        return Err(FilterError::TooLarge);
    }
    let mut reader = Reader { lexer: Lexer::new(text), terms: 0 };
    let filter = reader.either(scope, 0)?;
    match reader.lexer.token.kind {
        TokenKind::End => Ok(*filter),
        _ => Err(reader.expected("`and`, `or`, or the end")),
    }
}

/// Filters are boxed as they are read: most end within another one.
struct Reader<'t> {
    lexer: Lexer<'t>,
    terms: usize,
}

impl<'t> Reader<'t> {
    fn expected(&self, expected: &'static str) -> FilterError {
        FilterError::Unexpected { at: self.lexer.token.at, expected }
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found =
            matches!(self.lexer.token.kind, TokenKind::Word(found) if found.eq_ignore_ascii_case(word));
        if found {
            self.lexer.advance();
        }
        found
    }

    fn expect(&mut self, kind: TokenKind<'_>, expected: &'static str) -> Result<(), FilterError> {
        if self.lexer.token.kind != kind {
            return Err(self.expected(expected));
        }
        self.lexer.advance();
        Ok(())
    }

    fn name(&mut self, expected: &'static str) -> Result<(usize, &'t str), FilterError> {
        let Token { at, kind: TokenKind::Word(name) } = self.lexer.token else {
            return Err(self.expected(expected));
        };
        self.lexer.advance();
        Ok((at, name))
    }

    /// Alternatives, each of which is a number of filters that all hold.
    fn either(&mut self, scope: Scope<'_>, depth: usize) -> Result<Box<Filter>, FilterError> {
        let mut filter = self.all(scope, depth)?;
        while self.take_word("or") {
            filter = Box::new(Filter::Or(filter, self.all(scope, depth)?));
        }
        Ok(filter)
    }

    fn all(&mut self, scope: Scope<'_>, depth: usize) -> Result<Box<Filter>, FilterError> {
        let mut filter = self.one(scope, depth)?;
        while self.take_word("and") {
            filter = Box::new(Filter::And(filter, self.one(scope, depth)?));
        }
        Ok(filter)
    }

    fn one(&mut self, scope: Scope<'_>, depth: usize) -> Result<Box<Filter>, FilterError> {
        if depth > MAX_DEPTH {
            return Err(FilterError::TooLarge);
        }
        let deeper = depth.saturating_add(1);
        if self.lexer.token.kind == TokenKind::Open {
            self.lexer.advance();
            let filter = self.either(scope, deeper)?;
            self.expect(TokenKind::Close, "`)`")?;
            return Ok(filter);
        }
        let (at, name) = self.name("the name of an attribute")?;
        if name.eq_ignore_ascii_case("not") && self.lexer.token.kind == TokenKind::Open {
            return Ok(Box::new(Filter::Not(self.one(scope, deeper)?)));
        }
        self.term(scope, at, name, deeper)
    }

    fn term(
        &mut self,
        scope: Scope<'_>,
        at: usize,
        name: &str,
        depth: usize,
    ) -> Result<Box<Filter>, FilterError> {
        self.terms = self.terms.saturating_add(1);
        if self.terms > MAX_TERMS {
            return Err(FilterError::TooLarge);
        }
        let path = scope.bind(name).ok_or_else(|| unknown(at, name))?;
        match self.lexer.token.kind {
            TokenKind::OpenBracket => self.within(path, at, depth),
            _ => self.comparison(path, at),
        }
    }

    fn within(&mut self, path: AttributePath, at: usize, depth: usize) -> Result<Box<Filter>, FilterError> {
        if !path.attribute.is_complex() || path.sub.is_some() {
            return Err(FilterError::Unexpected {
                at,
                expected: "an attribute with sub-attributes before `[`",
            });
        }
        self.lexer.advance();
        let mut inner = self.either(Scope::Elements(&path), depth)?;
        self.expect(TokenKind::CloseBracket, "`]`")?;
        // `emails[type eq "work"].value eq "x"`, as Entra ID writes it: one element fulfils both.
        if let Some((at, name)) = self.sub_attribute() {
            self.lexer.advance();
            let sub = element_attribute(&path, name.trim_start_matches('.'));
            let sub = sub.ok_or_else(|| unknown(at, name))?;
            inner = Box::new(Filter::And(inner, self.comparison(sub, at)?));
        }
        Ok(Box::new(Filter::Within(path, inner)))
    }

    fn sub_attribute(&self) -> Option<(usize, &'t str)> {
        match self.lexer.token {
            Token { at, kind: TokenKind::Word(word) } if word.starts_with('.') => Some((at, word)),
            _ => None,
        }
    }

    fn comparison(&mut self, path: AttributePath, at: usize) -> Result<Box<Filter>, FilterError> {
        if self.take_word("pr") {
            return Ok(Box::new(Filter::Present(path)));
        }
        let (operator_at, word) = self.name("an operator such as `eq`")?;
        let operator = operator(word, operator_at)?;
        let literal = self.literal()?;
        let mismatch = || FilterError::Mismatch { at, name: path.attribute.name.to_string(), operator };
        let literal = fitting(path.compared(), operator, literal).ok_or_else(mismatch)?;
        Ok(Box::new(Filter::Compare(Comparison { path, operator, literal })))
    }

    /// A quoted one is a JSON string (RFC 7644 §3.4.2.2), and others are JSON too; truth values match in any case.
    fn literal(&mut self) -> Result<Value, FilterError> {
        let literal = match self.lexer.token.kind {
            TokenKind::Plain(text) => Some(Value::from(text)),
            TokenKind::Escaped(text) => serde_json::from_str(text).ok().map(Value::String),
            TokenKind::Word(word) => serde_json::from_str(word).ok().or_else(|| boolean(word)),
            _ => None,
        };
        let expected = || self.expected("a quoted text, a number, `true`, `false` or `null`");
        let literal = literal.ok_or_else(expected)?;
        self.lexer.advance();
        Ok(literal)
    }
}

fn unknown(at: usize, name: &str) -> FilterError {
    FilterError::UnknownAttribute { at, name: shortened(name) }
}

fn operator(word: &str, at: usize) -> Result<Operator, FilterError> {
    let found = OPERATORS.iter().find(|(text, _)| text.eq_ignore_ascii_case(word));
    found.map(|(_, operator)| *operator).ok_or(FilterError::Unexpected {
        at,
        expected: "`eq`, `ne`, `co`, `sw`, `ew`, `gt`, `ge`, `lt`, `le` or `pr`",
    })
}

fn boolean(word: &str) -> Option<Value> {
    let is = |text: &str| word.eq_ignore_ascii_case(text);
    if is("true") { Some(true.into()) } else { is("false").then(|| false.into()) }
}

/// The literal as a value of the attribute's type; `None` if it is none, or the operator does not fit the type.
fn fitting(attribute: &Attribute, operator: Operator, literal: Value) -> Option<Value> {
    use Operator::{Contains, EndsWith, Equal, NotEqual, StartsWith};
    if literal.is_null() {
        return matches!(operator, Equal | NotEqual).then_some(literal);
    }
    let textual = matches!(operator, Contains | StartsWith | EndsWith);
    let ordering = !textual && !matches!(operator, Equal | NotEqual);
    if ordering && !is_ordered(attribute.kind) {
        return None;
    }
    match attribute.kind {
        AttributeType::String | AttributeType::Reference | AttributeType::Binary => {
            literal.is_string().then_some(literal)
        }
        // Some clients put quotes around a truth value.
        AttributeType::Boolean if textual => None,
        AttributeType::Boolean => {
            literal.as_str().map_or(Some(literal.clone()), boolean).filter(Value::is_boolean)
        }
        AttributeType::DateTime if textual => literal.is_string().then_some(literal),
        AttributeType::DateTime => {
            literal.as_str().and_then(super::evaluate::instant).is_some().then_some(literal)
        }
        AttributeType::Integer | AttributeType::Decimal => {
            (literal.is_number() && !textual).then_some(literal)
        }
        AttributeType::Any => (literal.is_string() || !textual).then_some(literal),
        AttributeType::Complex => None,
    }
}

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
    let bind = |name: &str| AttributePath::parse(kind, name).filter(AttributePath::is_filterable);
    let mut filter = read(text, &bind)?;
    schemas::spell_out(kind, &mut filter);
    Ok(filter)
}

/// The filter of a value path, whose names are sub-attributes of `path`.
pub(crate) fn parse_within(path: &AttributePath, text: &str) -> Result<Filter, FilterError> {
    read(text, &|name| element_attribute(path, name))
}

type Bind<'a> = &'a dyn Fn(&str) -> Option<AttributePath>;

fn read(text: &str, bind: Bind<'_>) -> Result<Filter, FilterError> {
    if text.len() > MAX_LEN {
        return Err(FilterError::TooLarge);
    }
    let mut lexer = Lexer::new(text);
    let mut reader = Reader { token: lexer.next(), lexer, terms: 0 };
    let filter = reader.either(bind, 0)?;
    match reader.token.kind {
        TokenKind::End => Ok(filter),
        _ => Err(unexpected(reader.token, "`and`, `or`, or the end")),
    }
}

fn unexpected(token: Token<'_>, expected: &'static str) -> FilterError {
    FilterError::Unexpected { at: token.at, expected }
}

struct Reader<'t> {
    lexer: Lexer<'t>,
    /// The one that is read next.
    token: Token<'t>,
    terms: usize,
}

impl<'t> Reader<'t> {
    fn take(&mut self) -> Token<'t> {
        std::mem::replace(&mut self.token, self.lexer.next())
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = matches!(self.token.kind, TokenKind::Word(found) if found.eq_ignore_ascii_case(word));
        if found {
            self.take();
        }
        found
    }

    fn expect(&mut self, kind: TokenKind<'_>, expected: &'static str) -> Result<(), FilterError> {
        let token = self.take();
        if token.kind == kind { Ok(()) } else { Err(unexpected(token, expected)) }
    }

    fn name(&mut self, expected: &'static str) -> Result<(usize, &'t str), FilterError> {
        match self.take() {
            Token { at, kind: TokenKind::Word(name) } => Ok((at, name)),
            token => Err(unexpected(token, expected)),
        }
    }

    fn either(&mut self, bind: Bind<'_>, depth: usize) -> Result<Filter, FilterError> {
        let mut filter = self.both(bind, depth)?;
        while self.take_word("or") {
            filter = Filter::Or(Box::new(filter), Box::new(self.both(bind, depth)?));
        }
        Ok(filter)
    }

    fn both(&mut self, bind: Bind<'_>, depth: usize) -> Result<Filter, FilterError> {
        let mut filter = self.one(bind, depth)?;
        while self.take_word("and") {
            filter = Filter::And(Box::new(filter), Box::new(self.one(bind, depth)?));
        }
        Ok(filter)
    }

    fn one(&mut self, bind: Bind<'_>, depth: usize) -> Result<Filter, FilterError> {
        if depth > MAX_DEPTH {
            return Err(FilterError::TooLarge);
        }
        let deeper = depth.saturating_add(1);
        if self.token.kind == TokenKind::Open {
            self.take();
            let filter = self.either(bind, deeper)?;
            self.expect(TokenKind::Close, "`)`")?;
            return Ok(filter);
        }
        let (at, name) = self.name("the name of an attribute")?;
        if name.eq_ignore_ascii_case("not") && self.token.kind == TokenKind::Open {
            return Ok(Filter::Not(Box::new(self.one(bind, deeper)?)));
        }
        self.term(bind, at, name, deeper)
    }

    fn term(&mut self, bind: Bind<'_>, at: usize, name: &str, depth: usize) -> Result<Filter, FilterError> {
        self.terms = self.terms.saturating_add(1);
        if self.terms > MAX_TERMS {
            return Err(FilterError::TooLarge);
        }
        let path = bind(name).ok_or_else(|| unknown(at, name))?;
        match self.token.kind {
            TokenKind::OpenBracket => self.within(path, at, depth),
            _ => self.comparison(path, at),
        }
    }

    fn within(&mut self, path: AttributePath, at: usize, depth: usize) -> Result<Filter, FilterError> {
        if !path.attribute.is_complex() || path.sub.is_some() {
            return Err(FilterError::Unexpected {
                at,
                expected: "an attribute with sub-attributes before `[`",
            });
        }
        self.take();
        let inner = self.either(&|name| element_attribute(&path, name), depth)?;
        self.expect(TokenKind::CloseBracket, "`]`")?;
        match self.token.kind {
            TokenKind::Word(word) if word.starts_with('.') => self.within_and(path, inner),
            _ => Ok(Filter::Within(path, Box::new(inner))),
        }
    }

    /// `emails[type eq "work"].value eq "x"`, as Entra ID writes it: one element fulfils both.
    fn within_and(&mut self, path: AttributePath, inner: Filter) -> Result<Filter, FilterError> {
        let (at, name) = self.name("the name of a sub-attribute")?;
        let sub = element_attribute(&path, name.trim_start_matches('.')).ok_or_else(|| unknown(at, name))?;
        let compared = self.comparison(sub, at)?;
        Ok(Filter::Within(path, Box::new(Filter::And(Box::new(inner), Box::new(compared)))))
    }

    fn comparison(&mut self, path: AttributePath, at: usize) -> Result<Filter, FilterError> {
        if self.take_word("pr") {
            return Ok(Filter::Present(path));
        }
        let operator = self.name("an operator such as `eq`").and_then(|(at, word)| operator(word, at))?;
        let literal = literal(self.take())?;
        let mismatch = || FilterError::Mismatch { at, name: path.attribute.name.to_string(), operator };
        let literal = fitting(path.compared(), operator, literal).ok_or_else(mismatch)?;
        Ok(Filter::Compare(Comparison { path, operator, literal }))
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

/// A quoted one is a JSON string (RFC 7644 §3.4.2.2), and so is any other JSON, but `true` and `false` match in any case.
fn literal(token: Token<'_>) -> Result<Value, FilterError> {
    let value = match token.kind {
        TokenKind::Quoted(text) => serde_json::from_str(text).ok().map(Value::String),
        TokenKind::Word(word) => serde_json::from_str(word).ok().or_else(|| boolean(word)),
        _ => None,
    };
    value.ok_or_else(|| unexpected(token, "a quoted text, a number, `true`, `false` or `null`"))
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
        AttributeType::Complex => None,
    }
}

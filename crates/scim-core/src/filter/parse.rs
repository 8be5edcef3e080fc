//! Reading a filter by recursive descent: `or`, then `and`, then `not`.

use std::sync::Arc;

use super::{
    Comparison, Filter, Literal, OPERATORS, Operator,
    lexer::{Lexer, Token, TokenKind},
    literal::truth,
    schemas,
};
use crate::{
    AttributePath, error::shortened, path::elements_of, registry::TypeSchema, schema::AttributeType,
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
    read(text, Scope::Type(kind))
}

/// The filter of a value path, whose names are sub-attributes of `path`.
pub(crate) fn parse_within(
    kind: &TypeSchema,
    path: &AttributePath,
    text: &str,
) -> Result<Filter, FilterError> {
    read(text, Scope::Elements(elements_of(kind, path)))
}

/// What names lead to.
#[derive(Clone, Copy)]
enum Scope<'a> {
    Type(&'a TypeSchema),
    /// Sub-attributes of the elements of a list.
    Elements(&'a [Arc<AttributePath>]),
}

impl<'a> Scope<'a> {
    fn bind(self, name: &str) -> Option<Arc<AttributePath>> {
        match self {
            Self::Type(kind) => AttributePath::parse(kind, name).filter(|path| path.is_filterable()),
            Self::Elements(paths) => paths.iter().find(|path| path.attribute.is_named(name)).cloned(),
        }
    }

    /// That of the elements of a list; those of an element have no elements.
    fn within(self, path: &AttributePath) -> Self {
        match self {
            Self::Type(kind) => Self::Elements(elements_of(kind, path)),
            Self::Elements(_) => Self::Elements(&[]),
        }
    }
}

fn read(text: &str, scope: Scope<'_>) -> Result<Filter, FilterError> {
    if text.len() > MAX_LEN {
        return Err(FilterError::TooLarge);
    }
    let mut reader = Reader { lexer: Lexer::new(text), terms: 0 };
    reader.lexer.advance();
    let filter = reader.either(scope, 0).map_err(|error| *error)?;
    match reader.lexer.token.kind {
        TokenKind::End => Ok(*filter),
        _ => Err(*reader.expected("`and`, `or`, or the end")),
    }
}

struct Reader<'t> {
    lexer: Lexer<'t>,
    terms: usize,
}

/// Both are boxed: to hand filters and errors from call to call would take as long as to read them.
type Read<T = Box<Filter>> = Result<T, Box<FilterError>>;

impl<'t> Reader<'t> {
    fn expected(&self, expected: &'static str) -> Box<FilterError> {
        Box::new(FilterError::Unexpected { at: self.lexer.token.at, expected })
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found =
            matches!(self.lexer.token.kind, TokenKind::Word(found) if found.eq_ignore_ascii_case(word));
        if found {
            self.lexer.advance();
        }
        found
    }

    fn expect(&mut self, kind: TokenKind<'_>, expected: &'static str) -> Read<()> {
        if self.lexer.token.kind != kind {
            return Err(self.expected(expected));
        }
        self.lexer.advance();
        Ok(())
    }

    fn name(&mut self, expected: &'static str) -> Read<&'t str> {
        let TokenKind::Word(name) = self.lexer.token.kind else { return Err(self.expected(expected)) };
        self.lexer.advance();
        Ok(name)
    }

    /// Alternatives, each of which is a number of filters that all hold.
    fn either(&mut self, scope: Scope<'_>, depth: usize) -> Read {
        let mut filter = self.all(scope, depth)?;
        while self.take_word("or") {
            filter = Box::new(Filter::Or(filter, self.all(scope, depth)?));
        }
        Ok(filter)
    }

    fn all(&mut self, scope: Scope<'_>, depth: usize) -> Read {
        let mut filter = self.one(scope, depth)?;
        while self.take_word("and") {
            filter = Box::new(Filter::And(filter, self.one(scope, depth)?));
        }
        Ok(filter)
    }

    fn one(&mut self, scope: Scope<'_>, depth: usize) -> Read {
        if depth > MAX_DEPTH {
            return Err(Box::new(FilterError::TooLarge));
        }
        let deeper = depth.saturating_add(1);
        if self.lexer.token.kind == TokenKind::Open {
            self.lexer.advance();
            let filter = self.either(scope, deeper)?;
            self.expect(TokenKind::Close, "`)`")?;
            return Ok(filter);
        }
        let at = self.lexer.token.at;
        let name = self.name("the name of an attribute")?;
        if name.eq_ignore_ascii_case("not") && self.lexer.token.kind == TokenKind::Open {
            return Ok(Box::new(Filter::Not(self.one(scope, deeper)?)));
        }
        self.term(scope, at, name, deeper)
    }

    fn term(&mut self, scope: Scope<'_>, at: usize, name: &str, depth: usize) -> Read {
        self.terms = self.terms.saturating_add(1);
        if self.terms > MAX_TERMS {
            return Err(Box::new(FilterError::TooLarge));
        }
        let path = scope.bind(name).ok_or_else(|| unknown(at, name))?;
        if self.lexer.token.kind == TokenKind::OpenBracket {
            return self.within(scope.within(&path), path, at, depth);
        }
        match scope {
            Scope::Type(kind) if schemas::is_led_to(&path) => {
                Ok(Box::new(schemas::spelled_out(kind, *self.comparison(path, at)?)))
            }
            _ => self.comparison(path, at),
        }
    }

    fn within(&mut self, scope: Scope<'_>, path: Arc<AttributePath>, at: usize, depth: usize) -> Read {
        if !path.attribute.is_complex() || path.sub.is_some() {
            let expected = "an attribute with sub-attributes before `[`";
            return Err(Box::new(FilterError::Unexpected { at, expected }));
        }
        self.lexer.advance();
        let mut inner = self.either(scope, depth)?;
        self.expect(TokenKind::CloseBracket, "`]`")?;
        // `emails[type eq "work"].value eq "x"`, as Entra ID writes it: one element fulfils both.
        if let Some((at, name)) = self.sub_attribute() {
            self.lexer.advance();
            let sub = scope.bind(name.trim_start_matches('.')).ok_or_else(|| unknown(at, name))?;
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

    fn comparison(&mut self, path: Arc<AttributePath>, at: usize) -> Read {
        if self.take_word("pr") {
            return Ok(Box::new(Filter::Present(path)));
        }
        let operator_at = self.lexer.token.at;
        let operator = operator(self.name("an operator such as `eq`")?, operator_at)?;
        let literal = match self.lexer.token.kind {
            TokenKind::Plain(text) => return self.text(path, at, operator, text),
            // A JSON string (RFC 7644 §3.4.2.2).
            TokenKind::Escaped(text) => match serde_json::from_str::<String>(text) {
                Ok(text) => return self.text(path, at, operator, &text),
                Err(_) => None,
            },
            TokenKind::Word(word) => Literal::of_word(word),
            _ => None,
        };
        let expected = || self.expected("a quoted text, a number, `true`, `false` or `null`");
        let literal = literal.ok_or_else(expected)?;
        if !fits(path.compared().kind, operator, &literal) {
            return Err(mismatch(&path, at, operator));
        }
        self.lexer.advance();
        Ok(Box::new(Filter::Compare(Comparison { path, operator, literal })))
    }

    fn text(&mut self, path: Arc<AttributePath>, at: usize, operator: Operator, text: &str) -> Read {
        let kind = path.compared().kind;
        if !fits_text(kind, operator, text) {
            return Err(mismatch(&path, at, operator));
        }
        self.lexer.advance();
        // Some clients put quotes around a truth value.
        let truth = if kind == AttributeType::Boolean { truth(text) } else { None };
        let literal = truth.map_or_else(|| Literal::text(text), Literal::of_truth);
        Ok(Box::new(Filter::Compare(Comparison { path, operator, literal })))
    }
}

fn mismatch(path: &AttributePath, at: usize, operator: Operator) -> Box<FilterError> {
    Box::new(FilterError::Mismatch { at, name: path.attribute.name.to_string(), operator })
}

fn unknown(at: usize, name: &str) -> Box<FilterError> {
    Box::new(FilterError::UnknownAttribute { at, name: shortened(name) })
}

fn operator(word: &str, at: usize) -> Read<Operator> {
    let found = OPERATORS.iter().find(|(text, _)| text.eq_ignore_ascii_case(word));
    found.map(|(_, operator)| *operator).ok_or_else(|| {
        let expected = "`eq`, `ne`, `co`, `sw`, `ew`, `gt`, `ge`, `lt`, `le` or `pr`";
        Box::new(FilterError::Unexpected { at, expected })
    })
}

fn fits_text(kind: AttributeType, operator: Operator, text: &str) -> bool {
    use AttributeType::{Any, Binary, Boolean, DateTime, Reference, String};
    match kind {
        String | Reference | Any => true,
        Binary => !operator.is_ordering(),
        DateTime => operator.is_textual() || super::evaluate::instant(text).is_some(),
        Boolean => operator.is_equality() && truth(text).is_some(),
        _ => false,
    }
}

/// Whether a number, a truth value or null is compared with values of a type.
fn fits(kind: AttributeType, operator: Operator, literal: &Literal) -> bool {
    use AttributeType::{Any, Boolean, Decimal, Integer};
    if literal.is_null() {
        return operator.is_equality();
    }
    match kind {
        Any => !operator.is_textual(),
        Boolean => operator.is_equality() && literal.as_bool().is_some(),
        Integer | Decimal => !operator.is_textual() && literal.as_number().is_some(),
        _ => false,
    }
}

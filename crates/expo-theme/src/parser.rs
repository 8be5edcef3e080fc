//! JSON text to a tree (RFC 8259, with the keys and numbers of ECMA-262 `JSON.parse`).
//!
//! The first problem is where `JSON.parse` gives up. Reading goes on after what has one likely meaning (a trailing or
//! missing comma, a comment, other quotes, a bare word), so that one run reports what one edit can mend.

mod lexer;

use lexer::Lexer;

pub(crate) use lexer::Dialect;

use crate::value::{Member, Node, Object, Value};
use crate::{Code, Diagnostic, Source, Span, Text};

/// How many arrays and objects may stand in each other.
pub const MAX_DEPTH: usize = 1024;

/// What was read: the tree as far as it was understood, and every problem in the order of reading.
pub(crate) struct Parsed {
    pub(crate) root: Node,
    pub(crate) problems: Vec<Diagnostic>,
}

pub(crate) fn parse(source: &Source) -> Parsed {
    parse_as(source, Dialect::Json)
}

pub(crate) fn parse_as(source: &Source, dialect: Dialect) -> Parsed {
    let mut parser = Parser {
        lexer: Lexer::new(source, dialect),
        open: Vec::new(),
        items: Vec::new(),
        members: Vec::new(),
    };
    let root = parser.root();
    parser.lexer.end_of_text();
    Parsed { root, problems: parser.lexer.into_problems() }
}

/// Arrays and objects that are not closed yet are kept here, not on the call stack.
struct Parser<'a> {
    lexer: Lexer<'a>,
    open: Vec<Open>,
    /// What all of them hold so far, one after the other: each takes its part when it is closed.
    items: Vec<Node>,
    members: Vec<Member>,
}

enum Open {
    /// An array that begins at an offset of the text, and whose items begin at a place among all.
    Array { start: usize, first: usize },
    /// An object in which a value is due for this key.
    Object { start: usize, first: usize, key: Text, key_span: Span },
}

/// What reading a value or a separator led to.
enum Step {
    /// Another value is due.
    Value,
    /// This value is complete.
    Complete(Node),
}

impl Parser<'_> {
    fn root(&mut self) -> Node {
        loop {
            let mut step = self.begin();
            while let Step::Complete(node) = step {
                step = match self.open.pop() {
                    None => return node,
                    Some(Open::Array { start, first }) => {
                        self.items.push(node);
                        self.after_item(start, first)
                    }
                    Some(Open::Object { start, first, key, key_span }) => {
                        self.members.push(Member { key, key_span, value: node });
                        self.after_member(start, first)
                    }
                };
            }
        }
    }

    fn begin(&mut self) -> Step {
        let start = self.lexer.skip_blank();
        match self.lexer.peek() {
            Some(b'{' | b'[') if self.open.len() >= MAX_DEPTH => {
                self.too_deep(start);
                self.complete(start, Value::Invalid)
            }
            Some(b'{') => {
                self.lexer.bump();
                self.member_or_close(start, self.members.len(), None)
            }
            Some(b'[') => {
                self.lexer.bump();
                self.item_or_close(start, self.items.len(), None)
            }
            _ => {
                let value = self.lexer.scalar();
                self.complete(start, value)
            }
        }
    }

    fn after_item(&mut self, start: usize, first: usize) -> Step {
        match self.lexer.separator(b']', "`,` or `]`") {
            Some(comma) => self.item_or_close(start, first, Some(comma)),
            None => self.close_array(start, first),
        }
    }

    fn after_member(&mut self, start: usize, first: usize) -> Step {
        match self.lexer.separator(b'}', "`,` or `}`") {
            Some(comma) => self.member_or_close(start, first, Some(comma)),
            None => self.close_object(start, first),
        }
    }

    /// After `[` or a comma: the next item, or the end.
    fn item_or_close(&mut self, start: usize, first: usize, comma: Option<Span>) -> Step {
        if self.lexer.closes(b']', comma) {
            return self.close_array(start, first);
        }
        self.open.push(Open::Array { start, first });
        Step::Value
    }

    /// After `{` or a comma: the next key with its colon, or the end.
    fn member_or_close(&mut self, start: usize, first: usize, comma: Option<Span>) -> Step {
        if self.lexer.closes(b'}', comma) {
            return self.close_object(start, first);
        }
        match self.lexer.key() {
            Some((key, key_span)) => {
                self.open.push(Open::Object { start, first, key, key_span });
                Step::Value
            }
            None => self.close_object(start, first),
        }
    }

    fn close_array(&mut self, start: usize, first: usize) -> Step {
        let items = self.items.drain(first.min(self.items.len())..).collect();
        self.complete(start, Value::Array(items))
    }

    fn close_object(&mut self, start: usize, first: usize) -> Step {
        let members = self.members.drain(first.min(self.members.len())..).collect();
        self.complete(start, Value::Object(Object::from_source(members)))
    }

    fn complete(&self, start: usize, value: Value) -> Step {
        Step::Complete(Node { value, span: Span::new(start, self.lexer.at()) })
    }

    fn too_deep(&mut self, start: usize) {
        let message = format!("more than {MAX_DEPTH} arrays and objects stand in each other");
        self.lexer.stop(Code::TooDeep, start, &message, "a flatter theme");
    }
}

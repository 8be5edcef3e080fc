//! The tags of a property list, with their places; comments and declarations are passed over.

use std::ops::Range;

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Open,
    Close,
    Empty,
}

pub(super) struct Tag<'a> {
    pub(super) kind: Kind,
    pub(super) name: &'a str,
    pub(super) range: Range<usize>,
}

pub(super) struct Tags<'a> {
    text: &'a str,
    at: usize,
    broken: bool,
}

impl<'a> Tags<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self { text, at: 0, broken: false }
    }

    /// Whether reading ended within a tag, a comment or a declaration.
    pub(super) fn broken(&self) -> bool {
        self.broken
    }

    pub(super) fn next_if_opens(&mut self, name: &str) -> Option<Tag<'a>> {
        self.next().filter(|tag| tag.kind == Kind::Open && tag.name == name)
    }

    /// Reads on to the end of the element that `open` starts. Its content; nothing when tags do not
    /// match.
    pub(super) fn rest_of_element(&mut self, open: &Tag<'a>) -> Option<Range<usize>> {
        match open.kind {
            Kind::Close => return None,
            Kind::Empty => return Some(open.range.end..open.range.end),
            Kind::Open => {}
        }
        let mut names = vec![open.name];
        loop {
            let tag = self.next()?;
            match tag.kind {
                Kind::Open => names.push(tag.name),
                Kind::Empty => {}
                Kind::Close => {
                    names.pop().filter(|name| *name == tag.name)?;
                    if names.is_empty() {
                        return Some(open.range.end..tag.range.start);
                    }
                }
            }
        }
    }

    /// Where reading stands.
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Passes what starts at `start` and ends with `closer`.
    fn pass(&mut self, start: usize, closer: &str) -> Option<()> {
        let rest = self.text.get(start..)?;
        let Some(end) = rest.find(closer) else {
            self.broken = true;
            self.at = self.text.len();
            return None;
        };
        self.at = start.saturating_add(end).saturating_add(closer.len());
        Some(())
    }
}

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        loop {
            let rest = self.text.get(self.at..)?;
            let start = self.at.saturating_add(rest.find('<')?);
            let rest = self.text.get(start..)?;
            let closer = match rest {
                _ if rest.starts_with("<!--") => "-->",
                _ if rest.starts_with("<![CDATA[") => "]]>",
                _ if rest.starts_with("<?") => "?>",
                _ => ">",
            };
            self.pass(start, closer)?;
            if rest.starts_with("<!") || rest.starts_with("<?") {
                continue;
            }
            let inner = self.text.get(start.saturating_add(1)..self.at.saturating_sub(1))?;
            return Some(tag(inner, start..self.at));
        }
    }
}

fn tag(inner: &str, range: Range<usize>) -> Tag<'_> {
    let (kind, inner) = match (inner.strip_prefix('/'), inner.strip_suffix('/')) {
        (Some(name), _) => (Kind::Close, name),
        (None, Some(name)) => (Kind::Empty, name),
        (None, None) => (Kind::Open, inner),
    };
    let name = inner.split_ascii_whitespace().next().unwrap_or_default();
    Tag { kind, name, range }
}

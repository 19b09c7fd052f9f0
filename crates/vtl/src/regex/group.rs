//! Groups: `(...)`, `(?:...)`, names, lookaround, atomic groups, flags.

use super::error::RegexError;
use super::extent;
use super::parse::Parser;
use super::source::Token;
use super::tree::{Flags, Node};
use crate::limits::NESTING_MAX;

impl Parser {
    /// Reads a group that starts here. Nothing is left of one that only sets flags.
    pub(super) fn group(&mut self, depth: usize) -> Result<Option<Node>, RegexError> {
        if depth >= NESTING_MAX {
            return Err(RegexError::syntax(format!("groups nest deeper than {NESTING_MAX}")));
        }
        self.source.next();
        let outer = self.flags;
        if !self.source.eat('?') {
            return self.capture(None, outer, depth).map(Some);
        }
        let mark = self.source.mark();
        match self.source.next_raw() {
            Some(Token::Plain(':')) => self.inside(outer, depth).map(Some),
            Some(Token::Plain(kind @ ('=' | '!'))) => {
                let node = Box::new(self.inside(outer, depth)?);
                Ok(Some(Node::Look { node, is_behind: false, is_negated: kind == '!' }))
            }
            Some(Token::Plain('>')) => Ok(Some(Node::Atomic(Box::new(self.inside(outer, depth)?)))),
            Some(Token::Plain('<')) => self.behind_or_named(outer, depth).map(Some),
            _ => {
                self.source.reset(mark);
                self.inline_flags(outer, depth)
            }
        }
    }

    /// Reads what is in a group, and its `)`.
    fn inside(&mut self, outer: Flags, depth: usize) -> Result<Node, RegexError> {
        let inside = self.alternatives(depth + 1)?;
        if !self.source.eat(')') {
            return Err(RegexError::syntax("a `(` is not closed"));
        }
        self.set_flags(outer);
        Ok(inside)
    }

    fn capture(
        &mut self,
        name: Option<String>,
        outer: Flags,
        depth: usize,
    ) -> Result<Node, RegexError> {
        self.groups += 1;
        if let Some(name) = name {
            self.names.push((name, self.groups));
        }
        Ok(Node::Capture(Box::new(self.inside(outer, depth)?)))
    }

    fn behind_or_named(&mut self, outer: Flags, depth: usize) -> Result<Node, RegexError> {
        let is_negated = match self.source.peek() {
            Some(Token::Plain('=')) => false,
            Some(Token::Plain('!')) => true,
            Some(_) | None => {
                let name = self.group_name()?;
                if self.names.iter().any(|(other, _)| *other == name) {
                    return Err(RegexError::syntax(format!("the group `{name}` is there twice")));
                }
                return self.capture(Some(name), outer, depth);
            }
        };
        self.source.next();
        let node = self.inside(outer, depth)?;
        if !extent::is_bounded(&node) {
            return Err(RegexError::syntax("a lookbehind has no obvious maximum length"));
        }
        Ok(Node::Look { node: Box::new(node), is_behind: true, is_negated })
    }

    /// Reads the name of a group, and its `>`.
    pub(super) fn group_name(&mut self) -> Result<String, RegexError> {
        let name = self.source.take_to('>', "the name of a group")?;
        let starts_well = name.starts_with(|first: char| first.is_ascii_alphabetic());
        if !starts_well || !name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(RegexError::syntax(format!("`{name}` is no name of a group")));
        }
        Ok(name)
    }

    /// `(?i)` for the rest of the group around it, `(?i:...)` for a group of its own.
    fn inline_flags(&mut self, outer: Flags, depth: usize) -> Result<Option<Node>, RegexError> {
        let mut flags = outer;
        let mut sets = true;
        loop {
            match self.source.next() {
                Some(Token::Plain('i')) => flags.ignores_case = sets,
                Some(Token::Plain('m')) => flags.has_lines = sets,
                Some(Token::Plain('s')) => flags.dot_is_all = sets,
                Some(Token::Plain('d')) => flags.is_unix = sets,
                Some(Token::Plain('u')) => flags.has_unicode_case = sets,
                Some(Token::Plain('x')) => flags.has_comments = sets,
                Some(Token::Plain('U')) => {
                    flags.has_unicode_classes = sets;
                    flags.has_unicode_case = sets;
                }
                Some(Token::Plain('c')) => return Err(RegexError::unsupported("(?c)")),
                Some(Token::Plain('-')) if sets => sets = false,
                Some(Token::Plain(')')) => {
                    self.set_flags(flags);
                    return Ok(None);
                }
                Some(Token::Plain(':')) => {
                    self.set_flags(flags);
                    return self.inside(outer, depth).map(Some);
                }
                Some(_) | None => {
                    return Err(RegexError::syntax("`(?` begins no group that Java knows"));
                }
            }
            self.source.has_comments = flags.has_comments;
            self.source.is_unix = flags.is_unix;
        }
    }

    fn set_flags(&mut self, flags: Flags) {
        self.flags = flags;
        self.source.has_comments = flags.has_comments;
        self.source.is_unix = flags.is_unix;
    }
}

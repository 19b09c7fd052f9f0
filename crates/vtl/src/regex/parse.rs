//! Java's syntax: alternatives, sequences and repetitions. Groups, escapes and classes have their own files.

use super::error::RegexError;
use super::source::{Source, Token};
use super::tree::{Flags, Greed, Node, Place};
use super::{class, escape};

/// What is known of a pattern once it is read.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) root: Node,
    /// How many groups capture.
    pub(super) groups: usize,
    /// Whether it refers to groups.
    pub(super) has_references: bool,
    /// The names of groups and their numbers.
    pub(super) names: Vec<(String, usize)>,
}

/// Reads a pattern.
#[derive(Debug)]
pub(super) struct Parser {
    pub(super) source: Source,
    pub(super) flags: Flags,
    /// The groups that were opened so far.
    pub(super) groups: usize,
    pub(super) has_references: bool,
    pub(super) names: Vec<(String, usize)>,
}

/// Reads `pattern` as Java does.
pub(super) fn parse(pattern: &str, flags: Flags) -> Result<Parsed, RegexError> {
    let source = Source::new(pattern);
    let mut parser = Parser { source, flags, groups: 0, has_references: false, names: Vec::new() };
    let root = parser.alternatives(0)?;
    if parser.source.peek().is_some() {
        return Err(RegexError::syntax("a `)` closes nothing"));
    }
    let Parser { groups, has_references, names, .. } = parser;
    Ok(Parsed { root, groups, has_references, names })
}

impl Parser {
    /// Reads up to a `)` or the end.
    pub(super) fn alternatives(&mut self, depth: usize) -> Result<Node, RegexError> {
        let mut alternatives = vec![self.sequence(depth)?];
        while self.source.eat('|') {
            alternatives.push(self.sequence(depth)?);
        }
        Ok(one_or(alternatives, Node::Alternatives))
    }

    fn sequence(&mut self, depth: usize) -> Result<Node, RegexError> {
        let mut nodes = Vec::new();
        while let Some(token) = self.source.peek() {
            let node = match token {
                Token::Plain(')' | '|') => break,
                Token::Plain(dangling @ ('*' | '+' | '?')) => {
                    return Err(RegexError::syntax(format!("`{dangling}` has nothing to repeat")));
                }
                Token::Plain('(') => match self.group(depth)? {
                    Some(group) => {
                        let is_loop = !matches!(group, Node::Atomic(_) | Node::Look { .. });
                        self.repeated(group, is_loop)?
                    }
                    None => continue,
                },
                _ => {
                    let atom = self.atom(token, depth)?;
                    self.repeated(atom, false)?
                }
            };
            nodes.push(node);
        }
        Ok(one_or(nodes, Node::Sequence))
    }

    fn atom(&mut self, token: Token, depth: usize) -> Result<Node, RegexError> {
        let is_unix = self.flags.is_unix;
        // AWS: to Java an empty text stands before a `{` that has nothing to repeat.
        if token == Token::Plain('{') {
            return Ok(Node::Empty);
        }
        self.source.next();
        Ok(match token {
            Token::Plain('\\') => return escape::outside_class(self),
            Token::Plain('[') => Node::Class(class::class(self, depth)?),
            Token::Plain('^') if self.flags.has_lines => Node::Place(Place::LineStart { is_unix }),
            Token::Plain('^') => Node::Place(Place::TextStart),
            Token::Plain('$') if self.flags.has_lines => Node::Place(Place::LineEnd { is_unix }),
            Token::Plain('$') => Node::Place(Place::LastLineEnd { is_unix }),
            Token::Plain('.') => Node::Class(class::dot(self.flags)),
            Token::Plain(character) | Token::Quoted(character) => {
                Node::Character { code: u32::from(character), fold: self.flags.fold() }
            }
        })
    }

    /// Reads the quantifier after `node`, when there is one.
    fn repeated(&mut self, node: Node, is_group: bool) -> Result<Node, RegexError> {
        let (least, most) = match self.source.peek() {
            Some(Token::Plain('?')) => (0, Some(1)),
            Some(Token::Plain('*')) => (0, None),
            Some(Token::Plain('+')) => (1, None),
            Some(Token::Plain('{')) => self.bounds()?,
            Some(_) | None => return Ok(node),
        };
        self.source.next();
        let greed = match self.source.peek() {
            Some(Token::Plain('?')) => Greed::Reluctant,
            Some(Token::Plain('+')) => Greed::Possessive,
            Some(_) | None => Greed::Greedy,
        };
        if greed != Greed::Greedy {
            self.source.next();
        }
        Ok(Node::Repeat { node: Box::new(node), least, most, greed, is_group })
    }

    /// Reads `{n`, `{n,` or `{n,m` up to its `}`.
    fn bounds(&mut self) -> Result<(u32, Option<u32>), RegexError> {
        self.source.next();
        let is_digit = |token: Option<Token>| matches!(token, Some(Token::Plain('0'..='9')));
        if !is_digit(self.source.raw()) {
            return Err(RegexError::syntax(
                "`{` is no repetition here; write `\\{` for the character",
            ));
        }
        let least = self.number()?;
        let most = if !self.source.eat(',') {
            Some(least)
        } else if self.source.is_at('}') {
            None
        } else {
            Some(self.number()?)
        };
        if !self.source.is_at('}') {
            return Err(RegexError::syntax("a repetition is not closed with `}`"));
        }
        if most.is_some_and(|most| most < least) {
            return Err(RegexError::syntax(format!("a repetition ends before it starts: {least}")));
        }
        Ok((least, most))
    }

    fn number(&mut self) -> Result<u32, RegexError> {
        let mut number = 0u32;
        while let Some(Token::Plain(digit @ '0'..='9')) = self.source.peek() {
            self.source.next();
            let longer = number.checked_mul(10).zip(digit.to_digit(10));
            let longer = longer.and_then(|(tens, ones)| tens.checked_add(ones));
            number = longer
                .filter(|number| i32::try_from(*number).is_ok())
                .ok_or_else(|| RegexError::syntax("the number of a repetition is too large"))?;
        }
        Ok(number)
    }
}

fn one_or(mut nodes: Vec<Node>, many: fn(Vec<Node>) -> Node) -> Node {
    match nodes.len() {
        0 => Node::Empty,
        1 => nodes.pop().unwrap_or(Node::Empty),
        _ => many(nodes),
    }
}

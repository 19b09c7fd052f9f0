//! The directives that are written as words: `#foreach`, `#define`, `#break`, `#stop`, `#literal`, `#macro`,
//! `#parse`, `#include`; and unknown words, which are text.

use super::advice;
use super::error::ParseError;
use super::parser::Parser;
use super::statement::{DIRECTIVES, Nodes};
use super::token::TokenKind;
use super::tree::{Block, Expr, Foreach, Node, Text};

/// An argument of a directive, with the number of its first token.
#[derive(Debug)]
struct DirectiveArgument {
    value: Expr,
    first: usize,
    end: usize,
}

impl Parser<'_, '_> {
    pub(super) fn directive(&mut self, nodes: &mut Nodes) -> Result<(), ParseError> {
        let first = self.take()?;
        let image = self.image(first);
        let name = image.get(1..).unwrap_or_default();
        let name = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(name);
        let known = DIRECTIVES.iter().copied().find(|directive| *directive == name);
        if known.is_none()
            && self.suspect.is_none()
            && let Some(directive) = advice::other_spelling(name).or_else(|| meant(name))
        {
            self.suspect = Some((name.into(), directive));
        }
        self.lexer.enter_directive();
        if !self.lexer.is_paren_next() {
            self.lexer.pop();
            return self.bare_directive(known, first, nodes);
        }
        self.skip_blanks()?;
        self.take()?;
        let arguments = self.directive_arguments(known, first)?;
        self.skip_blanks()?;
        if self.peek(0)? != TokenKind::ParenClose {
            return Err(self.bad_arguments(known, name)?);
        }
        self.take()?;
        let is_block = matches!(known, Some("foreach" | "define" | "literal" | "macro"))
            || name.starts_with('@');
        if is_block {
            return self.block_directive(known, first, arguments, nodes);
        }
        match known {
            None => nodes.text(&self.images(first, self.position()), self.start(first)),
            Some("stop") => nodes.push(Node::Stop),
            Some("break") => {
                let scope = arguments.into_iter().next().map(|argument| argument.value);
                nodes.push(Node::Break(scope));
            }
            Some(_) => self.inclusion(first, arguments, nodes),
        }
        Ok(())
    }

    /// A word without parentheses.
    fn bare_directive(
        &mut self,
        known: Option<&'static str>,
        first: usize,
        nodes: &mut Nodes,
    ) -> Result<(), ParseError> {
        match known {
            None => nodes.text(self.image(first), self.start(first)),
            Some("stop") => nodes.push(Node::Stop),
            Some("break") => nodes.push(Node::Break(None)),
            Some("include") => {}
            Some("parse") => self.inclusion(first, Vec::new(), nodes),
            Some(name) => {
                let span = self.span(first, first + 1);
                return Err(ParseError::new(span, format!("`#{name}` without arguments"))
                    .expecting(&["`(`"])
                    .help(format!("write `\\#{name}` to print the word")));
            }
        }
        Ok(())
    }

    /// `#parse` and `#include` have nothing to read from: they fail when they are reached.
    fn inclusion(&mut self, first: usize, arguments: Vec<DirectiveArgument>, nodes: &mut Nodes) {
        let is_include = self.image(first).contains("include");
        if is_include && arguments.is_empty() {
            return;
        }
        // AWS: Velocity 1.7 lets `#parse` of nothing pass, such as of a range without one of its ends.
        let read = arguments.into_iter().next().map(|argument| argument.value);
        let of = read.filter(|value| !is_include && matches!(value, Expr::Range(_)));
        let message = if is_include {
            "`#include` finds no file: API Gateway has none"
        } else {
            "`#parse` finds no template: API Gateway has none"
        };
        nodes.push(Node::Fail { of, message, span: self.span(first, self.position()) });
    }

    fn directive_arguments(
        &mut self,
        known: Option<&'static str>,
        name: usize,
    ) -> Result<Vec<DirectiveArgument>, ParseError> {
        let mut arguments: Vec<DirectiveArgument> = Vec::new();
        while let Some(blanks) = self.argument_ahead()? {
            self.check_chain(arguments.len())?;
            for _ in 0..blanks {
                self.take()?;
            }
            let first = self.position();
            let is_word = self.peek(0)? == TokenKind::Word;
            let value = if is_word {
                self.take()?;
                Expr::Null
            } else {
                self.element()?
            };
            let place = arguments.len();
            let is_word_right = match known {
                None => true,
                Some("foreach") => !is_word || place == 1,
                Some("macro") => is_word == (place == 0),
                Some(_) => !is_word,
            };
            if !is_word_right {
                return Err(self.wrong_word(name, first));
            }
            arguments.push(DirectiveArgument { value, first, end: self.position() });
        }
        Ok(arguments)
    }

    /// Tells how many tokens (blanks, a comma) stand before the next argument, when there is one.
    fn argument_ahead(&mut self) -> Result<Option<usize>, ParseError> {
        let mut ahead = usize::from(self.peek(0)? == TokenKind::Whitespace);
        if self.peek(ahead)? == TokenKind::Comma {
            ahead += 1;
            ahead += usize::from(self.peek(ahead)? == TokenKind::Whitespace);
        }
        Ok(matches!(
            self.peek(ahead)?,
            TokenKind::Identifier
                | TokenKind::FormalOpen
                | TokenKind::Word
                | TokenKind::String
                | TokenKind::Integer
                | TokenKind::Float
                | TokenKind::BracketOpen
                | TokenKind::BraceOpen
                | TokenKind::True
                | TokenKind::False
        )
        .then_some(ahead))
    }

    fn wrong_word(&self, name: usize, argument: usize) -> ParseError {
        let directive = self.image(name);
        let word = self.image(argument);
        let span = self.span(argument, argument + 1);
        let error = ParseError::new(span, format!("`{word}` is no argument of `{directive}`"));
        match directive {
            "#foreach" | "#{foreach}" => {
                error.help("`#foreach` is written `#foreach($item in $list)`")
            }
            _ => error,
        }
    }

    fn bad_arguments(
        &mut self,
        known: Option<&'static str>,
        name: &str,
    ) -> Result<ParseError, ParseError> {
        let error = self.unexpected(&["`)`"])?;
        Ok(match known {
            Some("foreach") => error.help("`#foreach` is written `#foreach($item in $list)`"),
            Some(_) => error,
            None => match meant(name) {
                Some(directive) => error.help(format!("did you mean `#{directive}`?")),
                None => error.help(format!(
                    "`#{name}` is no directive; to print it before parentheses write `#[[#{name}]]#`"
                )),
            },
        })
    }

    fn block_directive(
        &mut self,
        known: Option<&'static str>,
        first: usize,
        arguments: Vec<DirectiveArgument>,
        nodes: &mut Nodes,
    ) -> Result<(), ParseError> {
        let opener = self.span(first, self.position());
        let label = match known {
            Some("foreach") => "#foreach",
            Some("define") => "#define",
            Some("literal") => "#literal",
            Some("macro") => "#macro",
            _ => "#@",
        };
        self.open.push((label, opener));
        let body_start = self.position();
        let body = self.block()?;
        let body_end = self.position();
        self.end_of_block()?;
        match known {
            Some("foreach") => nodes.push(self.foreach(arguments, body, opener)),
            Some("define") => nodes.push(self.define(arguments, body, opener)?),
            Some("literal") => {
                let (start, end) = match arguments.first() {
                    Some(argument) => (argument.first, argument.end),
                    None => (body_start, body_end),
                };
                if start == end {
                    return Err(ParseError::new(opener, "`#literal` without contents"));
                }
                nodes.text(&self.literal(start, end), self.start(start));
            }
            Some("macro") if arguments.is_empty() => {
                return Err(ParseError::new(opener, "`#macro` without a name"));
            }
            // AWS: API Gateway ignores macros that a template declares.
            Some(_) => {}
            None => nodes.text(&self.images(first, self.position()), self.start(first)),
        }
        Ok(())
    }

    fn foreach(
        &mut self,
        arguments: Vec<DirectiveArgument>,
        body: Block,
        opener: super::Span,
    ) -> Node {
        let mut arguments = arguments.into_iter();
        let (Some(item), Some(_)) = (arguments.next(), arguments.next()) else {
            // AWS: Velocity 1.7 finds out when it gets there.
            let message = "`#foreach` without a list: it is written `#foreach($item in $list)`";
            return Node::Fail { of: None, message, span: opener };
        };
        let item = match &item.value {
            Expr::Reference(reference) => reference.root,
            _ => self.assigned(item.first),
        };
        // AWS: with two arguments Velocity 1.7 takes the body for the list, which it cannot run over.
        let source = arguments.next().map_or(Expr::Null, |source| source.value);
        // AWS: what Velocity 1.7 repeats is the fourth part, which is the body when there are three arguments.
        let body = match arguments.next() {
            None => body,
            Some(extra) => Box::new([self.printed(extra)]),
        };
        Node::Foreach(Box::new(Foreach { item, source, body, span: opener }))
    }

    fn define(
        &mut self,
        arguments: Vec<DirectiveArgument>,
        body: Block,
        opener: super::Span,
    ) -> Result<Node, ParseError> {
        let [name] = arguments.as_slice() else {
            let message = match arguments.len() {
                0 => "`#define` without a variable",
                _ => "`#define` takes one variable",
            };
            return Err(
                ParseError::new(opener, message).help("`#define` is written `#define($name)`")
            );
        };
        let slot = self.assigned(name.first);
        let block = u32::try_from(self.shared.blocks.len()).unwrap_or(u32::MAX);
        self.shared.blocks.push(body);
        Ok(Node::Define { slot, block })
    }

    /// Prints an argument that stands where a body should: a reference, of literals nothing.
    fn printed(&self, argument: DirectiveArgument) -> Node {
        let text = match argument.value {
            // AWS: what follows a call without a blank is a reference to Velocity 1.7, which prints its first name.
            Expr::Null => self.image(argument.first),
            Expr::Reference(reference) => {
                return Node::Print(super::tree::Print {
                    before: Box::default(),
                    escaped: None,
                    literal: Box::default(),
                    reference,
                });
            }
            _ => "",
        };
        let start = self.span(argument.first, argument.first + 1).start;
        Node::Text(Text { text: text.into(), runs: Box::new([(0, start)]) })
    }

    /// Returns the variable that `#set` and `#define` give a value, by the first token of the argument that names it.
    /// AWS: Velocity 1.7 cuts the first letter off that token, so `${name}` and `$!name` set what no reference reads.
    pub(super) fn assigned(&mut self, first: usize) -> u32 {
        let mut name = self.image(first).chars();
        name.next();
        self.shared.slot(name.as_str())
    }
}

/// Returns the directive that a misspelt word is nearest to.
fn meant(word: &str) -> Option<&'static str> {
    let directives = ["if", "else", "elseif", "end", "set"].into_iter().chain(DIRECTIVES);
    directives
        .map(|directive| (distance(word, directive), directive))
        .filter(|(distance, directive)| *distance <= directive.len().min(5) / 3 + 1)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, directive)| directive)
}

/// Counts the letters to insert, delete, replace or swap with their neighbour that make `a` into `b`.
fn distance(a: &str, b: &str) -> usize {
    if a.len() > 12 {
        return usize::MAX;
    }
    let b: Vec<char> = b.chars().collect();
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    let mut previous = None;
    for (line, letter) in a.chars().enumerate() {
        let mut next = vec![line + 1];
        for (column, other) in b.iter().enumerate() {
            let at = |row: &[usize], column: usize| row.get(column).copied().unwrap_or(usize::MAX);
            let replaced = at(&row, column) + usize::from(letter != *other);
            let mut least = replaced.min(at(&row, column + 1) + 1).min(at(&next, column) + 1);
            let swaps = column > 0
                && previous == Some(*other)
                && column.checked_sub(1).and_then(|left| b.get(left)) == Some(&letter);
            if swaps {
                least = least.min(at(&before, column - 1) + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
        previous = Some(letter);
    }
    row.last().copied().unwrap_or(usize::MAX)
}

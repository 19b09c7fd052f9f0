//! References: `$name`, `${name}`, and the members, calls and indexes that follow.

use super::error::ParseError;
use super::parser::Parser;
use super::statement::Nodes;
use super::token::TokenKind;
use super::tree::{CallArgument, Expr, Link, LinkKind, LiteralArgument, Node, Print, Reference};

/// A reference as it was read, with how its first token makes it print.
#[derive(Debug)]
pub(super) struct Parsed {
    pub(super) reference: Reference,
    /// The name of its variable.
    root: Box<str>,
    before: String,
    escaped: bool,
    quiet: bool,
    nature: Nature,
    /// Its own text, as Velocity prints it.
    literal: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Nature {
    Reference,
    /// A word where a reference may stand: null as a value, itself as text.
    Word,
}

impl Parsed {
    pub(super) fn into_expression(self) -> Expr {
        match self.nature {
            Nature::Reference => Expr::Reference(self.reference),
            Nature::Word => Expr::Null,
        }
    }
}

impl Parser<'_, '_> {
    pub(super) fn is_reference_next(&mut self) -> Result<bool, ParseError> {
        Ok(matches!(self.peek(0)?, TokenKind::Identifier | TokenKind::FormalOpen))
    }

    /// A reference in text.
    pub(super) fn print(&mut self, nodes: &mut Nodes) -> Result<(), ParseError> {
        let at = self.start(self.position());
        let parsed = self.reference()?;
        if parsed.nature != Nature::Reference {
            nodes.text(&parsed.root, at);
            return Ok(());
        }
        let Parsed { reference, before, escaped, quiet, literal, .. } = parsed;
        let literal = if quiet && !escaped { String::new() } else { literal };
        let escaped = escaped.then(|| literal.clone().into());
        let print = Print { before: before.into(), escaped, literal: literal.into(), reference };
        nodes.push(Node::Print(print));
        Ok(())
    }

    pub(super) fn reference(&mut self) -> Result<Parsed, ParseError> {
        let first = self.position();
        let formal = self.take_if(TokenKind::FormalOpen)?;
        let name = self.expect(TokenKind::Identifier, &["the name of a variable"])?;
        let head = self.head(first, formal, name);
        let slot = self.shared.slot(&head.root);
        let links = self.links(slot)?;
        if formal {
            self.formal_close()?;
        }
        let end = self.position();
        let reference = Reference { root: slot, links: links.into(), span: self.span(first, end) };
        let literal = self.literal(first, end);
        Ok(Parsed {
            reference,
            root: head.root,
            before: head.before,
            escaped: head.escaped,
            quiet: head.quiet,
            nature: head.nature,
            literal,
        })
    }

    fn formal_close(&mut self) -> Result<(), ParseError> {
        if self.take_if(TokenKind::FormalClose)? {
            return Ok(());
        }
        let error = self.unexpected(&["`}`", "`.`", "`[`"])?;
        let is_default = self.image(self.position()).starts_with('|');
        Err(if is_default {
            error.help("API Gateway's Velocity has no default values; use `#if`")
        } else {
            error
        })
    }

    fn links(&mut self, root: u32) -> Result<Vec<Link>, ParseError> {
        let mut links = Vec::new();
        loop {
            self.check_chain(links.len())?;
            let first = self.position();
            let kind = if self.peek(0)? == TokenKind::IndexOpen {
                self.index()?
            } else if self.peek(0)? == TokenKind::Dot && self.peek(1)? == TokenKind::Identifier {
                self.take()?;
                self.member(root)?
            } else {
                return Ok(links);
            };
            links.push(Link { kind, span: self.span(first, self.position()) });
        }
    }

    fn index(&mut self) -> Result<LinkKind, ParseError> {
        self.take()?;
        self.skip_blanks()?;
        self.enter()?;
        let index = match self.peek(0)? {
            TokenKind::String => self.string()?,
            TokenKind::Integer => self.number()?,
            TokenKind::True | TokenKind::False => self.truth()?,
            TokenKind::Identifier | TokenKind::FormalOpen => self.reference()?.into_expression(),
            _ => {
                let expected = ["a string", "an integer", "a reference"];
                let error = self.unexpected(&expected)?;
                return Err(error.help("an index cannot be computed in place; use `#set` first"));
            }
        };
        self.leave();
        self.skip_blanks()?;
        self.expect(TokenKind::IndexClose, &["`]`"])?;
        Ok(LinkKind::Index(index))
    }

    /// A property, or a call when `(` follows at once.
    fn member(&mut self, root: u32) -> Result<LinkKind, ParseError> {
        let is_call = self.peek(1)? == TokenKind::ParenOpen && self.begins_arguments()?;
        let number = self.take()?;
        let name: Box<str> = self.image(number).into();
        if !is_call {
            return Ok(LinkKind::Property(name));
        }
        self.take()?;
        let mut arguments = Vec::new();
        if self.peek(0)? != TokenKind::CallClose {
            loop {
                self.check_chain(arguments.len())?;
                let argument = self.call_argument(root, &name, arguments.len())?;
                arguments.push(argument);
                if !self.take_if(TokenKind::Comma)? {
                    break;
                }
            }
        }
        if self.peek(0)? != TokenKind::CallClose {
            let error = self.unexpected(&["`,`", "`)`"])?;
            return Err(error.help("an argument cannot be computed in place; use `#set` first"));
        }
        self.take()?;
        Ok(LinkKind::Call { method: name, arguments: arguments.into() })
    }

    /// Tells whether what follows `name(` can be arguments.
    fn begins_arguments(&mut self) -> Result<bool, ParseError> {
        Ok(matches!(
            self.peek(2)?,
            TokenKind::CallClose
                | TokenKind::Whitespace
                | TokenKind::String
                | TokenKind::Integer
                | TokenKind::Float
                | TokenKind::True
                | TokenKind::False
                | TokenKind::BracketOpen
                | TokenKind::BraceOpen
                | TokenKind::Identifier
                | TokenKind::FormalOpen
        ))
    }

    fn call_argument(
        &mut self,
        root: u32,
        method: &str,
        index: usize,
    ) -> Result<CallArgument, ParseError> {
        self.skip_blanks()?;
        let first = self.position();
        let value = self.element()?;
        let span = self.span(first, self.position());
        self.skip_blanks()?;
        let literal = match &value {
            Expr::Text(text) => {
                let offsets = self.string_offsets(first);
                let (method, text) = (method.into(), text.clone());
                let literal = LiteralArgument { root, method, index, text, span, offsets };
                Some(self.shared.literal(literal))
            }
            _ => None,
        };
        Ok(CallArgument { value, literal, span })
    }

    /// Reads off the first token what kind of reference it begins, and cuts from it what is not the reference.
    fn head(&mut self, first: usize, formal: bool, name: usize) -> Head {
        let image = self.image(first);
        if let Some(text) = slash_bang(image) {
            return Head::plain(text.into(), Nature::Reference);
        }
        let backslashes = image.len() - image.trim_start_matches('\\').len();
        let unescaped = image.get(backslashes..).unwrap_or_default();
        let dollar = unescaped.rfind('$').unwrap_or(0);
        let (more, own) = unescaped.split_at_checked(dollar).unwrap_or(("", unescaped));
        let cut = u32::try_from(backslashes + dollar).unwrap_or(0);
        let before = "\\".repeat(backslashes / 2) + more;
        let (quiet, bare) = match (own.strip_prefix("$!"), own.strip_prefix('$')) {
            (Some(bare), _) => (true, bare),
            (None, Some(bare)) => (false, bare),
            (None, None) => return Head::plain(own.into(), Nature::Word),
        };
        let root = if formal { self.image(name).into() } else { bare.into() };
        if let Some(token) = self.token_mut(first) {
            token.start += cut;
        }
        let escaped = backslashes % 2 == 1;
        // AWS: an escaped reference prints its backslashes but not the `$` and `#` before it.
        let before = if escaped { "\\".repeat(backslashes / 2) } else { before };
        Head { root, before, escaped, quiet, nature: Nature::Reference }
    }
}

struct Head {
    root: Box<str>,
    before: String,
    escaped: bool,
    quiet: bool,
    nature: Nature,
}

impl Head {
    fn plain(root: Box<str>, nature: Nature) -> Self {
        Self { root, before: String::new(), escaped: false, quiet: false, nature }
    }
}

/// AWS: `$\!name` is a variable whose name begins with `$!`: nothing can set it but another of its kind.
fn slash_bang(image: &str) -> Option<String> {
    image.find("\\!")?;
    let dollar = image.find('$')?;
    let start = dollar + image.get(dollar..)?.find('\\')?;
    let (before, rest) = (image.get(..start)?, image.get(start..)?);
    Some(format!("{before}{}", rest.strip_prefix('\\')?))
}

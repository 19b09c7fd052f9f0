//! Statements: text, references, comments, `#if` and `#set`. Other directives have their own file.

use super::error::ParseError;
use super::parser::Parser;
use super::token::TokenKind;
use super::tree::{Block, Branch, Condition, Node, Set, Text};

/// The directives that take part in escaping and must not be used as plain words.
pub(super) const DIRECTIVES: [&str; 8] =
    ["foreach", "include", "parse", "macro", "literal", "define", "break", "stop"];

impl Parser<'_, '_> {
    /// Parses statements up to what is none: the end, `#end`, `#else` or an error.
    pub(super) fn block(&mut self) -> Result<Block, ParseError> {
        self.enter()?;
        let mut nodes = Nodes::default();
        while self.statement(&mut nodes)? {}
        self.leave();
        Ok(nodes.finish())
    }

    /// Parses one statement; tells whether there was one.
    fn statement(&mut self, nodes: &mut Nodes) -> Result<bool, ParseError> {
        match self.peek(0)? {
            TokenKind::If => nodes.push(self.if_statement()?),
            TokenKind::Identifier => self.print(nodes)?,
            TokenKind::FormalOpen if self.peek(1)? == TokenKind::Identifier => self.print(nodes)?,
            TokenKind::LineCommentStart | TokenKind::BlockComment | TokenKind::FormalComment => {
                self.comment(nodes)?;
            }
            TokenKind::TextBlock => {
                let number = self.take()?;
                let at = self.start(number).saturating_add(3);
                nodes.text(text_block(self.image(number)), at);
            }
            TokenKind::Set => nodes.push(self.set()?),
            TokenKind::EscapedDirective => {
                let number = self.take()?;
                nodes.text(&escaped_directive(self.image(number)), self.start(number));
            }
            TokenKind::DoubleEscape => self.double_escape(nodes)?,
            TokenKind::Word | TokenKind::BracketedWord => self.directive(nodes)?,
            TokenKind::Text
            | TokenKind::Dot
            | TokenKind::ParenOpen
            | TokenKind::ParenClose
            | TokenKind::Integer
            | TokenKind::Float
            | TokenKind::String
            | TokenKind::Escape
            | TokenKind::FormalOpen
            | TokenKind::FormalClose
            | TokenKind::EmptyIndex => {
                let number = self.take()?;
                let dropped = self.token(number).and_then(|token| token.dropped.as_deref());
                nodes.text(dropped.unwrap_or_default(), self.start(number));
                nodes.text(self.image(number), self.start(number));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// A comment prints what led to it: the `$` of `$##`.
    fn comment(&mut self, nodes: &mut Nodes) -> Result<(), ParseError> {
        let is_line = self.peek(0)? == TokenKind::LineCommentStart;
        let number = self.take()?;
        let image = self.image(number);
        if let Some(start) = image.find("##").or_else(|| image.find("#*")) {
            nodes.text(image.get(..start).unwrap_or_default(), self.start(number));
        }
        if is_line {
            self.take_if(TokenKind::LineCommentEnd)?;
        }
        Ok(())
    }

    /// `\\` prints itself, and `\` before a directive.
    fn double_escape(&mut self, nodes: &mut Nodes) -> Result<(), ParseError> {
        let at = self.start(self.position());
        let mut count = 0;
        while self.take_if(TokenKind::DoubleEscape)? {
            count += 1;
        }
        let next = self.peek(0)?;
        let name = self.image(self.position()).get(1..).unwrap_or_default();
        let is_directive = matches!(
            next,
            TokenKind::If | TokenKind::Else | TokenKind::ElseIf | TokenKind::EndDirective
        ) || DIRECTIVES.contains(&name);
        for _ in 0..count {
            nodes.text(if is_directive { "\\" } else { "\\\\" }, at);
        }
        Ok(())
    }

    fn if_statement(&mut self) -> Result<Node, ParseError> {
        let opener = self.take()?;
        let opener = self.span(opener, opener + 1);
        self.open.push(("#if", opener));
        let mut branches = vec![self.branch("#if")?];
        while self.peek(0)? == TokenKind::ElseIf {
            self.check_chain(branches.len())?;
            self.take()?;
            branches.push(self.branch("#elseif")?);
        }
        if self.take_if(TokenKind::Else)? {
            branches.push(Branch { condition: None, body: self.block()? });
        }
        self.end_of_block()?;
        Ok(Node::If(branches.into()))
    }

    fn branch(&mut self, directive: &'static str) -> Result<Branch, ParseError> {
        if !self.lexer.may_open_next() {
            let word = self.position().saturating_sub(1);
            let error = ParseError::new(
                self.span(word, word + 1),
                format!("`{directive}` without a condition"),
            );
            return Err(error
                .expecting(&["`(`"])
                .help(format!("write `\\{directive}` to print the word")));
        }
        self.skip_blanks()?;
        self.expect(TokenKind::ParenOpen, &["`(`"])?;
        let first = self.position();
        let value = self.whole_expression()?;
        let span = self.span(first, self.position());
        self.expect(TokenKind::ParenClose, &["`)`", "an operator"])?;
        Ok(Branch { condition: Some(Condition { value, span }), body: self.block()? })
    }

    /// Takes the `#end` of the directive opened last.
    pub(super) fn end_of_block(&mut self) -> Result<usize, ParseError> {
        if self.peek(0)? != TokenKind::EndDirective {
            return Err(self.misplaced()?);
        }
        self.open.pop();
        self.take()
    }

    fn set(&mut self) -> Result<Node, ParseError> {
        self.take()?;
        self.skip_blanks()?;
        if !self.is_reference_next()? {
            let error = self.unexpected(&["a reference"])?;
            return Err(error.help("`#set` is written `#set($name = value)`"));
        }
        let first = self.position();
        let mut target = self.reference()?.reference;
        if target.links.is_empty() {
            target.root = self.assigned(first);
        }
        self.skip_blanks()?;
        self.expect(TokenKind::Assign, &["`=`"])?;
        let value = self.whole_expression()?;
        self.expect(TokenKind::ParenClose, &["`)`", "an operator"])?;
        self.lexer.in_set = false;
        Ok(Node::Set(Box::new(Set { target, value })))
    }

    /// What stands next is no statement: says what is open and what was meant.
    pub(super) fn misplaced(&mut self) -> Result<ParseError, ParseError> {
        let kind = self.peek(0)?;
        let opened = self.open.last().copied();
        let image = self.image(self.position()).trim();
        let span = self.next_span()?;
        Ok(match (kind, opened) {
            (TokenKind::End, Some((directive, opener))) => {
                let help = match &self.suspect {
                    Some((word, directive)) if matches!(*directive, "end" | "else" | "elseif") => {
                        format!("`#{word}` is no directive; did you mean `#{directive}`?")
                    }
                    _ => {
                        format!("close it with `#end`, or write `\\{directive}` to print the word")
                    }
                };
                ParseError::new(opener, format!("`{directive}` is never closed"))
                    .expecting(&["`#end`"])
                    .help(help)
            }
            (TokenKind::EndDirective | TokenKind::Else | TokenKind::ElseIf, None) => {
                let help = match &self.suspect {
                    Some((word, directive)) => {
                        format!("`#{word}` is no directive; did you mean `#{directive}`?")
                    }
                    None => format!("remove it, or write `\\{image}` to print the word"),
                };
                ParseError::new(span, format!("`{image}` without `#if`")).help(help)
            }
            (TokenKind::Else | TokenKind::ElseIf, Some(("#if", _))) => {
                ParseError::new(span, format!("`{image}` behind `#else`"))
                    .help("an `#if` has one `#else`, and it comes last")
            }
            (TokenKind::Else | TokenKind::ElseIf, Some((directive, _))) => {
                ParseError::new(span, format!("`{image}` does not belong here"))
                    .help(format!("close `{directive}` with `#end` first"))
            }
            _ => self.unexpected(&[])?,
        })
    }
}

/// Statements being gathered: text runs are joined.
#[derive(Debug, Default)]
pub(super) struct Nodes {
    done: Vec<Node>,
    text: String,
    runs: Vec<(u32, u32)>,
}

impl Nodes {
    /// Adds text that stands at `at` in the template.
    pub(super) fn text(&mut self, text: &str, at: u32) {
        if text.is_empty() {
            return;
        }
        let start = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        let goes_on = self.runs.last().is_some_and(|(last, origin)| origin + (start - last) == at);
        if !goes_on {
            self.runs.push((start, at));
        }
        self.text.push_str(text);
    }

    pub(super) fn push(&mut self, node: Node) {
        self.flush();
        self.done.push(node);
    }

    pub(super) fn finish(mut self) -> Block {
        self.flush();
        self.done.into()
    }

    fn flush(&mut self) {
        if !self.text.is_empty() {
            let text = std::mem::take(&mut self.text).into();
            let runs = std::mem::take(&mut self.runs).into();
            self.done.push(Node::Text(Text { text, runs }));
        }
    }
}

/// Velocity cuts `#[[` and `]]#` off by length, whatever led to them.
fn text_block(image: &str) -> &str {
    let mut rest = image.chars();
    for _ in 0..3 {
        rest.next();
    }
    rest.as_str().strip_suffix("]]#").unwrap_or_default()
}

/// `\#if` prints `#if`: half of the backslashes go, when the word is a directive.
pub(super) fn escaped_directive(image: &str) -> String {
    let word = image.trim_start_matches('\\');
    let backslashes = image.len() - word.len();
    let name = word.strip_prefix('#').unwrap_or(word);
    let name = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')).unwrap_or(name);
    let is_directive =
        ["set", "if", "else", "elseif", "end"].contains(&name) || DIRECTIVES.contains(&name);
    if is_directive { format!("{}{word}", "\\".repeat(backslashes / 2)) } else { image.to_owned() }
}

//! The longest token at a place, in each mode; of two as long, the one listed first.

use super::token::TokenKind;

/// Where the lexer stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// Plain text.
    Text,
    /// After `$`, and between the parts of a reference.
    Reference,
    /// After the dot of a reference.
    Member,
    /// Inside the parentheses of a method call.
    Arguments,
    /// Inside the brackets of a reference.
    Index,
    /// After `#`.
    DirectiveName,
    /// After the name of a directive, and inside its parentheses.
    Directive,
    LineComment,
    BlockComment,
    /// After `#**`.
    FormalComment,
    TextBlock,
}

/// What was matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Matched {
    Token(TokenKind),
    /// The beginning of a token whose rest another mode decides.
    Dollar,
    Hash,
    TextBlockStart,
    FormalCommentStart,
    CommentStart,
    /// A character of a text block.
    Inside,
    /// A character of a comment.
    Skip,
    /// What ends a reference or directive name without belonging to it.
    Terminator,
}

struct Longest<'t> {
    rest: &'t str,
    found: Option<(Matched, usize)>,
}

/// Returns what stands at the beginning of `rest` in `mode`, and its bytes; nothing when no token begins so.
pub(super) fn longest(mode: Mode, rest: &str) -> Option<(Matched, usize)> {
    let mut longest = Longest { rest, found: None };
    match mode {
        Mode::Text => longest.text(),
        Mode::Reference => longest.reference(),
        Mode::Member => longest.member(),
        Mode::Arguments => longest.arguments(),
        Mode::Index => longest.index(),
        Mode::DirectiveName => longest.directive_name(),
        Mode::Directive => longest.directive(),
        Mode::LineComment => {
            longest.starts();
            longest.offer(TokenKind::LineCommentEnd, line_end(rest));
            longest.offer_other(Matched::Skip, longest.character());
        }
        Mode::BlockComment | Mode::FormalComment => {
            let kind = match mode {
                Mode::FormalComment => TokenKind::FormalComment,
                _ => TokenKind::BlockComment,
            };
            longest.starts();
            longest.literal(kind, "*#");
            longest.offer_other(Matched::Skip, longest.character());
        }
        Mode::TextBlock => {
            longest.starts();
            longest.literal(TokenKind::TextBlock, "]]#");
            longest.offer_other(Matched::Inside, longest.character());
        }
    }
    longest.found
}

impl Longest<'_> {
    fn offer(&mut self, kind: TokenKind, length: usize) {
        self.offer_other(Matched::Token(kind), length);
    }

    fn offer_other(&mut self, matched: Matched, length: usize) {
        if length > self.found.map_or(0, |(_, longest)| longest) {
            self.found = Some((matched, length));
        }
    }

    fn literal(&mut self, kind: TokenKind, literal: &str) {
        if self.rest.starts_with(literal) {
            self.offer(kind, literal.len());
        }
    }

    fn literals(&mut self, kinds: &[(TokenKind, &str)]) {
        for (kind, literal) in kinds {
            self.literal(*kind, literal);
        }
    }

    /// Returns the bytes of the first character.
    fn character(&self) -> usize {
        self.rest.chars().next().map_or(0, char::len_utf8)
    }

    /// What begins a reference, directive or comment in every mode.
    fn starts(&mut self) {
        let backslashes = run(self.rest, |byte| byte == b'\\');
        if let Some(after) = self.rest.get(backslashes..).and_then(|rest| rest.strip_prefix('$')) {
            self.offer_other(Matched::Dollar, backslashes + 1);
            let more = run(after, |byte| byte == b'\\');
            if after.get(more..).is_some_and(|rest| rest.starts_with('!')) {
                self.offer_other(Matched::Dollar, backslashes + more + 2);
            }
        }
        if !self.rest.starts_with('#') {
            return;
        }
        self.offer_other(Matched::Hash, 1);
        if self.rest.starts_with("#[[") {
            self.offer_other(Matched::TextBlockStart, 3);
        }
        if self.rest.starts_with("#*") {
            self.offer_other(Matched::CommentStart, 2);
        }
        if let Some(next) = self.rest.strip_prefix("#**").and_then(|rest| rest.chars().next())
            && next != '#'
        {
            self.offer_other(Matched::FormalCommentStart, 3 + next.len_utf8());
        }
    }

    /// `##`, which begins a comment in some modes alone: after the name of a member and in a call it begins none.
    fn line_comment(&mut self) {
        self.literal(TokenKind::LineCommentStart, "##");
    }

    fn text(&mut self) {
        let plain = self.rest.find(['$', '#', '\\']).unwrap_or(self.rest.len());
        let backslashes = run(self.rest, |byte| byte == b'\\');
        if backslashes % 2 == 1
            && let Some(name) = self.rest.get(backslashes..).and_then(|rest| rest.strip_prefix('#'))
        {
            let word = word(name).max(bracketed_word(name));
            if word > 0 {
                self.offer(TokenKind::EscapedDirective, backslashes + 1 + word);
            }
        }
        self.set();
        self.starts();
        self.line_comment();
        self.literals(&[(TokenKind::DoubleEscape, "\\\\"), (TokenKind::Escape, "\\")]);
        self.offer(TokenKind::Text, plain);
        self.empty_index();
    }

    fn reference(&mut self) {
        self.literal(TokenKind::IndexOpen, "[");
        self.set();
        self.starts();
        self.line_comment();
        self.name();
        self.curly();
        self.offer_other(Matched::Terminator, self.character());
        self.empty_index();
    }

    fn member(&mut self) {
        self.literals(&[(TokenKind::IndexOpen, "["), (TokenKind::ParenOpen, "(")]);
        self.set();
        self.starts();
        self.name();
        self.curly();
        self.offer_other(Matched::Terminator, self.character());
    }

    fn arguments(&mut self) {
        self.containers();
        self.literal(TokenKind::CallClose, ")");
        self.set();
        self.starts();
        self.blanks_and_strings();
        self.truths();
        self.numbers();
        self.name();
    }

    fn index(&mut self) {
        self.literal(TokenKind::IndexClose, "]");
        self.starts();
        self.blanks_and_strings();
        self.truths();
        self.numbers();
    }

    fn directive_name(&mut self) {
        self.starts();
        self.line_comment();
        for (kind, name, bracketed) in [
            (TokenKind::EndDirective, "end", "{end}"),
            (TokenKind::If, "if", "{if}"),
            (TokenKind::ElseIf, "elseif", "{elseif}"),
            (TokenKind::Else, "else", "{else}"),
        ] {
            for spelling in [name, bracketed] {
                let Some(after) = self.rest.strip_prefix(spelling) else { continue };
                let gobbles = matches!(kind, TokenKind::EndDirective | TokenKind::Else);
                self.offer(kind, spelling.len() + if gobbles { gobbled(after) } else { 0 });
            }
        }
        self.numbers();
        self.words();
        self.offer_other(Matched::Terminator, self.character());
    }

    fn directive(&mut self) {
        self.containers();
        self.literal(TokenKind::ParenOpen, "(");
        if let Some(after) = self.rest.strip_prefix(')') {
            self.offer(TokenKind::ParenClose, 1 + gobbled(after));
        }
        self.starts();
        self.line_comment();
        self.blanks_and_strings();
        self.truths();
        self.literals(&[
            (TokenKind::Minus, "-"),
            (TokenKind::Plus, "+"),
            (TokenKind::Multiply, "*"),
            (TokenKind::Divide, "/"),
            (TokenKind::Modulus, "%"),
            (TokenKind::And, "&&"),
            (TokenKind::And, "and"),
            (TokenKind::Or, "||"),
            (TokenKind::Or, "or"),
            (TokenKind::Less, "<"),
            (TokenKind::Less, "lt"),
            (TokenKind::LessOrEqual, "<="),
            (TokenKind::LessOrEqual, "le"),
            (TokenKind::Greater, ">"),
            (TokenKind::Greater, "gt"),
            (TokenKind::GreaterOrEqual, ">="),
            (TokenKind::GreaterOrEqual, "ge"),
            (TokenKind::Equal, "=="),
            (TokenKind::Equal, "eq"),
            (TokenKind::NotEqual, "!="),
            (TokenKind::NotEqual, "ne"),
            (TokenKind::Not, "!"),
            (TokenKind::Not, "not"),
            (TokenKind::Assign, "="),
        ]);
        self.numbers();
        self.words();
    }

    fn containers(&mut self) {
        self.literals(&[
            (TokenKind::BracketOpen, "["),
            (TokenKind::BracketClose, "]"),
            (TokenKind::Comma, ","),
            (TokenKind::DoubleDot, ".."),
            (TokenKind::Colon, ":"),
            (TokenKind::BraceOpen, "{"),
            (TokenKind::BraceClose, "}"),
        ]);
    }

    fn set(&mut self) {
        let blanks = run(self.rest, |byte| matches!(byte, b' ' | b'\t'));
        let Some(at) = self.rest.get(blanks..) else { return };
        for spelling in ["#set", "#{set}"] {
            let Some(after) = at.strip_prefix(spelling) else { continue };
            let spaces = run(after, |byte| byte == b' ');
            if after.get(spaces..).is_some_and(|rest| rest.starts_with('(')) {
                self.offer(TokenKind::Set, blanks + spelling.len() + spaces + 1);
            }
        }
    }

    fn name(&mut self) {
        self.truths();
        if self.rest.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
            let length =
                run(self.rest, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'));
            self.offer(TokenKind::Identifier, length);
        }
        let after = self.rest.strip_prefix('.');
        if after.is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_alphabetic())) {
            self.offer(TokenKind::Dot, 2);
        }
    }

    fn curly(&mut self) {
        self.literals(&[(TokenKind::FormalOpen, "{"), (TokenKind::FormalClose, "}")]);
    }

    /// `$` before what no reference begins with.
    fn empty_index(&mut self) {
        for spelling in ["$[", "$![", "$\\![", "$."] {
            self.literal(TokenKind::EmptyIndex, spelling);
        }
    }

    fn truths(&mut self) {
        self.literals(&[(TokenKind::True, "true"), (TokenKind::False, "false")]);
    }

    fn blanks_and_strings(&mut self) {
        let blanks = run(self.rest, |byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r'));
        self.offer(TokenKind::Whitespace, blanks);
        self.offer(TokenKind::String, quoted(self.rest));
    }

    fn numbers(&mut self) {
        let sign = usize::from(self.rest.starts_with('-'));
        let unsigned = self.rest.get(sign..).unwrap_or_default();
        let whole = run(unsigned, |byte| byte.is_ascii_digit());
        let after = unsigned.get(whole..).unwrap_or_default();
        if whole > 0 {
            let dots = if after.starts_with("..") { 2 } else { 0 };
            self.offer(TokenKind::Integer, sign + whole + dots);
            if exponent(after) > 0 {
                self.offer(TokenKind::Float, sign + whole + exponent(after));
            }
        }
        let Some(fraction) = after.strip_prefix('.') else { return };
        let digits = run(fraction, |byte| byte.is_ascii_digit());
        if whole + digits > 0 {
            let exponent = exponent(fraction.get(digits..).unwrap_or_default());
            self.offer(TokenKind::Float, sign + whole + 1 + digits + exponent);
        }
    }

    fn words(&mut self) {
        self.offer(TokenKind::Word, word(self.rest));
        self.offer(TokenKind::BracketedWord, bracketed_word(self.rest));
    }
}

/// Returns how many bytes at the beginning of `text` are `wanted` (ASCII) bytes.
fn run(text: &str, wanted: impl Fn(u8) -> bool) -> usize {
    text.bytes().take_while(|byte| wanted(*byte)).count()
}

fn line_end(text: &str) -> usize {
    if text.starts_with("\r\n") { 2 } else { usize::from(text.starts_with(['\n', '\r'])) }
}

/// Returns the blanks and the line end that a directive takes with it; nothing without a line end.
fn gobbled(text: &str) -> usize {
    let blanks = run(text, |byte| matches!(byte, b' ' | b'\t'));
    match line_end(text.get(blanks..).unwrap_or_default()) {
        0 => 0,
        line_end => blanks + line_end,
    }
}

/// Returns the bytes of a string literal: a doubled quote stands for one, unless nothing closes the string after it.
fn quoted(text: &str) -> usize {
    let bytes = text.as_bytes();
    let Some(quote @ (b'"' | b'\'')) = bytes.first() else { return 0 };
    let mut closed = 0;
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        at += 1;
        if byte != quote {
            continue;
        }
        closed = at;
        if bytes.get(at) != Some(quote) {
            break;
        }
        at += 1;
    }
    closed
}

fn exponent(text: &str) -> usize {
    let Some(after) = text.strip_prefix(['e', 'E']) else { return 0 };
    let sign = usize::from(after.starts_with(['+', '-']));
    match run(after.get(sign..).unwrap_or_default(), |byte| byte.is_ascii_digit()) {
        0 => 0,
        digits => 1 + sign + digits,
    }
}

fn word(text: &str) -> usize {
    if !text.starts_with(|first: char| first.is_ascii_alphabetic() || matches!(first, '_' | '@')) {
        return 0;
    }
    run(text, is_word_byte)
}

fn bracketed_word(text: &str) -> usize {
    let Some(inner) = text.strip_prefix('{') else { return 0 };
    if !inner.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        return 0;
    }
    let length = run(inner, is_word_byte);
    if inner.get(length..).is_some_and(|rest| rest.starts_with('}')) { length + 2 } else { 0 }
}

fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@')
}

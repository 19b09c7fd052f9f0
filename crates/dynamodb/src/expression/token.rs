//! Expressions cut into tokens, as DynamoDB does: names are letters, digits and `_` of ASCII, so that `:one-total` is a value less an
//! attribute.

/// A piece of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Token<'t> {
    pub(crate) kind: Kind,
    pub(crate) text: &'t str,
    /// Where it begins, in bytes.
    pub(crate) start: usize,
}

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A name, keyword or function.
    Word,
    /// `#name`
    Placeholder,
    /// `:value`
    Value,
    /// Digits. One that begins with 0 is the 0 alone.
    Number,
    /// A comparison, or one character.
    Symbol,
}

impl Token<'_> {
    /// Where it ends, in bytes.
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    /// Returns whether it is this keyword, in any case.
    pub(crate) fn is_keyword(&self, keyword: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(keyword)
    }

    /// Returns whether it is this comparison or character.
    pub(crate) fn is_symbol(&self, symbol: &str) -> bool {
        self.kind == Kind::Symbol && self.text == symbol
    }
}

/// Cuts an expression.
pub(crate) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_ascii_start();
    while let Some(first) = rest.chars().next() {
        let (kind, length) = first_token(rest, first);
        let (token, next) = rest.split_at_checked(length).unwrap_or((rest, ""));
        tokens.push(Token { kind, text: token, start: text.len() - rest.len() });
        rest = next.trim_ascii_start();
    }
    tokens
}

/// The kind of the token at the start of a text, and how many bytes it has.
fn first_token(text: &str, first: char) -> (Kind, usize) {
    let body = |from: usize| from + name_length(text.get(from..).unwrap_or(""));
    match first {
        '#' => (Kind::Placeholder, body(1)),
        ':' => (Kind::Value, body(1)),
        '0' => (Kind::Number, 1),
        _ if first.is_ascii_digit() => {
            let digits = text.find(|c: char| !c.is_ascii_digit());
            (Kind::Number, digits.unwrap_or(text.len()))
        }
        _ if first.is_ascii_alphabetic() || first == '_' => (Kind::Word, body(0)),
        '<' if text.starts_with("<>") || text.starts_with("<=") => (Kind::Symbol, 2),
        '>' if text.starts_with(">=") => (Kind::Symbol, 2),
        _ => (Kind::Symbol, first.len_utf8()),
    }
}

fn name_length(text: &str) -> usize {
    text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len())
}

/// AWS's words for a token that cannot stand where it does, or for the end of the text when it is behind the last: with it, the ones before
/// and behind it.
///
/// AWS: a name that begins with `_` is refused at that character.
pub(crate) fn syntax_error(text: &str, tokens: &[Token<'_>], at: usize) -> String {
    let Some(token) = tokens.get(at) else {
        let near = tokens.last().map_or(text, |last| last.text);
        return format!("Syntax error; token: \"<EOF>\", near: \"{near}\"");
    };
    let before = at.checked_sub(1).and_then(|before| tokens.get(before));
    let start = before.map_or(token.start, |before| before.start);
    let (shown, end) = match token.text.strip_prefix('_') {
        Some(rest) if !rest.is_empty() => {
            let next = if rest.starts_with('_') { 1 } else { rest.len() };
            ("_", token.start + 1 + next)
        }
        _ => (token.text, tokens.get(at + 1).map_or(token.end(), Token::end)),
    };
    let near = text.get(start..end).unwrap_or(text);
    format!("Syntax error; token: \"{shown}\", near: \"{near}\"")
}

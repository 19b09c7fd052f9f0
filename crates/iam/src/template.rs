//! Text with policy variables: `${key}`, `${key, 'default'}`, and `${*}`, `${?}`, `${$}` for the
//! characters themselves. A variable that has no value makes the whole text match nothing.
//!
//! Follows the IAM user guide, "IAM policy elements: Variables and tags".

use crate::facts::{Asked, Key};
use crate::fault::{Fault, quoted};
use crate::glob::{Case, Glob, Token, tokens};
use crate::variable_pattern::VariablePattern;

/// A text in its pieces. Neighbouring texts are one.
#[derive(Clone, Debug, Default)]
pub(crate) struct Template {
    pub(crate) pieces: Vec<Piece>,
}

#[derive(Clone, Debug)]
pub(crate) enum Piece {
    /// As it is written; `*` and `?` are wildcards where the element has them.
    Text(String),
    /// `*`, `?` or `$` itself.
    Literal(char),
    Variable {
        key: Key,
        default: Option<String>,
    },
}

impl Template {
    /// A text without variables.
    pub(crate) fn text(text: &str) -> Template {
        Template { pieces: vec![Piece::Text(text.to_owned())] }
    }

    /// Parses a text, whose variables are none in a policy of version 2008-10-17. A fault stands
    /// where it does in `text`.
    pub(crate) fn parse(text: &str, has_variables: bool) -> Result<Template, Fault> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some(at) = rest.find("${").filter(|_| has_variables) {
            let (before, variable) = rest.split_at(at);
            if !before.is_empty() {
                pieces.push(Piece::Text(before.to_owned()));
            }
            let place = text.len() - variable.len();
            let Some(end) = variable.find('}') else {
                return Err(Fault::new(
                    place..place + 2,
                    "a policy variable is not closed with `}`",
                )
                .with_help("write `${$}{` for the characters `${` themselves"));
            };
            let (variable, after) = variable.split_at(end + 1);
            pieces.push(Piece::parse(variable, place)?);
            rest = after;
        }
        if !rest.is_empty() || pieces.is_empty() {
            pieces.push(Piece::Text(rest.to_owned()));
        }
        Ok(Template { pieces })
    }

    pub(crate) fn has_variable(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Variable { .. }))
    }

    /// Whether it is `*` alone.
    pub(crate) fn is_star(&self) -> bool {
        self.plain() == Some("*")
    }

    /// The text, when it is nothing else.
    pub(crate) fn plain(&self) -> Option<&str> {
        match self.pieces.as_slice() {
            [] => Some(""),
            [Piece::Text(text)] => Some(text),
            _ => None,
        }
    }

    /// The text for a request; nothing when a variable has no value.
    fn resolved(&self, asked: &Asked<'_>) -> Option<String> {
        let mut resolved = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => resolved.push_str(text),
                Piece::Literal(c) => resolved.push(*c),
                Piece::Variable { key, default } => {
                    resolved.push_str(&value(key, default.as_deref(), asked)?);
                }
            }
        }
        Some(resolved)
    }
}

impl Piece {
    /// Parses `${...}` that stands at `place`.
    fn parse(variable: &str, place: usize) -> Result<Piece, Fault> {
        let range = place..place + variable.len();
        let inner = variable.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
        let inner = inner.unwrap_or_default();
        if let "*" | "?" | "$" = inner {
            return Ok(Piece::Literal(inner.chars().next().unwrap_or('$')));
        }
        let (name, default) = match inner.split_once(',') {
            None => (inner, None),
            Some((name, default)) => (name, Some(default.trim())),
        };
        let default = match default {
            None => None,
            Some(default) => {
                let inner = default.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
                let Some(inner) = inner.filter(|inner| !inner.contains('\'')) else {
                    let message =
                        format!("the default of {} is not in single quotes", quoted(variable));
                    let help = "write `${key, 'default'}`";
                    return Err(Fault::new(range, message).with_help(help));
                };
                Some(inner.to_owned())
            }
        };
        let name = name.trim();
        let is_foreign = name.contains("::");
        if !name.contains(':') || is_foreign || name.contains(['$', '{', '*', '?', '\'']) {
            let message = format!("{} names no context key", quoted(variable));
            let fault = Fault::new(range, message);
            let help = match name {
                _ if is_foreign => {
                    "it is CloudFormation that fills it in, in what is wrapped in `Fn::Sub`"
                        .to_owned()
                }
                "username" | "userid" | "SourceIp" | "PrincipalArn" | "PrincipalAccount" => {
                    format!("did you mean `${{aws:{name}}}`?")
                }
                _ => {
                    "a context key has its service before a colon, as in `aws:username`".to_owned()
                }
            };
            return Err(fault.with_help(help));
        }
        Ok(Piece::Variable { key: Key::new(name), default })
    }
}

/// The value of a variable: a key of several has none.
pub(crate) fn value<'a>(
    key: &Key,
    default: Option<&'a str>,
    asked: &Asked<'a>,
) -> Option<std::borrow::Cow<'a, str>> {
    let values = asked.values(key);
    let one =
        values.and_then(|values| if values.len() == 1 { values.into_iter().next() } else { None });
    one.or(default.map(Into::into))
}

/// A pattern with `*` and `?`.
#[derive(Clone, Debug)]
pub(crate) enum TextPattern {
    Fixed(Glob),
    Variable(VariablePattern),
}

impl TextPattern {
    pub(crate) fn of(template: Template) -> TextPattern {
        if template.has_variable() {
            return TextPattern::Variable(VariablePattern::of(template));
        }
        TextPattern::Fixed(Glob::of(template.pieces.iter().flat_map(|piece| match piece {
            Piece::Text(text) => tokens(text).collect(),
            Piece::Literal(c) => vec![Token::Char(*c)],
            Piece::Variable { .. } => Vec::new(),
        })))
    }

    pub(crate) fn has_variable(&self) -> bool {
        matches!(self, TextPattern::Variable(_))
    }

    /// The pattern, when it is the same for all requests.
    pub(crate) fn fixed(&self) -> Option<&Glob> {
        match self {
            TextPattern::Fixed(glob) => Some(glob),
            TextPattern::Variable(_) => None,
        }
    }

    pub(crate) fn matches(&self, text: &str, asked: &Asked<'_>) -> bool {
        match self {
            TextPattern::Fixed(glob) => glob.matches(text, Case::Exact),
            TextPattern::Variable(pattern) => pattern.matches(text, asked),
        }
    }
}

/// A text without wildcards, compared as a whole.
#[derive(Clone, Debug)]
pub(crate) enum ExactText {
    Fixed(String),
    Variable(Template),
}

impl ExactText {
    pub(crate) fn of(template: Template) -> ExactText {
        if template.has_variable() {
            return ExactText::Variable(template);
        }
        ExactText::Fixed(template.pieces.iter().fold(String::new(), |mut text, piece| {
            match piece {
                Piece::Text(more) => text.push_str(more),
                Piece::Literal(c) => text.push(*c),
                Piece::Variable { .. } => {}
            }
            text
        }))
    }

    /// Whether `is_equal` says so of the text for this request.
    pub(crate) fn is(&self, asked: &Asked<'_>, is_equal: impl FnOnce(&str) -> bool) -> bool {
        match self {
            ExactText::Fixed(text) => is_equal(text),
            ExactText::Variable(template) => {
                template.resolved(asked).is_some_and(|text| is_equal(&text))
            }
        }
    }
}

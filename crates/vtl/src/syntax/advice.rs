//! What the author of a text that does not parse most likely meant.

use super::parser::Parser;
use super::token::TokenKind;

impl Parser<'_, '_> {
    /// Guesses what was meant by the next token, in whose place one of `expected` should stand.
    pub(super) fn advice(
        &self,
        kind: TokenKind,
        image: &str,
        expected: &[&'static str],
    ) -> Option<String> {
        if let Some(help) = self.advice_on_quotes() {
            return Some(help.to_owned());
        }
        let wants_value = expected.contains(&"a reference");
        Some(match kind {
            TokenKind::Integer | TokenKind::Float if image.starts_with('-') => {
                "put a blank behind the minus to subtract".to_owned()
            }
            TokenKind::Word | TokenKind::Identifier if image == "null" => {
                "write `$null`, an undefined reference, for a missing value".to_owned()
            }
            TokenKind::Word | TokenKind::Identifier if wants_value => {
                format!("write `${image}` for a variable, `'{image}'` for a string")
            }
            TokenKind::Word | TokenKind::Text if expected.contains(&"an operator") => {
                "a `)` is missing before it, or an operator such as `&&` or `==`".to_owned()
            }
            TokenKind::Assign => "`==` compares".to_owned(),
            TokenKind::Equal if expected == ["`=`"] => "`=` assigns".to_owned(),
            TokenKind::Plus | TokenKind::Minus if expected == ["`=`"] => {
                format!("write `#set($name = $name {image} 1)`")
            }
            TokenKind::Minus if wants_value => {
                "only numbers have a sign; write `0 - $name`".to_owned()
            }
            TokenKind::Greater if wants_value => "`!=` is the opposite of `==`".to_owned(),
            TokenKind::Plus
            | TokenKind::Minus
            | TokenKind::Multiply
            | TokenKind::Divide
            | TokenKind::Modulus
                if expected.contains(&"`}`") || expected.contains(&"`]`") =>
            {
                "a list or map cannot compute; compute the value with `#set` first".to_owned()
            }
            _ => return None,
        })
    }

    /// The token follows a string at once: the string was to go on.
    fn advice_on_quotes(&self) -> Option<&'static str> {
        let number = self.position();
        let before = number.checked_sub(1)?;
        if self.token(before)?.kind != TokenKind::String {
            return None;
        }
        if self.image(before).ends_with("\\\"") {
            return Some("a backslash does not escape a quote; write the quote twice");
        }
        let is_word = matches!(self.token(number)?.kind, TokenKind::Word | TokenKind::Identifier);
        is_word.then_some("a quote inside a string is written twice")
    }
}

/// Guesses what was meant by a character that Velocity's expressions do not have; `rest` begins with it.
pub(super) fn on_character(rest: &str) -> Option<&'static str> {
    let mut characters = rest.chars();
    match characters.next()? {
        '&' => Some("`&&` joins two conditions"),
        '|' => Some("`||` joins two conditions"),
        '?' => Some("there is no `? :` and no `?:`; use `#if`"),
        '`' => Some("strings stand in `'` or `\"`"),
        ';' => Some("nothing ends a `#set` but its `)`"),
        _ => None,
    }
}

/// Returns the directive that a word is written for which is none, though it is far from it.
pub(super) fn other_spelling(word: &str) -> Option<&'static str> {
    match word {
        "elsif" | "elif" | "elseIf" | "ElseIf" | "elseiff" => Some("elseif"),
        "endif" | "endIf" | "endfor" | "endforeach" | "endset" | "endmacro" => Some("end"),
        "for" | "each" => Some("foreach"),
        _ => None,
    }
}

//! A reader of JSON that follows many texts at once: every place in which a template's output may stand, of which the
//! impossible ones die as its text is read.

use std::collections::BTreeSet;

/// How many places are followed at once; with more nothing is said.
const PLACES_MAX: usize = 512;
/// How deep JSON may nest; deeper nothing is said.
const DEPTH_MAX: usize = 128;
/// The longest bare word that is kept, in bytes; JSON's numbers are shorter as a rule.
const WORD_BYTES_MAX: usize = 64;

/// Where reading ended, and why.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    /// The offset in the template.
    pub(super) at: u32,
    /// What is wrong there.
    pub(super) message: String,
}

/// An open `{` or `[`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Open {
    is_object: bool,
    at: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum State {
    Value,
    /// A value behind the comma at this offset.
    Item(u32),
    /// Behind `[`.
    ValueOrEnd,
    /// Behind `{`.
    KeyOrEnd,
    /// Behind the comma at this offset.
    Key(u32),
    Colon,
    After,
    /// In a string that began at `at`.
    String {
        is_key: bool,
        at: u32,
    },
    Escape {
        is_key: bool,
        at: u32,
    },
    /// A number or `true`; `is_open` when a reference is part of it.
    Word {
        text: String,
        is_open: bool,
        at: u32,
    },
}

/// One place in which the output may stand.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    stack: Vec<Open>,
    state: State,
}

/// All places in which the output may stand.
#[derive(Clone, Debug)]
pub(super) struct Places(BTreeSet<Place>);

/// There are too many places to follow, or one is too deep.
#[derive(Debug)]
pub(super) struct TooMany;

impl Places {
    pub(super) fn start() -> Places {
        Places(BTreeSet::from([Place { stack: Vec::new(), state: State::Value }]))
    }

    pub(super) fn none() -> Places {
        Places(BTreeSet::new())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn join(&mut self, other: Places) -> Result<(), TooMany> {
        self.0.extend(other.0);
        if self.0.len() > PLACES_MAX { Err(TooMany) } else { Ok(()) }
    }

    /// Whether one of them is inside a string.
    pub(super) fn has_string(&self) -> bool {
        self.0
            .iter()
            .any(|place| matches!(place.state, State::String { .. } | State::Escape { .. }))
    }

    /// Reads a character. When no place is left, says why one of them ended.
    pub(super) fn read(&mut self, c: char, at: u32) -> Result<Option<Failure>, TooMany> {
        let mut next = BTreeSet::new();
        let mut failure = None;
        for place in std::mem::take(&mut self.0) {
            match place.read(c, at) {
                Ok(place) if place.stack.len() > DEPTH_MAX => return Err(TooMany),
                Ok(place) => {
                    next.insert(place);
                }
                Err(ended) => {
                    failure.get_or_insert(ended);
                }
            }
        }
        self.0 = next;
        Ok(if self.0.is_empty() { failure } else { None })
    }

    /// A value stands here of which nobody knows what it is: part of a string inside one, else anything that opens no more
    /// than it closes, or nothing.
    pub(super) fn unknown(&mut self, at: u32) -> Result<(), TooMany> {
        let mut next = BTreeSet::new();
        for place in std::mem::take(&mut self.0) {
            match &place.state {
                State::String { .. } => {
                    next.insert(place);
                }
                State::Escape { is_key, at } => {
                    let state = State::String { is_key: *is_key, at: *at };
                    next.insert(Place { state, ..place.clone() });
                }
                state => next.extend(place.around(state, at)),
            }
        }
        self.0 = next;
        if self.0.len() > PLACES_MAX { Err(TooMany) } else { Ok(()) }
    }

    /// Says why the text cannot end here, when none of the places is an end.
    pub(super) fn end(&self, at: u32) -> Option<Failure> {
        let is_end = |place: &Place| {
            place.stack.is_empty()
                && match &place.state {
                    State::After | State::Value => true,
                    State::Word { text, is_open, .. } => *is_open || is_word(text),
                    _ => false,
                }
        };
        if self.0.iter().any(is_end) {
            return None;
        }
        let nearest = self.0.iter().min_by_key(|place| place.stack.len())?;
        Some(match (&nearest.state, nearest.stack.last()) {
            (State::String { at, .. } | State::Escape { at, .. }, _) => {
                Failure { at: *at, message: "a string is never closed".to_owned() }
            }
            (State::Word { text, at, is_open: false }, None) => {
                Failure { at: *at, message: format!("`{text}` is no value of JSON") }
            }
            (_, Some(open)) => {
                let bracket = if open.is_object { '{' } else { '[' };
                Failure { at: open.at, message: format!("`{bracket}` is never closed") }
            }
            (_, None) => Failure { at, message: "the JSON ends too early".to_owned() },
        })
    }
}

impl Place {
    fn read(mut self, c: char, at: u32) -> Result<Place, Failure> {
        let failed = |message: String| Failure { at, message };
        match (self.state.clone(), c) {
            (State::String { is_key, at }, '\\') => self.state = State::Escape { is_key, at },
            (State::String { is_key, .. }, '"') => {
                self.state = if is_key { State::Colon } else { State::After };
            }
            (State::String { .. }, _) => {}
            (
                State::Escape { is_key, at },
                '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' | 'u',
            ) => {
                self.state = State::String { is_key, at };
            }
            (State::Escape { .. }, _) => {
                return Err(failed(format!("`\\{c}` is no escape of JSON")));
            }
            (State::Word { text, is_open, at: start }, _) if is_of_word(c) => {
                let text = if text.len() < WORD_BYTES_MAX { format!("{text}{c}") } else { text };
                self.state = State::Word { text, is_open, at: start };
            }
            (State::Word { text, is_open, at: start }, _) => {
                if !is_open && text.len() < WORD_BYTES_MAX && !is_word(&text) {
                    let message = format!("`{text}` is no value of JSON");
                    return Err(Failure { at: start, message });
                }
                self.state = State::After;
                return self.read(c, at);
            }
            (_, c) if c.is_whitespace() => {}
            (State::Value | State::Item(_) | State::ValueOrEnd, '"') => {
                self.state = State::String { is_key: false, at };
            }
            (State::Key(_) | State::KeyOrEnd, '"') => {
                self.state = State::String { is_key: true, at }
            }
            (State::Value | State::Item(_) | State::ValueOrEnd, '{' | '[') => {
                let is_object = c == '{';
                self.stack.push(Open { is_object, at });
                self.state = if is_object { State::KeyOrEnd } else { State::ValueOrEnd };
            }
            (State::Value | State::Item(_) | State::ValueOrEnd, _) if is_of_word(c) => {
                self.state = State::Word { text: c.to_string(), is_open: false, at };
            }
            (State::Colon, ':') => self.state = State::Value,
            (State::After, ',') => {
                self.state = match self.stack.last() {
                    Some(Open { is_object: true, .. }) => State::Key(at),
                    Some(_) => State::Item(at),
                    None => return Err(failed("`,` behind the end of the JSON".to_owned())),
                };
            }
            (State::After | State::KeyOrEnd, '}') | (State::After | State::ValueOrEnd, ']') => {
                self.close(c).map_err(failed)?;
            }
            (State::Key(comma), '}') | (State::Item(comma), ']') => {
                let message = format!("nothing stands between this `,` and `{c}`");
                return Err(Failure { at: comma, message });
            }
            (state, _) => return Err(failed(self.unexpected(&state, c))),
        }
        Ok(self)
    }

    fn close(&mut self, c: char) -> Result<(), String> {
        match self.stack.pop() {
            Some(open) if open.is_object == (c == '}') => {
                self.state = State::After;
                Ok(())
            }
            Some(open) => {
                let (opened, wanted) = if open.is_object { ('{', '}') } else { ('[', ']') };
                Err(format!("`{c}` where `{opened}` is open; expected `{wanted}`"))
            }
            None => Err(format!("`{c}` closes nothing")),
        }
    }

    fn unexpected(&self, state: &State, c: char) -> String {
        match (state, c) {
            (_, '\'') if !matches!(state, State::After | State::Colon) => {
                "strings of JSON stand in double quotes, not in `'`".to_owned()
            }
            (State::Key(_) | State::KeyOrEnd, _) => {
                format!("expected a name in double quotes, found `{c}`")
            }
            (State::Colon, _) => format!("expected `:`, found `{c}`"),
            (State::After, _) if self.stack.is_empty() => {
                format!("expected the end of the JSON, found `{c}`")
            }
            (State::After, _) => {
                let is_object = self.stack.last().is_some_and(|open| open.is_object);
                format!("expected `,` or `{}`, found `{c}`", if is_object { '}' } else { ']' })
            }
            _ => format!("expected a value, found `{c}`"),
        }
    }

    /// Where it may go on behind something unknown.
    fn around(&self, state: &State, at: u32) -> Vec<Place> {
        let word = match state {
            State::Word { text, at, .. } => {
                State::Word { text: text.clone(), is_open: true, at: *at }
            }
            _ => State::Word { text: String::new(), is_open: true, at },
        };
        let states = match self.stack.last() {
            None => vec![State::Value, State::After, word],
            Some(Open { is_object: false, .. }) => {
                vec![State::Value, State::ValueOrEnd, State::After, word]
            }
            Some(Open { is_object: true, .. }) => {
                vec![State::KeyOrEnd, State::Colon, State::Value, State::After, word]
            }
        };
        states.into_iter().map(|state| Place { stack: self.stack.clone(), state }).collect()
    }
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.' | '_')
}

fn is_word(text: &str) -> bool {
    serde_json::from_str::<serde_json::Value>(text)
        .is_ok_and(|value| value.is_number() || value.is_boolean() || value.is_null())
        // A number too large for a machine is still one of JSON.
        || text.starts_with(|c: char| c == '-' || c.is_ascii_digit()) && text.contains(['e', 'E'])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns what is wrong with a text, and where.
    fn wrong(text: &str) -> Option<(u32, String)> {
        let mut places = Places::start();
        for (at, c) in (0..).zip(text.chars()) {
            if let Some(failure) = places.read(c, at).unwrap() {
                return Some((failure.at, failure.message));
            }
        }
        places.end(u32::MAX).map(|failure| (failure.at, failure.message))
    }

    #[test]
    fn json_is_read_to_its_end() {
        for text in
            ["{}", "[1, -2.5e3, true, null]", "{\"a\": {\"b\": [\"\\\"\\u00e9\"]}}", " 7 ", ""]
        {
            assert_eq!(wrong(text), None, "{text}");
        }
    }

    #[test]
    fn what_is_no_json_ends_at_the_character() {
        let cases = [
            ("{\"a\": 1,}", 7, "nothing stands between this `,` and `}`"),
            ("[1 , ]", 3, "nothing stands between this `,` and `]`"),
            ("{\"a\": }", 6, "expected a value, found `}`"),
            ("{\"a\": 1", 0, "`{` is never closed"),
            ("{\"a\" 1}", 5, "expected `:`, found `1`"),
            ("{a: 1}", 1, "expected a name in double quotes, found `a`"),
            ("[1 2]", 3, "expected `,` or `]`, found `2`"),
            ("[1}", 2, "`}` where `[` is open; expected `]`"),
            ("{} {}", 3, "expected the end of the JSON, found `{`"),
            ("{\"a\": tru}", 6, "`tru` is no value of JSON"),
            ("{\"a\": \"b}", 6, "a string is never closed"),
            ("{\"a\": 'b'}", 6, "strings of JSON stand in double quotes, not in `'`"),
            ("\"\\'\"", 2, "`\\'` is no escape of JSON"),
        ];
        for (text, at, message) in cases {
            assert_eq!(wrong(text), Some((at, message.to_owned())), "{text}");
        }
    }
}

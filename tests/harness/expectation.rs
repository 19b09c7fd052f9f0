//! What an answer must be, and what every answer must be.
//!
//! A page lists the status, the headers that matter and the whole body. The rest holds for all answers: no header that is
//! neither listed nor the gateway's own, ids of AWS's form, an error type on errors alone, a trace id where it is listed
//! alone (recorded on AWS: success of an AWS integration has one, of a mock not, an error never).

use super::pattern::{self, Values};
use super::problem::{Part, Problem};
use super::{Outcome, Response, store};

/// Who made an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The gateway: it has ids.
    Gateway,
    /// The HTTP server, before the gateway saw a request: it has no ids and no body.
    Server,
    /// The HTTP server, before the answer: `100 Continue`, without any header.
    Interim,
}

/// An expected answer.
#[derive(Clone, Debug)]
pub(crate) struct Expected {
    pub(crate) kind: Kind,
    /// `HTTP/1.1 200 OK`; the words after the number are for the reader.
    pub(crate) status_line: String,
    /// Lower-case names and values.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

/// Headers that the gateway's answers have, and their form; listed ones are as they are listed.
const OWN: [(&str, &str); 4] = [
    ("content-type", "application/json"),
    ("date", "{{http-date}}"),
    ("x-amz-apigw-id", "{{extended-id}}"),
    ("x-amzn-requestid", "{{uuid}}"),
];

/// Headers of the HTTP server, whose values are checked by reading the answer.
const TRANSPORT: [&str; 2] = ["connection", "content-length"];

impl Expected {
    /// Reads the text of a block.
    pub(crate) fn parse(kind: Kind, text: &str) -> Outcome<Expected> {
        let text = text.strip_suffix('\n').unwrap_or(text);
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        // A head of its status line alone: the blank line comes first.
        let mut lines = head.lines();
        let status_line = lines.next().unwrap_or_default().to_owned();
        if code(&status_line).is_none() {
            return Err(format!("`{status_line}` is no status line"));
        }
        let mut headers = Vec::new();
        for line in lines {
            let (name, value) =
                line.split_once(": ").ok_or_else(|| format!("`{line}` is no header"))?;
            if name != name.to_ascii_lowercase() {
                return Err(format!("write the header `{name}` in lower case"));
            }
            headers.push((name.to_owned(), value.to_owned()));
        }
        let lists = |name: &str| headers.iter().any(|(listed, _)| listed == name);
        if lists("x-amzn-errortype") && lists("x-amzn-trace-id") {
            return Err("an error of the gateway has no trace id".to_owned());
        }
        Ok(Expected { kind, status_line, headers, body: body.to_owned() })
    }

    /// Says all that is wrong with an answer; nothing when it is as expected.
    pub(crate) fn problems(&self, got: &Response, values: &Values) -> Outcome<Vec<Problem>> {
        let mut problems = Vec::new();
        if code(&self.status_line) != code(&got.status_line) {
            problems.push(Part::Status.problem(format!(
                "status: expected `{}`, got `{}`",
                self.status_line, got.status_line
            )));
        }
        self.header_problems(got, values, &mut problems)?;
        let body = got.text();
        if !pattern::matches(&self.body, &body, values)? && !store::says_the_same(&self.body, &body)
        {
            problems.push(Part::Body.problem(difference("body", &self.body, &body)));
        }
        Ok(problems)
    }

    fn header_problems(
        &self,
        got: &Response,
        values: &Values,
        problems: &mut Vec<Problem>,
    ) -> Outcome {
        let mut wrong = |text: String| problems.push(Part::Headers.problem(text));
        let own: &[(&str, &str)] = match self.kind {
            Kind::Gateway => &OWN,
            Kind::Server => &OWN[1..2],
            Kind::Interim => &[],
        };
        let own = own.iter().filter(|(name, _)| !self.lists(name)).copied();
        let listed = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, expected) in listed.chain(own) {
            let sent: Vec<&str> =
                got.headers.iter().filter(|(n, _)| n == name).map(|(_, v)| v.as_str()).collect();
            match sent.as_slice() {
                [] => wrong(format!("header `{name}` is missing, expected `{expected}`")),
                [value] => {
                    if !pattern::matches(expected, value, values)? {
                        wrong(format!("header `{name}`: expected `{expected}`, got `{value}`"));
                    }
                }
                several => wrong(format!("header `{name}` comes {} times", several.len())),
            }
        }
        for (name, value) in &got.headers {
            let is_own = self.kind == Kind::Gateway && OWN.iter().any(|(own, _)| own == name);
            let is_server = name == "date" || TRANSPORT.contains(&name.as_str());
            if !self.lists(name) && !is_own && !is_server {
                wrong(format!("header `{name}: {value}` is not expected"));
            }
        }
        Ok(())
    }

    fn lists(&self, name: &str) -> bool {
        self.headers.iter().any(|(listed, _)| listed == name)
    }

    /// The text of a block that expects what was got: the headers that are not every answer's.
    pub(crate) fn text_of(got: &Response) -> String {
        let mut text = format!("{}\n", got.status_line);
        for (name, value) in &got.headers {
            let is_plain = match name.as_str() {
                "content-type" => value == "application/json",
                name => OWN.iter().any(|(own, _)| *own == name) || TRANSPORT.contains(&name),
            };
            if name == "x-amzn-trace-id" {
                text.push_str("x-amzn-trace-id: {{trace-id}}\n");
            } else if !is_plain {
                text.push_str(&format!("{name}: {value}\n"));
            }
        }
        if !got.body.is_empty() {
            text.push_str(&format!("\n{}\n", got.text()));
        }
        text
    }
}

/// Version and number of a status line.
fn code(status_line: &str) -> Option<(&str, u16)> {
    let mut words = status_line.split(' ');
    let version = words.next().filter(|version| version.starts_with("HTTP/"))?;
    Some((version, words.next()?.parse().ok()?))
}

/// Shows two texts and the first line in which they differ.
pub(crate) fn difference(what: &str, expected: &str, got: &str) -> String {
    let same = expected.split('\n').zip(got.split('\n')).take_while(|(a, b)| a == b).count();
    format!(
        "{what} differs from its line {}\n--- expected ({} bytes)\n{expected}\n--- got ({} bytes)\n{got}\n---",
        same + 1,
        expected.len(),
        got.len()
    )
}

//! `steps.md`: a title, where the truth comes from, and blocks. A block of a kind nobody knows is refused, so that no
//! expectation is passed over.
//!
//! | block | meaning |
//! |---|---|
//! | `files` | files of the repository that the program finds in its folder, one a line |
//! | `args` | arguments behind `vestibule serve` and the case's own files |
//! | `http request` | a request; `host` and `content-length` are added when it has none |
//! | `raw request` | bytes with `\r`, `\n`, `\xNN`, `\\`; line ends of the page are no part of it |
//! | `backend request` | the exact request that reaches the backend, behind the request that makes it; `{{backend}}` is its address |
//! | `backend response` | what the backend answers; `content-length` is added when it has none |
//! | `raw backend response` | bytes as in `raw request`; without any, it never answers |
//! | `last backend response` | the same, then the backend closes the connection |
//! | `http response` | what answers it; `http response of the server` is one that the gateway did not make |
//! | `stderr` | all that the program printed there until its end; without the block it is nothing |
//! | `exit` | it does not serve: its exit code |
//!
//! The blocks of the pages of `faults` are those that `fault.rs` names.

use super::expectation::Expected;
use super::{Does, Kind, Outcome};
use std::path::{Path, PathBuf};

/// A page that was read.
pub(crate) struct Page {
    path: PathBuf,
    /// Whether expectations may be rewritten: nobody but us says them.
    pub(crate) is_inferred: bool,
    parts: Vec<Part>,
}

enum Part {
    Text(String),
    Block { info: String, content: String, line: usize },
}

/// A request and what answers it.
pub(crate) struct Step {
    /// Of the request's block in the page, from 1.
    pub(crate) line: usize,
    pub(crate) request: Vec<u8>,
    /// Calls of the backend in their order.
    pub(crate) backend: Vec<BackendStep>,
    pub(crate) expected: Expected,
    response_part: usize,
}

/// A request to the backend and what it does.
pub(crate) struct BackendStep {
    pub(crate) expected: String,
    pub(crate) does: Does,
    pub(crate) request_part: usize,
}

const ORIGINS: [&str; 4] = ["recorded", "AWS docs", "oracle", "inferred"];
const KNOWN: [&str; 17] = [
    "after",
    "args",
    "backend request",
    "backend response",
    "before",
    "exit",
    "files",
    "first screen",
    "http request",
    "http response",
    "http response of the server",
    "invoke",
    "last backend response",
    "raw backend response",
    "raw request",
    "remedy",
    "stderr",
];

impl Page {
    /// Reads a page and sees that it has the form of one.
    pub(crate) fn read(path: &Path) -> Outcome<Page> {
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("cannot read {}: {error}", path.display()))?;
        let mut lines = text.lines();
        if !lines.next().is_some_and(|line| line.starts_with("# ")) {
            return Err("the first line must be `# ` and the behaviour as a sentence".to_owned());
        }
        let source = lines.next().and_then(|line| line.strip_prefix("Source: ")).unwrap_or("");
        if !ORIGINS.iter().any(|origin| source.starts_with(origin)) {
            return Err(format!("the second line must be `Source: ` and one of {ORIGINS:?}"));
        }
        let page = Page {
            path: path.to_owned(),
            is_inferred: source.starts_with("inferred"),
            parts: parts(&text)?,
        };
        let is_ended = page.block("exit").is_some() || page.block("after").is_some();
        match is_ended || !page.steps()?.is_empty() {
            true => Ok(page),
            false => Err("the page expects nothing".to_owned()),
        }
    }

    /// The content of the first block of a kind.
    pub(crate) fn block(&self, wanted: &str) -> Option<&str> {
        self.parts.iter().find_map(|part| match part {
            Part::Block { info, content, .. } if info == wanted => Some(content.as_str()),
            Part::Block { .. } | Part::Text(_) => None,
        })
    }

    /// The words of a block.
    pub(crate) fn words(&self, wanted: &str) -> Vec<String> {
        self.block(wanted).unwrap_or("").split_whitespace().map(str::to_owned).collect()
    }

    /// Requests and answers in their order.
    pub(crate) fn steps(&self) -> Outcome<Vec<Step>> {
        let mut steps = Vec::new();
        let mut open: Option<(usize, Vec<u8>)> = None;
        let mut backend: Vec<BackendStep> = Vec::new();
        for (at, part) in self.parts.iter().enumerate() {
            let Part::Block { info, content, line } = part else { continue };
            match (info.as_str(), open.take()) {
                ("http request", None) => open = Some((*line, http_request(content))),
                ("raw request", None) => open = Some((*line, raw_bytes(content)?)),
                ("http response", Some((line, request))) => {
                    let expected = Expected::parse(Kind::Gateway, content)?;
                    let backend = std::mem::take(&mut backend);
                    steps.push(Step { line, request, backend, expected, response_part: at });
                }
                ("http response of the server", Some((line, request))) => {
                    let expected = Expected::parse(Kind::Server, content)?;
                    let backend = std::mem::take(&mut backend);
                    steps.push(Step { line, request, backend, expected, response_part: at });
                }
                ("backend request", Some(asking)) => {
                    open = Some(asking);
                    let expected = content.strip_suffix('\n').unwrap_or(content).to_owned();
                    let does = Does::Sends(Vec::new());
                    backend.push(BackendStep { expected, does, request_part: at });
                }
                (
                    kind @ ("backend response" | "raw backend response" | "last backend response"),
                    Some(asking),
                ) => {
                    open = Some(asking);
                    let Some(step) = backend.last_mut() else {
                        return Err(format!("line {line}: the backend was not asked"));
                    };
                    step.does = match kind {
                        "backend response" => Does::Sends(backend_response(content)),
                        "raw backend response" => Does::Sends(raw_bytes(content)?),
                        _ => Does::SendsLast(raw_bytes(content)?),
                    };
                }
                ("http response" | "http response of the server", None) => {
                    return Err(format!("line {line}: a response without a request"));
                }
                (_, Some((line, _))) => {
                    return Err(format!("line {line}: a request without a response"));
                }
                (_, None) => {}
            }
        }
        match open {
            Some((line, _)) => Err(format!("line {line}: a request without a response")),
            None => Ok(steps),
        }
    }

    /// Replaces what a step expects.
    pub(crate) fn expect(&mut self, step: &Step, text: String) {
        if let Some(Part::Block { content, .. }) = self.parts.get_mut(step.response_part) {
            *content = text;
        }
    }

    /// Replaces what the backend is expected to be asked.
    pub(crate) fn expect_of_backend(&mut self, request_part: usize, text: &str) {
        if let Some(Part::Block { content, .. }) = self.parts.get_mut(request_part) {
            *content = format!("{text}\n");
        }
    }

    /// Replaces the content of the first block of a kind, or adds one.
    pub(crate) fn set(&mut self, wanted: &str, text: &str) {
        let found = self.parts.iter_mut().find_map(|part| match part {
            Part::Block { info, content, .. } if info == wanted => Some(content),
            Part::Block { .. } | Part::Text(_) => None,
        });
        match found {
            Some(content) => text.clone_into(content),
            None => self.parts.push(Part::Block {
                info: wanted.to_owned(),
                content: text.to_owned(),
                line: 0,
            }),
        }
    }

    /// Writes the page back.
    pub(crate) fn write(&self) -> Outcome {
        let text: String = self
            .parts
            .iter()
            .map(|part| match part {
                Part::Text(line) => format!("{line}\n"),
                Part::Block { info, content, .. } => format!("```{info}\n{content}```\n"),
            })
            .collect();
        std::fs::write(&self.path, text)
            .map_err(|error| format!("cannot write {}: {error}", self.path.display()))
    }
}

fn parts(text: &str) -> Outcome<Vec<Part>> {
    let mut parts = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((at, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            parts.push(Part::Text(line.to_owned()));
            continue;
        };
        if !KNOWN.contains(&info) {
            return Err(format!("line {}: no block is called `{info}`", at + 1));
        }
        let mut content = String::new();
        let mut is_closed = false;
        for (_, line) in lines.by_ref() {
            is_closed = line == "```";
            if is_closed {
                break;
            }
            content.push_str(line);
            content.push('\n');
        }
        if !is_closed {
            return Err(format!("line {}: the block has no end", at + 1));
        }
        parts.push(Part::Block { info: info.to_owned(), content, line: at + 1 });
    }
    Ok(parts)
}

/// The bytes of a readable request: the last line end of the block is no part of the body.
fn http_request(content: &str) -> Vec<u8> {
    let (head, body) = head_and_body(content);
    let mut added = String::new();
    if !has_header(head, "host") {
        added.push_str("\r\nhost: api.test");
    }
    if !body.is_empty() && !has_length(head) {
        added.push_str(&format!("\r\ncontent-length: {}", body.len()));
    }
    format!("{}{added}\r\n\r\n{body}", head.replace('\n', "\r\n")).into_bytes()
}

/// The bytes of a readable answer of the backend.
fn backend_response(content: &str) -> Vec<u8> {
    let (head, body) = head_and_body(content);
    let length = match has_length(head) {
        true => String::new(),
        false => format!("\r\nContent-Length: {}", body.len()),
    };
    format!("{}{length}\r\n\r\n{body}", head.replace('\n', "\r\n")).into_bytes()
}

fn head_and_body(content: &str) -> (&str, &str) {
    let content = content.strip_suffix('\n').unwrap_or(content);
    content.split_once("\n\n").unwrap_or((content.trim_end(), ""))
}

fn has_length(head: &str) -> bool {
    has_header(head, "content-length") || has_header(head, "transfer-encoding")
}

fn has_header(head: &str, name: &str) -> bool {
    let mut names = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    names.any(|(known, _)| known.eq_ignore_ascii_case(name))
}

fn raw_bytes(content: &str) -> Outcome<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = content.bytes().filter(|byte| *byte != b'\n');
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        match rest.next() {
            Some(b'r') => bytes.push(b'\r'),
            Some(b'n') => bytes.push(b'\n'),
            Some(b'\\') => bytes.push(b'\\'),
            Some(b'x') => {
                let digits: String = rest.by_ref().take(2).map(char::from).collect();
                let byte = u8::from_str_radix(&digits, 16);
                bytes.push(byte.map_err(|_| format!("`\\x{digits}` is no byte"))?);
            }
            other => return Err(format!("`\\{:?}` is no escape", other.map(char::from))),
        }
    }
    Ok(bytes)
}

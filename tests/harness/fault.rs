//! A folder of `faults`: a definition with a fault that people make, a request that meets it, what the first screen of the
//! trace says, and the remedy that it names. The remedy is applied, and the request works.
//!
//! A definition with `${stageVariables.backend}` has a backend that answers `{"name":"Tea"}`; the page calls it `BACKEND`.
//! Beside the definition there may be `answer.http`, what a Lambda function answers (`(nothing)`: it does not), and
//! `vestibule.toml`, in which `BACKEND` is the address where it is invoked. With `trust.json`, the trust policy of the one role,
//! there is an STS too, at the address `STS`: it lets in whom the policy names.
//! The page has the blocks `invoke` (arguments, one a line), `before` and `after` (status and body of the answer),
//! `first screen` (the first finding) and `remedy` (lines of one of the files that go, behind `-`, and that come, behind `+`).

use super::case::{entries, is_update, repository};
use super::page::Page;
use super::{Backend, Does, Ended, Folder, Outcome, Program};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A fault that can be shown.
pub(crate) struct Fault {
    name: String,
    folder: PathBuf,
}

/// Every folder below `faults`, in the order of their names.
pub(crate) fn faults() -> Outcome<Vec<Fault>> {
    let root = repository().join("tests/faults");
    let folders = entries(&root)?.into_iter().filter(|entry| entry.is_dir());
    let named = folders.map(|folder| {
        let name = folder.strip_prefix(&root).unwrap_or(&folder).display().to_string();
        Fault { name: format!("faults::{name}"), folder }
    });
    Ok(named.collect())
}

impl Fault {
    /// `faults::name`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Shows the fault, applies the remedy and shows that it works.
    pub(crate) fn run(&self) -> Outcome {
        let path = self.folder.join("fault.md");
        let mut page =
            Page::read(&path).map_err(|problem| format!("{}: {problem}", path.display()))?;
        let folder = Folder::new()?;
        let root = repository().join("tests/faults");
        for file in ["tables.yaml", "seed.json"] {
            folder.copy(&root.join(file))?;
        }
        let mut files = self.files()?;
        let backend = Backend::listen()?;
        let before = invoke(&page, &files, &folder, &backend)?;
        mend(&mut files, page.block("remedy").unwrap_or_default())?;
        let after = invoke(&page, &files, &folder, &backend)?;
        let code = first_screen(&before);
        let code = code.split(['[', ']']).nth(1).unwrap_or("no code").to_owned();
        if after.stderr.contains(&code) {
            return Err(format!("{}: {code} is found after the remedy too", path.display()));
        }
        let seen = [
            ("before", answer(&before)),
            ("first screen", general(&first_screen(&before), &backend)),
            ("after", answer(&after)),
        ];
        let wrong: Vec<String> = seen
            .iter()
            .filter(|(block, text)| page.block(block) != Some(text))
            .map(|(block, text)| {
                let expected = page.block(block).unwrap_or_default();
                format!("{block}\n-- expected\n{expected}-- seen\n{text}")
            })
            .collect();
        if wrong.is_empty() {
            return Ok(());
        }
        if is_update() && page.is_inferred {
            seen.iter().for_each(|(block, text)| page.set(block, text));
            return page.write();
        }
        Err(format!("{}\n{}", path.display(), wrong.join("\n")))
    }

    /// Its files that a fault can be in.
    fn files(&self) -> Outcome<Files> {
        let there = FILES.into_iter().filter(|name| self.folder.join(name).exists());
        there.map(|name| Ok((name, read(&self.folder.join(name))?))).collect()
    }
}

/// Files that a fault can be in, by their names.
type Files = BTreeMap<&'static str, String>;

const DEFINITION: &str = "api.yaml";
const FUNCTION: &str = "answer.http";
const SETTINGS: &str = "vestibule.toml";
const TRUST: &str = "trust.json";
const FILES: [&str; 4] = [DEFINITION, FUNCTION, SETTINGS, TRUST];

fn invoke(page: &Page, files: &Files, folder: &Folder, backend: &Backend) -> Outcome<Ended> {
    let words = page.block("invoke").unwrap_or_default();
    let mut arguments: Vec<String> = words.lines().map(str::to_owned).collect();
    let at = 2.min(arguments.len());
    arguments.splice(at..at, [DEFINITION, "tables.yaml"].map(str::to_owned));
    arguments.extend(["--ephemeral", "--seed", "seed.json"].map(str::to_owned));
    let sts = Backend::listen()?;
    for (name, text) in files {
        let text = text.replace("BACKEND", &backend.address());
        folder.write(name, &text.replace("STS", &sts.address()))?;
    }
    let environment = match files.get(TRUST) {
        None => &[][..],
        Some(trust) => {
            sts.does(assumed(trust));
            &GATEWAY
        }
    };
    let is_called = |by: &str| files.get(DEFINITION).is_some_and(|text| text.contains(by));
    if is_called("stageVariables.backend") {
        backend.does(Does::SendsLast(ANSWER.to_vec()));
        arguments.extend(["--stage-variable".to_owned(), backend.variable()]);
    }
    if let Some(function) = files.get(FUNCTION) {
        backend.does(answered(function));
        if !files.contains_key(SETTINGS) {
            let url = format!("http://{}", backend.address());
            arguments.extend(["--lambda-endpoint".to_owned(), url]);
        }
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    Program::invoke_in(folder, environment, &arguments)
}

/// The gateway's own key, which is that of the user `gateway`.
const GATEWAY: [(&str, &str); 2] =
    [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")];

/// What STS answers the user `gateway` who wants to be the role `orders`, which has this trust policy. AWS docs: STS API reference,
/// AssumeRole; the words of the refusal are recorded in public reports.
fn assumed(trust: &str) -> Does {
    let gateway = "arn:aws:iam::123456789012:user/gateway";
    let (head, body) = match trust.contains(gateway) {
        true => (
            "HTTP/1.1 200 OK",
            "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>test</AccessKeyId><SecretAccessKey>test</SecretAccessKey>\
             <SessionToken>token</SessionToken><Expiration>2126-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult>\
             </AssumeRoleResponse>"
                .to_owned(),
        ),
        false => (
            "HTTP/1.1 403 Forbidden",
            format!(
                "<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>User: {gateway} is not authorized to \
                 perform: sts:AssumeRole on resource: arn:aws:iam::123456789012:role/orders</Message></Error></ErrorResponse>"
            ),
        ),
    };
    answered(&format!("{head}\n\n{body}"))
}

/// What a function does that answers like this: a head line by line, a blank line, a body on one line.
fn answered(text: &str) -> Does {
    let text = text.trim_end_matches('\n');
    if text == "(nothing)" {
        return Does::Sends(Vec::new());
    }
    let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
    let head = head.replace('\n', "\r\n");
    Does::SendsLast(format!("{head}\r\ncontent-length: {}\r\n\r\n{body}", body.len()).into())
}

/// Applies a remedy: the lines that go stand once in one of the files, one behind the other.
fn mend(files: &mut Files, remedy: &str) -> Outcome {
    let of = |mark: char| -> String {
        let lines = remedy.lines().filter_map(|line| line.strip_prefix(mark));
        lines.map(|line| format!("{line}\n")).collect()
    };
    let (gone, come) = (of('-'), of('+'));
    let number: usize = files.values().map(|text| text.matches(&gone).count()).sum();
    if gone.is_empty() || number != 1 {
        return Err(format!("the lines of the remedy stand {number} times in the files"));
    }
    files.values_mut().for_each(|text| *text = text.replace(&gone, &come));
    Ok(())
}

/// What the backend answers.
const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\nContent-Length: 14\r\nContent-Type: application/json\r\n\r\n{\"name\":\"Tea\"}";

/// Headers that are the gateway's own.
const OWN: [&str; 5] =
    ["content-type", "x-amz-apigw-id", "x-amzn-errortype", "x-amzn-requestid", "x-amzn-trace-id"];

/// The status, the headers of the method, and the body.
fn answer(ended: &Ended) -> String {
    let (head, body) = ended.stdout.split_once("\n\n").unwrap_or((&ended.stdout, ""));
    let is_own = |line: &&str| OWN.iter().any(|own| line.starts_with(&format!("{own}: ")));
    let head: String =
        head.lines().filter(|line| !is_own(line)).map(|line| format!("{line}\n")).collect();
    format!("{head}\n{body}")
}

/// What the trace says first, up to the first empty line.
fn first_screen(ended: &Ended) -> String {
    let screen = ended.stderr.trim_start().split("\n\n").next().unwrap_or_default();
    format!("{screen}\n")
}

/// A screen without what differs from run to run and from system to system.
fn general(screen: &str, backend: &Backend) -> String {
    let refused = [" (os error 61)", " (os error 111)"];
    let screen = screen.replace(&backend.address(), "BACKEND");
    refused.iter().fold(screen, |screen, number| screen.replace(number, ""))
}

fn read(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))
}

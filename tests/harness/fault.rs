//! A folder of `faults`: a definition with a fault that people make, a request that meets it, what the first screen of the
//! trace says, and the remedy that it names. The remedy is applied, and the request works.
//!
//! A definition with `${stageVariables.backend}` has a backend that answers `{"name":"Tea"}`; the page calls it `BACKEND`.
//! The page has the blocks `invoke` (arguments, one a line), `before` and `after` (status and body of the answer),
//! `first screen` (the first finding) and `remedy` (lines of `api.yaml` that go, behind `-`, and that come, behind `+`).

use super::case::{entries, is_update, repository};
use super::page::Page;
use super::{Backend, Does, Ended, Folder, Outcome, Program};
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
        let definition = read(&self.folder.join("api.yaml"))?;
        folder.write("api.yaml", &definition)?;
        let backend = Backend::listen()?;
        let before = self.invoke(&page, &folder, &backend)?;
        let remedy = page.block("remedy").unwrap_or_default().to_owned();
        folder.write("api.yaml", &mended(&definition, &remedy)?)?;
        let after = self.invoke(&page, &folder, &backend)?;
        let code = first_screen(&before);
        let code = code.split(['[', ']']).nth(1).unwrap_or("no code").to_owned();
        if after.stderr.contains(&code) {
            return Err(format!("{}: {code} is found after the remedy too", path.display()));
        }
        let seen = [
            ("before", answer(&before)),
            ("first screen", first_screen(&before).replace(&backend.address(), "BACKEND")),
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

    /// A definition that has a backend finds one that answers.
    fn invoke(&self, page: &Page, folder: &Folder, backend: &Backend) -> Outcome<Ended> {
        let words = page.block("invoke").unwrap_or_default();
        let mut arguments: Vec<&str> = words.lines().collect();
        arguments.extend(["--ephemeral", "--seed", "seed.json"]);
        let variable = backend.variable();
        if read(&self.folder.join("api.yaml"))?.contains("stageVariables.backend") {
            backend.does(Does::SendsLast(ANSWER.to_vec()));
            arguments.extend(["--stage-variable", &variable]);
        }
        let files = ["api.yaml", "tables.yaml"];
        let at = 2.min(arguments.len());
        arguments.splice(at..at, files);
        Program::invoke(folder, &arguments)
    }
}

/// The definition with the remedy: the lines that go stand there once, one behind the other.
fn mended(definition: &str, remedy: &str) -> Outcome<String> {
    let of = |mark: char| -> String {
        let lines = remedy.lines().filter_map(|line| line.strip_prefix(mark));
        lines.map(|line| format!("{line}\n")).collect()
    };
    let (gone, come) = (of('-'), of('+'));
    match definition.matches(&gone).count() {
        1 if !gone.is_empty() => Ok(definition.replace(&gone, &come)),
        number => Err(format!("the lines of the remedy stand {number} times in the definition")),
    }
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

fn read(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))
}

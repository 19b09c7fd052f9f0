//! A folder of `cases`: its definition is served, its page is walked through.
//!
//! `GOLDEN=update` rewrites what pages expect whose source is `inferred`; recorded and documented truth is edited by hand.

use super::expectation::{Expected, difference};
use super::page::{Page, Step};
use super::pattern::{self, Values};
use super::problem::{self, Part, Problem};
use super::{Backend, Ended, Folder, Outcome, Program, Response};
use super::{signature, store};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A case that can be run.
pub(crate) struct Case {
    name: String,
    folder: PathBuf,
}

/// Every folder below `cases` that has a page, in the order of their names.
pub(crate) fn cases() -> Outcome<Vec<Case>> {
    let root = repository().join("tests/cases");
    let mut cases = Vec::new();
    for area in entries(&root)? {
        for folder in entries(&area)? {
            let name = folder.strip_prefix(&root).unwrap_or(&folder).display().to_string();
            cases.push(Case { name: name.replace('/', "::"), folder });
        }
    }
    match cases.is_empty() {
        true => Err(format!("no case in {}", root.display())),
        false => Ok(cases),
    }
}

impl Case {
    /// `area::NNNN_name`.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Serves its definition and compares everything that its page expects.
    pub(crate) fn run(&self) -> Outcome {
        let path = self.folder.join("steps.md");
        let mut page =
            Page::read(&path).map_err(|problem| format!("{}: {problem}", path.display()))?;
        let folder = Folder::new()?;
        let mut arguments = self.files(&folder)?;
        for file in page.words("files") {
            folder.copy(&repository().join(file))?;
        }
        arguments.extend(page.words("args"));
        let mut values = Values::new();
        let mut backend = None;
        if page.block("backend request").is_some() {
            let listening = Backend::listen()?;
            arguments.extend(["--stage-variable".to_owned(), listening.variable()]);
            let address = listening.address();
            arguments.iter_mut().for_each(|word| *word = word.replace("{{backend}}", &address));
            values.insert("backend", address);
            backend = Some(listening);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut walk =
            Walk { page: &mut page, backend, values, ids: BTreeSet::new(), problems: Vec::new() };
        if walk.page.block("exit").is_some() {
            walk.compare_end(&Program::run(&folder, &arguments)?)?;
        } else {
            let program = Program::serve(&folder, &arguments)?;
            for step in walk.page.steps()? {
                walk.step(&program, &step)?;
            }
            walk.compare_end(&program.stop()?)?;
        }
        let problems = walk.problems;
        if problems.is_empty() {
            return Ok(());
        }
        if is_update() && page.is_inferred {
            return page.write();
        }
        let (parts, texts) = (problem::parts(&problems), problem::texts(&problems));
        Err(format!("{}\n{parts}\n{texts}", path.display()))
    }

    /// Copies the case's own files; those with a known name are arguments of the program.
    fn files(&self, folder: &Folder) -> Outcome<Vec<String>> {
        const KNOWN: [(&str, Option<&str>); 4] = [
            ("api.yaml", None),
            ("api.json", None),
            ("tables.yaml", None),
            ("seed.json", Some("--seed")),
        ];
        let mut arguments = Vec::new();
        for file in entries(&self.folder)?.iter().filter(|file| !file.ends_with("steps.md")) {
            folder.copy(file)?;
        }
        for (name, flag) in KNOWN {
            if self.folder.join(name).exists() {
                arguments.extend(flag.into_iter().chain([name]).map(str::to_owned));
            }
        }
        Ok(arguments)
    }
}

/// One way through a page.
struct Walk<'p> {
    page: &'p mut Page,
    /// When the page expects it to be called.
    backend: Option<Backend>,
    values: Values,
    ids: BTreeSet<String>,
    problems: Vec<Problem>,
}

impl Walk<'_> {
    fn step(&mut self, program: &Program, step: &Step) -> Outcome {
        let first = step.request.split(|byte| *byte == b'\r').next().unwrap_or_default();
        let title = format!("line {}: {}", step.line, String::from_utf8_lossy(first));
        if let Some(backend) = &self.backend {
            step.backend.iter().for_each(|call| backend.does(call.does.clone()));
        }
        let got = exchange(program, step).map_err(|problem| format!("{title}\n{problem}"))?;
        for (value, header) in
            [("request-id", "x-amzn-requestid"), ("extended-request-id", "x-amz-apigw-id")]
        {
            let sent = got.header(header).unwrap_or("no id was sent").to_owned();
            self.values.insert(value, sent);
        }
        let mut problems = step.expected.problems(&got, &self.values)?;
        if let Some(id) = got.header("x-amzn-requestid")
            && !self.ids.insert(id.to_owned())
        {
            problems.push(Part::Headers.problem(format!("the request id `{id}` was sent before")));
        }
        if !problems.is_empty() {
            self.page.expect(step, Expected::text_of(&got));
        }
        problems.extend(self.calls(step)?);
        if let Some(first) = problems.first_mut() {
            first.text = format!("{title}\n{}", first.text);
        }
        self.problems.extend(problems);
        Ok(())
    }

    /// Compares what the backend was asked for a step.
    fn calls(&mut self, step: &Step) -> Outcome<Vec<Problem>> {
        let mut problems = Vec::new();
        let mut wrong = |text: String| problems.push(Part::Calls.problem(text));
        let Some(backend) = &self.backend else { return Ok(problems) };
        for call in &step.backend {
            let asked = backend.request()?;
            if let Some(problem) = signature::problem(&asked) {
                wrong(problem);
            }
            if !pattern::matches(&call.expected, &asked, &self.values)? {
                wrong(difference("request to the backend", &call.expected, &asked));
                let text = pattern::generalised(&asked)?.replace(&backend.address(), "{{backend}}");
                self.page.expect_of_backend(call.request_part, &text);
            }
        }
        while let Some(asked) = backend.further() {
            wrong(format!("the backend was also asked:\n{asked}"));
        }
        Ok(problems)
    }

    /// Compares the end: a page that serves ends in order, and prints on standard error what it says alone.
    fn compare_end(&mut self, ended: &Ended) -> Outcome {
        let code = ended.code.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
        let exit = self.page.block("exit").map(|exit| exit.trim_end().to_owned());
        // Whoever serves prints where; whoever does not prints nothing.
        if exit.is_some() && !ended.stdout.is_empty() {
            let text = difference("stdout", "", &ended.stdout);
            self.problems.push(Part::Output.problem(text));
        }
        let exit = exit.unwrap_or_else(|| "0".to_owned());
        if code != exit {
            let text = format!("exit: expected {exit}, got {code}");
            self.problems.push(Part::Exit.problem(text));
            self.page.set("exit", &format!("{code}\n"));
        }
        let stderr = self.page.block("stderr").unwrap_or("").to_owned();
        let printed = store::without_connections(&ended.stderr);
        if !pattern::matches(&stderr, &printed, &self.values)? {
            let text = difference("stderr", &stderr, &printed);
            self.problems.push(Part::Log.problem(text));
            self.page.set("stderr", &pattern::generalised(&ended.stderr)?);
        }
        Ok(())
    }
}

/// Sends a step's request on a connection of its own; nothing may follow the answer.
fn exchange(program: &Program, step: &Step) -> Outcome<Response> {
    let mut connection = program.connect()?;
    connection.send(&step.request)?;
    let response = connection.response(step.request.starts_with(b"HEAD "))?;
    connection.close_sending()?;
    let rest = connection.rest()?;
    match rest.is_empty() {
        true => Ok(response),
        false => Err(format!("more than one answer: {:?}", String::from_utf8_lossy(&rest))),
    }
}

/// The root of the repository.
pub(crate) fn repository() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// What is in a folder, in the order of the names.
pub(super) fn entries(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let failed = |error: std::io::Error| format!("cannot read {}: {error}", folder.display());
    let entries = std::fs::read_dir(folder).map_err(failed)?;
    let paths = entries.map(|entry| Ok(entry.map_err(failed)?.path()));
    let mut paths = paths.collect::<Outcome<Vec<_>>>()?;
    paths.sort();
    Ok(paths)
}

pub(super) fn is_update() -> bool {
    std::env::var_os("GOLDEN").is_some_and(|value| value == "update")
}

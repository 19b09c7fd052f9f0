//! `vestibule render`: one template over values from files, for its author; or many cases, one JSON object a line.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use vestibule_gateway::{Case, Given, RenderFailure, render};
use vestibule_restapi::{Code, Diagnostic, Document, Sourced};

use super::cli::Output;
use super::exit::Exit;
use super::failure::Failure;
use crate::limits::CASE_BYTES_MAX;

/// Render a mapping template without serving anything
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A request is a JSON object with any of `body`, `params` (`path`, `querystring`,
`header`), `context` and `stageVariables`. A body that is no string is taken as JSON.

Examples:
  vestibule render get-item.vtl --request request.json
  vestibule render get-item-response.vtl --request request.json --response answer.json
  vestibule render --cases cases.jsonl")]
pub(super) struct Render {
    /// The template
    #[arg(required_unless_present = "cases", conflicts_with = "cases")]
    template: Option<PathBuf>,
    /// What `$input`, `$context` and `$stageVariables` are made of
    #[arg(long, value_name = "FILE", conflicts_with = "cases")]
    request: Option<PathBuf>,
    /// The integration's answer: `$input` reads it, its parameters stay those of the request
    #[arg(long, value_name = "FILE", conflicts_with = "cases")]
    response: Option<PathBuf>,
    /// Cases with a `template` of their own, one JSON object a line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    cases: Option<PathBuf>,
}

impl Render {
    /// Runs the command.
    pub(super) fn run(self, output: &mut Output<'_>) -> Result<Exit, Failure> {
        match (&self.cases, &self.template) {
            (Some(cases), _) => all(cases, output),
            (None, Some(template)) => self.one(template, output),
            (None, None) => {
                Err(Failure::usage("no template is named", "vestibule render TEMPLATE"))
            }
        }
    }

    fn one(&self, template: &Path, output: &mut Output<'_>) -> Result<Exit, Failure> {
        let name = template.display().to_string();
        let document = Document::new(name, text(template)?);
        let source = Sourced::verbatim(&document, 0, document.text(), "");
        let mut given = match &self.request {
            Some(path) => {
                let parsed = Given::parse(&text(path)?);
                parsed.map_err(|reason| Failure::file(path, &reason))?
            }
            None => Given::parse("{}").map_err(|reason| Failure::file(template, &reason))?,
        };
        if let Some(path) = &self.response {
            given.body = text(path)?;
        }
        match render(&source, &given) {
            Ok(rendering) => {
                output.print(&rendering.text);
                Ok(Exit::Ok)
            }
            Err(failure) => {
                output.findings(&findings(failure), "nothing is rendered");
                Ok(Exit::Findings)
            }
        }
    }
}

/// The findings of a failure, as a definition's are shown.
fn findings(failure: RenderFailure) -> Vec<Diagnostic> {
    match failure {
        RenderFailure::Syntax(findings) => findings,
        RenderFailure::Failed { message, place, values } => {
            let finding = Diagnostic::error(Code::TemplateFailed, message);
            let finding = values.into_iter().fold(finding, Diagnostic::note);
            vec![match place {
                Some(place) => finding.at(place),
                None => finding,
            }]
        }
    }
}

/// Renders every case and writes a line for each; a case that fails is a line too.
fn all(cases: &Path, output: &mut Output<'_>) -> Result<Exit, Failure> {
    let unreadable = |error: std::io::Error| Failure::file(cases, &error.to_string());
    let input: Box<dyn Read> = if cases == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        Box::new(std::fs::File::open(cases).map_err(unreadable)?)
    };
    let mut input = BufReader::new(input);
    loop {
        let mut line = Vec::new();
        let limit = u64::try_from(CASE_BYTES_MAX).unwrap_or(u64::MAX);
        let read = input.by_ref().take(limit).read_until(b'\n', &mut line).map_err(unreadable)?;
        if read == 0 {
            return Ok(Exit::Ok);
        }
        if read == CASE_BYTES_MAX && !line.ends_with(b"\n") {
            let reason = format!("a case is longer than {CASE_BYTES_MAX} bytes");
            return Err(Failure::file(cases, &reason));
        }
        let line = String::from_utf8_lossy(&line);
        if !line.trim().is_empty() {
            output.print(&format!("{}\n", answer(&line)));
        }
    }
}

/// The JSON line for one case.
fn answer(line: &str) -> String {
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
    let error = |text: &str| format!("{{\"error\":{}}}", quoted(text));
    let case = match Case::parse(line) {
        Ok(case) => case,
        Err(reason) => return error(&reason),
    };
    match render(&Sourced::inline("case", &case.template), &case.given) {
        Ok(rendering) => format!(
            "{{\"output\":{},\"requestOverride\":{},\"responseOverride\":{}}}",
            quoted(&rendering.text),
            rendering.request_override,
            rendering.response_override
        ),
        Err(RenderFailure::Syntax(findings)) => {
            error(findings.first().map_or("the template does not parse", |f| f.message.as_str()))
        }
        Err(RenderFailure::Failed { message, .. }) => error(&message),
    }
}

fn text(path: &Path) -> Result<String, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, &error.to_string()))?;
    String::from_utf8(bytes).map_err(|_| Failure::file(path, "the file is not UTF-8"))
}

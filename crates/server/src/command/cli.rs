//! The command line: which command is meant, and what goes to standard output and error.
//! Each command has its own file.

use std::ffi::OsString;
use std::io::Write;

use clap::error::ErrorKind;
use clap::{ColorChoice, CommandFactory, FromArgMatches, Parser, Subcommand};

use super::check::Check;
use super::config::Config;
use super::data::Data;
use super::dev::Dev;
use super::exit::Exit;
use super::export::Export;
use super::failure::{Failure, Level, line};
use super::flush::Flush;
use super::invoke::Invoke;
use super::render::Render;
use super::serve::Serve;
use super::token::Token;
use super::usage;
use crate::config::{Environment, Warning};
use vestibule_restapi::printable;
use vestibule_restapi::{Diagnostic, Severity};

/// Runs Amazon API Gateway REST APIs over DynamoDB, anywhere
#[derive(Debug, Parser)]
#[command(
    name = "vestibule",
    version,
    disable_help_subcommand = true,
    after_help = "\
Settings (`vestibule config` lists them) are flags, variables VESTIBULE_<NAME> of the environment
and keys of vestibule.toml.
Exit codes: 0 ok, 1 findings in the definitions or an answer that is an error, 2 could not run."
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(Serve),
    Dev(Dev),
    Invoke(Box<Invoke>),
    Check(Check),
    Render(Render),
    Export(Export),
    Token(Box<Token>),
    Data(Data),
    Flush(Flush),
    Config(Config),
}

/// The streams of the process, and whether they are terminals.
#[expect(missing_debug_implementations, reason = "streams have no text form")]
pub struct Streams<'s> {
    /// Standard output.
    pub stdout: &'s mut dyn Write,
    /// Standard error.
    pub stderr: &'s mut dyn Write,
    /// Whether standard output is a terminal.
    pub is_stdout_terminal: bool,
    /// Whether standard error is a terminal.
    pub is_stderr_terminal: bool,
}

/// What a command writes to.
pub(super) struct Output<'s> {
    streams: Streams<'s>,
    is_colour_wanted: bool,
}

/// Runs the program: `arguments` begin with its own name.
/// Answers go to standard output, failures and warnings to standard error, coloured only on a
/// terminal and only while `NO_COLOR` is unset or empty.
pub fn run(
    arguments: impl IntoIterator<Item = OsString>,
    environment: &Environment,
    streams: Streams<'_>,
) -> Exit {
    let mut output = Output { streams, is_colour_wanted: !environment.has("NO_COLOR") };
    match parse(arguments, &output) {
        Ok(cli) => {
            let ended = match cli.command {
                Command::Check(check) => check.run(environment, &mut output),
                Command::Render(render) => render.run(&mut output),
                Command::Export(export) => export.run(environment, &mut output),
                Command::Serve(serve) => serve.run(environment, &mut output),
                Command::Dev(dev) => dev.run(environment, &mut output),
                Command::Invoke(invoke) => invoke.run(environment, &mut output),
                Command::Token(token) => token.run(environment, &mut output),
                Command::Data(data) => data.run(environment, &mut output),
                Command::Flush(flush) => flush.run(environment, &mut output),
                Command::Config(config) => config.run(environment, &mut output),
            };
            ended.unwrap_or_else(|failure| output.fail(&failure))
        }
        Err(error) => match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
                let is_coloured = output.is_colour_wanted && output.streams.is_stdout_terminal;
                let text = error.render();
                output.print(&if is_coloured { text.ansi().to_string() } else { text.to_string() });
                Exit::Ok
            }
            _ => output.fail(&usage::failure(&error)),
        },
    }
}

fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    output: &Output<'_>,
) -> Result<Cli, clap::Error> {
    let is_coloured = output.is_colour_wanted && output.streams.is_stdout_terminal;
    let colour = if is_coloured { ColorChoice::Always } else { ColorChoice::Never };
    let matches = Cli::command().color(colour).try_get_matches_from(arguments)?;
    Cli::from_arg_matches(&matches)
}

impl Output<'_> {
    /// Writes to standard output. A reader that has gone away is no failure of ours.
    pub(super) fn print(&mut self, text: &str) {
        let stdout = &mut self.streams.stdout;
        let _reader_gone = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
    }

    /// Writes bytes to standard output, likewise.
    pub(super) fn print_bytes(&mut self, bytes: &[u8]) {
        let stdout = &mut self.streams.stdout;
        let _reader_gone = stdout.write_all(bytes).and_then(|()| stdout.flush());
    }

    /// Writes to standard error how an answer came about.
    pub(super) fn explain(&mut self, text: &str) {
        self.complain(text);
    }

    /// Writes a line for each warning to standard error.
    pub(super) fn warn(&mut self, warnings: &[Warning]) {
        for warning in warnings {
            let message = format!("the variable `{}` is no setting", warning.name);
            let help = warning.near.as_ref().map(|near| format!("did you mean `{near}`?"));
            let is_coloured = self.is_coloured();
            self.complain(&line(Level::Warning, &message, help.as_deref(), is_coloured));
        }
    }

    /// Writes one warning to standard error.
    pub(super) fn caution(&mut self, message: &str, help: &str) {
        let is_coloured = self.is_coloured();
        self.complain(&line(Level::Warning, message, Some(help), is_coloured));
    }

    /// Writes one warning to standard error that says all there is.
    pub(super) fn remark(&mut self, message: &str) {
        let is_coloured = self.is_coloured();
        self.complain(&line(Level::Warning, message, None, is_coloured));
    }

    fn fail(&mut self, failure: &Failure) -> Exit {
        self.complain_of(failure);
        Exit::CouldNotRun
    }

    /// Writes a failure to standard error.
    pub(super) fn complain_of(&mut self, failure: &Failure) {
        let text = failure.render(self.is_coloured());
        self.complain(&text);
    }

    /// Writes findings to standard error, with a count behind them and what follows from errors.
    pub(super) fn findings(&mut self, findings: &[Diagnostic], consequence: &str) {
        if findings.is_empty() {
            return;
        }
        let mut text = String::new();
        for finding in findings {
            text.push_str(&format!("{}\n\n", printable(&finding.to_string())));
        }
        let errors = findings.iter().filter(|f| f.severity == Severity::Error).count();
        let warnings = findings.len() - errors;
        text.push_str(&match (errors, warnings) {
            (_, 0) => counted(errors, "error"),
            (0, _) => counted(warnings, "warning"),
            _ => format!("{}, {}", counted(errors, "error"), counted(warnings, "warning")),
        });
        if errors > 0 {
            text.push_str(&format!("; {consequence}"));
        }
        text.push('\n');
        self.complain(&text);
    }

    pub(super) fn is_stderr_terminal(&self) -> bool {
        self.streams.is_stderr_terminal
    }

    pub(super) fn is_coloured(&self) -> bool {
        self.is_colour_wanted && self.streams.is_stderr_terminal
    }

    pub(super) fn complain(&mut self, text: &str) {
        let stderr = &mut self.streams.stderr;
        let _reader_gone = stderr.write_all(text.as_bytes()).and_then(|()| stderr.flush());
    }
}

/// Such as `1 error` and `2 errors`.
pub(super) fn counted(number: usize, what: &str) -> String {
    match number {
        1 => format!("1 {what}"),
        _ => format!("{number} {what}s"),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::ffi::OsStringExt;

    use super::*;

    /// Returns what goes to standard error when it is a terminal.
    fn complained(arguments: Vec<OsString>, variables: &[(&str, &str)]) -> String {
        let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
        let streams = Streams {
            stdout: &mut stdout,
            stderr: &mut stderr,
            is_stdout_terminal: true,
            is_stderr_terminal: true,
        };
        let environment =
            variables.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        assert_eq!(run(arguments, &environment, streams), Exit::CouldNotRun);
        String::from_utf8(stderr).unwrap()
    }

    #[test]
    fn an_argument_that_is_not_utf8_is_refused() {
        let arguments = vec!["vestibule".into(), "config".into(), OsString::from_vec(vec![0xff])];
        assert_eq!(
            complained(arguments, &[("NO_COLOR", "1")]),
            "error: an argument is not UTF-8 text (help: see `vestibule --help`)\n"
        );
    }

    #[test]
    fn a_terminal_gets_colour_unless_it_wants_none() {
        let plain = "error: no command (help: see `vestibule --help`)\n";
        let coloured = "\u{1b}[1;31merror:\u{1b}[0m no command (help: see `vestibule --help`)\n";
        let arguments = || vec!["vestibule".into()];
        assert_eq!(complained(arguments(), &[]), coloured);
        assert_eq!(complained(arguments(), &[("NO_COLOR", "")]), coloured);
        assert_eq!(complained(arguments(), &[("NO_COLOR", "1")]), plain);
    }
}

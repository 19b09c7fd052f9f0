//! Why the program could not run, as one line on standard error: what, and what to do about it.
//! A place in a settings file is shown below it.

use crate::config;
use crate::listen::BindError;
use crate::serve::StoreError;
use crate::tls::TlsError;
use crate::usage::UsageError;
use vestibule_restapi::{one_line, printable};

/// Why the program could not run.
#[derive(Debug)]
pub enum Failure {
    /// The command line is not understood.
    Usage {
        /// What is wrong.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
    /// The settings are wrong.
    Settings(Box<config::Error>),
    /// An address cannot be listened on.
    Bind(BindError),
    /// The certificate or its key cannot be used.
    Tls(TlsError),
    /// The store cannot be used.
    Store {
        /// What is wrong; further lines are findings of their own.
        message: String,
        /// What to do about it.
        help: Option<String>,
    },
    /// A running program cannot be asked, or says no.
    Admin {
        /// What is wrong.
        message: String,
        /// What to do about it.
        help: &'static str,
    },
    /// The system does not let the program do something.
    System {
        /// What, such as `catch signals`.
        doing: &'static str,
        /// The system's reason.
        reason: String,
    },
}

impl Failure {
    /// A command line that lacks something, and what it should be like.
    pub(super) fn usage(message: &str, usage: &str) -> Failure {
        Failure::Usage { message: message.to_owned(), help: Some(format!("usage: `{usage}`")) }
    }

    /// A file of the user's cannot be used.
    pub(super) fn file(path: &std::path::Path, reason: &str) -> Failure {
        let message = format!("cannot read `{}`: {reason}", path.display());
        Failure::Usage { message, help: None }
    }

    /// A signal came while the store was being filled.
    pub(super) fn interrupted() -> Failure {
        Failure::Store {
            message: "interrupted while the store was being filled".to_owned(),
            help: Some(
                "a seed that was not loaded whole is loaded again at the next start".to_owned(),
            ),
        }
    }

    /// The folders of the definitions cannot be watched.
    pub(super) fn watch(error: &notify::Error) -> Failure {
        Failure::System { doing: "watch the definitions", reason: error.to_string() }
    }

    /// The system does not let the program do `doing`.
    pub(super) fn system(doing: &'static str, error: &std::io::Error) -> Failure {
        Failure::System { doing, reason: error.to_string() }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let help = error.help().map(str::to_owned);
        Self::Store { message: error.to_string(), help }
    }
}

impl From<UsageError> for Failure {
    fn from(error: UsageError) -> Self {
        Self::Store { message: format!("cannot read the use of quotas: {error}"), help: None }
    }
}

impl From<config::Error> for Failure {
    fn from(error: config::Error) -> Self {
        Self::Settings(Box::new(error))
    }
}

impl From<BindError> for Failure {
    fn from(error: BindError) -> Self {
        Self::Bind(error)
    }
}

impl From<TlsError> for Failure {
    fn from(error: TlsError) -> Self {
        Self::Tls(error)
    }
}

/// What a line says about itself at its beginning.
#[derive(Debug, Clone, Copy)]
pub(super) enum Level {
    Error,
    Warning,
}

impl Failure {
    /// Returns the text for standard error, ending with a newline.
    pub fn render(&self, is_coloured: bool) -> String {
        match self {
            Self::Usage { message, help } => {
                line(Level::Error, message, help.as_deref(), is_coloured)
            }
            Self::Bind(error) => {
                line(Level::Error, &error.to_string(), Some(&error.help()), is_coloured)
            }
            Self::Tls(error) => line(Level::Error, &error.to_string(), error.remedy(), is_coloured),
            Self::Settings(error) => settings(error, is_coloured),
            Self::Store { message, help } => {
                let (first, findings) = message.split_once('\n').unwrap_or((message, ""));
                let mut out = line(Level::Error, first, help.as_deref(), is_coloured);
                for finding in findings.lines() {
                    out.push_str(&format!("  {}\n", one_line(finding)));
                }
                out
            }
            Self::Admin { message, help } => line(Level::Error, message, Some(help), is_coloured),
            Self::System { doing, reason } => {
                line(Level::Error, &format!("cannot {doing}: {reason}"), None, is_coloured)
            }
        }
    }
}

/// Returns a whole line, safe to print.
pub(super) fn line(level: Level, message: &str, help: Option<&str>, is_coloured: bool) -> String {
    let head = head(level, is_coloured);
    let message = one_line(message);
    match help {
        Some(help) => format!("{head} {message} (help: {})\n", one_line(help)),
        None => format!("{head} {message}\n"),
    }
}

fn settings(error: &config::Error, is_coloured: bool) -> String {
    let help = error.help();
    let Some(excerpt) = error.excerpt() else {
        return line(Level::Error, &error.message(), help.as_deref(), is_coloured);
    };
    let mut out = line(Level::Error, &error.message(), None, is_coloured);
    out.push_str(&printable(&excerpt.to_string()));
    out.push('\n');
    if let Some(help) = help {
        let gutter = excerpt.line.to_string().len() + 1;
        out.push_str(&format!("{:>gutter$} = help: {}\n", "", one_line(&help)));
    }
    out
}

fn head(level: Level, is_coloured: bool) -> &'static str {
    match (level, is_coloured) {
        (Level::Error, false) => "error:",
        (Level::Error, true) => "\u{1b}[1;31merror:\u{1b}[0m",
        (Level::Warning, false) => "warning:",
        (Level::Warning, true) => "\u{1b}[1;33mwarning:\u{1b}[0m",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_is_one_line_whatever_the_user_wrote() {
        let failure = Failure::Usage {
            message: "unknown flag `--\u{1b}[2J\n`".to_owned(),
            help: Some("see `vestibule --help`".to_owned()),
        };
        assert_eq!(
            failure.render(false),
            "error: unknown flag `--\\u{1b}[2J\\n` (help: see `vestibule --help`)\n"
        );
    }

    #[test]
    fn only_its_head_is_coloured() {
        let failure = Failure::Usage { message: "no".to_owned(), help: None };
        assert_eq!(failure.render(true), "\u{1b}[1;31merror:\u{1b}[0m no\n");
    }
}

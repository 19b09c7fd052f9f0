//! What can be wrong with a certificate or a key, each with its file, its line and its remedy.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why a certificate and its key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsError {
    /// The file as named.
    path: PathBuf,
    /// Line of the block that is meant, from 1.
    line: Option<usize>,
    reason: String,
    help: Option<String>,
}

impl TlsError {
    pub(super) fn new(path: &Path, reason: impl Into<String>) -> TlsError {
        TlsError { path: path.to_owned(), line: None, reason: reason.into(), help: None }
    }

    pub(super) fn at(self, line: usize) -> TlsError {
        TlsError { line: Some(line), ..self }
    }

    pub(super) fn help(self, help: impl Into<String>) -> TlsError {
        TlsError { help: Some(help.into()), ..self }
    }

    /// Returns what to do about it.
    pub fn remedy(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

impl fmt::Display for TlsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(out, "`{}:{line}`: {}", self.path.display(), self.reason),
            None => write!(out, "`{}`: {}", self.path.display(), self.reason),
        }
    }
}

impl std::error::Error for TlsError {}

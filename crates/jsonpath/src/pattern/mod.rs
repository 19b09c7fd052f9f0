//! The regular expressions of filters: Java's, matched against a whole text.

mod class;
mod compiled;
mod error;
mod escape;
mod translate;

pub(crate) use compiled::{MatchError, Pattern};

use error::RegexError;

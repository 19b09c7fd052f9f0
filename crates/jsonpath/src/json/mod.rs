//! JSON text to values and back, as json-smart 2.2 does it.

mod error;
mod escape;
mod member;
mod number;
mod parse;
mod scan;
mod write;

pub use error::{ParseError, ParseProblem};
pub use parse::parse;
pub use write::{list, to_text, write};

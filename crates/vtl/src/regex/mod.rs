//! Java's regular expressions (`java.util.regex` of Java 17), on engines that cannot hang: most run in linear time, those
//! that look around or back count their steps.
//!
//! A pattern is read as Java reads it into a [`tree`], which is then written in the words of the engines. What Java knows
//! and the engines do not (`\G`, `\X`, `\b{g}`, canonical equivalence) is refused by name.

mod block;
mod class;
mod compiled;
mod engine;
mod error;
mod escape;
mod extent;
mod facts;
mod group;
mod parse;
mod property;
mod search;
mod source;
mod tree;
mod write;

pub use compiled::{Options, Regex, Span};
pub use error::{MatchError, RegexError};
pub use search::{Match, Search};

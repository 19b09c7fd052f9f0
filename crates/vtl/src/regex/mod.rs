//! Java's regular expressions (`java.util.regex` of Java 17), on engines that cannot hang: most run in linear time, those
//! that look around or back count their steps.
//!
//! A pattern is read as Java reads it into a tree. The tree is written in the words of the linear engine, or compiled for a
//! backtracking machine of our own that counts its steps. What Java knows and neither does (`\X`, `\b{g}`, canonical equivalence) is refused by name.
//!
//! ```
//! use vestibule_vtl::regex::{Options, Regex, Span};
//!
//! let options = Options { span: Span::Whole, ignores_case: false, backtracks_max: 100_000 };
//! assert!(Regex::compile("4\\d{2}", options)?.is_match("404")?);
//! assert_eq!(
//!     Regex::compile("\\X", options).map_err(|error| error.to_string()).err(),
//!     Some("`\\X` is not supported".to_owned())
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod backtrack;
mod block;
mod charset;
mod class;
mod compiled;
mod engine;
mod error;
mod escape;
mod extent;
mod facts;
mod group;
mod parse;
mod program;
mod property;
mod search;
mod source;
mod tree;
mod words;
mod write;

pub use compiled::{Options, Regex, Span};
pub use error::{MatchError, RegexError};
pub use search::{Match, Search};

//! From template text to tree: a lexer with modes, and a parser that asks it for one token at a time.
//!
//! What a token is depends on where it stands, and Velocity's lexer state outlives single constructs, which its users
//! can see (`#set` eats blanks after a reference but not after text). So the modes are Velocity 1.7's own.

mod advice;
mod argument;
mod directive;
mod error;
mod expression;
mod lexer;
mod matcher;
pub(crate) mod members;
mod origin;
mod parser;
mod reference;
mod statement;
mod string;
mod token;
pub mod tree;
pub mod visit;

pub use error::ParseError;
pub use members::Members;
pub use origin::Span;

pub(crate) use parser::parse;

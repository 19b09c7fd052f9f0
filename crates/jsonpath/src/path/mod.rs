//! Path expressions: their grammar, their compiled form, and why one is refused.

mod bracket;
mod compile;
mod error;
mod expression;
mod filter;
mod step;

pub use error::{PathError, PathProblem};
pub use expression::Path;

pub(crate) use filter::{Condition, Filter, Operand, Operator};
pub(crate) use step::Step;

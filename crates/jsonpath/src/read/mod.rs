//! Following a compiled path through a document.

mod compare;
mod condition;
mod definite;
mod error;
mod walk;

pub use error::ReadError;

pub(crate) use definite::one;
pub(crate) use walk::all;

use definite::follow;
use error::Halt;

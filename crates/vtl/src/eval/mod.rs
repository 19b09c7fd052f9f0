//! Renders the compiled form: statements write, expressions have a value or a truth, references never are null.

mod arithmetic;
mod assign;
mod block;
mod compare;
mod expression;
mod foreach;
mod halt;
mod record;
mod reference;
mod render;

pub use record::{Part, Written};
pub(crate) use render::{render, render_recorded};

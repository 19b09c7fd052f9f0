//! GetItem past the engine: the plain ones are answered from the stored row itself.
//!
//! What is not plain has no answer here and goes to the engine, which decides what is right.

mod item;
mod read;
mod request;
mod scan;

pub(super) use read::Direct;

#[cfg(test)]
mod tests;

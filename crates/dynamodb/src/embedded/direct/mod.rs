//! GetItem, Query and Scan past the engine: the plain ones are answered from the stored rows themselves.
//!
//! What is not plain has no answer here and goes to the engine, which decides what is right.

mod condition;
mod item;
mod key_range;
mod page;
mod page_request;
mod read;
mod request;
mod reserved;
mod scan;
mod table;

pub(super) use item::is_plain;
pub(super) use read::Direct;

#[cfg(test)]
mod tests;

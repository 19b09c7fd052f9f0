//! One node tree for YAML and JSON, in which every value and every decoded character knows its place.

mod assemble;
mod block;
mod build;
mod flow;
mod ground;
mod json;
mod node;
mod offsets;
mod pieces;
mod read;
mod scalar;
mod write;
mod yaml;

#[cfg(test)]
mod tests;

pub(crate) use assemble::{Stand, Value};
pub(crate) use ground::Ground;
pub(crate) use node::{Entry, Kind, Node, Tree, standing_for};
pub(crate) use read::parse;
pub(crate) use scalar::Plain;
pub(crate) use write::{JsonWriter, quote};

//! What the tests stand on: pages, the started program, a client that sees every byte, a backend that does too, and the
//! comparison.

mod backend;
mod case;
mod client;
mod expectation;
mod fault;
mod page;
mod pattern;
mod problem;
mod program;
mod signature;
mod store;

pub(crate) use backend::{Backend, Does, Stream};
pub(crate) use case::{cases, repository};
pub(crate) use client::{Connection, DEADLINE, Response};
pub(crate) use expectation::{Expected, Kind};
pub(crate) use fault::faults;
pub(crate) use pattern::{Values, matches};
pub(crate) use problem::texts;
pub(crate) use program::{Ended, Folder, Program, address_in};
pub(crate) use signature::problem;
pub(crate) use store::url as store_url;

/// What a test says: nothing, or what is wrong.
pub(crate) type Outcome<T = ()> = Result<T, String>;

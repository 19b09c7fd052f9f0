//! Finding the method of a request, in an API of five methods and in one of 5,000: `bench/run route_find`.
//!
//! Both are made of the same five methods of one resource, `/billing/{tenant}/vouchers` and what is below it; the large one
//! has 1,000 such resources, so that the size alone differs.

mod apis;
mod instructions;
mod report;
mod run;
mod subject;

pub use run::{Arguments, run};
pub use vestibule_bench_report::Outcome;

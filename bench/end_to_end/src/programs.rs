//! The programs that are measured, built by cargo as users build them.

use std::path::PathBuf;

use vestibule_bench_serving::{Manner, programs};

use crate::Outcome;

/// Where the programs are.
#[derive(Clone, Debug)]
pub(crate) struct Programs {
    /// The program itself.
    pub(crate) vestibule: PathBuf,
    /// The server that does nothing but answer.
    pub(crate) bare: PathBuf,
    /// The engine alone.
    pub(crate) engine: PathBuf,
}

impl Programs {
    /// Builds what is missing or old.
    pub(crate) fn build(manner: &Manner) -> Outcome<Programs> {
        Ok(Programs {
            vestibule: programs::vestibule(manner)?,
            bare: programs::of_bench("bare")?,
            engine: programs::of_bench("engine")?,
        })
    }
}

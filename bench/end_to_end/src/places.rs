//! Where the files of the measurement are in the repository.

use std::path::{Path, PathBuf};

use vestibule_bench_serving::places::root;

/// A file of the example that is measured.
pub(crate) fn example(name: &str) -> PathBuf {
    root().join("examples/items").join(name)
}

/// A definition that belongs to the measurement.
pub(crate) fn definition(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("definitions").join(name)
}

//! The disk that fails: the shim, built once with the system's C compiler.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// Returns the shim, a library to preload.
pub(crate) fn shim() -> &'static Path {
    static SHIM: OnceLock<PathBuf> = OnceLock::new();
    SHIM.get_or_init(|| {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/disk/shim.c");
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        // Of this process alone: another one may build it at the same time.
        let library = folder.join(format!("shim-{}.so", std::process::id()));
        let built = Command::new("cc")
            .args(["-O1", "-shared", "-fPIC", "-o"])
            .args([&library, &source])
            .args(["-ldl", "-lpthread"])
            .status()
            .expect("a C compiler, as SQLite needs one");
        assert!(built.success());
        library
    })
}

/// Lets one test at a time start processes. A process that another test starts has a copy of this
/// one's files until it runs its own program, and with it the lock of a store that is closed here.
pub(crate) fn alone() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints a line of its own: for a log, or for the process that has started this one.
pub(crate) fn say(line: &str) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "\n{line}").and_then(|()| output.flush()).unwrap();
}

//! Settings: any file is read or refused in words, and what `vestibule config` prints is a settings file that says the same.

use std::path::Path;
use std::sync::OnceLock;

use tempfile::TempDir;
use vestibule_server::{Environment, Exit, Streams, run};

/// Reads the input as a settings file.
pub fn settings(data: &[u8]) {
    let Ok(first) = print("first.toml", data) else { return };
    let second = print("second.toml", &first);
    assert_eq!(second.as_ref().err(), None, "what is printed is no settings file");
    let third = second.and_then(|second| Ok((print("second.toml", &second)?, second)));
    assert_eq!(third.map(|(third, second)| third == second), Ok(true), "it says something else");
}

/// Returns what `vestibule config` prints, or its error.
fn print(name: &str, file: &[u8]) -> Result<Vec<u8>, String> {
    let path = folder().join(name);
    std::fs::write(&path, file).map_err(|error| error.to_string())?;
    let (mut stdout, mut stderr) = (Vec::new(), Vec::new());
    let streams = Streams {
        stdout: &mut stdout,
        stderr: &mut stderr,
        is_stdout_terminal: false,
        is_stderr_terminal: false,
    };
    let arguments = ["vestibule".into(), "config".into(), "--config".into(), path.into_os_string()];
    let exit = run(arguments, &Environment::default(), streams);
    let said = String::from_utf8_lossy(&stderr).into_owned();
    assert_eq!(exit == Exit::Ok, said.is_empty(), "{said}");
    if exit == Exit::Ok {
        return Ok(stdout);
    }
    assert!(said.starts_with("error: ") && said.ends_with('\n'), "{said:?}");
    Err(said)
}

fn folder() -> &'static Path {
    static FOLDER: OnceLock<TempDir> = OnceLock::new();
    #[expect(clippy::expect_used, reason = "without a folder there is nothing to test")]
    FOLDER.get_or_init(|| TempDir::new().expect("a folder")).path()
}

//! The files of a run: answers of the backend, definitions and settings with its address.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use vestibule_bench_serving::places::{answer, written};

use crate::Outcome;

/// How long an answer of the backend is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub(crate) enum Size {
    /// The 400 bytes that the bare server of the other bench answers.
    Small,
    /// An array of them, up to 64 KiB.
    Large,
}

/// What the large answer is not longer than.
const LARGE_BYTES: usize = 64 * 1024;

impl Size {
    pub(crate) const ALL: [Size; 2] = [Size::Small, Size::Large];

    /// The path that it is asked for by, and the name of the function that returns it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Size::Small => "small",
            Size::Large => "large",
        }
    }

    /// The bytes of the answer, which are JSON.
    pub(crate) fn body(self) -> Outcome<String> {
        let one = text(&answer())?;
        match self {
            Size::Small => Ok(one),
            Size::Large => {
                let items = vec![one.as_str(); LARGE_BYTES / (one.len() + 1)];
                Ok(format!("[{}]", items.join(",")))
            }
        }
    }

    /// What a function returns for it.
    pub(crate) fn result(self) -> Outcome<String> {
        let result = serde_json::json!({
            "statusCode": 200,
            "headers": {"Content-Type": "application/json"},
            "body": self.body()?,
        });
        Ok(result.to_string())
    }
}

/// An input, copied into the folder of the run with its addresses.
pub(crate) fn filled(
    folder: &Path,
    name: &str,
    listen: SocketAddr,
    backend: SocketAddr,
) -> Outcome<PathBuf> {
    let input = Path::new(env!("CARGO_MANIFEST_DIR")).join("inputs").join(name);
    let mut lines = String::new();
    for line in text(&input)?.lines().filter(|line| !line.trim_start().starts_with('#')) {
        let line = line.replace("LISTEN", &listen.to_string());
        lines.push_str(&line.replace("BACKEND", &backend.to_string()));
        lines.push('\n');
    }
    written(folder, name, &lines)
}

fn text(path: &Path) -> Outcome<String> {
    std::fs::read_to_string(path)
        .map_err(|error| format!("cannot read {}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: inferred (1 + 163 times 400 and a comma: one more would be more than 65,536).
    #[test]
    fn answers_have_the_length_that_is_promised() {
        let length = |size: Size| size.body().unwrap().len();
        assert_eq!([length(Size::Small), length(Size::Large)], [400, 65_364]);
    }
}

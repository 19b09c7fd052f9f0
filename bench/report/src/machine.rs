//! The machine of a run: what it is, without its name, and where the two sides of a measurement sit.

use std::fmt;
use std::process::Command;

use nix::sched::{CpuSet, sched_getaffinity, sched_setaffinity};
use nix::unistd::Pid;

use crate::Outcome;

/// What the figures were taken on.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Machine {
    /// The processor's model.
    pub processor: String,
    /// Processors that may be used.
    pub processors: usize,
    /// Name and version of the system's kernel.
    pub kernel: String,
    /// Processes that wanted a processor in the minute before the run: the neighbours.
    pub load_before: String,
}

/// The processors of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Seats {
    /// Where the load comes from.
    pub client: usize,
    /// Where what is measured runs. The same when there is only one.
    pub server: usize,
}

impl Machine {
    /// Looks at this machine.
    ///
    /// # Errors
    /// The system does not say.
    pub fn here() -> Outcome<Machine> {
        let processor = text("/proc/cpuinfo")?
            .lines()
            .find_map(|line| line.strip_prefix("model name")?.split_once(':'))
            .map_or_else(|| "unknown".to_owned(), |(_, model)| model.trim().to_owned());
        let version = text("/proc/version")?;
        let kernel = version.split_whitespace().take(3).filter(|word| *word != "version");
        let load = text("/proc/loadavg")?;
        Ok(Machine {
            processor,
            processors: allowed()?.len(),
            kernel: kernel.collect::<Vec<_>>().join(" "),
            load_before: load.split_whitespace().next().unwrap_or_default().to_owned(),
        })
    }

    /// A name for files: letters and digits of the model, and how many processors.
    #[must_use]
    pub fn slug(&self) -> String {
        let words = self.processor.split(|letter: char| !letter.is_ascii_alphanumeric());
        let mut slug: String = words
            .filter(|word| !word.is_empty())
            .map(|word| word.to_ascii_lowercase() + "-")
            .collect();
        slug.push_str(&format!("{}-cores", self.processors));
        slug
    }
}

/// As the pages of runs begin.
impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { processor, processors, kernel, load_before } = self;
        write!(
            f,
            "{processor}, {processors} processors, {kernel}, load before the run {load_before}"
        )
    }
}

impl Seats {
    /// The first processor for the load, the last for what is measured.
    ///
    /// # Errors
    /// The system does not say which may be used.
    pub fn choose() -> Outcome<Seats> {
        let allowed = allowed()?;
        match (allowed.first(), allowed.last()) {
            (Some(client), Some(server)) => Ok(Seats { client: *client, server: *server }),
            _ => Err("no processor may be used".to_owned()),
        }
    }

    /// The seats of a backend, which shares the load's processor.
    #[must_use]
    pub fn of_a_backend(self) -> Seats {
        Seats { client: self.client, server: self.client }
    }
}

/// Today as `date -I` prints it.
///
/// # Errors
/// The command cannot be run.
pub fn today() -> Outcome<String> {
    let output = Command::new("date").arg("-I").output();
    let output = output.map_err(|error| format!("cannot run `date`: {error}; use --date"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Pins the calling thread, and what it starts from now on, to one processor.
///
/// # Errors
/// The processor may not be used.
pub fn sit(processor: usize) -> Outcome {
    let failed = |error| format!("cannot run on processor {processor}: {error}");
    let mut set = CpuSet::new();
    set.set(processor).map_err(failed)?;
    sched_setaffinity(Pid::from_raw(0), &set).map_err(failed)
}

fn allowed() -> Outcome<Vec<usize>> {
    let set = sched_getaffinity(Pid::from_raw(0))
        .map_err(|error| format!("cannot tell which processors may be used: {error}"))?;
    let is_allowed = |processor: &usize| set.is_set(*processor).unwrap_or(false);
    Ok((0..CpuSet::count()).filter(is_allowed).collect())
}

fn text(path: &str) -> Outcome<String> {
    std::fs::read_to_string(path).map_err(|error| format!("cannot read {path}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: inferred (a name that every file system takes).
    #[test]
    fn a_slug_has_no_blank_and_no_sign() {
        let machine = Machine {
            processor: "AMD EPYC(TM) 9R14 @ 2.6GHz".to_owned(),
            processors: 2,
            kernel: String::new(),
            load_before: String::new(),
        };
        assert_eq!(machine.slug(), "amd-epyc-tm-9r14-2-6ghz-2-cores");
    }
}

//! How many files and connections the system lets this process have open: as many as its administrator allows, and a word
//! when that is less than the limits of connections ask for.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::limits::DESCRIPTORS_NEEDED;

/// The system allows fewer descriptors than are needed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooFew {
    allowed: u64,
}

impl TooFew {
    pub(crate) const HELP: &'static str = "raise the hard limit: `LimitNOFILE=` of systemd, `--ulimit nofile=` of Docker, `ulimit -Hn`";
}

impl std::fmt::Display for TooFew {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "the system lets this program open {} files and connections, and it takes up to {DESCRIPTORS_NEEDED}: past that \
             clients wait and calls of backends fail",
            self.allowed
        )
    }
}

/// Raises the soft limit of open files to the hard one.
///
/// # Errors
/// [`TooFew`] when that is not enough.
pub(crate) fn raise() -> Result<(), TooFew> {
    let limit = getrlimit(Resource::Nofile);
    if let Some(wanted) = wanted(&limit) {
        let raised = Rlimit { current: Some(wanted), maximum: limit.maximum };
        // What is not raised is read again.
        let _refused = setrlimit(Resource::Nofile, raised);
    }
    judged(&getrlimit(Resource::Nofile))
}

/// The soft limit to ask for. Where the hard one is none, what is needed: some systems refuse more than they have.
fn wanted(limit: &Rlimit) -> Option<u64> {
    let wanted = limit.maximum.unwrap_or(DESCRIPTORS_NEEDED);
    limit.current.filter(|current| *current < wanted).map(|_| wanted)
}

fn judged(limit: &Rlimit) -> Result<(), TooFew> {
    match limit.current {
        Some(allowed) if allowed < DESCRIPTORS_NEEDED => Err(TooFew { allowed }),
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(current: Option<u64>, maximum: Option<u64>) -> Rlimit {
        Rlimit { current, maximum }
    }

    #[test]
    fn the_soft_limit_becomes_the_hard_one() {
        assert_eq!(wanted(&limit(Some(1_024), Some(1_048_576))), Some(1_048_576));
        assert_eq!(wanted(&limit(Some(1_024), Some(1_024))), None);
        assert_eq!(wanted(&limit(Some(256), None)), Some(DESCRIPTORS_NEEDED));
        assert_eq!(wanted(&limit(Some(DESCRIPTORS_NEEDED), None)), None);
        assert_eq!(wanted(&limit(None, None)), None);
    }

    #[test]
    fn too_few_are_told() {
        assert_eq!(judged(&limit(Some(DESCRIPTORS_NEEDED), None)), Ok(()));
        assert_eq!(judged(&limit(None, None)), Ok(()));
        let told = judged(&limit(Some(1_024), Some(1_024))).unwrap_err().to_string();
        assert_eq!(
            told,
            "the system lets this program open 1024 files and connections, and it takes up to 13328: past that clients wait \
             and calls of backends fail"
        );
    }
}

//! Instructions a request of every subject.

use std::path::Path;

use vestibule_bench_serving::Callgrind;

use crate::Outcome;
use crate::subject::{Launch, Setting, Subject};

/// The instructions of one subject.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Count {
    pub(crate) subject: Subject,
    pub(crate) instructions_per_request: f64,
    pub(crate) over_bare: f64,
}

/// Counts `requests` of every subject and keeps the profiles in `folder`.
pub(crate) fn count(setting: &Setting, requests: u64, folder: &Path) -> Outcome<Vec<Count>> {
    let mut counts = Vec::new();
    let mut bare = 0.0;
    for subject in Subject::ALL {
        let callgrind = Callgrind::new(folder, subject.file_name(), requests);
        let launch = Launch { wrapper: &callgrind.wrapper(), ..Launch::default() };
        let mut running = setting.start(subject, launch)?;
        let asked = setting.requests(subject, &running)?;
        let id = running.process().id();
        callgrind.count(id, |order| running.run(&asked, None, order).map(drop))?;
        running.stop()?;
        let instructions_per_request = callgrind.instructions_per_request()?;
        if subject == Subject::Bare {
            bare = instructions_per_request;
        }
        let over_bare = instructions_per_request / bare;
        counts.push(Count { subject, instructions_per_request, over_bare });
    }
    Ok(counts)
}

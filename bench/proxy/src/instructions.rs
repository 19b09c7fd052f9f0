//! Instructions a request of every proxy but nginx.

use std::path::Path;

use vestibule_bench_serving::Callgrind;

use crate::Outcome;
use crate::inputs::Size;
use crate::subject::{Setting, Subject};

/// The instructions of one proxy.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Count {
    pub(crate) subject: Subject,
    pub(crate) size: Size,
    pub(crate) instructions_per_request: f64,
    pub(crate) over_bare: f64,
}

/// Counts `requests` of every such proxy and keeps the profiles in `folder`.
pub(crate) fn count(setting: &Setting, requests: u64, folder: &Path) -> Outcome<Vec<Count>> {
    let mut counts = Vec::new();
    for size in Size::ALL {
        let mut bare = f64::NAN;
        // Callgrind does not see nginx end by SIGTERM: its CPU time is measured, its instructions are not.
        let counted = |subject: &Subject| *subject != Subject::Nginx;
        for subject in setting.proxies().filter(counted) {
            let name = format!("{}_{}", subject.file_name(), size.name());
            let callgrind = Callgrind::new(folder, &name, requests);
            let running = setting.start(subject, &callgrind.wrapper())?;
            let asked = setting.requests(&running, size)?;
            let process = setting.process(&running);
            callgrind.count(process.id(), |order| asked.cost(process, None, order).map(drop))?;
            running.stop()?;
            let instructions_per_request = callgrind.instructions_per_request()?;
            if subject == Subject::Bare {
                bare = instructions_per_request;
            }
            let over_bare = instructions_per_request / bare;
            counts.push(Count { subject, size, instructions_per_request, over_bare });
        }
    }
    Ok(counts)
}

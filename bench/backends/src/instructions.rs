//! Instructions a request over the embedded and the played store, which no neighbour moves.

use std::path::Path;

use vestibule_bench_serving::Callgrind;

use crate::Outcome;
use crate::operation::Operation;
use crate::store::Backend;
use crate::subject::{Setting, Subject};

/// The instructions of one subject.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub(crate) struct Count {
    pub(crate) operation: Operation,
    pub(crate) backend: Backend,
    pub(crate) subject: Subject,
    /// A request, in user mode, of all threads of the subject's process.
    pub(crate) instructions: f64,
}

/// Counts `requests` of every subject and keeps the profiles in `folder`.
pub(crate) fn count(setting: &Setting, requests: u64, folder: &Path) -> Outcome<Vec<Count>> {
    let mut counts = Vec::new();
    for operation in Operation::ALL {
        for backend in [Backend::Embedded, Backend::Played] {
            let store = setting.store(backend, operation)?;
            // The bare server is the same over each store.
            let is_new =
                |subject: &Subject| *subject != Subject::Bare || backend == Backend::Embedded;
            for subject in Subject::over(backend).into_iter().filter(is_new) {
                let name = format!("{operation:?}_{backend:?}_{subject:?}").to_lowercase();
                let callgrind = Callgrind::new(folder, &name, requests);
                let place = (backend, store.as_ref());
                let wrapper = callgrind.wrapper();
                let mut running = setting.start(subject, place, operation, &wrapper)?;
                let id = running.process().id();
                callgrind.count(id, |order| running.cost(None, order).map(drop))?;
                running.stop()?;
                let instructions = callgrind.instructions_per_request()?;
                counts.push(Count { operation, backend, subject, instructions });
            }
            store.map_or(Ok(()), |store| store.stop())?;
        }
    }
    Ok(counts)
}

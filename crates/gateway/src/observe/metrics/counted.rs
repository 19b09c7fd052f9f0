//! Where the requests of one stage are counted: found at the first request, so that those after it look nothing up.

use super::Series;
use std::sync::{Arc, OnceLock};

/// The counters of a stage and of its methods, once there was a request for them.
#[derive(Debug)]
pub(crate) struct Counted {
    of_methods: Vec<OnceLock<Arc<Series>>>,
    of_stage: OnceLock<Arc<Series>>,
}

impl Counted {
    /// Those of a stage with so many methods.
    pub(crate) fn new(methods: usize) -> Counted {
        let of_methods = (0..methods).map(|_| OnceLock::new()).collect();
        Counted { of_methods, of_stage: OnceLock::new() }
    }

    /// Where the requests of a method are counted, or those of the stage that no method has.
    pub(super) fn series(&self, method: Option<usize>) -> &OnceLock<Arc<Series>> {
        method.and_then(|index| self.of_methods.get(index)).unwrap_or(&self.of_stage)
    }
}

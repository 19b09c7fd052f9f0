//! The canary of a stage: the same deployment with other stage variables, for a share of the requests.
//! AWS docs: set up a canary release.
//!
//! Definitions hold an API once, as it is now, so that a canary's deployment is the stage's. What differs are the variables.

use super::view::StageView;
use crate::clock::Random;
use std::sync::Arc;
use vestibule_restapi::{CanarySettings, Stage};

/// The whole numbers that a double holds exactly.
const DRAWS: f64 = (1_u64 << 53) as f64;

/// The other face of a stage.
#[derive(Debug)]
pub(super) struct Canary {
    /// 0 to 100.
    percent: f64,
    pub(super) view: Arc<StageView>,
}

/// Which face of a stage takes a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Release {
    /// The stage, which has no canary.
    Only,
    /// The stage beside its canary.
    Production,
    /// The canary.
    Canary {
        /// Its answers are cached with those of the stage.
        uses_stage_cache: bool,
    },
}

impl Release {
    /// `$context.isCanaryRequest`, which a stage with a canary has alone.
    pub(crate) fn is_canary_request(self) -> Option<bool> {
        match self {
            Release::Only => None,
            Release::Production => Some(false),
            Release::Canary { .. } => Some(true),
        }
    }
}

impl Canary {
    pub(super) fn new(settings: &CanarySettings, view: StageView) -> Canary {
        Canary { percent: settings.percent_traffic, view: Arc::new(view) }
    }

    /// Decides of one request, whatever was decided of those before it.
    pub(super) fn takes(&self, random: &dyn Random) -> bool {
        let drawn = (random.next() >> 11) as f64 / DRAWS;
        drawn * 100.0 < self.percent
    }
}

/// The stage as its canary sees it: the overrides stand over the variables (AWS docs: stage variable overrides).
pub(super) fn overlaid(stage: &Stage, settings: &CanarySettings) -> Stage {
    let mut variables = stage.variables.clone();
    for (name, value) in &settings.variable_overrides {
        match variables.iter_mut().find(|(known, _)| known == name) {
            Some((_, known)) => known.clone_from(value),
            None => variables.push((name.clone(), value.clone())),
        }
    }
    Stage { variables, ..stage.clone() }
}

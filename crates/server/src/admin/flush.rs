//! `DELETE /cache/data` takes out the cached answers of all stages, `DELETE /cache/data/API/STAGE` those of one; `DELETE
//! /cache/authorizers` and `DELETE /cache/authorizers/API/STAGE` what functions of authorizers said of callers: FlushStageCache and
//! FlushStageAuthorizersCache of API Gateway.
//! Until there is a login, only for who calls a loopback address.

use std::sync::Arc;

use http::StatusCode;
use vestibule_gateway::{CacheStoreError, Gateway};

/// What can be flushed; nothing in a program that serves nothing.
#[derive(Debug, Default)]
pub(super) struct Caches(Option<Arc<Gateway>>);

/// What is to be flushed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Flush<'p> {
    what: What,
    /// The id of an API and the name of a stage; all stages without.
    stage: Option<(&'p str, &'p str)>,
}

#[derive(Debug, Clone, Copy)]
enum What {
    Answers,
    /// What authorizers said of callers.
    Authorizers,
}

impl<'p> Flush<'p> {
    /// Returns what a path below `/cache/` means.
    pub(super) fn of(path: &'p str) -> Option<Flush<'p>> {
        let (what, stage) = match path.split_once('/') {
            Some((what, stage)) => (what, Some(stage.split_once('/')?)),
            None => (path, None),
        };
        let what = match what {
            "data" => What::Answers,
            "authorizers" => What::Authorizers,
            _ => return None,
        };
        let is_stage = stage.is_none_or(|(_, name)| !name.contains('/'));
        is_stage.then_some(Flush { what, stage })
    }

    fn is_meant(self, api: &str, stage: &str) -> bool {
        self.stage.is_none_or(|meant| meant == (api, stage))
    }
}

impl Caches {
    pub(super) fn of(gateway: Arc<Gateway>) -> Caches {
        Caches(Some(gateway))
    }

    /// Flushes, and says what was.
    pub(super) async fn flush(&self, flush: Flush<'_>) -> (StatusCode, String) {
        let Some(gateway) = &self.0 else {
            return (StatusCode::NOT_FOUND, "nothing is served\n".to_owned());
        };
        let is_meant = |api: &str, stage: &str| flush.is_meant(api, stage);
        let flushed = match flush.what {
            What::Authorizers => Ok(gateway.flush_authorizers(is_meant)),
            What::Answers => gateway.flush_cache(is_meant).await,
        };
        let (none, what) = match (flush.what, flush.stage.is_some()) {
            (What::Answers, true) => ((StatusCode::NOT_FOUND, "no such stage has a cache\n"), ""),
            (What::Answers, false) => ((StatusCode::OK, "no stage has a cache\n"), ""),
            (What::Authorizers, true) => {
                ((StatusCode::NOT_FOUND, "no such stage is served\n"), SAID_OF)
            }
            (What::Authorizers, false) => ((StatusCode::OK, "no stage is served\n"), SAID_OF),
        };
        match flushed {
            Ok(stages) if stages.is_empty() => (none.0, none.1.to_owned()),
            Ok(stages) => {
                let lines = stages.iter().map(|stage| format!("flushed {what}{stage}\n"));
                (StatusCode::OK, lines.collect())
            }
            Err(error @ CacheStoreError) => {
                (StatusCode::SERVICE_UNAVAILABLE, format!("not flushed: {error}\n"))
            }
        }
    }
}

/// Stands before a stage whose authorizers' results are gone.
const SAID_OF: &str = "what authorizers said of callers of ";

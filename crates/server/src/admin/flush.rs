//! `DELETE /cache/data` takes out the cached answers of all stages, `DELETE /cache/data/API/STAGE` those of one, `DELETE
//! /cache/authorizers` what functions of authorizers said of callers: FlushStageCache and FlushStageAuthorizersCache of API Gateway.
//! Until there is a login, only for who calls a loopback address.

use std::sync::Arc;

use http::StatusCode;
use vestibule_gateway::{CacheStoreError, Gateway};

/// What can be flushed; nothing in a program that serves nothing.
#[derive(Debug, Default)]
pub(super) struct Caches(Option<Arc<Gateway>>);

/// What is to be flushed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Flush<'p> {
    /// The answers of all stages.
    Answers,
    /// Those of a stage, by the id of its API and its name.
    AnswersOf(&'p str, &'p str),
    /// What authorizers said.
    Authorizers,
}

impl<'p> Flush<'p> {
    /// Returns what a path below `/cache/` means.
    pub(super) fn of(path: &'p str) -> Option<Flush<'p>> {
        match path {
            "data" => Some(Flush::Answers),
            "authorizers" => Some(Flush::Authorizers),
            _ => {
                let (api, stage) = path.strip_prefix("data/")?.split_once('/')?;
                (!stage.contains('/')).then_some(Flush::AnswersOf(api, stage))
            }
        }
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
        let (flushed, none) = match flush {
            Flush::Authorizers => {
                gateway.flush_authorizers();
                let said = "flushed what authorizers said of callers\n";
                return (StatusCode::OK, said.to_owned());
            }
            Flush::Answers => {
                let flushed = gateway.flush_cache(|_, _| true).await;
                (flushed, (StatusCode::OK, "no stage has a cache\n"))
            }
            Flush::AnswersOf(api, stage) => {
                let flushed = gateway.flush_cache(|a, s| a == api && s == stage).await;
                (flushed, (StatusCode::NOT_FOUND, "no such stage has a cache\n"))
            }
        };
        match flushed {
            Ok(stages) if stages.is_empty() => (none.0, none.1.to_owned()),
            Ok(stages) => {
                let lines = stages.iter().map(|stage| format!("flushed {stage}\n"));
                (StatusCode::OK, lines.collect())
            }
            Err(error @ CacheStoreError) => {
                (StatusCode::SERVICE_UNAVAILABLE, format!("not flushed: {error}\n"))
            }
        }
    }
}

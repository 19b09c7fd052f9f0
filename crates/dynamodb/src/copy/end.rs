//! The two ends of a copy, each asked until it answers. What comes of the network, of throttling or of a store in trouble is
//! asked again, with the pauses of AWS's SDKs, for as long as that makes sense.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use tokio::time::{Instant, sleep};

use super::error::CopyError;
use crate::action::Action;
use crate::bootstrap::{EnsureError, kind, message};
use crate::handles::{Door, State, Tables};
use crate::limits::{COPY_SILENT_WAIT, COPY_THROTTLED_WAIT};
use crate::remote::{Trouble, World, error_name, pause, trouble};
use crate::reply::{CallError, Reply};
use crate::side::Side;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// What is copied from.
    Source,
    /// What is copied to.
    Target,
}

impl fmt::Display for End {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            End::Source => "source",
            End::Target => "target",
        })
    }
}

/// A store that is copied from or to.
#[derive(Debug, Clone)]
pub struct CopyStore {
    /// Users' tables.
    pub tables: Tables,
    /// The program's own.
    pub state: State,
    /// Which store it is, for people and to know it again, for example `http://127.0.0.1:8000`.
    pub name: String,
}

/// One side of a store at one end.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) door: Door,
    pub(super) end: End,
    pub(super) store: Arc<str>,
    pub(super) manner: Manner,
}

/// How both ends are asked.
#[derive(Debug, Clone)]
pub struct Manner {
    /// Randomness for the pauses.
    pub world: Arc<dyn World>,
    /// How long an end that does not answer is asked again; 60 s unless something else is wanted.
    pub silent_wait: Duration,
}

impl Manner {
    /// Asks for as long as is good for most.
    pub fn new(world: Arc<dyn World>) -> Manner {
        Manner { world, silent_wait: COPY_SILENT_WAIT }
    }
}

impl CopyStore {
    pub(super) fn asked(&self, side: Side, end: End, manner: &Manner) -> Asked {
        let door = match side {
            Side::Tables => Door::Tables(self.tables.clone()),
            Side::State => Door::State(self.state.clone()),
        };
        Asked { door, end, store: self.name.as_str().into(), manner: manner.clone() }
    }
}

/// What became of one call.
pub(super) enum Answer {
    /// It is done.
    Done(Value),
    /// The store refuses it, in its own words.
    Refused(Refusal),
    /// It may be made again.
    Again(Trouble, String),
}

/// What a store refuses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The name of the exception.
    pub(super) kind: String,
    pub(super) message: String,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind == self.message {
            true => f.write_str(&self.message),
            false => write!(f, "{}: {}", self.kind, self.message),
        }
    }
}

impl Refusal {
    pub(super) fn is_not_found(&self) -> bool {
        self.kind == "ResourceNotFoundException"
    }
}

impl Asked {
    /// Makes a call until it is answered for good: with what was asked for, or with a refusal.
    pub(super) async fn ask(
        &self,
        action: Action,
        table: &str,
        body: &Value,
    ) -> Result<Result<Value, Refusal>, CopyError> {
        let body = Bytes::from(body.to_string());
        let mut patience = Patience::new(&self.manner);
        loop {
            match self.once(action, table, body.clone()).await? {
                Answer::Done(value) => return Ok(Ok(value)),
                Answer::Refused(refusal) => return Ok(Err(refusal)),
                Answer::Again(trouble, reason) => {
                    if !patience.wait(trouble).await {
                        return Err(self.silent(table, reason));
                    }
                }
            }
        }
    }

    /// The same, and a refusal is an error.
    pub(super) async fn demand(
        &self,
        action: Action,
        table: &str,
        body: &Value,
    ) -> Result<Value, CopyError> {
        let answer = self.ask(action, table, body).await?;
        answer.map_err(|refusal| self.refused(action, table, &refusal))
    }

    /// Makes a call once, as far as the store itself does not make it again.
    pub(super) async fn once(
        &self,
        action: Action,
        table: &str,
        body: Bytes,
    ) -> Result<Answer, CopyError> {
        match self.door.call(action, body).await {
            Ok(reply) => Ok(self.judge(action, table, &reply)?),
            Err(error) => match trouble_of(&error) {
                Some(trouble) => Ok(Answer::Again(trouble, error.to_string())),
                None => Err(self.silent(table, error.to_string())),
            },
        }
    }

    fn judge(&self, action: Action, table: &str, reply: &Reply) -> Result<Answer, CopyError> {
        if reply.is_success() {
            let value = serde_json::from_slice(&reply.body).map_err(|error| {
                self.silent(table, format!("{action} was answered with no JSON: {error}"))
            })?;
            return Ok(Answer::Done(value));
        }
        let name = error_name(&reply.body);
        let refusal = Refusal { kind: kind(reply), message: message(reply) };
        Ok(match trouble(reply.status, name.as_deref()) {
            Some(trouble) => Answer::Again(trouble, format!("{action} is answered with {refusal}")),
            None => Answer::Refused(refusal),
        })
    }

    /// The end gives no answer that would help.
    pub(super) fn silent(&self, table: &str, reason: String) -> CopyError {
        let (end, store, table) = (self.end, self.store.to_string(), table.to_owned());
        CopyError::Silent { end, store, table, reason }
    }

    /// What was to be seen to was not.
    pub(super) fn not_ensured(&self, table: &str, error: EnsureError) -> CopyError {
        match error {
            EnsureError::Refused { action, table, message } => {
                let (end, store) = (self.end, self.store.to_string());
                CopyError::Call { end, store, table, action, message }
            }
            EnsureError::Call(error) => self.silent(table, error.to_string()),
            EnsureError::NotJson { reason } => self.silent(table, reason),
        }
    }

    pub(super) fn refused(&self, action: Action, table: &str, refusal: &Refusal) -> CopyError {
        let (end, store, table) = (self.end, self.store.to_string(), table.to_owned());
        CopyError::Call { end, store, table, action, message: refusal.to_string() }
    }
}

/// Why a call without an answer may be made again, if it may.
fn trouble_of(error: &CallError) -> Option<Trouble> {
    match error {
        CallError::Saturated => Some(Trouble::Throttled),
        CallError::Deadline => Some(Trouble::Timeout),
        CallError::Unreachable { .. }
        | CallError::CircuitOpen { .. }
        | CallError::Unsound { .. } => Some(Trouble::Broken),
        CallError::Closed | CallError::TooLarge { .. } | CallError::NoCredentials { .. } => None,
    }
}

/// How long an end is asked in vain.
pub(super) struct Patience<'w> {
    manner: &'w Manner,
    attempt: u32,
    /// Since when: a call that is under way for long is not in vain yet.
    since: Option<Instant>,
}

impl<'w> Patience<'w> {
    pub(super) fn new(manner: &'w Manner) -> Patience<'w> {
        Patience { manner, attempt: 0, since: None }
    }

    /// Something was done after all.
    pub(super) fn renew(&mut self) {
        *self = Patience::new(self.manner);
    }

    /// Waits for the next attempt; false when there is to be none. A store that throttles is alive: it is asked for longer.
    pub(super) async fn wait(&mut self, trouble: Trouble) -> bool {
        self.attempt = self.attempt.saturating_add(1);
        let pause = pause(&*self.manner.world, trouble, self.attempt);
        let most: Duration = match trouble {
            Trouble::Throttled => COPY_THROTTLED_WAIT,
            Trouble::Failing | Trouble::Timeout | Trouble::Broken => self.manner.silent_wait,
        };
        let since = *self.since.get_or_insert_with(Instant::now);
        if most.is_zero() || since.elapsed() + pause > most {
            return false;
        }
        sleep(pause).await;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pauses are as long as they may be: none is longer than 20 s.
    #[derive(Debug)]
    struct Longest;

    impl World for Longest {
        fn epoch_ms(&self) -> u64 {
            0
        }

        fn random(&self) -> u64 {
            19_999_999
        }
    }

    async fn asked_for(trouble: Trouble, silent_wait: Duration) -> u64 {
        let manner = Manner { silent_wait, ..Manner::new(Arc::new(Longest)) };
        let mut patience = Patience::new(&manner);
        let begin = Instant::now();
        while patience.wait(trouble).await {}
        begin.elapsed().as_secs()
    }

    #[tokio::test(start_paused = true)]
    async fn a_store_that_throttles_is_asked_for_longer_than_one_that_is_silent() {
        let minute = COPY_SILENT_WAIT;
        let silent = asked_for(Trouble::Broken, minute).await;
        assert!((40..=60).contains(&silent), "{silent}");
        let throttling = asked_for(Trouble::Throttled, minute).await;
        assert!((580..=600).contains(&throttling), "{throttling}");
        assert_eq!(asked_for(Trouble::Timeout, Duration::ZERO).await, 0);
    }
}

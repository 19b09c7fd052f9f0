//! The phases of authorization that a request came to, as access logs tell of them.
//!
//! AWS's blog on the variables of access logs: a request is authenticated where it is signed (`authenticate`), an authorizer is asked
//! where the method has one (`authorizer`), and what they found out is evaluated for `AWS_IAM` and Lambda authorizers (`authorize`).

use crate::clock::Clock;
use crate::error::{GatewayError, Stop};
use crate::exchange::Exchange;
use crate::integrate::Reply;
use http::StatusCode;
use std::time::Duration;

/// One of AWS's phases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Whose signature it is.
    Authenticate,
    /// What an authorizer knows of the caller.
    Authorizer,
    /// Whether the caller may.
    Authorize,
}

/// What came of each phase. Empty for a request of an open method.
#[derive(Debug, Default)]
pub(crate) struct Phases {
    authenticate: Option<Ended>,
    authorizer: Option<Ended>,
    authorize: Option<Ended>,
    /// The call of an authorizer's function; none where another request had made it.
    pub(crate) function: Option<FunctionCall>,
}

/// How a phase ended.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) took: Duration,
    /// 200, or that of its refusal.
    pub(crate) status: StatusCode,
    /// What the client was told of its refusal.
    pub(crate) error: Option<String>,
}

/// A call of an authorizer's function.
#[derive(Debug)]
pub(crate) struct FunctionCall {
    pub(crate) took: Duration,
    /// What Lambda answered, and by which id; none where it did not.
    pub(crate) answered: Option<(String, Option<String>)>,
}

impl Phases {
    /// How a phase ended, when the request came to it.
    pub(crate) fn ended(&self, phase: Phase) -> Option<&Ended> {
        match phase {
            Phase::Authenticate => self.authenticate.as_ref(),
            Phase::Authorizer => self.authorizer.as_ref(),
            Phase::Authorize => self.authorize.as_ref(),
        }
    }
}

/// Notes how a phase ended that began at `since` on the clock's own scale, and hands its outcome on.
pub(super) fn noted<T, E: Refusing>(
    phase: Phase,
    since: Duration,
    clock: &dyn Clock,
    exchange: &mut Exchange,
    outcome: Result<T, E>,
) -> Result<T, E> {
    let took = clock.elapsed().saturating_sub(since);
    let (status, error) = match &outcome {
        Ok(_) => (StatusCode::OK, None),
        Err(stop) => stop.refusal(),
    };
    let ended = Some(Ended { took, status, error });
    let phases = exchange.measured.authorization.get_or_insert_default();
    match phase {
        Phase::Authenticate => phases.authenticate = ended,
        Phase::Authorizer => phases.authorizer = ended,
        Phase::Authorize => phases.authorize = ended,
    }
    outcome
}

/// Notes the call of an authorizer's function.
pub(super) fn called<E>(took: Duration, reply: &Result<Reply, E>, exchange: &mut Exchange) {
    let answered = reply.as_ref().ok().map(|reply| {
        let id = reply.header("x-amzn-requestid").map(std::borrow::Cow::into_owned);
        (reply.status.clone(), id)
    });
    let phases = exchange.measured.authorization.get_or_insert_default();
    phases.function = Some(FunctionCall { took, answered });
}

/// What refuses a request.
pub(super) trait Refusing {
    /// The status and the words that a client gets, unless the API's gateway responses say otherwise.
    fn refusal(&self) -> (StatusCode, Option<String>);
}

impl Refusing for GatewayError {
    fn refusal(&self) -> (StatusCode, Option<String>) {
        let own = || StatusCode::from_u16(self.kind.status()?).ok();
        let status = self.status.or_else(own).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // Behind the first sentence of a mismatched signature stands what should have been signed.
        let sentence = self.message.as_deref().and_then(|message| message.split("\n\n").next());
        (status, sentence.map(str::to_owned))
    }
}

impl Refusing for Stop {
    fn refusal(&self) -> (StatusCode, Option<String>) {
        match self {
            Stop::Bare(error) => (error.status, Some(error.message.to_owned())),
            Stop::Gateway(error) => error.refusal(),
        }
    }
}

//! The invocation of a function, whoever asks for it: through Lambda's API, or at an address of the function's own; and what
//! is said of one that failed.

use super::function;
use super::result::error_message;
use crate::exchange::Exchange;
use crate::integrate::aws::signed::{NotSigned, Ready, Signer, Unsigned, set_content_type, signed};
use crate::integrate::{Address, EndpointCall, Reply, UriTemplate};
use crate::limits::SHOWN_CHARS_MAX;
use crate::map::RequestParameters;
use crate::pipeline::Gateway;
use crate::services::{EndpointUrl, Functions};
use crate::site::StageView;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{HeaderName, HeaderValue};
use std::time::Duration;

/// Says that a function failed, in Lambda's answer.
pub(crate) const FUNCTION_ERROR: HeaderName = HeaderName::from_static("x-amz-function-error");

/// Which function is invoked, where, and as whom.
#[derive(Debug)]
pub(crate) struct Invocation {
    /// Stage variables may stand in it.
    name: UriTemplate,
    /// Asked before Lambda.
    own: Functions,
    lambda: Option<(EndpointUrl, Signer)>,
    /// Where it is invoked, when that is the same for every stage, and whether a signer is asked.
    fixed: Option<Found>,
}

#[derive(Clone, Debug)]
struct Found {
    address: Address,
    is_own: bool,
}

/// Where the function of a stage is invoked.
#[derive(Debug)]
pub(crate) struct InvokedFunction<'i> {
    pub(crate) address: Address,
    /// None where it answers at an address of its own.
    signer: Option<&'i Signer>,
}

impl Invocation {
    /// Of a function as a URI names it: an ARN or a name.
    pub(crate) fn new(
        function: &str,
        own: Functions,
        lambda: Option<(EndpointUrl, Signer)>,
    ) -> Invocation {
        let name = UriTemplate::parse(function);
        let mut invocation = Invocation { name, own, lambda, fixed: None };
        let fixed = invocation.name.fixed().and_then(|named| invocation.find(named).ok());
        invocation.fixed = fixed;
        invocation
    }

    /// Whether something answers for it, as far as that is known without a stage.
    pub(crate) fn is_reachable(&self) -> bool {
        let has_variables = self.name.fixed().is_none();
        self.lambda.is_some() || self.fixed.is_some() || (has_variables && !self.own.is_empty())
    }

    /// Whether the function is known to answer at an address of its own.
    pub(crate) fn is_own(&self) -> bool {
        self.fixed.as_ref().is_some_and(|found| found.is_own)
    }

    /// Who signs invocations at the endpoint of Lambda, unless the function is known to be elsewhere.
    pub(crate) fn signer(&self) -> Option<&Signer> {
        self.lambda.as_ref().map(|(_, signer)| signer).filter(|_| !self.is_own())
    }

    /// Where the function of a stage is invoked; says why when there is no such address.
    pub(crate) fn of(&self, stage: &StageView) -> Result<InvokedFunction<'_>, String> {
        let Found { address, is_own } = match &self.fixed {
            Some(fixed) => fixed.clone(),
            None => {
                let named = self.name.filled(stage, &RequestParameters::default());
                self.find(&named.map_err(|error| error.to_string())?)?
            }
        };
        let signer = self.lambda.as_ref().map(|(_, signer)| signer);
        Ok(InvokedFunction { address, signer: signer.filter(|_| !is_own) })
    }

    fn find(&self, named: &str) -> Result<Found, String> {
        if let Some(address) = function::own(named, &self.own) {
            return Ok(Found { address, is_own: true });
        }
        let Some((url, _)) = &self.lambda else {
            return Err(format!("nothing says where the function `{named}` is invoked"));
        };
        Ok(Found { address: function::invocation(named, url)?, is_own: false })
    }
}

impl<'i> InvokedFunction<'i> {
    /// The request with a payload, and who signs it.
    pub(super) fn request(
        self,
        mut headers: HeaderMap,
        body: Bytes,
    ) -> (Unsigned, Option<&'i Signer>) {
        set_content_type(&mut headers, HeaderValue::from_static("application/json"));
        let InvokedFunction { address, signer } = self;
        (Unsigned { method: http::Method::POST, address, headers, body }, signer)
    }

    /// Who signs, with credentials that are there within the timeout.
    pub(crate) async fn ready(&self, timeout: Duration) -> Result<Option<Ready<'i>>, NotSigned> {
        ready(self.signer, timeout).await
    }

    /// The request with a payload, ready to be sent.
    pub(crate) fn call(
        self,
        gateway: &Gateway,
        stage: &StageView,
        exchange: &Exchange,
        ready: Option<&Ready<'_>>,
        payload: Bytes,
    ) -> Result<EndpointCall, NotSigned> {
        let (request, _) = self.request(HeaderMap::new(), payload);
        call(gateway, stage, exchange, ready, request)
    }
}

/// Who signs, where somebody does.
pub(super) async fn ready(
    signer: Option<&Signer>,
    timeout: Duration,
) -> Result<Option<Ready<'_>>, NotSigned> {
    match signer {
        Some(signer) => signer.ready(timeout).await.map(Some),
        None => Ok(None),
    }
}

/// Signs a request where somebody signs.
pub(super) fn call(
    gateway: &Gateway,
    stage: &StageView,
    exchange: &Exchange,
    ready: Option<&Ready<'_>>,
    request: Unsigned,
) -> Result<EndpointCall, NotSigned> {
    match ready {
        Some(ready) => signed(gateway, stage, exchange, ready, request),
        None => Ok(request.unsigned(stage, exchange)),
    }
}

/// Whether a reply of Lambda is an error of the function.
pub(crate) fn has_failed(reply: &Reply) -> bool {
    reply.header(FUNCTION_ERROR.as_str()).is_some()
}

/// What the operator is told of a function that failed, in the words of AWS's execution log.
pub(crate) fn function_error(reply: &Reply) -> String {
    let message = error_message(&reply.body).unwrap_or_default();
    let message: String = message.chars().take(SHOWN_CHARS_MAX).collect();
    let id = reply.header("x-amzn-requestid").unwrap_or_else(|| "unknown".into());
    let status = &reply.status;
    format!(
        "Lambda execution failed with status {status} due to customer function error: {message}. \
         Lambda request id: {id}"
    )
}

/// An invocation that Lambda does not take.
#[derive(Debug)]
pub(crate) struct Refused {
    pub(crate) why: String,
    pub(crate) help: Option<&'static str>,
}

impl Refused {
    /// What it says, and what to do where that is known.
    pub(crate) fn of(reply: &Reply) -> Refused {
        let text = String::from_utf8_lossy(&reply.body);
        let shown: String = text.chars().take(SHOWN_CHARS_MAX).collect();
        let why = format!("Lambda refused the invocation with status {}: {shown}", reply.status);
        let help = match reply.status.as_str() {
            "403" => "see that the credentials may invoke the function (`lambda:InvokeFunction`)",
            "404" => "see that the function is there under this name and alias, or correct the URI",
            "413" => "send less: Lambda takes events of up to 6 MB",
            "429" => "raise the function's concurrency, or call it less often",
            _ => return Refused { why, help: None },
        };
        Refused { why, help: Some(help) }
    }
}

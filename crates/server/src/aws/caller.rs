//! Who calls the AWS endpoints. On loopback any credentials of AWS's form are taken of who calls this machine by a name of its
//! own; anything else has to have the signature of an access key of the settings. Nothing turns that off.

use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST};
use http::request::Parts;
use vestibule_dynamodb::protocol::Refusal;
use vestibule_gateway::{Client, Clock, Principals, SignedFor, Unadmitted, pass_aside};
use vestibule_iam::Holder;
use vestibule_sigv4::{
    Claim, Expectation, Payload, Presented, Refusal as Unsigned, Request, SigningKeys, Timestamp,
};

use crate::limits::{AWS_REASON_CHARS_MAX, AWS_SIGNING_KEYS_MAX, QUOTED_CHARS_MAX};
use crate::listen::is_loopback_host;

/// What proxies add to what they pass on.
const FORWARDED: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];

/// The header that names the action.
///
/// AWS docs, "Create a signed AWS API request": "You must include the host header and any x-amz-* headers in the signature". Which
/// of them DynamoDB insists on is not documented. Here it is this one, which says what is done, beside the session token; no other
/// one has a meaning.
const TARGET: &str = "x-amz-target";

/// Those who may call, and how they prove who they are.
#[derive(Debug)]
pub(super) struct Callers {
    principals: ArcSwap<Principals>,
    keys: SigningKeys,
    region: String,
    /// Whether signatures are verified of everybody: wherever the address is not a loopback address.
    is_verifying: bool,
    clock: Arc<dyn Clock>,
}

/// Whoever called, where that was proven.
#[derive(Debug)]
pub(super) struct Caller {
    principals: Arc<Principals>,
    access_key_id: String,
}

impl Caller {
    /// Whose access key it is, and those who have some.
    pub(super) fn holder(&self) -> Option<(Holder<'_>, &Principals)> {
        Some((self.principals.find(&self.access_key_id)?, &self.principals))
    }
}

/// What a request presents before its body is read.
pub(super) type Found = Result<Option<Presented>, Unsigned>;

/// Finds the signature of a request.
pub(super) fn find(head: &Parts, client: &Client) -> Found {
    signed(head, client, b"", Presented::find)
}

impl Callers {
    pub(super) fn new(
        principals: Arc<Principals>,
        region: String,
        is_verifying: bool,
        clock: Arc<dyn Clock>,
    ) -> Callers {
        let (principals, keys) = (ArcSwap::new(principals), SigningKeys::new(AWS_SIGNING_KEYS_MAX));
        Callers { principals, keys, region, is_verifying, clock }
    }

    /// Replaces those who may call.
    pub(super) fn replace(&self, principals: Arc<Principals>) {
        self.principals.store(principals);
    }

    pub(super) fn epoch_ms(&self) -> u64 {
        self.clock.epoch_ms()
    }

    /// Whether the signature of a request has to be right.
    fn verifies(&self, head: &Parts, client: &Client) -> bool {
        self.is_verifying || is_passed_on(head, client)
    }

    /// Checks what can be checked before the body is read.
    pub(super) fn claim(
        &self,
        head: &Parts,
        client: &Client,
        found: Found,
        service: &str,
    ) -> Result<Claim, Refusal> {
        let wanted = self.signed_for(service);
        let by_rule = |refusal| refused(Unadmitted::of(refusal, wanted));
        let is_verified = self.verifies(head, client);
        if is_missing(head) {
            return Err(unsigned(is_verified));
        }
        let presented = found.map_err(by_rule)?.ok_or_else(|| unsigned(is_verified))?;
        if !is_verified {
            // Of AWS's form, whatever it says.
            let (region, service) = (presented.region().to_owned(), presented.service().to_owned());
            let expectation = Expectation::new(&region, &service, presented.time());
            return presented.check(&expectation).map_err(by_rule);
        }
        if is_target_open(head, &presented) {
            return Err(by_rule(Unsigned::HeaderNotSigned { name: "X-Amz-Target" }));
        }
        let now = Timestamp::from_epoch_s(self.clock.epoch_ms() / 1000);
        let expectation = Expectation::new(&self.region, service, now);
        let claim = presented.check(&expectation).map_err(by_rule)?;
        if self.principals.load().find(claim.access_key_id()).is_none() {
            let mut unadmitted = Unadmitted::of_nobody(claim.access_key_id(), wanted);
            if !self.is_verifying {
                unadmitted.why.push_str(PASSED_ON);
            }
            return Err(refused(unadmitted));
        }
        Ok(claim)
    }

    /// Verifies a claim with the body. Nobody is known where nothing is verified.
    pub(super) fn verify(
        &self,
        claim: &Claim,
        head: &Parts,
        client: &Client,
        body: &Bytes,
    ) -> Result<Option<Caller>, Refusal> {
        if !self.verifies(head, client) {
            return Ok(None);
        }
        let wanted = self.signed_for(claim.presented().service());
        let principals = self.principals.load_full();
        let access_key_id = claim.access_key_id().to_owned();
        let Some(holder) = principals.find(&access_key_id) else {
            // It was taken away meanwhile.
            return Err(refused(Unadmitted::of_nobody(&access_key_id, wanted)));
        };
        let key = self.keys.of(claim, holder.key.secret());
        let verified = pass_aside(body.len(), || {
            signed(head, client, body, |request| claim.verify(request, &key).map(|_| ()))
        });
        if let Err(refusal) = verified {
            return Err(refused(of_another(refusal, &holder, wanted)));
        }
        let epoch_ms = self.clock.epoch_ms();
        if let Some(unadmitted) = Unadmitted::by_session(claim, &holder, epoch_ms, wanted) {
            return Err(refused(unadmitted));
        }
        Ok(Some(Caller { principals: Arc::clone(&principals), access_key_id }))
    }

    fn signed_for<'s>(&'s self, service: &'s str) -> SignedFor<'s> {
        SignedFor { service, region: &self.region }
    }
}

/// Tells the operator that nothing was signed.
fn unsigned(is_verified: bool) -> Refusal {
    let help = match is_verified {
        true => "give the client an access key of a user of the settings",
        false => "give the client credentials, any will do at a loopback address",
    };
    tracing::info!("refused at the AWS endpoints: the request is not signed (help: {help})");
    Refusal::MissingToken
}

fn of_another(refusal: Unsigned, holder: &Holder<'_>, wanted: SignedFor<'_>) -> Unadmitted {
    let unadmitted = Unadmitted::of_another(refusal, holder, wanted);
    let help = "the client has another secret, or something changed its request on the way: \
                a proxy has to pass `Host` on as it was sent";
    Unadmitted { help: Some(help.to_owned()), ..unadmitted }
}

/// Tells the operator why a signature is not taken and what to do, and the client in AWS's words.
fn refused(unadmitted: Unadmitted) -> Refusal {
    let Unadmitted { refusal, why, help } = unadmitted;
    let help = help.map(|help| format!(" (help: {help})")).unwrap_or_default();
    tracing::info!("refused at the AWS endpoints: {}{help}", cut(&why, AWS_REASON_CHARS_MAX));
    Refusal::Common { error_type: refusal.error_type(), message: refusal.to_string() }
}

/// Why a key counts at a loopback address.
const PASSED_ON: &str =
    ", which counts because the request was passed on, or calls no name of this machine's own";

/// Whether a request that came in at a loopback address may be somebody's on another machine, whom a proxy passed on.
fn is_passed_on(head: &Parts, client: &Client) -> bool {
    let is_of_this_machine = host(head, client).is_some_and(is_loopback_host);
    !is_of_this_machine || FORWARDED.iter().any(|name| head.headers.contains_key(*name))
}

/// Whether nothing is there that AWS reads as a signature (recorded on AWS): parameters of a presigned request are none without
/// their algorithm, nor is a header with a token of another kind.
fn is_missing(head: &Parts) -> bool {
    let query = head.uri.query().unwrap_or("");
    let names = query.split('&').map(|pair| pair.split('=').next().unwrap_or(pair));
    let is_presigned = names.into_iter().any(|name| name == "X-Amz-Algorithm");
    let header = head.headers.get(AUTHORIZATION).map(|value| value.as_bytes().trim_ascii());
    let is_signed = header.is_some_and(|value| value.starts_with(b"AWS4-"));
    !is_signed && !is_presigned
}

/// Whether the action could be replaced on the way, and the signature stay good.
fn is_target_open(head: &Parts, presented: &Presented) -> bool {
    head.headers.contains_key(TARGET) && !presented.signed_headers().contains(TARGET)
}

/// A text of a client as a line of the log shows it.
pub(super) fn shown(text: &str) -> String {
    cut(text, QUOTED_CHARS_MAX)
}

/// A text on one line, so many characters of it at most.
fn cut(text: &str, chars_max: usize) -> String {
    let text = vestibule_restapi::one_line(text);
    match text.char_indices().nth(chars_max) {
        Some((at, _)) => format!("{}...", text.get(..at).unwrap_or_default()),
        None => text,
    }
}

/// The host that a client called. HTTP/2 has no header for it, and a trusted proxy says which one its own client called.
pub(super) fn host<'r>(head: &'r Parts, client: &'r Client) -> Option<&'r str> {
    let authority = head.uri.authority().map(http::uri::Authority::as_str);
    let named = || head.headers.get(HOST).and_then(|value| value.to_str().ok());
    client.host.as_deref().or(authority).or_else(named)
}

/// Does something with a request as its client sent and signed it.
fn signed<T>(
    head: &Parts,
    client: &Client,
    body: &[u8],
    with: impl FnOnce(&Request<'_>) -> T,
) -> T {
    let headers = head.headers.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    let host = host(head, client).map(|host| (HOST.as_str(), host.as_bytes()));
    let others = headers.filter(|(name, _)| *name != HOST.as_str());
    let headers: Vec<(&str, &[u8])> = host.into_iter().chain(others).collect();
    with(&Request {
        method: head.method.as_str(),
        path: head.uri.path(),
        query: head.uri.query().unwrap_or(""),
        headers: &headers,
        payload: Payload::Bytes(body),
    })
}

#[cfg(test)]
pub(super) mod tests;

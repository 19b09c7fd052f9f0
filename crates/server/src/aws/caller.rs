//! Who calls the AWS endpoints. On loopback any credentials of AWS's form are taken of who calls this machine by a name of its
//! own; anything else has to have the signature of an access key of the settings. Nothing turns that off.

use std::sync::Arc;

use arc_swap::ArcSwap;
use bytes::Bytes;
use http::header::{AUTHORIZATION, HOST};
use http::request::Parts;
use vestibule_dynamodb::protocol::Refusal;
use vestibule_gateway::{Client, Clock, Principals, pass_aside};
use vestibule_iam::Holder;
use vestibule_sigv4::{
    Claim, Expectation, Payload, Presented, Refusal as Unsigned, Request, SigningKeys, Timestamp,
};

use crate::limits::AWS_SIGNING_KEYS_MAX;
use crate::listen::is_loopback_host;

/// What proxies add to what they pass on.
const FORWARDED: [&str; 4] = ["forwarded", "via", "x-forwarded-for", "x-real-ip"];

/// The header that says what is called.
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
        if is_missing(head) {
            return Err(Refusal::MissingToken);
        }
        let presented = found.map_err(|refusal| self.refused(&refusal))?;
        let presented = presented.ok_or(Refusal::MissingToken)?;
        if !self.verifies(head, client) {
            // Of AWS's form, whatever it says.
            let (region, service) = (presented.region().to_owned(), presented.service().to_owned());
            let expectation = Expectation::new(&region, &service, presented.time());
            return presented.check(&expectation).map_err(|refusal| self.refused(&refusal));
        }
        let now = Timestamp::from_epoch_s(self.clock.epoch_ms() / 1000);
        let expectation = Expectation::new(&self.region, service, now);
        let claim = presented.check(&expectation).map_err(|refusal| self.refused(&refusal))?;
        if self.principals.load().find(claim.access_key_id()).is_none() {
            let id = shown(claim.access_key_id());
            let why = match self.is_verifying {
                true => "",
                false => {
                    "; it counts because the request was passed on, or calls no name of this machine's own"
                }
            };
            tracing::info!(
                "refused at the AWS endpoints: nobody has the access key `{id}`: give it to a user in the settings file{why}"
            );
            return Err(common(&Unsigned::UnknownAccessKey));
        }
        // Else whoever sees a signed request could have another action done with its body.
        if head.headers.contains_key(TARGET) && !claim.presented().signed_headers().contains(TARGET)
        {
            tracing::info!(
                "refused at the AWS endpoints: the access key `{}` signed a request without its `X-Amz-Target`: sign every `x-amz-` header",
                claim.access_key_id()
            );
            let message = "'X-Amz-Target' must be a 'SignedHeader' in the AWS Authorization.";
            let message = message.to_owned();
            return Err(Refusal::Common { error_type: "InvalidSignatureException", message });
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
        let principals = self.principals.load_full();
        let access_key_id = claim.access_key_id().to_owned();
        let Some(holder) = principals.find(&access_key_id) else {
            // It was taken away meanwhile.
            return Err(common(&Unsigned::UnknownAccessKey));
        };
        let key = self.keys.of(claim, holder.key.secret());
        let verified = pass_aside(body.len(), || {
            signed(head, client, body, |request| claim.verify(request, &key).map(|_| ()))
        });
        if let Err(refusal) = verified {
            let arn = holder.principal.arn();
            tracing::info!(
                "refused at the AWS endpoints: the signature is not one of the access key `{access_key_id}` of `{arn}`: \
                 the client has another secret, or something changed its request on the way"
            );
            return Err(common(&refusal));
        }
        check_session(claim, &holder, self.clock.epoch_ms())?;
        Ok(Some(Caller { principals: Arc::clone(&principals), access_key_id }))
    }

    /// Tells the operator why a signature is not taken, and the client in AWS's words.
    fn refused(&self, refusal: &Unsigned) -> Refusal {
        let why = match refusal.clock_difference_s() {
            Some(seconds) if seconds < 0 => format!(
                "the request was signed {} seconds ago, or the client's clock is behind",
                seconds.unsigned_abs()
            ),
            Some(seconds) => format!("the client's clock is {seconds} seconds ahead"),
            None => format!("the signature cannot be taken: {}", shown(&refusal.to_string())),
        };
        let help = match refusal {
            Unsigned::WrongScope(_) => {
                format!(" (requests are signed for the region `{}`, see `--region`)", self.region)
            }
            _ => String::new(),
        };
        tracing::info!("refused at the AWS endpoints: {why}{help}");
        common(refusal)
    }
}

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

fn check_session(claim: &Claim, holder: &Holder<'_>, epoch_ms: u64) -> Result<(), Refusal> {
    let id = holder.key.id();
    if !claim.is_of_session(holder.key.session_token()) {
        tracing::info!(
            "refused at the AWS endpoints: the session token is not that of the access key `{id}`"
        );
        return Err(common(&Unsigned::InvalidSecurityToken));
    }
    let now_s = i64::try_from(epoch_ms / 1000).unwrap_or(i64::MAX);
    if holder.key.is_expired(now_s) {
        tracing::info!(
            "refused at the AWS endpoints: the session of the access key `{id}` has ended"
        );
        return Err(common(&Unsigned::ExpiredSecurityToken));
    }
    Ok(())
}

/// AWS's answer to a signature that admits nobody.
fn common(refusal: &Unsigned) -> Refusal {
    Refusal::Common { error_type: refusal.error_type(), message: refusal.to_string() }
}

/// A text of a client as a line of the log shows it.
pub(super) fn shown(text: &str) -> String {
    const CHARS: usize = crate::limits::QUOTED_CHARS_MAX;
    let text = vestibule_restapi::one_line(text);
    match text.char_indices().nth(CHARS) {
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

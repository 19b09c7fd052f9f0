//! DynamoDB as its clients call it, on the tables that the gateway serves. What is checked first is what AWS checks first.
//!
//! Source: recorded on AWS (dynalite's tests against it): a body that is no JSON is told before an unknown operation, that before
//! a missing signature, that before what the signature is.

use std::sync::Arc;

use bytes::Bytes;
use http::request::Parts;
use tokio::time::{Instant, timeout, timeout_at};
use vestibule_dynamodb::limits::BODY_BYTES;
use vestibule_dynamodb::protocol::{
    Asked, Call, Content, Refusal, UNKNOWN_PAGE, described, health,
};
use vestibule_dynamodb::{Access, Action, CallError, Reply, Tables};
use vestibule_gateway::{
    Client, EndpointBody, Gateway, Random, RequestFacts, Unread, awaited_aside, pass_aside,
};
use vestibule_iam::PrincipalKind;
use vestibule_sigv4::Claim;

use super::caller::{self, Caller, Callers, Found};
use super::calls::Calls;
use super::permission::{Asking, Owner};
use crate::limits::{AWS_BODY_TIMEOUT, AWS_CALL_TIMEOUT, AWS_REFUSED_BODY_BYTES_MAX};

/// The service's name in the scope of signatures.
const SERVICE: &str = "dynamodb";

/// DynamoDB of one region and account.
#[derive(Debug)]
pub(super) struct DynamoDb {
    pub(super) tables: Tables,
    pub(super) owner: Owner,
    /// Its memory for bodies.
    pub(super) gateway: Arc<Gateway>,
    pub(super) random: Arc<dyn Random>,
    pub(super) calls: Arc<Calls>,
}

/// A request, its body apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Request<'r> {
    pub(super) head: &'r Parts,
    pub(super) client: &'r Client,
    pub(super) callers: &'r Callers,
}

impl DynamoDb {
    /// Answers a request in which this signature was found.
    pub(super) async fn answer(
        &self,
        request: Request<'_>,
        found: Found,
        body: EndpointBody,
    ) -> Reply {
        let head = request.head;
        let has_body = !http_body::Body::is_end_stream(&body);
        let (mut reply, content) = match Asked::of(&head.method, &head.headers, has_body) {
            Asked::Health => (Reply::of(200, health(&self.owner.region)), Content::Page),
            Asked::Nothing => (Reply::of(404, UNKNOWN_PAGE), Content::Page),
            Asked::Call(call) => {
                let answered = self.call(call, request, found, body).await;
                let reply = answered.unwrap_or_else(Refusal::into_reply);
                self.calls.count(call.action, reply.error_name());
                (reply, call.content)
            }
        };
        self.complete(&mut reply, content);
        reply
    }

    /// Adds the headers that every answer of DynamoDB's has.
    pub(super) fn complete(&self, reply: &mut Reply, content: Content) {
        let random = &self.random;
        reply.complete(content, || u128::from(random.next()) << 64 | u128::from(random.next()));
    }

    async fn call(
        &self,
        call: Call,
        request: Request<'_>,
        found: Found,
        body: EndpointBody,
    ) -> Result<Reply, Refusal> {
        let admitted = admitted(call, request, found);
        let (action, claim, body) = match admitted {
            Ok((action, claim)) => (action, claim, self.read(body, BODY_BYTES).await?),
            Err(refusal) => {
                // More is not taken of whoever is refused anyway.
                let body = self.read(body, AWS_REFUSED_BODY_BYTES_MAX).await;
                return Err(first(refusal, &body.unwrap_or_default()));
            }
        };
        let Request { head, client, callers } = request;
        let caller = callers.verify(&claim, head, client, &body);
        let caller = caller.map_err(|refusal| first(refusal, &body))?;
        // Whoever may call at all may know these.
        let host = caller::host(head, client).unwrap_or("");
        if let Some(described) = pass_aside(body.len(), || described(action, &body, host)) {
            return Ok(described);
        }
        if !action.is_supported() {
            tracing::info!("refused at the AWS endpoints: {action} is not supported");
            return Err(first(Refusal::Unsupported(action), &body));
        }
        // A decision may ask the store for the keys of tables: it and the call share their time.
        let deadline = Instant::now() + AWS_CALL_TIMEOUT;
        if let Some(caller) = caller {
            self.permit(&caller, action, &body, request, deadline).await?;
        }
        let left = deadline.saturating_duration_since(Instant::now());
        let called = self.tables.call_within(action, body, left).await;
        called.map_err(|error| unanswered(action, &error))
    }

    /// Refuses what the caller may not do, and what cannot be told.
    async fn permit(
        &self,
        caller: &Caller,
        action: Action,
        body: &Bytes,
        request: Request<'_>,
        deadline: Instant,
    ) -> Result<(), Refusal> {
        let Some((holder, principals)) = caller.holder() else { return Err(Refusal::Internal) };
        let text = |name: &str| {
            let value = request.head.headers.get(name)?;
            Some(String::from_utf8_lossy(value.as_bytes()))
        };
        let kind = holder.principal.kind();
        let is_of_session = matches!(kind, PrincipalKind::AssumedRole { .. });
        let facts = RequestFacts {
            source_ip: request.client.source_ip,
            is_secure: request.client.scheme == http::uri::Scheme::HTTPS,
            epoch_ms: request.callers.epoch_ms(),
            referer: text("referer"),
            user_agent: text("user-agent"),
            region: Some(&self.owner.region),
            is_signed: true,
            is_of_session,
        };
        let asking = Asking { holder, principals, owner: &self.owner, facts };
        let refused = |accesses: &[Access], hidden| asking.denied(accesses, hidden);
        // The store may be asked for the keys of tables. Nothing is done yet.
        let deciding = timeout_at(deadline, self.tables.refusal(action, body, refused));
        match awaited_aside(body.len(), deciding).await {
            Ok(Ok(None)) => Ok(()),
            Ok(Ok(Some(denied))) => {
                tracing::info!("refused at the AWS endpoints: {}", denied.reason);
                Err(Refusal::AccessDenied { message: denied.sentence })
            }
            // What cannot be read must not reach the store, which might read it otherwise.
            Ok(Err(_)) => {
                tracing::info!(
                    "refused at the AWS endpoints: what this {action} touches cannot be told, which policies are asked about \
                     (help: give tables by their names or by whole ARNs, each member once and as DynamoDB's API has it, 100 tables at most)"
                );
                Err(Refusal::Serialization)
            }
            Err(_) => Err(unanswered(action, &CallError::Deadline)),
        }
    }

    async fn read(&self, body: EndpointBody, bytes_max: usize) -> Result<Bytes, Refusal> {
        match timeout(AWS_BODY_TIMEOUT, self.gateway.read_body(body, bytes_max)).await {
            Ok(Ok(body)) => Ok(body),
            Ok(Err(Unread::TooLarge { .. })) => Err(Refusal::TooLarge),
            Ok(Err(Unread::Full(_))) => {
                tracing::warn!("a request at the AWS endpoints is refused: no memory for its body");
                Err(Refusal::Unavailable)
            }
            // The client closed or broke its transfer; nobody is likely to see the answer.
            Ok(Err(Unread::Broken(_))) => Err(Refusal::Serialization),
            Err(_) => {
                tracing::info!(
                    "refused at the AWS endpoints: the body did not come in {AWS_BODY_TIMEOUT:?}"
                );
                Err(Refusal::TooSlow)
            }
        }
    }
}

/// What can be decided before the body is read.
fn admitted(call: Call, request: Request<'_>, found: Found) -> Result<(Action, Claim), Refusal> {
    let action = call.action.ok_or(Refusal::UnknownOperation)?;
    let claim = request.callers.claim(request.head, request.client, found, SERVICE)?;
    Ok((action, claim))
}

/// The answer to a call that got none of the store's.
fn unanswered(action: Action, error: &CallError) -> Refusal {
    tracing::warn!("{action} at the AWS endpoints has no answer: {error}");
    Refusal::from(error)
}

/// What AWS says first: that a body is no JSON, before anything else that is wrong.
fn first(refusal: Refusal, body: &[u8]) -> Refusal {
    let is_json = || serde_json::from_slice::<serde::de::IgnoredAny>(body).is_ok();
    if body.is_empty() || pass_aside(body.len(), is_json) {
        refusal
    } else {
        Refusal::Serialization
    }
}

#[cfg(test)]
mod tests;

//! Resource policies and the policies of callers, in AWS's words. Evaluating them is `iam`'s.

use super::explain::Refused;
use super::facts::RequestFacts;
use crate::error::{BareError, GatewayError, Stop};
use crate::exchange::Exchange;
use crate::limits::PATH_DECODINGS_MAX;
use crate::route::Target;
use crate::site::Snapshot;
use http::StatusCode;
use percent_encoding::percent_decode_str;
use vestibule_iam::{
    Deciding, Policy, Principal, Refusal, Request, Side, StatementRef, Verdict, by_resource_policy,
};
use vestibule_restapi::{GatewayResponseType, Place, Sourced};

/// What callers ask for.
pub(super) const INVOKE: &str = "execute-api:Invoke";

/// The resource policy of an API.
#[derive(Debug)]
pub(crate) struct ResourcePolicy {
    pub(crate) policy: Policy,
    pub(crate) text: Sourced,
}

impl ResourcePolicy {
    /// Where a statement of it stands.
    pub(super) fn place(&self, statement: StatementRef<'_>) -> Option<Place> {
        let is_own = std::ptr::eq(statement.policy, &raw const self.policy);
        is_own.then(|| self.text.place(statement.range()))
    }
}

/// The ARNs of an invocation: of the path as it was sent, of the path that was routed, and of the path that a backend may take it for,
/// decoded and without dots; each once.
///
/// AWS evaluates the path as it was sent. A denial of `/admin` would then let `/admin/` and `/%61dmin` pass, and what is allowed below
/// `/public/` would reach `/public/../admin`: here all of them have to be allowed.
pub(super) fn invoked(target: &Target, exchange: &Exchange) -> Result<Vec<String>, Stop> {
    let arn = &target.stage.snapshot().arn;
    let (stage, verb) = (target.stage.name(), exchange.verb());
    let sent = target.sent_path(exchange);
    let mut paths = vec![below_root(sent).to_owned()];
    let loosely = climbs(sent).then(|| loosely_resolved(sent));
    for path in [below_root(&target.path).to_owned(), resolved(sent)].into_iter().chain(loosely) {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    let arns = paths.iter().map(|path| arn.invoke(stage, verb, path).map_err(|_| too_long()));
    arns.collect()
}

fn below_root(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
}

/// A path decoded, without empty segments, dots and what they take back.
fn resolved(path: &str) -> String {
    without_dots(percent_decode_str(path).decode_utf8_lossy().split('/'))
}

fn without_dots<'p>(path: impl Iterator<Item = &'p str>) -> String {
    let mut segments = Vec::new();
    for segment in path {
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            segment => segments.push(segment),
        }
    }
    segments.join("/")
}

/// Whether a backend may take a path for one beside or above it: backends decode what is decoded already, take a backslash for a slash
/// (Windows, and the URLs of browsers), and leave out what stands behind a semicolon in a segment (Servlets).
pub(super) fn climbs(path: &str) -> bool {
    loose_segments(&decoded_whole(path)).any(|segment| segment == "..")
}

/// A path as the loosest of backends resolves it.
fn loosely_resolved(path: &str) -> String {
    without_dots(loose_segments(&decoded_whole(path)))
}

fn loose_segments(path: &str) -> impl Iterator<Item = &str> {
    path.split(['/', '\\']).map(|segment| segment.split(';').next().unwrap_or(segment))
}

/// A path decoded until nothing is left to decode, or as often as a backend may.
fn decoded_whole(path: &str) -> String {
    let mut path = path.to_owned();
    for _ in 0..PATH_DECODINGS_MAX {
        let decoded = percent_decode_str(&path).decode_utf8_lossy();
        if *decoded == *path {
            break;
        }
        path = decoded.into_owned();
    }
    path
}

fn too_long() -> Stop {
    BareError::new(StatusCode::URI_TOO_LONG, "RequestUriTooLongException", "Request URI too long")
        .into()
}

/// Lets a request in that every verdict about its ARNs allows.
pub(super) fn permit<'p>(
    arns: Vec<String>,
    principal: Option<&Principal>,
    exchange: &mut Exchange,
    mut decide: impl FnMut(&Request<'_>) -> Verdict<'p>,
    refuse: impl FnOnce(Refusal<'p>, &Request<'_>) -> GatewayError,
) -> Result<(), Stop> {
    for arn in arns {
        let facts = RequestFacts::of(exchange);
        let request = Request { principal, action: INVOKE, resource: &arn, facts: &facts };
        if let Verdict::Refused(refusal) = decide(&request) {
            let error = refuse(refusal, &request);
            exchange.refused = Some(Box::new(Refused::Policy { arn }));
            return Err(error.into());
        }
    }
    Ok(())
}

/// The resource policy alone: of a method without authorization, and of one whose token was good.
pub(super) fn resource_alone(target: &Target, exchange: &mut Exchange) -> Result<(), Stop> {
    let Some(known) = &target.stage.snapshot().policy else { return Ok(()) };
    let decide = |request: &Request<'_>| by_resource_policy(Some(&known.policy), request);
    let arns = invoked(target, exchange)?;
    permit(arns, None, exchange, decide, |refusal, request| {
        let place = refusal.because.and_then(|because| known.place(because.statement));
        denied(refusal.message(request)).detail(refusal.reason(request), place)
    })
}

/// AWS's 403 with its message.
pub(super) fn denied(message: String) -> GatewayError {
    GatewayError::new(GatewayResponseType::AccessDenied, "AccessDeniedException", message)
}

/// Where the statement stands that decided about a caller who signed.
pub(super) fn place(because: Deciding<'_>, snapshot: &Snapshot) -> Option<Place> {
    match because.side {
        Side::Identity | Side::Boundary | Side::Session => {
            snapshot.principals.place(because.statement)
        }
        Side::Resource => snapshot.policy.as_ref()?.place(because.statement),
    }
}

/// The policies of a caller and of the API.
pub(super) fn resource_policy(snapshot: &Snapshot) -> Option<&Policy> {
    snapshot.policy.as_ref().map(|policy| &policy.policy)
}

#[cfg(test)]
mod tests {
    //! Source: inferred (how backends are known to read paths: OWASP, "Path Traversal").
    use super::*;

    #[test]
    fn a_path_climbs_however_it_is_written() {
        for path in [
            "/public/../admin",
            "/public/..",
            "/public/%2e%2E/admin",
            "/public%2F..%2fadmin",
            "/public/%252e%252e/admin",
            "/public/%25252e%25252e%25252fadmin",
            "/public/..\\admin",
            "/public/..%5Cadmin",
            "/public%255c..%255cadmin",
            "/public/..;/admin",
            "/public/..;a=b/admin",
            "/public/%2e.%3bx/admin",
        ] {
            assert!(climbs(path), "{path}");
            let expected = if path.ends_with("..") { "" } else { "admin" };
            assert_eq!(loosely_resolved(path), expected, "{path}");
        }
        for path in ["/a/b", "/a...b/..c/c..", "/a/.../b", "/a;../b", "/a%2Eb", "/%c0%ae%c0%ae/a"] {
            assert!(!climbs(path), "{path}");
        }
    }
}

//! Which service of AWS a request is for: `X-Amz-Target` says where it is one that is known, else the scope of its signature, else
//! its path.

use std::borrow::Cow;

use http::request::Parts;
use vestibule_dynamodb::protocol::{STREAMS_PREFIX, TARGET_PREFIX};
use vestibule_sigv4::Presented;

/// A service by the name that requests to it are signed for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Service<'r> {
    /// DynamoDB and its streams.
    DynamoDb,
    /// An API of the gateway: by its host, or below a path where the host says nothing.
    Api(Option<Below<'r>>),
    /// One that is not served.
    Other(Cow<'r, str>),
    /// None that can be told.
    Unknown,
}

/// What of a path calls an API.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Below<'r> {
    /// The API's id.
    pub(super) api: &'r str,
    /// What its own host would have as the path: the stage and what is below it.
    pub(super) path: String,
}

const DYNAMODB: &str = "dynamodb";

/// What targets begin with, and the services that they are of.
const TARGETS: [(&str, &str); 3] = [
    (TARGET_PREFIX, DYNAMODB),
    (STREAMS_PREFIX, DYNAMODB),
    ("AWSCognitoIdentityProviderService.", "cognito-idp"),
];

/// What paths begin with of services that have them.
const PATHS: [(&str, &str); 3] =
    [("/restapis", "apigateway"), ("/apikeys", "apigateway"), ("/usageplans", "apigateway")];

/// What a path begins with that calls an API.
const EXECUTE: &str = "/_aws/execute-api/";

/// The same in the form that emulators had first: `/restapis/{api}/{stage}/_user_request_/...`.
const REST_APIS: &str = "/restapis/";
const USER_REQUEST: &str = "_user_request_";

/// The label of a host that is an API's.
const EXECUTE_API: &str = ".execute-api.";

/// Tells the service of a request that presents this signature.
pub(super) fn service<'r>(head: &'r Parts, presented: Option<&'r Presented>) -> Service<'r> {
    let of = |name: &'r str| match name {
        DYNAMODB => Service::DynamoDb,
        name => Service::Other(name.into()),
    };
    let path = head.uri.path();
    if is_of_an_api(head) {
        return Service::Api(None);
    }
    if let Some(below) = below(path) {
        return Service::Api(Some(below));
    }
    let target = head.headers.get("x-amz-target");
    let named = target.and_then(|target| target.to_str().ok()).unwrap_or("");
    // AWS tells by the host, and of a scope that is not that service's it says so.
    if let Some((_, name)) = TARGETS.iter().find(|(known, _)| named.starts_with(known)) {
        return of(name);
    }
    if let Some(name) = presented.map(Presented::service).filter(|name| !name.is_empty()) {
        return of(name);
    }
    if target.is_some() {
        return Service::DynamoDb;
    }
    match PATHS.iter().find(|(prefix, _)| path.starts_with(prefix)) {
        Some((_, name)) => of(name),
        // AWS: DynamoDB's answers do not depend on the path.
        None if path == "/" => Service::DynamoDb,
        None => Service::Unknown,
    }
}

/// The API that a path calls, and how.
fn below(path: &str) -> Option<Below<'_>> {
    let (api, path) = match path.strip_prefix(EXECUTE) {
        Some(rest) => {
            let (api, below) = rest.split_once('/').unwrap_or((rest, ""));
            (api, format!("/{below}"))
        }
        None => {
            let (api, rest) = path.strip_prefix(REST_APIS)?.split_once('/')?;
            let (stage, rest) = rest.split_once('/')?;
            let below = rest.strip_prefix(USER_REQUEST)?;
            let is_whole = below.is_empty() || below.starts_with('/');
            (api, is_whole.then(|| format!("/{stage}{below}"))?)
        }
    };
    // It becomes a part of a host.
    let is_of_label = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_id = !api.is_empty() && api.bytes().all(is_of_label);
    is_id.then_some(Below { api, path })
}

/// Whether the host is one of an API, such as `a1b2c3d4e5.execute-api.localhost`.
fn is_of_an_api(head: &Parts) -> bool {
    let named = head.headers.get(http::header::HOST).and_then(|host| host.to_str().ok());
    let host = head.uri.authority().map(http::uri::Authority::as_str).or(named);
    host.is_some_and(|host| host.to_ascii_lowercase().contains(EXECUTE_API))
}

#[cfg(test)]
mod tests {
    use http::Request;
    use vestibule_sigv4::Payload;

    use super::*;

    fn told(path: &str, headers: &[(&str, &str)]) -> String {
        let mut request = Request::builder().uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let (head, ()) = request.body(()).unwrap().into_parts();
        let signed: Vec<(&str, &[u8])> =
            headers.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
        let presented = Presented::find(&vestibule_sigv4::Request {
            method: "POST",
            path: head.uri.path(),
            query: head.uri.query().unwrap_or(""),
            headers: &signed,
            payload: Payload::Unsigned,
        });
        match service(&head, presented.unwrap().as_ref()) {
            Service::DynamoDb => "dynamodb".to_owned(),
            Service::Api(None) => "API".to_owned(),
            Service::Api(Some(Below { api, path })) => format!("API {api}: {path}"),
            Service::Other(name) => format!("not {name}"),
            Service::Unknown => "unknown".to_owned(),
        }
    }

    fn signed_for(service: &str) -> String {
        format!(
            "AWS4-HMAC-SHA256 Credential=A/20260102/us-east-1/{service}/aws4_request, \
             SignedHeaders=host, Signature=0"
        )
    }

    // Source: inferred (what the services of AWS are told apart by).
    #[test]
    fn a_known_target_says_first_then_the_scope_of_the_signature() {
        let date = ("x-amz-date", "20260102T030405Z");
        let of = |service: &str, target: &str| {
            let authorization = signed_for(service);
            told("/", &[("authorization", &authorization), date, ("x-amz-target", target)])
        };
        assert_eq!(of("dynamodb", "DynamoDB_20120810.ListTables"), "dynamodb");
        assert_eq!(of("dynamodb", "Whatever"), "dynamodb");
        assert_eq!(of("sts", "DynamoDB_20120810.ListTables"), "dynamodb");
        assert_eq!(of("sts", "Whatever"), "not sts");
        let presigned = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0&X-Amz-SignedHeaders=host\
                         &X-Amz-Credential=A%2F20260102%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260102T030405Z";
        assert_eq!(told(presigned, &[]), "not s3");
    }

    #[test]
    fn then_the_path_says() {
        let target = |target: &str| told("/", &[("x-amz-target", target)]);
        assert_eq!(target("DynamoDB_20120810.ListTables"), "dynamodb");
        assert_eq!(target("DynamoDBStreams_20120810.ListStreams"), "dynamodb");
        assert_eq!(target("AWSCognitoIdentityProviderService.SignUp"), "not cognito-idp");
        assert_eq!(target("Whatever"), "dynamodb");
        let path = |path: &str| told(path, &[]);
        assert_eq!(path("/"), "dynamodb");
        assert_eq!(path("/restapis?limit=5"), "not apigateway");
        assert_eq!(path("/restapis/a1b2c3d4e5/prod"), "not apigateway");
        assert_eq!(path("/shell"), "unknown");
    }

    // Source: inferred (how emulators of API Gateway are called).
    #[test]
    fn apis_are_called_by_host_and_path() {
        let host = |host: &str| told("/", &[("host", host)]);
        assert_eq!(host("a1b2c3d4e5.execute-api.localhost:4566"), "API");
        assert_eq!(host("localhost:4566"), "dynamodb");
        let path = |path: &str| told(path, &[]);
        for (called, expected) in [
            ("/_aws/execute-api/a1b2c3d4e5/prod/items?a=b", "API a1b2c3d4e5: /prod/items"),
            ("/_aws/execute-api/a1b2c3d4e5/prod", "API a1b2c3d4e5: /prod"),
            ("/_aws/execute-api/a1b2c3d4e5", "API a1b2c3d4e5: /"),
            ("/restapis/a1b2c3d4e5/prod/_user_request_/items/1", "API a1b2c3d4e5: /prod/items/1"),
            ("/restapis/a1b2c3d4e5/prod/_user_request_", "API a1b2c3d4e5: /prod"),
            ("/restapis/a1b2c3d4e5/prod/_user_request_s", "not apigateway"),
            ("/_aws/execute-api/a.b/prod", "unknown"),
            ("/_aws/execute-api//prod", "unknown"),
        ] {
            assert_eq!(path(called), expected, "{called}");
        }
    }
}

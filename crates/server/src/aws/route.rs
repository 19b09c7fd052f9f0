//! Which service of AWS a request is for: the scope of its signature says, else `X-Amz-Target`, else its path.

use std::borrow::Cow;

use http::request::Parts;
use vestibule_sigv4::Presented;

/// A service by the name that requests to it are signed for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Service<'r> {
    /// DynamoDB and its streams.
    DynamoDb,
    /// One that is not served.
    Other(Cow<'r, str>),
    /// None that can be told.
    Unknown,
}

const DYNAMODB: &str = "dynamodb";

/// What targets begin with, and the services that they are of.
const TARGETS: [(&str, &str); 3] = [
    ("DynamoDB_20120810", DYNAMODB),
    ("DynamoDBStreams_20120810", DYNAMODB),
    ("AWSCognitoIdentityProviderService", "cognito-idp"),
];

/// What paths begin with of services that have them.
const PATHS: [(&str, &str); 4] = [
    ("/_aws/execute-api/", "execute-api"),
    ("/restapis", "apigateway"),
    ("/apikeys", "apigateway"),
    ("/usageplans", "apigateway"),
];

/// The part of a path behind which an API is called, and not managed.
const USER_REQUEST: &str = "/_user_request_";

/// The label of a host that is an API's.
const EXECUTE_API: &str = ".execute-api.";

/// Tells the service of a request that presents this signature.
pub(super) fn service<'r>(head: &'r Parts, presented: Option<&'r Presented>) -> Service<'r> {
    let of = |name: &'r str| match name {
        DYNAMODB => Service::DynamoDb,
        name => Service::Other(name.into()),
    };
    let path = head.uri.path();
    if is_of_an_api(head) || path.contains(USER_REQUEST) {
        return of("execute-api");
    }
    if let Some(name) = presented.map(Presented::service).filter(|name| !name.is_empty()) {
        return of(name);
    }
    if let Some(target) = head.headers.get("x-amz-target") {
        let Ok(target) = target.to_str() else { return Service::DynamoDb };
        let prefix = target.split('.').next().unwrap_or(target);
        let known = TARGETS.iter().find(|(known, _)| *known == prefix);
        return known.map_or(Service::DynamoDb, |(_, name)| of(name));
    }
    match PATHS.iter().find(|(prefix, _)| path.starts_with(prefix)) {
        Some((_, name)) => of(name),
        // AWS: DynamoDB's answers do not depend on the path.
        None if path == "/" => Service::DynamoDb,
        None => Service::Unknown,
    }
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
    fn the_scope_of_the_signature_says_first() {
        let date = ("x-amz-date", "20260102T030405Z");
        let of = |service: &str, target: &str| {
            let authorization = signed_for(service);
            told("/", &[("authorization", &authorization), date, ("x-amz-target", target)])
        };
        assert_eq!(of("dynamodb", "DynamoDB_20120810.ListTables"), "dynamodb");
        assert_eq!(of("dynamodb", "Whatever"), "dynamodb");
        assert_eq!(of("sts", "DynamoDB_20120810.ListTables"), "not sts");
        let presigned = "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Signature=0&X-Amz-SignedHeaders=host\
                         &X-Amz-Credential=A%2F20260102%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260102T030405Z";
        assert_eq!(told(presigned, &[]), "not s3");
    }

    #[test]
    fn then_the_target_and_the_path_say() {
        let target = |target: &str| told("/", &[("x-amz-target", target)]);
        assert_eq!(target("DynamoDB_20120810.ListTables"), "dynamodb");
        assert_eq!(target("DynamoDBStreams_20120810.ListStreams"), "dynamodb");
        assert_eq!(target("AWSCognitoIdentityProviderService.SignUp"), "not cognito-idp");
        assert_eq!(target("Whatever"), "dynamodb");
        let path = |path: &str| told(path, &[]);
        assert_eq!(path("/"), "dynamodb");
        assert_eq!(path("/restapis?limit=5"), "not apigateway");
        assert_eq!(path("/restapis/a1b2c3d4e5/prod/_user_request_/items"), "not execute-api");
        assert_eq!(path("/_aws/execute-api/a1b2c3d4e5/prod/items"), "not execute-api");
        assert_eq!(path("/shell"), "unknown");
        let host = |host: &str| told("/", &[("host", host)]);
        assert_eq!(host("a1b2c3d4e5.execute-api.localhost:4566"), "not execute-api");
        assert_eq!(host("localhost:4566"), "dynamodb");
    }
}

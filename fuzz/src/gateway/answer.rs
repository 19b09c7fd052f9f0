//! What holds for every answer: ids, a content type, and JSON where the gateway itself speaks.

use bytes::Bytes;
use vestibule_gateway::Response;

/// Checks the headers that every answer has, and returns the body.
pub(super) fn check(response: Response) -> (http::StatusCode, http::HeaderMap, Bytes) {
    let (parts, body) = response.into_parts();
    let shown = format!("{parts:?}");
    let text = |name: &str| parts.headers.get(name).and_then(|value| value.to_str().ok());
    assert!(text("x-amzn-requestid").is_some_and(is_uuid), "{shown}");
    assert!(text("x-amz-apigw-id").is_some_and(|id| !id.is_empty()), "{shown}");
    assert!(parts.headers.contains_key("content-type"), "{shown}");
    assert!((200..600).contains(&parts.status.as_u16()), "{shown}");
    assert!(parts.status.as_u16() < 400 || text("x-amzn-errortype").is_none_or(|t| !t.is_empty()));
    (parts.status, parts.headers, body.into_inner().unwrap_or_default())
}

/// Checks that the body is JSON.
pub(super) fn is_json(body: &[u8]) {
    let parsed = serde_json::from_slice::<serde_json::Value>(body);
    assert_eq!(
        parsed.err().map(|error| error.to_string()),
        None,
        "{:?}",
        String::from_utf8_lossy(body)
    );
}

/// Whether a text has the form `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx`.
fn is_uuid(id: &str) -> bool {
    let groups: Vec<&str> = id.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && id.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

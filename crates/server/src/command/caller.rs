//! Whom a single request comes from: a user of the settings, who signs it as an SDK of AWS would, or nobody that is known.

use bytes::Bytes;
use http::header::HOST;
use http::{HeaderName, HeaderValue, Request, Uri};
use http_body_util::Full;
use vestibule_gateway::Clock;
use vestibule_sigv4::{Credentials, Payload, Scope, Timestamp, sign};

use super::failure::Failure;
use crate::config::{Resolved, UserSettings};
use crate::serve::SystemClock;

/// Who says nothing of themselves but what their headers say.
const ANONYMOUS: &str = "anonymous";

/// The host that a request calls when its headers do not say.
const DEFAULT_HOST: &str = "localhost";

/// The request as the user of this name sends it.
pub(super) fn request_of(
    name: &str,
    request: Request<Bytes>,
    settings: &Resolved,
) -> Result<Request<Full<Bytes>>, Failure> {
    if name == ANONYMOUS {
        return Ok(request.map(Full::new));
    }
    let users = &settings.sections.users;
    let Some(user) = users.iter().find(|user| user.name == name) else {
        let message = format!("there is no user `{name}`");
        let known: Vec<String> = users.iter().map(|user| format!("`{}`", user.name)).collect();
        let help = match known.as_slice() {
            [] => "give `[[users]]` in vestibule.toml, or say `--as anonymous` and what `-H` shows of the caller".to_owned(),
            known => format!("the users are {}; `anonymous` is whoever `-H` says", known.join(", ")),
        };
        return Err(Failure::Usage { message, help: Some(help) });
    };
    signed(request, user, settings.region.value.as_str()).map(|request| request.map(Full::new))
}

/// A URI with the same meaning whose query can be signed: an SDK sends no bare `+` and `;`.
fn with_encoded_query(uri: &Uri) -> Option<Uri> {
    let query = uri.query().filter(|query| query.contains(['+', ';']))?;
    let query = query.replace('+', "%20").replace(';', "&");
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = format!("{}?{query}", uri.path()).parse().ok();
    Uri::from_parts(parts).ok()
}

fn signed(
    mut request: Request<Bytes>,
    user: &UserSettings,
    region: &str,
) -> Result<Request<Bytes>, Failure> {
    let Some(key) = user.access_keys.first() else {
        let message = format!("the user `{}` has no access key", user.name);
        let help = format!("give one in `[[users.access_keys]]`, below {}", user.place);
        return Err(Failure::Usage { message, help: Some(help) });
    };
    let text = |secret: &zeroize::Zeroizing<String>| secret.to_string();
    let token = key.session_token.as_ref().map(text);
    let credentials = Credentials::new(key.id.clone(), text(&key.secret), token);
    let host = HeaderValue::from_static(DEFAULT_HOST);
    request.headers_mut().entry(HOST).or_insert(host);
    if let Some(uri) = with_encoded_query(request.uri()) {
        *request.uri_mut() = uri;
    }
    let headers: Vec<(&str, &[u8])> =
        request.headers().iter().map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    let to_sign = vestibule_sigv4::Request {
        method: request.method().as_str(),
        path: request.uri().path(),
        query: request.uri().query().unwrap_or_default(),
        headers: &headers,
        payload: Payload::Bytes(request.body()),
    };
    let time = Timestamp::from_epoch_s(SystemClock::new().epoch_ms() / 1000);
    let added = sign(&to_sign, &credentials, &Scope { time, region, service: "execute-api" });
    for (name, value) in added {
        let value = HeaderValue::try_from(value).map_err(|_| {
            let message = format!("the access key `{}` makes no header `{name}`", key.id);
            Failure::Usage { message, help: None }
        })?;
        request.headers_mut().insert(HeaderName::from_static(name), value);
    }
    Ok(request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_sent_as_it_is_read() {
        let of = |uri: &str| with_encoded_query(&uri.parse().unwrap()).map(|uri| uri.to_string());
        assert_eq!(of("/a+b?c=d+e;f=%2B").as_deref(), Some("/a+b?c=d%20e&f=%2B"));
        assert_eq!(of("/a+b?c=%20"), None);
        assert_eq!(of("/a+b"), None);
    }
}

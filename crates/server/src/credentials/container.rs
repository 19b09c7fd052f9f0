//! Credentials that a container is given over HTTP: by ECS, or by the Pod Identity of EKS. AWS docs: SDKs and Tools, "Container
//! credential provider".

use std::net::IpAddr;

use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION};
use http::{HeaderValue, Request, Uri};
use zeroize::Zeroizing;

use super::document;
use super::kept::Lent;
use super::wire::Wire;
use crate::config::{ContainerAddress, ContainerAuthorization, ContainerSettings};
use crate::limits::CREDENTIALS_ANSWER_TIMEOUT;

/// Where ECS answers.
const ECS: &str = "http://169.254.170.2";

/// Where the Pod Identity of EKS answers, beside the address of ECS.
const NEAR: [&str; 3] = ["169.254.170.2", "169.254.170.23", "fd00:ec2::23"];

/// Asks whoever gives credentials to this container.
pub(super) async fn ask(settings: &ContainerSettings, wire: &Wire) -> Result<Lent, String> {
    let uri = address(&settings.address)?;
    // The path that ECS gives is as good as a password.
    let shown_uri = format!(
        "{}://{}",
        uri.scheme_str().unwrap_or_default(),
        uri.authority().map_or("", |authority| authority.as_str())
    );
    let mut request = Request::get(uri).header(ACCEPT, "application/json");
    if let Some(authorization) = &settings.authorization {
        request = request.header(AUTHORIZATION, shown(authorization).await?);
    }
    let request = request.body(Bytes::new()).map_err(|_| "its address is none".to_owned())?;
    let answer = wire.ask(request, &shown_uri, CREDENTIALS_ANSWER_TIMEOUT).await?;
    if answer.status() != http::StatusCode::OK {
        return Err(format!("`{shown_uri}`: it answered {}", answer.status()));
    }
    document::served(answer.body()).map_err(|why| format!("the answer of `{shown_uri}`: {why}"))
}

/// A secret goes over plain HTTP to near addresses alone.
fn address(address: &ContainerAddress) -> Result<Uri, String> {
    let text = match address {
        ContainerAddress::Relative(path) => format!("{ECS}{path}"),
        ContainerAddress::Full(url) => url.clone(),
    };
    let uri: Uri = text.parse().map_err(|_| "its address is no URL".to_owned())?;
    if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
        return Err("its address has a name or password in it".to_owned());
    }
    let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let is_near = host == "localhost"
        || host.parse::<IpAddr>().is_ok_and(|address| {
            let is_named = |near: &&str| near.parse::<IpAddr>() == Ok(address);
            address.is_loopback() || NEAR.iter().any(is_named)
        });
    match uri.scheme_str() {
        Some("https") if !host.is_empty() => Ok(uri),
        Some("http") if is_near => Ok(uri),
        Some("http") if !host.is_empty() => Err(format!(
            "`http://{host}` is neither `https://` nor an address of this machine, of ECS or of EKS"
        )),
        Some(_) | None => Err("its address is neither `http://` nor `https://`".to_owned()),
    }
}

async fn shown(authorization: &ContainerAuthorization) -> Result<HeaderValue, String> {
    let text = match authorization {
        ContainerAuthorization::Text(text) => text.clone(),
        ContainerAuthorization::File(path) => {
            let unreadable = |why| format!("the file `{}` of its token: {why}", path.display());
            Zeroizing::new(super::profile::text_of(path).await.map_err(unreadable)?)
        }
    };
    let mut value = HeaderValue::from_str(text.trim_end())
        .map_err(|_| "its token does not make a header".to_owned())?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: AWS docs (SDKs and Tools, "Container credential provider": which hosts may be asked without TLS).
    #[test]
    fn a_token_goes_over_plain_http_to_near_addresses_alone() {
        let of = |text: &str| {
            let address = match text.starts_with('/') {
                true => ContainerAddress::Relative(text.to_owned()),
                false => ContainerAddress::Full(text.to_owned()),
            };
            super::address(&address).map(|uri| uri.to_string())
        };
        for (text, uri) in [
            ("/v2/credentials/1?a=b", "http://169.254.170.2/v2/credentials/1?a=b"),
            ("http://127.0.0.5:1/x", "http://127.0.0.5:1/x"),
            ("http://localhost/x", "http://localhost/x"),
            ("http://[::1]:2/x", "http://[::1]:2/x"),
            ("http://169.254.170.23/v1/credentials", "http://169.254.170.23/v1/credentials"),
            ("http://[fd00:ec2::23]/v1/credentials", "http://[fd00:ec2::23]/v1/credentials"),
            ("https://example.org/x", "https://example.org/x"),
        ] {
            assert_eq!(of(text).as_deref(), Ok(uri));
        }
        let far = "`http://10.0.0.1` is neither `https://` nor an address of this machine, of ECS or of EKS";
        for (text, why) in [
            ("http://10.0.0.1/x", far),
            ("ftp://localhost/x", "its address is neither `http://` nor `https://`"),
            ("no url", "its address is no URL"),
        ] {
            assert_eq!(of(text), Err(why.to_owned()));
        }
    }
}

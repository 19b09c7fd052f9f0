//! Credentials of the role of an EC2 instance, by version 2 of its metadata service: with a token, without which nothing is asked.
//! AWS docs: EC2, "Use the Instance Metadata Service", and SDKs and Tools, "IMDS credential provider".

use bytes::Bytes;
use http::{HeaderValue, Method, Request, StatusCode};
use percent_encoding::utf8_percent_encode;
use vestibule_gateway::EndpointUrl;

use super::document;
use super::kept::{Lent, Until};
use super::wire::{UNRESERVED, Wire};
use crate::config::METADATA;
use crate::limits::METADATA_TIMEOUT;

const TOKEN: &str = "x-aws-ec2-metadata-token";
const TOKEN_TTL: &str = "x-aws-ec2-metadata-token-ttl-seconds";
const ROLE: &str = "/latest/meta-data/iam/security-credentials/";

/// Milliseconds for which credentials are used that the service gives though they have expired: it does so when it cannot renew them
/// itself, and AWS may still take them.
const EXTENDED_MS: u64 = 15 * 60 * 1000;

/// Why the service gives no credentials.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum NoMetadata {
    /// It is not there, or no role is given to the instance.
    NotThere(String),
    /// It is there, and what it says is wrong.
    Wrong(String),
}

/// Where the machine itself says whose it is: the firmware of Nitro instances, the hypervisor of Xen ones. AWS docs: EC2, "Detect
/// whether a host is an EC2 instance".
const MARKS: [(&str, &str); 2] =
    [("/sys/class/dmi/id/sys_vendor", "Amazon EC2"), ("/sys/hypervisor/uuid", "ec2")];

/// Whether this machine says that it is an instance of EC2. Asks nobody.
pub(super) fn is_instance() -> bool {
    MARKS
        .iter()
        .any(|(file, mark)| std::fs::read_to_string(file).is_ok_and(|text| text.starts_with(mark)))
}

/// Whether the service of EC2 itself is asked, and not one that somebody has put elsewhere.
pub(super) fn is_of_ec2(endpoint: &EndpointUrl) -> bool {
    METADATA.iter().any(|(_, url)| *url == endpoint.to_string())
}

/// Asks the service at this address.
pub(super) async fn ask(
    endpoint: &EndpointUrl,
    wire: &Wire,
    now_ms: u64,
) -> Result<Lent, NoMetadata> {
    let (not_there, wrong) = (NoMetadata::NotThere, NoMetadata::Wrong);
    let token = token(endpoint, wire).await.map_err(not_there)?;
    let named = get(endpoint, ROLE, &token, wire).await.map_err(NoMetadata::Wrong)?;
    let name = match named.status() {
        StatusCode::OK => String::from_utf8_lossy(named.body()).into_owned(),
        StatusCode::NOT_FOUND => {
            return Err(NoMetadata::NotThere("the instance has no role".to_owned()));
        }
        status => return Err(wrong(format!("`{}`: it answered {status}", shown(endpoint, ROLE)))),
    };
    let name = name.lines().next().unwrap_or_default().trim();
    if name.is_empty() {
        return Err(NoMetadata::NotThere("the instance has no role".to_owned()));
    }
    let path = format!("{ROLE}{}", utf8_percent_encode(name, UNRESERVED));
    let answer = get(endpoint, &path, &token, wire).await.map_err(NoMetadata::Wrong)?;
    let of = shown(endpoint, ROLE);
    if answer.status() != StatusCode::OK {
        return Err(wrong(format!("`{of}`, for its role: it answered {}", answer.status())));
    }
    let lent = document::served(answer.body());
    let mut lent = lent.map_err(|why| wrong(format!("the answer of `{of}`: {why}")))?;
    if let Until::Moment(moment_ms) = &mut lent.until
        && *moment_ms <= now_ms
    {
        *moment_ms = now_ms + EXTENDED_MS;
    }
    Ok(lent)
}

async fn token(endpoint: &EndpointUrl, wire: &Wire) -> Result<HeaderValue, String> {
    const PATH: &str = "/latest/api/token";
    let url = endpoint.url(None, PATH, "");
    let request = Request::builder().method(Method::PUT).uri(&url).header(TOKEN_TTL, "21600");
    let request = request.body(Bytes::new()).map_err(|_| format!("`{url}` is no URL"))?;
    let answer = wire.ask(request, &url, METADATA_TIMEOUT).await?;
    if answer.status() != StatusCode::OK {
        return Err(format!("`{url}`: it answered {}", answer.status()));
    }
    let token = HeaderValue::from_bytes(answer.body());
    let mut token = token.map_err(|_| format!("`{url}`: its token does not make a header"))?;
    token.set_sensitive(true);
    Ok(token)
}

async fn get(
    endpoint: &EndpointUrl,
    path: &str,
    token: &HeaderValue,
    wire: &Wire,
) -> Result<http::Response<Bytes>, String> {
    let url = endpoint.url(None, path, "");
    let request = Request::get(&url).header(TOKEN, token.clone());
    let request = request.body(Bytes::new()).map_err(|_| format!("`{url}` is no URL"))?;
    wire.ask(request, &url, METADATA_TIMEOUT).await
}

fn shown(endpoint: &EndpointUrl, path: &str) -> String {
    endpoint.url(None, path, "")
}

//! `Content-Encoding` of a request: its body is decompressed before anything else sees it.
//!
//! AWS docs: api-gateway-make-request-with-compressed-payload. A coding that is not supported, and a body that is not of its
//! coding, get 415.

use super::memory::Reservation;
use super::{aside, too_large};
use crate::coding::{Coding, Undecoded};
use crate::error::{GatewayError, Stop};
use crate::limits::{LARGE_BODY_BYTES, SHOWN_CHARS_MAX};
use bytes::Bytes;
use http::HeaderMap;
use http::header::CONTENT_ENCODING;
use vestibule_restapi::GatewayResponseType;

/// The body as its sender had it before its coding.
pub(super) fn decoded(
    body: Bytes,
    headers: &HeaderMap,
    memory: &mut Reservation,
) -> Result<Bytes, Stop> {
    let Some(coding) = coding(headers)? else { return Ok(body) };
    if body.is_empty() {
        return Ok(body);
    }
    let bytes_max = memory.limits().body_bytes;
    let mut reserve = |bytes| memory.take(bytes);
    let mut decoder = coding.decoder(&body, bytes_max);
    let is_whole = body.len() < LARGE_BODY_BYTES
        && decoder.begin(&mut reserve).map_err(|undecoded| stop(coding, undecoded))?;
    // Small bodies may become large ones.
    let rest = if is_whole { 0 } else { LARGE_BODY_BYTES };
    let decoded = aside(rest, || decoder.finish(&mut reserve));
    decoded.map_err(|undecoded| stop(coding, undecoded))
}

/// The coding of a request's body; none for `identity`.
fn coding(headers: &HeaderMap) -> Result<Option<Coding>, Stop> {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    let values: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    let name = values.join(", ");
    let name = name.trim();
    if name.is_empty() || name.eq_ignore_ascii_case("identity") {
        return Ok(None);
    }
    match Coding::named(name) {
        Some(coding) => Ok(Some(coding)),
        None => {
            let shown: String = name.chars().take(SHOWN_CHARS_MAX).collect();
            Err(unsupported(format!(
                "the content encoding `{shown}` is not supported: a body may be `gzip`, `deflate` or `identity`"
            )))
        }
    }
}

fn stop(coding: Coding, undecoded: Undecoded) -> Stop {
    match undecoded {
        Undecoded::Broken(error) => {
            unsupported(format!("the body is not {}, or not all of it: {error}", coding.name()))
        }
        Undecoded::TooLarge => too_large().into(),
        Undecoded::Full(full) => full.into(),
    }
}

fn unsupported(detail: String) -> Stop {
    let kind = GatewayResponseType::UnsupportedMediaType;
    GatewayError::new(kind, "BadRequestException", "Unsupported Media Type")
        .detail(detail, None)
        .into()
}

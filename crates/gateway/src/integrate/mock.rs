//! The gateway's own answer: the request template says the status, nothing else of it reaches the response template.
//!
//! Unquoted JSON is accepted (recorded on AWS). A body that passes through plays the template's role; without one the
//! default response answers (AWS docs: mock integration; the rest inferred).

use super::Reply;
use crate::error::{GatewayError, Stop};
use crate::limits::SHOWN_CHARS_MAX;
use crate::map::Mapped;
use crate::site::Integration;
use bytes::Bytes;
use http::HeaderMap;
use vestibule_jsonpath::json;
use vestibule_vtl::Limits;
use vestibule_vtl::value::{Arena, Heap, Number, Value};

pub(super) fn call(integration: &Integration, mapped: &Mapped) -> Result<Reply, Stop> {
    // A pattern that matches an empty status aside, the default response is chosen.
    let status = if mapped.body.is_empty() && !mapped.is_rendered {
        String::new()
    } else {
        status_code(&String::from_utf8_lossy(&mapped.body), integration)?
    };
    Ok(Reply::new(status, HeaderMap::new(), Bytes::new()))
}

fn status_code(body: &str, integration: &Integration) -> Result<String, Stop> {
    let arena = Arena::new();
    let mut heap = Heap::new(&arena, Limits::default());
    let parsed = json::parse(body, &mut heap).ok();
    let document = parsed.and_then(|value| value.as_handle());
    let status = document.and_then(|map| heap.get(map, "statusCode"));
    match status {
        Some(Value::Number(number @ (Number::Integer(_) | Number::Long(_)))) => {
            Ok(number.to_string())
        }
        _ => {
            let shown: String = body.chars().take(SHOWN_CHARS_MAX).collect();
            let detail = "Unable to parse statusCode. It should be an integer that is defined in the request template";
            let error = GatewayError::configuration(detail, Some(integration.place.clone()));
            Err(error.values(vec![format!("the template gave `{shown}`")]).into())
        }
    }
}

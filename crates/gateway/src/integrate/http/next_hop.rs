//! Headers that are for the next hop alone (RFC 9110, 7.6.1): a proxy passes them on in neither direction.

use http::header::CONNECTION;
use http::{HeaderMap, HeaderName};

/// Those of one message, besides the ones that have rules of their own.
#[derive(Debug)]
pub(super) struct NextHop<'h> {
    /// What `Connection` names.
    named: Vec<&'h str>,
}

impl<'h> NextHop<'h> {
    pub(super) fn of(headers: &'h HeaderMap) -> NextHop<'h> {
        let values = headers.get_all(CONNECTION).iter().filter_map(|value| value.to_str().ok());
        NextHop { named: values.flat_map(|value| value.split(',').map(str::trim)).collect() }
    }

    pub(super) fn has(&self, name: &HeaderName) -> bool {
        matches!(name.as_str(), "keep-alive" | "proxy-connection")
            || self.named.iter().any(|named| named.eq_ignore_ascii_case(name.as_str()))
    }
}

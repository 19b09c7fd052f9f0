//! Header names on the way out (recorded on AWS).

use http::HeaderName;

/// What a mapped response header of this name becomes.
const REMAPPED: [&str; 14] = [
    "authorization",
    "connection",
    "content-length",
    "content-md5",
    "date",
    "expect",
    "host",
    "max-forwards",
    "proxy-authenticate",
    "server",
    "trailer",
    "upgrade",
    "user-agent",
    "www-authenticate",
];

/// The name under which a mapped header reaches the client: some are remapped, `Transfer-Encoding` is dropped.
pub(crate) fn client_name(mapped: HeaderName) -> Option<HeaderName> {
    let name = mapped.as_str();
    if name == "transfer-encoding" {
        return None;
    }
    if REMAPPED.contains(&name) || name == "x-amzn-requestid" {
        return HeaderName::try_from(format!("x-amzn-remapped-{name}")).ok();
    }
    Some(mapped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn some_names_are_remapped_and_one_is_dropped() {
        let of = |name: &'static str| {
            client_name(HeaderName::from_static(name)).map(|name| name.to_string())
        };
        assert_eq!(of("date").as_deref(), Some("x-amzn-remapped-date"));
        assert_eq!(of("x-amzn-requestid").as_deref(), Some("x-amzn-remapped-x-amzn-requestid"));
        assert_eq!(of("content-type").as_deref(), Some("content-type"));
        assert_eq!(of("transfer-encoding"), None);
    }
}

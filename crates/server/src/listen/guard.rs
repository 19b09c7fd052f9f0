//! Who may call a listener that is not for web pages: none must drive a developer's loopback.
//! A name that resolves to it (DNS rebinding) is refused by its `Host`, another site's script by
//! its `Origin`.

use std::fmt;
use std::net::IpAddr;

use http::header::{HOST, HeaderValue, ORIGIN};
use http::uri::Authority;
use http::{Request, Uri};

use crate::config::HostName;

/// The rule of one listener.
#[derive(Debug, Clone)]
pub struct Guard {
    names: Vec<HostName>,
    setting: &'static str,
}

/// Why a caller is refused. Its text is what the caller is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// It calls a host by a name that is none of the listener's.
    Host {
        /// The setting that holds further names.
        setting: &'static str,
    },
    /// It is a page of another site.
    Origin,
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Host { setting } => {
                write!(out, "host not allowed: add its name to the setting `{setting}`")
            }
            Self::Origin => out.write_str("origin not allowed"),
        }
    }
}

impl Guard {
    /// Returns the rule that allows `names`, which `setting` says, besides `localhost`, `*.localhost`,
    /// loopback addresses and the address that was called.
    pub fn new(setting: &'static str, names: Vec<HostName>) -> Self {
        Self { names, setting }
    }

    /// Checks a request that came in at the address `local`. Every name that the request gives its
    /// host must be allowed, and it must give one; an `Origin` must be that host's own.
    pub(crate) fn check<B>(&self, request: &Request<B>, local: IpAddr) -> Result<(), Refused> {
        let foreign = Refused::Host { setting: self.setting };
        let mut hosts = Vec::new();
        hosts.extend(request.uri().authority().cloned());
        for value in request.headers().get_all(HOST) {
            hosts.push(authority(value).ok_or(foreign)?);
        }
        if hosts.is_empty() || !hosts.iter().all(|host| self.allows(host.host(), local)) {
            return Err(foreign);
        }
        for origin in request.headers().get_all(ORIGIN) {
            let origin = origin.to_str().ok().and_then(|text| text.parse::<Uri>().ok());
            let origin = origin.as_ref().and_then(Uri::authority).ok_or(Refused::Origin)?;
            if !hosts.iter().all(|host| host == origin) {
                return Err(Refused::Origin);
            }
        }
        Ok(())
    }

    fn allows(&self, host: &str, local: IpAddr) -> bool {
        match Host::of(host) {
            // An address in `Host` is no rebound name; that of the connection itself is how a
            // probe on the network calls.
            Host::Address(address) => address.is_loopback() || address == local.to_canonical(),
            Host::Name(name) => {
                is_of_this_machine(&name) || self.names.iter().any(|known| known.as_str() == name)
            }
        }
    }
}

/// A host without its port.
enum Host {
    Address(IpAddr),
    /// In lower case, without the dot of the root.
    Name(String),
}

impl Host {
    fn of(host: &str) -> Host {
        let literal = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        match literal.unwrap_or(host).parse::<IpAddr>() {
            Ok(address) => Host::Address(address.to_canonical()),
            Err(_) => {
                let mut name = host.to_ascii_lowercase();
                if name.ends_with('.') {
                    name.pop();
                }
                Host::Name(name)
            }
        }
    }
}

/// `localhost` or a name below it (RFC 6761, 6.3).
fn is_of_this_machine(name: &str) -> bool {
    name == "localhost" || name.strip_suffix(".localhost").is_some_and(|label| !label.is_empty())
}

/// Whether a machine calls itself by this host, such as `localhost:4566`: a loopback address, `localhost`, or a name below that.
pub(crate) fn is_loopback_host(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else { return false };
    match Host::of(authority.host()) {
        Host::Address(address) => address.is_loopback(),
        Host::Name(name) => is_of_this_machine(&name),
    }
}

fn authority(value: &HeaderValue) -> Option<Authority> {
    let authority: Authority = value.to_str().ok()?.parse().ok()?;
    // A host has no user.
    (!authority.as_str().contains('@')).then_some(authority)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Environment, Flags, load};

    fn guard() -> Guard {
        let variable = ("VESTIBULE_ADMIN_HOSTS".into(), "gateway.internal".into());
        let environment: Environment = [variable].into_iter().collect();
        let settings = load(&Flags::default(), &environment).unwrap().settings;
        Guard::new("admin_hosts", settings.admin_hosts.value)
    }

    const HOST: Refused = Refused::Host { setting: "admin_hosts" };

    fn checked(target: &str, headers: &[(&str, &str)]) -> Result<(), Refused> {
        let mut request = Request::builder().uri(target);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        guard().check(&request.body(()).unwrap(), "10.1.2.3".parse().unwrap())
    }

    fn host(host: &str) -> Result<(), Refused> {
        checked("/livez", &[("host", host)])
    }

    #[test]
    fn only_local_and_configured_hosts_are_allowed() {
        for allowed in [
            "localhost",
            "localhost:9090",
            "LocalHost.",
            "vestibule.localhost:9090",
            "127.0.0.1:9090",
            "127.9.9.9",
            "[::1]:9090",
            "[::ffff:127.0.0.1]:9090",
            "gateway.internal:80",
            "GATEWAY.internal",
            "10.1.2.3:9090",
        ] {
            assert_eq!(host(allowed), Ok(()), "{allowed}");
        }
        for refused in [
            "example.com",
            "localhost.example.com",
            "notlocalhost",
            ".localhost",
            "10.1.2.4:9090",
            "gateway.internal.example.com",
            "127.0.0.1.example.com",
            "127.0.0.1@example.com",
            "example.com@127.0.0.1",
            "",
            "a b",
        ] {
            assert_eq!(host(refused), Err(HOST), "{refused}");
        }
    }

    #[test]
    fn a_request_without_host_is_refused() {
        assert_eq!(checked("/livez", &[]), Err(HOST));
    }

    #[test]
    fn every_name_of_the_host_must_be_allowed() {
        let local = ("host", "localhost");
        assert_eq!(checked("http://localhost/livez", &[]), Ok(()));
        assert_eq!(checked("http://example.com/livez", &[local]), Err(HOST));
        assert_eq!(checked("/livez", &[local, ("host", "example.com")]), Err(HOST));
    }

    #[test]
    fn only_the_hosts_own_origin_is_allowed() {
        let with = |origin| checked("/livez", &[("host", "localhost:9090"), ("origin", origin)]);
        assert_eq!(with("http://localhost:9090"), Ok(()));
        for foreign in [
            "http://localhost:3000",
            "https://example.com",
            "null",
            "file://",
            "",
            "http://localhost",
        ] {
            assert_eq!(with(foreign), Err(Refused::Origin), "{foreign}");
        }
    }
}

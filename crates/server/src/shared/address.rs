//! Where the shared store is, as the setting `shared` says it. Its password is shown to nobody.

use std::fmt;

use redis::{ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo};

/// Where the shared store is, and as whom it is asked.
#[derive(Clone)]
pub struct Address {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) is_tls: bool,
    /// User, password and number of the database.
    pub(super) login: RedisConnectionInfo,
}

/// What is wrong with an address, and what would be right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct AddressError {
    /// What is wrong.
    pub(crate) reason: &'static str,
    /// What would be right.
    pub(crate) help: &'static str,
}

const FORM: &str = "write it like `redis://host:6379` or `rediss://user:password@host:6379/0`";

impl Address {
    /// Reads `redis://[user][:password]@host[:port][/database]`, with `rediss` for TLS; `valkey` and `valkeys` mean the same.
    pub(crate) fn parse(text: &str) -> Result<Address, AddressError> {
        let wrong = |reason| Err(AddressError { reason, help: FORM });
        let Some((scheme, rest)) = text.split_once("://") else { return wrong("not a URL") };
        let is_tls = match scheme {
            "redis" | "valkey" => false,
            "rediss" | "valkeys" => true,
            _ => return wrong("neither `redis://` nor `rediss://`"),
        };
        if rest.contains(['?', '#']) {
            return wrong("a query or fragment in it");
        }
        if let Some((_, database)) = rest.rsplit_once('/')
            && !database.is_empty()
            && database.parse::<u16>().is_err()
        {
            return wrong("a database that is no number");
        }
        // TLS is spoken by this program: the client sees what is in it.
        let Ok(read) = format!("redis://{rest}").as_str().into_connection_info() else {
            return wrong("not a URL of a host");
        };
        let ConnectionAddr::Tcp(host, port) = read.addr() else {
            return wrong("not a URL of a host");
        };
        let (host, port) = (host.clone(), *port);
        Ok(Address { host, port, is_tls, login: read.redis_settings().clone() })
    }

    /// The same with a password where the URL has none.
    pub(crate) fn with_password(self, password: &str) -> Address {
        if self.login.password().is_some() {
            return self;
        }
        Address { login: self.login.set_password(password), ..self }
    }
}

impl PartialEq for Address {
    fn eq(&self, other: &Address) -> bool {
        self.to_string() == other.to_string() && self.login.password() == other.login.password()
    }
}

/// Without the password.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Address { host, port, is_tls, login } = self;
        f.write_str(if *is_tls { "rediss://" } else { "redis://" })?;
        let user = login.username().unwrap_or_default();
        match (login.username(), login.password()) {
            (None, None) => (),
            (Some(_), None) => write!(f, "{user}@")?,
            (_, Some(_)) => write!(f, "{user}:***@")?,
        }
        if host.contains(':') {
            write!(f, "[{host}]:{port}")?;
        } else {
            write!(f, "{host}:{port}")?;
        }
        match login.db() {
            0 => Ok(()),
            number => write!(f, "/{number}"),
        }
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_and_their_passwords_are_not_shown() {
        for (text, shown, password) in [
            ("redis://localhost", "redis://localhost:6379", None),
            ("valkey://10.0.0.7:7000/", "redis://10.0.0.7:7000", None),
            (
                "rediss://:s%40crt@cache.internal/3",
                "rediss://:***@cache.internal:6379/3",
                Some("s@crt"),
            ),
            ("valkeys://me:s@h:1", "rediss://me:***@h:1", Some("s")),
            ("redis://me@[::1]:2", "redis://me@[::1]:2", None),
        ] {
            let address = Address::parse(text).unwrap();
            assert_eq!(address.to_string(), shown);
            assert_eq!(format!("{address:?}"), format!("Address({shown})"));
            assert_eq!(address.login.password(), password, "{text}");
        }
    }

    #[test]
    fn a_password_beside_the_url_counts_where_the_url_has_none() {
        let of = |text: &str| Address::parse(text).unwrap().with_password("beside");
        assert_eq!(of("redis://me@h").login.password(), Some("beside"));
        assert_eq!(of("redis://me@h").to_string(), "redis://me:***@h:6379");
        assert_eq!(of("redis://me:own@h").login.password(), Some("own"));
    }

    #[test]
    fn what_is_no_address_of_a_store_is_refused() {
        for (text, reason) in [
            ("localhost:6379", "not a URL"),
            ("http://localhost", "neither `redis://` nor `rediss://`"),
            ("redis+unix:///run/redis.sock", "neither `redis://` nor `rediss://`"),
            ("redis://", "not a URL of a host"),
            ("redis://h:port", "not a URL of a host"),
            ("redis://0.0.0.0", "not a URL of a host"),
            ("redis://h/zero", "a database that is no number"),
            ("redis://h/-1", "a database that is no number"),
            ("rediss://h/#insecure", "a query or fragment in it"),
        ] {
            assert_eq!(
                Address::parse(text).unwrap_err(),
                AddressError { reason, help: FORM },
                "{text}"
            );
        }
    }
}

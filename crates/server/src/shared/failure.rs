//! Why the shared store is not there, in words and with a remedy. No password and nothing of a request is in them.

use std::fmt;
use std::io;

use redis::{ErrorKind, RedisError, ServerErrorKind};

use crate::limits::{SHARED_CALL_TIMEOUT, SHARED_CONNECT_TIMEOUT};

/// Why the shared store is not there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// What happened.
    pub(super) cause: String,
    /// What can be done about it; nothing where it may pass.
    pub(super) help: Option<&'static str>,
}

impl Failure {
    fn passing(cause: impl Into<String>) -> Failure {
        Failure { cause: cause.into(), help: None }
    }

    fn lasting(cause: impl Into<String>, help: &'static str) -> Failure {
        Failure { cause: cause.into(), help: Some(help) }
    }

    /// No connection was there in time.
    pub(super) fn slow_connection() -> Failure {
        Failure::passing(format!("no connection within {} s", SHARED_CONNECT_TIMEOUT.as_secs()))
    }

    /// A call was not answered in time.
    pub(super) fn slow_call() -> Failure {
        Failure::passing(format!("no answer within {} ms", SHARED_CALL_TIMEOUT.as_millis()))
    }

    /// It answers, and not what a script of ours does.
    pub(super) fn nonsense() -> Failure {
        let help = "name a Valkey, or a Redis of version 6.2 or newer";
        Failure::lasting("it does not answer as Valkey or Redis does", help)
    }

    /// It is a part of a cluster.
    pub(super) fn cluster() -> Failure {
        let help = "name a server without cluster mode: all limits are counted by one";
        Failure::lasting("it is in cluster mode, which is not supported", help)
    }

    /// The system does not connect.
    pub(super) fn connect(error: &io::Error) -> Failure {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Failure::passing("it refuses connections"),
            _ => Failure::passing(error.to_string()),
        }
    }

    /// Both ends do not agree on TLS.
    pub(super) fn tls(error: &io::Error) -> Failure {
        let help = "name its certificate's authority with `--backend-ca`, or write `redis://` where it has no TLS";
        Failure::lasting(format!("TLS failed: {error}"), help)
    }
}

impl From<&RedisError> for Failure {
    fn from(error: &RedisError) -> Failure {
        let code = error.code().unwrap_or_default();
        let said = || error.detail().unwrap_or_default().to_owned();
        match (error.kind(), code) {
            (ErrorKind::AuthenticationFailed, _) | (_, "WRONGPASS") => Failure::lasting(
                "it does not take the user and password",
                "correct them in the URL of `--shared`, or in VESTIBULE_SHARED_PASSWORD",
            ),
            (_, "NOAUTH") => Failure::lasting(
                "it wants a password",
                "give it one in the URL of `--shared`, or in VESTIBULE_SHARED_PASSWORD",
            ),
            (ErrorKind::Server(ServerErrorKind::NoPerm), _) => Failure::lasting(
                format!("its user may not do that: {}", said()),
                "allow the user `~vestibule:* +@all -@dangerous +info`",
            ),
            (ErrorKind::Server(ServerErrorKind::Moved | ServerErrorKind::Ask), _)
            | (ErrorKind::Server(ServerErrorKind::CrossSlot | ServerErrorKind::ClusterDown), _) => {
                Failure::cluster()
            }
            (ErrorKind::Server(ServerErrorKind::ReadOnly), _) => {
                Failure::lasting("it is a replica, which takes no writes", "name the primary")
            }
            (ErrorKind::Server(ServerErrorKind::BusyLoading), _) => {
                Failure::passing("it is still reading its data")
            }
            (_, "OOM") => Failure::lasting(
                "its memory is full",
                "give it more memory, or a `maxmemory-policy` that evicts",
            ),
            (_, "WRONGTYPE") => Failure::lasting(
                said(),
                "give the gateways a database of their own, as in `redis://host/1`",
            ),
            (ErrorKind::Parse | ErrorKind::UnexpectedReturnType, _) => Failure::nonsense(),
            // The server's answer to the client's part of the handshake comes with the first call (TLS 1.3).
            (ErrorKind::Io, _) if error.to_string().contains("CertificateRequired") => {
                Failure::lasting(
                    "it wants a certificate of its clients, which is not supported",
                    "let it take clients without one: `tls-auth-clients no`",
                )
            }
            (ErrorKind::Io, _) if error.is_connection_dropped() => {
                Failure::passing("it closed the connection")
            }
            _ => Failure::passing(error.to_string()),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.cause)?;
        match self.help {
            Some(help) => write!(f, " (help: {help})"),
            None => Ok(()),
        }
    }
}

//! What a handshake agreed on, in the words of access logs.

use rustls::{CipherSuite, ProtocolVersion, ServerConnection};
use vestibule_gateway::TlsSession;

/// What the handshake of a connection agreed on.
pub(crate) fn session(connection: &ServerConnection) -> TlsSession {
    TlsSession {
        version: connection.protocol_version().and_then(version),
        cipher_suite: connection.negotiated_cipher_suite().and_then(|suite| iana(suite.suite())),
    }
}

/// In the form that AWS's other logs have (inferred).
fn version(version: ProtocolVersion) -> Option<&'static str> {
    match version {
        ProtocolVersion::TLSv1_2 => Some("TLSv1.2"),
        ProtocolVersion::TLSv1_3 => Some("TLSv1.3"),
        _ => None,
    }
}

/// The name at IANA (AWS docs: variables for access logging).
fn iana(suite: CipherSuite) -> Option<&'static str> {
    match suite {
        CipherSuite::TLS13_AES_128_GCM_SHA256 => Some("TLS_AES_128_GCM_SHA256"),
        CipherSuite::TLS13_AES_256_GCM_SHA384 => Some("TLS_AES_256_GCM_SHA384"),
        CipherSuite::TLS13_CHACHA20_POLY1305_SHA256 => Some("TLS_CHACHA20_POLY1305_SHA256"),
        // The library calls all others as IANA does.
        other => other.as_str(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustls::crypto::aws_lc_rs;

    // Source: IANA's registry of TLS cipher suites.
    #[test]
    fn every_suite_that_is_spoken_has_its_name() {
        let suites = aws_lc_rs::default_provider().cipher_suites;
        let mut names: Vec<_> = suites.iter().map(|suite| iana(suite.suite()).unwrap()).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "TLS_AES_128_GCM_SHA256",
                "TLS_AES_256_GCM_SHA384",
                "TLS_CHACHA20_POLY1305_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            ]
        );
    }
}

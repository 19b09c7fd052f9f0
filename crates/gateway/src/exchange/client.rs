//! Who sent a request and how, as the listener found out. Steps take it as true: whom to believe is
//! decided before.

use http::uri::Scheme;
use std::net::IpAddr;
use std::sync::Arc;

/// The client of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Client {
    /// Its address: `$context.identity.sourceIp`.
    pub source_ip: IpAddr,
    /// How it called, `http` or `https`.
    pub scheme: Scheme,
    /// The port that it called.
    pub port: u16,
    /// The host that it called, when a proxy in front says so; else it is the request's own.
    pub host: Option<String>,
    /// The way its request came.
    pub arrival: Arrival,
    /// What TLS agreed on with the client itself; nothing where a proxy in front has shaken hands with it.
    pub tls: Option<TlsSession>,
    /// The certificate that it has shown, when the connection was made for a domain that demands one.
    pub certificate: Option<Arc<ClientCertificate>>,
}

/// What both ends of TLS agreed on, as access logs tell of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TlsSession {
    /// The version, such as `TLSv1.3`.
    pub version: Option<&'static str>,
    /// The cipher suite by its name at IANA, such as `TLS_AES_128_GCM_SHA256`.
    pub cipher_suite: Option<&'static str>,
}

/// A client's certificate that was verified against the truststore of a custom domain. The texts have the forms of OpenSSL, as
/// AWS's have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The domain, in lower case, such as `api.example.com` or `*.example.com`.
    pub domain: String,
    /// The certificate as PEM text.
    pub pem: String,
    /// Such as `C=US,O=Example,CN=client`.
    pub subject_dn: String,
    /// The same of who issued it.
    pub issuer_dn: String,
    /// A number, or a long one in hexadecimal with colons.
    pub serial_number: String,
    /// Such as `Aug  5 00:28:21 2020 GMT`.
    pub not_before: String,
    /// Such as `Aug  5 00:28:21 2120 GMT`.
    pub not_after: String,
}

impl ClientCertificate {
    /// The text at a path below `$context.identity.clientCert`.
    pub(crate) fn value(&self, path: &str) -> Option<&str> {
        match path.strip_prefix("validity.") {
            Some(name) => self.validity().into_iter().find(|(known, _)| *known == name),
            None => self.texts().into_iter().find(|(known, _)| *known == path),
        }
        .map(|(_, text)| text)
    }

    /// The members that are text.
    pub(crate) fn texts(&self) -> [(&'static str, &str); 4] {
        [
            ("clientCertPem", &self.pem),
            ("subjectDN", &self.subject_dn),
            ("issuerDN", &self.issuer_dn),
            ("serialNumber", &self.serial_number),
        ]
    }

    /// The members of `validity`.
    pub(crate) fn validity(&self) -> [(&'static str, &str); 2] {
        [("notBefore", &self.not_before), ("notAfter", &self.not_after)]
    }
}

/// The way a request came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// From the client itself, as far as anybody knows.
    Direct,
    /// Through a trusted proxy: `X-Forwarded-For` is believed as far as the client's own address.
    Forwarded,
}

impl Client {
    /// Its address as text. Headers of every request have it, so that of IPv4 is made without the formatter, which takes
    /// ten times as long.
    pub(crate) fn address(&self) -> String {
        let mut text = String::with_capacity(15);
        self.push_address(&mut text);
        text
    }

    /// Appends it.
    pub(crate) fn push_address(&self, text: &mut String) {
        match self.source_ip {
            IpAddr::V4(address) => push_dotted(text, address.octets()),
            IpAddr::V6(address) => text.push_str(&address.to_string()),
        }
    }
}

fn push_dotted(text: &mut String, octets: [u8; 4]) {
    for (place, octet) in octets.into_iter().enumerate() {
        if place > 0 {
            text.push('.');
        }
        for (least, unit) in [(100, 100), (10, 10), (0, 1)] {
            if octet >= least {
                text.push(char::from(b'0' + octet / unit % 10));
            }
        }
    }
}

/// A client that called directly, without TLS, at HTTP's own port.
impl From<IpAddr> for Client {
    fn from(source_ip: IpAddr) -> Client {
        let (scheme, arrival) = (Scheme::HTTP, Arrival::Direct);
        Client { source_ip, scheme, port: 80, host: None, arrival, tls: None, certificate: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: the formatter of the standard library.
    #[test]
    fn addresses_are_written_as_everywhere() {
        for text in
            ["0.0.0.0", "127.0.0.1", "10.20.30.40", "255.255.255.255", "9.99.100.109", "::1"]
        {
            let client = Client::from(text.parse::<IpAddr>().unwrap());
            assert_eq!(client.address(), text);
        }
    }
}

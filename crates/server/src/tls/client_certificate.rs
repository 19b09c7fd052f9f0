//! A client's certificate as templates and functions see it. The forms are those that AWS shows, which are OpenSSL's: names in
//! the order of the certificate, `Aug  5 00:28:21 2120 GMT`, long serial numbers in hexadecimal with colons.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use vestibule_gateway::ClientCertificate;
use x509_parser::certificate::X509Certificate;
use x509_parser::prelude::FromDer;
use x509_parser::time::ASN1Time;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

/// OpenSSL's short names of what names are made of.
const ATTRIBUTES: [(&str, &str); 16] = [
    ("2.5.4.3", "CN"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.6", "C"),
    ("2.5.4.7", "L"),
    ("2.5.4.8", "ST"),
    ("2.5.4.9", "street"),
    ("2.5.4.10", "O"),
    ("2.5.4.11", "OU"),
    ("2.5.4.12", "title"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.42", "GN"),
    ("2.5.4.46", "dnQualifier"),
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
];

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Characters of a line of PEM.
const PEM_LINE: usize = 64;

/// Reads a certificate that was verified for a domain; none when it cannot be read after all.
pub(crate) fn read(der: &[u8], domain: &str) -> Option<ClientCertificate> {
    let (rest, certificate) = X509Certificate::from_der(der).ok()?;
    if !rest.is_empty() {
        return None;
    }
    let validity = certificate.validity();
    Some(ClientCertificate {
        domain: domain.to_owned(),
        pem: pem(der),
        subject_dn: name(certificate.subject()),
        issuer_dn: name(certificate.issuer()),
        serial_number: serial_number(certificate.raw_serial()),
        not_before: time(validity.not_before),
        not_after: time(validity.not_after),
    })
}

fn pem(der: &[u8]) -> String {
    let encoded = STANDARD.encode(der);
    let mut text = "-----BEGIN CERTIFICATE-----\n".to_owned();
    for (at, c) in encoded.chars().enumerate() {
        if at > 0 && at % PEM_LINE == 0 {
            text.push('\n');
        }
        text.push(c);
    }
    text.push_str("\n-----END CERTIFICATE-----\n");
    text
}

fn name(name: &X509Name<'_>) -> String {
    let parts = name.iter().map(|part| {
        let attributes: Vec<String> = part.iter().map(attribute).collect();
        attributes.join("+")
    });
    parts.collect::<Vec<_>>().join(",")
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    let oid = attribute.attr_type().to_id_string();
    let known = ATTRIBUTES.iter().find(|(known, _)| *known == oid);
    let kind = known.map_or(oid.as_str(), |(_, short)| short);
    match attribute.as_str() {
        Ok(value) => format!("{kind}={}", escaped(value)),
        Err(_) => format!("{kind}=#{}", hex(attribute.as_slice(), "")),
    }
}

/// RFC 2253: a value does not look like a further part of the name.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (at, c) in value.chars().enumerate() {
        let is_outer = (c == ' ' && (at == 0 || at == last)) || (c == '#' && at == 0);
        if is_outer || matches!(c, ',' | '+' | '"' | '\\' | '<' | '>' | ';' | '=') {
            text.push('\\');
            text.push(c);
        } else if c.is_control() {
            let mut bytes = [0; 4];
            c.encode_utf8(&mut bytes).bytes().for_each(|b| text.push_str(&format!("\\{b:02X}")));
        } else {
            text.push(c);
        }
    }
    text
}

/// A number where it fits into 63 bits, else its bytes.
fn serial_number(bytes: &[u8]) -> String {
    if bytes.first().is_some_and(|first| *first < 0x80) && bytes.len() <= 8 {
        return bytes.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte)).to_string();
    }
    let significant = match bytes {
        [0, rest @ ..] => rest,
        all => all,
    };
    hex(significant, ":")
}

fn hex(bytes: &[u8], separator: &str) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(separator)
}

fn time(time: ASN1Time) -> String {
    let time = time.to_datetime();
    let month = MONTHS.get(usize::from(u8::from(time.month())) - 1).copied().unwrap_or_default();
    let (hour, minute, second) = time.to_hms();
    format!("{month} {:>2} {hour:02}:{minute:02}:{second:02} {} GMT", time.day(), time.year())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rcgen::{CertificateParams, DnType, KeyPair, SerialNumber, date_time_ymd};

    fn shown(serial: &[u8]) -> (ClientCertificate, String) {
        let mut params = CertificateParams::default();
        params.distinguished_name = rcgen::DistinguishedName::new();
        for (kind, value) in [
            (DnType::CountryName, "US"),
            (DnType::StateOrProvinceName, "Washington"),
            (DnType::OrganizationName, "Amazon Web Services"),
            (DnType::CommonName, "My Client,CN=admin"),
        ] {
            params.distinguished_name.push(kind, value);
        }
        params.serial_number = Some(SerialNumber::from_slice(serial));
        params.not_before = date_time_ymd(2020, 8, 29);
        params.not_after = date_time_ymd(2120, 8, 5);
        let made = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        (read(made.der(), "a.test").unwrap(), made.pem().replace("\r\n", "\n"))
    }

    // Source: documented (the forms of the examples in AWS's docs and blog on mutual TLS); the escaping is RFC 2253's.
    #[test]
    fn a_certificate_has_the_forms_of_openssl() {
        let (shown, pem) = shown(&[1]);
        let name = "C=US,ST=Washington,O=Amazon Web Services,CN=My Client\\,CN\\=admin";
        let expected = ClientCertificate {
            domain: "a.test".to_owned(),
            pem,
            subject_dn: name.to_owned(),
            issuer_dn: name.to_owned(),
            serial_number: "1".to_owned(),
            not_before: "Aug 29 00:00:00 2020 GMT".to_owned(),
            not_after: "Aug  5 00:00:00 2120 GMT".to_owned(),
        };
        assert_eq!(shown, expected);
    }

    #[test]
    fn a_long_serial_number_is_hexadecimal() {
        assert_eq!(shown(&[0xa1; 16]).0.serial_number, ["a1"; 16].join(":"));
        assert_eq!(serial_number(&[0x7f, 0, 0, 0, 0, 0, 0, 0]), "9151314442816847872");
        assert_eq!(serial_number(&[0, 0x80, 0, 0, 0, 0, 0, 0, 0]), "80:00:00:00:00:00:00:00");
    }

    #[test]
    fn what_is_no_certificate_is_none() {
        assert_eq!(read(b"", "a.test"), None);
        assert_eq!(read(b"0\x03\x02\x01\x01", "a.test"), None);
    }
}

//! What the client's errors mean to an operator.

use std::error::Error;

use hyper_util::client::legacy;
use rustls::CertificateError;
use vestibule_gateway::EndpointError;

use super::resolver::Unresolved;
use super::tls::is_about_issuer;
use crate::limits::{OUTBOUND_HEAD_BYTES_MAX, OUTBOUND_HEADERS_MAX};

/// Why a call has no answer.
pub(super) fn of(error: &legacy::Error) -> EndpointError {
    if let Some(unresolved) = find::<Unresolved>(error) {
        return EndpointError::Address(unresolved.to_string());
    }
    if let Some(rustls::Error::InvalidCertificate(refused)) = find(error) {
        return EndpointError::Certificate(of_certificate(refused));
    }
    if error.is_connect() {
        return EndpointError::Network(format!("cannot connect: {}", root(error)));
    }
    EndpointError::Network(match find::<hyper::Error>(error) {
        Some(error) => of_exchange(error),
        None => root(error).to_string(),
    })
}

/// Why an answer ends before its time.
pub(super) fn of_body(error: &hyper::Error) -> String {
    match error.is_incomplete_message() {
        true => "the connection was closed".to_owned(),
        false => root(error).to_string(),
    }
}

fn of_exchange(error: &hyper::Error) -> String {
    if error.is_parse_too_large() {
        return format!(
            "the head of its answer has more than {OUTBOUND_HEAD_BYTES_MAX} bytes or \
             {OUTBOUND_HEADERS_MAX} headers"
        );
    }
    if error.is_parse() {
        return format!("what it answered is no HTTP/1.1: {}", root(error));
    }
    if error.is_incomplete_message() {
        return "it closed the connection before it answered".to_owned();
    }
    root(error).to_string()
}

fn of_certificate(refused: &CertificateError) -> String {
    use CertificateError as Refused;
    match refused {
        refused if is_about_issuer(refused) => {
            "nobody issued it who is known here; `--backend-ca` names further authorities"
                .to_owned()
        }
        Refused::Expired | Refused::ExpiredContext { .. } => "it has expired".to_owned(),
        Refused::NotValidYet | Refused::NotValidYetContext { .. } => {
            "it is not valid yet".to_owned()
        }
        Refused::NotValidForName | Refused::NotValidForNameContext { .. } => {
            "it is one of another host".to_owned()
        }
        other => other.to_string(),
    }
}

/// An error and its causes. One that is wrapped in an error of input and output is a cause too, which `source` skips.
fn chain<'e>(error: &'e (dyn Error + 'static)) -> impl Iterator<Item = &'e (dyn Error + 'static)> {
    std::iter::successors(Some(error), |&error| {
        let wrapped = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        wrapped.map(|wrapped| wrapped as &(dyn Error + 'static)).or_else(|| error.source())
    })
}

fn find<'e, E: Error + 'static>(error: &'e (dyn Error + 'static)) -> Option<&'e E> {
    chain(error).find_map(|error| error.downcast_ref())
}

/// The first cause, which says the most.
fn root<'e>(error: &'e (dyn Error + 'static)) -> &'e (dyn Error + 'static) {
    chain(error).last().unwrap_or(error)
}

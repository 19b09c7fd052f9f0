//! The signature in the query: a presigned request.

use super::presented::{Date, Fields, Form};
use super::refusal::Refusal;
use crate::canonical::decoded;
use crate::scope::ALGORITHM;
use zeroize::Zeroizing;

/// The parameter with the signature, the one that is not signed itself.
pub(super) const SIGNATURE: &str = "X-Amz-Signature";

/// The parameter with the token of a session.
pub(super) const SECURITY_TOKEN: &str = "X-Amz-Security-Token";

/// The parameters of a presigned request, decoded. Of several of one name the first one counts.
#[derive(Default)]
pub(super) struct Parameters {
    pub(super) algorithm: Option<String>,
    credential: Option<String>,
    signature: Option<String>,
    signed_headers: Option<String>,
    date: Option<String>,
    expires: Option<String>,
    session_token: Option<String>,
}

impl Parameters {
    pub(super) fn of(query: &str) -> Parameters {
        let mut found = Parameters::default();
        for (name, value) in query.split('&').filter_map(|piece| piece.split_once('=')) {
            let field = match &*decoded(name) {
                "X-Amz-Algorithm" => &mut found.algorithm,
                "X-Amz-Credential" => &mut found.credential,
                SIGNATURE => &mut found.signature,
                "X-Amz-SignedHeaders" => &mut found.signed_headers,
                "X-Amz-Date" => &mut found.date,
                "X-Amz-Expires" => &mut found.expires,
                SECURITY_TOKEN => &mut found.session_token,
                _ => continue,
            };
            field.get_or_insert_with(|| decoded(value).into_owned());
        }
        found
    }

    /// Whether the request seems to be presigned: date, time and token alone may mean something else.
    pub(super) fn has_any(&self) -> bool {
        [&self.algorithm, &self.credential, &self.signature, &self.signed_headers]
            .into_iter()
            .any(Option::is_some)
    }
}

/// Reads the parameters of a presigned request.
pub(super) fn fields(parameters: Parameters) -> Result<Fields, Refusal> {
    let Parameters { algorithm, credential, signature, signed_headers, date, .. } = parameters;
    if let Some(algorithm) = algorithm.as_ref().filter(|algorithm| *algorithm != ALGORITHM) {
        return Err(Refusal::UnsupportedAlgorithm { algorithm: algorithm.clone() });
    }
    match (algorithm, credential, signature, signed_headers, date) {
        (Some(_), Some(credential), Some(signature), Some(signed_headers), Some(date)) => {
            Ok(Fields {
                form: Form::Query,
                credential,
                signed_headers,
                signature,
                date: Date::Amz(date),
                expires: parameters.expires,
                session_token: parameters.session_token.map(Zeroizing::new),
            })
        }
        (algorithm, credential, signature, signed_headers, date) => {
            let found = [
                ("X-Amz-Algorithm", algorithm),
                ("X-Amz-Credential", credential),
                (SIGNATURE, signature),
                ("X-Amz-SignedHeaders", signed_headers),
                ("X-Amz-Date", date),
            ];
            let missing = found.into_iter().filter(|(_, value)| value.is_none());
            Err(Refusal::IncompleteQuery { missing: missing.map(|(name, _)| name).collect() })
        }
    }
}

//! A service that admits signed requests, as one that calls this crate does it.

use vestibule_sigv4::{
    Expectation, Hint, Payload, Presented, Refusal, Request, SigningKey, SigningKeys, Timestamp,
};

/// A request as it came over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Received {
    pub(crate) method: String,
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
}

/// An access key that the service knows.
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) session_token: Option<String>,
}

pub(crate) struct Service {
    pub(crate) region: String,
    pub(crate) name: String,
    pub(crate) now: Timestamp,
    pub(crate) access_keys: Vec<AccessKey>,
    pub(crate) signing_keys: SigningKeys,
}

impl Received {
    /// Reads a request that is written down: a line, headers, and behind an empty line the body.
    pub(crate) fn parse(text: &str) -> Received {
        let (head, body) = text.split_once("\n\n").unwrap_or((text, ""));
        let mut lines = head.lines();
        let line = lines.next().unwrap().strip_suffix(" HTTP/1.1").unwrap();
        let (method, target) = line.split_once(' ').unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_owned(), value.as_bytes().to_owned())
        };
        Received {
            method: method.to_owned(),
            target: target.to_owned(),
            headers: lines.map(header).collect(),
            body: body.as_bytes().to_owned(),
        }
    }

    /// Does something with the request as the crate takes it.
    pub(crate) fn with<T>(&self, then: impl FnOnce(&Request<'_>) -> T) -> T {
        let (path, query) = self.target.split_once('?').unwrap_or((&self.target, ""));
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice())).collect();
        let payload = Payload::Bytes(&self.body);
        then(&Request { method: &self.method, path, query, headers: &headers, payload })
    }
}

impl Service {
    pub(crate) fn new(region: &str, name: &str, now: Timestamp) -> Service {
        Service {
            region: region.to_owned(),
            name: name.to_owned(),
            now,
            access_keys: Vec::new(),
            signing_keys: SigningKeys::new(8),
        }
    }

    /// Admits who signed a request, none when nobody did.
    pub(crate) fn admit(&self, received: &Received) -> Result<Option<String>, Refusal> {
        received.with(|request| {
            let Some(presented) = Presented::find(request)? else {
                return Ok(None);
            };
            let claim = presented.check(&self.expectation())?;
            let known = self.access_keys.iter().find(|known| known.id == claim.access_key_id());
            let access_key = known.ok_or(Refusal::UnknownAccessKey)?;
            let key = self.signing_keys.of(&claim, &access_key.secret);
            let verified = claim.verify(request, &key)?;
            if !claim.is_of_session(access_key.session_token.as_deref()) {
                return Err(Refusal::InvalidSecurityToken);
            }
            Ok(Some(verified.access_key_id().to_owned()))
        })
    }

    /// What the client of a request that was refused did otherwise.
    pub(crate) fn hint(&self, received: &Received) -> Option<Hint> {
        received.with(|request| {
            let presented = Presented::find(request).ok()??;
            let claim = presented.check(&self.expectation()).ok()?;
            let known = self.access_keys.iter().find(|known| known.id == claim.access_key_id())?;
            claim.hint(request, &SigningKey::derive_from(&known.secret, &claim.scope()))
        })
    }

    fn expectation(&self) -> Expectation<'_> {
        Expectation::new(&self.region, &self.name, self.now)
    }
}

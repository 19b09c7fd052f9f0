//! A signed request, and what is done with it.

use std::hint::black_box;

use vestibule_bench_report::cpu_ns;
use vestibule_sigv4::{
    CanonicalRequest, Credentials, Dialect, Expectation, Payload, Presented, Refusal, Request,
    Scope, SignedHeaders, SigningKey, SigningKeys, Timestamp, sign,
};

use crate::Outcome;

/// What is signed: a name, the verb, path, query, bytes of the body.
const REQUESTS: [(&str, &str, &str, &str, usize); 3] = [
    ("GET", "GET", "/prod/music/a%20b", "artist=No%20One&limit=20", 0),
    ("POST of 1 KiB", "POST", "/prod/music", "", 1 << 10),
    ("POST of 64 KiB", "POST", "/prod/music", "", 1 << 16),
];

/// Headers as an SDK sends them through a load balancer; not all of them are signed.
const HEADERS: [(&str, &[u8]); 9] = [
    ("host", b"abcde12345.execute-api.us-east-1.amazonaws.com"),
    ("accept", b"*/*"),
    ("accept-encoding", b"gzip, deflate, br"),
    ("content-type", b"application/json"),
    ("content-length", b"1024"),
    ("user-agent", b"aws-sdk-js/3.1169.0 ua/2.1 os/linux lang/js md/nodejs#22.11.0"),
    ("x-amzn-trace-id", b"Root=1-67891233-abcdef012345678912345678"),
    ("x-forwarded-for", b"192.0.2.1"),
    ("x-forwarded-proto", b"https"),
];

const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
const TOKEN: &str = "IQoJb3JpZ2luX2VjEJr//////////wEaCXVzLWVhc3QtMSJHMEUCIQDexample0123456789";

/// What is done with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Work {
    /// The signature is computed with a key that is there: canonical request, string to sign, HMAC.
    Compute,
    /// A request is admitted: what it presents is found and checked, the key comes from those kept, the signature is compared.
    Verify,
    /// A request whose signature is of another body is refused, twice computed because of its query.
    Refuse,
}

/// A signed request.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    method: &'static str,
    path: &'static str,
    query: &'static str,
    headers: Vec<(&'static str, Vec<u8>)>,
    body: Vec<u8>,
    time: Timestamp,
    signed: SignedHeaders,
    key: SigningKey,
    keys: SigningKeys,
}

impl Subject {
    /// The requests, signed, each looked at once: it is admitted, and refused with another body.
    pub(crate) fn all() -> Outcome<Vec<Subject>> {
        REQUESTS.into_iter().map(Subject::new).collect()
    }

    fn new(
        (name, method, path, query, length): (
            &'static str,
            &'static str,
            &'static str,
            &'static str,
            usize,
        ),
    ) -> Outcome<Subject> {
        let time = Timestamp::from_epoch_s(1_767_323_045);
        let token = Some(TOKEN.to_owned());
        let credentials = Credentials::new("ASIAEXAMPLE".to_owned(), SECRET.to_owned(), token);
        let scope = scope(time);
        let body: Vec<u8> = b"{\"name\": \"value\"}".iter().copied().cycle().take(length).collect();
        let payload = Payload::Bytes(&body);
        let request = Request { method, path, query, headers: &HEADERS, payload };
        let added = sign(&request, &credentials, &scope);
        let own = HEADERS.into_iter().map(|(name, value)| (name, value.to_owned()));
        let added = added.into_iter().map(|(name, value)| (name, value.into_bytes()));
        let mut subject = Subject {
            name,
            method,
            path,
            query,
            headers: own.chain(added).collect(),
            body,
            time,
            signed: SignedHeaders::new([]),
            key: SigningKey::derive(&credentials, &scope),
            keys: SigningKeys::new(100),
        };
        let wrong = |what: &str| format!("{name} is not {what}");
        let presented = subject.with(&subject.body, Presented::find);
        let presented = presented.map_err(|refusal| refusal.to_string())?;
        subject.signed = presented.ok_or_else(|| wrong("signed"))?.signed_headers().clone();
        let admitted = subject.with(&subject.body, |request| subject.admit(request));
        admitted.map_err(|refusal| format!("{}: {refusal}", wrong("admitted")))?;
        let refused = subject.with(b"another", |request| subject.admit(request));
        if refused.is_ok() { Err(wrong("refused")) } else { Ok(subject) }
    }

    /// Does the work `passes` times and says the nanoseconds of the processor for one.
    pub(crate) fn cpu_ns(&self, work: Work, passes: usize) -> Outcome<f64> {
        let before = cpu_ns()?;
        self.pass(work, passes);
        Ok((cpu_ns()? - before) / passes as f64)
    }

    /// Does the work. Callgrind counts from here on.
    #[inline(never)]
    pub(crate) fn pass(&self, work: Work, passes: usize) {
        let mut other = self.body.clone();
        other.push(b' ');
        let body = if work == Work::Refuse { &other } else { &self.body };
        self.with(body, |request| {
            for _ in 0..passes {
                let request = black_box(request);
                match work {
                    Work::Compute => drop(black_box(self.signature(request))),
                    Work::Verify | Work::Refuse => drop(black_box(self.admit(request))),
                }
            }
        });
    }

    fn signature(&self, request: &Request<'_>) -> String {
        let canonical = CanonicalRequest::new(request, &self.signed, Dialect::General);
        self.key.sign(&scope(self.time).string_to_sign(&canonical)).to_string()
    }

    fn admit(&self, request: &Request<'_>) -> Result<(), Refusal> {
        let Some(presented) = Presented::find(request)? else {
            return Err(Refusal::UnknownAccessKey);
        };
        let scope = scope(self.time);
        let expected = Expectation::new(scope.region, scope.service, self.time);
        let claim = presented.check(&expected)?;
        claim.verify(request, &self.keys.of(&claim, SECRET))?;
        let is_of_session = claim.is_of_session(Some(TOKEN));
        if is_of_session { Ok(()) } else { Err(Refusal::InvalidSecurityToken) }
    }

    fn with<T>(&self, body: &[u8], then: impl FnOnce(&Request<'_>) -> T) -> T {
        let headers: Vec<(&str, &[u8])> =
            self.headers.iter().map(|(name, value)| (*name, value.as_slice())).collect();
        let payload = Payload::Bytes(body);
        let (method, path, query) = (self.method, self.path, self.query);
        then(&Request { method, path, query, headers: &headers, payload })
    }
}

fn scope(time: Timestamp) -> Scope<'static> {
    Scope { time, region: "us-east-1", service: "execute-api" }
}

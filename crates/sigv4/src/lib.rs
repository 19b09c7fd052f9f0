//! Signature Version 4: how a request to AWS is made canonical, signed and verified. Bytes in, bytes out: no clock, no network.
//! Credentials that change have a [`CredentialSource`], which a [`Signer`] asks; whoever looks them up implements it.
//!
//! Signer and verifier see a request through the same [`CanonicalRequest`]. What it makes is at most three times as long as
//! the request, and takes the time of sorting it: whoever bounds a request has bounded the work on it.
//!
//! Follows the IAM user guide, "Create a signed AWS API request", and what API Gateway answers.
//!
//! A request is signed:
//!
//! ```
//! use vestibule_sigv4::{Credentials, Payload, Request, Scope, Timestamp, sign};
//!
//! let request = Request {
//!     method: "GET",
//!     path: "/",
//!     query: "",
//!     headers: &[("host", b"example.amazonaws.com")],
//!     payload: Payload::Bytes(b""),
//! };
//! let secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned();
//! let credentials = Credentials::new("AKIDEXAMPLE".to_owned(), secret, None);
//! let time = Timestamp::from_epoch_s(1_440_938_160);
//! let scope = Scope { time, region: "us-east-1", service: "service" };
//! let added = sign(&request, &credentials, &scope);
//! assert_eq!(added[0], ("x-amz-date", "20150830T123600Z".to_owned()));
//! assert_eq!(added[1].0, "authorization");
//! assert!(added[1].1.ends_with("5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"));
//! ```
//!
//! And verified, in steps: what it [`Presented`], the [`Claim`] that clock and scope allow, the secret, which the caller looks
//! up, and the signature. Each step refuses with AWS's type of error and words.
//!
//! ```
//! use vestibule_sigv4::{Expectation, Payload, Presented, Refusal, Request, SigningKeys, Timestamp};
//!
//! fn admit(request: &Request<'_>, keys: &SigningKeys, now: Timestamp) -> Result<String, Refusal> {
//!     let Some(presented) = Presented::find(request)? else {
//!         return Ok("nobody".to_owned());
//!     };
//!     let claim = presented.check(&Expectation::new("us-east-1", "service", now))?;
//!     let secret = match claim.access_key_id() {
//!         "AKIDEXAMPLE" => "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
//!         _ => return Err(Refusal::UnknownAccessKey),
//!     };
//!     let verified = claim.verify(request, &keys.of(&claim, secret))?;
//!     Ok(verified.access_key_id().to_owned())
//! }
//!
//! let authorization = b"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, \
//!     SignedHeaders=host;x-amz-date, \
//!     Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
//! let headers: [(&str, &[u8]); 3] = [
//!     ("host", b"example.amazonaws.com"),
//!     ("x-amz-date", b"20150830T123600Z"),
//!     ("authorization", authorization),
//! ];
//! let payload = Payload::Bytes(b"");
//! let mut request = Request { method: "GET", path: "/", query: "", headers: &headers, payload };
//! let (keys, now) = (SigningKeys::new(100), Timestamp::from_epoch_s(1_440_938_160));
//! assert_eq!(admit(&request, &keys, now).unwrap(), "AKIDEXAMPLE");
//! request.payload = Payload::Bytes(b"another body");
//! let refusal = admit(&request, &keys, now).unwrap_err();
//! assert_eq!(refusal.error_type(), "InvalidSignatureException");
//! ```

mod canonical;
mod credentials;
mod dialect;
mod hex;
pub mod limits;
mod partition;
mod request;
mod scope;
mod sign;
mod signer;
mod signing_keys;
mod source;
mod timestamp;
mod verify;

pub use canonical::{CanonicalRequest, SignedHeaders};
pub use credentials::Credentials;
pub use dialect::Dialect;
pub use partition::{domain_of_region, is_host_of_aws};
pub use request::{Payload, Request};
pub use scope::{Scope, Signature, SigningKey};
pub use sign::{sign, sign_with};
pub use signer::Signer;
pub use signing_keys::SigningKeys;
pub use source::{CredentialSource, CredentialsError, FixedCredentials, LookUp};
pub use timestamp::Timestamp;
pub use verify::{Claim, Expectation, Hint, Mismatch, Presented, Refusal, Verified, WrongScope};

//! Signature Version 4: how a request to AWS is made canonical and signed. Bytes in, bytes out: no clock, no network.
//!
//! Signer and verifier see a request through the same [`CanonicalRequest`]. What it makes is at most three times as long as
//! the request, and takes the time of sorting it: whoever bounds a request has bounded the work on it.
//!
//! Follows the IAM user guide, "Create a signed AWS API request".
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

mod canonical;
mod credentials;
mod dialect;
mod hex;
mod scope;
mod sign;
mod timestamp;

pub use canonical::{CanonicalRequest, Payload, Request, SignedHeaders};
pub use credentials::Credentials;
pub use dialect::Dialect;
pub use scope::{Scope, Signature, SigningKey};
pub use sign::sign;
pub use timestamp::Timestamp;

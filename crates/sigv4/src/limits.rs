//! What bounds a signature in time. Work and memory are bounded by the length of a request; how many keys a
//! [`SigningKeys`](crate::SigningKeys) holds is its owner's to say.

/// Seconds by which the clock of a client of API Gateway may differ: AWS's five minutes. Past them a request is refused.
pub const SKEW_S: u32 = 300;

/// The longest time that a presigned request may be good for, in seconds: AWS's week. A longer `X-Amz-Expires` is refused.
pub const EXPIRES_S_MAX: u32 = 604_800;

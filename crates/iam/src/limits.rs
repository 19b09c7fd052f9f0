//! Every bound of this crate, with its unit and what happens past it.

/// Longest policy of an API, in bytes. AWS: the quota "resource policy size" of API Gateway, 8,192
/// bytes, white space counted. Past it, parsing fails.
pub const RESOURCE_POLICY_BYTES_MAX: usize = 8_192;

/// Longest policy that an authorizer returns, in bytes: as an API's. Past it, parsing fails.
pub const AUTHORIZER_POLICY_BYTES_MAX: usize = 8_192;

/// Longest policy of a user or role, in characters without white space. AWS: IAM's quotas allow
/// 6,144 in a managed policy and 10,240 in those written into a role, but AWS's own have 156,916.
/// Past it, a lint says so.
pub const IDENTITY_POLICY_CHARS_MAX: usize = 10_240;

/// Longest trust policy of a role, in characters without white space. AWS: 2,048, on request 4,096
/// (IAM's quotas). Past it, parsing fails.
pub const TRUST_POLICY_CHARS_MAX: usize = 4_096;

/// Longest text of a policy with its white space, in bytes. Past it, parsing fails.
pub const POLICY_TEXT_BYTES_MAX: usize = 512 * 1024;

/// Deepest nesting of objects and arrays in the text of a policy. A condition's values are at five.
/// Past it, parsing fails.
pub const JSON_DEPTH_MAX: usize = 16;

/// Most faults that are reported of one policy. What comes after them is not looked for.
pub const FAULTS_MAX: usize = 20;

/// Most bytes of a policy's own text that a message repeats. Past it, the rest is `...`.
pub const QUOTED_BYTES_MAX: usize = 100;

/// Most digits of a number before its point, and after it. Past it, the number is none.
pub const NUMBER_DIGITS_MAX: usize = 18;

/// Longest date, in bytes. Past it, the date is none.
pub const DATE_BYTES_MAX: usize = 40;

/// Longest ARN of an invocation, in bytes. AWS: 1,600, answered with 414 `Request URI too long`.
pub const INVOKE_ARN_BYTES_MAX: usize = 1_600;

/// Longest `Resource` in a policy that an authorizer returns, in characters. AWS: 512. Past it,
/// parsing fails.
pub const AUTHORIZER_RESOURCE_CHARS_MAX: usize = 512;

/// Most values of one context key that an explanation repeats.
pub const EXPLAINED_VALUES_MAX: usize = 20;

/// Fewest characters in the id of an access key. AWS has 16 at least; its examples have fewer.
pub const ACCESS_KEY_ID_CHARS_MIN: usize = 3;

/// Most characters in the id of an access key. AWS: 128. Past it, the key is refused.
pub const ACCESS_KEY_ID_CHARS_MAX: usize = 128;

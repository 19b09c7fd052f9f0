//! What a token and a set of keys may ask of their reader. Past any of these they are refused.

/// Bytes of a token.
pub(crate) const TOKEN_BYTES_MAX: usize = 16 * 1024;

/// Members of a token's header.
pub(crate) const HEADER_MEMBERS_MAX: usize = 16;

/// Claims of a token.
pub(crate) const CLAIMS_MAX: usize = 256;

/// Bytes of a key's id.
pub(crate) const KEY_ID_BYTES_MAX: usize = 256;

/// Characters of an algorithm's name that an explanation shows.
pub(crate) const SHOWN_CHARS_MAX: usize = 32;

/// Bytes of a set of keys.
pub const KEY_SET_BYTES_MAX: usize = 256 * 1024;

/// Keys of a set, with those that are not used.
pub(crate) const KEYS_MAX: usize = 100;

/// Bytes of an RSA modulus: 2,048 to 8,192 bits.
pub(crate) const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// Bytes of an RSA exponent. Those in use have three.
pub(crate) const EXPONENT_BYTES_MAX: usize = 8;

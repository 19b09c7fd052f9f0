//! Base64 as Java's decoder takes it (`java.util.Base64`): that of templates and of bodies.

use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::{DecodeError, Engine};

/// Java's decoder wants no padding, but when it is there it must be right; bits left over are ignored.
const PADDED: GeneralPurpose = base64_with(DecodePaddingMode::RequireCanonical);
const BARE: GeneralPurpose = base64_with(DecodePaddingMode::RequireNone);

const fn base64_with(padding: DecodePaddingMode) -> GeneralPurpose {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(padding)
        .with_decode_allow_trailing_bits(true);
    GeneralPurpose::new(&STANDARD, config)
}

/// The text of bytes, padded.
pub(crate) fn encode(bytes: &[u8]) -> String {
    PADDED.encode(bytes)
}

/// The bytes of a text; a line end or any other character that is not of the alphabet is an error.
pub(crate) fn decode(text: &[u8]) -> Result<Vec<u8>, DecodeError> {
    let base64 = if text.ends_with(b"=") { PADDED } else { BARE };
    base64.decode(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: oracle (java.util.Base64 of Java 17).
    #[test]
    fn it_takes_what_java_takes() {
        let taken: [(&str, &[u8]); 9] = [
            ("", b""),
            ("xx", b"\xc7"),
            ("xx==", b"\xc7"),
            ("xxx", b"\xc7\x1c"),
            ("xxx=", b"\xc7\x1c"),
            ("xxxx", b"\xc7\x1c\x71"),
            ("QR==", b"A"),
            ("QUJ=", b"AB"),
            ("QUJDRA", b"ABCD"),
        ];
        for (text, bytes) in taken {
            assert_eq!(decode(text.as_bytes()).as_deref(), Ok(bytes), "{text}");
        }
        let refused = [
            "=",
            "==",
            "x",
            "x=",
            "x==",
            "x===",
            "xx=",
            "xx===",
            "xxx==",
            "xxxx=",
            "xxxx==",
            "QQ==QQ==",
            "QQ==\n",
            "QQ\n==",
            " QQ==",
            "QQ== ",
            "Q-_Q",
            "QUJD\r\nRA==",
            "QUJDR",
            "QQ==Q",
            "\u{fffd}QQ=",
        ];
        for text in refused {
            assert!(decode(text.as_bytes()).is_err(), "{text}");
        }
        assert_eq!(encode(b"ABCD"), "QUJDRA==");
    }
}

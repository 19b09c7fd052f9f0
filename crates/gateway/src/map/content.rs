//! Bodies as text or bytes: `binaryMediaTypes` of the API, `contentHandling` of an integration and of its responses.
//!
//! A body is bytes when its `Content-Type` is one of the API's binary media types, and a client wants bytes when the first
//! type of its `Accept` is one. Text that becomes bytes is Base64, and bytes that become text become Base64. Recorded on AWS
//! with S3; AWS docs: api-gateway-payload-encodings-workflow.

use super::base64;
use crate::exchange::{media_type, text};
use ::base64::DecodeError;
use bytes::Bytes;
use std::borrow::Cow;
use std::fmt;
use vestibule_restapi::ContentHandling;

/// The media types of an API whose bodies are bytes.
#[derive(Debug, Default)]
pub(crate) struct BinaryMediaTypes {
    types: Vec<BinaryMediaType>,
}

/// One of them, in lower case and without parameters.
#[derive(Debug)]
enum BinaryMediaType {
    /// `*/*`
    Every,
    /// `image/*`, kept as `image/`.
    Below(String),
    /// `image/png`. A star in any other place means itself.
    Exactly(String),
}

impl BinaryMediaTypes {
    /// Those that a definition lists.
    pub(crate) fn new<'t>(listed: impl Iterator<Item = &'t str>) -> BinaryMediaTypes {
        let types = listed.map(|listed| {
            let bare = listed.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
            match bare.strip_suffix('*') {
                Some("*/") => BinaryMediaType::Every,
                Some(above) if above.ends_with('/') => BinaryMediaType::Below(above.to_owned()),
                Some(_) | None => BinaryMediaType::Exactly(bare),
            }
        });
        BinaryMediaTypes { types: types.collect() }
    }

    /// Whether the value of a `Content-Type` or `Accept` header is one of them: of a list the first type counts alone, and
    /// without a header it is `application/json`.
    pub(crate) fn has(&self, header: Option<&str>) -> bool {
        if self.types.is_empty() {
            return false;
        }
        let wanted = media_type(header);
        self.types.iter().any(|known| match known {
            BinaryMediaType::Every => true,
            BinaryMediaType::Below(above) => wanted.starts_with(above.as_str()),
            BinaryMediaType::Exactly(exactly) => *exactly == wanted,
        })
    }
}

/// A body with what it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// Text. What is not UTF-8 in it is replaced as soon as someone looks.
    Text(Bytes),
    /// Bytes, which pass as they are and which no template sees.
    Binary(Bytes),
}

/// Why a body that had to be Base64 is not.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotBase64(DecodeError);

impl fmt::Display for NotBase64 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            DecodeError::InvalidByte(at, byte) => {
                write!(f, "byte {at} is `{}`, which is not of Base64", byte.escape_ascii())
            }
            DecodeError::InvalidLength(_) | DecodeError::InvalidLastSymbol(..) => {
                f.write_str("its last group is not whole")
            }
            DecodeError::InvalidPadding => f.write_str("its padding is wrong"),
        }
    }
}

/// What the operator is told of bytes that a template should have worked on. It begins as AWS's execution log does.
pub(super) fn unseen(what: &str, content_type: Option<&str>, types: &BinaryMediaTypes) -> String {
    let cause = if types.has(content_type) {
        format!("`{}` is among `binaryMediaTypes`", media_type(content_type))
    } else {
        "they were decoded from Base64".to_owned()
    };
    format!(
        "Unable to transform {what}: a template works on text, and the body is bytes ({cause}); \
         `contentHandling: CONVERT_TO_TEXT` gives it text"
    )
}

/// What the operator is told of a body that had to be Base64. It begins as AWS's execution log does.
pub(super) fn undecoded(
    what: &str,
    reason: &NotBase64,
    handling: Option<ContentHandling>,
) -> String {
    let cause = match handling {
        Some(handling) => format!("`contentHandling: {}`", handling.as_str()),
        None => "the first type of `Accept` is among `binaryMediaTypes`".to_owned(),
    };
    format!("Unable to base64 decode the body of the {what}: {reason} ({cause})")
}

/// Both ends of a reply, and what its integration response says of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ReplyHeaders<'h> {
    /// `Content-Type` of the reply.
    pub(crate) content_type: Option<&'h str>,
    /// `Accept` of the client's request.
    pub(crate) accept: Option<&'h str>,
}

impl Content {
    /// The body of a request with this `Content-Type` as its integration gets it.
    pub(crate) fn of_request(
        body: Bytes,
        content_type: Option<&str>,
        types: &BinaryMediaTypes,
        handling: Option<ContentHandling>,
    ) -> Result<Content, NotBase64> {
        match (types.has(content_type), handling) {
            (false, None | Some(ContentHandling::ConvertToText)) => Ok(Content::Text(body)),
            (false, Some(ContentHandling::ConvertToBinary)) => decoded(&body),
            (true, None | Some(ContentHandling::ConvertToBinary)) => Ok(Content::Binary(body)),
            (true, Some(ContentHandling::ConvertToText)) => Ok(encoded(&body)),
        }
    }

    /// The body of a reply as its client gets it. Without content handling the client's wish decides.
    pub(crate) fn of_reply(
        body: Bytes,
        headers: ReplyHeaders<'_>,
        types: &BinaryMediaTypes,
        handling: Option<ContentHandling>,
    ) -> Result<Content, NotBase64> {
        let becomes_text = match handling {
            Some(ContentHandling::ConvertToText) => true,
            Some(ContentHandling::ConvertToBinary) => false,
            None => !types.has(headers.accept),
        };
        match (types.has(headers.content_type), becomes_text) {
            (false, true) => Ok(Content::Text(body)),
            (false, false) => decoded(&body),
            (true, true) => Ok(encoded(&body)),
            (true, false) => Ok(Content::Binary(body)),
        }
    }

    /// What a template works on; `None` for bytes.
    pub(crate) fn text(&self) -> Option<Cow<'_, str>> {
        match self {
            Content::Text(body) => Some(text(body)),
            Content::Binary(_) => None,
        }
    }

    /// What passes where no template is.
    pub(crate) fn into_bytes(self) -> Bytes {
        match self {
            Content::Text(body) => {
                let replaced = match text(&body) {
                    Cow::Borrowed(_) => None,
                    Cow::Owned(replaced) => Some(replaced),
                };
                replaced.map_or(body, Bytes::from)
            }
            Content::Binary(body) => body,
        }
    }
}

fn encoded(body: &[u8]) -> Content {
    Content::Text(base64::encode(body).into())
}

fn decoded(body: &[u8]) -> Result<Content, NotBase64> {
    let decoded = base64::decode(body).map_err(NotBase64)?;
    Ok(Content::Binary(decoded.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ContentHandling::{ConvertToBinary, ConvertToText};

    fn types(listed: &[&str]) -> BinaryMediaTypes {
        BinaryMediaTypes::new(listed.iter().copied())
    }

    // Source: recorded (the wildcards and the first type of a list); AWS docs (`*/*`); inferred (case, parameters, no header).
    #[test]
    fn a_media_type_is_one_of_the_api_s() {
        let png = types(&["image/png", "*/test", "application/*"]);
        for has in ["image/png", "IMAGE/PNG; q=1", "image/png, text/html", "application/anything"] {
            assert!(png.has(Some(has)), "{has}");
        }
        for has_not in ["image/*", "*/*", "text/html, image/png", "any/test", "applications/x"] {
            assert!(!png.has(Some(has_not)), "{has_not}");
        }
        // Without a header it is JSON, which this list has.
        assert!(png.has(None));
        assert!(!types(&["image/png"]).has(None));
        assert!(types(&["Image/PNG; charset=x"]).has(Some("image/png")));
        for any in [None, Some("text/html"), Some("*/*"), Some("nonsense")] {
            assert!(types(&["*/*"]).has(any), "{any:?}");
            assert!(!types(&[]).has(any), "{any:?}");
        }
    }

    /// gzip of some text: not UTF-8.
    const RAW: &[u8] = b"\x1f\x8b\x08\x00\x14l\xeec\x02\xff";
    const REPLACED: &[u8] = "\u{1f}\u{fffd}\u{8}\0\u{14}l\u{fffd}c\u{2}\u{fffd}".as_bytes();
    const ENCODED: &[u8] = b"H4sIABRs7mMC/w==";
    const ENCODED_TWICE: &[u8] = b"SDRzSUFCUnM3bU1DL3c9PQ==";
    const PLAIN: &[u8] = b"this is a UTF8 text typed object";
    const PLAIN_ENCODED: &[u8] = b"dGhpcyBpcyBhIFVURjggdGV4dCB0eXBlZCBvYmplY3Q=";

    /// What becomes of [`RAW`], [`ENCODED`] and [`PLAIN`]; `None` when it cannot.
    type Expected = [Option<&'static [u8]>; 3];

    /// What passes; `None` when it is not Base64.
    fn passes(content: Result<Content, NotBase64>) -> Option<Bytes> {
        content.ok().map(Content::into_bytes)
    }

    // Source: recorded (with S3, each line).
    #[test]
    fn requests_are_converted_by_their_type_and_the_content_handling() {
        let png = types(&["image/png"]);
        let table: [(&str, Option<ContentHandling>, Expected); 6] = [
            ("text/plain", None, [Some(REPLACED), Some(ENCODED), Some(PLAIN)]),
            ("text/plain", Some(ConvertToText), [Some(REPLACED), Some(ENCODED), Some(PLAIN)]),
            ("text/plain", Some(ConvertToBinary), [None, Some(RAW), None]),
            ("image/png", None, [Some(RAW), Some(ENCODED), Some(PLAIN)]),
            ("image/png", Some(ConvertToBinary), [Some(RAW), Some(ENCODED), Some(PLAIN)]),
            (
                "image/png",
                Some(ConvertToText),
                [Some(ENCODED), Some(ENCODED_TWICE), Some(PLAIN_ENCODED)],
            ),
        ];
        for (content_type, handling, expected) in table {
            for (body, expected) in [RAW, ENCODED, PLAIN].into_iter().zip(expected) {
                let body = Bytes::from_static(body);
                let content = Content::of_request(body, Some(content_type), &png, handling);
                assert_eq!(passes(content).as_deref(), expected, "{content_type} {handling:?}");
            }
        }
    }

    // Source: recorded (with S3, each line).
    #[test]
    fn replies_are_converted_by_their_type_the_client_s_wish_and_the_content_handling() {
        const TEXT: &str = "binary/octet-stream";
        const PNG: &str = "image/png";
        let png = types(&[PNG]);
        let as_text = [Some(REPLACED), Some(ENCODED), Some(PLAIN)];
        let as_decoded = [None, Some(RAW), None];
        let as_encoded = [Some(ENCODED), Some(ENCODED_TWICE), Some(PLAIN_ENCODED)];
        let as_bytes = [Some(RAW), Some(ENCODED), Some(PLAIN)];
        let table: [(&str, &str, Option<ContentHandling>, Expected); 12] = [
            (TEXT, TEXT, None, as_text),
            (TEXT, PNG, None, as_decoded),
            (PNG, TEXT, None, as_encoded),
            (PNG, PNG, None, as_bytes),
            (TEXT, TEXT, Some(ConvertToText), as_text),
            (TEXT, PNG, Some(ConvertToText), as_text),
            (PNG, TEXT, Some(ConvertToText), as_encoded),
            (PNG, PNG, Some(ConvertToText), as_encoded),
            (TEXT, TEXT, Some(ConvertToBinary), as_decoded),
            (TEXT, PNG, Some(ConvertToBinary), as_decoded),
            (PNG, TEXT, Some(ConvertToBinary), as_bytes),
            (PNG, PNG, Some(ConvertToBinary), as_bytes),
        ];
        for (content_type, accept, handling, expected) in table {
            for (body, expected) in [RAW, ENCODED, PLAIN].into_iter().zip(expected) {
                let (body, content_type) = (Bytes::from_static(body), Some(content_type));
                let headers = ReplyHeaders { content_type, accept: Some(accept) };
                let content = Content::of_reply(body, headers, &png, handling);
                let what = format!("{content_type:?} to {accept} {handling:?}");
                assert_eq!(passes(content).as_deref(), expected, "{what}");
            }
        }
    }

    // Source: recorded (bytes and a template are 500); AWS docs (Base64 text is seen).
    #[test]
    fn a_template_sees_text_alone() {
        let png = types(&["image/png"]);
        let seen = |handling| {
            let body = Bytes::from_static(RAW);
            let content = Content::of_request(body, Some("image/png"), &png, handling).unwrap();
            content.text().map(Cow::into_owned)
        };
        assert_eq!(seen(None), None);
        assert_eq!(seen(Some(ConvertToText)).as_deref(), Some("H4sIABRs7mMC/w=="));
    }

    #[test]
    fn what_is_not_base64_is_told() {
        let told = |body: &'static str| {
            let (body, handling) = (Bytes::from_static(body.as_bytes()), Some(ConvertToBinary));
            let content = Content::of_request(body, None, &types(&[]), handling);
            content.unwrap_err().to_string()
        };
        assert_eq!(told("this is text"), "byte 4 is ` `, which is not of Base64");
        assert_eq!(told("QQ==\n"), "byte 4 is `\\n`, which is not of Base64");
        assert_eq!(told("QUJDR"), "its last group is not whole");
        assert_eq!(told("QQ="), "its padding is wrong");
    }
}

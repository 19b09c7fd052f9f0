//! The path of a canonical request.

use super::RESERVED;
use percent_encoding::{percent_decode, percent_encode};

/// How the path of a request is written in a canonical request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PathForm {
    /// Normalised, and what is sent of it encoded once more: most services.
    EncodedAgain,
    /// As it is sent: Amazon S3.
    AsSent,
    /// Encoded once more, and not normalised.
    EncodedAgainUnnormalised,
    /// Normalised, and not encoded once more.
    Normalised,
}

/// The path in one of its forms.
pub(super) fn canonical(path: &str, form: PathForm, out: &mut Vec<u8>) {
    match form {
        PathForm::EncodedAgain => normalised(path, push_encoded, out),
        PathForm::Normalised => normalised(path, push_as_sent, out),
        PathForm::EncodedAgainUnnormalised => each_segment(path, push_encoded, out),
        // An escaped slash is part of a segment, and stays escaped.
        PathForm::AsSent => each_segment(path, push_as_sent, out),
    }
}

/// Empty segments and dots are resolved. A path that ends with a slash, `.` or `..` ends with a slash (RFC 3986; some clients
/// leave it out behind the dots).
fn normalised(path: &str, push: fn(&str, &mut Vec<u8>), out: &mut Vec<u8>) {
    let mut segments: Vec<&str> = Vec::new();
    let mut ends_with_slash = true;
    for segment in path.split('/') {
        ends_with_slash = matches!(segment, "" | "." | "..");
        match segment {
            "" | "." => {}
            ".." => {
                segments.pop();
            }
            named => segments.push(named),
        }
    }
    for segment in &segments {
        out.push(b'/');
        push(segment, out);
    }
    if ends_with_slash || segments.is_empty() {
        out.push(b'/');
    }
}

fn each_segment(path: &str, push: fn(&str, &mut Vec<u8>), out: &mut Vec<u8>) {
    if !path.starts_with('/') {
        out.push(b'/');
    }
    for (at, segment) in path.split('/').enumerate() {
        if at > 0 {
            out.push(b'/');
        }
        push(segment, out);
    }
}

/// Encodes what is sent once more: `%20` becomes `%2520`.
fn push_encoded(segment: &str, out: &mut Vec<u8>) {
    let pieces = percent_encode(segment.as_bytes(), RESERVED);
    pieces.for_each(|piece| out.extend_from_slice(piece.as_bytes()));
}

/// Encodes each byte once. An escape of a byte that needs none is undone; a `%` that begins no escape is encoded.
fn push_as_sent(segment: &str, out: &mut Vec<u8>) {
    let decoded: Vec<u8> = percent_decode(segment.as_bytes()).collect();
    percent_encode(&decoded, RESERVED).for_each(|piece| out.extend_from_slice(piece.as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(form: PathForm, path: &str) -> String {
        let mut out = Vec::new();
        canonical(path, form, &mut out);
        String::from_utf8(out).unwrap()
    }

    /// Source: AWS's test suite, RFC 3986.
    #[test]
    fn a_path_is_normalised_and_encoded_again() {
        for (path, expected) in [
            ("", "/"),
            ("/", "/"),
            ("//", "/"),
            ("a", "/a"),
            ("//example//", "/example/"),
            ("/./example", "/example"),
            ("/example1/example2/../..", "/"),
            ("/../x", "/x"),
            ("/a/b/..", "/a/"),
            ("/a/.", "/a/"),
            ("/a%20b/%2e%2e/c+d@e", "/a%2520b/%252e%252e/c%2Bd%40e"),
            ("/\u{1234}", "/%E1%88%B4"),
        ] {
            assert_eq!(of(PathForm::EncodedAgain, path), expected, "{path}");
        }
    }

    /// Source: the S3 API reference: the path is encoded once and not normalised.
    #[test]
    fn the_path_of_s3_is_encoded_once() {
        for (path, expected) in [
            ("", "/"),
            ("/", "/"),
            ("//a/../b/", "//a/../b/"),
            ("/test%24file.text", "/test%24file.text"),
            ("/test$file%7e%41%2fx", "/test%24file~A%2Fx"),
            ("/100%/%zz", "/100%25/%25zz"),
        ] {
            assert_eq!(of(PathForm::AsSent, path), expected, "{path}");
        }
    }
    #[test]
    fn each_half_can_be_done_alone() {
        let path = "/a//b/../%20/.";
        assert_eq!(of(PathForm::EncodedAgain, path), "/a/%2520/");
        assert_eq!(of(PathForm::Normalised, path), "/a/%20/");
        assert_eq!(of(PathForm::EncodedAgainUnnormalised, path), "/a//b/../%2520/.");
        assert_eq!(of(PathForm::AsSent, path), "/a//b/../%20/.");
    }
}

//! The path of a canonical request.

use super::RESERVED;
use percent_encoding::{percent_decode, percent_encode};

/// The path as it is on the wire, normalised and encoded once more: `%20` becomes `%2520`. A path that ends with a slash, `.`
/// or `..` ends with a slash (RFC 3986; some clients leave it out behind the dots).
pub(super) fn encoded_again(path: &str, out: &mut Vec<u8>) {
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
        push_encoded(segment.as_bytes(), out);
    }
    if ends_with_slash || segments.is_empty() {
        out.push(b'/');
    }
}

/// The path as Amazon S3 reads it: nothing is normalised, and each byte is encoded once. An escape of a byte that needs none
/// is undone; a `%` that begins no escape is encoded.
pub(super) fn as_sent(path: &str, out: &mut Vec<u8>) {
    if !path.starts_with('/') {
        out.push(b'/');
    }
    // An escaped slash is part of a segment, and stays escaped.
    for (at, segment) in path.split('/').enumerate() {
        if at > 0 {
            out.push(b'/');
        }
        let decoded: Vec<u8> = percent_decode(segment.as_bytes()).collect();
        push_encoded(&decoded, out);
    }
}

fn push_encoded(bytes: &[u8], out: &mut Vec<u8>) {
    percent_encode(bytes, RESERVED).for_each(|piece| out.extend_from_slice(piece.as_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(make: fn(&str, &mut Vec<u8>), path: &str) -> String {
        let mut out = Vec::new();
        make(path, &mut out);
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
            assert_eq!(of(encoded_again, path), expected, "{path}");
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
            assert_eq!(of(as_sent, path), expected, "{path}");
        }
    }
}

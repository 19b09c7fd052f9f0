//! The query of a canonical request.

use super::RESERVED;
use percent_encoding::{percent_decode, percent_encode};

/// Each name and value decoded once and encoded by RFC 3986, sorted by name and then by value. `+` is a plus, a name without
/// `=` has the empty value, a `%` that begins no escape is encoded.
pub(super) fn sorted(query: &str, out: &mut Vec<u8>) {
    let pieces = query.split('&').filter(|piece| !piece.is_empty());
    let pair = |piece: &str| {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        (encoded(name), encoded(value))
    };
    let mut pairs: Vec<(String, String)> = pieces.map(pair).collect();
    pairs.sort_unstable();
    for (at, (name, value)) in pairs.iter().enumerate() {
        if at > 0 {
            out.push(b'&');
        }
        out.extend_from_slice(name.as_bytes());
        out.push(b'=');
        out.extend_from_slice(value.as_bytes());
    }
}

fn encoded(text: &str) -> String {
    let decoded: Vec<u8> = percent_decode(text.as_bytes()).collect();
    percent_encode(&decoded, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> String {
        let mut out = Vec::new();
        sorted(query, &mut out);
        String::from_utf8(out).unwrap()
    }

    /// Source: AWS's documentation of the canonical request; of broken escapes inferred.
    #[test]
    fn names_and_values_are_encoded_and_sorted() {
        for (query, expected) in [
            ("", ""),
            ("flag", "flag="),
            ("b=2&a=b&a=B&a=&A=1&a=10&a=9", "A=1&a=&a=10&a=9&a=B&a=b&b=2"),
            ("artist=No%20One&b=", "artist=No%20One&b="),
            ("c+d", "c%2Bd="),
            ("x=1=2&y=a/b:c*", "x=1%3D2&y=a%2Fb%3Ac%2A"),
            ("%7e=%c3%a9&&", "~=%C3%A9"),
            ("p=100%&q=%zz", "p=100%25&q=%25zz"),
            ("\u{1234}=bar", "%E1%88%B4=bar"),
        ] {
            assert_eq!(of(query), expected, "{query}");
        }
    }
}

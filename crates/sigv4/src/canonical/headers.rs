//! The headers of a canonical request, and the list of those that are signed.

use std::borrow::Cow;
use std::fmt;

/// The names of the signed headers: in lower case, sorted, each once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedHeaders(Vec<String>);

impl SignedHeaders {
    /// The list of these names, which may be in any case and order.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> SignedHeaders {
        let mut names: Vec<String> = names.into_iter().map(str::to_ascii_lowercase).collect();
        names.sort_unstable();
        names.dedup();
        SignedHeaders(names)
    }

    /// The list of a client, such as `host;x-amz-date`. Its letters stay as they are: a name in upper case names no header.
    pub(crate) fn declared(list: &str) -> SignedHeaders {
        let mut names: Vec<String> = list.split(';').map(str::to_owned).collect();
        names.sort_unstable();
        // Else a list that names one header over and over would make a long text of a short request.
        names.dedup();
        SignedHeaders(names)
    }

    /// `host;x-amz-date`.
    pub(crate) fn joined(&self) -> String {
        self.0.join(";")
    }

    /// Whether the list has a name, which is in lower case.
    pub fn contains(&self, name: &str) -> bool {
        self.0.iter().any(|known| known == name)
    }
}

/// `host;x-amz-date`.
impl fmt::Display for SignedHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.joined())
    }
}

/// One line a signed header. Several values of one are joined with commas, in their order.
pub(super) fn lines(headers: &[(&str, &[u8])], signed: &SignedHeaders, out: &mut Vec<u8>) {
    let mut by_name: Vec<(Cow<'_, str>, &[u8])> =
        headers.iter().map(|(name, value)| (lower(name), *value)).collect();
    // Stable, so that the values of one name keep their order.
    by_name.sort_by(|(left, _), (right, _)| left.cmp(right));
    for name in &signed.0 {
        out.extend_from_slice(name.as_bytes());
        out.push(b':');
        // HTTP/2 has the name of HTTP/1.1's `Host` in a field of its own.
        let name = if name == ":authority" { "host" } else { name };
        let start = by_name.partition_point(|(known, _)| &**known < name);
        let named = by_name.iter().skip(start).take_while(|(known, _)| known == name);
        for (at, (_, value)) in named.enumerate() {
            if at > 0 {
                out.push(b',');
            }
            push_trimmed(value, out);
        }
        out.push(b'\n');
    }
}

fn lower(name: &str) -> Cow<'_, str> {
    if name.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(name.to_ascii_lowercase())
    } else {
        Cow::Borrowed(name)
    }
}

/// A value without white space at its ends, and of several spaces in a row one.
fn push_trimmed(value: &[u8], out: &mut Vec<u8>) {
    let mut before = b' ';
    for &byte in value.trim_ascii() {
        if byte != b' ' || before != b' ' {
            out.push(byte);
        }
        before = byte;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &[(&str, &[u8])], signed: &[&str]) -> String {
        let mut out = Vec::new();
        lines(headers, &SignedHeaders::new(signed.iter().copied()), &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }

    /// Source: AWS's documentation of the canonical request.
    #[test]
    fn values_are_trimmed_and_joined_in_their_order() {
        let headers: [(&str, &[u8]); 4] =
            [("X-B", b"  4   1 "), ("Host", b"h"), ("x-b", b"\t1\t"), ("X-Other", b"no")];
        assert_eq!(of(&headers, &["X-B", "host"]), "host:h\nx-b:4 1,1\n");
    }

    #[test]
    fn a_signed_header_that_is_not_there_is_empty() {
        assert_eq!(of(&[("host", b"h")], &["date", "host"]), "date:\nhost:h\n");
        assert_eq!(of(&[("x", b"   ")], &["x", "x", "X"]), "x:\n");
    }

    #[test]
    fn the_list_is_sorted_and_has_each_name_once() {
        let signed = SignedHeaders::new(["X-Amz-Date", "host", "x-amz-date"]);
        assert_eq!(signed.to_string(), "host;x-amz-date");
        assert_eq!(SignedHeaders::new([]).to_string(), "");
    }
}

//! The query of a canonical request.

use super::RESERVED;
use percent_encoding::{percent_decode, percent_encode};
use std::borrow::Cow;

/// How the names and values of a query are written in a canonical request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QueryForm {
    /// As documented: each decoded once and encoded by RFC 3986. `+` is a plus.
    Encoded,
    /// As they stand, sorted alone: botocore signs so what is already in a URL.
    Verbatim,
    /// As documented, but `+` is a space.
    PlusIsSpace,
    /// As it was sent: not even sorted.
    AsSent,
}

/// Names and values sorted by name and then by value, without the parameters that are left out. A name without `=` has the
/// empty value, a `%` that begins no escape is encoded.
pub(super) fn sorted(query: &str, form: QueryForm, left_out: &[&str], out: &mut Vec<u8>) {
    if query.is_empty() {
        return;
    }
    let is_left_out = |name: &str| !left_out.is_empty() && left_out.contains(&&*decoded(name));
    if form == QueryForm::AsSent {
        let kept = |piece: &&str| !is_left_out(piece.split_once('=').map_or(piece, |it| it.0));
        let pieces: Vec<&str> = query.split('&').filter(kept).collect();
        return out.extend_from_slice(pieces.join("&").as_bytes());
    }
    // botocore keeps the empty pieces of what it does not write anew.
    let pieces = query.split('&').filter(|piece| form == QueryForm::Verbatim || !piece.is_empty());
    let mut pairs: Vec<(Cow<'_, str>, Cow<'_, str>)> = pieces
        .map(|piece| piece.split_once('=').unwrap_or((piece, "")))
        .filter(|(name, _)| !is_left_out(name))
        .map(|(name, value)| (written(name, form), written(value, form)))
        .collect();
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

/// Whether a query that is signed verbatim is another one than the documented one.
pub(crate) fn differs_verbatim(query: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let is_as_documented = |piece: &str| {
        let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
        !piece.is_empty() && name.bytes().chain(value.bytes()).all(is_plain)
    };
    !query.is_empty() && !query.split('&').all(is_as_documented)
}

/// Whether a query has a `+` or `;` as such. Its reader takes them for a space and the end of a parameter; the documented form takes
/// them for what `%2B` and `%3B` are.
pub(crate) fn has_two_meanings(query: &str) -> bool {
    query.contains(['+', ';'])
}

/// The text that a name or value of a query stands for. `+` is a plus, bytes that are not UTF-8 are replaced.
pub(crate) fn decoded(text: &str) -> Cow<'_, str> {
    percent_decode(text.as_bytes()).decode_utf8_lossy()
}

fn written(text: &str, form: QueryForm) -> Cow<'_, str> {
    let text = match form {
        QueryForm::Verbatim | QueryForm::AsSent => return Cow::Borrowed(text),
        QueryForm::PlusIsSpace => Cow::Owned(text.replace('+', " ")),
        QueryForm::Encoded => Cow::Borrowed(text),
    };
    let bytes: Cow<'_, [u8]> = percent_decode(text.as_bytes()).into();
    Cow::Owned(percent_encode(&bytes, RESERVED).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(query: &str) -> String {
        written_as(QueryForm::Encoded, query, &[])
    }

    fn written_as(form: QueryForm, query: &str, left_out: &[&str]) -> String {
        let mut out = Vec::new();
        sorted(query, form, left_out, &mut out);
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
    /// Source: botocore 1.44.5, `_canonical_query_string_url`.
    #[test]
    fn verbatim_is_sorted_alone() {
        let of = |query| written_as(QueryForm::Verbatim, query, &[]);
        assert_eq!(of("q=a+b&r=a%2Bb&c=%c3%a9*&flag"), "c=%c3%a9*&flag=&q=a+b&r=a%2Bb");
        assert_eq!(of("a=1&&b"), "=&a=1&b=");
    }

    #[test]
    fn parameters_can_be_left_out() {
        let of = |query| written_as(QueryForm::Encoded, query, &["X-Amz-Signature"]);
        assert_eq!(of("x=1&X-Amz-Signature=0a&X-Amz-Date=d&X-Amz-Signature"), "X-Amz-Date=d&x=1");
        assert_eq!(of("X%2DAmz-Signature=0a&x-amz-signature=1"), "x-amz-signature=1");
        assert_eq!(of("X-Amz-Signature=0a"), "");
    }

    #[test]
    fn a_query_can_stay_as_it_is() {
        let of = |query| written_as(QueryForm::AsSent, query, &["s"]);
        assert_eq!(of("b=+&s=1&a&&s&c=%2f"), "b=+&a&&c=%2f");
    }

    #[test]
    fn a_plus_can_be_a_space() {
        let of = |query| written_as(QueryForm::PlusIsSpace, query, &[]);
        assert_eq!(of("a+b=c+%2B"), "a%20b=c%20%2B");
    }
    #[test]
    fn a_plain_query_is_the_same_verbatim() {
        for query in ["", "a=1&b", "b=-._~&a"] {
            assert!(!differs_verbatim(query), "{query}");
            assert_eq!(of(query), written_as(QueryForm::Verbatim, query, &[]));
        }
        for query in ["a+b", "a=b=c", "&a", "a&", "a&&b", "a=*", "%c3", "\u{e9}"] {
            assert!(differs_verbatim(query), "{query}");
            assert_ne!(of(query), written_as(QueryForm::Verbatim, query, &[]), "{query}");
        }
    }
}

//! The raw path of a request: what routing sees of it. Nothing is percent-decoded; `%2F` stays inside its segment.

/// The path without doubled slashes at its start and without the slash at its end; always starts with `/`.
/// Recorded on AWS: `//stage/x` is `/stage/x`, `/stage//x` has the path `/x`, inner doubled slashes stay.
pub(crate) fn normal(raw: &str) -> &str {
    let rest = without_doubled_start(raw);
    match rest.strip_suffix('/') {
        Some("") | None => rest,
        Some(shorter) => shorter,
    }
}

/// The path with the doubled slashes at its start made one.
pub(crate) fn without_doubled_start(raw: &str) -> &str {
    let doubled = raw.len() - raw.trim_start_matches('/').len();
    raw.get(doubled.saturating_sub(1)..).unwrap_or(raw)
}

/// Takes the first segment off a normal path: `/a/b` is `a` and `/b`; `/a` is `a` and the empty path.
pub(crate) fn split_first(path: &str) -> (&str, &str) {
    let rest = path.strip_prefix('/').unwrap_or(path);
    match rest.find('/') {
        Some(at) => (rest.get(..at).unwrap_or(rest), rest.get(at..).unwrap_or("")),
        None => (rest, ""),
    }
}

/// Whether each `%` is followed by two hexadecimal digits.
pub(crate) fn has_whole_escapes(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.iter().enumerate().filter(|(_, byte)| **byte == b'%').all(|(at, _)| {
        let digit = |offset: usize| bytes.get(at + offset).is_some_and(u8::is_ascii_hexdigit);
        digit(1) && digit(2)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leading_slashes_collapse_and_the_last_one_goes() {
        for (raw, expected) in [
            ("/", "/"),
            ("//", "/"),
            ("//stage/x", "/stage/x"),
            ("/x/", "/x"),
            ("/a//b", "/a//b"),
            ("/x//", "/x/"),
            ("", ""),
        ] {
            assert_eq!(normal(raw), expected, "{raw}");
        }
    }

    #[test]
    fn the_first_segment_comes_off() {
        assert_eq!(split_first("/a/b"), ("a", "/b"));
        assert_eq!(split_first("/a"), ("a", ""));
        assert_eq!(split_first("/a//b"), ("a", "//b"));
        assert_eq!(split_first("/"), ("", ""));
    }

    #[test]
    fn broken_escapes_are_seen() {
        assert!(has_whole_escapes("/a%2Fb%c3"));
        assert!(!has_whole_escapes("/%zz"));
        assert!(!has_whole_escapes("/a%2"));
    }
}

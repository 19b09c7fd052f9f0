//! The query string, decoded: `+` and `%20` are spaces, a name may stand several times (recorded on AWS).

use percent_encoding::percent_decode;

/// Decodes a query into names and values in order; `None` when an escape is broken or the bytes are not UTF-8.
/// `;` separates like `&` (AWS docs: known issues). A name without `=` has the empty value.
pub(crate) fn decoded(query: &str) -> Option<Vec<(String, String)>> {
    if !super::path::has_whole_escapes(query) {
        return None;
    }
    query
        .split(['&', ';'])
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((text(name)?, text(value)?))
        })
        .collect()
}

fn text(encoded: &str) -> Option<String> {
    let spaced = encoded.replace('+', " ");
    Some(percent_decode(spaced.as_bytes()).decode_utf8().ok()?.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_decoded_and_keep_their_order() {
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(
            decoded("a=books&b=x+y%20z&a=x&flag&&c=%C3%A9;d=1=2"),
            Some(vec![
                pair("a", "books"),
                pair("b", "x y z"),
                pair("a", "x"),
                pair("flag", ""),
                pair("c", "é"),
                pair("d", "1=2"),
            ])
        );
        assert_eq!(decoded(""), Some(vec![]));
    }

    #[test]
    fn broken_escapes_and_other_bytes_are_refused() {
        assert_eq!(decoded("a=%zz"), None);
        assert_eq!(decoded("a=%ff"), None);
    }
}

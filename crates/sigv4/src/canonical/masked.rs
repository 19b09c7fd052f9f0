//! A canonical request without its secrets, for those who are not its client.

use super::query::decoded;
use std::borrow::Cow;

/// The text with `***` for the values of `X-Amz-Security-Token` and of the headers and parameters that `is_secret` says yes to.
pub(super) fn masked(text: &[u8], is_secret: impl Fn(&str) -> bool) -> String {
    let value_masked = |line: &str, between: char| {
        let Some((name, _)) = line.split_once(between) else {
            return line.to_owned();
        };
        let plain_name = decoded(name).to_ascii_lowercase();
        let is_secret = plain_name == "x-amz-security-token" || is_secret(&plain_name);
        if is_secret { format!("{name}{between}***") } else { line.to_owned() }
    };
    let text = String::from_utf8_lossy(text);
    let mut lines = text.split('\n');
    let verb_and_path = lines.by_ref().take(2).map(Cow::Borrowed);
    let mut out: Vec<Cow<'_, str>> = verb_and_path.collect();
    let query = lines.next().unwrap_or("");
    let pairs: Vec<String> = query.split('&').map(|pair| value_masked(pair, '=')).collect();
    out.push(Cow::Owned(pairs.join("&")));
    let headers = lines.by_ref().take_while(|line| !line.is_empty());
    out.extend(headers.map(|line| Cow::Owned(value_masked(line, ':'))));
    // The empty line behind the headers.
    out.push(Cow::Borrowed(""));
    out.extend(lines.map(Cow::Borrowed));
    out.join("\n")
}

#[cfg(test)]
mod tests {
    use crate::{CanonicalRequest, Dialect, Payload, Request, SignedHeaders};

    #[test]
    fn secrets_are_masked() {
        let headers: [(&str, &[u8]); 4] = [
            ("host", b"h:8080"),
            ("cookie", b"session=1"),
            ("x-amz-security-token", b"TOKEN"),
            ("x-note", b"a:b"),
        ];
        let request = Request {
            method: "GET",
            path: "/prod/X-Amz-Security-Token=1",
            query: "X-Amz-Security-Token=TOKEN&b=1&password=2&flag",
            headers: &headers,
            payload: Payload::Bytes(b""),
        };
        let signed = SignedHeaders::new(headers.map(|(name, _)| name));
        let canonical = CanonicalRequest::new(&request, &signed, Dialect::General);
        assert_eq!(
            canonical.masked(|name| ["cookie", "password"].contains(&name)),
            "GET\n/prod/X-Amz-Security-Token%3D1\nX-Amz-Security-Token=***&b=1&flag=&password=***\n\
             cookie:***\nhost:h:8080\nx-amz-security-token:***\nx-note:a:b\n\n\
             cookie;host;x-amz-security-token;x-note\n\
             e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        );
        assert!(canonical.masked(|_| false).contains("cookie:session=1\n"));
    }
}

//! Where the API answers, and a line that shows it when pasted into a shell.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::routes::Row;

/// Returns the URL under which this machine reaches `address`, without a slash at its end. An
/// address that means every network is reached by loopback.
pub fn base_url(address: SocketAddr, is_tls: bool) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    let scheme = if is_tls { "https" } else { "http" };
    format!("{scheme}://{}", SocketAddr::new(ip, address.port()))
}

/// Returns the curl line of the route that is best to try: a GET that is known to work, else a GET
/// without parameters. Nothing when there is none: a line that does not work is worse.
pub fn curl(base_url: &str, rows: &[Row]) -> Option<String> {
    let open = || rows.iter().filter(|row| row.verb == "GET" && row.authorization == "NONE");
    let known = open().filter_map(|row| row.example.as_deref()).find(|path| is_sendable(path));
    let plain = || {
        open().map(|row| row.path.as_str()).find(|path| !path.contains('{') && is_sendable(path))
    };
    let url = format!("{base_url}{}", known.or_else(plain)?);
    // curl reads brackets and braces as ranges and lists.
    let globs = if url.contains(['[', ']', '{', '}']) { "-g " } else { "" };
    // A certificate is made for the API's public name, and this is an address of this machine.
    let unverified = if url.starts_with("https:") { "-k " } else { "" };
    Some(format!("curl {unverified}{globs}{}", quoted(&url)))
}

/// Tells whether a URL may hold `text` as it stands: visible ASCII alone.
fn is_sendable(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_graphic())
}

/// Returns `word` as one word of a POSIX shell.
fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-._/:@%+=,".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(verb: &str, path: &str, authorization: &str, example: Option<&str>) -> Row {
        Row {
            verb: verb.to_owned(),
            path: path.to_owned(),
            action: "GetItem".to_owned(),
            authorization: authorization.to_owned(),
            refusal: None,
            example: example.map(str::to_owned),
        }
    }

    fn url(address: &str) -> String {
        base_url(address.parse().unwrap(), false)
    }

    #[test]
    fn an_address_of_every_network_is_reached_by_loopback() {
        assert_eq!(url("127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(url("0.0.0.0:80"), "http://127.0.0.1:80");
        assert_eq!(url("[::]:8080"), "http://[::1]:8080");
        assert_eq!(url("10.0.0.7:8080"), "http://10.0.0.7:8080");
    }

    #[test]
    fn over_tls_the_scheme_is_https() {
        let url = base_url("0.0.0.0:8443".parse().unwrap(), true);
        assert_eq!(url, "https://127.0.0.1:8443");
        let line = curl(&url, &[row("GET", "/health", "NONE", None)]);
        assert_eq!(line.unwrap(), "curl -k https://127.0.0.1:8443/health");
    }

    #[test]
    fn a_get_with_an_example_comes_first() {
        let rows = [
            row("POST", "/items", "NONE", Some("/items")),
            row("GET", "/health", "NONE", None),
            row("GET", "/orders/{id}", "AWS_IAM", Some("/orders/1")),
            row("GET", "/items/{id}", "NONE", Some("/items/book-001")),
        ];
        assert_eq!(
            curl("http://127.0.0.1:8080", &rows).unwrap(),
            "curl http://127.0.0.1:8080/items/book-001"
        );
    }

    #[test]
    fn without_an_example_a_path_without_parameters_is_tried() {
        let rows = [row("GET", "/items/{id}", "NONE", None), row("GET", "/health", "NONE", None)];
        assert_eq!(curl("http://a", &rows).unwrap(), "curl http://a/health");
        assert_eq!(curl("http://a", &rows[..1]), None);
    }

    #[test]
    fn what_no_url_holds_is_not_tried() {
        for example in ["/a b", "/\u{1b}[2J", "/\n", "/é"] {
            let rows =
                [row("GET", "/x", "NONE", Some(example)), row("GET", "/y", "NONE", Some("/y"))];
            assert_eq!(curl("http://a", &rows).unwrap(), "curl http://a/y");
        }
    }

    #[test]
    fn the_shell_sees_one_word() {
        let line = |example: &str| curl("http://a", &[row("GET", "/", "NONE", Some(example))]);
        assert_eq!(
            line("/items?category=books&limit=2").unwrap(),
            "curl 'http://a/items?category=books&limit=2'"
        );
        assert_eq!(line("/it's;rm$HOME`").unwrap(), r"curl 'http://a/it'\''s;rm$HOME`'");
        assert_eq!(
            curl("http://[::1]:80", &[row("GET", "/", "NONE", None)]).unwrap(),
            "curl -g 'http://[::1]:80/'"
        );
    }
}

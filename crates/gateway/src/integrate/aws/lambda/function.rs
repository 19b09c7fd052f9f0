//! Which function a URI names, and the address that it is invoked at.
//!
//! An endpoint of AWS gets what the URI says, usually an ARN. Emulators of Lambda know functions by their names, so others
//! get the name, with `?Qualifier=` where the URI has an alias or a version.

use crate::integrate::Address;
use crate::services::{EndpointUrl, Functions};
use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a segment of a path keeps as it is.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'$');

/// A function's name, and the alias or version of it.
#[derive(Debug, PartialEq, Eq)]
struct Function<'f> {
    name: &'f str,
    qualifier: Option<&'f str>,
}

/// Where Lambda invokes the function of this name; says why when there is no such address.
pub(super) fn invocation(named: &str, endpoint: &EndpointUrl) -> Result<Address, String> {
    let function = function(named).ok_or_else(|| {
        format!("`{named}` names no Lambda function: it is an ARN or a name, perhaps with `:` and an alias")
    })?;
    let (segment, query) = match function.qualifier {
        _ if endpoint.is_aws() => (named, String::new()),
        None => (function.name, String::new()),
        Some(qualifier) => {
            (function.name, format!("Qualifier={}", utf8_percent_encode(qualifier, ENCODED)))
        }
    };
    let segment = utf8_percent_encode(segment, ENCODED);
    let path = format!("/2015-03-31/functions/{segment}/invocations");
    let address = address(endpoint, &path, &query);
    address.ok_or_else(|| format!("`{named}` makes no address of a Lambda function"))
}

/// The address of its own that the function of this name has: under the name as it is, or without its alias, or alone.
pub(super) fn own(named: &str, functions: &Functions) -> Option<Address> {
    let url = functions.find(&[named]).or_else(|| {
        let Function { name, qualifier } = function(named)?;
        let unqualified = qualifier.and_then(|alias| named.strip_suffix(alias)?.strip_suffix(':'));
        functions.find(&[unqualified.unwrap_or(name), name])
    })?;
    address(url, "", "")
}

fn address(url: &EndpointUrl, path: &str, query: &str) -> Option<Address> {
    let uri = url.url(None, path, query).parse().ok();
    let host = HeaderValue::try_from(url.host(None)).ok();
    uri.zip(host).map(|(uri, host)| Address { uri, host })
}

/// `arn:aws:lambda:REGION:ACCOUNT:function:NAME[:QUALIFIER]`, the same from the account on, or `NAME[:QUALIFIER]`.
fn function(named: &str) -> Option<Function<'_>> {
    let fields: Vec<&str> = named.split(':').collect();
    let own = match fields.as_slice() {
        ["arn", _, "lambda", _, _, "function", own @ ..] => own,
        [account, "function", own @ ..] if account.bytes().all(|b| b.is_ascii_digit()) => own,
        own => own,
    };
    let (name, qualifier) = match own {
        [name] => (*name, None),
        [name, qualifier] => (*name, Some(*qualifier)),
        _ => return None,
    };
    let is_name = |text: &str| {
        let is_of_name = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'$');
        !text.is_empty() && text.bytes().all(is_of_name)
    };
    let is_whole = is_name(name) && qualifier.is_none_or(is_name);
    is_whole.then_some(Function { name, qualifier })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::Services;

    /// Source: our own.
    #[test]
    fn a_function_has_an_address_of_its_own_under_any_of_its_names() {
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:hello";
        let address = |named: &str, known: &str| {
            let url = EndpointUrl::parse("http://127.0.0.1:9000/hello").unwrap();
            let services = Services::default().with_functions(vec![(known.to_owned(), url)]);
            own(named, services.functions()).map(|address| address.uri.to_string())
        };
        let own = Some("http://127.0.0.1:9000/hello".to_owned());
        assert_eq!(address(arn, arn), own);
        assert_eq!(address(arn, "hello"), own);
        assert_eq!(address(&format!("{arn}:live"), arn), own);
        assert_eq!(address(&format!("{arn}:live"), &format!("{arn}:live")), own);
        assert_eq!(address("hello:live", "hello"), own);
        assert_eq!(address(arn, &format!("{arn}:live")), None);
        assert_eq!(address(arn, "hell"), None);
    }

    /// Source: Lambda API reference, Invoke, `FunctionName`.
    #[test]
    fn a_function_is_named_by_its_arn_or_its_name() {
        let of = |named: &'static str| {
            function(named).map(|function| (function.name, function.qualifier))
        };
        let arn = "arn:aws:lambda:us-east-1:123456789012:function:hello";
        assert_eq!(of(arn), Some(("hello", None)));
        assert_eq!(
            of("arn:aws:lambda:us-east-1:123456789012:function:hello:live"),
            Some(("hello", Some("live")))
        );
        assert_eq!(of("123456789012:function:hello:1"), Some(("hello", Some("1"))));
        assert_eq!(of("my-function_2:$LATEST"), Some(("my-function_2", Some("$LATEST"))));
        for none in ["", "a:b:c", "a/b", "a:", "arn:aws:lambda:us-east-1:1:function", "a b", "é"] {
            assert_eq!(of(none), None, "{none}");
        }
    }
}

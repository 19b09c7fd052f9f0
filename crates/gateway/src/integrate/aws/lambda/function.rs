//! Which function an integration's URI names, and the address that it is invoked at.
//!
//! An endpoint of AWS gets what the URI says, usually an ARN. Emulators of Lambda know functions by their names, so others
//! get the name, with `?Qualifier=` where the URI has an alias or a version.

use crate::integrate::{Address, UriTemplate};
use crate::map::RequestParameters;
use crate::services::EndpointUrl;
use crate::site::StageView;
use http::HeaderValue;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a segment of a path keeps as it is.
const ENCODED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'$');

/// A function as a URI names it, and where it is called; stage variables may stand in its name.
#[derive(Debug)]
pub(crate) struct FunctionTemplate {
    name: UriTemplate,
    endpoint: EndpointUrl,
    /// Where it is invoked, when that is the same for every stage.
    invocation: Option<Address>,
}

/// A function's name, and the alias or version of it.
#[derive(Debug, PartialEq, Eq)]
struct Function<'f> {
    name: &'f str,
    qualifier: Option<&'f str>,
}

impl FunctionTemplate {
    pub(crate) fn parse(text: &str, endpoint: EndpointUrl) -> FunctionTemplate {
        let name = UriTemplate::parse(text);
        let invocation = name.fixed().and_then(|named| invocation(named, &endpoint).ok());
        FunctionTemplate { name, endpoint, invocation }
    }

    /// Where the function of a stage is invoked; says why when there is no such address.
    pub(super) fn invocation(&self, stage: &StageView) -> Result<Address, String> {
        if let Some(fixed) = &self.invocation {
            return Ok(fixed.clone());
        }
        let named = self.name.filled(stage, &RequestParameters::default());
        invocation(&named.map_err(|error| error.to_string())?, &self.endpoint)
    }
}

fn invocation(named: &str, endpoint: &EndpointUrl) -> Result<Address, String> {
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
    let uri = endpoint.url(None, &path, &query).parse().ok();
    let host = HeaderValue::try_from(endpoint.host(None)).ok();
    let address = uri.zip(host).map(|(uri, host)| Address { uri, host });
    address.ok_or_else(|| format!("`{named}` makes no address of a Lambda function"))
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

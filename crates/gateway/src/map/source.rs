//! Where a mapped parameter takes its value from: the right-hand side of `requestParameters` and `responseParameters`.
//!
//! A source that is absent leaves its destination out. AWS docs: request-response-data-mappings.

use super::context;
use super::document::BodyDocument;
use crate::exchange::Exchange;
use crate::integrate::Reply;
use smallvec::SmallVec;
use std::borrow::Cow;
use vestibule_jsonpath::Path;

/// A compiled source expression.
#[derive(Debug)]
pub(crate) enum Source {
    /// `'literal'`
    Literal(String),
    /// `context.PATH`
    Context(String),
    /// `stageVariables.N`
    StageVariable(String),
    /// `method.request.path.N`, as sent.
    Path(String),
    /// `method.request.querystring.N`, its last value.
    Querystring(String),
    /// `method.request.multivaluequerystring.N`, all values joined with `,`.
    MultiValueQuerystring(String),
    /// `method.request.header.N`, or `integration.response.header.N`: its last value.
    Header(String),
    /// `method.request.multivalueheader.N`, or of the response: all values joined with `,`.
    MultiValueHeader(String),
    /// `method.input.params.N`: of the path, else of the query string, else of the headers.
    Parameter(String),
    /// The whole body of the request or response.
    Body,
    /// A part of it.
    BodyPart(Box<Path>),
}

impl Source {
    /// Reads a source of a gateway response, which has one form more and no body; says what is wrong with another.
    /// AWS docs: set up gateway responses in OpenAPI (an example).
    pub(crate) fn of_gateway_response(text: &str) -> Result<Source, String> {
        if let Some(name) = text.strip_prefix("method.input.params.") {
            return Ok(Source::Parameter(name.to_owned()));
        }
        match Source::of_method_request(text)? {
            Source::Body | Source::BodyPart(_) => {
                Err("a gateway response cannot use the body".to_owned())
            }
            source => Ok(source),
        }
    }

    /// Reads a source of an integration request; says what is wrong with another.
    pub(crate) fn of_method_request(text: &str) -> Result<Source, String> {
        let below = |prefix: &str| text.strip_prefix(prefix).map(str::to_owned);
        let found = Source::anywhere(text)
            .or_else(|| below("method.request.path.").map(Source::Path))
            .or_else(|| below("method.request.querystring.").map(Source::Querystring))
            .or_else(|| {
                below("method.request.multivaluequerystring.").map(Source::MultiValueQuerystring)
            })
            .or_else(|| below("method.request.header.").map(Source::Header))
            .or_else(|| below("method.request.multivalueheader.").map(Source::MultiValueHeader));
        found.map_or_else(|| Source::body(text, "method.request.body"), Ok)
    }

    /// Reads a source of a method response; says what is wrong with another.
    pub(crate) fn of_integration_response(text: &str) -> Result<Source, String> {
        let below = |prefix: &str| text.strip_prefix(prefix).map(str::to_owned);
        let found = Source::anywhere(text)
            .or_else(|| below("integration.response.header.").map(Source::Header))
            .or_else(|| {
                below("integration.response.multivalueheader.").map(Source::MultiValueHeader)
            });
        found.map_or_else(|| Source::body(text, "integration.response.body"), Ok)
    }

    fn anywhere(text: &str) -> Option<Source> {
        let literal = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        let below = |prefix: &str| text.strip_prefix(prefix).map(str::to_owned);
        literal
            .map(|literal| Source::Literal(literal.to_owned()))
            .or_else(|| below("context.").map(Source::Context))
            .or_else(|| below("stageVariables.").map(Source::StageVariable))
    }

    fn body(text: &str, prefix: &str) -> Result<Source, String> {
        let unknown = || format!("invalid mapping expression `{text}`");
        let rest = text.strip_prefix(prefix).ok_or_else(unknown)?;
        if rest.is_empty() {
            return Ok(Source::Body);
        }
        let path = rest.strip_prefix('.').ok_or_else(unknown)?;
        let compiled = Path::compile(path);
        let path = compiled.map_err(|error| format!("invalid JSONPath `{path}`: {error}"))?;
        Ok(Source::BodyPart(Box::new(path)))
    }

    /// The path below `$context`, when that is where the value comes from.
    pub(crate) fn context_path(&self) -> Option<&str> {
        match self {
            Source::Context(path) => Some(path),
            Source::Literal(_)
            | Source::StageVariable(_)
            | Source::Path(_)
            | Source::Querystring(_)
            | Source::MultiValueQuerystring(_)
            | Source::Header(_)
            | Source::MultiValueHeader(_)
            | Source::Parameter(_)
            | Source::Body
            | Source::BodyPart(_) => None,
        }
    }

    /// The value in a request, the body apart.
    pub(crate) fn of_request(&self, exchange: &Exchange) -> Option<String> {
        match self {
            Source::Literal(literal) => Some(literal.clone()),
            Source::Context(path) => Some(context::value(exchange, path)?.into_owned()),
            Source::StageVariable(name) => {
                exchange.stage.as_ref()?.variable(name).map(str::to_owned)
            }
            Source::Path(name) => exchange.path_parameter(name).map(str::to_owned),
            Source::Querystring(name) => exchange.query(name).map(str::to_owned),
            Source::MultiValueQuerystring(name) => {
                let named = exchange.query_parameters.iter().filter(|(known, _)| known == name);
                joined(named.map(|(_, value)| value.as_str().into()))
            }
            Source::Header(name) => exchange.header(name).map(Cow::into_owned),
            Source::MultiValueHeader(name) => joined(exchange.header_values(name)),
            Source::Parameter(name) => exchange
                .path_parameter(name)
                .or_else(|| exchange.query(name))
                .map(str::to_owned)
                .or_else(|| exchange.header(name).map(Cow::into_owned)),
            Source::Body | Source::BodyPart(_) => None,
        }
    }

    /// Every value in a request, the body apart: of a name that stands several times all of them.
    pub(crate) fn values_of_request<'e>(
        &'e self,
        exchange: &'e Exchange,
    ) -> SmallVec<[Cow<'e, str>; 1]> {
        match self {
            Source::Header(name) | Source::MultiValueHeader(name) => {
                exchange.header_values(name).collect()
            }
            Source::Querystring(name) | Source::MultiValueQuerystring(name) => {
                let named = exchange.query_parameters.iter().filter(|(known, _)| known == name);
                named.map(|(_, value)| Cow::from(value.as_str())).collect()
            }
            Source::Path(name) => {
                exchange.path_parameter(name).map(Cow::from).into_iter().collect()
            }
            Source::Literal(_)
            | Source::Context(_)
            | Source::StageVariable(_)
            | Source::Parameter(_)
            | Source::Body
            | Source::BodyPart(_) => self.of_request(exchange).map(Cow::from).into_iter().collect(),
        }
    }

    /// Whether the value is a part of the body, which then must be JSON.
    pub(crate) fn is_body_part(&self) -> bool {
        matches!(self, Source::BodyPart(_))
    }

    /// The value in a request; says why when the body is no JSON.
    pub(crate) fn of_request_with_body(
        &self,
        exchange: &Exchange,
        body: &mut BodyDocument<'_>,
    ) -> Result<Option<String>, String> {
        match self {
            Source::Body => Ok(Some(body.text().to_owned())),
            Source::BodyPart(path) => body.part(path),
            Source::Literal(_)
            | Source::Context(_)
            | Source::StageVariable(_)
            | Source::Path(_)
            | Source::Querystring(_)
            | Source::MultiValueQuerystring(_)
            | Source::Header(_)
            | Source::MultiValueHeader(_)
            | Source::Parameter(_) => Ok(self.of_request(exchange)),
        }
    }

    /// The value in an integration's reply, or around it; says why when the reply is no JSON.
    pub(crate) fn of_reply(
        &self,
        exchange: &Exchange,
        reply: &Reply,
        body: &mut BodyDocument<'_>,
    ) -> Result<Option<String>, String> {
        match self {
            Source::Header(name) => Ok(reply.header(name).map(Cow::into_owned)),
            Source::MultiValueHeader(name) => Ok(reply.all_of_header(name)),
            Source::Body => Ok(Some(body.text().to_owned())),
            Source::BodyPart(path) => body.part(path),
            Source::Literal(_)
            | Source::Context(_)
            | Source::StageVariable(_)
            | Source::Path(_)
            | Source::Querystring(_)
            | Source::MultiValueQuerystring(_)
            | Source::Parameter(_) => Ok(self.of_request(exchange)),
        }
    }
}

fn joined<'v>(values: impl Iterator<Item = Cow<'v, str>>) -> Option<String> {
    let values: Vec<_> = values.collect();
    (!values.is_empty()).then(|| values.join(","))
}

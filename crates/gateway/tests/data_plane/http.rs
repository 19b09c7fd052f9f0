//! The integrations HTTP and HTTP_PROXY: what reaches the backend, what reaches the client.

use super::backend::{Backend, answer, before};
use super::definition::{api, compile, json, line, method, mock, text};
use super::fixture::{CLIENT, IDS, MB, ask, bare_error, get, internal_error, log, post};
use bytes::Bytes;
use http::Request;
use http_body_util::Full;
use vestibule_gateway::EndpointError;
use vestibule_restapi::{
    HttpMethod, Integration, IntegrationType, ParameterMapping, RestApi, RestApiId,
};

const TRACE_ID: &str = "Root=1-0000a8c0-000000000000000000000000;Parent=0000000000000000;Sampled=0";

fn integration(kind: IntegrationType, verb: &str, uri: &str) -> Integration {
    Integration {
        kind,
        uri: Some(text(uri)),
        http_method: Some(text(verb)),
        request_templates: Vec::new(),
        ..mock("")
    }
}

/// `GET /{id}` over an integration with these mappings.
fn mapping(integration: Integration, lines: &[(&str, &str)]) -> RestApi {
    let lines = lines
        .iter()
        .map(|(destination, source)| line(&format!("integration.request.{destination}"), source));
    let request_parameters: Vec<ParameterMapping> = lines.collect();
    let integration = Integration { request_parameters, ..integration };
    api([("/{id}", method(HttpMethod::Any, integration))])
}

fn http(verb: &str, uri: &str) -> Integration {
    integration(IntegrationType::Http, verb, uri)
}

fn proxy(verb: &str, uri: &str) -> Integration {
    integration(IntegrationType::HttpProxy, verb, uri)
}

fn api_id() -> String {
    RestApiId::of("api").to_string()
}

/// The request that a client of the recordings sends, with every header that it can.
fn recorded_request(path: &str) -> Request<Full<Bytes>> {
    let mut request = Request::get(path);
    for (name, value) in [
        ("Accept", "application/json"),
        ("Accept-Charset", "UTF-8"),
        ("Accept-Encoding", "br"),
        ("Age", "request_Age"),
        ("Authorization", "Unauthorized"),
        ("Connection", "close"),
        ("Content-Encoding", "deflate"),
        ("Content-MD5", "request_Content-MD5"),
        ("Content-Type", "application/json"),
        ("Date", "request_Date"),
        ("Expect", "100-continue"),
        ("Max-Forwards", "2"),
        ("Pragma", "cache"),
        ("Proxy-Authenticate", "Basic"),
        ("Range", "bytes=500-999"),
        ("Referer", "https://example.com/"),
        ("Server", "https://example.com/"),
        ("TE", "deflate"),
        ("Trailer", "Expires"),
        ("Transfer-Encoding", "chunked"),
        ("Upgrade", "HTTP/2.0"),
        ("User-Agent", "localStack/0.0"),
        ("Via", "p.example.net"),
        ("Warn", "299 localStack/0.0"),
        ("WWW-Authenticate", "Basic YWxhZGRpbjpvcGVuc2VzYW1l"),
    ] {
        request = request.header(name, value);
    }
    request.body(Full::default()).unwrap()
}

// Source: recorded (test_apigateway_header_remapping_http[HTTP], no-param-integration).
#[tokio::test]
async fn http_sends_nothing_of_the_client_but_its_own_headers() {
    let backend = Backend::fine(&[], "{}");
    let gateway = before(&backend, mapping(http("POST", "https://backend.example/post"), &[]));
    let answered = ask(&gateway, recorded_request("/1?q=1")).await;
    let api_id = api_id();
    assert_eq!(
        backend.asked(),
        format!(
            "POST https://backend.example/post\n\
             host: backend.example\n\
             accept: application/json\n\
             user-agent: AmazonAPIGateway_{api_id}\n\
             x-amzn-apigateway-api-id: {api_id}\n\
             x-amzn-trace-id: {TRACE_ID}\n\
             content-length: 0\n\n"
        )
    );
    assert_eq!(
        answered,
        format!("200 OK\ncontent-type: application/json\nx-amzn-trace-id: {TRACE_ID}\n{IDS}\n{{}}")
    );
}

// Source: recorded (the same with [HTTP_PROXY]).
#[tokio::test]
async fn http_proxy_forwards_the_headers_of_the_client_but_some() {
    let backend = Backend::fine(&[], "{}");
    let gateway = before(&backend, mapping(proxy("POST", "https://backend.example/post"), &[]));
    let answered = ask(&gateway, recorded_request("/1")).await;
    let api_id = api_id();
    assert_eq!(
        backend.asked(),
        format!(
            "POST https://backend.example/post\n\
             host: backend.example\n\
             accept: application/json\n\
             accept-charset: UTF-8\n\
             accept-encoding: br\n\
             age: request_Age\n\
             authorization: Unauthorized\n\
             content-type: application/json\n\
             date: request_Date\n\
             pragma: cache\n\
             range: bytes=500-999\n\
             referer: https://example.com/\n\
             user-agent: localStack/0.0\n\
             warn: 299 localStack/0.0\n\
             x-forwarded-for: 127.0.0.1\n\
             x-forwarded-port: 80\n\
             x-forwarded-proto: http\n\
             x-amzn-apigateway-api-id: {api_id}\n\
             x-amzn-trace-id: {TRACE_ID}\n\
             content-length: 0\n\n"
        )
    );
    assert_eq!(answered, format!("200 OK\ncontent-type: application/json\n{IDS}\n{{}}"));
}

/// Mappings of the recordings' `full-integration`.
const FULL: [(&str, &str); 26] = [
    ("header.Accept", "'text/html'"),
    ("header.Accept-Charset", "'UTF-16'"),
    ("header.Accept-Encoding", "'zstd'"),
    ("header.Age", "'request_params_age'"),
    ("header.Authorization", "'request_params_authorization'"),
    ("header.Connection", "'keep-alive'"),
    ("header.Content-Encoding", "'compress'"),
    ("header.Content-MD5", "'request_params_Content-MD5'"),
    ("header.Content-Type", "'application/json'"),
    ("header.Date", "'request_params_Date'"),
    ("header.Expect", "'200-ok'"),
    ("header.Host", "'mapped.example'"),
    ("header.Max-Forwards", "'2'"),
    ("header.Pragma", "'no-cache'"),
    ("header.Proxy-Authenticate", "'Basic'"),
    ("header.Range", "'bytes=0-499'"),
    ("header.Referer", "'https://example.com/page'"),
    ("header.Server", "'https://example.com/page'"),
    ("header.TE", "'trailers'"),
    ("header.Trailer", "'user-agent'"),
    ("header.Upgrade", "'HTTP/2.0'"),
    ("header.User-Agent", "'Override-Agent'"),
    ("header.Via", "'host.domain.com'"),
    ("header.Warn", "'110 anderson/1.3.37 \"Response is stale\"'"),
    ("header.WWW-Authenticate", "'Basic YWxhZGRpbjpvcGVuc2VzYW1l'"),
    ("header.X-Absent", "method.request.header.X-Absent"),
];

// Source: recorded (full-integration of both types; the order of the headers is ours).
#[tokio::test]
async fn nearly_any_header_can_be_mapped() {
    for kind in [IntegrationType::Http, IntegrationType::HttpProxy] {
        let backend = Backend::fine(&[], "{}");
        let integration = integration(kind, "POST", "https://backend.example/post");
        let gateway = before(&backend, mapping(integration, &FULL));
        ask(&gateway, recorded_request("/1")).await;
        let api_id = api_id();
        let mut asked: Vec<String> = backend.asked().lines().map(str::to_owned).collect();
        asked.sort();
        let mut expected = format!(
            "\nPOST https://backend.example/post\n\
             accept-charset: UTF-16\n\
             accept-encoding: zstd\n\
             accept: text/html\n\
             age: request_params_age\n\
             authorization: request_params_authorization\n\
             content-encoding: compress\n\
             content-length: 0\n\
             content-md5: request_params_Content-MD5\n\
             content-type: application/json\n\
             date: request_params_Date\n\
             host: mapped.example\n\
             max-forwards: 2\n\
             pragma: no-cache\n\
             range: bytes=0-499\n\
             referer: https://example.com/page\n\
             server: https://example.com/page\n\
             trailer: user-agent\n\
             upgrade: HTTP/2.0\n\
             user-agent: Override-Agent\n\
             warn: 110 anderson/1.3.37 \"Response is stale\"\n\
             www-authenticate: Basic YWxhZGRpbjpvcGVuc2VzYW1l\n\
             x-amzn-apigateway-api-id: {api_id}\n\
             x-amzn-trace-id: {TRACE_ID}"
        )
        .lines()
        .map(str::to_owned)
        .collect::<Vec<_>>();
        if kind == IntegrationType::HttpProxy {
            let edge =
                ["x-forwarded-for: 127.0.0.1", "x-forwarded-port: 80", "x-forwarded-proto: http"];
            expected.extend(edge.map(str::to_owned));
        }
        expected.sort();
        assert_eq!(asked, expected, "{}", kind.as_str());
    }
}

// Source: recorded (content-length, transfer-encoding of both types); the last two as its emulators have them.
#[tokio::test]
async fn headers_that_the_gateway_sets_may_not_be_mapped() {
    for kind in [IntegrationType::Http, IntegrationType::HttpProxy] {
        for name in
            ["Content-Length", "transfer-encoding", "X-Amzn-Trace-Id", "X-Amzn-Apigateway-Api-Id"]
        {
            let log = log();
            let backend = Backend::fine(&[], "{}");
            let integration = integration(kind, "POST", "https://backend.example/");
            let api = mapping(integration, &[(&format!("header.{name}"), "'1'")]);
            let gateway = before(&backend, api);
            assert_eq!(ask(&gateway, get("/1")).await, internal_error(), "{name}");
            assert_eq!(backend.count(), 0);
            assert_eq!(
                log.text(),
                format!(
                    "ERROR api.yaml:1:1: {name} header already present: the integration request has one of its own \
                     request_id=\"00000000-0000-4000-8000-000000000000\" verb=\"GET\" path=\"/1\" status=500 took_us=0\n"
                )
            );
        }
    }
}

// Source: recorded (test_http_proxy_integration_request_data_mappings): `{name}` in a query, the client's parameters and mapped
// ones are appended, what is absent is left out, a mapped header replaces the client's.
#[tokio::test]
async fn query_parameters_are_appended() {
    let backend = Backend::fine(&[], "{}");
    let uri = "https://backend.example?testVar={pathVar}&testQs={qsVar}";
    let api = mapping(
        proxy("POST", uri),
        &[
            ("header.headerVar", "method.request.header.foobar"),
            ("path.qsVar", "method.request.querystring.testVar"),
            ("path.pathVar", "method.request.path.id"),
            ("querystring.queryString", "method.request.querystring.testQueryString"),
            ("querystring.testQs", "method.request.querystring.testQueryString"),
            ("querystring.testEmptyQs", "method.request.header.emptyheader"),
        ],
    );
    let gateway = before(&backend, api);
    let request = Request::post("/foobar?testQueryString=foo&testVar=bar")
        .header("foobar", "mapped-value")
        .header("headerVar", "request-value")
        .body(Full::new(Bytes::from_static(b"{\"message\": \"hello world\"}")))
        .unwrap();
    ask(&gateway, request).await;
    let api_id = api_id();
    assert_eq!(
        backend.asked(),
        format!(
            "POST https://backend.example/?testVar=foobar&testQs=bar&testQueryString=foo&testVar=bar\
             &queryString=foo&testQs=foo\n\
             host: backend.example\n\
             foobar: mapped-value\n\
             headervar: mapped-value\n\
             x-forwarded-for: 127.0.0.1\n\
             x-forwarded-port: 80\n\
             x-forwarded-proto: http\n\
             accept: application/json\n\
             user-agent: AmazonAPIGateway_{api_id}\n\
             x-amzn-apigateway-api-id: {api_id}\n\
             x-amzn-trace-id: {TRACE_ID}\n\
             content-length: 26\n\n\
             {{\"message\": \"hello world\"}}"
        )
    );
}

/// The first line of what the backend was asked.
async fn uri_asked(
    integration: Integration,
    lines: &[(&str, &str)],
    request: Request<Full<Bytes>>,
) -> String {
    let backend = Backend::fine(&[], "{}");
    let gateway = before(&backend, mapping(integration, lines));
    let answered = ask(&gateway, request).await;
    match backend.count() {
        0 => answered.lines().next().unwrap().to_owned(),
        _ => backend.asked().lines().next().unwrap().to_owned(),
    }
}

// Source: AWS docs (request-response-data-mappings) for the sources; that several values of a query parameter stay several as
// its emulators have it; that a path parameter is put in as it came is recorded.
#[tokio::test]
async fn parameters_are_mapped_from_every_source() {
    let uri = "http://backend.example:8080/{a}/{b}";
    let with_path = [("path.a", "method.request.path.id"), ("path.b", "'x'")];
    for (source, appended) in [
        ("method.request.path.id", "?q=a%252Fb"),
        ("method.request.querystring.n", "?q=2"),
        ("method.request.multivaluequerystring.n", "?q=1&q=2"),
        ("method.request.header.h", "?q=4"),
        ("method.request.multivalueheader.h", "?q=3%2C4"),
        ("method.request.body", "?q=%7B%22x%22%3A%7B%22y%22%3A%5B1%2C%22z%22%5D%7D%7D"),
        ("method.request.body.x.y[1]", "?q=z"),
        ("method.request.body.x", "?q=%7B%22y%22%3A%5B1%2C%22z%22%5D%7D"),
        ("context.identity.sourceIp", "?q=127.0.0.1"),
        ("context.httpMethod", "?q=POST"),
        ("'a literal'", "?q=a%20literal"),
        ("method.request.querystring.absent", ""),
        ("method.request.body.absent", ""),
        ("stageVariables.absent", ""),
        ("context.absent", ""),
    ] {
        let request = Request::post("/a%2Fb?n=1&n=2")
            .header("h", "3")
            .header("h", "4")
            .body(Full::new(Bytes::from_static(br#"{"x":{"y":[1,"z"]}}"#)))
            .unwrap();
        let lines = [&with_path[..], &[("querystring.q", source)]].concat();
        assert_eq!(
            uri_asked(http("PUT", uri), &lines, request).await,
            format!("PUT http://backend.example:8080/a%2Fb/x{appended}"),
            "{source}"
        );
    }
}

// Source: as its emulators have it (a body that begins like JSON must be JSON; another is read as `{}`).
#[tokio::test]
async fn a_body_that_is_no_json_cannot_be_mapped_in_part() {
    let lines = [("querystring.q", "method.request.body.x")];
    let uri = "http://backend.example/";
    assert_eq!(
        uri_asked(http("POST", uri), &lines, post("/1", "plain")).await,
        "POST http://backend.example/"
    );
    assert_eq!(uri_asked(http("POST", uri), &lines, post("/1", "{bad")).await, "400 Bad Request");
}

// Source: recorded (test_http_integration_method); `ANY` as its emulators have it.
#[tokio::test]
async fn the_verb_is_the_integrations() {
    let uri = "http://backend.example/";
    let asked = async |verb: &str| uri_asked(http(verb, uri), &[], get("/1")).await;
    assert_eq!(asked("POST").await, "POST http://backend.example/");
    assert_eq!(asked("patch").await, "PATCH http://backend.example/");
    assert_eq!(asked("ANY").await, "GET http://backend.example/");
}

// Source: documented (re:Post) and recorded: `{name}` in a URI takes mapped parameters alone; what is put in is not encoded.
#[tokio::test]
async fn what_is_illegal_in_a_uri_makes_the_call_fail() {
    for (uri, path, words) in [
        (
            "http://backend.example/{id}",
            "/1",
            "Illegal character in path at index 23: http://backend.example/{id}",
        ),
        (
            "http://backend.example/{q}",
            "/1?q=a+b",
            "Illegal character in path at index 24: http://backend.example/a b",
        ),
        (
            "http://backend.example/?q={q}",
            "/1?q=%7C",
            "Illegal character in query at index 26: http://backend.example/?***",
        ),
        (
            "http://backend.example/{q}",
            "/1?q=100%25",
            "Malformed escape pair at index 26: http://backend.example/100%",
        ),
        (
            "http://{q}.example/",
            "/1?q=evil.example/",
            "Invalid endpoint address: `evil.example/` is no part of a host name",
        ),
        (
            "http://backend.example:{q}/",
            "/1?q=99999",
            "Invalid endpoint address: `backend.example:99999` is no host",
        ),
        (
            "http://${stageVariables.host}/",
            "/1?q=1",
            "the URI has the stage variable `host`, which the stage does not have",
        ),
    ] {
        let log = log();
        // Without a template there is a warning of `{id}`, which `before` would refuse.
        let integration = Integration { request_templates: json("{}"), ..http("GET", uri) };
        let lines = [("path.q", "method.request.querystring.q")];
        assert_eq!(
            uri_asked(integration, &lines, get(path)).await,
            "500 Internal Server Error",
            "{uri}"
        );
        assert_eq!(
            log.text(),
            format!(
                "ERROR api.yaml:1:1: {words} \
                 request_id=\"00000000-0000-4000-8000-000000000000\" verb=\"GET\" path=\"/1\" status=500 took_us=0\n"
            )
        );
    }
}

// Source: recorded for MOCK, documented for all (apigateway-override-request-response-parameters).
#[tokio::test]
async fn a_template_overrides_what_is_mapped() {
    let backend = Backend::fine(&[], "{}");
    let template = "#set($context.requestOverride.header.x-one = 'overridden')\
                    #set($context.requestOverride.header['X-Two'] = 2)\
                    #set($context.requestOverride.querystring.q = 'new')\
                    #set($context.requestOverride.querystring['more'] = ['a', 'b'])\
                    #set($context.requestOverride.path.p = 'there'){\"made\": true}";
    let integration = Integration {
        request_templates: json(template),
        ..http("POST", "http://backend.example/{p}")
    };
    let api = mapping(
        integration,
        &[("header.X-One", "'mapped'"), ("querystring.q", "'mapped'"), ("path.p", "'here'")],
    );
    let gateway = before(&backend, api);
    ask(&gateway, post("/1", "{}")).await;
    let api_id = api_id();
    assert_eq!(
        backend.asked(),
        format!(
            "POST http://backend.example/there?q=new&more=a&more=b\n\
             host: backend.example\n\
             x-one: overridden\n\
             x-two: 2\n\
             accept: application/json\n\
             content-type: application/json\n\
             user-agent: AmazonAPIGateway_{api_id}\n\
             x-amzn-apigateway-api-id: {api_id}\n\
             x-amzn-trace-id: {TRACE_ID}\n\
             content-length: 14\n\n\
             {{\"made\": true}}"
        )
    );
}

// Source: as its emulators have it.
#[tokio::test]
async fn an_override_may_not_set_what_the_gateway_sets() {
    let template = "#set($context.requestOverride.header.Content-Length = '1'){}";
    let template = template.replace(".Content-Length", "['Content-Length']");
    let integration =
        Integration { request_templates: json(&template), ..http("POST", "http://b.example/") };
    assert_eq!(uri_asked(integration, &[], post("/1", "{}")).await, "500 Internal Server Error");
}

// Source: recorded for MOCK (test_integration_mock_with_request_overrides_in_response_template): an override may be anything
// that another template reads.
#[tokio::test]
async fn overrides_of_a_mock_are_no_headers() {
    let template = "#set($context.requestOverride.header['no name'] = 'a\nb')\
                    #set($context.requestOverride.header['Content-Length'] = 'x'){\"statusCode\": 200}";
    let mut integration = mock(template);
    integration.responses[0].response_templates =
        json("$context.requestOverride.header.get('no name')");
    let gateway = before(&Backend::fine(&[], ""), mapping(integration, &[]));
    let expected = format!("200 OK\ncontent-type: application/json\n{IDS}\na\nb");
    assert_eq!(ask(&gateway, get("/1")).await, expected);
}

// Source: recorded: the status code is matched as a whole, the default takes the rest, no header that is not mapped.
#[tokio::test]
async fn http_answers_by_its_integration_responses() {
    let mut integration = http("GET", "http://backend.example/");
    let mut client_error = integration.responses[0].clone();
    client_error.selection_pattern = Some(text(r"4\d{2}"));
    client_error.status_code = text("400");
    client_error.response_templates = json("{\"problem\": $input.json('$.why')}");
    client_error.response_parameters = vec![
        line("method.response.header.X-One", "integration.response.header.x-backend"),
        line("method.response.header.X-All", "integration.response.multivalueheader.X-Backend"),
        line("method.response.header.X-Why", "integration.response.body.why"),
        line("method.response.header.Date", "'mapped'"),
        line("method.response.header.X-Absent", "integration.response.header.absent"),
    ];
    integration.responses.push(client_error);
    for (status, expected) in [
        (
            404,
            format!(
                "400 Bad Request\nx-one: 2\nx-all: 1,2\nx-why: gone\nx-amzn-remapped-date: mapped\n\
                 content-type: application/json\nx-amzn-trace-id: {TRACE_ID}\n{IDS}\n{{\"problem\": \"gone\"}}"
            ),
        ),
        (
            500,
            format!(
                "200 OK\ncontent-type: application/json\nx-amzn-trace-id: {TRACE_ID}\n{IDS}\n{{\"why\": \"gone\"}}"
            ),
        ),
    ] {
        let headers = [("content-type", "text/x"), ("X-Backend", "1"), ("X-Backend", "2")];
        let backend = Backend::new(move || Ok(answer(status, &headers, r#"{"why": "gone"}"#)));
        let gateway = before(&backend, mapping(integration.clone(), &[]));
        assert_eq!(ask(&gateway, get("/1")).await, expected);
    }
}

// Source: recorded (header_remapping_http[HTTP_PROXY]); `Via` as its emulators have it.
#[tokio::test]
async fn http_proxy_passes_the_answer_on() {
    let backend = Backend::new(|| {
        let headers = [
            ("Access-Control-Allow-Origin", "*"),
            ("Connection", "keep-alive"),
            ("Content-Encoding", "gzip"),
            ("Content-Length", "8"),
            ("Content-Type", "text/x; charset=x"),
            ("Date", "then"),
            ("Server", "gunicorn/19.9.0"),
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("Transfer-Encoding", "chunked"),
            ("Via", "1.1 somebody"),
            ("WWW-Authenticate", "Basic"),
            ("X-Amzn-RequestId", "of-the-backend"),
            ("X-Amzn-Trace-Id", "of-the-backend"),
        ];
        Ok(answer(418, &headers, "the body"))
    });
    let mut integration = proxy("GET", "http://backend.example/");
    integration.responses[0].response_templates = json("never");
    let gateway = before(&backend, mapping(integration, &[]));
    assert_eq!(
        ask(&gateway, get("/1")).await,
        "418 I'm a teapot\n\
         access-control-allow-origin: *\n\
         x-amzn-remapped-connection: keep-alive\n\
         content-encoding: gzip\n\
         x-amzn-remapped-content-length: 8\n\
         content-type: text/x; charset=x\n\
         x-amzn-remapped-date: then\n\
         x-amzn-remapped-server: gunicorn/19.9.0\n\
         set-cookie: a=1\n\
         set-cookie: b=2\n\
         x-amzn-remapped-www-authenticate: Basic\n\
         x-amzn-remapped-x-amzn-requestid: of-the-backend\n\
         x-amzn-trace-id: of-the-backend\n\
         x-amzn-requestid: 00000000-0000-4000-8000-000000000000\n\
         x-amz-apigw-id: AAAAAAAAAAAAAAA=\n\nthe body"
    );
}

// Source: RFC 9110, 7.6.1; that AWS keeps to it is inferred.
#[tokio::test]
async fn headers_for_the_next_hop_go_no_further() {
    let headers = [
        ("Connection", "Keep-Alive, X-Hop"),
        ("Keep-Alive", "timeout=5"),
        ("X-Hop", "1"),
        ("X-Other", "1"),
    ];
    let backend = Backend::new(move || Ok(answer(200, &headers, "")));
    let gateway = before(&backend, mapping(proxy("GET", "http://backend.example/"), &[]));
    let request = headers
        .iter()
        .fold(Request::get("/1"), |request, (name, value)| request.header(*name, *value));
    let answered = ask(&gateway, request.body(Full::default()).unwrap()).await;
    assert_eq!(
        answered,
        format!(
            "200 OK\nx-amzn-remapped-connection: Keep-Alive, X-Hop\nx-other: 1\n\
             content-type: application/json\n{IDS}\n"
        )
    );
    let api_id = api_id();
    assert_eq!(
        backend.asked(),
        format!(
            "GET http://backend.example/\n\
             host: backend.example\n\
             x-other: 1\n\
             x-forwarded-for: 127.0.0.1\n\
             x-forwarded-port: 80\n\
             x-forwarded-proto: http\n\
             accept: application/json\n\
             user-agent: AmazonAPIGateway_{api_id}\n\
             x-amzn-apigateway-api-id: {api_id}\n\
             x-amzn-trace-id: {TRACE_ID}\n\n"
        )
    );
}

// Source: AWS docs (quotas: 10,240 bytes of headers); that the answer is 500 is inferred.
#[tokio::test]
async fn an_answer_has_at_most_10_kb_of_headers() {
    let log = log();
    let long: &str = String::leak("x".repeat(10_240));
    let backend = Backend::new(move || Ok(answer(200, &[("x-long", long)], "")));
    let gateway = before(&backend, mapping(proxy("GET", "http://backend.example/"), &[]));
    assert_eq!(ask(&gateway, get("/1")).await, internal_error());
    assert_eq!(
        log.text(),
        "ERROR api.yaml:1:1: the answer's headers have more than 10240 bytes \
         request_id=\"00000000-0000-4000-8000-000000000000\" verb=\"GET\" path=\"/1\" status=500 took_us=0\n"
    );
}

// Source: inferred (ours).
#[tokio::test]
async fn a_request_has_at_most_200_mapped_parameters_and_32_kb_of_uri() {
    for (template, words) in [
        (
            "#foreach($n in [1..201])#set($context.requestOverride.header[\"h$n\"] = 'x')#end{}",
            "the request has more than 200 mapped headers",
        ),
        (
            "#foreach($n in [1..201])#set($context.requestOverride.querystring[\"q$n\"] = 'x')#end{}",
            "the request has more than 200 mapped query parameters",
        ),
        (
            "#foreach($n in [1..201])#set($context.requestOverride.path[\"p$n\"] = 'x')#end{}",
            "the request has more than 200 mapped path parameters",
        ),
        (
            "#set($long = '0123456789')#foreach($n in [1..10])#set($long = \"$long$long\")#end\
             #set($context.requestOverride.header.x = $long){}",
            "the mapped headers of the request have more than 10240 bytes",
        ),
        (
            "#set($long = '0123456789')#foreach($n in [1..12])#set($long = \"$long$long\")#end\
             #set($context.requestOverride.querystring.x = $long){}",
            "the URI has more than 32768 bytes",
        ),
        ("#set($context.requestOverride.header['no name'] = 'x'){}", "`no name` is no header name"),
    ] {
        let log = log();
        let integration =
            Integration { request_templates: json(template), ..http("POST", "http://b.example/") };
        let asked = uri_asked(integration, &[], post("/1", "{}")).await;
        assert_eq!(asked, "500 Internal Server Error", "{words}");
        assert_eq!(
            log.text(),
            format!(
                "ERROR api.yaml:1:1: {words} \
                 request_id=\"00000000-0000-4000-8000-000000000000\" verb=\"POST\" path=\"/1\" status=500 took_us=0\n"
            )
        );
    }
}

fn failed(words: &str) -> String {
    format!(
        "504 Gateway Timeout\ncontent-type: application/json\n\
         x-amzn-errortype: InternalServerErrorException\n{IDS}\n{{\"message\": \"{words}\"}}"
    )
}

// Source: AWS docs (supported-gateway-response-types; re:Post on certificates), recorded for the words of the log; the rest is
// inferred.
#[tokio::test]
async fn what_a_backend_does_wrong_has_an_answer_and_a_line() {
    type Fails = fn() -> EndpointError;
    let network = "Network error communicating with endpoint";
    let cases: [(Fails, String, &str); 5] = [
        (
            || EndpointError::Network("cannot connect: Connection refused".to_owned()),
            failed(network),
            "Network error communicating with endpoint: `GET http://backend.example/x`: cannot connect: Connection refused",
        ),
        (
            || EndpointError::Timeout,
            failed("Endpoint request timed out"),
            "`GET http://backend.example/x` took longer than 29000 ms",
        ),
        (
            || EndpointError::Address("its host has no address".to_owned()),
            internal_error(),
            "Invalid endpoint address: `GET http://backend.example/x`: its host has no address",
        ),
        (
            || EndpointError::Certificate("UnknownIssuer".to_owned()),
            internal_error(),
            "the certificate of `GET http://backend.example/x` is not accepted: UnknownIssuer",
        ),
        (
            || EndpointError::TooLarge { bytes_max: 10_485_760 },
            internal_error(),
            "Integration response of `GET http://backend.example/x` is larger than allowed maximum of 10485760 bytes",
        ),
    ];
    for (fails, expected, words) in cases {
        let log = log();
        let backend = Backend::new(move || Err(fails()));
        let uri = "http://backend.example/x?key=secret";
        let gateway = before(&backend, mapping(http("GET", uri), &[]));
        assert_eq!(ask(&gateway, get("/1")).await, expected);
        assert_eq!(
            log.text(),
            format!(
                "ERROR api.yaml:1:1: {words} \
                 request_id=\"00000000-0000-4000-8000-000000000000\" verb=\"GET\" path=\"/1\" status={} took_us=0\n",
                expected.split(' ').next().unwrap()
            )
        );
    }
}

// Source: inferred (ours: after it there is no HTTP on the connection).
#[tokio::test]
async fn an_answer_that_is_not_final_is_none() {
    for integration in [http("GET", "http://b.example/"), proxy("GET", "http://b.example/")] {
        let backend = Backend::new(|| Ok(answer(101, &[("upgrade", "websocket")], "")));
        let gateway = before(&backend, mapping(integration, &[]));
        let expected = failed("Network error communicating with endpoint");
        assert_eq!(ask(&gateway, get("/1")).await, expected);
    }
}

// Source: inferred (ours): 512 MB for all bodies; one that arrives counts twice, one that is held once.
#[tokio::test]
async fn answers_of_backends_share_512_mb() {
    let backend = Backend::fine(&[], String::leak("x".repeat(10 * MB)));
    let gateway = before(&backend, mapping(proxy("GET", "http://backend.example/"), &[]));
    let mut held = Vec::new();
    // 49 of 10 MB and one that arrives are 510 MB.
    for _ in 0..50 {
        let response = gateway.answer(get("/1"), CLIENT).await;
        assert_eq!(response.status(), 200);
        held.push(response);
    }
    let refused =
        bare_error("503 Service Unavailable", "ServiceUnavailableException", "Service Unavailable");
    assert_eq!(ask(&gateway, get("/1")).await, refused);
    // One that is sent or given up makes room for one.
    held.pop();
    assert_eq!(gateway.answer(get("/1"), CLIENT).await.status(), 200);
}

// Source: inferred (RFC 9110: a length in an answer to HEAD is that of another verb's answer).
#[tokio::test]
async fn head_of_a_backend_has_no_length_of_ours() {
    let backend = Backend::fine(&[("content-length", "1234"), ("content-type", "text/x")], "");
    let gateway = before(&backend, mapping(proxy("ANY", "http://backend.example/"), &[]));
    let request = Request::head("/1").body(Full::default()).unwrap();
    assert_eq!(
        ask(&gateway, request).await,
        format!("200 OK\nx-amzn-remapped-content-length: 1234\ncontent-type: text/x\n{IDS}\n")
    );
    assert!(backend.asked().starts_with("HEAD http://backend.example/\n"));
}

fn findings(api: RestApi) -> Vec<String> {
    let findings = compile(api).diagnostics;
    findings.iter().map(|finding| finding.to_string().lines().next().unwrap().to_owned()).collect()
}

// Source: recorded (`Invalid HTTP endpoint specified for URI`); the rest is inferred.
#[test]
fn what_can_never_be_called_is_found_at_deployment() {
    assert_eq!(
        findings(mapping(http("GET", "ftp://backend.example/"), &[])),
        ["error[GW108]: Invalid HTTP endpoint specified for URI: `ftp://backend.example/`"]
    );
    for uri in ["http://", "https://:80/", "http://u:p@backend.example/", "http://a:99999/"] {
        assert_eq!(
            findings(mapping(http("GET", uri), &[])),
            [format!("error[GW108]: Invalid HTTP endpoint specified for URI: `{uri}`")]
        );
    }
    for uri in ["${stageVariables.url}/x", "http://a:${stageVariables.port}/x", "http://{id}.b/"] {
        let mapped = mapping(http("GET", uri), &[("path.id", "method.request.path.id")]);
        assert_eq!(findings(mapped), Vec::<String>::new());
    }
    assert_eq!(
        findings(mapping(http("GET", "http://b.example/${context.stage}"), &[])),
        [
            "warning[GW108]: Illegal character in path at index 18: http://b.example/${context.stage}"
        ]
    );
    assert_eq!(
        findings(mapping(http("FETCH", "http://backend.example/"), &[])),
        ["error[GW108]: `FETCH` is no HTTP method of an integration"]
    );
    assert_eq!(
        findings(mapping(proxy("GET", "http://backend.example/{id}"), &[])),
        ["warning[GW303]: nothing is mapped onto `{id}` of the URI"]
    );
}

// Source: AWS docs (TlsConfig).
#[tokio::test]
async fn whether_a_certificate_is_verified_is_the_definitions_to_say() {
    let backend = Backend::fine(&[], "{}");
    let mut integration = http("GET", "https://backend.example/");
    integration.insecure_skip_verification = Some(text("tlsConfig").whole());
    let gateway = before(&backend, mapping(integration, &[]));
    ask(&gateway, get("/1")).await;
    assert!(backend.asked().contains("(whoever issued its certificate)\n"));
}

//! HTTP/2 with prior knowledge, as proxies speak it: the same answers as over HTTP/1.1.

use super::{Test, compare, equal};
use crate::harness::{DEADLINE, Folder, Outcome, Program, Response};
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::time::timeout;

pub(super) const TESTS: &[(&str, Test)] = &[
    ("http_2_has_the_answers_of_http_1", http_2_has_the_answers_of_http_1),
    ("http_2_has_the_limits_of_http_1", http_2_has_the_limits_of_http_1),
];

/// `GET /none` and `/same` are answered with 204 and 304, whose bodies are never sent; every verb of `/any` with its name,
/// `/protocol` with protocol, domain and host.
pub(super) const API: &str = r#"
openapi: 3.0.1
info: {title: http 2, version: '1'}
paths:
  /none:
    get:
      responses: {'204': {description: an answer}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 204}'}
        responses:
          default:
            statusCode: '204'
            responseTemplates: {application/json: 'never sent'}
  /same:
    get:
      responses: {'304': {description: an answer}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 304}'}
        responses:
          default:
            statusCode: '304'
            responseTemplates: {application/json: 'never sent'}
  /any:
    x-amazon-apigateway-any-method:
      responses: {'200': {description: an answer}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses:
          default:
            statusCode: '200'
            responseTemplates: {application/json: '$context.httpMethod'}
  /protocol:
    get:
      responses: {'200': {description: an answer}}
      x-amazon-apigateway-integration:
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses:
          default:
            statusCode: '200'
            responseTemplates: {application/json: '$context.protocol $context.domainName $input.params("Host")'}
"#;

type Client = SendRequest<Full<Bytes>>;

fn http_2_has_the_answers_of_http_1() -> Outcome {
    with_client(async |client| {
        expect(client, "GET", "/any", 0, "HTTP/2.0 200 OK\n\nGET\n").await?;
        expect(client, "POST", "/any", 1, "HTTP/2.0 200 OK\n\nPOST\n").await?;
        // AWS speaks HTTP/1.1 behind its edge (inferred).
        expect(client, "GET", "/protocol", 0, "HTTP/2.0 200 OK\n\nHTTP/1.1 api.test api.test\n")
            .await?;
        expect(client, "GET", "/none", 0, "HTTP/2.0 204 No Content\n").await?;
        expect(client, "GET", "/same", 0, "HTTP/2.0 304 Not Modified\n").await?;
        let head = ask(client, "HEAD", "/any", 0).await?;
        equal("its length", head.header("content-length"), Some("4"))?;
        compare(&head, "HTTP/2.0 200 OK\n")?;
        let head = ask(client, "HEAD", "/nothing", 0).await?;
        equal("its length", head.header("content-length"), Some("42"))?;
        let none =
            "HTTP/2.0 403 Forbidden\nx-amzn-errortype: MissingAuthenticationTokenException\n";
        compare(&head, none)?;
        let unknown = "HTTP/2.0 403 Forbidden\nx-amzn-errortype: MissingAuthenticationTokenException\n\n\
                       {\"message\":\"Missing Authentication Token\"}\n";
        expect(client, "GET", "/nothing", 0, unknown).await
    })
}

/// One that is refused takes no other of the connection with it.
fn http_2_has_the_limits_of_http_1() -> Outcome {
    const LIMIT: usize = 10 * 1024 * 1024;
    with_client(async |client| {
        let too_large = "HTTP/2.0 413 Payload Too Large\nx-amzn-errortype: RequestTooLargeException\n\n\
                         {\"message\":\"Request Too Long\"}\n";
        expect(client, "POST", "/any", LIMIT, "HTTP/2.0 200 OK\n\nPOST\n").await?;
        expect(client, "POST", "/any", LIMIT + 1, too_large).await?;
        let target = format!("/any?{}", "q".repeat(10_240));
        let too_long = "HTTP/2.0 414 URI Too Long\nx-amzn-errortype: RequestUriTooLongException\n\n\
                        {\"message\":\"Request URI too long\"}\n";
        expect(client, "GET", &target, 0, too_long).await?;
        expect(client, "GET", "/any", 0, "HTTP/2.0 200 OK\n\nGET\n").await
    })
}

async fn expect(
    client: &mut Client,
    verb: &str,
    path: &str,
    body_bytes: usize,
    expected: &str,
) -> Outcome {
    let response = ask(client, verb, path, body_bytes).await?;
    compare(&response, expected).map_err(|problem| format!("{verb} {path}\n{problem}"))
}

/// Sends a request with a body of blanks, and reads the whole answer.
async fn ask(client: &mut Client, verb: &str, path: &str, body_bytes: usize) -> Outcome<Response> {
    let failed = |error: &dyn std::fmt::Display| format!("{verb} {path}: {error}");
    let request = hyper::Request::builder()
        .method(verb)
        .uri(format!("http://api.test{path}"))
        .body(Full::from(vec![b' '; body_bytes]))
        .map_err(|error| failed(&error))?;
    let answer = async {
        let (head, body) = client.send_request(request).await?.into_parts();
        Ok::<_, hyper::Error>((head, body.collect().await?.to_bytes()))
    };
    let answered = timeout(DEADLINE, answer).await.map_err(|error| failed(&error))?;
    let (head, body) = answered.map_err(|error| failed(&error))?;
    let text =
        |value: &hyper::header::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Ok(Response {
        status_line: format!("{:?} {}", head.version, head.status),
        headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: body.to_vec(),
    })
}

/// Serves the API and gives a connection to it.
fn with_client(test: impl AsyncFnOnce(&mut Client) -> Outcome) -> Outcome {
    let folder = Folder::new()?;
    folder.write("api.yaml", API)?;
    let program = Program::serve(&folder, &["api.yaml"])?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| format!("cannot start: {error}"))?.block_on(async {
        let stream = TcpStream::connect(program.address()).await;
        let stream = stream.map_err(|error| format!("cannot connect: {error}"))?;
        let (mut client, connection) = handshake(TokioExecutor::new(), TokioIo::new(stream))
            .await
            .map_err(|error| format!("no HTTP/2: {error}"))?;
        tokio::spawn(connection);
        test(&mut client).await
    })
}

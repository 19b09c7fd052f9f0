//! Bodies in gzip and deflate, both ways, where a page cannot show them: their bytes, and large ones.

use super::definition::{answering, api, method, mock};
use super::fixture::{CLIENT, IDS, MB, ask, fine, get, post, served};
use flate2::bufread::{GzDecoder, ZlibDecoder};
use flate2::write::GzEncoder;
use http::Request;
use http_body_util::{BodyExt, Full};
use std::io::{Read, Write};
use vestibule_gateway::Response;
use vestibule_restapi::{HttpMethod, RestApi};

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).unwrap();
    encoder.finish().unwrap()
}

fn compressed(path: &str, body: &[u8]) -> Request<Full<bytes::Bytes>> {
    let mut request = post(path, gzip(body));
    request.headers_mut().insert("content-encoding", "gzip".parse().unwrap());
    request
}

fn accepting(path: &str, coding: &str) -> Request<Full<bytes::Bytes>> {
    let mut request = get(path);
    request.headers_mut().insert("accept-encoding", coding.parse().unwrap());
    request
}

async fn body(response: Response) -> bytes::Bytes {
    response.into_body().collect().await.unwrap().to_bytes()
}

/// `GET /long` answers with as much text as a template can be; from `least` bytes on answers are compressed.
fn compressing(text: &str, least: Option<u32>) -> RestApi {
    let mut api = api([("/long", method(HttpMethod::Get, answering(text)))]);
    api.minimum_compression_size = least;
    api
}

// Source: AWS docs: api-gateway-receive-response-with-compressed-payload.
#[tokio::test]
async fn a_large_answer_is_compressed() {
    let text = "0123456789 ".repeat(20_000);
    let gateway = served(compressing(&text, Some(0)));
    for coding in ["gzip", "deflate"] {
        let response = gateway.answer(accepting("/long", coding), CLIENT).await;
        assert_eq!(response.headers()["content-encoding"], coding);
        let compressed = body(response).await;
        assert!(compressed.len() < text.len() / 50, "{} bytes", compressed.len());
        let mut read = String::new();
        match coding {
            "gzip" => GzDecoder::new(&*compressed).read_to_string(&mut read).unwrap(),
            _ => ZlibDecoder::new(&*compressed).read_to_string(&mut read).unwrap(),
        };
        assert_eq!(read, text);
    }
}

// Source: AWS docs: api-gateway-enable-compression (the size is compared after the template).
#[tokio::test]
async fn the_minimum_size_is_that_of_the_answer() {
    let text = "x".repeat(1_000);
    for (least, is_compressed) in [(Some(1_000), true), (Some(1_001), false), (None, false)] {
        let gateway = served(compressing(&text, least));
        let response = gateway.answer(accepting("/long", "gzip"), CLIENT).await;
        let has_coding = response.headers().contains_key("content-encoding");
        assert_eq!(has_coding, is_compressed, "{least:?}");
    }
}

/// A mock that takes any body in place of a template.
fn taking() -> RestApi {
    let mut integration = mock("");
    integration.request_templates.clear();
    api([("/body", method(HttpMethod::Post, integration))])
}

// Source: AWS docs: limits (10 MB); inferred (it is that of the decompressed body too).
#[tokio::test]
async fn a_body_counts_as_it_is_decompressed() {
    let gateway = served(taking());
    let mut largest = br#"{"statusCode":200}"#.to_vec();
    largest.resize(10 * MB, b' ');
    assert_eq!(ask(&gateway, compressed("/body", &largest)).await, fine(""));
    largest.push(b' ');
    let bomb = compressed("/body", &largest);
    let refused = "413 Payload Too Large\ncontent-type: application/json\n\
                   x-amzn-errortype: RequestTooLargeException\n";
    assert_eq!(
        ask(&gateway, bomb).await,
        format!("{refused}{IDS}\n{{\"message\":\"Request Too Long\"}}")
    );
}

// Source: inferred (ours).
#[tokio::test]
async fn what_was_decompressed_is_given_back() {
    let gateway = served(taking());
    let mut large = br#"{"statusCode":200}"#.to_vec();
    large.resize(10 * MB, b' ');
    // Of bodies that were kept, 26 would be more than the memory.
    let request = compressed("/body", &large);
    for _ in 0..26 {
        assert_eq!(ask(&gateway, request.clone()).await, fine(""));
    }
}

//! The floor: hyper, tokio and the program's allocator, and nothing that decides anything.
//! `bare ADDRESS FILE` answers every request with the file's bytes, as JSON.

use std::convert::Infallible;
use std::error::Error;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http_body_util::Full;
use hyper::Response;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use vestibule_bench_serving::accept;

// The program's own: else the allocators would be compared.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(file), None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: bare ADDRESS FILE".into());
    };
    let answer = Bytes::from(std::fs::read(&file).map_err(|error| format!("{file}: {error}"))?);
    // The program's runtime: a thread a processor.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(accept(&address, |stream| {
        tokio::spawn(connection(stream, answer.clone()));
    }))?;
    Ok(())
}

async fn connection(stream: TcpStream, answer: Bytes) {
    let service = service_fn(move |_| {
        let mut response = Response::new(Full::new(answer.clone()));
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(CONTENT_TYPE, json);
        async move { Ok::<_, Infallible>(response) }
    });
    // An error is the client's going away, which ends every measurement.
    let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

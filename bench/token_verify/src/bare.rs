//! A bare hyper server that answers constant bytes, over a pipe in memory: without the system calls of a socket, and so less than any
//! real request costs. The client only writes and reads bytes.

use std::convert::Infallible;

use bytes::Bytes;
use http::Response;
use http_body_util::Full;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use vestibule_bench_report::cpu_ns;

use crate::Outcome;

/// CPU of one request with a token in it, of so many.
pub(crate) fn cpu_ns_of(token: &str, passes: usize) -> Outcome<f64> {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let request = format!("GET /open HTTP/1.1\r\nhost: api.test\r\nauthorization: {token}\r\n\r\n");
    runtime.block_on(async {
        let (mut client, server) = duplex(64 * 1024);
        let service = service_fn(|_| async {
            let body = Full::new(Bytes::from_static(&[b'x'; 400]));
            Ok::<_, Infallible>(Response::new(body))
        });
        let serving = http1::Builder::new().serve_connection(TokioIo::new(server), service);
        tokio::spawn(serving);
        let before = cpu_ns()?;
        let mut buffer = [0; 4096];
        for _ in 0..passes {
            let written = client.write_all(request.as_bytes()).await;
            written.map_err(|error| error.to_string())?;
            let mut answered = 0;
            // A head of some hundred bytes and a body of 400, written at once.
            while answered < 400 {
                let read = client.read(&mut buffer).await.map_err(|error| error.to_string())?;
                if read == 0 {
                    return Err("the bare server hung up".to_owned());
                }
                answered += read;
            }
        }
        Ok((cpu_ns()? - before) / passes as f64)
    })
}

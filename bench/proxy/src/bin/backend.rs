//! The backend of the proxies: `backend ADDRESS PATH=FILE...` answers a request for a path, whatever its method, with the
//! file's bytes as JSON, and any other with 404.
//!
//! It runs on the load's processor and never sleeps, nor does the load: they give each other turns. So no proxy has to
//! wake the other processor, which in a virtual machine costs more than a request.

use std::collections::HashMap;
use std::convert::Infallible;
use std::error::Error;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use vestibule_bench_serving::accept;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// What is answered, by path.
type Answers = HashMap<String, Bytes>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let address = arguments.next().ok_or("usage: backend ADDRESS PATH=FILE...")?;
    let mut answers = Answers::new();
    for argument in arguments {
        let (path, file) = argument.split_once('=').ok_or("an answer is PATH=FILE")?;
        let bytes = std::fs::read(file).map_err(|error| format!("{file}: {error}"))?;
        answers.insert(path.to_owned(), Bytes::from(bytes));
    }
    // Sockets are looked at whenever the task that never sleeps had its turn.
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().event_interval(1).build()?;
    runtime.block_on(serve(&address, Arc::new(answers)))
}

async fn serve(address: &str, answers: Arc<Answers>) -> Result<(), Box<dyn Error>> {
    tokio::spawn(async {
        loop {
            std::thread::yield_now();
            tokio::task::yield_now().await;
        }
    });
    accept(address, |stream| {
        let answers = Arc::clone(&answers);
        let service = service_fn(move |request| answer(Arc::clone(&answers), request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // An error is the proxy's going away.
        tokio::spawn(async move { drop(connection.await) });
    })
    .await?;
    Ok(())
}

async fn answer(
    answers: Arc<Answers>,
    request: Request<Incoming>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let answer = answers.get(request.uri().path()).cloned();
    // A body that breaks off leaves a connection that ends by itself.
    let _ = request.into_body().collect().await;
    let mut response = Response::new(Full::new(answer.clone().unwrap_or_default()));
    if answer.is_none() {
        *response.status_mut() = StatusCode::NOT_FOUND;
    }
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    Ok(response)
}

//! The floor of a proxy: hyper before hyper-util's pooled client, with the program's runtime and allocator, and nothing
//! that decides anything. `bare_proxy ADDRESS BACKEND` hands method, path, headers and body on, and the answer back.

use std::error::Error;

use http::header::{CONNECTION, HOST};
use http::uri::{Authority, Scheme};
use http::{Request, Response, Uri};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use vestibule_bench_serving::accept;

// The program's own: else the allocators would be compared.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

type Failure = Box<dyn Error + Send + Sync>;

#[derive(Clone)]
struct Proxy {
    backend: Authority,
    client: Client<HttpConnector, Incoming>,
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let (Some(address), Some(backend), None) =
        (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: bare_proxy ADDRESS BACKEND".into());
    };
    let mut connector = HttpConnector::new();
    connector.set_nodelay(true);
    let client = Client::builder(TokioExecutor::new()).build(connector);
    let proxy = Proxy { backend: backend.parse()?, client };
    // The program's runtime: a thread a processor.
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(accept(&address, |stream| {
        let proxy = proxy.clone();
        let service = service_fn(move |request| proxy.clone().forward(request));
        let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
        // An error is the client's going away, which ends every measurement.
        tokio::spawn(async move { drop(connection.await) });
    }))?;
    Ok(())
}

impl Proxy {
    async fn forward(self, request: Request<Incoming>) -> Result<Response<Incoming>, Failure> {
        let (mut head, body) = request.into_parts();
        let mut uri = std::mem::take(&mut head.uri).into_parts();
        uri.scheme = Some(Scheme::HTTP);
        uri.authority = Some(self.backend);
        head.uri = Uri::from_parts(uri)?;
        // The client names the backend's host; how a connection is kept is each side's own.
        head.headers.remove(HOST);
        head.headers.remove(CONNECTION);
        let mut answer = self.client.request(Request::from_parts(head, body)).await?;
        answer.headers_mut().remove(CONNECTION);
        Ok(answer)
    }
}

//! The life of `serve` from its open listeners to its end: serve; at the first signal go unready, wait
//! for balancers, drain; at the second end at once. What is served is handed in.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use hyper::body::{Body, Incoming};
use hyper::service::{Service, service_fn};
use tokio::net::TcpListener;
use tokio::sync::{oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout_at};

use crate::admin::{Admin, Readiness};
use crate::aws::Aws;
use crate::command::Exit;
use crate::limits::CLOSE_TIMEOUT;
use crate::listen::{self, Drained, Entrance, Farewell, Limits, Peer, Shutdown};
use crate::proxies;
use crate::signal::Signal;

/// The open listeners and how they end.
#[derive(Debug)]
pub struct Listeners {
    /// The data plane's.
    pub data_plane: TcpListener,
    /// How connections to the data plane are taken. The admin listener is always plain.
    pub entrance: Entrance,
    /// The admin listener with what it answers, unless it is off.
    pub admin: Option<(TcpListener, Admin)>,
    /// The AWS endpoints, unless they are off: how their connections are taken, and what answers.
    pub aws: Option<(TcpListener, Entrance, Arc<Aws>)>,
    /// What `/readyz` tells. It is told here when the end begins.
    pub readiness: Arc<Readiness>,
    /// How long connections are still taken after SIGTERM, so that balancers have time to see
    /// that `/readyz` is not ready. Whoever interrupts from the terminal does not wait.
    pub drain_delay: Duration,
    /// How long requests in flight may take at the end.
    pub drain: Duration,
}

/// Serves until a signal comes; from then on `/readyz` is not ready. After the delay it drains: no new
/// connections, requests in flight get their answers. The admin listener goes on until the end, so that `/readyz` can say so.
///
/// `service` makes the service of each connection of the data plane; `settled` resolves when requests whose clients have
/// gone are at their end too, once no connection is left; `next_signal` waits for the next signal. Returns [`Exit::Ok`]
/// after a clean drain, and [`Exit::CouldNotRun`] when requests were cut: at the drain's one deadline or by a second signal.
pub async fn run<M, S, B>(
    listeners: Listeners,
    service: M,
    settled: impl Future<Output = ()>,
    mut next_signal: impl AsyncFnMut() -> Signal,
) -> Exit
where
    M: Fn(Peer) -> S + Send + Sync + 'static,
    S: Service<Request<Incoming>, Response = Response<B>, Error = Infallible> + Send + 'static,
    S::Future: Send + 'static,
    B: Body + Send + 'static,
    B::Data: Send,
    B::Error: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    let Listeners { data_plane, entrance, admin, aws, readiness, drain_delay, drain } = listeners;
    let (stop_admin, admin_stopped) = oneshot::channel();
    let admin = admin.map(|(listener, admin)| {
        tokio::spawn(serve_admin(listener, Arc::new(admin), admin_stopped))
    });
    let (stop, stopped) = watch::channel(());
    let farewell = Farewell::default();
    let shutdown = Shutdown { farewell: farewell.clone(), begin: closed(stopped.clone()), drain };
    let mut drained =
        tokio::spawn(listen::serve(data_plane, entrance, service, Limits::default(), shutdown));
    let shutdown = Shutdown { farewell: farewell.clone(), begin: closed(stopped), drain };
    let mut aws = aws.map(|(listener, entrance, aws)| {
        tokio::spawn(serve_aws(listener, entrance, aws, shutdown))
    });

    let signal = next_signal().await;
    readiness.drain();
    farewell.say();
    let ended = async {
        if signal == Signal::Terminate && !drain_delay.is_zero() {
            let seconds = drain_delay.as_secs();
            tracing::info!(?signal, seconds, "not ready any more, requests are still taken");
            sleep(drain_delay).await;
        }
        tracing::info!(?signal, "draining: no new connections, requests in flight are answered");
        let deadline = Instant::now() + drain;
        drop(stop);
        let exits = (exit((&mut drained).await), drained_aws(aws.as_mut()).await);
        let exit = if exits.0 == Exit::Ok { exits.1 } else { exits.0 };
        if exit == Exit::Ok && timeout_at(deadline, settled).await.is_err() {
            tracing::error!("the drain's time is over: requests without clients were cut");
            return Exit::CouldNotRun;
        }
        exit
    };
    let exit = tokio::select! {
        exit = ended => exit,
        signal = next_signal() => {
            tracing::warn!(?signal, "ending at once: requests in flight are cut");
            drained.abort();
            aws.iter().for_each(JoinHandle::abort);
            return Exit::CouldNotRun;
        }
    };
    drop(stop_admin);
    if let Some(admin) = admin
        && let Err(error) = admin.await
    {
        tracing::error!(%error, "the admin listener failed");
    }
    exit
}

fn exit(drained: Result<Drained, tokio::task::JoinError>) -> Exit {
    match drained {
        Ok(Drained::Clean) => Exit::Ok,
        Ok(Drained::Cut(connections)) => {
            tracing::error!(connections, "the drain's time is over: requests in flight were cut");
            Exit::CouldNotRun
        }
        Err(error) => {
            tracing::error!(%error, "a listener failed");
            Exit::CouldNotRun
        }
    }
}

async fn serve_admin(listener: TcpListener, admin: Arc<Admin>, stopped: oneshot::Receiver<()>) {
    let service = move |peer: Peer| {
        let admin = Arc::clone(&admin);
        service_fn(move |request: Request<Incoming>| {
            let admin = Arc::clone(&admin);
            // Bodies are never read.
            let request = request.map(|_| ());
            async move { Ok::<_, Infallible>(admin.answer(&request, peer.local.ip()).await) }
        })
    };
    let farewell = Farewell::default();
    let shutdown = Shutdown { farewell, begin: ended(stopped), drain: CLOSE_TIMEOUT };
    // Whoever is cut here is asking a program that is gone.
    let _ =
        listen::serve(listener, Entrance::default(), service, Limits::default(), shutdown).await;
}

/// How the AWS endpoints' drain ended; well where there are none.
async fn drained_aws(aws: Option<&mut JoinHandle<Drained>>) -> Exit {
    match aws {
        Some(aws) => exit(aws.await),
        None => Exit::Ok,
    }
}

async fn serve_aws(
    listener: TcpListener,
    entrance: Entrance,
    aws: Arc<Aws>,
    shutdown: Shutdown<impl Future<Output = ()>>,
) -> Drained {
    let proxies = entrance.proxies.clone();
    let service = move |peer: Peer| {
        let (aws, proxies) = (Arc::clone(&aws), proxies.clone());
        service_fn(move |request: Request<Incoming>| {
            let aws = Arc::clone(&aws);
            let client = proxies::client(&peer, request.headers(), &proxies);
            let local = peer.local.ip();
            async move { Ok::<_, Infallible>(aws.answer(request, local, &client).await) }
        })
    };
    listen::serve(listener, entrance, service, Limits::default(), shutdown).await
}

/// Returns when the other half of `channel` is dropped.
async fn closed(mut channel: watch::Receiver<()>) {
    while channel.changed().await.is_ok() {}
}

/// Returns when the other half of `channel` is dropped.
async fn ended(channel: oneshot::Receiver<()>) {
    let _sender_dropped = channel.await;
}

#[cfg(test)]
mod tests;

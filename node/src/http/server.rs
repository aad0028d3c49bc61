//! Connections: HTTP/1.1 only, bounded in number, size and patience.

use super::connections::{Connections, Place};
use super::guarded::Guarded;
use super::limits::{BUFFER_BYTES, GatewayLimits, HEAD_BYTES};
use super::router::CHANGES;
use super::stalling::Stalling;
use crate::metrics::Metrics;
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service as _;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use std::convert::Infallible;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

/// After a failed accept, most often for want of file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Whether the gateway closes; what never ends by itself ends then, and a request for it carries this.
#[derive(Clone)]
pub(super) struct Closing(pub(super) watch::Receiver<bool>);

/// Serves `router` on `listener` until `stop` is done; then takes no new connection, lets requests
/// under way end within the limits' `drain_time`, and returns.
///
/// Clients' addresses are dropped as they come in. Whoever is slow with a header, takes nothing of
/// an answer, or waits without a request while others want in, loses the connection.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    limits: GatewayLimits,
    stop: impl Future<Output = ()> + Send,
) {
    serve_counted(listener, router, limits, &Metrics::default(), stop).await;
}

/// As [`serve`], counting open connections.
pub async fn serve_counted(
    listener: TcpListener,
    router: Router,
    limits: GatewayLimits,
    metrics: &Metrics,
    stop: impl Future<Output = ()> + Send,
) {
    let connections = Connections::new(limits.connections, metrics.connections().clone());
    let (closing, closes) = watch::channel(false);
    let mut tasks = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = tasks.join_next() => {}
            accepted = listener.accept() => {
                let Ok((stream, _)) = accepted else {
                    sleep(ACCEPT_PAUSE).await;
                    continue;
                };
                if let Some(place) = connections.open() {
                    let router = router.clone();
                    tasks.spawn(connection(stream, router, place, limits.clone(), closes.clone()));
                }
            }
        }
    }
    drop(listener);
    // Every receiver being gone means that nothing is left to close.
    let _ = closing.send(true);
    let drained = timeout(limits.drain_time, async {
        while tasks.join_next().await.is_some() {}
    });
    let _ = drained.await;
    tasks.shutdown().await;
}

async fn connection(
    stream: TcpStream,
    router: Router,
    place: Place,
    limits: GatewayLimits,
    mut closes: watch::Receiver<bool>,
) {
    // An answer must not wait for an acknowledgement; where it cannot be set, it waits.
    let _ = stream.set_nodelay(true);
    let place = Arc::new(place);
    let io = TokioIo::new(Stalling::new(stream, limits.stall_time));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(limits.header_time)
        .max_header_size(HEAD_BYTES)
        .max_buf_size(BUFFER_BYTES);
    let answering = service(router, Arc::clone(&place), Closing(closes.clone()));
    let connection = http.serve_connection(io, answering);
    let mut connection = pin!(connection);
    // Whatever ends a connection is the client's doing and says nothing about the log.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = place.closed() => return,
        _ = closes.changed() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

type Answering = std::pin::Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

/// The router as hyper calls it; a request counts as under way until its answer is handed over.
fn service(
    router: Router,
    place: Arc<Place>,
    closing: Closing,
) -> impl hyper::service::Service<
    hyper::Request<Incoming>,
    Response = Response,
    Error = Infallible,
    Future = Answering,
> {
    let router = TowerToHyperService::new(router);
    hyper::service::service_fn(move |request: hyper::Request<Incoming>| -> Answering {
        let busy = place.busy();
        let mut request: Request = request.map(Body::new);
        if request.uri().path() == CHANGES {
            request.extensions_mut().insert(closing.clone());
        }
        let answer = router.call(request);
        Box::pin(async move {
            let answer = answer.await?;
            Ok(answer.map(|body| Body::new(Guarded::unlimited(body, busy))))
        })
    })
}

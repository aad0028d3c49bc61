//! Requests byte by byte, so that nothing repairs or refuses them before the gateway does.

use crate::fake::Fake;
use crate::privacy;
use fairtrail::api::{PROBLEM, ProblemDetails};
use fairtrail::reason::Reason;
use fairtrail_node::http::{GatewayLimits, router, serve, status};
use fairtrail_node::metrics::Metrics;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A gateway on a port of its own, until dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) metrics: Metrics,
    pub(crate) stop: Option<oneshot::Sender<()>>,
    pub(crate) task: JoinHandle<()>,
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

pub(crate) async fn start(fake: Fake) -> Running {
    start_within(fake, GatewayLimits::default()).await
}

pub(crate) async fn start_within(fake: Fake, limits: GatewayLimits) -> Running {
    privacy::capture();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let metrics = Metrics::default();
    let router = router(Arc::new(fake), limits.clone(), metrics.clone());
    let stopped = async {
        let _ = stopped.await;
    };
    let task = tokio::spawn(serve(listener, router, limits, stopped));
    let stop = Some(stop);
    Running {
        address,
        metrics,
        stop,
        task,
    }
}

impl Running {
    pub(crate) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes as they are and reads all that comes back.
    pub(crate) async fn raw(&self, request: &[u8]) -> Answer {
        let mut stream = self.connect().await;
        // A refusal may come, and the connection end, before everything is sent.
        let _ = stream.write_all(request).await;
        read_answer(&mut stream).await
    }

    pub(crate) async fn ask(&self, method: &str, target: &str, headers: &[(&str, &str)]) -> Answer {
        self.raw(&head(method, target, headers)).await
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.ask("GET", target, &[]).await
    }

    pub(crate) async fn post(&self, target: &str, media_type: &str, body: &[u8]) -> Answer {
        self.post_with(target, media_type, &[], body).await
    }

    pub(crate) async fn post_with(
        &self,
        target: &str,
        media_type: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Answer {
        let length = body.len().to_string();
        let mut all = vec![("content-type", media_type), ("content-length", &length)];
        all.extend(headers);
        let mut request = head("POST", target, &all);
        request.extend_from_slice(body);
        self.raw(&request).await
    }
}

pub(crate) fn head(method: &str, target: &str, headers: &[(&str, &str)]) -> Vec<u8> {
    let mut head = format!("{method} {target} HTTP/1.1\r\nhost: gateway.example\r\n");
    for (name, value) in headers {
        head.extend([name, ": ", value, "\r\n"]);
    }
    head.push_str("connection: close\r\n\r\n");
    head.into_bytes()
}

/// Reads to the end of the connection, for ten seconds at most.
pub(crate) async fn read_answer(stream: &mut TcpStream) -> Answer {
    let mut bytes = Vec::new();
    let read = async {
        let mut buffer = vec![0; 65_536];
        while let Ok(len) = stream.read(&mut buffer).await {
            if len == 0 {
                break;
            }
            bytes.extend_from_slice(&buffer[..len]);
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(10), read).await;
    Answer::parse(&bytes)
}

impl Answer {
    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n");
        let end = end.unwrap_or_else(|| panic!("no answer in {} bytes", bytes.len()));
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        let header = |line: &str| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        };
        Self {
            status: status.parse().unwrap(),
            headers: lines.map(header).collect(),
            body: bytes[end + 4..].to_vec(),
        }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(given, _)| given == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} stands twice");
        value
    }

    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap()
    }

    /// Checks everything a refusal must be, and returns its problem.
    #[track_caller]
    pub(crate) fn refused(&self, reason: Reason) -> ProblemDetails {
        let problem: ProblemDetails = serde_json::from_slice(&self.body)
            .unwrap_or_else(|_| panic!("{} without a problem", self.status));
        assert_eq!(problem.reason, reason.as_str(), "{}", problem.detail);
        assert_eq!(self.status, status(reason).as_u16());
        assert_eq!(problem.status, self.status);
        assert_eq!(self.header("content-type"), Some(PROBLEM));
        assert_eq!(self.header("cache-control"), None);
        assert!(problem.problem_type.ends_with(reason.as_str()));
        let id = self.header("x-request-id").unwrap();
        assert_eq!(problem.instance, Some(format!("/requests/{id}")));
        let later = matches!(self.status, 429 | 503);
        assert_eq!(self.header("retry-after").is_some(), later);
        problem
    }
}

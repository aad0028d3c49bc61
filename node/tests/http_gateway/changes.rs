//! Streams of changes: what they tell, how they are resumed, and how they end.

use crate::client::{Running, head, start_within};
use crate::fake::{Fake, published};
use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use fairtrail_node::http::{GatewayLimits, LogService};
use fairtrail_node::metrics::Now;
use fairtrail_node::service::Published;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

const SECOND: Duration = Duration::from_secs(1);

fn limits() -> GatewayLimits {
    GatewayLimits {
        streams: 2,
        stall_time: Duration::from_millis(700),
        beat: Duration::from_millis(300),
        ..GatewayLimits::default()
    }
}

/// A gateway of a log of so many leaves, and where more are published.
async fn with(size: u64, limits: GatewayLimits) -> (Running, watch::Sender<Arc<Published>>) {
    let (publish, follow) = watch::channel(published(size));
    let fake = Fake {
        published: Some(follow),
        ..Fake::default()
    };
    (start_within(fake, limits).await, publish)
}

/// A client of one stream, and what it read.
struct Client {
    stream: TcpStream,
    text: String,
}

impl Client {
    async fn ask(gateway: &Running, target: &str, headers: &[(&str, &str)]) -> Self {
        let mut stream = gateway.connect().await;
        let request = head("GET", target, headers);
        stream.write_all(&request).await.unwrap();
        let text = String::new();
        Self { stream, text }
    }

    /// Reads until a text stands there.
    async fn until(&mut self, wanted: &str) {
        while !self.text.contains(wanted) {
            let read = timeout(10 * SECOND, self.more()).await;
            let read = read.unwrap_or_else(|_| panic!("{wanted} in {}", self.text));
            assert!(read > 0, "{wanted} in {}", self.text);
        }
    }

    async fn more(&mut self) -> usize {
        let mut buffer = [0; 4_096];
        let read = self.stream.read(&mut buffer).await.unwrap_or(0);
        self.text
            .push_str(&String::from_utf8_lossy(&buffer[..read]));
        read
    }

    /// The leaves told, in order.
    fn leaves(&self) -> Vec<u64> {
        let all = self.text.split("\"leaf_index\":").skip(1);
        let number = |text: &str| text.split(',').next().unwrap().parse().unwrap();
        all.map(number).collect()
    }
}

/// Whether the gateway counts this.
fn counts(gateway: &Running, line: &str) -> bool {
    let now = Now {
        health: Fake::default().health(),
        peers: Vec::new(),
        proofs: 0,
        at: Timestamp::new(1_790_000_000).unwrap(),
    };
    let text = gateway.metrics.text(&now);
    text.lines().any(|found| found == line)
}

#[tokio::test]
async fn what_is_published_is_told_and_nothing_before() {
    let (gateway, publish) = with(2, limits()).await;
    let mut new = Client::ask(&gateway, "/v1/changes", &[]).await;
    new.until("\"size\":2,\"from\":2").await;
    assert!(new.text.contains("content-type: text/event-stream\r\n"));
    assert!(new.text.contains("cache-control: no-store\r\n"));
    assert!(new.text.contains("retry: 5000\nevent: log\n"));
    let mut all = Client::ask(&gateway, "/v1/changes?from=0", &[]).await;
    all.until("id: 1\nevent: size\ndata: {\"size\":2}").await;
    assert_eq!((new.leaves(), all.leaves()), (vec![], vec![0, 1]));
    publish.send_replace(published(5));
    for client in [&mut new, &mut all] {
        client.until("id: 4\nevent: size\ndata: {\"size\":5}").await;
    }
    assert_eq!(new.leaves(), [2, 3, 4]);
    assert_eq!(all.leaves(), [0, 1, 2, 3, 4]);
    assert!(new.text.contains("id: 2\nevent: leaf\n"));
    // Two logs, four sizes, eight leaves.
    assert!(counts(&gateway, "fairtrail_changes_notices_total 14"));
}

#[tokio::test]
async fn a_stream_goes_on_from_where_the_client_got() {
    let (gateway, publish) = with(200, limits()).await;
    // The browser asks again with the address it asked first.
    let headers = [("last-event-id", "197")];
    let mut client = Client::ask(&gateway, "/v1/changes?from=3", &headers).await;
    client.until("event: size").await;
    assert_eq!(client.leaves(), [198, 199]);
    drop(client);
    let mut some = Client::ask(&gateway, "/v1/changes?from=3&subject=gln:1", &[]).await;
    some.until("event: size").await;
    let expected: Vec<u64> = (3..200).filter(|leaf| leaf % 3 == 1).collect();
    assert_eq!(some.leaves(), expected);
    // From beyond the end nothing is told before the log gets there.
    let mut later = Client::ask(&gateway, "/v1/changes?from=201", &[]).await;
    later.until(":\n\n").await;
    assert!(!later.text.contains("event: size"));
    publish.send_replace(published(202));
    later.until("event: size").await;
    assert_eq!(later.leaves(), [201]);
}

#[tokio::test]
async fn what_is_no_question_is_refused() {
    let (gateway, _publish) = with(2, limits()).await;
    for target in [
        "/v1/changes?from=x",
        "/v1/changes?from=1&from=1",
        "/v1/changes?subject=x",
        "/v1/changes?id=gln:1",
    ] {
        let answer = gateway.get(target).await;
        answer.refused(Reason::RequestMalformed);
    }
    for id in ["x", "01", "-1", ""] {
        let headers = [("last-event-id", id)];
        let answer = gateway.ask("GET", "/v1/changes", &headers).await;
        answer.refused(Reason::RequestMalformed);
    }
    let twice = [("last-event-id", "1"), ("last-event-id", "1")];
    let answer = gateway.ask("GET", "/v1/changes", &twice).await;
    answer.refused(Reason::RequestMalformed);
}

#[tokio::test]
async fn streams_are_bounded_and_given_back() {
    let (gateway, _publish) = with(2, limits()).await;
    let mut clients = Vec::new();
    for _ in 0..2 {
        let mut client = Client::ask(&gateway, "/v1/changes", &[]).await;
        client.until("event: log").await;
        clients.push(client);
    }
    let refused = gateway.get("/v1/changes").await;
    refused.refused(Reason::Overloaded);
    assert!(counts(&gateway, "fairtrail_changes_refused_total 1"));
    assert!(counts(&gateway, "fairtrail_changes_streams 2"));
    clients.pop();
    sleep(SECOND).await;
    assert!(counts(&gateway, "fairtrail_changes_streams 1"));
    let client = "fairtrail_changes_ended_total{reason=\"client\"} 1";
    assert!(counts(&gateway, client));
    let mut client = Client::ask(&gateway, "/v1/changes", &[]).await;
    client.until("event: log").await;
    // Nor does asking for the head alone keep a place.
    clients.clear();
    drop(client);
    sleep(SECOND).await;
    for _ in 0..4 {
        assert_eq!(gateway.ask("HEAD", "/v1/changes", &[]).await.status, 200);
        sleep(Duration::from_millis(100)).await;
    }
}

#[tokio::test]
async fn a_silent_log_is_heard_and_a_long_stream_ends() {
    let limits = GatewayLimits {
        stream_time: 2 * SECOND,
        ..limits()
    };
    let (gateway, _publish) = with(2, limits).await;
    let mut client = Client::ask(&gateway, "/v1/changes", &[]).await;
    client.until("\r\n:\n\n").await;
    let rest = timeout(10 * SECOND, async { while client.more().await > 0 {} });
    rest.await.unwrap();
    assert!(client.text.ends_with("0\r\n\r\n"), "{}", client.text);
    let time = "fairtrail_changes_ended_total{reason=\"time\"} 1";
    assert!(counts(&gateway, time));
}

#[tokio::test]
async fn who_takes_nothing_is_dropped_and_the_place_given_back() {
    let limits = GatewayLimits {
        streams: 1,
        ..limits()
    };
    let (gateway, _publish) = with(1_000_000, limits).await;
    let idle = Client::ask(&gateway, "/v1/changes?from=0", &[]).await;
    sleep(Duration::from_millis(500)).await;
    let refused = gateway.get("/v1/changes").await;
    refused.refused(Reason::Overloaded);
    let free = timeout(20 * SECOND, async {
        loop {
            sleep(Duration::from_millis(200)).await;
            let mut client = Client::ask(&gateway, "/v1/changes", &[]).await;
            client.more().await;
            if client.text.starts_with("HTTP/1.1 200") {
                break;
            }
        }
    });
    free.await.unwrap();
    drop(idle);
}

#[tokio::test]
async fn a_gateway_that_stops_ends_its_streams_at_once() {
    let (mut gateway, _publish) = with(2, limits()).await;
    let mut client = Client::ask(&gateway, "/v1/changes", &[]).await;
    client.until("event: log").await;
    gateway.stop.take().unwrap().send(()).unwrap();
    timeout(3 * SECOND, &mut gateway.task)
        .await
        .unwrap()
        .unwrap();
    while client.more().await > 0 {}
    assert!(client.text.ends_with("0\r\n\r\n"), "{}", client.text);
}

#[tokio::test]
async fn a_log_that_signs_nothing_says_so() {
    let (_publish, follow) = watch::channel(published(2));
    let fake = Fake {
        published: Some(follow),
        halted: Some(Reason::QuorumMissing),
        ..Fake::default()
    };
    let gateway = start_within(fake, limits()).await;
    let mut client = Client::ask(&gateway, "/v1/changes", &[]).await;
    let hint = "event: halted\ndata: {\"reason\":\"quorum-missing\"}\n\n";
    client.until(hint).await;
}

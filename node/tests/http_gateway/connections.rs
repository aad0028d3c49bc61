//! Connections that are slow, idle or too many.

use crate::client::{Running, head, read_answer, start_within};
use crate::fake::{Fake, Fault};
use fairtrail::reason::Reason;
use fairtrail_node::http::GatewayLimits;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

const DRIBBLERS: usize = 350;

fn limits() -> GatewayLimits {
    GatewayLimits {
        connections: 128,
        header_time: Duration::from_millis(800),
        stall_time: Duration::from_millis(1_200),
        large_answers: 1,
        drain_time: Duration::from_secs(5),
        ..GatewayLimits::default()
    }
}

/// Whether the gateway has closed the connection.
async fn is_closed(stream: &mut TcpStream) -> bool {
    let mut byte = [0];
    let read = timeout(Duration::from_secs(5), stream.read(&mut byte)).await;
    matches!(read, Ok(Ok(0) | Err(_)))
}

#[tokio::test]
async fn a_header_has_to_come_in_time_however_steadily_it_drips() {
    let gateway = start_within(Fake::default(), limits()).await;
    let mut stream = gateway.connect().await;
    let began = Instant::now();
    stream.write_all(b"GET / HTTP/1.1\r\nx: ").await.unwrap();
    while stream.write_all(b"a").await.is_ok() && began.elapsed() < Duration::from_secs(5) {
        sleep(Duration::from_millis(50)).await;
    }
    let took = began.elapsed();
    assert!(
        took > Duration::from_millis(700) && took < Duration::from_secs(2),
        "{took:?}"
    );
    let mut idle = gateway.connect().await;
    assert!(is_closed(&mut idle).await);
}

/// Sends a request a byte at a time, over and over; closed out, it soon comes back.
async fn dribble(address: SocketAddr) {
    loop {
        sleep(Duration::from_millis(500)).await;
        let Ok(mut stream) = TcpStream::connect(address).await else {
            continue;
        };
        for byte in b"GET /checkpoint HTTP/1.1\r\nhost: a\r\nx-very-slow-header: aaaaaaaa" {
            if stream.write_all(&[*byte]).await.is_err() {
                break;
            }
            sleep(Duration::from_millis(100)).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn those_who_dribble_keep_nobody_out() {
    let gateway = start_within(Fake::default(), limits()).await;
    let dribbler = |_| tokio::spawn(dribble(gateway.address));
    let dribblers: Vec<_> = (0..DRIBBLERS).map(dribbler).collect();
    sleep(Duration::from_millis(800)).await;
    let mut times = Vec::new();
    for _ in 0..100 {
        let began = Instant::now();
        assert_eq!(gateway.get("/checkpoint").await.status, 200);
        times.push(began.elapsed());
    }
    times.sort_unstable();
    assert!(times[90] < Duration::from_millis(500), "{:?}", times[90]);
    for dribbler in dribblers {
        dribbler.abort();
    }
}

#[tokio::test]
async fn a_request_under_way_is_not_closed_for_another() {
    let limits = GatewayLimits {
        connections: 1,
        ..limits()
    };
    let fake = Fake::failing(Fault::Slow(Duration::from_millis(1_500)));
    let gateway = start_within(fake, limits).await;
    let other = async {
        sleep(Duration::from_millis(200)).await;
        let mut stream = gateway.connect().await;
        let _ = stream.write_all(&head("GET", "/v1/log", &[])).await;
        assert!(is_closed(&mut stream).await);
    };
    let (answer, ()) = tokio::join!(gateway.get("/tile/0/000.p/1"), other);
    assert_eq!(answer.status, 200);
    let mut idle = gateway.connect().await;
    assert_eq!(gateway.get("/v1/log").await.status, 200);
    assert!(is_closed(&mut idle).await);
}

#[tokio::test]
async fn an_answer_nobody_takes_is_given_up_and_its_permit_with_it() {
    let bundle = Some(30_000_000);
    let gateway = start_within(
        Fake {
            bundle,
            ..Fake::default()
        },
        limits(),
    )
    .await;
    let request = head("GET", "/tile/entries/000", &[]);
    let mut idle = gateway.connect().await;
    idle.write_all(&request).await.unwrap();
    sleep(Duration::from_millis(500)).await;
    let second = gateway.get("/tile/entries/001").await;
    second.refused(Reason::Overloaded);
    sleep(Duration::from_secs(2)).await;
    let third = gateway.get("/tile/entries/001").await;
    assert_eq!((third.status, third.body.len()), (200, 30_000_000));
    assert_eq!(third.header("content-length"), Some("30000000"));
}

#[tokio::test]
async fn a_large_answer_has_its_time() {
    let limits = GatewayLimits {
        send_time: Duration::from_millis(200),
        stall_time: Duration::from_secs(5),
        ..limits()
    };
    let bundle = Some(30_000_000);
    let gateway = start_within(
        Fake {
            bundle,
            ..Fake::default()
        },
        limits,
    )
    .await;
    let mut slow = gateway.connect().await;
    slow.write_all(&head("GET", "/tile/entries/000", &[]))
        .await
        .unwrap();
    sleep(Duration::from_secs(1)).await;
    let answer = read_answer(&mut slow).await;
    assert!(answer.body.len() < 30_000_000);
}

#[tokio::test]
async fn stopping_ends_what_is_under_way_and_takes_nothing_new() {
    let fake = Fake::failing(Fault::Slow(Duration::from_secs(1)));
    let mut gateway = start_within(fake, limits()).await;
    let mut under_way = gateway.connect().await;
    under_way
        .write_all(&head("GET", "/tile/0/000.p/1", &[]))
        .await
        .unwrap();
    let mut idle = gateway.connect().await;
    sleep(Duration::from_millis(100)).await;
    gateway.stop.take().unwrap().send(()).unwrap();
    assert!(is_closed(&mut idle).await);
    assert_eq!(read_answer(&mut under_way).await.status, 200);
    let Running { address, task, .. } = gateway;
    timeout(Duration::from_secs(6), task)
        .await
        .unwrap()
        .unwrap();
    assert!(TcpStream::connect(address).await.is_err());
}

//! What one request may bring: at the limit it is taken, beyond it refused.

use crate::client::{Running, head, read_answer, start, start_within};
use crate::fake::{Fake, Fault, batch};
use fairtrail::api::BATCH;
use fairtrail::limits::WIRE_BYTES;
use fairtrail::reason::Reason;
use fairtrail_node::http::GatewayLimits;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

fn limits() -> GatewayLimits {
    GatewayLimits {
        large_bodies: 1,
        submissions: 2,
        questions: 1,
        content_time: Duration::from_secs(2),
        ..GatewayLimits::default()
    }
}

/// Announces `length` bytes of a batch and sends `sent` of them.
async fn begin(gateway: &Running, length: usize, sent: usize) -> TcpStream {
    let length = length.to_string();
    let headers = [("content-type", BATCH), ("content-length", &length)];
    let mut stream = gateway.connect().await;
    let request = head("POST", "/v1/entries", &headers);
    stream.write_all(&request).await.unwrap();
    stream.write_all(&vec![0; sent]).await.unwrap();
    stream
}

#[tokio::test]
async fn content_is_taken_up_to_its_limit() {
    let gateway = start(Fake::default()).await;
    let answer = gateway
        .post("/v1/entries", BATCH, &vec![0; WIRE_BYTES])
        .await;
    answer.refused(Reason::CborMalformed);
    // Refused by what it announces, before it is sent.
    let mut stream = begin(&gateway, WIRE_BYTES + 1, 0).await;
    read_answer(&mut stream).await.refused(Reason::TooLarge);
    let mut stream = begin(&gateway, 1 << 50, 0).await;
    read_answer(&mut stream).await.refused(Reason::TooLarge);
}

#[tokio::test]
async fn content_that_announces_no_length_is_counted() {
    let gateway = start(Fake::default()).await;
    for (len, reason) in [
        (WIRE_BYTES, Reason::CborMalformed),
        (WIRE_BYTES + 1, Reason::TooLarge),
    ] {
        let headers = [("content-type", BATCH), ("transfer-encoding", "chunked")];
        let mut request = head("POST", "/v1/entries", &headers);
        request.extend_from_slice(format!("{len:x}\r\n").as_bytes());
        request.resize(request.len() + len, 0);
        request.extend_from_slice(b"\r\n0\r\n\r\n");
        gateway.raw(&request).await.refused(reason);
    }
}

#[tokio::test]
async fn content_that_does_not_come_is_not_waited_for() {
    let gateway = start_within(Fake::default(), limits()).await;
    let mut stream = begin(&gateway, 1_000, 10).await;
    read_answer(&mut stream)
        .await
        .refused(Reason::RequestTimeout);
}

#[tokio::test]
async fn few_large_bodies_are_received_at_once() {
    let gateway = start_within(Fake::default(), limits()).await;
    let mut first = begin(&gateway, 1_000_000, 400_000).await;
    tokio::time::sleep(Duration::from_millis(200)).await;
    let mut second = begin(&gateway, 1_000_000, 400_000).await;
    read_answer(&mut second).await.refused(Reason::Overloaded);
    let small = gateway.post("/v1/entries", BATCH, &batch(&[1])).await;
    assert_eq!(small.status, 202);
    read_answer(&mut first)
        .await
        .refused(Reason::RequestTimeout);
    let third = gateway.post("/v1/entries", BATCH, &vec![0; 400_000]).await;
    third.refused(Reason::CborMalformed);
}

#[tokio::test]
async fn few_requests_are_worked_on_at_once_and_questions_apart_from_submissions() {
    let fake = Fake::failing(Fault::Slow(Duration::from_millis(1_500)));
    let gateway = start_within(fake, limits()).await;
    let batch = batch(&[1]);
    let submit = || gateway.post("/v1/entries", BATCH, &batch);
    let later = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        let third = submit().await;
        third.refused(Reason::Overloaded);
        let question = gateway.get("/tile/0/000.p/1");
        let other = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            gateway.get("/v1/log").await.refused(Reason::Overloaded);
        };
        let (question, ()) = tokio::join!(question, other);
        assert_eq!(question.status, 200);
    };
    let (first, second, ()) = tokio::join!(submit(), submit(), later);
    let mut statuses = [first.status, second.status];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 202]);
    assert_eq!(gateway.get("/v1/log").await.status, 200);
}

#[tokio::test]
async fn headers_are_few_and_short() {
    let gateway = start(Fake::default()).await;
    let fields = |count| {
        // Beside these: host and connection.
        let names: Vec<_> = (0..count - 2).map(|number| format!("x-{number}")).collect();
        let fields: Vec<_> = names.iter().map(|name| (name.as_str(), "1")).collect();
        head("GET", "/v1/log", &fields)
    };
    assert_eq!(gateway.raw(&fields(64)).await.status, 200);
    gateway
        .raw(&fields(65))
        .await
        .refused(Reason::HeadersTooLarge);
    let long = |len: usize| {
        let rest = ["host: gateway.example", "connection: close", "x-long: "];
        let rest: usize = rest.iter().map(|line| line.len() + 2).sum();
        let value = "a".repeat(len - rest - "/v1/log".len());
        head("GET", "/v1/log", &[("x-long", &value)])
    };
    assert_eq!(gateway.raw(&long(16_384)).await.status, 200);
    gateway
        .raw(&long(16_385))
        .await
        .refused(Reason::HeadersTooLarge);
    // Far beyond, the server gives up reading; there is no request yet that could be refused.
    assert_eq!(gateway.raw(&long(100_000)).await.status, 431);
}

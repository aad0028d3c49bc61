//! A socket that answers once with fixed bytes.

use super::*;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::thread::JoinHandle;

/// Answers one request with `answer` and returns the request's head.
fn serve(answer: &'static [u8]) -> (Http, JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let http = Http::parse(&format!("http://{}/base", listener.local_addr().unwrap())).unwrap();
    let served = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut head = Vec::new();
        let mut chunk = [0; 4_096];
        while !head.windows(4).any(|four| four == b"\r\n\r\n") {
            let read = stream.read(&mut chunk).unwrap();
            head.extend_from_slice(&chunk[..read]);
        }
        stream.write_all(answer).unwrap();
        String::from_utf8_lossy(&head).into_owned()
    });
    (http, served)
}

const fn get(max_bytes: usize) -> Request<'static> {
    Request {
        path: "/checkpoint",
        accept: "text/plain",
        content: None,
        wait: None,
        max_bytes,
    }
}

#[test]
fn a_request_names_the_path_below_the_base_and_who_asks() {
    let (http, served) = serve(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi");
    let response = http.request(&get(2)).unwrap();
    assert_eq!((response.status, &*response.body), (200, &b"hi"[..]));
    let head = served.join().unwrap().to_lowercase();
    assert!(
        head.starts_with("get /base/checkpoint http/1.1\r\n"),
        "{head}"
    );
    assert!(head.contains("\r\nuser-agent: fairtrail/"), "{head}");
    assert!(head.contains("\r\naccept: text/plain\r\n"), "{head}");
}

#[test]
fn a_submission_says_how_long_it_waits_and_hears_when_to_come_again() {
    let (http, served) =
        serve(b"HTTP/1.1 429 Too Many Requests\r\nretry-after: 7\r\ncontent-length: 0\r\n\r\n");
    let request = Request {
        content: Some(("application/cbor", b"abc")),
        wait: Some(Duration::from_secs(9)),
        ..get(10)
    };
    let response = http.request(&request).unwrap();
    assert_eq!(response.status, 429);
    assert_eq!(response.retry_after, Some(Duration::from_secs(7)));
    let head = served.join().unwrap().to_lowercase();
    assert!(head.starts_with("post "), "{head}");
    assert!(head.contains("\r\nprefer: wait=9\r\n"), "{head}");
    assert!(
        head.contains("\r\ncontent-type: application/cbor\r\n"),
        "{head}"
    );
}

#[test]
fn redirects_are_answers_and_are_not_followed() {
    let (http, _) =
        serve(b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n");
    assert_eq!(http.request(&get(10)).unwrap().status, 302);
}

#[test]
fn answers_past_the_limit_are_not_read() {
    let too_large = Err(TransportError::TooLarge { max: 3 });
    let (http, _) = serve(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nabcd");
    assert_eq!(http.request(&get(3)), too_large);
    let (http, _) =
        serve(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n4\r\nabcd\r\n0\r\n\r\n");
    assert_eq!(http.request(&get(3)), too_large);
}

#[test]
fn answers_cut_short_and_closed_doors_are_no_answers() {
    let (http, _) = serve(b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nab");
    assert!(http.request(&get(10)).is_err());
    let (http, _) = serve(b"what?\r\n\r\n");
    assert!(http.request(&get(10)).is_err());
    let closed = TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let http = Http::parse(&format!("http://{closed}")).unwrap();
    let refused = http.request(&get(10)).unwrap_err();
    assert_eq!(refused.code().as_str(), "gateway-unreachable");
}

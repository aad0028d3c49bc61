//! What the log says about requests, and what it never says.

use crate::client::start;
use crate::fake::{Fake, Fault, batch, entry};
use fairtrail::api::BATCH;
use std::io;
use std::sync::{Mutex, Once};
use tracing_subscriber::fmt::MakeWriter;

static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static CAPTURE: Once = Once::new();

const SECRET: &str = "lei:999900DEMO0000000152";

struct Captured;

impl io::Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LOG.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Captured {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}

/// Keeps all that any test of this file's binary logs, at the finest level.
pub(crate) fn capture() {
    CAPTURE.call_once(|| {
        let spans = tracing_subscriber::fmt::format::FmtSpan::FULL;
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::TRACE)
            .with_span_events(spans)
            .with_ansi(false)
            .with_writer(Captured)
            .init();
    });
}

fn log() -> String {
    String::from_utf8(LOG.lock().unwrap().clone()).unwrap()
}

/// What is almost a look-up, and refused.
fn near_misses(history: &str) -> [String; 7] {
    [
        format!("{history}?who={SECRET}"),
        format!("/v1/bundle?who={SECRET}"),
        format!("/v1/changes?who={SECRET}"),
        format!("/v1/subjects/{SECRET}"),
        format!("/v1/subjects/{SECRET}/other"),
        format!("/{SECRET}"),
        format!("/v1/parts?first={SECRET}"),
    ]
}

#[tokio::test]
async fn the_log_names_routes_and_never_who_asked_or_about_whom() {
    let gateway = start(Fake::default()).await;
    let failing = start(Fake::failing(Fault::Panic)).await;
    let history = format!("/v1/subjects/{SECRET}/history");
    let marked = |id| {
        [
            ("x-request-id", id),
            ("user-agent", "secret-agent"),
            ("from", "me@secret"),
        ]
    };
    let bundle = format!("/v1/bundle?id={SECRET}");
    let changes = format!("/v1/changes?subject={SECRET}");
    let page = format!("{history}?after=4503599627370&limit=7");
    // The log that answers here has no stream; that somebody wanted one is no less secret.
    for (target, status) in [
        (&history, 200),
        (&page, 200),
        (&bundle, 200),
        (&changes, 404),
    ] {
        let answer = gateway.ask("GET", target, &marked("probe-look-up")).await;
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("x-request-id"), Some("probe-look-up"));
        failing.ask("GET", target, &marked("probe-look-up")).await;
    }
    for target in near_misses(&history) {
        gateway
            .ask("GET", &target, &marked("probe-near-miss"))
            .await;
    }
    gateway
        .ask("SECRETMETHOD", "/v1/log", &marked("probe-method"))
        .await;
    let author = entry().author().to_string();
    gateway
        .ask("GET", &format!("/v1/feeds/{author}"), &marked("probe-feed"))
        .await;
    gateway.post("/v1/entries", BATCH, &batch(&[1])).await;
    gateway.post("/v1/entries", BATCH, SECRET.as_bytes()).await;

    let log = log();
    let feed = log
        .lines()
        .find(|line| line.contains("probe-feed") && line.contains("answered"));
    let feed = feed.expect("a line about the feed");
    for said in ["\"GET\"", "/v1/feeds/{author}", "status=200", "micros="] {
        assert!(feed.contains(said), "{said} in {feed}");
    }
    assert!(log.contains("refused") && log.contains("request-malformed"));
    assert!(log.contains("a look-up failed"));
    let (ip, port) = (gateway.address.ip(), gateway.address.port());
    let never = [
        SECRET.to_owned(),
        "999900DEMO0000000152".into(),
        "subjects".into(),
        "4503599627370".into(),
        "probe-look-up".into(),
        "secret-agent".into(),
        "me@secret".into(),
        "SECRETMETHOD".into(),
        author,
        ip.to_string(),
        format!(":{port}"),
    ];
    for secret in never {
        let line = log.lines().find(|line| line.contains(&secret));
        assert_eq!(line, None, "{secret}");
    }
}

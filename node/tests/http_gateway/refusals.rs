//! Every refusal is a problem with its reason and status, and nothing else.

use crate::client::{start, start_within};
use crate::fake::{Fake, Fault, WITHHELD, batch, entry};
use fairtrail::api::{BATCH, DRAFT, DraftProblem, ENTRY};
use fairtrail::reason::Reason;
use fairtrail_node::follow::Peers;
use fairtrail_node::http::{GatewayLimits, admin_router, serve, status};
use fairtrail_node::metrics::Metrics;
use fairtrail_node::service::{ReadError, SubmitError};
use std::sync::Arc;
use std::time::Duration;

#[tokio::test]
async fn what_is_not_here_or_not_to_be_had() {
    let gateway = start(Fake::default()).await;
    let other = crate::fake::entry_of(2).id();
    let unknown = [
        "/nothing".to_owned(),
        "/v1".into(),
        "/v1/log/".into(),
        "/v1/subjects/lei:x".into(),
        "/tile/0/001".into(),
        "/archive/2".into(),
        "/v1/parts?first=1".into(),
        "/v1/withheld?first=1".into(),
        format!("/v1/entries/{other}"),
        format!("/v1/entries/{other}/proof"),
        format!("/v1/entries/{other}/feed"),
    ];
    for target in unknown {
        gateway.get(&target).await.refused(Reason::NotFound);
    }
    let withheld = gateway.get(&format!("/v1/parts/{WITHHELD}")).await;
    assert_eq!(withheld.refused(Reason::Withheld).status, 410);
    let accept = [("accept", "text/html")];
    let entry = format!("/v1/entries/{}", entry().id());
    let refused = gateway.ask("GET", &entry, &accept).await;
    refused.refused(Reason::NotAcceptable);
}

#[tokio::test]
async fn a_resource_says_which_methods_it_takes() {
    let gateway = start(Fake::default()).await;
    for (method, target, allow) in [
        ("POST", "/checkpoint", "GET,HEAD"),
        ("DELETE", "/v1/entries", "POST"),
        ("GET", "/v1/entries", "POST"),
        ("BREW", "/v1/log", "GET,HEAD"),
    ] {
        let answer = gateway.ask(method, target, &[]).await;
        let problem = answer.refused(Reason::MethodNotAllowed);
        assert_eq!(answer.header("allow"), Some(allow), "{method} {target}");
        assert!(problem.hint.is_some());
    }
}

#[tokio::test]
async fn malformed_names_and_queries() {
    let gateway = start(Fake::default()).await;
    let entry = format!("/v1/entries/{}", entry().id());
    let malformed = [
        format!("{entry}?"),
        format!("{entry}?x=1"),
        format!("{entry}/feed?limit=0"),
        format!("{entry}/feed?limit=257"),
        format!("{entry}/feed?after=1"),
        entry.to_uppercase().replace("/V1/ENTRIES", "/v1/entries"),
        "/v1/entries/author:aaaa".into(),
        "/v1/entries/%FF".into(),
        "/v1/parts/part:".into(),
        "/v1/parts".into(),
        "/v1/parts?count=1".into(),
        "/v1/parts?first=0&count=0".into(),
        "/v1/parts?first=0&count=257".into(),
        "/v1/parts?first=00".into(),
        "/v1/parts?first=0&first=0".into(),
        "/v1/parts?first=0&who=me".into(),
        "/v1/withheld".into(),
        "/v1/bundle".into(),
        "/v1/bundle?class=finding".into(),
        "/v1/bundle?id=gln".into(),
        "/v1/bundle?id=gln:1&id=gln:1".into(),
        "/v1/bundle?id=gln:1&class=none".into(),
        "/v1/bundle?feed=author:x".into(),
        "/v1/bundle?id=gln:1&who=me".into(),
        "/v1/withheld?first=0&count=257".into(),
        "/v1/withheld?first=0&who=me".into(),
        "/v1/subjects/nothing/history".into(),
        "/v1/subjects/lei:a%20b/history".into(),
        "/v1/subjects/lei:a/history?limit=257".into(),
        "/v1/subjects/lei:a/history?limit=0".into(),
        "/v1/subjects/lei:a/history?page=1".into(),
        "/v1/feeds/entry:aaaa".into(),
        "/archive/01".into(),
        "/archive/x".into(),
        "/archive/%31".into(),
        "/archive/9007199254740993".into(),
        "/checkpoint?t=1".into(),
        "/?utm_source=x".into(),
        "/v1/log?".into(),
        "/tile/0/000.p/1?fresh".into(),
    ];
    for target in malformed {
        let answer = gateway.get(&target).await;
        assert_eq!(answer.status, 400, "{target}");
        answer.refused(Reason::RequestMalformed);
    }
}

#[tokio::test]
async fn content_of_another_type_or_none() {
    let gateway = start(Fake::default()).await;
    let batch = batch(&[1]);
    for media_type in [DRAFT, ENTRY, "application/json", "", "application/cbor"] {
        let answer = gateway.post("/v1/entries", media_type, &batch).await;
        answer.refused(Reason::MediaTypeUnsupported);
    }
    let coded = [("content-encoding", "gzip")];
    let answer = gateway
        .post_with("/v1/entries", BATCH, &coded, &batch)
        .await;
    answer.refused(Reason::MediaTypeUnsupported);
    let answer = gateway.post("/v1/check", BATCH, &batch).await;
    answer.refused(Reason::MediaTypeUnsupported);
    let answer = gateway.post("/v1/entries?now=1", BATCH, &batch).await;
    answer.refused(Reason::RequestMalformed);
    let prefer = [("prefer", "wait=soon")];
    let answer = gateway
        .post_with("/v1/entries", BATCH, &prefer, &batch)
        .await;
    answer.refused(Reason::RequestMalformed);
    let answer = gateway
        .ask("GET", "/v1/log", &[("content-length", "1")])
        .await;
    answer.refused(Reason::TooLarge);
}

#[tokio::test]
async fn a_batch_that_is_none_names_what_is_wrong() {
    let gateway = start(Fake::default()).await;
    let mut bytes = batch(&[1, 2]);
    let answer = gateway.post("/v1/entries", BATCH, b"").await;
    answer.refused(Reason::CborMalformed);
    bytes.push(0);
    let answer = gateway.post("/v1/entries", BATCH, &bytes).await;
    answer.refused(Reason::CborMalformed);
    let answer = gateway.post("/v1/entries", BATCH, &[0xa0]).await;
    answer.refused(Reason::SchemaMismatch);
    let answer = gateway.post("/v1/entries", BATCH, &[0x80]).await;
    answer.refused(Reason::TooLarge);
    // A frame of another shape in the second entry, which ends before its empty list of bodies.
    let second = crate::fake::entry_of(2).bytes().len();
    let mut broken = batch(&[1, 2]);
    let at = broken.len() - 1 - second;
    assert_eq!(broken[at], 0xd2);
    broken[at] = 0xd3;
    let answer = gateway.post("/v1/entries", BATCH, &broken).await;
    assert_eq!(answer.refused(Reason::FrameInvalid).position, Some(1));
}

#[tokio::test]
async fn a_refused_submission_blames_an_entry_and_lists_its_problems() {
    let problems = vec![DraftProblem {
        reason: "privacy-band".into(),
        field: "occupation".into(),
        detail: "two digits below 50".into(),
    }];
    let refusal = SubmitError {
        position: Some(2),
        problems: problems.clone(),
        ..SubmitError::of(Reason::PrivacyBand, "too precise")
    };
    let gateway = start(Fake::answering(Err(refusal))).await;
    let answer = gateway.post("/v1/entries", BATCH, &batch(&[1])).await;
    let problem = answer.refused(Reason::PrivacyBand);
    assert_eq!((problem.status, problem.position), (422, Some(2)));
    assert_eq!(
        (problem.problems, problem.detail),
        (problems, "too precise".into())
    );
}

#[tokio::test]
async fn every_reason_has_its_status_on_the_wire() {
    for reason in Reason::ALL {
        let gateway = start(Fake::refusing(*reason)).await;
        let answer = gateway.post("/v1/entries", BATCH, &batch(&[1])).await;
        answer.refused(*reason);
        assert!(answer.status >= 400);
    }
    let expected = [
        (Reason::CborNotCanonical, 400),
        (Reason::AuthorRevoked, 403),
        (Reason::EarlyPrev, 409),
        (Reason::FeedForked, 409),
        (Reason::TooLarge, 413),
        (Reason::ClaimInvalid, 422),
        (Reason::SignatureInvalid, 422),
        (Reason::QuotaExceeded, 429),
        (Reason::HeadersTooLarge, 431),
        (Reason::StoreFailed, 500),
        (Reason::Overloaded, 503),
    ];
    for (reason, code) in expected {
        assert_eq!(status(reason).as_u16(), code, "{reason}");
    }
}

#[tokio::test]
async fn a_log_that_fails_says_only_that_it_does() {
    for (error, reason) in [
        (ReadError::Stopped, Reason::Stopping),
        (ReadError::NotFound, Reason::NotFound),
        (
            ReadError::Store {
                reason: Reason::StoreDamaged,
            },
            Reason::StoreDamaged,
        ),
    ] {
        let gateway = start(Fake::failing(Fault::Read(error))).await;
        gateway.get("/tile/0/000.p/1").await.refused(reason);
        gateway
            .get("/v1/subjects/lei:a/history")
            .await
            .refused(reason);
    }
    let gateway = start(Fake::failing(Fault::Panic)).await;
    for _ in 0..3 {
        let answer = gateway.get("/v1/subjects/lei:a/history").await;
        let problem = answer.refused(Reason::Internal);
        assert!(!problem.detail.contains("lei:"));
    }
    assert_eq!(gateway.get("/checkpoint").await.status, 200);
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up() {
    let limits = GatewayLimits {
        answer_time: Duration::from_millis(100),
        ..GatewayLimits::default()
    };
    let fake = Fake::failing(Fault::Slow(Duration::from_secs(1)));
    let gateway = start_within(fake, limits).await;
    gateway
        .get("/tile/0/000.p/1")
        .await
        .refused(Reason::Overloaded);
}

fn no_peers() -> Peers {
    Peers::new(&[], fairtrail_node::clock::system())
}

#[tokio::test]
async fn the_operator_is_told_whether_the_node_lives_and_signs() {
    let ask = async |fake: Fake, target: &str| {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let router = admin_router(Arc::new(fake), no_peers(), None, Metrics::default());
        let never = std::future::pending();
        let task = tokio::spawn(serve(listener, router, GatewayLimits::default(), never));
        let running = crate::client::Running {
            address,
            metrics: Metrics::default(),
            stop: None,
            task,
        };
        running.get(target).await
    };
    let live = ask(Fake::default(), "/livez").await;
    assert_eq!((live.status, live.text()), (200, "ok\n"));
    assert_eq!(live.header("access-control-allow-origin"), None);
    assert_eq!(ask(Fake::default(), "/readyz").await.status, 200);
    let halted = || Fake {
        halted: Some(Reason::RollbackSuspected),
        ..Fake::default()
    };
    assert_eq!(ask(halted(), "/livez").await.status, 200);
    let answer = ask(halted(), "/readyz").await;
    answer.refused(Reason::RollbackSuspected);
    let stopped = || Fake {
        stopped: true,
        ..Fake::default()
    };
    ask(stopped(), "/livez").await.refused(Reason::Stopping);
    ask(stopped(), "/readyz").await.refused(Reason::Stopping);
    ask(Fake::default(), "/checkpoint")
        .await
        .refused(Reason::NotFound);
}

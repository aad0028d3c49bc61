//! Addresses that are none: each is refused, whatever a file system would make of it.

use crate::client::{Running, start};
use crate::fake::Fake;
use fairtrail::reason::Reason;

/// What an attacker puts between, before or behind the segments of a good address.
const TRAVERSALS: &[&str] = &[
    "..",
    ".",
    "%2e%2e",
    "%2E%2E",
    ".%2e",
    "%2e",
    "%252e%252e",
    "..%2f..",
    "..%5c..",
    "..\\..",
    "%c0%ae%c0%ae",
    "%e0%80%ae",
    "%uff0e",
    "..;",
    "..%00",
    "%00",
    "%0a",
    "%20",
    "~root",
    "%7e",
    "C:",
    "etc%2fpasswd",
    "%ef%bc%8f",
    "....//",
    "x001%2f..",
    "*",
    "%",
    "%zz",
];

/// Written otherwise than the numbers they name, or beyond them.
const FORMS: &[&str] = &[
    "/tile/0/0",
    "/tile/0/00",
    "/tile/0/0000",
    "/tile/0/1",
    "/tile/0/x000/000",
    "/tile/0/x001",
    "/tile/0/001/000",
    "/tile/0/xx01/000",
    "/tile/0/X001/000",
    "/tile/0/x001/x000",
    "/tile/00/000",
    "/tile/64/000",
    "/tile/+0/000",
    "/tile/-1/000",
    "/tile/ff/000",
    "/tile/0/+00",
    "/tile/0/-01",
    "/tile/0/000.p",
    "/tile/0/000.p/",
    "/tile/0/000.p/0",
    "/tile/0/000.p/256",
    "/tile/0/000.p/01",
    "/tile/0/000.p/1/",
    "/tile/0/000.p/+1",
    "/tile/0/000.P/1",
    "/tile/0/000p/1",
    "/tile/0/000/p/1",
    "/tile/0/000.p/1.p/1",
    "/tile/0/x001/../000",
    "/tile/0/x001/x../000",
    "/tile/0/٠٠٠",
    "/tile/entries/0",
    "/tile/entries/000.p/0",
    "/tile/entries/000.p/256",
    "/tile/entries/x001",
    "/tile/Entries/000",
    "/tile/entries/entries/000",
    "/tile/data/000",
    "/tile/0",
    "/tile",
    "/tile/",
    "/tile//000",
    "/tile/0//000",
    "//tile/0/000",
    "/tile/0/000/",
    "/TILE/0/000",
    "/tile/0/000;a=b",
    "/archive/",
    "/archive//1",
    "/archive/1/",
    "/archive/0x1",
    "/archive/1e0",
    "/archive/-1",
    "/archive/18446744073709551616",
    "/archive/../checkpoint",
    "/checkpoint/",
    "/checkpoint/..",
    "/./checkpoint",
    "/%63heckpoint",
    "/v1/../checkpoint",
    "/..",
    "/../..",
    "/.git/config",
    "/index.html",
    "/v1/entries/",
    "/v1/entries/..",
    "/v1/parts/../../etc/passwd",
    "/v1/feeds/%2e%2e",
    "/v1/entries/../log",
    "/v1//log",
];

/// No request at all; the server says so without a problem.
const NO_TARGETS: &[&[u8]] = &[
    b"/tile/0/\x00",
    b"/tile/0/000 .p/1",
    b"tile/0/000",
    b"/tile/0/\r000",
    b"/tile/0/000\t",
    b"../checkpoint",
    b"/tile/0/\x7f",
];

async fn refused(gateway: &Running, target: &str) {
    let answer = gateway.get(target).await;
    let reason = match answer.status {
        400 if target.starts_with("/tile/") => Reason::TilePath,
        400 => Reason::RequestMalformed,
        404 => Reason::NotFound,
        status => panic!("{status} for {target}"),
    };
    answer.refused(reason);
}

#[tokio::test]
async fn no_path_reaches_anything_but_its_own_resource() {
    // This log has every entry bundle anybody may ask for.
    let bundle = Some(1);
    let gateway = start(Fake {
        bundle,
        ..Fake::default()
    })
    .await;
    let mut tried = 0;
    for traversal in TRAVERSALS {
        for target in [
            format!("/tile/{traversal}/000"),
            format!("/tile/0/{traversal}/000"),
            format!("/tile/entries/{traversal}"),
            format!("/tile/entries/000{traversal}"),
            format!("/archive/{traversal}"),
            format!("/{traversal}/checkpoint"),
        ] {
            refused(&gateway, &target).await;
            tried += 1;
        }
    }
    for target in FORMS {
        refused(&gateway, target).await;
        tried += 1;
    }
    let long = format!("/tile/entries/{}000", "x999/".repeat(1_000));
    refused(&gateway, &long).await;
    assert!(tried > 200);
    assert_eq!(gateway.get("/tile/entries/x001/000").await.status, 200);
}

#[tokio::test]
async fn what_is_no_request_is_not_served() {
    let gateway = start(Fake::default()).await;
    for target in NO_TARGETS {
        let ends: [&[u8]; 3] = [
            b"GET ",
            target,
            b" HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n",
        ];
        let answer = gateway.raw(&ends.concat()).await;
        assert_eq!(answer.status, 400, "{target:?}");
    }
}

//! Every route: status, media type, caching, and what stands around each answer.

use crate::client::{Answer, Running, start};
use crate::fake::{self, Fake, batch, body, entry};
use fairtrail::api::{
    self, BATCH, BODY, CHARTER, CheckAnswer, DRAFT, DraftMessage, ENTRY, EntryView, FeedView,
    HistoryPage, LogInfo, PARTS, PartsPage, Receipt, WithheldPage,
};
use fairtrail::cbor::{Rules, decode};
use fairtrail::entry::{Body, SignedEntry};
use fairtrail::log::decode_entries;

const FOREVER: &str = "public, max-age=604800, immutable";
const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

async fn read(gateway: &Running, target: &str, media_type: &str, caching: &str) -> Answer {
    let answer = gateway.get(target).await;
    assert_eq!(answer.status, 200, "{target}");
    assert_eq!(answer.header("content-type"), Some(media_type), "{target}");
    assert_eq!(answer.header("cache-control"), Some(caching), "{target}");
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
    assert_eq!(answer.header("access-control-allow-credentials"), None);
    assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    assert!(answer.header("x-request-id").is_some());
    let length = answer.body.len().to_string();
    assert_eq!(answer.header("content-length"), Some(length.as_str()));
    let bare = gateway.ask("HEAD", target, &[]).await;
    assert_eq!((bare.status, bare.body.len()), (200, 0), "{target}");
    assert_eq!(bare.header("content-type"), Some(media_type));
    answer
}

#[tokio::test]
async fn the_log_is_served_as_tools_for_such_logs_expect_it() {
    let gateway = start(Fake::default()).await;
    let gateway = &gateway;
    let note = read(gateway, "/checkpoint", TEXT, "no-store").await;
    assert_eq!(note.text(), fake::NOTE);
    let octets = "application/octet-stream";
    let tile = read(gateway, "/tile/0/000.p/1", octets, FOREVER).await;
    assert_eq!(tile.body, [7; 32]);
    let bundle = read(gateway, "/tile/entries/000.p/1", octets, FOREVER).await;
    assert_eq!(decode_entries(&bundle.body, 1).unwrap(), [entry().bytes()]);
    let list = read(gateway, "/archive", TEXT, "no-cache").await;
    assert_eq!(list.text(), "1 digest\n");
    let archived = read(gateway, "/archive/1", TEXT, FOREVER).await;
    assert_eq!(archived.text(), fake::NOTE);
}

#[tokio::test]
async fn what_the_log_says_of_itself() {
    let gateway = start(Fake::default()).await;
    let info = read(&gateway, "/v1/log", JSON, "no-cache").await;
    assert_eq!(info.json::<LogInfo>().origin, "ledger.example/coast/e1");
    let charter = read(&gateway, "/v1/charter", CHARTER, "no-cache").await;
    assert_eq!(charter.body, fake::CHARTER);
    let home = read(&gateway, "/", TEXT, "no-cache").await;
    assert!(home.text().contains("ledger.example/coast/e1"));
    assert!(home.text().contains(
        "fairtrail verify SUBJECT --gateway http://gateway.example --policy policy.toml"
    ));
}

#[tokio::test]
async fn the_page_does_not_repeat_a_host_that_is_none() {
    let gateway = start(Fake::default()).await;
    let request = b"GET / HTTP/1.1\r\nhost: a;rm -rf x\r\nconnection: close\r\n\r\n";
    let home = gateway.raw(request).await;
    assert!(!home.text().contains("rm -rf"));
    assert!(home.text().contains("--gateway URL"));
}

#[tokio::test]
async fn an_entry_comes_as_its_bytes_or_as_json() {
    let gateway = start(Fake::default()).await;
    let id = entry().id();
    let target = format!("/v1/entries/{id}");
    let bytes = read(&gateway, &target, ENTRY, FOREVER).await;
    assert_eq!(SignedEntry::parse(&bytes.body).unwrap().id(), id);
    assert_eq!(bytes.header("etag"), Some(format!("\"{id}\"").as_str()));
    assert_eq!(bytes.header("vary"), Some("accept"));
    let view = gateway.ask("GET", &target, &[("accept", JSON)]).await;
    assert_eq!(view.header("content-type"), Some(JSON));
    assert_eq!(view.header("cache-control"), Some("no-cache"));
    let tag = format!("\"{id}-json\"");
    assert_eq!(view.header("etag"), Some(tag.as_str()));
    let view: EntryView = view.json();
    assert_eq!((view.id, view.leaf_index, view.seq), (id, 0, 0));
    assert_eq!(view.claimed_at, "2026-09-21T14:13:20Z");
    let held = [("accept", JSON), ("if-none-match", tag.as_str())];
    assert_eq!(gateway.ask("GET", &target, &held).await.status, 304);
    let held = [("if-none-match", tag.as_str())];
    assert_eq!(gateway.ask("GET", &target, &held).await.status, 200);
    let proof = read(&gateway, &format!("{target}/proof"), TEXT, "no-cache").await;
    assert!(proof.text().starts_with("c2sp.org/tlog-proof@v1\n"));
}

#[tokio::test]
async fn parts_are_kept_by_nobody() {
    let gateway = start(Fake::default()).await;
    let target = format!("/v1/parts/{}", body().digest());
    let one = read(&gateway, &target, BODY, "no-store").await;
    assert_eq!(decode::<Body>(&one.body, Rules::WIRE).unwrap(), body());
    let page = read(&gateway, "/v1/parts?first=0&count=3", PARTS, "no-store").await;
    assert_eq!(PartsPage::parse(&page.body).unwrap().next, 3);
    let page = read(&gateway, "/v1/parts?first=0", PARTS, "no-store").await;
    assert_eq!(PartsPage::parse(&page.body).unwrap().next, 256);
    let page = read(&gateway, "/v1/withheld?first=0&count=3", JSON, "no-store").await;
    let page: WithheldPage = page.json();
    assert_eq!((page.next, page.parts.len()), (3, 1));
}

#[tokio::test]
async fn a_history_holds_until_the_tree_moves() {
    let gateway = start(Fake::default()).await;
    let target = "/v1/subjects/lic:GB-GLAA:AB%2F12/history";
    let page = read(&gateway, target, JSON, "no-cache").await;
    let tag = page.header("etag").unwrap().to_owned();
    assert!(tag.starts_with("\"1-") && tag.len() == 12, "{tag}");
    let page: HistoryPage = page.json();
    assert_eq!(page.subject.as_str(), "lic:GB-GLAA:AB/12");
    assert_eq!((page.items.len(), page.next), (1, Some(256)));
    let page: HistoryPage = gateway
        .get(&format!("{target}?after=0&limit=5"))
        .await
        .json();
    assert_eq!((page.items.len(), page.next), (0, Some(5)));
    for held in [&tag, "*", &format!("\"other\", W/{tag}")] {
        let same = gateway.ask("GET", target, &[("if-none-match", held)]).await;
        assert_eq!((same.status, same.body.len()), (304, 0), "{held}");
        assert_eq!(same.header("etag"), Some(tag.as_str()));
    }
    let moved = gateway
        .ask("GET", target, &[("if-none-match", "\"0-00000000\"")])
        .await;
    assert_eq!(moved.status, 200);
}

#[tokio::test]
async fn a_feed_moves_before_the_tree_is_published() {
    let gateway = start(Fake::default()).await;
    let target = format!("/v1/entries/{}/feed", entry().id());
    let feed = read(&gateway, &target, "application/octet-stream", FOREVER).await;
    assert_eq!(decode_entries(&feed.body, 1).unwrap(), [entry().bytes()]);
    let target = format!("/v1/feeds/{}", entry().author());
    let feed = read(&gateway, &target, JSON, "no-cache").await;
    assert_eq!(feed.json::<FeedView>().seq, Some(0));
    let tag = feed.header("etag").unwrap();
    let held = [("if-none-match", tag)];
    assert_eq!(gateway.ask("GET", &target, &held).await.status, 304);
    assert_eq!(
        gateway
            .post("/v1/entries", BATCH, &batch(&[1]))
            .await
            .status,
        202
    );
    let moved = gateway.ask("GET", &target, &held).await;
    assert_eq!((moved.status, moved.json::<FeedView>().seq), (200, Some(1)));
}

#[tokio::test]
async fn a_submission_is_promised_then_known() {
    let gateway = start(Fake::default()).await;
    let id = entry().id();
    let new = gateway.post("/v1/entries", BATCH, &batch(&[1])).await;
    assert_eq!(new.status, 202);
    assert_eq!(new.header("cache-control"), Some("no-store"));
    assert_eq!(new.header("access-control-allow-origin"), None);
    let place = format!("/v1/entries/{id}");
    assert_eq!(new.header("location"), Some(place.as_str()));
    assert_eq!(gateway.get(&place).await.status, 200);
    let receipt: Receipt = new.json();
    assert_eq!(receipt.promise.as_deref(), Some("promise"));
    assert!(!receipt.entries[0].known);
    let again = gateway.post("/v1/entries", BATCH, &batch(&[1])).await;
    assert_eq!(again.status, 200);
    let receipt: Receipt = again.json();
    assert!(receipt.entries[0].known && receipt.promise.is_none());
    let mixed = gateway.post("/v1/entries", BATCH, &batch(&[1, 2])).await;
    assert_eq!((mixed.status, mixed.header("location")), (202, None));
}

#[tokio::test]
async fn publication_is_waited_for_when_asked() {
    let gateway = start(Fake::default()).await;
    let prefer = [("prefer", "wait=99")];
    let waited = gateway
        .post_with("/v1/entries", BATCH, &prefer, &batch(&[1]))
        .await;
    assert_eq!(waited.status, 201);
    assert_eq!(waited.header("preference-applied"), Some("wait=30"));
    assert_eq!(
        waited.json::<Receipt>().entries[0].proof.as_deref(),
        Some("proof")
    );
}

#[tokio::test]
async fn a_draft_is_answered_with_every_problem() {
    let gateway = start(Fake::default()).await;
    let draft = DraftMessage {
        header: entry().header().clone(),
        bodies: vec![body()],
    };
    let checked = gateway.post("/v1/check", DRAFT, &draft.to_bytes()).await;
    assert_eq!(checked.status, 200);
    let checked: CheckAnswer = checked.json();
    assert_eq!(checked.problems[0].reason, "claim-missing");
    assert!(!checked.acceptable);
}

#[tokio::test]
async fn pages_of_other_origins_may_read_and_not_write() {
    let gateway = start(Fake::default()).await;
    let asked = [
        ("origin", "https://buyer.example"),
        ("access-control-request-method", "GET"),
    ];
    let allowed = gateway.ask("OPTIONS", "/v1/log", &asked).await;
    assert_eq!(allowed.status, 204);
    assert_eq!(allowed.header("access-control-allow-origin"), Some("*"));
    assert_eq!(
        allowed.header("access-control-allow-methods"),
        Some("GET, HEAD")
    );
    assert_eq!(allowed.header("access-control-allow-credentials"), None);
    let asked = [("access-control-request-method", "POST")];
    let refused = gateway.ask("OPTIONS", "/v1/entries", &asked).await;
    refused.refused(fairtrail::reason::Reason::MethodNotAllowed);
    assert_eq!(refused.header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn a_request_keeps_the_id_it_came_with_if_that_is_plain() {
    let gateway = start(Fake::default()).await;
    let long = "a".repeat(65);
    for (given, kept) in [
        ("abc-1.2_Z", true),
        ("a b", false),
        (&long, false),
        ("é", false),
    ] {
        let answer = gateway
            .ask("GET", "/v1/none", &[("x-request-id", given)])
            .await;
        let id = answer.header("x-request-id").unwrap();
        assert_eq!(id == given, kept, "{given}");
        answer.refused(fairtrail::reason::Reason::NotFound);
    }
    assert_eq!(api::PROBLEM, "application/problem+json");
}

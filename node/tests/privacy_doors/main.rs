//! Every refusal of the privacy floor, put to three doors: the sdk's, a gateway's with parts made by
//! hand, and following.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a helper that fails is a test that fails"
)]

mod cases;
#[path = "../support/mod.rs"]
mod support;

use std::sync::Arc;

use cases::Case;
use fairtrail::api::{Batch, DraftMessage, Submission};
use fairtrail::client::{ClientError, Gateway, Pinned};
use fairtrail::door::check_statement;
use fairtrail::entry::{Grant, NetworkClaim, Position, Role, ScopeItem, SignedEntry};
use fairtrail::reason::Reason;
use fairtrail::time::Date;
use fairtrail_node::http::{GatewayLimits, router, serve};
use fairtrail_node::metrics::Metrics;
use fairtrail_node::service::ReadError;
use support::*;
use tokio::runtime::Runtime;

fn company(root: &mut Feed, to: &mut Feed) -> SignedEntry {
    let scope = ["blind:*", "gln:*", "org:*"].map(|scope| ScopeItem::parse(scope).unwrap());
    let entry = root.network(NetworkClaim::Grant(Grant {
        to: to.author,
        role: Role::Company,
        scope: scope.to_vec(),
        from: Date::from_days(0).unwrap(),
        to_date: Date::from_days(100_000).unwrap(),
        may_delegate: Vec::new(),
        succeeds: None,
    }));
    let claim = entry.header().claim.as_ref().unwrap();
    let set = fairtrail::admission::AdmittedSet::new(charter());
    to.grant = Some(set.act_id("grant", claim.as_bytes()).into());
    entry
}

fn position(feed: &Feed) -> Position {
    Position {
        network: charter().network(),
        feed: feed.author,
        seq: feed.seq + 1,
        prev: feed.last,
        grant: feed.grant,
    }
}

/// A log behind a gateway.
struct Stage {
    log: Running,
    gateway: Gateway,
    web: Runtime,
}

impl Stage {
    fn of(log: Running) -> Self {
        let web = Runtime::new().unwrap();
        let listener = web.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"));
        let listener = listener.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let gateway = Gateway::at(&url).unwrap();
        let limits = GatewayLimits::default();
        let service = Arc::new(log.service.clone());
        let served = router(service, limits.clone(), Metrics::default());
        web.spawn(serve(listener, served, limits, std::future::pending()));
        Self { log, gateway, web }
    }

    /// The gateway, asked what it would say, and then not asked: signed by hand, sent as it is.
    fn refuses(&self, case: &Case, draft: &DraftMessage, by_hand: &Batch, expected: Reason) {
        let name = case.name;
        let answer = self.gateway.check(draft).unwrap();
        let mut problems = answer.problems.iter();
        let said = problems.any(|found| found.reason == expected.as_str());
        assert!(!answer.acceptable && said, "{name}: {answer:?}");
        let admitted = self.log.service.health().admitted;
        let promise = keys().promise.verifier().clone();
        let pinned = Pinned {
            promise: &promise,
            logs: None,
        };
        let refused = self.gateway.submit(by_hand, &pinned, None).unwrap_err();
        let ClientError::Refused(refusal) = refused else {
            panic!("{name}: not refused by the gateway");
        };
        assert!((400..500).contains(&refusal.status), "{name}: {refusal:?}");
        assert_eq!(self.log.service.health().admitted, admitted, "{name}");
    }

    /// A peer relays it: the entry stands, the part is not kept.
    fn withholds(&self, case: &Case, by_hand: Batch) {
        let (name, service) = (case.name, &self.log.service);
        let said = by_hand.0[0].clone();
        self.log.take_up(by_hand).unwrap();
        self.log.published(service.health().admitted);
        let id = said.entry.id();
        let stored = service.entry(id).unwrap();
        assert!(service.proof(id).is_ok());
        let part = said.bodies[case.at_fault()].digest();
        let withheld = service.withheld(&stored).unwrap();
        let lines = withheld.iter().map(|line| (line.part, &*line.reason));
        let lines: Vec<_> = lines.collect();
        assert_eq!(lines, [(part, "claim-inadmissible")], "{name}");
        let read = service.part(part).unwrap_err();
        assert_eq!(read, ReadError::Withheld { refused: true }, "{name}");
    }
}

fn by_hand(author: &mut Feed, case: &Case, number: u8) -> Batch {
    let draft = case.draft(number);
    let entry = author.sign(&draft);
    let bodies = draft.bodies();
    Batch(vec![Submission { entry, bodies }])
}

#[test]
fn every_refusal_holds_at_every_door() {
    let place = Place::new();
    let stage = Stage::of(place.open().unwrap());
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = company(&mut root, &mut author);
    let begun = [root.begin.clone(), granted, author.begin.clone()];
    stage.log.publish(batch(&begun));
    for (number, case) in (1..).zip(&cases::all()) {
        let draft = case.draft(number);
        let (header, bodies) = (draft.header(&position(&author)), draft.bodies());
        // The sdk, before anything is signed.
        let refused = check_statement(&header, &bodies);
        // What is no text part by its media type is refused for that.
        let expected = if case.plain.is_some() {
            Reason::PartsInvalid
        } else {
            case.reason
        };
        let mut reasons = refused.iter().map(|found| found.reason);
        assert!(
            reasons.any(|found| found == expected),
            "{}: {refused:?}",
            case.name
        );
        let message = DraftMessage { header, bodies };
        let by_hand = by_hand(&mut author, case, number);
        stage.refuses(case, &message, &by_hand, expected);
        stage.withholds(case, by_hand);
    }
    let good = by_hand(&mut author, &cases::good(), 200);
    let said = good.0[0].clone();
    assert_eq!(check_statement(said.entry.header(), &said.bodies), []);
    stage.log.take_up(good).unwrap();
    stage.log.published(stage.log.service.health().admitted);
    let stored = stage.log.service.entry(said.entry.id()).unwrap();
    assert_eq!(stage.log.service.withheld(&stored).unwrap(), []);
    drop(stage.web);
    stage.log.stop();
    // Nothing that was not kept stands in the file of bodies, and a start takes that as it is.
    let stored = fs_err::read(place.data.join("bodies/00000001.seg")).unwrap();
    for told in [
        &b"ana@example.com"[..],
        b"+977 98",
        b"PA1234567",
        b"5d41402abc4b",
    ] {
        assert!(!stored.windows(told.len()).any(|bytes| bytes == told));
    }
    place.open().unwrap().stop();
}

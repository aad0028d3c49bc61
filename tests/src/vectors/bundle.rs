//! Bundles (bundle.md): a small network of invented parties, asked about by somebody who trusts its
//! indexes.

#[path = "../../../sdk/tests/support/market.rs"]
mod market;
#[path = "../../../sdk/tests/support/world.rs"]
mod world;

mod deltas;

use super::Vector;
use fairtrail::bundle::{Bundle, BundleError, Trust, VERSION, open};
use fairtrail::entry::Body;
use fairtrail::id::NetworkId;
use fairtrail::index::{Embedded, PostingList};
use fairtrail::log::TlogPolicy;
use fairtrail::note::Note;
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;
use market::{SITE, market, statement};
use world::bundled::inquire;
use world::{OTHER_ORIGIN, World, subject};

/// A network in which an auditor spoke, rotated its key and spoke again.
fn spoken() -> World {
    spoken_of("finding")
}

fn spoken_of(last: &str) -> World {
    let mut world = market();
    world.on("2026-05-01");
    world.say("auditor", &statement("audit", ""));
    world.rotate("auditor");
    world.on("2026-06-01");
    world.say("auditor", &statement(last, ""));
    world.on("2026-07-01");
    world
}

/// The same after the auditor signed two histories.
fn forked() -> World {
    let mut world = spoken();
    let mark = world.mark("auditor");
    world.say("auditor", &statement("audit", ""));
    world.rewind(mark);
    world.say("auditor", &statement("finding", ""));
    world.on("2026-08-01");
    world
}

fn alone(world: &World, policy: &Policy) -> Bundle {
    let inquired = world.indexed().inquire(&[subject(SITE)], policy, None);
    inquired.bundle
}

/// Two logs, of which one lacks the auditor's last words.
fn of_two_logs(policy: &Policy) -> Bundle {
    let coast = spoken();
    let mut hill = coast.clone();
    hill.say("auditor", &statement("finding", ""));
    hill.on("2026-07-02");
    let logs = [&coast.indexed(), &hill.indexed_as(OTHER_ORIGIN)];
    inquire(&logs, &[subject(SITE)], policy, None).bundle
}

fn case(name: &str, expect: &str, spec: &str, comment: &str, bundle: &Bundle) -> Vector {
    let [logs, indexes] = World::policies();
    let spec = format!("bundle.md {spec}");
    let vector = Vector::new(&format!("bundle/{name}"), expect, &spec, comment);
    let vector = vector.line("network", market().charter.network());
    let vector = logs
        .lines()
        .fold(vector, |vector, line| vector.line("log", line));
    let vector = indexes
        .lines()
        .fold(vector, |vector, line| vector.line("index", line));
    vector.hex("bundle", &bundle.to_bytes())
}

/// What the sdk says to one of these.
pub(super) fn judge(vector: &Vector) -> Result<(), Reason> {
    let policy = |key: &str| {
        let lines: Vec<_> = vector.values(key).collect();
        TlogPolicy::parse(&lines.join("\n")).expect("a policy")
    };
    let network: NetworkId = vector
        .value("network")
        .and_then(|network| network.parse().ok())
        .expect("a network");
    let (logs, indexes) = (&policy("log"), &policy("index"));
    let trust = Trust {
        network,
        logs,
        indexes,
    };
    let opened = open(&vector.bytes("bundle"), trust);
    opened
        .map(|_| ())
        .map_err(|error: BundleError| error.code())
}

/// A change to a bundle that breaks one rule.
struct Broken {
    name: &'static str,
    expect: &'static str,
    spec: &'static str,
    comment: &'static str,
    change: fn(&mut Bundle),
}

impl Broken {
    fn case(&self, whole: &Bundle) -> Vector {
        let mut bundle = whole.clone();
        (self.change)(&mut bundle);
        case(self.name, self.expect, self.spec, self.comment, &bundle)
    }
}

const fn broken(
    name: &'static str,
    expect: &'static str,
    spec: &'static str,
    comment: &'static str,
    change: fn(&mut Bundle),
) -> Broken {
    Broken {
        name,
        expect,
        spec,
        comment,
        change,
    }
}

const BROKEN: &[Broken] = &[
    broken(
        "version",
        "version-unknown",
        "5.1",
        "a later version",
        |bundle| {
            bundle.version = VERSION + 1;
        },
    ),
    broken(
        "no-log",
        "schema-mismatch",
        "5.1",
        "no log at all",
        |bundle| {
            bundle.logs.clear();
        },
    ),
    broken(
        "entries-order",
        "not-ascending",
        "5.3",
        "two entries exchanged",
        |bundle| {
            bundle.entries.swap(0, 1);
        },
    ),
    broken(
        "quorum",
        "quorum-missing",
        "5.4a",
        "nobody vouches for the index",
        |bundle| {
            let note = Note::parse(&bundle.logs[0].note.0).expect("a note");
            let text = note.to_string();
            let end = text.trim_end().rfind('\n').map_or(0, |at| at + 1);
            bundle.logs[0].note = Embedded(text.as_bytes()[..end].to_vec());
        },
    ),
    broken(
        "path",
        "proof-invalid",
        "5.4b",
        "a path that is too long",
        |bundle| {
            bundle.logs[0].path.push([0; 32]);
        },
    ),
    broken(
        "lists-order",
        "not-ascending",
        "5.4c",
        "two lists exchanged",
        |bundle| {
            bundle.logs[0].lists.swap(0, 1);
        },
    ),
    broken(
        "list-short",
        "posting-chain",
        "5.4c",
        "a list without its last posting",
        |bundle| {
            let lists = &mut bundle.logs[0].lists;
            let list = lists.last_mut().expect("a list");
            let mut read = PostingList::parse(&list.list.0).expect("a list");
            read.postings.pop();
            list.list = Embedded(read.to_bytes());
        },
    ),
    broken(
        "note-path",
        "root-mismatch",
        "5.4d",
        "a note of another history",
        |bundle| {
            bundle.logs[0].notes[0].path[0][0] ^= 1;
        },
    ),
    broken(
        "place-path",
        "root-mismatch",
        "5.4e",
        "an entry that does not stand there",
        |bundle| {
            bundle.logs[0].places[0].at.path.reverse();
        },
    ),
    broken(
        "entry-missing",
        "evidence-incomplete",
        "5.4e",
        "an entry is left out",
        |bundle| {
            bundle.entries.remove(0);
        },
    ),
    broken(
        "entry-stray",
        "evidence-stray",
        "5.6",
        "an entry that stands nowhere",
        |bundle| {
            bundle.logs[0].places.remove(0);
        },
    ),
    broken(
        "acts-missing",
        "evidence-stray",
        "5.6",
        "the acts about an author are left out, and its begin stands nowhere any more",
        |bundle| {
            let lists = &mut bundle.logs[0].lists;
            let about = |list: &fairtrail::bundle::SubjectList| list.subject.author().is_some();
            let at = lists.iter().position(about).expect("a list of an author");
            lists.remove(at);
        },
    ),
    broken(
        "part-stray",
        "evidence-stray",
        "5.10",
        "a part of no entry",
        |bundle| {
            let body = Body {
                salt: [9; 16],
                bytes: b"of nobody".to_vec(),
            };
            bundle.bodies.push(body);
            bundle.bodies.sort_by_key(Body::digest);
        },
    ),
];

pub(super) fn vectors() -> Vec<Vector> {
    let policy = spoken().policy("");
    let (one, fork) = (alone(&spoken(), &policy), alone(&forked(), &policy));
    let two = of_two_logs(&policy);
    let mut vectors = vec![
        case(
            "one-log",
            "ok",
            "4",
            "one log, an author that rotated its key",
            &one,
        ),
        case(
            "forked",
            "ok",
            "5.8",
            "an author that signed two histories",
            &fork,
        ),
        case(
            "two-logs",
            "ok",
            "5.8",
            "two logs, of which one lacks an entry",
            &two,
        ),
    ];
    let mut report = one.clone();
    report.report = Some("for people".into());
    vectors.push(case(
        "report",
        "ok",
        "4",
        "words for people travel along",
        &report,
    ));
    vectors.extend(BROKEN.iter().map(|broken| broken.case(&one)));
    let mut short = fork;
    // The branch that the walk leaves, with its place.
    let places = &mut short.logs[0].places;
    if let Some(place) = places.pop() {
        short.entries.retain(|entry| {
            let read = fairtrail::entry::SignedEntry::parse(&entry.0).expect("an entry");
            read.id() != place.entry
        });
    }
    let comment = "a head or an entry after a fork is left out";
    vectors.push(case(
        "feed-short",
        "evidence-incomplete",
        "5.8",
        comment,
        &short,
    ));
    let mut apart = two;
    apart.logs.swap(0, 1);
    vectors.push(case(
        "logs-order",
        "not-ascending",
        "5.5",
        "two logs exchanged",
        &apart,
    ));
    vectors.push(of_two_histories(&policy));
    vectors.extend(deltas::vectors());
    vectors
}

/// The newest note of the log is one of another history, of the same size.
fn of_two_histories(policy: &Policy) -> Vector {
    let (mut bundle, other) = (alone(&spoken(), policy), alone(&spoken_of("audit"), policy));
    let newest = other.logs[0].notes.last().expect("a note");
    let notes = &mut bundle.logs[0].notes;
    *notes.last_mut().expect("a note") = newest.clone();
    let comment = "a note of the size of the index head and with another root";
    case("note-forked", "log-forked", "5.4d", comment, &bundle)
}

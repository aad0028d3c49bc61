//! What the sdk says to a vector, through its public interface.

use super::{Vector, unhex};
use fairtrail::admission::{AdmittedSet, EarlyBuffer, Offered};
use fairtrail::api::{Batch, DraftMessage, PartsPage, ProblemDetails, Receipt};
use fairtrail::cbor::{CborError, Rules, decode, encode, validate};
use fairtrail::charter::Charter;
use fairtrail::contexts::{self, derive};
use fairtrail::entry::{Body, Part, SignedEntry};
use fairtrail::feed::Winner;
use fairtrail::fraud::{FeedFork, FraudError};
use fairtrail::id::{AuthorId, KeyId};
use fairtrail::index::{
    Answer, ChainHead, Checked, ClassMap, IndexError, IndexHead, Posting, PostingList, Tally,
    UpdateProof,
};
use fairtrail::key::PublicKey;
use fairtrail::log::SignedPromise;
use fairtrail::merkle::{Hash, leaf_hash};
use fairtrail::reason::Reason;
use fairtrail_node::p2p::message::{Ask, Head, Pull, Told};
use std::collections::HashMap;

/// The outcome, as `expect:` writes it. Panics when something besides the outcome is not as the
/// file says: an id, a feed value, the answer to an earlier offer.
pub fn judge(vector: &Vector) -> String {
    let directory = vector.name.split('/').next().unwrap_or_default();
    let outcome = match directory {
        "admission" | "feed" => admission(vector),
        "cbor" => validate(&vector.bytes("bytes"), Rules::CLAIM).map_err(|error| error.code()),
        "charter" => charter(vector),
        "entry" | "network" => entry(vector),
        "fraud" => fraud(vector),
        "bundle" => super::bundle::judge(vector),
        "fraud-logs" => super::fraud_logs::judge(vector),
        "ids" => {
            known_answer(vector);
            Ok(())
        }
        "index" => index(vector),
        "key" => key(vector),
        "part" => part(vector),
        "peers" => peer(vector),
        "repair" => super::repair::judge(vector),
        "trie" => super::trie::judge(vector),
        "wire" => message(vector),
        other => panic!("no such directory: {other}"),
    };
    outcome.map_or_else(|reason| reason.to_string(), |()| "ok".into())
}

/// A message between nodes.
fn peer(vector: &Vector) -> Result<(), Reason> {
    fn read<T>(
        bytes: &[u8],
        parse: impl Fn(&[u8]) -> Result<T, CborError>,
        write: impl Fn(&T) -> Vec<u8>,
    ) -> Result<(), Reason> {
        let message = parse(bytes).map_err(|error| error.code())?;
        assert_eq!(write(&message), bytes, "a message has one form");
        Ok(())
    }
    let (key, value) = &vector.lines[0];
    let bytes = unhex(value);
    match key.as_str() {
        "ask" => read(&bytes, Ask::parse, Ask::to_bytes),
        "told" => read(&bytes, Told::parse, Told::to_bytes),
        "pull" => read(&bytes, Pull::parse, Pull::to_bytes),
        "head" => read(&bytes, Head::parse, Head::to_bytes),
        other => panic!("{}: no such message: {other}", vector.name),
    }
}

/// What the last line holds, after what the lines before it say.
fn index(vector: &Vector) -> Result<(), Reason> {
    let (key, value) = vector.lines.last().expect("a line");
    let bytes = unhex(value);
    let cbor = |error: CborError| error.code();
    let checked = match key.as_str() {
        "posting" => return Posting::parse(&bytes).map(|_| ()).map_err(cbor),
        "class-map" => return ClassMap::parse(&bytes).map(|_| ()).map_err(cbor),
        "head" => return IndexHead::parse(&bytes).map(|_| ()).map_err(cbor),
        "list" => posting_list(vector, &PostingList::parse(&bytes).map_err(cbor)?),
        "answer" => {
            let note = String::from_utf8(vector.bytes("checkpoint")).expect("a text");
            let path: Vec<_> = vector
                .values("path")
                .map(|hash| hash_of(&unhex(hash)))
                .collect();
            let answer = Answer::parse(&bytes).map_err(cbor)?;
            let proved = answer.verify(&note.parse().expect("a checkpoint"), &path);
            proved.map(|_| ())
        }
        "update" => {
            let log = vector
                .value("origin")
                .and_then(|origin| origin.parse().ok());
            let mut updates: Vec<_> = vector.values("update").map(unhex).collect();
            let last = updates.pop().expect("an update");
            let checked =
                updates
                    .iter()
                    .fold(Checked::new(log.expect("an origin")), |checked, update| {
                        checked
                            .check(&UpdateProof::parse(update).expect("an update"))
                            .expect("it follows")
                    });
            checked
                .check(&UpdateProof::parse(&last).map_err(cbor)?)
                .map(|_| ())
        }
        other => panic!("{}: no such structure: {other}", vector.name),
    };
    checked.map_err(|error| error.code())
}

fn posting_list(vector: &Vector, list: &PostingList) -> Result<(), IndexError> {
    let entries = vector
        .values("entry")
        .map(|entry| SignedEntry::parse(&unhex(entry)).expect("an entry"));
    let entries: HashMap<_, _> = entries.map(|entry| (entry.id(), entry)).collect();
    let subject = vector.value("subject").and_then(|id| id.parse().ok());
    let proved = Tally {
        count: vector
            .value("count")
            .and_then(|count| count.parse().ok())
            .expect("a count"),
        head: ChainHead::new(vector.bytes("chain").try_into().expect("32 bytes")),
    };
    let head = IndexHead::parse(&vector.bytes("head")).expect("a head");
    list.verify(&subject.expect("a subject"), proved, &head, |p| {
        entries.get(&p.entry)
    })
    .map(|_| ())
}

fn hash_of(bytes: &[u8]) -> Hash {
    Hash::from_bytes(bytes.try_into().expect("32 bytes"))
}

/// Everything one entry shows by itself, its signature under the key it names included.
fn entry(vector: &Vector) -> Result<(), Reason> {
    let bytes = vector.bytes("entry");
    let entry = SignedEntry::parse(&bytes).map_err(|error| error.code())?;
    let key = PublicKey::enrol(entry.protected().key).map_err(|error| error.code())?;
    entry.authenticate(&key).map_err(|error| error.code())?;
    assert_eq!(
        entry.bytes(),
        bytes,
        "{}: received bytes are kept",
        vector.name
    );
    assert_eq!(
        vector.value("id"),
        Some(entry.id().to_string().as_str()),
        "{}",
        vector.name
    );
    Ok(())
}

/// A file that proves the fork of a feed, and what it proves.
fn fraud(vector: &Vector) -> Result<(), Reason> {
    let text = String::from_utf8(vector.bytes("file")).expect("a text");
    let fork: FeedFork = text.parse().map_err(|error: FraudError| error.code())?;
    let proved = fork.verify().map_err(|error| error.code())?;
    let said = [
        ("author", proved.author.to_string()),
        ("network", proved.network.to_string()),
        ("seq", proved.seq.to_string()),
        ("prev", proved.prev.to_string()),
    ];
    for (key, said) in said {
        assert_eq!(vector.value(key), Some(said.as_str()), "{}", vector.name);
    }
    let entries = proved.entries.map(|id| id.to_string());
    assert!(vector.values("entry").eq(entries.iter()), "{}", vector.name);
    Ok(())
}

fn charter(vector: &Vector) -> Result<(), Reason> {
    let charter = Charter::parse(&vector.bytes("charter")).map_err(|error| error.code())?;
    assert_eq!(
        vector.value("network"),
        Some(charter.network().to_string().as_str())
    );
    let terms = charter.terms();
    let authors = terms.roots.iter().chain(&terms.reply_desks);
    let authors: Vec<_> = authors
        .map(|pair| charter.author(*pair).to_string())
        .collect();
    assert!(
        vector
            .values("author")
            .eq(authors.iter().map(String::as_str)),
        "{}",
        vector.name
    );
    Ok(())
}

fn known_answer(vector: &Vector) {
    let named = |context: &&&'static str| Some(**context) == vector.value("context");
    let context = contexts::ALL.iter().find(named).expect("a listed context");
    let output = derive(context, &[&vector.bytes("input")]);
    assert_eq!(output.to_vec(), vector.bytes("output"), "{}", vector.name);
}

fn key(vector: &Vector) -> Result<(), Reason> {
    let key: [u8; 32] = vector.bytes("key").try_into().expect("32 bytes");
    let key = PublicKey::enrol(KeyId::new(key)).map_err(|error| error.code())?;
    assert_eq!(
        vector.value("digest"),
        Some(key.next_digest().to_string().as_str())
    );
    Ok(())
}

fn part(vector: &Vector) -> Result<(), Reason> {
    let part: Part = decode(&vector.bytes("part"), Rules::HEADER).map_err(|error| error.code())?;
    let salt = vector.bytes("salt").try_into().expect("16 bytes");
    let body = Body {
        salt,
        bytes: vector.bytes("bytes"),
    };
    if body.matches(&part) {
        Ok(())
    } else {
        Err(Reason::PartMismatch)
    }
}

/// A message between programs; whatever is read is written back the same.
fn message(vector: &Vector) -> Result<(), Reason> {
    if let Some(json) = vector.value("json") {
        return answer(vector, json);
    }
    let (key, _) = vector.lines.first().expect("a message");
    let bytes = vector.bytes(key);
    let again = match key.as_str() {
        "batch" => Batch::parse(&bytes)
            .map_err(|error| error.code())?
            .to_bytes(),
        "draft" => DraftMessage::parse(&bytes)
            .map_err(|error| error.code())?
            .to_bytes(),
        _ => PartsPage::parse(&bytes)
            .map_err(|error| error.code())?
            .to_bytes(),
    };
    assert_eq!(again, bytes, "{}", vector.name);
    Ok(())
}

/// A receipt whose promise covers the batch, or a problem of a known code.
fn answer(vector: &Vector, json: &str) -> Result<(), Reason> {
    let Some(key) = vector.value("vkey") else {
        let problem: ProblemDetails = serde_json::from_str(json).expect("a problem");
        assert!(problem.code().is_some() && problem.problem_type.ends_with(&problem.reason));
        return Ok(());
    };
    let receipt: Receipt = serde_json::from_str(json).expect("a receipt");
    let batch = Batch::parse(&vector.bytes("batch")).map_err(|error| error.code())?;
    let key = key.parse().expect("a verifier key");
    let promise = receipt.promise.expect("a promise");
    let promise = SignedPromise::open(promise.as_bytes(), &key).map_err(|error| error.code())?;
    for (stated, submission) in receipt.entries.iter().zip(&batch.0) {
        let path: Vec<Hash> = stated
            .path
            .iter()
            .map(|hash| hash.parse().expect("a hash"))
            .collect();
        let leaf = leaf_hash(submission.entry.bytes());
        let position = stated.position.expect("a position");
        let index = promise
            .covers(leaf, position, &path)
            .map_err(|error| error.code())?;
        assert_eq!(
            (stated.id, stated.leaf_index),
            (submission.entry.id(), index.get())
        );
    }
    Ok(())
}

/// Offers one entry after another; early ones stay on offer.
fn admission(vector: &Vector) -> Result<(), Reason> {
    let charter = Charter::parse(&vector.bytes("charter")).expect("a good charter");
    let (mut set, mut early) = (AdmittedSet::new(charter), EarlyBuffer::default());
    let mut outcome = Ok(());
    for (key, value) in &vector.lines {
        let name = &vector.name;
        if !matches!(
            key.as_str(),
            "entry" | "early" | "known" | "refused" | "offer"
        ) {
            continue;
        }
        let offer = SignedEntry::parse(&unhex(value)).expect("entries here are well-formed");
        let (id, before) = (offer.id(), set.len());
        let offered = early.offer(&mut set, offer);
        let answer = said(&offered);
        match key.as_str() {
            "entry" => assert_eq!(answer, Ok("admitted"), "{name}: {id}"),
            "known" => assert_eq!(answer, Ok("known"), "{name}: {id}"),
            "early" => assert!(offered.early.is_some(), "{name}: {id} is not early"),
            "refused" => assert!(!offered.refused.is_empty(), "{name}: {id} is not refused"),
            _ => outcome = answer.map(|_| ()),
        }
        assert!(
            answer == Ok("admitted") || set.len() == before,
            "{name}: a refusal changes nothing"
        );
    }
    let forks = vector
        .values("value")
        .map(|line| feed_value(vector, &set, line));
    forks.fold(outcome, Result::and)
}

fn said(offered: &Offered) -> Result<&'static str, Reason> {
    if let Some(error) = offered.early {
        return Err(error.code());
    }
    match (offered.refused.first(), offered.admitted.is_empty()) {
        (Some((_, error)), true) => Err(error.code()),
        (_, false) => Ok("admitted"),
        (None, true) => Ok("known"),
    }
}

/// Compares a feed value with the one in the file, and says how the feed stands.
fn feed_value(vector: &Vector, set: &AdmittedSet, line: &str) -> Result<(), Reason> {
    let (author, expected) = line.split_once(' ').expect("an author and a value");
    let author: AuthorId = author.parse().expect("an author id");
    let value = set.feed_value(author).expect("a feed that has begun");
    assert_eq!(
        encode(&value),
        unhex(expected),
        "{}: value of {author}",
        vector.name
    );
    match value.fork.map(|fork| fork.last.winner) {
        Some(Winner::Open) => Err(Reason::FeedForked),
        Some(Winner::Frozen) => Err(Reason::FeedFrozen),
        Some(Winner::Child(_)) | None => Ok(()),
    }
}

//! Entries, batches and drafts.

use super::Explained;
use fairtrail::api::{Batch, DraftMessage};
use fairtrail::claim::{Claim, TextPart};
use fairtrail::entry::{Body, Header, NetworkClaim, Part, PartRole, SignedEntry};
use fairtrail::key::PublicKey;
use serde_json::Value;

/// An entry.
pub(super) fn entry(entry: &SignedEntry) -> Explained {
    let mut explained = Explained::new("entry");
    explained.field("id", entry.id());
    explained.field("author", entry.author());
    header(entry.header(), &mut explained);
    explained.field("claimed at", entry.protected().issued_at);
    explained.field("key", entry.protected().key);
    let key = PublicKey::enrol(entry.protected().key);
    let verified = key.and_then(|key| entry.authenticate(&key));
    explained.invalid = verified.is_err();
    explained.field(
        "signature",
        match verified {
            Ok(()) => "verifies under the key it names; whether that key speaks for the author, a replica says".to_owned(),
            Err(error) => error.to_string(),
        },
    );
    explained.field("bytes", entry.bytes().len());
    if let Some(claim) = entry.network_claim() {
        network(claim, &mut explained);
    }
    explained
}

/// A batch: each entry with its bodies.
pub(super) fn batch(batch: &Batch) -> Explained {
    let mut explained = Explained::new("batch");
    explained.field("entries", batch.0.len());
    let inner = batch.0.iter().map(|line| {
        let mut explained = entry(&line.entry);
        explained.invalid |= bodies(line.entry.header(), &line.bodies, &mut explained.contains);
        explained
    });
    explained.containing(inner.collect::<Vec<_>>())
}

/// A draft.
pub(super) fn draft(draft: &DraftMessage) -> Explained {
    let mut explained = Explained::new("draft, unsigned");
    header(&draft.header, &mut explained);
    explained.invalid = bodies(&draft.header, &draft.bodies, &mut explained.contains);
    explained
}

fn header(header: &Header, explained: &mut Explained) {
    explained.field("network", header.network);
    explained.field("seq", header.seq);
    explained.field_if("prev", header.prev);
    explained.field_if("grant", header.grant);
    explained.field("kind", &header.kind);
    for subject in &header.subjects {
        explained.field("subject", subject);
    }
    for basis in &header.basis {
        explained.field("basis", basis);
    }
    if header.is_backfill() {
        explained.field("backfill", "history loaded later");
    }
    for reference in &header.refs {
        explained.field(reference.sort.to_string(), reference.entry);
    }
    if let Some(anchor) = &header.anchor {
        let text = format!("a note of {} at size {}", anchor.origin, anchor.size);
        explained.field("anchor", text);
    }
    for part in &header.parts {
        explained.field(part.role.to_string(), describe(part));
    }
}

fn describe(part: &Part) -> String {
    let media_type = part.media_type.as_deref().unwrap_or("claim");
    format!(
        "{}, {}, up to {} bytes, {media_type}",
        part.digest, part.audience, part.size
    )
}

/// Explains the bodies; says whether one belongs to no part.
fn bodies(header: &Header, bodies: &[Body], contains: &mut Vec<Explained>) -> bool {
    let mut foreign = false;
    for body in bodies {
        let part = header.parts.iter().find(|part| body.matches(part));
        foreign |= part.is_none();
        contains.push(match part.map(|part| part.role) {
            Some(PartRole::Claim) => claim(header.kind.as_str(), &body.bytes),
            Some(PartRole::Text) => text(&body.bytes),
            Some(PartRole::Document) => sized("document", body),
            None => sized("part that the entry does not name", body),
        });
    }
    foreign
}

fn sized(what: &'static str, body: &Body) -> Explained {
    let mut explained = Explained::new(what);
    explained.field("bytes", body.bytes.len());
    explained
}

fn claim(kind: &str, bytes: &[u8]) -> Explained {
    let mut explained = Explained::new("claim");
    match Claim::decode(kind, bytes).map(|claim| serde_json::to_value(&claim)) {
        Ok(Ok(Value::Object(fields))) => {
            for (name, value) in fields.iter().filter(|(name, _)| *name != "kind") {
                explained.field(name, plain(value));
            }
        }
        Ok(_) => explained.field("form", "cannot be shown"),
        Err(error) => explained.field("form", error),
    }
    explained
}

fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn text(bytes: &[u8]) -> Explained {
    let mut explained = Explained::new("text");
    match TextPart::decode(bytes) {
        Ok(text) => {
            explained.field("language", text.lang());
            for (name, value) in text.iter() {
                explained.field(name, value);
            }
        }
        Err(error) => explained.field("form", error),
    }
    explained
}

fn network(claim: &NetworkClaim, explained: &mut Explained) {
    match claim {
        NetworkClaim::Begin(begin) => explained.field("next", begin.next),
        NetworkClaim::Pulse(_) => explained.field("says", "still here"),
        NetworkClaim::Rotate(rotate) => {
            explained.field("new key", rotate.key);
            explained.field("next", rotate.next);
        }
        NetworkClaim::Amend(amend) => {
            for pair in &amend.pairs {
                explained.field("new root", crate::pair::PairText(*pair));
            }
        }
        NetworkClaim::Grant(grant) => {
            explained.field("to", grant.to);
            explained.field("role", grant.role);
            for item in &grant.scope {
                explained.field("scope", item.as_str());
            }
            explained.field("valid", format!("from {} to {}", grant.from, grant.to_date));
            for role in &grant.may_delegate {
                explained.field("may delegate", role);
            }
            explained.field_if("succeeds", grant.succeeds);
        }
        NetworkClaim::Erase(erase) => {
            explained.field("erases", erase.part);
            explained.field("of", erase.entry);
            explained.field("by author", erase.author);
            explained.field("reason", &erase.reason);
        }
        NetworkClaim::Revoke(revoke) => {
            explained.field("revokes", format!("{} {}", revoke.sort, revoke.target));
            explained.field("of", revoke.author);
            explained.field("why", revoke.kind);
            explained.field("since", revoke.since);
            explained.field_if("until", revoke.until);
            explained.field_if("last good", revoke.last_good);
        }
    }
}

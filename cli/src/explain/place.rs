//! Charters, key files and policies.

use super::Explained;
use crate::error::CliError;
use crate::pair::PairText;
use fairtrail::charter::Charter;
use fairtrail::key::{KeyFileError, KeyPurpose, SecretKey};
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;

/// A charter.
pub(super) fn charter(charter: &Charter) -> Explained {
    let terms = charter.terms();
    let mut explained = Explained::new("charter");
    explained.field("network", charter.network());
    explained.field("name", &terms.name);
    explained.field("created", terms.created);
    explained.field(
        "threshold",
        format!("{} of {} roots", terms.threshold, terms.roots.len()),
    );
    for (name, pairs) in [("root", &terms.roots), ("reply desk", &terms.reply_desks)] {
        for pair in pairs {
            explained.field(name, charter.author(*pair));
            explained.field("  its pair", PairText(*pair));
        }
    }
    explained.field("roles", terms.roles.join(", "));
    explained.field("contact", &terms.contact);
    explained.field("licence", &terms.licence);
    explained.field("terms", &terms.terms);
    explained
}

/// A key file: its public half.
pub(super) fn key_file(text: &str) -> Result<Explained, CliError> {
    for purpose in KeyPurpose::ALL {
        match SecretKey::from_file_text(text, *purpose) {
            Ok(key) => return Ok(public_half(&key, *purpose)),
            Err(KeyFileError::Purpose { .. }) => {}
            Err(error) => return Err(CliError::coded(error.code(), error)),
        }
    }
    Err(CliError::coded(Reason::KeyFileMalformed, "not a key file"))
}

fn public_half(key: &SecretKey, purpose: KeyPurpose) -> Explained {
    let mut explained = Explained::new("key file, of which the public half is shown");
    explained.field("purpose", purpose);
    explained.field("public key", key.public().id());
    if purpose == KeyPurpose::Rotation {
        explained.field("commitment", key.public().next_digest());
    }
    explained
}

/// A policy.
pub(super) fn policy(policy: &Policy) -> Explained {
    let mut explained = Explained::new("policy");
    explained.field("network", policy.network());
    for log in policy.logs().logs() {
        explained.field("log", log.origin());
    }
    let operators = policy.logs().operators();
    for operator in &operators {
        explained.field("in quorum", operator);
    }
    explained.field("logs needed", policy.required_logs());
    explained.field(
        "may lie",
        format!("{} of {} operators", policy.f(), operators.len()),
    );
    explained.field("max age", format!("{} h", policy.max_age_hours()));
    if policy.time_is_operators_word() {
        explained.field("time", "operator's word, no independent witness");
    }
    for author in &policy.acceptance().authors {
        explained.field("believes", author);
    }
    for granter in &policy.acceptance().granters {
        explained.field("believes all", format!("granted by {granter}"));
    }
    explained
}

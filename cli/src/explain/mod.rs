//! Explains entries and every file this program makes, field by field.
//!
//! What is explained is not thereby true: only what the bytes themselves show is checked, and the
//! text says which checks were made.

mod entry;
mod note;
mod place;

use crate::error::CliError;
use crate::output::{Page, Tone};
use fairtrail::api::{Batch, DraftMessage};
use fairtrail::charter::Charter;
use fairtrail::entry::SignedEntry;
use fairtrail::log::TlogProof;
use fairtrail::note::Note;
use fairtrail::policy::Policy;
use fairtrail::reason::Reason;
use serde::Serialize;

/// One thing, its fields, and the things in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Explained {
    /// What it is.
    pub what: &'static str,
    /// Its fields, in order.
    pub fields: Vec<Field>,
    /// What it contains.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub contains: Vec<Self>,
    /// Whether something in it does not hold.
    pub invalid: bool,
}

/// One field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

impl Explained {
    /// A thing without fields yet.
    pub(crate) const fn new(what: &'static str) -> Self {
        Self {
            what,
            fields: Vec::new(),
            contains: Vec::new(),
            invalid: false,
        }
    }

    #[expect(
        clippy::needless_pass_by_value,
        reason = "values are small, and explanations read better without borrows"
    )]
    pub(crate) fn field(&mut self, name: impl Into<String>, value: impl ToString) {
        let (name, value) = (name.into(), value.to_string());
        self.fields.push(Field { name, value });
    }

    pub(crate) fn field_if(&mut self, name: &str, value: Option<impl ToString>) {
        if let Some(value) = value {
            self.field(name, value.to_string());
        }
    }

    pub(crate) fn containing(mut self, inner: impl IntoIterator<Item = Self>) -> Self {
        self.contains.extend(inner);
        self.invalid |= self.contains.iter().any(|inner| inner.invalid);
        self
    }

    /// Writes it for a person.
    pub fn show(&self, page: &mut Page) {
        let tone = if self.invalid {
            Tone::Bad
        } else {
            Tone::Strong
        };
        page.toned(tone, self.what);
        for field in &self.fields {
            page.field(&field.name, &field.value);
        }
        for inner in &self.contains {
            page.gap();
            inner.show(page);
        }
    }
}

/// Says what `bytes` are.
///
/// # Errors
/// Nothing this program makes.
pub fn explain(bytes: &[u8]) -> Result<Explained, CliError> {
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Some(explained) = explain_text(text)
    {
        return explained;
    }
    if bytes.starts_with(&[0xd2]) {
        return Ok(entry::entry(&SignedEntry::parse(bytes)?));
    }
    if let Ok(charter) = Charter::parse(bytes) {
        return Ok(place::charter(&charter));
    }
    if let Ok(batch) = Batch::parse(bytes) {
        return Ok(entry::batch(&batch));
    }
    if let Ok(draft) = DraftMessage::parse(bytes) {
        return Ok(entry::draft(&draft));
    }
    let message = "this is nothing that this program makes";
    Err(CliError::coded(Reason::RequestMalformed, message).hint(
        "explained are: entries, batches, charters, key files, checkpoints, promises, proofs, policies",
    ))
}

fn explain_text(text: &str) -> Option<Result<Explained, CliError>> {
    if text.starts_with("fairtrail-key-") {
        return Some(place::key_file(text));
    }
    if text.starts_with(fairtrail::contexts::TLOG_PROOF_HEADER) {
        let proof = TlogProof::parse(text.as_bytes());
        return Some(proof.map(|proof| note::proof(&proof)).map_err(Into::into));
    }
    if let Ok(found) = Note::parse(text.as_bytes()) {
        return Some(Ok(note::note(&found)));
    }
    if let Some(bytes) = hex(text) {
        return Some(explain(&bytes));
    }
    let policy = text.contains("log_policy").then(|| Policy::parse(text))?;
    Some(
        policy
            .map(|policy| place::policy(&policy))
            .map_err(Into::into),
    )
}

/// Bytes written in hexadecimal.
fn hex(text: &str) -> Option<Vec<u8>> {
    let text: String = text.split_whitespace().collect();
    let decoded = data_encoding::HEXLOWER_PERMISSIVE.decode(text.as_bytes());
    decoded.ok().filter(|bytes| !bytes.is_empty())
}

#[cfg(test)]
mod tests;

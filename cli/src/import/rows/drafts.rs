//! Wanted statements as drafts.

use super::Content;
use crate::import::StatementError;
use crate::import::knowledge::{Drafts, is_history};
use fairtrail::claim::TEXT_MEDIA_TYPE;
use fairtrail::entry::{Body, Draft, Kind, Ref, RefType, SALT_BYTES};
use fairtrail::id::EntryId;
use fairtrail::limits::BATCH_ENTRIES;
use fairtrail::privacy::exact::ExactCount;
use fairtrail::time::Timestamp;

/// One statement to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    pub(super) key: String,
    pub(super) lead: String,
    pub(super) content: Content,
    pub(super) counts: Vec<ExactCount>,
    /// What was stated under this key before.
    pub(super) supersedes: Option<EntryId>,
}

impl Planned {
    /// What it says.
    pub const fn content(&self) -> &Content {
        &self.content
    }

    /// Whether it takes the place of an earlier statement.
    pub const fn is_change(&self) -> bool {
        self.supersedes.is_some()
    }
}

/// Makes the statements of one author.
#[derive(Debug, Clone)]
pub struct RowDrafts {
    issued_at: Timestamp,
}

impl RowDrafts {
    pub(super) const fn new(issued_at: Timestamp) -> Self {
        Self { issued_at }
    }
}

impl Drafts for RowDrafts {
    type Statement = Planned;

    fn draft(
        &self,
        planned: &Planned,
        [salt, text_salt]: [[u8; SALT_BYTES]; 2],
    ) -> Result<Draft, StatementError> {
        let content = &planned.content;
        let body = Body {
            salt,
            bytes: content.claim.encode(),
        };
        let subjects = content.subjects.clone();
        let mut draft = Draft::statement(kind(content), subjects, body, self.issued_at);
        draft.basis.clone_from(&content.basis);
        draft.backfill = is_history(content.on, self.issued_at);
        for part in &mut draft.parts {
            part.audience = content.audience;
        }
        draft.refs.extend(planned.supersedes.map(|entry| Ref {
            sort: RefType::Supersedes,
            entry,
        }));
        let Some(text) = &content.text else {
            return Ok(draft);
        };
        let body = Body {
            salt: text_salt,
            bytes: text.part()?.encode()?,
        };
        Ok(draft.with_text(TEXT_MEDIA_TYPE, content.audience, body))
    }

    fn stated(&mut self, _: &Planned, _: EntryId) {}

    fn sort(planned: &Planned) -> String {
        let Content {
            basis,
            audience,
            claim,
            text,
            ..
        } = &planned.content;
        let (text, again) = (text.is_some(), planned.is_change());
        format!("{} {basis:?} {audience:?} {text} {again}", claim.kind())
    }

    /// As many as a batch holds without parting what stands or falls together.
    fn batch(plan: &[Planned]) -> usize {
        let room = plan.len().min(BATCH_ENTRIES);
        let parted = |at: &usize| {
            let lead = |at: usize| plan.get(at).map(|planned| &planned.lead);
            lead(at.saturating_sub(1)) == lead(*at)
        };
        let whole = (1..=room).rev().find(|at| !parted(at));
        whole.unwrap_or(room)
    }
}

#[expect(
    clippy::expect_used,
    reason = "every kind this version knows is a kind, as its own tests show"
)]
fn kind(content: &Content) -> Kind {
    content
        .claim
        .kind()
        .parse()
        .expect("a known kind is a kind")
}

//! Observations as drafts: what an observer says of each (specs/import.md §5).
//!
//! A draft holds the claim and, for a licence, a text part with the name. Nothing here signs; the
//! entry ids of files already stated come from the state and from [`Statements::stated`].

use super::observation::{LicenceSeen, Observation, Resolution, StandingSeen};
use super::rating::Standing;
use super::route::Route;
use super::source::{Coverage, Sort, SourceFacts};
use super::state::State;
use super::timeline::{FileNumber, Mark};
use super::{DATA_LICENCE, REGISTER};
use crate::import::knowledge::{Drafts, StatementError, is_history};
use crate::import::secret::{RowId, Secret};
use fairtrail::claim::{
    self, Claim, ClaimContext, Code, Digest, Effective, ExternalRef, FileSort, Language, Licence,
    LicenceClass, LicenceState, LicenceStatus, RegisterKind, RegisterSnapshot, TEXT_MEDIA_TYPE,
    TextPart,
};
use fairtrail::entry::{Audience, Basis, Body, Draft, Kind, Ref, RefType, Role, SALT_BYTES};
use fairtrail::id::{AuthorId, EntryId};
use fairtrail::privacy;
use fairtrail::subject::SubjectId;
use fairtrail::time::{Date, Timestamp};

/// An observer has looked the register up, and done nothing more.
const BASIS: [Basis; 1] = [Basis::RegisterLookup];

/// Makes the statements of one observer.
///
/// ```
/// use fairtrail::id::{AuthorId, EntryId};
/// use fairtrail::time::Timestamp;
/// use fairtrail_cli::import::register::{Coverage, SourceFile, State, Statements};
/// use fairtrail_cli::import::{Drafts, Secret};
///
/// let text = "organisation_name_normalised,route,type_and_rating,snapshot_date\n\
///             example foods,Skilled Worker,Worker (A rating),2026-01-05\n";
/// let mut state = State::new(Secret::new([7; 32]));
/// state.observe(&[SourceFile::parse(text.as_bytes(), Coverage::Sample)?]);
/// let now = Timestamp::new(1_790_000_000).unwrap();
/// let statements = Statements::new(&state, AuthorId::new([1; 32]), now);
/// let draft = statements.draft(&state.pending()[1], [[8; 16], [9; 16]])?;
/// assert_eq!(draft.kind.as_str(), "licence");
/// assert!(draft.subjects[0].as_str().starts_with("row:"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Statements {
    observer: AuthorId,
    secret: Secret,
    issued_at: Timestamp,
    files: Vec<(SourceFacts, Option<EntryId>)>,
}

impl Statements {
    /// Statements of `observer` about what `state` knows, written at `issued_at`.
    pub fn new(state: &State, observer: AuthorId, issued_at: Timestamp) -> Self {
        let files = state.files().map(|(facts, entry)| (facts.clone(), entry));
        Self {
            observer,
            secret: state.secret().clone(),
            issued_at,
            files: files.collect(),
        }
    }

    fn build(
        &self,
        claim: &Claim,
        subject: SubjectId,
        on: Option<Date>,
        salt: [u8; SALT_BYTES],
    ) -> Result<Draft, StatementError> {
        let subjects = vec![subject];
        let context = ClaimContext {
            subjects: &subjects,
            basis: &BASIS,
            role: Some(Role::Observer),
            audience: Audience::Public,
        };
        let problems = claim.problems(&context);
        if !problems.is_empty() {
            return Err(StatementError::Refused { problems });
        }
        let body = Body {
            salt,
            bytes: claim.encode(),
        };
        let mut draft = Draft::statement(kind(claim), subjects, body, self.issued_at);
        draft.basis = BASIS.to_vec();
        draft.backfill = is_history(on, self.issued_at);
        Ok(draft)
    }

    fn row(&self, row: RowId) -> SubjectId {
        SubjectId::row(self.observer, *row.as_bytes())
    }

    fn entry_of(&self, file: FileNumber) -> Option<EntryId> {
        self.files.get(file)?.1
    }

    fn snapshot(&self, facts: &SourceFacts, own: ExternalRef) -> Claim {
        let coverage = match facts.coverage {
            Coverage::Full => claim::Coverage::Full,
            Coverage::Sample => claim::Coverage::Sample,
        };
        let sort = match facts.sort {
            Sort::Changes => FileSort::Changes,
            Sort::Listing => FileSort::Listing,
        };
        let mut snapshot = RegisterSnapshot::new(
            code(REGISTER),
            RegisterKind::EmployerSponsor,
            facts.on,
            Digest::new(*facts.sha256.as_bytes()),
            facts.rows,
            Digest::new(*facts.root.as_bytes()),
            coverage,
            code(DATA_LICENCE),
            sort,
        );
        snapshot.external_ref = Some(own);
        snapshot.previous = self.before(facts);
        snapshot.into()
    }

    /// The statement about the newest file of the same sort with an earlier date.
    fn before(&self, facts: &SourceFacts) -> Option<EntryId> {
        let same = self
            .files
            .iter()
            .filter(|(file, _)| file.sort == facts.sort);
        let stated = same.filter_map(|(file, entry)| Some((file.on, (*entry)?)));
        let earlier = stated.filter(|(on, _)| *on < facts.on);
        earlier.max_by_key(|(on, _)| *on).map(|(_, entry)| entry)
    }

    fn licence(&self, seen: &LicenceSeen, own: ExternalRef) -> Claim {
        let mut licence = Licence::new(code(REGISTER), RegisterKind::EmployerSponsor);
        licence.external_ref = Some(own);
        licence.lang = Some(language());
        licence.first_observed = seen.first_observed;
        licence.last_observed = seen.last_observed;
        licence.class = Some(LicenceClass::Sponsor);
        licence.route = Some(route(seen.route));
        licence.unresolved = seen.resolution == Resolution::Unresolved;
        if let Some(first) = seen.first {
            licence.status = Some(status(first.standing));
            licence.native_status = native_status(first.standing);
            licence.status_since = Some(effective(first));
            licence.snapshot = self.entry_of(first.file);
        }
        licence.into()
    }

    fn status(&self, seen: &StandingSeen, own: ExternalRef) -> Claim {
        let Mark { standing, file, .. } = seen.mark;
        let effective = effective(seen.mark);
        let mut change = LicenceStatus::new(code(REGISTER), status(standing), effective);
        change.external_ref = Some(own);
        change.native_status = native_status(standing);
        change.route = Some(route(seen.route));
        change.snapshot = self.entry_of(file);
        change.into()
    }
}

impl Drafts for Statements {
    type Statement = Observation;

    fn draft(
        &self,
        observation: &Observation,
        [salt, text_salt]: [[u8; SALT_BYTES]; 2],
    ) -> Result<Draft, StatementError> {
        let own = ExternalRef::new(self.secret.reference(&observation.external_key()));
        match observation {
            Observation::Licence(seen) => {
                let claim = self.licence(seen, own);
                let subject = self.row(seen.row);
                let mut draft = self.build(&claim, subject, observation.on(), salt)?;
                let supersedes = seen.supersedes.map(|entry| Ref {
                    sort: RefType::Supersedes,
                    entry,
                });
                draft.refs.extend(supersedes);
                let body = Body {
                    salt: text_salt,
                    bytes: name_text(seen)?,
                };
                Ok(draft.with_text(TEXT_MEDIA_TYPE, Audience::Public, body))
            }
            Observation::Source(facts) => {
                let claim = self.snapshot(facts, own);
                self.build(&claim, self.observer.into(), observation.on(), salt)
            }
            Observation::Standing(seen) => {
                let claim = self.status(seen, own);
                self.build(&claim, self.row(seen.row), observation.on(), salt)
            }
        }
    }

    fn stated(&mut self, observation: &Observation, entry: EntryId) {
        let Observation::Source(facts) = observation else {
            return;
        };
        if let Some(file) = self.files.iter_mut().find(|(known, _)| known == facts) {
            file.1 = Some(entry);
        }
    }

    fn sort(observation: &Observation) -> String {
        let sort = match observation {
            Observation::Licence(seen) if seen.supersedes.is_some() => "licence again",
            Observation::Licence(_) => "licence",
            Observation::Source(_) => "register.snapshot",
            Observation::Standing(_) => "licence.status",
        };
        sort.to_owned()
    }
}

/// The text part of a licence: the name, and that its lines are not told apart.
fn name_text(seen: &LicenceSeen) -> Result<Vec<u8>, StatementError> {
    let mut text = TextPart::new(language());
    text.insert("name", seen.name.as_str())?;
    if let Some(note) = seen.resolution.note() {
        text.insert("note", note)?;
    }
    let problems = privacy::text_problems(&text);
    if problems.is_empty() {
        Ok(text.encode()?)
    } else {
        Err(StatementError::Refused { problems })
    }
}

const fn effective(mark: Mark) -> Effective {
    let Mark { after, by, .. } = mark;
    Effective::Between { after, by }
}

const fn status(standing: Standing) -> LicenceState {
    match standing {
        Standing::Active => LicenceState::Active,
        Standing::ActiveWithConditions => LicenceState::ActiveWithConditions,
        Standing::NotFound => LicenceState::NotFound,
        Standing::Provisional => LicenceState::Provisional,
    }
}

fn native_status(standing: Standing) -> Option<Code> {
    standing.native_code().map(code)
}

#[expect(
    clippy::expect_used,
    reason = "every kind this version knows is a kind, as its own tests show"
)]
fn kind(claim: &Claim) -> Kind {
    claim.kind().parse().expect("a known kind is a kind")
}

fn route(route: Route) -> Code {
    code(route.code())
}

#[expect(
    clippy::expect_used,
    reason = "only constants of this module's tables are passed, each exercised by a test"
)]
fn code(constant: &'static str) -> Code {
    Code::new(constant).expect("constants are codes")
}

#[expect(clippy::expect_used, reason = "a constant, exercised by a test")]
fn language() -> Language {
    Language::new("en").expect("en is a language")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_constant_is_a_code() {
        for constant in [REGISTER, DATA_LICENCE] {
            assert_eq!(code(constant).as_str(), constant);
        }
        for each in Route::ALL {
            assert_eq!(route(*each).as_str(), each.code());
        }
        for standing in Standing::ALL {
            assert_eq!(status(standing).as_str(), standing.code());
            assert_eq!(native_status(standing).is_some(), standing.is_listed());
        }
        assert_eq!(language().as_str(), "en");
    }
}

//! The words of a verdict in one language, for the page on the terminal and the one in a file.

use super::super::reading::IndexView;
use super::basis::Basis;
use crate::output::visible;
use fairtrail::chain::{ChainParty, ChainTier, Shared};
use fairtrail::history::{
    Lacking, Link, LinkLeft, LogNotRead, LogView, WithheldPart, WithheldReason, Withholding,
};
use fairtrail::messages::{Language, Sentence, Value, label};
use fairtrail::rules::{
    Counts, EntryLine, IloState, Indicator, LicenceSegment, Moment, OpenFinding, Outcome,
    RecruitedUnder, ReplyView,
};
use fairtrail::time::Date;
use std::fmt::Display;

/// The words of one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    pub(super) language: Language,
    pub(super) basis: Basis,
}

impl Words {
    /// For a verdict that rests on these indexes, or on copies where there are none.
    pub(super) fn of(language: Language, indexes: &[IndexView]) -> Self {
        let basis = Basis::of(indexes);
        Self { language, basis }
    }

    /// A fixed text.
    pub(super) fn label(self, id: &str) -> String {
        label(id, self.language)
    }

    /// A sentence; what stands in its gaps is made visible.
    pub(super) fn say(self, sentence: &Sentence) -> String {
        visible(&sentence.in_language(self.language))
    }

    /// A word of an open list.
    pub(super) fn word(self, word: impl Display) -> String {
        visible(&Value::word(word).in_language(self.language))
    }

    /// Words of an open list, with commas.
    pub(super) fn words<T: Display>(self, words: impl IntoIterator<Item = T>) -> String {
        let words: Vec<_> = words.into_iter().map(|word| self.word(word)).collect();
        words.join(", ")
    }

    pub(super) fn outcome(self, outcome: Outcome) -> String {
        self.label(match outcome {
            Outcome::Findings => "outcome-findings",
            Outcome::NoAdverseEntries => "outcome-no-adverse-entries",
            Outcome::Stale => "outcome-stale",
            Outcome::Unknown => "outcome-unknown",
        })
    }

    pub(super) fn counts(self, counts: Counts) -> String {
        self.label(match counts {
            Counts::Yes => "counts-yes",
            Counts::Network => "counts-network",
            Counts::Replaced => "counts-replaced",
            Counts::OffPath => "counts-off-path",
            Counts::Revoked => "counts-revoked",
            Counts::NotAuthorised => "counts-not-authorised",
            Counts::NotAccepted => "counts-not-accepted",
            Counts::NotReadable => "counts-not-readable",
            Counts::Suspect => "counts-suspect",
            Counts::Unsound => "counts-unsound",
        })
    }

    pub(super) fn ilo_state(self, state: IloState) -> String {
        self.label(match state {
            IloState::Reported => "ilo-reported",
            IloState::Unknown => "ilo-unknown",
            IloState::NotEvaluated => "ilo-not-evaluated",
            IloState::NothingReported => "ilo-nothing-reported",
        })
    }

    pub(super) fn severity(self, severity: Option<u8>) -> String {
        let Some(severity) = severity else {
            return self.label("page-not-graded");
        };
        self.say(&Sentence::new("page-severity-of").with("severity", u32::from(severity)))
    }

    /// Who speaks: role and author, for a desk also the firm.
    pub(super) fn who(self, line: &EntryLine) -> String {
        let role = self.word(line.role.unwrap_or("no_role"));
        let desk = line.principal.filter(|principal| *principal != line.author);
        match desk {
            Some(principal) => self.say(
                &Sentence::new("page-desk")
                    .with_text("principal", format!("{role} {}", short(&principal)))
                    .with_text("desk", short(&line.author)),
            ),
            None => format!("{role} {}", short(&line.author)),
        }
    }

    /// What a link says, and who says so.
    pub(super) fn link(self, link: &Link) -> String {
        let sentence = Sentence::new("page-link")
            .with_text("from", &link.from)
            .with_text("relation", self.word(&link.relation))
            .with_text("to", &link.to)
            .with_text("who", short(&link.said_by))
            .with_text("entry", link.entry);
        self.say(&sentence)
    }

    /// Who says what a link says, and where.
    pub(super) fn said(self, link: &Link) -> String {
        let sentence = Sentence::new("page-chain-says")
            .with_text("who", short(&link.said_by))
            .with_text("entry", link.entry);
        self.say(&sentence)
    }

    /// A party of a chain: its id, or that nobody names it, and how many further ids it has.
    pub(super) fn party(self, party: &ChainParty) -> String {
        let name = if party.named {
            party.subject.to_string()
        } else {
            let sentence = Sentence::new("page-chain-not-named").with_text("id", &party.subject);
            self.say(&sentence)
        };
        match party.verdict.closure.aliases.len() {
            0 => name,
            also => {
                let also = Sentence::new("page-chain-other-ids").with("count", also);
                format!("{name} ({})", self.say(&also))
            }
        }
    }

    /// How far away, and how many are there.
    pub(super) fn tier(self, tier: &ChainTier) -> String {
        let step = Sentence::new("page-chain-step").with_text("step", tier.tier);
        let parties = Sentence::new("page-chain-count").with("count", tier.parties);
        let mut line = format!("{}, {}", self.say(&step), self.say(&parties));
        if tier.not_named > 0 {
            let hidden = Sentence::new("page-chain-hidden").with("count", tier.not_named);
            line = format!("{line}, {}", self.say(&hidden));
        }
        line
    }

    /// A recruiter and everybody in the chain who uses it.
    pub(super) fn shared(self, shared: &Shared) -> String {
        let sentence = Sentence::new("page-chain-recruits")
            .with_text("recruiter", &shared.recruiter)
            .with_text("users", join(&shared.used_by));
        self.say(&sentence)
    }

    /// A link that was not followed, and why.
    pub(super) fn left(self, left: &LinkLeft) -> String {
        let sentence = Sentence::new("page-not-followed")
            .with_text("why", self.word(left.why.as_str()))
            .with_text("link", self.link(&left.link));
        self.say(&sentence)
    }

    /// By when everything in a log existed, and when it was still cosigned.
    pub(super) fn interval_of(self, log: &LogView) -> Option<String> {
        let time = log.time?;
        let until = log.not_before.filter(|until| *until > time);
        Some(until.map_or_else(
            || time.to_string(),
            |until| {
                let sentence = Sentence::new("page-log-time").with_text("time", time);
                self.say(&sentence.with_text("until", until))
            },
        ))
    }

    /// A log of the policy that could not be read.
    pub(super) fn not_read(self, log: &LogNotRead) -> String {
        let sentence = Sentence::new("page-log-not-read")
            .with_text("origin", &log.origin)
            .with_text("why", log.reason);
        self.say(&sentence)
    }

    /// An entry that one of several logs does not hold.
    pub(super) fn lacks(self, lacking: &Lacking) -> String {
        let sentence = Sentence::new("page-lacks")
            .with_text("origin", &lacking.origin)
            .with_text("entry", lacking.entry);
        self.say(&sentence)
    }

    /// What weight an indicator has.
    pub(super) fn weight(self, found: &Indicator) -> String {
        self.label(if found.adverse {
            "page-adverse"
        } else if found.inquiry {
            "page-inquiry"
        } else {
            "page-context"
        })
    }

    /// The ILO numbers something bears on; empty where there are none.
    pub(super) fn ilo_numbers(self, ilo: &[u8]) -> String {
        if ilo.is_empty() {
            return String::new();
        }
        self.say(&Sentence::new("page-ilo-numbers").with("numbers", join(ilo)))
    }

    /// Who answered, and what the answer does.
    pub(super) fn reply(self, reply: &ReplyView) -> String {
        let stance = reply.stance.map(|stance| self.word(stance));
        let who = short(&reply.principal.unwrap_or(reply.author));
        let head = Sentence::new("page-reply-from").with("who", who);
        self.say(&head.with("stance", stance.unwrap_or_default()))
            .trim_end()
            .to_owned()
    }

    /// What is known of a licence on the date asked about.
    pub(super) fn moment(self, moment: &Moment) -> String {
        match moment {
            Moment::InForce { status, .. }
            | Moment::Lapsed { status, .. }
            | Moment::NotInForce { status, .. } => self.word(status),
            Moment::Unknown { why, .. } => {
                let why = self.say(why);
                self.say(&Sentence::new("page-on-date-unknown").with("why", why))
            }
        }
    }

    /// A licence in a month of recruitment: as known now, and as known at its end.
    pub(super) fn recruited_under(self, row: &RecruitedUnder) -> String {
        let id = if row.rests_on.is_empty() {
            "page-recruited-month-unsaid"
        } else {
            "page-recruited-month"
        };
        let sentence = Sentence::new(id)
            .with_text("licence", &row.licence)
            .with_text("month", row.month)
            .with("now", row.now.sentence())
            .with("then", row.then.sentence())
            .with_text("day", row.known_at);
        self.say(&if row.rests_on.is_empty() {
            sentence
        } else {
            sentence.with_text("recorded", self.recorded(row))
        })
    }

    /// When the newest of the statements was proved to be said.
    pub(super) fn recorded(self, row: &RecruitedUnder) -> String {
        match row.recorded {
            Some(at) => at.date().to_string(),
            None if row.rests_on.is_empty() => String::new(),
            None => self.label("not-yet-recorded"),
        }
    }

    /// How an interval of a licence began, and how it ended.
    pub(super) fn interval(self, segment: &LicenceSegment) -> (String, String) {
        let day = segment.certain_from;
        let began = match segment.began_after {
            Some(after) if after.plus_days(1) < day => {
                Sentence::new("page-began-between").with_text("after", after)
            }
            Some(_) => Sentence::new("page-began-on"),
            None => Sentence::new("page-began-unknown"),
        };
        let ended = match segment.ended_by {
            Some(by) => Sentence::new("page-ended-between").with_text("by", by),
            None if is_endless(segment) => Sentence::new("page-still-open"),
            None => Sentence::new("page-ended-unknown"),
        };
        (
            self.say(&began.with_text("day", day)),
            self.say(&ended.with_text("day", segment.seen_until)),
        )
    }

    /// What was found, against which clause, when.
    pub(super) fn finding(self, found: &OpenFinding) -> String {
        let sentence = Sentence::new("page-finding")
            .with_text("clause", &found.clause)
            .with_text("grade", &found.native_grade)
            .with_text("found", found.found_on);
        self.say(&sentence)
    }

    /// When a finding is due, as of a date.
    pub(super) fn due(self, finding: &OpenFinding, as_of: Date) -> String {
        match finding.due {
            None => self.label("page-no-due"),
            Some(due) if due < as_of => {
                self.say(&Sentence::new("page-overdue").with_text("due", due))
            }
            Some(due) => self.say(&Sentence::new("page-due").with_text("due", due)),
        }
    }

    /// What to say where nobody replied.
    pub(super) fn no_reply(self, reply_by: Option<Date>, as_of: Date) -> String {
        match reply_by {
            None => self.label("page-reply-none"),
            Some(until) if until < as_of => {
                self.say(&Sentence::new("page-reply-not-made").with_text("until", until))
            }
            Some(until) => self.say(&Sentence::new("page-reply-pending").with_text("until", until)),
        }
    }

    /// A field that is absent: in so many statements, or in all there could be.
    pub(super) fn absent(self, field: &str, statements: usize) -> String {
        let id = if statements == 0 {
            "page-no-statement"
        } else {
            "page-absent"
        };
        let sentence = Sentence::new(id).with_text("field", self.word(field));
        self.say(&if statements == 0 {
            sentence
        } else {
            sentence.with("count", statements)
        })
    }

    /// Why a part is not here, and who says to withhold it on what ground.
    pub(super) fn withheld(self, part: &WithheldPart) -> String {
        let why = self.word(match part.reason {
            WithheldReason::Erased => "erased",
            WithheldReason::Audience => "for_other_readers",
            WithheldReason::NotServed => "not_served",
            WithheldReason::WithheldByLaw => "withheld_by_law",
            WithheldReason::ClaimInadmissible => "may_not_be_kept",
        });
        let said = part.withheld_by.iter().map(|said| self.withholding(said));
        let said: Vec<_> = [why].into_iter().chain(said).collect();
        said.join("; ")
    }

    fn withholding(self, said: &Withholding) -> String {
        let ground = &said.ground;
        let law = [
            ground.jurisdiction.as_ref().map(ToString::to_string),
            ground.statute.as_ref().map(ToString::to_string),
        ];
        let basis = [Some(self.word(&ground.basis))].into_iter().chain(law);
        let who = match (&said.log, said.author) {
            (Some(log), _) => log.clone(),
            (None, author) => author.map_or_else(String::new, |author| short(&author)),
        };
        let sentence = Sentence::new("page-withheld-by")
            .with_text("who", who)
            .with_text("basis", join(basis.flatten()))
            .with_text("since", ground.since);
        let until = said.until.map(|until| {
            let sentence = Sentence::new("page-withheld-until").with_text("until", until);
            format!(", {}", self.say(&sentence))
        });
        let stated = match ground.statement {
            Some(entry) => Sentence::new("page-withheld-stated").with_text("entry", entry),
            None => Sentence::new("page-withheld-word"),
        };
        let (sentence, stated) = (self.say(&sentence), self.say(&stated));
        format!("{sentence}{}, {stated}", until.unwrap_or_default())
    }
}

/// Whether a status needs no further word to stand: an authority named its end.
pub(super) fn is_endless(segment: &LicenceSegment) -> bool {
    segment.seen_until.days() == fairtrail::limits::DATE_DAYS
}

/// The first characters of an id; the whole one stands in the list of feeds and in `--json`.
pub(super) fn short(id: &impl Display) -> String {
    let text = id.to_string();
    let cut = text.find(':').map_or(12, |colon| colon + 13);
    text.get(..cut)
        .map_or(text.clone(), |head| format!("{head}…"))
}

/// Items with commas.
pub(super) fn join<T: Display>(items: impl IntoIterator<Item = T>) -> String {
    let items: Vec<_> = items.into_iter().map(|item| item.to_string()).collect();
    items.join(", ")
}

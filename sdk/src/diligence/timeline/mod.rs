//! What could have been known when, and what was done: every entry about a supplier beside the acts
//! that followed it.
//!
//! A pure function of verified history. "Recorded" is proved: the time by which the log held an
//! entry. What an author says of days (when it saw something, when something ended) is its own
//! word, and is kept apart. That nothing was done is never concluded: only that nothing is known.

mod words;

use crate::claim::{AckAction, Claim, PartialDate};
use crate::entry::{RefType, Role};
use crate::history::{HistoryEntry, LogView, VerifiedHistory};
use crate::id::{AuthorId, EntryId};
use crate::subject::SubjectId;
use crate::time::{Date, Timestamp};
use serde::Serialize;

/// What could have been known of some subjects, and what one organisation did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DiligenceTimeline {
    /// Ids asked about.
    pub subjects: Vec<SubjectId>,
    /// Whose knowledge is asked about.
    pub known_by: AuthorId,
    /// The date as of which knowledge was cut off, if it was.
    pub known_at: Option<Date>,
    /// The logs, all read in full.
    pub logs: Vec<LogView>,
    /// The entries, by the time they were recorded.
    pub lines: Vec<KnownLine>,
    /// Acts that name no entry of these: ended supply links.
    pub acts: Vec<Act>,
    /// Acknowledgements of the organisation that have no effect: no standing, out of scope.
    pub without_effect: Vec<EntryId>,
}

/// One entry as it could have been known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct KnownLine {
    /// The entry.
    pub entry: EntryId,
    /// What it is.
    pub kind: String,
    /// For whom its author speaks.
    pub by: AuthorId,
    /// In which role.
    pub role: Option<Role>,
    /// When what it states began and ended, where it is about something that happened.
    pub happened: Option<(Date, Date)>,
    /// When it was written, by its author's word.
    pub claimed: Timestamp,
    /// By when the log held it: from then on it could have been known.
    pub recorded: Option<Timestamp>,
    /// How long after the event that was.
    pub lateness: Lateness,
    /// Whether its author has the standing to say it, under the policy.
    pub counts: bool,
    /// Whether a later statement took its place or withdrew it.
    pub replaced: bool,
    /// Whether its claim can be read here.
    pub readable: bool,
    /// The first acknowledgement of the organisation, if there is one.
    pub acknowledged: Option<Acknowledgement>,
    /// What followed: further acknowledgements, replies, states of a finding, remedies.
    pub acts: Vec<Act>,
}

/// How long after an event an entry was recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "lateness", rename_all = "kebab-case")]
pub enum Lateness {
    /// Within the days that the policy calls contemporaneous.
    InTime {
        /// Whole days after.
        days: u32,
    },
    /// Later.
    RecordedLate {
        /// Whole days after.
        days: u32,
    },
    /// Declared as history loaded later.
    Backfill,
    /// It is about no event.
    NoEvent,
    /// Nothing shows yet when it was recorded.
    Unknown,
}

/// That the organisation says it saw an entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acknowledgement {
    /// The acknowledgement.
    pub entry: EntryId,
    /// When it saw it, by its own word.
    pub seen_on: Date,
    /// By when the log held the acknowledgement.
    pub recorded: Option<Timestamp>,
    /// Days from when the entry was recorded to `seen_on`; negative when it was seen before.
    pub days_after: Option<i64>,
    /// What was done upon it, by its own word.
    pub action: Option<AckAction>,
    /// When.
    pub action_on: Option<Date>,
}

/// Something that was done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Act {
    /// The entry that says so.
    pub entry: EntryId,
    /// What.
    pub what: Deed,
    /// Who says so.
    pub by: AuthorId,
    /// When, by its author's word.
    pub on: Option<Date>,
    /// By when the log held it.
    pub recorded: Option<Timestamp>,
    /// More of it, in words of its kind.
    pub detail: String,
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deed {
    /// The organisation acknowledged it once more.
    Acknowledged,
    /// Where a finding stands was stated.
    FindingStatus,
    /// The organisation stated that a supply link ended.
    LinkEnded,
    /// What was done for workers was stated.
    Remedy,
    /// Somebody replied.
    Reply,
}

impl DiligenceTimeline {
    /// What `history` shows of its subjects and of what `known_by` did; entries recorded more than
    /// `late_days` after what they state are called recorded late.
    pub fn of(history: &VerifiedHistory, known_by: AuthorId, late_days: u32) -> Self {
        let view = View {
            history,
            known_by,
            late_days,
        };
        let entries = history.own();
        let stated = |entry: &&HistoryEntry| entry.entry().network_claim().is_none();
        let entries: Vec<_> = entries.filter(stated).collect();
        let known = entries.iter().filter(|entry| !view.is_act(entry));
        let mut lines: Vec<_> = known.map(|entry| view.line(entry)).collect();
        lines.sort_by_key(|line| (line.recorded.is_none(), line.recorded, line.entry));
        let ended = entries.iter().filter_map(|entry| view.link_ended(entry));
        let mut acts: Vec<_> = ended.collect();
        sort(&mut acts);
        let own_acks = entries
            .iter()
            .filter(|entry| entry.kind() == "ack" && view.is_own(entry));
        let without_effect = own_acks
            .filter(|ack| !view.has_effect(ack))
            .map(|ack| ack.id())
            .collect();
        Self {
            subjects: history.subjects().to_vec(),
            known_by,
            known_at: history.known_at(),
            logs: history.logs().to_vec(),
            lines,
            acts,
            without_effect,
        }
    }

    /// Entries that the organisation is not known to have acknowledged; its own are not counted.
    pub fn not_acknowledged(&self) -> usize {
        let own = |line: &&KnownLine| line.by != self.known_by && line.acknowledged.is_none();
        self.lines.iter().filter(own).count()
    }
}

struct View<'a> {
    history: &'a VerifiedHistory,
    known_by: AuthorId,
    late_days: u32,
}

impl View<'_> {
    fn is_own(&self, entry: &HistoryEntry) -> bool {
        speaks_for(entry) == self.known_by
    }

    /// Acknowledgements of others say nothing of what this organisation knew.
    fn is_act(&self, entry: &HistoryEntry) -> bool {
        let answers = matches!(entry.kind(), "ack" | "reply" | "finding.status" | "remedy");
        answers || self.link_ended(entry).is_some()
    }

    fn has_effect(&self, ack: &HistoryEntry) -> bool {
        let about = |entry: &HistoryEntry| {
            entry
                .incoming()
                .iter()
                .any(|incoming| incoming.by == ack.id())
        };
        ack.standing().counts_for() && self.history.entries().iter().any(about)
    }

    fn line(&self, entry: &HistoryEntry) -> KnownLine {
        let header = entry.entry().header();
        let happened = entry.event();
        let recorded = entry.times().not_after;
        let mut acts: Vec<_> = entry
            .incoming()
            .iter()
            .filter_map(|incoming| {
                self.history
                    .entry(incoming.by)
                    .map(|by| (incoming.sort, by))
            })
            .filter_map(|(sort, by)| self.act(sort, by))
            .collect();
        sort(&mut acts);
        acts.dedup_by_key(|act| act.entry);
        let acks = entry.incoming().iter();
        let acks = acks.filter_map(|incoming| self.history.entry(incoming.by));
        let acks = acks.filter_map(|ack| self.acknowledgement(ack, recorded));
        let acknowledged = acks.min_by_key(|ack| (ack.seen_on, ack.recorded, ack.entry));
        if let Some(first) = &acknowledged {
            acts.retain(|act| act.entry != first.entry);
        }
        KnownLine {
            entry: entry.id(),
            kind: entry.kind().to_owned(),
            by: speaks_for(entry),
            role: entry.standing().role,
            happened,
            claimed: entry.times().claimed,
            recorded,
            lateness: lateness(header.is_backfill(), happened, recorded, self.late_days),
            counts: entry.standing().counts_against(),
            replaced: entry.is_replaced(),
            readable: entry.claim().is_some(),
            acknowledged,
            acts,
        }
    }

    fn acknowledgement(
        &self,
        ack: &HistoryEntry,
        recorded: Option<Timestamp>,
    ) -> Option<Acknowledgement> {
        let Some(Claim::Ack(claim)) = ack.claim() else {
            return None;
        };
        if !self.is_own(ack) || !ack.standing().counts_for() || ack.is_replaced() {
            return None;
        }
        let days = |from: Timestamp| {
            let (from, to) = (from.date().days(), claim.seen_on.days());
            i64::from(to).saturating_sub(i64::from(from))
        };
        Some(Acknowledgement {
            entry: ack.id(),
            seen_on: claim.seen_on,
            recorded: ack.times().not_after,
            days_after: recorded.map(days),
            action: claim.action.clone(),
            action_on: claim.action_on,
        })
    }

    /// What another entry does about one: whatever the standing of a reply, it shows.
    fn act(&self, sort: RefType, by: &HistoryEntry) -> Option<Act> {
        let (what, on, detail) = match by.claim()? {
            Claim::Ack(ack) if self.is_own(by) && by.standing().counts_for() => {
                let action = ack.action.as_ref().map_or("", AckAction::as_str);
                (Deed::Acknowledged, Some(ack.seen_on), action.to_owned())
            }
            Claim::FindingStatus(status) if by.standing().counts_against() => {
                let state = status.state.to_string();
                (Deed::FindingStatus, Some(status.on), state)
            }
            Claim::Remedy(remedy) if by.standing().counts_for() => {
                let on = remedy.completed_on.map(PartialDate::last);
                (Deed::Remedy, on, remedy.remedy_type.to_string())
            }
            Claim::Reply(reply) if sort == RefType::Replies => {
                (Deed::Reply, None, reply.stance.to_string())
            }
            _ => return None,
        };
        Some(act_of(by, what, on, &detail))
    }

    /// A link that the organisation says has ended.
    fn link_ended(&self, entry: &HistoryEntry) -> Option<Act> {
        let Some(Claim::SupplyLink(link)) = entry.claim() else {
            return None;
        };
        let ended = link.common().valid_to?;
        let counts = self.is_own(entry) && entry.standing().counts_for() && !entry.is_replaced();
        let detail = format!("{} {} {}", link.from, link.relation, link.to);
        counts.then(|| act_of(entry, Deed::LinkEnded, Some(ended.last()), &detail))
    }
}

fn act_of(by: &HistoryEntry, what: Deed, on: Option<Date>, detail: &str) -> Act {
    Act {
        entry: by.id(),
        what,
        by: speaks_for(by),
        on,
        recorded: by.times().not_after,
        detail: detail.replace('_', " "),
    }
}

fn speaks_for(entry: &HistoryEntry) -> AuthorId {
    let standing = entry.standing();
    standing.principal.unwrap_or(standing.author)
}

fn sort(acts: &mut [Act]) {
    acts.sort_by_key(|act| (act.recorded.is_none(), act.recorded, act.entry));
}

fn lateness(
    backfill: bool,
    happened: Option<(Date, Date)>,
    recorded: Option<Timestamp>,
    late_days: u32,
) -> Lateness {
    let Some((_, ended)) = happened else {
        return if backfill {
            Lateness::Backfill
        } else {
            Lateness::NoEvent
        };
    };
    let Some(recorded) = recorded else {
        return Lateness::Unknown;
    };
    let days = recorded.date().days().saturating_sub(ended.days());
    match (backfill, days > late_days) {
        (true, _) => Lateness::Backfill,
        (false, true) => Lateness::RecordedLate { days },
        (false, false) => Lateness::InTime { days },
    }
}

//! What a gateway may answer to a question about what came since, or to any, that is not so.

use fairtrail::bundle::{Bundle, LogPart, OldNote, SubjectList};
use fairtrail::entry::SignedEntry;
use fairtrail::index::{Answer, ChainHead, Embedded, IndexHead, PostingList};
use fairtrail::subject::SubjectId;

/// A way to lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    /// The newest entry is left out, and the list still names it.
    Entry,
    /// All entries are left out.
    Entries,
    /// The newest posting of every list is left out, and its entry.
    Posting,
    /// Whole lists are left out.
    Lists,
    /// Lists go on from elsewhere.
    Start,
    /// Lists are given from their beginning on, without what they begin with.
    Beginning,
    /// A list of somebody else is added.
    StrayList,
    /// An entry is added that stands nowhere.
    Stray,
    /// The newest note is left out.
    Notes,
    /// The note of the state that is held is put in the place of the newest.
    OldNote,
    /// What was true when what is held was, whole.
    Before,
    /// What was true even before that, whole.
    Earlier,
    /// What was true when what is held was, as if nothing had come since.
    Nothing,
    /// What the index said before, under the new note.
    OldAnswer,
    /// The new answer under the note of before.
    OldHead,
    /// The log grew from another state.
    OtherRoot,
    /// It grew from another size.
    OtherSize,
    /// How it grew is not shown.
    NoPath,
    /// An answer about somebody else.
    OtherSubject,
    /// An answer about another log.
    OtherLog,
    /// An answer about no log.
    NoLog,
    /// An answer with another charter.
    OtherCharter,
    /// Bytes that are no bundle.
    Garbage,
    /// It ends in the middle.
    Cut,
    /// Nothing at all.
    Empty,
    /// A refusal.
    Failing,
}

/// What becomes of a lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It is seen through, or says nothing that is not so.
    Truth,
    /// A time is unknown that rested on a note.
    Untimed,
    /// The log did not grow, by a head that it signed itself.
    Stale,
    /// It is refused.
    Refused,
}

/// Everything that a liar knows.
pub(crate) struct Known {
    /// The true answer to what was asked.
    pub(crate) truth: Bundle,
    /// The true and whole answer when the log was as large as is held.
    pub(crate) before: Bundle,
    /// The one before that.
    pub(crate) earlier: Bundle,
    /// The true answer about somebody else.
    pub(crate) elsewhere: Bundle,
    /// An entry that stands in no log.
    pub(crate) stray: SignedEntry,
}

impl Lie {
    pub(crate) const ALL: [Self; 26] = [
        Self::Entry,
        Self::Entries,
        Self::Posting,
        Self::Lists,
        Self::Start,
        Self::Beginning,
        Self::StrayList,
        Self::Stray,
        Self::Notes,
        Self::OldNote,
        Self::Before,
        Self::Earlier,
        Self::Nothing,
        Self::OldAnswer,
        Self::OldHead,
        Self::OtherRoot,
        Self::OtherSize,
        Self::NoPath,
        Self::OtherSubject,
        Self::OtherLog,
        Self::NoLog,
        Self::OtherCharter,
        Self::Garbage,
        Self::Cut,
        Self::Empty,
        Self::Failing,
    ];

    /// What becomes of it where whole answers are true.
    pub(crate) const fn since(self) -> Fate {
        match self {
            Self::Notes | Self::OldNote => Fate::Untimed,
            Self::Before | Self::Nothing => Fate::Stale,
            _ => Fate::Truth,
        }
    }

    /// What becomes of it where every answer is one.
    pub(crate) const fn always(self) -> Fate {
        match self {
            Self::Notes | Self::OldNote => Fate::Untimed,
            // What stands nowhere is put to nothing that is held; the others change nothing of a whole
            // answer.
            Self::Stray | Self::OtherRoot | Self::OtherSize | Self::NoPath => Fate::Truth,
            Self::Before | Self::Nothing => Fate::Stale,
            _ => Fate::Refused,
        }
    }

    /// The status and content of an answer.
    pub(crate) fn tell(self, known: &Known) -> (&'static str, Vec<u8>) {
        let mut said = known.truth.clone();
        match self {
            Self::Garbage => return ("200 OK", b"<html>no such page</html>".to_vec()),
            Self::Empty => return ("200 OK", Vec::new()),
            Self::Failing => return ("500 Internal Server Error", b"{}".to_vec()),
            Self::Cut => {
                let mut bytes = said.to_bytes();
                bytes.truncate(bytes.len() / 2);
                return ("200 OK", bytes);
            }
            Self::Before => said = known.before.clone(),
            Self::Earlier => said = known.earlier.clone(),
            Self::Nothing => said = nothing_since(&known.before),
            Self::OtherSubject => said = known.elsewhere.clone(),
            Self::NoLog => said.logs.clear(),
            Self::OtherCharter => *said.charter.0.last_mut().unwrap() ^= 1,
            Self::Stray => {
                said.entries.push(Embedded(known.stray.bytes().to_vec()));
                said.entries.sort_by_key(id);
            }
            Self::Entries => said.entries.clear(),
            Self::Entry => drop_newest(&mut said),
            Self::Posting => {
                drop_newest(&mut said);
                relist(&mut said.logs[0], |list| drop(list.postings.pop()));
            }
            _ => self.change(&mut said.logs[0], &known.before.logs[0]),
        }
        ("200 OK", said.to_bytes())
    }

    /// Lies about the log.
    fn change(self, part: &mut LogPart, before: &LogPart) {
        match self {
            Self::Lists => part.lists.clear(),
            Self::Start => relist(part, |list| list.start += 1),
            Self::Beginning => relist(part, |list| {
                list.start = 0;
                list.start_head = ChainHead::START;
                let last = list.postings.len() - 1;
                list.postings.drain(..last);
            }),
            Self::StrayList => part.lists.push(SubjectList {
                subject: stranger(),
                list: before.lists[0].list.clone(),
            }),
            Self::Notes => part.notes.clear(),
            Self::OldNote => part.notes = vec![held_note(before)],
            Self::OldAnswer => part.answer = before.answer.clone(),
            Self::OldHead => (part.note, part.path) = (before.note.clone(), before.path.clone()),
            Self::OtherRoot => part.earlier.iter_mut().for_each(|then| then.root[0] ^= 1),
            Self::OtherSize => part.earlier.iter_mut().for_each(|then| then.size -= 1),
            Self::NoPath => part.earlier.iter_mut().for_each(|then| then.path.clear()),
            Self::OtherLog => {
                let mut answer = Answer::parse(&part.answer.0).unwrap();
                let mut head = IndexHead::parse(&answer.head.0).unwrap();
                head.origin = "hill.example/log/e1".parse().unwrap();
                answer.head = Embedded(head.to_bytes());
                part.answer = Embedded(answer.to_bytes());
            }
            other => unreachable!("{other:?}"),
        }
    }
}

/// Somebody of whom nothing was ever said.
pub(crate) fn stranger() -> SubjectId {
    "gln:0614141000012".parse().unwrap()
}

fn id(entry: &Embedded) -> fairtrail::id::EntryId {
    SignedEntry::parse(&entry.0).unwrap().id()
}

/// Leaves out the entry at the end of its feed.
fn drop_newest(said: &mut Bundle) {
    let seq = |entry: &Embedded| SignedEntry::parse(&entry.0).unwrap().header().seq;
    let newest = said.entries.iter().map(seq).max();
    said.entries.retain(|entry| Some(seq(entry)) != newest);
}

fn relist(part: &mut LogPart, change: impl Fn(&mut PostingList)) {
    for list in &mut part.lists {
        let mut read = PostingList::parse(&list.list.0).unwrap();
        change(&mut read);
        list.list = Embedded(read.to_bytes());
    }
}

fn held_note(before: &LogPart) -> OldNote {
    before.notes.last().unwrap().clone()
}

/// What is said where the log did not grow.
fn nothing_since(before: &Bundle) -> Bundle {
    let mut said = before.clone();
    let part = &mut said.logs[0];
    part.lists.clear();
    part.notes.clear();
    part.places.clear();
    said.entries.clear();
    said.bodies.clear();
    said
}

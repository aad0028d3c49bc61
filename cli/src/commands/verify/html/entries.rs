//! Entries, feeds, and what is withheld or without effect, as rows.

use super::super::words::{Words, join, short};
use super::Shown;
use fairtrail::id::EntryId;
use fairtrail::messages::Sentence;
use fairtrail::rules::{Counts, EntryLine, Verdict};
use std::collections::BTreeMap;

/// One entry.
pub(super) struct Entry {
    pub(super) id: Shown,
    pub(super) known: Shown,
    pub(super) happened: Shown,
    pub(super) kind: Shown,
    pub(super) who: Shown,
    pub(super) states: Vec<(Shown, Shown)>,
    pub(super) basis: Shown,
    pub(super) standard: Shown,
    pub(super) counts: Shown,
    pub(super) counts_class: &'static str,
    pub(super) marks: Shown,
    pub(super) revoked_by: Vec<Shown>,
}

/// How far a feed is known.
pub(super) struct Feed {
    pub(super) author: Shown,
    pub(super) seq: Shown,
    pub(super) last_heard: Shown,
    pub(super) forked: bool,
}

/// A part that is not here.
pub(super) struct Withheld {
    pub(super) entry: Shown,
    pub(super) part: Shown,
    pub(super) role: Shown,
    pub(super) reason: Shown,
}

/// An entry that a result rests on: who said so, on what.
pub(super) struct Cited {
    pub(super) id: Shown,
    pub(super) said: Shown,
}

/// The entries a verdict shows, by id.
pub(super) fn by_id(verdict: &Verdict) -> BTreeMap<EntryId, &EntryLine> {
    let lines = verdict.entries.iter().chain(&verdict.related_entries);
    lines.map(|line| (line.id, line)).collect()
}

/// Who said what a result rests on, when it was known, on which basis and standard.
pub(super) fn cited(
    lines: &BTreeMap<EntryId, &EntryLine>,
    entries: &[EntryId],
    words: Words,
) -> Vec<Cited> {
    let cite = |id: &EntryId| {
        let said = lines.get(id).map_or_else(String::new, |line| {
            let known = known(line, words);
            let basis = words.words(&line.basis);
            let standard = line.evidence_standard.map(|standard| words.word(standard));
            let parts = [Some(known), Some(words.who(line)), Some(basis), standard];
            let parts = parts.into_iter().flatten().filter(|part| !part.is_empty());
            join(parts)
        });
        Cited {
            id: Shown::new(id),
            said: Shown::new(said),
        }
    };
    entries.iter().map(cite).collect()
}

fn known(line: &EntryLine, words: Words) -> String {
    line.not_after.map_or_else(
        || words.label("page-time-unknown"),
        |at| at.date().to_string(),
    )
}

pub(super) fn entries(lines: &[EntryLine], words: Words) -> Vec<Entry> {
    lines.iter().map(|line| entry(line, words)).collect()
}

fn entry(line: &EntryLine, words: Words) -> Entry {
    let states = line.states.iter().map(|stated| {
        let field = Shown::new(words.word(stated.field));
        (field, Shown::new(&stated.value))
    });
    let standard = line.evidence_standard;
    Entry {
        id: Shown::new(line.id),
        known: Shown::new(known(line, words)),
        happened: Shown::new(
            line.happened
                .map_or_else(String::new, |day| day.to_string()),
        ),
        kind: Shown::new(&line.kind),
        who: Shown::new(words.who(line)),
        states: states.collect(),
        basis: Shown::new(words.words(&line.basis)),
        standard: Shown::new(standard.map_or_else(String::new, |word| words.word(word))),
        counts: Shown::new(words.counts(line.counts)),
        counts_class: match line.counts {
            Counts::Yes | Counts::Network => "",
            _ => "warn",
        },
        marks: Shown::new(words.words(&line.marks)),
        revoked_by: line.revoked_by.iter().map(Shown::new).collect(),
    }
}

pub(super) fn withheld(verdict: &Verdict, words: Words) -> Vec<Withheld> {
    let lines = verdict.entries.iter().chain(&verdict.related_entries);
    let parts = lines.flat_map(|line| line.withheld.iter().map(move |part| (line.id, part)));
    let row = |(entry, part): (EntryId, &fairtrail::history::WithheldPart)| Withheld {
        entry: Shown::new(entry),
        part: Shown::new(part.digest),
        role: Shown::new(words.word(part.role)),
        reason: Shown::new(words.withheld(part)),
    };
    parts.map(row).collect()
}

pub(super) fn ignored(verdict: &Verdict, words: Words) -> Vec<Shown> {
    let line = |ignored: &fairtrail::history::IgnoredRef| {
        let refers = Sentence::new("page-refers")
            .with_text("by", ignored.by)
            .with_text("sort", ignored.sort)
            .with_text("target", ignored.target);
        Shown::new(format!("{}: {}", words.say(&refers), ignored.reason))
    };
    verdict.ignored_refs.iter().map(line).collect()
}

pub(super) fn feeds(verdict: &Verdict, words: Words) -> Vec<Feed> {
    let row = |(author, feed): (&fairtrail::id::AuthorId, &fairtrail::history::FeedKnown)| Feed {
        author: Shown::new(author),
        seq: Shown::new(words.say(&Sentence::new("page-seq").with_text("seq", feed.seq))),
        last_heard: Shown::new(
            feed.last_heard
                .map_or_else(|| words.label("page-never-heard"), |at| at.to_string()),
        ),
        forked: feed.forked,
    };
    verdict.feeds.iter().map(row).collect()
}

/// A short name of an entry, for drawings.
pub(super) fn caption(line: &EntryLine) -> String {
    format!("{} {}", line.kind, short(&line.author))
}

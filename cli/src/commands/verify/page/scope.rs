//! What was asked and read: the head of the page.

use super::{FIELD, Mark, Writer, join, marks, short};
use crate::output::Tone;
use data_encoding::HEXLOWER;
use fairtrail::messages::Sentence;

impl Writer<'_> {
    pub(super) fn scope(&mut self) {
        let verdict = self.verdict;
        self.page.toned(Tone::Strong, join(&verdict.closure.asked));
        self.closure();
        self.field("page-as-of", verdict.as_of);
        if let Some(known_at) = verdict.known_at {
            self.field("page-known-at", known_at);
        }
        let edition = Sentence::new("page-edition").with_text("edition", &verdict.edition);
        self.field("page-rules", self.words.say(&edition));
        self.field("page-settings", HEXLOWER.encode(&verdict.settings));
        for log in &verdict.logs {
            let read = Sentence::new("page-log-read")
                .with_text("origin", &log.origin)
                .with_text("size", log.size)
                .with_text("root", &log.root);
            self.field("page-log", self.words.say(&read));
            let cosigned = log
                .cosigned_by
                .iter()
                .map(|(who, at)| format!("{who} {at}"));
            let cosigned: Vec<_> = cosigned.collect();
            if !cosigned.is_empty() {
                self.field("page-cosigned", cosigned.join(", "));
            }
            if let Some(time) = self.words.interval_of(log) {
                self.field("page-time", time);
            }
        }
        for index in self.indexes {
            let who = index.checked_by.iter().map(|(who, _)| who.as_str());
            let who = who.collect::<Vec<_>>().join(", ");
            let id = match who.as_str() {
                "" => "page-index-alone",
                _ => "page-index-checked",
            };
            let index = Sentence::new(id).with_text("origin", &index.origin);
            self.field("page-index", self.words.say(&index.with_text("who", who)));
        }
        for log in &verdict.not_read {
            self.prose(FIELD, Tone::Warn, &self.words.not_read(log));
        }
        if verdict.time_is_operators_word {
            let time = self.words.label("page-time");
            let word = self.words.label("page-operators-word");
            let line = format!("{:FIELD$}{time}: {word}", "");
            self.page.toned(Tone::Warn, line);
        }
        let covered = self.words.label(self.words.basis.message());
        self.field("page-covered", covered);
        let feeds = verdict.feeds.iter().map(|(author, feed)| {
            let forked = if feed.forked { "page-forked" } else { "" };
            let seq = Sentence::new("page-seq").with_text("seq", feed.seq);
            let forked = self.words.label(forked);
            format!("{} {} {forked}", short(author), self.words.say(&seq))
        });
        let feeds: Vec<_> = feeds.map(|feed| feed.trim_end().to_owned()).collect();
        if !feeds.is_empty() {
            self.field("page-known-up-to", feeds.join(", "));
        }
    }

    pub(super) fn lacking(&mut self) {
        for lacking in &self.verdict.lacking {
            self.prose(2, Tone::Warn, &self.words.lacks(lacking));
        }
    }

    /// Other ids of the same party and what leads to them; links that lead elsewhere.
    fn closure(&mut self) {
        let closure = &self.verdict.closure;
        for alias in &closure.aliases {
            let also = Sentence::new("page-also").with_text("id", &alias.id);
            let disputed = alias.disputed.then_some(Mark::Disputed);
            self.page.pieces([
                (Tone::Plain, format!("  {}", self.words.say(&also))),
                (Tone::Warn, marks(disputed.as_slice())),
            ]);
            for link in &alias.path {
                self.prose(6, Tone::Faint, &self.words.link(link));
            }
        }
        for link in &closure.neighbours {
            let link = self.words.link(link);
            let other = Sentence::new("page-another-party").with("link", link);
            self.prose(2, Tone::Plain, &self.words.say(&other));
        }
        for left in &closure.left {
            self.prose(2, Tone::Warn, &self.words.left(left));
        }
    }
}

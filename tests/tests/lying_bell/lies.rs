//! What a stream of notices may say that is not so.

use crate::bell::{Piece, Stream};
use fairtrail::id::AuthorId;
use std::time::Duration;

const LOG: &str = "coast.example/log/e1";
/// A little time, in which what was said is heard.
const SOON: Duration = Duration::from_millis(300);

/// A way to lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lie {
    /// Leaves that are not there.
    NoSuchLeaf,
    /// A leaf that is there, about another than it names.
    OtherSubject,
    /// A thousand leaves and sizes at once.
    Flood,
    /// A size beyond every log.
    Huge,
    /// It ends within a notice.
    Cut,
    /// A line without an end.
    Endless,
    /// A notice larger than any is.
    Oversized,
    /// Data that is no JSON.
    NoJson,
    /// Bytes that are no text.
    NoText,
    /// Leaves that step back.
    Back,
    /// Another log.
    OtherLog,
    /// Nothing is said of the log.
    NoLog,
    /// Its node halted, by a word that does not exist.
    Halted,
    /// A number that is none.
    Negative,
    /// An answer that is no stream.
    Failing,
}

impl Lie {
    pub(crate) const ALL: [Self; 15] = [
        Self::NoSuchLeaf,
        Self::OtherSubject,
        Self::Flood,
        Self::Huge,
        Self::Cut,
        Self::Endless,
        Self::Oversized,
        Self::NoJson,
        Self::NoText,
        Self::Back,
        Self::OtherLog,
        Self::NoLog,
        Self::Halted,
        Self::Negative,
        Self::Failing,
    ];
}

fn notice(event: &str, data: &str) -> Vec<u8> {
    format!("event: {event}\ndata: {data}\n\n").into_bytes()
}

fn log(origin: &str, from: u64) -> Vec<u8> {
    let data = format!("{{\"origin\":\"{origin}\",\"size\":{from},\"from\":{from}}}");
    // Somebody who is there is called again soon.
    [notice("log", &data), b":\n\n".to_vec()].concat()
}

/// A leaf about a subject.
pub(crate) fn leaf(leaf: u64, subject: AuthorId) -> Vec<u8> {
    let id = fairtrail::id::EntryId::new([9; 32]);
    let data = format!(
        "{{\"leaf_index\":{leaf},\"id\":\"{id}\",\"kind\":\"finding\",\"author\":\"{subject}\",\"subjects\":[\"{subject}\"]}}"
    );
    let mut notice = format!("id: {leaf}\n").into_bytes();
    notice.extend(self::notice("leaf", &data));
    notice
}

fn size(size: u64) -> Vec<u8> {
    let mut notice = format!("id: {}\n", size - 1).into_bytes();
    notice.extend(self::notice("size", &format!("{{\"size\":{size}}}")));
    notice
}

/// A stream that begins as it should.
pub(crate) fn honest(from: u64, pieces: &[Piece]) -> Stream {
    let begin = (log(LOG, from), SOON);
    Stream {
        status: "200 OK",
        pieces: std::iter::once(begin)
            .chain(pieces.iter().cloned())
            .collect(),
    }
}

/// A stream on which nothing is ever said.
pub(crate) fn silence() -> Stream {
    Stream {
        status: "200 OK",
        pieces: vec![(Vec::new(), Duration::from_secs(600))],
    }
}

/// A stream of leaves from `from` on that lies; what names somebody names `subject`.
pub(crate) fn lie(lie: Lie, from: u64, subject: AuthorId) -> Stream {
    let told = |pieces: &[Vec<u8>]| {
        let pieces = pieces.iter().map(|piece| (piece.clone(), SOON));
        honest(from, &pieces.collect::<Vec<_>>())
    };
    match lie {
        Lie::NoSuchLeaf => told(&[leaf(from, subject), leaf(from + 7, subject), size(from + 8)]),
        Lie::OtherSubject => told(&[leaf(from, AuthorId::new([3; 32])), size(from + 1)]),
        Lie::Flood => {
            let flood = (from..from + 1_000).map(|at| [leaf(at, subject), size(at + 1)].concat());
            told(&[flood.collect::<Vec<_>>().concat()])
        }
        Lie::Huge => told(&[size(1 << 52)]),
        Lie::Cut => {
            let mut cut = leaf(from, subject);
            cut.truncate(cut.len() / 2);
            told(&[cut])
        }
        Lie::Endless => told(&[vec![b'x'; 1 << 20]]),
        Lie::Oversized => {
            let many = vec![b"data: {}\n".to_vec(); 5_000].concat();
            told(&[many, b"\n".to_vec()])
        }
        Lie::NoJson => told(&[notice("leaf", "{\"leaf_index\":")]),
        Lie::NoText => told(&[vec![0xff; 64], b"\n\n".to_vec()]),
        Lie::Back => told(&[leaf(from + 5, subject), leaf(from + 4, subject)]),
        Lie::OtherLog => Stream {
            pieces: vec![
                (log("hill.example/log/e1", from), SOON),
                (leaf(from, subject), SOON),
            ],
            ..silence()
        },
        Lie::NoLog => Stream {
            pieces: vec![(leaf(from, subject), SOON)],
            ..silence()
        },
        Lie::Halted => told(&[notice("halted", "{\"reason\":\"no-such-reason\"}")]),
        Lie::Negative => told(&[notice("size", "{\"size\":-1}")]),
        Lie::Failing => Stream {
            status: "503 Service Unavailable",
            pieces: vec![(b"{\"reason\":\"overloaded\"}".to_vec(), SOON)],
        },
    }
}

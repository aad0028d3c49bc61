//! What stands in the journal's frames.
//!
//! ```text
//! 1 group      first leaf u64, include-by u64, end of the bodies [12], count u32, then per entry
//!              length u16, held u8, held × (part index u8, place [8]), the entry's bytes
//! 2 intent     size u64, root [32], stamp u64
//! 3 signed     an intent, then the note with the log's signature
//! 4 published  an intent, then the note as served
//! 5 late       bodies that came after their entries: see `late`
//! ```
//! All integers are little-endian. A group is one frame, so it is there whole or not at all.

use fairtrail::limits::ENTRY_BYTES;
use fairtrail::merkle::{LeafIndex, Root, TreeSize};
use fairtrail::note::Note;
use fairtrail::time::Timestamp;

use super::late::{LATE, LateFrame};
use crate::core::head::Head;
use crate::core::publish::{Intent, Publication};
use crate::store::bodies::{BodiesEnd, BodyPlace};
use crate::store::bytes::{take, take_u8, take_u32, take_u64};
use crate::store::journal::{Frame, Location, Span, StoredFrame};

const GROUP: u8 = 1;
const INTENT: u8 = 2;
const SIGNED: u8 = 3;
const PUBLISHED: u8 = 4;

/// A frame read back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content<'a> {
    /// New leaves.
    Group(GroupFrame<'a>),
    /// What was going to be signed.
    Intent(Intent),
    /// What was signed.
    Signed(Publication),
    /// What was served.
    Published(Publication),
    /// Bodies that came after their entries.
    Late(LateFrame),
}

/// New leaves and where their bodies lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupFrame<'a> {
    /// The first leaf.
    pub first: LeafIndex,
    /// When a published checkpoint was promised to cover them at the latest.
    pub include_by: Timestamp,
    /// How far the bodies reach.
    pub bodies_end: BodiesEnd,
    /// The entries, in log order.
    pub entries: Vec<GroupEntry<'a>>,
}

/// One entry of a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupEntry<'a> {
    /// Bytes from the start of the frame's body; given when encoding as 0.
    pub start: u32,
    /// The entry's exact bytes.
    pub bytes: &'a [u8],
    /// The parts held: index in the header, and place.
    pub held: Vec<(u8, BodyPlace)>,
}

impl GroupEntry<'_> {
    /// Where the entry lies, its frame being at `frame`.
    pub fn span(&self, frame: Location) -> Span {
        Span {
            frame,
            start: self.start,
            // An entry has at most 8,192 bytes.
            len: u16::try_from(self.bytes.len()).unwrap_or(u16::MAX),
        }
    }
}

impl GroupFrame<'_> {
    /// The frame's body, and where in it each entry starts.
    pub fn encode(&self) -> (Vec<u8>, Vec<u32>) {
        let lens = self.entries.iter();
        let lens = lens.map(|entry| 3 + 9 * entry.held.len() + entry.bytes.len());
        let mut body = Vec::with_capacity(32 + lens.sum::<usize>());
        body.extend(self.first.get().to_le_bytes());
        body.extend(self.include_by.seconds().to_le_bytes());
        body.extend(self.bodies_end.to_bytes());
        // A group has at most 4,096 entries with at most 32 parts each, and a frame 32 MiB.
        let count = u32::try_from(self.entries.len()).unwrap_or(u32::MAX);
        body.extend(count.to_le_bytes());
        let mut starts = Vec::with_capacity(self.entries.len());
        for entry in &self.entries {
            let len = u16::try_from(entry.bytes.len()).unwrap_or(u16::MAX);
            body.extend(len.to_le_bytes());
            body.push(u8::try_from(entry.held.len()).unwrap_or(u8::MAX));
            for (part, place) in &entry.held {
                body.push(*part);
                body.extend(place.to_bytes());
            }
            starts.push(u32::try_from(body.len()).unwrap_or(u32::MAX));
            body.extend(entry.bytes);
        }
        (body, starts)
    }

    /// The frame that holds `body`.
    pub const fn frame(body: &[u8]) -> Frame<'_> {
        Frame { kind: GROUP, body }
    }
}

/// Kind and body of a frame for something that is going to be, or was, published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoteFrame {
    kind: u8,
    body: Vec<u8>,
}

impl NoteFrame {
    /// An intent.
    pub fn intent(intent: Intent) -> Self {
        let (kind, body) = (INTENT, encode_intent(intent));
        Self { kind, body }
    }

    /// A signature.
    pub fn signed(signed: &Publication) -> Self {
        Self::with_note(SIGNED, signed)
    }

    /// The published state.
    pub fn published(published: &Publication) -> Self {
        Self::with_note(PUBLISHED, published)
    }

    fn with_note(kind: u8, publication: &Publication) -> Self {
        let mut body = encode_intent(publication.intent);
        body.extend(publication.note.to_string().as_bytes());
        Self { kind, body }
    }

    /// The frame.
    pub fn frame(&self) -> Frame<'_> {
        let Self { kind, body } = self;
        Frame { kind: *kind, body }
    }
}

/// Reads a frame; nothing when its body is not of the form its kind has.
pub fn decode(frame: &StoredFrame) -> Option<Content<'_>> {
    let mut rest = frame.body.as_slice();
    match frame.kind {
        GROUP => decode_group(&frame.body).map(Content::Group),
        INTENT => {
            let intent = take_intent(&mut rest)?;
            rest.is_empty().then_some(Content::Intent(intent))
        }
        SIGNED => take_publication(rest).map(Content::Signed),
        PUBLISHED => take_publication(rest).map(Content::Published),
        LATE => LateFrame::decode(rest).map(Content::Late),
        _ => None,
    }
}

fn decode_group(body: &[u8]) -> Option<GroupFrame<'_>> {
    let mut rest = body;
    let first = LeafIndex::new(take_u64(&mut rest)?).ok()?;
    let include_by = Timestamp::new(take_u64(&mut rest)?)?;
    let bodies_end = BodiesEnd::from_bytes(take(&mut rest)?);
    let count = take_u32(&mut rest)?;
    let mut entries = Vec::new();
    for _ in 0..count {
        let len = usize::from(u16::from_le_bytes(take(&mut rest)?));
        let mut held = Vec::new();
        for _ in 0..take_u8(&mut rest)? {
            let part = take_u8(&mut rest)?;
            held.push((part, BodyPlace::from_bytes(take(&mut rest)?)));
        }
        let start = u32::try_from(body.len().checked_sub(rest.len())?).ok()?;
        let (bytes, behind) = rest.split_at_checked(len)?;
        if bytes.is_empty() || len > ENTRY_BYTES {
            return None;
        }
        rest = behind;
        entries.push(GroupEntry { start, bytes, held });
    }
    let group = GroupFrame {
        first,
        include_by,
        bodies_end,
        entries,
    };
    (rest.is_empty() && count > 0).then_some(group)
}

fn encode_intent(intent: Intent) -> Vec<u8> {
    let mut body = intent.head.stored().to_bytes();
    body.extend(intent.stamp.seconds().to_le_bytes());
    body
}

fn take_intent(bytes: &mut &[u8]) -> Option<Intent> {
    let size = TreeSize::new(take_u64(bytes)?).ok()?;
    let root = Root::from_bytes(take(bytes)?);
    let stamp = Timestamp::new(take_u64(bytes)?)?;
    let head = Head { size, root };
    Some(Intent { head, stamp })
}

fn take_publication(mut bytes: &[u8]) -> Option<Publication> {
    let intent = take_intent(&mut bytes)?;
    let note = Note::parse(bytes).ok()?;
    Some(Publication { intent, note })
}

#[cfg(test)]
mod tests {
    use super::*;
    use fairtrail::key::SecretKey;
    use fairtrail::note::NoteSigner;

    fn stored(frame: Frame<'_>) -> StoredFrame {
        StoredFrame {
            at: Location::START,
            kind: frame.kind,
            body: frame.body.to_vec(),
        }
    }

    fn place(number: u8) -> BodyPlace {
        BodyPlace::from_bytes([number; 8])
    }

    #[test]
    fn a_group_reads_back_and_none_of_its_prefixes_does() {
        let entry = |bytes, held| GroupEntry {
            start: 0,
            bytes,
            held,
        };
        let group = GroupFrame {
            first: LeafIndex::new(7).unwrap(),
            include_by: Timestamp::new(99).unwrap(),
            bodies_end: BodiesEnd::START,
            entries: vec![
                entry(b"one", vec![(0, place(1)), (3, place(2))]),
                entry(b"two!", vec![]),
            ],
        };
        let (body, starts) = group.encode();
        let frame = stored(GroupFrame::frame(&body));
        let Some(Content::Group(read)) = decode(&frame) else {
            panic!("not a group")
        };
        for (read, (start, entry)) in read.entries.iter().zip(starts.iter().zip(&group.entries)) {
            assert_eq!((read.start, read.bytes), (*start, entry.bytes));
            assert_eq!(read.held, entry.held);
            let start = *start as usize;
            assert_eq!(&body[start..start + entry.bytes.len()], entry.bytes);
        }
        assert_eq!(
            (read.first, read.include_by),
            (group.first, group.include_by)
        );
        for end in 0..body.len() {
            assert_eq!(decode(&stored(GroupFrame::frame(&body[..end]))), None);
        }
    }

    #[test]
    fn intents_and_notes_read_back() {
        let head = Head::empty();
        let stamp = Timestamp::new(5).unwrap();
        let intent = Intent { head, stamp };
        let frame = NoteFrame::intent(intent);
        assert_eq!(
            decode(&stored(frame.frame())),
            Some(Content::Intent(intent))
        );
        let signer = NoteSigner::new(
            "a.example/b".parse().unwrap(),
            SecretKey::from_seed([1; 32]),
        );
        let note = Note::new("text\n", vec![signer.sign("text\n")]).unwrap();
        let publication = Publication { intent, note };
        let frame = NoteFrame::signed(&publication);
        let signed = stored(frame.frame());
        let expected = Some(Content::Signed(publication.clone()));
        assert_eq!(decode(&signed), expected);
        let frame = NoteFrame::published(&publication);
        let published = stored(frame.frame());
        let expected = Some(Content::Published(publication));
        assert_eq!(decode(&published), expected);
        let unknown = Frame { kind: 9, body: &[] };
        assert_eq!(decode(&stored(unknown)), None);
    }
}

//! Bodies that came after their entries: from a peer that had them, when the one an entry came from
//! did not hand them over.
//!
//! ```text
//! end of the bodies [12], count u32, then per body
//!     leaf u64, entry id [32], part digest [32], audience u8, place [8]
//! ```
//! A body that may not be kept has the place of a refused one, so that it is not asked for again.

use fairtrail::door::may_keep;
use fairtrail::entry::{Audience, Body, PartRole};
use fairtrail::history::Erased;
use fairtrail::id::{EntryId, PartDigest};
use fairtrail::reason::Reason;
use tokio::sync::oneshot;

use super::error::LedgerError;
use super::frame::{self, Content};
use super::reader::{Reader, lookup_fault};
use super::submit::SubmitError;
use super::tables::{PartRow, Tables};
use super::writer::Writer;
use crate::store::bodies::{BodiesEnd, BodyPlace, Part};
use crate::store::bytes::{take, take_u8, take_u32, take_u64};
use crate::store::journal::{Frame, Location};
use crate::store::lookup::IndexStore;

/// The kind of the frame.
pub(super) const LATE: u8 = 5;

/// Bodies that came late.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LateFrame {
    /// How far the bodies reach.
    pub bodies_end: BodiesEnd,
    /// Which they are.
    pub bodies: Vec<LateBody>,
}

/// One of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateBody {
    /// The leaf of the entry.
    pub leaf: u64,
    /// The entry.
    pub entry: EntryId,
    /// The part.
    pub part: PartDigest,
    /// Who may have it.
    pub audience: Audience,
    /// Where it lies.
    pub place: BodyPlace,
}

/// Bodies that somebody had, each the one its digest names.
pub(super) struct Fill {
    pub(super) bodies: Vec<(PartDigest, Body)>,
    pub(super) reply: oneshot::Sender<Result<u64, SubmitError>>,
}

/// A body that is going to be stored, or refused.
struct Chosen {
    late: LateBody,
    role: PartRole,
    body: Option<Body>,
}

impl LateFrame {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = self.bodies_end.to_bytes().to_vec();
        // A page of parts names at most 65,536.
        let count = u32::try_from(self.bodies.len()).unwrap_or(u32::MAX);
        bytes.extend(count.to_le_bytes());
        for late in &self.bodies {
            bytes.extend(late.leaf.to_le_bytes());
            bytes.extend(late.entry.as_bytes());
            bytes.extend(late.part.as_bytes());
            bytes.push(late.audience as u8);
            bytes.extend(late.place.to_bytes());
        }
        bytes
    }

    pub(super) fn decode(mut rest: &[u8]) -> Option<Self> {
        let bodies_end = BodiesEnd::from_bytes(take(&mut rest)?);
        let count = take_u32(&mut rest)?;
        let mut bodies = Vec::new();
        for _ in 0..count {
            bodies.push(LateBody {
                leaf: take_u64(&mut rest)?,
                entry: EntryId::new(take(&mut rest)?),
                part: PartDigest::new(take(&mut rest)?),
                audience: match take_u8(&mut rest)? {
                    0 => Audience::Public,
                    1 => Audience::Network,
                    _ => return None,
                },
                place: BodyPlace::from_bytes(take(&mut rest)?),
            });
        }
        let frame = Self { bodies_end, bodies };
        (rest.is_empty() && count > 0).then_some(frame)
    }
}

/// Notes where late bodies lie, for entries whose parts are not held otherwise.
pub(super) fn put(
    late: &[LateBody],
    erased: &Erased,
    store: &impl IndexStore,
) -> Result<(), LedgerError> {
    let tables = Tables(store);
    for body in late {
        let row = tables.part_at(body.part, body.leaf)?;
        let lacking = row.is_some_and(|row| row.place.is_none());
        if lacking && !erased.covers(body.entry, body.part) {
            let row = PartRow {
                leaf: body.leaf,
                audience: body.audience,
                place: Some(body.place),
            };
            tables.hold_part(body.part, row)?;
        }
    }
    Ok(())
}

/// As [`put`], from the journal.
pub(super) fn put_all(reader: &Reader, erased: &Erased) -> Result<(), LedgerError> {
    for stored in reader.journal.frames(Location::START) {
        let stored = stored?;
        let torn = LedgerError::Frame { at: stored.at };
        if let Content::Late(frame) = frame::decode(&stored).ok_or(torn)? {
            put(&frame.bodies, erased, &reader.lookups)?;
        }
    }
    Ok(())
}

impl Writer {
    /// Stores bodies for the entries that lack them; what fails while it is written ends the process.
    pub(super) fn fill(&mut self, fill: Fill) -> Result<(), LedgerError> {
        let chosen = self.check_space().and_then(|()| self.choose(fill.bodies));
        let stored = match chosen {
            Ok(chosen) if chosen.is_empty() => Ok(0),
            Ok(chosen) => Ok(self.store_late(chosen)?),
            Err(refusal) => Err(refusal),
        };
        // Whoever has gone away needs no answer.
        let _ = fill.reply.send(stored);
        Ok(())
    }

    /// For which entries they are lacking here, and not by an act of erasure or of the operator.
    fn choose(&self, bodies: Vec<(PartDigest, Body)>) -> Result<Vec<Chosen>, SubmitError> {
        let admitted = self.admitted.read();
        let withheld = self.reader.withheld.now();
        let refused = |reason: Reason| SubmitError::of(reason, "parts cannot be taken up");
        let mut chosen = Vec::new();
        for (digest, body) in bodies {
            let rows = self.reader.tables().parts_named(digest, None);
            let rows = rows.map_err(|error| refused(lookup_fault(&error).code()))?;
            let lacking = |row: &PartRow| row.place.is_none() && row.audience != Audience::Named;
            for row in rows.into_iter().filter(lacking) {
                let entry = self.reader.entry_at(row.leaf);
                let entry = entry.map_err(|fault| refused(fault.code()))?;
                let parts = &entry.header().parts;
                let Some(part) = parts.iter().find(|part| part.digest == digest) else {
                    continue;
                };
                let id = entry.id();
                let hidden = withheld.ground(id, digest).is_some();
                if hidden || admitted.erased().covers(id, digest) || !body.matches(part) {
                    continue;
                }
                let kept = may_keep(entry.header(), part, &body).is_ok();
                chosen.push(Chosen {
                    late: LateBody {
                        leaf: row.leaf,
                        entry: id,
                        part: digest,
                        audience: row.audience,
                        place: BodyPlace::REFUSED,
                    },
                    role: part.role,
                    body: kept.then(|| body.clone()),
                });
            }
        }
        Ok(chosen)
    }

    fn store_late(&mut self, mut chosen: Vec<Chosen>) -> Result<u64, LedgerError> {
        let parts = chosen.iter().filter_map(|chosen| {
            let body = chosen.body.as_ref()?;
            Some(Part {
                digest: *chosen.late.part.as_bytes(),
                salt: body.salt,
                role: chosen.role as u8,
                audience: chosen.late.audience as u8,
                bytes: &body.bytes,
            })
        });
        let parts: Vec<_> = parts.collect();
        let places = self.bodies.append(&parts)?;
        self.bodies.sync()?;
        let kept = chosen.iter_mut().filter(|chosen| chosen.body.is_some());
        for (chosen, place) in kept.zip(&places) {
            chosen.late.place = *place;
        }
        let frame = LateFrame {
            bodies_end: self.bodies.end(),
            bodies: chosen.iter().map(|chosen| chosen.late).collect(),
        };
        let body = frame.encode();
        let body = body.as_slice();
        self.journal.append(&[Frame { kind: LATE, body }])?;
        self.journal.sync()?;
        let admitted = self.admitted.clone();
        let put = put(
            &frame.bodies,
            admitted.read().erased(),
            &self.reader.lookups,
        );
        if self.is_lookup_fault(put)? {
            self.rebuild_lookups()?;
        }
        self.reader.moves.moved();
        Ok(places.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_reads_back_and_none_of_its_prefixes_does() {
        let body = |number: u8, audience| LateBody {
            leaf: u64::from(number),
            entry: EntryId::new([number; 32]),
            part: PartDigest::new([number; 32]),
            audience,
            place: BodyPlace::from_bytes([number; 8]),
        };
        let frame = LateFrame {
            bodies_end: BodiesEnd::START,
            bodies: vec![body(1, Audience::Public), body(2, Audience::Network)],
        };
        let bytes = frame.encode();
        assert_eq!(LateFrame::decode(&bytes), Some(frame));
        for end in 0..bytes.len() {
            assert_eq!(LateFrame::decode(&bytes[..end]), None);
        }
    }
}

use crate::store::segment::Location;

/// Marks a place as a document's number instead of a segment's.
const DOCUMENTS: u32 = u32::MAX;
/// Marks that nothing was stored.
const NOWHERE: u32 = u32::MAX - 1;

/// Where a body lies: in a segment, or in a document file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BodyPlace(Location);

impl BodyPlace {
    /// In place of a body that came and may not be kept (`claim-inadmissible`).
    pub const REFUSED: Self = Self(Location {
        segment: NOWHERE,
        offset: 0,
    });

    /// Fixed-width form, for the journal frame that names the body.
    pub fn to_bytes(self) -> [u8; 8] {
        self.0.to_bytes()
    }

    /// Reads the form [`BodyPlace::to_bytes`] writes. Whether anything lies there, only reading says.
    pub fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(Location::from_bytes(bytes))
    }

    pub(super) fn segment(at: Location) -> Self {
        Self(at)
    }

    pub(super) fn document(number: u32) -> Self {
        Self(Location {
            segment: DOCUMENTS,
            offset: number,
        })
    }

    pub(super) fn file(self) -> PlaceFile {
        match self.0 {
            Location {
                segment: DOCUMENTS,
                offset,
            } => PlaceFile::Document(offset),
            at => PlaceFile::Segment(at),
        }
    }
}

/// Which file a place is in.
pub(super) enum PlaceFile {
    Document(u32),
    Segment(Location),
}

/// How far the bodies reach. Written into each journal frame that names bodies, so that a start
/// knows what belongs to an acknowledged entry; what lies behind it is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodiesEnd {
    /// Where the next body in a segment goes.
    pub next: Location,
    /// The number of the next document.
    pub next_document: u32,
}

impl BodiesEnd {
    /// No bodies at all.
    pub const START: Self = Self {
        next: Location::START,
        next_document: 1,
    };

    /// Fixed-width form.
    pub fn to_bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        let (next, document) = bytes.split_at_mut(8);
        next.copy_from_slice(&self.next.to_bytes());
        document.copy_from_slice(&self.next_document.to_le_bytes());
        bytes
    }

    /// Reads the form [`BodiesEnd::to_bytes`] writes.
    pub fn from_bytes(bytes: [u8; 12]) -> Self {
        let [s0, s1, s2, s3, o0, o1, o2, o3, document @ ..] = bytes;
        Self {
            next: Location::from_bytes([s0, s1, s2, s3, o0, o1, o2, o3]),
            next_document: u32::from_le_bytes(document),
        }
    }
}

//! Reading single bodies, and all of them.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use fs_err::File;

use super::error::BodyError;
use super::form::{HEAD_LEN, Head, StoredBody, TRAILER_LEN};
use super::place::{BodiesEnd, BodyPlace, PlaceFile};
use super::{MAX_BODY_BYTES, document_path};
use crate::store::disk::{self, IoFault};
use crate::store::segment::{HEADER_LEN, Handles, Location};

/// Reads bodies beside their one writer; cheap to clone, usable from many threads.
#[derive(Debug, Clone)]
pub struct BodyReader {
    handles: Arc<Handles>,
    documents: Arc<PathBuf>,
    end: Arc<RwLock<BodiesEnd>>,
}

impl BodyReader {
    pub(super) fn new(handles: Handles, documents: &Path, end: BodiesEnd) -> Self {
        Self {
            handles: Arc::new(handles),
            documents: Arc::new(documents.to_path_buf()),
            end: Arc::new(RwLock::new(end)),
        }
    }

    pub(super) fn set_end(&self, end: BodiesEnd) {
        *self.end.write().unwrap_or_else(PoisonError::into_inner) = end;
    }

    fn end(&self) -> BodiesEnd {
        *self.end.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads the body at `at` and verifies its checksums. That its bytes give the digest an entry
    /// names is for the caller to check, at every read.
    ///
    /// # Errors
    /// [`BodyError::Damaged`] when no sound body stands there; [`BodyError::Io`].
    pub fn read(&self, at: BodyPlace) -> Result<StoredBody, BodyError> {
        let (file, offset) = self.open(at)?;
        read_at(&file, offset, at).map(|(body, _)| body)
    }

    /// All bodies in the order they were stored, documents last, one in memory at a time. Damage
    /// in a segment hides what stands behind it there: a rebuild asks for the places that the
    /// journal names instead.
    pub fn all(&self) -> impl Iterator<Item = Result<(BodyPlace, StoredBody), BodyError>> + use<> {
        let end = self.end();
        let reader = self.clone();
        let mut next = Location::START;
        let segments = std::iter::from_fn(move || reader.step(&mut next, end.next).transpose());
        let reader = self.clone();
        let documents = (1..end.next_document).map(move |number| {
            let at = BodyPlace::document(number);
            Ok((at, reader.read(at)?))
        });
        segments.chain(documents)
    }

    /// The body at `next` and the place behind it; at the end of a segment the next segment's.
    fn step(
        &self,
        next: &mut Location,
        end: Location,
    ) -> Result<Option<(BodyPlace, StoredBody)>, BodyError> {
        while *next < end {
            let at = *next;
            *next = Location {
                segment: at.segment.saturating_add(1),
                offset: HEADER_LEN,
            };
            let file = self.handles.file(at.segment)?;
            if u64::from(at.offset) < disk::len(&file)? {
                let place = BodyPlace::segment(at);
                let (body, behind) = read_at(&file, u64::from(at.offset), place)?;
                if let Ok(offset) = u32::try_from(behind) {
                    *next = Location {
                        segment: at.segment,
                        offset,
                    };
                }
                return Ok(Some((place, body)));
            }
        }
        Ok(None)
    }

    /// The file a place is in and the place's offset there.
    fn open(&self, at: BodyPlace) -> Result<(Arc<File>, u64), BodyError> {
        let end = self.end();
        match at.file() {
            PlaceFile::Segment(place) if place.segment > 0 && place < end.next => {
                let file = self
                    .handles
                    .file(place.segment)
                    .map_err(|fault| lost(at, fault))?;
                Ok((file, u64::from(place.offset)))
            }
            PlaceFile::Document(number) if number < end.next_document => {
                let path = document_path(&self.documents, number);
                let file = disk::open_read(&path).map_err(|fault| lost(at, fault))?;
                Ok((Arc::new(file), 0))
            }
            _ => Err(BodyError::Damaged { at }),
        }
    }
}

/// The body at `offset` and the offset behind it.
fn read_at(file: &File, offset: u64, at: BodyPlace) -> Result<(StoredBody, u64), BodyError> {
    let damaged = || BodyError::Damaged { at };
    let head = read_head(file, offset)?.ok_or_else(damaged)?;
    let behind = offset.saturating_add(head.whole());
    // What follows the header of an erased body is zeros.
    let tail_len = if head.erased {
        0
    } else {
        head.len as usize + TRAILER_LEN
    };
    let mut tail = vec![0; tail_len];
    if !disk::read_exact_at(file, &mut tail, offset.saturating_add(HEAD_LEN as u64))? {
        return Err(damaged());
    }
    Ok((head.body(tail).ok_or_else(damaged)?, behind))
}

/// The sound header at `offset`, with a length a body can have.
pub(super) fn read_head(file: &File, offset: u64) -> Result<Option<Head>, IoFault> {
    let mut bytes = [0; HEAD_LEN];
    if !disk::read_exact_at(file, &mut bytes, offset)? {
        return Ok(None);
    }
    Ok(Head::decode(&bytes).filter(|head| head.len as usize <= MAX_BODY_BYTES))
}

/// A file that is gone is damage to what lay in it; any other failure is the disk's.
pub(super) fn lost(at: BodyPlace, fault: IoFault) -> BodyError {
    if fault.kind == std::io::ErrorKind::NotFound {
        BodyError::Damaged { at }
    } else {
        BodyError::Io(fault)
    }
}

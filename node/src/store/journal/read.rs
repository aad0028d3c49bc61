//! Reading: single frames, spans inside frames, and everything in order with bounded memory.

use std::io::{BufReader, Read, Seek, SeekFrom};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fs_err::File;

use super::error::JournalError;
use super::frame::{FRAME_HEADER, FrameHead, StoredFrame};
use crate::store::disk::{self, At, IoFault};
use crate::store::segment::{HEADER_LEN, Handles, Location};

const READ_BUFFER: usize = 1 << 20;

/// Where one entry lies: part of a frame's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The frame.
    pub frame: Location,
    /// Bytes from the start of the frame's body.
    pub start: u32,
    /// Length in bytes.
    pub len: u16,
}

/// Reads the journal beside its one writer; cheap to clone, usable from many threads.
#[derive(Debug, Clone)]
pub struct JournalReader {
    handles: Arc<Handles>,
    end: Arc<AtomicU64>,
}

impl JournalReader {
    pub(super) fn new(handles: Handles, end: Location) -> Self {
        let end = Arc::new(AtomicU64::new(end.to_u64()));
        Self {
            handles: Arc::new(handles),
            end,
        }
    }

    pub(super) fn set_end(&self, end: Location) {
        self.end.store(end.to_u64(), Ordering::Release);
    }

    /// Where the next frame will be written: all before it was appended, not necessarily synced.
    pub fn end(&self) -> Location {
        Location::from_u64(self.end.load(Ordering::Acquire))
    }

    /// Reads the frame that starts at `at` and verifies its checksum.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] when no whole frame stands there; [`JournalError::Io`].
    pub fn frame(&self, at: Location) -> Result<StoredFrame, JournalError> {
        let end = self.end();
        let damaged = || JournalError::Damaged {
            at,
            synced: Some(end),
        };
        if at >= end {
            return Err(damaged());
        }
        let file = self.handles.file(at.segment)?;
        let mut head = [0; FRAME_HEADER];
        if !disk::read_exact_at(&file, &mut head, u64::from(at.offset))? {
            return Err(damaged());
        }
        let limit = disk::len(&file)?;
        let head = FrameHead::decode(head)
            .filter(|head| head.end(at.offset, limit).is_some())
            .ok_or_else(damaged)?;
        let mut body = vec![0; head.len as usize];
        let start = u64::from(at.offset) + FRAME_HEADER as u64;
        if !disk::read_exact_at(&file, &mut body, start)? || !head.matches(at, &body) {
            return Err(damaged());
        }
        Ok(StoredFrame {
            at,
            kind: head.kind,
            body,
        })
    }

    /// Reads part of a frame's body. Nothing is verified: the caller knows what these bytes hash
    /// to, and compares.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] when the file ends before the span does; [`JournalError::Io`].
    pub fn span(&self, span: Span) -> Result<Vec<u8>, JournalError> {
        let end = self.end();
        let damaged = JournalError::Damaged {
            at: span.frame,
            synced: Some(end),
        };
        if span.frame >= end {
            return Err(damaged);
        }
        let file = self.handles.file(span.frame.segment)?;
        let start = u64::from(span.frame.offset) + FRAME_HEADER as u64 + u64::from(span.start);
        let mut bytes = vec![0; usize::from(span.len)];
        if disk::read_exact_at(&file, &mut bytes, start)? {
            Ok(bytes)
        } else {
            Err(damaged)
        }
    }

    /// All frames from `from` (the start of a frame) to the present end, in order, one in memory
    /// at a time. Ends after the first error.
    pub fn frames(&self, from: Location) -> Frames {
        Frames {
            reader: self.clone(),
            next: from,
            end: self.end(),
            scanner: None,
        }
    }

    /// The first place in each segment that cannot be read; empty for a sound journal. Reads every
    /// byte.
    ///
    /// # Errors
    /// [`JournalError::Io`].
    pub fn damage(&self) -> Result<Vec<Location>, JournalError> {
        let end = self.end();
        let mut found = Vec::new();
        for segment in 1..=end.segment {
            let last = segment == end.segment;
            let from = Location {
                segment,
                offset: HEADER_LEN,
            };
            let mut scanner = self.scanner(from, last.then_some(end.offset))?;
            loop {
                match scanner.next()? {
                    Scanned::Frame(_) => {}
                    Scanned::End(_) => break,
                    Scanned::Damage(at) => break found.push(at),
                }
            }
        }
        Ok(found)
    }

    fn scanner(&self, from: Location, limit: Option<u32>) -> Result<Scanner, IoFault> {
        let path = self.handles.segments().path(from.segment);
        let file = disk::open_read(&path)?;
        let limit = match limit {
            Some(limit) => u64::from(limit),
            None => disk::len(&file)?,
        };
        Scanner::new(file, from, limit)
    }
}

/// Iterator over frames, see [`JournalReader::frames`].
#[derive(Debug)]
pub struct Frames {
    reader: JournalReader,
    next: Location,
    end: Location,
    scanner: Option<Scanner>,
}

impl Frames {
    fn advance(&mut self) -> Result<Option<StoredFrame>, JournalError> {
        while self.next < self.end {
            let last = self.next.segment == self.end.segment;
            let scanner = match &mut self.scanner {
                Some(scanner) => scanner,
                none => {
                    let limit = last.then_some(self.end.offset);
                    none.insert(self.reader.scanner(self.next, limit)?)
                }
            };
            match scanner.next()? {
                Scanned::Frame(frame) => {
                    self.next = scanner.at;
                    return Ok(Some(frame));
                }
                Scanned::Damage(at) => {
                    return Err(JournalError::Damaged {
                        at,
                        synced: Some(self.end),
                    });
                }
                Scanned::End(_) => {
                    self.scanner = None;
                    let segment = self.next.segment.saturating_add(1);
                    self.next = Location {
                        segment,
                        offset: HEADER_LEN,
                    };
                }
            }
        }
        Ok(None)
    }
}

impl Iterator for Frames {
    type Item = Result<StoredFrame, JournalError>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.advance().transpose();
        if matches!(item, Some(Err(_))) {
            self.next = self.end;
        }
        item
    }
}

/// What stands at the next place of a segment.
#[derive(Debug)]
pub(super) enum Scanned {
    Frame(StoredFrame),
    /// The segment ends here, between two frames.
    End(Location),
    /// No whole frame starts here.
    Damage(Location),
}

/// Reads one segment from front to back.
#[derive(Debug)]
pub(super) struct Scanner {
    input: BufReader<File>,
    at: Location,
    limit: u64,
}

impl Scanner {
    pub(super) fn new(mut file: File, from: Location, limit: u64) -> Result<Self, IoFault> {
        let path = file.path().to_path_buf();
        file.seek(SeekFrom::Start(u64::from(from.offset)))
            .at("read", &path)?;
        Ok(Self {
            input: BufReader::with_capacity(READ_BUFFER, file),
            at: from,
            limit,
        })
    }

    /// The next frame. What follows damage has no known start: it is not to be called after that.
    pub(super) fn next(&mut self) -> Result<Scanned, IoFault> {
        let at = self.at;
        let left = self.limit.saturating_sub(u64::from(at.offset));
        if left == 0 {
            return Ok(Scanned::End(at));
        }
        let mut head = [0; FRAME_HEADER];
        if left < FRAME_HEADER as u64 || !self.fill(&mut head)? {
            return Ok(Scanned::Damage(at));
        }
        let parsed =
            FrameHead::decode(head).and_then(|head| Some((head, head.end(at.offset, self.limit)?)));
        let Some((head, end)) = parsed else {
            return Ok(Scanned::Damage(at));
        };
        let mut body = vec![0; head.len as usize];
        if !self.fill(&mut body)? || !head.matches(at, &body) {
            return Ok(Scanned::Damage(at));
        }
        self.at.offset = end;
        Ok(Scanned::Frame(StoredFrame {
            at,
            kind: head.kind,
            body,
        }))
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<bool, IoFault> {
        match self.input.read_exact(bytes) {
            Ok(()) => Ok(true),
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => Ok(false),
            Err(error) => Err(error).at("read", self.input.get_ref().path()),
        }
    }
}

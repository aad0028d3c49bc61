//! What a gateway tells of new leaves: a bell, and no evidence.

use super::super::ClientError;
use super::super::answer::refused;
use super::super::transport::{Response, TransportError};
use super::{Gateway, get};
use crate::api::{
    CHANGES, ChangesQuestion, HaltedNotice, LeafNotice, LogNotice, Notice, SizeNotice, leaf_number,
};
use crate::limits::{ANSWER_BYTES, INTEGER, KIND_BYTES, NOTICE_BYTES, ORIGIN_BYTES, SUBJECTS};
use crate::reason::Reason;
use serde::de::DeserializeOwned;
use std::io::{BufRead, BufReader, Read};
use std::time::Duration;

const PATH: &str = "/v1/changes";

/// What is heard of a stream at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// A notice. What it says is the gateway's word.
    Notice(Notice),
    /// Somebody is there.
    Beat,
}

/// A stream of notices (specs/changes.md): each as it comes, until the gateway ends it. It is the
/// gateway's word throughout: whoever hears something asks for what proves it.
pub struct Changes {
    body: BufReader<Box<dyn Read + Send>>,
    /// Whether it was said which log this is.
    introduced: bool,
    /// The first leaf that may be told next.
    next: u64,
}

impl Gateway {
    /// Opens a stream of what is published from a leaf on, or from now on, about everybody: so the
    /// gateway does not learn who is of interest. It may be silent for `patience`.
    ///
    /// # Errors
    /// [`ClientError`]; a gateway without such streams refuses with `not-found`.
    pub fn changes(&self, from: Option<u64>, patience: Duration) -> Result<Changes, ClientError> {
        let question = ChangesQuestion {
            from,
            ..ChangesQuestion::default()
        };
        let path = format!("{PATH}?{}", question.to_query());
        let request = get(path.trim_end_matches('?'), CHANGES, ANSWER_BYTES);
        let opened = self.transport.open(&request, patience);
        let opened = opened.map_err(unreachable)?;
        if opened.status == 200 {
            return Ok(Changes::new(opened.body, from.unwrap_or(0)));
        }
        let (status, retry_after) = (opened.status, opened.retry_after);
        let most = u64::try_from(ANSWER_BYTES).unwrap_or(u64::MAX);
        let mut body = Vec::new();
        // What does not come in full is no problem that could be read, whatever kept it.
        let _ = opened.body.take(most).read_to_end(&mut body);
        let response = Response {
            status,
            retry_after,
            body,
        };
        Err(refused(PATH, &response))
    }
}

impl Changes {
    /// Reads a stream that tells of leaves from `next` on.
    pub fn new(body: Box<dyn Read + Send>, next: u64) -> Self {
        Self {
            body: BufReader::new(body),
            introduced: false,
            next,
        }
    }

    /// The next thing heard; `None` when the stream has ended. Waits for it.
    ///
    /// # Errors
    /// [`ClientError`]: what comes is no notice, is too large, contradicts what came before, or
    /// the connection broke. Nothing more can be read then.
    pub fn hear(&mut self) -> Result<Option<Told>, ClientError> {
        let mut fields = Fields::default();
        let mut left = NOTICE_BYTES;
        loop {
            let Some(line) = self.line(left)? else {
                return Ok(None);
            };
            left = left.saturating_sub(line.len().saturating_add(1));
            if !line.is_empty() {
                fields.take(&line)?;
                continue;
            }
            let Some(notice) = fields.notice()? else {
                return Ok(Some(Told::Beat));
            };
            self.check(&notice)?;
            return Ok(Some(Told::Notice(notice)));
        }
    }

    /// One line without its end; what has no end any more counts as not sent.
    fn line(&mut self, max: usize) -> Result<Option<String>, ClientError> {
        let mut line = Vec::new();
        let most = u64::try_from(max).unwrap_or(u64::MAX);
        let read = self.body.by_ref().take(most).read_until(b'\n', &mut line);
        read.map_err(|error| unreachable(TransportError::Io { kind: error.kind() }))?;
        if line.pop() != Some(b'\n') {
            return if line.len().saturating_add(1) >= max {
                let max = NOTICE_BYTES;
                Err(unreachable(TransportError::TooLarge { max }))
            } else {
                Ok(None)
            };
        }
        if line.last() == Some(&b'\r') {
            line.pop();
        }
        String::from_utf8(line).map(Some).map_err(|_| malformed())
    }

    /// The log first; then leaves that rise, and sizes that do not step back.
    fn check(&mut self, notice: &Notice) -> Result<(), ClientError> {
        let introduces = matches!(notice, Notice::Log(_));
        if introduces == self.introduced {
            return Err(malformed());
        }
        match notice {
            Notice::Log(log) => {
                if log.from < self.next || log.origin.len() > ORIGIN_BYTES {
                    return Err(malformed());
                }
                self.introduced = true;
                self.next = log.from;
            }
            Notice::Leaf(leaf) => {
                let few = leaf.subjects.len() <= SUBJECTS && leaf.kind.len() <= KIND_BYTES;
                if leaf.leaf_index < self.next || leaf.leaf_index > INTEGER || !few {
                    return Err(malformed());
                }
                self.next = leaf.leaf_index.saturating_add(1);
            }
            Notice::Size(size) => {
                if size.size < self.next || size.size > INTEGER {
                    return Err(malformed());
                }
                self.next = size.size;
            }
            Notice::Halted(_) => {}
        }
        Ok(())
    }
}

impl std::fmt::Debug for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Changes")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// The lines of one notice.
#[derive(Default)]
struct Fields {
    id: Option<u64>,
    name: Option<String>,
    data: Option<String>,
}

impl Fields {
    fn take(&mut self, line: &str) -> Result<(), ClientError> {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        let twice = match name {
            "id" => {
                let id = leaf_number(value).ok_or_else(malformed)?;
                self.id.replace(id).is_some()
            }
            "event" => self.name.replace(value.to_owned()).is_some(),
            "data" => self.data.replace(value.to_owned()).is_some(),
            // Comments, and what later versions may say.
            _ => false,
        };
        if twice { Err(malformed()) } else { Ok(()) }
    }

    /// Nothing where nothing is said, or something that later versions say.
    fn notice(self) -> Result<Option<Notice>, ClientError> {
        let (Some(name), Some(data)) = (self.name, self.data) else {
            return Ok(None);
        };
        let notice = match name.as_str() {
            "log" => Notice::Log(read::<LogNotice>(&data)?),
            "leaf" => Notice::Leaf(read::<LeafNotice>(&data)?),
            "size" => Notice::Size(read::<SizeNotice>(&data)?),
            "halted" => Notice::Halted(read::<HaltedNotice>(&data)?),
            _ => return Ok(None),
        };
        if self.id == notice.place() {
            Ok(Some(notice))
        } else {
            Err(malformed())
        }
    }
}

fn read<T: DeserializeOwned>(json: &str) -> Result<T, ClientError> {
    serde_json::from_str(json).map_err(|_| malformed())
}

fn malformed() -> ClientError {
    ClientError::answer(PATH, Reason::SchemaMismatch)
}

fn unreachable(source: TransportError) -> ClientError {
    ClientError::Unreachable {
        path: PATH.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests;

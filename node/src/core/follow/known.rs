//! What is kept of a log that is followed: as much at a million leaves as at ten.
//!
//! ```text
//! fairtrail-node followed 1
//! check <crc32c of all that follows, eight hex digits>
//! log <origin>
//! cursor <size> <root>
//! own <leaves>
//! state following | forked
//!
//! <the largest checkpoint seen, as a note with the log's line alone; nothing before the first>
//! ```

use fairtrail::log::{LogError, Origin, SignedCheckpoint};
use fairtrail::merkle::{Root, TreeSize};
use fairtrail::note::NoteVerifier;
use fairtrail::reason::Reason;

use super::super::head::Head;

const TITLE: &str = "fairtrail-node followed 1\n";

/// How far a log was taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// Its first leaves, all of which are durable in the own log or refused for good, and the root
    /// over them.
    pub head: Head,
    /// Leaves the own log had when that was so. With fewer, the cursor is worth nothing.
    pub own: u64,
}

/// What a start begins with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    origin: Origin,
    cursor: Cursor,
    seen: Option<SignedCheckpoint>,
    forked: bool,
}

/// What was kept cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KnownError {
    /// The bytes do not pass their check, or are not of the form.
    #[error("what is kept of the log does not pass its check")]
    Damaged,
    /// The note in it is not signed by the configured key.
    #[error(transparent)]
    Log(#[from] LogError),
    /// It is about another log.
    #[error("expected {expected}, found {found}")]
    Origin {
        /// The log asked for.
        expected: Origin,
        /// The log it is about.
        found: String,
    },
}

impl KnownError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Damaged => Reason::StoreDamaged,
            Self::Log(error) => error.code(),
            Self::Origin { .. } => Reason::OriginMismatch,
        }
    }
}

impl Cursor {
    /// Before the first leaf.
    pub fn start() -> Self {
        Self {
            head: Head::empty(),
            own: 0,
        }
    }
}

impl Known {
    /// Of a log nothing is known of.
    pub fn nothing(origin: Origin) -> Self {
        Self {
            origin,
            cursor: Cursor::start(),
            seen: None,
            forked: false,
        }
    }

    /// Of the own log, whose first leaves are all here: what lies behind them is to be read.
    pub fn up_to(origin: Origin, head: Head) -> Self {
        let own = head.size.get();
        Self {
            cursor: Cursor { head, own },
            ..Self::nothing(origin)
        }
    }

    /// The log.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// How far it was taken up.
    pub const fn cursor(&self) -> Cursor {
        self.cursor
    }

    /// The largest checkpoint it signed.
    pub const fn seen(&self) -> Option<&SignedCheckpoint> {
        self.seen.as_ref()
    }

    /// The tree that it signed last; before the first one the empty one.
    pub fn signed(&self) -> Head {
        let checkpoint = self.seen.as_ref().map(SignedCheckpoint::checkpoint);
        checkpoint.map_or_else(Head::empty, |checkpoint| Head {
            size: checkpoint.size(),
            root: checkpoint.root(),
        })
    }

    /// Whether it signed two histories.
    pub const fn is_forked(&self) -> bool {
        self.forked
    }

    /// The same on an own log of `leaves` durable leaves. Where that is less than the cursor rests
    /// on, an older copy of the own log was put back, and following starts at the beginning; what
    /// the log signed stays known.
    #[must_use]
    pub fn on(self, leaves: u64) -> Self {
        if self.cursor.own <= leaves {
            return self;
        }
        Self {
            cursor: Cursor::start(),
            ..self
        }
    }

    pub(crate) fn advance(&mut self, cursor: Cursor) {
        self.cursor = cursor;
    }

    pub(super) fn see(&mut self, signed: SignedCheckpoint) {
        self.seen = Some(signed);
    }

    pub(super) fn set_forked(&mut self) {
        self.forked = true;
    }

    /// The bytes to keep.
    pub fn to_bytes(&self) -> Vec<u8> {
        let Cursor { head, own } = self.cursor;
        let note = self.seen.as_ref().map(|seen| seen.note().to_string());
        let state = if self.forked { "forked" } else { "following" };
        let body = format!(
            "log {}\ncursor {} {}\nown {own}\nstate {state}\n\n{}",
            self.origin,
            head.size,
            head.root,
            note.unwrap_or_default()
        );
        let check = crc32c::crc32c(body.as_bytes());
        format!("{TITLE}check {check:08x}\n{body}").into_bytes()
    }

    /// Reads what was kept of the log `origin`, whose checkpoints `key` signs.
    ///
    /// # Errors
    /// [`KnownError`]; nothing of it is used then.
    ///
    /// ```
    /// use fairtrail::key::SecretKey;
    /// use fairtrail::note::NoteSigner;
    /// use fairtrail_node::core::follow::{Known, KnownError};
    /// let origin: fairtrail::log::Origin = "log.example/one/e1".parse()?;
    /// let signer = NoteSigner::new(origin.key_name()?, SecretKey::from_seed([1; 32]));
    /// let known = Known::nothing(origin.clone());
    /// let mut bytes = known.to_bytes();
    /// assert_eq!(Known::parse(&bytes, &origin, signer.verifier()), Ok(known));
    /// bytes[40] ^= 1;
    /// assert_eq!(Known::parse(&bytes, &origin, signer.verifier()), Err(KnownError::Damaged));
    /// # Ok::<(), fairtrail::log::LogError>(())
    /// ```
    pub fn parse(bytes: &[u8], origin: &Origin, key: &NoteVerifier) -> Result<Self, KnownError> {
        let text = str::from_utf8(bytes).map_err(|_| KnownError::Damaged)?;
        let fields = Fields::read(text).ok_or(KnownError::Damaged)?;
        if fields.log != origin.as_str() {
            return Err(KnownError::Origin {
                expected: origin.clone(),
                found: fields.log.to_owned(),
            });
        }
        let seen = Some(fields.note).filter(|note| !note.is_empty());
        let seen = seen.map(|note| SignedCheckpoint::open(note.as_bytes(), key));
        let known = Self {
            origin: origin.clone(),
            cursor: fields.cursor,
            seen: seen.transpose()?,
            forked: fields.forked,
        };
        let end = known.seen.as_ref().map(|seen| seen.checkpoint().size());
        // The cursor moves below what was signed, never beyond.
        if known.cursor.head.size > end.unwrap_or(TreeSize::ZERO) || known.to_bytes() != bytes {
            return Err(KnownError::Damaged);
        }
        Ok(known)
    }
}

struct Fields<'a> {
    log: &'a str,
    cursor: Cursor,
    forked: bool,
    note: &'a str,
}

impl<'a> Fields<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (check, body) = text.strip_prefix(TITLE)?.split_once('\n')?;
        let check = u32::from_str_radix(check.strip_prefix("check ")?, 16).ok()?;
        if check != crc32c::crc32c(body.as_bytes()) {
            return None;
        }
        let (head, note) = body.split_once("\n\n")?;
        let mut lines = head.split('\n');
        let log = lines.next()?.strip_prefix("log ")?;
        let (size, root) = lines.next()?.strip_prefix("cursor ")?.split_once(' ')?;
        let size = TreeSize::new(size.parse().ok()?).ok()?;
        let root: Root = root.parse().ok()?;
        let own = lines.next()?.strip_prefix("own ")?.parse().ok()?;
        let forked = match lines.next()? {
            "state following" => false,
            "state forked" => true,
            _ => return None,
        };
        let head = Head { size, root };
        let cursor = Cursor { head, own };
        Some(Self {
            log,
            cursor,
            forked,
            note,
        })
    }
}

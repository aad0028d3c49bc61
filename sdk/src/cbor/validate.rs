//! The validator: accepts exactly the deterministic encoding of allowed items.

use super::CborError;
use crate::limits;

/// What a structure may contain. Integers are always within ±(2^53 − 1); floats, undefined, tags,
/// other simple values and indefinite lengths never appear, and null only where it is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Levels of arrays and maps, the outermost being 1.
    pub max_depth: usize,
    /// Data items in all, keys included.
    pub max_items: usize,
    /// Bytes of the whole structure.
    pub max_bytes: usize,
    /// Bytes of one text or byte string, where the token rule does not bound them.
    pub max_string: usize,
    /// Whether text must be a token and byte strings 16, 32 or 64 long.
    pub tokens: bool,
    /// Whether null may stand for what is not there; never in what is signed.
    pub nulls: bool,
}

impl Rules {
    /// Protected headers and payloads.
    pub const HEADER: Self = Self::tokens(limits::ENTRY_BYTES);
    /// Claims.
    pub const CLAIM: Self = Self::tokens(limits::CLAIM_BYTES);
    /// Charters: texts for people are allowed.
    pub const CHARTER: Self = Self {
        max_string: limits::CHARTER_TEXT_BYTES,
        tokens: false,
        ..Self::tokens(limits::CHARTER_BYTES)
    };
    /// Other structures of bounded size.
    pub const STRUCTURE: Self = Self::CHARTER;
    /// What travels between programs: entries, drafts and bodies in lists.
    pub const WIRE: Self = Self {
        max_items: limits::WIRE_ITEMS,
        max_bytes: limits::WIRE_BYTES,
        max_string: limits::DOCUMENT_BYTES,
        tokens: false,
        ..Self::CHARTER
    };

    /// What an index says, and its proofs; null where there is nothing.
    pub const INDEX: Self = Self {
        max_items: limits::TRIE_ITEMS,
        max_bytes: limits::UPDATE_BYTES,
        max_string: limits::UPDATE_BYTES,
        nulls: true,
        ..Self::CHARTER
    };

    /// Bundles; what they embed is validated by itself.
    pub const BUNDLE: Self = Self {
        max_depth: limits::BUNDLE_DEPTH,
        max_items: limits::BUNDLE_ITEMS,
        max_bytes: limits::BUNDLE_BYTES,
        max_string: limits::DOCUMENT_BYTES,
        ..Self::CHARTER
    };

    const fn tokens(max_bytes: usize) -> Self {
        Self {
            max_depth: limits::DEPTH,
            max_items: limits::ITEMS,
            max_bytes,
            max_string: limits::TOKEN_BYTES,
            tokens: true,
            nulls: false,
        }
    }
}

/// Checks that `bytes` are exactly one item in deterministic encoding within `rules`.
///
/// # Errors
/// The first [`CborError`] met, reading from the left.
pub fn validate(bytes: &[u8], rules: Rules) -> Result<(), CborError> {
    if bytes.len() > rules.max_bytes {
        return Err(CborError::TooLarge {
            len: bytes.len(),
            max: rules.max_bytes,
        });
    }
    let mut walk = Walk {
        bytes,
        at: 0,
        items: 0,
        rules,
    };
    walk.item(1)?;
    if walk.at == bytes.len() {
        Ok(())
    } else {
        Err(CborError::Malformed { at: walk.at })
    }
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    items: usize,
    rules: Rules,
}

const UNSIGNED: u8 = 0;
const NEGATIVE: u8 = 1;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
pub(super) const ARRAY: u8 = 4;
const MAP: u8 = 5;
/// The one byte of null.
pub(super) const NULL: u8 = 0xf6;

impl<'a> Walk<'a> {
    fn item(&mut self, depth: usize) -> Result<(), CborError> {
        self.items = self.items.saturating_add(1);
        if self.items > self.rules.max_items {
            return Err(CborError::TooManyItems {
                max: self.rules.max_items,
            });
        }
        let start = self.at;
        let first = self.peek()?;
        match first >> 5 {
            UNSIGNED => self.integer(limits::INTEGER),
            // −1 − n: the magnitude is one more than the argument.
            NEGATIVE => self.integer(limits::INTEGER - 1),
            BYTES => self.bytes(start),
            TEXT => self.text(start),
            ARRAY => self.array(depth),
            MAP => self.map(depth),
            _ if first == 0xf4 || first == 0xf5 => self.skip(1),
            _ if first == NULL && self.rules.nulls => self.skip(1),
            _ => Err(CborError::Forbidden {
                at: start,
                byte: first,
            }),
        }
    }

    fn integer(&mut self, max: u64) -> Result<(), CborError> {
        if self.argument()? > max {
            Err(CborError::IntegerRange)
        } else {
            Ok(())
        }
    }

    fn bytes(&mut self, start: usize) -> Result<(), CborError> {
        let content = self.string(start)?;
        if self.rules.tokens && !matches!(content.len(), 16 | 32 | 64) {
            return Err(CborError::Token { at: start });
        }
        Ok(())
    }

    fn text(&mut self, start: usize) -> Result<(), CborError> {
        let content = self.string(start)?;
        if self.rules.tokens && is_token(content) {
            return Ok(());
        }
        match std::str::from_utf8(content) {
            Err(_) => Err(CborError::Malformed { at: start }),
            Ok(_) if self.rules.tokens => Err(CborError::Token { at: start }),
            Ok(_) => Ok(()),
        }
    }

    fn string(&mut self, start: usize) -> Result<&'a [u8], CborError> {
        let len =
            usize::try_from(self.argument()?).map_err(|_| CborError::Malformed { at: start })?;
        let content = self.bytes.get(self.at..).and_then(|rest| rest.get(..len));
        let content = content.ok_or(CborError::Malformed { at: start })?;
        let max = self.rules.max_string;
        if !self.rules.tokens && len > max {
            return Err(CborError::TooLarge { len, max });
        }
        self.skip(len)?;
        Ok(content)
    }

    fn array(&mut self, depth: usize) -> Result<(), CborError> {
        self.enter(depth)?;
        for _ in 0..self.argument()? {
            self.item(depth.saturating_add(1))?;
        }
        Ok(())
    }

    fn map(&mut self, depth: usize) -> Result<(), CborError> {
        self.enter(depth)?;
        let mut previous: &[u8] = &[];
        for _ in 0..self.argument()? {
            let start = self.at;
            let first = self.peek()?;
            if !matches!(first >> 5, UNSIGNED | NEGATIVE | TEXT) {
                return Err(CborError::Forbidden {
                    at: start,
                    byte: first,
                });
            }
            self.item(depth.saturating_add(1))?;
            let key = self.bytes.get(start..self.at).unwrap_or_default();
            if key <= previous {
                return Err(CborError::NotCanonical { at: start });
            }
            previous = key;
            self.item(depth.saturating_add(1))?;
        }
        Ok(())
    }

    fn enter(&self, depth: usize) -> Result<(), CborError> {
        let max = self.rules.max_depth;
        if depth > max {
            Err(CborError::TooDeep { at: self.at, max })
        } else {
            Ok(())
        }
    }

    /// Reads the head of an item and returns its argument in the shortest form.
    fn argument(&mut self) -> Result<u64, CborError> {
        let start = self.at;
        let low = self.peek()? & 0x1f;
        self.skip(1)?;
        let (width, smallest) = match low {
            0..=23 => return Ok(u64::from(low)),
            24 => (1, 24),
            25 => (2, 1 << 8),
            26 => (4, 1 << 16),
            27 => (8, 1 << 32),
            _ => return Err(CborError::NotCanonical { at: start }),
        };
        let digits = self.bytes.get(self.at..).and_then(|rest| rest.get(..width));
        let digits = digits.ok_or(CborError::Malformed { at: start })?;
        let value = digits
            .iter()
            .fold(0_u64, |value, byte| value << 8 | u64::from(*byte));
        self.skip(width)?;
        if value < smallest {
            Err(CborError::NotCanonical { at: start })
        } else {
            Ok(value)
        }
    }

    fn peek(&self) -> Result<u8, CborError> {
        self.bytes
            .get(self.at)
            .copied()
            .ok_or(CborError::Malformed { at: self.at })
    }

    fn skip(&mut self, count: usize) -> Result<(), CborError> {
        self.at = self.at.saturating_add(count);
        if self.at > self.bytes.len() {
            Err(CborError::Malformed { at: self.at })
        } else {
            Ok(())
        }
    }
}

/// Whether `text` is a token: 1 to 128 printable ASCII bytes without space.
pub(crate) fn is_token(text: &[u8]) -> bool {
    // Every byte is looked at, many at once: tokens are short, and nearly all of them are good.
    let graphic = |good: bool, byte: &u8| good & byte.is_ascii_graphic();
    (1..=limits::TOKEN_BYTES).contains(&text.len()) && text.iter().fold(true, graphic)
}

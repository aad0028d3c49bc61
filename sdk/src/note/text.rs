//! The note itself: text, blank line, signature lines.

use std::fmt;

use super::{NoteError, NoteVerifier, SignatureLine};
use crate::limits::{NOTE_BYTES, NOTE_SIGNATURES};

/// A note in its one text form. Its text is not to be used before [`Self::verify`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    text: String,
    lines: Vec<SignatureLine>,
}

/// A line that was verified, by which key, and the time it states.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VerifiedLine<'a> {
    /// The line.
    pub line: &'a SignatureLine,
    /// The trusted key it is by.
    pub verifier: &'a NoteVerifier,
    /// Seconds since 1970, for cosignatures.
    pub stamp: Option<u64>,
}

impl Note {
    /// Puts a note together from a text, which ends in a line feed, and at least one line.
    ///
    /// # Errors
    /// What [`Self::parse`] would say of the result.
    pub fn new(text: &str, lines: Vec<SignatureLine>) -> Result<Self, NoteError> {
        check_text(text)?;
        check_lines(&lines)?;
        let note = Self {
            text: text.to_owned(),
            lines,
        };
        check_length(note.to_string().len())?;
        Ok(note)
    }

    /// Reads a note.
    ///
    /// # Errors
    /// [`NoteError::TooLarge`], [`NoteError::TooManySignatures`],
    /// [`NoteError::DuplicateSignature`], or the part of the format it breaks.
    pub fn parse(bytes: &[u8]) -> Result<Self, NoteError> {
        check_length(bytes.len())?;
        let whole = str::from_utf8(bytes).map_err(|_| NoteError::NotUtf8)?;
        let (text, block) = whole
            .rsplit_once("\n\n")
            .ok_or(NoteError::NoSignatureBlock)?;
        let block = block
            .strip_suffix('\n')
            .ok_or(NoteError::NoSignatureBlock)?;
        let found = block.split('\n').count();
        if found > NOTE_SIGNATURES {
            return Err(NoteError::TooManySignatures {
                found,
                max: NOTE_SIGNATURES,
            });
        }
        let parse =
            |(number, line)| SignatureLine::parse(line).ok_or(NoteError::LineMalformed { number });
        let lines = (1..)
            .zip(block.split('\n'))
            .map(parse)
            .collect::<Result<_, _>>()?;
        Self::new(&format!("{text}\n"), lines)
    }

    /// The text, with its last line feed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, verified or not.
    pub fn lines(&self) -> &[SignatureLine] {
        &self.lines
    }

    /// The same text with one more line.
    ///
    /// # Errors
    /// [`NoteError::DuplicateSignature`], [`NoteError::TooManySignatures`], [`NoteError::TooLarge`].
    pub fn with(&self, line: SignatureLine) -> Result<Self, NoteError> {
        let lines = self.lines.iter().cloned().chain([line]).collect();
        Self::new(&self.text, lines)
    }

    /// Verifies every line by a trusted key. Lines of other keys are passed over.
    ///
    /// # Errors
    /// [`NoteError::SignatureInvalid`] or [`NoteError::CosignatureInvalid`] when a trusted key's
    /// line does not verify: the whole note is then refused. [`NoteError::Unsigned`] when there is
    /// no line by a trusted key, [`NoteError::AmbiguousKey`] when two trusted keys share an id.
    pub fn verify<'a>(
        &'a self,
        trusted: &'a [NoteVerifier],
    ) -> Result<Vec<VerifiedLine<'a>>, NoteError> {
        let mut verified = Vec::new();
        for line in &self.lines {
            let mut named = trusted.iter().filter(|key| key.is_named_by(line));
            let Some(verifier) = named.next() else {
                continue;
            };
            if named.next().is_some() {
                let (name, id) = (line.name().clone(), line.id());
                return Err(NoteError::AmbiguousKey { name, id });
            }
            let stamp = verifier.verify(&self.text, line)?;
            verified.push(VerifiedLine {
                line,
                verifier,
                stamp,
            });
        }
        if verified.is_empty() {
            return Err(NoteError::Unsigned);
        }
        Ok(verified)
    }

    /// The same note with only the lines that [`Self::verify`] answers for: what may be stored.
    /// An unverified line kept in a state can block it for good.
    ///
    /// # Errors
    /// As [`Self::verify`].
    pub fn keep_verified(&self, trusted: &[NoteVerifier]) -> Result<Self, NoteError> {
        let lines = self
            .verify(trusted)?
            .into_iter()
            .map(|verified| verified.line.clone());
        Self::new(&self.text, lines.collect())
    }
}

impl fmt::Display for Note {
    /// The whole note, as served and stored.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.text)?;
        self.lines.iter().try_for_each(|line| writeln!(f, "{line}"))
    }
}

fn check_length(found: usize) -> Result<(), NoteError> {
    if found > NOTE_BYTES {
        return Err(NoteError::TooLarge {
            found,
            max: NOTE_BYTES,
        });
    }
    Ok(())
}

fn check_text(text: &str) -> Result<(), NoteError> {
    if !text.ends_with('\n') {
        return Err(NoteError::TextUnterminated);
    }
    let control = text
        .chars()
        .map(u32::from)
        .find(|c| *c < 0x20 && *c != 0x0a);
    control.map_or(Ok(()), |found| Err(NoteError::ControlCharacter { found }))
}

fn check_lines(lines: &[SignatureLine]) -> Result<(), NoteError> {
    if lines.is_empty() {
        return Err(NoteError::NoSignatureBlock);
    }
    if lines.len() > NOTE_SIGNATURES {
        return Err(NoteError::TooManySignatures {
            found: lines.len(),
            max: NOTE_SIGNATURES,
        });
    }
    let mut seen = std::collections::BTreeSet::new();
    for line in lines {
        if !seen.insert((line.name(), line.id())) {
            return Err(NoteError::DuplicateSignature {
                name: line.name().clone(),
                id: line.id(),
            });
        }
    }
    Ok(())
}

//! Trust policies: which logs, which witnesses, which quorum (C2SP `tlog-policy`).

use super::numbers::decimal;
use super::{Origin, PolicyError};
use crate::limits::{TLOG_POLICY_BYTES, TLOG_POLICY_NAMES};
use crate::note::{KeyType, NoteVerifier};

const NONE: &str = "none";

/// A trusted log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyLog {
    origin: Origin,
    key: NoteVerifier,
    url: Option<String>,
}

impl PolicyLog {
    /// The log's origin, which is its key's name.
    pub const fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The key that signs its checkpoints.
    pub const fn key(&self) -> &NoteVerifier {
        &self.key
    }

    /// Where it is reached, as written.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }
}

/// A trusted witness.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyWitness {
    pub(super) key: NoteVerifier,
    url: Option<String>,
}

impl PolicyWitness {
    /// The key that cosigns.
    pub const fn key(&self) -> &NoteVerifier {
        &self.key
    }

    /// Where it is reached, as written.
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }
}

/// A trust policy, read from the text of a C2SP `tlog-policy` file.
///
/// Narrower than C2SP: the text is UTF-8 of at most 64 KiB; log keys are Ed25519 (0x01) with an
/// [`Origin`] as name, witness keys are Ed25519 cosignature keys (0x04); one public key stands on
/// one line only, be it a log's or a witness's. Every direct member of the quorum's group counts
/// as one operator, so an operator with several witnesses is written as a group of its own.
///
/// ```
/// use fairtrail::log::{PolicyError, TlogPolicy};
/// assert_eq!(TlogPolicy::parse("quorum none\n")?.operators(), Vec::<&str>::new());
/// assert_eq!(TlogPolicy::parse("quorum w1\n"), Err(PolicyError::NameUndefined { line: 1 }));
/// # Ok::<(), PolicyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlogPolicy {
    pub(super) logs: Vec<PolicyLog>,
    pub(super) members: Vec<Member>,
    pub(super) quorum: Quorum,
}

/// What the quorum line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quorum {
    /// This member.
    Member(usize),
    /// `quorum none`.
    None,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) what: What,
    grouped: bool,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Group {
        threshold: usize,
        members: Vec<usize>,
    },
    Witness(Box<PolicyWitness>),
}

impl TlogPolicy {
    /// Reads a policy text.
    ///
    /// # Errors
    /// [`PolicyError`] with the line at fault.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        if text.len() > TLOG_POLICY_BYTES {
            return Err(PolicyError::TooLarge {
                found: text.len(),
                max: TLOG_POLICY_BYTES,
            });
        }
        let mut draft = Draft::default();
        for (number, line) in (1..).zip(text.split('\n')) {
            draft.line(number, line)?;
        }
        let quorum = draft.quorum.ok_or(PolicyError::QuorumUndefined)?;
        Ok(Self {
            logs: draft.logs,
            members: draft.members,
            quorum,
        })
    }

    /// The trusted logs.
    pub fn logs(&self) -> &[PolicyLog] {
        &self.logs
    }

    /// The trusted witnesses with their names, in or out of the quorum.
    pub fn witnesses(&self) -> impl Iterator<Item = (&str, &PolicyWitness)> {
        self.members.iter().filter_map(|member| match &member.what {
            What::Witness(witness) => Some((member.name.as_str(), &**witness)),
            What::Group { .. } => None,
        })
    }

    /// The names that count as operators: the members of the quorum's group, or the one witness
    /// that is the quorum; none for `quorum none`.
    pub fn operators(&self) -> Vec<&str> {
        let members = self.operator_indices();
        members
            .iter()
            .filter_map(|at| Some(self.members.get(*at)?.name.as_str()))
            .collect()
    }

    /// The number of lying operators that is assumed unless a policy says otherwise:
    /// ⌊(n − 1)/3⌋ of n. It is 0 for n ≤ 3: then one witness alone can date back.
    pub fn default_f(&self) -> usize {
        self.operator_indices().len().saturating_sub(1) / 3
    }

    pub(super) fn operator_indices(&self) -> Vec<usize> {
        let Quorum::Member(at) = self.quorum else {
            return Vec::new();
        };
        match self.members.get(at).map(|member| &member.what) {
            Some(What::Group { members, .. }) => members.clone(),
            _ => vec![at],
        }
    }
}

#[derive(Default)]
struct Draft {
    logs: Vec<PolicyLog>,
    members: Vec<Member>,
    quorum: Option<Quorum>,
}

impl Draft {
    fn line(&mut self, line: usize, text: &str) -> Result<(), PolicyError> {
        if text
            .bytes()
            .any(|byte| byte < 0x20 && byte != b'\t' || byte == 0x7f)
        {
            return Err(PolicyError::ForbiddenCharacter { line });
        }
        let items: Vec<_> = text
            .split([' ', '\t'])
            .filter(|item| !item.is_empty())
            .collect();
        match items.as_slice() {
            [] => Ok(()),
            [comment, ..] if comment.starts_with('#') => Ok(()),
            ["log", vkey, url @ ..] if url.len() <= 1 => self.log(line, vkey, url.first()),
            ["witness", name, vkey, url @ ..] if url.len() <= 1 => {
                self.witness(line, name, vkey, url.first())
            }
            ["group", name, threshold, members @ ..] if !members.is_empty() => {
                self.group(line, name, threshold, members)
            }
            ["quorum", name] => self.quorum(line, name),
            _ => Err(PolicyError::LineMalformed { line }),
        }
    }

    fn log(&mut self, line: usize, vkey: &str, url: Option<&&str>) -> Result<(), PolicyError> {
        let key = self.key(line, vkey, KeyType::Ed25519)?;
        let origin = key.name().as_str().parse();
        let origin = origin.map_err(|_| PolicyError::NotAnOrigin { line })?;
        room(line, self.logs.len())?;
        self.logs.push(PolicyLog {
            origin,
            key,
            url: url.map(|url| (*url).to_owned()),
        });
        Ok(())
    }

    fn witness(
        &mut self,
        line: usize,
        name: &str,
        vkey: &str,
        url: Option<&&str>,
    ) -> Result<(), PolicyError> {
        let key = self.key(line, vkey, KeyType::Cosignature)?;
        let url = url.map(|url| (*url).to_owned());
        self.define(
            line,
            name,
            What::Witness(Box::new(PolicyWitness { key, url })),
        )
    }

    fn group(
        &mut self,
        line: usize,
        name: &str,
        threshold: &str,
        names: &[&str],
    ) -> Result<(), PolicyError> {
        let mut members = Vec::new();
        for name in names {
            let at = self.find(line, name)?;
            let member = self
                .members
                .get_mut(at)
                .ok_or(PolicyError::NameUndefined { line })?;
            // A witness in two places could count twice.
            if std::mem::replace(&mut member.grouped, true) {
                return Err(PolicyError::MemberTwice { line });
            }
            members.push(at);
        }
        let refused = PolicyError::Threshold {
            line,
            members: members.len(),
        };
        let threshold = match threshold {
            "all" => members.len(),
            "any" => 1,
            number => {
                let number = decimal(number).ok_or(PolicyError::LineMalformed { line })?;
                usize::try_from(number).map_err(|_| refused.clone())?
            }
        };
        if !(1..=members.len()).contains(&threshold) {
            return Err(refused);
        }
        self.define(line, name, What::Group { threshold, members })
    }

    fn quorum(&mut self, line: usize, name: &str) -> Result<(), PolicyError> {
        let found = match name {
            NONE => Quorum::None,
            member => Quorum::Member(self.find(line, member)?),
        };
        match self.quorum.replace(found) {
            None => Ok(()),
            Some(_) => Err(PolicyError::QuorumTwice { line }),
        }
    }

    fn key(&self, line: usize, vkey: &str, wanted: KeyType) -> Result<NoteVerifier, PolicyError> {
        let key: NoteVerifier = vkey
            .parse()
            .map_err(|error| PolicyError::Key { line, error })?;
        if key.key_type() != wanted {
            return Err(PolicyError::WrongKeyType { line });
        }
        let witnesses = self.members.iter().filter_map(|member| match &member.what {
            What::Witness(witness) => Some(&witness.key),
            What::Group { .. } => None,
        });
        let mut known = self.logs.iter().map(|log| &log.key).chain(witnesses);
        if known.any(|other| other.key() == key.key()) {
            return Err(PolicyError::DuplicateKey { line });
        }
        Ok(key)
    }

    fn define(&mut self, line: usize, name: &str, what: What) -> Result<(), PolicyError> {
        room(line, self.members.len())?;
        if name == NONE || self.find(line, name).is_ok() {
            return Err(PolicyError::NameTaken { line });
        }
        self.members.push(Member {
            name: name.to_owned(),
            what,
            grouped: false,
        });
        Ok(())
    }

    fn find(&self, line: usize, name: &str) -> Result<usize, PolicyError> {
        let found = self.members.iter().position(|member| member.name == name);
        found.ok_or(PolicyError::NameUndefined { line })
    }
}

fn room(line: usize, taken: usize) -> Result<(), PolicyError> {
    if taken >= TLOG_POLICY_NAMES {
        return Err(PolicyError::TooMany {
            line,
            max: TLOG_POLICY_NAMES,
        });
    }
    Ok(())
}

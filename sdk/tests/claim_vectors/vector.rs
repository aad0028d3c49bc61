//! One vector: a claim, what its header says, and what becomes of it.

use std::fmt;

use data_encoding::HEXLOWER;
use fairtrail::claim::{Claim, ClaimContext};
use fairtrail::entry::{Audience, Basis, Role};
use fairtrail::subject::SubjectId;

/// What a header says.
#[derive(Clone)]
pub(crate) struct Header {
    pub(crate) role: Role,
    pub(crate) basis: Vec<Basis>,
    pub(crate) audience: Audience,
    pub(crate) subjects: Vec<SubjectId>,
}

impl Header {
    pub(crate) fn new(role: Role, basis: &[Basis], subjects: &[&str]) -> Self {
        let mut subjects: Vec<SubjectId> =
            subjects.iter().map(|text| text.parse().unwrap()).collect();
        subjects.sort();
        Self {
            role,
            basis: basis.to_vec(),
            audience: Audience::Public,
            subjects,
        }
    }
}

#[derive(Clone)]
pub(crate) struct Vector {
    pub(crate) name: String,
    pub(crate) expect: String,
    pub(crate) comment: String,
    pub(crate) kind: String,
    pub(crate) header: Header,
    pub(crate) claim: Vec<u8>,
}

impl Vector {
    pub(crate) fn good((name, claim, header): (&str, Claim, Header)) -> Self {
        Self {
            name: name.to_owned(),
            expect: "ok".to_owned(),
            comment: name.replace('_', " "),
            kind: claim.kind().to_owned(),
            header,
            claim: claim.encode(),
        }
    }

    pub(crate) fn context(&self) -> ClaimContext<'_> {
        ClaimContext {
            subjects: &self.header.subjects,
            basis: &self.header.basis,
            role: Some(self.header.role),
            audience: self.header.audience,
        }
    }

    pub(crate) fn parse(text: &str) -> Self {
        let values = |name: &str| {
            let prefix = format!("{name}: ");
            let lines = text.lines().filter_map(|line| line.strip_prefix(&prefix));
            lines.map(str::to_owned).collect::<Vec<String>>()
        };
        let one = |name: &str| values(name).into_iter().next().unwrap();
        let header = Header {
            role: one("role").parse().unwrap(),
            basis: values("basis")
                .iter()
                .map(|word| word.parse().unwrap())
                .collect(),
            audience: one("audience").parse().unwrap(),
            subjects: values("subject")
                .iter()
                .map(|text| text.parse().unwrap())
                .collect(),
        };
        Self {
            name: String::new(),
            expect: one("expect"),
            comment: one("comment"),
            kind: one("kind"),
            header,
            claim: HEXLOWER.decode(one("claim").as_bytes()).unwrap(),
        }
    }
}

impl fmt::Display for Vector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "expect: {}", self.expect)?;
        writeln!(f, "spec: claims.md")?;
        writeln!(f, "comment: {}", self.comment)?;
        writeln!(f, "kind: {}", self.kind)?;
        writeln!(f, "role: {}", self.header.role)?;
        for basis in &self.header.basis {
            writeln!(f, "basis: {basis}")?;
        }
        writeln!(f, "audience: {}", self.header.audience)?;
        for subject in &self.header.subjects {
            writeln!(f, "subject: {subject}")?;
        }
        writeln!(f, "\nclaim: {}", HEXLOWER.encode(&self.claim))
    }
}

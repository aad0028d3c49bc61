//! What a gateway may say instead: bytes, elements and whole answers changed, parts withheld.

use crate::world::Answers;
use fairtrail::api::PartsPage;
use fairtrail::log::{ArchiveLine, ArchiveList, note_digest};
use std::collections::BTreeMap;

/// Answers of up to this many bytes are changed in every byte.
const SHORT: usize = 4_096;
/// Sets of parts and of archived notes that are left out together.
const SETS: usize = 120;

/// One lie: what it is, and what is said instead.
#[derive(Debug, Clone)]
pub(crate) struct Lie {
    pub(crate) what: String,
    change: Change,
}

#[derive(Debug, Clone)]
enum Change {
    /// One bit of one byte.
    Bit { path: String, at: usize, mask: u8 },
    /// Other answers, or none.
    Whole(BTreeMap<String, Option<Vec<u8>>>),
}

impl Lie {
    fn whole(what: String, path: &str, said: Option<Vec<u8>>) -> Self {
        Self::many(what, BTreeMap::from([(path.to_owned(), said)]))
    }

    const fn many(what: String, said: BTreeMap<String, Option<Vec<u8>>>) -> Self {
        let change = Change::Whole(said);
        Self { what, change }
    }

    /// What is said instead of the honest answers.
    pub(crate) fn said(&self, honest: &Answers) -> BTreeMap<String, Option<Vec<u8>>> {
        match &self.change {
            Change::Whole(said) => said.clone(),
            Change::Bit { path, at, mask } => {
                let mut body = honest[path].clone();
                body[*at] ^= mask;
                BTreeMap::from([(path.clone(), Some(body))])
            }
        }
    }
}

/// Reproducible choices.
pub(crate) struct Chance {
    seed: u64,
    drawn: u64,
}

impl Chance {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { seed, drawn: 0 }
    }

    /// A number below `bound`, which is not 0.
    fn below(&mut self, bound: usize) -> usize {
        self.drawn += 1;
        let drawn = [self.seed, self.drawn].map(u64::to_be_bytes).concat();
        let digest = blake3::hash(&drawn);
        let (number, _) = digest.as_bytes().split_first_chunk().unwrap();
        let bound = u64::try_from(bound).unwrap();
        usize::try_from(u64::from_be_bytes(*number) % bound).unwrap()
    }
}

/// One bit of every byte of short answers, and of every `stride`-th of long ones.
pub(crate) fn bytes(
    answers: &Answers,
    of: impl Fn(&str) -> bool,
    stride: usize,
    chance: &mut Chance,
) -> Vec<Lie> {
    let mut lies = Vec::new();
    for (path, body) in answers.iter().filter(|(path, _)| of(path)) {
        let step = if body.len() <= SHORT { 1 } else { stride };
        for at in (chance.below(step)..body.len()).step_by(step) {
            let mask = 1 << chance.below(8);
            let what = format!("{path}: byte {at} ^ {mask:#04x}");
            let path = path.clone();
            let change = Change::Bit { path, at, mask };
            lies.push(Lie { what, change });
        }
    }
    lies
}

/// Every answer left out, cut, lengthened, or given for every other one.
pub(crate) fn whole(answers: &Answers) -> Vec<Lie> {
    let mut lies = Vec::new();
    for (path, body) in answers {
        lies.push(Lie::whole(format!("{path}: none"), path, None));
        let cut = [0, 1, body.len() / 2, body.len() - 1, body.len() + 1];
        for len in cut {
            let mut said = body.clone();
            said.resize(len, b'\n');
            let what = format!("{path}: of {len} bytes");
            lies.push(Lie::whole(what, path, Some(said)));
        }
        for (other, said) in answers.iter().filter(|(other, _)| *other != path) {
            let what = format!("{path}: as {other}");
            lies.push(Lie::whole(what, path, Some(said.clone())));
        }
    }
    lies
}

/// Elements dropped, doubled, exchanged and replaced, and lists cut short.
pub(crate) fn elements(answers: &Answers, chance: &mut Chance) -> Vec<Lie> {
    let mut lies = Vec::new();
    for (path, body) in answers {
        let changed = if path.starts_with("/v1/parts") {
            page_elements(body, chance)
        } else {
            let changed = shuffles(&split(path, body), chance).into_iter();
            let joined = changed.map(|(what, elements)| (what, elements.concat()));
            joined.collect()
        };
        for (what, said) in changed.into_iter().filter(|(_, said)| said != body) {
            lies.push(Lie::whole(format!("{path}: {what}"), path, Some(said)));
        }
    }
    lies
}

/// An answer as the list it is: entries with their lengths, hashes, lines; a charter is none.
fn split(path: &str, body: &[u8]) -> Vec<Vec<u8>> {
    if path == "/v1/charter" {
        return Vec::new();
    }
    if path.starts_with("/tile/entries/") {
        let (mut list, mut rest) = (Vec::new(), body);
        while let [high, low, ..] = rest {
            let len = 2 + usize::from(u16::from_be_bytes([*high, *low]));
            let (entry, after) = rest.split_at(len);
            list.push(entry.to_vec());
            rest = after;
        }
        return list;
    }
    if path.starts_with("/tile/") {
        return body.chunks(32).map(<[u8]>::to_vec).collect();
    }
    let lines = body.split_inclusive(|byte| *byte == b'\n');
    lines.map(<[u8]>::to_vec).collect()
}

fn shuffles<T: Clone>(list: &[T], chance: &mut Chance) -> Vec<(String, Vec<T>)> {
    let mut changed = Vec::new();
    for at in 0..list.len() {
        let mut change = |what: String, change: &dyn Fn(&mut Vec<T>)| {
            let mut list = list.to_vec();
            change(&mut list);
            changed.push((what, list));
        };
        let other = chance.below(list.len());
        change(format!("{at} dropped"), &|list| drop(list.remove(at)));
        change(format!("{at} doubled"), &|list| {
            list.insert(at, list[at].clone());
        });
        change(format!("{at} and {other} exchanged"), &|list| {
            list.swap(at, other);
        });
        change(format!("{at} replaced by {other}"), &|list| {
            list[at] = list[other].clone();
        });
        change(format!("cut before {at}"), &|list| list.truncate(at));
    }
    changed
}

fn page_elements(body: &[u8], chance: &mut Chance) -> Vec<(String, Vec<u8>)> {
    let page = PartsPage::parse(body).unwrap();
    let of = |parts| PartsPage {
        parts,
        ..page.clone()
    };
    let changed = shuffles(&page.parts, chance).into_iter();
    let mut pages: Vec<_> = changed.map(|(what, parts)| (what, of(parts))).collect();
    for at in 0..page.parts.len() {
        let other = chance.below(page.parts.len());
        let mut exchanged = page.clone();
        exchanged.parts[at].1 = page.parts[other].1.clone();
        pages.push((format!("{at} with the body of {other}"), exchanged));
    }
    for next in page.first..=page.next + 60 {
        let what = format!("leads on to {next}");
        pages.push((
            what,
            PartsPage {
                next,
                ..page.clone()
            },
        ));
    }
    let pages = pages.into_iter();
    pages.map(|(what, page)| (what, page.to_bytes())).collect()
}

/// Parts and archived notes left out in sets, each answer proper in itself; and archived notes
/// without one of their signatures, listed as they then are.
pub(crate) fn withheld(answers: &Answers, chance: &mut Chance) -> Vec<Lie> {
    let mut lies = Vec::new();
    for set in 0..SETS {
        let among = 1 + chance.below(12);
        let mut left_out = || chance.below(among) == 0;
        let mut said = BTreeMap::new();
        for (path, body) in answers {
            if path.starts_with("/v1/parts") {
                let mut page = PartsPage::parse(body).unwrap();
                page.parts.retain(|_| !left_out());
                said.insert(path.clone(), Some(page.to_bytes()));
            } else if path == "/archive" {
                let lines = split(path, body).into_iter().filter(|_| !left_out());
                said.insert(path.clone(), Some(lines.flatten().collect()));
            }
        }
        lies.push(Lie::many(format!("set {set} left out"), said));
    }
    let signed = answers.keys().filter(|path| path.starts_with("/archive/"));
    lies.extend(signed.flat_map(|path| unsigned(answers, path)));
    lies
}

fn unsigned(answers: &Answers, path: &str) -> Vec<Lie> {
    let body = &answers[path];
    let lines = split(path, body);
    let signatures = lines.iter().enumerate();
    let signatures = signatures.filter(|(_, line)| line.starts_with("— ".as_bytes()));
    let without = |(at, _): (usize, &Vec<u8>)| {
        let mut lines = lines.clone();
        lines.remove(at);
        let note = lines.concat();
        let list = relisted(&answers["/archive"], path, note_digest(&note));
        let said = BTreeMap::from([
            (path.to_owned(), Some(note)),
            ("/archive".to_owned(), Some(list)),
        ]);
        Lie::many(format!("{path}: line {at} dropped and listed so"), said)
    };
    signatures.map(without).collect()
}

fn relisted(list: &[u8], path: &str, digest: [u8; 32]) -> Vec<u8> {
    let list: ArchiveList = std::str::from_utf8(list).unwrap().parse().unwrap();
    let mut changed = ArchiveList::new();
    for line in list.lines() {
        let of_path = path == format!("/archive/{}", line.size);
        let digest = if of_path { digest } else { line.digest };
        let size = line.size;
        changed.push(ArchiveLine { size, digest }).unwrap();
    }
    changed.to_string().into_bytes()
}

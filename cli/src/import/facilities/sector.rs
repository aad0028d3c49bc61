//! What a list calls a site: words of a table become codes, all others stay text.

use crate::import::name::slug;
use fairtrail::claim::{Code, Set};

/// Words of facility lists that are the same in every list.
const KNOWN: &[&str] = &[
    "accessories",
    "agriculture",
    "apparel",
    "electronics",
    "equipment",
    "finished-goods",
    "finished-goods-components",
    "food",
    "footwear",
    "furniture",
    "gear",
    "hard-goods",
    "health",
    "home",
    "leather",
    "materials",
    "packaging",
    "textiles",
    "toys",
];

#[derive(Default)]
pub(super) struct Sectors {
    pub(super) known: Set<Code>,
    /// Words of no table.
    pub(super) other: Option<String>,
}

impl Sectors {
    /// Reads cells of words parted by `|`, `,` or `;`.
    pub(super) fn of<'a>(cells: impl IntoIterator<Item = Option<&'a str>>) -> Self {
        let (mut known, mut other) = (Vec::new(), Vec::new());
        let words = cells.into_iter().flatten();
        for word in words.flat_map(|cell| cell.split(['|', ',', ';'])) {
            let word = word.trim();
            let code = slug(word);
            match Code::new(&code) {
                Ok(code) if KNOWN.contains(&code.as_str()) => known.push(code),
                _ if word.is_empty() => {}
                _ => other.push(word),
            }
        }
        Self {
            known: Set::from(known),
            other: (!other.is_empty()).then(|| other.join(", ")),
        }
    }
}

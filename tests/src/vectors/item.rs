//! CBOR as a tree: written and read without the sdk, so that vectors may also hold what the sdk
//! would never write, and printed in diagnostic notation.

use std::fmt;

/// One data item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// An integer of either sign.
    Int(i64),
    /// A byte string.
    Bytes(Vec<u8>),
    /// A text.
    Text(String),
    /// An array.
    Array(Vec<Self>),
    /// A map, in the order given.
    Map(Vec<(Self, Self)>),
    /// True or false.
    Bool(bool),
    /// Null.
    Null,
    /// A byte string that holds an item.
    Embedded(Box<Self>),
    /// Bytes that go into the encoding as they are, whatever they mean.
    Raw(Vec<u8>),
}

impl Item {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// An integer.
    pub fn uint(value: u64) -> Self {
        Self::Int(value.cast_signed())
    }

    /// The encoding: shortest heads, everything else as given.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        bytes
    }

    fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Int(value @ 0..) => head(out, 0, value.cast_unsigned()),
            Self::Int(value) => head(out, 1, !value.cast_unsigned()),
            Self::Bytes(bytes) => {
                head(out, 2, bytes.len() as u64);
                out.extend(bytes);
            }
            Self::Text(text) => {
                head(out, 3, text.len() as u64);
                out.extend(text.bytes());
            }
            Self::Array(items) => {
                head(out, 4, items.len() as u64);
                for item in items {
                    item.write(out);
                }
            }
            Self::Map(pairs) => {
                head(out, 5, pairs.len() as u64);
                for (key, value) in pairs {
                    key.write(out);
                    value.write(out);
                }
            }
            Self::Bool(value) => out.push(if *value { 0xf5 } else { 0xf4 }),
            Self::Null => out.push(0xf6),
            Self::Embedded(item) => Self::Bytes(item.encode()).write(out),
            Self::Raw(bytes) => out.extend(bytes),
        }
    }

    /// Reads one deterministically encoded item. Panics on anything else: it is used on bytes the
    /// sdk wrote.
    pub fn decode(bytes: &[u8]) -> Self {
        let mut rest = bytes;
        let item = read(&mut rest);
        assert!(rest.is_empty(), "bytes after the item");
        item
    }

    /// The value under an integer key.
    pub fn at(&mut self, key: i64) -> &mut Self {
        let pairs = self.pairs();
        let found = pairs.iter_mut().find(|(found, _)| *found == Self::Int(key));
        &mut found.expect("the map has this key").1
    }

    /// Puts a value under an integer key, in its place by ascending key.
    pub fn set(&mut self, key: i64, value: Self) {
        self.remove(key);
        let pairs = self.pairs();
        let after = |found: &Self| matches!(found, Self::Int(found) if *found > key);
        let at = pairs.iter().position(|(found, _)| after(found));
        pairs.insert(at.unwrap_or(pairs.len()), (Self::Int(key), value));
    }

    /// Takes an integer key out, if it is there.
    pub fn remove(&mut self, key: i64) {
        self.pairs().retain(|(found, _)| *found != Self::Int(key));
    }

    /// The pairs of a map.
    pub fn pairs(&mut self) -> &mut Vec<(Self, Self)> {
        match self {
            Self::Map(pairs) => pairs,
            other => panic!("no map: {other}"),
        }
    }

    /// The items of an array.
    pub fn items(&mut self) -> &mut Vec<Self> {
        match self {
            Self::Array(items) => items,
            other => panic!("no array: {other}"),
        }
    }
}

fn head(out: &mut Vec<u8>, major: u8, value: u64) {
    let major = major << 5;
    let wide = value.to_be_bytes();
    match value {
        0..24 => out.push(major | wide[7]),
        24..0x100 => out.extend([major | 0x18, wide[7]]),
        0x100..0x1_0000 => out.extend([&[major | 0x19], &wide[6..]].concat()),
        0x1_0000..0x1_0000_0000 => out.extend([&[major | 0x1a], &wide[4..]].concat()),
        _ => out.extend([&[major | 0x1b], &wide[..]].concat()),
    }
}

fn take<'a>(rest: &mut &'a [u8], count: usize) -> &'a [u8] {
    let (taken, left) = rest.split_at(count);
    *rest = left;
    taken
}

fn read(rest: &mut &[u8]) -> Item {
    let first = take(rest, 1)[0];
    let wide = |bytes: &[u8]| {
        bytes
            .iter()
            .fold(0, |value, byte| value << 8 | u64::from(*byte))
    };
    let value = match first & 0x1f {
        low @ 0..24 => u64::from(low),
        low @ 24..28 => wide(take(rest, 1 << (low - 24))),
        _ => panic!("no deterministic head"),
    };
    let len = usize::try_from(value).expect("a length in memory");
    match first >> 5 {
        0 => Item::uint(value),
        1 => Item::Int(!value.cast_signed()),
        2 => Item::Bytes(take(rest, len).to_vec()),
        3 => Item::text(str::from_utf8(take(rest, len)).expect("a text")),
        4 => Item::Array((0..len).map(|_| read(rest)).collect()),
        5 => Item::Map((0..len).map(|_| (read(rest), read(rest))).collect()),
        _ if first == 0xf6 => Item::Null,
        _ => Item::Bool(first == 0xf5),
    }
}

impl fmt::Display for Item {
    /// Diagnostic notation (RFC 8949 §8), two spaces per level; short lists stay on one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&diagnose(self, 0))
    }
}

const WIDTH: usize = 100;

fn diagnose(item: &Item, level: usize) -> String {
    let (open, pieces, close) = match item {
        Item::Int(value) => return value.to_string(),
        Item::Bytes(bytes) | Item::Raw(bytes) => {
            return format!("h'{}'", data_encoding::HEXLOWER.encode(bytes));
        }
        Item::Text(text) => return format!("{text:?}"),
        Item::Bool(value) => return value.to_string(),
        Item::Null => return "null".into(),
        Item::Embedded(item) => return format!("<< {} >>", diagnose(item, level)),
        Item::Array(items) => {
            let pieces = items.iter().map(|item| diagnose(item, level + 1));
            ('[', pieces.collect::<Vec<_>>(), ']')
        }
        Item::Map(pairs) => {
            let pair = |(key, value): &(Item, Item)| {
                format!(
                    "{}: {}",
                    diagnose(key, level + 1),
                    diagnose(value, level + 1)
                )
            };
            ('{', pairs.iter().map(pair).collect(), '}')
        }
    };
    let flat = format!("{open}{}{close}", pieces.join(", "));
    if flat.len() + 2 * level <= WIDTH && !flat.contains('\n') {
        return flat;
    }
    let (inner, outer) = ("  ".repeat(level + 1), "  ".repeat(level));
    let pieces = pieces.join(&format!(",\n{inner}"));
    format!("{open}\n{inner}{pieces}\n{outer}{close}")
}

//! CBOR as a tree in which embedded structures and notes are opened, so that a change reaches every
//! field of everything that a bundle holds. It knows nothing of what the fields mean.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "shared by tests, which fail by panicking"
)]

use cbor4ii::core::Value;
use cbor4ii::core::enc::Encode;
use cbor4ii::core::utils::{BufWriter, SliceReader};

/// One item.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Item {
    Plain(Value),
    Bytes(Vec<u8>),
    Text(String),
    List(Vec<Self>),
    Map(Vec<(Self, Self)>),
    Tag(u64, Box<Self>),
    /// A byte string that is CBOR itself.
    Embedded(Box<Self>),
    /// A byte string that is text, line by line.
    Lines(Vec<String>),
}

/// A change that was made, where and how.
pub(crate) struct Change<'a> {
    /// Keys and places from the outermost item on.
    pub(crate) path: &'a [String],
    pub(crate) how: &'static str,
}

/// Takes what a change makes of an item.
type Take<'a> = &'a mut dyn FnMut(&Change<'_>, Item);

impl Item {
    /// Reads one item that fills all bytes and is in the encoding that [`Item::to_bytes`] gives.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut reader = SliceReader::new(bytes);
        let value: Value = cbor4ii::core::dec::Decode::decode(&mut reader).ok()?;
        let item = Self::of(value);
        (item.to_bytes() == bytes).then_some(item)
    }

    fn of(value: Value) -> Self {
        match value {
            Value::Bytes(bytes) => Self::of_bytes(bytes),
            Value::Text(text) => Self::Text(text),
            Value::Array(list) => Self::List(list.into_iter().map(Self::of).collect()),
            Value::Map(map) => {
                let pairs = map.into_iter();
                Self::Map(pairs.map(|(k, v)| (Self::of(k), Self::of(v))).collect())
            }
            Value::Tag(tag, inner) => Self::Tag(tag, Box::new(Self::of(*inner))),
            plain => Self::Plain(plain),
        }
    }

    fn of_bytes(bytes: Vec<u8>) -> Self {
        let inner = Self::read(&bytes);
        if let Some(inner @ (Self::List(_) | Self::Map(_) | Self::Tag(..))) = inner {
            return Self::Embedded(Box::new(inner));
        }
        match String::from_utf8(bytes) {
            Ok(text) if text.contains("\n\n") => {
                Self::Lines(text.split('\n').map(String::from).collect())
            }
            Ok(text) => Self::Bytes(text.into_bytes()),
            Err(error) => Self::Bytes(error.into_bytes()),
        }
    }

    fn value(&self) -> Value {
        match self {
            Self::Plain(value) => value.clone(),
            Self::Bytes(bytes) => Value::Bytes(bytes.clone()),
            Self::Text(text) => Value::Text(text.clone()),
            Self::List(list) => Value::Array(list.iter().map(Self::value).collect()),
            Self::Map(map) => {
                let pairs = map.iter();
                Value::Map(pairs.map(|(k, v)| (k.value(), v.value())).collect())
            }
            Self::Tag(tag, inner) => Value::Tag(*tag, Box::new(inner.value())),
            Self::Embedded(inner) => Value::Bytes(inner.to_bytes()),
            Self::Lines(lines) => Value::Bytes(lines.join("\n").into_bytes()),
        }
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = BufWriter::new(Vec::new());
        self.value().encode(&mut bytes).unwrap();
        bytes.into_inner()
    }

    /// Every single change: an element or field dropped, doubled or exchanged with the next one, a
    /// number one more or less, bits of a string flipped, a string shortened or lengthened.
    pub(crate) fn each_change(&self, path: &mut Vec<String>, take: Take<'_>) {
        match self {
            Self::Plain(value) => {
                for (how, value) in plain_changes(value) {
                    take(&Change { path, how }, Self::Plain(value));
                }
            }
            Self::Bytes(bytes) => {
                for (how, bytes) in byte_changes(bytes) {
                    take(&Change { path, how }, Self::Bytes(bytes));
                }
            }
            Self::Text(text) => {
                for (how, bytes) in byte_changes(text.as_bytes()) {
                    if let Ok(text) = String::from_utf8(bytes) {
                        take(&Change { path, how }, Self::Text(text));
                    }
                }
            }
            Self::List(list) => {
                changes_of_list(list, &|at| at.to_string(), path, &mut |change, list| {
                    take(change, Self::List(list));
                });
                for (at, item) in list.iter().enumerate() {
                    within(item, at.to_string(), path, &mut |change, item| {
                        let mut list = list.clone();
                        list[at] = item;
                        take(change, Self::List(list));
                    });
                }
            }
            Self::Map(map) => changes_of_map(map, path, take),
            Self::Tag(tag, inner) => {
                take(
                    &Change {
                        path,
                        how: "another tag",
                    },
                    Self::Tag(tag + 1, inner.clone()),
                );
                inner.each_change(path, &mut |change, inner| {
                    take(change, Self::Tag(*tag, Box::new(inner)));
                });
            }
            Self::Embedded(inner) => inner.each_change(path, &mut |change, inner| {
                take(change, Self::Embedded(Box::new(inner)));
            }),
            Self::Lines(lines) => changes_of_lines(lines, path, take),
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Plain(Value::Integer(number)) => number.to_string(),
            Self::Text(text) => text.clone(),
            other => format!("{other:?}"),
        }
    }
}

fn within(item: &Item, step: String, path: &mut Vec<String>, take: Take<'_>) {
    path.push(step);
    item.each_change(path, take);
    path.pop();
}

fn changes_of_map(map: &[(Item, Item)], path: &mut Vec<String>, take: Take<'_>) {
    let name = |at: usize| map[at].0.name();
    changes_of_list(map, &name, path, &mut |change, map| {
        take(change, Item::Map(map));
    });
    for (at, (key, item)) in map.iter().enumerate() {
        within(item, key.name(), path, &mut |change, item| {
            let mut map = map.to_vec();
            map[at].1 = item;
            take(change, Item::Map(map));
        });
        within(
            key,
            format!("key {}", key.name()),
            path,
            &mut |change, key| {
                let mut map = map.to_vec();
                map[at].0 = key;
                take(change, Item::Map(map));
            },
        );
    }
}

fn changes_of_lines(lines: &[String], path: &mut Vec<String>, take: Take<'_>) {
    let line = |at: usize| format!("line {at}");
    changes_of_list(lines, &line, path, &mut |change, lines| {
        take(change, Item::Lines(lines));
    });
    for (at, text) in lines.iter().enumerate() {
        path.push(line(at));
        for (how, bytes) in byte_changes(text.as_bytes()) {
            if let Ok(text) = String::from_utf8(bytes) {
                let mut lines = lines.to_vec();
                lines[at] = text;
                take(&Change { path, how }, Item::Lines(lines));
            }
        }
        path.pop();
    }
}

fn changes_of_list<T: Clone>(
    list: &[T],
    name: &dyn Fn(usize) -> String,
    path: &[String],
    take: &mut dyn FnMut(&Change<'_>, Vec<T>),
) {
    for at in 0..list.len() {
        let path = [path, &[name(at)]].concat();
        let mut each = |how, change: &dyn Fn(&mut Vec<T>)| {
            let mut list = list.to_vec();
            change(&mut list);
            take(&Change { path: &path, how }, list);
        };
        each("dropped", &|list| drop(list.remove(at)));
        each("doubled", &|list| list.insert(at, list[at].clone()));
        each("exchanged", &|list| {
            let next = (at + 1) % list.len();
            list.swap(at, next);
        });
    }
}

fn plain_changes(value: &Value) -> Vec<(&'static str, Value)> {
    match value {
        Value::Integer(number) => vec![
            ("one more", Value::Integer(number + 1)),
            ("one less", Value::Integer(number - 1)),
            ("nothing", Value::Null),
        ],
        Value::Bool(bool) => vec![("the other", Value::Bool(!bool))],
        Value::Null => vec![
            ("zero", Value::Integer(0)),
            ("a string", Value::Bytes(vec![0; 32])),
        ],
        _ => Vec::new(),
    }
}

fn byte_changes(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut changed = vec![("longer", [bytes, b"0"].concat())];
    if let Some((_, shorter)) = bytes.split_last() {
        changed.push(("shorter", shorter.to_vec()));
        let places = [(0, 1), (bytes.len() / 2, 4), (bytes.len() - 1, 2)];
        changed.extend(places.map(|(at, bit)| {
            let mut bytes = bytes.to_vec();
            bytes[at] ^= bit;
            ("flipped", bytes)
        }));
    }
    changed
}

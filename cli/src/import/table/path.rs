//! Where a value stands in a claim: `size`, `destination.country`, `fees[1].payer`.

use toml::{Table, Value};

/// Highest number of an element.
const ELEMENTS: usize = 64;
/// Steps of a path.
const STEPS: usize = 4;

/// A place in a claim.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Path(Vec<Step>);

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Step {
    field: String,
    /// Number of an element, from 1.
    element: Option<usize>,
}

impl Path {
    pub(super) fn parse(text: &str) -> Option<Self> {
        let steps: Option<Vec<_>> = text.split('.').map(Step::parse).collect();
        steps.filter(|steps| steps.len() <= STEPS).map(Self)
    }

    /// The field of the claim it lies in.
    pub(super) fn field(&self) -> &str {
        self.0.first().map_or("", |step| &step.field)
    }

    /// The fields that lead there, without numbers of elements: `fees.payers`.
    pub(super) fn plain(&self) -> String {
        let fields: Vec<_> = self.0.iter().map(|step| step.field.as_str()).collect();
        fields.join(".")
    }

    /// Puts a value there.
    pub(super) fn put(&self, table: &mut Table, value: Value) {
        put(&self.0, table, value);
    }

    /// Whether the element it lies in is there, if it lies in one: constants stand beside cells.
    pub(super) fn has_place(&self, table: &Table) -> bool {
        let mut table = table;
        for (at, step) in self.0.iter().enumerate() {
            let Some(element) = step.element else {
                match table.get(&step.field).and_then(Value::as_table) {
                    Some(inner) => table = inner,
                    // No element further on: a table of its own may be made.
                    None => return !self.0.iter().skip(at).any(|step| step.element.is_some()),
                }
                continue;
            };
            let elements = table.get(&step.key()).and_then(Value::as_table);
            let found = elements.and_then(|elements| elements.get(&element_key(element)));
            match found.and_then(Value::as_table) {
                Some(inner) => table = inner,
                None => return false,
            }
        }
        true
    }
}

impl Step {
    fn parse(text: &str) -> Option<Self> {
        let (field, element) = match text.strip_suffix(']') {
            Some(rest) => {
                let (field, number) = rest.split_once('[')?;
                let number = number.parse().ok().filter(|n| (1..=ELEMENTS).contains(n))?;
                (field, Some(number))
            }
            None => (text, None),
        };
        let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let formed = !field.is_empty() && field.bytes().all(word);
        formed.then(|| Self {
            field: field.to_owned(),
            element,
        })
    }

    /// Elements are gathered under a name no field has.
    fn key(&self) -> String {
        match self.element {
            Some(_) => format!("{}[]", self.field),
            None => self.field.clone(),
        }
    }
}

fn put(steps: &[Step], table: &mut Table, value: Value) {
    let Some((step, rest)) = steps.split_first() else {
        return;
    };
    match (step.element, rest.is_empty()) {
        (None, true) => {
            table.insert(step.field.clone(), value);
        }
        (None, false) => within(table, &step.key(), |inner| put(rest, inner, value)),
        (Some(element), whole) => within(table, &step.key(), |elements| {
            let key = element_key(element);
            if whole {
                elements.insert(key, value);
            } else {
                within(elements, &key, |inner| put(rest, inner, value));
            }
        }),
    }
}

fn element_key(element: usize) -> String {
    format!("{element:03}")
}

/// Works on the table under `key`, made when it is not there.
fn within(table: &mut Table, key: &str, work: impl FnOnce(&mut Table)) {
    let mut inner = match table.remove(key) {
        Some(Value::Table(inner)) => inner,
        _ => Table::new(),
    };
    work(&mut inner);
    table.insert(key.to_owned(), Value::Table(inner));
}

/// Gathered elements as arrays, in the order of their numbers.
pub(super) fn finish(table: Table) -> Table {
    let finished = |value| match value {
        Value::Table(inner) => Value::Table(finish(inner)),
        other => other,
    };
    let field = |(key, value): (String, Value)| match (key.strip_suffix("[]"), value) {
        (Some(field), Value::Table(elements)) => {
            let elements = elements.into_iter().map(|(_, value)| finished(value));
            (field.to_owned(), Value::Array(elements.collect()))
        }
        (_, value) => (key, finished(value)),
    };
    table.into_iter().map(field).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> Path {
        Path::parse(text).unwrap()
    }

    #[test]
    fn values_stand_where_paths_lead() {
        let mut table = Table::new();
        for (place, value) in [
            ("size", "few"),
            ("destination.country", "GB"),
            ("fees[2].payer", "worker"),
            ("fees[10].payer", "employer"),
        ] {
            path(place).put(&mut table, Value::String(value.into()));
        }
        assert!(path("fees[2].category").has_place(&table));
        assert!(!path("fees[1].category").has_place(&table));
        assert!(path("origin.country").has_place(&table) && path("lang").has_place(&table));
        path("fees[2].category").put(&mut table, Value::String("medical".into()));
        let expected: Table = toml::from_str(
            "size = 'few'\ndestination = { country = 'GB' }\n\
             fees = [{ payer = 'worker', category = 'medical' }, { payer = 'employer' }]",
        )
        .unwrap();
        assert_eq!(finish(table), expected);
    }

    #[test]
    fn odd_paths_are_refused() {
        for bad in [
            "",
            "a..b",
            "a[0]",
            "a[65]",
            "a[x]",
            "A",
            "a b",
            "a.b.c.d.e",
            "a[1",
        ] {
            assert!(Path::parse(bad).is_none(), "{bad}");
        }
    }
}

//! Class maps in memory: most subjects have entries of one class.

use super::{ChainHead, Class, ClassMap, Tally};

/// A class map in 40 bytes, if it is of one class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Packed {
    One {
        class: Class,
        count: u32,
        head: ChainHead,
    },
    Many(Box<ClassMap>),
}

impl From<ClassMap> for Packed {
    fn from(map: ClassMap) -> Self {
        let mut classes = map.classes();
        if let (Some((class, tally)), None) = (classes.next(), classes.next())
            && let Ok(count) = u32::try_from(tally.count)
        {
            let head = tally.head;
            return Self::One { class, count, head };
        }
        drop(classes);
        Self::Many(Box::new(map))
    }
}

impl From<&Packed> for ClassMap {
    fn from(packed: &Packed) -> Self {
        match packed {
            Packed::Many(map) => Self::clone(map),
            Packed::One { class, count, head } => {
                let (count, head) = (u64::from(*count), *head);
                Self::one(*class, Tally { count, head })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_comes_back_out_and_one_class_takes_40_bytes() {
        assert_eq!(size_of::<Option<Packed>>(), 40);
        let of = |class, count| {
            let head = ChainHead::START;
            ClassMap::one(class, Tally { count, head })
        };
        let large = u64::from(u32::MAX);
        let two = ClassMap::after(Some(of(Class::Id, 3)), Class::Audit, b"posting");
        for (map, packed) in [
            (of(Class::Audit, 1), true),
            (of(Class::Id, large), true),
            (of(Class::Id, large + 1), false),
            (two, false),
        ] {
            let found = Packed::from(map.clone());
            assert_eq!(matches!(found, Packed::One { .. }), packed);
            assert_eq!(ClassMap::from(&found), map);
        }
    }
}

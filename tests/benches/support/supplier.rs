//! Ledgers with many statements about one supplier.

use crate::market::{market, statement};
use crate::world::{World, date};
use fairtrail::entry::{Ref, RefType};
use fairtrail::id::EntryId;

/// Licences of as many recruiters that workers were recruited through.
const LICENCES: usize = 100;

/// What is said: by whom, of which template of the test network, with which changes, and what it refers
/// to, so many statements before it. `#` stands for how often all was said before.
pub(crate) type Said = (
    &'static str,
    &'static str,
    &'static str,
    Option<(RefType, usize)>,
);

/// A ledger with `count` statements, said in turn over so many days.
pub(crate) fn supplier(count: usize, said: &[Said], days: usize) -> World {
    let mut world = market();
    // Statements are read beside a ledger that stays small: reading one looks at all that is there.
    let mut desk = market();
    let mut ids: Vec<EntryId> = Vec::with_capacity(count);
    let each_day = (count / days).max(1);
    for number in 0..count {
        if number % each_day == 0 {
            let day = date("2026-07-21").plus_days(u32::try_from(number / each_day).unwrap());
            world.on(&day.to_string());
            desk.on(&day.to_string());
        }
        let (report, at) = (number / said.len(), number % said.len());
        let (by, template, change, refers) = &said[at];
        let change = change.replace('#', &format!("REPORT-{report}"));
        let licence = format!("GOODROAD-{}", report % LICENCES);
        let text = statement(template, &change).replace("GOODROAD-1", &licence);
        let mut draft = desk.drafts(&text).remove(0);
        draft.refs = refers
            .iter()
            .map(|(sort, back)| Ref {
                sort: *sort,
                entry: ids[number - back],
            })
            .collect();
        ids.push(world.post(by, &draft));
    }
    world.on("2026-08-21");
    world
}

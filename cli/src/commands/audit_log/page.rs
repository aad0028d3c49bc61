//! What an audit says to people.

use super::Audited;
use crate::output::{Page, Tone};

pub(super) fn write(audited: &Audited, page: &mut Page) {
    page.field("log", &audited.log);
    page.field("key", &audited.key);
    let by = match audited.named_by {
        "policy" => "the policy",
        "command-line" => "the command line",
        _ => "the gateway, when it was first read: compare with what the operator publishes",
    };
    page.field("key named by", by);
    let new = audited.size.get().saturating_sub(audited.before);
    if let Some(root) = &audited.root {
        page.field(
            "leaves",
            format!(
                "{}, {new} of them new; tree and admission recomputed",
                audited.size
            ),
        );
        page.field("root", root);
        page.field(
            "archived notes",
            format!("{} of this tree", audited.archived_notes),
        );
    }
    if let Some(index) = &audited.index {
        let new = index.heads.saturating_sub(index.before);
        page.field("index", &index.origin);
        page.field(
            "index heads",
            format!(
                "{}, {new} of them new; {} follow from the leaves",
                index.heads, index.right
            ),
        );
        page.field("covers", format!("{} leaves", index.covers));
        page.field(
            "index archive",
            format!("{} notes of this tree", index.archived_notes),
        );
    }
    for bundle in &audited.bundles {
        page.field("bundle", format!("{}, compared", bundle.display()));
    }
    let promises = &audited.promises;
    if promises.at_hand > 0 {
        let (kept, pending) = (promises.kept, promises.pending);
        page.field(
            "promises",
            format!(
                "{} at hand, {kept} kept, {pending} not due",
                promises.at_hand
            ),
        );
    }
    for open in &audited.open {
        page.field("not compared", open);
    }
    for wrong in &audited.wrong {
        page.toned(Tone::Bad, format!("WRONG: {wrong}"));
    }
    for found in &audited.fraud {
        page.toned(Tone::Bad, format!("PROVEN: {}", found.says));
        page.field("accused", &found.accused);
        page.field("file", found.file.display());
    }
    if audited.fraud.is_empty() && audited.wrong.is_empty() {
        page.line("Everything read agrees with what was signed. What a node keeps to itself no audit sees.");
    }
}

//! What proves that a log signed two histories.

use super::{Files, put_of};
use crate::artefacts::{checkpoint, log_key, witnesses};
use fairtrail::fraud::SplitView;
use fairtrail::log::Checkpoint;
use fairtrail::merkle::{Tree, leaf_hash};
use fairtrail::note::Note;

fn tree(leaves: u8, changed: Option<u8>) -> Tree {
    let leaf = |number| {
        let word = if changed == Some(number) {
            "other"
        } else {
            "entry"
        };
        leaf_hash(format!("{word} {number}").as_bytes())
    };
    Tree::from_leaves((0..leaves).map(leaf)).unwrap()
}

fn signed(tree: &Tree) -> Note {
    let origin = checkpoint(5).origin().clone();
    let checkpoint = Checkpoint::new(origin, tree.size(), tree.root()).unwrap();
    checkpoint.sign(&log_key()).unwrap()
}

fn view(older: &Tree, newer: &Tree) -> String {
    let path = newer.consistency(older.size(), newer.size()).unwrap();
    let prefix = newer.root_at(older.size()).unwrap();
    SplitView::new(signed(older), signed(newer), prefix, path).to_string()
}

pub(super) fn split_views(files: &mut Files) {
    let honest = tree(5, None);
    let (same, longer) = (tree(5, Some(1)), tree(7, Some(1)));
    let key = log_key().verifier().to_string();
    let mut put = |name, expect, comment, key: &str, body: &str| {
        put_of(
            files,
            ("follow.md", "split-view", 7),
            (name, expect, comment),
            &[("key", key.to_owned())],
            body,
        );
    };
    let good = view(&honest, &longer);
    let one = "ok older 5 newer 5";
    put(
        "one-size",
        one,
        "two roots for five leaves",
        &key,
        &view(&honest, &same),
    );
    let two = "ok older 5 newer 7";
    put(
        "two-sizes",
        two,
        "the second leaf was changed later",
        &key,
        &good,
    );
    let grown = view(&honest, &tree(7, None));
    let comment = "the log only grew: nobody cheated";
    put("one-history", "proof-invalid", comment, &key, &grown);
    let [hill, ..] = witnesses();
    let stranger = hill.verifier().to_string();
    let comment = "accuses somebody else";
    put("other-key", "signature-missing", comment, &stranger, &good);
    let line = good.lines().find(|line| line.starts_with("path ")).unwrap();
    let short = good.replacen(&format!("{line}\n"), "", 1);
    put(
        "path-short",
        "proof-invalid",
        "a hash of the path is missing",
        &key,
        &short,
    );
    let root = honest.root().to_string();
    let prefix = good
        .lines()
        .find(|line| line.starts_with("prefix "))
        .unwrap();
    let claimed = good.replacen(prefix, &format!("prefix {root}"), 1);
    let comment = "the prefix is the older root, to which the path does not belong";
    put("prefix-wrong", "root-mismatch", comment, &key, &claimed);
    let joined = good.replacen("\n\n", "\n", 1);
    put(
        "no-empty-line",
        "fraud-malformed",
        "notes follow at once",
        &key,
        &joined,
    );
    let longer = format!("{good}\n");
    put(
        "line-feed-more",
        "fraud-malformed",
        "a line feed at the end",
        &key,
        &longer,
    );
}

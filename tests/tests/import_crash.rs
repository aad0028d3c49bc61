//! A node killed at any moment of an import: every promise is kept, no size has two roots, and the
//! import resumes where it was.

#![expect(
    clippy::unwrap_used,
    reason = "a test stops where something is not as it should be"
)]
#![expect(
    clippy::indexing_slicing,
    reason = "a promise beyond the log is what the test looks for"
)]

use fairtrail::client::Store;
use fairtrail::log::Promise;
use fairtrail::merkle::{Tree, leaf_hash};
use fairtrail::note::Note;
use fairtrail::policy::Policy;
use fairtrail_tests::guide;
use std::fmt::Write as _;
use std::path::Path;

/// Rows of the invented register.
const ROWS: usize = 2_400;

/// Milliseconds after which the node is killed, one after the other.
const KILLS: [u32; 6] = [150, 400, 700, 1_100, 1_500, 250];

/// Founds a network, starts an import, and kills node after node under it. The checkpoint is noted
/// whenever it can be read.
const SCRIPT: &str = r#"
set -uo pipefail
trap 'kill -9 $(jobs -p) 2>/dev/null; wait 2>/dev/null' EXIT
die() { echo "$*" >&2; exit 1; }
start() {
  rm -f node.out
  fairtrail-node run --data-dir node --listen 127.0.0.1:0 > node.out 2>> node.err & node=$!
  for _ in $(seq 300); do grep -q http:// node.out && break; sleep 0.02; done
  FAIRTRAIL_GATEWAY=$(grep -o -m 1 'http://127.0.0.1:[0-9]*' node.out) || die "no start: $(cat node.err)"
  export FAIRTRAIL_GATEWAY
}
note() { { exec 3<>"/dev/tcp/127.0.0.1/${FAIRTRAIL_GATEWAY##*:}"; } 2>/dev/null || return 0
  printf 'GET /checkpoint HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n' >&3
  tr -d '\r' <&3 | sed '1,/^$/d' | sed -n '2,3p' | paste -sd ' ' >> heads; exec 3>&-; }
import() { fairtrail import register --format uk-sponsor register_latest.csv --as observer --yes "$@"; }

for name in root desk; do fairtrail -q author new "$name" || die author; done
fairtrail charter new --name Crash --root root --threshold 1 --reply-desk desk --role observer \
  --role respondent --terms none --contact a@b.example --licence none -o net.charter || die charter
fairtrail-node init --data-dir node --charter net.charter --origin localhost/crash/e1 || die init
start
fairtrail -q author begin root --charter net.charter || die begin
fairtrail -q author new observer --charter net.charter || die author
fairtrail -q grant --as root --to observer --role observer --from 2020-01-01 --to-date 2099-01-01 --yes || die grant
fairtrail -q author begin observer || die begin
fairtrail policy init --charter net.charter -o policy.toml || die policy
for ms in $KILLS; do
  import > import.out 2>&1 & import=$!
  sleep "$(printf '0.%03d' $((ms % 1000)) | sed "s/^0/$((ms / 1000))/")"
  note
  kill -9 $node; wait $node 2>/dev/null
  wait $import 2>/dev/null
  start
  note
  # The buyer's copy remembers what it saw: another history, or a shorter one, is refused.
  fairtrail verify author:$(printf 'a%.0s' $(seq 52)) --policy policy.toml > verify.out 2>&1
  [ $? = 5 ] || die "verify: $(cat verify.out)"
done
import > import.out 2>&1 || die "import: $(cat import.out)"
sleep 1.5
note
import --json | grep -q '"stated":0' || die "a second run states something"
fairtrail verify author:$(printf 'a%.0s' $(seq 52)) --policy policy.toml > verify.out 2>&1
[ $? = 5 ] || die "verify: $(cat verify.out)"
kill -INT $node; wait $node || die "no clean end"
fairtrail-node fsck --data-dir node || die "fsck"
sort -u heads | sed '/^$/d' > seen
cut -d' ' -f1 seen | sort | uniq -d | grep -q . && die "two roots for one size: $(cat seen)"
echo "checkpoints seen: $(wc -l < seen)"
"#;

/// An invented list in the form of the real one.
fn register() -> String {
    let mut text =
        String::from("organisation_name_normalised,route,type_and_rating,snapshot_date\n");
    for row in 0..ROWS {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "invented employer {row:05} works,Skilled Worker,Worker (A rating),2026-08-21"
        );
    }
    text
}

#[test]
fn a_node_killed_at_any_moment_of_an_import_keeps_its_word() {
    let directory = tempfile::tempdir().unwrap();
    fs_err::write(directory.path().join("register_latest.csv"), register()).unwrap();
    let kills = KILLS.map(|ms| ms.to_string()).join(" ");
    println!("killed after milliseconds: {kills}");
    let variables = [("KILLS", kills.as_ref())];
    let output = guide::shell(SCRIPT, directory.path(), &variables).unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let complained = String::from_utf8_lossy(&output.stderr);
    println!("{said}");
    assert!(output.status.success(), "{said}\n{complained}");
    let kept = promises_kept(directory.path());
    println!("promises kept: {kept}");
    assert!(kept > ROWS / 256);
}

/// Compares every promise that the importer was given with the log as the buyer has it.
fn promises_kept(directory: &Path) -> usize {
    let home = directory.join("home");
    let policy = fs_err::read_to_string(directory.join("policy.toml")).unwrap();
    let policy = Policy::parse(&policy).unwrap();
    let log = policy.logs().logs().first().unwrap();
    let mut store = Store::open(&home, policy.network(), log).unwrap();
    let replica = store.load(&policy).unwrap();
    let notes = fs_err::read_dir(home.join("promises")).unwrap();
    let mut kept = 0;
    for note in notes {
        let note = Note::parse(&fs_err::read(note.unwrap().path()).unwrap()).unwrap();
        let promise: Promise = note.text().parse().unwrap();
        let first = usize::try_from(promise.first().get()).unwrap();
        let count = usize::try_from(promise.count()).unwrap();
        let promised = &replica.entries()[first..first + count];
        let tree =
            Tree::from_leaves(promised.iter().map(|entry| leaf_hash(entry.bytes()))).unwrap();
        assert_eq!(tree.root(), promise.root(), "leaves from {first} on");
        kept += 1;
    }
    kept
}

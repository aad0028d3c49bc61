//! Files that prove that an author signed one place of its feed twice (fraud.md §3).

use super::Vector;
use super::world::Author;
use data_encoding::BASE64;
use fairtrail::entry::SignedEntry;
use fairtrail::fraud::FeedFork;
use fairtrail::id::EntryId;

const SPEC: &str = "fraud.md §3";

/// An author whose feed goes begin, entry, rotation, entry, and then two ways.
struct Feed {
    author: Author,
    keys: Vec<SignedEntry>,
    before: SignedEntry,
    path: SignedEntry,
    children: [SignedEntry; 2],
}

impl Feed {
    fn new() -> Self {
        let mut author = Author::under(11, EntryId::new([5; 32]));
        let begin = author.begin.clone();
        let before = author.say("finding", 1);
        let keys = vec![begin, author.rotate(20)];
        let path = author.say("finding", 2);
        let mut other = author.clone();
        let mut children = [author.say("finding", 3), other.say("finding", 4)];
        children.sort_by_key(SignedEntry::id);
        Self {
            author,
            keys,
            before,
            path,
            children,
        }
    }

    fn fork(&self) -> FeedFork {
        let entries = self.keys.iter().chain([&self.before, &self.path]);
        let entries = entries.chain(&self.children);
        FeedFork::find(self.author.id, entries).unwrap()
    }
}

/// A file of these lines.
fn file(author: &Author, lines: &[(&str, &SignedEntry)]) -> String {
    let line =
        |(word, entry): &(&str, &SignedEntry)| format!("{word} {}\n", BASE64.encode(entry.bytes()));
    let lines: String = lines.iter().map(line).collect();
    format!("fairtrail/feed-fork/v1\nfeed {}\n{lines}", author.id)
}

fn vector(name: &str, expect: &str, comment: &str, text: &str) -> Vector {
    let vector = Vector::new(&format!("fraud/{name}"), expect, SPEC, comment);
    let vector = vector.hex("file", text.as_bytes());
    let proved = text
        .parse()
        .ok()
        .and_then(|fork: FeedFork| fork.verify().ok());
    match proved.filter(|_| expect == "ok") {
        Some(proved) => vector
            .line("author", proved.author)
            .line("network", proved.network)
            .line("seq", proved.seq)
            .line("prev", proved.prev)
            .line("entry", proved.entries[0])
            .line("entry", proved.entries[1]),
        None => vector,
    }
}

pub(super) fn vectors() -> Vec<Vector> {
    [held(), refused(), malformed()].concat()
}

fn held() -> Vec<Vector> {
    let feed = Feed::new();
    let author = &mut feed.author.clone();
    let begin = feed.author.begin.clone();
    let mut fresh = Author::under(12, EntryId::new([5; 32]));
    let mut two = [fresh.clone().say("finding", 1), fresh.say("finding", 2)];
    two.sort_by_key(SignedEntry::id);
    let [a, b] = &two;
    let at_begin = file(&fresh, &[("key", &fresh.begin), ("fork", a), ("fork", b)]);
    // A rotation beside a statement: two keys of one author.
    let rotated = Author::under(13, EntryId::new([5; 32]));
    let mut pair = [
        rotated.clone().say("finding", 1),
        rotated.clone().rotate(21),
    ];
    pair.sort_by_key(SignedEntry::id);
    let [c, d] = &pair;
    let by_rotation = file(
        &rotated,
        &[("key", &rotated.begin), ("fork", c), ("fork", d)],
    );
    assert_eq!(begin.author(), author.id);
    vec![
        vector(
            "fork-after-rotation",
            "ok",
            "begin, rotation, the path from there, two entries",
            &feed.fork().to_string(),
        ),
        vector(
            "fork-after-begin",
            "ok",
            "no path: the first entry is followed twice",
            &at_begin,
        ),
        vector(
            "fork-of-rotation",
            "ok",
            "a rotation and a statement after one entry, each by its own key",
            &by_rotation,
        ),
    ]
}

#[rustfmt::skip] // one case per line
fn refused() -> Vec<Vector> {
    let feed = Feed::new();
    let ([a, b], path) = (&feed.children, &feed.path);
    let (begin, rotation) = (&feed.keys[0], &feed.keys[1]);
    let whole = [("key", begin), ("key", rotation), ("path", path)];
    let with = |more: &[(&str, &SignedEntry)]| file(&feed.author, &[&whole[..], more].concat());
    let mut forged = b.bytes().to_vec();
    *forged.last_mut().unwrap() ^= 1;
    let forged = SignedEntry::parse(&forged).unwrap();
    let mut stranger = Author { seq: feed.author.seq - 1, last: path.id(), ..feed.author.clone() };
    stranger.key = 30;
    let mut strange = [a.clone(), stranger.say("finding", 9)];
    strange.sort_by_key(SignedEntry::id);
    let [s, t] = &strange;
    let unrotated = file(&feed.author, &[("key", begin), ("path", path), ("fork", a), ("fork", b)]);
    let other = Author::under(14, EntryId::new([5; 32]));
    let elsewhere = file(&other, &[("key", begin), ("key", rotation), ("path", path), ("fork", a), ("fork", b)]);
    vec![
        vector("one-entry-twice", "proof-invalid", "both are one entry", &with(&[("fork", a), ("fork", a)])),
        vector("forged-child", "signature-invalid", "one of the two is not signed", &with(&[("fork", a), ("fork", &forged)])),
        vector("child-by-stranger", "key-mismatch", "one of the two is signed with a key the author never had", &with(&[("fork", s), ("fork", t)])),
        vector("rotation-left-out", "prev-mismatch", "the path does not lead from the key to the two", &unrotated),
        vector("of-another-author", "prev-mismatch", "the first entry is not the accused author's", &elsewhere),
        vector("child-of-the-past", "prev-mismatch", "one of the two stands at another place", &with(&[("fork", a), ("fork", &feed.before)])),
    ]
}

#[rustfmt::skip] // one case per line
fn malformed() -> Vec<Vector> {
    let feed = Feed::new();
    let ([a, b], path) = (&feed.children, &feed.path);
    let (begin, rotation) = (&feed.keys[0], &feed.keys[1]);
    let of = |lines: &[(&str, &SignedEntry)]| file(&feed.author, lines);
    let good = feed.fork().to_string();
    let swapped = of(&[("key", begin), ("key", rotation), ("path", path), ("fork", b), ("fork", a)]);
    let after = of(&[("key", begin), ("path", path), ("key", rotation), ("fork", a), ("fork", b)]);
    let three = of(&[("key", begin), ("key", rotation), ("path", path), ("fork", a), ("fork", b), ("fork", b)]);
    let keyless = of(&[("fork", a), ("fork", b)]);
    let refuse = |name, comment, text: &str| vector(name, "fraud-malformed", comment, text);
    vec![
        refuse("swapped", "the two in descending order", &swapped),
        refuse("path-before-key", "lines out of order", &after),
        refuse("three-entries", "more than two at the place", &three),
        refuse("no-key", "nothing says whose key it is", &keyless),
        refuse("other-title", "another version", &good.replace("/v1", "/v2")),
        refuse("cut-short", "no final line feed", good.trim_end()),
        refuse("more-behind", "something after the last line", &format!("{good}\n")),
        refuse("crlf", "other line ends", &good.replace('\n', "\r\n")),
    ]
}

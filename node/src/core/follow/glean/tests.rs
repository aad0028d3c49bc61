use super::*;

fn body(number: u8) -> (PartDigest, Body) {
    let body = Body {
        salt: [number; 16],
        bytes: vec![number; 8],
    };
    (body.digest(), body)
}

fn begin(end: u64, reads: Reads) -> GleanInput {
    GleanInput::Begin { end, reads }
}

fn looked(next: u64, lacking: bool) -> GleanInput {
    GleanInput::Looked { next, lacking }
}

/// Leaf hashes, each of its number.
fn hashes(numbers: std::ops::Range<usize>) -> Vec<Hash> {
    let hash = |number: usize| Hash::from_bytes([u8::try_from(number % 256).unwrap(); 32]);
    numbers.map(hash).collect()
}

fn shown(numbers: std::ops::Range<usize>) -> GleanInput {
    let hashes = hashes(numbers);
    let bytes = hashes.iter().flat_map(|hash| *hash.as_bytes());
    GleanInput::Hashes(Ok(bytes.collect()))
}

fn matched(looked: usize, lacking: &[(usize, u8)]) -> GleanInput {
    let lacking = lacking.iter();
    let lacking = lacking.map(|(place, number)| (*place, body(*number).0));
    GleanInput::Matched {
        looked,
        lacking: lacking.collect(),
    }
}

fn page(first: u64, next: u64, parts: Vec<(PartDigest, Body)>) -> GleanInput {
    GleanInput::Page(Ok(PartsPage { first, next, parts }))
}

fn tile(index: u64, width: u16) -> GleanOutput {
    GleanOutput::Ask(Question::Tile(Tile::new(0, index, width).unwrap()))
}

fn parts(first: u64, count: u64, reads: Reads) -> GleanOutput {
    GleanOutput::Ask(Question::Parts {
        first,
        count,
        reads,
    })
}

/// A gleaner that has found something lacking here and walks over the first of `end` leaves there.
fn walking(end: u64, reads: Reads) -> Gleaner {
    let mut gleaner = Gleaner::new(reads);
    gleaner.handle(begin(end, reads));
    let width = u16::try_from(end.min(256)).unwrap();
    assert_eq!(gleaner.handle(looked(0, true)), tile(0, width));
    let all = usize::from(width);
    let compare = GleanOutput::Match(hashes(0..all), reads);
    assert_eq!(gleaner.handle(shown(0..all)), compare);
    gleaner
}

#[test]
fn with_nothing_lacking_nobody_is_asked() {
    let public = Reads::Public;
    let mut gleaner = Gleaner::new(public);
    assert_eq!(gleaner.handle(begin(0, public)), GleanOutput::Rest);
    assert!(gleaner.expects(public));
    for _ in 0..2 {
        let look = gleaner.handle(begin(9, public));
        assert_eq!(look, GleanOutput::Look(0, public));
        for from in [256, 512] {
            let look = gleaner.handle(looked(from, false));
            assert_eq!(look, GleanOutput::Look(from, public));
        }
        assert_eq!(gleaner.handle(looked(0, false)), GleanOutput::Rest);
        assert!(!gleaner.expects(public));
    }
}

#[test]
fn a_go_has_an_end_and_the_next_one_goes_on_there() {
    let public = Reads::Public;
    let mut gleaner = Gleaner::new(public);
    let mut from = 0;
    for runs in [64, 64, 64] {
        let mut todo = gleaner.handle(begin(9, public));
        for _ in 0..runs {
            assert_eq!(todo, GleanOutput::Look(from, public));
            from += 256;
            todo = gleaner.handle(looked(from, false));
        }
        assert_eq!(todo, GleanOutput::Rest);
    }
    // Once there is no reason to expect anything, a go is shorter.
    gleaner.handle(begin(9, public));
    gleaner.handle(looked(0, false));
    let mut todo = gleaner.handle(begin(9, public));
    for run in 1..=8 {
        assert!(matches!(todo, GleanOutput::Look(..)));
        todo = gleaner.handle(looked(run * 256, false));
    }
    assert_eq!(todo, GleanOutput::Rest);
}

#[test]
fn the_other_log_is_walked_over_once_and_asked_where_something_is_lacking() {
    let public = Reads::Public;
    let mut gleaner = walking(600, public);
    let lacking = matched(256, &[(3, 1), (3, 2), (40, 2), (99, 4)]);
    assert_eq!(gleaner.handle(lacking), parts(3, 97, public));
    // Bodies that are not wanted, or not those of their digests, are dropped.
    let odd = (body(4).0, body(9).1);
    let found = gleaner.handle(page(3, 50, vec![body(2), body(3), odd, body(1)]));
    assert_eq!(found, GleanOutput::Fill(vec![body(2), body(1)]));
    // A page may end before the run does.
    assert_eq!(gleaner.handle(GleanInput::Filled(3)), parts(99, 1, public));
    assert_eq!(gleaner.handle(page(99, 100, Vec::new())), tile(1, 256));
    gleaner.handle(shown(256..512));
    assert_eq!(gleaner.handle(matched(256, &[])), tile(2, 88));
    gleaner.handle(shown(512..600));
    assert_eq!(gleaner.handle(matched(88, &[])), GleanOutput::Rest);
    // It brought something, so that there may be more.
    assert!(gleaner.expects(public));
    let again = gleaner.handle(begin(700, public));
    assert_eq!(again, GleanOutput::Look(0, public));
}

#[test]
fn a_run_with_much_lacking_is_looked_at_piece_by_piece() {
    let public = Reads::Public;
    let mut gleaner = walking(300, public);
    assert_eq!(gleaner.handle(matched(2, &[(1, 1)])), parts(1, 1, public));
    assert_eq!(gleaner.handle(page(1, 2, Vec::new())), tile(0, 256));
    let rest = GleanOutput::Match(hashes(2..256), public);
    assert_eq!(gleaner.handle(shown(0..256)), rest);
    let lacking = gleaner.handle(matched(254, &[(5, 3)]));
    assert_eq!(lacking, parts(7, 1, public));
}

#[test]
fn a_walk_ends_with_the_log_or_where_there_are_no_parts() {
    let public = Reads::Public;
    let none = GleanInput::Page(Err(Failure(Reason::NotFound)));
    for answer in [page(0, 1, Vec::new()), none] {
        let mut gleaner = walking(10, public);
        assert_eq!(gleaner.handle(matched(10, &[(0, 1)])), parts(0, 1, public));
        assert_eq!(gleaner.handle(answer), GleanOutput::Rest);
        assert!(!gleaner.expects(public));
        let again = gleaner.handle(begin(10, public));
        assert_eq!(again, GleanOutput::Look(0, public));
    }
}

#[test]
fn what_does_not_lead_on_is_asked_for_again() {
    let public = Reads::Public;
    let unreachable = || Failure(Reason::GatewayUnreachable);
    for answer in [
        page(0, 0, Vec::new()),
        page(1, 2, Vec::new()),
        page(0, 2, vec![body(1)]),
        GleanInput::Page(Err(unreachable())),
        GleanInput::Hashes(Err(unreachable())),
    ] {
        let mut gleaner = walking(10, public);
        gleaner.handle(matched(10, &[(0, 1)]));
        assert_eq!(gleaner.handle(answer), GleanOutput::Rest);
        assert_eq!(gleaner.handle(GleanInput::Filled(1)), GleanOutput::Rest);
        assert_eq!(gleaner.handle(begin(10, public)), tile(0, 10));
        for short in [shown(0..9), shown(0..11)] {
            assert_eq!(gleaner.handle(short), GleanOutput::Rest);
            assert_eq!(gleaner.handle(begin(10, public)), tile(0, 10));
        }
    }
}

#[test]
fn whoever_may_have_more_looks_again_and_whoever_may_have_less_asks_no_more() {
    let (public, network) = (Reads::Public, Reads::Network);
    let mut gleaner = Gleaner::new(public);
    gleaner.handle(begin(10, public));
    gleaner.handle(looked(0, false));
    assert!(!gleaner.expects(public) && gleaner.expects(network));
    let look = gleaner.handle(begin(10, network));
    assert_eq!(look, GleanOutput::Look(0, network));
    gleaner.handle(looked(0, true));
    gleaner.handle(shown(0..10));
    let lacking = gleaner.handle(matched(10, &[(4, 1)]));
    assert_eq!(lacking, parts(4, 1, network));
    // Not a member any more in the middle of it.
    let look = gleaner.handle(begin(10, public));
    assert_eq!(look, GleanOutput::Look(0, public));
    assert!(!gleaner.expects(public));
    let late = gleaner.handle(page(4, 5, vec![body(1)]));
    assert_eq!(late, GleanOutput::Rest);
    let look = gleaner.handle(begin(10, public));
    assert_eq!(look, GleanOutput::Look(0, public));
    assert_eq!(gleaner.handle(looked(0, false)), GleanOutput::Rest);
}

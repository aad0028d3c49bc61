use super::*;
use std::cell::RefCell;
use std::path::Path;

/// The bundle of a vector.
fn vector(name: &str) -> Bundle {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../specs/vectors/bundle");
    let text = fs_err::read_to_string(dir.join(name).with_extension("txt")).unwrap();
    let mut lines = text.lines();
    let hex = lines
        .find_map(|line| line.strip_prefix("bundle: "))
        .unwrap();
    let bytes = hex.as_bytes().chunks(2);
    let bytes = bytes.map(|pair| u8::from_str_radix(str::from_utf8(pair).unwrap(), 16).unwrap());
    Bundle::parse(&bytes.collect::<Vec<_>>()).unwrap()
}

fn log() -> Origin {
    "ledger.example/coast/e1".parse().unwrap()
}

fn question() -> Question {
    Question {
        subjects: ["gln:0614141000012".parse().unwrap()].into(),
        ..Question::default()
    }
}

fn holding(bundle: &Bundle) -> Talk {
    Talk::since(Answers {
        question: question(),
        by_log: vec![(log(), bundle.clone())],
    })
}

/// That nothing came since.
fn nothing_since(held: &Bundle) -> Bundle {
    let mut nothing = held.clone();
    let part = &mut nothing.logs[0];
    part.lists.clear();
    part.notes.clear();
    part.places.clear();
    part.earlier.clear();
    nothing.entries.clear();
    nothing.bodies.clear();
    nothing
}

#[test]
fn what_came_is_put_to_what_is_held() {
    let held = vector("kept-up");
    let came = nothing_since(&held);
    let mut talk = holding(&held);
    let answer = talk.answer(&log(), &question(), |asked| {
        assert!(asked.since.is_some());
        Ok((came.clone(), 77))
    });
    assert_eq!(answer.unwrap(), held);
    assert_eq!(talk.came, 77);
    // Where that does not hold, it is forgotten once.
    assert!(talk.forgets(Some(&log())));
    let whole = talk.answer(&log(), &question(), |asked| {
        assert_eq!(asked.since, None);
        Ok((held.clone(), 0))
    });
    assert_eq!(whole.unwrap(), held);
    talk.completed.clear();
    assert!(!talk.forgets(Some(&log())) && !talk.begins_anew());
}

#[test]
fn what_does_not_hold_together_is_begun_anew_once() {
    let held = vector("kept-up");
    let mut talk = holding(&held);
    let answer = talk.answer(&log(), &question(), |_| Ok((nothing_since(&held), 0)));
    assert!(answer.is_ok() && talk.begins_anew());
    // Whatever is held then, nothing is put to it any more.
    talk.completed.clear();
    let whole = talk.answer(&log(), &question(), |asked| {
        assert_eq!(asked.since, None);
        Ok((held.clone(), 0))
    });
    assert_eq!(whole.unwrap(), held);
    assert!(!talk.begins_anew());
}

#[test]
fn what_does_not_go_with_what_is_held_is_asked_for_in_full() {
    let (held, other) = (vector("kept-up"), vector("delta"));
    let refused = CliError::coded(Reason::RequestMalformed, "no such name");
    for since in [Ok((other, 0)), Err(refused)] {
        let asked = RefCell::new(Vec::new());
        let mut talk = holding(&held);
        let answer = talk.answer(&log(), &question(), |question| {
            asked.borrow_mut().push(question.since.is_some());
            match question.since {
                Some(_) => since.clone(),
                None => Ok((held.clone(), 0)),
            }
        });
        assert_eq!(answer.unwrap(), held);
        assert_eq!(asked.into_inner(), [true, false]);
        assert!(talk.completed.is_empty());
    }
    // Another question is another one.
    let mut more = question();
    more.subjects.insert("gln:0614141000029".parse().unwrap());
    let answer = holding(&held).answer(&log(), &more, |asked| {
        assert_eq!(asked.since, None);
        Ok((held.clone(), 0))
    });
    assert!(answer.is_ok());
    // Nobody is called twice who is not there.
    let gone = CliError::coded(Reason::GatewayUnreachable, "nobody there");
    let calls = RefCell::new(0);
    let answer = holding(&held).answer(&log(), &question(), |_| {
        *calls.borrow_mut() += 1;
        Err(gone.clone())
    });
    assert_eq!((answer, calls.into_inner()), (Err(gone), 1));
}

#[test]
fn nobody_is_taken_back_behind_what_is_held() {
    let held = vector("kept-up");
    let mut before = vector("delta");
    let (mut answer, mut head) = before.logs[0].stated().unwrap();
    head.size = fairtrail::merkle::TreeSize::new(1).unwrap();
    answer.head.0 = head.to_bytes();
    before.logs[0].answer.0 = answer.to_bytes();
    before.logs[0].earlier.clear();
    let mut talk = holding(&held);
    let asked = RefCell::new(Vec::new());
    let refused = talk.answer(&log(), &question(), |question| {
        asked.borrow_mut().push(question.since.is_some());
        Ok((before.clone(), 0))
    });
    assert_eq!(
        refused.unwrap_err().reason(),
        Some(Reason::RollbackSuspected)
    );
    assert_eq!(asked.into_inner(), [true, false]);
    // Whoever holds nothing cannot tell.
    let taken = Talk::once().answer(&log(), &question(), |_| Ok((before.clone(), 0)));
    assert_eq!(taken.unwrap(), before);
}

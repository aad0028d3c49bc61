use super::*;
use std::io::Cursor;

const LOG: &str = "retry: 5000\nevent: log\n\
    data: {\"origin\":\"ledger.example/coast/e1\",\"size\":2,\"from\":1}\n\n";

fn leaf(place: u64, index: u64) -> String {
    let entry = crate::id::EntryId::new([1; 32]);
    let author = crate::id::AuthorId::new([2; 32]);
    format!(
        "id: {place}\nevent: leaf\ndata: {{\"leaf_index\":{index},\"id\":\"{entry}\",\
         \"kind\":\"finding\",\"author\":\"{author}\",\"subjects\":[\"gln:1\"]}}\n\n"
    )
}

fn heard(text: String) -> Result<Vec<Told>, ClientError> {
    let mut changes = Changes::new(Box::new(Cursor::new(text.into_bytes())), 1);
    let mut heard = Vec::new();
    while let Some(told) = changes.hear()? {
        heard.push(told);
    }
    Ok(heard)
}

#[test]
fn notices_come_as_they_are_told() {
    let size = "id: 4\r\nevent: size\r\ndata: {\"size\":5}\r\n\r\n";
    let halted = "event: halted\ndata: {\"reason\":\"quorum-missing\"}\n\n";
    let later = "event: later\ndata: {}\nx\n\n";
    let text = format!(
        "{LOG}:\n\n{}{size}{halted}{later}id: 9\nevent: le",
        leaf(3, 3)
    );
    let heard = heard(text).unwrap();
    assert_eq!(heard.len(), 6);
    assert_eq!(heard[1], Told::Beat);
    let Told::Notice(Notice::Leaf(leaf)) = &heard[2] else {
        panic!("{heard:?}");
    };
    assert_eq!((leaf.leaf_index, leaf.kind.as_str()), (3, "finding"));
    let size = Told::Notice(Notice::Size(SizeNotice { size: 5 }));
    assert_eq!(heard[3], size);
    let reason = Some("quorum-missing".to_owned());
    let halted = Told::Notice(Notice::Halted(HaltedNotice { reason }));
    assert_eq!((&heard[4], &heard[5]), (&halted, &Told::Beat));
}

#[test]
fn what_contradicts_itself_is_refused() {
    let log = |from: u64| LOG.replace("\"from\":1", &format!("\"from\":{from}"));
    for text in [
        // Nobody said which log it is, or somebody did twice.
        leaf(3, 3),
        format!("{LOG}{LOG}"),
        // Leaves before those asked for, and leaves that do not rise.
        log(0),
        format!("{LOG}{}", leaf(0, 0)),
        format!("{LOG}{}{}", leaf(3, 3), leaf(3, 3)),
        format!(
            "{LOG}{}event: size\nid: 2\ndata: {{\"size\":3}}\n\n",
            leaf(3, 3)
        ),
        // Another place than the notice's own.
        format!("{LOG}{}", leaf(4, 3)),
        format!("{LOG}{}", leaf(3, 3).replace("id: 3\n", "")),
        format!("{LOG}{}", leaf(3, 3).replace("id: 3\n", "id: 3\nid: 3\n")),
        format!("{LOG}{}", leaf(3, 3).replace("id: 3\n", "id: 03\n")),
        format!("{LOG}{}", leaf(3, 3).replace("gln:1", "no subject")),
        format!(
            "{LOG}{}",
            leaf(3, 3).replace("\"gln:1\"", &["\"gln:1\""; 17].join(","))
        ),
        format!("{LOG}{}", leaf(3, 3).replace("finding", &"a".repeat(49))),
        format!("{LOG}event: size\nid: 9007199254740991\ndata: {{\"size\":9007199254740992}}\n\n"),
    ] {
        let refused = heard(text.clone()).map_err(|error| error.code());
        assert_eq!(refused, Err(Reason::GatewayAnswer), "{text}");
    }
}

#[test]
fn a_notice_is_bounded_at_n_and_n_plus_one() {
    let beat = |bytes: usize| format!("{LOG}:{}\n\n", "x".repeat(bytes - 3));
    let two = Ok(2);
    assert_eq!(heard(beat(NOTICE_BYTES)).map(|heard| heard.len()), two);
    let refused = heard(beat(NOTICE_BYTES + 1)).map_err(|error| error.code());
    assert_eq!(refused, Err(Reason::GatewayAnswer));
    // Many short lines are no way around it.
    let lines = format!("{LOG}{}\n", ":\n".repeat(NOTICE_BYTES));
    let refused = heard(lines).map_err(|error| error.code());
    assert_eq!(refused, Err(Reason::GatewayAnswer));
}

//! What is refused: bad rows one by one, files that do not hold together whole.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use fairtrail::reason::Reason;
use fairtrail_cli::import::register::{Coverage, SourceFile, State, Tally};
use fairtrail_cli::import::{FileError, NAME_BYTES, ROW_BYTES, Secret, refused_by_reason};

const LISTING: &str = "organisation_name_normalised,route,type_and_rating,snapshot_date\n";
const CHANGES: &str = "observed_on,event,organisation_name_normalised,route,type_and_rating,\
                       previous_type_and_rating\n";

const A: &str = "Worker (A rating)";

#[test]
fn bad_rows_are_refused_one_by_one() {
    let long = "x".repeat(NAME_BYTES + 1);
    let text = format!(
        "{LISTING}good foods,Skilled Worker,{A},2026-01-05\r\n\
         ,Skilled Worker,{A},2026-01-05\r\n\
         {long},Skilled Worker,{A},2026-01-05\r\n\
         left\u{202e}foods,Skilled Worker,{A},2026-01-05\r\n\
         \"two\nlines\",Skilled Worker,{A},2026-01-05\r\n\
         odd foods,Student,{A},2026-01-05\r\n\
         odd foods,Skilled Worker,Worker (A (Premium)),2026-01-05\r\n\
         odd foods,Skilled Worker\r\n"
    );
    let file = SourceFile::parse(text.as_bytes(), Coverage::Sample).unwrap();
    let refused: Vec<_> = file
        .refusals
        .iter()
        .map(|refusal| (refusal.line, refusal.error.code()))
        .collect();
    let expected = [
        (3, Reason::ImportName),
        (4, Reason::ImportName),
        (5, Reason::ImportName),
        (6, Reason::ImportName),
        (8, Reason::ImportRoute),
        (9, Reason::ImportRating),
        (10, Reason::ImportFields),
    ];
    assert_eq!(refused, expected);
    assert_eq!(refused_by_reason(&file.refusals)["import-name"], 4);
    assert_eq!(file.facts.rows, 8);
    let mut state = State::new(Secret::new([3; 32]));
    state.observe(&[file]);
    assert_eq!(Tally::of(&state.pending()).licences, 1);

    let text = format!("{CHANGES}12.01.2026,added,good foods,Skilled Worker,{A},\n");
    assert_eq!(
        SourceFile::parse(text.as_bytes(), Coverage::Sample),
        Err(FileError::Empty)
    );
}

#[test]
fn files_that_do_not_hold_together_are_refused_whole() {
    let refused = |bytes: &[u8]| SourceFile::parse(bytes, Coverage::Sample).unwrap_err();
    assert_eq!(refused(b""), FileError::HeaderUnknown);
    assert_eq!(refused(b"name,town\na,b\n"), FileError::HeaderUnknown);
    let swapped = "route,organisation_name_normalised,type_and_rating,snapshot_date\n";
    assert_eq!(refused(swapped.as_bytes()), FileError::HeaderUnknown);
    assert_eq!(refused(LISTING.as_bytes()), FileError::Empty);
    let latin = [LISTING.as_bytes(), b"caf\xe9 foods"].concat();
    assert_eq!(refused(&latin).code(), Reason::ImportEncoding);
    let dates =
        format!("{LISTING}a,Skilled Worker,{A},2026-01-05\nb,Skilled Worker,{A},2026-01-06\n");
    assert_eq!(refused(dates.as_bytes()).code(), Reason::ImportDate);
    let undated = format!("{LISTING}a,Skilled Worker,{A},soon\n");
    assert_eq!(
        refused(undated.as_bytes()),
        FileError::DateInvalid { line: 2 }
    );
    let unclosed = format!("{LISTING}\"a,{}", "Skilled Worker\n".repeat(ROW_BYTES));
    assert_eq!(refused(unclosed.as_bytes()).code(), Reason::TooLarge);
    let commas = format!("{LISTING}{}", ",".repeat(ROW_BYTES));
    assert_eq!(refused(commas.as_bytes()).code(), Reason::TooLarge);
}

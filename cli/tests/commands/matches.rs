//! Candidates that a person marked become links; nothing else does.

use super::stage::Stage;
use fairtrail_cli::exit::Exit;

const HEAD: &str =
    "line,name,id,candidate,score,state,why,known_as,country,read_in,confirm,relation,evidence";

fn stage() -> Stage {
    let stage = Stage::founded();
    stage.author(
        "buyer",
        "company",
        &["--scope", "osid:*", "--scope", "lei:*", "--scope", "row:*"],
    );
    stage
}

fn confirm(stage: &Stage, rows: &str) -> super::stage::Ran {
    let file = stage.write("marked.csv", &format!("{HEAD}\n{rows}"));
    stage.line(&[
        "match", "confirm", &file, "--as", "buyer", "--yes", "--json",
    ])
}

#[test]
fn only_marked_rows_are_signed_and_only_once() {
    let stage = stage();
    let before = stage.ledger().len();
    let rows = "2,Example,lei:999900DEMO0000000152,osid:XA2026001N0RTHW,1000,MATCHED,name-equal,Example,XA,x,yes,same_legal_entity,\n\
                2,Example,lei:999900DEMO0000000152,osid:XA2026010VNKN1X,800,POTENTIAL_MATCH,,Exampel,XA,x,,,\n\
                3,Other,,,,NO_CANDIDATE,,,,,no,,\n";
    let ran = confirm(&stage, rows).done().json();
    assert_eq!(ran["links"].as_array().unwrap().len(), 1);
    assert_eq!(ran["unmarked"], 2);
    assert_eq!(stage.ledger().kinds()[before..], ["id.link"]);
    let again = confirm(&stage, rows).done().json();
    assert_eq!(again["stated_before"], serde_json::json!([2]));
    assert_eq!(stage.ledger().len(), before + 1);
}

#[test]
fn a_bare_name_gets_an_opaque_row_and_stays_here() {
    let stage = stage();
    let before = stage.ledger().len();
    let row = |name: &str| {
        format!(
            "2,{name},,osid:XA2026001N0RTHW,900,POTENTIAL_MATCH,,x,XA,x,yes,same_site,site_visit\n"
        )
    };
    let ran = confirm(&stage, &row("Secret Sewing Ltd")).done().json();
    assert!(
        ran["links"][0]["from"]
            .as_str()
            .unwrap()
            .starts_with("row:")
    );
    assert!(!String::from_utf8_lossy(stage.ledger().offered().last().unwrap()).contains("ewing"));
    // Another spelling is the same name, and so the same statement.
    let again = confirm(&stage, &row("SECRET  Sewing LTD.")).done().json();
    assert_eq!(again["stated_before"], serde_json::json!([2]));
    assert_eq!(stage.ledger().len(), before + 1);
}

#[test]
fn marks_that_say_nothing_clear_are_refused_row_by_row() {
    let stage = stage();
    let before = stage.ledger().len();
    let rows = "2,A,lei:999900DEMO0000000152,osid:XA2026001N0RTHW,900,MATCHED,,x,XA,x,yes,,\n\
                3,A,lei:999900DEMO0000000152,osid:XA2026001N0RTHW,900,MATCHED,,x,XA,x,maybe,same_site,\n\
                4,A,lei:999900DEMO0000000152,,,NO_CANDIDATE,,,,,yes,same_site,\n\
                5,A,lei:999900DEMO0000000152,osid:XA2026001N0RTHX,900,MATCHED,,x,XA,x,yes,same_site,\n\
                6,A,lei:999900DEMO0000000152,osid:XA2026001N0RTHW,900,MATCHED,,x,XA,x,yes,same_site,hearsay\n";
    let ran = confirm(&stage, rows);
    assert_eq!(ran.exit, Exit::Operational);
    assert_eq!(ran.json()["refused"].as_array().unwrap().len(), 5);
    assert_eq!(stage.ledger().len(), before);
}

//! The example of specs/import.md, byte for byte.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use fairtrail_cli::import::Secret;
use fairtrail_cli::import::register::{Coverage, Observation, SourceFile, State};

const LISTING: &str = "organisation_name_normalised,route,type_and_rating,snapshot_date\n\
                       example foods,Skilled Worker,Worker (A rating),2026-01-19\n\
                       plain foods,Skilled Worker,Worker (B rating),2026-01-19\n";
const CHANGES: &str = "observed_on,event,organisation_name_normalised,route,type_and_rating,\
                       previous_type_and_rating\n\
                       2026-01-12,removed,gone foods,Skilled Worker,Worker (A rating),\n\
                       2026-01-19,added,example foods,Skilled Worker,Worker (A rating),\n";

fn plan() -> (Vec<SourceFile>, Vec<Observation>) {
    let parse = |text: &str| SourceFile::parse(text.as_bytes(), Coverage::Sample).unwrap();
    let files = vec![parse(LISTING), parse(CHANGES)];
    let mut state = State::new(Secret::new([7; 32]));
    state.observe(&files);
    (files, state.pending())
}

#[test]
fn roots_and_keys_are_the_ones_the_spec_prints() {
    let (files, plan) = plan();
    let keys: Vec<_> = plan.iter().map(Observation::external_key).collect();
    let expected = [
        "changes 2026-01-19 ihKYwAE2yR+BIMOhjAi+xICSayx//zQ41QNkk4YGFRs= Sample",
        "listing 2026-01-19 YfUpZODfw9mnuj6Is2TDaDJKI2Wm8cV2g44ha6YT+8M= Sample",
        "licence aunh24ujyufnds62zkuz53oyri skilled-worker",
        "licence qezm53tsplacyqrtdd5ioziwcu skilled-worker",
        "licence zbhcmaqdcs77odigwrdfbbhwya skilled-worker",
        "status zbhcmaqdcs77odigwrdfbbhwya skilled-worker 2026-01-12 not_found",
    ];
    assert_eq!(keys, expected);
    assert_eq!(
        files[0].facts.sha256.to_string(),
        "c3b37ddd3337bbfea07700e21b3c4a5e700742ce832d4a1f0ce551eb3c69835b"
    );
}

use super::*;

#[test]
fn a_lax_key_file_names_the_command_that_helps() {
    let path = "/k/signing.key".into();
    let error = CliError::from(FileError::Lax { path, mode: 0o644 });
    assert_eq!(error.reason(), Some(Reason::KeyFileLax));
    assert_eq!(error.exit(), Exit::Operational);
    assert_eq!(error.hints(), ["chmod 600 /k/signing.key"]);
}

#[test]
fn invalid_evidence_is_not_a_failed_command() {
    let invalid = CliError::coded(Reason::ProofInvalid, "x");
    assert_eq!(invalid.exit(), Exit::Invalid);
    let refused = CliError::coded(Reason::RoleMismatch, "x");
    assert_eq!(refused.exit(), Exit::Operational);
}

#[test]
fn what_was_tried_stands_above_the_cause() {
    let error = CliError::operational("no space").while_doing("cannot keep the charter");
    assert_eq!(error.message(), "cannot keep the charter");
    assert_eq!(error.causes(), ["no space"]);
}

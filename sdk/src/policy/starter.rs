//! The policy a newcomer starts from.

use super::Settings;
use crate::api::{IndexInfo, LogInfo};
use crate::charter::Charter;

/// The text of a starter policy for a network and one of its logs. It trusts one log and no
/// independent witness, and says so.
pub fn starter(charter: &Charter, log: &LogInfo, url: &str) -> String {
    let (network, name) = (charter.network(), one_line(&charter.terms().name));
    let (vkey, witness) = (one_line(&log.vkey), one_line(&log.witness_vkey));
    let url = one_line(url);
    let indexes = log.index.as_ref().map(indexes).unwrap_or_default();
    format!(
        r#"# What I trust when I verify. Every line is mine to change.
# Network: {name}
network = "{network}"

# The logs and witnesses I trust (C2SP tlog-policy). This starter knows one log and no independent
# witness: times are the operator's word, and one operator alone could show me another history.
# Add the logs and witnesses of other operators; with fewer than four operators in the quorum one
# of them can still date entries back.
log_policy = """
log {vkey} {url}
witness own {witness}
quorum none
"""
{indexes}
# How many of these logs must be read in full before "nothing adverse" may be said.
required_logs = 1

# How old the newest checkpoint may be.
max_age_hours = {DEFAULT}

# Whom I believe. Empty lists: everybody granted by the network's roots, in the role granted.
[accept]
authors = []
granters = []
# Whose word I follow from one id of a party to another. Empty: everybody believed above whose role
# is to look at others (authority, observer, auditor, scheme, ngo, worker-organisation). A company's
# word about its own ids is shown and not followed.
asserters = []

# Settings of the rules that I change; choices, not facts. `fairtrail policy rules` shows them all,
# with what they mean and where they come from. For example:
#   adverse_from_severity = {adverse}
[rules]
"#,
        adverse = Settings::default().adverse_from_severity,
        DEFAULT = super::DEFAULT_MAX_AGE_HOURS,
    )
}

/// The index of the log: what proves that a bundle leaves nothing out.
fn indexes(index: &IndexInfo) -> String {
    let (vkey, witness) = (one_line(&index.vkey), one_line(&index.witness_vkey));
    format!(
        r#"
# The indexes of these logs, and who checks every head of them. This starter knows nobody who does:
# that a bundle leaves nothing out is then the operator's word. Add the index witnesses of others.
index_policy = """
log {vkey}
witness own {witness}
quorum none
"""
"#
    )
}

/// Text from outside on one line, so that it cannot add lines to the file.
fn one_line(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_control() && *c != '"')
        .collect()
}

//! What happened since the state was saved, one line each: a run of statements is about to be
//! signed; it was made, or not.
//!
//! A line is JSON and ends with LF. What stands behind the last LF was never written whole, so what
//! it announces never happened.

use fairtrail::id::EntryId;

/// Statements that are being signed, or wait to be acknowledged.
///
/// Noted before the author's directory keeps them, so that after a crash nobody has to guess.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InFlight {
    /// Sequence number of the last of them in the author's feed.
    pub last_seq: u64,
    /// Their ids, in the order of the plan.
    pub entries: Vec<EntryId>,
}

#[derive(Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Line {
    /// Which saved state this goes on from; the first line.
    Generation(u64),
    /// The next statements of the plan are about to be signed.
    Signing(InFlight),
    /// They were made, or they were not.
    Stated(bool),
}

/// The lines that were written whole; `None` when one of them is no line.
pub(super) fn parse(bytes: &[u8]) -> Option<Vec<Line>> {
    let whole = bytes.iter().rposition(|byte| *byte == b'\n');
    let whole = whole.and_then(|end| bytes.get(..end)).unwrap_or_default();
    let lines = whole.split(|byte| *byte == b'\n');
    let lines = lines.filter(|line| !line.is_empty());
    lines
        .map(|line| serde_json::from_slice(line).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_cut_short_was_never_written() {
        let text = b"{\"generation\":3}\n{\"stated\":true}\n{\"stat";
        assert_eq!(parse(text).unwrap().len(), 2);
        assert_eq!(parse(&text[..10]).unwrap().len(), 0);
        assert!(parse(b"{\"generation\":3}\nnonsense\n").is_none());
    }
}

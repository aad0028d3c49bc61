//! Times as a person types them.

use fairtrail::time::{Date, Timestamp};

/// A date (its first second, UTC) or an RFC 3339 time.
///
/// # Errors
/// Neither.
pub(crate) fn parse(text: &str) -> Result<Timestamp, String> {
    if let Ok(date) = text.parse::<Date>() {
        return Ok(date.start());
    }
    let instant: Option<jiff::Timestamp> = text.parse().ok();
    let seconds = instant.and_then(|instant| u64::try_from(instant.as_second()).ok());
    let found = seconds.and_then(Timestamp::new);
    found.ok_or_else(|| "expected YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_dates_and_times() {
        let date = parse("2026-03-01").unwrap();
        assert_eq!(parse("2026-03-01T00:00:00Z"), Ok(date));
        assert_eq!(parse("2026-03-01T01:00:00+01:00"), Ok(date));
        for bad in [
            "yesterday",
            "1960-01-01T00:00:00Z",
            "2026-3-1",
            "99999999999",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}

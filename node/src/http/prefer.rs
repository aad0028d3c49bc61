//! `Prefer: wait=N` (RFC 7240): answer when the batch is published, or after N seconds.

use super::problem::Refusal;
use super::query::number;
use axum::http::{HeaderMap, HeaderName};
use fairtrail::limits::WAIT_SECONDS;
use std::time::Duration;

pub(super) const PREFER: HeaderName = HeaderName::from_static("prefer");
pub(super) const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");

/// How long the client would wait; at most 30 seconds, however many it names. Preferences of other
/// names are passed over, as RFC 7240 asks.
pub(super) fn wait(headers: &HeaderMap) -> Result<Option<Duration>, Refusal> {
    let lines = headers.get_all(PREFER).iter();
    let lines = lines.filter_map(|line| line.to_str().ok());
    let mut stated = lines.flat_map(|line| line.split(',')).filter_map(preferred);
    let Some(seconds) = stated.next() else {
        return Ok(None);
    };
    let seconds = number(seconds)
        .ok_or_else(|| Refusal::malformed("the preference `wait` is a number of seconds"))?;
    let wait = Duration::from_secs(seconds.min(WAIT_SECONDS));
    Ok(Some(wait).filter(|wait| !wait.is_zero()))
}

fn preferred(preference: &str) -> Option<&str> {
    let preference = preference.split(';').next()?;
    let (name, value) = preference.split_once('=').unwrap_or((preference, ""));
    name.trim()
        .eq_ignore_ascii_case("wait")
        .then(|| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use fairtrail::reason::Reason;

    fn seconds(prefer: &str) -> Result<Option<u64>, Reason> {
        let headers = [(PREFER, HeaderValue::from_str(prefer).unwrap())];
        let wait = wait(&headers.into_iter().collect());
        let wait = wait.map_err(|refusal| refusal.reason())?;
        Ok(wait.map(|wait| wait.as_secs()))
    }

    #[test]
    fn waits_are_bounded_and_other_preferences_passed_over() {
        assert_eq!(wait(&HeaderMap::new()).ok(), Some(None));
        assert_eq!(seconds("wait=30"), Ok(Some(30)));
        assert_eq!(seconds("wait=31"), Ok(Some(30)));
        assert_eq!(seconds("respond-async, Wait = 5; x=y"), Ok(Some(5)));
        assert_eq!(seconds("wait=5, wait=7"), Ok(Some(5)));
        assert_eq!(seconds("wait=0"), Ok(None));
        assert_eq!(seconds("respond-async"), Ok(None));
        for refused in [
            "wait",
            "wait=",
            "wait=-1",
            "wait=1.5",
            "wait=\"5\"",
            "wait=05",
        ] {
            assert_eq!(seconds(refused), Err(Reason::RequestMalformed), "{refused}");
        }
    }
}

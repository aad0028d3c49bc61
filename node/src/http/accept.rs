//! Which of two forms of an entry a client asks for (RFC 9110 §12.5.1).

use super::problem::Refusal;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT;
use fairtrail::api::ENTRY;
use fairtrail::reason::Reason;

/// The forms of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EntryForm {
    /// The exact bytes; what is sent unless the other is preferred.
    Bytes,
    /// A view for people and scripts.
    Json,
}

pub(super) const JSON: &str = "application/json";

/// The form the header `accept` prefers.
pub(super) fn entry_form(headers: &HeaderMap) -> Result<EntryForm, Refusal> {
    let lines = headers.get_all(ACCEPT).iter();
    let lines: Vec<_> = lines.filter_map(|line| line.to_str().ok()).collect();
    let ranges = || lines.iter().flat_map(|line| line.split(','));
    if ranges().all(|range| range.trim().is_empty()) {
        return Ok(EntryForm::Bytes);
    }
    let (bytes, json) = (weight(ranges(), ENTRY), weight(ranges(), JSON));
    match (bytes, json) {
        (0, 0) => Err(Refusal::new(
            Reason::NotAcceptable,
            format!("an entry is {ENTRY} or {JSON}"),
        )),
        (bytes, json) if json > bytes => Ok(EntryForm::Json),
        _ => Ok(EntryForm::Bytes),
    }
}

/// The weight, in thousandths, of the most specific range that matches.
fn weight<'a>(ranges: impl Iterator<Item = &'a str>, media_type: &str) -> u16 {
    let family = media_type.split('/').next().unwrap_or_default();
    let matching = ranges.filter_map(|range| {
        let mut fields = range.split(';').map(str::trim);
        let name = fields.next()?.to_ascii_lowercase();
        let specific = match name.split_once('/')? {
            _ if name == media_type => 2_u8,
            (first, "*") if first == family => 1,
            ("*", "*") => 0,
            _ => return None,
        };
        Some((specific, quality(fields)))
    });
    matching.max().map_or(0, |(_, weight)| weight)
}

fn quality<'a>(mut fields: impl Iterator<Item = &'a str>) -> u16 {
    let stated = fields.find_map(|field| {
        let (name, value) = field.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| value.trim())
    });
    stated.map_or(1_000, |value| thousandths(value).unwrap_or(0))
}

/// `0`, `0.5`, `1.000`: as RFC 9110 writes a weight.
fn thousandths(text: &str) -> Option<u16> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    if part.len() > 3 || !part.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part: u16 = format!("{part:0<3}").parse().ok()?;
    match (whole, part) {
        ("0", part) => Some(part),
        ("1", 0) => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn form(accept: &str) -> Option<EntryForm> {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_str(accept).unwrap());
        entry_form(&headers).ok()
    }

    #[test]
    fn bytes_unless_json_is_preferred() {
        use EntryForm::{Bytes, Json};
        assert_eq!(entry_form(&HeaderMap::new()).ok(), Some(Bytes));
        let cases = [
            ("", Some(Bytes)),
            ("*/*", Some(Bytes)),
            ("application/*", Some(Bytes)),
            ("application/json", Some(Json)),
            ("Application/JSON; charset=utf-8", Some(Json)),
            ("text/html, application/xml;q=0.9, */*;q=0.8", Some(Bytes)),
            ("application/json;q=0.9, */*;q=0.1", Some(Json)),
            ("application/cose;q=0.2, application/json;q=0.3", Some(Json)),
            ("application/cose, application/json", Some(Bytes)),
            ("application/cose;q=0, */*", Some(Json)),
            ("application/json;q=0", None),
            ("text/html", None),
            ("application/jsonx", None),
            ("nonsense", None),
        ];
        for (accept, expected) in cases {
            assert_eq!(form(accept), expected, "{accept}");
        }
    }
}

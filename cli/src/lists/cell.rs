//! Cells that a spreadsheet takes for text and never for a formula.

use std::borrow::Cow;

/// What a spreadsheet may take for the beginning of a formula.
fn begins_formula(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'])
}

/// The text as it is written: an apostrophe goes before what would begin a formula, which
/// spreadsheets take as "this is text". Whatever begins with one already gets another, so that
/// [`typed`] gives back exactly what was there.
///
/// ```
/// use fairtrail_cli::lists::{safe, typed};
/// assert_eq!(safe("=HYPERLINK(1)"), "'=HYPERLINK(1)");
/// assert_eq!(typed("'=HYPERLINK(1)"), "=HYPERLINK(1)");
/// assert_eq!(safe("Acme Ltd"), "Acme Ltd");
/// ```
pub fn safe(text: &str) -> Cow<'_, str> {
    if begins_formula(text) || is_guarded(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text that was meant by a cell of [`safe`].
pub fn typed(cell: &str) -> &str {
    if is_guarded(cell) {
        cell.strip_prefix('\'').unwrap_or(cell)
    } else {
        cell
    }
}

fn is_guarded(text: &str) -> bool {
    let rest = text.trim_start_matches('\'');
    rest.len() < text.len() && begins_formula(rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_begins_a_formula_and_each_comes_back() {
        for text in [
            "=1", "+1", "-1", "@x", "\t=1", "\r", "'=1", "''=1", "＝1", "plain", "", "'",
            "'t Hooft", "a=1",
        ] {
            let cell = safe(text);
            assert!(!begins_formula(&cell), "{text:?}");
            assert_eq!(typed(&cell), text, "{text:?}");
        }
    }
}

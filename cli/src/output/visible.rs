//! Foreign text on a terminal: characters that move the cursor, hide or reorder text are shown as
//! what they are.

/// The text with every control, direction mark and invisible character written as `\u{…}`.
/// Line breaks are escaped too: whoever prints lines splits them first.
///
/// ```
/// use fairtrail_cli::output::visible;
/// assert_eq!(visible("Acme\u{1b}[2J"), "Acme\\u{1b}[2J");
/// assert_eq!(visible("नेपाल, Łódź"), "नेपाल, Łódź");
/// ```
pub fn visible(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        if is_hidden(c) {
            shown.extend(c.escape_unicode());
        } else {
            shown.push(c);
        }
    }
    shown
}

/// Controls, marks of direction, separators, and characters that take no room; joiners stay, as
/// several scripts are not written without them.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}'
                | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
                | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e00ff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_moves_or_reorders_gets_through() {
        for bad in [
            "\u{7}",
            "\u{1b}",
            "\u{9b}",
            "\u{7f}",
            "\r",
            "\n",
            "\u{202e}",
            "\u{2066}",
            "\u{200f}",
            "\u{200b}",
            "\u{feff}",
            "\u{e0041}",
            "\u{2028}",
        ] {
            let shown = visible(bad);
            assert!(shown.starts_with("\\u{"), "{bad:?}");
            assert!(shown.is_ascii());
        }
    }
}

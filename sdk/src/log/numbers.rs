//! Decimal numbers in their one form.

/// Reads ASCII decimal digits without sign and leading zeros.
pub(super) fn decimal(text: &str) -> Option<u64> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    let minimal = text == "0" || !text.starts_with('0');
    if digits && minimal {
        text.parse().ok()
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn only_the_one_form_is_read() {
        assert_eq!(decimal("0"), Some(0));
        assert_eq!(decimal("18446744073709551615"), Some(u64::MAX));
        for bad in [
            "",
            "00",
            "01",
            "+1",
            "-1",
            " 1",
            "1 ",
            "1_0",
            "0x1",
            "٣",
            "18446744073709551616",
        ] {
            assert_eq!(decimal(bad), None, "{bad}");
        }
    }
}

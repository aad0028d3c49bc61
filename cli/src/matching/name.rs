//! Names of firms in the form they are compared in.

use icu_normalizer::{ComposingNormalizerBorrowed, DecomposingNormalizerBorrowed};

/// Bytes of a name that is looked at.
const NAME_BYTES: usize = 512;

/// Words at the end of a name that say what legal form a firm has.
const FORMS: [&str; 63] = [
    "ab",
    "ad",
    "ag",
    "ao",
    "aps",
    "as",
    "asa",
    "bhd",
    "bv",
    "co",
    "company",
    "corp",
    "corporation",
    "cv",
    "dd",
    "doo",
    "eireli",
    "gmbh",
    "inc",
    "incorporated",
    "jsc",
    "kft",
    "kg",
    "kk",
    "ky",
    "lda",
    "limited",
    "llc",
    "llp",
    "lp",
    "ltd",
    "ltda",
    "me",
    "nv",
    "oao",
    "ohg",
    "ojsc",
    "ooo",
    "oy",
    "oyj",
    "pc",
    "pjsc",
    "plc",
    "private",
    "pt",
    "pte",
    "pty",
    "pvt",
    "sa",
    "sae",
    "sarl",
    "sas",
    "sdn",
    "sirketi",
    "sl",
    "slu",
    "sp",
    "spa",
    "srl",
    "sro",
    "tbk",
    "ug",
    "zrt",
];
/// Legal forms spelled out, and their short forms.
const SHORT: [(&str, &str); 5] = [
    ("company", "co"),
    ("corporation", "corp"),
    ("incorporated", "inc"),
    ("limited", "ltd"),
    ("private", "pvt"),
];
/// Words before a name that do.
const FORMS_BEFORE: [&str; 7] = ["ao", "cv", "oao", "ooo", "pt", "ud", "zao"];
/// Words that many firms share: alone they tell nobody apart.
const COMMON: [&str; 56] = [
    "agency",
    "and",
    "apparel",
    "asia",
    "china",
    "de",
    "employment",
    "enterprise",
    "enterprises",
    "export",
    "exports",
    "factory",
    "fashion",
    "food",
    "foods",
    "footwear",
    "garment",
    "garments",
    "global",
    "group",
    "holding",
    "holdings",
    "hong",
    "import",
    "india",
    "indonesia",
    "industrial",
    "industries",
    "industry",
    "international",
    "intl",
    "kong",
    "la",
    "labour",
    "manpower",
    "manufacturing",
    "mfg",
    "of",
    "overseas",
    "product",
    "products",
    "recruitment",
    "service",
    "services",
    "solution",
    "solutions",
    "sons",
    "staffing",
    "textile",
    "textiles",
    "the",
    "trade",
    "trading",
    "uk",
    "usa",
    "vietnam",
];

/// A name as it is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyName {
    /// The words, legal forms left out.
    pub words: Vec<String>,
    /// The legal forms.
    pub forms: Vec<String>,
}

impl CompanyName {
    /// Reads a printed name: NFKC, lower case, accents and punctuation dropped, legal forms set
    /// apart. `None` when nothing is left.
    ///
    /// ```
    /// use fairtrail_cli::matching::CompanyName;
    /// let name = CompanyName::read("Éxample  Foods Co., Ltd.").unwrap();
    /// assert_eq!(name.words, ["example", "foods"]);
    /// assert_eq!(name.forms, ["co", "ltd"]);
    /// assert_eq!(CompanyName::read(" ,. "), None);
    /// ```
    pub fn read(printed: &str) -> Option<Self> {
        let mut words = words(printed);
        let mut forms = Vec::new();
        while words.len() > 1
            && words
                .last()
                .is_some_and(|word| FORMS.contains(&word.as_str()))
        {
            forms.extend(words.pop());
        }
        while words.len() > 1
            && words
                .first()
                .is_some_and(|word| FORMS_BEFORE.contains(&word.as_str()))
        {
            forms.push(words.remove(0));
        }
        // Spelled out and short are one form.
        for form in &mut forms {
            if let Some((_, short)) = SHORT.iter().find(|(long, _)| long == form) {
                (*short).clone_into(form);
            }
        }
        forms.sort();
        (!words.is_empty()).then_some(Self { words, forms })
    }

    /// The words that tell this firm from others.
    pub fn telling(&self) -> Vec<&str> {
        let words = self.words.iter().map(String::as_str);
        words.filter(|word| !COMMON.contains(word)).collect()
    }
}

/// The words of a text in the form they are compared in.
pub(super) fn words(printed: &str) -> Vec<String> {
    if printed.len() > NAME_BYTES {
        return Vec::new();
    }
    let apart = DecomposingNormalizerBorrowed::new_nfkd().normalize(printed);
    let mut text = String::with_capacity(apart.len());
    for c in apart.chars().flat_map(char::to_lowercase) {
        match c {
            // Accents of Latin, Greek and Cyrillic; vowel signs of other scripts are letters.
            '\u{300}'..='\u{36f}' | '\'' | '’' | '`' => {}
            '&' => text.push_str(" and "),
            _ => match folded(c) {
                Some(letters) => text.push_str(letters),
                None if c.is_alphanumeric() || is_mark(c) => text.push(c),
                None => text.push(' '),
            },
        }
    }
    let text = ComposingNormalizerBorrowed::new_nfc().normalize(&text);
    joined(text.split_whitespace())
}

/// Letters that decompose into nothing simpler.
const fn folded(c: char) -> Option<&'static str> {
    Some(match c {
        'ß' => "ss",
        'æ' => "ae",
        'œ' => "oe",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'þ' => "th",
        'ı' => "i",
        'ς' => "σ",
        _ => return None,
    })
}

/// Marks that belong to a letter before them, in scripts that are written with such.
const fn is_mark(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{1cff}' | '\u{a800}'..='\u{abff}' | '\u{200c}' | '\u{200d}' | '\u{3099}' | '\u{309a}')
}

/// Single letters in a row are one word: `S.A. de C.V.` is `sa de cv`.
fn joined<'a>(words: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    let mut spelling = false;
    for word in words {
        let single = word.chars().count() == 1 && word.chars().all(char::is_alphabetic);
        match joined.last_mut() {
            Some(last) if single && spelling => last.push_str(word),
            _ => joined.push(word.to_owned()),
        }
        spelling = single;
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(printed: &str) -> (String, String) {
        let name = CompanyName::read(printed).unwrap();
        (name.words.join(" "), name.forms.join(" "))
    }

    #[test]
    fn spellings_of_one_name_are_one() {
        let expected = ("example foods".to_owned(), "ltd".to_owned());
        for printed in [
            "Example Foods Ltd.",
            "EXAMPLE  FOODS, LTD",
            "Ｅｘａｍｐｌｅ Foods (Ltd)",
            "Éxàmple Foods Ltd",
        ] {
            assert_eq!(read(printed), expected, "{printed}");
        }
        assert_eq!(
            read("Straße & Søn"),
            ("strasse and son".into(), String::new())
        );
        assert_eq!(read("ŁÓDŹ Sp. z o.o.").0, "lodz sp zoo");
        assert_eq!(
            read("Contoh S.A. de C.V."),
            ("contoh sa de".into(), "cv".into())
        );
        assert_eq!(
            read("PT Contoh Garmen Tbk"),
            ("contoh garmen".into(), "pt tbk".into())
        );
    }

    #[test]
    fn scripts_without_accents_keep_their_vowel_signs() {
        assert_eq!(read("उदाहरण प्रा. लि.").0, "उदाहरण प्रा लि");
        assert_ne!(read("कि"), read("का"));
    }

    #[test]
    fn a_name_that_is_a_legal_form_stays_a_name() {
        assert_eq!(read("Company Ltd").0, "company");
        assert_eq!(CompanyName::read(""), None);
        assert_eq!(CompanyName::read(&"x".repeat(NAME_BYTES + 1)), None);
        assert!(CompanyName::read(&"x".repeat(NAME_BYTES)).is_some());
    }

    #[test]
    fn common_words_tell_nobody_apart() {
        let name = CompanyName::read("The Example Group Services UK Ltd").unwrap();
        assert_eq!(name.telling(), ["example"]);
        assert!(
            CompanyName::read("Global Trading Group")
                .unwrap()
                .telling()
                .is_empty()
        );
        let mut sorted = COMMON;
        sorted.sort_unstable();
        assert_eq!(sorted, COMMON);
        let mut sorted = FORMS;
        sorted.sort_unstable();
        assert_eq!(sorted, FORMS);
    }
}

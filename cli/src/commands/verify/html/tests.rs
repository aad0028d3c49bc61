//! What the page must hold and must not hold.

use super::super::chain::sample::{BLIND, chain};
use super::super::sample::{HOSTILE, entry, verdict};
use super::*;
use fairtrail::messages::Language;
use std::collections::BTreeSet;

fn page(language: Language) -> String {
    let changes = [format!("finding opened: {HOSTILE}")];
    let words = Words::of(language, &[]);
    render(&verdict(), &"a".repeat(52), Some(&changes), words).unwrap()
}

fn chain_page(language: Language) -> String {
    render_chain(&chain(), &"a".repeat(52), Words::of(language, &[])).unwrap()
}

/// What holds of every page.
fn pages(language: Language) -> [String; 2] {
    [page(language), chain_page(language)]
}

/// The tags of a page, in order.
fn tags(page: &str) -> Vec<&str> {
    let tags = page.split('<').skip(1);
    tags.map(|tag| tag.split('>').next().unwrap_or_default())
        .collect()
}

#[test]
fn the_same_verdict_is_the_same_page() {
    assert_eq!(page(Language::English), page(Language::English));
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("verdict.html", page(Language::English));
        insta::assert_snapshot!("chain.html", chain_page(Language::English));
    });
}

#[test]
fn nothing_an_author_writes_becomes_markup_or_moves_text() {
    for page in Language::ALL.into_iter().flat_map(pages) {
        for bad in [
            "<script",
            "<img",
            "onerror=alert(2)>",
            "\u{202e}",
            "\u{1b}",
            "\u{200b}",
        ] {
            assert!(!page.contains(bad), "{bad:?}");
        }
        assert!(page.contains("&#60;script&#62;alert(1)"));
        assert!(page.contains("\\u{202e}\\u{1b}[2J\\u{200b}&#38;amp;"));
    }
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    for page in pages(Language::English) {
        nothing_is_loaded(&page);
    }
}

fn nothing_is_loaded(page: &str) {
    for tag in tags(page) {
        let name = tag.trim_start_matches('/').split_whitespace().next();
        let name = name.unwrap_or_default();
        let active = [
            "script", "link", "iframe", "object", "img", "form", "base", "use", "image",
        ];
        assert!(!active.contains(&name), "<{tag}>");
        for attribute in [" src=", " href=", " onload=", " onclick=", " style="] {
            assert!(!tag.contains(attribute), "<{tag}>");
        }
    }
    assert!(!page.contains("@import") && !page.contains("http://") && !page.contains("https://"));
    let urls = page.matches("url(").count();
    assert_eq!(urls, page.matches("url(#hatch)").count());
    assert!(page.contains("default-src 'none'; style-src 'unsafe-inline'"));
}

#[test]
fn every_element_is_closed_and_every_name_is_one_elements() {
    for page in pages(Language::English) {
        is_well_formed(&page);
    }
}

fn is_well_formed(page: &str) {
    let mut open = Vec::new();
    let mut ids = BTreeSet::new();
    for tag in tags(page) {
        let name = tag.split_whitespace().next().unwrap_or_default();
        if let Some((_, rest)) = tag.split_once(" id=\"") {
            assert!(ids.insert(rest.split('"').next()), "<{tag}> twice");
        }
        if let Some(name) = name.strip_prefix('/') {
            assert_eq!(open.pop(), Some(name), "{tag}");
        } else if !tag.ends_with('/') && !["meta", "br"].contains(&name) && !name.starts_with('!') {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    for label in page.split("aria-labelledby=\"").skip(1) {
        let names = label.split('"').next().unwrap_or_default();
        for name in names.split(' ') {
            assert!(ids.contains(&Some(name)), "{name}");
        }
    }
}

#[test]
fn it_is_made_for_those_who_hear_it_too() {
    for (language, tag) in [(Language::English, "en"), (Language::Indonesian, "id")] {
        for page in pages(language) {
            is_for_those_who_hear(&page, tag);
        }
    }
}

fn is_for_those_who_hear(page: &str, tag: &str) {
    assert!(page.contains(&format!("<html lang=\"{tag}\">")));
    assert_eq!(page.matches("<h1>").count(), 1);
    for drawing in page.split("<svg ").skip(1) {
        let drawing = drawing.split("</svg>").next().unwrap_or_default();
        assert!(drawing.contains("role=\"img\""));
        assert!(drawing.contains("<title id=") && drawing.contains("<desc id="));
    }
    for table in page.split("<table>").skip(1) {
        let table = table.split("</table>").next().unwrap_or_default();
        assert!(table.contains("<th scope=\"col\">") && table.contains("<th scope=\"row\""));
    }
    // A label nobody wrote would show as its id.
    assert!(!page.contains(">page-") && !page.contains(">counts-"));
}

#[test]
fn what_a_chain_names_is_all_there() {
    let (page, chain) = (chain_page(Language::English), chain());
    for link in chain.cut.iter().chain(&chain.other_times) {
        assert!(page.contains(&link.entry.to_string()), "{}", link.entry);
    }
    for step in chain.parties.iter().flat_map(|party| &party.path) {
        assert!(page.contains(&step.entry.to_string()), "{}", step.entry);
    }
    let way = format!("osid:XA2026001N0RTHW &#62; {BLIND} &#62; lic:XA-LAB:GOODROAD-1");
    let hidden = format!("a party not named ({BLIND})");
    let circle = format!("{BLIND}, lic:XA-LAB:GOODROAD-1");
    let texts = [
        way.as_str(),
        &hidden,
        &circle,
        "step 1, 1 party, 1 not named",
        "recruits for osid:XA2026001N0RTHW",
        "party-not-named",
        "nobody states on whom 1 of these parties depends",
        "Nothing that is reported of one party is reported of another",
        "--tiers 2 --policy policy.toml --as-of 2026-08-31",
        "We paid it back.",
    ];
    for text in texts {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn what_a_verdict_names_is_all_there() {
    let (page, verdict) = (page(Language::English), verdict());
    for line in verdict.entries.iter().chain(&verdict.related_entries) {
        assert!(page.contains(&line.id.to_string()), "{}", line.id);
    }
    let texts = [
        "reply pending until 2026-09-30",
        "We paid it back.",
        "a text of this reply is not here",
        "due 2026-08-01, and open beyond it",
        "operator&#39;s word, no independent witness",
        "documents held by: absent in 2 statements",
        "lic:XA-LAB:GOODROAD-1",
        "recruited 2026-05, 2026-06, 2026-07",
        "evidence standard: observed",
        "--as-of 2026-08-31 --known-at 2026-08-31",
        "forked",
        "erased",
        "not-authorised",
        "It is not legal advice.",
    ];
    for text in texts {
        assert!(page.contains(text), "{text}");
    }
    assert!(page.contains(&entry(8).to_string()), "the revocation");
    assert!(page.contains("class=\"maybe\"") && page.contains("class=\"lapsed\""));
    assert_eq!(page.matches("<rect class=\"band\"").count(), 3);
}

#[test]
fn a_verdict_about_nobody_says_so() {
    let mut nothing = verdict();
    nothing.outcome = Outcome::Unknown;
    nothing.worst_severity = None;
    nothing.indicators.clear();
    nothing.open_findings.clear();
    nothing.licences.clear();
    nothing.entries.clear();
    nothing.related_entries.clear();
    nothing.replies.clear();
    let words = Words::of(Language::English, &[]);
    let page = render(&nothing, &"a".repeat(52), None, words).unwrap();
    assert!(page.contains("unknown: this is not good news"));
    assert!(page.contains("no entries about these ids (the whole log was read)"));
    assert!(!page.contains("<svg"));
}

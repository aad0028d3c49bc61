use super::{Language, Sentence, Value, label};
use fluent_bundle::FluentResource;
use fluent_syntax::ast::{Entry, Expression, InlineExpression, Pattern, PatternElement};
use std::collections::{BTreeMap, BTreeSet};

type Variables = BTreeMap<String, BTreeSet<String>>;

fn variables_of(pattern: &Pattern<&str>, found: &mut BTreeSet<String>) {
    for element in &pattern.elements {
        let PatternElement::Placeable { expression } = element else {
            continue;
        };
        let inline = match expression {
            Expression::Inline(inline) => inline,
            Expression::Select { selector, variants } => {
                for variant in variants {
                    variables_of(&variant.value, found);
                }
                selector
            }
        };
        if let InlineExpression::VariableReference { id } = inline {
            found.insert(id.name.to_owned());
        }
    }
}

/// Every message of a language with the gaps it has.
fn messages(language: Language) -> Variables {
    let resource = FluentResource::try_new(language.source().to_owned());
    let resource = resource.unwrap_or_else(|(_, errors)| panic!("{language:?}: {errors:?}"));
    let mut found = Variables::new();
    for entry in resource.entries() {
        let Entry::Message(message) = entry else {
            continue;
        };
        let mut variables = BTreeSet::new();
        variables_of(message.value.as_ref().unwrap(), &mut variables);
        let old = found.insert(message.id.name.to_owned(), variables);
        assert_eq!(old, None, "{language:?}: {} comes twice", message.id.name);
    }
    found
}

#[test]
fn what_another_language_says_has_the_same_gaps_as_in_english() {
    let english = messages(Language::English);
    for language in Language::ALL {
        for (id, variables) in messages(language) {
            assert_eq!(english.get(&id), Some(&variables), "{language:?}: {id}");
        }
    }
}

#[test]
fn english_is_complete_and_the_second_language_too() {
    let english: BTreeSet<_> = messages(Language::English).into_keys().collect();
    let second: BTreeSet<_> = messages(Language::Indonesian).into_keys().collect();
    let missing: Vec<_> = english.difference(&second).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

#[test]
fn nobody_has_reviewed_the_second_language() {
    assert!(!Language::Indonesian.is_reviewed());
}

#[test]
fn numbers_decide_the_form_and_words_are_put_into_the_language() {
    let lost = |count: u64| Sentence::new("standing-lost").with("count", count);
    assert!(lost(1).to_string().contains("1 statement;"));
    assert!(lost(2).to_string().contains("2 statements;"));
    let overdue = Sentence::new("finding-overdue")
        .with("topic", Value::word("wages_withheld"))
        .with("found", "2026-01-01")
        .with("due", "2026-02-01");
    assert!(overdue.to_string().contains("wages withheld"));
    let words = Value::words(["b_c", "a", "b_c"]);
    assert_eq!(words.in_language(Language::English), "a, b c");
    assert_eq!(label("no-such-label", Language::English), "no-such-label");
}

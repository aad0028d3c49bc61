//! The message catalogue: every sentence a verdict or a report says, in one place.
//!
//! One Fluent file (projectfluent.org) for each language, with its reviewer and the date of the
//! review at its head. A [`Sentence`] is what is said, without a language; it is put into words
//! when it is shown. English is complete; a sentence that another language lacks is shown in
//! English, never left out. Words: CLAIMS vocabulary, see specs/rules.md.

mod sentence;

pub use sentence::{Sentence, Value};

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use std::sync::OnceLock;

/// A language of the catalogue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// English, complete.
    #[default]
    English,
    /// Bahasa Indonesia, not yet reviewed by anybody.
    Indonesian,
}

impl Language {
    /// Every language, English first.
    pub const ALL: [Self; 2] = [Self::English, Self::Indonesian];

    /// BCP-47 tag.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Indonesian => "id",
        }
    }

    /// The language of a BCP-47 tag this catalogue holds.
    ///
    /// ```
    /// use fairtrail::messages::Language;
    /// assert_eq!(Language::of_tag("id"), Some(Language::Indonesian));
    /// assert_eq!(Language::of_tag("xx"), None);
    /// ```
    pub fn of_tag(tag: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.tag() == tag)
    }

    /// The catalogue file.
    pub const fn source(self) -> &'static str {
        match self {
            Self::English => include_str!("en.ftl"),
            Self::Indonesian => include_str!("id.ftl"),
        }
    }

    /// Whether a person who speaks it and knows the matter has read the catalogue.
    pub fn is_reviewed(self) -> bool {
        !self.source().contains("Reviewed: by nobody yet")
    }
}

type Bundle = FluentBundle<FluentResource>;

/// The messages of one language, read once.
fn bundle(language: Language) -> &'static Bundle {
    static BUNDLES: [OnceLock<Bundle>; 2] = [OnceLock::new(), OnceLock::new()];
    let [english, indonesian] = &BUNDLES;
    let cell = match language {
        Language::English => english,
        Language::Indonesian => indonesian,
    };
    cell.get_or_init(|| read(language))
}

fn read(language: Language) -> Bundle {
    // A resource with errors keeps its sound messages; a test holds both files to have none.
    let resource = match FluentResource::try_new(language.source().to_owned()) {
        Ok(resource) | Err((resource, _)) => resource,
    };
    let tag = language.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // Marks around values would stand in files and be compared with.
    bundle.set_use_isolating(false);
    bundle.add_resource_overriding(resource);
    bundle
}

/// A message in a language, or in English where that lacks it.
fn format(id: &str, args: &FluentArgs<'_>, language: Language) -> Option<String> {
    let in_language = |language| {
        let bundle = bundle(language);
        let pattern = bundle.get_message(id)?.value()?;
        let mut errors = Vec::new();
        let text = bundle.format_pattern(pattern, Some(args), &mut errors);
        Some(text.into_owned())
    };
    in_language(language).or_else(|| in_language(Language::English))
}

/// A fixed text of the catalogue, e.g. a heading; its id where the catalogue lacks it.
pub fn label(id: &str, language: Language) -> String {
    format(id, &FluentArgs::new(), language).unwrap_or_else(|| id.to_owned())
}

#[cfg(test)]
mod tests;

//! The JSON Schemas of what `fairtrail verify --json` prints, of one party and of a chain, made from
//! the types themselves.
//!
//! Version 1 only grows: a field may be added, none is taken away or means something else.
//! Published as `specs/schema/verdict.schema.json` and `specs/schema/chain.schema.json`.

use crate::chain::ChainVerdict;
use crate::claim::{
    Code, Country, EvidenceStandard, FindingState, LegalBasis, LicenceState, Stance,
};
use crate::entry::{PartRole, RefType};
use crate::id::{AuthorId, EntryId, NetworkId, PartDigest};
use crate::messages::Sentence;
use crate::reason::Reason;
use crate::rules::{Difference, Verdict};
use crate::subject::SubjectId;
use crate::time::{Date, Month, Timestamp};
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;

/// What the field `schema` of every answer says.
pub const VERDICT: &str = "fairtrail/verify@v1";

/// What the field `schema` of every answer about a chain says.
pub const CHAIN: &str = "fairtrail/verify-tiers@v1";

/// What `fairtrail verify --json` prints when evidence is sound; an error has a schema of its own.
#[derive(JsonSchema)]
#[schemars(rename = "verify", inline)]
#[expect(
    dead_code,
    reason = "describes the answer, of which the cli has the type"
)]
struct Answer {
    /// Which schema this is.
    #[schemars(extend("const" = VERDICT))]
    schema: String,
    /// BLAKE3 of the policy file, base32: what was trusted.
    #[schemars(extend("pattern" = "^[a-z2-7]{52}$"))]
    policy: String,
    /// The process exit status: 0 no adverse entries, 4 findings, 5 unknown or stale.
    #[schemars(extend("enum" = [0, 4, 5]))]
    exit: u8,
    #[schemars(flatten)]
    verdict: Verdict,
    /// What other settings of the rules change, if others were asked for.
    #[schemars(skip_serializing_if = "Option::is_none")]
    changed_by_ruleset: Option<Difference>,
}

/// What `fairtrail verify --tiers N --json` prints when evidence is sound.
#[derive(JsonSchema)]
#[schemars(rename = "verify-tiers", inline)]
#[expect(
    dead_code,
    reason = "describes the answer, of which the cli has the type"
)]
struct ChainAnswer {
    /// Which schema this is.
    #[schemars(extend("const" = CHAIN))]
    schema: String,
    /// BLAKE3 of the policy file, base32: what was trusted.
    #[schemars(extend("pattern" = "^[a-z2-7]{52}$"))]
    policy: String,
    /// The process exit status: 0 no adverse entries, 4 findings, 5 unknown or stale.
    #[schemars(extend("enum" = [0, 4, 5]))]
    exit: u8,
    #[schemars(flatten)]
    chain: ChainVerdict,
}

/// The schema of a verdict, draft 2020-12.
pub fn verdict() -> Schema {
    schema_of::<Answer>("verdict", "A verdict of fairtrail verify")
}

/// The schema of the verdict of a chain, draft 2020-12.
pub fn chain() -> Schema {
    schema_of::<ChainAnswer>("chain", "A verdict of fairtrail verify --tiers")
}

fn schema_of<T: JsonSchema>(file: &str, title: &str) -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    let id = format!("https://fairtrail.example/schema/{file}.schema.json");
    schema.insert("$id".into(), id.into());
    schema.insert("title".into(), title.into());
    schema
}

macro_rules! text_schemas {
    ($($type:ident: $pattern:literal, $description:literal;)*) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "pattern": $pattern,
                    "description": $description,
                })
            }
        }
    )*};
}

text_schemas! {
    AuthorId: "^author:[a-z2-7]{52}$", "The party that owns a feed.";
    Code: "^[A-Za-z0-9._:/()+-]{1,48}$", "A token of an open list.";
    Country: "^[A-Z]{2}$", "A country, ISO 3166-1 alpha-2, or one of the codes left to users.";
    Date: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "A calendar date.";
    EntryId: "^entry:[a-z2-7]{52}$", "One signed statement.";
    Month: "^[0-9]{4}-[0-9]{2}$", "A calendar month.";
    NetworkId: "^network:[a-z2-7]{52}$", "A network.";
    PartDigest: "^part:[a-z2-7]{52}$", "A part of an entry: the hash of its salt and bytes.";
    Reason: "^[a-z0-9-]+$", "A stable code, see specs/reason-codes.md.";
    SubjectId: "^[a-z][a-z0-9]*:.+$", "Who or what an entry is about, see specs/identifiers.md.";
    Timestamp: "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", "An instant, UTC.";
}

impl JsonSchema for Sentence {
    fn schema_name() -> Cow<'static, str> {
        "Sentence".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "A sentence in plain words, English.",
        })
    }
}

macro_rules! open_words {
    ($($type:ident: $description:literal;)*) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "examples": Self::KNOWN,
                    "description": $description,
                })
            }
        }
    )*};
}

open_words! {
    FindingState: "Where a finding stands; an open list, other words occur.";
    LegalBasis: "Why a part is not shown; an open list, other words occur.";
    LicenceState: "What a register says of a licence; an open list, other words occur.";
}

macro_rules! closed_words {
    ($($type:ident: $description:literal;)*) => {$(
        impl JsonSchema for $type {
            fn schema_name() -> Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                let words: Vec<_> = Self::ALL.iter().map(|word| word.as_str()).collect();
                json_schema!({
                    "type": "string",
                    "enum": words,
                    "description": $description,
                })
            }
        }
    )*};
}

closed_words! {
    EvidenceStandard: "How well a statement is supported, as its author says.";
    PartRole: "What a part of an entry holds.";
    RefType: "What an entry does to the entry it refers to.";
    Stance: "What a reply does.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_a_verdict_names_is_described_and_asked_for() {
        let schema = verdict();
        let required = schema.get("required").unwrap().as_array().unwrap();
        for field in [
            "schema", "policy", "exit", "outcome", "ilo", "unknowns", "replies",
        ] {
            assert!(required.iter().any(|name| name == field), "{field}");
            let described = &schema.get("properties").unwrap()[field];
            assert!(described.is_object(), "{field}");
        }
        assert!(!required.iter().any(|name| name == "changed_by_ruleset"));
    }

    #[test]
    fn of_a_chain_every_party_has_a_whole_verdict() {
        let schema = chain();
        let required = schema.get("required").unwrap().as_array().unwrap();
        for field in ["schema", "outcome", "ilo", "by_tier", "cycles", "parties"] {
            assert!(required.iter().any(|name| name == field), "{field}");
        }
        let defined = schema.get("$defs").unwrap();
        assert!(defined["ChainParty"]["properties"]["verdict"].is_object());
        assert!(defined["Verdict"]["properties"]["unknowns"].is_object());
    }

    #[test]
    fn what_a_reader_keeps_of_an_id_is_its_pattern() {
        let id = EntryId::new([255; 32]).to_string();
        let body = id.strip_prefix("entry:").unwrap();
        assert_eq!(body.len(), 52);
        assert!(
            body.bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'2'..=b'7'))
        );
    }
}

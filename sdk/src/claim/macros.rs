//! How claims are declared: integer keys in bytes, words in JSON, both from one table.

/// Declares a structure inside a claim, as [`int_map!`](crate::int_map) does, with its constructor
/// from the required fields, its JSON view and its inspection.
macro_rules! claim_map {
    ($(#[$meta:meta])* pub struct $name:ident { $($body:tt)* }) => {
        $crate::claim::claim_fields! { [$(#[$meta])* $name] [] [] [] [] $($body)* }
    };
}

/// Declares the claim of a kind: the common fields on keys 1 to 15, its own from 16 on.
macro_rules! claim_kind {
    ($(#[$meta:meta])* pub struct $name:ident: $kind:literal { $($body:tt)* }) => {
        $crate::claim::claim_fields! {
            [$(#[$meta])* $name]
            [
                /// Edition of the schema of this kind.
                #[serde(default)]
                1 => edition: $crate::claim::Edition,
            ]
            []
            [edition]
            [(1 edition)]
            /// How well the statement is supported; needed for anything adverse.
            2 ? evidence_standard: Option<$crate::claim::EvidenceStandard>,
            /// Since when it holds.
            3 ? valid_from: Option<$crate::claim::PartialDate>,
            /// Until when it holds.
            4 ? valid_to: Option<$crate::claim::PartialDate>,
            /// The author's own key of this statement, salted.
            5 ? external_ref: Option<$crate::claim::ExternalRef>,
            /// Language of the text parts.
            6 ? lang: Option<$crate::claim::Language>,
            /// Which of the subjects answers for what is stated.
            7 ? responsible: Option<$crate::subject::SubjectId>,
            /// Which part each subject plays.
            8 ? parties: $crate::claim::Set<$crate::claim::Party>,
            $($body)*
        }

        impl $name {
            /// Checks the claim as the submission door does.
            ///
            /// # Errors
            /// Every [`Problem`](crate::claim::Problem) at once.
            pub fn build(
                self,
                context: &$crate::claim::ClaimContext<'_>,
            ) -> Result<$crate::claim::Claim, Vec<$crate::claim::Problem>> {
                $crate::claim::Claim::from(self).checked(context)
            }

            /// The fields every claim may have.
            pub fn common(&self) -> $crate::claim::Common<'_> {
                $crate::claim::Common {
                    evidence_standard: self.evidence_standard,
                    valid_from: self.valid_from,
                    valid_to: self.valid_to,
                    external_ref: self.external_ref,
                    lang: self.lang.as_ref(),
                    responsible: self.responsible.as_ref(),
                    parties: &self.parties,
                }
            }
        }
    };
}

/// Sorts fields into required and optional ones; a part of [`claim_map!`] and [`claim_kind!`].
macro_rules! claim_fields {
    (
        $head:tt [$($done:tt)*] [$($required:tt)*] [$($absent:tt)*] [$($all:tt)*]
        $(#[$meta:meta])* $key:literal => $field:ident : $type:ty, $($rest:tt)*
    ) => {
        $crate::claim::claim_fields! {
            $head
            [$($done)* $(#[$meta])* $key => $field: $type,]
            [$($required)* ($field $type)]
            [$($absent)*]
            [$($all)* ($key $field)]
            $($rest)*
        }
    };
    (
        $head:tt [$($done:tt)*] [$($required:tt)*] [$($absent:tt)*] [$($all:tt)*]
        $(#[$meta:meta])* $key:literal ? $field:ident : $type:ty, $($rest:tt)*
    ) => {
        $crate::claim::claim_fields! {
            $head
            [
                $($done)*
                $(#[$meta])*
                #[serde(
                    default = "crate::cbor::Optional::absent",
                    skip_serializing_if = "crate::cbor::Optional::is_absent"
                )]
                $key ? $field: $type,
            ]
            [$($required)*]
            [$($absent)* $field]
            [$($all)* ($key $field)]
            $($rest)*
        }
    };
    (
        [$(#[$meta:meta])* $name:ident] [$($done:tt)*]
        [$(($required:ident $type:ty))*] [$($absent:ident)*] [$(($key:literal $field:ident))*]
    ) => {
        $crate::int_map! {
            $(#[$meta])*
            #[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name { $($done)* }
        }

        impl $name {
            /// Key and name of every field.
            pub const FIELDS: &'static [(u64, &'static str)] =
                &[$(($key, stringify!($field)),)*];

            /// Takes the required fields; every other is absent, which means unknown.
            #[allow(
                clippy::too_many_arguments,
                clippy::new_without_default,
                reason = "one argument for each required field, however many there are"
            )]
            pub fn new($($required: $type),*) -> Self {
                Self {
                    $($required,)*
                    $($absent: $crate::cbor::Optional::absent(),)*
                }
            }
        }

        impl $crate::claim::Inspect for $name {
            fn inspect<'a>(&'a self, field: &'static str, seen: &mut $crate::claim::Seen<'a>) {
                let outer = seen.open(field);
                $($crate::claim::Inspect::inspect(&self.$field, stringify!($field), seen);)*
                seen.close(outer);
            }
        }

        #[cfg(test)]
        impl $crate::claim::tests::Sample for $name {
            fn sample(source: &mut $crate::claim::tests::Source) -> Self {
                Self { $($field: $crate::claim::tests::Sample::sample(source),)* }
            }
        }
    };
}

/// Declares an open list of words: known ones are variants, any other [`Code`](super::Code)
/// survives. Written as text, ordered by it.
macro_rules! word_list {
    (
        $(#[$meta:meta])*
        pub enum $name:ident { $( $(#[$variant_meta:meta])* $variant:ident $word:literal, )* }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone)]
        pub enum $name {
            $( #[doc = concat!("`", $word, "`")] $(#[$variant_meta])* $variant, )*
            /// A word this version does not know.
            Other($crate::claim::Code),
        }

        impl $name {
            /// The words this version knows.
            pub const KNOWN: &'static [&'static str] = &[$($word,)*];

            /// The word.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)*
                    Self::Other(code) => code.as_str(),
                }
            }

            /// The word `text`, known or not.
            ///
            /// # Errors
            /// [`ValueError`](crate::claim::ValueError) when it is no code at all.
            pub fn new(text: &str) -> Result<Self, $crate::claim::ValueError> {
                match text {
                    $($word => Ok(Self::$variant),)*
                    other => $crate::claim::Code::new(other).map(Self::Other),
                }
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }

        impl Eq for $name {}

        impl std::hash::Hash for $name {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.as_str().cmp(other.as_str())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::claim::ValueError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::new(text)
            }
        }

        impl $crate::cbor::Encode for $name {
            fn encode(&self, writer: &mut $crate::cbor::Writer) {
                writer.text(self.as_str());
            }
        }

        impl $crate::cbor::Decode for $name {
            fn decode(
                reader: &mut $crate::cbor::Reader<'_>,
            ) -> Result<Self, $crate::cbor::CborError> {
                Self::new(reader.text()?).map_err($crate::claim::invalid)
            }
        }

        $crate::claim::serde_text!($name);

        impl $crate::claim::Inspect for $name {
            fn inspect<'a>(
                &'a self,
                field: &'static str,
                seen: &mut $crate::claim::Seen<'a>,
            ) {
                if let Self::Other(code) = self {
                    seen.codes.push((field, code.as_str()));
                }
            }
        }

        #[cfg(test)]
        impl $crate::claim::tests::Sample for $name {
            fn sample(source: &mut $crate::claim::tests::Source) -> Self {
                source.word(Self::KNOWN)
            }
        }
    };
}

pub(crate) use {claim_fields, claim_kind, claim_map, word_list};

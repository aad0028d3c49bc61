//! Values that claims are made of. Each has one text form and one encoding.

mod band;
mod bytes;
mod code;
pub(crate) use code::serde_text;
mod date;
mod goods;
mod language;
mod money;
mod occupation;
mod place;
mod ranges;
mod set;
mod tables;

pub use band::{Band, ThreeValued};
pub use bytes::{CohortId, Digest, ExternalRef};
pub use code::{Code, ValueError};
pub use date::{PartialDate, Year};
pub use goods::{Hs, Isic};
pub use language::Language;
pub use money::{Currency, Money};
pub use occupation::Isco;
pub use place::{Country, Place, Subdivision};
pub use set::Set;

#[cfg(test)]
mod tests;

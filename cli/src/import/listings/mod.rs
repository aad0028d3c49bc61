//! Published lists: bars with their dates, and goods of countries.
//!
//! What a list says is stated as the list's own word. Parties it prints without an identifier are
//! rows of their own and *possible* matches of anybody: a person links them, no importer does.

mod bars;
mod goods;

pub use bars::read as read_bars;
pub use goods::read as read_goods;

//! How reports look, to people and to programs.

mod page;
mod report;
mod visible;

pub(crate) use page::Line;
pub use page::{Page, Tone, wrap};
pub use report::{Outcome, Render, Report, report};
pub use visible::visible;

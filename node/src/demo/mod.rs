//! The demonstration: a small network of invented organisations, from a readable data file.
//!
//! [`Scenario`] is the file, [`World`] what it becomes with keys and dates: a charter, batches of
//! signed entries, and stories with what a buyer should be told. Both are pure: the same seed and
//! day give the same bytes, so a demonstration that is taken up again submits what is known.

mod error;
mod keys;
mod names;
mod scenario;
mod story;
mod world;

pub use error::WorldError;
pub use scenario::{Expected, Scenario, ScenarioError, Story};
pub use story::Difference;
pub use world::World;

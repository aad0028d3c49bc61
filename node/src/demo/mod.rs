//! The demonstration: a small network of invented organisations, from a readable data file.
//!
//! [`Scenario`] is the file, [`World`] what it becomes with keys and dates: a charter, batches of
//! signed entries, and stories with what a buyer should be told. Both are pure: the same seed and
//! day give the same bytes, so a demonstration that is taken up again submits what is known.

mod bundled;
mod error;
mod founding;
mod keys;
mod names;
mod nodes;
mod run;
mod scenario;
mod story;
mod text;
mod world;

pub use error::{DemoError, WorldError};
pub use run::{Plan, Ready, Told, run};
pub use scenario::{Expected, ExpectedChain, ExpectedWorst, Scenario, ScenarioError, Story};
pub use story::{Difference, Verified};
pub use text::text;
pub use world::{Arrival, World};

//! Reports: what a command found, once; people and programs get two views of one value.

use super::Page;
use crate::error::CliError;
use crate::exit::Exit;
use serde::Serialize;
use serde_json::Value;

/// What a command found.
pub trait Report: Serialize {
    /// The command, as in `"schema": "fairtrail/<command>@v1"`.
    const COMMAND: &'static str;

    /// What a person reads.
    fn human(&self, page: &mut Page);

    /// The exit status.
    fn exit(&self) -> Exit {
        Exit::Done
    }

    /// Commands or facts that help next; shown on stderr, not to programs.
    fn hints(&self) -> Vec<String> {
        Vec::new()
    }
}

/// A report of any command.
pub trait Render {
    /// The JSON object, with its schema.
    ///
    /// # Errors
    /// [`CliError`] of kind internal when the report is no JSON object.
    fn json(&self) -> Result<Value, CliError>;
    /// What a person reads.
    fn page(&self) -> Page;
    /// The exit status.
    fn exit(&self) -> Exit;
    /// What helps next.
    fn hints(&self) -> Vec<String>;
}

impl<T: Report> Render for T {
    fn json(&self) -> Result<Value, CliError> {
        let value = serde_json::to_value(self).map_err(CliError::internal)?;
        let Value::Object(fields) = value else {
            return Err(CliError::internal("a report is not an object"));
        };
        let schema = format!("fairtrail/{}@v1", Self::COMMAND);
        let mut object = serde_json::Map::new();
        object.insert("schema".into(), Value::String(schema));
        object.extend(fields);
        Ok(Value::Object(object))
    }

    fn page(&self) -> Page {
        let mut page = Page::new();
        self.human(&mut page);
        page
    }

    fn exit(&self) -> Exit {
        Report::exit(self)
    }

    fn hints(&self) -> Vec<String> {
        Report::hints(self)
    }
}

/// What a command returns.
pub type Outcome = Result<Box<dyn Render>, CliError>;

/// A report for the caller.
///
/// # Errors
/// Never; the type is that of a command.
pub fn report<T: Report + 'static>(report: T) -> Outcome {
    Ok(Box::new(report))
}

//! A watch as a process.

use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A watch that goes on.
pub(crate) struct Watching(pub(crate) Child);

impl Watching {
    /// Starts it; what it says of changes goes into a file.
    pub(crate) fn start(command: &mut Command, out: &Path) -> Self {
        let out = fs_err::File::create(out).unwrap();
        let child = command.stdout(Stdio::from(out.into_parts().0)).spawn();
        Self(child.unwrap())
    }

    pub(crate) fn end(mut self) {
        let id = self.0.id().to_string();
        let ended = Command::new("kill").args(["-TERM", &id]).status();
        assert!(ended.unwrap().success());
        assert_eq!(self.0.wait().unwrap().code(), Some(0));
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        // It may have ended already, which is what is wanted.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

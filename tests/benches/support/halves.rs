//! Processes of a bench that do not share their cores, and waiting for them.

#![allow(dead_code, reason = "not every bench needs all of it")]

use std::io::{BufRead, BufReader};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A process of this program, on its own half of the cores if there are two.
pub(crate) struct Half {
    child: Child,
    lines: std::io::Lines<BufReader<ChildStdout>>,
    /// Closed, it ends.
    stdin: Option<ChildStdin>,
}

impl Half {
    pub(crate) fn start(second: bool, args: &[&str]) -> Self {
        let program = std::env::current_exe().unwrap();
        let mut command = match cores(second) {
            Some(cores) => {
                let mut command = Command::new("taskset");
                command.args(["-c", &cores]).arg(program);
                command
            }
            None => Command::new(program),
        };
        command.args(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let stdin = child.stdin.take();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        Self {
            child,
            lines,
            stdin,
        }
    }

    /// Prints whatever it still says.
    pub(crate) fn echo(&mut self) {
        for line in self.lines.by_ref() {
            println!("{}", line.unwrap());
        }
    }

    pub(crate) fn line(&mut self) -> String {
        self.lines.next().unwrap().unwrap()
    }
}

impl Drop for Half {
    fn drop(&mut self) {
        drop(self.stdin.take());
        self.child.wait().unwrap();
    }
}

/// The first or the second half of the cores, as `taskset` names them; nothing where it cannot be
/// told.
pub(crate) fn cores(second: bool) -> Option<String> {
    let count = thread::available_parallelism().unwrap().get();
    let there = Command::new("taskset").arg("--version").output();
    (count > 1 && there.is_ok()).then(|| {
        let half = count / 2;
        if second {
            format!("{half}-{}", count - 1)
        } else {
            format!("0-{}", half - 1)
        }
    })
}

/// Until `done`, looking often.
pub(crate) fn wait(mut done: impl FnMut() -> bool) -> Duration {
    let begun = Instant::now();
    while !done() {
        assert!(
            begun.elapsed() < Duration::from_secs(600),
            "it takes too long"
        );
        thread::sleep(Duration::from_millis(1));
    }
    begun.elapsed()
}

//! How benches measure: time on the core, and medians.

#![allow(dead_code, reason = "not every bench needs all of it")]

use rustix::time::{ClockId, clock_gettime};
use std::hint::black_box;
use std::time::Duration;

/// Time that this thread spent on a core: what others do on a busy machine is not counted.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let now = || Duration::try_from(clock_gettime(ClockId::ThreadCPUTime)).unwrap();
    let begun = now();
    let done = black_box(work());
    let spent = now().checked_sub(begun).unwrap();
    drop(done);
    spent
}

/// Time that all threads of this process have spent on cores.
pub(crate) fn spent() -> Duration {
    Duration::try_from(clock_gettime(ClockId::ProcessCPUTime)).unwrap()
}

pub(crate) fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

/// The median in microseconds for each of so many.
pub(crate) fn each(times: Vec<Duration>, count: usize) -> f64 {
    let count = u32::try_from(count).unwrap();
    median(times).as_secs_f64() * 1e6 / f64::from(count)
}

/// The numbers given on the command line, or else these.
pub(crate) fn counts(else_these: &[usize]) -> Vec<usize> {
    let given = std::env::args().filter_map(|arg| arg.parse().ok());
    let given: Vec<usize> = given.collect();
    if given.is_empty() {
        else_these.to_vec()
    } else {
        given
    }
}

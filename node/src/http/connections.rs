//! Open connections, and which of them gives way when there are too many.
//!
//! Whoever opens many connections and sends nothing, or a byte now and then, must not keep others
//! out. So a full gateway closes the connection that has waited longest without a whole request;
//! one with a request under way is never closed for another.

use prometheus_client::metrics::gauge::Gauge;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// All open connections.
#[derive(Clone)]
pub(super) struct Connections(Arc<Mutex<Table>>, Gauge);

struct Table {
    max: usize,
    /// Counts openings and ends of requests: a clock that needs no time.
    ticks: u64,
    open: BTreeMap<u64, Open>,
}

struct Open {
    /// Since which tick no request is under way.
    waiting: Option<u64>,
    close: Arc<Notify>,
}

/// A place among the open connections, given back when dropped.
pub(super) struct Place {
    connections: Connections,
    id: u64,
    close: Arc<Notify>,
}

/// A request under way, until dropped.
pub(super) struct Busy(Arc<Place>);

impl Connections {
    /// None yet, and at most `max`; `count` says how many.
    pub(super) fn new(max: usize, count: Gauge) -> Self {
        let table = Table {
            max,
            ticks: 0,
            open: BTreeMap::new(),
        };
        Self(Arc::new(Mutex::new(table)), count)
    }

    /// A place for a new connection; `None` when every other has a request under way.
    pub(super) fn open(&self) -> Option<Place> {
        let mut table = self.table();
        if table.open.len() >= table.max {
            table.close_one()?;
        }
        let id = table.tick();
        let close = Arc::new(Notify::new());
        let waiting = Some(id);
        let open = Open {
            waiting,
            close: Arc::clone(&close),
        };
        table.open.insert(id, open);
        self.1.inc();
        let connections = self.clone();
        Some(Place {
            connections,
            id,
            close,
        })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        // No code that holds the lock can panic half-way through a change.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Table {
    fn tick(&mut self) -> u64 {
        self.ticks = self.ticks.wrapping_add(1);
        self.ticks
    }

    fn close_one(&mut self) -> Option<()> {
        let waiting = self.open.iter();
        let waiting = waiting.filter_map(|(id, open)| Some((open.waiting?, *id)));
        let (_, longest) = waiting.min()?;
        self.open.remove(&longest)?.close.notify_one();
        Some(())
    }
}

impl Place {
    /// Returns when the connection has to give way.
    pub(super) async fn closed(&self) {
        self.close.notified().await;
    }

    /// Notes that a request has arrived whole.
    pub(super) fn busy(self: &Arc<Self>) -> Busy {
        self.set_waiting(false);
        Busy(Arc::clone(self))
    }

    fn set_waiting(&self, waiting: bool) {
        let mut table = self.connections.table();
        let now = table.tick();
        if let Some(open) = table.open.get_mut(&self.id) {
            open.waiting = waiting.then_some(now);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.connections.table().open.remove(&self.id);
        self.connections.1.dec();
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.set_waiting(true);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_one_that_waited_longest_gives_way() {
        let connections = Connections::new(2, Gauge::default());
        let first = Arc::new(connections.open().unwrap());
        let second = connections.open().unwrap();
        // The first was busy since, so the second has waited longer.
        drop(first.busy());
        let third = connections.open().unwrap();
        second.closed().await;
        drop(second);
        let _busy = (first.busy(), Arc::new(third).busy());
        assert!(connections.open().is_none());
    }
}

//! Places for nodes, by indices of 32 bits.

/// Places made at once: large enough to be few, small enough that little stays unused.
const CHUNK: usize = 4_096;

/// Values that stay where they are; places set free are filled again first.
#[derive(Debug, Clone)]
pub(crate) struct Pool<T> {
    chunks: Vec<Vec<T>>,
    free: Vec<u32>,
}

impl<T> Pool<T> {
    pub(crate) const fn new() -> Self {
        Self {
            chunks: Vec::new(),
            free: Vec::new(),
        }
    }

    /// Places ever made.
    pub(crate) fn places(&self) -> usize {
        let full = self.chunks.len().saturating_sub(1).saturating_mul(CHUNK);
        full.saturating_add(self.chunks.last().map_or(0, Vec::len))
    }

    /// Bytes held.
    pub(super) fn bytes(&self) -> usize {
        let chunk = CHUNK.saturating_mul(size_of::<T>());
        let free = self.free.capacity().saturating_mul(size_of::<u32>());
        self.chunks.len().saturating_mul(chunk).saturating_add(free)
    }

    /// Puts a value into a free place. The caller keeps the number of places below 2^32.
    pub(crate) fn insert(&mut self, value: T) -> u32 {
        if let Some(at) = self.free.pop() {
            *self.at_mut(at) = value;
            return at;
        }
        let at = u32::try_from(self.places()).unwrap_or(u32::MAX);
        match self.chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push(value),
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(value);
                self.chunks.push(chunk);
            }
        }
        at
    }

    /// Gives a place back. Its value stays until the place is filled again.
    pub(super) fn free(&mut self, at: u32) {
        self.free.push(at);
    }

    /// Takes away the places from `count` on, none of which is free.
    pub(super) fn truncate(&mut self, count: usize) {
        self.chunks.truncate(count.div_ceil(CHUNK));
        if !count.is_multiple_of(CHUNK)
            && let Some(last) = self.chunks.last_mut()
        {
            last.truncate(count % CHUNK);
        }
    }

    #[expect(clippy::indexing_slicing, reason = "indices come from `insert` alone")]
    pub(crate) fn at(&self, at: u32) -> &T {
        let (chunk, place) = split(at);
        &self.chunks[chunk][place]
    }

    #[expect(clippy::indexing_slicing, reason = "indices come from `insert` alone")]
    pub(crate) fn at_mut(&mut self, at: u32) -> &mut T {
        let (chunk, place) = split(at);
        &mut self.chunks[chunk][place]
    }
}

const fn split(at: u32) -> (usize, usize) {
    (at as usize / CHUNK, at as usize % CHUNK)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_at_the_end_are_taken_away() {
        let mut pool = Pool::new();
        for count in [1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK] {
            for n in pool.places()..4 * CHUNK {
                pool.insert(n);
            }
            pool.truncate(count);
            assert_eq!(pool.places(), count);
            assert_eq!(pool.insert(count) as usize, count);
        }
        pool.truncate(0);
        assert_eq!(pool.places(), 0);
    }

    #[test]
    fn places_are_filled_again_before_new_ones_are_made() {
        let mut pool = Pool::new();
        let made: Vec<u32> = (0..10_000_u32).map(|n| pool.insert(n)).collect();
        assert!(made.iter().all(|at| pool.at(*at) == at));
        pool.free(17);
        pool.free(9_999);
        assert_eq!((pool.insert(1), pool.insert(2)), (9_999, 17));
        assert_eq!((pool.places(), *pool.at(17), *pool.at(18)), (10_000, 2, 18));
        assert_eq!(pool.insert(3), 10_000);
        assert!(pool.bytes() >= 4 * pool.places());
    }
}

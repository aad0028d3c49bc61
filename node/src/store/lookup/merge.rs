//! Many sorted sources as one: where keys are equal the newest source's row is the one.

use std::borrow::Cow;

use super::Row;
use super::error::LookupError;

/// A row where it stands, or as it was read.
pub(super) type Found<'a> = (Cow<'a, [u8]>, Cow<'a, [u8]>);

/// A sorted source of rows.
pub(super) type Source<'a> = Box<dyn Iterator<Item = Result<Found<'a>, LookupError>> + 'a>;

/// Rows in memory as a source.
pub(super) fn in_memory<'a>(rows: impl Iterator<Item = (&'a [u8], &'a [u8])> + 'a) -> Source<'a> {
    Box::new(rows.map(|(key, value)| Ok((Cow::Borrowed(key), Cow::Borrowed(value)))))
}

/// Rows read from disk as a source.
pub(super) fn read<'a>(rows: impl Iterator<Item = Result<Row, LookupError>> + 'a) -> Source<'a> {
    Box::new(rows.map(|row| row.map(|(key, value)| (Cow::Owned(key), Cow::Owned(value)))))
}

/// Iterator over the merged rows. Ends after an error.
pub(super) struct Merge<'a> {
    /// Newest first, each with the row it stands at.
    sources: Vec<(Option<Found<'a>>, Source<'a>)>,
    failed: Option<LookupError>,
}

impl<'a> Merge<'a> {
    /// Merges sources given newest first.
    pub(super) fn new(sources: Vec<Source<'a>>) -> Self {
        let mut merge = Self {
            sources: sources.into_iter().map(|source| (None, source)).collect(),
            failed: None,
        };
        for at in 0..merge.sources.len() {
            merge.step(at);
        }
        merge
    }

    /// The key a source stands at.
    fn key(&self, at: usize) -> Option<&[u8]> {
        let (row, _) = self.sources.get(at)?;
        row.as_ref().map(|(key, _)| &**key)
    }

    /// Takes the row a source stands at and moves it to the next.
    fn step(&mut self, at: usize) -> Option<Found<'a>> {
        let (row, source) = self.sources.get_mut(at)?;
        let next = match source.next() {
            Some(Ok(row)) => Some(row),
            Some(Err(error)) => {
                self.failed.get_or_insert(error);
                None
            }
            None => None,
        };
        std::mem::replace(row, next)
    }

    fn take_smallest(&mut self) -> Option<Found<'a>> {
        let standing = (0..self.sources.len()).filter(|at| self.key(*at).is_some());
        // Of equal ones the first, which is the newest.
        let newest = standing.min_by_key(|at| self.key(*at))?;
        let row = self.step(newest)?;
        for older in newest.saturating_add(1)..self.sources.len() {
            if self.key(older) == Some(&*row.0) {
                self.step(older);
            }
        }
        Some(row)
    }
}

impl<'a> Iterator for Merge<'a> {
    type Item = Result<Found<'a>, LookupError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            self.sources.clear();
            return Some(Err(error));
        }
        self.take_smallest().map(Ok)
    }
}

/// Which generations to merge when there are more than `max`, given their sizes oldest first: all
/// from the index returned. Sizes stay geometric (each more than twice what is newer), so a row is
/// rewritten a logarithmic number of times.
pub(super) fn plan(sizes: &[u64], max: usize) -> Option<usize> {
    if sizes.len() <= max {
        return None;
    }
    let mut newer = 0u64;
    let mut start = sizes.len();
    for (at, size) in sizes.iter().enumerate().rev() {
        if start <= max.saturating_sub(1) && *size > newer.saturating_mul(2) {
            break;
        }
        newer = newer.saturating_add(*size);
        start = at;
    }
    (sizes.len() - start >= 2).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_stay_few_and_rows_are_rewritten_seldom() {
        let mut sizes: Vec<u64> = Vec::new();
        let mut written = 0;
        for _ in 0..1000 {
            sizes.push(10);
            written += 10;
            if let Some(start) = plan(&sizes, 5) {
                let merged = sizes.drain(start..).sum();
                sizes.push(merged);
                written += merged;
            }
            assert!(sizes.len() <= 5);
        }
        assert_eq!(sizes.iter().sum::<u64>(), 10_000);
        assert!(written < 10_000 * 8, "{written}");
    }

    #[test]
    fn an_error_ends_the_merge() {
        let row = |key: u8| Ok((vec![key], vec![]));
        let failing = [row(1), Err(LookupError::Broken), row(3)];
        let sources = [[row(1), row(2)].to_vec(), failing.to_vec()];
        let sources = sources.into_iter().map(|rows| read(rows.into_iter()));
        let merged: Vec<_> = Merge::new(sources.collect()).collect();
        assert_eq!(merged.last(), Some(&Err(LookupError::Broken)));
        assert_eq!(merged.len(), 1 + 1);
    }
}

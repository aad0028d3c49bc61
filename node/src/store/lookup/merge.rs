//! Many sorted sources as one: where keys are equal the newest source's row is the one.

use super::Row;
use super::error::LookupError;

/// A sorted source of rows.
pub(super) type Source<'a> = Box<dyn Iterator<Item = Result<Row, LookupError>> + 'a>;

/// Iterator over the merged rows. Ends after an error.
pub(super) struct Merge<'a> {
    /// Newest first, each with the row it stands at.
    sources: Vec<(Option<Row>, Source<'a>)>,
    failed: Option<LookupError>,
}

impl<'a> Merge<'a> {
    /// Merges sources given newest first.
    pub(super) fn new(sources: Vec<Source<'a>>) -> Self {
        let mut merge = Self {
            sources: Vec::with_capacity(sources.len()),
            failed: None,
        };
        for mut source in sources {
            let first = merge.pull(&mut source);
            merge.sources.push((first, source));
        }
        merge
    }

    fn pull(&mut self, source: &mut Source<'a>) -> Option<Row> {
        match source.next()? {
            Ok(row) => Some(row),
            Err(error) => {
                self.failed.get_or_insert(error);
                None
            }
        }
    }

    fn take_smallest(&mut self) -> Option<Row> {
        let key = self
            .sources
            .iter()
            .filter_map(|(row, _)| Some(&row.as_ref()?.0))
            .min()?
            .clone();
        let mut newest = None;
        let mut sources = std::mem::take(&mut self.sources);
        for (row, source) in &mut sources {
            if row.as_ref().is_some_and(|(found, _)| *found == key) {
                let next = self.pull(source);
                let row = std::mem::replace(row, next);
                newest = newest.or(row);
            }
        }
        self.sources = sources;
        newest
    }
}

impl Iterator for Merge<'_> {
    type Item = Result<Row, LookupError>;

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
        let sources: Vec<Source<'_>> = vec![
            Box::new([row(1), row(2)].into_iter()),
            Box::new(failing.into_iter()),
        ];
        let merged: Vec<_> = Merge::new(sources).collect();
        assert_eq!(merged.last(), Some(&Err(LookupError::Broken)));
        assert_eq!(merged.len(), 1 + 1);
    }
}

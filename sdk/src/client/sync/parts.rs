//! Public parts, by runs of leaves: nobody learns which entries a verifier cares about.

use super::{Missing, Session, Stage, SyncError};
use crate::api::{PartsPage, WithheldView};
use crate::client::ClientError;
use crate::client::erasure::Erasure;
use crate::entry::{Audience, Part, SignedEntry};
use crate::limits::PARTS_PAGE_LEAVES;
use crate::reason::Reason;
use crate::replica::Replica;
use std::collections::HashSet;

/// Leaves below the last one asked for whose missing parts are asked for again.
const RECENT_LEAVES: u64 = 1_024;
/// Runs after which what was fetched is made to count.
const RUNS_PER_COMMIT: usize = 16;

impl Session<'_> {
    pub(super) fn fetch_parts(
        &mut self,
        replica: &mut Replica,
        missing: Missing,
    ) -> Result<(), SyncError> {
        let (asked, size) = (self.store.asked(), replica.size().get());
        let again = match missing {
            Missing::All => 0,
            Missing::Recent => asked.saturating_sub(RECENT_LEAVES),
        };
        let erasure = Erasure::of(replica);
        for (number, (first, end)) in (1_usize..).zip(runs(again, asked, size)) {
            if self.lacks(replica, &erasure, first, end) {
                self.fetch_run(replica, &erasure, first, end)?;
                self.ask_why(replica, &erasure, first, end)?;
            }
            if number.is_multiple_of(RUNS_PER_COMMIT) {
                self.store.commit_parts(end)?;
            }
            self.report(
                Stage::Parts,
                end.saturating_sub(again),
                size.saturating_sub(again),
            );
        }
        Ok(self.store.commit_parts(size)?)
    }

    /// Does an entry of the run name a public part that is neither held nor erased?
    fn lacks(&self, replica: &Replica, erasure: &Erasure, first: u64, end: u64) -> bool {
        public_parts(run(replica, first, end))
            .any(|part| !self.store.holds_part(part.digest) && !erasure.is_gone(part.digest))
    }

    fn fetch_run(
        &mut self,
        replica: &mut Replica,
        erasure: &Erasure,
        first: u64,
        end: u64,
    ) -> Result<(), SyncError> {
        let mut from = first;
        while from < end {
            let count = end.saturating_sub(from);
            let Some(page) = self.gateway.parts_unless_files(from, count)? else {
                return self.fetch_each(replica, erasure, from, end);
            };
            from = page.next;
            self.take_page(replica, erasure, page)?;
        }
        Ok(())
    }

    /// Asks a mirror of files for every part of the run that is not held.
    fn fetch_each(
        &mut self,
        replica: &mut Replica,
        erasure: &Erasure,
        first: u64,
        end: u64,
    ) -> Result<(), SyncError> {
        let named: Vec<_> = public_parts(run(replica, first, end))
            .map(|part| part.digest)
            .collect();
        for digest in named {
            if erasure.is_gone(digest) || self.store.holds_part(digest) {
                continue;
            }
            if let Some(body) = self.gateway.part(digest)? {
                self.store.append_part(&body)?;
                replica.add_part(body);
            }
        }
        Ok(())
    }

    /// Asks why parts of the run are still not here. Only what the operator alone can tell is kept:
    /// a legal basis, or that a part may not be kept.
    fn ask_why(
        &mut self,
        replica: &mut Replica,
        erasure: &Erasure,
        first: u64,
        end: u64,
    ) -> Result<(), SyncError> {
        let named = public_parts(run(replica, first, end)).map(|part| part.digest);
        let named: HashSet<_> = named.collect();
        let mut said = Vec::new();
        let mut from = first;
        while from < end && self.lacks(replica, erasure, first, end) && self.tells_why {
            let page = match self.gateway.withheld(from, end.saturating_sub(from)) {
                Ok(page) => page,
                // A mirror of files has no such resource.
                Err(ClientError::Refused(_) | ClientError::Answer { .. }) => {
                    self.tells_why = false;
                    break;
                }
                Err(error) => return Err(error.into()),
            };
            from = page.next;
            said.extend(page.parts);
        }
        said.retain(|view: &WithheldView| {
            named.contains(&view.part)
                && !self.store.holds_part(view.part)
                && matches!(
                    view.reason.parse(),
                    Ok(Reason::ClaimInadmissible | Reason::WithheldByLaw)
                )
        });
        if !self.tells_why {
            return Ok(());
        }
        for part in &named {
            replica.forget_withheld(*part);
        }
        for view in self.store.keep_withheld(&named, said) {
            replica.add_withheld(view);
        }
        Ok(())
    }

    /// Takes the parts that entries of the page's leaves name, and no others.
    fn take_page(
        &mut self,
        replica: &mut Replica,
        erasure: &Erasure,
        page: PartsPage,
    ) -> Result<(), SyncError> {
        let entries = run(replica, page.first, page.next);
        let named: HashSet<_> = public_parts(entries).map(|part| part.digest).collect();
        // What the bytes are worth to each entry that names them is judged when they are read: one
        // author's wrong size must not keep anybody from reading the rest.
        if !page.parts.iter().all(|(digest, _)| named.contains(digest)) {
            let path = format!("/v1/parts?first={}", page.first);
            return Err(ClientError::answer(&path, Reason::PartMismatch).into());
        }
        for (digest, body) in page.parts {
            if !erasure.is_gone(digest) && !self.store.holds_part(digest) {
                self.store.append_part(&body)?;
                replica.add_part(body);
            }
        }
        Ok(())
    }
}

/// The runs of at most 256 leaves from `again` to `asked`, then on to `size`.
fn runs(again: u64, asked: u64, size: u64) -> impl Iterator<Item = (u64, u64)> {
    let split = move |from: u64, to: u64| {
        let step = usize::try_from(PARTS_PAGE_LEAVES).unwrap_or(1);
        let firsts = (from..to).step_by(step);
        firsts.map(move |first| (first, first.saturating_add(PARTS_PAGE_LEAVES).min(to)))
    };
    let asked = asked.min(size);
    split(again.min(asked), asked).chain(split(asked, size))
}

fn run(replica: &Replica, first: u64, end: u64) -> &[SignedEntry] {
    let index = |leaf: u64| usize::try_from(leaf).unwrap_or(usize::MAX);
    replica
        .entries()
        .get(index(first)..index(end))
        .unwrap_or_default()
}

fn public_parts(entries: &[SignedEntry]) -> impl Iterator<Item = &Part> {
    let parts = entries.iter().flat_map(|entry| &entry.header().parts);
    parts.filter(|part| part.audience == Audience::Public)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_cover_what_is_asked_again_and_what_is_new() {
        let all = |again, asked, size| runs(again, asked, size).collect::<Vec<_>>();
        assert_eq!(all(0, 0, 0), []);
        assert_eq!(all(0, 0, 300), [(0, 256), (256, 300)]);
        assert_eq!(all(10, 20, 30), [(10, 20), (20, 30)]);
        assert_eq!(all(0, 257, 258), [(0, 256), (256, 257), (257, 258)]);
        // A state that counts more than there is asks for nothing that is not there.
        assert_eq!(all(500, 600, 30), []);
    }
}

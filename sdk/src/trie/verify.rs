//! Checking proofs.

use super::label::bit;
use super::partial::{Opened, PartialTrie};
use super::{Item, KEY_BITS, Label, TrieError, TrieKey, TrieProof, TrieRoot, TrieValue, hash};
use std::ops::Range;

/// What is said to stand under a key; `None` for nothing.
pub type Claim = (TrieKey, Option<TrieValue>);

/// Opens the trie with this `root` as far as `proof` shows it, if every claim holds in it.
///
/// For one trie and one set of keys exactly one proof is accepted, and for any root and key at most
/// one answer, even where whoever made the root did not keep to the rules of the trie.
///
/// # Errors
/// [`TrieError::NoKeys`], [`TrieError::NotAscending`] for claims whose keys do not rise strictly,
/// [`TrieError::TooLarge`]; then the first rule that the proof breaks, in the order of
/// specs/trie.md §5.
pub fn verify(
    root: TrieRoot,
    claims: &[Claim],
    proof: &TrieProof,
) -> Result<PartialTrie, TrieError> {
    if claims.is_empty() {
        return Err(TrieError::NoKeys);
    }
    if !claims.is_sorted_by(|(one, _), (next, _)| one < next) {
        return Err(TrieError::NotAscending);
    }
    proof.check_bounds(claims.len())?;
    let mut walk = Walk {
        claims,
        shape: proof.shape.iter(),
        hashes: proof.hashes.iter(),
        trie: PartialTrie::new(),
    };
    if root == TrieRoot::empty() {
        walk.all_absent(0..claims.len())?;
        walk.finish()?;
        return Ok(walk.trie);
    }
    let sides = walk.sides(0..claims.len(), &Label::ROOT)?;
    walk.trie.set_sides(sides);
    if walk.trie.is_empty() {
        return Err(TrieError::MisplacedEmpty);
    }
    walk.finish()?;
    let found = walk.trie.root();
    if found == root {
        Ok(walk.trie)
    } else {
        Err(TrieError::RootMismatch {
            expected: root,
            found,
        })
    }
}

struct Walk<'a> {
    claims: &'a [Claim],
    shape: std::slice::Iter<'a, Item>,
    hashes: std::slice::Iter<'a, [u8; 32]>,
    trie: PartialTrie,
}

#[expect(
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "ranges are parts of that of all claims, and not empty where the first is looked at"
)]
impl Walk<'_> {
    fn hash(&mut self) -> Result<[u8; 32], TrieError> {
        self.hashes.next().copied().ok_or(TrieError::Incomplete)
    }

    fn all_absent(&self, range: Range<usize>) -> Result<(), TrieError> {
        let present = self.claims[range].iter().find(|(_, value)| value.is_some());
        present.map_or(Ok(()), |(key, _)| {
            Err(TrieError::ClaimMismatch { key: *key })
        })
    }

    /// Both children of the node with this label, for the claims below it.
    fn sides(&mut self, range: Range<usize>, parent: &Label) -> Result<[u32; 2], TrieError> {
        let claims = &self.claims[range.clone()];
        let goes_left = |(key, _): &Claim| !bit(key.as_bytes(), parent.len());
        let split = range.start + claims.partition_point(goes_left);
        let left = self.child(range.start..split, parent, false)?;
        let right = self.child(split..range.end, parent, true)?;
        Ok([left, right])
    }

    fn child(
        &mut self,
        range: Range<usize>,
        parent: &Label,
        right: bool,
    ) -> Result<u32, TrieError> {
        if !range.is_empty() {
            return self.node(range, parent, right);
        }
        let hash = self.hash()?;
        if hash != hash::EMPTY_CHILD {
            return Ok(self.trie.add(Opened::Closed(hash)));
        }
        if parent.is_empty() {
            Ok(self.trie.add(Opened::Empty))
        } else {
            Err(TrieError::MisplacedEmpty)
        }
    }

    fn node(&mut self, range: Range<usize>, parent: &Label, right: bool) -> Result<u32, TrieError> {
        let item = self.shape.next().ok_or(TrieError::Incomplete)?;
        let first = self.claims[range.start].0;
        let label = match *item {
            Item::Empty if parent.is_empty() => {
                self.all_absent(range)?;
                return Ok(self.trie.add(Opened::Empty));
            }
            Item::Empty => return Err(TrieError::MisplacedEmpty),
            Item::Follow(len) => Label::of(&first, len),
            Item::Explicit(label) => label,
        };
        let below = label.len() > parent.len() && parent.covers(&label);
        if !below || label.bit(parent.len()) != right {
            let parent = *parent;
            return Err(TrieError::Misplaced { parent, label });
        }
        // Else a way could end early, at a node that does lead to the key.
        if matches!(item, Item::Explicit(_)) && label.leads_to(&first) {
            return Err(TrieError::NotFollowed { label });
        }
        self.open(range, label)
    }

    fn open(&mut self, range: Range<usize>, label: Label) -> Result<u32, TrieError> {
        let inside = |(key, _): &Claim| label.leads_to(key);
        let claims = &self.claims[range.clone()];
        let before = claims.iter().take_while(|claim| !inside(claim)).count();
        let start = range.start + before;
        let count = claims[before..]
            .iter()
            .take_while(|claim| inside(claim))
            .count();
        self.all_absent(range.start..start)?;
        self.all_absent(start + count..range.end)?;
        let opened = if label.len() == KEY_BITS {
            let value = match self.claims[start..start + count].first() {
                None => TrieValue::new(self.hash()?),
                Some((_, Some(value))) => *value,
                Some((key, None)) => return Err(TrieError::ClaimMismatch { key: *key }),
            };
            let key = TrieKey::new(*label.bits());
            Opened::Leaf { key, value }
        } else if count == 0 {
            let value = self.hash()?;
            Opened::Shut { label, value }
        } else {
            let children = self.sides(start..start + count, &label)?;
            Opened::Inner { label, children }
        };
        Ok(self.trie.add(opened))
    }

    fn finish(&self) -> Result<(), TrieError> {
        let (items, hashes) = (self.shape.len(), self.hashes.len());
        if items == 0 && hashes == 0 {
            Ok(())
        } else {
            Err(TrieError::LeftOver { items, hashes })
        }
    }
}

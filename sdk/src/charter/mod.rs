//! The charter of a network and the authors that follow from it (specs/charter.md).

use crate::cbor::{CborError, Rules, decode, encode};
use crate::contexts::{CHARTER, derive};
use crate::entry::{Pair, Role, SignedEntry, ascending, begin_of};
use crate::id::{AuthorId, NetworkId};
use crate::key::{KeyError, PublicKey};
use crate::limits;
use crate::reason::Reason;
use crate::time::Timestamp;
use std::collections::BTreeSet;

crate::int_map! {
    /// What a network is founded on: its roots, their threshold, its reply desks, its terms.
    #[derive(Debug, Clone, PartialEq, Eq)]
    pub struct Terms {
        /// Format version, 1.
        1 => version: u64,
        /// When the network was founded.
        2 => created: Timestamp,
        /// Its name.
        3 => name: String,
        /// The roots, ascending, 1 to 32.
        4 => roots: Vec<Pair>,
        /// How many roots must agree: more than half of them.
        5 => threshold: u64,
        /// The reply desks, ascending, 1 to 32.
        6 => reply_desks: Vec<Pair>,
        /// The roles this network grants, ascending words.
        7 => roles: Vec<String>,
        /// Terms of use.
        8 => terms: String,
        /// Whom to write to.
        9 => contact: String,
        /// Licence of the data.
        10 => licence: String,
        /// Envelope version, 1: it fixes the algorithms.
        11 => envelope: u64,
    }
}

/// Why a charter is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CharterError {
    /// The encoding or schema is broken.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// A key may not be enrolled.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A key or digest occurs twice.
    #[error("a key or digest occurs twice")]
    Repeated,
    /// A role this version does not know.
    #[error("unknown role in the charter")]
    Role,
    /// Not more than half of the roots, or more than there are.
    #[error("threshold {threshold} of {roots} roots")]
    Threshold {
        /// The threshold found.
        threshold: u64,
        /// Number of roots.
        roots: usize,
    },
    /// Another format or envelope version.
    #[error("charter version {version}, envelope version {envelope}; expected 1 and 1")]
    Version {
        /// Format version found.
        version: u64,
        /// Envelope version found.
        envelope: u64,
    },
}

impl CharterError {
    /// Stable code, see specs/reason-codes.md.
    pub const fn code(&self) -> Reason {
        match self {
            Self::Cbor(error) => error.code(),
            Self::Key(error) => error.code(),
            Self::Repeated | Self::Threshold { .. } => Reason::CharterInvalid,
            Self::Role => Reason::CodeUnknown,
            Self::Version { .. } => Reason::VersionUnknown,
        }
    }
}

/// A charter that holds all rules, and the id of the network it founds.
///
/// ```
/// use fairtrail::charter::{Charter, Terms};
/// use fairtrail::entry::Pair;
/// use fairtrail::key::SecretKey;
/// use fairtrail::time::Timestamp;
///
/// let pair = |seed: u8| Pair {
///     key: SecretKey::from_seed([seed; 32]).public().id(),
///     next: SecretKey::from_seed([seed + 1; 32]).public().next_digest(),
/// };
/// let terms = Terms {
///     version: 1,
///     created: Timestamp::new(1_790_000_000).unwrap(),
///     name: "Example network".into(),
///     roots: vec![pair(1)],
///     threshold: 1,
///     reply_desks: vec![pair(3)],
///     roles: vec!["auditor".into(), "company".into()],
///     terms: "Say only what you saw.".into(),
///     contact: "desk@network.example".into(),
///     licence: "CC BY 4.0".into(),
///     envelope: 1,
/// };
/// let charter = Charter::new(&terms).unwrap();
/// assert_eq!(Charter::parse(charter.bytes()).unwrap().network(), charter.network());
/// // Two of one root cannot agree.
/// assert!(Charter::new(&Terms { threshold: 2, ..terms }).is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Charter {
    bytes: Vec<u8>,
    network: NetworkId,
    terms: Terms,
    roles: BTreeSet<Role>,
}

impl Charter {
    /// Founds a network on `terms`.
    ///
    /// # Errors
    /// [`CharterError`] for the first rule they break.
    pub fn new(terms: &Terms) -> Result<Self, CharterError> {
        Self::parse(&encode(terms))
    }

    /// Reads a charter.
    ///
    /// # Errors
    /// [`CharterError`] for whatever is wrong first.
    pub fn parse(bytes: &[u8]) -> Result<Self, CharterError> {
        let terms: Terms = decode(bytes, Rules::CHARTER)?;
        if terms.version != 1 || terms.envelope != crate::entry::ENVELOPE_VERSION {
            let (version, envelope) = (terms.version, terms.envelope);
            return Err(CharterError::Version { version, envelope });
        }
        ascending(&terms.roots, 1, limits::CHARTER_PAIRS)?;
        ascending(&terms.reply_desks, 1, limits::CHARTER_PAIRS)?;
        ascending(&terms.roles, 0, Role::ALL.len())?;
        check_threshold(&terms)?;
        check_pairs(&terms)?;
        let words = terms
            .roles
            .iter()
            .map(|word| word.parse().map_err(|_| CharterError::Role));
        let roles = words.collect::<Result<_, _>>()?;
        let network = NetworkId::new(derive(CHARTER, &[bytes]));
        Ok(Self {
            bytes: bytes.to_vec(),
            network,
            terms,
            roles,
        })
    }

    /// The exact bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The network's id: the hash of the bytes.
    pub const fn network(&self) -> NetworkId {
        self.network
    }

    /// What the charter says.
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// Whether this network grants `role`.
    pub fn grants(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// The author whose feed follows from a pair: its begin is computed, not chosen.
    pub fn author(&self, pair: Pair) -> AuthorId {
        let (protected, header) = begin_of(self.network, pair, self.terms.created);
        SignedEntry::id_of(&protected, &header).into()
    }
}

fn check_threshold(terms: &Terms) -> Result<(), CharterError> {
    let roots = terms.roots.len();
    let threshold = usize::try_from(terms.threshold).unwrap_or(usize::MAX);
    if threshold > roots / 2 && threshold <= roots {
        Ok(())
    } else {
        Err(CharterError::Threshold {
            threshold: terms.threshold,
            roots,
        })
    }
}

fn check_pairs(terms: &Terms) -> Result<(), CharterError> {
    let (mut keys, mut digests) = (BTreeSet::new(), BTreeSet::new());
    for pair in terms.roots.iter().chain(&terms.reply_desks) {
        if !keys.insert(pair.key) || !digests.insert(pair.next) {
            return Err(CharterError::Repeated);
        }
        PublicKey::enrol(pair.key)?;
    }
    Ok(())
}

//! How following goes, for the operator.

use std::sync::{Arc, PoisonError, RwLock};

use fairtrail::reason::Reason;
use fairtrail::time::Timestamp;
use serde::Serialize;

use crate::clock::Clock;
use crate::config::FollowSettings;
use crate::core::follow::{Known, Rest};
use crate::core::repair;

/// One followed log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PeerView {
    /// The log.
    pub origin: String,
    /// The node that is asked first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub peer: Option<String>,
    /// Where it is asked.
    pub urls: Vec<String>,
    /// How it goes.
    pub state: PeerState,
    /// Leaves of it that are in the own log.
    pub size: u64,
    /// Leaves of the largest tree it was seen to sign.
    pub seen: u64,
    /// When everything it signed had last been taken up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached_at: Option<Timestamp>,
    /// Why no more comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Rounds in a row that did not reach what it signed.
    pub failures: u32,
    /// Whether the two sets differed when that was last looked at, both standing still.
    pub differs: bool,
    /// Entries that were brought since the start because they lacked here behind the cursor.
    pub repaired: u64,
}

/// How it goes with a followed log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum PeerState {
    /// It was refused for good, or following it ended by a defect here.
    Ended,
    /// Everything up to its last checkpoint is here.
    Following,
    /// No round has ended yet.
    Starting,
    /// The last round did not reach its checkpoint.
    Trying,
}

impl PeerState {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Following => "following",
            Self::Starting => "starting",
            Self::Trying => "trying",
        }
    }
}

/// All followed logs; cheap to clone.
#[derive(Clone)]
pub struct Peers {
    views: Arc<RwLock<Vec<PeerView>>>,
    clock: Clock,
}

impl std::fmt::Debug for Peers {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Peers").field(&self.views).finish()
    }
}

impl Peers {
    /// Those that are configured; nothing has happened yet.
    pub fn new(follow: &[FollowSettings], clock: Clock) -> Self {
        let views = follow.iter().map(|settings| PeerView {
            origin: settings.followed.origin.to_string(),
            peer: settings.peer.as_ref().map(ToString::to_string),
            urls: settings.urls.iter().map(ToString::to_string).collect(),
            state: PeerState::Starting,
            size: 0,
            seen: 0,
            reached_at: None,
            reason: None,
            failures: 0,
            differs: false,
            repaired: 0,
        });
        Self {
            views: Arc::new(RwLock::new(views.collect())),
            clock,
        }
    }

    /// The time by the node's clock.
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// How it goes.
    pub fn views(&self) -> Vec<PeerView> {
        let views = self.views.read().unwrap_or_else(PoisonError::into_inner);
        views.clone()
    }

    /// What a start found on the disk.
    pub fn know(&self, number: usize, known: &Known) {
        self.change(number, |view| note(view, known));
    }

    pub(super) fn rested(&self, number: usize, rest: Rest, known: &Known) {
        let now = (self.clock)();
        self.change(number, |view| {
            note(view, known);
            view.reason = rest.reason();
            let reached = matches!(rest, Rest::Reached { .. });
            if reached {
                view.reached_at = Some(now);
                view.failures = 0;
            } else {
                view.failures = view.failures.saturating_add(1);
            }
            view.state = match rest {
                _ if reached => PeerState::Following,
                rest if rest.is_final() => PeerState::Ended,
                _ => PeerState::Trying,
            };
        });
    }

    pub(super) fn repaired(&self, number: usize, rest: repair::Rest, differs: bool) {
        self.change(number, |view| {
            view.differs = differs;
            if let repair::Rest::Brought(entries) = rest {
                view.repaired = view.repaired.saturating_add(entries);
            }
        });
    }

    /// Following ended by a defect here.
    pub(super) fn broke(&self, number: usize) {
        self.change(number, |view| {
            view.state = PeerState::Ended;
            view.reason = Some(Reason::Internal);
        });
    }

    fn change(&self, number: usize, change: impl FnOnce(&mut PeerView)) {
        let mut views = self.views.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(view) = views.get_mut(number) {
            change(view);
        }
    }
}

fn note(view: &mut PeerView, known: &Known) {
    view.size = known.cursor().head.size.get();
    let seen = known.seen().map(|seen| seen.checkpoint().size().get());
    view.seen = seen.unwrap_or(0);
}

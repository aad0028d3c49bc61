//! What gateways say of their logs while somebody watches: a bell that may lie or be silent.

use fairtrail::api::{LeafNotice, Notice};
use fairtrail::client::{ClientError, Gateway, Told};
use fairtrail::reason::Reason;
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::Duration;

/// What waits to be heard; a gateway that says more waits until somebody listens.
const QUEUE: usize = 1_024;
/// How long a gateway may say nothing at all: a few of its signs of life.
const PATIENCE: Duration = Duration::from_secs(60);
/// The longest pause before a gateway is called again.
const LONGEST: Duration = Duration::from_secs(60);
/// The pause where no gateway of a log says when it grows.
const NONE: Duration = Duration::from_secs(900);

/// Something was heard of a log.
pub(super) enum Rung {
    /// Its gateway tells of it from now on.
    Opened {
        log: String,
    },
    Leaf {
        log: String,
        leaf: LeafNotice,
    },
    Size {
        log: String,
        size: u64,
    },
    /// It signs nothing at present; the code, if this version knows it.
    Halted {
        log: String,
        reason: Option<Reason>,
    },
    /// Nobody tells of it any more.
    Closed {
        log: String,
        why: String,
    },
    /// Somebody asks for the end.
    Stop,
}

/// Where bells are rung. Cheap to clone.
#[derive(Clone)]
pub(super) struct Ring(SyncSender<Rung>);

impl Ring {
    /// Rings if there is room: whoever has no room is listening anyhow.
    pub(super) fn at_once(&self, rung: Rung) {
        let _ = self.0.try_send(rung);
    }

    /// Waits for room; whether somebody still listens.
    fn when_heard(&self, rung: Rung) -> bool {
        self.0.send(rung).is_ok()
    }
}

/// All bells.
pub(super) struct Bells {
    ring: Ring,
    rung: Receiver<Rung>,
}

impl Bells {
    pub(super) fn new() -> Self {
        let (ring, rung) = mpsc::sync_channel(QUEUE);
        let ring = Ring(ring);
        Self { ring, rung }
    }

    pub(super) fn ring(&self) -> Ring {
        self.ring.clone()
    }

    /// What is rung next, within a time.
    pub(super) fn wait(&self, time: Duration) -> Option<Rung> {
        self.rung.recv_timeout(time).ok()
    }

    /// Listens to the gateways of a log, one at a time, from a leaf on, until nobody wants to hear.
    pub(super) fn listen(&self, log: String, gateways: Vec<Gateway>, from: u64) {
        let ring = self.ring();
        let mut listener = Listener {
            log,
            ring,
            next: from,
        };
        std::thread::spawn(move || listener.listen(&gateways));
    }
}

/// Who listens to one log.
struct Listener {
    log: String,
    ring: Ring,
    /// The first leaf that was not told.
    next: u64,
}

/// Nobody wants to hear any more.
struct Unheard;

impl Listener {
    fn listen(&mut self, gateways: &[Gateway]) {
        let mut pause = Duration::from_secs(1);
        loop {
            let mut none = true;
            for gateway in gateways {
                match self.hear(gateway) {
                    Ok(Heard { useful, why, lacks }) => {
                        none &= lacks;
                        if useful {
                            pause = Duration::from_secs(1);
                        }
                        let log = self.log.clone();
                        if !self.ring.when_heard(Rung::Closed { log, why }) {
                            return;
                        }
                    }
                    Err(Unheard) => return,
                }
            }
            std::thread::sleep(if none { NONE } else { pause });
            pause = pause.saturating_mul(2).min(LONGEST);
        }
    }

    /// Hears one gateway out.
    fn hear(&mut self, gateway: &Gateway) -> Result<Heard, Unheard> {
        let mut changes = match gateway.changes(Some(self.next), PATIENCE) {
            Ok(changes) => changes,
            Err(error) => {
                return Ok(Heard {
                    useful: false,
                    lacks: lacks(&error),
                    why: error.to_string(),
                });
            }
        };
        let mut useful = false;
        loop {
            let told = match changes.hear() {
                Ok(Some(told)) => told,
                Ok(None) => return Ok(ended(useful, "it ended")),
                Err(error) => return Ok(ended(useful, &error.to_string())),
            };
            let Told::Notice(notice) = told else {
                // A sign of life: the pause before calling again need not grow.
                useful = true;
                continue;
            };
            if let Notice::Log(log) = &notice
                && log.origin != self.log
            {
                return Ok(ended(false, "it tells of another log"));
            }
            useful |= notice.place().is_some();
            self.pass_on(notice)?;
        }
    }

    fn pass_on(&mut self, notice: Notice) -> Result<(), Unheard> {
        let log = self.log.clone();
        if let Some(place) = notice.place() {
            self.next = self.next.max(place.saturating_add(1));
        }
        let rung = match notice {
            Notice::Log(_) => Rung::Opened { log },
            Notice::Leaf(leaf) => Rung::Leaf { log, leaf },
            Notice::Size(size) => {
                let size = size.size;
                Rung::Size { log, size }
            }
            Notice::Halted(halted) => {
                let code = halted.reason.as_deref().map(str::parse);
                match code {
                    None => return Ok(()),
                    Some(reason) => Rung::Halted {
                        log,
                        reason: reason.ok(),
                    },
                }
            }
            _ => return Ok(()),
        };
        if self.ring.when_heard(rung) {
            Ok(())
        } else {
            Err(Unheard)
        }
    }
}

/// What came of listening to one gateway.
struct Heard {
    /// Whether it told anything.
    useful: bool,
    /// Whether it has no such stream at all.
    lacks: bool,
    why: String,
}

fn ended(useful: bool, why: &str) -> Heard {
    Heard {
        useful,
        lacks: false,
        why: why.to_owned(),
    }
}

fn lacks(error: &ClientError) -> bool {
    match error {
        ClientError::Refused(refusal) => refusal.status < 500,
        ClientError::Answer { .. } => true,
        _ => false,
    }
}

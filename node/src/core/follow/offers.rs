//! What admission is being asked, in log order.
//!
//! Two runs are offered at once, so that the signatures of one are checked while the one before it
//! is written. They are answered one by one: what is early only because the run before it is not in yet
//! is offered again behind it.

use std::collections::VecDeque;

use super::Ticket;
use super::batch::Batch;

/// Runs that are offered at once.
const OFFERS: usize = 2;

/// Runs that are offered, in log order.
#[derive(Debug, Default)]
pub(super) struct Offers(VecDeque<Offer>);

#[derive(Debug)]
struct Offer {
    batch: Batch,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Admission's answer is awaited.
    Asked(Ticket),
    /// It cites what is not in yet: to be offered again once all before it is.
    Early,
    /// All of it is in the own log.
    Taken,
}

impl Offers {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn has_room(&self) -> bool {
        let early = |offer: &Offer| offer.state == State::Early;
        self.0.len() < OFFERS && !self.0.iter().any(early)
    }

    /// The first leaf that is not settled.
    pub(super) fn first(&self) -> Option<u64> {
        self.0.front()?.batch.first()
    }

    pub(super) fn push(&mut self, ticket: Ticket, batch: Batch) {
        let state = State::Asked(ticket);
        self.0.push_back(Offer { batch, state });
    }

    /// Where the offer with this ticket stands.
    pub(super) fn position(&self, ticket: Ticket) -> Option<usize> {
        let mut offers = self.0.iter();
        offers.position(|offer| offer.state == State::Asked(ticket))
    }

    pub(super) fn batch(&mut self, at: usize) -> Option<&mut Batch> {
        self.0.get_mut(at).map(|offer| &mut offer.batch)
    }

    /// The offer waits for those before it.
    pub(super) fn wait(&mut self, at: usize) {
        self.set(at, State::Early);
    }

    /// The offer was made again.
    pub(super) fn again(&mut self, at: usize, ticket: Ticket) {
        self.set(at, State::Asked(ticket));
    }

    /// The offer is settled. Whether the first that is not was waiting for it.
    pub(super) fn settle(&mut self, at: usize) -> bool {
        self.set(at, State::Taken);
        while self.is_first(State::Taken) {
            self.0.pop_front();
        }
        self.is_first(State::Early)
    }

    /// Gives up the offers from this one on; the first leaf that was in them.
    pub(super) fn cut(&mut self, at: usize) -> Option<u64> {
        let mut behind = self.0.iter().skip(at);
        let first = behind.find_map(|offer| offer.batch.first());
        self.0.truncate(at);
        first
    }

    fn is_first(&self, state: State) -> bool {
        self.0.front().is_some_and(|offer| offer.state == state)
    }

    fn set(&mut self, at: usize, state: State) {
        if let Some(offer) = self.0.get_mut(at) {
            offer.state = state;
        }
    }
}

//! What somebody who has no keys says of others.

use fairtrail::fraud::{FraudFile, SplitView};
use fairtrail::log::{Checkpoint, Origin, SignedCheckpoint};
use fairtrail::merkle::{Root, TreeSize};
use fairtrail::note::NoteSigner;
use fairtrail_node::core::gossip::{Content, Message};

use crate::ctx::{Ctx, Event};
use crate::gossip::STRANGER;
use crate::sim::Sim;
use crate::world::secret;

fn signed(origin: &Origin, key: &NoteSigner, root: u8) -> SignedCheckpoint {
    let (size, root) = (TreeSize::new(5).unwrap(), Root::from_bytes([root; 32]));
    let checkpoint = Checkpoint::new(origin.clone(), size, root).unwrap();
    let note = checkpoint.sign(key).unwrap().to_string();
    SignedCheckpoint::open(note.as_bytes(), key.verifier()).unwrap()
}

/// A proof against a log that another key signed, a checkpoint likewise, or noise.
fn lie(ctx: &mut Ctx, origin: &Origin) -> Content {
    let key = NoteSigner::new(origin.key_name().unwrap(), secret(99));
    let view = SplitView::of_one_size(&signed(origin, &key, 1), &signed(origin, &key, 2));
    let file = FraudFile::SplitView(Box::new(view)).to_bytes();
    match ctx.rng.below(3) {
        0 => Content::Fraud(file),
        1 => Content::Checkpoint(signed(origin, &key, 3).note().to_string().into_bytes()),
        _ => Content::Fraud(vec![b'x'; 40]),
    }
}

impl Sim {
    /// Somebody tells a node what does not hold, of a log that it follows.
    pub(crate) fn slander(&mut self, node: usize) {
        let target = self.nodes[node].follows[0];
        let origin = self.ctx.logs[target].origin.clone();
        let network = self.world.charter.network();
        let content = lie(&mut self.ctx, &origin);
        let bytes = Message { network, content }.to_bytes();
        let (to, from) = (node, STRANGER);
        self.ctx.later(1, Event::Gossip { to, from, bytes });
    }
}

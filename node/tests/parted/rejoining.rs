//! Nodes that are stopped, killed and cut off, over datagrams.

use rustix::process::Signal;

use crate::support::Feed;
use crate::support::network::Carrier;
use crate::ways::{Net, Said};

#[test]
fn stopped_killed_and_cut_off_nodes_rejoin_over_quic() {
    let pairs = [(0, 1), (1, 0), (1, 2), (2, 1), (2, 0), (0, 2)];
    let mut net = Net::new(Carrier::Quic, &["hill", "lake", "moor"], &pairs);
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = root.grant(&mut author);
    let mut said = Said::default();
    let (entries, known) = said.more(vec![root.begin.clone(), granted, author.begin.clone()]);
    net.peers[0].submit(&entries);
    net.agree(&[0, 1, 2], &known);

    // One does nothing for as long as the others take to notice, and goes on where it was.
    net.peers[1].send(Signal::STOP);
    let (entries, known) = said.more(root.pulses(10));
    net.peers[0].submit(&entries);
    net.agree(&[0, 2], &known);
    net.lost(0, 1);
    net.peers[1].send(Signal::CONT);
    net.agree(&[1], &known);

    // Another hears nothing of the others, of whom one is killed and comes back.
    net.cut(&[2]);
    let (entries, known) = said.more(root.pulses(300));
    for some in entries.chunks(150) {
        net.peers[0].submit(some);
    }
    let (apart, _) = said.more(author.pulses(5));
    net.peers[2].submit(&apart);
    net.agree(&[0, 1], &known);
    assert_eq!(net.peers[1].signal(Signal::KILL), None);
    net.lost(0, 2);
    net.heal();
    net.peers[1].start();
    let (entries, known) = said.more(root.pulses(1));
    net.peers[1].submit(&entries);
    net.agree(&[0, 1, 2], &known);
    net.same(&[root.author, author.author]);
    for peer in &mut net.peers {
        peer.stop();
    }
}

//! A minority that is cut off, a node that is killed, and one whose disk is lost.

use fairtrail::entry::SignedEntry;
use rustix::process::Signal;

use crate::peer::wait_until;
use crate::support::Feed;
use crate::support::network::Carrier;
use crate::ways::{Net, Said};

const ALL: [usize; 5] = [0, 1, 2, 3, 4];

#[test]
fn a_cut_off_minority_a_killed_and_a_restored_node_lose_nothing_over_tcp() {
    // A ring, with chords within the two sides so that each goes on by itself.
    let pairs = [
        (0, 4),
        (1, 0),
        (2, 1),
        (3, 2),
        (4, 3),
        (0, 1),
        (1, 2),
        (2, 0),
        (3, 4),
        (4, 0),
    ];
    let names = ["hill", "lake", "moor", "reef", "vale"];
    let mut net = Net::new(Carrier::Tcp, &names, &pairs);
    let (mut root, mut author) = (Feed::root(), Feed::author(9));
    let granted = root.grant(&mut author);
    let mut said = Said::default();
    let (entries, founding) = said.more(vec![root.begin.clone(), granted, author.begin.clone()]);
    net.peers[0].submit(&entries);
    net.agree(&ALL, &founding);
    let backup = net.peers[1].backup("backup");

    net.cut(&[3, 4]);
    let (entries, known) = said.more(root.pulses(20));
    net.peers[1].submit(&entries);
    let (apart, _) = said.more(author.pulses(20));
    net.peers[3].submit(&apart);
    net.agree(&[0, 1, 2], &known);
    let apart = apart.iter().map(SignedEntry::id);
    net.agree(
        &[3, 4],
        &founding.union(&apart.collect()).copied().collect(),
    );
    // A node is killed; of another the disk is lost, with what it signed since its backup.
    assert_eq!(net.peers[2].signal(Signal::KILL), None);
    wait_until("its follower holds what it signed", || {
        net.peers[0].mirrors(&net.peers[1]) == net.peers[1].size()
    });
    net.peers[1].lose();
    let (entries, _) = said.more(root.pulses(5));
    net.peers[0].submit(&entries);
    let (apart, _) = said.more(author.pulses(200));
    net.peers[4].submit(&apart);
    net.peers[1].restore(&backup);
    let (status, text) = net.peers[1].recover(&[&net.peers[0]]);
    assert_eq!(status, 0, "{text}");
    net.peers[1].start();
    net.heal();
    net.peers[2].start();
    let (entries, known) = said.more(root.pulses(1));
    net.peers[0].submit(&entries);
    net.agree(&ALL, &known);
    net.same(&[root.author, author.author]);
    for peer in &mut net.peers {
        peer.stop();
    }
}

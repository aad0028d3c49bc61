//! A way for datagrams that can be cut and healed.

use std::collections::HashMap;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

/// A proxy on loopback; what comes while it is cut is lost.
pub(crate) struct UdpLink {
    pub(crate) address: SocketAddr,
    cut: Arc<AtomicBool>,
}

impl UdpLink {
    pub(crate) fn to(inside: SocketAddr) -> Self {
        let outside = UdpSocket::bind("127.0.0.1:0").unwrap();
        let address = outside.local_addr().unwrap();
        let cut = Arc::new(AtomicBool::new(false));
        let serving = Arc::clone(&cut);
        thread::spawn(move || serve(&outside, inside, &serving));
        Self { address, cut }
    }

    pub(crate) fn cut(&self) {
        self.cut.store(true, Ordering::SeqCst);
    }

    pub(crate) fn heal(&self) {
        self.cut.store(false, Ordering::SeqCst);
    }
}

/// Gives everybody outside a socket of its own inside, so that answers find their way.
fn serve(outside: &UdpSocket, inside: SocketAddr, cut: &Arc<AtomicBool>) {
    let mut ways: HashMap<SocketAddr, UdpSocket> = HashMap::new();
    let mut buffer = vec![0; 65_536];
    loop {
        // The port of a node that is down may say so; it comes up again.
        let Ok((len, from)) = outside.recv_from(&mut buffer) else {
            continue;
        };
        let way = ways.entry(from).or_insert_with(|| {
            let way = UdpSocket::bind("127.0.0.1:0").unwrap();
            way.connect(inside).unwrap();
            let (back, to) = (way.try_clone().unwrap(), outside.try_clone().unwrap());
            let cut = Arc::clone(cut);
            thread::spawn(move || answers(&back, &to, from, &cut));
            way
        });
        if !cut.load(Ordering::SeqCst) {
            // Nobody may be there.
            let _ = way.send(&buffer[..len]);
        }
    }
}

fn answers(way: &UdpSocket, outside: &UdpSocket, to: SocketAddr, cut: &AtomicBool) {
    let mut buffer = vec![0; 65_536];
    loop {
        let Ok(len) = way.recv(&mut buffer) else {
            // Nobody is there at present; not to be asked in a busy loop.
            thread::sleep(std::time::Duration::from_millis(20));
            continue;
        };
        if !cut.load(Ordering::SeqCst) {
            let _ = outside.send_to(&buffer[..len], to);
        }
    }
}

//! A way from one node to another that can be cut, healed and slowed.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A proxy on loopback; what is under way when it is cut breaks off.
pub(crate) struct Link {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
}

struct Shared {
    to: SocketAddr,
    cut: AtomicBool,
    delay_ms: AtomicU64,
    open: Mutex<Vec<TcpStream>>,
}

impl Link {
    pub(crate) fn to(to: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::new(Shared {
            to,
            cut: AtomicBool::new(false),
            delay_ms: AtomicU64::new(0),
            open: Mutex::default(),
        });
        let serving = Arc::clone(&shared);
        thread::spawn(move || {
            for outside in listener.incoming().flatten() {
                if serving.cut.load(Ordering::SeqCst) {
                    continue;
                }
                if let Ok(inside) = TcpStream::connect(serving.to) {
                    serving.join(outside, inside);
                }
            }
        });
        Self { address, shared }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    pub(crate) fn cut(&self) {
        self.shared.cut.store(true, Ordering::SeqCst);
        for stream in self.shared.open.lock().unwrap().drain(..) {
            // The other end may have gone already.
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    pub(crate) fn heal(&self) {
        self.shared.cut.store(false, Ordering::SeqCst);
    }

    /// Holds back everything that comes from the node by so long.
    pub(crate) fn slow(&self, delay: Duration) {
        let millis = u64::try_from(delay.as_millis()).unwrap();
        self.shared.delay_ms.store(millis, Ordering::SeqCst);
    }
}

impl Shared {
    fn join(self: &Arc<Self>, outside: TcpStream, inside: TcpStream) {
        let mut open = self.open.lock().unwrap();
        open.push(outside.try_clone().unwrap());
        open.push(inside.try_clone().unwrap());
        drop(open);
        let back = (inside.try_clone().unwrap(), outside.try_clone().unwrap());
        thread::spawn(move || pass(outside, inside, &AtomicU64::new(0)));
        let shared = Arc::clone(self);
        thread::spawn(move || pass(back.0, back.1, &shared.delay_ms));
    }
}

fn pass(mut from: TcpStream, mut to: TcpStream, delay_ms: &AtomicU64) {
    let mut buffer = vec![0; 65_536];
    while let Ok(len @ 1..) = from.read(&mut buffer) {
        thread::sleep(Duration::from_millis(delay_ms.load(Ordering::SeqCst)));
        if to.write_all(&buffer[..len]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
    let _ = from.shutdown(Shutdown::Both);
}

//! Being asked to stop.

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{oneshot, watch};

/// Says when the process was asked to stop, by SIGINT or SIGTERM. The second time it ends at once:
/// what was acknowledged is durable whenever that is.
pub fn listen() -> watch::Receiver<bool> {
    let (asked, stop) = watch::channel(false);
    // Caught from here on: a signal that comes before would end the process as if it had crashed.
    let (Ok(mut interrupt), Ok(mut terminate)) = (
        signal(SignalKind::interrupt()),
        signal(SignalKind::terminate()),
    ) else {
        return stop;
    };
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            if asked.send_replace(true) {
                at_once();
            }
            tracing::info!("stopping; once more ends at once");
        }
    });
    stop
}

/// Done when standard input ends: whoever started this process and held its input is gone.
pub async fn input_ends() {
    let (over, ends) = oneshot::channel::<()>();
    // A thread of its own, which nobody waits for: a read that is under way cannot be given up.
    std::thread::spawn(move || {
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        drop(over);
    });
    let _ = ends.await;
}

/// Done when the process was asked to stop.
pub async fn asked(mut stop: watch::Receiver<bool>) {
    if stop.wait_for(|asked| *asked).await.is_err() {
        // Signals cannot be listened to; only being killed is left.
        std::future::pending::<()>().await;
    }
}

#[expect(
    clippy::exit,
    clippy::disallowed_methods,
    reason = "asked twice, the operator wants no more waiting"
)]
fn at_once() {
    std::process::exit(130);
}

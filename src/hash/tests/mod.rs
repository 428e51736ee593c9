//! Tests of the hasher on both engines, and their support.

mod calibration;
mod faulty;
mod foreign;
mod foreign_gate;
mod hasher;
mod lanes;
mod queue;
mod self_test;
mod spot_check;
mod stored;

use std::{
    future::ready,
    num::NonZeroUsize,
    pin::Pin,
    sync::{Arc, Condvar, Mutex, mpsc},
    task::{Context, Poll, Waker},
    time::Duration,
};

use tokio::task::JoinHandle;

use super::{HashError, Hasher, Settings, engine::reference::Bcrypt, start::start};

const FAST: Settings = Settings {
    cost: 4,
    workers: NonZeroUsize::new(1),
    deadline: Duration::from_mins(1),
};

fn fast_hasher() -> Hasher {
    Hasher::start(FAST).expect("starts")
}

/// A hasher without lanes.
fn reference_hasher(settings: Settings, bcrypt: &Bcrypt) -> Hasher {
    Hasher(Arc::new(start(settings, None, bcrypt).expect("starts")))
}

/// Controls a bcrypt function that reports each call and waits while the gate is closed.
struct Gate {
    calls: mpsc::Receiver<()>,
    open: Arc<(Mutex<bool>, Condvar)>,
}

impl Gate {
    fn new() -> (Self, Bcrypt) {
        let (sender, calls) = mpsc::channel();
        let open = Arc::new((Mutex::new(true), Condvar::new()));
        let inside = Arc::clone(&open);
        let bcrypt: Bcrypt = Arc::new(move |cost, salt, key| {
            let is_open = inside.0.lock().expect("no panic");
            sender.send(()).expect("the gate exists");
            let opened = inside.1.wait_while(is_open, |is_open| !*is_open);
            drop(opened.expect("no panic"));
            bcrypt::bcrypt(cost, salt, key)
        });
        (Self { calls, open }, bcrypt)
    }

    fn set(&self, is_open: bool) {
        *self.open.0.lock().expect("no panic") = is_open;
        self.open.1.notify_all();
    }
}

/// Returns a hasher whose only worker waits in a job, that job, and the gate.
async fn blocked(deadline: Duration) -> (Hasher, JoinHandle<Result<String, HashError>>, Gate) {
    let (gate, bcrypt) = Gate::new();
    let hasher = reference_hasher(Settings { deadline, ..FAST }, &bcrypt);
    gate.calls.recv().expect("the speed estimate at start");
    gate.set(false);
    let first = tokio::spawn({
        let hasher = hasher.clone();
        async move { hasher.hash("first").await }
    });
    while !hasher.is_busy() {
        tokio::task::yield_now().await;
    }
    gate.calls.recv().expect("the first job");
    (hasher, first, gate)
}

/// Polls a future once, which submits its job. The future may be ready by then, because a worker
/// runs at the same time.
fn started<'a, F: Future + 'a>(future: F) -> Pin<Box<dyn Future<Output = F::Output> + 'a>> {
    let mut future: Pin<Box<dyn Future<Output = F::Output> + 'a>> = Box::pin(future);
    match future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()))
    {
        Poll::Ready(output) => Box::pin(ready(output)),
        Poll::Pending => future,
    }
}

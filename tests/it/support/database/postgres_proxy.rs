//! A proxy between a service and its PostgreSQL server, which fails on demand.

use std::{
    io::{Read, Write},
    net::Shutdown,
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex},
    thread,
};

use tempfile::TempDir;

/// A fault of the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkFault {
    /// Cuts the connection before a commit reaches the server.
    CutAtCommit,
    /// Cuts the connection after the server has committed, before its reply reaches the service.
    CutAtCommitDone,
    /// Keeps the connection and passes nothing on to the server.
    Silence,
}

/// A running proxy, which passes everything on until a fault is set.
pub struct PostgresProxy {
    folder: TempDir,
    fault: Arc<Fault>,
}

/// The present fault, shared with all connections.
#[derive(Default)]
struct Fault {
    now: Mutex<Option<NetworkFault>>,
    has_changed: Condvar,
}

/// The file name of PostgreSQL's socket.
const SOCKET: &str = ".s.PGSQL.5432";

impl PostgresProxy {
    /// Starts a proxy in front of the server whose socket is in this folder.
    pub fn before(server: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(SOCKET)).unwrap();
        let server = Path::new(server).join(SOCKET);
        let fault = Arc::default();
        let shared = Arc::clone(&fault);
        thread::spawn(move || accept(&listener, &server, &shared));
        Self { folder, fault }
    }

    /// Returns the `DATABASE_URL` of the proxy.
    pub fn url(&self) -> String {
        let at = self.folder.path().display();
        format!("postgres:///postgres?host={at}&user=daemun")
    }

    /// Sets the fault, or ends it.
    pub fn fail(&self, fault: Option<NetworkFault>) {
        *self.fault.now.lock().unwrap() = fault;
        self.fault.has_changed.notify_all();
    }
}

fn accept(listener: &UnixListener, server: &PathBuf, fault: &Arc<Fault>) {
    while let Ok((client, _)) = listener.accept() {
        let upstream = UnixStream::connect(server).unwrap();
        let (replies, requests) = (upstream.try_clone().unwrap(), client.try_clone().unwrap());
        let is_cut = Arc::new(Mutex::new(false));
        let (fault, is_done) = (Arc::clone(fault), Arc::clone(&is_cut));
        thread::spawn(move || {
            pass(requests, upstream, |bytes| {
                may_pass_request(bytes, &fault, &is_cut)
            });
        });
        thread::spawn(move || pass(replies, client, |_| !*is_done.lock().unwrap()));
    }
}

/// Returns whether the client's bytes are passed on. Notes whether the reply must be cut.
fn may_pass_request(bytes: &[u8], fault: &Fault, is_cut: &Mutex<bool>) -> bool {
    let now = fault.now.lock().unwrap();
    let is_silent = |now: &mut Option<NetworkFault>| *now == Some(NetworkFault::Silence);
    let now = *fault.has_changed.wait_while(now, is_silent).unwrap();
    let is_commit = bytes.windows(6).any(|word| word == b"COMMIT");
    *is_cut.lock().unwrap() = is_commit && now == Some(NetworkFault::CutAtCommitDone);
    !(is_commit && now == Some(NetworkFault::CutAtCommit))
}

/// Passes bytes on until a side closes or a fault cuts the connection, then closes both sides.
fn pass(mut from: UnixStream, mut to: UnixStream, may_pass: impl Fn(&[u8]) -> bool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if !may_pass(&buffer[..count]) || to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    for stream in [from, to] {
        // The other direction may have closed the stream.
        let _ended = stream.shutdown(Shutdown::Both);
    }
}

//! A network of a test's own between a service and its PostgreSQL server, which fails when it is told to.

use std::{
    io::{Read, Write},
    net::Shutdown,
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex},
    thread,
};

use tempfile::TempDir;

/// What goes wrong with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NetworkFault {
    /// It is cut before a commit comes to the server.
    CutAtCommit,
    /// It is cut after the server has answered that, before the answer comes to the service.
    CutAtCommitDone,
    /// It stays, and nothing comes to the server.
    Silence,
}

/// Passes everything on until it is told not to.
pub struct PostgresProxy {
    folder: TempDir,
    fault: Arc<Fault>,
}

/// What goes wrong from now on.
#[derive(Default)]
struct Fault {
    now: Mutex<Option<NetworkFault>>,
    has_changed: Condvar,
}

/// What PostgreSQL calls its socket.
const SOCKET: &str = ".s.PGSQL.5432";

impl PostgresProxy {
    /// Before the server whose socket is in this folder.
    pub fn before(server: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(SOCKET)).unwrap();
        let server = Path::new(server).join(SOCKET);
        let fault = Arc::default();
        let asked = Arc::clone(&fault);
        thread::spawn(move || accept(&listener, &server, &asked));
        Self { folder, fault }
    }

    /// What `DATABASE_URL` names it by.
    pub fn url(&self) -> String {
        let at = self.folder.path().display();
        format!("postgres:///postgres?host={at}&user=daemun")
    }

    /// From now on this goes wrong, or nothing does.
    pub fn fail(&self, fault: Option<NetworkFault>) {
        *self.fault.now.lock().unwrap() = fault;
        self.fault.has_changed.notify_all();
    }
}

fn accept(listener: &UnixListener, server: &PathBuf, fault: &Arc<Fault>) {
    while let Ok((client, _)) = listener.accept() {
        let upstream = UnixStream::connect(server).unwrap();
        let (answers, questions) = (upstream.try_clone().unwrap(), client.try_clone().unwrap());
        let is_cut = Arc::new(Mutex::new(false));
        let (fault, is_done) = (Arc::clone(fault), Arc::clone(&is_cut));
        thread::spawn(move || pass(questions, upstream, |bytes| asks(bytes, &fault, &is_cut)));
        thread::spawn(move || pass(answers, client, |_| !*is_done.lock().unwrap()));
    }
}

/// Whether what a client says is passed on; notes where the answer is not to be.
fn asks(bytes: &[u8], fault: &Fault, is_cut: &Mutex<bool>) -> bool {
    let now = fault.now.lock().unwrap();
    let is_silent = |now: &mut Option<NetworkFault>| *now == Some(NetworkFault::Silence);
    let now = *fault.has_changed.wait_while(now, is_silent).unwrap();
    let is_commit = bytes.windows(6).any(|word| word == b"COMMIT");
    *is_cut.lock().unwrap() = is_commit && now == Some(NetworkFault::CutAtCommitDone);
    !(is_commit && now == Some(NetworkFault::CutAtCommit))
}

/// Passes on until either side ends or what comes is not to be passed on; then both end.
fn pass(mut from: UnixStream, mut to: UnixStream, may_pass: impl Fn(&[u8]) -> bool) {
    let mut buffer = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        if !may_pass(&buffer[..count]) || to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    for stream in [from, to] {
        // The other direction may have ended it.
        let _ended = stream.shutdown(Shutdown::Both);
    }
}

//! A network of a test's own between a service and its PostgreSQL server, which fails when it is told to.

use std::{
    io::{Read, Write},
    net::Shutdown,
    os::unix::net::{UnixListener, UnixStream},
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
    thread,
};

use tempfile::TempDir;

/// Where connections are cut.
#[derive(Clone, Copy, Debug)]
pub enum CutAt {
    /// Before a commit comes to the server.
    Commit,
    /// After the server has answered it, before the answer comes to the service.
    CommitDone,
}

/// Passes everything on until it is told not to.
pub struct PostgresProxy {
    folder: TempDir,
    cut: Arc<Mutex<Option<CutAt>>>,
}

/// What PostgreSQL calls its socket.
const SOCKET: &str = ".s.PGSQL.5432";

impl PostgresProxy {
    /// Before the server whose socket is in this folder.
    pub fn before(server: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let listener = UnixListener::bind(folder.path().join(SOCKET)).unwrap();
        let server = Path::new(server).join(SOCKET);
        let cut = Arc::default();
        let asked = Arc::clone(&cut);
        thread::spawn(move || accept(&listener, &server, &asked));
        Self { folder, cut }
    }

    /// What `DATABASE_URL` names it by.
    pub fn url(&self) -> String {
        let at = self.folder.path().display();
        format!("postgres:///postgres?host={at}&user=daemun")
    }

    /// Cuts every connection that commits from now on, or none.
    pub fn cut_at(&self, cut: Option<CutAt>) {
        *self.cut.lock().unwrap() = cut;
    }
}

fn accept(listener: &UnixListener, server: &PathBuf, cut: &Arc<Mutex<Option<CutAt>>>) {
    while let Ok((client, _)) = listener.accept() {
        let upstream = UnixStream::connect(server).unwrap();
        let (answers, questions) = (upstream.try_clone().unwrap(), client.try_clone().unwrap());
        let is_cut = Arc::new(Mutex::new(false));
        let (cut, is_done) = (Arc::clone(cut), Arc::clone(&is_cut));
        thread::spawn(move || pass(questions, upstream, |bytes| asks(bytes, &cut, &is_cut)));
        thread::spawn(move || pass(answers, client, |_| !*is_done.lock().unwrap()));
    }
}

/// Whether what a client says is passed on; notes where the answer is not to be.
fn asks(bytes: &[u8], cut: &Mutex<Option<CutAt>>, is_cut: &Mutex<bool>) -> bool {
    let is_commit = bytes.windows(6).any(|word| word == b"COMMIT");
    match cut.lock().unwrap().filter(|_| is_commit) {
        None => true,
        Some(CutAt::Commit) => false,
        Some(CutAt::CommitDone) => {
            *is_cut.lock().unwrap() = true;
            true
        }
    }
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

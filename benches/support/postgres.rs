//! A PostgreSQL server for one benchmark, from the distribution's packages. Settings that are not
//! named here have their defaults.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use rustix::process::getuid;

/// The folder in which Debian and its derivatives keep the programs of each version.
const VERSIONS: &str = "/usr/lib/postgresql";

/// A server on loopback. It stops when this is dropped; its data stay in their folder.
pub struct Cluster {
    /// The data directory.
    pub data: PathBuf,
    port: u16,
}

impl Cluster {
    /// Starts the server on the data in this folder, and creates the data if there are none.
    pub fn start(folder: &Path) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let cluster = Self {
            data: folder.join("data"),
            port: free.local_addr().unwrap().port(),
        };
        drop(free);
        if !cluster.data.exists() {
            fs::create_dir_all(folder).unwrap();
            if getuid().is_root() {
                let owned = Command::new("chown").arg("postgres").arg(folder).status();
                assert!(owned.unwrap().success());
            }
            let options = ["--username=daemun", "--encoding=UTF8", "--auth=trust"];
            run(program("initdb").arg("-D").arg(&cluster.data).args(options));
        }
        cluster.restart();
        cluster
    }

    /// Returns the URL of a schema, which is the whole search path.
    pub fn url(&self, schema: &str) -> String {
        let port = self.port;
        format!("postgres://daemun@127.0.0.1:{port}/postgres?options=-csearch_path%3D{schema}")
    }

    /// Connects to a schema, and creates it if it does not exist.
    pub fn connect(&self, schema: &str) -> PgConnection {
        let mut connection = PgConnection::establish(&self.url(schema)).unwrap();
        let create =
            format!("SET client_min_messages = warning; CREATE SCHEMA IF NOT EXISTS {schema}");
        connection.batch_execute(&create).unwrap();
        connection
    }

    /// Starts the server on the same port again.
    pub fn restart(&self) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_wal_size=4GB",
            self.port
        );
        let log = self.data.with_file_name("log");
        run(program("pg_ctl")
            .args(["start", "-w", "-t", "60", "-s", "-o", &options, "-D"])
            .arg(&self.data)
            .arg("-l")
            .arg(log));
    }

    /// Stops the server: `fast`, or `immediate` like a crash.
    pub fn stop(&self, mode: &str) {
        let mut stop = program("pg_ctl");
        stop.args(["stop", "-w", "-t", "120", "-s", "-m", mode, "-D"]);
        run(stop.arg(&self.data));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop("fast");
    }
}

/// Returns a program of the newest version. Under root it runs as the user `postgres`, because
/// PostgreSQL does not run as root.
fn program(name: &str) -> Command {
    let versions = fs::read_dir(VERSIONS).expect("PostgreSQL's server is installed");
    let newest = versions
        .map(|entry| entry.unwrap().path())
        .max_by_key(|path| path.file_name()?.to_str()?.parse::<u32>().ok());
    let program = newest.unwrap().join("bin").join(name);
    if !getuid().is_root() {
        return Command::new(program);
    }
    let mut command = Command::new("runuser");
    command.args(["-u", "postgres", "--"]).arg(program);
    command
}

fn run(command: &mut Command) {
    // The server that pg_ctl starts would hold a pipe open.
    let status = command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status();
    assert!(status.unwrap().success(), "{command:?}");
}

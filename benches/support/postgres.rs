//! A PostgreSQL server of a benchmark's own, from the distribution's packages, with its defaults but for what is named here; it must
//! not know what is kept in it.

use std::{
    fs,
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use diesel::{Connection, PgConnection, connection::SimpleConnection};
use rustix::process::getuid;

/// Where Debian and its kin keep each version's programs.
const VERSIONS: &str = "/usr/lib/postgresql";

/// A server on loopback. It ends when this is dropped; its data stay in their folder.
pub struct Cluster {
    /// Where its data are.
    pub data: PathBuf,
    port: u16,
}

impl Cluster {
    /// Starts the server on the data in this folder, which are made if there are none.
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
        cluster.begin();
        cluster
    }

    /// A schema on it as a URL: the schema alone is in sight.
    pub fn url(&self, schema: &str) -> String {
        let port = self.port;
        format!("postgres://daemun@127.0.0.1:{port}/postgres?options=-csearch_path%3D{schema}")
    }

    /// A connection to a schema, which is made if it is not there.
    pub fn connect(&self, schema: &str) -> PgConnection {
        let mut connection = PgConnection::establish(&self.url(schema)).unwrap();
        let made =
            format!("SET client_min_messages = warning; CREATE SCHEMA IF NOT EXISTS {schema}");
        connection.batch_execute(&made).unwrap();
        connection
    }

    /// Starts it, on the port that it had.
    pub fn begin(&self) {
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

    /// Stops it: `fast`, or `immediate` as a crash would.
    pub fn end(&self, mode: &str) {
        let mut stop = program("pg_ctl");
        stop.args(["stop", "-w", "-t", "120", "-s", "-m", mode, "-D"]);
        run(stop.arg(&self.data));
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.end("fast");
    }
}

/// One of the newest version's programs, as the user `postgres` where root would be refused.
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
    // pg_ctl leaves a server behind, which would hold a pipe open.
    let status = command
        .current_dir("/")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .status();
    assert!(status.unwrap().success(), "{command:?}");
}

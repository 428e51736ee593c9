//! nginx with the project's own forward-auth configuration.

use std::{
    fs,
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// The configuration in the repository.
const TEMPLATE: &str = concat!(
    env!("CARGO_MANIFEST_DIR"),
    "/examples/integrations/nginx/forward-auth.conf"
);

/// nginx with that configuration, plus the location `/open/` without authentication.
pub struct Nginx {
    process: Child,
    pub address: SocketAddr,
}

impl Nginx {
    /// Starts nginx. Returns `None` if it is not installed.
    pub fn start(daemun: SocketAddr, app: SocketAddr, folder: &Path) -> Option<Self> {
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let text = configuration(address, daemun, app, folder);
        let file = folder.join("nginx.conf");
        fs::write(&file, text).unwrap();
        let process = Command::new("nginx")
            .args(["-g", "daemon off;", "-p"])
            .arg(folder)
            .arg("-c")
            .arg(file)
            .stdout(Stdio::null())
            .spawn()
            .ok()?;
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(
                started.elapsed() < Duration::from_secs(10),
                "nginx does not start"
            );
            thread::yield_now();
        }
        Some(Self { process, address })
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // SIGTERM also ends its workers; SIGKILL would not.
        let _terminated = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        let _status = self.process.wait();
    }
}

/// Returns the configuration with the addresses and files of this run.
fn configuration(
    address: SocketAddr,
    daemun: SocketAddr,
    app: SocketAddr,
    folder: &Path,
) -> String {
    let open = "location /open/ { proxy_pass http://app; proxy_set_header Connection \"\"; }";
    fs::read_to_string(TEMPLATE)
        .unwrap()
        .replace(" /tmp/", &format!(" {}/", folder.display()))
        .replace("listen 8080;", &format!("listen {address};\n{open}"))
        .replace("server daemun:8080;", &format!("server {daemun};"))
        .replace("server app:8000;", &format!("server {app};"))
        .replace(
            "/dev/stderr",
            &folder.join("nginx.err").display().to_string(),
        )
        .replace(
            "/dev/stdout",
            &folder.join("nginx.out").display().to_string(),
        )
        .replace("keepalive_timeout 30s;", "keepalive_requests 100000;")
}

//! What neighbours ask, in answers a second: `/forward-auth` against a bare Actix handler, `/introspect`, `/token` against signing
//! alone, and the key set. Then what nginx's question adds to a request, with the project's own recipe.
//!
//! Every process logs into a file; the same clients ask them in turns over kept connections.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on fails"
)]

#[path = "support/account.rs"]
mod account;
#[path = "support/baseline.rs"]
mod bare;
#[path = "support/server.rs"]
mod server;

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, ExitCode, Stdio},
    thread,
    time::{Duration, Instant},
};

use daemun::domain::access_token::{Claims, SigningKey};

use self::{
    bare::{CLIENTS, median, rate},
    server::Server,
};

const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(1);

/// Of a bare handler's rate; well below what is measured, so that a busy machine does not fail it.
const FORWARD_AUTH: f64 = 0.4;
/// Tokens a second, or [`SIGNING_SHARE`] of what signing alone allows, whichever is less.
const TOKENS: f64 = 5_000.0;
const SIGNING_SHARE: f64 = 0.5;
/// What nginx's question may add to the median of a request.
const QUESTION: Duration = Duration::from_millis(1);
/// Requests through nginx, half of them with a question.
const REQUESTS: usize = 4_000;

fn main() -> ExitCode {
    if bare::was_it() {
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("daemun");
    let daemun = Server::start(Command::new(env!("CARGO_BIN_EXE_daemun")), &home);
    let bare = bare::start(&folder.path().join("bare"));
    let session = account::sign_up(&daemun, "minji");
    let are_met = [
        answers(&daemun, &bare, &session, &home),
        question(&daemun, &bare, &session, folder.path()),
    ];
    if are_met == [true, true] {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Prints how many a second there are of each answer; whether there are enough.
fn answers(daemun: &Server, bare: &Server, session: &str, home: &Path) -> bool {
    let (token, key) = (access_token(daemun, session), service_key(home));
    let form = |token: &str| request("POST /introspect", &key, &format!("token={token}"));
    let asked = [
        ("bare JSON handler", bare, request("GET /", session, "")),
        ("GET /me", daemun, account::me(session)),
        (
            "GET /forward-auth",
            daemun,
            request("GET /forward-auth", session, ""),
        ),
        ("POST /introspect, session", daemun, form(session)),
        ("POST /introspect, JWT", daemun, form(&token)),
        ("POST /token", daemun, request("POST /token", session, "")),
        (
            "GET /.well-known/jwks.json",
            daemun,
            request("GET /.well-known/jwks.json", session, ""),
        ),
    ];
    let mut rates = asked.each_ref().map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for ((_, server, request), rates) in asked.iter().zip(&mut rates) {
            rates.push(rate(server.address, request, ROUND));
        }
    }
    let rates = rates.map(median);
    println!("{CLIENTS} clients, {ROUNDS} rounds of {ROUND:?} each, medians");
    for ((what, ..), rate) in asked.iter().zip(rates) {
        let share = rate / rates[0];
        println!("{what:<28}{rate:>9.0} a second   {share:>5.2} of bare");
    }
    let signed = signatures();
    let tokens = TOKENS.min(signed * SIGNING_SHARE);
    println!("{:<28}{signed:>9.0} a second", "signing alone");
    println!("at least: forward-auth {FORWARD_AUTH} of bare, {tokens:.0} tokens");
    rates[2] / rates[0] >= FORWARD_AUTH && rates[5] >= tokens
}

fn request(line: &str, token: &str, form: &str) -> Vec<u8> {
    let (kind, length) = ("application/x-www-form-urlencoded", form.len());
    format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: {kind}\r\nContent-Length: {length}\r\n\r\n{form}"
    )
    .into_bytes()
}

/// Prints what a request through nginx takes with and without its question; whether the question is cheap enough.
fn question(daemun: &Server, app: &Server, session: &str, folder: &Path) -> bool {
    let Some(nginx) = Nginx::start(daemun.address, app.address, folder) else {
        println!("nginx is not installed: what its question adds was not measured");
        return true;
    };
    let asked = request("GET /app/", session, "");
    let unasked = request("GET /unasked/", session, "");
    let mut stream = TcpStream::connect(nginx.address).unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..REQUESTS / 2 {
        with.push(duration(&mut stream, &asked));
        without.push(duration(&mut stream, &unasked));
    }
    let (with, without) = (median(with), median(without));
    println!(
        "through nginx, one after another, medians of {}",
        REQUESTS / 2
    );
    println!("{:<28}{:>9.3} ms", "without a question", without * 1e3);
    println!("{:<28}{:>9.3} ms", "with auth_request", with * 1e3);
    println!(
        "{:<28}{:>9.3} ms   (less than {QUESTION:?})",
        "it adds",
        (with - without) * 1e3
    );
    with - without < QUESTION.as_secs_f64()
}

/// Seconds until the answer, which has to be 200.
fn duration(stream: &mut TcpStream, request: &[u8]) -> f64 {
    let mut answer = [0; 4096];
    let started = Instant::now();
    stream.write_all(request).unwrap();
    let length = stream.read(&mut answer).unwrap();
    let taken = started.elapsed();
    let text = String::from_utf8_lossy(&answer[..length]);
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    taken.as_secs_f64()
}

/// nginx with the recipe, and a place besides that it lets everybody into.
struct Nginx {
    process: Child,
    address: SocketAddr,
}

impl Nginx {
    fn start(daemun: SocketAddr, app: SocketAddr, folder: &Path) -> Option<Self> {
        let recipe = concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/examples/nginx/forward-auth.conf"
        );
        let address = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap();
        let unasked =
            "location /unasked/ { proxy_pass http://app; proxy_set_header Connection \"\"; }";
        let text = fs::read_to_string(recipe)
            .unwrap()
            .replace(" /tmp/", &format!(" {}/", folder.display()))
            .replace("listen 8080;", &format!("listen {address};\n{unasked}"))
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
            .replace("keepalive_timeout 30s;", "keepalive_requests 100000;");
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
        // Its workers go with it only if it is asked.
        let _asked = Command::new("kill")
            .arg(self.process.id().to_string())
            .status();
        let _status = self.process.wait();
    }
}

/// Signatures a second by themselves, on every core.
fn signatures() -> f64 {
    let claims = Claims {
        iss: "https://app.example.com".into(),
        aud: "https://api.example.com".into(),
        sub: "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b".into(),
        sid: "019aab12-3c4e-7a10-9d2c-5b6a7f8e9d0c".into(),
        jti: "r2MrdLqnRZyGRZJ4MVnv0g".into(),
        iat: 1_795_352_709,
        exp: 1_795_353_009,
    };
    let cores = thread::available_parallelism().map_or(1, Into::into);
    let count = |_| {
        let (key, claims) = (SigningKey::new(&[7; 32]).unwrap(), claims.clone());
        thread::spawn(move || {
            let (mut signed, started) = (0_u32, Instant::now());
            while started.elapsed() < ROUND {
                key.sign(&claims).unwrap();
                signed += 1;
            }
            f64::from(signed) / started.elapsed().as_secs_f64()
        })
    };
    let threads: Vec<_> = (0..cores).map(count).collect();
    threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .sum()
}

fn access_token(daemun: &Server, session: &str) -> String {
    let answer = ureq::post(&format!("http://{}/token", daemun.address))
        .header("Authorization", format!("Bearer {session}"))
        .send_empty();
    let json: serde_json::Value = answer.unwrap().into_body().read_json().unwrap();
    json["access_token"].as_str().unwrap().to_owned()
}

fn service_key(home: &Path) -> String {
    let made = Command::new(env!("CARGO_BIN_EXE_daemun"))
        .current_dir(home)
        .args(["key", "create", "neighbour"])
        .output()
        .unwrap();
    String::from_utf8(made.stdout).unwrap().trim().to_owned()
}

//! Throughput of the endpoints for other services, and the latency that nginx `auth_request` adds.
//!
//! `/forward-auth` is compared with a bare Actix handler, and `/token` with signing alone.
//! `/introspect` and the JWKS are measured too, and so is the CPU time of an introspection by each
//! method of client authentication. nginx runs with the project's own configuration.
//! Every process logs into a file. The same clients call them in turns over kept connections.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on fails"
)]

mod support {
    pub mod account;
    pub mod baseline;
    pub mod cpu_time;
    pub mod integrations {
        pub mod nginx;
        pub mod signing;
    }
    pub mod server;
    pub mod time;
}

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    process::{Command, ExitCode},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};

use self::support::{
    account,
    baseline::{self, CLIENTS, median, rate, responses},
    cpu_time::CpuTime,
    integrations::{nginx::Nginx, signing},
    server::Server,
    time::millis,
};

const ROUNDS: usize = 3;
const ROUND: Duration = Duration::from_secs(1);

/// The required share of the bare handler's rate. It is well below the measured share, so that a
/// busy machine does not fail the benchmark.
const FORWARD_AUTH: f64 = 0.4;
/// The required tokens per second, or [`SIGNING_SHARE`] of the rate of signing alone if that is
/// less.
const TOKENS: f64 = 5_000.0;
const SIGNING_SHARE: f64 = 0.5;
/// The required share of the CPU time with HTTP Basic in that with a bearer token.
const BASIC: f64 = 1.05;
/// The latency that `auth_request` may add to the median of a request.
const ADDED_LATENCY: Duration = Duration::from_millis(1);
/// Requests through nginx, half of them with `auth_request`.
const REQUESTS: usize = 4_000;

fn main() -> ExitCode {
    if baseline::serve_if_started_as_such() {
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path().join("daemun");
    let daemun = Server::start(Command::new(env!("CARGO_BIN_EXE_daemun")), &home);
    let bare = baseline::start(&folder.path().join("bare"));
    let session = account::sign_up(&daemun, "minji");
    let are_met = [
        throughput(&daemun, &bare, &session, &home),
        client_authentication(&daemun, &session, &service_key(&home, "basic")),
        added_latency(&daemun, &bare, &session, folder.path()),
    ];
    if are_met == [true; 3] {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// Prints the responses per second of each endpoint. Returns whether they are enough.
fn throughput(daemun: &Server, bare: &Server, session: &str, home: &Path) -> bool {
    let (token, key) = (access_token(daemun, session), service_key(home, "bearer"));
    let form = |token: &str| request("POST /introspect", &key, &format!("token={token}"));
    let endpoints = [
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
    let mut rates = endpoints.each_ref().map(|_| Vec::new());
    for _ in 0..ROUNDS {
        for ((_, server, request), rates) in endpoints.iter().zip(&mut rates) {
            rates.push(rate(server.address, request, ROUND));
        }
    }
    let rates = rates.map(median);
    println!("{CLIENTS} clients, {ROUNDS} rounds of {ROUND:?} each, medians");
    for ((endpoint, ..), rate) in endpoints.iter().zip(rates) {
        let share = rate / rates[0];
        println!("{endpoint:<28}{rate:>9.0} per second   {share:>5.2} of bare");
    }
    let signed = signing::rate(ROUND);
    let tokens = TOKENS.min(signed * SIGNING_SHARE);
    println!("{:<28}{signed:>9.0} per second", "signing alone");
    println!("required: forward-auth {FORWARD_AUTH} of bare, {tokens:.0} tokens per second");
    rates[2] / rates[0] >= FORWARD_AUTH && rates[5] >= tokens
}

/// Prints the CPU time of an introspection by two methods. Returns whether it is nearly the same.
fn client_authentication(daemun: &Server, session: &str, key: &str) -> bool {
    let form = format!("token={session}");
    let basic = STANDARD.encode(format!("basic:{key}"));
    let requests = [format!("Bearer {key}"), format!("Basic {basic}")]
        .map(|authorization| authorized("POST /introspect", &authorization, &form));
    let mut times = [Vec::new(), Vec::new()];
    for round in 0..2 * ROUNDS {
        for turn in [round % 2, 1 - round % 2] {
            let before = CpuTime::of(daemun);
            let responses = responses(daemun.address, &requests[turn], ROUND);
            let spent = CpuTime::of(daemun) - before;
            times[turn].push(millis(spent.rest) / responses);
        }
    }
    let [bearer, basic] = times.map(median);
    let (bearer, basic, share) = (bearer * 1e3, basic * 1e3, basic / bearer);
    println!("CPU time of an introspection");
    println!("{:<28}{bearer:>9.2} µs", "bearer token");
    println!(
        "{:<28}{basic:>9.2} µs   {share:>5.3} of bearer (at most {BASIC})",
        "HTTP Basic"
    );
    share <= BASIC
}

fn request(line: &str, token: &str, form: &str) -> Vec<u8> {
    authorized(line, &format!("Bearer {token}"), form)
}

fn authorized(line: &str, authorization: &str, form: &str) -> Vec<u8> {
    let (content_type, length) = ("application/x-www-form-urlencoded", form.len());
    format!(
        "{line} HTTP/1.1\r\nHost: localhost\r\nAuthorization: {authorization}\r\n\
         Content-Type: {content_type}\r\nContent-Length: {length}\r\n\r\n{form}"
    )
    .into_bytes()
}

/// Prints the latency of a request through nginx with and without `auth_request`. Returns whether
/// the difference is small enough.
fn added_latency(daemun: &Server, app: &Server, session: &str, folder: &Path) -> bool {
    let Some(nginx) = Nginx::start(daemun.address, app.address, folder) else {
        println!("nginx is not installed: the latency of auth_request was not measured");
        return true;
    };
    let protected = request("GET /app/", session, "");
    let open = request("GET /open/", session, "");
    let mut stream = TcpStream::connect(nginx.address).unwrap();
    stream.set_nodelay(true).unwrap();
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..REQUESTS / 2 {
        with.push(duration(&mut stream, &protected));
        without.push(duration(&mut stream, &open));
    }
    let (with, without) = (median(with), median(without));
    println!(
        "through nginx, one after another, medians of {}",
        REQUESTS / 2
    );
    println!("{:<28}{:>9.3} ms", "without auth_request", without * 1e3);
    println!("{:<28}{:>9.3} ms", "with auth_request", with * 1e3);
    println!(
        "{:<28}{:>9.3} ms   (less than {ADDED_LATENCY:?})",
        "difference",
        (with - without) * 1e3
    );
    with - without < ADDED_LATENCY.as_secs_f64()
}

/// Returns the seconds until the response, which must be 200.
fn duration(stream: &mut TcpStream, request: &[u8]) -> f64 {
    let mut buffer = [0; 4096];
    let started = Instant::now();
    stream.write_all(request).unwrap();
    let length = stream.read(&mut buffer).unwrap();
    let taken = started.elapsed();
    let text = String::from_utf8_lossy(&buffer[..length]);
    assert!(text.starts_with("HTTP/1.1 200"), "{text}");
    taken.as_secs_f64()
}

fn access_token(daemun: &Server, session: &str) -> String {
    let response = ureq::post(&format!("http://{}/token", daemun.address))
        .header("Authorization", format!("Bearer {session}"))
        .send_empty();
    let json: serde_json::Value = response.unwrap().into_body().read_json().unwrap();
    json["access_token"].as_str().unwrap().to_owned()
}

fn service_key(home: &Path, name: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_daemun"))
        .current_dir(home)
        .args(["key", "create", name])
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

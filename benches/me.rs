//! `GET /me` against a bare Actix JSON handler with the same logging: requests a second of both and their ratio.
//!
//! Both run as processes of their own with their logs in files; the same clients ask them in turns over kept connections.
//! The ratio has to stay at [`FLOOR`] or above.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on fails"
)]

mod account;
mod server;

use std::{
    env,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Command, ExitCode},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use actix_web::{App, HttpResponse, HttpServer, rt, web};
use daemun::{http::RequestSpan, telemetry};
use serde_json::json;
use tracing_actix_web::TracingLogger;

use self::server::Server;

const CLIENTS: usize = 16;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);

/// Well below what is measured, so that a busy machine does not fail it.
const FLOOR: f64 = 0.4;

fn main() -> ExitCode {
    if env::args().nth(1).as_deref() == Some("bare") {
        bare();
        return ExitCode::SUCCESS;
    }
    let folder = tempfile::tempdir().unwrap();
    let daemun = Server::start(
        Command::new(env!("CARGO_BIN_EXE_daemun")),
        &folder.path().join("daemun"),
    );
    let mut itself = Command::new(env::current_exe().unwrap());
    itself.arg("bare");
    let bare = Server::start(itself, &folder.path().join("bare"));
    let me = account::me(&account::sign_up(&daemun, "minji"));
    let hello = b"GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n";

    let (mut me_rates, mut bare_rates) = (Vec::new(), Vec::new());
    println!("{CLIENTS} clients, {ROUNDS} rounds of {ROUND:?} each, medians");
    for _ in 0..ROUNDS {
        bare_rates.push(rate(bare.address, hello));
        me_rates.push(rate(daemun.address, &me));
    }
    let (me_rate, bare_rate) = (median(me_rates), median(bare_rates));
    let ratio = me_rate / bare_rate;
    println!("bare JSON handler   {bare_rate:>9.0} requests/s");
    println!("GET /me             {me_rate:>9.0} requests/s");
    println!("ratio               {ratio:>9.2}   (at least {FLOOR})");
    if ratio >= FLOOR {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// The other side of the comparison: a handler that answers as many bytes of JSON and does nothing for them.
fn bare() {
    telemetry::install("info", true, telemetry::Stream::Stdout);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    tracing::info!(event = "service.ready", address = %listener.local_addr().unwrap(), "ready");
    let user = json!({
        "id": "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b",
        "username": "Minji",
        "email": "minji@example.com",
        "email_verified": false,
        "created_at": "2026-11-22T13:05:09.25Z",
    });
    rt::System::new().block_on(async {
        HttpServer::new(move || {
            let user = user.clone();
            App::new()
                .route(
                    "/hello",
                    web::get().to(move || {
                        let user = user.clone();
                        async move { HttpResponse::Ok().json(user) }
                    }),
                )
                .wrap(TracingLogger::<RequestSpan>::new())
        })
        .listen(listener)
        .unwrap()
        .run()
        .await
        .unwrap();
    });
}

/// Answers a second to clients that each ask again as soon as they are answered.
fn rate(address: SocketAddr, request: &[u8]) -> f64 {
    let (is_over, answers) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    let started = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            let (is_over, answers) = (Arc::clone(&is_over), Arc::clone(&answers));
            scope.spawn(move || ask(address, request, &is_over, &answers));
        }
        thread::sleep(ROUND);
        is_over.store(true, Ordering::Release);
    });
    #[expect(
        clippy::cast_precision_loss,
        clippy::as_conversions,
        reason = "a few hundred thousand answers"
    )]
    let answers = answers.load(Ordering::Acquire) as f64;
    answers / started.elapsed().as_secs_f64()
}

fn ask(address: SocketAddr, request: &[u8], is_over: &AtomicBool, answers: &AtomicU64) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut answer = [0; 4096];
    while !is_over.load(Ordering::Acquire) {
        stream.write_all(request).unwrap();
        // Answers are far smaller than a segment, so each arrives in one piece.
        let length = stream.read(&mut answer).unwrap();
        assert!(
            answer
                .get(..length)
                .is_some_and(|answer| answer.starts_with(b"HTTP/1.1 200")),
            "not 200"
        );
        answers.fetch_add(1, Ordering::Relaxed);
    }
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    *rates.get(rates.len() / 2).expect("there were rounds")
}

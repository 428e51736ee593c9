//! The baseline of a comparison: a bare Actix handler in a process of its own, and the throughput
//! that the same clients get from any server.

use std::{
    env,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::Command,
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

use super::server::Server;

/// Concurrent clients.
pub const CLIENTS: usize = 16;

/// Starts this program again as the bare handler.
pub fn start(folder: &Path) -> Server {
    let mut itself = Command::new(env::current_exe().unwrap());
    itself.arg("bare");
    Server::start(itself, folder)
}

/// Serves as the bare handler if this process was started as one. Returns whether it was.
pub fn serve_if_started_as_such() -> bool {
    let is_baseline = env::args().nth(1).as_deref() == Some("bare");
    if is_baseline {
        serve();
    }
    is_baseline
}

/// Responds to every request with a constant JSON body of the size of `GET /me`, and logs like the
/// service.
fn serve() {
    telemetry::install("info", true, telemetry::Stream::Stdout);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    tracing::info!(event = "service.ready", address = %listener.local_addr().unwrap(), "ready");
    let user = json!({
        "id": "019aab12-3c4d-7e5f-8a9b-0c1d2e3f4a5b",
        "username": "Minji",
        "email": "minji@example.com",
        "email_verified": false,
        "created_at": "2026-11-22T13:05:09.250000Z",
    });
    rt::System::new().block_on(async {
        HttpServer::new(move || {
            let user = user.clone();
            App::new()
                .default_service(web::to(move || {
                    let user = user.clone();
                    async move { HttpResponse::Ok().json(user) }
                }))
                .wrap(TracingLogger::<RequestSpan>::new())
        })
        .listen(listener)
        .unwrap()
        .run()
        .await
        .unwrap();
    });
}

/// Returns the responses per second in a closed loop.
pub fn rate(address: SocketAddr, request: &[u8], round: Duration) -> f64 {
    let started = Instant::now();
    let responses = responses(address, request, round);
    responses / started.elapsed().as_secs_f64()
}

/// Returns the number of responses in a closed loop: each client sends its next request after a
/// response.
pub fn responses(address: SocketAddr, request: &[u8], round: Duration) -> f64 {
    let (is_over, responses) = (
        Arc::new(AtomicBool::new(false)),
        Arc::new(AtomicU64::new(0)),
    );
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            let (is_over, responses) = (Arc::clone(&is_over), Arc::clone(&responses));
            scope.spawn(move || request_in_a_loop(address, request, &is_over, &responses));
        }
        thread::sleep(round);
        is_over.store(true, Ordering::Release);
    });
    #[expect(
        clippy::cast_precision_loss,
        clippy::as_conversions,
        reason = "a few hundred thousand responses"
    )]
    let responses = responses.load(Ordering::Acquire) as f64;
    responses
}

fn request_in_a_loop(
    address: SocketAddr,
    request: &[u8],
    is_over: &AtomicBool,
    responses: &AtomicU64,
) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_nodelay(true).unwrap();
    let mut buffer = [0; 4096];
    while !is_over.load(Ordering::Acquire) {
        stream.write_all(request).unwrap();
        // Responses are far smaller than a segment, so each arrives in one piece.
        let length = stream.read(&mut buffer).unwrap();
        assert!(
            buffer
                .get(..length)
                .is_some_and(|response| response.starts_with(b"HTTP/1.1 200")),
            "not 200"
        );
        responses.fetch_add(1, Ordering::Relaxed);
    }
}

/// Returns the median.
pub fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    *rates.get(rates.len() / 2).expect("at least one round")
}

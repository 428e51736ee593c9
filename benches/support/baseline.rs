//! The other side of a comparison, and the comparison: a bare Actix handler in a process of its own, and how many answers a second
//! the same clients get of a server. It must not know what it is compared with.

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

/// Clients that ask at the same time.
pub const CLIENTS: usize = 16;

/// Starts this program again, to be the bare handler.
pub fn start(folder: &Path) -> Server {
    let mut itself = Command::new(env::current_exe().unwrap());
    itself.arg("bare");
    Server::start(itself, folder)
}

/// Whether this process was started to be the bare handler; it was it until now.
pub fn was_it() -> bool {
    let is_it = env::args().nth(1).as_deref() == Some("bare");
    if is_it {
        serve();
    }
    is_it
}

/// Answers everything with as many bytes of JSON as `GET /me` has, does nothing for them, and logs like the service.
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

/// Answers a second to clients that each ask again as soon as they are answered.
pub fn rate(address: SocketAddr, request: &[u8], round: Duration) -> f64 {
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
        thread::sleep(round);
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

/// The one in the middle.
pub fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    *rates.get(rates.len() / 2).expect("there were rounds")
}

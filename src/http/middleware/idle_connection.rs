//! The deadline for connections without a complete request.
//!
//! Actix has a deadline for the first head of a connection and for silence after a response.
//! Neither ends a later head that trickles in, a chunked body that no route reads, or a response
//! that the client does not read.

use std::{
    cell::Cell,
    net::{Shutdown, TcpStream},
    os::fd::AsFd,
    rc::{Rc, Weak},
    time::{Duration, Instant},
};

use actix_web::{
    dev::{Extensions, ServiceRequest},
    rt::{self, task::JoinHandle, time::sleep},
};

/// A connection that is closed when it has been idle for too long.
struct WatchedConnection {
    socket: TcpStream,
    active_requests: Cell<usize>,
    idle_since: Cell<Instant>,
    watch: JoinHandle<()>,
}

impl WatchedConnection {
    /// Returns how much longer the connection may be idle.
    fn time_left(&self, limit: Duration) -> Duration {
        match self.active_requests.get() {
            0 => limit.saturating_sub(self.idle_since.get().elapsed()),
            _active => limit,
        }
    }
}

impl Drop for WatchedConnection {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

/// Returns a callback that watches a new connection and closes it once it has been idle for
/// `limit`. The watch closes a second descriptor of the socket.
pub fn close_when_idle<S: AsFd>(limit: Duration) -> impl Fn(&S, &mut Extensions) + 'static {
    move |stream, extensions| match stream.as_fd().try_clone_to_owned() {
        Ok(socket) => drop(
            extensions.insert(Rc::new_cyclic(|connection| WatchedConnection {
                socket: socket.into(),
                active_requests: Cell::new(0),
                idle_since: Cell::new(Instant::now()),
                watch: rt::spawn(watch(Weak::clone(connection), limit)),
            })),
        ),
        Err(error) => {
            tracing::warn!(%error, "could not watch a connection: it has no idle deadline");
        }
    }
}

async fn watch(connection: Weak<WatchedConnection>, limit: Duration) {
    while let Some(left) = connection.upgrade().map(|open| open.time_left(limit)) {
        if left.is_zero() {
            // If the client closed the connection first, nothing is left to close.
            let _closed = connection
                .upgrade()
                .map(|open| open.socket.shutdown(Shutdown::Both));
            return;
        }
        sleep(left).await;
    }
}

/// A request in progress. Its connection is not idle until the value is dropped.
pub struct ActiveRequest(Rc<WatchedConnection>);

impl ActiveRequest {
    /// Marks the request's connection as active.
    pub fn begin(request: &ServiceRequest) -> Option<Self> {
        let connection = request.conn_data::<Rc<WatchedConnection>>()?;
        let active = &connection.active_requests;
        active.set(active.get() + 1);
        Some(Self(Rc::clone(connection)))
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        let active = &self.0.active_requests;
        active.set(active.get().saturating_sub(1));
        self.0.idle_since.set(Instant::now());
    }
}

#[cfg(test)]
mod tests {
    use std::{
        io::{Read, Write},
        net::SocketAddr,
        thread,
    };

    use actix_web::{App, HttpServer, middleware::from_fn, rt::net, web};

    use super::*;

    const LIMIT: Duration = Duration::from_millis(400);
    const GET: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    /// Starts a server without short deadlines of its own. Its route `/slow` takes longer than the
    /// idle deadline.
    fn address() -> SocketAddr {
        let server = || {
            HttpServer::new(|| {
                App::new()
                    .route("/", web::get().to(|| async { "done" }))
                    .route(
                        "/slow",
                        web::get().to(|| async {
                            sleep(LIMIT * 2).await;
                            "done"
                        }),
                    )
                    .wrap(from_fn(|request, next: actix_web::middleware::Next<_>| {
                        let active = ActiveRequest::begin(&request);
                        async move {
                            let response = next.call(request).await;
                            drop(active);
                            response
                        }
                    }))
            })
            .workers(1)
            .keep_alive(Duration::from_mins(5))
            .client_request_timeout(Duration::from_mins(5))
            .on_connect(|io, extensions| {
                let stream = io.downcast_ref::<net::TcpStream>().unwrap();
                close_when_idle(LIMIT)(stream, extensions);
            })
        };
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || rt::System::new().block_on(server().listen(listener).unwrap().run()));
        address
    }

    /// Returns the number of 200 responses until the connection is closed. `later` is sent after
    /// the first response.
    fn responses(address: SocketAddr, first: &str, later: &str) -> usize {
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        stream.write_all(first.as_bytes()).unwrap();
        let mut responses = vec![0; 16];
        stream.read_exact(&mut responses).unwrap();
        stream.write_all(later.as_bytes()).unwrap();
        stream.read_to_end(&mut responses).unwrap();
        let responses = String::from_utf8_lossy(&responses).into_owned();
        responses.matches(" 200 OK").count()
    }

    #[test]
    fn a_connection_without_a_complete_request_is_closed() {
        let address = address();
        let chunked = "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (first, later) in [(GET, ""), (GET, "GET / HT"), (chunked, "1\r\nx\r\n")] {
            assert_eq!(responses(address, first, later), 1, "{later:?}");
        }
        let mut silent = TcpStream::connect(address).unwrap();
        assert_eq!(silent.read(&mut [0; 1]).unwrap(), 0);
    }

    #[test]
    fn a_slow_response_is_not_cut_off_by_the_idle_deadline() {
        let slow = GET.replace("/ ", "/slow ");
        assert_eq!(responses(address(), GET, &format!("{slow}{GET}")), 3);
    }
}

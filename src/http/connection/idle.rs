//! How long a connection may go without a whole request; it must not know what requests ask for.
//!
//! Actix has a deadline for the first head of a connection and for silence after an answer. Neither ends a later head that
//! trickles in, a chunked body that no route reads, or an answer that the client does not take.

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

/// A connection, and since when nothing has been asked for on it.
struct Connection {
    socket: TcpStream,
    requests: Cell<usize>,
    quiet_since: Cell<Instant>,
    watch: JoinHandle<()>,
}

impl Connection {
    /// How much longer it may be quiet.
    fn left(&self, limit: Duration) -> Duration {
        match self.requests.get() {
            0 => limit.saturating_sub(self.quiet_since.get().elapsed()),
            _busy => limit,
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.watch.abort();
    }
}

/// What the server does with each new connection: closes it once it has been quiet for `limit`. A second descriptor of the
/// socket is what makes that possible.
pub fn closed_when_quiet<S: AsFd>(limit: Duration) -> impl Fn(&S, &mut Extensions) + 'static {
    move |stream, extensions| match stream.as_fd().try_clone_to_owned() {
        Ok(socket) => drop(extensions.insert(Rc::new_cyclic(|connection| Connection {
            socket: socket.into(),
            requests: Cell::new(0),
            quiet_since: Cell::new(Instant::now()),
            watch: rt::spawn(watch(Weak::clone(connection), limit)),
        }))),
        Err(error) => {
            tracing::warn!(%error, "a connection is not watched: it may be quiet for ever");
        }
    }
}

async fn watch(connection: Weak<Connection>, limit: Duration) {
    while let Some(left) = connection.upgrade().map(|open| open.left(limit)) {
        if left.is_zero() {
            // Where the client was faster, there is nothing left to close.
            let _closed = connection
                .upgrade()
                .map(|open| open.socket.shutdown(Shutdown::Both));
            return;
        }
        sleep(left).await;
    }
}

/// A request that is being answered: while it lives, its connection is not quiet.
pub struct Busy(Rc<Connection>);

impl Busy {
    /// From now on.
    pub fn with(request: &ServiceRequest) -> Option<Self> {
        let connection = request.conn_data::<Rc<Connection>>()?;
        connection.requests.set(connection.requests.get() + 1);
        Some(Self(Rc::clone(connection)))
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        let requests = &self.0.requests;
        requests.set(requests.get().saturating_sub(1));
        self.0.quiet_since.set(Instant::now());
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
    const ASK: &str = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

    /// A server whose own deadlines are far away and whose only route takes longer than a connection may be quiet.
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
                        let busy = Busy::with(&request);
                        async move {
                            let response = next.call(request).await;
                            drop(busy);
                            response
                        }
                    }))
            })
            .workers(1)
            .keep_alive(Duration::from_mins(5))
            .client_request_timeout(Duration::from_mins(5))
            .on_connect(|io, extensions| {
                let stream = io.downcast_ref::<net::TcpStream>().unwrap();
                closed_when_quiet(LIMIT)(stream, extensions);
            })
        };
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        thread::spawn(move || rt::System::new().block_on(server().listen(listener).unwrap().run()));
        address
    }

    /// How often this was answered with 200 until the connection was closed, when `later` is sent after the first answer.
    fn answers(address: SocketAddr, first: &str, later: &str) -> usize {
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(30)))
            .unwrap();
        stream.write_all(first.as_bytes()).unwrap();
        let mut answers = vec![0; 16];
        stream.read_exact(&mut answers).unwrap();
        stream.write_all(later.as_bytes()).unwrap();
        stream.read_to_end(&mut answers).unwrap();
        let answers = String::from_utf8_lossy(&answers).into_owned();
        answers.matches(" 200 OK").count()
    }

    #[test]
    fn a_connection_that_asks_for_nothing_whole_is_closed() {
        let address = address();
        let chunked = "GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
        for (first, later) in [(ASK, ""), (ASK, "GET / HT"), (chunked, "1\r\nx\r\n")] {
            assert_eq!(answers(address, first, later), 1, "{later:?}");
        }
        let mut silent = TcpStream::connect(address).unwrap();
        assert_eq!(silent.read(&mut [0; 1]).unwrap(), 0);
    }

    #[test]
    fn a_request_may_take_longer_than_a_connection_may_be_quiet() {
        let slow = ASK.replace("/ ", "/slow ");
        assert_eq!(answers(address(), ASK, &format!("{slow}{ASK}")), 3);
    }
}

//! The HTTP server: its listener, its workers and the deadlines of its connections.

use std::{future::ready, io, net::TcpListener, time::Duration};

use actix_http::{HttpService, Protocol};
use actix_server::{Server, ServerBuilder};
use actix_service::{
    IntoServiceFactory, ServiceFactory, ServiceFactoryExt, fn_service, map_config,
};
use actix_web::{
    App, Error,
    body::MessageBody,
    dev::{AppConfig, ServiceRequest, ServiceResponse},
    rt::net::TcpStream,
};

use super::stream::ClientStream;
use crate::http::middleware::idle_connection;

/// The time within which the head of a request must arrive.
const HEAD_DEADLINE: Duration = Duration::from_secs(10);

/// The time within which a closed connection must end.
const CLOSE_DEADLINE: Duration = Duration::from_secs(1);

/// Serves an application on every connection of this listener. An idle connection is kept open for
/// `keep_alive`.
pub fn serve<T, B>(
    builder: ServerBuilder,
    listener: TcpListener,
    keep_alive: Duration,
    application: impl Fn() -> App<T> + Clone + Send + 'static,
) -> io::Result<Server>
where
    T: ServiceFactory<
            ServiceRequest,
            Config = (),
            Response = ServiceResponse<B>,
            Error = Error,
            InitError = (),
        > + 'static,
    B: MessageBody + 'static,
{
    let stopping = builder.graceful_shutdown_signal();
    let connections = move || {
        let stopping = stopping.clone();
        let application = application()
            .into_factory()
            .map_err(|error: Error| error.error_response());
        let service = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(keep_alive)
            .client_request_timeout(HEAD_DEADLINE)
            .client_disconnect_timeout(CLOSE_DEADLINE)
            .on_connect_ext(idle_connection::close_when_idle(keep_alive + HEAD_DEADLINE))
            .finish(map_config(application, |()| AppConfig::default()));
        fn_service(|socket: TcpStream| {
            let peer = socket.peer_addr().ok();
            ready(Ok((ClientStream::new(socket), Protocol::Http1, peer)))
        })
        .and_then(service)
    };
    Ok(builder.listen("http", listener, connections)?.run())
}

//! Mail transports: the server, the kind of connection, and the message.

mod local;
mod smtp;

use crate::support::{Service, put_notices};

fn put(service: &Service) -> String {
    put_notices(&service.home().db(), ["Ann@example.com"]).remove(0)
}

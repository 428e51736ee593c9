//! Mail in tests: messages, a mail server, and the contents of mailboxes.

mod authority;
mod conversation;
mod mailbox;
mod message;
mod notices;
mod server;
mod stream;

pub use authority::Authority;
pub use mailbox::Mailbox;
pub use message::Mail;
pub use notices::put_notices;
pub use server::{Behaviour, LOGIN, MailServer, Offer, TOKEN};

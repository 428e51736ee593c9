//! Sends what waits in the outbox; it must not know the words of a message.

use super::Accounts;

impl Accounts {
    /// Whether there is a way to send mail. Without one nothing is written into the outbox.
    pub(super) fn has_mail(&self) -> bool {
        self.0.has_mail
    }

    /// Tells the sender that a message was written. It looks by itself every other second too: this only saves the wait.
    pub(super) fn mail_is_waiting(&self) {
        self.0.mail_waiting.notify_one();
    }
}

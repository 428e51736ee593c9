//! Messages that a test enqueues like another replica, for tests of delivery.

use daemun::{
    clock::Clock,
    domain::{account::ids::MessageId, language::Language, message::MessageKind},
    random,
    store::{
        Db,
        tables::outbox::{self, NewMessage},
    },
};

/// Enqueues a notice for each of these addresses. Returns the ids of the messages.
pub fn put_notices<'a>(db: &Db, recipients: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let now = Clock::system().now();
    let put = |recipient: &str| {
        let id = MessageId::new(now, &random::bytes());
        let notice = NewMessage {
            id,
            kind: MessageKind::PasswordChanged,
            recipient,
            language: Language::Korean,
            reference: None,
            detail: r#"{"username":"Minji"}"#,
            created_at: now,
            expires_at: now.plus(MessageKind::PasswordChanged.life()),
        };
        db.write(|tx| outbox::insert(tx, &notice)).unwrap();
        id.to_string()
    };
    recipients.into_iter().map(put).collect()
}

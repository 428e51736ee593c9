//! Messages put into a service's outbox from beside, as another replica would: for tests of how mail leaves, whatever it tells of.

use daemun::{
    clock::{self, Clock},
    domain::{account::ids::MessageId, language::Language, message::MessageKind},
    store::{
        Db,
        tables::outbox::{self, NewMessage},
    },
};

/// Puts a notice for each of these addresses into the outbox of this database; their ids.
pub fn put_notices<'a>(db: &Db, recipients: impl IntoIterator<Item = &'a str>) -> Vec<String> {
    let now = Clock::system().now();
    let put = |recipient: &str| {
        let id = MessageId::new(now, &clock::random());
        let notice = NewMessage {
            id,
            kind: MessageKind::PasswordChanged,
            recipient,
            language: Language::Korean,
            reference: None,
            detail: r#"{"username":"Minji"}"#,
            created_at: now,
        };
        db.write(|tx| outbox::insert(tx, &notice)).unwrap();
        id.to_string()
    };
    recipients.into_iter().map(put).collect()
}

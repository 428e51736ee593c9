//! Stored values: as SQL for both databases, and as the export shows them.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::support::Sql;

/// Microseconds of 2100-01-01T00:00:00Z. Rows of that time are the newest, and have not expired.
const CENTURY: i64 = 4_102_444_800_000_000;

/// A stored value.
#[derive(Clone, Copy)]
pub enum Stored {
    Text(&'static str),
    /// Seconds after the turn of the century.
    Time(u8),
    Number(i64),
    Flag(bool),
    /// This byte, 32 times.
    Bytes(u8),
    /// A JSON object as text.
    Object(&'static str),
    /// Words with commas between them.
    List(&'static str),
    /// The id of the account.
    Owner,
    /// The email of the account.
    Mailbox,
}

impl Stored {
    /// Returns the literal.
    pub fn sql(self, database: &Sql, owner: &str) -> String {
        let quoted = |text: &str| format!("'{}'", text.replace('\'', "''"));
        match self {
            Self::Text(text) | Self::Object(text) | Self::List(text) => quoted(text),
            Self::Time(seconds) => (CENTURY + i64::from(seconds) * 1_000_000).to_string(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string().to_uppercase(),
            Self::Bytes(byte) => {
                let hex = hex::encode([byte; 32]);
                match database {
                    Sql::Sqlite(_) => format!("X'{hex}'"),
                    Sql::Postgres(_) => format!("decode('{hex}', 'hex')"),
                }
            }
            Self::Owner => quoted(owner),
            Self::Mailbox => quoted("minji@example.com"),
        }
    }

    /// Returns the value in the export.
    pub fn shown(self, owner: &str) -> Value {
        match self {
            Self::Text(text) => json!(text),
            Self::Time(seconds) => json!(format!("2100-01-01T00:00:{seconds:02}.000000Z")),
            Self::Number(number) => json!(number),
            Self::Flag(flag) => json!(flag),
            Self::Bytes(byte) => json!(BASE64_URL_SAFE_NO_PAD.encode([byte; 32])),
            Self::Object(text) => serde_json::from_str(text).unwrap(),
            Self::List(words) => json!(words.split(',').collect::<Vec<_>>()),
            Self::Owner => json!(owner),
            Self::Mailbox => json!("minji@example.com"),
        }
    }

    /// Returns the forms in which a hidden value could be in a document.
    pub fn traces(self) -> Vec<String> {
        match self {
            Self::Bytes(byte) => vec![
                hex::encode([byte; 32]),
                BASE64_URL_SAFE_NO_PAD.encode([byte; 32]),
                base64::prelude::BASE64_STANDARD_NO_PAD.encode([byte; 32]),
            ],
            Self::Text(text) if text.len() > 8 => vec![text.to_owned()],
            Self::Text(_)
            | Self::Time(_)
            | Self::Number(_)
            | Self::Flag(_)
            | Self::Object(_)
            | Self::List(_)
            | Self::Owner
            | Self::Mailbox => Vec::new(),
        }
    }
}

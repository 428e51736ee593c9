//! Security events: one type for everything that happens to an account, an attempt or a session.

mod context;
mod detail;
mod kind;
mod occurred;
mod published;
mod roll_up;
mod stored;
mod values;

pub use context::{Actor, EventContext};
pub use kind::{EventType, SecurityEvent};
pub use occurred::OccurredEvent;
pub use published::PublishedTypes;
pub use roll_up::{Recording, RollUp};
pub use stored::{Event, EventQuery};
pub use values::{LogInMethod, UpdatedFields};

//! Bounds on the rows that requests without a session leave behind.

pub(super) mod roll_up;
pub(super) mod row_cap;
pub(super) mod sampling;

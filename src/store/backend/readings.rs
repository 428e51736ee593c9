//! The state of the connection pools, for an operator.

use super::{
    db::{Db, Pools},
    pool::{MeteredPool, PoolReading},
};

impl Db {
    /// Returns the state of each pool at this moment.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolReading> {
        match &self.0.pools {
            Pools::Sqlite {
                writer,
                readers,
                inline,
                ..
            } => {
                let shared = [writer.read(), readers.read()].into_iter();
                // A request never waits for a connection of the inline pool.
                shared.chain(inline.get().map(MeteredPool::read)).collect()
            }
            Pools::Postgres(server) => vec![server.read_pool()],
        }
    }
}

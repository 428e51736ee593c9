//! The state of the connection pools, for an operator.

use super::{
    db::{Db, Pools},
    pool::PoolReading,
};

impl Db {
    /// Returns the state of each pool at this moment.
    #[must_use]
    pub fn pools(&self) -> Vec<PoolReading> {
        match &self.inner.pools {
            Pools::Sqlite(file) => file.read_pools(),
            Pools::Postgres(server) => vec![server.read_pool()],
        }
    }
}

//! Statements that each connection compiles once and uses again; it must not know what they do.
//!
//! Diesel takes every `UPDATE` and every upsert for one whose columns were chosen while the program runs, and has the database compile
//! it anew at each use, which takes longer than to run it. Ours name their columns once and for all.

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
};

/// A statement whose text does not depend on what is bound to it.
pub(super) struct Cached<Q>(Q);

/// Has the connection keep the compiled statement, found again by its text. Never for a list of varying length, nor for a change
/// that may leave a column out: there would be a statement for each.
pub(super) const fn cached<Q>(statement: Q) -> Cached<Q> {
    Cached(statement)
}

impl<Q> QueryId for Cached<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Cached<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, Connection> RunQueryDsl<Connection> for Cached<Q> {}

impl<Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Cached<Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

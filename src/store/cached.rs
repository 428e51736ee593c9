//! Statements that each connection compiles once and uses again; it must not know what they do.
//!
//! Diesel takes every `UPDATE` and every upsert for one whose columns were chosen while the program runs, and has the database compile
//! it anew at each use, which takes longer than to run it. Ours name their columns once and for all.

use std::marker::PhantomData;

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
};

/// A statement whose text does not depend on what is bound to it, known by the place in the program that it stands at.
pub(super) struct Cached<Place, Q>(Q, PhantomData<Place>);

impl<Place, Q> Cached<Place, Q> {
    /// What [`cached!`] makes.
    pub(super) fn at(_place: Place, statement: Q) -> Self {
        Self(statement, PhantomData)
    }
}

/// Has each connection keep the compiled statement. Never for a list of varying length, nor for a change that may leave a column out:
/// the first text would stand for all.
macro_rules! cached {
    ($statement:expr) => {{
        struct Here;
        $crate::store::cached::Cached::at(Here, $statement)
    }};
}
pub(super) use cached;

impl<Place: 'static, Q> QueryId for Cached<Place, Q> {
    type QueryId = Place;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Place, Q: Query> Query for Cached<Place, Q> {
    type SqlType = Q::SqlType;
}

impl<Place, Q, Connection> RunQueryDsl<Connection> for Cached<Place, Q> {}

impl<Place, Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Cached<Place, Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

//! Statements that each connection compiles once and reuses.
//!
//! Diesel assumes that the columns of every `UPDATE` and every upsert are chosen at run time, so
//! the database compiles the statement at each use, which takes longer than running it. The columns
//! of the statements here never change.

use std::marker::PhantomData;

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    query_dsl::LoadQuery,
};

/// A statement whose text does not depend on its bound values, identified by its place in the
/// source.
pub(crate) struct Prepared<Place, Q>(Q, PhantomData<Place>);

impl<Place, Q> Prepared<Place, Q> {
    /// Returns the statement of [`prepared!`].
    pub(crate) fn at(_place: Place, statement: Q) -> Self {
        Self(statement, PhantomData)
    }

    /// Returns the number of changed rows, by counting the returned ones. Without `RETURNING`,
    /// Diesel checks a reference to the statement for whether it may be cached, and that check uses
    /// Diesel's own default.
    pub(crate) fn execute_counting<'query, Connection>(
        self,
        connection: &mut Connection,
    ) -> QueryResult<usize>
    where
        Self: LoadQuery<'query, Connection, i64>,
    {
        Ok(self.load::<i64>(connection)?.len())
    }
}

/// Makes each connection cache the compiled statement.
///
/// Not for a list of varying length, nor for a change that may omit a column: the first text would
/// be used for all. A row with an optional column needs `treat_none_as_default_value = false`;
/// without it, Diesel omits the column where the value is `None`. An `INSERT` is executed; an
/// `UPDATE` or upsert must return something and is loaded, or runs with
/// [`Prepared::execute_counting`].
macro_rules! prepared {
    ($statement:expr) => {{
        struct Here;
        $crate::store::backend::prepared::Prepared::at(Here, $statement)
    }};
}
pub(crate) use prepared;

impl<Place: 'static, Q> QueryId for Prepared<Place, Q> {
    type QueryId = Place;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl<Place, Q: Query> Query for Prepared<Place, Q> {
    type SqlType = Q::SqlType;
}

impl<Place, Q, Connection> RunQueryDsl<Connection> for Prepared<Place, Q> {}

impl<Place, Q: QueryFragment<DB>, DB: Backend> QueryFragment<DB> for Prepared<Place, Q> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use diesel::{
        Connection, ExpressionMethods, QueryDsl, RunQueryDsl, SqliteConnection,
        connection::{InstrumentationEvent, SimpleConnection},
    };

    use crate::store::schema::counters;

    /// Returns how many statements are cached after three runs.
    fn cached(run: impl Fn(&mut SqliteConnection)) -> usize {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        let table = "CREATE TABLE counters (subject BLOB PRIMARY KEY, count INTEGER, ends_at INTEGER, last_at INTEGER)";
        connection.batch_execute(table).unwrap();
        let cached = Arc::new(Mutex::new(0));
        let count = Arc::clone(&cached);
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::CacheQuery { .. } = event {
                *count.lock().unwrap() += 1;
            }
        });
        (0..3).for_each(|_| run(&mut connection));
        *cached.lock().unwrap()
    }

    #[test]
    fn update_that_returns_rows_is_cached() {
        let changes = |connection: &mut SqliteConnection| {
            let change = diesel::update(counters::table.find(&[1][..]))
                .set(counters::count.eq(counters::count + 1))
                .returning(counters::count);
            assert_eq!(prepared!(change).execute_counting(connection), Ok(0));
        };
        assert_eq!(cached(changes), 1);
    }

    #[test]
    fn insert_that_may_conflict_is_cached() {
        let insert = |connection: &mut SqliteConnection| {
            let insert = diesel::insert_into(counters::table)
                .values((counters::subject.eq(&[1][..]), counters::count.eq(1_i64)))
                .on_conflict_do_nothing();
            prepared!(insert).execute(connection).unwrap();
        };
        assert_eq!(cached(insert), 1);
    }
}

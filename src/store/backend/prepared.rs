//! Statements that each connection compiles once and uses again; it must not know what they do.
//!
//! Diesel takes every `UPDATE` and every upsert for one whose columns were chosen while the program runs, and has the database compile
//! it anew at each use, which takes longer than to run it. Ours name their columns once and for all.

use std::marker::PhantomData;

use diesel::{
    QueryResult, RunQueryDsl,
    backend::Backend,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    query_dsl::LoadQuery,
};

/// A statement whose text does not depend on what is bound to it, known by the place in the program that it stands at.
pub(crate) struct Prepared<Place, Q>(Q, PhantomData<Place>);

impl<Place, Q> Prepared<Place, Q> {
    /// What [`cached!`] makes.
    pub(crate) fn at(_place: Place, statement: Q) -> Self {
        Self(statement, PhantomData)
    }

    /// How many rows a change changes, by what it returns of each. Without `RETURNING`, Diesel asks a reference to the statement
    /// whether it may be kept, which answers for Diesel's own part of it: no.
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

/// Has each connection keep the compiled statement. Never for a list of varying length, nor for a change that may leave a column out:
/// the first text would stand for all. An `INSERT` is executed; an `UPDATE` or upsert has to return something and is loaded, or told by
/// [`Prepared::changes`].
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

    /// What is kept of statements that ran three times.
    fn kept(run: impl Fn(&mut SqliteConnection)) -> usize {
        let mut connection = SqliteConnection::establish(":memory:").unwrap();
        let table = "CREATE TABLE counters (subject BLOB PRIMARY KEY, count INTEGER, ends_at INTEGER, last_at INTEGER)";
        connection.batch_execute(table).unwrap();
        let kept = Arc::new(Mutex::new(0));
        let count = Arc::clone(&kept);
        connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::CacheQuery { .. } = event {
                *count.lock().unwrap() += 1;
            }
        });
        (0..3).for_each(|_| run(&mut connection));
        *kept.lock().unwrap()
    }

    #[test]
    fn a_change_that_tells_what_it_changed_is_kept() {
        let changes = |connection: &mut SqliteConnection| {
            let change = diesel::update(counters::table.find(&[1][..]))
                .set(counters::count.eq(counters::count + 1))
                .returning(counters::count);
            assert_eq!(prepared!(change).execute_counting(connection), Ok(0));
        };
        assert_eq!(kept(changes), 1);
    }

    #[test]
    fn an_insert_that_may_find_a_row_is_kept() {
        let insert = |connection: &mut SqliteConnection| {
            let insert = diesel::insert_into(counters::table)
                .values((counters::subject.eq(&[1][..]), counters::count.eq(1_i64)))
                .on_conflict_do_nothing();
            prepared!(insert).execute(connection).unwrap();
        };
        assert_eq!(kept(insert), 1);
    }
}

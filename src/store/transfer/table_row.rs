//! A row of one table as raw column values, and the macro that declares it from the schema.

use super::digest::RowDigest;
use crate::store::{error::StoreError, tx::Tx};

/// A row of one table, read and written as a whole.
pub(crate) trait TableRow: Sized {
    /// The name of the table.
    const TABLE: &'static str;

    /// Returns the number of rows.
    fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError>;

    /// Returns up to `limit` rows in the order of their keys, after `last` or from the first.
    fn page(tx: &mut Tx<'_>, last: Option<&Self>, limit: i64) -> Result<Vec<Self>, StoreError>;

    /// Inserts rows.
    fn insert(tx: &mut Tx<'_>, rows: &[Self]) -> Result<(), StoreError>;

    /// Returns the digest of every column in the order of the schema.
    fn digest(&self) -> RowDigest;
}

macro_rules! rows {
    ($($row:ident of $table:ident by $key:ident { $($column:ident: $type:ty),* $(,)? })*) => {$(
        #[derive(Queryable, Insertable)]
        #[diesel(table_name = $table, treat_none_as_default_value = false)]
        pub(crate) struct $row {
            $($column: $type),*
        }

        // Fails to compile if the columns differ from the schema's, or are in another order.
        const _: <$table::table as Table>::AllColumns = ($($table::$column,)*);

        impl TableRow for $row {
            const TABLE: &'static str = stringify!($table);

            fn count(tx: &mut Tx<'_>) -> Result<i64, StoreError> {
                Ok(with_conn!(tx, c => $table::table.count().get_result(c))?)
            }

            fn page(tx: &mut Tx<'_>, last: Option<&Self>, limit: i64) -> Result<Vec<Self>, StoreError> {
                let page = $table::table.order($table::$key).limit(limit);
                let rows = match last {
                    Some(last) => {
                        let rest = page.filter($table::$key.gt(&last.$key));
                        with_conn!(tx, c => rest.load(c))?
                    }
                    None => with_conn!(tx, c => page.load(c))?,
                };
                Ok(rows)
            }

            fn insert(tx: &mut Tx<'_>, rows: &[Self]) -> Result<(), StoreError> {
                with_conn!(tx, c => diesel::insert_into($table::table).values(rows).execute(c))?;
                Ok(())
            }

            fn digest(&self) -> RowDigest {
                let mut digest = RowDigest::default();
                $(digest.column(&self.$column);)*
                digest
            }
        }
    )*};
}
pub(super) use rows;

//! The one way to the database: a transaction over one schema, in which the extension's functions are called.
//! Everything goes in and comes out as the text that Postgres itself reads and prints, so that no amount is rounded
//! and no time shifted on the way.

use std::str::FromStr;
use std::time::Duration;

use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, RecyclingMethod, Runtime};
use tokio_postgres::types::ToSql;
use tokio_postgres::{NoTls, Row};

use crate::problem::{Problem, Result};

/// Pages are for a few people.
const CONNECTIONS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(10);

pub struct Db {
    pool: Pool,
}

/// Whether a transaction may write.
#[derive(Clone, Copy, PartialEq)]
pub enum Mode {
    Read,
    Write,
}

/// Rows of one kind: their columns, which a page shows as text, "" for NULL.
pub trait Record: Sized {
    /// The list of a SELECT.
    const COLUMNS: &'static str;
    fn read(row: &Row) -> Self;
}

/// record! { Usage { uuid, used_by_uuid } }: the struct, and how it is read.
macro_rules! record {
    ($(#[$about:meta])* $name:ident { $first:ident $(, $column:ident)* $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Debug, Default)]
        pub struct $name {
            pub $first: String,
            $(pub $column: String,)*
        }
        impl $crate::db::Record for $name {
            const COLUMNS: &'static str = concat!(
                "r.", stringify!($first), "::text" $(, ", r.", stringify!($column), "::text")*
            );
            fn read(row: &tokio_postgres::Row) -> Self {
                let mut at = 0;
                let mut next = || {
                    at += 1;
                    row.get::<_, Option<String>>(at - 1).unwrap_or_default()
                };
                // A struct's fields are evaluated in the order written, which is that of COLUMNS.
                $name { $first: next(), $($column: next(),)* }
            }
        }
    };
}
pub(crate) use record;

impl Db {
    pub fn of(url: &str) -> std::result::Result<Db, String> {
        let mut config = tokio_postgres::Config::from_str(url)
            .map_err(|error| format!("DATABASE_URL: {error}"))?;
        config.application_name("referrals-admin").connect_timeout(PATIENCE);
        let recycling = ManagerConfig { recycling_method: RecyclingMethod::Fast };
        let pool = Pool::builder(Manager::from_config(config, NoTls, recycling))
            .max_size(CONNECTIONS)
            .runtime(Runtime::Tokio1)
            .wait_timeout(Some(PATIENCE))
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Db { pool })
    }

    /// That the database is there, with the extension in it.
    pub async fn try_out(&self) -> std::result::Result<(), String> {
        let mut client = self.client().await.map_err(|problem| problem.to_string())?;
        let work = begin(&mut client, None, Mode::Read).await.map_err(|told| told.to_string())?;
        let version = work.value("referral_version()", &[]).await;
        version.map(drop).map_err(|problem| problem.to_string())
    }

    pub async fn client(&self) -> Result<Object> {
        self.pool.get().await.map_err(Problem::Unreachable)
    }
}

pub struct Work<'c> {
    transaction: deadpool_postgres::Transaction<'c>,
}

/// A transaction over the schema, or over the database's own choice. What is not committed never was.
pub async fn begin<'c>(
    client: &'c mut Object,
    schema: Option<&str>,
    mode: Mode,
) -> Result<Work<'c>> {
    let builder = client.build_transaction().read_only(mode == Mode::Read);
    let work = Work { transaction: builder.start().await? };
    // A person waits for the page: whoever holds a lock for longer is told of.
    let settings = [("timezone", "UTC"), ("statement_timeout", "60s"), ("lock_timeout", "10s")];
    for (name, value) in
        settings.into_iter().chain(schema.map(|schema| ("referrals.schema", schema)))
    {
        let set = "pg_catalog.set_config($1::text, $2::text, true)";
        work.value(set, &[Some(name), Some(value)]).await?;
    }
    Ok(work)
}

impl Work<'_> {
    /// The rows of a call, as `referral_get_code($1::text::uuid)`: arguments are text or NULL, and the call casts
    /// them.
    pub async fn rows<R: Record>(&self, call: &str, arguments: &[Option<&str>]) -> Result<Vec<R>> {
        let rows =
            self.query(&format!("SELECT {} FROM {call} AS r", R::COLUMNS), arguments).await?;
        Ok(rows.iter().map(R::read).collect())
    }

    /// The row of a call that gives one, or `Problem::Missing`.
    pub async fn row<R: Record>(&self, call: &str, arguments: &[Option<&str>]) -> Result<R> {
        self.rows(call, arguments).await?.pop().ok_or(Problem::Missing)
    }

    /// What a call gives, "" for NULL.
    pub async fn value(&self, call: &str, arguments: &[Option<&str>]) -> Result<String> {
        let rows = self.query(&format!("SELECT ({call})::text"), arguments).await?;
        let value: Option<String> = rows.first().and_then(|row| row.get(0));
        Ok(value.unwrap_or_default())
    }

    async fn query(&self, sql: &str, arguments: &[Option<&str>]) -> Result<Vec<Row>> {
        let arguments: Vec<&(dyn ToSql + Sync)> =
            arguments.iter().map(|argument| argument as &(dyn ToSql + Sync)).collect();
        let statement = self.transaction.prepare_cached(sql).await?;
        Ok(self.transaction.query(&statement, &arguments).await?)
    }

    pub async fn commit(self) -> Result<()> {
        Ok(self.transaction.commit().await?)
    }
}

//! What `regain check` asks of a table that fits: privileges, indexes, addresses, the clock.
//! Nothing is changed, and no work grows with the table beyond the bounds that are given.

use sea_orm::{ConnectionTrait, DbErr, Statement, TransactionTrait as _};
use time::OffsetDateTime;

use super::explain::{BY_ADDRESS, BY_NAME, Plan};
use super::layout::Relation;
use super::mapping::Mapping;
use super::{UsersTable, answer, errors};
use crate::account::{Account, EmailMatch};
use crate::recovery::StoreError;

/// What the user of the connection may do, and may not do but should.
#[derive(Clone, Debug)]
pub struct Privileges {
    /// Mapped columns that cannot be read.
    pub unread: Vec<String>,
    /// Columns that a reset writes and this user may not.
    pub unwritten: Vec<String>,
    /// Columns that links write which confirm an address or log in, and this user may not.
    pub unwritten_beside: Vec<String>,
    /// The statement that gives what is missing, where there is such a thing.
    pub grant: Option<String>,
    /// What is allowed and never used: `INSERT`, `DELETE` and the like.
    pub more: Vec<String>,
    /// The statements that make a user who may do what is needed and nothing else.
    pub own_user: String,
}

/// One kind of look-up, and whether an index serves it.
#[derive(Clone, Debug)]
pub struct LookUp {
    /// What is looked up by: a column's name.
    pub column: String,
    /// Whether there is an index that the statement can use.
    pub indexed: bool,
    /// The statement that makes one.
    pub create: String,
}

/// What stands in the address column.
#[derive(Clone, Debug)]
pub struct Addresses {
    /// How many are stored with capitals and not found by who types none.
    pub with_capitals: u64,
    /// The statement that makes an index on addresses in lower case, where the engine has such.
    pub index_lower: Option<String>,
}

impl UsersTable {
    /// How many rows there are, counted no further than to `most`.
    ///
    /// # Errors
    /// [`StoreError`] as for every statement.
    pub async fn count_rows(&self, most: u64) -> Result<u64, StoreError> {
        let dialect = self.mapping.dialect;
        let (id, table) = (dialect.quote(&self.mapping.columns.id), self.quoted());
        let sql =
            format!("SELECT COUNT(*) FROM (SELECT {id} FROM {table} LIMIT {most}) AS counted");
        self.count(sql).await
    }

    /// The passwords of at most so many rows, of those that have one that is usable.
    ///
    /// # Errors
    /// [`StoreError`] as for every statement.
    pub async fn sample_passwords(&self, most: u64) -> Result<Vec<String>, StoreError> {
        let fitted = self.fitted().await?;
        let (_, mapping) = &*fitted;
        let rows = self.accounts(mapping, mapping.select().limit(most)).await?;
        let usable = rows.into_iter().filter(Account::has_password);
        Ok(usable.filter_map(|row| row.password).collect())
    }

    /// Tries which of the mapped columns may be read and written, without doing either.
    ///
    /// # Errors
    /// [`StoreError`] when the table cannot be written for another reason than a privilege, and
    /// as for every statement.
    pub async fn privileges(&self, logs_in: bool) -> Result<Privileges, StoreError> {
        let fitted = self.fitted().await?;
        let (_, mapping) = &*fitted;
        let (dialect, table) = (mapping.dialect, self.quoted());
        let (mut unread, mut unwritten, mut unwritten_beside) = (vec![], vec![], vec![]);
        for name in mapping.columns.read() {
            let column = dialect.quote(name);
            if self.denied(&format!("SELECT {column} FROM {table} WHERE 1 = 0")).await? {
                unread.push(name.to_owned());
            }
        }
        for name in mapping.columns.written() {
            let column = dialect.quote(name);
            if self.denied(&format!("UPDATE {table} SET {column} = NULL WHERE 1 = 0")).await? {
                unwritten.push(name.to_owned());
            }
        }
        for name in mapping.columns.written_beside(logs_in) {
            let column = dialect.quote(name);
            if self.denied(&format!("UPDATE {table} SET {column} = NULL WHERE 1 = 0")).await? {
                unwritten_beside.push(name.to_owned());
            }
        }
        if unread.is_empty() && unwritten.is_empty() {
            self.rehearse_writing().await?;
            self.refuse_read_only().await?;
            self.refuse_uncounted().await?;
        }
        let more = match dialect.more_privileges(&mapping.table) {
            Some(ask) => self.texts(ask).await?,
            None => vec![],
        };
        let user = self.user().await?;
        Ok(Privileges {
            grant: self.grant(&unread, &[&unwritten[..], &unwritten_beside].concat(), &user),
            own_user: self.own_user(mapping, logs_in),
            unread,
            unwritten,
            unwritten_beside,
            more,
        })
    }

    /// Whether each look-up finds its rows by an index, be the table small or large; `None` where
    /// this user may not see how a view is read.
    ///
    /// # Errors
    /// [`StoreError`] as for the statements themselves.
    pub async fn look_ups(&self) -> Result<Option<Vec<LookUp>>, StoreError> {
        let fitted = self.fitted().await?;
        let (_, mapping) = &*fitted;
        let (explain, _) = mapping.dialect.explain();
        let look = format!("{explain} SELECT 1 FROM {}", self.quoted());
        if self.fails(look, errors::hides_plan).await? {
            return Ok(None);
        }
        let relation = self.relation().await?;
        let transaction = answer(self.database.begin()).await?;
        if let Some(candid) = mapping.dialect.candid_plans() {
            answer(transaction.execute_unprepared(candid)).await?;
        }
        let plans = self.explain_reading(&transaction).await?;
        answer(transaction.rollback()).await?;
        let mut look_ups = vec![];
        for plan in plans {
            look_ups.push(self.look_up(&plan, relation).await?);
        }
        Ok(Some(look_ups))
    }

    /// Counts what is odd about the addresses of so many rows.
    ///
    /// # Errors
    /// [`StoreError`] as for every statement.
    pub async fn addresses(&self, rows: u64) -> Result<Addresses, StoreError> {
        let fitted = self.fitted().await?;
        let (shape, mapping) = &*fitted;
        let (dialect, table) = (mapping.dialect, self.quoted());
        let relation = self.relation().await?;
        let exact = mapping.email_match == EmailMatch::Exact;
        let name = mapping.columns.email.as_str();
        let (email, data_type) = (dialect.quote(name), shape.data_type(name).unwrap_or_default());
        let sample = format!(
            "(SELECT {email} AS e FROM {table} WHERE {email} IS NOT NULL AND {email} <> '' \
             LIMIT {rows}) AS sample"
        );
        let capitals = dialect.has_capitals("e", exact, data_type);
        let capitals = format!("SELECT COUNT(*) FROM {sample} WHERE {capitals}");
        let with_capitals = match mapping.email_match {
            EmailMatch::Lower => 0,
            EmailMatch::AsciiLower | EmailMatch::Exact => self.count(capitals).await?,
        };
        Ok(Addresses {
            with_capitals,
            index_lower: dialect
                .has_expression_indexes()
                .then(|| dialect.create_index(&mapping.table, name, true, data_type, relation)),
        })
    }

    /// What the database's clock says, if it has one of its own.
    ///
    /// # Errors
    /// [`StoreError`] as for every statement.
    pub async fn clock(&self) -> Result<Option<OffsetDateTime>, StoreError> {
        let Some(ask) = self.mapping.dialect.clock() else { return Ok(None) };
        let said = self.texts(ask).await?;
        let (seconds, rest) =
            said.first().and_then(|text| text.split_once('.')).unwrap_or_default();
        let millis = rest.get(..3).and_then(|millis| millis.parse::<i64>().ok()).unwrap_or(0);
        let seconds =
            seconds.parse().ok().and_then(|it| OffsetDateTime::from_unix_timestamp(it).ok());
        Ok(seconds.map(|seconds| seconds + time::Duration::milliseconds(millis)))
    }

    async fn look_up(&self, plan: &Plan, relation: Relation) -> Result<LookUp, StoreError> {
        let fitted = self.fitted().await?;
        let (shape, mapping) = &*fitted;
        let (dialect, table, columns) = (mapping.dialect, &mapping.table, &mapping.columns);
        let column = match plan.statement {
            BY_ADDRESS => &columns.email,
            BY_NAME => columns.username.as_ref().unwrap_or(&columns.email),
            _ => &columns.id,
        };
        let lower = plan.statement == BY_ADDRESS && mapping.email_match == EmailMatch::Lower;
        let leads = match dialect.leads(table, column, lower) {
            Some(ask) => self.texts(ask).await?.first().is_some_and(|said| said == "1"),
            None => true,
        };
        let data_type = shape.data_type(column).unwrap_or_default();
        Ok(LookUp {
            column: column.clone(),
            indexed: leads && dialect.uses_index(&plan.text),
            create: dialect.create_index(table, column, lower, data_type, relation),
        })
    }

    /// Whether this user may not do what a statement, of no row, would do.
    pub(super) async fn denied(&self, statement: &str) -> Result<bool, StoreError> {
        let rehearsal = self.mapping.dialect.rehearsal();
        self.fails(format!("{rehearsal} {statement}"), errors::is_denied).await
    }

    async fn fails(&self, sql: String, so: fn(&DbErr) -> bool) -> Result<bool, StoreError> {
        let statement = Statement::from_string(self.mapping.dialect.backend(), sql);
        let tried = async { Ok::<_, DbErr>(self.database.query_all_raw(statement).await) };
        // Whatever else may be wrong is found by the statement that is really used.
        Ok(self.answer(tried).await?.is_err_and(|error| so(&error)))
    }

    async fn refuse_read_only(&self) -> Result<(), StoreError> {
        let dialect = self.mapping.dialect;
        if let Some(ask) = dialect.read_only() {
            let replica = self.texts(ask).await?.first().is_some_and(|said| said == "1");
            let problem = || StoreError::Misfit("read-only, name the primary".to_owned());
            return if replica { Err(problem()) } else { Ok(()) };
        }
        let password = dialect.quote(&self.mapping.columns.password);
        let sql = format!("UPDATE {} SET {password} = NULL WHERE 1 = 0", self.quoted());
        answer(self.database.execute_unprepared(&sql)).await.map(drop)
    }

    /// A swap that won must be told from one that lost.
    async fn refuse_uncounted(&self) -> Result<(), StoreError> {
        let counted = self.mapping.dialect.counts_through_views();
        if counted || self.relation().await? != Relation::View {
            return Ok(());
        }
        Err(StoreError::Misfit("what is written through it is not counted".to_owned()))
    }

    async fn user(&self) -> Result<String, StoreError> {
        let Some(ask) = self.mapping.dialect.user() else { return Ok(String::new()) };
        Ok(self.texts(ask).await?.pop().unwrap_or_default())
    }

    /// The statements that make a user who may do what is needed and nothing else.
    fn own_user(&self, fitted: &Mapping, logs_in: bool) -> String {
        let names = |names: Vec<&str>| names.into_iter().map(str::to_owned).collect::<Vec<_>>();
        let (create, user) = fitted.dialect.new_user();
        let read = names(fitted.columns.read());
        let mut written = names(fitted.columns.written());
        written.extend(names(fitted.columns.written_beside(logs_in)));
        // Who may see some columns only cannot tell one that is hidden from one that is absent.
        let whole = fitted.dialect.hides_columns() && self.mapping.columns.has_optional();
        let grants = if whole {
            let write = self.grant(&[], &written, user).unwrap_or_default();
            format!("GRANT SELECT ON {} TO {user}; {write}", self.quoted())
        } else {
            self.grant(&read, &written, user).unwrap_or_default()
        };
        format!("{create} {grants}")
    }

    fn grant(&self, select: &[String], update: &[String], user: &str) -> Option<String> {
        let part = |what: &str, names: &[String]| {
            let names: Vec<_> = names.iter().map(|name| self.mapping.dialect.quote(name)).collect();
            (!names.is_empty()).then(|| format!("{what} ({})", names.join(", ")))
        };
        let parts: Vec<_> =
            [part("SELECT", select), part("UPDATE", update)].into_iter().flatten().collect();
        let needed = !parts.is_empty() && !user.is_empty();
        needed.then(|| format!("GRANT {} ON {} TO {user};", parts.join(", "), self.quoted()))
    }

    pub(super) fn quoted(&self) -> String {
        self.mapping.dialect.quote_table(&self.mapping.table)
    }

    pub(super) async fn count(&self, sql: String) -> Result<u64, StoreError> {
        let statement = Statement::from_string(self.mapping.dialect.backend(), sql);
        let row = answer(self.database.query_one_raw(statement)).await?;
        let count: Option<i64> = row
            .map(|row| row.try_get_by_index(0))
            .transpose()
            .map_err(|error| errors::store_error(&error))?;
        Ok(count.and_then(|count| count.try_into().ok()).unwrap_or(0))
    }
}

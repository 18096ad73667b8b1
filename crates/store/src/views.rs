//! Which ways of looking at a page has somebody kept?

use crate::act::Act;
use crate::engine::Store;
use crate::rows::{instant, new_id, plain, read};
use crate::{StoreError, Stored};
use jiff::Timestamp;
use serde::Serialize;
use serde_json::json;
use sqlx::FromRow;
use uuid::Uuid;

/// A page's filters and order under a name; a shared one is seen by all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct View {
    pub id: Uuid,
    pub owner_id: Uuid,
    pub page: String,
    pub name: String,
    pub query: String,
    pub shared: bool,
    pub created_at: Timestamp,
}

#[derive(Clone, Debug)]
pub struct NewView {
    pub page: String,
    pub name: String,
    pub query: String,
    pub shared: bool,
}

#[derive(FromRow)]
struct ViewRow {
    id: Uuid,
    owner_id: Uuid,
    page: String,
    name: String,
    query: String,
    shared: bool,
    created_at: i64,
}

const ADD: &str = "INSERT INTO views (id, owner_id, page, name, query, shared, created_at) \
     VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id, owner_id, page, name, query, shared, created_at";

const LIST: &str = "SELECT id, owner_id, page, name, query, shared, created_at FROM views \
     WHERE (owner_id = $1 OR shared) AND ($2 IS NULL OR page = $2) ORDER BY page, name, created_at, id";

impl Store {
    /// # Errors
    /// [`StoreError::Taken`] when the person has a view of that name on the page.
    pub async fn add_view(&self, act: &Act, new: &NewView) -> Stored<View> {
        let owner = act.by.person().ok_or(StoreError::NotAPerson)?;
        let (page, name, query) = (plain(&new.page)?, plain(&new.name)?, plain(&new.query)?);
        let mut tx = self.write().await?;
        let row = tx_one!(
            tx,
            ViewRow,
            ADD,
            new_id(act.at),
            owner,
            page,
            name,
            query,
            new.shared,
            act.micros()
        );
        let row = row.map_err(|error| StoreError::or_taken(error, "name"))?;
        let view: View = row
            .ok_or_else(|| StoreError::broken("view", "not returned"))?
            .try_into()?;
        let details = json!({"page": view.page, "shared": view.shared});
        tx.note(act, "view.added", &view.id.to_string(), &details)
            .await?;
        tx.commit().await?;
        Ok(view)
    }

    /// A person's own views and everybody's shared ones, of one page or all; by page and name.
    ///
    /// # Errors
    /// When the disk does not answer.
    pub async fn views(&self, person: Uuid, page: Option<&str>) -> Stored<Vec<View>> {
        read(read_all!(self, ViewRow, LIST, person, page)?)
    }

    /// Takes away a view of the person who acts.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is not theirs, or not there.
    pub async fn remove_view(&self, act: &Act, id: Uuid) -> Stored<()> {
        let owner = act.by.person().ok_or(StoreError::NotAPerson)?;
        let mut tx = self.write().await?;
        let removed = tx_do!(
            tx,
            "DELETE FROM views WHERE id = $1 AND owner_id = $2",
            id,
            owner
        )?;
        if removed == 0 {
            return Err(StoreError::NotFound { what: "view" });
        }
        tx.note(act, "view.removed", &id.to_string(), &json!({}))
            .await?;
        tx.commit().await
    }
}

impl TryFrom<ViewRow> for View {
    type Error = StoreError;

    fn try_from(row: ViewRow) -> Stored<Self> {
        Ok(Self {
            id: row.id,
            owner_id: row.owner_id,
            page: row.page,
            name: row.name,
            query: row.query,
            shared: row.shared,
            created_at: instant(row.created_at)?,
        })
    }
}

//! May this person do this, and whose customers does he or she see? The only place that answers.

use crate::directory::Directory;
use crate::{AppError, Denied, Office};
use jiff::Timestamp;
use odla_domain::{Caution, Cell, Permission, Report, Sight, sight_of};
use odla_store::{Act, Actor, Person};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Somebody who has shown who he or she is, by a session or a token.
#[derive(Clone, Debug)]
pub struct Caller {
    pub person: Person,
    pub permissions: BTreeSet<Permission>,
    pub by: Actor,
    /// What a page of ours sends along with a change; a token needs none.
    pub csrf: Option<String>,
}

impl Caller {
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// # Errors
    /// When the person lacks the permission.
    pub fn allow(&self, permission: Permission) -> Result<(), Denied> {
        match self.may(permission) {
            true => Ok(()),
            false => Err(Denied::Permission(permission)),
        }
    }

    /// A deed of this person, now.
    pub fn act(&self, request: &str) -> Act {
        Act::new(self.by, Timestamp::now()).in_request(request)
    }

    /// The rows that the person sees.
    pub fn sight(&self, directory: &Directory) -> Sight {
        sight_of(
            &directory.unit_nodes(),
            &self.person.unit_ids,
            &self.person.roles,
        )
    }
}

/// The customers of a run as one person sees them.
pub struct Visible {
    pub directory: Arc<Directory>,
    pub sight: Sight,
}

impl Office {
    /// The customers that the person may see.
    ///
    /// # Errors
    /// When the person may see none at all.
    pub async fn visible(&self, caller: &Caller, run: Option<&str>) -> Result<Visible, AppError> {
        caller.allow(Permission::SeeCustomers)?;
        let directory = self.directory(run).await?;
        let sight = caller.sight(&directory);
        Ok(Visible { directory, sight })
    }

    /// Where a customer stands, if the person may see it; one who may not be seen is as one who is not there.
    ///
    /// # Errors
    /// When there is no such customer in the person's sight.
    pub async fn customer_row(
        &self,
        caller: &Caller,
        run: Option<&str>,
        id: &str,
    ) -> Result<(Arc<Directory>, usize), AppError> {
        let Visible { directory, sight } = self.visible(caller, run).await?;
        let row = directory
            .find(id)
            .filter(|row| sight.holds(directory.word("unit_id", *row)));
        let row = row.ok_or(Denied::Unknown { what: "customer" })?;
        Ok((directory, row))
    }

    /// A report without the rows of customers that the person may not see.
    pub async fn veiled(&self, caller: &Caller, report: &Report) -> Result<Report, AppError> {
        let mut report = report.clone();
        if !has_texts(&report) {
            return Ok(report);
        }
        let directory = self.directory(None).await?;
        let sight = match caller.may(Permission::SeeCustomers) {
            true => caller.sight(&directory),
            false => Sight::Units(BTreeSet::new()),
        };
        if sight.is_all() {
            return Ok(report);
        }
        let hidden = |cell: &Cell| match cell {
            Cell::Text(text) => directory
                .find(text)
                .is_some_and(|row| !sight.holds(directory.word("unit_id", row))),
            _ => false,
        };
        let mut count = 0;
        for table in &mut report.tables {
            let before = table.rows.len();
            table.rows.retain(|row| !row.iter().any(hidden));
            count += before - table.rows.len();
        }
        if count > 0 {
            let caution = Caution::new("access.hidden_rows").with("count", count);
            report.cautions.push(caution);
        }
        Ok(report)
    }
}

/// Whether any cell holds a text of the company's own, such as a customer's id.
fn has_texts(report: &Report) -> bool {
    report
        .tables
        .iter()
        .flat_map(|table| table.rows.iter())
        .flatten()
        .any(|cell| matches!(cell, Cell::Text(_)))
}

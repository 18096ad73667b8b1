//! How is a customer forgotten everywhere, and how does a customer get everything that is kept?

use crate::runs::Runs;
use crate::{AppError, Home};
use jiff::Timestamp;
use odla_lake::erase::{Erasure, erase_customer, export_customer};
use odla_lake::{At, by_customer};
use serde::Serialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What was erased, in the ledger and in what was computed from it.
#[derive(Debug, Serialize)]
pub struct Erased {
    #[serde(flatten)]
    pub ledger: Erasure,
    /// Kept runs that named the customer. Sums stay as they were told; they name nobody.
    pub runs: u64,
    /// Trials whose arms held the customer. How many were drawn stays told.
    pub trials: u64,
}

/// Everything that is kept about one customer.
#[derive(Debug, Serialize)]
pub struct Exported {
    pub customer_id: String,
    /// Ledger rows, by table.
    pub tables: BTreeMap<String, Value>,
    /// Scores, by run.
    pub runs: BTreeMap<String, Map<String, Value>>,
}

/// Removes every row about the customer from the ledger and the customer's scores from all kept runs.
///
/// Earlier versions of the ledger hold the rows until `purge` does away with them.
///
/// # Errors
/// When nobody has that id, or another import is under way.
pub async fn erase(home: &Home, id: &str, purge: bool) -> Result<Erased, AppError> {
    // First, since it may be done again: what the ledger no longer knows, nobody would come back for.
    let trials = crate::trials::forget_customer(home, id)?;
    let ledger = erase_customer(&home.ledger()?, id, Timestamp::now(), purge).await?;
    let left = home.ledger()?.at(&At::Latest).await?;
    by_customer::forget(&left, &by_customer_folder(home))?;
    let runs = Runs::new(home.runs()).forget_customer(id)?;
    Ok(Erased {
        ledger,
        runs,
        trials,
    })
}

/// Where rows lie in the order of customers, so that one customer is found at once.
pub(crate) fn by_customer_folder(home: &Home) -> PathBuf {
    home.folder().join("by-customer")
}

/// Every ledger row about the customer and every score of the kept runs.
///
/// # Errors
/// When nobody has that id.
pub async fn export(home: &Home, id: &str) -> Result<Exported, AppError> {
    let snapshot = home.ledger()?.at(&At::Latest).await?;
    Ok(Exported {
        customer_id: id.to_owned(),
        tables: export_customer(&snapshot, id).await?,
        runs: Runs::new(home.runs()).scores_of_customer(id)?,
    })
}

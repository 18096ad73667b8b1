//! What names a run, so that the same run again gives the same bytes?

use crate::caution::Caution;
use crate::need::Need;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// A capability that the ledger does not allow yet, and which data would allow it (any one of the alternatives).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Missing {
    pub capability: String,
    /// Each inner list is one thing to supply; its members are alternatives.
    pub needs: Vec<Vec<Need>>,
    /// Why it could not be computed although the data were there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Caution>,
}

/// One immutable computation. Holds no clock: the same ledger, configuration, seed and program give the same record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Hash of everything below it that decides the result.
    pub id: String,
    pub ledger_version: u64,
    pub ledger_digest: String,
    pub program_version: String,
    pub as_of: Date,
    pub seed: u64,
    pub currency: String,
    pub configuration: serde_json::Value,
    pub only: Vec<String>,
    pub computed: Vec<String>,
    pub missing: Vec<Missing>,
}

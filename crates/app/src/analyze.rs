//! How does a ledger become a run? Check the needs, build the frame, compute, keep: one path for all capabilities.

use crate::capabilities::{self, Bench, Capability};
use crate::runs::{Identity, Runs};
use crate::{AppError, Home};
use jiff::civil::Date;
use odla_domain::{Missing, Need, Outcome, RunRecord};
use odla_lake::{At, Snapshot};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What to compute. Without a date the ledger's last known day is used; without words, everything.
#[derive(Clone, Debug, Default)]
pub struct AnalyzeRequest {
    pub as_of: Option<Date>,
    pub only: Vec<String>,
    pub seed: u64,
    /// Read the ledger as it was known after this import (its id, version or date).
    pub known_at: Option<String>,
}

/// A kept run with what it found.
pub struct Analysis {
    pub record: RunRecord,
    pub outcomes: Vec<Outcome>,
}

/// Computes everything the ledger allows and keeps it; `tell` hears which capability is next.
pub async fn analyze(
    home: &Home,
    request: &AnalyzeRequest,
    tell: &(dyn Fn(&str) + Sync),
) -> Result<Analysis, AppError> {
    let chosen = capabilities::chosen(&request.only)?;
    let moment = request.known_at.as_deref().map_or(At::Latest, At::parse);
    let snapshot = home.ledger()?.at(&moment).await?;
    let mut bench = Bench::open(home, &snapshot, request).await?;
    let mut record = record(&bench, &snapshot, request);
    for capability in &chosen {
        tell(capability.word);
        match assess(capability, &bench).await? {
            Ok(outcome) => {
                record.computed.push(capability.word.to_owned());
                bench.earlier.push(outcome);
            }
            Err(missing) => {
                bench.missing.push(missing.clone());
                record.missing.push(missing);
            }
        }
    }
    let outcomes = bench.earlier;
    Runs::new(home.runs()).keep(&record, &outcomes)?;
    Ok(Analysis { record, outcomes })
}

/// One capability: its outcome, or what would allow it.
async fn assess(
    capability: &Capability,
    bench: &Bench,
) -> Result<Result<Outcome, Missing>, AppError> {
    let lacking = lacking(&(capability.needs)(), &bench.present);
    let missing = |needs, reasons| Missing {
        capability: capability.word.to_owned(),
        needs,
        reasons,
    };
    if !lacking.is_empty() {
        return Ok(Err(missing(lacking, Vec::new())));
    }
    match (capability.compute)(bench).await {
        Ok(outcome) => Ok(Ok(outcome)),
        Err(AppError::Insight(error)) => Ok(Err(missing(Vec::new(), vec![error.reason()]))),
        Err(error) => Err(error),
    }
}

/// The needs that no alternative meets.
fn lacking(needs: &[Vec<Need>], present: &BTreeMap<String, Vec<String>>) -> Vec<Vec<Need>> {
    let met = |need: &Need| {
        present
            .get(&need.table)
            .is_some_and(|columns| need.columns.iter().all(|column| columns.contains(column)))
    };
    needs
        .iter()
        .filter(|alternatives| !alternatives.iter().any(met))
        .cloned()
        .collect()
}

fn record(bench: &Bench, snapshot: &Snapshot, request: &AnalyzeRequest) -> RunRecord {
    let program_version = env!("CARGO_PKG_VERSION");
    let ledger_digest = digest(snapshot);
    let configuration = serde_json::to_value(&bench.configuration)
        .expect("a configuration holds plain values only");
    let identity = Identity {
        ledger_digest: &ledger_digest,
        program_version,
        as_of: bench.as_of,
        seed: request.seed,
        currency: &bench.settings.currency,
        configuration: &configuration,
        only: &request.only,
    };
    RunRecord {
        id: identity.id(),
        ledger_version: snapshot.version(),
        ledger_digest,
        program_version: program_version.to_owned(),
        as_of: bench.as_of,
        seed: request.seed,
        currency: bench.settings.currency.clone(),
        configuration,
        only: request.only.clone(),
        computed: Vec::new(),
        missing: Vec::new(),
    }
}

/// Names what the ledger held: its version, the import that made it and the version of every table.
fn digest(snapshot: &Snapshot) -> String {
    let mut hash = Sha256::new();
    if let Some(record) = snapshot.record() {
        hash.update(format!(
            "{} {} {:?}",
            record.version, record.import_id, record.tables
        ));
    }
    hash.finalize()
        .iter()
        .take(16)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_need_is_met_by_any_of_its_alternatives() {
        let present = BTreeMap::from([("orders".to_owned(), vec!["customer_id".to_owned()])]);
        let orders = Need::new("orders", &["customer_id"]);
        let contracts = Need::new("contracts", &["started_on"]);
        assert!(lacking(&[vec![contracts.clone(), orders]], &present).is_empty());
        assert_eq!(
            lacking(&[vec![contracts.clone()]], &present),
            vec![vec![contracts]]
        );
    }
}

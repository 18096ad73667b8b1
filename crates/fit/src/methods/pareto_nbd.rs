//! How often will customers buy, if each may leave at any time?

use super::Method;
use super::purchases::{self, FLAGS, Outlook, ROLES};
use odla_stats::btyd::pareto_nbd::{self, ParetoNbd};
use odla_stats::btyd::{HistoryRow, PurchaseKind};

pub const METHOD: Method = Method {
    name: "pareto-nbd",
    roles: ROLES,
    flags: FLAGS,
    fit: |input| purchases::fit(input, pareto_nbd::fit),
};

impl Outlook for ParetoNbd {
    const KIND: PurchaseKind = PurchaseKind::ParetoNbd;

    fn p_alive(&self, row: HistoryRow) -> f64 {
        self.p_alive(row)
    }

    fn expected_purchases(&self, row: HistoryRow, horizon: f64) -> f64 {
        self.expected_purchases(row, horizon)
    }

    fn expected_from_new(&self, time: f64) -> f64 {
        self.expected_from_new(time)
    }
}

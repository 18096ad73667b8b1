//! How often will customers buy, if none of them ever leaves?

use super::Method;
use super::purchases::{self, FLAGS, Outlook, ROLES};
use odla_stats::btyd::nbd::{self, Nbd};
use odla_stats::btyd::{HistoryRow, PurchaseKind};

pub const METHOD: Method = Method {
    name: "nbd",
    roles: ROLES,
    flags: FLAGS,
    fit: |input| purchases::fit(input, nbd::fit),
};

impl Outlook for Nbd {
    const KIND: PurchaseKind = PurchaseKind::Nbd;

    /// Nobody leaves.
    fn p_alive(&self, _: HistoryRow) -> f64 {
        1.0
    }

    fn expected_purchases(&self, row: HistoryRow, horizon: f64) -> f64 {
        self.expected_purchases(row, horizon)
    }

    fn expected_from_new(&self, time: f64) -> f64 {
        self.expected_from_new(time)
    }
}

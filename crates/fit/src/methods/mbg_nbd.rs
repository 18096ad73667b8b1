//! How often will customers buy, if each may leave after any purchase, the first one too?

use super::Method;
use super::purchases::{self, FLAGS, Outlook, ROLES};
use odla_stats::btyd::mbg_nbd::{self, MbgNbd};
use odla_stats::btyd::{HistoryRow, PurchaseKind};

pub const METHOD: Method = Method {
    name: "mbg-nbd",
    roles: ROLES,
    flags: FLAGS,
    fit: |input| purchases::fit(input, mbg_nbd::fit),
};

impl Outlook for MbgNbd {
    const KIND: PurchaseKind = PurchaseKind::MbgNbd;

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

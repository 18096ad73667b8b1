//! How often will customers buy, if each may leave after a repeat purchase?

use super::Method;
use super::purchases::{self, FLAGS, Outlook, ROLES};
use odla_stats::btyd::bg_nbd::{self, BgNbd};
use odla_stats::btyd::{HistoryRow, PurchaseKind};

pub const METHOD: Method = Method {
    name: "bg-nbd",
    roles: ROLES,
    flags: FLAGS,
    fit: |input| purchases::fit(input, bg_nbd::fit),
};

impl Outlook for BgNbd {
    const KIND: PurchaseKind = PurchaseKind::BgNbd;

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

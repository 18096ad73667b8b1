//! How many contracts are left after each renewal, if each has its own constant probability to end?

use super::Method;
use super::cohorts::{self, FLAGS, ROLES, Renewals};
use odla_stats::contract::sbg::{self, Sbg};

pub const METHOD: Method = Method {
    name: "sbg",
    roles: ROLES,
    flags: FLAGS,
    fit: |input| cohorts::fit(input, sbg::fit),
};

impl Renewals for Sbg {
    fn survival(&self, renewals: u32) -> f64 {
        self.survival(renewals)
    }

    fn retention(&self, renewal: u32) -> f64 {
        self.retention(renewal)
    }
}

//! How many contracts are left after each renewal, if the probability to end also changes with age?

use super::Method;
use super::cohorts::{self, FLAGS, ROLES, Renewals};
use odla_stats::contract::bdw::{self, Bdw};

pub const METHOD: Method = Method {
    name: "bdw",
    roles: ROLES,
    flags: FLAGS,
    fit: |input| cohorts::fit(input, bdw::fit),
};

impl Renewals for Bdw {
    fn survival(&self, renewals: u32) -> f64 {
        self.survival(renewals)
    }

    fn retention(&self, renewal: u32) -> f64 {
        self.retention(renewal)
    }
}

//! What can be chosen about the example company?

use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize};

use crate::ExampleError;

/// The size, the span and the seed of one simulated company.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Config {
    /// Customers with a history of their own; a few planted duplicates come on top.
    pub customers: usize,
    /// The same seed gives the same bytes.
    pub seed: u64,
    /// Last day of the data.
    #[serde(with = "iso_date")]
    pub as_of: Date,
    /// Months of orders, contacts, costs and answers before `as_of`, 24..=120.
    pub months: usize,
    /// Months covered by the complete register of contracts, at least `months`.
    pub contract_months: usize,
    /// Yearly discount rate of the true values, share.
    pub discount_rate: f64,
    /// Months ahead that the true values reach, a multiple of 12.
    pub horizon_months: usize,
    /// Whether the handful of faulty, doubled and duplicate rows is written.
    pub flaws: bool,
}

impl Config {
    /// Three years of orders and six of contracts up to midsummer 2026, values at 10 % over 60 months.
    pub fn standard(customers: usize, seed: u64) -> Self {
        Config {
            customers,
            seed,
            as_of: date(2026, 6, 30),
            months: 36,
            contract_months: 72,
            discount_rate: 0.10,
            horizon_months: 60,
            flaws: true,
        }
    }

    /// Refuses what the simulation cannot honor, naming the field.
    pub(crate) fn check(&self) -> Result<(), ExampleError> {
        let refuse = |field: &'static str, allowed: &'static str| {
            Err(ExampleError::Config { field, allowed })
        };
        if self.customers == 0 || self.customers > 9_999_999 {
            return refuse("customers", "1 to 9 999 999");
        }
        if !(24..=120).contains(&self.months) {
            return refuse("months", "24 to 120");
        }
        if self.contract_months < self.months || self.contract_months > 240 {
            return refuse("contract_months", "months to 240");
        }
        if !(0.0..=1.0).contains(&self.discount_rate) {
            return refuse("discount_rate", "0 to 1");
        }
        if self.horizon_months == 0 || !self.horizon_months.is_multiple_of(12) {
            return refuse("horizon_months", "a multiple of 12");
        }
        if !(1990..=2100).contains(&self.as_of.year()) {
            return refuse("as_of", "a day between 1990 and 2100");
        }
        Ok(())
    }
}

mod iso_date {
    use jiff::civil::Date;
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(day: &Date, out: S) -> Result<S::Ok, S::Error> {
        out.collect_str(day)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Date, D::Error> {
        String::deserialize(from)?.parse().map_err(D::Error::custom)
    }
}

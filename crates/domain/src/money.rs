//! How is money kept exact?

use serde::{Deserialize, Serialize};
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Neg, Sub};

/// An amount in the company's currency, exact to four decimals (the ledger's `Decimal(18, 4)`).
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
pub struct Money(i128);

impl Money {
    pub const SCALE: u32 = 4;
    const UNIT: i128 = 10_000;

    /// From ten-thousandths of the currency, as the ledger's decimals are stored.
    pub const fn from_raw(raw: i128) -> Self {
        Self(raw)
    }

    pub const fn raw(self) -> i128 {
        self.0
    }

    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// For statistics, which work in floating point; never for sums of the books.
    pub fn to_f64(self) -> f64 {
        self.0 as f64 / Self::UNIT as f64
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        self.0 += other.0;
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Self::add)
    }
}

/// The exact amount with its two or four decimals and a decimal point, as in JSON and CSV.
impl fmt::Display for Money {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { "-" } else { "" };
        let (whole, part) = (self.0.abs() / Self::UNIT, self.0.abs() % Self::UNIT);
        if part % 100 == 0 {
            write!(out, "{sign}{whole}.{:02}", part / 100)
        } else {
            write!(out, "{sign}{whole}.{part:04}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn money_is_written_exactly() {
        assert_eq!(Money::from_raw(-12_345_600).to_string(), "-1234.56");
        assert_eq!(Money::from_raw(1).to_string(), "0.0001");
        assert_eq!([Money::from_raw(1); 3].into_iter().sum::<Money>().raw(), 3);
    }
}

//! Which of the common beliefs about loyalty are true here?
//!
//! Method: every belief was written down beforehand as a test: what is estimated, from which data, and the limit that
//! the interval is held against. A belief that says "at least x" is supported when the whole interval lies at x or
//! above, not supported when it lies below, and otherwise it cannot be told; "at most x" the other way round. What other
//! capabilities have found is read, not computed anew; the rest compares customers of a year ago by what was known of
//! them then, with the year that followed.
//!
//! Assumes what each of the methods behind assumes: most comparisons are adjusted, not randomized. Do not read a verdict
//! as a law: it is about this company, in this year, against this limit; with many tests some verdicts are wrong by
//! chance. It would be falsified by a trial with another outcome, or by a verdict that turns over from year to year
//! though nothing was changed.

mod beliefs;
mod measure;
mod report;
#[cfg(test)]
mod tests;
mod trial;

use crate::InsightError;
use odla_domain::frames::claims::ClaimsFrame;
use odla_domain::{Caution, FigureDefinition, Grade, Need, Outcome, Rows, Unit};
use serde::{Deserialize, Serialize};

pub use beliefs::CLAIMS;
pub use measure::gain_of_staying;

/// One belief and its test, as it was written beforehand. Its words are `claim.<word>`, `source.<word>`, `test.<word>`.
pub struct Claim {
    /// `claims.<word>`, the key of what was measured.
    pub key: &'static str,
    pub unit: Unit,
    pub rule: Rule,
    /// Tables of the ledger that the test needs.
    pub data: &'static [&'static str],
    pub next: Next,
    pub rows: Rows,
    measure: fn(&Evidence) -> Result<Measured, Caution>,
}

/// What a belief says of the number, with the limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    AtLeast(f64),
    AtMost(f64),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Supported,
    NotSupported,
    CannotTell,
}

/// How the belief is tested better, or again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// By lot: some get it, some do not.
    Trial,
    /// A question that has to be asked, or asked of more.
    Ask,
    /// A year more of what is already written down.
    Wait,
    /// Something that has to be written down.
    Book,
}

/// A number with its interval; the limits are the value itself when it is a sum of ledger rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    pub value: f64,
    pub lower: f64,
    pub upper: f64,
    pub n: u64,
    pub grade: Option<Grade>,
    pub method: String,
    pub cautions: Vec<Caution>,
}

/// What a test may look at.
pub struct Evidence<'e> {
    pub earlier: &'e [Outcome],
    pub frame: &'e ClaimsFrame,
    pub config: &'e ClaimsConfig,
    pub seed: u64,
}

/// A belief with what was found.
pub struct Tested {
    pub claim: &'static Claim,
    pub found: Result<Measured, Caution>,
    pub verdict: Verdict,
}

impl Claim {
    pub fn word(&self) -> &'static str {
        self.key.strip_prefix("claims.").unwrap_or(self.key)
    }
}

impl Rule {
    pub fn judge(self, (lower, upper): (f64, f64)) -> Verdict {
        let (holds, fails) = match self {
            Self::AtLeast(limit) => (lower >= limit, upper < limit),
            Self::AtMost(limit) => (upper <= limit, lower > limit),
        };
        match (holds, fails) {
            (true, _) => Verdict::Supported,
            (_, true) => Verdict::NotSupported,
            _ => Verdict::CannotTell,
        }
    }

    /// Whether the belief is true when the number is known.
    pub fn holds_for(self, truth: f64) -> bool {
        self.judge((truth, truth)) == Verdict::Supported
    }

    pub const fn limit(self) -> f64 {
        match self {
            Self::AtLeast(limit) | Self::AtMost(limit) => limit,
        }
    }
}

impl Verdict {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Supported => "belief.supported",
            Self::NotSupported => "belief.not_supported",
            Self::CannotTell => "belief.cannot_tell",
        }
    }
}

const COUNTS: [&str; 3] = [
    "claims.supported.count",
    "claims.not_supported.count",
    "claims.cannot_tell.count",
];

/// One figure per belief, and how many hold.
pub const FIGURES: &[FigureDefinition] = &{
    let mut figures = [definition(
        COUNTS[0],
        Unit::Count,
        Rows("select customer_id, acquired_on, _source, _line from customers order by customer_id"),
    ); CLAIMS.len() + COUNTS.len()];
    let mut place = 1;
    while place < COUNTS.len() {
        figures[place].pattern = COUNTS[place];
        place += 1;
    }
    let mut claim = 0;
    while claim < CLAIMS.len() {
        let own = &CLAIMS[claim];
        figures[COUNTS.len() + claim] = definition(own.key, own.unit, own.rows);
        claim += 1;
    }
    figures
};

const fn definition(pattern: &'static str, unit: Unit, rows: Rows) -> FigureDefinition {
    FigureDefinition {
        pattern,
        unit,
        method: "claims",
        rows,
    }
}

/// Something that customers did.
pub fn needs() -> Vec<Vec<Need>> {
    vec![vec![
        Need::new("orders", &["customer_id", "ordered_on"]),
        Need::new("contracts", &["customer_id", "started_on"]),
    ]]
}

/// The choices of the tests, all kept with the run; the limits of the beliefs are in their register.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ClaimsConfig {
    /// Level of every interval.
    pub level: f64,
    /// Yearly discount of money to come.
    pub discount_yearly: f64,
    /// Customers on each side of a comparison, and in a regression.
    pub fewest_compared: usize,
    pub fewest_regressed: usize,
    /// Days of ledger before the day a year ago: who bought in the first days of a ledger is no ordinary customer.
    pub fewest_history_days: f64,
    /// Customers that stayed, and as many that left, in a comparison of who stays.
    pub fewest_events: usize,
}

impl ClaimsConfig {
    pub const fn standard() -> Self {
        Self {
            level: 0.90,
            discount_yearly: 0.10,
            fewest_compared: 50,
            fewest_regressed: 200,
            fewest_history_days: 180.0,
            fewest_events: 20,
        }
    }
}

/// Tests every belief; those whose data are missing say so.
///
/// # Errors
/// None today; the shape is that of all capabilities.
pub fn assess(
    frame: &ClaimsFrame,
    earlier: &[Outcome],
    config: &ClaimsConfig,
    seed: u64,
) -> Result<Outcome, InsightError> {
    let evidence = Evidence {
        earlier,
        frame,
        config,
        seed,
    };
    let tested: Vec<Tested> = CLAIMS.iter().map(|claim| test(claim, &evidence)).collect();
    Ok(report::lay_out(frame, &tested, config).into())
}

fn test(claim: &'static Claim, evidence: &Evidence) -> Tested {
    let found = (claim.measure)(evidence).and_then(|found| {
        let told = [found.value, found.lower, found.upper];
        match told.iter().all(|number| number.is_finite()) {
            true => Ok(found),
            false => Err(Caution::new("claims.not_told")),
        }
    });
    let verdict = match &found {
        Ok(found) => claim.rule.judge((found.lower, found.upper)),
        Err(_) => Verdict::CannotTell,
    };
    Tested {
        claim,
        found,
        verdict,
    }
}

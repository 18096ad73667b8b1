//! How often would customers come back if everyone just went on buying at the old pace?

use super::LoyaltyConfig;
use odla_domain::Caution;
use odla_domain::frames::loyalty::Standings;
use odla_stats::Interval;
use odla_stats::btyd::History;
use odla_stats::btyd::nbd::{self, Nbd};
use odla_stats::survey::nps::proportion;

const WEEK: f64 = 7.0;
/// Weeks in the year that is foretold.
const YEAR: f64 = 365.25 / WEEK;

/// What happened in the last year against what the pace before would have given.
#[derive(Clone, Debug)]
pub struct Baseline {
    pub buyers: usize,
    /// Share that bought again, and the share that the pace alone foretells.
    pub actual: f64,
    pub expected: f64,
    pub ratio: f64,
    pub interval: Interval,
    /// Purchases foretold for the last year per row of the standings; `NaN` for those who had not bought.
    pub purchases: Vec<f64>,
    /// Share of the buyers who bought more than foretold.
    pub above: f64,
}

/// Fits the pace on everything before a year ago and sets the year after against it.
pub fn compare(then: &Standings, config: &LoyaltyConfig) -> Result<Baseline, Caution> {
    let buyers: Vec<usize> = (0..then.len())
        .filter(|&row| then.purchases[row] > 0.0)
        .collect();
    let step = buyers.len().div_ceil(config.fitted_customers.max(1)).max(1);
    let fitted: Vec<usize> = buyers.iter().copied().step_by(step).collect();
    let history = history(then, &fitted).map_err(told)?;
    let pace = nbd::fit(&history).map_err(told)?.parameters;
    let mut purchases = vec![f64::NAN; then.len()];
    let all = self::history(then, &buyers).map_err(told)?;
    let (mut again, mut expected, mut above, mut active) = (0.0, 0.0, 0.0, 0.0);
    for (at, &row) in buyers.iter().enumerate() {
        purchases[row] = pace.expected_purchases(all.row(at), YEAR);
        if then.purchases_year[row] > 0.0 {
            active += 1.0;
            again += f64::from(then.purchases_after[row] > 0.0);
            expected += at_least_one(&pace, then, row);
            above += f64::from(then.purchases_after[row] > purchases[row]);
        }
    }
    let share = proportion(again, active, config.level).map_err(told)?;
    let expected = expected / active;
    Ok(Baseline {
        buyers: active as usize,
        actual: share.value,
        expected,
        ratio: share.value / expected,
        interval: Interval {
            lower: share.interval.lower / expected,
            upper: share.interval.upper / expected,
            level: config.level,
        },
        purchases,
        above: above / active,
    })
}

fn told(error: odla_stats::StatsError) -> Caution {
    Caution::new("loyalty.no_baseline").with("detail", error.to_string())
}

fn history(then: &Standings, rows: &[usize]) -> Result<History, odla_stats::StatsError> {
    let of =
        |value: &dyn Fn(usize) -> f64| rows.iter().map(|&row| value(row)).collect::<Vec<f64>>();
    let frequency = of(&|row| then.purchases[row] - 1.0);
    let recency = of(&|row| (then.first_days_ago[row] - then.last_days_ago[row]) / WEEK);
    let observed = of(&|row| then.first_days_ago[row] / WEEK);
    History::new(&frequency, &recency, &observed)
}

/// Chance of a purchase within the year: 1 - ((alpha + T) / (alpha + T + year))^(r + x).
fn at_least_one(pace: &Nbd, then: &Standings, row: usize) -> f64 {
    let seen = pace.alpha + then.first_days_ago[row] / WEEK;
    1.0 - (seen / (seen + YEAR)).powf(pace.r + then.purchases[row] - 1.0)
}

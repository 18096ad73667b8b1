//! Which share has ended in each way by a given time, when one end precludes the others?

use super::spells::Spells;
use crate::error::require_length;
use crate::estimate::normal_quantile_for_level;
use crate::reduce::map_rows;
use crate::regression::sample::prove_level;
use crate::{Estimate, Interval, StatsError};

/// Times under observation with several kinds of end.
#[derive(Debug, Clone, Copy)]
pub struct CompetingSpells<'a> {
    /// Start of observation (late entry), none means 0.
    pub entry: Option<&'a [f64]>,
    pub time: &'a [f64],
    /// 0 = censored, k = ended in way `kinds[k - 1]`.
    pub end: &'a [usize],
    pub kinds: &'a [String],
    /// Observations each row stands for, ≥ 0; none means 1.
    pub weights: Option<&'a [f64]>,
}

/// One moment at which something ended.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidenceStep {
    pub time: f64,
    pub at_risk: f64,
    /// Ends of each kind at this moment.
    pub ended: Vec<f64>,
    /// Share ended in each way by this time; its interval stays in 0-1.
    pub incidence: Vec<Estimate>,
    /// Share not ended in any way, and its Greenwood standard error.
    pub survival: f64,
    pub survival_error: f64,
}

/// Cumulative incidence of each kind of end; shares and survival sum to 1 at every step.
#[derive(Debug, Clone, PartialEq)]
pub struct IncidenceCurves {
    pub kinds: Vec<String>,
    pub steps: Vec<IncidenceStep>,
    /// End of the longest observation.
    pub last_seen: f64,
    pub level: f64,
}

/// Aalen-Johansen cumulative incidence `F_k(t) = sum_(s<=t) S(s-) d_k(s)/n(s)` `[AalenJohansen1978]`.
///
/// Variance by the delta method `[MarubiniValsecchi1995]`:
/// `sum_s { (F_k(t)-F_k(s))² d/(n(n-d)) + S(s-)² (n-d_k) d_k/n³ - 2 (F_k(t)-F_k(s)) S(s-) d_k/n² }`; intervals on the log(-log) scale.
/// One minus Kaplan-Meier, with the other ends taken for censored, would say more than happens. Late entry and repetition weights are
/// allowed. Errs on impossible times, an end without a kind, no kinds, and when all are censored. The squares are summed once and kept as
/// running sums, so that the cost is one pass.
pub fn fit(spells: &CompetingSpells, level: f64) -> Result<IncidenceCurves, StatsError> {
    prove_level(level)?;
    let any: Vec<bool> = spells.end.iter().map(|end| *end > 0).collect();
    let all = Spells {
        entry: spells.entry,
        time: spells.time,
        event: &any,
        weights: spells.weights,
    };
    require_length("end", spells.time.len(), spells.end.len())?;
    let kinds = spells.kinds.len();
    if kinds == 0 {
        return Err(StatsError::TooFewGroups { needed: 1, got: 0 });
    }
    if let Some(row) = spells.end.iter().position(|end| *end > kinds) {
        return Err(StatsError::invalid_row(
            format!("end {} ({kinds} kinds)", spells.end[row]),
            row,
        ));
    }
    all.prove()?;
    let table = all.risk_table();
    let mut ended = vec![vec![0.0; kinds]; table.len()];
    for row in (0..any.len()).filter(|&row| any[row] && all.weight_of(row) > 0.0) {
        let at = table.partition_point(|risk| risk.time < spells.time[row]);
        ended[at][spells.end[row] - 1] += all.weight_of(row);
    }
    let mut survival = 1.0;
    let mut greenwood = 0.0;
    let mut sums = vec![Sums::default(); kinds];
    let mut steps = Vec::with_capacity(table.len());
    for (risk, ended) in table.iter().zip(ended) {
        let (n, d) = (risk.at_risk, risk.events);
        // Once all at risk have ended nothing moves any more, and the first term is multiplied by 0.
        let left = if d < n { d / (n * (n - d)) } else { 0.0 };
        let incidence = (sums.iter_mut().zip(&ended))
            .map(|(sum, &own)| sum.add((survival, left), (n, own), level))
            .collect();
        survival *= 1.0 - d / n;
        greenwood += left;
        steps.push(IncidenceStep {
            time: risk.time,
            at_risk: n,
            ended,
            incidence,
            survival,
            survival_error: survival * f64::sqrt(greenwood),
        });
    }
    Ok(IncidenceCurves {
        kinds: spells.kinds.to_vec(),
        steps,
        last_seen: spells.time.iter().copied().fold(0.0, f64::max),
        level,
    })
}

impl IncidenceCurves {
    /// Shares ended in each way by `time`; `None` after the last observation, unless all have ended.
    pub fn at(&self, time: f64) -> Option<Vec<Estimate>> {
        let passed = self.steps.partition_point(|step| step.time <= time);
        let Some(last) = passed.checked_sub(1).map(|at| &self.steps[at]) else {
            let none = Interval {
                lower: 0.0,
                upper: 0.0,
                level: self.level,
            };
            let estimate = Estimate {
                value: 0.0,
                standard_error: 0.0,
                interval: none,
            };
            return (time <= self.last_seen).then(|| vec![estimate; self.kinds.len()]);
        };
        (time <= self.last_seen || last.survival <= 0.0).then(|| last.incidence.clone())
    }

    /// Simulates `rows` spells from the curves: time, and which kind of end (0 = none by the end of the curves, at `last_seen`).
    pub fn simulate(&self, rows: usize, seed: u64) -> Vec<(f64, usize)> {
        map_rows(rows, |i| {
            let mut generator = crate::btyd::simulated::stream(seed, i as u64);
            let u = rand::RngExt::random::<f64>(&mut generator);
            let at = self.steps.partition_point(|step| 1.0 - step.survival <= u);
            let Some(step) = self.steps.get(at) else {
                return (self.last_seen, 0);
            };
            let total: f64 = step.ended.iter().sum();
            let mut left = rand::RngExt::random::<f64>(&mut generator) * total;
            for (k, own) in step.ended.iter().enumerate() {
                left -= own;
                if left < 0.0 {
                    return (step.time, k + 1);
                }
            }
            (step.time, step.ended.len())
        })
    }
}

/// Running sums of one kind: F, and the parts of the variance that F(t) multiplies by its powers.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    incidence: f64,
    a: f64,
    af: f64,
    aff: f64,
    b: f64,
    c: f64,
    cf: f64,
}

impl Sums {
    fn add(&mut self, (survival, left): (f64, f64), (n, own): (f64, f64), level: f64) -> Estimate {
        self.incidence += survival * own / n;
        let f = self.incidence;
        let c = survival * own / (n * n);
        self.a += left;
        self.af += left * f;
        self.aff += left * f * f;
        self.b += survival * survival * (n - own) * own / (n * n * n);
        self.c += c;
        self.cf += c * f;
        let spread = f * f * self.a - 2.0 * f * self.af + self.aff;
        let variance = spread + self.b - 2.0 * (f * self.c - self.cf);
        told(f, variance.max(0.0).sqrt(), level)
    }
}

fn told(value: f64, error: f64, level: f64) -> Estimate {
    let interval = match value > 0.0 && value < 1.0 {
        true => {
            // log(-log F) has standard error error / (F |log F|).
            let spread = normal_quantile_for_level(level) * error / (value * value.ln().abs());
            Interval {
                lower: value.powf(spread.exp()),
                upper: value.powf((-spread).exp()),
                level,
            }
        }
        false => Interval {
            lower: value,
            upper: value,
            level,
        },
    };
    Estimate {
        value,
        standard_error: error,
        interval,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::survival::kaplan_meier;

    fn kinds() -> Vec<String> {
        vec!["left".to_owned(), "merged".to_owned()]
    }

    #[test]
    fn shares_and_survival_sum_to_one_and_one_kind_is_one_minus_kaplan_meier() {
        let time = [1.0, 2.0, 2.0, 3.0, 4.0, 4.0, 5.0, 6.0];
        let end = [1, 2, 0, 1, 1, 2, 0, 1];
        let names = kinds();
        let spells = CompetingSpells {
            entry: None,
            time: &time,
            end: &end,
            kinds: &names,
            weights: None,
        };
        let curves = fit(&spells, 0.9).expect("valid");
        for step in &curves.steps {
            let sum: f64 = step.incidence.iter().map(|e| e.value).sum();
            assert!((sum + step.survival - 1.0).abs() < 1e-14);
        }
        let joined = end.map(|e| usize::from(e > 0));
        let one = CompetingSpells {
            end: &joined,
            kinds: &names[..1],
            ..spells
        };
        let curve = fit(&one, 0.9).expect("valid");
        let event = joined.map(|e| e == 1);
        let same = Spells {
            entry: None,
            time: &time,
            event: &event,
            weights: None,
        };
        let km = kaplan_meier::fit(&same, 0.9).expect("valid");
        for (ours, theirs) in curve.steps.iter().zip(&km.steps) {
            assert!((ours.incidence[0].value - 1.0 + theirs.survival.value).abs() < 1e-14);
            let last = theirs.survival.value == 0.0;
            let gap = ours.incidence[0].standard_error - theirs.survival.standard_error;
            assert!(last || gap.abs() < 1e-12);
        }
    }
}

//! What does each moment with an event say, when the risk of every row may be anything?

use super::cox::Ties;
use super::partial_likelihood::Stratum;

/// The moments of a stratum at which something happened, and how many of them every row was there for.
pub(super) struct Moments<'a> {
    pub stratum: &'a Stratum,
    /// Latest first.
    moments: Vec<Moment>,
    /// Moments up to the end of each position, and up to its entry.
    upto: Vec<usize>,
    before: Vec<usize>,
}

struct Moment {
    time: f64,
    /// Positions that end here, and how many by entry have not come yet.
    start: usize,
    end: usize,
    left: usize,
    steps: usize,
    step_weight: f64,
}

/// Weighted relative hazards of all positions at some predictors, and what follows from them.
pub(super) struct Risk {
    hazard: Vec<f64>,
    shift: f64,
    /// Sums over those at risk, and over those to whom it happened, moment after moment.
    sums: Vec<(f64, f64)>,
    /// Hazard that every position was exposed to.
    exposure: Vec<f64>,
    pub log_likelihood: f64,
}

impl Risk {
    /// Expected events of a position, given everybody's predictors.
    pub fn expected(&self, position: usize) -> f64 {
        self.hazard[position] * self.exposure[position]
    }
}

impl<'a> Moments<'a> {
    pub fn new(stratum: &'a Stratum, ties: Ties) -> Self {
        let rows = stratum.rows.len();
        let (mut at, mut left, mut moments) = (0, 0, Vec::new());
        while at < rows {
            let (start, time) = (at, stratum.time[at]);
            let (mut events, mut weight) = (0, 0.0);
            while at < rows && stratum.time[at] == time {
                if stratum.event[at] {
                    events += 1;
                    weight += stratum.weight[at];
                }
                at += 1;
            }
            while left < stratum.by_entry.len() && stratum.entry[stratum.by_entry[left]] >= time {
                left += 1;
            }
            if events > 0 {
                let steps = stratum.steps(ties, events, weight);
                moments.push(Moment {
                    time,
                    start,
                    end: at,
                    left,
                    steps,
                    step_weight: weight / steps as f64,
                });
            }
        }
        let passed = |time: f64| moments.len() - moments.partition_point(|m| m.time > time);
        let late = !stratum.by_entry.is_empty();
        let before = |entry: &f64| if late { passed(*entry) } else { 0 };
        Moments {
            upto: stratum.time.iter().map(|t| passed(*t)).collect(),
            before: stratum.entry.iter().map(before).collect(),
            moments,
            stratum,
        }
    }

    /// Log partial likelihood and exposures at the linear predictors `eta` of all positions.
    pub fn risk(&self, eta: &[f64]) -> Risk {
        let shift = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let hazard: Vec<f64> = (eta.iter().zip(&self.stratum.weight))
            .map(|(eta, weight)| weight * (eta - shift).exp())
            .collect();
        let sums = self.sums(&hazard);
        let mut log_likelihood = 0.0;
        let parts = (self.moments.iter().zip(&sums)).map(|(moment, sums)| {
            for i in self.events(moment) {
                log_likelihood += self.stratum.weight[i] * (eta[i] - shift);
            }
            let (mut all, mut own) = (0.0, 0.0);
            for (fraction, denominator) in moment.denominators(*sums) {
                log_likelihood -= moment.step_weight * denominator.ln();
                all += moment.step_weight / denominator;
                own += moment.step_weight * fraction / denominator;
            }
            (all, own)
        });
        let parts: Vec<(f64, f64)> = parts.collect();
        Risk {
            exposure: self.exposure(&parts),
            hazard,
            shift,
            sums,
            log_likelihood,
        }
    }

    /// Curvature of minus the log-likelihood along a change `a` of the predictors: for every position the `c` with
    /// `x' I x a = x' c`, I the information and x whatever columns the predictors are made of.
    pub fn curvature(&self, risk: &Risk, a: &[f64]) -> Vec<f64> {
        let moved: Vec<f64> = risk.hazard.iter().zip(a).map(|(h, a)| h * a).collect();
        let sums = self.sums(&moved);
        let parts = (self.moments.iter().zip(risk.sums.iter().zip(&sums))).map(
            |(moment, (totals, moved))| {
                let (mut all, mut own) = (0.0, 0.0);
                for (fraction, denominator) in moment.denominators(*totals) {
                    let mean = (moved.0 - fraction * moved.1) / denominator;
                    let share = moment.step_weight * mean / denominator;
                    all += share;
                    own += fraction * share;
                }
                (all, own)
            },
        );
        let parts: Vec<(f64, f64)> = parts.collect();
        let mut means = self.exposure(&parts);
        for (i, mean) in means.iter_mut().enumerate() {
            *mean = moved[i] * risk.exposure[i] - risk.hazard[i] * *mean;
        }
        means
    }

    /// Times, rising, and cumulative hazard of a position whose predictor is 0.
    pub fn baseline(&self, risk: &Risk) -> Vec<(f64, f64)> {
        let scale = (-risk.shift).exp();
        let mut gathered = 0.0;
        (self.moments.iter().zip(&risk.sums).rev())
            .map(|(moment, sums)| {
                let denominators = moment.denominators(*sums);
                let hazard: f64 = denominators.map(|(_, d)| moment.step_weight / d).sum();
                gathered += hazard * scale;
                (moment.time, gathered)
            })
            .collect()
    }

    fn events(&self, moment: &Moment) -> impl Iterator<Item = usize> + '_ {
        (moment.start..moment.end).filter(|&i| self.stratum.event[i])
    }

    /// Sums of a column over those at risk at every moment, and over those to whom it happened then.
    fn sums(&self, values: &[f64]) -> Vec<(f64, f64)> {
        let (mut at, mut left, mut sum) = (0, 0, 0.0);
        let sums = self.moments.iter().map(|moment| {
            sum += values[at..moment.end].iter().sum::<f64>();
            at = moment.end;
            let gone = &self.stratum.by_entry[left..moment.left];
            sum -= gone.iter().map(|&i| values[i]).sum::<f64>();
            left = moment.left;
            (sum, self.events(moment).map(|i| values[i]).sum())
        });
        sums.collect()
    }

    /// What every position gathers of the moments' parts; who ends with an event carries less of its own moment.
    fn exposure(&self, parts: &[(f64, f64)]) -> Vec<f64> {
        let mut gathered = Vec::with_capacity(parts.len() + 1);
        let mut sum = 0.0;
        gathered.push(sum);
        for (all, _) in parts.iter().rev() {
            sum += all;
            gathered.push(sum);
        }
        let of = |i: usize| {
            let own = match self.stratum.event[i] {
                true => parts[parts.len() - self.upto[i]].1,
                false => 0.0,
            };
            gathered[self.upto[i]] - gathered[self.before[i]] - own
        };
        (0..self.upto.len()).map(of).collect()
    }
}

impl Moment {
    /// Share of the tied events' own sum that is taken out at every step, and what is left at risk.
    fn denominators(&self, (all, tied): (f64, f64)) -> impl Iterator<Item = (f64, f64)> {
        let steps = self.steps;
        (0..steps).map(move |step| {
            let fraction = step as f64 / steps as f64;
            (fraction, all - fraction * tied)
        })
    }
}

//! What does each moment with an event say about the coefficients, whatever the baseline hazard?

use nalgebra::{DMatrix, DVector};

use super::cox::{CoxSample, Ties};
use crate::regression::Weights;

/// Rows of one stratum, latest end first, columns centered and laid row by row.
pub(super) struct Stratum {
    /// Original row numbers.
    pub rows: Vec<usize>,
    pub time: Vec<f64>,
    pub entry: Vec<f64>,
    pub event: Vec<bool>,
    pub weight: Vec<f64>,
    pub z: Vec<f64>,
    size: usize,
    /// Positions by entry, latest first; empty without late entry.
    by_entry: Vec<usize>,
    whole_weights: bool,
}

/// Those at risk at one moment with events.
pub(super) struct RiskSet<'a> {
    pub time: f64,
    /// Positions whose observation ends at this moment (with and without event).
    pub ending: std::ops::Range<usize>,
    /// Sums over those at risk of w r, w r z, w r zz' (upper half), r = exp(eta - shift).
    pub all: &'a Sums,
    /// The same over the events of this moment.
    pub tied: &'a Sums,
    /// Steps over which tied events are spread, and the weight of each.
    pub steps: usize,
    pub step_weight: f64,
}

#[derive(Clone)]
pub(super) struct Sums {
    pub s0: f64,
    pub s1: Vec<f64>,
    pub s2: Vec<f64>,
}

/// Log partial likelihood with gradient and information.
pub(super) struct Evaluation {
    pub log_likelihood: f64,
    pub gradient: DVector<f64>,
    pub information: DMatrix<f64>,
}

/// What single rows add to the score, and what single events tell about drift.
pub(super) struct Residuals {
    /// Score residual of every position.
    pub scores: Vec<DVector<f64>>,
    /// Schoenfeld residuals of the events: time, z less its mean among those at risk.
    pub schoenfeld: Vec<(f64, DVector<f64>)>,
}

impl Sums {
    fn empty(size: usize) -> Self {
        Sums {
            s0: 0.0,
            s1: vec![0.0; size],
            s2: vec![0.0; size * size],
        }
    }

    fn add(&mut self, factor: f64, z: &[f64]) {
        self.s0 += factor;
        for (i, zi) in z.iter().enumerate() {
            let scaled = factor * zi;
            self.s1[i] += scaled;
            let from = i * z.len();
            for (s, zj) in self.s2[from + i..from + z.len()].iter_mut().zip(&z[i..]) {
                *s += scaled * zj;
            }
        }
    }

    fn clear(&mut self) {
        self.s0 = 0.0;
        self.s1.fill(0.0);
        self.s2.fill(0.0);
    }
}

impl RiskSet<'_> {
    /// Share of the tied events' own weight that is taken out at a step (0 throughout for Breslow).
    pub fn fraction(&self, step: usize) -> f64 {
        step as f64 / self.steps as f64
    }

    /// Sum of weights times relative hazards at a step.
    pub fn denominator(&self, step: usize) -> f64 {
        self.all.s0 - self.fraction(step) * self.tied.s0
    }
}

impl Stratum {
    /// Splits the sample by stratum, in rising order of its number; rows without weight are left out.
    pub fn split(sample: &CoxSample, center: &[f64]) -> Vec<Stratum> {
        let mut groups: std::collections::BTreeMap<usize, Vec<usize>> = Default::default();
        for row in 0..sample.spells.time.len() {
            if sample.weights.of(row) > 0.0 {
                let stratum = sample.strata.map_or(0, |s| s[row]);
                groups.entry(stratum).or_default().push(row);
            }
        }
        let strata = groups.into_values();
        strata
            .map(|rows| Stratum::new(sample, rows, center))
            .collect()
    }

    fn new(sample: &CoxSample, mut rows: Vec<usize>, center: &[f64]) -> Self {
        let spells = &sample.spells;
        rows.sort_by(|&a, &b| spells.time[b].total_cmp(&spells.time[a]).then(a.cmp(&b)));
        let size = sample.columns.len();
        let mut z = Vec::with_capacity(rows.len() * size);
        for &row in &rows {
            z.extend((0..size).map(|j| sample.columns[j][row] - center[j]));
        }
        let entry: Vec<f64> = rows.iter().map(|&r| spells.entry_of(r)).collect();
        let mut by_entry: Vec<usize> = match spells.entry {
            None => Vec::new(),
            Some(_) => (0..rows.len()).collect(),
        };
        by_entry.sort_by(|&a, &b| entry[b].total_cmp(&entry[a]).then(a.cmp(&b)));
        Stratum {
            time: rows.iter().map(|&r| spells.time[r]).collect(),
            event: rows.iter().map(|&r| spells.event[r]).collect(),
            weight: rows.iter().map(|&r| sample.weights.of(r)).collect(),
            entry,
            rows,
            z,
            size,
            by_entry,
            whole_weights: matches!(sample.weights, Weights::Repetitions(_)),
        }
    }

    pub fn z_of(&self, position: usize) -> &[f64] {
        &self.z[position * self.size..(position + 1) * self.size]
    }

    /// Linear predictor of every position.
    pub fn eta(&self, beta: &[f64]) -> Vec<f64> {
        (0..self.rows.len())
            .map(|i| self.z_of(i).iter().zip(beta).map(|(z, b)| z * b).sum())
            .collect()
    }

    /// Shows every moment with events to the visitor, latest first.
    ///
    /// One pass: rows join the sums as their end is reached and, with late entry, leave them at their entry.
    pub fn walk(&self, relative: &[f64], ties: Ties, mut visit: impl FnMut(&RiskSet)) {
        let mut all = Sums::empty(self.size);
        let mut tied = Sums::empty(self.size);
        let (mut at, mut left) = (0, 0);
        while at < self.rows.len() {
            let (start, time) = (at, self.time[at]);
            let (mut events, mut event_weight) = (0, 0.0);
            tied.clear();
            while at < self.rows.len() && self.time[at] == time {
                let factor = self.weight[at] * relative[at];
                all.add(factor, self.z_of(at));
                if self.event[at] {
                    tied.add(factor, self.z_of(at));
                    events += 1;
                    event_weight += self.weight[at];
                }
                at += 1;
            }
            while left < self.by_entry.len() && self.entry[self.by_entry[left]] >= time {
                let gone = self.by_entry[left];
                all.add(-self.weight[gone] * relative[gone], self.z_of(gone));
                left += 1;
            }
            if events == 0 {
                continue;
            }
            let steps = self.steps(ties, events, event_weight);
            visit(&RiskSet {
                time,
                ending: start..at,
                all: &all,
                tied: &tied,
                steps,
                step_weight: event_weight / steps as f64,
            });
        }
    }

    /// Breslow takes all tied events at once; Efron one after another, repetitions counted.
    fn steps(&self, ties: Ties, events: usize, event_weight: f64) -> usize {
        match ties {
            Ties::Breslow => 1,
            Ties::Efron if self.whole_weights => (event_weight.round() as usize).max(1),
            Ties::Efron => events,
        }
    }

    /// Adds this stratum's part of the likelihood and its derivatives.
    pub fn add_evaluation(&self, beta: &[f64], ties: Ties, total: &mut Evaluation) {
        let eta = self.eta(beta);
        let shift = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let relative: Vec<f64> = eta.iter().map(|e| (e - shift).exp()).collect();
        let k = self.size;
        self.walk(&relative, ties, |risk| {
            for i in risk.ending.clone().filter(|&i| self.event[i]) {
                total.log_likelihood += self.weight[i] * (eta[i] - shift);
                for (g, z) in total.gradient.iter_mut().zip(self.z_of(i)) {
                    *g += self.weight[i] * z;
                }
            }
            // With f the fraction and d the denominator of a step: sums of 1/d, f/d, 1/d², f/d², f²/d².
            let (mut a, mut b, mut c, mut e, mut g) = (0.0, 0.0, 0.0, 0.0, 0.0);
            for step in 0..risk.steps {
                let (f, d) = (risk.fraction(step), risk.denominator(step));
                total.log_likelihood -= risk.step_weight * d.ln();
                a += 1.0 / d;
                b += f / d;
                c += 1.0 / (d * d);
                e += f / (d * d);
                g += f * f / (d * d);
            }
            let u = risk.step_weight;
            let (all, tied) = (risk.all, risk.tied);
            for i in 0..k {
                total.gradient[i] -= u * (a * all.s1[i] - b * tied.s1[i]);
                for j in i..k {
                    let second = a * all.s2[i * k + j] - b * tied.s2[i * k + j];
                    let square = c * all.s1[i] * all.s1[j]
                        - e * (all.s1[i] * tied.s1[j] + tied.s1[i] * all.s1[j])
                        + g * tied.s1[i] * tied.s1[j];
                    total.information[(i, j)] += u * (second - square);
                }
            }
        });
    }

    /// Residuals at these coefficients.
    pub fn residuals(&self, beta: &[f64], ties: Ties) -> Residuals {
        let eta = self.eta(beta);
        let shift = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let relative: Vec<f64> = eta.iter().map(|e| (e - shift).exp()).collect();
        let k = self.size;
        let mut scores = vec![DVector::zeros(k); self.rows.len()];
        let mut schoenfeld = Vec::new();
        let mut increments: Vec<(f64, f64, DVector<f64>)> = Vec::new();
        self.walk(&relative, ties, |risk| {
            let (mut hazard, mut own) = (0.0, 0.0);
            let mut moved = DVector::zeros(k);
            let mut own_moved = DVector::zeros(k);
            let mut mean = DVector::zeros(k);
            for step in 0..risk.steps {
                let (f, d) = (risk.fraction(step), risk.denominator(step));
                let at = DVector::from_fn(k, |j, _| (risk.all.s1[j] - f * risk.tied.s1[j]) / d);
                hazard += risk.step_weight / d;
                own += risk.step_weight * (1.0 - f) / d;
                moved += &at * (risk.step_weight / d);
                own_moved += &at * (risk.step_weight * (1.0 - f) / d);
                mean += at / risk.steps as f64;
            }
            for i in risk.ending.clone().filter(|&i| self.event[i]) {
                let z = DVector::from_column_slice(self.z_of(i));
                // Tied events carry less of this moment's hazard than the others at risk.
                scores[i] +=
                    &z - &mean + (&z * (hazard - own) - (&moved - &own_moved)) * relative[i];
                schoenfeld.push((risk.time, z - &mean));
            }
            increments.push((risk.time, hazard, moved));
        });
        increments.reverse();
        self.spread_hazard(&increments, &relative, &mut scores);
        schoenfeld.reverse();
        Residuals { scores, schoenfeld }
    }

    /// Takes from every score what the hazard during the own observation contributes.
    fn spread_hazard(
        &self,
        increments: &[(f64, f64, DVector<f64>)],
        relative: &[f64],
        scores: &mut [DVector<f64>],
    ) {
        let mut hazard = vec![0.0];
        let mut moved = vec![DVector::zeros(self.size)];
        for (i, (_, h, m)) in increments.iter().enumerate() {
            hazard.push(hazard[i] + h);
            let next = &moved[i] + m;
            moved.push(next);
        }
        let upto = |time: f64| increments.partition_point(|(t, _, _)| *t <= time);
        for (i, score) in scores.iter_mut().enumerate() {
            let to = upto(self.time[i]);
            let from = if self.by_entry.is_empty() {
                0
            } else {
                upto(self.entry[i])
            };
            let z = DVector::from_column_slice(self.z_of(i));
            let during = z * (hazard[to] - hazard[from]) - (&moved[to] - &moved[from]);
            *score -= during * relative[i];
        }
    }

    /// Times (rising) and increments of the baseline hazard for a row with centered columns 0.
    pub fn baseline(&self, beta: &[f64], ties: Ties) -> Vec<(f64, f64)> {
        let eta = self.eta(beta);
        let shift = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let relative: Vec<f64> = eta.iter().map(|e| (e - shift).exp()).collect();
        let mut steps = Vec::new();
        self.walk(&relative, ties, |risk| {
            let hazard: f64 = (0..risk.steps)
                .map(|step| risk.step_weight / risk.denominator(step))
                .sum();
            steps.push((risk.time, hazard * (-shift).exp()));
        });
        steps.reverse();
        steps
    }
}

//! What does each moment with an event say about the coefficients, whatever the baseline hazard?

use nalgebra::{DMatrix, DVector};

use super::cox::{CoxSample, Ties};
use crate::reduce::{map_rows, sum_slices_in_order};
use crate::regression::Weights;
use crate::regression::cross_products::dot;

/// Rows of one stratum, latest end first, columns centered and laid row by row.
#[derive(Clone)]
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
    pub by_entry: Vec<usize>,
    whole_weights: bool,
}

/// Those at risk at one moment with events.
pub(super) struct RiskSet<'a> {
    pub time: f64,
    /// Positions whose observation ends at this moment (with and without event).
    pub ending: std::ops::Range<usize>,
    /// Sums over those at risk of w r and w r z, r = exp(eta - shift).
    pub all: &'a Sums,
    /// The same over the events of this moment.
    pub tied: &'a Sums,
    /// Steps over which tied events are spread, and the weight of each.
    pub steps: usize,
    pub step_weight: f64,
}

pub(super) struct Sums {
    pub s0: f64,
    pub s1: Vec<f64>,
}

/// Log partial likelihood with gradient and information.
pub(super) struct Evaluation {
    pub log_likelihood: f64,
    pub gradient: DVector<f64>,
    pub information: DMatrix<f64>,
}

/// Schoenfeld residuals of the events, rising in time: z less its mean among those at risk, event after event.
pub(super) struct Schoenfeld {
    pub times: Vec<f64>,
    pub values: Vec<f64>,
}

/// Relative hazards exp(eta - shift) at some coefficients.
struct Relative {
    eta: Vec<f64>,
    shift: f64,
    hazard: Vec<f64>,
}

impl Sums {
    fn empty(size: usize) -> Self {
        Sums {
            s0: 0.0,
            s1: vec![0.0; size],
        }
    }

    fn add(&mut self, factor: f64, z: &[f64]) {
        self.s0 += factor;
        for (s, z) in self.s1.iter_mut().zip(z) {
            *s += factor * z;
        }
    }

    fn clear(&mut self) {
        self.s0 = 0.0;
        self.s1.fill(0.0);
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
        rows = latest_first(rows, |row| spells.time[row]);
        let size = sample.columns.len();
        let mut z = Vec::with_capacity(rows.len() * size);
        for &row in &rows {
            z.extend((0..size).map(|j| sample.columns[j][row] - center[j]));
        }
        let entry: Vec<f64> = rows.iter().map(|&r| spells.entry_of(r)).collect();
        let by_entry = match spells.entry {
            None => Vec::new(),
            Some(_) => latest_first((0..rows.len()).collect(), |at| entry[at]),
        };
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

    /// Every so many rows of it, in the same order: a fit of them is near that of all.
    pub fn thinned(&self, every: usize) -> Self {
        let kept: Vec<usize> = (0..self.rows.len()).step_by(every).collect();
        let entry: Vec<f64> = kept.iter().map(|&i| self.entry[i]).collect();
        let by_entry = match self.by_entry.is_empty() {
            true => Vec::new(),
            false => latest_first((0..kept.len()).collect(), |at| entry[at]),
        };
        Stratum {
            rows: kept.iter().map(|&i| self.rows[i]).collect(),
            time: kept.iter().map(|&i| self.time[i]).collect(),
            event: kept.iter().map(|&i| self.event[i]).collect(),
            weight: kept.iter().map(|&i| self.weight[i]).collect(),
            z: kept.iter().flat_map(|&i| self.z_of(i)).copied().collect(),
            entry,
            by_entry,
            ..*self
        }
    }

    /// Number of columns.
    pub fn width(&self) -> usize {
        self.size
    }

    /// Measures the columns in these units.
    pub fn scale(&mut self, units: &[f64]) {
        for row in self.z.chunks_exact_mut(self.size) {
            row.iter_mut().zip(units).for_each(|(z, unit)| *z /= unit);
        }
    }

    pub fn z_of(&self, position: usize) -> &[f64] {
        &self.z[position * self.size..(position + 1) * self.size]
    }

    /// Linear predictor of every position.
    pub fn eta(&self, beta: &[f64]) -> Vec<f64> {
        map_rows(self.rows.len(), |i| {
            self.z_of(i).iter().zip(beta).map(|(z, b)| z * b).sum()
        })
    }

    fn relative(&self, beta: &[f64]) -> Relative {
        let eta = self.eta(beta);
        let shift = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let hazard = map_rows(eta.len(), |i| (eta[i] - shift).exp());
        Relative { eta, shift, hazard }
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
    pub fn steps(&self, ties: Ties, events: usize, event_weight: f64) -> usize {
        match ties {
            Ties::Breslow => 1,
            Ties::Efron if self.whole_weights => (event_weight.round() as usize).max(1),
            Ties::Efron => events,
        }
    }

    /// Log partial likelihood alone.
    pub fn log_likelihood(&self, beta: &[f64], ties: Ties) -> f64 {
        let relative = self.relative(beta);
        let mut sum = 0.0;
        self.walk(&relative.hazard, ties, |risk| {
            sum += self.own_part(risk, &relative);
            for step in 0..risk.steps {
                sum -= risk.step_weight * risk.denominator(step).ln();
            }
        });
        sum
    }

    /// What the events of a moment add to the likelihood by their own predictors.
    fn own_part(&self, risk: &RiskSet, relative: &Relative) -> f64 {
        let events = risk.ending.clone().filter(|&i| self.event[i]);
        events
            .map(|i| self.weight[i] * (relative.eta[i] - relative.shift))
            .sum()
    }

    /// Adds this stratum's part of the likelihood and its derivatives.
    ///
    /// The sums of zz' over those at risk are never formed: a row's zz' counts with the hazard that it was exposed to,
    /// which is known after one pass, so that the information is one weighted product of the columns less one of the means.
    pub fn add_evaluation(&self, beta: &[f64], ties: Ties, total: &mut Evaluation) {
        let relative = self.relative(beta);
        let k = self.size;
        let mut moments: Vec<Moment> = Vec::new();
        let mut own = vec![0.0; self.rows.len()];
        let mut means = Gram::new(k);
        self.walk(&relative.hazard, ties, |risk| {
            total.log_likelihood += self.own_part(risk, &relative);
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
            if risk.steps == 1 {
                means.add((u * c).sqrt(), &risk.all.s1);
            } else {
                let (all, tied) = (&risk.all.s1, &risk.tied.s1);
                for i in 0..k {
                    for j in i..k {
                        let square = c * all[i] * all[j]
                            - e * (all[i] * tied[j] + tied[i] * all[j])
                            + g * tied[i] * tied[j];
                        total.information[(i, j)] -= u * square;
                    }
                }
                let events = risk.ending.clone().filter(|&i| self.event[i]);
                events.for_each(|i| own[i] = u * b);
            }
            moments.push(Moment {
                time: risk.time,
                end: risk.ending.end,
                hazard: u * a,
            });
        });
        means.take_from(&mut total.information);
        self.add_products(&relative.hazard, &self.exposure(&moments, &own), total);
    }

    /// Hazard that every position was exposed to; tied events carry less of their own moment's.
    fn exposure(&self, moments: &[Moment], own: &[f64]) -> Vec<f64> {
        let mut cumulated = Vec::with_capacity(moments.len() + 1);
        cumulated.push(0.0);
        for moment in moments.iter().rev() {
            cumulated.push(cumulated[cumulated.len() - 1] + moment.hazard);
        }
        let mut exposure = vec![0.0; own.len()];
        let mut passed = 0;
        for (position, own) in own.iter().enumerate().rev() {
            while passed < moments.len() && moments[moments.len() - 1 - passed].end > position {
                passed += 1;
            }
            exposure[position] = cumulated[passed] - own;
        }
        for &position in &self.by_entry {
            let entry = self.entry[position];
            let later = moments.partition_point(|m| m.time > entry);
            exposure[position] -= cumulated[moments.len() - later];
        }
        exposure
    }

    /// Adds `sum w r e zz'` to the information and `sum (w d - w r e) z` to the gradient, e the exposure, d the event.
    fn add_products(&self, relative: &[f64], exposure: &[f64], total: &mut Evaluation) {
        let k = self.size;
        let halves = k * (k + 1) / 2;
        let sums = sum_slices_in_order(self.rows.len(), k + halves, |rows, sums| {
            let (gradient, products) = sums.split_at_mut(k);
            let mut gram = Gram::new(k);
            for i in rows {
                let q = self.weight[i] * relative[i] * exposure[i].max(0.0);
                let score = f64::from(u8::from(self.event[i])) * self.weight[i] - q;
                let z = self.z_of(i);
                gradient
                    .iter_mut()
                    .zip(z)
                    .for_each(|(g, z)| *g += score * z);
                gram.add(q.sqrt(), z);
            }
            products.copy_from_slice(gram.sums());
        });
        for (g, own) in total.gradient.iter_mut().zip(&sums) {
            *g += own;
        }
        let mut products = sums[k..].iter();
        for i in 0..k {
            for j in i..k {
                total.information[(i, j)] += products.next().copied().unwrap_or(0.0);
            }
        }
    }

    /// Schoenfeld residuals at these coefficients.
    pub fn schoenfeld(&self, beta: &[f64], ties: Ties) -> Schoenfeld {
        let relative = self.relative(beta);
        let k = self.size;
        let (mut times, mut values) = (Vec::new(), Vec::new());
        let mut mean = vec![0.0; k];
        self.walk(&relative.hazard, ties, |risk| {
            mean.fill(0.0);
            for step in 0..risk.steps {
                let f = risk.fraction(step);
                let share = 1.0 / (risk.denominator(step) * risk.steps as f64);
                for (m, (all, tied)) in mean.iter_mut().zip(risk.all.s1.iter().zip(&risk.tied.s1)) {
                    *m += (all - f * tied) * share;
                }
            }
            // Latest first: a moment's events are turned round together with all others below.
            for i in risk.ending.clone().filter(|&i| self.event[i]) {
                times.push(risk.time);
                values.extend(self.z_of(i).iter().zip(&mean).rev().map(|(z, m)| z - m));
            }
        });
        times.reverse();
        values.reverse();
        Schoenfeld { times, values }
    }

    /// Score residuals of all positions at these coefficients, one row after another.
    pub fn scores(&self, beta: &[f64], ties: Ties) -> Vec<f64> {
        let relative = self.relative(beta).hazard;
        let k = self.size;
        let mut scores = vec![0.0; self.rows.len() * k];
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
                // Tied events carry less of this moment's hazard than the others at risk.
                for (j, z) in self.z_of(i).iter().enumerate() {
                    let own_hazard = z * (hazard - own) - (moved[j] - own_moved[j]);
                    scores[i * k + j] += z - mean[j] + own_hazard * relative[i];
                }
            }
            increments.push((risk.time, hazard, moved));
        });
        increments.reverse();
        self.spread_hazard(&increments, &relative, &mut scores);
        scores
    }

    /// Takes from every score what the hazard during the own observation contributes.
    fn spread_hazard(
        &self,
        increments: &[(f64, f64, DVector<f64>)],
        relative: &[f64],
        scores: &mut [f64],
    ) {
        let mut hazard = vec![0.0];
        let mut moved = vec![DVector::zeros(self.size)];
        for (i, (_, h, m)) in increments.iter().enumerate() {
            hazard.push(hazard[i] + h);
            let next = &moved[i] + m;
            moved.push(next);
        }
        let upto = |time: f64| increments.partition_point(|(t, _, _)| *t <= time);
        for (i, score) in scores.chunks_exact_mut(self.size).enumerate() {
            let to = upto(self.time[i]);
            let from = if self.by_entry.is_empty() {
                0
            } else {
                upto(self.entry[i])
            };
            for (j, (score, z)) in score.iter_mut().zip(self.z_of(i)).enumerate() {
                let during = z * (hazard[to] - hazard[from]) - (moved[to][j] - moved[from][j]);
                *score -= during * relative[i];
            }
        }
    }

    /// Times (rising) and increments of the baseline hazard for a row with centered columns 0.
    pub fn baseline(&self, beta: &[f64], ties: Ties) -> Vec<(f64, f64)> {
        let Relative { shift, hazard, .. } = self.relative(beta);
        let mut steps = Vec::new();
        self.walk(&hazard, ties, |risk| {
            let hazard: f64 = (0..risk.steps)
                .map(|step| risk.step_weight / risk.denominator(step))
                .sum();
            steps.push((risk.time, hazard * (-shift).exp()));
        });
        steps.reverse();
        steps
    }
}

/// A moment with events, latest first: where the rows that end at it end, and the baseline hazard of the moment.
struct Moment {
    time: f64,
    end: usize,
    hazard: f64,
}

/// Sums of products of every two columns, over rows that come one by one: a block of rows is turned into columns first.
struct Gram {
    size: usize,
    filled: usize,
    block: Vec<f64>,
    /// Upper half, row by row.
    sums: Vec<f64>,
}

/// Rows per block; a block of ten columns stays in the nearest cache.
const BLOCK: usize = 256;

impl Gram {
    fn new(size: usize) -> Self {
        Gram {
            size,
            filled: 0,
            block: vec![0.0; size * BLOCK],
            sums: vec![0.0; size * (size + 1) / 2],
        }
    }

    fn add(&mut self, factor: f64, row: &[f64]) {
        for (j, value) in row.iter().enumerate() {
            self.block[j * BLOCK + self.filled] = factor * value;
        }
        self.filled += 1;
        if self.filled == BLOCK {
            self.flush();
        }
    }

    fn flush(&mut self) {
        let column = |j: usize| &self.block[j * BLOCK..j * BLOCK + self.filled];
        let mut sums = self.sums.iter_mut();
        for i in 0..self.size {
            for j in i..self.size {
                if let Some(sum) = sums.next() {
                    *sum += dot(column(i), column(j));
                }
            }
        }
        self.filled = 0;
    }

    fn sums(&mut self) -> &[f64] {
        self.flush();
        &self.sums
    }

    /// Takes the sums from the upper half of a matrix.
    fn take_from(&mut self, matrix: &mut DMatrix<f64>) {
        self.flush();
        let mut sums = self.sums.iter();
        for i in 0..self.size {
            for j in i..self.size {
                matrix[(i, j)] -= sums.next().copied().unwrap_or(0.0);
            }
        }
    }
}

/// Rows by falling time, equal times by row. The bits of times that are not negative have their order.
pub(super) fn latest_first(rows: Vec<usize>, time: impl Fn(usize) -> f64) -> Vec<usize> {
    let key = |row: usize| !(time(row) + 0.0).to_bits();
    let mut order: Vec<(u64, usize)> = rows.into_iter().map(|row| (key(row), row)).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, row)| row).collect()
}

//! Which sums must be kept while customers stream by, so that a regression can be solved at the end?

/// Sums and cross-products of a fixed set of columns.
#[derive(Clone, Default)]
pub struct Moments {
    pub n: f64,
    sums: Vec<f64>,
    cross: Vec<f64>,
}

impl Moments {
    pub fn new(columns: usize) -> Self {
        Moments {
            n: 0.0,
            sums: vec![0.0; columns],
            cross: vec![0.0; columns * columns],
        }
    }

    pub fn add(&mut self, row: &[f64]) {
        self.add_weighted(row, 1.0);
    }

    pub fn add_weighted(&mut self, row: &[f64], weight: f64) {
        let k = self.sums.len();
        self.n += weight;
        for (i, x) in row.iter().enumerate() {
            self.sums[i] += weight * x;
            for (j, y) in row.iter().enumerate() {
                self.cross[i * k + j] += weight * x * y;
            }
        }
    }

    pub fn merge(&mut self, other: &Moments) {
        self.n += other.n;
        for (mine, more) in self.sums.iter_mut().zip(&other.sums) {
            *mine += more;
        }
        for (mine, more) in self.cross.iter_mut().zip(&other.cross) {
            *mine += more;
        }
    }

    pub fn mean(&self, i: usize) -> f64 {
        self.sums[i] / self.n
    }

    /// Population covariance.
    pub fn covariance(&self, i: usize, j: usize) -> f64 {
        self.cross[i * self.sums.len() + j] / self.n - self.mean(i) * self.mean(j)
    }

    pub fn deviation(&self, i: usize) -> f64 {
        self.covariance(i, i).max(0.0).sqrt()
    }

    /// Slopes of column `outcome` on the given columns, with an intercept; 0 for a column without variance.
    pub fn slopes(&self, outcome: usize, on: &[usize]) -> Vec<f64> {
        let k = on.len();
        let mut system = vec![vec![0.0; k + 1]; k];
        for (row, i) in on.iter().enumerate() {
            for (column, j) in on.iter().enumerate() {
                system[row][column] = self.covariance(*i, *j);
            }
            system[row][k] = self.covariance(*i, outcome);
        }
        solve(&mut system)
    }

    /// Share of the outcome's variance that the columns explain.
    pub fn explained(&self, outcome: usize, on: &[usize]) -> f64 {
        let slopes = self.slopes(outcome, on);
        let covered: f64 = slopes
            .iter()
            .zip(on)
            .map(|(b, i)| b * self.covariance(*i, outcome))
            .sum();
        covered / self.covariance(outcome, outcome)
    }

    /// Each column's share of the explained variance, averaged over all orders of entry (sums to R2).
    pub fn average_shares(&self, outcome: usize, on: &[usize]) -> Vec<f64> {
        let k = on.len();
        let explained: Vec<f64> = (0..1usize << k)
            .map(|set| {
                let chosen: Vec<usize> = (0..k)
                    .filter(|i| set >> i & 1 == 1)
                    .map(|i| on[i])
                    .collect();
                self.explained(outcome, &chosen)
            })
            .collect();
        let weights: Vec<f64> = (0..k)
            .map(|size| 1.0 / (k as f64 * choose(k - 1, size)))
            .collect();
        (0..k)
            .map(|i| {
                (0..1usize << k)
                    .filter(|set| set >> i & 1 == 0)
                    .map(|set| {
                        weights[set.count_ones() as usize]
                            * (explained[set | 1 << i] - explained[set])
                    })
                    .sum()
            })
            .collect()
    }
}

fn choose(n: usize, k: usize) -> f64 {
    (0..k).map(|i| (n - i) as f64 / (i + 1) as f64).product()
}

/// Gaussian elimination with pivoting on `[A | b]`; directions without variance get 0.
fn solve(system: &mut [Vec<f64>]) -> Vec<f64> {
    let k = system.len();
    let mut usable = vec![false; k];
    for column in 0..k {
        let best = (column..k).max_by(|a, b| {
            system[*a][column]
                .abs()
                .total_cmp(&system[*b][column].abs())
        });
        let Some(best) = best else { break };
        if system[best][column].abs() < 1e-12 {
            continue;
        }
        system.swap(column, best);
        usable[column] = true;
        let pivot = system[column].clone();
        for (row, line) in system.iter_mut().enumerate() {
            if row != column {
                let factor = line[column] / pivot[column];
                line.iter_mut()
                    .zip(&pivot)
                    .for_each(|(x, above)| *x -= factor * above);
            }
        }
    }
    (0..k)
        .map(|i| {
            if usable[i] {
                system[i][k] / system[i][i]
            } else {
                0.0
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_and_shares_of_an_exact_relation_come_back() {
        let mut moments = Moments::new(3);
        for i in 0..50 {
            let (x, z) = (f64::from(i % 7), f64::from(i % 5));
            moments.add(&[2.0 * x - z, x, z]);
        }
        let slopes = moments.slopes(0, &[1, 2]);
        assert!(
            (slopes[0] - 2.0).abs() < 1e-9 && (slopes[1] + 1.0).abs() < 1e-9,
            "{slopes:?}"
        );
        let shares = moments.average_shares(0, &[1, 2]);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    }
}

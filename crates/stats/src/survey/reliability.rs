//! Do the questions of a scale measure one thing, and which of them does not?

use crate::error::require_length;
use crate::estimate::normal_quantile_for_level;
use crate::regression::sample::{prove_level, prove_weights};
use crate::{Caution, Estimate, Interval, StatsError};

/// Effective answers below which a reliability says little; convention.
const ENOUGH_ANSWERS: f64 = 30.0;

/// Reliability of the sum or mean of the items.
#[derive(Debug, Clone, PartialEq)]
pub struct Reliability {
    /// Of the items as answered, with an interval that is symmetric in ln(1 - alpha).
    pub alpha: Estimate,
    /// Of the items brought to one spread: `k r / (1 + (k - 1) r)`, r the mean correlation.
    pub standardized_alpha: f64,
    pub mean_correlation: f64,
    /// In the order given.
    pub items: Vec<ItemReliability>,
    /// Respondents who answered every item.
    pub answers: usize,
    pub left_out: usize,
    pub cautions: Vec<Caution>,
}

/// What one item does to the scale.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemReliability {
    pub name: String,
    pub mean: f64,
    pub standard_deviation: f64,
    /// Correlation with the sum of the other items; below 0 the item may be worded the other way round.
    pub rest_correlation: f64,
    /// Alpha of the others alone; NaN with fewer than three items.
    pub alpha_without: f64,
}

/// Cronbach's alpha, `k/(k-1) (1 - sum of variances / variance of the sum)` `[Cronbach1951]`.
///
/// `items`: one column per item, n long, all answered on scales of the same kind; NaN = not answered (the respondent is
/// left out and counted). `weights` are n long and ≥ 0, none means all 1. The standard error needs no distribution: it is
/// the spread of each respondent's pull on alpha `[MaydeuOlivares2007]`; the interval is symmetric in ln(1 - alpha)
/// `[Bonett2002]`. Alpha is a lower bound of reliability when errors are independent, and says nothing of whether there
/// is one dimension. Errs with fewer than two items, fewer than three respondents, and a sum that does not vary.
pub fn cronbach_alpha(
    items: &[Vec<f64>],
    names: &[String],
    weights: Option<&[f64]>,
    level: f64,
) -> Result<Reliability, StatsError> {
    let scale = Scale::read(items, names, weights, level)?;
    let k = items.len() as f64;
    let (alpha, standard_error) = scale.alpha(|_| true);
    let half_width = normal_quantile_for_level(level) * standard_error / (1.0 - alpha);
    let mean_correlation = scale.mean_correlation();
    let items: Vec<ItemReliability> = (0..items.len())
        .map(|j| scale.item(j, names[j].clone()))
        .collect();
    let mut cautions = Vec::new();
    if scale.effective < ENOUGH_ANSWERS {
        cautions.push(Caution::FewObservations {
            needed: ENOUGH_ANSWERS as usize,
            got: scale.effective.floor() as usize,
        });
    }
    let reversed = items.iter().filter(|item| item.rest_correlation < 0.0);
    cautions.extend(reversed.map(|item| Caution::ItemReversed {
        column: item.name.clone(),
    }));
    Ok(Reliability {
        alpha: Estimate {
            value: alpha,
            standard_error,
            interval: Interval {
                lower: 1.0 - (1.0 - alpha) * half_width.exp(),
                upper: 1.0 - (1.0 - alpha) * (-half_width).exp(),
                level,
            },
        },
        standardized_alpha: k * mean_correlation / (1.0 + (k - 1.0) * mean_correlation),
        mean_correlation,
        items,
        answers: scale.weights.len(),
        left_out: scale.left_out,
        cautions,
    })
}

/// Complete answers, centered, by item.
struct Scale {
    centered: Vec<Vec<f64>>,
    means: Vec<f64>,
    weights: Vec<f64>,
    effective: f64,
    left_out: usize,
}

impl Scale {
    fn read(
        items: &[Vec<f64>],
        names: &[String],
        weights: Option<&[f64]>,
        level: f64,
    ) -> Result<Self, StatsError> {
        prove_level(level)?;
        require_length("names", items.len(), names.len())?;
        let rows = items.first().map_or(0, Vec::len);
        for (item, name) in items.iter().zip(names) {
            require_length(name, rows, item.len())?;
            if let Some(row) = item.iter().position(|x| x.is_infinite()) {
                return Err(StatsError::invalid_row(format!("{name} (infinite)"), row));
            }
        }
        if items.len() < 2 {
            return Err(StatsError::TooFewGroups {
                needed: 2,
                got: items.len(),
            });
        }
        if let Some(weights) = weights {
            prove_weights(weights, rows)?;
        }
        let weight = |row: usize| weights.map_or(1.0, |w| w[row]);
        let counted: Vec<usize> = (0..rows).filter(|&row| weight(row) > 0.0).collect();
        let kept: Vec<usize> = (counted.iter().copied())
            .filter(|&row| items.iter().all(|item| !item[row].is_nan()))
            .collect();
        if kept.len() < 3 {
            let got = kept.len();
            return Err(StatsError::TooFewObservations { needed: 3, got });
        }
        let total: f64 = kept.iter().map(|&row| weight(row)).sum();
        let squares: f64 = kept.iter().map(|&row| weight(row).powi(2)).sum();
        let weights: Vec<f64> = kept.iter().map(|&row| weight(row) / total).collect();
        let mean = |item: &Vec<f64>| {
            let answers = kept.iter().map(|&row| item[row]);
            answers.zip(&weights).map(|(x, w)| x * w).sum::<f64>()
        };
        let means: Vec<f64> = items.iter().map(mean).collect();
        let centered = (items.iter().zip(&means))
            .map(|(item, mean)| kept.iter().map(|&row| item[row] - mean).collect())
            .collect();
        let scale = Scale {
            centered,
            means,
            effective: total * total / squares,
            left_out: counted.len() - kept.len(),
            weights,
        };
        scale.prove_variation()?;
        Ok(scale)
    }

    fn prove_variation(&self) -> Result<(), StatsError> {
        let sum = self.sum_of(|_| true);
        let largest = self.means.iter().fold(1.0_f64, |a, m| a.max(m.abs()));
        if self.product(&sum, &sum) <= (1e-12 * largest).powi(2) {
            let what = "sum of the items".to_owned();
            return Err(StatsError::NoVariation { what });
        }
        Ok(())
    }

    fn sum_of(&self, counts: impl Fn(usize) -> bool) -> Vec<f64> {
        let mut sum = vec![0.0; self.weights.len()];
        for (_, item) in (self.centered.iter().enumerate()).filter(|(j, _)| counts(*j)) {
            sum.iter_mut().zip(item).for_each(|(s, x)| *s += x);
        }
        sum
    }

    fn product(&self, a: &[f64], b: &[f64]) -> f64 {
        let pairs = a.iter().zip(b).zip(&self.weights);
        pairs.map(|((a, b), w)| a * b * w).sum()
    }

    /// Alpha and its standard error over the items that count.
    fn alpha(&self, counts: impl Fn(usize) -> bool) -> (f64, f64) {
        let used: Vec<usize> = (0..self.centered.len()).filter(|&j| counts(j)).collect();
        let k = used.len() as f64;
        let sum = self.sum_of(&counts);
        let own = |row: usize| {
            used.iter()
                .map(|&j| self.centered[j][row].powi(2))
                .sum::<f64>()
        };
        let rows = 0..self.weights.len();
        let parts: f64 = rows.clone().map(|row| self.weights[row] * own(row)).sum();
        let whole = self.product(&sum, &sum);
        let factor = k / (k - 1.0);
        let pulls = rows.map(|row| {
            let pull = parts * sum[row].powi(2) / whole.powi(2) - own(row) / whole;
            (self.weights[row] * factor * pull).powi(2)
        });
        (
            factor * (1.0 - parts / whole),
            pulls.sum::<f64>().sqrt() * (self.effective / (self.effective - 1.0)).sqrt(),
        )
    }

    fn mean_correlation(&self) -> f64 {
        let k = self.centered.len();
        let spread: Vec<f64> = (self.centered.iter())
            .map(|x| self.product(x, x).sqrt())
            .collect();
        let pairs = (0..k).flat_map(|i| (0..i).map(move |j| (i, j)));
        let sum: f64 = pairs
            .map(|(i, j)| {
                self.product(&self.centered[i], &self.centered[j]) / (spread[i] * spread[j])
            })
            .sum();
        sum / (k * (k - 1) / 2) as f64
    }

    fn item(&self, j: usize, name: String) -> ItemReliability {
        let own = &self.centered[j];
        let rest = self.sum_of(|i| i != j);
        let variance = self.product(own, own);
        let unbiased = variance * self.effective / (self.effective - 1.0);
        ItemReliability {
            name,
            mean: self.means[j],
            standard_deviation: unbiased.sqrt(),
            rest_correlation: self.product(own, &rest)
                / (variance * self.product(&rest, &rest)).sqrt(),
            alpha_without: match self.centered.len() {
                2 => f64::NAN,
                _ => self.alpha(|i| i != j).0,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(k: usize) -> Vec<String> {
        (0..k).map(|j| format!("item {j}")).collect()
    }

    #[test]
    fn two_parallel_items_follow_spearman_and_brown() {
        let one = vec![1.0, 2.0, 3.0, 4.0, 5.0, 3.0];
        let other = vec![2.0, 1.0, 4.0, 3.0, 5.0, 3.0];
        let got = cronbach_alpha(&[one, other], &names(2), None, 0.9).unwrap();
        let r = got.mean_correlation;
        assert!((got.standardized_alpha - 2.0 * r / (1.0 + r)).abs() < 1e-14);
        assert!((got.alpha.value - got.standardized_alpha).abs() < 1e-12);
        assert!(got.alpha.interval.contains(got.alpha.value));
    }

    #[test]
    fn copies_are_perfectly_reliable_and_an_item_against_the_others_is_named() {
        let one: Vec<f64> = (0..40).map(|i| f64::from(i % 7)).collect();
        let other: Vec<f64> = (0..40).map(|i| f64::from((i * 3) % 7)).collect();
        let against: Vec<f64> = one.iter().map(|x| 6.0 - x).collect();
        let copies = cronbach_alpha(&[one.clone(), one.clone()], &names(2), None, 0.9).unwrap();
        assert!((copies.alpha.value - 1.0).abs() < 1e-12);
        let items = [one.clone(), one, other, against];
        let got = cronbach_alpha(&items, &names(4), None, 0.9).unwrap();
        assert!(got.cautions.contains(&Caution::ItemReversed {
            column: "item 3".to_owned()
        }));
        assert!(got.items[3].alpha_without > got.alpha.value);
    }

    #[test]
    fn weights_are_repetitions_for_the_value() {
        let items = [vec![1.0, 2.0, 4.0, 3.0], vec![2.0, 2.0, 5.0, 1.0]];
        let doubled = items.clone().map(|mut item| {
            item.push(item[2]);
            item
        });
        let weighted = cronbach_alpha(&items, &names(2), Some(&[1.0, 1.0, 2.0, 1.0]), 0.9).unwrap();
        let repeated = cronbach_alpha(&doubled, &names(2), None, 0.9).unwrap();
        assert!((weighted.alpha.value - repeated.alpha.value).abs() < 1e-14);
    }

    #[test]
    fn nonsense_is_refused() {
        let constant = [vec![3.0; 9], vec![3.0; 9]];
        assert!(cronbach_alpha(&constant, &names(2), None, 0.9).is_err());
        assert!(cronbach_alpha(&constant[..1], &names(1), None, 0.9).is_err());
        let holes = [vec![f64::NAN; 9], (0..9).map(f64::from).collect()];
        assert!(cronbach_alpha(&holes, &names(2), None, 0.9).is_err());
    }
}

//! Which columns are held still in a comparison, and what is left when those that cannot be used are taken away?

use odla_domain::Caution;
use odla_stats::causal::aipw::{self, AipwConfig, Observational, Population};
use odla_stats::causal::anytime::RunningMean;
use odla_stats::causal::evalue;
use odla_stats::causal::spline;
use odla_stats::regression::linear::{self, LinearFit};
use odla_stats::regression::logistic::{self, LogisticFit};
use odla_stats::regression::{Errors, FitConfig, Sample, Weights};
use odla_stats::{Estimate, StatsError};

/// Places at which a curve may bend, and its two ends.
const KNOTS: usize = 5;

/// Named columns of equal length that all vary.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    pub names: Vec<String>,
    pub columns: Vec<Vec<f64>>,
}

/// What differs between those who met something and those who did not, the state before held still.
#[derive(Clone, Debug)]
pub struct Contrast {
    pub effect: Estimate,
    /// The plain difference, which the adjustment is to be compared with.
    pub unadjusted: Estimate,
    pub treated: usize,
    pub untreated: usize,
    /// Mean outcome of those who met it, had they not.
    pub without: f64,
    /// Largest standardized difference of a column after weighting.
    pub imbalance: f64,
    /// How strong an unseen cause would have to be to explain the estimate, and its limit nearest zero, away.
    pub e_value: Option<(f64, f64)>,
    pub cautions: Vec<Caution>,
}

impl Columns {
    /// Adds a column, unless it says the same of everyone.
    #[must_use]
    pub fn with(mut self, name: &str, column: Vec<f64>) -> Self {
        if column.iter().any(|value| *value != column[0]) {
            self.names.push(name.to_owned());
            self.columns.push(column);
        }
        self
    }

    /// Adds a measure as a curve, so that what goes with it need not be a straight line.
    #[must_use]
    pub fn with_curve(self, name: &str, column: &[f64]) -> Self {
        let columns = spline::curve(column, KNOTS).into_iter().enumerate();
        columns.fold(self, |all, (bend, column)| match bend {
            0 => all.with(name, column),
            bend => all.with(&format!("{name}~{bend}"), column),
        })
    }

    /// One column of 0 and 1 per word but the most common, for words that at least `fewest` rows have.
    #[must_use]
    pub fn with_words(mut self, name: &str, words: &[String], fewest: usize) -> Self {
        let mut counts = std::collections::BTreeMap::<&str, usize>::new();
        for word in words {
            *counts.entry(word).or_default() += 1;
        }
        let common = counts
            .iter()
            .max_by_key(|(_, n)| **n)
            .map(|(word, _)| *word);
        for (&word, &n) in &counts {
            if Some(word) != common && n >= fewest {
                let column = words.iter().map(|w| f64::from(w == word)).collect();
                self = self.with(&format!("{name}={word}"), column);
            }
        }
        self
    }

    /// The same columns for some rows; those that no longer vary are left out.
    pub fn of_rows(&self, rows: &[usize]) -> Self {
        let pick = |column: &Vec<f64>| rows.iter().map(|&row| column[row]).collect();
        (self.names.iter().zip(&self.columns)).fold(Self::default(), |kept, (name, column)| {
            kept.with(name, pick(column))
        })
    }

    pub fn named(&self, name: &str) -> Option<&Vec<f64>> {
        let place = self.names.iter().position(|known| known == name)?;
        self.columns.get(place)
    }

    /// Whether there was a column to take away.
    fn drop(&mut self, name: &str) -> bool {
        let place = self.names.iter().position(|known| known == name);
        if let Some(place) = place {
            self.names.remove(place);
            self.columns.remove(place);
        }
        place.is_some()
    }

    fn sample<'c>(&'c self, outcome: &'c [f64]) -> Sample<'c> {
        Sample {
            outcome,
            columns: &self.columns,
            names: &self.names,
            weights: Weights::Equal,
            clusters: None,
        }
    }
}

/// A logistic fit and the columns that it could use.
pub fn logistic(outcome: &[f64], columns: &Columns) -> Result<(LogisticFit, Columns), StatsError> {
    usable(columns, |columns| {
        let config = FitConfig {
            errors: Errors::Classical,
            level: 0.90,
        };
        logistic::fit(&columns.sample(outcome), &config)
    })
}

/// A logistic fit with errors that allow rows of one cluster to hang together, and the columns that it could use.
pub fn logistic_by(
    outcome: &[f64],
    columns: &Columns,
    clusters: &[usize],
    level: f64,
) -> Result<(LogisticFit, Columns), StatsError> {
    usable(columns, |columns| {
        let errors = Errors::Cr1;
        let sample = Sample {
            clusters: Some(clusters),
            ..columns.sample(outcome)
        };
        logistic::fit(&sample, &FitConfig { errors, level })
    })
}

/// A least-squares fit with robust errors and the columns that it could use.
pub fn linear(
    outcome: &[f64],
    columns: &Columns,
    level: f64,
) -> Result<(LinearFit, Columns), StatsError> {
    usable(columns, |columns| {
        let config = FitConfig {
            errors: Errors::Hc1,
            level,
        };
        linear::fit(&columns.sample(outcome), &config)
    })
}

/// A least-squares fit with errors that allow rows of one cluster to hang together, and the columns that it could use.
pub fn linear_by(
    outcome: &[f64],
    columns: &Columns,
    clusters: &[usize],
    level: f64,
) -> Result<(LinearFit, Columns), StatsError> {
    usable(columns, |columns| {
        let errors = Errors::Cr1;
        let sample = Sample {
            clusters: Some(clusters),
            ..columns.sample(outcome)
        };
        linear::fit(&sample, &FitConfig { errors, level })
    })
}

/// What those who met something would have done without it, by adjustment for the columns in two ways at once.
pub fn contrast(
    outcome: &[f64],
    treated: &[bool],
    columns: &Columns,
    (level, seed): (f64, u64),
) -> Result<Contrast, Caution> {
    let config = AipwConfig {
        seed,
        level,
        population: Population::Treated,
        ..AipwConfig::standard()
    };
    let compare = |columns: &Columns| {
        let data = Observational {
            outcome,
            treated,
            columns: &columns.columns,
            names: &columns.names,
            clusters: None,
        };
        aipw::estimate(&data, &config)
    };
    let (found, _) = usable(columns, compare)
        .map_err(|error| Caution::new("statistics").with("detail", error.to_string()))?;
    let met = treated.iter().filter(|met| **met).count();
    let sd = spread(outcome);
    let e_value = evalue::of_difference(found.effect.value, found.effect.interval, sd).ok();
    Ok(Contrast {
        effect: found.effect,
        unadjusted: found.unadjusted,
        treated: met,
        untreated: treated.len() - met,
        without: found.mean_if_untreated,
        imbalance: (found.balance.iter())
            .fold(0.0, |most, column| f64::max(most, column.after.abs())),
        e_value: e_value.map(|e| (e.estimate, e.limit)),
        cautions: found.cautions.iter().map(crate::doubt::told).collect(),
    })
}

/// Fits, leaving out what the others determine or what decides the outcome, until it can be fitted.
pub fn usable<T>(
    columns: &Columns,
    fit: impl Fn(&Columns) -> Result<T, StatsError>,
) -> Result<(T, Columns), StatsError> {
    let mut columns = columns.clone();
    loop {
        match fit(&columns) {
            Ok(found) => return Ok((found, columns)),
            Err(StatsError::Collinear { column } | StatsError::Separation { column })
                if columns.drop(&column) => {}
            Err(StatsError::NoVariation { what }) => {
                let named = (columns.names.iter()).find(|name| what.contains(name.as_str()));
                let Some(named) = named.cloned() else {
                    return Err(StatsError::NoVariation { what });
                };
                columns.drop(&named);
            }
            Err(error) => return Err(error),
        }
    }
}

/// Standard deviation of the rows at hand.
pub fn spread(values: &[f64]) -> f64 {
    RunningMean::of(values).map_or(f64::NAN, |seen| seen.spread())
}

/// A number that is 0 when it is not told.
pub fn told_or_zero(value: f64) -> f64 {
    if value.is_finite() { value } else { 0.0 }
}

/// One of `parts` parts for a row, the same for the same seed.
pub fn part_of(row: usize, seed: u64, parts: usize) -> usize {
    let mut x = (row as u64).wrapping_add(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((x ^ (x >> 31)) % parts as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_that_others_determine_is_left_out_of_the_fit() {
        let x: Vec<f64> = (0..60).map(|i| f64::from(i % 7)).collect();
        let twice: Vec<f64> = x.iter().map(|v| 2.0 * v).collect();
        let y: Vec<f64> = (0..60).map(|i| f64::from((i * i + i) % 5 < 2)).collect();
        let columns = Columns::default().with("x", x).with("twice", twice);
        let (fit, used) = logistic(&y, &columns).expect("one of two is enough");
        assert_eq!(used.names.len(), 1);
        assert_eq!(fit.coefficients.table.len(), 2);
    }

    #[test]
    fn parts_are_of_nearly_equal_size() {
        let mut sizes = [0_usize; 5];
        for row in 0..5_000 {
            sizes[part_of(row, 3, 5)] += 1;
        }
        assert!(sizes.iter().all(|size| (900..1_100).contains(size)));
    }

    #[test]
    fn words_become_columns_but_for_the_most_common() {
        let words: Vec<String> = ["a", "a", "b", "a", "b", "c"].map(str::to_owned).to_vec();
        let columns = Columns::default().with_words("channel", &words, 2);
        assert_eq!(columns.names, ["channel=b"]);
    }
}

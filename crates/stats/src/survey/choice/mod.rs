//! What makes people choose one thing rather than another?

mod chain;
mod hierarchical;
mod logit;

use std::collections::BTreeMap;

use nalgebra::{DMatrix, DVector};

use crate::StatsError;
use crate::error::{require_finite, require_length};

pub use hierarchical::{People, PeopleConfig, hierarchical};
pub(super) use hierarchical::{of_draws, share_out};
pub use logit::{ChoiceFit, PenaltyChoice, choose_penalty, fit};

/// Choices among sets of alternatives: one row per alternative, the rows of a set next to each other.
#[derive(Debug, Clone, Copy)]
pub struct ChoiceData<'a> {
    /// Properties of the alternatives, each column n long. A property that is the same within every set says nothing.
    pub columns: &'a [Vec<f64>],
    pub names: &'a [String],
    /// Number of the set that the row belongs to.
    pub sets: &'a [usize],
    /// Exactly one true per set.
    pub chosen: &'a [bool],
    /// Who chose, the same throughout a set.
    pub respondents: &'a [usize],
}

/// The same, proved and laid out by respondent.
pub(super) struct Layout {
    pub width: usize,
    /// Row after row.
    x: Vec<f64>,
    pub people: Vec<Person>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Person {
    pub number: usize,
    pub sets: Vec<ChoiceSet>,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct ChoiceSet {
    first: usize,
    size: usize,
    chosen: usize,
}

/// Log-likelihood of some choices with its slope and the negative of its curvature.
pub(super) struct Slopes {
    pub value: f64,
    pub gradient: DVector<f64>,
    pub information: DMatrix<f64>,
    /// Choices that were the likeliest of their set (ties count in part).
    pub hits: f64,
}

impl Layout {
    pub fn new(data: &ChoiceData) -> Result<Self, StatsError> {
        let rows = data.sets.len();
        require_length("names", data.columns.len(), data.names.len())?;
        for (column, name) in data.columns.iter().zip(data.names) {
            require_length(name, rows, column.len())?;
            require_finite(name, column)?;
        }
        require_length("chosen", rows, data.chosen.len())?;
        require_length("respondents", rows, data.respondents.len())?;
        if data.columns.is_empty() {
            return Err(StatsError::TooFewGroups { needed: 1, got: 0 });
        }
        let mut people: BTreeMap<usize, Vec<ChoiceSet>> = BTreeMap::new();
        let mut seen = std::collections::BTreeSet::new();
        let mut first = 0;
        while first < rows {
            let same = |row: &usize| data.sets[*row] == data.sets[first];
            let size = (first..rows).take_while(same).count();
            let fresh = seen.insert(data.sets[first]);
            let set = set_of(data, first, size)?;
            if !fresh {
                return Err(StatsError::invalid_row(
                    "set (its rows must stand together)",
                    first,
                ));
            }
            people.entry(data.respondents[first]).or_default().push(set);
            first += size;
        }
        let layout = Layout {
            width: data.columns.len(),
            x: (0..rows)
                .flat_map(|row| data.columns.iter().map(move |column| column[row]))
                .collect(),
            people: (people.into_iter())
                .map(|(number, sets)| Person { number, sets })
                .collect(),
        };
        layout.prove_variation(data.names)?;
        Ok(layout)
    }

    pub fn sets(&self) -> usize {
        self.people.iter().map(|person| person.sets.len()).sum()
    }

    /// Log-likelihood when every alternative is as likely as any other.
    pub fn at_random(&self, person: &Person) -> f64 {
        person.sets.iter().map(|set| -(set.size as f64).ln()).sum()
    }

    /// Standard deviation of each column within sets.
    pub fn spreads(&self) -> Vec<f64> {
        let mut squares = vec![0.0; self.width];
        let mut rows = 0.0;
        for set in self.people.iter().flat_map(|person| &person.sets) {
            for (j, square) in squares.iter_mut().enumerate() {
                let values = || (0..set.size).map(|k| self.row(set, k)[j]);
                let mean = values().sum::<f64>() / set.size as f64;
                *square += values().map(|v| (v - mean).powi(2)).sum::<f64>();
            }
            rows += set.size as f64;
        }
        squares.iter().map(|s| (s / rows).sqrt()).collect()
    }

    pub fn slopes(&self, person: &Person, beta: &[f64]) -> Slopes {
        let mut slopes = Slopes {
            value: 0.0,
            gradient: DVector::zeros(self.width),
            information: DMatrix::zeros(self.width, self.width),
            hits: 0.0,
        };
        let mut chances = Vec::new();
        let mut mean = DVector::zeros(self.width);
        for set in &person.sets {
            let top = self.chances(set, beta, &mut chances);
            slopes.value += chances[set.chosen].ln();
            let ties = chances.iter().filter(|c| **c >= top).count() as f64;
            slopes.hits += f64::from(u8::from(chances[set.chosen] >= top)) / ties;
            mean.fill(0.0);
            for (k, chance) in chances.iter().enumerate() {
                let row = DVector::from_column_slice(self.row(set, k));
                mean.axpy(*chance, &row, 1.0);
                slopes.information.syger(*chance, &row, &row, 1.0);
            }
            slopes.information.syger(-1.0, &mean, &mean, 1.0);
            slopes.gradient += DVector::from_column_slice(self.row(set, set.chosen)) - &mean;
        }
        slopes.information.fill_upper_triangle_with_lower_triangle();
        slopes
    }

    /// The value of [`Layout::slopes`] alone.
    pub fn log_likelihood(&self, person: &Person, beta: &[f64]) -> f64 {
        let of = |set: &ChoiceSet| {
            let utility = |k: usize| -> f64 {
                let terms = self.row(set, k).iter().zip(beta);
                terms.map(|(x, b)| x * b).sum()
            };
            let chosen = utility(set.chosen);
            let others = (0..set.size).filter(|k| *k != set.chosen);
            -others
                .map(|k| (utility(k) - chosen).exp())
                .sum::<f64>()
                .ln_1p()
        };
        person.sets.iter().map(of).sum()
    }

    /// The same choices with every column told in units of these and from its mean within the set.
    pub fn scaled(&self, units: &[f64]) -> Self {
        let mut x = self.x.clone();
        for set in self.people.iter().flat_map(|person| &person.sets) {
            for (j, unit) in units.iter().enumerate() {
                let mean =
                    (0..set.size).map(|k| self.row(set, k)[j]).sum::<f64>() / set.size as f64;
                for k in 0..set.size {
                    let value = &mut x[(set.first + k) * self.width + j];
                    *value = (*value - mean) / unit;
                }
            }
        }
        Layout {
            width: self.width,
            x,
            people: self.people.clone(),
        }
    }

    fn row(&self, set: &ChoiceSet, k: usize) -> &[f64] {
        &self.x[(set.first + k) * self.width..][..self.width]
    }

    /// Fills in the chances of a set's alternatives, never quite 0; returns the largest.
    fn chances(&self, set: &ChoiceSet, beta: &[f64], chances: &mut Vec<f64>) -> f64 {
        chances.clear();
        for k in 0..set.size {
            let terms = self.row(set, k).iter().zip(beta);
            chances.push(terms.map(|(x, b)| x * b).sum());
        }
        let highest = chances.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        chances.iter_mut().for_each(|u| *u = (*u - highest).exp());
        let sum: f64 = chances.iter().sum();
        chances
            .iter_mut()
            .for_each(|c| *c = (*c / sum).max(f64::MIN_POSITIVE));
        chances.iter().copied().fold(0.0, f64::max)
    }

    fn prove_variation(&self, names: &[String]) -> Result<(), StatsError> {
        let still = (self.spreads().iter().zip(names))
            .find(|(spread, _)| **spread < 1e-12)
            .map(|(_, name)| name.clone());
        match still {
            Some(name) => Err(StatsError::NoVariation {
                what: format!("{name} within the sets"),
            }),
            None => Ok(()),
        }
    }
}

fn set_of(data: &ChoiceData, first: usize, size: usize) -> Result<ChoiceSet, StatsError> {
    let rows = first..first + size;
    let of_others = |row: usize| data.respondents[row] != data.respondents[first];
    if let Some(row) = rows.clone().find(|row| of_others(*row)) {
        return Err(StatsError::invalid_row(
            "respondent (differs within a set)",
            row,
        ));
    }
    let chosen: Vec<usize> = rows.filter(|row| data.chosen[*row]).collect();
    if size < 2 || chosen.len() != 1 {
        return Err(StatsError::invalid_row(
            format!(
                "set ({size} alternatives, {} of them chosen; at least 2 and exactly 1)",
                chosen.len()
            ),
            first,
        ));
    }
    Ok(ChoiceSet {
        first,
        size,
        chosen: chosen[0] - first,
    })
}

/// Orthonormal contrasts of k levels, k by k - 1: every column sums to 0, so that k coefficients are told by k - 1 free
/// ones and no level is special.
pub(super) fn contrasts(levels: usize) -> DMatrix<f64> {
    DMatrix::from_fn(levels, levels.saturating_sub(1), |level, column| {
        let before = (column + 1) as f64;
        let length = (before * (before + 1.0)).sqrt();
        match level {
            l if l <= column => 1.0 / length,
            l if l == column + 1 => -before / length,
            _ => 0.0,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contrasts_are_orthonormal_and_sum_to_nothing() {
        let q = contrasts(5);
        let gap = (q.transpose() * &q - DMatrix::identity(4, 4)).amax();
        assert!(gap < 1e-14 && q.row_sum().amax() < 1e-14);
    }

    #[test]
    fn broken_sets_are_refused() {
        let columns = [vec![1.0, 0.0, 1.0, 0.0]];
        let names = ["x".to_owned()];
        let made = |sets: &[usize], chosen: &[bool], respondents: &[usize]| {
            Layout::new(&ChoiceData {
                columns: &columns,
                names: &names,
                sets,
                chosen,
                respondents,
            })
            .map(|layout| layout.sets())
        };
        let yes = [true, false, false, true];
        assert_eq!(made(&[1, 1, 2, 2], &yes, &[4; 4]), Ok(2));
        assert!(made(&[1, 2, 1, 2], &yes, &[4; 4]).is_err());
        assert!(made(&[1, 1, 2, 2], &[true; 4], &[4; 4]).is_err());
        assert!(made(&[1, 1, 2, 2], &yes, &[1, 2, 3, 3]).is_err());
        assert!(made(&[1, 1, 2], &yes, &[1; 4]).is_err());
    }
}

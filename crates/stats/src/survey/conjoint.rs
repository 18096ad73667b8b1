//! What is each feature of an offer worth to those who choose among offers?

use nalgebra::DVector;

use super::choice::{
    ChoiceData, People, PeopleConfig, contrasts, hierarchical, of_draws, share_out,
};
use crate::error::require_length;
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, StatsError};

/// A property of the offers, one value per row.
#[derive(Debug, Clone, PartialEq)]
pub enum Attribute {
    /// One of several levels, each with a part-worth of its own.
    Levels {
        name: String,
        levels: Vec<String>,
        /// Places in `levels`.
        of_row: Vec<usize>,
    },
    /// A number that counts in proportion, such as a price.
    Slope { name: String, of_row: Vec<f64> },
}

impl Attribute {
    pub fn name(&self) -> &str {
        match self {
            Attribute::Levels { name, .. } | Attribute::Slope { name, .. } => name,
        }
    }

    fn rows(&self) -> usize {
        match self {
            Attribute::Levels { of_row, .. } => of_row.len(),
            Attribute::Slope { of_row, .. } => of_row.len(),
        }
    }

    fn coefficients(&self) -> usize {
        match self {
            Attribute::Levels { levels, .. } => levels.len().saturating_sub(1),
            Attribute::Slope { .. } => 1,
        }
    }
}

/// Choices among offers: one row per offer, the rows of a task next to each other.
#[derive(Debug, Clone, Copy)]
pub struct OfferChoices<'a> {
    pub respondents: &'a [usize],
    pub tasks: &'a [usize],
    /// Exactly one true per task.
    pub chosen: &'a [bool],
    pub attributes: &'a [Attribute],
}

/// What people's choices among offers say.
#[derive(Debug, Clone, PartialEq)]
pub struct Conjoint {
    pub attributes: Vec<AttributeWorth>,
    pub people: People,
    pub tasks: usize,
    pub cautions: Vec<Caution>,
    plan: Plan,
}

/// Part-worths of one attribute.
#[derive(Debug, Clone, PartialEq)]
pub struct AttributeWorth {
    pub name: String,
    /// By level, the mean over people on the log-odds scale (they sum to 0); for a number its slope, named as the attribute.
    pub worths: Vec<(String, Estimate)>,
    /// Mean over people of the attribute's range over the sum of all ranges, 0-1. Chance makes small ranges larger.
    pub importance: Estimate,
    /// Standard deviation of each worth between people.
    pub between_people: Vec<f64>,
}

/// An offer that need not have been asked about: level or value by attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Feature {
    Level(usize),
    Value(f64),
}

/// Choice-based conjoint analysis by a hierarchical logit, see [`hierarchical`].
///
/// Levels are told in orthonormal contrasts, so that no level is a reference. Importances have percentile intervals over
/// drawn populations. Errs on a task without exactly one choice, an attribute that does not vary, attributes that determine
/// each other in every task, and fewer than 5 respondents.
pub fn part_worths(data: &OfferChoices, level: f64, seed: u64) -> Result<Conjoint, StatsError> {
    prove_level(level)?;
    let plan = Plan::read(data)?;
    let columns = plan.columns(data);
    let sets = number_tasks(data)?;
    let choices = ChoiceData {
        columns: &columns,
        names: &plan.names,
        sets: &sets,
        chosen: data.chosen,
        respondents: data.respondents,
    };
    // One fit for all comes first: it names what cannot be told apart.
    match super::choice::fit(&choices, 0.0, level) {
        Ok(_) | Err(StatsError::Separation { .. } | StatsError::NotConverged { .. }) => {}
        Err(error) => return Err(error),
    }
    let people = hierarchical(&choices, &PeopleConfig { level, seed })?;
    let importances = people.population(seed, |own| plan.importances(own));
    let attributes = (0..plan.parts.len())
        .map(|a| plan.worth(a, &people, &importances, level))
        .collect();
    Ok(Conjoint {
        attributes,
        cautions: people.cautions.clone(),
        tasks: sets.last().map_or(0, |last| last + 1),
        people,
        plan,
    })
}

impl Conjoint {
    /// Shares of the choices that these offers would get if they alone were to be had: each person's chances, averaged.
    ///
    /// An offer lists a feature per attribute, in the order of the attributes. Errs on a feature that does not fit.
    pub fn shares(&self, offers: &[Vec<Feature>], seed: u64) -> Result<Vec<Estimate>, StatsError> {
        let rows: Vec<Vec<f64>> = (offers.iter())
            .map(|offer| self.plan.row(offer))
            .collect::<Result<_, _>>()?;
        if rows.len() < 2 {
            let got = rows.len();
            return Err(StatsError::TooFewGroups { needed: 2, got });
        }
        let of = |own: &[f64]| {
            let utility = |row: &Vec<f64>| row.iter().zip(own).map(|(x, b)| x * b).sum();
            share_out(&rows.iter().map(utility).collect::<Vec<f64>>())
        };
        let draws = self.people.population(seed, of);
        let level = self.people.mean[0].interval.level;
        Ok((0..rows.len())
            .map(|j| from_draws(&draws, j, level))
            .collect())
    }

    /// What each level is worth in units of an attribute told as a number, against the mean of the levels: part-worth over
    /// minus the slope, both at their means over people. With a price: what a person of mean taste would pay more.
    ///
    /// None when the attribute is not a number or its slope's interval holds 0.
    pub fn exchange(&self, attribute: usize, number: usize) -> Option<Vec<Estimate>> {
        let slope = self.plan.parts.get(number)?;
        let price = self.people.mean.get(slope.first)?;
        if slope.levels.is_some() || price.interval.contains(0.0) {
            return None;
        }
        let levels = self.plan.parts.get(attribute)?.levels.as_ref()?.len();
        let worth = |level: usize| {
            let figure =
                |mean: &[f64]| -self.plan.own_worths(attribute, mean)[level] / mean[slope.first];
            self.people.of_mean(figure, price.interval.level)
        };
        Some((0..levels).map(worth).collect())
    }
}

/// Which coefficients belong to which attribute.
#[derive(Debug, Clone, PartialEq)]
struct Plan {
    parts: Vec<Part>,
    names: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
struct Part {
    name: String,
    first: usize,
    /// None for a number.
    levels: Option<Vec<String>>,
    /// Range of the number in the data.
    range: f64,
}

impl Plan {
    fn read(data: &OfferChoices) -> Result<Self, StatsError> {
        let mut plan = Plan {
            parts: Vec::new(),
            names: Vec::new(),
        };
        for attribute in data.attributes {
            require_length(attribute.name(), data.tasks.len(), attribute.rows())?;
            let first = plan.names.len();
            let count = attribute.coefficients();
            plan.names
                .extend((0..count).map(|_| attribute.name().to_owned()));
            let (levels, range) = match attribute {
                Attribute::Levels {
                    levels,
                    of_row,
                    name,
                } => {
                    prove_levels(name, levels, of_row)?;
                    (Some(levels.clone()), f64::NAN)
                }
                Attribute::Slope { of_row, name } => {
                    crate::error::require_finite(name, of_row)?;
                    let low = of_row.iter().copied().fold(f64::INFINITY, f64::min);
                    let high = of_row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    (None, high - low)
                }
            };
            let name = attribute.name().to_owned();
            plan.parts.push(Part {
                name,
                first,
                levels,
                range,
            });
        }
        Ok(plan)
    }

    fn columns(&self, data: &OfferChoices) -> Vec<Vec<f64>> {
        let mut columns = Vec::new();
        for attribute in data.attributes {
            match attribute {
                Attribute::Slope { of_row, .. } => columns.push(of_row.clone()),
                Attribute::Levels { levels, of_row, .. } => {
                    let contrasts = contrasts(levels.len());
                    for j in 0..contrasts.ncols() {
                        columns.push(of_row.iter().map(|&level| contrasts[(level, j)]).collect());
                    }
                }
            }
        }
        columns
    }

    fn row(&self, offer: &[Feature]) -> Result<Vec<f64>, StatsError> {
        require_length("offer", self.parts.len(), offer.len())?;
        let mut row = Vec::new();
        for (part, feature) in self.parts.iter().zip(offer) {
            match (feature, &part.levels) {
                (Feature::Value(value), None) if value.is_finite() => row.push(*value),
                (Feature::Level(level), Some(levels)) if *level < levels.len() => {
                    row.extend(contrasts(levels.len()).row(*level).iter());
                }
                _ => return Err(StatsError::invalid(format!("feature of {}", part.name))),
            }
        }
        Ok(row)
    }

    /// Worths of one attribute from one person's coefficients.
    fn own_worths(&self, attribute: usize, own: &[f64]) -> Vec<f64> {
        let part = &self.parts[attribute];
        match &part.levels {
            None => vec![own[part.first]],
            Some(levels) => {
                let contrasts = contrasts(levels.len());
                let own = DVector::from_column_slice(&own[part.first..][..levels.len() - 1]);
                (contrasts * own).iter().copied().collect()
            }
        }
    }

    fn importances(&self, own: &[f64]) -> Vec<f64> {
        let ranges: Vec<f64> = (0..self.parts.len())
            .map(|a| {
                let worths = self.own_worths(a, own);
                match self.parts[a].levels {
                    None => (worths[0] * self.parts[a].range).abs(),
                    Some(_) => {
                        let low = worths.iter().copied().fold(f64::INFINITY, f64::min);
                        let high = worths.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                        high - low
                    }
                }
            })
            .collect();
        let sum: f64 = ranges.iter().sum();
        ranges.iter().map(|r| r / sum).collect()
    }

    fn worth(
        &self,
        attribute: usize,
        people: &People,
        importances: &[Vec<f64>],
        level: f64,
    ) -> AttributeWorth {
        let part = &self.parts[attribute];
        let size = part.levels.as_ref().map_or(1, |levels| levels.len() - 1);
        let turn = match &part.levels {
            Some(levels) => contrasts(levels.len()),
            None => nalgebra::DMatrix::identity(1, 1),
        };
        let cut = |m: &nalgebra::DMatrix<f64>| {
            &turn * m.view((part.first, part.first), (size, size)) * turn.transpose()
        };
        let between = cut(&people.between);
        let names = match &part.levels {
            Some(levels) => levels.clone(),
            None => vec![part.name.clone()],
        };
        let worth = |(j, name): (usize, String)| {
            let figure = |mean: &[f64]| self.own_worths(attribute, mean)[j];
            (name, people.of_mean(figure, level))
        };
        let worths = names.into_iter().enumerate().map(worth);
        AttributeWorth {
            name: part.name.clone(),
            worths: worths.collect(),
            importance: from_draws(importances, attribute, level),
            between_people: (0..between.nrows())
                .map(|j| between[(j, j)].max(0.0).sqrt())
                .collect(),
        }
    }
}

fn prove_levels(name: &str, levels: &[String], of_row: &[usize]) -> Result<(), StatsError> {
    if let Some(row) = of_row.iter().position(|level| *level >= levels.len()) {
        return Err(StatsError::invalid_row(format!("level of {name}"), row));
    }
    let unseen = (0..levels.len()).find(|level| !of_row.contains(level));
    match unseen {
        _ if levels.len() < 2 => Err(StatsError::NoVariation {
            what: name.to_owned(),
        }),
        Some(level) => Err(StatsError::NotIdentified {
            parameter: format!("part-worth of {name} {} (never shown)", levels[level]),
        }),
        None => Ok(()),
    }
}

/// Numbers the tasks by respondent and task, in the order of the rows.
fn number_tasks(data: &OfferChoices) -> Result<Vec<usize>, StatsError> {
    require_length("respondents", data.tasks.len(), data.respondents.len())?;
    let mut numbers = Vec::with_capacity(data.tasks.len());
    let mut seen = std::collections::BTreeMap::new();
    for (row, own) in data.respondents.iter().zip(data.tasks).enumerate() {
        let next = seen.len();
        let number = *seen.entry(own).or_insert(next);
        if numbers.last().is_some_and(|last| number < *last) {
            return Err(StatsError::invalid_row(
                "task (its rows must stand together)",
                row,
            ));
        }
        numbers.push(number);
    }
    Ok(numbers)
}

fn from_draws(draws: &[Vec<f64>], place: usize, level: f64) -> Estimate {
    let own: Vec<f64> = draws.iter().map(|draw| draw[place]).collect();
    of_draws(&own, level)
}

//! Which of many things matter most, when people name the best and the worst of a few at a time?

use nalgebra::DMatrix;

use super::choice::{
    ChoiceData, People, PeopleConfig, contrasts, hierarchical, of_draws, share_out,
};
use crate::error::require_length;
use crate::regression::sample::prove_level;
use crate::{Caution, Estimate, StatsError};

/// Best and worst choices: one row per item shown, the rows of a task next to each other.
#[derive(Debug, Clone, Copy)]
pub struct BestWorst<'a> {
    /// Names of the items; `items` are places in it.
    pub names: &'a [String],
    pub respondents: &'a [usize],
    pub tasks: &'a [usize],
    pub items: &'a [usize],
    /// 1 best, -1 worst, 0 neither; exactly one of each per task.
    pub choices: &'a [i8],
}

/// How often an item was named.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemCount {
    pub name: String,
    pub shown: usize,
    pub best: usize,
    pub worst: usize,
    /// (best - worst)/shown, -1 to 1; the standard error takes a respondent's answers as one observation.
    pub score: Estimate,
}

/// Counts by item, in the order of the names.
///
/// Needs no assumption; comparable between items when each was shown equally often and against all others alike.
/// `[LouviereFlynnMarley2015]`
pub fn counts(data: &BestWorst, level: f64) -> Result<Vec<ItemCount>, StatsError> {
    prove_level(level)?;
    let tasks = prove(data)?;
    let mut counts: Vec<ItemCount> = (data.names.iter())
        .map(|name| ItemCount {
            name: name.clone(),
            shown: 0,
            best: 0,
            worst: 0,
            score: Estimate::normal(f64::NAN, f64::NAN, level),
        })
        .collect();
    let mut by_person = std::collections::BTreeMap::<(usize, usize), (f64, f64)>::new();
    for row in tasks.iter().flat_map(|task| task.clone()) {
        let count = &mut counts[data.items[row]];
        count.shown += 1;
        count.best += usize::from(data.choices[row] == 1);
        count.worst += usize::from(data.choices[row] == -1);
        let own = by_person
            .entry((data.items[row], data.respondents[row]))
            .or_default();
        own.0 += f64::from(data.choices[row]);
        own.1 += 1.0;
    }
    for (item, count) in counts.iter_mut().enumerate().filter(|(_, c)| c.shown > 0) {
        let shown = count.shown as f64;
        let score = (count.best as f64 - count.worst as f64) / shown;
        let people = by_person.range((item, 0)..=(item, usize::MAX));
        let squares: f64 = people
            .clone()
            .map(|(_, (sum, n))| (sum - score * n).powi(2))
            .sum();
        let people = people.count() as f64;
        let error = match people > 1.0 {
            true => (squares * people / (people - 1.0)).sqrt() / shown,
            false => f64::NAN,
        };
        count.score = Estimate::normal(score, error, level);
    }
    Ok(counts)
}

/// Utilities of all items.
#[derive(Debug, Clone, PartialEq)]
pub struct MaxDiff {
    /// In the order of the names.
    pub items: Vec<ItemUtility>,
    pub people: People,
    /// Each person's utilities, which sum to 0; in the order of `people.people`.
    pub utilities: Vec<Vec<f64>>,
    pub tasks: usize,
    pub cautions: Vec<Caution>,
}

/// What one item is worth to people.
#[derive(Debug, Clone, PartialEq)]
pub struct ItemUtility {
    pub name: String,
    /// Mean over people, on the log-odds scale; all items sum to 0.
    pub utility: Estimate,
    /// Mean over people of the chance to be named best of all items, 0-1; all items sum to 1.
    pub share: Estimate,
    /// Standard deviation of the utility between people.
    pub between_people: f64,
}

/// Best-worst scaling by a hierarchical logit: the best of a task is chosen first, then the worst of the rest with utilities
/// turned round `[MarleyLouviere2005]` `[LouviereFlynnMarley2015]`.
///
/// Everyone has utilities of his own, drawn towards the common ones (see [`hierarchical`]), in coordinates in which no item
/// is special. Shares have percentile intervals over drawn populations (people and, within their doubt, utilities).
/// Errs on a task without exactly one best and one worst among at least three items, an item never shown, items that were
/// never compared with the rest, and fewer than 5 respondents.
pub fn utilities(data: &BestWorst, level: f64, seed: u64) -> Result<MaxDiff, StatsError> {
    prove_level(level)?;
    let tasks = prove(data)?;
    let items = data.names.len();
    let coordinates = contrasts(items);
    let rows = ChoiceRows::from_tasks(data, &tasks, &coordinates);
    let names: Vec<String> = (1..items).map(|j| format!("contrast {j}")).collect();
    let choices = ChoiceData {
        columns: &rows.columns,
        names: &names,
        sets: &rows.sets,
        chosen: &rows.chosen,
        respondents: &rows.respondents,
    };
    let people = hierarchical(&choices, &PeopleConfig { level, seed })?;
    let full = |own: &[f64]| -> Vec<f64> {
        let own = nalgebra::DVector::from_column_slice(own);
        (&coordinates * own).iter().copied().collect()
    };
    let utilities: Vec<Vec<f64>> = people.coefficients.iter().map(|c| full(c)).collect();
    let shares = people.population(seed, |own| share_out(&full(own)));
    let between = &coordinates * &people.between * coordinates.transpose();
    let item = |j: usize| {
        let own: Vec<f64> = shares.iter().map(|draw| draw[j]).collect();
        ItemUtility {
            name: data.names[j].clone(),
            utility: people.of_mean(|mean| full(mean)[j], level),
            share: of_draws(&own, level),
            between_people: between[(j, j)].max(0.0).sqrt(),
        }
    };
    Ok(MaxDiff {
        items: (0..items).map(item).collect(),
        cautions: people.cautions.clone(),
        utilities,
        people,
        tasks: tasks.len(),
    })
}

/// Rows of the two choices of every task: the best of all, then the worst of the others.
struct ChoiceRows {
    columns: Vec<Vec<f64>>,
    sets: Vec<usize>,
    chosen: Vec<bool>,
    respondents: Vec<usize>,
}

impl ChoiceRows {
    fn from_tasks(
        data: &BestWorst,
        tasks: &[std::ops::Range<usize>],
        coordinates: &DMatrix<f64>,
    ) -> Self {
        let mut rows = ChoiceRows {
            columns: vec![Vec::new(); coordinates.ncols()],
            sets: Vec::new(),
            chosen: Vec::new(),
            respondents: Vec::new(),
        };
        for (number, task) in tasks.iter().enumerate() {
            for (sign, named) in [(1.0, 1), (-1.0, -1)] {
                let left = task
                    .clone()
                    .filter(|&row| named == 1 || data.choices[row] != 1);
                for row in left {
                    for (j, column) in rows.columns.iter_mut().enumerate() {
                        column.push(sign * coordinates[(data.items[row], j)]);
                    }
                    rows.sets.push(2 * number + usize::from(named == -1));
                    rows.chosen.push(data.choices[row] == named);
                    rows.respondents.push(data.respondents[row]);
                }
            }
        }
        rows
    }
}

/// The rows of each task.
fn prove(data: &BestWorst) -> Result<Vec<std::ops::Range<usize>>, StatsError> {
    let rows = data.tasks.len();
    require_length("respondents", rows, data.respondents.len())?;
    require_length("items", rows, data.items.len())?;
    require_length("choices", rows, data.choices.len())?;
    if data.names.len() < 3 {
        let got = data.names.len();
        return Err(StatsError::TooFewGroups { needed: 3, got });
    }
    if let Some(row) = data.items.iter().position(|item| *item >= data.names.len()) {
        return Err(StatsError::invalid_row("item", row));
    }
    let mut tasks = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    let mut first = 0;
    while first < rows {
        let own = (data.respondents[first], data.tasks[first]);
        let same = |row: &usize| (data.respondents[*row], data.tasks[*row]) == own;
        let size = (first..rows).take_while(same).count();
        let task = first..first + size;
        let named = |choice: i8| {
            (task.clone())
                .filter(|&row| data.choices[row] == choice)
                .count()
        };
        let mut items: Vec<usize> = task.clone().map(|row| data.items[row]).collect();
        items.sort_unstable();
        items.dedup();
        if size < 3 || items.len() != size || named(1) != 1 || named(-1) != 1 || !seen.insert(own) {
            return Err(StatsError::invalid_row(
                "task (one best and one worst among at least 3 different items, its rows together)",
                first,
            ));
        }
        tasks.push(task);
        first += size;
    }
    let shown = |item: &usize| data.items.contains(item);
    if let Some(item) = (0..data.names.len()).find(|item| !shown(item)) {
        return Err(StatsError::NotIdentified {
            parameter: format!("utility of {} (never shown)", data.names[item]),
        });
    }
    Ok(tasks)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Six people, each shown all four items twice, who agree on the order but for one.
    fn answers() -> (Vec<usize>, Vec<usize>, Vec<usize>, Vec<i8>) {
        let mut all = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for person in 0..6 {
            for task in 0..2 {
                for item in 0..4 {
                    all.0.push(person);
                    all.1.push(task);
                    all.2.push(item);
                    let (best, worst) = if person == 5 && task == 1 {
                        (1, 0)
                    } else {
                        (0, 3)
                    };
                    all.3.push(i8::from(item == best) - i8::from(item == worst));
                }
            }
        }
        all
    }

    fn names() -> Vec<String> {
        ["a", "b", "c", "d"].map(str::to_owned).to_vec()
    }

    #[test]
    fn counts_and_utilities_put_the_items_in_the_same_order() {
        let (respondents, tasks, items, choices) = answers();
        let names = names();
        let data = BestWorst {
            names: &names,
            respondents: &respondents,
            tasks: &tasks,
            items: &items,
            choices: &choices,
        };
        let counts = counts(&data, 0.9).unwrap();
        assert_eq!(
            (counts[0].shown, counts[0].best, counts[0].worst),
            (12, 11, 1)
        );
        assert!((counts[0].score.value - 10.0 / 12.0).abs() < 1e-12);
        let found = utilities(&data, 0.9, 1).unwrap();
        assert!(found.items[0].utility.value > found.items[1].utility.value);
        assert!(found.items[3].utility.value < found.items[2].utility.value);
        let sum: f64 = found.items.iter().map(|i| i.utility.value).sum();
        let shares: f64 = found.items.iter().map(|i| i.share.value).sum();
        assert!(sum.abs() < 1e-9 && (shares - 1.0).abs() < 1e-9);
        assert_eq!(found, utilities(&data, 0.9, 1).unwrap());
    }

    #[test]
    fn a_task_with_two_bests_or_a_repeated_item_is_refused() {
        let (respondents, tasks, mut items, mut choices) = answers();
        let names = names();
        choices[1] = 1;
        let refused = |items: &[usize], choices: &[i8]| {
            let data = BestWorst {
                names: &names,
                respondents: &respondents,
                tasks: &tasks,
                items,
                choices,
            };
            counts(&data, 0.9).is_err()
        };
        assert!(refused(&items, &choices));
        choices[1] = 0;
        items[1] = 2;
        assert!(refused(&items, &choices));
    }
}

//! Which option should each group get, when the budget does not reach for the best everywhere?

use super::Method;
use crate::caution::{Caution, cautions_from};
use crate::fitted::Predictions;
use crate::groups::Groups;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::allocate::{Choice, ChoiceConfig, OptionTable, choose};
use serde_json::json;

pub const METHOD: Method = Method {
    name: "allocate",
    roles: &["group", "option", "cost", "value"],
    flags: &["group", "budget", "method"],
    fit,
};

const EXACTLY: &str = "exactly-one";
const AT_MOST: &str = "at-most-one";

/// The options sorted by group; `row` is the row of the file, none for an added "do nothing".
struct Offers {
    names: Vec<String>,
    starts: Vec<usize>,
    row: Vec<Option<usize>>,
    cost: Vec<f64>,
    value: Vec<f64>,
}

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let Some(budget) = input.options.budget else {
        return Err(FitError::FlagMissing {
            method: input.method.to_owned(),
            flag: "budget".to_owned(),
        });
    };
    if !budget.is_finite() {
        return Err(FitError::FlagRange {
            flag: "budget".to_owned(),
            rule: "number",
        });
    }
    let at_most = match input.options.design.as_deref() {
        None | Some(EXACTLY) => false,
        Some(AT_MOST) => true,
        Some(other) => {
            return Err(FitError::FlagUnknown {
                flag: "method".to_owned(),
                value: other.to_owned(),
                known: format!("{EXACTLY}, {AT_MOST}"),
            });
        }
    };
    let offers = read(input, at_most)?;
    let table = OptionTable::new(&offers.starts, &offers.cost, &offers.value)?;
    let choice = choose(&table, budget, &ChoiceConfig::standard())?;
    let mut fitted = fitted_from(input.method, &choice, budget);
    let without_free = offers.groups_without_free_option();
    if without_free > 0 && !at_most {
        let caution = Caution::new("fit.no_free_option");
        fitted.cautions.push(
            caution
                .with("n", without_free)
                .with("of", offers.names.len()),
        );
    }
    fitted.predictions = Some(chosen(input, &offers, &choice)?);
    Ok(fitted)
}

impl Offers {
    fn groups_without_free_option(&self) -> usize {
        let costly = |pair: &&[usize]| self.cost[pair[0]..pair[1]].iter().all(|cost| *cost > 0.0);
        self.starts.windows(2).filter(costly).count()
    }
}

fn read(input: &Input, at_most: bool) -> Result<Offers, FitError> {
    let cost = input.columns.complete_numbers(&input.need("cost")?)?;
    let value = input.columns.complete_numbers(&input.need("value")?)?;
    let group = input.need("group")?;
    input.columns.complete_texts(&group)?;
    let groups = Groups::read(input.columns, &group)?;
    let mut rows: Vec<Vec<usize>> = vec![Vec::new(); groups.names.len()];
    for (row, own) in groups.of_row.iter().enumerate() {
        if let Some(own) = own {
            rows[*own].push(row);
        }
    }
    let mut offers = Offers {
        names: groups.names,
        starts: vec![0],
        row: Vec::new(),
        cost: Vec::new(),
        value: Vec::new(),
    };
    for own in rows {
        if at_most {
            offers.row.push(None);
            offers.cost.push(0.0);
            offers.value.push(0.0);
        }
        for row in own {
            offers.row.push(Some(row));
            offers.cost.push(cost[row]);
            offers.value.push(value[row]);
        }
        offers.starts.push(offers.row.len());
    }
    Ok(offers)
}

fn fitted_from(method: &'static str, choice: &Choice, budget: f64) -> Fitted {
    let mut fitted = Fitted::new(method, choice.chosen.len() as f64);
    fitted.params = [
        ("value", choice.value),
        ("cost", choice.cost),
        ("bound", choice.bound),
        ("gap", choice.gap),
        ("shadow_price", choice.shadow_price),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .to_vec();
    fitted.converged = choice.cautions.is_empty();
    fitted.cautions = cautions_from(&choice.cautions);
    fitted.put("budget", json!(budget));
    fitted.put("optimal", json!(choice.optimal));
    fitted
}

/// One row per group: the option chosen, its cost and value; an option without a name goes by its place in the group.
fn chosen(input: &Input, offers: &Offers, choice: &Choice) -> Result<Predictions, FitError> {
    let names = match input.find("option")? {
        Some(column) => Some(input.columns.texts(&column)?),
        None => None,
    };
    let places = choice
        .chosen
        .iter()
        .zip(&offers.starts)
        .map(|(own, start)| start + own);
    let places: Vec<usize> = places.collect();
    let name = |place: &usize| match (offers.row[*place], &names) {
        (None, _) => "-".to_owned(),
        (Some(row), Some(names)) => names[row].to_owned(),
        (Some(_), None) => (place - start_of(&offers.starts, *place) + 1).to_string(),
    };
    Ok(Predictions::new()
        .texts("group", offers.names.clone())
        .texts("option", places.iter().map(name).collect())
        .numbers(
            "cost",
            places.iter().map(|place| offers.cost[*place]).collect(),
        )
        .numbers(
            "value",
            places.iter().map(|place| offers.value[*place]).collect(),
        ))
}

fn start_of(starts: &[usize], place: usize) -> usize {
    starts[starts.partition_point(|start| *start <= place) - 1]
}

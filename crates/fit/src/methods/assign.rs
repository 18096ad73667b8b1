//! Who gets the activity, when chance shall decide?

use super::Method;
use crate::fitted::Predictions;
use crate::groups::Groups;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::causal::assign::{clustered, complete, stratified};
use serde_json::json;

pub const METHOD: Method = Method {
    name: "assign",
    roles: &["customer", "stratum", "group"],
    flags: &["group", "predict"],
    fit,
};

const USUAL_SHARE: f64 = 0.5;

/// Deals every row to the treated or the control: alone, within strata, or by whole groups.
fn fit(input: &Input) -> Result<Fitted, FitError> {
    let share = input.options.predict.unwrap_or(USUAL_SHARE);
    if !(share > 0.0 && share < 1.0) {
        return Err(FitError::FlagRange {
            flag: "predict".to_owned(),
            rule: "share",
        });
    }
    let shares = [1.0 - share, share];
    let (rows, seed) = (input.columns.rows(), input.options.seed);
    let (how, arms) = match (input.named("group")?, input.named("stratum")?) {
        (Some(name), _) => ("groups", clustered(&blocks(input, &name)?, &shares, seed)?),
        (None, Some(name)) => ("strata", stratified(&blocks(input, &name)?, &shares, seed)?),
        (None, None) => ("rows", complete(rows, &shares, seed)?),
    };
    let treated = arms.iter().filter(|arm| **arm == 1).count();
    let mut fitted = Fitted::new(input.method, rows as f64);
    fitted.params = vec![
        ("treated".to_owned(), treated as f64),
        ("control".to_owned(), (rows - treated) as f64),
    ];
    fitted.put("drawn_by", json!(how));
    fitted.put("planned_share", json!(share));
    let word = |arm: &usize| ["control", "treated"][*arm].to_owned();
    let drawn = arms.iter().map(word).collect();
    let predictions = match input.find("customer")? {
        Some(name) => {
            let names = input.columns.texts(&name)?;
            Predictions::new().texts("customer", names.into_iter().map(str::to_owned).collect())
        }
        None => Predictions::new().numbers("row", (1..=rows).map(|row| row as f64).collect()),
    };
    fitted.predictions = Some(predictions.texts("arm", drawn));
    Ok(fitted)
}

/// The block of each row; rows without a word are a block of their own after the last.
fn blocks(input: &Input, name: &str) -> Result<Vec<usize>, FitError> {
    let groups = Groups::read(input.columns, name)?;
    let own = |at: &Option<usize>| at.unwrap_or(groups.names.len());
    Ok(groups.of_row.iter().map(own).collect())
}

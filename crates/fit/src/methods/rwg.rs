//! Do the members of a group say the same thing, so that the group's mean stands for something?

use super::Method;
use super::alpha::items;
use crate::columns::line_of;
use crate::explaining::tell_left_out;
use crate::groups::Groups;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::survey::agreement::{NoAgreement, chance_limit, within_groups};
use serde_json::{Map, json};

pub const METHOD: Method = Method {
    name: "rwg",
    roles: &["covariate", "group", "weights"],
    flags: &["covariates", "group"],
    fit,
};

/// Share of groups without any agreement that would pass the limit of chance.
const TAIL: f64 = 0.05;
const DRAWS: usize = 2_000;

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let group_name = input.need("group")?;
    let names = items(input, std::slice::from_ref(&group_name))?;
    let items = names
        .iter()
        .map(|name| input.columns.numbers(name))
        .collect::<Result<Vec<_>, _>>()?;
    let (low, options) = scale(&names, &items)?;
    let groups = Groups::read(input.columns, &group_name)?;
    let rows: Vec<usize> = (0..input.columns.rows())
        .filter(|&row| groups.of_row[row].is_some())
        .collect();
    let places: Vec<usize> = rows.iter().filter_map(|&row| groups.of_row[row]).collect();
    let items: Vec<Vec<f64>> = items
        .iter()
        .map(|item| crate::explaining::on(item, &rows))
        .collect();
    let found = within_groups(&items, &places, NoAgreement::Uniform { options })
        .map_err(crate::error::of_rows(&rows))?;
    let mut fitted = Fitted::new(input.method, (rows.len() - found.left_out) as f64);
    tell_left_out(
        &mut fitted,
        rows.len() - found.left_out,
        input.columns.rows(),
    );
    fitted.params = vec![
        ("mean".to_owned(), found.mean),
        ("median".to_owned(), found.median),
    ];
    let mut limits = std::collections::BTreeMap::new();
    let mut each = Map::new();
    for group in &found.groups {
        let limit = match (limits.get(&group.members), group.members) {
            (Some(limit), _) => *limit,
            (None, 0 | 1) => f64::NAN,
            (None, members) => {
                let size = (members, items.len(), options);
                chance_limit(size, TAIL, (DRAWS, input.options.seed))?
            }
        };
        limits.insert(group.members, limit);
        let entry = json!({
            "n": group.members,
            "agreement": group.agreement,
            "variance": group.variance,
            "limit_of_chance": limit,
            "above_chance": group.agreement > limit,
        });
        each.insert(groups.names[group.group].clone(), entry);
    }
    fitted.put("groups", json!(each));
    fitted.put("items", json!(names));
    let high = low + options as f64 - 1.0;
    fitted.put(
        "scale",
        json!({"low": low, "high": high, "options": options}),
    );
    fitted.put("columns", json!({"group": group_name}));
    Ok(fitted)
}

/// Lowest answer and number of answers possible: from the lowest to the highest that anybody gave.
fn scale(names: &[String], items: &[Vec<f64>]) -> Result<(f64, usize), FitError> {
    for (name, item) in names.iter().zip(items) {
        let broken = |x: &f64| !x.is_nan() && (x.fract() != 0.0 || x.abs() > 1000.0);
        if let Some(row) = item.iter().position(broken) {
            return Err(FitError::OutOfRange {
                column: name.clone(),
                line: line_of(row),
                rule: "answer",
                value: item[row],
            });
        }
    }
    let answers = || items.iter().flatten().copied().filter(|x| !x.is_nan());
    let low = answers().fold(f64::INFINITY, f64::min);
    let high = answers().fold(f64::NEG_INFINITY, f64::max);
    // A single answer given by all leaves nothing to disagree about; the statistics refuse a variance of 0.
    match high >= low {
        true => Ok((low, (high - low) as usize + 1)),
        false => Ok((0.0, 1)),
    }
}

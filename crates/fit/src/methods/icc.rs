//! How much do the members of a group agree, compared with members of different groups?

use super::Method;
use crate::explaining::{on, tell_left_out};
use crate::groups::Groups;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::regression::mixed::icc;
use serde_json::json;

pub const METHOD: Method = Method {
    name: "icc",
    roles: &["value", "group", "outcome"],
    flags: &["group", "outcome"],
    fit,
};

fn fit(input: &Input) -> Result<Fitted, FitError> {
    let (value_name, values, groups) = read(input)?;
    let rows = rows_of(&values, &groups);
    let places: Vec<usize> = rows.iter().filter_map(|&row| groups.of_row[row]).collect();
    let result = icc(&on(&values, &rows), &places).map_err(crate::error::of_rows(&rows))?;
    let mut fitted = Fitted::new(input.method, rows.len() as f64);
    tell_left_out(&mut fitted, rows.len(), values.len());
    fitted.params = vec![
        ("icc1".to_owned(), result.icc1),
        ("icc2".to_owned(), result.icc2),
    ];
    let between = (result.between_mean_square - result.within_mean_square) / result.mean_group_size;
    fitted.put("groups", json!(result.groups));
    fitted.put("mean_group_size", json!(result.mean_group_size));
    fitted.put("between_mean_square", json!(result.between_mean_square));
    fitted.put("within_mean_square", json!(result.within_mean_square));
    fitted.put(
        "variance",
        json!({"between": between, "within": result.within_mean_square}),
    );
    fitted.put("columns", json!({"value": value_name}));
    Ok(fitted)
}

/// The values, under either of their two roles, and their groups.
pub fn read(input: &Input) -> Result<(String, Vec<f64>, Groups), FitError> {
    let value = match input.named("outcome")? {
        Some(name) => name,
        None => input.need("value")?,
    };
    let group = input.need("group")?;
    Ok((
        value.clone(),
        input.columns.numbers(&value)?,
        Groups::read(input.columns, &group)?,
    ))
}

/// The rows with both a value and a group.
pub fn rows_of(values: &[f64], groups: &Groups) -> Vec<usize> {
    (0..values.len())
        .filter(|&row| !values[row].is_nan() && groups.of_row[row].is_some())
        .collect()
}

//! What did the treatment do, when it was drawn within strata or by whole groups?

use super::effect::{ArmEffect, Trial, fitted_from};
use super::purchases::LEVEL;
use crate::error::of_rows;
use crate::explaining::on;
use crate::groups::Groups;
use crate::input::Input;
use crate::{FitError, Fitted};
use odla_stats::causal::blocks::{self, BlockResult};
use serde_json::json;

/// Whether strata or drawn groups are named.
pub fn is_blocked(input: &Input) -> Result<bool, FitError> {
    Ok(input.named("stratum")?.is_some() || input.named("group")?.is_some())
}

/// Every arm against the control within strata, or by whole groups with cluster-robust errors.
pub fn compared(input: &Input, trial: &Trial) -> Result<Fitted, FitError> {
    let stratum = input.named("stratum")?;
    let by_group = stratum.is_none();
    let name = match stratum {
        Some(name) => name,
        None => input.need("group")?,
    };
    let groups = Groups::read(input.columns, &name)?;
    let effects = (0..trial.arms.len()).map(|at| {
        let (places, treated) = trial.pair(at);
        let outcome = on(&trial.outcome, &places);
        // Rows without a block are one block of their own after the last.
        let of_place = |i: &usize| groups.of_row[trial.rows[*i]].unwrap_or(groups.names.len());
        let block: Vec<usize> = places.iter().map(of_place).collect();
        let result = match by_group {
            true => blocks::clustered(&outcome, &treated, &block, (None, LEVEL)),
            false => blocks::stratified(&outcome, &treated, &block, LEVEL),
        };
        let result = result.map_err(of_rows(&[]))?;
        Ok(arm(trial.names()[at].clone(), result))
    });
    let effects = effects.collect::<Result<_, FitError>>()?;
    Ok(fitted_from(input.method, trial, effects))
}

fn arm(name: String, result: BlockResult) -> ArmEffect {
    let share = result.treated as f64 / (result.treated + result.control) as f64;
    ArmEffect {
        name,
        estimate: result.effect,
        p_value: result.p_value,
        overlap: json!({"share_outside": 0.0, "lowest_chance": share, "highest_chance": share}),
        e_value: None,
        more: json!({
            "degrees_of_freedom": result.degrees_of_freedom,
            "blocks": result.blocks,
            "variance_ratio": result.variance_ratio,
        }),
        doubts: result.cautions,
    }
}

//! Where does each construct stand on the 0-100 scale, and what does a point more of it do to the others?

use super::{PathPlan, PlsFit};
use crate::survey::index::{SatisfactionIndex, satisfaction_index};
use crate::{Estimate, StatsError};

/// Indices of all constructs.
#[derive(Debug, Clone, PartialEq)]
pub struct Indices {
    /// By block; none when a weight is negative, since an index must rise with every question.
    pub indices: Vec<Option<SatisfactionIndex>>,
    /// Standard deviation of each index between respondents, in points.
    pub spreads: Vec<f64>,
    /// Of the pairs of `total_effects` whose two constructs both have an index.
    pub effects: Vec<IndexEffect>,
}

/// What one point more of an index does to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IndexEffect {
    pub from: usize,
    pub to: usize,
    /// Points of the follower per point of the predecessor, all ways together.
    pub points: Estimate,
}

/// Indices 0-100 of a fitted path plan, as the national satisfaction indices have them `[Fornell1996]`.
///
/// Question weights are outer weight over standard deviation, brought to sum 1; `scale` is (lowest, highest) answer, the same
/// for all indicators. `columns` and `weights` are those of the fit. Effects are total effects in raw units, whose errors count that weights and
/// spreads are estimated too, so that "five points more of image" can be read off.
pub fn indices(
    fit: &PlsFit,
    plan: &PathPlan,
    (columns, weights): (&[Vec<f64>], &[f64]),
    (scale, level): ((f64, f64), f64),
) -> Result<Indices, StatsError> {
    let weights = (!weights.is_empty()).then_some(weights);
    let mut found = Indices {
        indices: Vec::new(),
        spreads: Vec::new(),
        effects: Vec::new(),
    };
    for (b, block) in plan.blocks.iter().enumerate() {
        let raw = fit.raw_weights(plan, b);
        if raw.iter().any(|w| *w < 0.0) {
            found.indices.push(None);
            found.spreads.push(f64::NAN);
            continue;
        }
        let questions: Vec<Vec<f64>> = (block.indicators.iter())
            .map(|&indicator| columns[indicator].clone())
            .collect();
        let index = satisfaction_index(&questions, scale, Some(&raw), (weights, level))?;
        let spread = index.index.standard_error * (index.effective_answers - 1.0).max(1.0).sqrt();
        found.spreads.push(spread);
        found.indices.push(Some(index));
    }
    for effect in &fit.raw_effects {
        // All indices have the same scale: a point of one is as many answer steps as a point of another.
        if found.indices[effect.from].is_some() && found.indices[effect.to].is_some() {
            let own = effect.coefficient;
            found.effects.push(IndexEffect {
                from: effect.from,
                to: effect.to,
                points: Estimate::normal(own.value, own.standard_error, level),
            });
        }
    }
    Ok(found)
}

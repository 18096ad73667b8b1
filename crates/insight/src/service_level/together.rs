//! Where does a minute cost as much as it gives, and what is today's distance from there worth?

use super::ServiceLevelConfig;
use super::costs::MinuteCosts;
use super::leaving::{Leaving, normal};
use super::solving::{Solved, Solving};
use super::whatif::{Kept, Line, Term};
use odla_domain::Caution;
use odla_domain::frames::service::ServiceFrame;
use odla_stats::Interval;
use odla_stats::staffing::{Change, Reason, Response, best_minutes, best_minutes_over_draws};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeMap;

/// What a run keeps, and the best minutes by reason.
#[derive(Clone, Debug)]
pub struct Together {
    pub kept: Kept,
    pub best: BTreeMap<String, Result<Best, Caution>>,
    pub minute_cost: Option<f64>,
}

/// Best minutes of one reason. Sums are of one year.
#[derive(Clone, Debug)]
pub struct Best {
    pub minutes: f64,
    pub interval: Interval,
    /// What raw data would call best.
    pub naive: f64,
    /// Net of going from today to the best.
    pub gain: f64,
    pub gain_interval: Interval,
    pub share_better: f64,
    /// Value lost (below 0: saved) by going there, and its range.
    pub lost: f64,
    pub lost_interval: Interval,
    pub at_edge: bool,
}

impl Best {
    /// Whether today's minutes lie outside the range of what may be best.
    pub fn verdict(&self, today: f64) -> &'static str {
        let sure = self.share_better >= 0.8;
        match (
            today < self.interval.lower && sure,
            today > self.interval.upper && sure,
        ) {
            (true, _) => "under",
            (_, true) => "over",
            _ => "about_right",
        }
    }
}

pub fn bring(
    frame: &ServiceFrame,
    (solving, leaving, costs): (&Solving, &Leaving, &MinuteCosts),
    config: &ServiceLevelConfig,
    seed: u64,
) -> Together {
    let terms: Vec<Term> = (solving.reasons.iter())
        .filter_map(|solved| term(frame, solved, (leaving, costs)))
        .collect();
    let best = terms.iter().map(|term| {
        let loss = leaving.reasons.get(&term.reason);
        let draws = loss.map_or(&[][..], |loss| &loss.draws);
        let solved = (solving.reasons.iter()).find(|solved| solved.reason == term.reason);
        let found =
            match (term.minute_cost.is_finite(), solved) {
                (true, Some(solved)) => best(term, (solved, draws), config, seed),
                _ => Err(Caution::new("service_level.no_minute_cost")
                    .with("reason", term.reason.as_str())),
            };
        (term.reason.clone(), found)
    });
    let best = best.collect();
    let line = (frame.open_hours > 0.0 && frame.mean_wait > 0.0).then_some(Line {
        open_hours: frame.open_hours,
        mean_wait: frame.mean_wait,
        patience: config.patience_minutes,
    });
    Together {
        best,
        minute_cost: costs.mean,
        kept: Kept {
            terms,
            line,
            releasable: config.releasable,
            discount_yearly: config.discount_yearly,
            level: config.level,
        },
    }
}

fn term(
    frame: &ServiceFrame,
    solved: &Solved,
    (leaving, costs): (&Leaving, &MinuteCosts),
) -> Option<Term> {
    let curve = solved.curve.as_ref().ok()?;
    let loss = leaving.reasons.get(&solved.reason)?;
    let volumes = frame
        .volumes
        .iter()
        .filter(|volume| volume.reason == solved.reason);
    let (cases, customers) =
        volumes.fold((0.0, 0.0), |sum, v| (sum.0 + v.firsts, sum.1 + v.customers));
    if cases <= 0.0 {
        return None;
    }
    let mean = loss.draws.iter().sum::<f64>() / loss.draws.len().max(1) as f64;
    Some(Term {
        reason: solved.reason.clone(),
        cases,
        customers,
        minute_cost: costs
            .of_reason
            .get(&solved.reason)
            .copied()
            .unwrap_or(f64::NAN),
        // Today's mean lies within what is told, whatever a few very long contacts do to it.
        today: solved.today.clamp(solved.observed.0, solved.observed.1),
        observed: solved.observed,
        shortest: solved.shortest,
        slope_error: curve.slope_error,
        level_error: curve.level_error,
        loss: mean,
        loss_error: deviation(&loss.draws, mean),
        loss_shared: shared(leaving, &solved.reason, mean),
        leaving: loss.leaving,
        fades: loss.fades,
        by_lot: curve.by_lot,
        minutes: curve.minutes.clone(),
        solved: curve.solved.clone(),
        per_case: curve.per_case.clone(),
    })
}

fn deviation(draws: &[f64], mean: f64) -> f64 {
    let squares: f64 = draws.iter().map(|own| (own - mean) * (own - mean)).sum();
    (squares / draws.len().max(1) as f64).sqrt()
}

/// Mean correlation of a reason's loss with those of the others, 0..1.
fn shared(leaving: &Leaving, reason: &str, mean: f64) -> f64 {
    let Some(own) = leaving.reasons.get(reason) else {
        return 0.0;
    };
    let spread = deviation(&own.draws, mean);
    let others = leaving.reasons.iter().filter(|(name, _)| *name != reason);
    let correlations: Vec<f64> = others
        .filter_map(|(_, other)| {
            let n = other.draws.len() as f64;
            let middle = other.draws.iter().sum::<f64>() / n;
            let wide = deviation(&other.draws, middle);
            let both = (own.draws.iter().zip(&other.draws)).map(|(a, b)| (a - mean) * (b - middle));
            (spread * wide > 1e-12).then(|| both.sum::<f64>() / n / (spread * wide))
        })
        .collect();
    let n = correlations.len().max(1) as f64;
    (correlations.iter().sum::<f64>() / n).clamp(0.0, 1.0)
}

fn best(
    term: &Term,
    (solved, losses): (&Solved, &[f64]),
    config: &ServiceLevelConfig,
    seed: u64,
) -> Result<Best, Caution> {
    let told = |error: odla_stats::StatsError| {
        Caution::new("statistics").with("detail", error.to_string())
    };
    let change = whole(term);
    let mut dice = ChaCha8Rng::seed_from_u64(seed ^ 0xBE57);
    let draws: Vec<Reason> = (losses.iter())
        .map(|loss| {
            let (level, slope) = (normal(&mut dice), normal(&mut dice));
            term.reason(
                term.level_error * level,
                term.slope_error * slope,
                loss.max(0.0),
            )
        })
        .collect();
    let found = best_minutes_over_draws(&draws, &change, config.level).map_err(told)?;
    let naive = best_minutes(&naive(term, solved)?, &change).map_err(told)?;
    let lost: Vec<f64> = (draws.iter())
        .map(|draw| {
            let fails = |minutes: f64| draw.leaving.share(minutes);
            draw.cases * draw.value_at_stake * (fails(found.minutes) - fails(term.today))
        })
        .collect();
    let edge = 1e-3 * (term.observed.1 - term.observed.0);
    Ok(Best {
        minutes: found.minutes,
        interval: found.interval,
        naive: naive.minutes,
        gain: found.net,
        gain_interval: found.net_interval,
        share_better: found.share_better,
        lost: lost.iter().sum::<f64>() / lost.len() as f64,
        lost_interval: Interval::from_draws(&lost, config.level),
        at_edge: found.minutes < term.observed.0 + edge || found.minutes > term.observed.1 - edge,
    })
}

/// In the long run every minute costs: staffing follows the work.
pub fn whole(term: &Term) -> Change {
    Change {
        cost_per_hour: 60.0 * term.minute_cost,
        releasable: 1.0,
        months: 12,
        discount: 0.0,
    }
}

fn naive(term: &Term, solved: &Solved) -> Result<Reason, Caution> {
    let curve = solved.curve.as_ref().map_err(Clone::clone)?;
    Ok(Reason {
        solved: Response::Points {
            minutes: curve.minutes.clone(),
            shares: curve
                .naive_per_case
                .iter()
                .map(|contacts| 1.0 / contacts)
                .collect(),
        },
        leaving: Response::Points {
            minutes: curve.minutes.clone(),
            shares: curve
                .naive_solved
                .iter()
                .map(|solved| 1.0 - solved)
                .collect(),
        },
        ..term.reason(0.0, 0.0, term.loss)
    })
}

//! Which of the measures foretells whether a customer is still one a year later, for customers it was not fitted to?

use super::LoyaltyConfig;
use super::attitude::{Attitude, behavior};
use super::types::is_locked;
use crate::columns::{Columns, logistic, part_of};
use odla_domain::Caution;
use odla_domain::frames::loyalty::{LoyaltyFrame, Standings};
use odla_stats::{Estimate, StatsError};

/// A chance nearer 0 or 1 than this is not believed, so that one surprise cannot decide a comparison.
const SUREST: f64 = 0.001;

/// How much of what behavior leaves unforetold each measure foretells, all on the same customers.
#[derive(Clone, Debug)]
pub struct Prediction {
    pub customers: usize,
    pub measures: Vec<Measure>,
    /// Engagement less satisfaction, and the loyalty field less satisfaction, as shares of the loss.
    pub engagement_over_satisfaction: Option<Estimate>,
    pub field_over_satisfaction: Option<Estimate>,
    /// What recommendation adds to satisfaction.
    pub nps_beyond_satisfaction: Option<Estimate>,
}

/// One measure added to behavior.
#[derive(Clone, Debug)]
pub struct Measure {
    pub word: &'static str,
    /// Share of behavior's log loss that it takes away; below 0 it does harm.
    pub gain: Estimate,
}

/// Tries every measure by cross-validation on those who had answered a year ago.
pub fn compare(
    frame: &LoyaltyFrame,
    attitude: &Attitude,
    config: &LoyaltyConfig,
    seed: u64,
) -> Result<Prediction, Caution> {
    if frame.history_days < 365.0 {
        return Err(Caution::new("loyalty.history_too_short"));
    }
    let then = &frame.then;
    let asked: Vec<&'static str> = ["satisfaction", "nps", "engagement"]
        .into_iter()
        .filter(|question| count(then, question) >= config.fewest_answers)
        .collect();
    let rows: Vec<usize> = (0..then.len())
        .filter(|&row| then.is_active(row) && !attitude.then.index[row].is_nan())
        .filter(|&row| asked.iter().all(|q| !place(then, q, row).is_nan()))
        .collect();
    let outcome: Vec<f64> = rows
        .iter()
        .map(|&row| f64::from(then.retained[row]))
        .collect();
    let stayed = rows.iter().filter(|&&row| then.retained[row]).count();
    if stayed.min(rows.len() - stayed) < config.fewest_events {
        return Err(Caution::new("loyalty.too_few_to_try")
            .with("needed", config.fewest_events)
            .with("stayed", stayed)
            .with("left", rows.len() - stayed));
    }
    let before = behavior(then).of_rows(&rows);
    let tried = Tried {
        outcome: &outcome,
        config,
        seed,
    };
    let base = tried.losses(&before).map_err(told)?;
    let mean = base.iter().sum::<f64>() / base.len() as f64;
    let answers = |q: &str| {
        rows.iter()
            .map(|&row| place(then, q, row))
            .collect::<Vec<f64>>()
    };
    let mut found: Vec<(&'static str, Vec<f64>)> = Vec::new();
    for question in &asked {
        let with = before.clone().with(question, answers(question));
        found.push((question, tried.losses(&with).map_err(told)?));
    }
    let index = rows.iter().map(|&row| attitude.then.index[row]).collect();
    let with = before.clone().with("attitude", index);
    found.push(("attitude", tried.losses(&with).map_err(told)?));
    let with = fields(before.clone(), then, attitude, (&rows, config));
    found.push(("loyalty_field", tried.losses(&with).map_err(told)?));
    let mut beyond = None;
    if asked.contains(&"nps") && asked.contains(&"satisfaction") {
        let both = before
            .clone()
            .with("satisfaction", answers("satisfaction"))
            .with("nps", answers("nps"));
        beyond = Some(tried.losses(&both).map_err(told)?);
    }
    let loss = |word: &str| {
        found
            .iter()
            .find(|(known, _)| *known == word)
            .map(|(_, l)| l)
    };
    let gain = |less: Option<&Vec<f64>>, than: Option<&Vec<f64>>| {
        less.zip(than)
            .map(|(less, than)| difference(than, less, mean, config.level))
    };
    Ok(Prediction {
        customers: rows.len(),
        engagement_over_satisfaction: gain(loss("engagement"), loss("satisfaction")),
        field_over_satisfaction: gain(loss("loyalty_field"), loss("satisfaction")),
        nps_beyond_satisfaction: gain(beyond.as_ref(), loss("satisfaction")),
        measures: found
            .iter()
            .map(|(word, losses)| Measure {
                word,
                gain: difference(&base, losses, mean, config.level),
            })
            .collect(),
    })
}

fn told(error: StatsError) -> Caution {
    Caution::new("statistics").with("detail", error.to_string())
}

fn count(standings: &Standings, question: &str) -> usize {
    let places = standings.answers_to(question).unwrap_or_default();
    let active = (0..places.len()).filter(|&row| standings.is_active(row));
    active.filter(|&row| !places[row].is_nan()).count()
}

fn place(standings: &Standings, question: &str, row: usize) -> f64 {
    standings
        .answers_to(question)
        .map_or(f64::NAN, |places| places[row])
}

/// The fields as they were told a year ago: good attitude, and lock-in.
fn fields(
    columns: Columns,
    then: &Standings,
    attitude: &Attitude,
    (rows, config): (&[usize], &LoyaltyConfig),
) -> Columns {
    let line = config.line / 100.0;
    let good = |&row: &usize| attitude.then.probability(row, line, (0.0, 0.0));
    let locked = |&row: &usize| f64::from(is_locked(then, row, config));
    columns
        .with("good_attitude", rows.iter().map(good).collect())
        .with("locked", rows.iter().map(locked).collect())
}

struct Tried<'t> {
    outcome: &'t [f64],
    config: &'t LoyaltyConfig,
    seed: u64,
}

impl Tried<'_> {
    /// Log loss of each customer, foretold by a fit to the other parts.
    fn losses(&self, columns: &Columns) -> Result<Vec<f64>, StatsError> {
        let rows = self.outcome.len();
        let part = |row: usize| part_of(row, self.seed, self.config.folds);
        let mut losses = vec![0.0; rows];
        for fold in 0..self.config.folds {
            let others: Vec<usize> = (0..rows).filter(|&row| part(row) != fold).collect();
            let outcome: Vec<f64> = others.iter().map(|&row| self.outcome[row]).collect();
            let (fit, used) = logistic(&outcome, &columns.of_rows(&others))?;
            let place = |name: &String| columns.names.iter().position(|known| known == name);
            let kept: Vec<usize> = used.names.iter().filter_map(place).collect();
            for row in (0..rows).filter(|&row| part(row) == fold) {
                let values: Vec<f64> = kept.iter().map(|&c| columns.columns[c][row]).collect();
                let chance = fit.predict(&values).clamp(SUREST, 1.0 - SUREST);
                let happened = self.outcome[row] > 0.5;
                losses[row] = -(if happened { chance } else { 1.0 - chance }).ln();
            }
        }
        Ok(losses)
    }
}

/// Mean of what is saved per customer as a share of `loss`, with the spread over customers.
fn difference(before: &[f64], after: &[f64], loss: f64, level: f64) -> Estimate {
    let saved: Vec<f64> = before
        .iter()
        .zip(after)
        .map(|(b, a)| (b - a) / loss)
        .collect();
    let n = saved.len() as f64;
    let mean = saved.iter().sum::<f64>() / n;
    let variance = saved.iter().map(|s| (s - mean) * (s - mean)).sum::<f64>() / (n - 1.0);
    Estimate::normal(mean, (variance / n).sqrt(), level)
}

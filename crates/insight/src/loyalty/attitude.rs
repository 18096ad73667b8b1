//! How much do customers want to stay with us, and how well is that measured?

use super::LoyaltyConfig;
use crate::InsightError;
use crate::columns::{Columns, linear, spread, told_or_zero};
use odla_domain::Caution;
use odla_domain::frames::loyalty::{LoyaltyFrame, Standings};
use odla_stats::Estimate;
use odla_stats::pls::{self, Block, Mode, PathPlan, PlsConfig, Scheme};
use odla_stats::special::normal_cdf;

/// What one is willing to do; the block that the index is made of.
const WILLING: [&str; 3] = ["again", "speak_well", "nps"];
const SATISFIED: [&str; 3] = ["satisfaction", "expectation", "ideal"];
/// Each leads to satisfaction.
const CAUSES: [&str; 4] = [
    "image",
    "product_quality",
    "service_quality",
    "value_for_money",
];
/// The least reliability that a correction is built on.
const LEAST_RELIABILITY: f64 = 0.3;

/// The measure and what it says of everyone, today and a year ago.
#[derive(Clone, Debug)]
pub struct Attitude {
    pub made_of: Vec<(&'static str, f64)>,
    /// The path model could be fitted; otherwise the questions weigh alike.
    pub latent: bool,
    pub reliability: f64,
    /// Standard deviations of willingness per standard deviation of satisfaction, all causes held.
    pub from_satisfaction: Option<Estimate>,
    pub now: Judged,
    pub then: Judged,
    pub cautions: Vec<Caution>,
}

/// One row per customer of a [`Standings`].
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// 0..1; `NaN` without an answer.
    pub index: Vec<f64>,
    /// Mean and standard deviation of what the true attitude may be, answered or not.
    mean: Vec<f64>,
    deviation: Vec<f64>,
    pub answered: usize,
    /// Standard deviation of the index over those who answered, and standard error of its mean.
    pub spread: f64,
    pub mean_error: f64,
}

impl Judged {
    /// Probability that the true attitude reaches the line, when those who did not answer are `shift` lower, in
    /// standard deviations of the index, and everyone `all` lower.
    pub fn probability(&self, row: usize, line: f64, (silent, all): (f64, f64)) -> f64 {
        let lower = if self.index[row].is_nan() {
            silent
        } else {
            0.0
        };
        let mean = self.mean[row] - (lower + all) * self.spread;
        normal_cdf((mean - line) / self.deviation[row])
    }
}

pub fn measure(
    frame: &LoyaltyFrame,
    config: &LoyaltyConfig,
    seed: u64,
) -> Result<Attitude, InsightError> {
    let asked = |names: &[&'static str]| -> Vec<&'static str> {
        let enough = |name: &&&'static str| answers(&frame.now, name) >= config.fewest_answers;
        names.iter().filter(enough).copied().collect()
    };
    let mut items = asked(&WILLING);
    let willing = !items.is_empty();
    if !willing {
        items = asked(&SATISFIED);
    }
    if items.is_empty() {
        let most = WILLING.iter().chain(&SATISFIED);
        let most = most
            .map(|name| answers(&frame.now, name))
            .max()
            .unwrap_or(0);
        let caution = Caution::new("loyalty.too_few_answers")
            .with("needed", config.fewest_answers)
            .with("got", most);
        return Err(InsightError::TooLittleData(caution));
    }
    let mut attitude = Attitude {
        made_of: items
            .iter()
            .map(|item| (*item, 1.0 / items.len() as f64))
            .collect(),
        latent: false,
        reliability: config.single_reliability,
        from_satisfaction: None,
        now: Judged::default(),
        then: Judged::default(),
        cautions: Vec::new(),
    };
    if !willing {
        attitude
            .cautions
            .push(Caution::new("loyalty.satisfaction_stands_for_attitude"));
    }
    weigh(
        &mut attitude,
        frame,
        (&asked(&SATISFIED), &asked(&CAUSES)),
        (config, seed),
    );
    attitude.now = judge(&frame.now, &attitude, config);
    attitude.then = judge(&frame.then, &attitude, config);
    Ok(attitude)
}

fn answers(standings: &Standings, question: &str) -> usize {
    let places = standings.answers_to(question).unwrap_or_default();
    places.iter().filter(|place| !place.is_nan()).count()
}

/// Weights and reliability from a path model of causes, satisfaction and willingness; equal weights when there is none.
fn weigh(
    attitude: &mut Attitude,
    frame: &LoyaltyFrame,
    (satisfied, causes): (&[&'static str], &[&'static str]),
    (config, seed): (&LoyaltyConfig, u64),
) {
    let items: Vec<&'static str> = attitude.made_of.iter().map(|(item, _)| *item).collect();
    if items.len() < 2 {
        attitude
            .cautions
            .push(Caution::new("loyalty.single_question"));
        return;
    }
    let mut columns: Vec<Vec<f64>> = Vec::new();
    let mut blocks: Vec<Block> = Vec::new();
    let mut add = |name: &str, questions: &[&str]| {
        let from = columns.len();
        columns.extend(questions.iter().map(|q| places(&frame.now, q).to_vec()));
        blocks.push(Block {
            name: name.to_owned(),
            indicators: (from..columns.len()).collect(),
            mode: Mode::A,
        });
    };
    let other = !satisfied.iter().any(|question| items.contains(question)) && !satisfied.is_empty();
    for cause in causes {
        add(cause, &[cause]);
    }
    if other {
        add("satisfaction", satisfied);
    }
    add("willing", &items);
    let last = blocks.len() - 1;
    let to = if other { last - 1 } else { last };
    let mut paths: Vec<(usize, usize)> = (0..causes.len()).map(|cause| (cause, to)).collect();
    if other {
        paths.push((last - 1, last));
    }
    let plan = PathPlan { blocks, paths };
    let settings = PlsConfig {
        scheme: Scheme::Path,
        consistent: false,
        bootstrap: config.bootstrap,
        seed,
        level: config.level,
    };
    match pls::fit(&columns, &[], &plan, &settings) {
        Ok(fit) => {
            let weights = fit.raw_weights(&plan, last);
            if weights.iter().all(|weight| *weight > 0.0) {
                attitude.made_of = items.iter().copied().zip(weights).collect();
                attitude.latent = true;
            }
            let quality = &fit.quality[last];
            let told = [quality.rho_a, quality.alpha];
            let told = told
                .into_iter()
                .find(|r| r.is_finite() && *r > 0.0 && *r < 1.0);
            attitude.reliability = told.unwrap_or(config.single_reliability);
            let path = fit.paths.iter().find(|path| other && path.from == last - 1);
            attitude.from_satisfaction = path.map(|path| path.coefficient);
            attitude
                .cautions
                .extend(fit.cautions.iter().map(crate::doubt::told));
        }
        Err(error) => attitude
            .cautions
            .push(Caution::new("loyalty.no_path_model").with("detail", error.to_string())),
    }
}

fn places<'s>(standings: &'s Standings, question: &str) -> &'s [f64] {
    standings.answers_to(question).unwrap_or_default()
}

/// The index of those who answered, and what it may truly be for everyone.
///
/// Answers are true attitude plus error; the attitude follows behavior up to a spread of its own. Those who answered
/// are drawn toward what their behavior foretells by the reliability of the answer, the others stand there.
fn judge(standings: &Standings, attitude: &Attitude, config: &LoyaltyConfig) -> Judged {
    let rows = standings.len();
    let index: Vec<f64> = (0..rows)
        .map(|row| index_of(standings, attitude, row))
        .collect();
    let known: Vec<usize> = (0..rows).filter(|&row| !index[row].is_nan()).collect();
    let values: Vec<f64> = known.iter().map(|&row| index[row]).collect();
    if known.is_empty() {
        return Judged {
            mean: vec![f64::NAN; rows],
            deviation: vec![1.0; rows],
            index,
            ..Judged::default()
        };
    }
    let sd = spread(&values);
    let columns = behavior(standings);
    let expected = match linear(&values, &columns.of_rows(&known), config.level) {
        Ok((fit, used)) => {
            let column = |name: &String| columns.names.iter().position(|known| known == name);
            let places: Vec<usize> = used.names.iter().filter_map(column).collect();
            let at = |row: usize| {
                places
                    .iter()
                    .map(|&c| columns.columns[c][row])
                    .collect::<Vec<_>>()
            };
            (0..rows)
                .map(|row| fit.coefficients.linear_predictor(&at(row)))
                .collect()
        }
        Err(_) => vec![values.iter().sum::<f64>() / values.len() as f64; rows],
    };
    let residuals: Vec<f64> = known
        .iter()
        .map(|&row| index[row] - expected[row])
        .collect();
    let left = spread(&residuals).powi(2);
    let error = (1.0 - attitude.reliability.max(LEAST_RELIABILITY)) * sd * sd;
    let own = (left - error).max(0.05 * sd * sd).max(1e-9);
    let pull = own / (own + error);
    let mut judged = Judged {
        answered: known.len(),
        spread: sd,
        mean_error: sd / (known.len() as f64).sqrt(),
        mean: expected,
        deviation: vec![own.sqrt(); rows],
        index,
    };
    for &row in &known {
        judged.mean[row] += pull * (judged.index[row] - judged.mean[row]);
        judged.deviation[row] = (own * (1.0 - pull)).sqrt().max(1e-6);
    }
    judged
}

fn index_of(standings: &Standings, attitude: &Attitude, row: usize) -> f64 {
    let (mut sum, mut weights) = (0.0, 0.0);
    for (question, weight) in &attitude.made_of {
        let place = places(standings, question)[row];
        if !place.is_nan() {
            sum += weight * place;
            weights += weight;
        }
    }
    if weights > 0.0 {
        sum / weights
    } else {
        f64::NAN
    }
}

/// What customers do, as columns.
pub fn behavior(standings: &Standings) -> Columns {
    let rows = 0..standings.len();
    let of = |value: &dyn Fn(usize) -> f64| rows.clone().map(value).collect::<Vec<f64>>();
    let silent = |row: usize| (standings.last_days_ago[row] / 30.0).ln_1p();
    Columns::default()
        .with(
            "purchases",
            of(&|row| standings.purchases_year[row].ln_1p()),
        )
        .with(
            "earlier",
            of(&|row| standings.purchases_before[row].ln_1p()),
        )
        .with("silence", of(&|row| told_or_zero(silent(row))))
        .with(
            "buyer",
            of(&|row| f64::from(standings.purchases[row] > 0.0)),
        )
        .with("contract", of(&|row| f64::from(standings.contract[row])))
        .with("renewed", of(&|row| f64::from(standings.renewed[row])))
        .with(
            "renewal_due",
            of(&|row| f64::from(standings.renewal_due[row])),
        )
        .with("company", of(&|row| f64::from(standings.company[row])))
        .with(
            "tenure",
            of(&|row| (standings.tenure_days[row] / 365.25).ln_1p()),
        )
}

#[cfg(test)]
mod tests {
    use super::*;
    use odla_domain::frames::loyalty::QUESTIONS;

    #[test]
    fn every_question_that_is_read_is_a_column_of_the_frame() {
        let named = WILLING.iter().chain(&SATISFIED).chain(&CAUSES);
        assert!(
            named
                .into_iter()
                .all(|question| QUESTIONS.contains(question))
        );
    }
}

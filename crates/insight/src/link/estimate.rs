//! How strong is the link, for customers, for units, by class, before the answer and without being asked?

use super::LinkConfig;
use super::fit::{ATTITUDE, Design, before, earlier, mean_and_spread, pick, retained, worth};
use crate::InsightError;
use odla_domain::frames::link::LinkFrame;
use odla_domain::{Caution, Grade, Money};
use odla_stats::regression::logistic::{self, Change};
use odla_stats::regression::{Errors, FitConfig, mixed, within_between};
use odla_stats::survey::nps::proportion;
use odla_stats::survey::weights::{effective_size, response_weights};
use odla_stats::{Estimate, Interval, StatsError};

/// An estimate, or why there is none.
pub type Told = Result<Estimate, Caution>;

/// The same link told in several ways, per standard deviation of the attitude.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Share of customers retained.
    pub stay: Told,
    /// Money per customer and year.
    pub worth: Told,
}

/// How units compare, apart from customers within them.
#[derive(Clone, Debug)]
pub struct Groups {
    pub units: usize,
    pub customers: usize,
    /// How well the units' means are known: 1 is exactly.
    pub reliability: f64,
    pub between: Pair,
    pub within: Pair,
}

/// Customers by what they answered.
#[derive(Clone, Debug)]
pub struct Class {
    pub word: &'static str,
    pub customers: usize,
    /// Share of the weighted customers.
    pub share: f64,
    pub retained: Option<Estimate>,
    /// Adds up over the classes to the whole, exactly.
    pub contribution: Money,
    pub worth: Option<Estimate>,
    /// Retention against the satisfied, behavior before held still.
    pub difference: Option<Estimate>,
}

/// Does the answer also "tell" the year before it?
#[derive(Clone, Debug)]
pub struct Placebo {
    pub worth: Told,
    /// An earlier answer of the same customer was held still.
    pub earlier_answer_held: bool,
    pub customers: usize,
    pub verdict: PlaceboVerdict,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceboVerdict {
    Passed,
    Failed,
    CannotTell,
}

impl PlaceboVerdict {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "placebo_passed",
            Self::Failed => "placebo_failed",
            Self::CannotTell => "cannot_tell",
        }
    }
}

/// What being asked does, by comparison with those who never are.
#[derive(Clone, Debug)]
pub struct Asking {
    pub effect: Told,
    pub never_asked: usize,
    pub asked: usize,
    /// The two groups were alike before, as a drawn group is.
    pub alike: bool,
}

/// How answers were made to stand for those who did not answer.
#[derive(Clone, Debug)]
pub struct Response {
    pub asked: usize,
    pub answered: usize,
    pub rate: Option<Estimate>,
    /// Weight of each answering customer, mean 1.
    pub weights: Vec<f64>,
    pub effective: f64,
    pub cautions: Vec<Caution>,
}

/// All that was found.
#[derive(Clone, Debug)]
pub struct Findings {
    pub customers: usize,
    /// Answered, but were not customers on the day.
    pub not_customers: usize,
    pub mean: f64,
    pub spread: f64,
    pub retention: f64,
    pub raw: Pair,
    pub adjusted: Pair,
    pub unweighted: Pair,
    /// Adjusted, by a logistic fit: the average marginal effect.
    pub logistic: Told,
    pub groups: Result<Groups, Caution>,
    pub classes: Vec<Class>,
    /// What the step down costs beyond what the step up gives.
    pub asymmetry: Option<Estimate>,
    pub placebo: Option<Placebo>,
    pub asking: Option<Asking>,
    pub response: Response,
    /// How many times likelier a hidden cause must make both to explain the link away.
    pub hidden_cause: Option<(f64, f64)>,
    pub grade: Grade,
}

pub fn find(frame: &LinkFrame, config: &LinkConfig) -> Result<Findings, InsightError> {
    let answered: Vec<usize> = (0..frame.rows())
        .filter(|&row| frame.attitude[row].is_finite())
        .collect();
    let rows: Vec<usize> = answered
        .iter()
        .copied()
        .filter(|&row| frame.active[row])
        .collect();
    if rows.len() < config.fewest_answers {
        return Err(InsightError::TooLittleData(
            Caution::new("link.too_few_answers")
                .with("needed", config.fewest_answers)
                .with("got", rows.len())
                .with("measure", frame.source.measure.key.as_str()),
        ));
    }
    let response = weigh(frame, &rows, config)?;
    let attitude = pick(&rows, |row| frame.attitude[row]);
    let (mean, spread) = mean_and_spread(&attitude, &response.weights);
    if spread.is_nan() || spread <= 0.0 {
        return Err(InsightError::TooLittleData(
            Caution::new("link.all_alike").with("measure", frame.source.measure.key.as_str()),
        ));
    }
    let scene = Scene {
        frame,
        config,
        standardized: attitude
            .iter()
            .map(|value| (value - mean) / spread)
            .collect(),
        weights: response.weights.clone(),
        rows,
    };
    Ok(scene.describe(response, answered.len(), (mean, spread)))
}

/// The customers who answered, ready for every comparison.
struct Scene<'f> {
    frame: &'f LinkFrame,
    config: &'f LinkConfig,
    rows: Vec<usize>,
    standardized: Vec<f64>,
    weights: Vec<f64>,
}

impl Scene<'_> {
    fn describe(
        &self,
        response: Response,
        answered: usize,
        (mean, spread): (f64, f64),
    ) -> Findings {
        let held = before(self.frame, &self.rows);
        let equal = vec![1.0; self.rows.len()];
        let adjusted = self.pair(&held, &self.weights);
        let (classes, asymmetry) = self.classes(&held);
        let placebo = self.placebo(adjusted.worth.as_ref().ok());
        let failed = placebo
            .as_ref()
            .is_some_and(|placebo| placebo.verdict == PlaceboVerdict::Failed);
        let (retention, _) = mean_and_spread(&retained(self.frame, &self.rows), &self.weights);
        Findings {
            customers: self.rows.len(),
            not_customers: answered - self.rows.len(),
            mean,
            spread,
            retention,
            raw: self.pair(&[], &self.weights),
            unweighted: self.pair(&held, &equal),
            logistic: self.logistic(&held),
            hidden_cause: adjusted
                .stay
                .as_ref()
                .ok()
                .map(|stay| strength_of_hidden_cause(stay, retention)),
            adjusted,
            groups: self.groups(),
            classes,
            asymmetry,
            placebo,
            asking: self.asking(),
            response,
            // Held-still behavior makes it an adjusted association, unless the placebo shows that this is not enough.
            grade: if self.frame.source.history_months >= 12 && !failed {
                Grade::C
            } else {
                Grade::D
            },
        }
    }

    /// Retention can be judged only when enough stay and enough go.
    fn prove_events(&self) -> Result<(), Caution> {
        let stayed = self
            .rows
            .iter()
            .filter(|&&row| self.frame.behavior.retained[row])
            .count();
        let gone = self.rows.len() - stayed;
        if stayed < self.config.fewest_events {
            return Err(Caution::new("link.too_few_repeats")
                .with("stayed", stayed)
                .with("of", self.rows.len())
                .with("needed", self.config.fewest_events));
        }
        if gone < self.config.fewest_events {
            return Err(Caution::new("link.too_few_gone")
                .with("gone", gone)
                .with("of", self.rows.len())
                .with("needed", self.config.fewest_events));
        }
        Ok(())
    }

    /// Money can be judged only when enough customers brought any.
    fn prove_money(&self) -> Result<(), Caution> {
        let brought = |&&row: &&usize| !self.frame.behavior.contribution_after[row].is_zero();
        let got = self.rows.iter().filter(brought).count();
        if got < self.config.fewest_events {
            return Err(Caution::new("link.too_few_repeats")
                .with("stayed", got)
                .with("of", self.rows.len())
                .with("needed", self.config.fewest_events));
        }
        Ok(())
    }

    fn design(&self, outcome: Vec<f64>, held: &[(&str, Vec<f64>)], weights: &[f64]) -> Design {
        Design::of(outcome, weights)
            .with(ATTITUDE, self.standardized.clone())
            .with_all(held)
    }

    fn pair(&self, held: &[(&str, Vec<f64>)], weights: &[f64]) -> Pair {
        let slope = |outcome| {
            self.design(outcome, held, weights)
                .slope(ATTITUDE, self.config.level)
                .map_err(|error| untold(&error))
        };
        Pair {
            stay: self
                .prove_events()
                .and_then(|()| slope(retained(self.frame, &self.rows))),
            worth: self
                .prove_money()
                .and_then(|()| slope(worth(self.frame, &self.rows))),
        }
    }

    /// The average marginal effect of one standard deviation, by a logistic fit.
    fn logistic(&self, held: &[(&str, Vec<f64>)]) -> Told {
        self.prove_events()?;
        let design = self.design(retained(self.frame, &self.rows), held, &self.weights);
        let sample = design.sample(None);
        let config = FitConfig {
            errors: Errors::Hc1,
            level: self.config.level,
        };
        logistic::fit(&sample, &config)
            .and_then(|fit| {
                logistic::average_effect(
                    &fit,
                    &sample,
                    (ATTITUDE, Change::Slope),
                    self.config.level,
                )
            })
            .map_err(|error| untold(&error))
    }

    /// Units with enough answers, compared by their means; what a store is like is not what a change does.
    fn groups(&self) -> Result<Groups, Caution> {
        let frame = self.frame;
        let mut sizes = vec![0; frame.units.len()];
        for unit in self.rows.iter().filter_map(|&row| frame.unit[row]) {
            sizes[unit] += 1;
        }
        let large =
            |row: usize| frame.unit[row].filter(|&unit| sizes[unit] >= self.config.fewest_per_unit);
        let places: Vec<usize> = (0..self.rows.len())
            .filter(|&place| large(self.rows[place]).is_some())
            .collect();
        let units = sizes
            .iter()
            .filter(|size| **size >= self.config.fewest_per_unit)
            .count();
        if units < self.config.fewest_units {
            return Err(Caution::new("link.too_few_units")
                .with("got", units)
                .with("needed", self.config.fewest_units)
                .with("answers", self.config.fewest_per_unit));
        }
        self.prove_events()?;
        let rows: Vec<usize> = places.iter().map(|&place| self.rows[place]).collect();
        let clusters: Vec<usize> = rows.iter().filter_map(|&row| large(row)).collect();
        let standardized = pick(&places, |place| self.standardized[place]);
        let reliability = mixed::icc(&standardized, &clusters)
            .map_err(|error| untold(&error))?
            .icc2;
        let weights = pick(&places, |place| self.weights[place]);
        let split = |outcome| {
            let design = Design::of(outcome, &weights).with(ATTITUDE, standardized.clone());
            compare_units(&design, &clusters, reliability, self.config.level)
        };
        let (between_stay, within_stay) = split(retained(frame, &rows));
        let (between_worth, within_worth) = split(worth(frame, &rows));
        Ok(Groups {
            units,
            customers: rows.len(),
            reliability,
            between: Pair {
                stay: between_stay,
                worth: between_worth,
            },
            within: Pair {
                stay: within_stay,
                worth: within_worth,
            },
        })
    }

    fn class_of(&self, row: usize) -> Option<&'static str> {
        let (low, high) = self.frame.source.measure.scale?;
        let place = (self.frame.attitude[row] - low) / (high - low);
        let (satisfied, delighted) = match self.frame.source.measure.key.as_str() {
            "epsi" => (
                self.config.index_satisfied_from,
                self.config.index_delighted_from,
            ),
            _ => (self.config.satisfied_from, self.config.delighted_from),
        };
        Some(match place {
            place if place < satisfied => DISSATISFIED,
            place if place < delighted => SATISFIED,
            _ => DELIGHTED,
        })
    }

    /// Behavior and money by class; empty when the scale is not known.
    fn classes(&self, held: &[(&str, Vec<f64>)]) -> (Vec<Class>, Option<Estimate>) {
        let words: Option<Vec<&str>> = self.rows.iter().map(|&row| self.class_of(row)).collect();
        let Some(words) = words else {
            return (Vec::new(), None);
        };
        let member =
            |word: &str| -> Vec<f64> { words.iter().map(|own| f64::from(*own == word)).collect() };
        let steps = self.prove_events().ok().and_then(|()| {
            Design::of(retained(self.frame, &self.rows), &self.weights)
                .with(DISSATISFIED, member(DISSATISFIED))
                .with(DELIGHTED, member(DELIGHTED))
                .with_all(held)
                .fit(self.config.level)
                .ok()
        });
        let step = |word: &str| Some(steps.as_ref()?.coefficients.of(word)?.estimate);
        let classes = [DISSATISFIED, SATISFIED, DELIGHTED].map(|word| Class {
            difference: step(word),
            ..self.class(word, &words)
        });
        // Down minus up: how much more dissatisfaction costs than delight gives.
        let asymmetry = steps.as_ref().and_then(|fit| {
            let weight = |name: &str| f64::from([DISSATISFIED, DELIGHTED].contains(&name));
            let weights: Vec<f64> = fit
                .coefficients
                .table
                .iter()
                .map(|row| -weight(&row.name))
                .collect();
            let both = weights.iter().filter(|weight| **weight != 0.0).count() == 2;
            both.then(|| fit.coefficients.combination(&weights, self.config.level))
        });
        (classes.into_iter().collect(), asymmetry)
    }

    fn class(&self, word: &'static str, words: &[&str]) -> Class {
        let places: Vec<usize> = (0..words.len())
            .filter(|&place| words[place] == word)
            .collect();
        let rows: Vec<usize> = places.iter().map(|&place| self.rows[place]).collect();
        let weights = pick(&places, |place| self.weights[place]);
        let mean = |outcome: Vec<f64>| {
            let fit = Design::of(outcome, &weights).fit(self.config.level).ok()?;
            Some(fit.coefficients.table[0].estimate)
        };
        let stayed = mean_and_spread(&retained(self.frame, &rows), &weights).0;
        let effective = effective_size(&weights);
        Class {
            word,
            customers: rows.len(),
            share: weights.iter().sum::<f64>() / self.weights.iter().sum::<f64>(),
            retained: proportion(stayed * effective, effective, self.config.level)
                .ok()
                .filter(|_| rows.len() > 1),
            contribution: rows
                .iter()
                .map(|&row| self.frame.behavior.contribution_after[row])
                .sum(),
            worth: mean(worth(self.frame, &rows)),
            difference: None,
        }
    }

    /// The year before the answer, regressed on the answer: where nothing but the attitude's own persistence is left.
    fn placebo(&self, link: Option<&Estimate>) -> Option<Placebo> {
        if self.frame.source.history_months < 24 {
            return None;
        }
        let known: Vec<usize> = (0..self.rows.len())
            .filter(|&place| self.frame.earlier_attitude[self.rows[place]].is_finite())
            .collect();
        let earlier_answer_held = known.len() >= self.config.fewest_answers;
        let places = if earlier_answer_held {
            known
        } else {
            (0..self.rows.len()).collect()
        };
        let rows: Vec<usize> = places.iter().map(|&place| self.rows[place]).collect();
        let weights = pick(&places, |place| self.weights[place]);
        let mut design = Design::of(
            pick(&rows, |row| self.frame.behavior.contribution_before[row]),
            &weights,
        )
        .with(ATTITUDE, pick(&places, |place| self.standardized[place]))
        .with_all(&earlier(self.frame, &rows));
        if earlier_answer_held {
            design = design.with(
                "earlier_attitude",
                pick(&rows, |row| self.frame.earlier_attitude[row]),
            );
        }
        let worth = design
            .slope(ATTITUDE, self.config.level)
            .map_err(|error| untold(&error));
        Some(Placebo {
            verdict: judge_placebo(worth.as_ref().ok(), link, self.config.small_placebo),
            worth,
            earlier_answer_held,
            customers: rows.len(),
        })
    }

    /// Those never asked against those asked, whether they answered or not.
    fn asking(&self) -> Option<Asking> {
        let frame = self.frame;
        let never = |row: usize| frame.never_asked[row];
        let asked = |row: usize| !never(row) && (frame.inclusion_probability[row] > 0.0);
        let rows: Vec<usize> = (0..frame.rows())
            .filter(|&row| frame.active[row] && (never(row) || asked(row)))
            .collect();
        let count = rows.iter().filter(|&&row| never(row)).count();
        if count < self.config.fewest_answers || rows.len() - count < self.config.fewest_answers {
            return None;
        }
        let chance = |row: usize| {
            if never(row) {
                1.0
            } else {
                frame.inclusion_probability[row]
            }
        };
        let weights = pick(&rows, |row| 1.0 / chance(row));
        let held = before(frame, &rows);
        let group = pick(&rows, |row| f64::from(!never(row)));
        let effect = Design::of(retained(frame, &rows), &weights)
            .with("asked", group.clone())
            .with_all(&held)
            .slope("asked", self.config.level)
            .map_err(|error| untold(&error));
        Some(Asking {
            effect,
            never_asked: count,
            asked: rows.len() - count,
            alike: held
                .iter()
                .all(|(_, column)| alike(column, &group, &weights)),
        })
    }
}

const DISSATISFIED: &str = "dissatisfied";
const SATISFIED: &str = "satisfied";
const DELIGHTED: &str = "delighted";

fn untold(error: &StatsError) -> Caution {
    Caution::new("statistics").with("detail", error.to_string())
}

/// Inverse chance of being asked times inverse chance of answering, given the behavior before.
fn weigh(frame: &LinkFrame, rows: &[usize], config: &LinkConfig) -> Result<Response, InsightError> {
    let equal = |asked: usize, cautions: Vec<Caution>| Response {
        asked,
        answered: rows.len(),
        rate: None,
        weights: vec![1.0; rows.len()],
        effective: rows.len() as f64,
        cautions,
    };
    if !frame.source.asked_known {
        return Ok(equal(0, vec![Caution::new("link.no_asked")]));
    }
    let asked: Vec<usize> = (0..frame.rows())
        .filter(|&row| frame.active[row] && !frame.never_asked[row])
        .collect();
    let responded: Vec<bool> = asked
        .iter()
        .map(|&row| frame.attitude[row].is_finite())
        .collect();
    if responded.iter().all(|answered| *answered) {
        return Ok(equal(
            asked.len(),
            vec![Caution::new("link.only_answers_known")],
        ));
    }
    let known = Design::default()
        .with_all(&before(frame, &asked))
        .with_all(&recency(frame, &asked));
    let fitted = response_weights(
        &responded,
        &known.columns,
        &known.names,
        config.smallest_chance,
    );
    let (mut weights, mut cautions) = match fitted {
        Ok(fitted) => {
            let answered = responded
                .iter()
                .zip(fitted.weights)
                .filter(|(answered, _)| **answered);
            let weights: Vec<f64> = answered.map(|(_, weight)| weight).collect();
            (
                weights,
                fitted.cautions.iter().map(crate::doubt::told).collect(),
            )
        }
        Err(error) => (vec![1.0; rows.len()], vec![untold(&error)]),
    };
    let chance = |row: usize| frame.inclusion_probability[row];
    if rows.iter().all(|&row| chance(row) > 0.0) {
        weights
            .iter_mut()
            .zip(rows)
            .for_each(|(weight, &row)| *weight /= chance(row));
    } else {
        cautions.push(Caution::new("link.inclusion_unknown"));
    }
    let mean = weights.iter().sum::<f64>() / weights.len() as f64;
    weights.iter_mut().for_each(|weight| *weight /= mean);
    Ok(Response {
        asked: asked.len(),
        answered: rows.len(),
        rate: proportion(rows.len() as f64, asked.len() as f64, config.level).ok(),
        effective: effective_size(&weights),
        weights,
        cautions,
    })
}

fn recency(frame: &LinkFrame, rows: &[usize]) -> [(&'static str, Vec<f64>); 2] {
    let years = |row: usize| frame.recency_years[row];
    [
        (
            "recency",
            pick(rows, |row| {
                if years(row).is_nan() {
                    0.0
                } else {
                    years(row).min(3.0)
                }
            }),
        ),
        (
            "never_bought",
            pick(rows, |row| f64::from(years(row).is_nan())),
        ),
    ]
}

/// Between and within effects; the between effect is freed from the noise of the units' means.
fn compare_units(
    design: &Design,
    clusters: &[usize],
    reliability: f64,
    level: f64,
) -> (Told, Told) {
    let config = FitConfig {
        errors: Errors::Cr2,
        level,
    };
    let fit = within_between::fit(
        &design.sample(Some(clusters)),
        &[ATTITUDE.to_owned()],
        &config,
    );
    let effect = match fit {
        Ok(fit) => fit.effects.into_iter().next(),
        Err(error) => return (Err(untold(&error)), Err(untold(&error))),
    };
    let Some(effect) = effect else {
        let error = StatsError::NotIdentified {
            parameter: ATTITUDE.to_owned(),
        };
        return (Err(untold(&error)), Err(untold(&error)));
    };
    (
        freed_from_noise(effect.between, effect.within, reliability),
        Ok(effect.within),
    )
}

/// A unit's mean of few answers is partly chance, which pulls the between slope toward the within slope by the
/// share 1 - reliability (Lüdtke et al. 2008): `(between - (1 - r) within) / r`.
fn freed_from_noise(between: Estimate, within: Estimate, reliability: f64) -> Told {
    if reliability < 0.3 {
        return Err(Caution::new("link.units_alike").with("reliability", reliability.max(0.0)));
    }
    let free = |value: f64| (value - (1.0 - reliability) * within.value) / reliability;
    Ok(Estimate {
        value: free(between.value),
        standard_error: between.standard_error / reliability,
        interval: Interval {
            lower: free(between.interval.lower),
            upper: free(between.interval.upper),
            level: between.interval.level,
        },
    })
}

/// Passed: surely small, or not there and surely smaller than the link. Failed: surely there, and not small.
fn judge_placebo(
    placebo: Option<&Estimate>,
    link: Option<&Estimate>,
    small: f64,
) -> PlaceboVerdict {
    let (Some(placebo), Some(link)) = (placebo, link) else {
        return PlaceboVerdict::CannotTell;
    };
    let (interval, whole) = (placebo.interval, link.value.abs());
    let within = |limit: f64| interval.lower > -limit && interval.upper < limit;
    match interval.contains(0.0) {
        _ if within(small * whole) => PlaceboVerdict::Passed,
        true if within(whole) => PlaceboVerdict::Passed,
        false if placebo.value.abs() >= small * whole => PlaceboVerdict::Failed,
        _ => PlaceboVerdict::CannotTell,
    }
}

/// Two groups differ by less than a tenth of a standard deviation, or by no more than two drawn groups of their
/// sizes would (2.6 standard errors: five columns are looked at).
fn alike(column: &[f64], group: &[f64], weights: &[f64]) -> bool {
    let side = |own: f64| -> (f64, f64, f64) {
        let pairs = weights.iter().zip(group);
        let share: Vec<f64> = pairs
            .map(|(w, g)| if *g == own { *w } else { 0.0 })
            .collect();
        let (mean, spread) = mean_and_spread(column, &share);
        (mean, spread, effective_size(&share))
    };
    let ((one, spread, n_one), (other, _, n_other)) = (side(1.0), side(0.0));
    let by_chance = 2.6 * (1.0 / n_one + 1.0 / n_other).sqrt();
    (one - other).abs() <= by_chance.max(0.1) * spread
}

/// E-value of the risk ratio between half a standard deviation above and below (VanderWeele & Ding 2017), and that
/// of the interval's limit nearest to no effect.
fn strength_of_hidden_cause(stay: &Estimate, retention: f64) -> (f64, f64) {
    let ratio = |difference: f64| {
        let low = (retention - difference.abs() / 2.0).max(1e-9);
        (retention + difference.abs() / 2.0) / low
    };
    let strength = |ratio: f64| ratio + (ratio * (ratio - 1.0)).sqrt();
    let nearest = match stay.interval.contains(0.0) {
        true => 0.0,
        false => stay.interval.lower.abs().min(stay.interval.upper.abs()),
    };
    (strength(ratio(stay.value)), strength(ratio(nearest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hidden_cause_must_be_as_strong_as_published() {
        let strength = |ratio: f64| ratio + (ratio * (ratio - 1.0_f64)).sqrt();
        assert!((strength(3.9) - 7.263).abs() < 1e-3 && (strength(2.4) - 4.233).abs() < 1e-3);
        // Retention .5 with a difference that makes the ratio 3.9: (.5 + d/2)/(.5 - d/2) = 3.9.
        let difference = 2.9 / 4.9;
        let (value, limit) = strength_of_hidden_cause(&Estimate::normal(difference, 1.0, 0.9), 0.5);
        assert!((value - 7.263).abs() < 1e-3 && limit == 1.0);
    }

    #[test]
    fn noise_in_the_units_means_is_taken_away() {
        // With reliability .5 a true between slope of 3 and a within slope of 1 show as 2.
        let between = freed_from_noise(
            Estimate::normal(2.0, 0.1, 0.9),
            Estimate::normal(1.0, 0.1, 0.9),
            0.5,
        );
        assert!((between.expect("reliable enough").value - 3.0).abs() < 1e-12);
    }

    #[test]
    fn a_placebo_as_large_as_the_link_fails_and_a_wide_one_cannot_tell() {
        let link = Estimate::normal(100.0, 10.0, 0.9);
        let judged = |value, error| {
            judge_placebo(Some(&Estimate::normal(value, error, 0.9)), Some(&link), 0.5)
        };
        assert_eq!(judged(90.0, 10.0), PlaceboVerdict::Failed);
        assert_eq!(judged(5.0, 10.0), PlaceboVerdict::Passed);
        assert_eq!(judged(90.0, 80.0), PlaceboVerdict::CannotTell);
    }
}

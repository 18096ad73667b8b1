//! What are the free buyers worth, who have no contract and leave without saying so?

use super::ValueConfig;
use super::margin::{self, Margin};
use super::sum::Sum;
use crate::InsightError;
use odla_domain::Caution;
use odla_domain::frames::purchases::{Purchases, PurchasesFrame};
use odla_stats::btyd::choose::fit_kind;
use odla_stats::btyd::gamma_gamma::{self, GammaGamma, SpendHistory};
use odla_stats::btyd::totals::PurchaseFit;
use odla_stats::btyd::value::value_intervals;
use odla_stats::btyd::{
    Fit, History, HoldoutScore, Outlook, PurchaseKind, SpendModel, TotalRequest, choose_by_holdout,
    simulate_total,
};
use odla_stats::estimate::normal_quantile_for_level;

/// Mean length of a year in weeks.
const WEEKS: f64 = 365.25 / 7.0;

/// Everyone who buys without contract, valued at two dates.
pub struct Free {
    pub kind: PurchaseKind,
    /// How each distribution forecast the holdout, the best first.
    pub scores: Vec<HoldoutScore>,
    pub closing: Valuation,
    /// As it would have been valued a year ago, when enough had been seen by then.
    pub opening: Option<Valuation>,
    pub cautions: Vec<Caution>,
}

/// Values as of one date, one per row of the frame; customers who had not bought by then have 0.
pub struct Valuation {
    pub margin: Margin,
    /// Number and value of purchases correlate by so much.
    pub correlation: f64,
    pub customers: usize,
    pub p_alive: Vec<f64>,
    pub purchases_12m: Vec<f64>,
    /// Discounted years of buying ahead.
    pub years: Vec<f64>,
    pub value: Vec<f64>,
    pub lower: Vec<f64>,
    pub upper: Vec<f64>,
    /// How far the total moves, as a share of it, when another distribution with dropout is believed.
    between: f64,
    fit: PurchaseFit,
    spend_fit: Option<Fit<GammaGamma>>,
    /// Rows of the frame that had bought by the date.
    rows: Vec<usize>,
    history: History,
    spend: Spend,
}

/// Purchases and their mean value per row of the history; a customer without positive spend counts as unknown (0, 0).
struct Spend {
    purchases: Vec<f64>,
    mean_value: Vec<f64>,
    /// Pooled mean, for when no distribution of spend can be fitted.
    pooled: Vec<f64>,
    /// Margin share per row.
    share: Vec<f64>,
}

/// Which distribution forecasts best, and what all are worth by it.
///
/// # Errors
/// When there are too few buyers, or a history too short for any forecast.
pub fn assess(
    frame: &PurchasesFrame,
    config: &ValueConfig,
    seed: u64,
) -> Result<Free, InsightError> {
    let closing_rows = rows(&frame.closing);
    if closing_rows.len() < FEWEST_BUYERS {
        return Err(InsightError::TooLittleData(
            Caution::new("value.few_buyers")
                .with("needed", FEWEST_BUYERS)
                .with("got", closing_rows.len()),
        ));
    }
    let (kind, scores, mut cautions) = choose(frame, config)?;
    let (closing, doubts) = value(frame, (&frame.closing, 0.0), (kind, config, seed))?;
    cautions.extend(doubts);
    let back = days_between(frame.opening, frame.as_of);
    let weeks_before = frame
        .span
        .map_or(0.0, |(first, _)| days_between(first, frame.opening) / 7.0);
    let opening = (weeks_before >= config.fewest_weeks)
        .then(|| {
            value(
                frame,
                (&frame.before_opening, back),
                (kind, config, seed ^ 0x0b),
            )
        })
        .and_then(Result::ok)
        .map(|(opening, _)| opening);
    Ok(Free {
        kind,
        scores,
        closing,
        opening,
        cautions,
    })
}

const FEWEST_BUYERS: usize = 30;

impl Valuation {
    /// The expected sum over the chosen rows of the frame, with what is unknown: parameters, each one's own state, and
    /// the margin share.
    pub fn sum(&self, chosen: impl Fn(usize) -> bool, config: &ValueConfig, seed: u64) -> Sum {
        let picked: Vec<usize> = (0..self.rows.len())
            .filter(|&at| chosen(self.rows[at]))
            .collect();
        let expected: f64 = picked.iter().map(|&at| self.value[self.rows[at]]).sum();
        let Some((below, above)) = self.relative_doubt(&picked, config, seed) else {
            return Sum::new(expected, (expected, expected));
        };
        let share = normal_quantile_for_level(config.level) * self.margin.standard_error
            / self.margin.overall.abs();
        let share = share.hypot(normal_quantile_for_level(config.level) * self.between);
        let size = expected.abs();
        Sum {
            value: expected,
            below: size * below.hypot(share),
            above: size * above.hypot(share),
        }
    }

    /// Distances to the ends of the interval as shares of the sum, before the margin share is put on.
    fn relative_doubt(
        &self,
        picked: &[usize],
        config: &ValueConfig,
        seed: u64,
    ) -> Option<(f64, f64)> {
        if picked.is_empty() {
            return None;
        }
        let history = self.part(picked)?;
        let take = |column: &[f64]| picked.iter().map(|&at| column[at]).collect::<Vec<_>>();
        let spend = Spend {
            purchases: take(&self.spend.purchases),
            mean_value: take(&self.spend.mean_value),
            pooled: take(&self.spend.pooled),
            share: take(&self.spend.share),
        };
        let request = TotalRequest {
            outlook: outlook(config),
            draws: config.draws,
            most_customers: config.drawn_customers,
            seed,
        };
        let draws = simulate_total(
            &history,
            &self.fit,
            &spend.model(self.spend_fit.as_ref()),
            &request,
        )
        .ok()?;
        let interval = draws.conditional_interval(config.level);
        let size = draws.expected;
        (size > 0.0).then(|| {
            let (below, above) = (size - interval.lower, interval.upper - size);
            (below.max(0.0) / size, above.max(0.0) / size)
        })
    }

    fn part(&self, picked: &[usize]) -> Option<History> {
        let rows: Vec<_> = picked.iter().map(|&at| self.history.row(at)).collect();
        let column = |of: &dyn Fn(usize) -> f64| (0..rows.len()).map(of).collect::<Vec<_>>();
        History::new(
            &column(&|at| f64::from(rows[at].frequency)),
            &column(&|at| rows[at].recency),
            &column(&|at| rows[at].observed),
        )
        .ok()
    }
}

impl Spend {
    fn model<'s>(&'s self, fit: Option<&'s Fit<GammaGamma>>) -> SpendModel<'s> {
        match fit {
            None => SpendModel::PerCustomer(&self.pooled),
            Some(fit) => SpendModel::GammaGamma {
                fit,
                purchases: &self.purchases,
                mean_value: &self.mean_value,
                share: 1.0,
            },
        }
    }
}

pub fn days_between(from: jiff::civil::Date, to: jiff::civil::Date) -> f64 {
    from.until((jiff::Unit::Day, to))
        .map_or(0.0, |span| f64::from(span.get_days()))
}

fn outlook(config: &ValueConfig) -> Outlook {
    Outlook {
        horizon: f64::from(config.horizon_months) / 12.0 * WEEKS,
        discount: (1.0 + config.discount_yearly).ln() / WEEKS,
    }
}

fn rows(at: &Purchases) -> Vec<usize> {
    (0..at.purchases.len())
        .filter(|&row| at.purchases[row] > 0.0)
        .collect()
}

/// Histories in weeks of the given rows, as known `back` days before the frame's date.
fn history(
    frame: &PurchasesFrame,
    (at, back): (&Purchases, f64),
    rows: &[usize],
) -> Result<History, InsightError> {
    let column = |of: &dyn Fn(usize) -> f64| rows.iter().map(|&row| of(row)).collect::<Vec<_>>();
    Ok(History::new(
        &column(&|row| at.purchases[row] - 1.0),
        &column(&|row| (frame.first_days_ago[row] - at.last_days_ago[row]) / 7.0),
        &column(&|row| (frame.first_days_ago[row] - back) / 7.0),
    )?)
}

/// Every n-th row when there are more than the limit; rows are sorted by customer, which says nothing of buying.
fn thinned(rows: &[usize], most: usize) -> Vec<usize> {
    let step = rows.len().div_ceil(most.max(1)).max(1);
    rows.iter().copied().step_by(step).collect()
}

type Chosen = (PurchaseKind, Vec<HoldoutScore>, Vec<Caution>);

fn choose(frame: &PurchasesFrame, config: &ValueConfig) -> Result<Chosen, InsightError> {
    let back = days_between(frame.cut, frame.as_of);
    let known = thinned(&rows(&frame.before_cut), config.fitted_customers);
    let mut cautions = Vec::new();
    let all = rows(&frame.closing).len();
    if all > config.fitted_customers {
        let used = thinned(&rows(&frame.closing), config.fitted_customers).len();
        cautions.push(
            Caution::new("value.fitted_to_a_sample")
                .with("used", used)
                .with("of", all),
        );
    }
    let chosen = history(frame, (&frame.before_cut, back), &known).and_then(|calibration| {
        let made = |&row: &usize| frame.closing.purchases[row] - frame.before_cut.purchases[row];
        let holdout: Vec<f64> = known.iter().map(made).collect();
        Ok(choose_by_holdout(&calibration, &holdout, back / 7.0)?)
    });
    match chosen {
        Ok(choice) => Ok((choice.kind, choice.scores, cautions)),
        // Without a usable holdout the simplest distribution is taken, and the reader is told.
        Err(_) => {
            cautions.push(Caution::new("value.no_holdout"));
            Ok((PurchaseKind::Nbd, Vec::new(), cautions))
        }
    }
}

type At<'f> = (&'f Purchases, f64);

fn value(
    frame: &PurchasesFrame,
    (at, back): At<'_>,
    (kind, config, seed): (PurchaseKind, &ValueConfig, u64),
) -> Result<(Valuation, Vec<Caution>), InsightError> {
    let rows = rows(at);
    let whole = history(frame, (at, back), &rows)?;
    let sample = history(frame, (at, back), &thinned(&rows, config.fitted_customers))?;
    let fit = fit_kind(kind, &sample).or_else(|_| fit_kind(PurchaseKind::Nbd, &sample))?;
    let mut cautions: Vec<Caution> = fit.cautions().iter().map(crate::doubt::told).collect();
    let margin = margin::share(frame, at, config);
    let (spend, observed) = spend(frame, at, (&rows, &margin, config))?;
    let spend_fit = gamma_gamma::fit(&observed).ok();
    match &spend_fit {
        Some(fit) => cautions.extend(fit.cautions.iter().map(crate::doubt::told)),
        None => cautions.push(Caution::new("value.spend_pooled")),
    }
    // An infinite mean of spend leaves customers without purchases unvalued; the pooled mean is taken instead.
    let spend_fit = spend_fit.filter(|fit| fit.parameters.population_mean().is_some());
    let mut valuation = Valuation {
        correlation: observed.correlation(),
        margin,
        customers: rows.len(),
        p_alive: vec![0.0; frame.len()],
        purchases_12m: vec![0.0; frame.len()],
        years: vec![0.0; frame.len()],
        value: vec![0.0; frame.len()],
        lower: vec![0.0; frame.len()],
        upper: vec![0.0; frame.len()],
        between: 0.0,
        fit,
        spend_fit,
        rows,
        history: whole,
        spend,
    };
    fill(&mut valuation, config)?;
    valuation.between = disagreement(&valuation, &sample, kind, config);
    // Nobody asks for the intervals of single customers a year ago.
    if back == 0.0 {
        fill_intervals(&mut valuation, config, seed)?;
    }
    Ok((valuation, cautions))
}

/// Spend per purchase of each row, and the part of it that a distribution is fitted to.
fn spend(
    frame: &PurchasesFrame,
    at: &Purchases,
    (rows, margin, config): (&[usize], &Margin, &ValueConfig),
) -> Result<(Spend, SpendHistory), InsightError> {
    let paid = |row: usize| at.net[row] > 0.0;
    let column = |of: &dyn Fn(usize) -> f64| rows.iter().map(|&row| of(row)).collect::<Vec<_>>();
    let purchases = column(&|row| if paid(row) { at.purchases[row] } else { 0.0 });
    let mean_value = column(&|row| {
        if paid(row) {
            at.net[row] / at.purchases[row]
        } else {
            0.0
        }
    });
    let (sum, count) = rows.iter().fold((0.0, 0.0), |(sum, count), &row| {
        (sum + at.net[row], count + at.purchases[row])
    });
    // With nothing better, a customer's mean is pulled halfway to the pooled one at two purchases.
    let pooled_mean = if count > 0.0 {
        (sum / count).max(0.0)
    } else {
        0.0
    };
    let pooled =
        column(&|row| (at.net[row].max(0.0) + 2.0 * pooled_mean) / (at.purchases[row] + 2.0));
    let step = rows.len().div_ceil(config.fitted_customers.max(1)).max(1);
    let thin = |column: &[f64]| column.iter().copied().step_by(step).collect::<Vec<_>>();
    let observed = SpendHistory::new(&thin(&purchases), &thin(&mean_value))?;
    let share = column(&|row| margin.by_segment[frame.segment[row] as usize]);
    let spend = Spend {
        purchases,
        mean_value,
        pooled,
        share,
    };
    Ok((spend, observed))
}

fn fill(valuation: &mut Valuation, config: &ValueConfig) -> Result<(), InsightError> {
    let model = valuation.fit.model();
    let history = &valuation.history;
    let spend = valuation.spend.model(valuation.spend_fit.as_ref());
    let values = model.expected_value(history, &spend, outlook(config))?;
    let ahead = |horizon: f64| {
        model.expected_purchases(
            history,
            Outlook {
                horizon,
                discount: 0.0,
            },
        )
    };
    let (year, week) = (ahead(WEEKS)?, ahead(1.0)?);
    for (at, &row) in valuation.rows.iter().enumerate() {
        valuation.p_alive[row] = values[at].p_alive;
        valuation.purchases_12m[row] = year[at];
        let yearly = week[at] * WEEKS;
        valuation.years[row] = if yearly > 0.0 {
            values[at].purchases * values[at].p_alive / yearly
        } else {
            0.0
        };
        valuation.value[row] = valuation.spend.share[at] * values[at].value;
    }
    Ok(())
}

/// Which distribution of dropout is the right one is not known: the root mean square distance of the candidates'
/// totals, the chosen one's own counted, from the chosen one's, as a share of it. The horizon reaches beyond what any
/// of them has been tried on.
fn disagreement(
    valuation: &Valuation,
    sample: &History,
    chosen: PurchaseKind,
    config: &ValueConfig,
) -> f64 {
    let spend = valuation.spend.model(valuation.spend_fit.as_ref());
    let total = |fit: &PurchaseFit| {
        let values = fit
            .model()
            .expected_value(&valuation.history, &spend, outlook(config))
            .ok()?;
        Some(values.iter().map(|value| value.value).sum::<f64>())
    };
    let Some(own) = total(&valuation.fit).filter(|own| *own > 0.0) else {
        return 0.0;
    };
    let others: Vec<f64> = PurchaseKind::ALL
        .into_iter()
        .filter(|&kind| kind != chosen && kind != PurchaseKind::Nbd && chosen != PurchaseKind::Nbd)
        .filter_map(|kind| total(&fit_kind(kind, sample).ok()?))
        .map(|other| (other / own - 1.0).powi(2))
        .collect();
    if others.is_empty() {
        return 0.0;
    }
    (others.iter().sum::<f64>() / (others.len() + 1) as f64).sqrt()
}

fn fill_intervals(
    valuation: &mut Valuation,
    config: &ValueConfig,
    seed: u64,
) -> Result<(), InsightError> {
    let history = &valuation.history;
    let spend = valuation.spend.model(valuation.spend_fit.as_ref());
    let draws = (INTERVAL_DRAWS / history.len().max(1)).clamp(40, 400);
    let models = valuation.fit.draw(draws, seed);
    let intervals = value_intervals(
        &models,
        history,
        &spend,
        (outlook(config), config.level, seed),
    )?;
    for (at, &row) in valuation.rows.iter().enumerate() {
        let share = valuation.spend.share[at];
        let (one, other) = (share * intervals[at].lower, share * intervals[at].upper);
        valuation.lower[row] = one.min(other);
        valuation.upper[row] = one.max(other);
    }
    Ok(())
}

/// Draws times customers that intervals of single customers may cost: about half a microsecond each.
const INTERVAL_DRAWS: usize = 6_000_000;

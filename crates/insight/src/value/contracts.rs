//! What are the contracts in force worth along their coming renewals?

use super::ValueConfig;
use super::sum::{Sum, wilson};
use crate::InsightError;
use odla_domain::Caution;
use odla_domain::frames::renewals::{Between, Cells, RenewalsFrame, Running};
use odla_stats::StatsError;
use odla_stats::contract::{Column, HazardData, HazardFit, HazardSettings, Link, hazard};
use odla_stats::estimate::normal_quantile_for_level;
use std::collections::BTreeMap;

/// All contracts, valued at two dates, and how their ends come about.
pub struct Contracts {
    pub closing: Portfolio,
    pub opening: Option<Portfolio>,
    /// Share that ended at first and at later renewals.
    pub first: Ends,
    pub later: Ends,
    /// Tenths of the last year's chances by forecast hazard: contracts, forecast ends, ends.
    pub calibration: Vec<(f64, f64, f64)>,
    /// Of all ends, those that we could have influenced.
    pub influenceable: Ends,
    pub cautions: Vec<Caution>,
    pub is_revenue: bool,
}

/// Chances taken and ends among them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ends {
    pub at_risk: f64,
    pub ended: f64,
}

/// The contracts in force on one date, one value per row of the frame's [`Running`].
pub struct Portfolio {
    pub value: Vec<f64>,
    /// Standard deviation of the contract's own expectation.
    pub deviation: Vec<f64>,
    /// Discounted years in force ahead.
    pub years: Vec<f64>,
    pub months_12m: Vec<f64>,
    /// Where each contract's state stands in `states`.
    state: Vec<usize>,
    margin: Vec<f64>,
    states: Vec<Path>,
    fits: Fits,
}

/// What a krona a month is worth in one state, and how it moves with the parameters.
#[derive(Clone)]
struct Path {
    has_term: bool,
    /// Discounted months in force ahead, and months in force the coming year.
    months: f64,
    months_12m: f64,
    /// Slope of `months` in each coefficient (the first is the intercept), and in the log of the rate between renewals.
    slope: Vec<f64>,
    slope_between: f64,
}

struct Fits {
    term: Option<Fitted>,
    monthly: Option<Fitted>,
    /// Monthly hazard between renewals and the standard error of its logarithm.
    between: (f64, f64),
}

struct Fitted {
    fit: HazardFit,
    /// The columns kept, by name.
    names: Vec<String>,
}

impl Ends {
    pub fn share(self) -> Option<f64> {
        (self.at_risk > 0.0).then(|| self.ended / self.at_risk)
    }

    pub fn interval(self, level: f64) -> (f64, f64) {
        wilson(self.ended, self.at_risk, normal_quantile_for_level(level))
    }
}

/// # Errors
/// When there is no contract, or no end was seen and none can be forecast.
pub fn assess(frame: &RenewalsFrame, config: &ValueConfig) -> Result<Contracts, InsightError> {
    if frame.is_empty() {
        return Err(InsightError::TooLittleData(Caution::new(
            "value.no_contracts",
        )));
    }
    let mut cautions = Vec::new();
    let all = |_: usize| true;
    let fits = fit(frame, &all, frame.between, (config, &mut cautions))?;
    let closing = value(frame, (&frame.closing, month_of(frame.as_of)), fits, config);
    let cells = &frame.decisions;
    let before = |row: usize| !cells.recent[row];
    let opening_fits = fit(
        frame,
        &before,
        frame.between_at_opening,
        (config, &mut Vec::new()),
    );
    let (opening, calibration) = match opening_fits {
        Err(_) => (None, Vec::new()),
        Ok(fits) => {
            let calibration = calibrate(frame, &fits);
            let at = (&frame.at_opening, month_of(frame.opening));
            (Some(value(frame, at, fits, config)), calibration)
        }
    };
    let ends = |wanted: &dyn Fn(f64) -> bool| ends(cells, wanted);
    Ok(Contracts {
        first: ends(&|number| number < 1.5),
        later: ends(&|number| number > 1.5),
        is_revenue: config.assumed_margin_share.is_none()
            && frame.closing.monthly_cost.iter().any(|c| c.is_nan()),
        influenceable: influenceable(cells),
        closing,
        opening,
        calibration,
        cautions,
    })
}

impl Portfolio {
    /// The expected sum over the chosen contracts. The coefficients are shared, so their doubt does not average out; what
    /// is hidden in each contract does.
    pub fn sum(&self, chosen: impl Fn(usize) -> bool, config: &ValueConfig) -> Sum {
        let mut margins = vec![0.0; self.states.len()];
        let (mut value, mut hidden) = (0.0, 0.0);
        for row in (0..self.value.len()).filter(|&row| chosen(row)) {
            margins[self.state[row]] += self.margin[row];
            value += self.value[row];
            hidden += self.hidden(row, config).powi(2);
        }
        let variance = self.fits.variance(self.states.iter().zip(&margins)) + hidden;
        let half = normal_quantile_for_level(config.level) * variance.sqrt();
        Sum::new(value, (value - half, value + half))
    }

    /// What contracts that look alike differ by: a log hazard of their own, with the assumed spread.
    fn hidden(&self, row: usize, config: &ValueConfig) -> f64 {
        let path = &self.states[self.state[row]];
        self.margin[row] * config.hidden_spread * path.slope.first().copied().unwrap_or(0.0)
    }
}

impl Fits {
    fn variance<'p>(&self, parts: impl Iterator<Item = (&'p Path, &'p f64)>) -> f64 {
        let width =
            |fitted: &Option<Fitted>| fitted.as_ref().map_or(0, |fitted| fitted.fit.names.len());
        let mut slopes = [
            vec![0.0; width(&self.monthly)],
            vec![0.0; width(&self.term)],
        ];
        let mut between = 0.0;
        for (path, &margin) in parts.filter(|(_, margin)| **margin != 0.0) {
            let sums = &mut slopes[usize::from(path.has_term)];
            for (sum, slope) in sums.iter_mut().zip(&path.slope) {
                *sum += margin * slope;
            }
            between += margin * path.slope_between;
        }
        let [monthly, term] = slopes;
        quadratic(self.monthly.as_ref(), &monthly)
            + quadratic(self.term.as_ref(), &term)
            + (between * self.between.1).powi(2)
    }
}

fn quadratic(fitted: Option<&Fitted>, slope: &[f64]) -> f64 {
    let Some(fitted) = fitted else { return 0.0 };
    let rows = fitted.fit.covariance.iter().zip(slope);
    rows.map(|(row, s)| s * row.iter().zip(slope).map(|(c, t)| c * t).sum::<f64>())
        .sum::<f64>()
        .max(0.0)
}

fn month_of(day: jiff::civil::Date) -> f64 {
    f64::from(day.month())
}

fn ends(cells: &Cells, wanted: &dyn Fn(f64) -> bool) -> Ends {
    let rows =
        (0..cells.at_risk.len()).filter(|&row| cells.has_term[row] && wanted(cells.number[row]));
    rows.fold(Ends::default(), |sum, row| Ends {
        at_risk: sum.at_risk + cells.at_risk[row],
        ended: sum.ended + cells.ended[row],
    })
}

fn influenceable(cells: &Cells) -> Ends {
    Ends {
        at_risk: cells.ended.iter().sum(),
        ended: cells.ended_influenceable.iter().sum(),
    }
}

// ---- the hazard

/// Fits renewals and monthly contracts apart; a kind that has contracts in force but too few ends stops the whole.
fn fit(
    frame: &RenewalsFrame,
    wanted: &dyn Fn(usize) -> bool,
    between: Between,
    (config, cautions): (&ValueConfig, &mut Vec<Caution>),
) -> Result<Fits, InsightError> {
    let needed = |has_term: bool| {
        let running = [&frame.closing, &frame.at_opening];
        running
            .iter()
            .any(|running| running.has_term.contains(&has_term))
    };
    let mut one = |has_term: bool| match (
        fit_kind(frame, wanted, (has_term, config), cautions),
        needed(has_term),
    ) {
        (Ok(fitted), _) => Ok(Some(fitted)),
        (Err(_), false) => Ok(None),
        (Err(error), true) => Err(error),
    };
    let (term, monthly) = (one(true)?, one(false)?);
    let between = match between.ends > 0.0 && between.months > 0.0 {
        true => (
            (between.ends / between.months).min(1.0),
            1.0 / between.ends.sqrt(),
        ),
        false => (0.0, 0.0),
    };
    Ok(Fits {
        term,
        monthly,
        between,
    })
}

const FEWEST_ENDS: f64 = 10.0;

/// Leaves out columns that the data say nothing about, one at a time, and tells which.
fn fit_kind(
    frame: &RenewalsFrame,
    wanted: &dyn Fn(usize) -> bool,
    (has_term, config): (bool, &ValueConfig),
    cautions: &mut Vec<Caution>,
) -> Result<Fitted, InsightError> {
    let cells = &frame.decisions;
    let rows: Vec<usize> = (0..cells.at_risk.len())
        .filter(|&row| cells.has_term[row] == has_term && wanted(row))
        .collect();
    let take = |column: &[f64]| rows.iter().map(|&row| column[row]).collect::<Vec<_>>();
    let (at_risk, ended) = (take(&cells.at_risk), take(&cells.ended));
    let got = ended.iter().sum::<f64>();
    if got < FEWEST_ENDS {
        return Err(InsightError::TooLittleData(
            Caution::new("value.few_ends")
                .with("needed", FEWEST_ENDS)
                .with("got", got),
        ));
    }
    let mut names = column_names(frame);
    let settings = HazardSettings {
        link: Link::Cloglog,
        ridge: config.season_ridge,
    };
    loop {
        let columns = names.iter().map(|name| {
            let values = rows
                .iter()
                .map(|&row| cell_value(frame, row, name))
                .collect();
            if name.starts_with("month_") {
                Column::penalized(name, values)
            } else {
                Column::new(name, values)
            }
        });
        let data = HazardData::new(columns.collect(), at_risk.clone(), ended.clone())?;
        let dropped = match hazard::fit(&data, &settings) {
            Ok(fit) => {
                cautions.extend(
                    fit.cautions
                        .iter()
                        .filter(|c| c.key() != "penalized")
                        .map(crate::doubt::told),
                );
                return Ok(Fitted { fit, names });
            }
            Err(
                StatsError::NoVariation { what: column }
                | StatsError::Collinear { column }
                | StatsError::Separation { column },
            ) if names.contains(&column) => column,
            Err(error) => return Err(error.into()),
        };
        names.retain(|name| *name != dropped);
    }
}

fn column_names(frame: &RenewalsFrame) -> Vec<String> {
    let months = (2..=12).map(|month| format!("month_{month:02}"));
    ["first", "log_number"]
        .map(str::to_owned)
        .into_iter()
        .chain(frame.traits.iter().cloned())
        .chain(months)
        .collect()
}

fn cell_value(frame: &RenewalsFrame, row: usize, name: &str) -> f64 {
    let cells = &frame.decisions;
    let of_trait = |at: usize| cells.traits[at][row];
    column_value(
        (cells.number[row], cells.month[row]),
        name,
        (&frame.traits, &of_trait),
    )
}

fn column_value(
    (number, month): (f64, f64),
    name: &str,
    (traits, of_trait): (&[String], &dyn Fn(usize) -> f64),
) -> f64 {
    if let Some(wanted) = name.strip_prefix("month_") {
        return f64::from(u8::from(wanted.parse() == Ok(month)));
    }
    match name {
        "first" => f64::from(u8::from(number < 1.5)),
        "log_number" => number.max(1.0).ln(),
        name => traits
            .iter()
            .position(|known| known == name)
            .map_or(0.0, of_trait),
    }
}

// ---- the value

fn value(
    frame: &RenewalsFrame,
    (running, month): (&Running, f64),
    fits: Fits,
    config: &ValueConfig,
) -> Portfolio {
    let mut known: BTreeMap<State, usize> = BTreeMap::new();
    let mut portfolio = Portfolio {
        value: Vec::with_capacity(running.len()),
        deviation: Vec::with_capacity(running.len()),
        years: Vec::with_capacity(running.len()),
        months_12m: Vec::with_capacity(running.len()),
        state: Vec::with_capacity(running.len()),
        margin: Vec::with_capacity(running.len()),
        states: Vec::new(),
        fits,
    };
    for row in 0..running.len() {
        let state = State::of(running, row);
        let place = *known.entry(state.clone()).or_insert_with(|| {
            portfolio
                .states
                .push(walk(frame, &state, (&portfolio.fits, month), config));
            portfolio.states.len() - 1
        });
        let margin = margin(running, row, config);
        portfolio.state.push(place);
        portfolio.margin.push(margin);
        portfolio
            .value
            .push(margin * portfolio.states[place].months);
        portfolio.years.push(portfolio.states[place].months / 12.0);
        portfolio
            .months_12m
            .push(portfolio.states[place].months_12m);
    }
    let own: Vec<f64> = portfolio
        .states
        .iter()
        .map(|path| portfolio.fits.variance(std::iter::once((path, &1.0))))
        .collect();
    for row in 0..running.len() {
        let shared = portfolio.margin[row].powi(2) * own[portfolio.state[row]];
        let deviation = (shared + portfolio.hidden(row, config).powi(2)).sqrt();
        portfolio.deviation.push(deviation);
    }
    portfolio
}

fn margin(running: &Running, row: usize, config: &ValueConfig) -> f64 {
    let (amount, cost) = (running.monthly_amount[row], running.monthly_cost[row]);
    match cost.is_nan() {
        true => amount * config.assumed_margin_share.unwrap_or(1.0),
        false => amount - cost,
    }
}

/// What decides a contract's future; contracts with the same state have the same path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct State {
    has_term: bool,
    number: u32,
    term: u32,
    months_to_next: u32,
    /// Traits in thousandths, so that they can be compared.
    traits: Vec<i64>,
}

impl State {
    fn of(running: &Running, row: usize) -> Self {
        Self {
            has_term: running.has_term[row],
            number: running.number[row].clamp(1.0, 600.0) as u32,
            term: running.term[row].clamp(1.0, 600.0) as u32,
            months_to_next: running.months_to_next[row].clamp(0.0, 600.0) as u32,
            traits: running
                .traits
                .iter()
                .map(|column| (column[row] * 1000.0).round() as i64)
                .collect(),
        }
    }
}

/// Walks the months ahead. Circumstances stay as they are, save that a stress period is taken to be over.
fn walk(
    frame: &RenewalsFrame,
    state: &State,
    (fits, month): (&Fits, f64),
    config: &ValueConfig,
) -> Path {
    let fitted = if state.has_term {
        fits.term.as_ref()
    } else {
        fits.monthly.as_ref()
    };
    let width = fitted.map_or(0, |fitted| fitted.fit.names.len());
    let between = if state.has_term { fits.between.0 } else { 0.0 };
    let of_trait = |at: usize| {
        if frame.traits[at] == "stress" {
            0.0
        } else {
            state.traits[at] as f64 / 1000.0
        }
    };
    let (mut stays, mut number) = (1.0, f64::from(state.number));
    let mut path = Path {
        has_term: state.has_term,
        months: 0.0,
        months_12m: 0.0,
        slope: vec![0.0; width],
        slope_between: 0.0,
    };
    // Slopes of the log of `stays` so far: in the coefficients, and in the log of the rate between renewals.
    let (mut bend, mut bend_between) = (vec![0.0; width], 0.0);
    for ahead in 0..config.horizon_months {
        let due = ahead >= state.months_to_next
            && (ahead - state.months_to_next).is_multiple_of(state.term);
        if let (true, Some(fitted)) = (due, fitted) {
            let calendar = (month + f64::from(ahead)) % 12.0 + 1.0;
            let row: Vec<f64> = fitted
                .names
                .iter()
                .map(|name| column_value((number, calendar), name, (&frame.traits, &of_trait)))
                .collect();
            let slopes = fitted.fit.coefficients[1..].iter().zip(&row);
            let size = (fitted.fit.coefficients[0] + slopes.map(|(c, v)| c * v).sum::<f64>()).exp();
            stays *= (-size).exp();
            bend[0] -= size;
            for (bend, value) in bend[1..].iter_mut().zip(&row) {
                *bend -= size * value;
            }
            number += 1.0;
        } else if between > 0.0 {
            stays *= 1.0 - between;
            bend_between -= between / (1.0 - between).max(1e-9);
        }
        let worth = stays * (1.0 + config.discount_yearly).powf(-(f64::from(ahead) + 0.5) / 12.0);
        path.months += worth;
        path.slope_between += worth * bend_between;
        for (slope, bend) in path.slope.iter_mut().zip(&bend) {
            *slope += worth * bend;
        }
        if ahead < 12 {
            path.months_12m += stays;
        }
    }
    path
}

/// Forecast from what was known at the opening against what happened in the year after, in tenths of the forecast.
fn calibrate(frame: &RenewalsFrame, fits: &Fits) -> Vec<(f64, f64, f64)> {
    let cells = &frame.decisions;
    let mut forecasts: Vec<(f64, usize)> = (0..cells.at_risk.len())
        .filter(|&row| cells.recent[row])
        .filter_map(|row| {
            let fitted = if cells.has_term[row] {
                fits.term.as_ref()
            } else {
                fits.monthly.as_ref()
            }?;
            let values: Vec<f64> = fitted
                .names
                .iter()
                .map(|name| cell_value(frame, row, name))
                .collect();
            Some((fitted.fit.predict(&values, 0.9).ok()?.value, row))
        })
        .collect();
    forecasts.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let total: f64 = forecasts.iter().map(|&(_, row)| cells.at_risk[row]).sum();
    let mut tenths: Vec<(f64, f64, f64)> = Vec::new();
    let mut passed = 0.0;
    for (hazard, row) in forecasts {
        if tenths.is_empty() || (passed >= total * tenths.len() as f64 / 10.0 && tenths.len() < 10)
        {
            tenths.push((0.0, 0.0, 0.0));
        }
        let n = cells.at_risk[row];
        passed += n;
        if let Some(tenth) = tenths.last_mut() {
            *tenth = (
                tenth.0 + n,
                tenth.1 + n * hazard,
                tenth.2 + cells.ended[row],
            );
        }
    }
    tenths
}

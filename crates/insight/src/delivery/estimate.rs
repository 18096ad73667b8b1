//! What does a day do to each thing that is followed, and what is that worth?

use super::known::{clusters, known_before};
use super::money::{Money, money};
use super::routing::{Habits, Routing, habits, test_routing};
use super::{DeliveryConfig, Known};
use crate::InsightError;
use crate::columns::{Columns, linear_by, spread, usable};
use odla_domain::frames::delivery::{DeliveryFrame, SentOrders};
use odla_domain::{Caution, Grade};
use odla_stats::causal::instrument;
use odla_stats::{Estimate, StatsError};

/// Numbers of days at which an order's outcomes are told side by side: from, to.
const STEPS_OF_WAITING: [(f64, f64); 10] = [
    (0.0, 1.0),
    (2.0, 2.0),
    (3.0, 3.0),
    (4.0, 4.0),
    (5.0, 5.0),
    (6.0, 7.0),
    (8.0, 10.0),
    (11.0, 14.0),
    (15.0, 21.0),
    (22.0, f64::INFINITY),
];

/// In what way an order was slow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Dose {
    /// Per day from order to delivery.
    Waiting,
    /// Per day later than promised.
    Late,
    /// Later than promised at all.
    Missed,
}

pub const DOSES: [Dose; 3] = [Dose::Waiting, Dose::Late, Dose::Missed];

impl Dose {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Late => "late",
            Self::Missed => "missed",
        }
    }

    pub fn of(self, orders: &SentOrders, row: usize) -> f64 {
        match self {
            Self::Waiting => orders.waiting[row],
            Self::Late => orders.late[row],
            Self::Missed if orders.late[row].is_nan() => f64::NAN,
            Self::Missed => f64::from(orders.late[row] > 0.0),
        }
    }
}

/// What is followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum After {
    Back,
    Complaint,
    Contacts,
    Minutes,
    Ended,
    /// Everything together, in money.
    Price,
}

pub const FOLLOWED: [After; 5] = [
    After::Back,
    After::Complaint,
    After::Contacts,
    After::Minutes,
    After::Ended,
];

impl After {
    pub const fn word(self) -> &'static str {
        match self {
            Self::Back => "back",
            Self::Complaint => "complaint",
            Self::Contacts => "contacts",
            Self::Minutes => "minutes",
            Self::Ended => "ended",
            Self::Price => "price",
        }
    }

    const fn is_yes_or_no(self) -> bool {
        matches!(self, Self::Back | Self::Complaint | Self::Ended)
    }
}

/// One effect: change of what is followed per unit of the dose.
#[derive(Clone, Debug)]
pub struct Effect {
    pub told: Estimate,
    pub naive: Estimate,
    pub adjusted: Estimate,
    pub by_carrier: Option<Estimate>,
    pub first_stage_f: Option<f64>,
    pub rows: usize,
    pub grade: Grade,
}

/// All effects of one dose.
#[derive(Clone, Debug)]
pub struct OfDose {
    pub dose: Dose,
    pub effects: Vec<(After, Result<Effect, Caution>)>,
    pub price: Result<Effect, Caution>,
    pub routing: Routing,
}

impl OfDose {
    pub fn of(&self, after: After) -> Option<&Result<Effect, Caution>> {
        self.effects
            .iter()
            .find(|(own, _)| *own == after)
            .map(|(_, found)| found)
    }
}

/// What became of the orders that took so many days.
#[derive(Clone, Debug)]
pub struct Step {
    pub from: f64,
    pub to: f64,
    pub orders: usize,
    /// Share who came back, other things equal, and its interval; none when too few orders took so long.
    pub back: Option<Estimate>,
    pub complaint: Option<Estimate>,
    pub minutes: Option<Estimate>,
}

pub struct Found {
    pub doses: Vec<OfDose>,
    pub steps: Vec<Step>,
    /// Days between which nine of ten orders lie.
    pub observed: (f64, f64),
    pub money: Money,
}

pub fn study(
    frame: &DeliveryFrame,
    known: Known,
    config: &DeliveryConfig,
) -> Result<Found, InsightError> {
    let orders = &frame.orders;
    let money = money(frame, known, config);
    let mut waiting: Vec<f64> = orders.waiting.clone();
    waiting.sort_by(f64::total_cmp);
    let at = |share: f64| odla_stats::estimate::quantile_of_sorted(&waiting, share);
    let doses = DOSES
        .iter()
        .map(|&dose| of_dose(frame, (dose, &money), config));
    Ok(Found {
        doses: doses.collect(),
        steps: steps(orders, config),
        observed: (at(0.05), at(0.95)),
        money,
    })
}

fn of_dose(
    frame: &DeliveryFrame,
    (dose, money): (Dose, &Money),
    config: &DeliveryConfig,
) -> OfDose {
    let orders = &frame.orders;
    let habits = habits(orders, dose);
    let routing = match &habits {
        None => Routing::Untold,
        Some(habits) => test_routing(orders, habits, config).unwrap_or(Routing::Untold),
    };
    let trusted = habits
        .as_ref()
        .filter(|_| matches!(routing, Routing::AsByLot { .. }));
    let effects: Vec<(After, Result<Effect, Caution>)> = FOLLOWED
        .iter()
        .map(|&after| {
            (
                after,
                match after {
                    After::Ended => at_renewals(frame, (dose, trusted), config),
                    _ => of_orders(orders, (dose, after, money), trusted, config),
                },
            )
        })
        .collect();
    let ended = effects.iter().find(|(after, _)| *after == After::Ended);
    let ended = ended.and_then(|(_, effect)| effect.as_ref().ok());
    let price = of_orders(orders, (dose, After::Price, money), trusted, config)
        .map(|price| with_contracts(price, ended, money, config.level));
    OfDose {
        dose,
        effects,
        price,
        routing,
    }
}

/// The value of what is followed, for orders where it is known.
pub fn outcome(orders: &SentOrders, row: usize, (after, money): (After, &Money)) -> Option<f64> {
    let finite = |value: f64| value.is_finite().then_some(value);
    match after {
        After::Back if orders.contract[row] => None,
        After::Back => orders.back[row].map(f64::from),
        After::Complaint => finite(orders.complaint[row]),
        After::Contacts => finite(orders.contacts[row]),
        After::Minutes => finite(orders.minutes[row]),
        After::Ended => None,
        After::Price => {
            let back = f64::from(orders.back[row]?);
            let lost = match orders.contract[row] {
                true => 0.0,
                false => money.buyer.unwrap_or(0.0) * (1.0 - back),
            };
            let minutes = money.minute.unwrap_or(0.0) * finite(orders.minutes[row])?;
            Some(lost + minutes + finite(orders.compensation[row])?)
        }
    }
}

fn of_orders(
    orders: &SentOrders,
    (dose, after, money): (Dose, After, &Money),
    habits: Option<&Habits>,
    config: &DeliveryConfig,
) -> Result<Effect, Caution> {
    if after == After::Price && money.buyer.is_none() && money.minute.is_none() {
        return Err(Caution::new("delivery.no_worth"));
    }
    let rows: Vec<usize> = (0..orders.len())
        .filter(|&row| {
            dose.of(orders, row).is_finite() && outcome(orders, row, (after, money)).is_some()
        })
        .collect();
    let values: Vec<f64> = (rows.iter())
        .map(|&row| outcome(orders, row, (after, money)).unwrap_or(0.0))
        .collect();
    let doses: Vec<f64> = rows.iter().map(|&row| dose.of(orders, row)).collect();
    let data = Data {
        values,
        doses,
        habit: habits.map(|habits| rows.iter().map(|&row| habits.of_row[row]).collect()),
        columns: known_before(orders, &rows, true),
        clusters: clusters(orders, &rows),
    };
    data.effect(after.is_yes_or_no(), config)
}

/// The share of contracts that end, per unit of the dose in one order of the year before; the number of orders held still.
fn at_renewals(
    frame: &DeliveryFrame,
    (dose, habits): (Dose, Option<&Habits>),
    config: &DeliveryConfig,
) -> Result<Effect, Caution> {
    let (orders, due) = (&frame.orders, &frame.renewals);
    let sum = |row: usize, of: &dyn Fn(usize) -> f64| {
        due.orders[row].iter().map(|&order| of(order)).sum::<f64>()
    };
    let rows: Vec<usize> = (0..due.ended.len())
        .filter(|&row| sum(row, &|order| dose.of(orders, order)).is_finite())
        .collect();
    let of = |value: &dyn Fn(usize) -> f64| rows.iter().map(|&row| value(row)).collect::<Vec<_>>();
    let months: Vec<String> = rows
        .iter()
        .map(|&row| format!("{}", due.month[row]))
        .collect();
    let columns = Columns::default()
        .with_curve("orders", &of(&|row| due.orders[row].len() as f64))
        .with(
            "net",
            of(&|row| sum(row, &|order| orders.net[order]).max(0.0).ln_1p()),
        )
        .with("first", of(&|row| f64::from(due.number[row] < 1.5)))
        .with("term", of(&|row| due.term[row]))
        .with("company", of(&|row| due.company[row]))
        .with("stress", of(&|row| due.stress[row]))
        .with_words("month", &months, (rows.len() / 50).max(20));
    let mut ids: Vec<&String> = due.customer_id.iter().collect();
    ids.sort_unstable();
    ids.dedup();
    let data = Data {
        values: of(&|row| f64::from(due.ended[row])),
        doses: of(&|row| sum(row, &|order| dose.of(orders, order))),
        habit: habits.map(|habits| of(&|row| sum(row, &|order| habits.of_row[order]))),
        columns,
        clusters: (rows.iter())
            .map(|&row| ids.binary_search(&&due.customer_id[row]).unwrap_or(0))
            .collect(),
    };
    data.effect(true, config)
}

/// A customer under contract who leaves takes the contract along: its part of the price, over all orders.
fn with_contracts(mut price: Effect, ended: Option<&Effect>, money: &Money, level: f64) -> Effect {
    let Some(ended) = ended else { return price };
    let worth = money.under_contract * money.contract;
    let add = |own: Estimate, more: Estimate| {
        let error = own.standard_error.hypot(worth * more.standard_error);
        Estimate::normal(own.value + worth * more.value, error, level)
    };
    price.told = add(price.told, ended.told);
    price.naive = add(price.naive, ended.naive);
    price.adjusted = add(price.adjusted, ended.adjusted);
    price.grade = price.grade.max(ended.grade);
    price
}

/// One outcome against one dose.
struct Data {
    values: Vec<f64>,
    doses: Vec<f64>,
    habit: Option<Vec<f64>>,
    columns: Columns,
    clusters: Vec<usize>,
}

impl Data {
    fn effect(self, yes_or_no: bool, config: &DeliveryConfig) -> Result<Effect, Caution> {
        let rows = self.values.len();
        if rows < config.fewest_orders {
            let caution = Caution::new("delivery.few_rows");
            return Err(caution
                .with("needed", config.fewest_orders)
                .with("got", rows));
        }
        let yes = self.values.iter().filter(|value| **value > 0.5).count();
        if yes_or_no && yes.min(rows - yes) < config.fewest_each {
            let caution = Caution::new("delivery.few_events");
            return Err(caution
                .with("needed", config.fewest_each)
                .with("got", yes.min(rows - yes)));
        }
        if spread(&self.doses) < 1e-9 || spread(&self.values) < 1e-12 {
            return Err(Caution::new("delivery.all_alike"));
        }
        self.fit(config)
            .map_err(|error| Caution::new("statistics").with("detail", error.to_string()))
    }

    fn fit(self, config: &DeliveryConfig) -> Result<Effect, StatsError> {
        let dose = |columns: Columns| columns.with("dose", self.doses.clone());
        let of = |columns: Columns| -> Result<Estimate, StatsError> {
            let (fit, _) = linear_by(&self.values, &dose(columns), &self.clusters, config.level)?;
            let found = fit.coefficients.of("dose").map(|found| found.estimate);
            found.ok_or_else(|| StatsError::NoVariation {
                what: "dose".to_owned(),
            })
        };
        let naive = of(Columns::default())?;
        let adjusted = of(self.columns.clone())?;
        let pushed = self.pushed(config)?;
        let strong = pushed
            .as_ref()
            .filter(|found| found.1 >= config.instrument_f);
        Ok(Effect {
            told: strong.map_or(adjusted, |found| found.0),
            naive,
            adjusted,
            by_carrier: pushed.as_ref().map(|found| found.0),
            first_stage_f: pushed.as_ref().map(|found| found.1),
            rows: self.values.len(),
            grade: if strong.is_some() { Grade::B } else { Grade::C },
        })
    }

    /// The effect by the carriers' habits and how strongly these move the dose (F), where most rows have a habit.
    fn pushed(&self, config: &DeliveryConfig) -> Result<Option<(Estimate, f64)>, StatsError> {
        let Some(habit) = &self.habit else {
            return Ok(None);
        };
        let rows: Vec<usize> = (0..habit.len())
            .filter(|&row| habit[row].is_finite())
            .collect();
        if rows.len() * 2 <= habit.len() || rows.len() < config.fewest_orders {
            return Ok(None);
        }
        let pick = |all: &[f64]| rows.iter().map(|&row| all[row]).collect::<Vec<_>>();
        let (values, doses) = (pick(&self.values), pick(&self.doses));
        let clusters: Vec<usize> = rows.iter().map(|&row| self.clusters[row]).collect();
        let instruments = [pick(habit)];
        if spread(&instruments[0]) < 1e-9 || spread(&doses) < 1e-9 {
            return Ok(None);
        }
        let fit = |columns: &Columns| {
            let names: Vec<String> = (["habit".to_owned()].into_iter())
                .chain(columns.names.iter().cloned())
                .collect();
            let data = instrument::Pushed {
                outcome: &values,
                treatment: &doses,
                instruments: &instruments,
                columns: &columns.columns,
                names: &names,
                clusters: Some(&clusters),
            };
            instrument::estimate(&data, config.level)
        };
        match usable(&self.columns.of_rows(&rows), fit) {
            Ok((found, _)) => Ok(Some((found.effect, found.first_stage_f))),
            // Habits that the columns determine move nothing of their own.
            Err(
                StatsError::Collinear { .. }
                | StatsError::NotIdentified { .. }
                | StatsError::NoVariation { .. },
            ) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

fn steps(orders: &SentOrders, config: &DeliveryConfig) -> Vec<Step> {
    let place = |days: f64| {
        STEPS_OF_WAITING
            .iter()
            .position(|(from, to)| days >= *from && days <= *to)
    };
    let rows_of = |after: After, money: &Money| -> Vec<usize> {
        (0..orders.len())
            .filter(|&row| {
                place(orders.waiting[row]).is_some()
                    && outcome(orders, row, (after, money)).is_some()
            })
            .collect()
    };
    let none = Money {
        buyer: None,
        contract: 0.0,
        minute: None,
        under_contract: 0.0,
    };
    let course = |after: After| -> Vec<Option<Estimate>> {
        let rows = rows_of(after, &none);
        let places: Vec<usize> = rows
            .iter()
            .map(|&row| place(orders.waiting[row]).unwrap_or(0))
            .collect();
        let values: Vec<f64> = rows
            .iter()
            .map(|&row| outcome(orders, row, (after, &none)).unwrap_or(0.0))
            .collect();
        side_by_side((&values, &places), orders, &rows, config)
    };
    let (back, complaint, minutes) = (
        course(After::Back),
        course(After::Complaint),
        course(After::Minutes),
    );
    (STEPS_OF_WAITING.iter().enumerate())
        .map(|(at, &(from, to))| Step {
            from,
            to,
            orders: orders
                .waiting
                .iter()
                .filter(|days| place(**days) == Some(at))
                .count(),
            back: back[at],
            complaint: complaint[at],
            minutes: minutes[at],
        })
        .collect()
}

/// Mean of an outcome in each step, as if all steps had the same customers and orders.
fn side_by_side(
    (values, places): (&[f64], &[usize]),
    orders: &SentOrders,
    rows: &[usize],
    config: &DeliveryConfig,
) -> Vec<Option<Estimate>> {
    let mut told = vec![None; STEPS_OF_WAITING.len()];
    let count = |step: usize| places.iter().filter(|own| **own == step).count();
    let kept: Vec<usize> = (0..told.len())
        .filter(|&step| count(step) >= config.fewest_of_place)
        .collect();
    let at: Vec<usize> = (0..rows.len())
        .filter(|&row| kept.contains(&places[row]))
        .collect();
    if kept.len() < 2 {
        return told;
    }
    let picked: Vec<usize> = at.iter().map(|&row| rows[row]).collect();
    let outcome: Vec<f64> = at.iter().map(|&row| values[row]).collect();
    let clusters = clusters(orders, &picked);
    let base = known_before(orders, &picked, true);
    // The step that most orders took stands in the constant.
    let common = kept
        .iter()
        .copied()
        .max_by_key(|&step| count(step))
        .unwrap_or(0);
    let named = kept
        .iter()
        .filter(|step| **step != common)
        .map(|step| (*step, format!("step_{step}")));
    let columns = named.clone().fold(base, |all, (step, name)| {
        all.with(
            &name,
            at.iter()
                .map(|&row| f64::from(places[row] == step))
                .collect(),
        )
    });
    let Ok((fit, used)) = linear_by(&outcome, &columns, &clusters, config.level) else {
        return told;
    };
    for &step in &kept {
        let name = format!("step_{step}");
        if step != common && !used.names.contains(&name) {
            continue;
        }
        let weights = (used.names.iter().zip(&used.columns)).map(|(own, column)| {
            match own.starts_with("step_") {
                true => f64::from(*own == name),
                false => column.iter().sum::<f64>() / column.len() as f64,
            }
        });
        let weights: Vec<f64> = [1.0].into_iter().chain(weights).collect();
        told[step] = Some(fit.coefficients.combination(&weights, config.level));
    }
    told
}

//! How much is sold in the last days of the quarter, and was it moved there or made there?

use super::DealsConfig;
use super::calendar::{Calendar, Day};
use jiff::civil::Date;
use odla_domain::frames::deals::DealsFrame;
use odla_domain::{Caution, Money};
use odla_stats::bunching::{
    BunchingConfig, Concentration, Course, concentration, estimate_bunching,
};
use odla_stats::multiplicity::benjamini_hochberg;
use odla_stats::special::normal_cdf;
use odla_stats::{Estimate, Interval};
use std::collections::BTreeMap;

/// Excess in the last days, and where it came from, as shares of the orders in those days.
#[derive(Clone, Debug)]
pub struct Moved {
    pub excess: Estimate,
    pub pulled: Estimate,
    pub created: Estimate,
    /// Two-sided, that the last days are like the others.
    pub p_value: f64,
    pub orders: f64,
    pub cautions: Vec<Caution>,
}

/// Sales in and outside the last days.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sales {
    pub orders: f64,
    pub net: Money,
    pub list: Money,
    pub discount: Money,
    pub returned: Money,
}

/// One unit, or the whole company.
#[derive(Clone, Debug)]
pub struct Closing {
    pub unit: String,
    pub closing: Sales,
    pub other: Sales,
    /// Share of the net amount sold in the last days.
    pub share: f64,
    pub moved: Result<Moved, Caution>,
    pub q_value: Option<f64>,
}

/// The mean of one stretch of the quarter.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beat {
    /// Working days left at most, 0 for the days after the turn; the lower end of the stretch in `from`.
    pub from: i32,
    pub to: i32,
    pub days: f64,
    pub sales: Sales,
}

/// All that is told of the quarter's rhythm.
#[derive(Clone, Debug)]
pub struct Hunt {
    pub whole: Closing,
    /// Share against a flat calendar, over whole quarters.
    pub index: Result<Concentration, Caution>,
    pub units: Vec<Closing>,
    pub beats: Vec<Beat>,
    pub last_year: Sales,
}

pub fn measure(
    frame: &DealsFrame,
    (first, last): (Date, Date),
    (config, seed): (&DealsConfig, u64),
) -> Hunt {
    let calendar = Calendar::between(first, frame.as_of.min(last), config.window_days);
    let table = Table::of(frame, &calendar, first);
    let whole = table.total();
    let mut hunt = Hunt {
        index: index(&calendar, &whole, config),
        units: Vec::new(),
        beats: beats(&calendar, &whole),
        last_year: last_year(&calendar, &whole, frame.as_of),
        whole: closing(
            String::new(),
            (&calendar, &whole),
            enough(&calendar, config).and_then(|()| company(&calendar, &whole, (config, seed))),
        ),
    };
    if frame.units.len() >= config.fewest_units {
        hunt.units = (0..frame.units.len())
            .map(|unit| {
                let own = &table.sales[unit];
                let found = enough(&calendar, config)
                    .and_then(|()| one_unit(&calendar, (own, &whole), (config, seed)));
                closing(frame.units[unit].clone(), (&calendar, own), found)
            })
            .collect();
        judge(&mut hunt.units);
    }
    hunt
}

/// Sales by unit and day of the calendar.
struct Table {
    sales: Vec<Vec<Sales>>,
}

impl Table {
    fn of(frame: &DealsFrame, calendar: &Calendar, first: Date) -> Self {
        let days = calendar.days.len();
        let mut sales = vec![vec![Sales::default(); days]; frame.units.len()];
        for sold in &frame.days {
            let place = usize::try_from((sold.day - first).get_days()).ok();
            let Some(cell) = place.and_then(|place| sales[sold.unit].get_mut(place)) else {
                continue;
            };
            cell.add(&Sales {
                orders: sold.orders,
                net: sold.net,
                list: sold.list,
                discount: sold.discount,
                returned: sold.returned,
            });
        }
        Self { sales }
    }

    fn total(&self) -> Vec<Sales> {
        let days = self.sales.first().map_or(0, Vec::len);
        (0..days)
            .map(|day| {
                self.sales.iter().fold(Sales::default(), |mut sum, unit| {
                    sum.add(&unit[day]);
                    sum
                })
            })
            .collect()
    }
}

impl Sales {
    fn add(&mut self, other: &Self) {
        self.orders += other.orders;
        self.net += other.net;
        self.list += other.list;
        self.discount += other.discount;
        self.returned += other.returned;
    }

    pub fn discount_share(&self) -> Option<f64> {
        let list = self.list.to_f64();
        (list > 0.0).then(|| self.discount.to_f64() / list)
    }

    pub fn returned_share(&self) -> Option<f64> {
        let net = self.net.to_f64();
        (net > 0.0).then(|| self.returned.to_f64() / net)
    }
}

fn closing(
    unit: String,
    (calendar, sales): (&Calendar, &[Sales]),
    moved: Result<Moved, Caution>,
) -> Closing {
    let (mut closing, mut other) = (Sales::default(), Sales::default());
    for (day, sold) in calendar.days.iter().zip(sales) {
        if day.closing {
            closing.add(sold)
        } else {
            other.add(sold)
        }
    }
    let all = (closing.net + other.net).to_f64();
    Closing {
        unit,
        share: if all > 0.0 {
            closing.net.to_f64() / all
        } else {
            f64::NAN
        },
        closing,
        other,
        moved,
        q_value: None,
    }
}

fn enough(calendar: &Calendar, config: &DealsConfig) -> Result<(), Caution> {
    let quarters = calendar.whole_quarters().len();
    if quarters >= config.fewest_quarters {
        return Ok(());
    }
    Err(Caution::new("deals.too_few_quarters")
        .with("needed", config.fewest_quarters)
        .with("got", quarters))
}

/// One unit's days against the other units' same days: season and weekday are theirs.
fn one_unit(
    calendar: &Calendar,
    (own, whole): (&[Sales], &[Sales]),
    (config, seed): (&DealsConfig, u64),
) -> Result<Moved, Caution> {
    let others: Vec<f64> = whole
        .iter()
        .zip(own)
        .map(|(all, own)| all.orders - own.orders)
        .collect();
    let total: f64 = own.iter().map(|sold| sold.orders).sum();
    if total < config.fewest_daily * own.len() as f64 {
        return Err(Caution::new("deals.unit_too_small"));
    }
    // Both the unit's orders and the others' are counts: they vary by chance at least.
    let chance = 1.0 + total / others.iter().sum::<f64>().max(1.0);
    around_the_turn(calendar, (own, &others), (0, chance), (config, seed))
}

/// The company's days against what their weekdays sell far from the turn.
fn company(
    calendar: &Calendar,
    whole: &[Sales],
    (config, seed): (&DealsConfig, u64),
) -> Result<Moved, Caution> {
    let usual = usual_by_weekday(calendar, whole, |sold| sold.orders);
    let expected: Vec<f64> = (calendar.days.iter())
        .map(|day| usual[weekday(day)])
        .collect();
    around_the_turn(calendar, (whole, &expected), (3, 1.0), (config, seed))
}

/// Orders by working days to the turn of the quarter, and where those in the last days came from.
///
/// The window before is the closing days, the one after as long as what was moved may be missing; outside, the course is
/// smooth in the distance to the turn, against the exposure, and of this degree at most.
fn around_the_turn(
    calendar: &Calendar,
    (own, exposure): (&[Sales], &[f64]),
    (degree, chance): (usize, f64),
    (config, seed): (&DealsConfig, u64),
) -> Result<Moved, Caution> {
    let mut places: BTreeMap<i32, (f64, f64)> = BTreeMap::new();
    for (day, (sold, exposure)) in calendar.days.iter().zip(own.iter().zip(exposure)) {
        let place = places.entry(day.to_turn).or_default();
        *place = (place.0 + sold.orders, place.1 + exposure);
    }
    places.retain(|_, place| place.1 > 0.0);
    let position: Vec<f64> = places.keys().map(|place| f64::from(*place)).collect();
    let (count, exposure): (Vec<f64>, Vec<f64>) = places.values().copied().unzip();
    let course = Course {
        position: &position,
        count: &count,
        exposure: &exposure,
    };
    let window = BunchingConfig {
        before: f64::from(config.window_days),
        after: f64::from(config.after_days) - 1.0,
        level: config.level,
        degree,
        ..BunchingConfig::standard()
    };
    let found = estimate_bunching(&course, &window, seed)
        .map_err(|error| Caution::new("statistics").with("detail", error.to_string()))?;
    let orders: f64 = (places.iter())
        .filter(|(place, _)| (-(config.window_days as i32)..0).contains(*place))
        .map(|(_, place)| place.0)
        .sum();
    if orders <= 0.0 {
        return Err(Caution::new("deals.no_window"));
    }
    let wider = (chance / found.dispersion.max(1e-9)).max(1.0).sqrt();
    let excess = of_orders(&found.excess, orders, wider);
    let z = excess.value / excess.standard_error.max(f64::MIN_POSITIVE);
    Ok(Moved {
        excess,
        pulled: Estimate {
            interval: not_below_zero(of_orders(&found.moved, orders, wider).interval),
            ..of_orders(&found.moved, orders, wider)
        },
        created: of_orders(&found.created, orders, wider),
        p_value: 2.0 * (1.0 - normal_cdf(z.abs())),
        orders,
        cautions: found.cautions.iter().map(crate::doubt::told).collect(),
    })
}

/// As a share of the orders in the last days, with the doubt made wider.
fn of_orders(estimate: &Estimate, orders: f64, wider: f64) -> Estimate {
    let value = estimate.value / orders;
    let apart = |limit: f64| value + wider * (limit / orders - value);
    Estimate {
        value,
        standard_error: wider * estimate.standard_error / orders,
        interval: Interval {
            lower: apart(estimate.interval.lower),
            upper: apart(estimate.interval.upper),
            level: estimate.interval.level,
        },
    }
}

fn not_below_zero(interval: Interval) -> Interval {
    Interval {
        lower: interval.lower.max(0.0),
        upper: interval.upper.max(0.0),
        ..interval
    }
}

fn judge(units: &mut [Closing]) {
    let judged: Vec<usize> = (0..units.len())
        .filter(|&unit| units[unit].moved.is_ok())
        .collect();
    let p_values: Vec<f64> = judged
        .iter()
        .filter_map(|&unit| units[unit].moved.as_ref().ok().map(|moved| moved.p_value))
        .collect();
    for (&unit, q) in judged.iter().zip(benjamini_hochberg(&p_values)) {
        units[unit].q_value = Some(q);
    }
}

/// The closing days' share against a flat calendar, in which every weekday sells as it does far from the turn.
fn index(
    calendar: &Calendar,
    whole: &[Sales],
    config: &DealsConfig,
) -> Result<Concentration, Caution> {
    enough(calendar, config)?;
    let usual = usual_by_weekday(calendar, whole, |sold| sold.net.to_f64().max(0.0));
    let parts: Vec<[f64; 4]> = (calendar.whole_quarters().iter())
        .map(|quarter| {
            let days = calendar.days.iter().zip(whole);
            let days = days.filter(|(day, _)| day.quarter == *quarter);
            days.fold([0.0; 4], |sum, (day, sold)| {
                let (net, usual) = (sold.net.to_f64(), usual[weekday(day)]);
                let inside = f64::from(day.closing);
                [
                    sum[0] + inside * net,
                    sum[1] + net,
                    sum[2] + inside * usual,
                    sum[3] + usual,
                ]
            })
        })
        .collect();
    let of = |part: usize| parts.iter().map(|sums| sums[part]).collect::<Vec<f64>>();
    concentration((&of(0), &of(1)), (&of(2), &of(3)), config.level)
        .map_err(|error| Caution::new("statistics").with("detail", error.to_string()))
}

/// What a day of each weekday sells when it does not close a quarter.
fn usual_by_weekday(calendar: &Calendar, whole: &[Sales], of: fn(&Sales) -> f64) -> [f64; 7] {
    let mut usual = [(0.0, 0.0); 7];
    let days = calendar.days.iter().zip(whole);
    for (day, sold) in days.filter(|(day, _)| !day.closing) {
        let cell = &mut usual[weekday(day)];
        *cell = (cell.0 + of(sold), cell.1 + 1.0);
    }
    usual.map(|(sold, days)| if days > 0.0 { sold / days } else { 0.0 })
}

fn weekday(day: &Day) -> usize {
    // 0..=6 by the calendar's own promise.
    day.date.weekday().to_monday_zero_offset() as usize
}

/// The quarter's heartbeat: sales per day in stretches of five working days to the turn, and of a week after it.
fn beats(calendar: &Calendar, whole: &[Sales]) -> Vec<Beat> {
    let mut beats: Vec<Beat> = [
        (61, 999),
        (51, 60),
        (41, 50),
        (31, 40),
        (21, 30),
        (16, 20),
        (11, 15),
        (6, 10),
        (0, 5),
    ]
    .map(|(from, to)| Beat {
        from,
        to,
        ..Beat::default()
    })
    .to_vec();
    let quarters = calendar.whole_quarters();
    for (day, sold) in calendar
        .days
        .iter()
        .zip(whole)
        .filter(|(day, _)| quarters.contains(&day.quarter))
    {
        let place = beats
            .iter_mut()
            .find(|beat| (beat.from..=beat.to).contains(&day.working_left));
        if let Some(beat) = place {
            beat.days += f64::from(day.working);
            beat.sales.add(sold);
        }
    }
    beats.retain(|beat| beat.days > 0.0);
    beats
}

fn last_year(calendar: &Calendar, whole: &[Sales], as_of: Date) -> Sales {
    let from = as_of.saturating_sub(jiff::ToSpan::months(12));
    let year = calendar
        .days
        .iter()
        .zip(whole)
        .filter(|(day, _)| day.date > from);
    year.fold(Sales::default(), |mut sum, (_, sold)| {
        sum.add(sold);
        sum
    })
}

//! How is the effects frame built from the ledger?
//!
//! Each activity is looked at once to see how it was given (by lot, unit by unit, once, day by day); that decides at
//! which days its customers and those they are compared with are read.

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::prelude::SessionContext;
use datafusion::scalar::ScalarValue;
use jiff::civil::Date;
use jiff::{Span, ToSpan};
use odla_domain::frames::effects::{Assigned, EffectsFrame, People, Relation, Studied, UnitPeriod};
use std::collections::BTreeMap;

const SQL: &str = include_str!("effects.sql");

/// Days within which a campaign counts as given at one time, and within which it was given on one day.
const AT_ONCE_DAYS: i32 = 45;
const ONE_DAY: i32 = 7;
/// Share of the receivers that must fit a description.
const NEARLY_ALL: f64 = 0.95;
const MOSTLY: f64 = 0.80;
/// Share of a unit's customers that have got it: from here on the unit has taken it up, up to here it has not.
const TAKEN_UP: f64 = 0.80;
const NOT_TAKEN_UP: f64 = 0.05;
/// Customers that a unit needs to be counted in that choice.
const FEWEST_OF_UNIT: f64 = 5.0;
/// Times at which the receivers of a running activity are compared.
const MOST_MOMENTS: i32 = 6;

/// As of when the ledger is read.
#[derive(Clone, Copy, Debug)]
pub struct EffectsParams {
    pub as_of: Date,
    /// Contribution where the ledger has no cost of goods, a share of what was paid.
    pub assumed_margin_share: Option<f64>,
    /// Customers without the activity that are read per activity and time; above it every n-th is taken.
    pub most_compared: usize,
}

impl EffectsParams {
    pub const fn standard(as_of: Date) -> Self {
        Self {
            as_of,
            assumed_margin_share: None,
            most_compared: 100_000,
        }
    }

    /// The part of a price that goods without a known cost are taken to cost. Without an assumption nothing, and the
    /// frame says how often that was so.
    fn spent(&self) -> String {
        format!("{:.6}", 1.0 - self.assumed_margin_share.unwrap_or(1.0))
    }
}

pub async fn effects(
    ctx: &SessionContext,
    params: &EffectsParams,
) -> Result<EffectsFrame, LakeError> {
    let holes = [
        ("as_of", params.as_of.to_string()),
        ("at_once_days", AT_ONCE_DAYS.to_string()),
    ];
    let register = Answer::new(query(ctx, &fill(part(SQL, "register"), &holes)).await?);
    let unknown = Answer::new(query(ctx, &fill(part(SQL, "unknown"), &holes)).await?);
    let customers = Answer::new(query(ctx, "select count(*) as n from customers").await?);
    let customers = customers.counts("n")?.first().copied().unwrap_or_default() as usize;
    let lines = Answer::new(query(ctx, &fill(part(SQL, "costless"), &holes)).await?);
    let costless = lines.numbers("share")?.first().copied().unwrap_or_default();
    let mut activities = Vec::new();
    for given in given(&register)? {
        activities.push(study(ctx, given, (params, customers)).await?);
    }
    EffectsFrame {
        as_of: params.as_of,
        activities,
        without_receivers: (unknown.texts("activity_id")?.into_iter())
            .zip(unknown.texts("name")?)
            .collect(),
        without_cost: match params.assumed_margin_share {
            None if costless.is_finite() => costless,
            _ => 0.0,
        },
    }
    .checked()
    .map_err(LakeError::frame)
}

/// One row of the register.
struct Given {
    studied: Studied,
    /// Receivers within [`AT_ONCE_DAYS`] of the first, the last of them, and all, controls included.
    at_once: f64,
    last_at_once: Date,
    all: f64,
}

fn given(answer: &Answer) -> Result<Vec<Given>, LakeError> {
    let text = |name: &str| answer.texts(name);
    let count = |name: &str| answer.counts(name);
    let (ids, names, processes) = (text("activity_id")?, text("name")?, text("process")?);
    let (first, last, ended) = (text("first_day")?, text("last_day")?, text("ended_on")?);
    let (treated, control, marked) = (count("treated")?, count("control")?, count("marked")?);
    let (all, at_once, last_at_once) = (
        count("customers")?,
        count("at_once")?,
        text("last_at_once")?,
    );
    let (held, bought, joined) = (count("held")?, count("bought")?, count("joined")?);
    let (cost, booked) = (answer.money("cost")?, answer.money("booked")?);
    let mut list = Vec::new();
    for row in 0..answer.rows() {
        let share = |part: i64| part as f64 / all[row].max(1) as f64;
        let relation = match (share(held[row]) >= MOSTLY, share(bought[row]) >= MOSTLY) {
            (true, false) => Relation::Contract,
            (false, true) => Relation::Purchase,
            _ => Relation::Mixed,
        };
        let at_one_time = share(at_once[row]) >= NEARLY_ALL;
        let assigned = match (control[row] > 0 && marked[row] > 0, at_one_time) {
            (true, _) => Assigned::Lot,
            (false, true) => Assigned::Once,
            (false, false) => Assigned::Running,
        };
        list.push(Given {
            at_once: share(at_once[row]),
            last_at_once: day(&last_at_once[row])?,
            all: all[row] as f64,
            studied: Studied {
                activity_id: ids[row].clone(),
                name: names[row].clone(),
                process: processes[row].clone(),
                relation,
                assigned,
                self_chosen: share(joined[row]) >= MOSTLY,
                first_on: day(&first[row])?,
                last_on: day(&last[row])?,
                ended_on: ended[row].parse().ok(),
                treated: u64::try_from(treated[row]).unwrap_or_default(),
                control: u64::try_from(control[row]).unwrap_or_default(),
                cost: cost[row].max(booked[row]),
                people: People::default(),
                units: Vec::new(),
                unit_step: 0,
                unit_lead: 0,
            },
        });
    }
    Ok(list)
}

async fn study(
    ctx: &SessionContext,
    given: Given,
    (params, customers): (&EffectsParams, usize),
) -> Result<Studied, LakeError> {
    let at_one_time = given.at_once >= NEARLY_ALL;
    let mut studied = given.studied;
    if studied.assigned != Assigned::Lot {
        let adoptions = taken_up(ctx, &studied, params).await?;
        if let Some(adoptions) = adoptions {
            studied.assigned = Assigned::Units;
            take_units(ctx, &mut studied, (&adoptions, params)).await?;
        }
    }
    let moments = match at_one_time {
        true => vec![Moment::once(
            studied.first_on,
            given.last_at_once,
            params.as_of,
        )?],
        false => Moment::running(studied.first_on, studied.last_on, params.as_of)?,
    };
    // Of those who did not get it every n-th is read, each at one moment only.
    let wanted = params.most_compared.max(1);
    let parts = moments.len().max(customers.div_ceil(wanted));
    let known = given.all > 0.0 && studied.assigned != Assigned::Units;
    if known {
        let mut all = Vec::new();
        for (place, moment) in moments.iter().enumerate() {
            all.push(people(ctx, &studied, (moment, place, parts, params)).await?);
        }
        studied.people = merge(all);
    }
    Ok(studied)
}

/// One time at which customers are compared: the state on `state`, the activity by `upto`, what came in (start, until].
struct Moment {
    state: Date,
    upto: Date,
    start: Date,
    until: Date,
}

impl Moment {
    fn once(first: Date, last: Date, as_of: Date) -> Result<Self, LakeError> {
        let state = first.yesterday().map_err(LakeError::frame)?;
        let start = if (last - first).get_days() <= ONE_DAY {
            state
        } else {
            last
        };
        Ok(Self {
            state,
            upto: last,
            start: start.min(as_of),
            until: after(last, 12.months())?.min(as_of),
        })
    }

    /// A time every quarter, the last as late as it can be followed: a year if there is one, else half or a quarter.
    fn running(first: Date, last: Date, as_of: Date) -> Result<Vec<Self>, LakeError> {
        let opening = first.yesterday().map_err(LakeError::frame)?;
        for months in [12, 6, 3] {
            let mut moments = Vec::new();
            for back in 0..MOST_MOMENTS {
                let state = after(as_of, -(months + 3 * (back + 1)).months())?;
                if state < opening {
                    break;
                }
                let upto = after(state, 3.months())?;
                if state < last {
                    moments.push(Self {
                        state,
                        upto,
                        start: upto,
                        until: after(upto, months.months())?.min(as_of),
                    });
                }
            }
            if !moments.is_empty() {
                return Ok(moments);
            }
        }
        Ok(vec![Self {
            state: opening,
            upto: as_of,
            start: as_of,
            until: as_of,
        }])
    }
}

async fn people(
    ctx: &SessionContext,
    studied: &Studied,
    (moment, place, parts, params): (&Moment, usize, usize, &EffectsParams),
) -> Result<People, LakeError> {
    let followed = (moment.until - moment.start).get_days();
    let quarter = |n: i32| after(moment.start, (followed * n / 4).days());
    let holes = [
        ("as_of", params.as_of.to_string()),
        ("state", moment.state.to_string()),
        ("upto", moment.upto.to_string()),
        ("start", moment.start.to_string()),
        ("second", quarter(1)?.to_string()),
        ("third", quarter(2)?.to_string()),
        ("fourth", quarter(3)?.to_string()),
        ("until", moment.until.to_string()),
        ("spent", params.spent()),
        ("lot", (studied.assigned == Assigned::Lot).to_string()),
        ("parts", parts.to_string()),
        ("part", place.to_string()),
    ];
    let rows = ctx.sql(&fill(part(SQL, "people"), &holes)).await?;
    let rows = rows.with_param_values(vec![ScalarValue::from(studied.activity_id.as_str())])?;
    let answer = Answer::new(rows.collect().await?);
    read(&answer, (place, f64::from(followed)))
}

fn read(answer: &Answer, (place, followed): (usize, f64)) -> Result<People, LakeError> {
    let number = |name: &str| answer.numbers(name);
    let flag = |name: &str| answer.truths(name);
    // What ends or comes after the days that are followed has not happened yet.
    let within = |name: &str| -> Result<Vec<f64>, LakeError> {
        let days = answer.numbers(name)?.into_iter();
        Ok(days
            .map(|d| if d <= followed { d } else { f64::NAN })
            .collect())
    };
    let mut people = People {
        customer_id: answer.texts("customer_id")?,
        treated: flag("treated")?,
        moment: vec![place; answer.rows()],
        company: flag("company")?,
        contract: flag("contract")?,
        young: flag("young")?,
        club: flag("club")?,
        tenure_days: number("tenure_days")?,
        silence_days: number("silence_days")?,
        purchases_quarter: number("purchases_quarter")?,
        purchases_before: number("purchases_before")?,
        purchases_earlier: number("purchases_earlier")?,
        margin_before: number("margin_before")?,
        margin_earlier: number("margin_earlier")?,
        monthly_margin: number("monthly")?,
        due_days: number("due_days")?,
        contacts_before: number("contacts_before")?,
        contacts_earlier: number("contacts_earlier")?,
        faults_before: number("faults_before")?,
        satisfaction_before: number("satisfaction_before")?,
        left_days: within("left_days")?,
        bought_days: within("bought_days")?,
        margin: [
            number("margin_1")?,
            number("margin_2")?,
            number("margin_3")?,
            number("margin_4")?,
        ],
        contacts_after: number("contacts_after")?,
        satisfaction_after: number("satisfaction_after")?,
        followed_days: followed,
    };
    bill(&mut people);
    Ok(people)
}

/// Adds what the contracts in force brought in during each quarter, until they ended.
fn bill(people: &mut People) {
    let quarter = people.followed_days / 4.0;
    for row in 0..people.len() {
        let left = people.left_days[row];
        let until = if left.is_nan() {
            f64::INFINITY
        } else {
            left.max(0.0)
        };
        for (place, margin) in people.margin.iter_mut().enumerate() {
            let days = (until - place as f64 * quarter).clamp(0.0, quarter);
            margin[row] += people.monthly_margin[row] * days / 30.4375;
        }
    }
}

/// All moments as one, sorted by customer; whoever got it at one moment is not compared at another.
fn merge(parts: Vec<People>) -> People {
    let followed = (parts.iter().map(|p| p.followed_days)).fold(f64::INFINITY, f64::min);
    let mut rows: Vec<(usize, usize)> = (parts.iter().enumerate())
        .flat_map(|(part, people)| (0..people.len()).map(move |row| (part, row)))
        .collect();
    let key = |(part, row): &(usize, usize)| {
        let people = &parts[*part];
        (people.customer_id[*row].as_str(), !people.treated[*row])
    };
    rows.sort_by(|a, b| key(a).cmp(&key(b)));
    rows.dedup_by(|b, a| parts[a.0].customer_id[a.1] == parts[b.0].customer_id[b.1]);
    let numbers = |of: &dyn Fn(&People) -> &Vec<f64>| -> Vec<f64> {
        rows.iter()
            .map(|&(part, row)| of(&parts[part])[row])
            .collect()
    };
    let flags = |of: &dyn Fn(&People) -> &Vec<bool>| -> Vec<bool> {
        rows.iter()
            .map(|&(part, row)| of(&parts[part])[row])
            .collect()
    };
    People {
        customer_id: (rows.iter())
            .map(|&(part, row)| parts[part].customer_id[row].clone())
            .collect(),
        treated: flags(&|p| &p.treated),
        moment: rows.iter().map(|&(part, _)| part).collect(),
        company: flags(&|p| &p.company),
        contract: flags(&|p| &p.contract),
        young: flags(&|p| &p.young),
        club: flags(&|p| &p.club),
        tenure_days: numbers(&|p| &p.tenure_days),
        silence_days: numbers(&|p| &p.silence_days),
        purchases_quarter: numbers(&|p| &p.purchases_quarter),
        purchases_before: numbers(&|p| &p.purchases_before),
        purchases_earlier: numbers(&|p| &p.purchases_earlier),
        margin_before: numbers(&|p| &p.margin_before),
        margin_earlier: numbers(&|p| &p.margin_earlier),
        monthly_margin: numbers(&|p| &p.monthly_margin),
        due_days: numbers(&|p| &p.due_days),
        contacts_before: numbers(&|p| &p.contacts_before),
        contacts_earlier: numbers(&|p| &p.contacts_earlier),
        faults_before: numbers(&|p| &p.faults_before),
        satisfaction_before: numbers(&|p| &p.satisfaction_before),
        left_days: numbers(&|p| &p.left_days),
        bought_days: numbers(&|p| &p.bought_days),
        margin: [0, 1, 2, 3]
            .map(|quarter| numbers(&move |p: &People| -> &Vec<f64> { &p.margin[quarter] })),
        contacts_after: numbers(&|p| &p.contacts_after),
        satisfaction_after: numbers(&|p| &p.satisfaction_after),
        followed_days: if followed.is_finite() { followed } else { 0.0 },
    }
}

/// The day each unit took the activity up, when it was given to whole units; none when single customers got it.
async fn taken_up(
    ctx: &SessionContext,
    studied: &Studied,
    params: &EffectsParams,
) -> Result<Option<BTreeMap<String, Option<Date>>>, LakeError> {
    let holes = [
        ("as_of", params.as_of.to_string()),
        (
            "contracts",
            (studied.relation != Relation::Purchase).to_string(),
        ),
        (
            "purchases",
            (studied.relation != Relation::Contract).to_string(),
        ),
    ];
    let rows = ctx.sql(&fill(part(SQL, "taken_up"), &holes)).await?;
    let rows = rows.with_param_values(vec![ScalarValue::from(studied.activity_id.as_str())])?;
    let answer = Answer::new(rows.collect().await?);
    let (units, first) = (answer.texts("unit_id")?, answer.texts("first_day")?);
    let (customers, got) = (answer.numbers("customers")?, answer.numbers("got")?);
    let mut adoptions = BTreeMap::new();
    let (mut counted, mut clear, mut full) = (0, 0, 0);
    for row in 0..answer.rows() {
        if customers[row] < FEWEST_OF_UNIT {
            continue;
        }
        counted += 1;
        let share = got[row] / customers[row];
        let adopted = (share >= TAKEN_UP).then(|| day(&first[row])).transpose()?;
        full += usize::from(adopted.is_some());
        clear += usize::from(adopted.is_some() || share <= NOT_TAKEN_UP);
        adoptions.insert(units[row].clone(), adopted);
    }
    let mut dates: Vec<Date> = adoptions.values().flatten().copied().collect();
    dates.sort_unstable();
    dates.dedup();
    let by_unit = clear as f64 >= 0.9 * f64::from(counted)
        && full >= 3
        && (adoptions.len() >= full + 2 || dates.len() >= 3);
    Ok(by_unit.then_some(adoptions))
}

async fn take_units(
    ctx: &SessionContext,
    studied: &mut Studied,
    (adoptions, params): (&BTreeMap<String, Option<Date>>, &EffectsParams),
) -> Result<(), LakeError> {
    let mut dates: Vec<Date> = adoptions.values().flatten().copied().collect();
    dates.sort_unstable();
    dates.dedup();
    let Some(&first) = dates.first() else {
        return Ok(());
    };
    let (step, aligned) = grid(first, &dates);
    let periods = periods(first, step, params.as_of)?;
    let mut starts = BTreeMap::new();
    for date in &dates {
        let own = (0_i64..).find(|place| {
            after(first, (*place as i32 * step).months()).is_ok_and(|grid| grid >= *date)
        });
        starts.insert(*date, own);
    }
    let moments: Vec<String> = (periods.iter())
        .map(|(period, day, before, until)| format!("({period}, '{day}', '{before}', '{until}')"))
        .collect();
    if moments.is_empty() {
        return Ok(());
    }
    let holes = [
        ("as_of", params.as_of.to_string()),
        ("moments", moments.join(", ")),
        ("spent", params.spent()),
        (
            "contracts",
            (studied.relation != Relation::Purchase).to_string(),
        ),
        (
            "purchases",
            (studied.relation != Relation::Contract).to_string(),
        ),
    ];
    let answer = Answer::new(query(ctx, &fill(part(SQL, "units"), &holes)).await?);
    let (units, own) = (answer.texts("unit_id")?, answer.counts("period")?);
    let number = |name: &str| answer.numbers(name);
    let (customers, stayed, margin) = (number("customers")?, number("stayed")?, number("margin")?);
    let (answers, place) = (number("answers")?, number("place")?);
    let numbers: BTreeMap<&str, usize> = (adoptions.keys().enumerate())
        .map(|(number, unit)| (unit.as_str(), number))
        .collect();
    for row in 0..answer.rows() {
        let Some(&unit) = numbers.get(units[row].as_str()) else {
            continue;
        };
        let day = periods.iter().find(|period| period.0 == own[row]);
        let adopted = adoptions[&units[row]].and_then(|date| starts.get(&date).copied().flatten());
        studied.units.push(UnitPeriod {
            unit,
            period: own[row],
            day: day.map_or(first, |period| period.1),
            adopted,
            customers: customers[row],
            stayed: stayed[row],
            margin: margin[row],
            answers: answers[row],
            satisfaction: place[row],
        });
    }
    studied.unit_step = usize::try_from(step).unwrap_or(3);
    let year = 12 / studied.unit_step;
    studied.unit_lead = if aligned { year - 1 } else { year };
    Ok(())
}

/// Months between periods, the longest that fits all starts, and whether they all begin on one.
fn grid(first: Date, dates: &[Date]) -> (i32, bool) {
    let fits = |step: i32| {
        dates.iter().all(|date| {
            (0..600 / step).any(|n| after(first, (n * step).months()).is_ok_and(|d| d == *date))
        })
    };
    // A grid of whole years would leave too few times to look at.
    match [6, 4, 3].into_iter().find(|step| fits(*step)) {
        Some(step) => (step, true),
        None => (3, false),
    }
}

type Period = (i64, Date, Date, Date);

/// The day before the first start and every step before and after it whose twelve months can be followed.
fn periods(first: Date, step: i32, as_of: Date) -> Result<Vec<Period>, LakeError> {
    let opening = first.yesterday().map_err(LakeError::frame)?;
    let earliest = -(12 / step + 4);
    let mut periods = Vec::new();
    for place in earliest..200 {
        let own = after(opening, (place * step).months())?;
        let until = after(own, 12.months())?;
        if until > as_of {
            break;
        }
        periods.push((i64::from(place), own, after(own, -12.months())?, until));
    }
    Ok(periods)
}

fn after(date: Date, span: Span) -> Result<Date, LakeError> {
    date.checked_add(span).map_err(LakeError::frame)
}

fn day(text: &str) -> Result<Date, LakeError> {
    text.parse().map_err(LakeError::frame)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn starts_four_months_apart_lie_on_one_grid_and_others_on_quarters() {
        let first = date(2024, 6, 1);
        let apart = [first, date(2024, 10, 1), date(2025, 6, 1)];
        assert_eq!(grid(first, &apart), (4, true));
        assert_eq!(grid(first, &[first, date(2024, 7, 9)]), (3, false));
    }

    #[test]
    fn a_running_activity_is_looked_at_every_quarter_that_can_be_followed_a_year() {
        let moments =
            Moment::running(date(2024, 1, 1), date(2026, 6, 1), date(2026, 6, 30)).unwrap();
        assert_eq!(moments.len(), 5);
        assert_eq!(moments[0].state, date(2025, 3, 30));
        assert_eq!(moments[0].until, date(2026, 6, 30));
        let young = Moment::running(date(2026, 6, 1), date(2026, 6, 20), date(2026, 6, 30));
        assert_eq!(young.unwrap()[0].start, date(2026, 6, 30));
    }
}

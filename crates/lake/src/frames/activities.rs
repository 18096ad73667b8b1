//! How is the activities frame built from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::prelude::SessionContext;
use jiff::ToSpan;
use jiff::civil::Date;
use odla_domain::frames::activities::{
    ActivitiesFrame, Activity, Contacts, Doings, Heard, Pool, Referred, Work,
};

const SQL: &str = include_str!("activities.sql");

/// As of when the ledger is read.
#[derive(Clone, Copy, Debug)]
pub struct ActivitiesParams {
    pub as_of: Date,
    /// Days after the order in which a payment is on time.
    pub due_days: u32,
}

impl ActivitiesParams {
    pub const fn standard(as_of: Date) -> Self {
        Self {
            as_of,
            due_days: 30,
        }
    }
}

pub async fn activities(
    ctx: &SessionContext,
    params: &ActivitiesParams,
) -> Result<ActivitiesFrame, LakeError> {
    let as_of = params.as_of;
    let (holes, months) = holes(params)?;
    let ask = async |name: &str| -> Result<Answer, LakeError> {
        Ok(Answer::new(
            query(ctx, &fill(part(SQL, name), &holes)).await?,
        ))
    };
    let mut doings = [Doings::default(), Doings::default()];
    money(&ask("money").await?, &mut doings)?;
    terms(&ask("months").await?, &mut doings)?;
    faults(&ask("faults").await?, &mut doings)?;
    calls(&ask("calls").await?, &mut doings)?;
    let (books, won) = (ask("books").await?, ask("won").await?);
    ActivitiesFrame {
        as_of,
        months,
        activities: register(&ask("register").await?)?,
        pools: pools(&ask("pools").await?)?,
        books: books.money("amount")?.first().copied().unwrap_or_default(),
        contacts: contacts(&ask("contacts").await?)?,
        work: work(&ask("work").await?)?,
        heard: heard(&ask("heard").await?)?,
        doings,
        referred: referred(&ask("referred").await?)?,
        acquisition_cost: (won.numbers("acquisition_cost")?.first().copied()).unwrap_or(f64::NAN),
    }
    .checked()
    .map_err(LakeError::frame)
}

type Holes = [(&'static str, String); 9];

/// The days and months that the queries are cut at.
fn holes(params: &ActivitiesParams) -> Result<(Holes, (String, String)), LakeError> {
    let as_of = params.as_of;
    let day = |date: Date| -> Result<Date, LakeError> { date.tomorrow().map_err(LakeError::frame) };
    let from = as_of.checked_sub(12.months()).map_err(LakeError::frame)?;
    let before = as_of.checked_sub(24.months()).map_err(LakeError::frame)?;
    let month = match as_of.last_of_month() == as_of {
        true => as_of,
        false => as_of
            .first_of_month()
            .yesterday()
            .map_err(LakeError::frame)?,
    };
    let first = month
        .first_of_month()
        .checked_sub(11.months())
        .map_err(LakeError::frame)?;
    let name = |date: Date| format!("{:04}-{:02}", date.year(), date.month());
    let months = (name(first), name(month));
    let holes = [
        ("as_of", as_of.to_string()),
        ("from", from.to_string()),
        ("from_before", before.to_string()),
        ("next_day", day(as_of)?.to_string()),
        ("from_next", day(from)?.to_string()),
        ("from_before_next", day(before)?.to_string()),
        ("first_period", months.0.clone()),
        ("last_period", months.1.clone()),
        ("due_days", params.due_days.to_string()),
    ];
    Ok((holes, months))
}

fn register(answer: &Answer) -> Result<Vec<Activity>, LakeError> {
    let text = |name: &str| answer.texts(name);
    let (ids, names, processes) = (text("activity_id")?, text("name")?, text("process")?);
    let (owners, targets) = (text("owner")?, text("target")?);
    let (started, ended) = (text("started_on")?, text("ended_on")?);
    let registered = answer.truths("registered")?;
    let count = |name: &str| counts(answer, name);
    let (customers, exposures, control) =
        (count("customers")?, count("exposures")?, count("control")?);
    let money = |name: &str| answer.money(name);
    let (planned, booked, booked_year) =
        (money("planned")?, money("booked")?, money("booked_year")?);
    let (cost, cost_year) = (money("exposure_cost")?, money("exposure_cost_year")?);
    let activities = (0..ids.len()).map(|row| Activity {
        activity_id: ids[row].clone(),
        registered: registered[row],
        name: names[row].clone(),
        process: processes[row].clone(),
        owner: owners[row].clone(),
        target: targets[row].clone(),
        started_on: started[row].parse().ok(),
        ended_on: ended[row].parse().ok(),
        planned: planned[row],
        customers: customers[row],
        exposures: exposures[row],
        control: control[row],
        exposure_cost: cost[row],
        exposure_cost_year: cost_year[row],
        booked: booked[row],
        booked_year: booked_year[row],
    });
    Ok(activities.collect())
}

fn pools(answer: &Answer) -> Result<Vec<Pool>, LakeError> {
    let text = |name: &str| answer.texts(name);
    let (processes, names) = (text("process")?, text("pool")?);
    let (activities, drivers) = (text("activity_id")?, text("driver")?);
    let (lines, amounts) = (counts(answer, "lines")?, answer.money("amount")?);
    let capacity = answer.numbers("capacity")?;
    let pools = (0..names.len()).map(|row| Pool {
        process: processes[row].clone(),
        pool: names[row].clone(),
        activity_id: activities[row].clone(),
        driver: drivers[row].clone(),
        lines: lines[row],
        amount: amounts[row],
        capacity: capacity[row],
    });
    Ok(pools.collect())
}

fn contacts(answer: &Answer) -> Result<Vec<Contacts>, LakeError> {
    let processes = answer.texts("process")?;
    let count = |name: &str| counts(answer, name);
    let (events, customers) = (count("events")?, count("customers")?);
    let (by_customer, repeats) = (count("by_customer")?, count("repeats")?);
    let (judged, resolved) = (count("judged")?, count("resolved")?);
    let (by_partner, self_service) = (count("by_partner")?, count("self_service")?);
    let minutes = answer.numbers("minutes")?;
    let theirs = answer.numbers("minutes_by_customer")?;
    let contacts = (0..processes.len()).map(|row| Contacts {
        process: processes[row].clone(),
        events: events[row],
        // Meetings without a known customer may still be more than none.
        customers: customers[row].min(events[row]),
        minutes: minutes[row],
        by_customer: by_customer[row],
        minutes_by_customer: theirs[row],
        repeats: repeats[row],
        judged: judged[row],
        resolved: resolved[row],
        by_partner: by_partner[row],
        self_service: self_service[row],
    });
    Ok(contacts.collect())
}

fn work(answer: &Answer) -> Result<Vec<Work>, LakeError> {
    let (words, events) = (answer.texts("word")?, counts(answer, "events")?);
    let customers = counts(answer, "customers")?;
    let work = (0..words.len()).map(|row| Work {
        word: words[row].clone(),
        events: events[row],
        customers: customers[row],
    });
    Ok(work.collect())
}

fn heard(answer: &Answer) -> Result<Vec<Heard>, LakeError> {
    let (processes, answers) = (answer.texts("process")?, counts(answer, "answers")?);
    let places = answer.numbers("place")?;
    let heard = (0..processes.len()).map(|row| Heard {
        process: processes[row].clone(),
        answers: answers[row],
        place: places[row],
    });
    Ok(heard.collect())
}

fn money(answer: &Answer, doings: &mut [Doings; 2]) -> Result<(), LakeError> {
    let count = |name: &str| counts(answer, name);
    let (again, newly) = (count("again")?, count("newly")?);
    let (again_margin, newly_margin) =
        (answer.money("again_margin")?, answer.money("newly_margin")?);
    let (paid, late, late_days) = (count("paid")?, count("late")?, answer.money("late_days")?);
    each_year(answer, doings, |row, year| {
        year.again = again[row];
        year.again_margin = again_margin[row];
        year.newly = newly[row];
        year.newly_margin = newly_margin[row];
        year.paid = paid[row];
        year.late = late[row];
        year.late_days = late_days[row];
    })
}

fn terms(answer: &Answer, doings: &mut [Doings; 2]) -> Result<(), LakeError> {
    let (months, renewals) = (counts(answer, "months")?, counts(answer, "renewals")?);
    let (margin, renewed) = (answer.money("margin")?, answer.money("renewed_margin")?);
    each_year(answer, doings, |row, year| {
        year.months = months[row];
        year.months_margin = margin[row];
        year.renewals = renewals[row];
        year.renewed_margin = renewed[row];
    })
}

fn faults(answer: &Answer, doings: &mut [Doings; 2]) -> Result<(), LakeError> {
    let (reported, compensation) = (counts(answer, "reported")?, answer.money("compensation")?);
    each_year(answer, doings, |row, year| {
        year.reported = reported[row];
        year.compensation = compensation[row];
    })
}

fn calls(answer: &Answer, doings: &mut [Doings; 2]) -> Result<(), LakeError> {
    let (calls, minutes) = (counts(answer, "calls")?, answer.numbers("minutes")?);
    each_year(answer, doings, |row, year| {
        year.calls = calls[row];
        year.call_minutes = minutes[row];
    })
}

/// Fills the year that each row is about.
fn each_year(
    answer: &Answer,
    doings: &mut [Doings; 2],
    mut put: impl FnMut(usize, &mut Doings),
) -> Result<(), LakeError> {
    for (row, back) in answer.counts("years_back")?.into_iter().enumerate() {
        if let Some(year) = usize::try_from(back)
            .ok()
            .and_then(|back| doings.get_mut(back))
        {
            put(row, year);
        }
    }
    Ok(())
}

fn referred(answer: &Answer) -> Result<Vec<Referred>, LakeError> {
    let (ids, years) = (answer.texts("customer_id")?, answer.counts("years_back")?);
    let costs = answer.numbers("acquisition_cost")?;
    let referred = (0..ids.len()).map(|row| Referred {
        customer_id: ids[row].clone(),
        years_back: years[row],
        acquisition_cost: costs[row],
    });
    Ok(referred.collect())
}

fn counts(answer: &Answer, name: &str) -> Result<Vec<u64>, LakeError> {
    let counts = answer.counts(name)?.into_iter();
    Ok(counts
        .map(|count| u64::try_from(count).unwrap_or_default())
        .collect())
}

//! How is the frame of delivery times built from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use super::service::{chances, chosen, month_number};
use crate::{LakeError, query};
use datafusion::prelude::SessionContext;
use jiff::ToSpan;
use jiff::civil::Date;
use odla_domain::frames::delivery::{DeliveryFrame, SentOrders, SentRenewals};
use std::collections::BTreeMap;

const SQL: &str = include_str!("delivery.sql");
const RENEWALS: &str = include_str!("renewals.sql");
/// Months of orders that are read.
const MONTHS: i64 = 36;
/// Days from the order in which a year's coming back, and contacts and complaints, are counted: the same for quick and slow.
const YEAR: i64 = 365;
const AFTER: i64 = 45;

/// As of when the ledger is read.
#[derive(Clone, Copy, Debug)]
pub struct DeliveryParams {
    pub as_of: Date,
    /// About how many orders to read at most.
    pub most_orders: u64,
}

impl DeliveryParams {
    pub const fn standard(as_of: Date) -> Self {
        Self {
            as_of,
            most_orders: 250_000,
        }
    }
}

pub async fn delivery(
    ctx: &SessionContext,
    params: &DeliveryParams,
) -> Result<DeliveryFrame, LakeError> {
    let as_of = params.as_of;
    let back = |months: i64| as_of.checked_sub(months.months()).map_err(LakeError::frame);
    let mut holes = vec![
        ("as_of", as_of.to_string()),
        ("at", back(12)?.to_string()),
        ("since", back(MONTHS)?.to_string()),
        ("seen_from", back(MONTHS - 12)?.to_string()),
        ("month_of_as_of", month_number(as_of).to_string()),
    ];
    let size = ask(ctx, "size", &holes).await?;
    let (sent, dated) = (one(&size, "sent")?, one(&size, "dated")?);
    let share = (params.most_orders as f64 / (sent as f64).max(1.0)).min(1.0);
    holes.push(("chosen_d", chosen("d.customer_id", share)));
    holes.push(("chosen", chosen("customer_id", share)));
    for name in ["contracts", "endings", "traits"] {
        holes.insert(0, (name, fill(part(RENEWALS, name).trim(), &holes)));
    }
    let chances = fill(chances(), &holes);
    holes.insert(0, ("chances", chances));
    let last = ask_day(ctx, as_of).await?;
    let list = ask(ctx, "orders", &holes).await?;
    let followed = Followed {
        days: by_customer(&ask(ctx, "days", &holes).await?, |_, _| Ok(()))?,
        contacts: {
            let answer = ask(ctx, "contacts", &holes).await?;
            let (n, minutes) = (answer.numbers("contacts")?, answer.numbers("minutes")?);
            by_customer(&answer, |_, row| Ok((n[row], minutes[row])))?
        },
        complaints: {
            let answer = ask(ctx, "complaints", &holes).await?;
            let (orders, paid) = (answer.texts("order_id")?, answer.numbers("compensation")?);
            by_customer(&answer, |_, row| Ok((orders[row].clone(), paid[row])))?
        },
        last,
    };
    let orders = orders(&list, &followed)?;
    let renewals = renewals(&ask(ctx, "renewals", &holes).await?, &orders)?;
    DeliveryFrame {
        as_of,
        orders,
        renewals,
        sent,
        dated,
        share_read: share,
    }
    .checked()
    .map_err(LakeError::frame)
}

async fn ask(
    ctx: &SessionContext,
    name: &str,
    holes: &[(&str, String)],
) -> Result<Answer, LakeError> {
    Ok(Answer::new(
        query(ctx, &fill(part(SQL, name), holes)).await?,
    ))
}

/// The day of the analysis in the ledger's own count of days.
async fn ask_day(ctx: &SessionContext, as_of: Date) -> Result<i64, LakeError> {
    let answer = query(ctx, &format!("select cast(date '{as_of}' as int) as day")).await?;
    let days = Answer::new(answer).counts("day")?;
    Ok(days.first().copied().unwrap_or_default())
}

fn one(answer: &Answer, name: &str) -> Result<u64, LakeError> {
    let count = answer.counts(name)?.first().copied().unwrap_or_default();
    Ok(u64::try_from(count).unwrap_or_default())
}

/// Per customer, what happened on which day; in order of days.
type ByCustomer<T> = BTreeMap<String, Vec<(i64, T)>>;

fn by_customer<T>(
    answer: &Answer,
    what: impl Fn(&Answer, usize) -> Result<T, LakeError>,
) -> Result<ByCustomer<T>, LakeError> {
    let (ids, days) = (answer.texts("customer_id")?, answer.counts("day")?);
    let mut found = ByCustomer::<T>::new();
    for (row, (id, day)) in ids.into_iter().zip(days).enumerate() {
        found.entry(id).or_default().push((day, what(answer, row)?));
    }
    Ok(found)
}

/// What customers did, to be held against each order.
struct Followed {
    days: ByCustomer<()>,
    contacts: ByCustomer<(f64, f64)>,
    complaints: ByCustomer<(String, f64)>,
    last: i64,
}

fn orders(answer: &Answer, followed: &Followed) -> Result<SentOrders, LakeError> {
    let ids = answer.texts("order_id")?;
    let promised = answer.truths("promised")?;
    let late = answer.numbers("late")?.into_iter().zip(promised);
    let mut orders = SentOrders {
        customer_id: answer.texts("customer_id")?,
        day: answer.counts("day")?,
        month: answer.numbers("month")?,
        weekday: answer.numbers("weekday")?,
        recent: answer.truths("recent")?,
        waiting: answer.numbers("waiting")?,
        late: late
            .map(|(days, told)| if told { days } else { f64::NAN })
            .collect(),
        carrier: answer.texts("carrier")?,
        channel: answer.texts("channel")?,
        unit: answer.texts("unit")?,
        company: answer.truths("company")?,
        contract: answer.truths("contract")?,
        net: answer.numbers("net")?,
        lines: answer.numbers("lines")?,
        freight: answer.numbers("freight")?,
        ..SentOrders::default()
    };
    for (row, order) in ids.iter().enumerate() {
        let (customer, day) = (orders.customer_id[row].clone(), orders.day[row]);
        before(&mut orders, followed, (&customer, day));
        after(&mut orders, followed, (&customer, day, order));
    }
    Ok(orders)
}

fn before(orders: &mut SentOrders, followed: &Followed, (customer, day): (&str, i64)) {
    let days = followed.days.get(customer).map_or(&[][..], Vec::as_slice);
    let place = days.partition_point(|(own, ())| *own < day);
    let year = days[..place]
        .iter()
        .filter(|(own, ())| *own >= day - YEAR)
        .count();
    let silence = days[..place]
        .last()
        .map_or(f64::NAN, |(own, ())| (day - own) as f64);
    let tenure = days
        .first()
        .map_or(0.0, |(own, ())| (day - own).max(0) as f64 / 365.25);
    orders.bought_before.push(year as f64);
    orders.silence.push(silence);
    orders.tenure.push(tenure);
}

fn after(orders: &mut SentOrders, followed: &Followed, (customer, day, order): (&str, i64, &str)) {
    let within = |own: i64, length: i64| own > day && own <= day + length;
    let days = followed.days.get(customer).map_or(&[][..], Vec::as_slice);
    let back = days.iter().any(|(own, ())| within(*own, YEAR));
    // Orders of the last year are left out whether they came back yet or not: else only the quick would be told.
    orders
        .back
        .push((day + YEAR <= followed.last).then_some(back));
    let ripe = day + AFTER <= followed.last;
    let told = |value: f64| if ripe { value } else { f64::NAN };
    let contacts = followed
        .contacts
        .get(customer)
        .map_or(&[][..], Vec::as_slice);
    let (n, minutes) = (contacts.iter())
        .filter(|(own, _)| *own >= day && *own <= day + AFTER)
        .fold((0.0, 0.0), |sum, (_, own)| (sum.0 + own.0, sum.1 + own.1));
    let complaints = followed
        .complaints
        .get(customer)
        .map_or(&[][..], Vec::as_slice);
    let mine: Vec<f64> = (complaints.iter())
        .filter(|(own, (of, _))| match of.is_empty() {
            true => *own >= day && *own <= day + AFTER,
            false => of == order,
        })
        .map(|(_, (_, paid))| *paid)
        .collect();
    orders.contacts.push(told(n));
    orders.minutes.push(told(minutes));
    orders.complaint.push(told(f64::from(!mine.is_empty())));
    orders.compensation.push(told(mine.iter().sum()));
}

fn renewals(answer: &Answer, orders: &SentOrders) -> Result<SentRenewals, LakeError> {
    let mut rows_of = BTreeMap::<&str, Vec<usize>>::new();
    for (row, customer) in orders.customer_id.iter().enumerate() {
        rows_of.entry(customer).or_default().push(row);
    }
    let (ids, days) = (answer.texts("customer_id")?, answer.counts("day")?);
    let (ended, number) = (answer.truths("ended")?, answer.numbers("number")?);
    let (month, term) = (answer.numbers("month")?, answer.numbers("term")?);
    let (amount, cost) = (
        answer.numbers("monthly_amount")?,
        answer.numbers("monthly_cost")?,
    );
    let (company, stress) = (answer.numbers("company")?, answer.numbers("stress")?);
    let told = |value: f64| if value.is_nan() { 0.0 } else { value };
    let mut found = SentRenewals::default();
    for row in 0..ids.len() {
        let own = rows_of
            .get(ids[row].as_str())
            .map_or(&[][..], Vec::as_slice);
        let year = own.iter().copied().filter(|&order| {
            let day = orders.day[order];
            day <= days[row] && day > days[row] - YEAR
        });
        let year: Vec<usize> = year.collect();
        if year.is_empty() {
            continue;
        }
        found.customer_id.push(ids[row].clone());
        found.ended.push(ended[row]);
        found.number.push(number[row]);
        found.month.push(month[row]);
        found.term.push(term[row].max(1.0));
        found.margin.push(told(amount[row]) - told(cost[row]));
        found.company.push(company[row]);
        found.stress.push(stress[row]);
        found.orders.push(year);
    }
    Ok(found)
}

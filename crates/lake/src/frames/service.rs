//! How is the service frame built from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use super::renewals::TRAITS;
use crate::{LakeError, query};
use datafusion::prelude::SessionContext;
use jiff::ToSpan;
use jiff::civil::Date;
use odla_domain::frames::service::{
    Buyers, Contacts, Met, MinutePool, Renewals, ServiceFrame, Volume,
};
use std::collections::BTreeMap;

const SQL: &str = include_str!("service.sql");
const RENEWALS: &str = include_str!("renewals.sql");
/// What may tell buyers without a contract apart.
const OF_BUYERS: [&str; 5] = ["purchases", "net", "silence", "tenure", "company"];
/// Days after which a contact that was not followed up is taken as the last of its case.
const RIPE_DAYS: i64 = 21;
/// Months of contacts that must lie before a renewal; what came before the register began is not known.
const SEEN_MONTHS: i64 = 3;

type Holes = Vec<(&'static str, String)>;

/// As of when the ledger is read.
#[derive(Clone, Copy, Debug)]
pub struct ServiceParams {
    pub as_of: Date,
    /// About how many contacts to read at most.
    pub most_contacts: u64,
}

impl ServiceParams {
    pub const fn standard(as_of: Date) -> Self {
        Self {
            as_of,
            most_contacts: 400_000,
        }
    }
}

pub async fn service(
    ctx: &SessionContext,
    params: &ServiceParams,
) -> Result<ServiceFrame, LakeError> {
    let extra = extra_columns(ctx).await?;
    let (holes, share_read) = holes(ctx, params, &extra).await?;
    let ask = async |name: &str| ask(ctx, (SQL, name), &holes).await;
    let opening = ask("opening").await?;
    let frame = ServiceFrame {
        as_of: params.as_of,
        volumes: volumes(&ask("volumes").await?)?,
        pools: pools(&ask("pools").await?)?,
        contacts: contacts(&ask("contacts").await?, &extra)?,
        extra,
        renewals: renewals(&ask("renewals").await?, &ask("met_at_renewals").await?)?,
        buyers: buyers(&ask("buyers").await?, &ask("met_by_buyers").await?)?,
        open_hours: first(&opening.numbers("hours")?),
        open_contacts: first(&opening.numbers("contacts")?),
        mean_wait: first(&opening.numbers("mean_wait")?),
        share_read,
    };
    frame.checked().map_err(LakeError::frame)
}

async fn ask(
    ctx: &SessionContext,
    (sql, name): (&'static str, &str),
    holes: &Holes,
) -> Result<Answer, LakeError> {
    Ok(Answer::new(
        query(ctx, &fill(part(sql, name), holes)).await?,
    ))
}

/// The company's own columns on contacts: known before or at the contact, such as how hard the case is.
async fn extra_columns(ctx: &SessionContext) -> Result<Vec<String>, LakeError> {
    let table = ctx.table("interactions").await.map_err(LakeError::from)?;
    let named = table.schema().fields().iter().map(|field| field.name());
    let plain = |name: &&String| {
        name.starts_with("x_") && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
    };
    Ok(named.filter(plain).cloned().collect())
}

async fn holes(
    ctx: &SessionContext,
    params: &ServiceParams,
    extra: &[String],
) -> Result<(Holes, f64), LakeError> {
    let as_of = params.as_of;
    let back = |months: i64| as_of.checked_sub(months.months()).map_err(LakeError::frame);
    let columns = |of: &str| -> String {
        let list = extra.iter().map(|name| format!(", {of}\"{name}\""));
        list.collect()
    };
    let mut holes: Holes = vec![
        ("as_of", as_of.to_string()),
        ("at", back(12)?.to_string()),
        ("ripe", as_of.saturating_sub(RIPE_DAYS.days()).to_string()),
        ("last_period", period(as_of)),
        ("first_period", period(back(12)?)),
        ("month_of_as_of", month_number(as_of).to_string()),
        ("trait_columns", TRAITS.join(", ")),
        ("extra_of_c", columns("c.")),
        ("extra", columns("")),
    ];
    let size = ask(ctx, (SQL, "size"), &holes).await?;
    let contacts = first(&size.numbers("contacts")?);
    let first_day: Option<Date> = size
        .texts("first_day")?
        .first()
        .and_then(|d| d.parse().ok());
    let seen_from = first_day
        .unwrap_or(as_of)
        .saturating_add(SEEN_MONTHS.months());
    let share = (params.most_contacts as f64 / contacts.max(1.0)).min(1.0);
    holes.push(("seen_from", seen_from.to_string()));
    holes.push(("chosen_d", chosen("d.customer_id", share)));
    holes.push(("chosen", chosen("customer_id", share)));
    for name in ["contracts", "endings", "traits"] {
        holes.insert(0, (name, fill(part(RENEWALS, name).trim(), &holes)));
    }
    let chances = fill(chances(), &holes);
    holes.insert(0, ("chances", chances));
    Ok((holes, share))
}

/// The chances of contracts to end, for queries beside this one's.
pub(super) fn chances() -> &'static str {
    part(SQL, "chances").trim()
}

/// Whether a customer is among those read: the last signs of its id, mixed, below a share of the prime.
pub(super) fn chosen(id: &str, share: f64) -> String {
    const PRIME: f64 = 1009.0;
    if share >= 1.0 {
        return "true".to_owned();
    }
    let sign = |from_end: usize, times: u32| {
        format!("ascii(substr(reverse({id}), {from_end}, 1)) * {times}")
    };
    let mixed = [
        sign(1, 179),
        sign(2, 331),
        sign(3, 547),
        sign(4, 811),
        sign(5, 263),
    ]
    .join(" + ");
    format!("({mixed}) % {PRIME} < {:.0}", (share * PRIME).ceil())
}

fn period(day: Date) -> String {
    format!("{:04}-{:02}", day.year(), day.month())
}

pub(super) fn month_number(day: Date) -> i64 {
    i64::from(day.year()) * 12 + i64::from(day.month()) - 1
}

fn volumes(answer: &Answer) -> Result<Vec<Volume>, LakeError> {
    let (reasons, units) = (answer.texts("reason")?, answer.texts("unit")?);
    let processes = answer.texts("process")?;
    let (contacts, firsts) = (answer.numbers("contacts")?, answer.numbers("firsts")?);
    let (minutes, customers) = (answer.numbers("minutes")?, answer.numbers("customers")?);
    let volumes = (0..answer.rows()).map(|row| Volume {
        reason: reasons[row].clone(),
        unit: units[row].clone(),
        process: processes[row].clone(),
        contacts: contacts[row],
        firsts: firsts[row],
        minutes: minutes[row],
        customers: customers[row],
    });
    Ok(volumes.collect())
}

fn pools(answer: &Answer) -> Result<Vec<MinutePool>, LakeError> {
    let (units, processes) = (answer.texts("unit")?, answer.texts("process")?);
    let (amount, capacity) = (answer.numbers("amount")?, answer.numbers("capacity")?);
    let pools = (0..answer.rows()).map(|row| MinutePool {
        unit: units[row].clone(),
        process: processes[row].clone(),
        amount: amount[row],
        capacity: capacity[row],
    });
    Ok(pools.collect())
}

fn contacts(answer: &Answer, extra: &[String]) -> Result<Contacts, LakeError> {
    let ids = answer.texts("customer_id")?;
    let mut number = 0;
    let customer = (0..ids.len()).map(|row| {
        number += usize::from(row > 0 && ids[row] != ids[row - 1]);
        number
    });
    Ok(Contacts {
        customer: customer.collect(),
        reason: answer.texts("reason")?,
        minutes: answer.numbers("minutes")?,
        wait: answer.numbers("wait_minutes")?,
        resolved: answer.truths("resolved")?,
        group: answer.texts("employee_group")?,
        channel: answer.texts("channel")?,
        attempt: (answer.counts("attempt")?.into_iter())
            .map(|n| u8::try_from(n).unwrap_or(3))
            .collect(),
        followed: answer.truths("followed")?,
        ripe: answer.truths("ripe")?,
        company: answer.truths("company")?,
        contract: answer.truths("contract")?,
        said: answer.numbers("said")?,
        hour: answer.numbers("hour")?,
        extra: (extra.iter())
            .map(|name| answer.texts(name))
            .collect::<Result<_, _>>()?,
    })
}

fn renewals(answer: &Answer, met: &Answer) -> Result<Renewals, LakeError> {
    let keys = keys(answer, "contract_id", Some("due_on"))?;
    let amount = answer.numbers("monthly_amount")?;
    let cost = answer.numbers("monthly_cost")?;
    let told = |value: f64| if value.is_nan() { 0.0 } else { value };
    Ok(Renewals {
        customer_id: answer.texts("customer_id")?,
        ended: answer.truths("ended")?,
        number: answer.numbers("number")?,
        month: answer.numbers("month")?,
        term: answer.numbers("term")?,
        margin: (amount.iter().zip(&cost))
            .map(|(a, c)| told(*a) - told(*c))
            .collect(),
        names: TRAITS.map(str::to_owned).to_vec(),
        traits: (TRAITS.iter())
            .map(|name| answer.numbers(name))
            .collect::<Result<_, _>>()?,
        met: met_of(met, (&keys, "contract_id", Some("due_on")))?,
    })
}

fn buyers(answer: &Answer, met: &Answer) -> Result<Buyers, LakeError> {
    let keys = keys(answer, "customer_id", None)?;
    Ok(Buyers {
        customer_id: answer.texts("customer_id")?,
        left: answer.truths("ended")?,
        names: OF_BUYERS.map(str::to_owned).to_vec(),
        traits: (OF_BUYERS.iter())
            .map(|name| answer.numbers(name))
            .collect::<Result<_, _>>()?,
        met: met_of(met, (&keys, "customer_id", None))?,
    })
}

type Keys = BTreeMap<(String, String), usize>;

/// Where the row of each key stands.
fn keys(answer: &Answer, id: &str, day: Option<&str>) -> Result<Keys, LakeError> {
    Ok((key_list(answer, id, day)?.into_iter())
        .enumerate()
        .map(|(row, key)| (key, row))
        .collect())
}

fn key_list(
    answer: &Answer,
    id: &str,
    day: Option<&str>,
) -> Result<Vec<(String, String)>, LakeError> {
    let ids = answer.texts(id)?;
    let days = match day {
        Some(day) => answer.texts(day)?,
        None => vec![String::new(); ids.len()],
    };
    Ok(ids.into_iter().zip(days).collect())
}

/// Cases of customers who are no row (not active, under no contract) are nobody's here.
fn met_of(
    answer: &Answer,
    (keys, id, day): (&Keys, &str, Option<&str>),
) -> Result<Vec<Met>, LakeError> {
    let (reasons, cases) = (answer.texts("reason")?, answer.numbers("cases")?);
    let failed = answer.numbers("failed")?;
    let list = key_list(answer, id, day)?;
    let met = (0..answer.rows()).filter_map(|at| {
        Some(Met {
            row: *keys.get(&list[at])?,
            reason: reasons[at].clone(),
            cases: cases[at],
            failed: failed[at],
        })
    });
    Ok(met.collect())
}

fn first(values: &[f64]) -> f64 {
    values.first().copied().unwrap_or(f64::NAN)
}

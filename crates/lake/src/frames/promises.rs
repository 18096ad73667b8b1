//! How is the promises frame built from the ledger?

use super::columns::Answer;
use super::holes::{fill, part};
use crate::{LakeError, query};
use datafusion::prelude::SessionContext;
use jiff::civil::Date;
use odla_domain::frames::promises::{Kept, Month, PromisesFrame};

const SQL: &str = include_str!("promises.sql");

pub async fn promises(ctx: &SessionContext, as_of: Date) -> Result<PromisesFrame, LakeError> {
    let holes = [("as_of", as_of.to_string())];
    let ask = async |name: &str| -> Result<Answer, LakeError> {
        let answer = query(ctx, &fill(part(SQL, name), &holes)).await?;
        Ok(Answer::new(answer))
    };
    let mut sums = kept(&ask("promises").await?)?;
    sums.extend(kept(&ask("units").await?)?);
    let customers = ask("customers").await?;
    let one = |name: &str| -> Result<u64, LakeError> {
        let count = customers.counts(name)?.first().copied();
        Ok(u64::try_from(count.unwrap_or_default()).unwrap_or_default())
    };
    PromisesFrame {
        as_of,
        kept: sums,
        months: months(&ask("months").await?)?,
        customers: one("customers")?,
        met_broken: one("met_broken")?,
    }
    .checked()
    .map_err(LakeError::frame)
}

fn kept(answer: &Answer) -> Result<Vec<Kept>, LakeError> {
    let (promises, units) = (answer.texts("promise")?, answer.texts("unit")?);
    let recent = answer.truths("recent")?;
    let number = |name: &str| answer.numbers(name);
    let (customers, made, kept) = (number("customers")?, number("made")?, number("kept")?);
    let (made_squared, kept_squared, made_kept) = (
        number("made_squared")?,
        number("kept_squared")?,
        number("made_kept")?,
    );
    let rows = (0..answer.rows()).map(|row| Kept {
        promise: promises[row].clone(),
        unit: Some(units[row].clone()).filter(|unit| !unit.is_empty()),
        recent: recent[row],
        customers: customers[row],
        made: made[row],
        kept: kept[row],
        made_squared: made_squared[row],
        kept_squared: kept_squared[row],
        made_kept: made_kept[row],
    });
    Ok(rows.collect())
}

fn months(answer: &Answer) -> Result<Vec<Month>, LakeError> {
    let (promises, months) = (answer.texts("promise")?, answer.texts("month")?);
    let (made, kept) = (answer.numbers("made")?, answer.numbers("kept")?);
    let month = |row: usize| -> Result<Month, LakeError> {
        Ok(Month {
            promise: promises[row].clone(),
            month: months[row].parse().map_err(LakeError::frame)?,
            made: made[row],
            kept: kept[row],
        })
    };
    (0..answer.rows()).map(month).collect()
}

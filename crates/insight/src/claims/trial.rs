//! How do customers who differed in one thing a year ago differ in the year that followed?

use super::measure::prove_history;
use super::{Evidence, Measured};
use crate::columns::{Columns, contrast, linear, spread, told_or_zero};
use odla_domain::frames::claims::Customers;
use odla_domain::{Caution, Grade};
use odla_stats::Estimate;

/// What was known of everyone a year ago.
fn before(known: &Customers) -> Columns {
    let of = |value: &dyn Fn(usize) -> f64| (0..known.len()).map(value).collect::<Vec<f64>>();
    relation(known)
        .with("purchases", of(&|row| known.purchases_before[row].ln_1p()))
        .with("silence", of(&|row| silence(known, row)))
        .with(
            "never_bought",
            of(&|row| f64::from(known.silence_days[row].is_nan())),
        )
        .with(
            "contribution",
            of(&|row| logged(known.contribution_before[row])),
        )
        .with("asked", of(&|row| known.asked[row].ln_1p()))
        .with("tenure", of(&|row| tenure(known, row)))
}

/// Who it is, whatever was bought.
fn relation(known: &Customers) -> Columns {
    let of = |value: &dyn Fn(usize) -> f64| (0..known.len()).map(value).collect::<Vec<f64>>();
    Columns::default()
        .with("company", of(&|row| f64::from(known.company[row])))
        .with("contract", of(&|row| f64::from(known.contract[row])))
        .with("young", of(&|row| f64::from(known.young[row])))
}

/// The same, and for how long.
fn who_it_is(known: &Customers) -> Columns {
    let of = |row: usize| tenure(known, row);
    relation(known).with("tenure", (0..known.len()).map(of).collect())
}

fn silence(known: &Customers, row: usize) -> f64 {
    told_or_zero(known.silence_days[row] / 30.0)
        .max(0.0)
        .ln_1p()
}

/// Doublings of the time as a customer, from a quarter of a year.
fn tenure(known: &Customers, row: usize) -> f64 {
    told_or_zero(known.tenure_years[row]).max(0.25).log2()
}

fn logged(amount: f64) -> f64 {
    amount.signum() * amount.abs().ln_1p()
}

/// The difference that a mark makes, between those alike in all else that was known.
struct Marked<'m> {
    /// The outcome of the year before, when customers choose the mark themselves.
    earlier: Option<&'m dyn Fn(usize) -> f64>,
    /// Who is compared, and who has the mark.
    compared: &'m dyn Fn(usize) -> bool,
    marked: &'m dyn Fn(usize) -> bool,
    outcome: &'m dyn Fn(usize) -> f64,
    columns: Columns,
}

fn difference(evidence: &Evidence, marked: &Marked) -> Result<Measured, Caution> {
    prove_history(evidence)?;
    let known = &evidence.frame.customers;
    let rows: Vec<usize> = (0..known.len())
        .filter(|&row| (marked.compared)(row))
        .collect();
    let with: Vec<bool> = rows.iter().map(|&row| (marked.marked)(row)).collect();
    let those = with.iter().filter(|with| **with).count();
    let fewest = evidence.config.fewest_compared;
    if those < fewest || rows.len() - those < fewest {
        return Err(Caution::new("claims.too_few")
            .with("needed", fewest)
            .with("got", those.min(rows.len() - those)));
    }
    let outcome: Vec<f64> = rows.iter().map(|&row| (marked.outcome)(row)).collect();
    let settings = (evidence.config.level, evidence.seed);
    let found = contrast(&outcome, &with, &marked.columns.of_rows(&rows), settings)?;
    let measured = Measured {
        grade: Some(Grade::C),
        cautions: found.cautions.clone(),
        ..Measured::estimated(&found.effect, those as u64).by("aipw")
    };
    Ok(match marked.earlier {
        None => measured,
        Some(earlier) => {
            let before: Vec<f64> = rows.iter().map(|&row| earlier(row)).collect();
            let columns = who_it_is(known).of_rows(&rows);
            let differed = contrast(&before, &with, &columns, settings)?;
            allowing_for(measured, differed.effect.value)
        }
    })
}

/// Those who choose for themselves were others already. What they differed by the year before, who they are held still, is
/// as far as hidden reasons may carry: the interval reaches so much further, on the side they would carry it from.
fn allowing_for(mut measured: Measured, differed: f64) -> Measured {
    measured.lower -= differed.max(0.0);
    measured.upper -= differed.min(0.0);
    let caution = Caution::new("claims.chosen_by_customers").with("differed", differed);
    measured.cautions.push(caution);
    measured
}

/// The difference in who stays.
fn staying(
    evidence: &Evidence,
    compared: &dyn Fn(usize) -> bool,
    marked: &dyn Fn(usize) -> bool,
    columns: Columns,
) -> Result<Measured, Caution> {
    let known = &evidence.frame.customers;
    let stays = |row: usize| f64::from(known.retained[row]);
    let (mut stayed, mut left) = (0, 0);
    for row in (0..known.len()).filter(|&row| compared(row)) {
        stayed += usize::from(known.retained[row]);
        left += usize::from(!known.retained[row]);
    }
    if stayed.min(left) < evidence.config.fewest_events {
        return Err(Caution::new("claims.too_few_left")
            .with("needed", evidence.config.fewest_events)
            .with("got", stayed.min(left)));
    }
    difference(
        evidence,
        &Marked {
            earlier: None,
            compared,
            marked,
            outcome: &stays,
            columns,
        },
    )
}

pub fn proactive(evidence: &Evidence) -> Result<Measured, Caution> {
    let known = &evidence.frame.customers;
    staying(
        evidence,
        &|_| true,
        &|row| known.proactive[row] > 0.0,
        before(known),
    )
}

pub fn late(evidence: &Evidence) -> Result<Measured, Caution> {
    let known = &evidence.frame.customers;
    let promised: Vec<f64> = (known.promised_before.iter()).map(|n| n.ln_1p()).collect();
    staying(
        evidence,
        &|row| known.promised_before[row] > 0.0,
        &|row| known.late_before[row] > 0.0,
        before(known).with("promised", promised),
    )
}

/// Among those who had the occasion: two purchases at least.
pub fn several_categories(evidence: &Evidence) -> Result<Measured, Caution> {
    let known = &evidence.frame.customers;
    staying(
        evidence,
        &|row| known.purchases_before[row] >= 2.0 && known.categories[row] >= 1.0,
        &|row| known.categories[row] >= 2.0,
        before(known),
    )
}

/// Yearly contribution, as a share of the mean.
pub fn referred(evidence: &Evidence) -> Result<Measured, Caution> {
    let known = &evidence.frame.customers;
    let mean = mean(&known.contribution_after)?;
    difference(
        evidence,
        &Marked {
            earlier: None,
            compared: &|_| true,
            marked: &|row| known.referred[row],
            outcome: &|row| known.contribution_after[row] / mean,
            columns: who_it_is(known),
        },
    )
}

/// Contribution less points in the year after, of those who had just joined the club, against those who had not.
pub fn club(evidence: &Evidence) -> Result<Measured, Caution> {
    let known = &evidence.frame.customers;
    difference(
        evidence,
        &Marked {
            earlier: Some(&|row| known.contribution_before[row]),
            compared: &|row| !known.member_before[row],
            marked: &|row| known.joined[row],
            outcome: &|row| known.contribution_after[row] - known.club_cost_after[row],
            columns: before(known),
        },
    )
}

fn mean(values: &[f64]) -> Result<f64, Caution> {
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    match mean > 0.0 {
        true => Ok(mean),
        false => Err(Caution::new("claims.no_profit")),
    }
}

/// What the outcome changes by when the column rises by one, the others held still.
fn slope(
    evidence: &Evidence,
    focus: &dyn Fn(usize) -> f64,
    outcome: &dyn Fn(usize) -> f64,
    columns: &Columns,
) -> Result<Measured, Caution> {
    const FOCUS: &str = "focus";
    prove_history(evidence)?;
    let rows: Vec<usize> = (0..evidence.frame.customers.len())
        .filter(|&row| focus(row).is_finite() && outcome(row).is_finite())
        .collect();
    if rows.len() < evidence.config.fewest_regressed {
        return Err(Caution::new("claims.too_few")
            .with("needed", evidence.config.fewest_regressed)
            .with("got", rows.len()));
    }
    let of = |value: &dyn Fn(usize) -> f64| rows.iter().map(|&row| value(row)).collect::<Vec<_>>();
    let columns = columns.of_rows(&rows).with(FOCUS, of(focus));
    let (fit, _) = linear(&of(outcome), &columns, evidence.config.level)
        .map_err(|error| Caution::new("statistics").with("detail", error.to_string()))?;
    let found: Option<Estimate> = fit.coefficients.of(FOCUS).map(|own| own.estimate);
    let found = found.ok_or_else(|| Caution::new("claims.all_alike"))?;
    Ok(Measured {
        grade: Some(Grade::D),
        cautions: fit.cautions.iter().map(crate::doubt::told).collect(),
        ..Measured::estimated(&found, rows.len() as u64).by("regression")
    })
}

/// Discount of the year after per standard deviation of satisfaction.
pub fn satisfied_pay(evidence: &Evidence) -> Result<Measured, Caution> {
    let known = &evidence.frame.customers;
    let told: Vec<f64> = (known.satisfaction.iter().copied())
        .filter(|place| place.is_finite())
        .collect();
    let deviation = spread(&told);
    if deviation.is_nan() || deviation <= 0.0 {
        return Err(Caution::new("claims.all_alike"));
    }
    let earlier = (known.discount_before.iter().copied())
        .map(told_or_zero)
        .collect();
    slope(
        evidence,
        &|row| known.satisfaction[row] / deviation,
        &|row| known.discount_after[row],
        &before(known).with("earlier", earlier),
    )
}

/// Cost to serve of the year after, as a share of its mean, per doubling of the time as a customer, at equal buying.
pub fn cheaper_with_time(evidence: &Evidence) -> Result<Measured, Caution> {
    let known = &evidence.frame.customers;
    let cost = super::measure::score(evidence, "profit", "cost_to_serve_12m")?;
    let told: Vec<f64> = cost.iter().copied().filter(|c| c.is_finite()).collect();
    let mean = mean(&told)?;
    let of = |value: &dyn Fn(usize) -> f64| (0..known.len()).map(value).collect::<Vec<f64>>();
    let columns = relation(known)
        .with("purchases", of(&|row| known.purchases_after[row]))
        .with("net", of(&|row| logged(known.net_after[row])));
    slope(
        evidence,
        &|row| match known.retained[row] {
            true => tenure(known, row),
            false => f64::NAN,
        },
        &|row| cost[row] / mean,
        &columns,
    )
}

/// Discount of the year after per doubling of the time as a customer.
pub fn pay_more_with_time(evidence: &Evidence) -> Result<Measured, Caution> {
    let known = &evidence.frame.customers;
    let purchases = (known.purchases_after.iter()).map(|n| n.ln_1p()).collect();
    slope(
        evidence,
        &|row| tenure(known, row),
        &|row| known.discount_after[row],
        &relation(known).with("purchases", purchases),
    )
}

/// Contribution of the year after, as a share of its mean, per doubling of the time as a customer.
pub fn worth_more_with_time(evidence: &Evidence) -> Result<Measured, Caution> {
    let known = &evidence.frame.customers;
    let mean = mean(&known.contribution_after)?;
    slope(
        evidence,
        &|row| tenure(known, row),
        &|row| known.contribution_after[row] / mean,
        &relation(known),
    )
}

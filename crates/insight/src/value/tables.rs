//! Which tables stand behind the value: the bridge, the deciles, and forecasts held against outcomes?

use super::bridge::Steps;
use super::people::Person;
use super::report::Found;
use super::sum::Sum;
use odla_domain::{Cell, Table, Unit};
use odla_stats::btyd::HoldoutScore;

pub fn all(found: &Found<'_>) -> Vec<Table> {
    let mut tables = Vec::new();
    if let Some(steps) = &found.bridge.steps {
        tables.push(bridge(found, steps));
    }
    tables.push(deciles(found));
    if let Ok(free) = &found.free
        && let Some(best) = free.scores.first()
    {
        tables.push(choice(&free.scores));
        tables.push(calibration(best));
    }
    if let Ok(contracts) = &found.contracts
        && !contracts.calibration.is_empty()
    {
        tables.push(renewals(&contracts.calibration));
    }
    tables
}

fn bridge(found: &Found<'_>, steps: &Steps) -> Table {
    let mut table = Table::new(
        "value.bridge",
        &[
            ("value.step", Unit::Text),
            ("value.amount", Unit::Money),
            ("value.range", Unit::Money),
        ],
    );
    let rows = [
        ("opening", steps.opening),
        ("new", steps.new),
        ("developed", steps.developed),
        ("lost_influenceable", steps.lost_influenceable),
        ("lost_not_influenceable", steps.lost_not_influenceable),
        ("lost_untold", steps.lost_untold),
        ("closing", found.bridge.closing),
    ];
    for (key, sum) in rows {
        table.push(vec![
            Cell::Key(format!("value.step.{key}")),
            Cell::Number(sum.value),
            range(sum),
        ]);
    }
    table
}

fn range(sum: Sum) -> Cell {
    let (lower, upper) = sum.interval();
    Cell::Range(lower, upper)
}

/// Tenths of the customers by value, the most valuable first.
fn deciles(found: &Found<'_>) -> Table {
    let mut table = Table::new(
        "value.deciles",
        &[
            ("value.decile", Unit::Count),
            ("value.customers", Unit::Count),
            ("value.mean_value", Unit::Money),
            ("value.sum_value", Unit::Money),
            ("value.share_of_equity", Unit::Share),
        ],
    );
    let mut persons: Vec<&Person> = found.people.persons.iter().collect();
    persons.sort_by(|one, other| other.value.value.total_cmp(&one.value.value));
    let total: f64 = persons.iter().map(|person| person.value.value).sum();
    for tenth in 0..10 {
        let (from, to) = (persons.len() * tenth / 10, persons.len() * (tenth + 1) / 10);
        if from == to {
            continue;
        }
        let sum: f64 = persons[from..to]
            .iter()
            .map(|person| person.value.value)
            .sum();
        let n = (to - from) as f64;
        let share = if total > 0.0 {
            Cell::Number(sum / total)
        } else {
            Cell::None
        };
        table.push(vec![
            Cell::Number((tenth + 1) as f64),
            Cell::Number(n),
            Cell::Number(sum / n),
            Cell::Number(sum),
            share,
        ]);
    }
    table
}

/// How the distributions forecast the holdout, the best first.
fn choice(scores: &[HoldoutScore]) -> Table {
    let mut table = Table::new(
        "value.choice",
        &[
            ("value.distribution", Unit::Text),
            ("value.log_score", Unit::Points),
            ("value.mean_absolute_error", Unit::Points),
            ("value.forecast_purchases", Unit::Count),
            ("value.made_purchases", Unit::Count),
        ],
    );
    for score in scores {
        table.push(vec![
            Cell::Key(format!("value.distribution.{}", score.kind.key())),
            Cell::Number(score.log_score),
            Cell::Number(score.mean_absolute_error),
            Cell::Number(score.total_expected),
            Cell::Number(score.total_actual),
        ]);
    }
    table
}

/// Forecast and made purchases of the holdout, by tenths of the forecast.
fn calibration(best: &HoldoutScore) -> Table {
    let mut table = Table::new(
        "value.calibration",
        &[
            ("value.decile", Unit::Count),
            ("value.customers", Unit::Count),
            ("value.forecast_mean", Unit::Points),
            ("value.made_mean", Unit::Points),
        ],
    );
    for (place, decile) in best.calibration.iter().enumerate() {
        table.push(vec![
            Cell::Number((place + 1) as f64),
            Cell::Number(decile.customers as f64),
            Cell::Number(decile.expected),
            Cell::Number(decile.actual),
        ]);
    }
    table
}

/// The last year's chances to end, by tenths of what was forecast a year ago.
fn renewals(tenths: &[(f64, f64, f64)]) -> Table {
    let mut table = Table::new(
        "value.renewals",
        &[
            ("value.decile", Unit::Count),
            ("value.contracts", Unit::Count),
            ("value.forecast_share", Unit::Share),
            ("value.ended_share", Unit::Share),
        ],
    );
    for (place, &(n, forecast, ended)) in
        tenths.iter().enumerate().filter(|(_, tenth)| tenth.0 > 0.0)
    {
        table.push(vec![
            Cell::Number((place + 1) as f64),
            Cell::Number(n),
            Cell::Number(forecast / n),
            Cell::Number(ended / n),
        ]);
    }
    table
}

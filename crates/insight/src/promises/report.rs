//! How are promises laid out: kept or not, better or worse, and where?

use super::PromisesConfig;
use super::estimate::{Promise, Standing, UnitKept};
use odla_domain::frames::promises::PromisesFrame;
use odla_domain::{Caution, Cell, Figure, Report, Sentence, Table, Unit};
use odla_stats::survey::nps::proportion;

pub fn lay_out(frame: &PromisesFrame, found: &[Promise], config: &PromisesConfig) -> Report {
    let mut report = Report::new("promises");
    report.figures = figures(frame, found, config);
    for promise in found {
        report.sentences.push(said(promise));
        report.sentences.extend(stands_out(promise));
    }
    report.tables.push(list(found));
    report.tables.push(units(found));
    report.tables.push(months(frame, config));
    let small: usize = found.iter().map(|promise| promise.small_units).sum();
    if small > 0 {
        let caution = Caution::new("promises.small_units").with("units", small);
        report.cautions.push(caution.with("needed", config.fewest));
    }
    report.cautions.push(Caution::new("promises.only_measured"));
    report
}

fn figures(frame: &PromisesFrame, found: &[Promise], config: &PromisesConfig) -> Vec<Figure> {
    let made: f64 = found.iter().map(|promise| promise.made).sum();
    let broken: f64 = (found.iter())
        .map(|promise| promise.made - promise.kept)
        .sum();
    let booked = |key: &str, value: f64| Figure::booked(key, value, Unit::Count, made as u64);
    let mut figures = vec![
        booked("promises.made.count", made),
        booked("promises.broken.count", broken),
    ];
    let met = proportion(
        frame.met_broken as f64,
        frame.customers as f64,
        config.level,
    );
    if let Ok(share) = met {
        let limits = (share.interval.lower, share.interval.upper);
        let key = "promises.met_broken_share";
        let figure = Figure::estimated(key, share.value, limits, config.level, Unit::Share);
        figures.push(figure.of(frame.customers).by("proportion"));
    }
    for promise in found {
        let key = |what: &str| format!("promises.{}.{what}", promise.promise);
        let (share, limits) = (promise.share.value, promise.share.interval);
        figures.push(
            Figure::estimated(
                key("kept_share"),
                share,
                (limits.lower, limits.upper),
                config.level,
                Unit::Share,
            )
            .of(promise.made as u64)
            .by("clustered_proportion"),
        );
        figures.push(match promise.change {
            Some(change) => {
                let limits = (change.interval.lower, change.interval.upper);
                let unit = Unit::SharePoints;
                Figure::estimated(key("change"), change.value, limits, config.level, unit)
                    .of(promise.made as u64)
                    .by("clustered_proportion")
            }
            None => {
                let why = Caution::new("promises.no_year_before").with("needed", config.fewest);
                Figure::untold(key("change"), Unit::SharePoints, why)
            }
        });
    }
    figures
}

fn said(promise: &Promise) -> Sentence {
    let word = match promise.change.map(|change| change.interval) {
        Some(change) if change.lower > 0.0 => "better",
        Some(change) if change.upper < 0.0 => "worse",
        Some(_) => "alike",
        None => "new",
    };
    let interval = promise.share.interval;
    let sentence = Sentence::new(format!("promises.kept_{word}"))
        .with("promise", promise.promise.as_str())
        .with("share", promise.share.value)
        .with("lower", interval.lower)
        .with("upper", interval.upper)
        .with("made", promise.made)
        .from_figure(&format!("promises.{}.kept_share", promise.promise));
    match promise.change {
        Some(change) => sentence
            .with("change", change.value)
            .with("least", change.interval.lower)
            .with("most", change.interval.upper)
            .from_figure(&format!("promises.{}.change", promise.promise)),
        None => sentence,
    }
}

/// Units that surely keep it less often than the whole.
fn stands_out(promise: &Promise) -> Option<Sentence> {
    let below: Vec<&UnitKept> = (promise.units.iter())
        .filter(|unit| unit.standing == Standing::Below)
        .collect();
    if promise.units.is_empty() {
        return None;
    }
    let Some(worst) = below.first() else {
        let sentence = Sentence::new("promises.units_alike");
        return Some(sentence.with("units", promise.units.len()));
    };
    let key = match below.len() {
        1 => "promises.one_unit_below",
        _ => "promises.units_below",
    };
    Some(
        Sentence::new(key)
            .with("below", below.len())
            .with("units", promise.units.len())
            .with("unit", worst.unit.as_str())
            .with("share", worst.pulled.value)
            .with("lower", worst.pulled.interval.lower)
            .with("upper", worst.pulled.interval.upper),
    )
}

fn list(found: &[Promise]) -> Table {
    let mut table = Table::new(
        "promises.list",
        &[
            ("promises.promise", Unit::Text),
            ("promises.made", Unit::Count),
            ("promises.broken", Unit::Count),
            ("promises.share", Unit::Share),
            ("promises.range", Unit::Share),
            ("promises.change", Unit::SharePoints),
            ("promises.change_range", Unit::SharePoints),
        ],
    );
    for promise in found {
        let change = promise.change;
        table.push(vec![
            Cell::Text(promise.promise.clone()),
            Cell::Number(promise.made),
            Cell::Number(promise.made - promise.kept),
            Cell::Number(promise.share.value),
            Cell::Range(promise.share.interval.lower, promise.share.interval.upper),
            change.map_or(Cell::None, |change| Cell::Number(change.value)),
            change.map_or(Cell::None, |change| {
                Cell::Range(change.interval.lower, change.interval.upper)
            }),
        ]);
    }
    table
}

fn units(found: &[Promise]) -> Table {
    let mut table = Table::new(
        "promises.units",
        &[
            ("promises.promise", Unit::Text),
            ("promises.unit", Unit::Text),
            ("promises.made", Unit::Count),
            ("promises.counted", Unit::Share),
            ("promises.pulled", Unit::Share),
            ("promises.range", Unit::Share),
            ("promises.standing", Unit::Text),
        ],
    );
    for (promise, unit) in
        (found.iter()).flat_map(|promise| promise.units.iter().map(move |unit| (promise, unit)))
    {
        table.push(vec![
            Cell::Text(promise.promise.clone()),
            Cell::Text(unit.unit.clone()),
            Cell::Number(unit.made),
            Cell::Number(unit.share),
            Cell::Number(unit.pulled.value),
            Cell::Range(unit.pulled.interval.lower, unit.pulled.interval.upper),
            Cell::Key(unit.standing.word().to_owned()),
        ]);
    }
    table
}

/// Month by month: does a promise make those who give it better at keeping it?
fn months(frame: &PromisesFrame, config: &PromisesConfig) -> Table {
    let mut table = Table::new(
        "promises.months",
        &[
            ("promises.promise", Unit::Text),
            ("promises.month", Unit::Text),
            ("promises.made", Unit::Count),
            ("promises.share", Unit::Share),
            ("promises.range", Unit::Share),
        ],
    );
    for month in &frame.months {
        let Ok(share) = proportion(month.kept, month.made, config.level) else {
            continue;
        };
        table.push(vec![
            Cell::Text(month.promise.clone()),
            Cell::Text(month.month.strftime("%Y-%m").to_string()),
            Cell::Number(month.made),
            Cell::Number(share.value),
            Cell::Range(share.interval.lower, share.interval.upper),
        ]);
    }
    table
}

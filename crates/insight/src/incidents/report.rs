//! How are the faults laid out: the iceberg with its bounds, the course after a fault, and both sides' word?

use super::IncidentsConfig;
use super::iceberg::{Estimated, Iceberg, kappa};
use super::recovery::Recovery;
use crate::columns::Contrast;
use odla_domain::frames::incidents::IncidentsFrame;
use odla_domain::{Caution, Cell, Figure, Grade, Money, Report, Sentence, Table, Unit};
use odla_stats::survey::nps::proportion;
use odla_stats::{Estimate, Interval};

type Found<'f> = (&'f Estimated, &'f [Recovery]);

pub fn lay_out(
    frame: &IncidentsFrame,
    found: (&Estimated, &Vec<Recovery>),
    config: &IncidentsConfig,
) -> Report {
    let found = (found.0, found.1.as_slice());
    let mut report = Report::new("incidents");
    report.figures = figures(frame, found, config);
    report.sentences = sentences(frame, found, &report);
    report.tables.push(iceberg(found.0));
    report.tables.push(kinds(found.0));
    report.tables.push(recoveries(found.1));
    if !frame.course.is_empty() {
        report.tables.push(course(frame));
    }
    report.tables.push(accounts(frame));
    report.cautions = cautions(found, config);
    report
}

fn figures(frame: &IncidentsFrame, found: Found, config: &IncidentsConfig) -> Vec<Figure> {
    let (estimated, recoveries) = found;
    let mut figures = shares(estimated, config);
    let known: u64 = frame.lists.iter().map(|known| known.faults).sum();
    figures.push(Figure::booked(
        "incidents.known.count",
        known as f64,
        Unit::Count,
        known,
    ));
    figures.push(solved_well(frame, config));
    let paid: Money = frame.endings.iter().map(|ending| ending.compensation).sum();
    let reported: u64 = frame.endings.iter().map(|ending| ending.faults).sum();
    figures.push(Figure::booked(
        "incidents.compensation",
        paid.to_f64(),
        Unit::Money,
        reported,
    ));
    figures.push(part(
        "incidents.survey_told_share",
        (frame.survey_told, frame.survey_problems),
        ("incidents.nobody_asked", config),
    ));
    figures.push(part(
        "incidents.late.told_share",
        (frame.late_told, frame.late),
        ("incidents.no_promises", config),
    ));
    figures.push(match kappa(&frame.agreement, config.level) {
        Some((value, interval, _, n)) => Figure::estimated(
            "incidents.agreement.kappa",
            value,
            limits(interval),
            config.level,
            Unit::Ratio,
        )
        .of(n)
        .by("kappa"),
        None => Figure::untold(
            "incidents.agreement.kappa",
            Unit::Ratio,
            Caution::new("incidents.no_two_words"),
        ),
    });
    for recovery in recoveries {
        let key = |what: &str| format!("incidents.recovery.{}.{what}", recovery.met);
        figures.push(effect(
            key("retention"),
            &recovery.retention,
            (Unit::SharePoints, config),
        ));
        figures.push(effect(
            key("satisfaction"),
            &recovery.satisfaction,
            (Unit::Points, config),
        ));
    }
    figures
}

fn limits(interval: Interval) -> (f64, f64) {
    (interval.lower, interval.upper)
}

fn shares(estimated: &Estimated, config: &IncidentsConfig) -> Vec<Figure> {
    let one = |key: &str,
               from: &Result<Iceberg, Caution>,
               pick: fn(&Iceberg) -> (f64, Interval),
               unit: Unit| {
        match from {
            Ok(iceberg) => {
                let (value, interval) = pick(iceberg);
                Figure::estimated(key, value, limits(interval), config.level, unit)
                    .of(iceberg.cells.known() as u64)
                    .by("chapman")
                    .cautioned([dependence(iceberg, config)])
            }
            Err(why) => Figure::untold(key, unit, why.clone()),
        }
    };
    let all = &estimated.all;
    vec![
        one(
            "incidents.reported_share",
            all,
            |i| i.reported_share,
            Unit::Share,
        ),
        one(
            "incidents.reported_share.serious",
            &estimated.serious,
            |i| i.reported_share,
            Unit::Share,
        ),
        one(
            "incidents.hidden_share",
            all,
            |i| i.hidden_share,
            Unit::Share,
        ),
        one(
            "incidents.caught_share",
            all,
            |i| i.caught_share,
            Unit::Share,
        ),
        one(
            "incidents.total",
            all,
            |i| (i.total, i.total_interval),
            Unit::Count,
        ),
    ]
}

fn dependence(iceberg: &Iceberg, config: &IncidentsConfig) -> Caution {
    Caution::new("incidents.dependence")
        .with("least", iceberg.hidden_range.0)
        .with("most", iceberg.hidden_range.1)
        .with("half", config.dependence.0)
        .with("times", config.dependence.1)
}

fn solved_well(frame: &IncidentsFrame, config: &IncidentsConfig) -> Figure {
    let said = |word: &str| -> u64 {
        (frame.endings.iter())
            .filter(|ending| ending.closed && ending.word == word)
            .map(|ending| ending.faults)
            .sum()
    };
    let (well, badly) = (said("well"), said("badly"));
    part(
        "incidents.solved_well_share",
        (well, well + badly),
        ("incidents.no_customers_word", config),
    )
}

fn part(key: &str, (part, whole): (u64, u64), (why, config): (&str, &IncidentsConfig)) -> Figure {
    match proportion(part as f64, whole as f64, config.level) {
        Ok(share) if whole > 0 => {
            let interval = limits(share.interval);
            Figure::estimated(key, share.value, interval, config.level, Unit::Share)
                .of(whole)
                .by("proportion")
        }
        _ => Figure::untold(key, Unit::Share, Caution::new(why)),
    }
}

fn effect(
    key: String,
    contrast: &Result<Contrast, Caution>,
    (unit, config): (Unit, &IncidentsConfig),
) -> Figure {
    let found = match contrast {
        Ok(found) => found,
        Err(why) => return Figure::untold(key, unit, why.clone()),
    };
    let plain = Caution::new("incidents.unadjusted").with(
        "difference",
        found.unadjusted.value * if unit == Unit::SharePoints { 1.0 } else { 0.01 },
    );
    let figure = Figure::estimated(
        key,
        found.effect.value,
        limits(found.effect.interval),
        config.level,
        unit,
    )
    .of(found.treated as u64)
    .by("aipw")
    .graded(Grade::C)
    .cautioned([plain])
    .cautioned(found.cautions.iter().cloned());
    match found.e_value {
        Some((estimate, limit)) => figure.cautioned([Caution::new("incidents.e_value")
            .with("estimate", estimate)
            .with("limit", limit)]),
        None => figure,
    }
}

fn sentences(
    frame: &IncidentsFrame,
    (estimated, recoveries): Found,
    report: &Report,
) -> Vec<Sentence> {
    let mut sentences = vec![iceberg_said(estimated)];
    if let Ok(iceberg) = &estimated.all {
        sentences.push(
            Sentence::new("incidents.hidden_range")
                .with("least", iceberg.hidden_range.0)
                .with("most", iceberg.hidden_range.1)
                .from_figure("incidents.hidden_share"),
        );
    }
    if let Some(share) = report
        .figure("incidents.late.told_share")
        .and_then(|f| f.value)
    {
        sentences.push(
            Sentence::new("incidents.late_silent")
                .with("late", frame.late as f64)
                .with("share", share)
                .from_figure("incidents.late.told_share"),
        );
    }
    let of = |met: &str| recoveries.iter().find(|recovery| recovery.met == met);
    if let Some(well) = of("well") {
        sentences.push(paradox(well));
    }
    for met in ["badly", "silent"] {
        if let Some(Ok(found)) = of(met).map(|recovery| &recovery.retention) {
            sentences.push(harm(met, found));
        }
    }
    if let Some((value, interval, agreed, n)) = kappa(&frame.agreement, 0.90) {
        sentences.push(
            Sentence::new(match interval.lower > ALWAYS {
                true => "incidents.two_words_always",
                false => "incidents.two_words",
            })
            .with("agreed", agreed)
            .with("kappa", value)
            .with("lower", interval.lower)
            .with("upper", interval.upper)
            .with("contacts", n as f64)
            .from_figure("incidents.agreement.kappa"),
        );
    }
    sentences
}

/// An agreement whose interval begins here is written as one, and its interval says nothing.
const ALWAYS: f64 = 0.995;

fn iceberg_said(estimated: &Estimated) -> Sentence {
    match &estimated.all {
        Ok(iceberg) => {
            let (share, interval) = iceberg.reported_share;
            Sentence::new("incidents.iceberg")
                .with("share", share)
                .with("lower", interval.lower)
                .with("upper", interval.upper)
                .with("known", iceberg.cells.known())
                .with("total", iceberg.total)
                .with("hidden", iceberg.total - iceberg.cells.known())
                .from_figure("incidents.reported_share")
                .from_figure("incidents.total")
        }
        Err(_) => Sentence::new("incidents.iceberg_untold"),
    }
}

/// More loyal than before the fault? Judged on what customers do; what they say is told beside.
fn paradox(well: &Recovery) -> Sentence {
    let Ok(found) = &well.retention else {
        return Sentence::new("incidents.paradox_untold");
    };
    let key = match limits(found.effect.interval) {
        (lower, _) if lower > 0.0 => "incidents.paradox_seen",
        (_, upper) if upper < 0.0 => "incidents.paradox_reversed",
        _ => "incidents.paradox_not_seen",
    };
    with_interval(Sentence::new(key), &found.effect)
        .with("said", said_of(well))
        .from_figure("incidents.recovery.well.retention")
        .from_figure("incidents.recovery.well.satisfaction")
}

/// The sentence about satisfaction, as a word that is translated inside the other sentence.
fn said_of(well: &Recovery) -> &'static str {
    match well
        .satisfaction
        .as_ref()
        .map(|found| limits(found.effect.interval))
    {
        Ok((lower, _)) if lower > 0.0 => "incidents.said_higher",
        Ok((_, upper)) if upper < 0.0 => "incidents.said_lower",
        Ok(_) => "incidents.said_alike",
        Err(_) => "incidents.said_untold",
    }
}

fn harm(met: &str, found: &Contrast) -> Sentence {
    let word = match limits(found.effect.interval) {
        (_, upper) if upper < 0.0 => "leave",
        (lower, _) if lower > 0.0 => "stay",
        _ => "cannot_tell",
    };
    with_interval(
        Sentence::new(format!("incidents.{met}_{word}")),
        &found.effect,
    )
    .from_figure(&format!("incidents.recovery.{met}.retention"))
}

fn with_interval(sentence: Sentence, estimate: &Estimate) -> Sentence {
    sentence
        .with("effect", estimate.value)
        .with("lower", estimate.interval.lower)
        .with("upper", estimate.interval.upper)
}

fn iceberg(estimated: &Estimated) -> Table {
    let mut table = Table::new(
        "incidents.iceberg",
        &[
            ("incidents.severity", Unit::Text),
            ("incidents.both", Unit::Count),
            ("incidents.only_told", Unit::Count),
            ("incidents.only_caught", Unit::Count),
            ("incidents.only_heard", Unit::Count),
            ("incidents.all", Unit::Count),
            ("incidents.all_range", Unit::Count),
            ("incidents.reported", Unit::Share),
            ("incidents.reported_range", Unit::Share),
            ("incidents.by_dependence", Unit::Share),
        ],
    );
    let mut push = |name: Cell, iceberg: &Iceberg| {
        let cells = iceberg.cells;
        let (share, interval) = iceberg.reported_share;
        table.push(vec![
            name,
            Cell::Number(cells.both),
            Cell::Number(cells.told),
            Cell::Number(cells.caught),
            Cell::Number(cells.heard),
            Cell::Number(iceberg.total.round()),
            Cell::Range(
                iceberg.total_interval.lower.round(),
                iceberg.total_interval.upper.round(),
            ),
            Cell::Number(share),
            Cell::Range(interval.lower, interval.upper),
            Cell::Range(iceberg.reported_range.0, iceberg.reported_range.1),
        ]);
    };
    for (severity, iceberg) in &estimated.by_severity {
        let name = match severity {
            0 => Cell::Key("severity.untold".to_owned()),
            severity => Cell::Text(severity.to_string()),
        };
        if let Ok(iceberg) = iceberg {
            push(name, iceberg);
        }
    }
    if let Ok(iceberg) = &estimated.all {
        push(Cell::Key("severity.all".to_owned()), iceberg);
    }
    table
}

fn kinds(estimated: &Estimated) -> Table {
    let mut table = Table::new(
        "incidents.kinds",
        &[
            ("incidents.kind", Unit::Text),
            ("incidents.known", Unit::Count),
            ("incidents.told_of_caught", Unit::Share),
        ],
    );
    let mut kinds: Vec<_> = estimated.by_kind.iter().collect();
    kinds.sort_by(|a, b| {
        b.1.known()
            .total_cmp(&a.1.known())
            .then_with(|| a.0.cmp(&b.0))
    });
    for (kind, cells) in kinds {
        let caught = cells.both + cells.caught;
        table.push(vec![
            match kind.as_str() {
                "" => Cell::Key("severity.untold".to_owned()),
                kind => Cell::Text(kind.to_owned()),
            },
            Cell::Number(cells.known()),
            if caught > 0.0 {
                Cell::Number(cells.both / caught)
            } else {
                Cell::None
            },
        ]);
    }
    table
}

fn recoveries(recoveries: &[Recovery]) -> Table {
    let mut table = Table::new(
        "incidents.recovery",
        &[
            ("incidents.ending", Unit::Text),
            ("incidents.customers", Unit::Count),
            ("incidents.stay_effect", Unit::SharePoints),
            ("incidents.stay_range", Unit::SharePoints),
            ("incidents.stay_unadjusted", Unit::SharePoints),
            ("incidents.say_effect", Unit::Points),
            ("incidents.say_range", Unit::Points),
        ],
    );
    for recovery in recoveries {
        let (stay, say) = (
            recovery.retention.as_ref().ok(),
            recovery.satisfaction.as_ref().ok(),
        );
        let value =
            |found: Option<&Contrast>| found.map_or(Cell::None, |f| Cell::Number(f.effect.value));
        let range = |found: Option<&Contrast>| {
            found.map_or(Cell::None, |f| {
                Cell::Range(f.effect.interval.lower, f.effect.interval.upper)
            })
        };
        table.push(vec![
            Cell::Key(format!("ending.{}", recovery.met)),
            Cell::Number(recovery.customers as f64),
            value(stay),
            range(stay),
            stay.map_or(Cell::None, |f| Cell::Number(f.unadjusted.value)),
            value(say),
            range(say),
        ]);
    }
    table
}

/// Purchases per customer and quarter around the fault, those who bought in the year before it.
fn course(frame: &IncidentsFrame) -> Table {
    let mut table = Table::new(
        "incidents.course",
        &[
            ("incidents.ending", Unit::Text),
            ("incidents.quarter", Unit::Count),
            ("incidents.purchases", Unit::Ratio),
            ("incidents.buyers", Unit::Share),
            ("incidents.customers", Unit::Count),
        ],
    );
    for point in frame.course.iter().filter(|point| point.people > 0.0) {
        let quarter = if point.quarter < 0 {
            point.quarter
        } else {
            point.quarter + 1
        };
        table.push(vec![
            Cell::Key(format!("ending.{}", point.met)),
            Cell::Number(quarter as f64),
            Cell::Number(point.purchases / point.people),
            Cell::Number((point.buyers / point.people).min(1.0)),
            Cell::Number(point.people),
        ]);
    }
    table
}

/// Whose account is on file, and what both sides say of the ending.
fn accounts(frame: &IncidentsFrame) -> Table {
    let mut table = Table::new(
        "incidents.accounts",
        &[
            ("incidents.our_word", Unit::Text),
            ("incidents.their_word", Unit::Text),
            ("incidents.faults", Unit::Count),
            ("incidents.days", Unit::Ratio),
            ("incidents.our_account", Unit::Share),
            ("incidents.their_account", Unit::Share),
        ],
    );
    for ending in &frame.endings {
        let of = |n: u64| Cell::Number(n as f64 / ending.faults.max(1) as f64);
        let ours = if ending.closed {
            "word.closed"
        } else {
            "word.open"
        };
        let theirs = match ending.word.as_str() {
            "" => "word.unsaid".to_owned(),
            word => format!("word.{word}"),
        };
        table.push(vec![
            Cell::Key(ours.to_owned()),
            Cell::Key(theirs),
            Cell::Number(ending.faults as f64),
            if ending.closed {
                Cell::Number(ending.days)
            } else {
                Cell::None
            },
            of(ending.our_accounts),
            of(ending.their_accounts),
        ]);
    }
    table
}

fn cautions((estimated, recoveries): Found, config: &IncidentsConfig) -> Vec<Caution> {
    let mut cautions = Vec::new();
    match &estimated.all {
        Ok(iceberg) => cautions.push(dependence(iceberg, config)),
        Err(why) => cautions.push(why.clone()),
    }
    if recoveries.iter().any(|recovery| recovery.retention.is_ok()) {
        cautions.push(Caution::new("incidents.never_a_reason"));
        cautions.push(Caution::new("incidents.adjusted_not_randomized"));
    }
    cautions
}

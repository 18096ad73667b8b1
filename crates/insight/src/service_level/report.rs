//! How is the right level of service laid out: best minutes against today's, what a cut would cost, and why we think so?

use super::ServiceLevelConfig;
use super::leaving::{Leaving, Side};
use super::solving::{Routing, Solved, Solving};
use super::together::{Best, Together};
use super::whatif::{Answer, Asked, Term};
use odla_domain::frames::service::ServiceFrame;
use odla_domain::{Caution, Cell, Figure, Grade, Report, Sentence, Table, Unit};
use odla_stats::Interval;

/// Reasons that get a sentence of their own, of each kind.
const MOST_SENTENCES: usize = 3;

type Found<'f> = (&'f Solving, &'f Leaving, &'f Together);

pub fn lay_out(frame: &ServiceFrame, found: Found, config: &ServiceLevelConfig) -> Report {
    let (solving, leaving, together) = found;
    let halved = together.kept.answer(&asked_half(together));
    let mut report = Report::new("service_level");
    report.figures = figures(found, &halved, config);
    report.sentences = sentences(found, &halved, &report);
    report.tables.push(reasons(found));
    report.tables.push(slopes(solving));
    report.tables.push(left(leaving));
    report.tables.extend(together.kept.tables());
    report.cautions = cautions(frame, (solving, leaving));
    report
}

/// What half the time would mean for each reason, or the shortest time that is told.
fn asked_half(together: &Together) -> Asked {
    let minutes = together.kept.terms.iter().map(|term| {
        let half = (0.5 * term.today).max(term.observed.0);
        (term.reason.clone(), half)
    });
    Asked {
        minutes: minutes.collect(),
        ..Asked::default()
    }
}

fn told(key: String, value: f64, range: &Interval, unit: Unit) -> Figure {
    Figure::estimated(key, value, (range.lower, range.upper), range.level, unit).by("service_level")
}

fn figures(
    (solving, leaving, together): Found,
    halved: &[Answer],
    config: &ServiceLevelConfig,
) -> Vec<Figure> {
    let contacts: f64 = together.kept.terms.iter().map(|term| term.cases).sum();
    let mut figures = vec![match together.minute_cost {
        Some(cost) => Figure::booked(
            "service_level.minute_cost",
            cost,
            Unit::Money,
            contacts as u64,
        ),
        None => Figure::untold(
            "service_level.minute_cost",
            Unit::Money,
            Caution::new("service_level.no_books"),
        ),
    }];
    let gains: Vec<&Best> = together
        .best
        .values()
        .filter_map(|best| best.as_ref().ok())
        .collect();
    figures.push(match gains.is_empty() {
        true => Figure::untold(
            "service_level.best.gain",
            Unit::Money,
            Caution::new("service_level.no_books"),
        ),
        false => {
            let sum = |of: fn(&Best) -> f64| gains.iter().map(|best| of(best)).sum::<f64>();
            let gain = sum(|best| best.gain);
            // Reasons share what a customer is worth: their doubts are added, not averaged out.
            let range = (
                sum(|best| best.gain_interval.lower),
                sum(|best| best.gain_interval.upper),
            );
            Figure::estimated(
                "service_level.best.gain",
                gain,
                range,
                config.level,
                Unit::Money,
            )
            .of(contacts as u64)
            .by("service_level")
        }
    });
    figures.push(match &solving.attitude {
        Some(effect) => told(
            "service_level.attitude.solved".to_owned(),
            effect.value,
            &effect.interval,
            Unit::Points,
        )
        .of(solving.answers as u64)
        .graded(Grade::C),
        None => Figure::untold(
            "service_level.attitude.solved",
            Unit::Points,
            Caution::new("service_level.few_answers").with("got", solving.answers),
        ),
    });
    for solved in &solving.reasons {
        figures.extend(of_reason(solved, (leaving, together), halved, config));
    }
    figures
}

fn of_reason(
    solved: &Solved,
    (leaving, together): (&Leaving, &Together),
    halved: &[Answer],
    config: &ServiceLevelConfig,
) -> Vec<Figure> {
    let key = |what: &str| format!("service_level.{}.{what}", solved.reason);
    let n = solved.contacts as u64;
    let mut figures = vec![Figure::booked(
        key("today_minutes"),
        solved.today,
        Unit::Minutes,
        n,
    )];
    let curve = match &solved.curve {
        Ok(curve) => curve,
        Err(why) => {
            figures.push(Figure::untold(key("best_minutes"), Unit::Minutes, why.clone()).of(n));
            return figures;
        }
    };
    let grade = if curve.by_lot { Grade::B } else { Grade::C };
    figures.push(
        told(
            key("gain"),
            curve.slope.value,
            &curve.slope.interval,
            Unit::Ratio,
        )
        .of(n)
        .graded(grade)
        .cautioned(curve.cautions.iter().cloned()),
    );
    if let Some(loss) = leaving.reasons.get(&solved.reason) {
        let mean = loss.draws.iter().sum::<f64>() / loss.draws.len().max(1) as f64;
        let range = Interval::from_draws(&loss.draws, config.level);
        figures.push(
            told(key("failed_loss"), mean, &range, Unit::Money)
                .of(n)
                .graded(Grade::C),
        );
    }
    match together.best.get(&solved.reason) {
        Some(Ok(best)) => {
            let mut figure = told(
                key("best_minutes"),
                best.minutes,
                &best.interval,
                Unit::Minutes,
            )
            .of(n)
            .graded(grade)
            .cautioned(curve.cautions.iter().cloned());
            if best.at_edge {
                figure = figure.cautioned([Caution::new("service_level.best_at_edge")
                    .with("from", solved.observed.0)
                    .with("to", solved.observed.1)]);
            }
            figures.push(figure);
            figures.push(
                told(
                    key("naive_minutes"),
                    best.naive,
                    &Interval {
                        lower: best.naive,
                        upper: best.naive,
                        level: config.level,
                    },
                    Unit::Minutes,
                )
                .of(n)
                .graded(Grade::D)
                .cautioned([Caution::new("service_level.naive")]),
            );
        }
        Some(Err(why)) => {
            figures.push(Figure::untold(key("best_minutes"), Unit::Minutes, why.clone()).of(n));
        }
        None => {}
    }
    let term = together
        .kept
        .terms
        .iter()
        .find(|term| term.reason == solved.reason);
    let half = halved.iter().find(|answer| answer.reason == solved.reason);
    if let Some((term, half)) = term.zip(half) {
        figures.push(break_even(key("break_even"), (term, half), config).of(n));
    }
    figures
}

/// How much more of the customers in contact may leave before what half the time saves is gone.
fn break_even(key: String, (term, half): (&Term, &Answer), config: &ServiceLevelConfig) -> Figure {
    if !half.break_even.is_finite() {
        let why = match half.is_told() && half.saving <= 0.0 {
            true => "service_level.nothing_saved",
            false => "service_level.no_worth",
        };
        return Figure::untold(key, Unit::SharePoints, Caution::new(why));
    }
    // The saving is nearly certain; what a customer is worth carries the doubt.
    let doubt = (term.loss_error / term.loss.max(1e-9)).min(0.9);
    let z = odla_stats::estimate::normal_quantile_for_level(config.level);
    let range = ((-z * doubt).exp(), (z * doubt).exp());
    Figure::estimated(
        key,
        half.break_even,
        (half.break_even * range.0, half.break_even * range.1),
        config.level,
        Unit::SharePoints,
    )
    .by("service_level")
    .cautioned([Caution::new("service_level.of_half")
        .with("today", half.today)
        .with("asked", half.asked)])
}

fn sentences(
    (solving, leaving, together): Found,
    halved: &[Answer],
    report: &Report,
) -> Vec<Sentence> {
    let mut sentences = Vec::new();
    sentences.extend(headline(report));
    sentences.extend(half(together, halved));
    let mut found: Vec<(&Term, &Best)> = (together.kept.terms.iter())
        .filter_map(|term| Some((term, together.best.get(&term.reason)?.as_ref().ok()?)))
        .collect();
    found.sort_by(|a, b| b.1.gain.total_cmp(&a.1.gain));
    for verdict in ["under", "over"] {
        let own = (found.iter()).filter(|(term, best)| best.verdict(term.today) == verdict);
        sentences.extend(
            own.take(MOST_SENTENCES)
                .map(|(term, best)| reason(term, best, verdict)),
        );
    }
    sentences.extend(naive(&found));
    sentences.push(routing(&solving.routing));
    sentences.push(effect(leaving));
    if let Some(effect) = &solving.attitude {
        let key = match (effect.interval.lower > 0.0, effect.interval.upper < 0.0) {
            (true, _) => "service_level.attitude_up",
            (_, true) => "service_level.attitude_down",
            _ => "service_level.attitude_unclear",
        };
        sentences.push(
            Sentence::new(key)
                .with("effect", effect.value)
                .with("lower", effect.interval.lower)
                .with("upper", effect.interval.upper)
                .with("n", solving.answers)
                .from_figure("service_level.attitude.solved"),
        );
    }
    sentences
}

fn headline(report: &Report) -> Option<Sentence> {
    let gain = report.figure("service_level.best.gain")?;
    let ((value, lower), upper) = gain.value.zip(gain.lower).zip(gain.upper)?;
    let key = match lower > 0.0 {
        true => "service_level.worth",
        false => "service_level.worth_unclear",
    };
    Some(
        Sentence::new(key)
            .with("gain", value)
            .with("lower", lower)
            .with("upper", upper)
            .from_figure("service_level.best.gain"),
    )
}

/// What management asks first: half the time everywhere.
fn half(together: &Together, halved: &[Answer]) -> Option<Sentence> {
    let whole = together.kept.report(&asked_half(together));
    let value = |key: &str| whole.figure(key).and_then(|figure| figure.value);
    let net = whole.figure("whatif.net")?;
    let (lower, upper) = net.lower.zip(net.upper)?;
    let key = match (lower > 0.0, upper < 0.0) {
        (true, _) => "service_level.half_gains",
        (_, true) => "service_level.half_loses",
        _ => "service_level.half_unclear",
    };
    let customers: f64 = halved.iter().map(|answer| answer.customers_lost).sum();
    Some(
        Sentence::new(key)
            .with("saving", value("whatif.saving")?)
            .with("lost", value("whatif.value_lost")?)
            .with("net", net.value?)
            .with("lower", lower)
            .with("upper", upper)
            .with("customers", customers.round()),
    )
}

fn reason(term: &Term, best: &Best, verdict: &str) -> Sentence {
    let edge = if best.at_edge { "_edge" } else { "" };
    Sentence::new(format!("service_level.{verdict}{edge}"))
        .with("reason", term.reason.as_str())
        .with("today", term.today)
        .with("best", best.minutes)
        .with("lower", best.interval.lower)
        .with("upper", best.interval.upper)
        .with("gain", best.gain)
        .with("loss", term.loss)
        .with("lost", best.lost.max(0.0))
        .with("lost_upper", best.lost_interval.upper.max(0.0))
        .from_figure(&format!("service_level.{}.best_minutes", term.reason))
}

/// The reason that raw data are most wrong about.
fn naive(found: &[(&Term, &Best)]) -> Option<Sentence> {
    let gap = |best: &Best| (best.minutes / best.naive).ln().abs();
    let (term, best) = found.iter().max_by(|a, b| gap(a.1).total_cmp(&gap(b.1)))?;
    (gap(best) > 0.1).then(|| {
        Sentence::new("service_level.naive")
            .with("reason", term.reason.as_str())
            .with("naive", best.naive)
            .with("best", best.minutes)
            .from_figure(&format!("service_level.{}.naive_minutes", term.reason))
    })
}

fn routing(routing: &Routing) -> Sentence {
    match routing {
        Routing::AsByLot { p, groups } => Sentence::new("service_level.by_lot")
            .with("groups", *groups)
            .with("p", *p),
        Routing::Uneven { p, column } => Sentence::new("service_level.uneven")
            .with("column", column.as_str())
            .with("p", *p),
        Routing::Untold => Sentence::new("service_level.no_groups"),
    }
}

/// Which reasons' failed contacts cost customers at renewals.
fn effect(leaving: &Leaving) -> Sentence {
    let sure = |side: &Side| -> Vec<String> {
        let likely = side.chance.iter().filter(|(_, chance)| **chance >= 0.9);
        likely.map(|(reason, _)| reason.clone()).collect()
    };
    let mut reasons: Vec<String> = Vec::new();
    for side in [&leaving.renewals, &leaving.buyers].into_iter().flatten() {
        reasons.extend(sure(side));
    }
    reasons.sort_unstable();
    reasons.dedup();
    let rows = |side: &Result<Side, Caution>| side.as_ref().map_or(0, |side| side.rows);
    let key = match reasons.is_empty() {
        true => "service_level.none_costs",
        false => "service_level.these_cost",
    };
    Sentence::new(key)
        .with("reasons", reasons.join(", "))
        .with("renewals", rows(&leaving.renewals))
        .with("buyers", rows(&leaving.buyers))
}

fn reasons((solving, _, together): Found) -> Table {
    let mut table = Table::new(
        "service_level.reasons",
        &[
            ("service_level.reason", Unit::Text),
            ("service_level.verdict", Unit::Text),
            ("service_level.cases", Unit::Count),
            ("service_level.per_case", Unit::Ratio),
            ("service_level.today", Unit::Minutes),
            ("service_level.best", Unit::Minutes),
            ("service_level.best_range", Unit::Minutes),
            ("service_level.naive", Unit::Minutes),
            ("service_level.best_gain", Unit::Money),
            ("service_level.best_gain_range", Unit::Money),
            ("service_level.loss", Unit::Money),
            ("service_level.best_lost", Unit::Money),
        ],
    );
    for solved in &solving.reasons {
        let term = together
            .kept
            .terms
            .iter()
            .find(|term| term.reason == solved.reason);
        let best = together
            .best
            .get(&solved.reason)
            .and_then(|best| best.as_ref().ok());
        let of_term =
            |of: &dyn Fn(&Term) -> f64| term.map_or(Cell::None, |term| Cell::Number(of(term)));
        let of_best =
            |of: &dyn Fn(&Best) -> f64| best.map_or(Cell::None, |best| Cell::Number(of(best)));
        let range = |of: &dyn Fn(&Best) -> Interval| {
            best.map_or(Cell::None, |best| {
                Cell::Range(of(best).lower, of(best).upper)
            })
        };
        let verdict = best.map_or("cannot_tell", |best| best.verdict(solved.today));
        table.push(vec![
            Cell::Text(solved.reason.clone()),
            Cell::Key(format!("level.{verdict}")),
            of_term(&|term| term.cases),
            of_term(&|term| term.per_case_at(term.today)),
            Cell::Number(solved.today),
            of_best(&|best| best.minutes),
            range(&|best| best.interval),
            of_best(&|best| best.naive),
            of_best(&|best| best.gain),
            range(&|best| best.gain_interval),
            of_term(&|term| term.loss),
            range(&|best| best.lost_interval),
        ]);
    }
    table
}

/// What a minute does, by whose habit it was told, and what raw data say.
fn slopes(solving: &Solving) -> Table {
    let mut table = Table::new(
        "service_level.slopes",
        &[
            ("service_level.reason", Unit::Text),
            ("service_level.contacts", Unit::Count),
            ("service_level.slope", Unit::Ratio),
            ("service_level.slope_range", Unit::Ratio),
            ("service_level.raw_slope", Unit::Ratio),
            ("service_level.design", Unit::Text),
            ("service_level.strength", Unit::Ratio),
        ],
    );
    for solved in &solving.reasons {
        let Ok(curve) = &solved.curve else { continue };
        let design = if curve.by_lot { "by_lot" } else { "adjusted" };
        table.push(vec![
            Cell::Text(solved.reason.clone()),
            Cell::Number(solved.contacts as f64),
            Cell::Number(curve.slope.value),
            Cell::Range(curve.slope.interval.lower, curve.slope.interval.upper),
            Cell::Number(curve.naive_slope.value),
            Cell::Key(format!("tried.{design}")),
            curve.first_stage_f.map_or(Cell::None, Cell::Number),
        ]);
    }
    table
}

/// What a failed first contact does to leaving, by reason, before and after pooling.
fn left(leaving: &Leaving) -> Table {
    let mut table = Table::new(
        "service_level.leaving",
        &[
            ("service_level.reason", Unit::Text),
            ("service_level.who", Unit::Text),
            ("service_level.effect", Unit::Ratio),
            ("service_level.effect_range", Unit::Ratio),
            ("service_level.chance", Unit::Share),
            ("service_level.rows", Unit::Count),
            ("service_level.left", Unit::Count),
        ],
    );
    for (who, side) in [("renewals", &leaving.renewals), ("buyers", &leaving.buyers)] {
        let Ok(side) = side else { continue };
        for (reason, effect) in &side.effects {
            table.push(vec![
                Cell::Text(reason.clone()),
                Cell::Key(format!("leaves.{who}")),
                Cell::Number(effect.value),
                Cell::Range(effect.interval.lower, effect.interval.upper),
                Cell::Number(side.chance.get(reason).copied().unwrap_or(f64::NAN)),
                Cell::Number(side.rows as f64),
                Cell::Number(side.left as f64),
            ]);
        }
    }
    table
}

fn cautions(frame: &ServiceFrame, (solving, leaving): (&Solving, &Leaving)) -> Vec<Caution> {
    let mut cautions = Vec::new();
    if frame.share_read < 1.0 {
        cautions.push(Caution::new("service_level.part_read").with("share", frame.share_read));
    }
    if !matches!(solving.routing, Routing::AsByLot { .. }) {
        cautions.push(Caution::new("service_level.adjusted_only"));
    }
    for side in [&leaving.renewals, &leaving.buyers] {
        if let Err(why) = side {
            cautions.push(why.clone());
        }
    }
    if leaving.renewals.is_err() && leaving.buyers.is_err() {
        cautions.push(Caution::new("service_level.no_leaving"));
    }
    cautions.push(Caution::new("service_level.hours_untold"));
    cautions
}

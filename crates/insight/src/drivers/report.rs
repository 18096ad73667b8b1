//! How are the drivers laid out: figures with doubt, one map of importance and performance, one table of shapes?

use super::DriversConfig;
use super::estimate::{Driver, DriverFindings};
use super::recommend::{first_to_look_at, most_to_gain};
use odla_domain::{Caution, Cell, Figure, Grade, Report, Sentence, Table, Unit};
use odla_stats::Interval;

pub fn lay_out(findings: &DriverFindings, config: &DriversConfig) -> Report {
    let mut report = Report::new("drivers");
    report.figures.push(explained(findings, config));
    for driver in &findings.drivers {
        report.figures.extend(figures_of(driver, findings, config));
    }
    report.sentences = sentences(findings, config);
    report.tables.push(map(findings));
    report.tables.push(shapes(findings));
    if !findings.left_out.is_empty() {
        report.tables.push(left_out(findings));
    }
    report.cautions = cautions(findings);
    report
}

fn method(findings: &DriverFindings) -> &'static str {
    if findings.exact { "lmg" } else { "johnson" }
}

fn explained(findings: &DriverFindings, config: &DriversConfig) -> Figure {
    let interval = (
        findings.r2_interval.lower.max(0.0),
        findings.r2_interval.upper.min(1.0),
    );
    Figure::estimated(
        "drivers.r2",
        findings.r2,
        interval,
        config.level,
        Unit::Share,
    )
    .of(findings.responses as u64)
    .by("regression")
    .graded(Grade::D)
    .cautioned([Caution::new("drivers.r2_of_answers")])
}

/// Importance, effect and performance of one attribute. All associations: one questionnaire, one moment.
fn figures_of(driver: &Driver, findings: &DriverFindings, config: &DriversConfig) -> Vec<Figure> {
    let key = |what: &str| format!("drivers.{}.{what}", driver.question.key);
    let limits = |interval: Interval| (interval.lower, interval.upper);
    let n = driver.answers as u64;
    let importance = Figure::estimated(
        key("importance"),
        driver.importance,
        limits(driver.importance_interval),
        config.level,
        Unit::Share,
    );
    let (effect, performance) = (&driver.effect, &driver.performance);
    vec![
        importance
            .of(n)
            .by(method(findings))
            .graded(Grade::D)
            .cautioned(doubts(driver, findings)),
        Figure::estimated(
            key("effect"),
            effect.value,
            limits(effect.interval),
            config.level,
            Unit::Points,
        )
        .of(n)
        .by("regression")
        .graded(Grade::D)
        .cautioned(doubts(driver, findings)),
        Figure::estimated(
            key("performance"),
            performance.value,
            limits(performance.interval),
            config.level,
            Unit::Points,
        )
        .of(n)
        .by("mean")
        .cautioned(rescaled(driver)),
    ]
}

fn doubts(driver: &Driver, findings: &DriverFindings) -> Vec<Caution> {
    let mut cautions = vec![Caution::new("drivers.association")];
    cautions.extend(rescaled(driver));
    if !driver.stable {
        let ranks = Caution::new("drivers.unstable_rank")
            .with("best", driver.ranks.0)
            .with("worst", driver.ranks.1)
            .with("of", findings.drivers.len());
        cautions.push(ranks);
    }
    if driver.significant && driver.effect.value < 0.0 {
        cautions.push(Caution::new("drivers.negative_effect"));
    }
    if !driver.significant {
        cautions.push(Caution::new("drivers.not_certain").with("q", driver.q_value));
    }
    cautions
}

fn rescaled(driver: &Driver) -> Option<Caution> {
    driver
        .question
        .rescaled
        .then(|| Caution::new("drivers.rescaled"))
}

/// What is true first, then because.
fn sentences(findings: &DriverFindings, config: &DriversConfig) -> Vec<Sentence> {
    let mut sentences = vec![leading(findings)];
    sentences.push(
        Sentence::new("drivers.explained")
            .with("share", findings.r2)
            .with("outcome", findings.outcome.key.as_str())
            .with("attributes", findings.drivers.len())
            .from_figure("drivers.r2"),
    );
    sentences.push(
        Sentence::new(if findings.weighted {
            "drivers.sample_weighted"
        } else {
            "drivers.sample"
        })
        .with("responses", findings.responses)
        .with("complete", findings.complete)
        .with("effective", findings.effective),
    );
    if let Some(driver) = first_to_look_at(findings) {
        sentences.push(look_first(driver, findings));
    } else {
        sentences.push(Sentence::new("drivers.nothing_to_strengthen"));
    }
    let significant = findings
        .drivers
        .iter()
        .filter(|driver| driver.significant)
        .count();
    sentences.push(
        Sentence::new("drivers.false_discovery")
            .with("significant", significant)
            .with("attributes", findings.drivers.len())
            .with("share", config.false_discovery),
    );
    sentences
}

/// The strongest driver, unless chance alone could have put it there.
fn leading(findings: &DriverFindings) -> Sentence {
    let outcome = findings.outcome.key.as_str();
    let strongest = findings
        .drivers
        .iter()
        .find(|driver| driver.significant && driver.effect.value > 0.0);
    let Some(driver) = strongest else {
        return Sentence::new("drivers.none_found")
            .with("outcome", outcome)
            .from_figure("drivers.r2");
    };
    let key = &driver.question.key;
    let alone = driver.ranks == (1, 1);
    Sentence::new(if alone {
        "drivers.strongest"
    } else {
        "drivers.among_strongest"
    })
    .with("attribute", key.as_str())
    .with("outcome", outcome)
    .with("share", driver.importance)
    .with("lower", driver.importance_interval.lower)
    .with("upper", driver.importance_interval.upper)
    .from_figure(&format!("drivers.{key}.importance"))
}

fn look_first(driver: &Driver, findings: &DriverFindings) -> Sentence {
    let key = &driver.question.key;
    let sentence = Sentence::new("drivers.look_first")
        .with("attribute", key.as_str())
        .with("outcome", findings.outcome.key.as_str())
        .with("effect", driver.effect.value)
        .with("lower", driver.effect.interval.lower)
        .with("upper", driver.effect.interval.upper)
        .with("mean", driver.performance.value)
        .from_figure(&format!("drivers.{key}.effect"))
        .from_figure(&format!("drivers.{key}.performance"));
    match (driver.question.scale, most_to_gain(driver)) {
        (Some((_, top)), Some(most)) => sentence.with("top", top).with("most", most),
        _ => sentence,
    }
}

/// Importance against performance: the data of the picture, doubt included.
fn map(findings: &DriverFindings) -> Table {
    let columns = [
        ("attribute", Unit::Text),
        ("importance", Unit::Share),
        ("importance_range", Unit::Share),
        ("performance", Unit::Points),
        ("performance_range", Unit::Points),
        ("place_on_scale", Unit::Share),
        ("verdict", Unit::Text),
        ("answers", Unit::Count),
    ];
    let mut table = Table::new("drivers.map", &columns);
    for driver in &findings.drivers {
        table.push(vec![
            name(driver),
            Cell::Number(driver.importance),
            range(driver.importance_interval),
            Cell::Number(driver.performance.value),
            range(driver.performance.interval),
            driver.place.map_or(Cell::None, Cell::Number),
            Cell::Key(driver.verdict.word().to_owned()),
            Cell::Number(driver.answers as f64),
        ]);
    }
    table
}

/// Size, certainty and shape of each effect.
fn shapes(findings: &DriverFindings) -> Table {
    let columns = [
        ("attribute", Unit::Text),
        ("effect", Unit::Points),
        ("effect_range", Unit::Points),
        ("q_value", Unit::Ratio),
        ("ranks", Unit::Count),
        ("penalty", Unit::Points),
        ("reward", Unit::Points),
        ("asymmetry", Unit::Ratio),
        ("asymmetry_range", Unit::Ratio),
    ];
    let mut table = Table::new("drivers.shapes", &columns);
    for driver in &findings.drivers {
        table.push(vec![
            name(driver),
            Cell::Number(driver.effect.value),
            range(driver.effect.interval),
            Cell::Number(driver.q_value),
            Cell::Range(driver.ranks.0 as f64, driver.ranks.1 as f64),
            known(driver.shape.map(|shape| shape.penalty)),
            known(driver.shape.map(|shape| shape.reward)),
            known(driver.shape.map(|shape| shape.asymmetry)),
            driver
                .shape
                .map_or(Cell::None, |shape| range(shape.asymmetry_interval)),
        ]);
    }
    table
}

fn left_out(findings: &DriverFindings) -> Table {
    let mut table = Table::new(
        "drivers.left_out",
        &[("attribute", Unit::Text), ("reason", Unit::Text)],
    );
    for left in &findings.left_out {
        table.push(vec![
            Cell::Text(left.attribute.clone()),
            Cell::Key(left.caution.key.clone()),
        ]);
    }
    table
}

/// Standard questions have a word of ours; the company's own keys are shown as they are.
fn name(driver: &Driver) -> Cell {
    let key = driver.question.key.clone();
    match odla_domain::tables::QUESTIONS.contains(&key.as_str()) {
        true => Cell::Key(key),
        false => Cell::Text(key),
    }
}

fn range(interval: Interval) -> Cell {
    match interval.lower.is_finite() && interval.upper.is_finite() {
        true => Cell::Range(interval.lower, interval.upper),
        false => Cell::None,
    }
}

fn known(value: Option<f64>) -> Cell {
    value
        .filter(|value| value.is_finite())
        .map_or(Cell::None, Cell::Number)
}

fn cautions(findings: &DriverFindings) -> Vec<Caution> {
    let mut cautions = vec![Caution::new("drivers.association")];
    if findings.outcome.rescaled {
        cautions.push(Caution::new("drivers.outcome_rescaled"));
    }
    if findings.outside_scale > 0 {
        cautions.push(
            Caution::new("drivers.outside_scale").with("answers", findings.outside_scale as f64),
        );
    }
    if findings.drivers.iter().any(|driver| driver.place.is_none()) {
        cautions.push(Caution::new("drivers.no_scale"));
    }
    if !findings.exact {
        cautions.push(
            Caution::new("drivers.relative_weights").with("attributes", findings.drivers.len()),
        );
    }
    cautions.extend(findings.left_out.iter().map(|left| left.caution.clone()));
    cautions.extend(findings.cautions.iter().cloned());
    cautions
}

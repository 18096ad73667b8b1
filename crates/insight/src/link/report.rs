//! How is the link laid out: one sentence, one table, one figure in money, each with its doubt?

use super::LinkConfig;
use super::estimate::{Asking, Class, Findings, Groups, Pair, Placebo, PlaceboVerdict, Told};
use odla_domain::frames::link::LinkFrame;
use odla_domain::{Caution, Cell, Figure, Grade, Money, Report, Sentence, Table, Unit};
use odla_stats::{Estimate, Interval};

/// Months under which a follow-up is too short to say "a year".
const FULL_MONTHS: u32 = 12;

pub fn lay_out(frame: &LinkFrame, findings: &Findings, config: &LinkConfig) -> Report {
    let mut report = Report::new("link");
    report.figures = figures(frame, findings, config);
    report.sentences = sentences(frame, findings);
    report.tables.push(ways(findings));
    if !findings.classes.is_empty() {
        report.tables.push(by_class(findings));
    }
    report.cautions = cautions(frame, findings);
    report
}

fn figures(frame: &LinkFrame, findings: &Findings, config: &LinkConfig) -> Vec<Figure> {
    let n = findings.customers as u64;
    let shared = shared_cautions(frame, findings);
    let told = |key: &str, told: &Told, unit: Unit| {
        figure(key, told, unit, config.level).of(n).by("regression")
    };
    let linked = |key: &str, estimate: &Told, unit: Unit| {
        let figure = told(key, estimate, unit).cautioned(shared.iter().cloned());
        if estimate.is_ok() {
            figure.graded(findings.grade)
        } else {
            figure
        }
    };
    let per_point = findings
        .adjusted
        .worth
        .as_ref()
        .map(|worth| scaled(worth, 1.0 / findings.spread));
    let mut figures = vec![
        linked("link.say_do", &findings.adjusted.stay, Unit::SharePoints),
        linked(
            "link.say_worth",
            &findings.adjusted.worth,
            Unit::MoneyPerCustomerYear,
        ),
        linked(
            "link.point_worth",
            &per_point.map_err(Clone::clone),
            Unit::MoneyPerCustomerYear,
        ),
    ];
    figures.extend(group_figures(findings, config));
    if let Some(placebo) = &findings.placebo {
        let caution = (!placebo.earlier_answer_held)
            .then(|| Caution::new("link.placebo_without_earlier_answer"));
        let figure = figure(
            "link.placebo",
            &placebo.worth,
            Unit::MoneyPerCustomerYear,
            config.level,
        );
        figures.push(
            figure
                .of(placebo.customers as u64)
                .by("regression")
                .cautioned(caution),
        );
    } else {
        let why = Caution::new("link.history_too_short")
            .with("months", f64::from(frame.source.history_months));
        figures.push(Figure::untold(
            "link.placebo",
            Unit::MoneyPerCustomerYear,
            why,
        ));
    }
    figures.push(asking_figure(findings.asking.as_ref(), config));
    if let Some((value, limit)) = findings.hidden_cause {
        let figure = Figure::estimated(
            "link.hidden_cause",
            value,
            (limit, value),
            config.level,
            Unit::Ratio,
        );
        figures.push(figure.of(n).by("e_value"));
    }
    figures.extend(response_figures(findings, config));
    let total: Money = findings
        .classes
        .iter()
        .map(|class| class.contribution)
        .sum();
    if !findings.classes.is_empty() {
        figures.push(Figure::booked(
            "link.contribution",
            total.to_f64(),
            Unit::Money,
            n,
        ));
    }
    for class in &findings.classes {
        figures.extend(class_figures(class, findings.grade, config));
    }
    figures
}

fn figure(key: &str, told: &Told, unit: Unit, level: f64) -> Figure {
    match told {
        Ok(estimate) => {
            Figure::estimated(key, estimate.value, limits(estimate.interval), level, unit)
        }
        Err(why) => Figure::untold(key, unit, why.clone()),
    }
}

fn group_figures(findings: &Findings, config: &LinkConfig) -> Vec<Figure> {
    let keys = [
        ("link.group", Unit::SharePoints),
        ("link.group_worth", Unit::MoneyPerCustomerYear),
        ("link.within", Unit::SharePoints),
    ];
    match &findings.groups {
        Err(why) => keys
            .map(|(key, unit)| Figure::untold(key, unit, why.clone()))
            .to_vec(),
        Ok(groups) => {
            let told = [
                &groups.between.stay,
                &groups.between.worth,
                &groups.within.stay,
            ];
            let unknown = Caution::new("link.units_are_not_customers");
            keys.iter()
                .zip(told)
                .map(|((key, unit), told)| {
                    let figure = figure(key, told, *unit, config.level);
                    let graded = if told.is_ok() {
                        figure.graded(Grade::D)
                    } else {
                        figure
                    };
                    graded
                        .of(groups.customers as u64)
                        .by("within_between")
                        .cautioned([unknown.clone()])
                })
                .collect()
        }
    }
}

fn asking_figure(asking: Option<&Asking>, config: &LinkConfig) -> Figure {
    let Some(asking) = asking else {
        return Figure::untold(
            "link.asking",
            Unit::SharePoints,
            Caution::new("link.no_never_asked"),
        );
    };
    let figure = figure(
        "link.asking",
        &asking.effect,
        Unit::SharePoints,
        config.level,
    )
    .of((asking.never_asked + asking.asked) as u64)
    .by("regression");
    match (asking.effect.is_ok(), asking.alike) {
        (false, _) => figure,
        (true, true) => figure
            .graded(Grade::A)
            .cautioned([Caution::new("link.never_asked_drawn")]),
        (true, false) => figure
            .graded(Grade::C)
            .cautioned([Caution::new("link.never_asked_unlike")]),
    }
}

fn response_figures(findings: &Findings, config: &LinkConfig) -> Vec<Figure> {
    let response = &findings.response;
    let mut figures = Vec::new();
    match &response.rate {
        Some(rate) => figures.push(
            Figure::estimated(
                "link.response_rate",
                rate.value,
                limits(rate.interval),
                config.level,
                Unit::Share,
            )
            .of(response.asked as u64)
            .by("proportion"),
        ),
        None => {
            let why = response
                .cautions
                .first()
                .cloned()
                .unwrap_or_else(|| Caution::new("link.no_asked"));
            figures.push(Figure::untold("link.response_rate", Unit::Share, why));
        }
    }
    let effective = Figure::booked(
        "link.effective_n",
        response.effective,
        Unit::Count,
        findings.customers as u64,
    );
    figures.push(
        effective
            .by("weights")
            .cautioned(response.cautions.iter().cloned()),
    );
    figures
}

fn class_figures(class: &Class, grade: Grade, config: &LinkConfig) -> Vec<Figure> {
    let parts = [
        ("retention", class.retained, Unit::Share, "proportion"),
        ("worth", class.worth, Unit::MoneyPerCustomerYear, "mean"),
        (
            "difference",
            class.difference,
            Unit::SharePoints,
            "regression",
        ),
    ];
    parts
        .into_iter()
        .filter_map(|(part, estimate, unit, method)| {
            let (key, estimate) = (format!("link.class.{}.{part}", class.word), estimate?);
            let figure = Figure::estimated(
                key,
                estimate.value,
                limits(estimate.interval),
                config.level,
                unit,
            );
            let figure = figure.of(class.customers as u64).by(method);
            Some(if part == "difference" {
                figure.graded(grade)
            } else {
                figure
            })
        })
        .collect()
}

fn limits(interval: Interval) -> (f64, f64) {
    (interval.lower, interval.upper)
}

fn scaled(estimate: &Estimate, factor: f64) -> Estimate {
    Estimate {
        value: estimate.value * factor,
        standard_error: estimate.standard_error * factor,
        interval: Interval {
            lower: estimate.interval.lower * factor,
            upper: estimate.interval.upper * factor,
            level: estimate.interval.level,
        },
    }
}

/// What is true first, then what it is worth, then because.
fn sentences(frame: &LinkFrame, findings: &Findings) -> Vec<Sentence> {
    let mut sentences = vec![
        stay_sentence(frame, findings),
        worth_sentence(frame, findings),
    ];
    sentences.extend(group_sentence(&findings.groups));
    sentences.extend(class_sentence(findings));
    sentences.push(placebo_sentence(findings.placebo.as_ref()));
    sentences.extend(asking_sentence(findings.asking.as_ref()));
    sentences.push(response_sentence(findings));
    sentences
}

/// Which way an interval points; `None` when it holds zero.
fn direction(estimate: &Estimate) -> Option<bool> {
    (!estimate.interval.contains(0.0)).then_some(estimate.value > 0.0)
}

fn stay_sentence(frame: &LinkFrame, findings: &Findings) -> Sentence {
    let source = &frame.source;
    let sentence = |key: &str| {
        Sentence::new(key)
            .with("measure", source.measure.key.as_str())
            .with("spread", findings.spread)
            .with("customers", findings.customers)
            .with("months", f64::from(source.follow_up_months))
            .from_figure("link.say_do")
    };
    let Ok(stay) = &findings.adjusted.stay else {
        return sentence("link.stay_untold");
    };
    let key = match direction(stay) {
        Some(true) => "link.stay_more",
        Some(false) => "link.stay_less",
        None => "link.stay_cannot_tell",
    };
    with_estimate(sentence(key), stay)
}

fn worth_sentence(frame: &LinkFrame, findings: &Findings) -> Sentence {
    let sentence = |key: &str| {
        Sentence::new(key)
            .with("measure", frame.source.measure.key.as_str())
            .with("spread", findings.spread)
            .from_figure("link.say_worth")
    };
    let Ok(worth) = &findings.adjusted.worth else {
        return sentence("link.worth_untold");
    };
    let key = match direction(worth) {
        Some(true) => "link.worth_more",
        Some(false) => "link.worth_less",
        None => "link.worth_cannot_tell",
    };
    with_estimate(sentence(key), worth)
        .with("point", worth.value / findings.spread)
        .from_figure("link.point_worth")
}

fn with_estimate(sentence: Sentence, estimate: &Estimate) -> Sentence {
    sentence
        .with("value", estimate.value)
        .with("lower", estimate.interval.lower)
        .with("upper", estimate.interval.upper)
}

fn group_sentence(groups: &Result<Groups, Caution>) -> Option<Sentence> {
    let groups = groups.as_ref().ok()?;
    let between = groups.between.stay.as_ref().ok()?;
    let key = match direction(between) {
        Some(true) => "link.group_more",
        Some(false) => "link.group_less",
        None => "link.group_cannot_tell",
    };
    Some(
        with_estimate(Sentence::new(key).with("units", groups.units), between)
            .from_figure("link.group"),
    )
}

/// Whether dissatisfaction costs more than delight gives.
fn class_sentence(findings: &Findings) -> Option<Sentence> {
    let asymmetry = findings.asymmetry.as_ref()?;
    let of = |word: &str| {
        findings
            .classes
            .iter()
            .find(|class| class.word == word)?
            .difference
    };
    let (down, up) = (of("dissatisfied")?, of("delighted")?);
    let key = match direction(asymmetry) {
        Some(true) => "link.down_costs_more",
        Some(false) => "link.up_gives_more",
        None => "link.steps_cannot_tell",
    };
    Some(
        Sentence::new(key)
            .with("down", down.value)
            .with("up", up.value)
            .from_figure("link.class.dissatisfied.difference")
            .from_figure("link.class.delighted.difference"),
    )
}

fn placebo_sentence(placebo: Option<&Placebo>) -> Sentence {
    let Some(placebo) = placebo else {
        return Sentence::new("link.placebo_impossible");
    };
    let key = match placebo.verdict {
        PlaceboVerdict::Passed => "link.placebo_passed",
        PlaceboVerdict::Failed => "link.placebo_failed",
        PlaceboVerdict::CannotTell => "link.placebo_cannot_tell",
    };
    let sentence = Sentence::new(key).from_figure("link.placebo");
    match &placebo.worth {
        Ok(worth) => with_estimate(sentence, worth),
        Err(_) => Sentence::new("link.placebo_impossible"),
    }
}

fn asking_sentence(asking: Option<&Asking>) -> Option<Sentence> {
    let asking = asking?;
    let effect = asking.effect.as_ref().ok()?;
    let key = match direction(effect) {
        Some(true) => "link.asking_helps",
        Some(false) => "link.asking_hurts",
        None => "link.asking_cannot_tell",
    };
    let sentence = Sentence::new(key)
        .with("never", asking.never_asked)
        .with("asked", asking.asked);
    Some(with_estimate(sentence, effect).from_figure("link.asking"))
}

fn response_sentence(findings: &Findings) -> Sentence {
    let response = &findings.response;
    match &response.rate {
        None => Sentence::new("link.unweighted").with("customers", findings.customers),
        Some(rate) => Sentence::new("link.weighted")
            .with("asked", response.asked)
            .with("rate", rate.value)
            .with("effective", response.effective)
            .from_figure("link.response_rate")
            .from_figure("link.effective_n"),
    }
}

/// The link told in several ways, so that what each step does is seen.
fn ways(findings: &Findings) -> Table {
    let columns = [
        ("way", Unit::Text),
        ("stay", Unit::SharePoints),
        ("stay_range", Unit::SharePoints),
        ("worth", Unit::MoneyPerCustomerYear),
        ("worth_range", Unit::MoneyPerCustomerYear),
    ];
    let mut table = Table::new("link.ways", &columns);
    let mut push = |way: &str, stay: Option<&Told>, worth: Option<&Told>| {
        let mut row = vec![Cell::Key(way.to_owned())];
        row.extend(cells(stay));
        row.extend(cells(worth));
        table.push(row);
    };
    let pair = |pair: &'_ Pair| (pair.stay.clone(), pair.worth.clone());
    for (way, (stay, worth)) in [
        ("link.raw", pair(&findings.raw)),
        ("link.adjusted", pair(&findings.adjusted)),
        ("link.adjusted_unweighted", pair(&findings.unweighted)),
    ] {
        push(way, Some(&stay), Some(&worth));
    }
    push("link.adjusted_logistic", Some(&findings.logistic), None);
    if let Ok(groups) = &findings.groups {
        push(
            "link.between_units",
            Some(&groups.between.stay),
            Some(&groups.between.worth),
        );
        push(
            "link.within_units",
            Some(&groups.within.stay),
            Some(&groups.within.worth),
        );
    }
    if let Some(placebo) = &findings.placebo {
        push("link.year_before", None, Some(&placebo.worth));
    }
    table
}

fn cells(told: Option<&Told>) -> [Cell; 2] {
    match told {
        Some(Ok(estimate)) => cells_of(Some(estimate)),
        _ => [Cell::None, Cell::None],
    }
}

fn cells_of(estimate: Option<&Estimate>) -> [Cell; 2] {
    match estimate {
        Some(estimate) => [
            Cell::Number(estimate.value),
            Cell::Range(estimate.interval.lower, estimate.interval.upper),
        ],
        None => [Cell::None, Cell::None],
    }
}

/// Behavior and money by class; contribution adds up to the last row, exactly.
fn by_class(findings: &Findings) -> Table {
    let columns = [
        ("class", Unit::Text),
        ("customers", Unit::Count),
        ("share", Unit::Share),
        ("retention", Unit::Share),
        ("retention_range", Unit::Share),
        ("against_satisfied", Unit::SharePoints),
        ("against_satisfied_range", Unit::SharePoints),
        ("worth_per_customer", Unit::MoneyPerCustomerYear),
        ("worth_range", Unit::MoneyPerCustomerYear),
        ("contribution", Unit::Money),
    ];
    let mut table = Table::new("link.classes", &columns);
    let customers: usize = findings.classes.iter().map(|class| class.customers).sum();
    let total: Money = findings
        .classes
        .iter()
        .map(|class| class.contribution)
        .sum();
    for class in &findings.classes {
        let mut row = vec![
            Cell::Key(class.word.to_owned()),
            Cell::Number(class.customers as f64),
            Cell::Number(class.share),
        ];
        row.extend(cells_of(class.retained.as_ref()));
        row.extend(cells_of(class.difference.as_ref()));
        row.extend(cells_of(class.worth.as_ref()));
        row.push(Cell::Number(class.contribution.to_f64()));
        table.push(row);
    }
    let mut whole = vec![Cell::None; columns.len()];
    whole[0] = Cell::Key("all".to_owned());
    whole[1] = Cell::Number(customers as f64);
    whole[2] = Cell::Number(1.0);
    whole[3] = Cell::Number(findings.retention);
    whole[9] = Cell::Number(total.to_f64());
    table.push(whole);
    table
}

/// What every figure of the link must be read with.
fn shared_cautions(frame: &LinkFrame, findings: &Findings) -> Vec<Caution> {
    let source = &frame.source;
    let mut cautions = vec![Caution::new("link.not_a_trial")];
    if source.follow_up_months < FULL_MONTHS {
        cautions.push(
            Caution::new("link.short_follow_up").with("months", f64::from(source.follow_up_months)),
        );
    }
    if source.history_months < FULL_MONTHS {
        cautions.push(
            Caution::new("link.short_history").with("months", f64::from(source.history_months)),
        );
    }
    if !source.costs_known {
        cautions.push(Caution::new("link.revenue_for_contribution"));
    }
    cautions.extend(findings.response.cautions.iter().cloned());
    cautions
}

fn cautions(frame: &LinkFrame, findings: &Findings) -> Vec<Caution> {
    let source = &frame.source;
    let mut cautions = vec![
        Caution::new("link.sample")
            .with("measure", source.measure.key.as_str())
            .with("customers", findings.customers)
            .with("first", source.answered.0.to_string())
            .with("last", source.answered.1.to_string())
            .with("months", f64::from(source.follow_up_months)),
    ];
    cautions.extend(shared_cautions(frame, findings));
    if findings.not_customers > 0 {
        cautions.push(Caution::new("link.not_customers").with("answers", findings.not_customers));
    }
    if source.answers_unplaced > 0 {
        cautions
            .push(Caution::new("link.unplaced").with("answers", source.answers_unplaced as f64));
    }
    if source.survey != "relation" && !source.survey.is_empty() {
        cautions.push(Caution::new("link.not_relation").with("survey", source.survey.as_str()));
    }
    if source.measure.rescaled {
        cautions.push(Caution::new("link.rescaled"));
    }
    cautions.extend(findings.groups.as_ref().err().cloned());
    cautions
}

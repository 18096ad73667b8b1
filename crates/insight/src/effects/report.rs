//! How are the effects laid out: what each activity gives, how we know, what would change our mind, and what to test?

use super::compare::Found;
use super::rank::{Rank, rank};
use super::{EffectsConfig, Judged, Verdict};
use odla_domain::frames::effects::{Assigned, EffectsFrame};
use odla_domain::{Caution, Cell, Figure, Grade, Report, Sentence, Table, Unit};
use odla_stats::{Estimate, Interval};

type Known<'k> = (&'k Judged, Option<Rank>);

pub fn lay_out(
    frame: &EffectsFrame,
    judged: &[Judged],
    (config, seed): (&EffectsConfig, u64),
) -> Report {
    let ranks = rank(judged, (config, seed));
    let mut order: Vec<Known> = judged.iter().zip(ranks).collect();
    order.sort_by(|a, b| {
        let key = |known: &Known| per_krona(known.0).map_or(f64::NEG_INFINITY, |(gain, _)| gain);
        let told = |known: &Known| known.0.is_told();
        (told(b).cmp(&told(a)))
            .then(key(b).total_cmp(&key(a)))
            .then(a.0.activity_id.cmp(&b.0.activity_id))
    });
    let mut report = Report::new("effects");
    report.figures = figures(judged, config);
    report.sentences = sentences(&order);
    report.tables.push(activities(&order));
    report.tables.push(money(&order));
    report.tables.push(evidence(&order));
    report.tables.push(groups(&order));
    report.tables.push(tests(&order));
    report.cautions = cautions(frame, &order, config);
    report
}

/// Gain per krona with its interval; none without an effect or a cost.
fn per_krona(judged: &Judged) -> Option<(f64, Interval)> {
    let worth = judged.worth.as_ref().ok().filter(|_| judged.is_told())?;
    let (cost, interval) = (judged.cost_each, worth.effect.interval);
    (cost > 0.0).then(|| {
        let each = Interval {
            lower: interval.lower / cost,
            upper: interval.upper / cost,
            level: interval.level,
        };
        (worth.effect.value / cost, each)
    })
}

fn count(judged: &[Judged], verdicts: &[Verdict]) -> f64 {
    let of = |one: &&Judged| verdicts.contains(&one.verdict);
    judged.iter().filter(of).count() as f64
}

fn figures(judged: &[Judged], config: &EffectsConfig) -> Vec<Figure> {
    let booked = |key: &str, value: f64| {
        Figure::booked(key, value, Unit::Count, judged.len() as u64).by("effects")
    };
    let mut figures = vec![
        booked("effects.studied.count", judged.len() as f64),
        booked("effects.paying.count", count(judged, &[Verdict::Pays])),
        booked("effects.harmful.count", count(judged, &[Verdict::Harms])),
        booked("effects.none.count", count(judged, &[Verdict::None])),
        booked(
            "effects.unjudged.count",
            count(judged, &[Verdict::Unjudged, Verdict::CannotTell]),
        ),
    ];
    for one in judged {
        figures.extend(of_activity(one, config));
    }
    figures
}

fn of_activity(one: &Judged, config: &EffectsConfig) -> Vec<Figure> {
    let key = |what: &str| format!("activity.{}.{what}", one.activity_id);
    let effect = |what: &str, found: &Result<Found, Caution>, unit: Unit| -> Figure {
        match found {
            Err(why) => Figure::untold(key(what), unit, why.clone()),
            Ok(found) if !one.is_told() => {
                let why = one.against.first().cloned();
                Figure::untold(key(what), unit, why.unwrap_or_else(unknown))
                    .of(found.treated as u64)
                    .graded(Grade::D)
                    .cautioned(one.against.iter().skip(1).cloned())
            }
            Ok(found) => told(key(what), one, (&found.effect, unit))
                .of((found.treated + found.compared) as u64)
                .cautioned(doubts(one, found)),
        }
    };
    let mut figures = vec![
        effect("effect_retention", &one.retention, Unit::SharePoints),
        effect("effect_margin", &one.margin, Unit::Money),
        effect("effect_attitude", &one.attitude, Unit::Points),
        effect("gain", &one.worth, Unit::Money),
    ];
    figures.push(match per_krona(one) {
        Some((value, interval)) => {
            let key = key("value_strength");
            let limits = (interval.lower, interval.upper);
            Figure::estimated(key, value, limits, config.level, Unit::Ratio)
                .of(one.treated as u64)
                .by(method(one.assigned))
                .graded(one.grade)
        }
        None => {
            let why = match (one.is_told(), &one.retention) {
                (true, _) => Caution::new("effects.no_cost"),
                (false, Err(why)) => why.clone(),
                (false, Ok(_)) => one.against.first().cloned().unwrap_or_else(unknown),
            };
            Figure::untold(key("value_strength"), Unit::Ratio, why)
        }
    });
    if let Ok(found) = &one.retention {
        let plain = found.plain;
        let limits = (plain.interval.lower, plain.interval.upper);
        let key = key("plain_difference");
        let figure = Figure::estimated(key, plain.value, limits, config.level, Unit::SharePoints)
            .of((found.treated + found.compared) as u64)
            .by("difference");
        // Only a draw makes the groups alike from the start.
        figures.push(match one.assigned == Assigned::Lot {
            true => figure.graded(one.grade),
            false => (figure.graded(Grade::D)).cautioned([Caution::new("effects.not_an_effect")]),
        });
    }
    figures
}

fn unknown() -> Caution {
    Caution::new("effects.too_early")
}

fn told(key: String, one: &Judged, (effect, unit): (&Estimate, Unit)) -> Figure {
    let limits = (effect.interval.lower, effect.interval.upper);
    Figure::estimated(key, effect.value, limits, effect.interval.level, unit)
        .by(method(one.assigned))
        .graded(one.grade)
}

const fn method(assigned: Assigned) -> &'static str {
    match assigned {
        Assigned::Lot => "trial",
        Assigned::Units => "staggered_adoption",
        Assigned::Once | Assigned::Running => "aipw",
    }
}

fn doubts(one: &Judged, found: &Found) -> Vec<Caution> {
    let mut cautions = Vec::new();
    if let (Grade::C, Some((estimate, limit))) = (one.grade, found.e_value) {
        let strength = Caution::new("effects.e_value").with("estimate", estimate);
        cautions.push(strength.with("limit", limit));
    }
    if found.without_counterpart > 0.0 && one.assigned != Assigned::Lot {
        let share = found.without_counterpart;
        cautions.push(Caution::new("effects.left_out").with("share", share));
    }
    let known = |caution: &&Caution| {
        !caution.key.ends_with("weak_overlap") && !caution.key.ends_with("rows_left_out")
    };
    cautions.extend(found.cautions.iter().filter(known).cloned());
    cautions
}

fn sentences(order: &[Known]) -> Vec<Sentence> {
    let of = |verdicts: &[Verdict]| -> f64 {
        let fits = |known: &&Known| verdicts.contains(&known.0.verdict);
        order.iter().filter(fits).count() as f64
    };
    let mut sentences = vec![
        Sentence::new("effects.headline")
            .with("studied", order.len() as f64)
            .with("pays", of(&[Verdict::Pays]))
            .with("harms", of(&[Verdict::Harms]))
            .with("none", of(&[Verdict::None]))
            .with("loss", of(&[Verdict::WorksAtALoss]))
            .with(
                "open",
                of(&[Verdict::CannotTell, Verdict::Unjudged, Verdict::Works]),
            )
            .from_figure("effects.studied.count"),
    ];
    sentences.extend(order.iter().map(said));
    let best = order
        .first()
        .filter(|known| known.0.verdict == Verdict::Pays);
    if let Some((one, Some(rank))) = best {
        sentences.push(
            Sentence::new("effects.best")
                .with("name", one.name())
                .with("chance", rank.best),
        );
    }
    sentences
}

/// What one activity does, in a sentence that its figures make true.
fn said((one, _): &Known) -> Sentence {
    let key = |what: &str| format!("activity.{}.{what}", one.activity_id);
    let grade = format!("{:?}", one.grade);
    let open = Sentence::new(match one.verdict {
        Verdict::Pays => "effects.said_pays",
        Verdict::Works => "effects.said_works",
        Verdict::WorksAtALoss => "effects.said_works_at_a_loss",
        Verdict::Harms if one.margin.is_err() || one.worth.is_err() => "effects.said_harms_stay",
        Verdict::Harms => "effects.said_harms",
        Verdict::None => "effects.said_none",
        Verdict::CannotTell if one.retention.is_err() => "effects.said_too_little",
        Verdict::CannotTell => "effects.said_cannot_tell",
        Verdict::Unjudged => "effects.said_unjudged",
    })
    .with("name", one.name())
    .with("grade", grade)
    .with("cost", one.cost_each);
    let Ok(found) = &one.retention else {
        return open;
    };
    let stay = found.effect;
    let sentence = open
        .with("stay", stay.value)
        .with("stay_lower", stay.interval.lower)
        .with("stay_upper", stay.interval.upper)
        .with("plain", found.plain.value)
        .from_figure(&key("effect_retention"));
    match (&one.worth, &one.margin) {
        (Ok(worth), Ok(margin)) => sentence
            .with("gain", worth.effect.value)
            .with("lower", worth.effect.interval.lower)
            .with("upper", worth.effect.interval.upper)
            .with("margin", margin.effect.value)
            .with("margin_lower", margin.effect.interval.lower)
            .with("margin_upper", margin.effect.interval.upper)
            .from_figure(&key("gain")),
        (Ok(worth), Err(_)) => sentence
            .with("gain", worth.effect.value)
            .with("lower", worth.effect.interval.lower)
            .with("upper", worth.effect.interval.upper)
            .with("margin", f64::NAN)
            .from_figure(&key("gain")),
        _ => sentence,
    }
}

fn number(value: Option<f64>) -> Cell {
    value
        .filter(|v| v.is_finite())
        .map_or(Cell::None, Cell::Number)
}

fn range(interval: Option<Interval>) -> Cell {
    interval.map_or(Cell::None, |i| Cell::Range(i.lower, i.upper))
}

fn name(one: &Judged) -> Cell {
    Cell::Text(one.name().to_owned())
}

const fn design(assigned: Assigned) -> &'static str {
    match assigned {
        Assigned::Lot => "design.lot",
        Assigned::Units => "design.units",
        Assigned::Once => "design.once",
        Assigned::Running => "design.running",
    }
}

fn activities(order: &[Known]) -> Table {
    let mut table = Table::new(
        "effects.activities",
        &[
            ("effects.activity", Unit::Text),
            ("effects.grade", Unit::Text),
            ("effects.design", Unit::Text),
            ("effects.verdict", Unit::Text),
            ("effects.stay", Unit::SharePoints),
            ("effects.stay_range", Unit::SharePoints),
            ("effects.plain", Unit::SharePoints),
            ("effects.margin", Unit::Money),
            ("effects.margin_range", Unit::Money),
            ("effects.attitude", Unit::Points),
            ("effects.attitude_range", Unit::Points),
        ],
    );
    for (one, _) in order {
        let told = |found: &Result<Found, Caution>| -> Option<Estimate> {
            found
                .as_ref()
                .ok()
                .filter(|_| one.is_told())
                .map(|f| f.effect)
        };
        let (stay, margin, attitude) =
            (told(&one.retention), told(&one.margin), told(&one.attitude));
        let plain = one.retention.as_ref().ok().map(|found| found.plain.value);
        table.push(vec![
            name(one),
            Cell::Text(format!("{:?}", one.grade)),
            Cell::Key(design(one.assigned).to_owned()),
            Cell::Key(one.verdict.word().to_owned()),
            number(stay.map(|e| e.value)),
            range(stay.map(|e| e.interval)),
            number(plain),
            number(margin.map(|e| e.value)),
            range(margin.map(|e| e.interval)),
            number(attitude.map(|e| e.value)),
            range(attitude.map(|e| e.interval)),
        ]);
    }
    table
}

fn money(order: &[Known]) -> Table {
    let mut table = Table::new(
        "effects.money",
        &[
            ("effects.activity", Unit::Text),
            ("effects.got", Unit::Count),
            ("effects.cost_each", Unit::Money),
            ("effects.gain", Unit::Money),
            ("effects.gain_range", Unit::Money),
            ("effects.per_krona", Unit::Ratio),
            ("effects.per_krona_range", Unit::Ratio),
            ("effects.place", Unit::Count),
            ("effects.chance_pays", Unit::Share),
        ],
    );
    for (one, rank) in order.iter().filter(|(one, _)| one.is_told()) {
        let gain = one.worth.as_ref().ok().map(|worth| worth.effect);
        let each = per_krona(one);
        table.push(vec![
            name(one),
            Cell::Number(one.treated),
            Cell::Number(one.cost_each),
            number(gain.map(|e| e.value)),
            range(gain.map(|e| e.interval)),
            number(each.map(|e| e.0)),
            range(each.map(|e| e.1)),
            rank.map_or(Cell::None, |rank| {
                Cell::Range(rank.interval.0, rank.interval.1)
            }),
            number(rank.map(|rank| rank.pays)),
        ]);
    }
    table
}

fn evidence(order: &[Known]) -> Table {
    let mut table = Table::new(
        "effects.evidence",
        &[
            ("effects.activity", Unit::Text),
            ("effects.got", Unit::Count),
            ("effects.compared", Unit::Count),
            ("effects.placebo", Unit::Ratio),
            ("effects.e_value", Unit::Ratio),
            ("effects.unlike", Unit::Ratio),
            ("effects.why_not_better", Unit::Text),
            ("effects.change_mind", Unit::Text),
        ],
    );
    for (one, _) in order {
        let found = one.retention.as_ref().ok();
        let adjusted = found.filter(|_| one.grade == Grade::C);
        table.push(vec![
            name(one),
            number(found.map(|f| f.treated as f64)),
            number(found.map(|f| f.compared as f64)),
            number(one.placebo),
            number(adjusted.and_then(|f| f.e_value).map(|e| e.1)),
            number(adjusted.map(|f| f.imbalance)),
            why_not_better(one),
            Cell::Said(change_mind(one)),
        ]);
    }
    table
}

fn why_not_better(one: &Judged) -> Cell {
    let why = match (&one.retention, one.against.first()) {
        (Err(why), _) | (Ok(_), Some(why)) => why,
        (Ok(_), None) => return Cell::None,
    };
    let word = why.key.strip_prefix("effects.").unwrap_or("statistics");
    Cell::Key(format!("why.{word}"))
}

/// Which finding would overturn this one.
fn change_mind(one: &Judged) -> Sentence {
    let found = one.retention.as_ref().ok();
    let interval = found.map(|found| found.effect.interval);
    let (lower, upper) = interval.map_or((f64::NAN, f64::NAN), |i| (i.lower, i.upper));
    match (one.grade, found) {
        (_, None) => Sentence::new("effects.mind_more_data"),
        (Grade::A, _) => Sentence::new("effects.mind_trial")
            .with("lower", lower)
            .with("upper", upper),
        (Grade::B, _) => Sentence::new("effects.mind_units"),
        (Grade::C, Some(found)) => match found.e_value {
            Some((_, limit)) if limit > 1.0 => {
                Sentence::new("effects.mind_cause").with("strength", limit)
            }
            _ => Sentence::new("effects.mind_adjusted"),
        },
        (Grade::D, _) => match &one.test {
            Some(test) => Sentence::new("effects.mind_test")
                .with("each", test.each)
                .with("weeks", test.weeks)
                .with("cost", test.cost),
            None => Sentence::new("effects.mind_any_test"),
        },
    }
}

fn groups(order: &[Known]) -> Table {
    let mut table = Table::new(
        "effects.groups",
        &[
            ("effects.activity", Unit::Text),
            ("effects.group", Unit::Text),
            ("effects.got", Unit::Count),
            ("effects.stay", Unit::SharePoints),
            ("effects.stay_range_together", Unit::SharePoints),
        ],
    );
    for (one, _) in order.iter().filter(|(one, _)| one.is_told()) {
        for group in &one.groups {
            let Ok(found) = &group.found else { continue };
            table.push(vec![
                name(one),
                Cell::Key(group.name.to_owned()),
                Cell::Number(found.treated as f64),
                Cell::Number(found.effect.value),
                range(Some(found.effect.interval)),
            ]);
        }
    }
    table
}

fn tests(order: &[Known]) -> Table {
    let mut table = Table::new(
        "effects.tests",
        &[
            ("effects.activity", Unit::Text),
            ("effects.difference", Unit::SharePoints),
            ("effects.each", Unit::Count),
            ("effects.weeks", Unit::Count),
            ("effects.test_cost", Unit::Money),
            ("effects.available", Unit::Count),
            ("effects.with_all", Unit::SharePoints),
        ],
    );
    for (one, _) in order {
        let Some(test) = &one.test else { continue };
        table.push(vec![
            name(one),
            Cell::Number(test.difference),
            Cell::Number(test.each),
            Cell::Number(test.weeks),
            Cell::Number(test.cost),
            Cell::Number(test.available),
            number(test.with_all),
        ]);
    }
    table
}

fn cautions(frame: &EffectsFrame, order: &[Known], config: &EffectsConfig) -> Vec<Caution> {
    let mut cautions =
        vec![Caution::new("effects.how_money_is_counted").with("months", config.value_months)];
    let adjusted = |known: &&Known| known.0.grade == Grade::C && known.0.is_told();
    if order.iter().any(|known| adjusted(&known)) {
        cautions.push(Caution::new("effects.adjusted_not_randomized"));
    }
    if frame.without_cost > 0.0 {
        let share = frame.without_cost;
        cautions.push(Caution::new("effects.sales_not_margin").with("share", share));
    }
    if !frame.without_receivers.is_empty() {
        let names: Vec<&str> = (frame.without_receivers.iter())
            .map(|(id, name)| {
                if name.is_empty() {
                    id.as_str()
                } else {
                    name.as_str()
                }
            })
            .collect();
        cautions.push(
            Caution::new("effects.without_receivers")
                .with("activities", names.len())
                .with("names", names.join(", ")),
        );
    }
    cautions
}

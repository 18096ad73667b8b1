//! How is loyalty laid out: the share with its doubt, the map with money in each field, and the test of the measures?

use super::LoyaltyConfig;
use super::attitude::Attitude;
use super::baseline::Baseline;
use super::prediction::Prediction;
use super::types::{Field, Held, Types};
use odla_domain::frames::loyalty::LoyaltyFrame;
use odla_domain::{Caution, Cell, CustomerScores, Figure, Grade, Report, Sentence, Table, Unit};
use odla_stats::{Estimate, Interval};

/// Everything that was found.
pub struct Found<'f> {
    pub frame: &'f LoyaltyFrame,
    pub attitude: Attitude,
    pub types: Types,
    pub baseline: Result<Baseline, Caution>,
    pub prediction: Result<Prediction, Caution>,
}

impl Found<'_> {
    fn held(&self, field: Field) -> &Held {
        &self.types.held[field as usize]
    }
}

pub fn lay_out(found: &Found, config: &LoyaltyConfig) -> Report {
    let mut report = Report::new("loyalty");
    report.figures = figures(found, config);
    report.sentences = sentences(found, config);
    report.tables.push(map(found));
    report.tables.push(by_line(found));
    if let Ok(prediction) = &found.prediction {
        report.tables.push(predictions(prediction));
    }
    report.tables.push(made_of(&found.attitude));
    report.cautions = cautions(found, config);
    report
}

pub fn scores(found: &Found) -> CustomerScores {
    let now = &found.frame.now;
    let index = (found.attitude.now.index.iter())
        .map(|place| 100.0 * place)
        .collect();
    let foretold = |id: &String| {
        let baseline = found.baseline.as_ref().ok()?;
        let row = found.frame.then.customer_id.binary_search(id).ok()?;
        Some(baseline.purchases[row])
    };
    let field = |row: usize| {
        let good = found.types.good[row] >= 0.5;
        let field = match (found.types.returns[row], found.types.locked[row], good) {
            (true, true, _) => Field::Locked,
            (true, false, true) => Field::True,
            (true, false, false) => Field::Habit,
            (false, _, true) => Field::Latent,
            (false, _, false) => Field::None,
        };
        field.word().to_owned()
    };
    CustomerScores {
        customer_id: now.customer_id.clone(),
        numbers: vec![
            ("attitude".to_owned(), index),
            ("attitude_good".to_owned(), found.types.good.clone()),
            (
                "baseline_purchases".to_owned(),
                (now.customer_id.iter())
                    .map(|id| foretold(id).unwrap_or(f64::NAN))
                    .collect(),
            ),
        ],
        words: vec![("loyalty".to_owned(), (0..now.len()).map(field).collect())],
    }
}

fn figures(found: &Found, config: &LoyaltyConfig) -> Vec<Figure> {
    let types = &found.types;
    let mut figures = Vec::new();
    for (key, field) in [
        ("loyalty.share", Field::True),
        ("loyalty.locked_share", Field::Locked),
        ("loyalty.habit_share", Field::Habit),
        ("loyalty.latent_share", Field::Latent),
    ] {
        figures.push(match &found.held(field).share {
            Some((share, interval)) => estimated(key, *share, *interval, Unit::Share, found),
            None => Figure::untold(key, Unit::Share, Caution::new("loyalty.no_values")),
        });
    }
    figures.push(match &types.losable {
        Some((share, interval)) => estimated(
            "loyalty.losable_share",
            *share,
            *interval,
            Unit::Share,
            found,
        )
        .of(types.returning as u64),
        None => Figure::untold(
            "loyalty.losable_share",
            Unit::Share,
            Caution::new("loyalty.nobody_returns"),
        ),
    });
    figures.push(match &types.losable_value {
        Some((value, interval)) => estimated(
            "loyalty.losable_value",
            *value,
            *interval,
            Unit::Money,
            found,
        ),
        None => Figure::untold(
            "loyalty.losable_value",
            Unit::Money,
            Caution::new("loyalty.no_values"),
        ),
    });
    let (returning, active) = (types.returning as f64, types.active as u64);
    figures.push(Figure::booked(
        "loyalty.returning.count",
        returning,
        Unit::Count,
        active,
    ));
    figures.push(index(found, config));
    figures.push(match &found.baseline {
        Ok(baseline) => Figure::estimated(
            "loyalty.repeat_vs_baseline",
            baseline.ratio,
            limits(baseline.interval),
            config.level,
            Unit::Ratio,
        )
        .of(baseline.buyers as u64)
        .by("nbd"),
        Err(why) => Figure::untold("loyalty.repeat_vs_baseline", Unit::Ratio, why.clone()),
    });
    if types.one_seller.judged > 0 && types.equity.is_some() {
        let one = types.one_seller;
        let figure = Figure::booked(
            "loyalty.one_seller_value",
            one.value,
            Unit::Money,
            one.customers as u64,
        );
        figures.push(figure.by("value"));
    }
    figures.extend(foretold(found, config));
    figures
}

fn limits(interval: Interval) -> (f64, f64) {
    (interval.lower, interval.upper)
}

fn estimated(key: &str, value: f64, interval: Interval, unit: Unit, found: &Found) -> Figure {
    Figure::estimated(key, value, limits(interval), interval.level, unit)
        .of(found.types.active as u64)
        .by(method(&found.attitude))
        .graded(Grade::D)
        .cautioned(measured(found))
}

fn method(attitude: &Attitude) -> &'static str {
    if attitude.latent {
        "pls+fields"
    } else {
        "items+fields"
    }
}

/// Doubts that belong to every share.
fn measured(found: &Found) -> Vec<Caution> {
    let active = found.types.active.max(1) as f64;
    let answered = active_answers(found);
    let mut cautions =
        vec![Caution::new("loyalty.silent_customers").with("share", 1.0 - answered / active)];
    if !found.types.binding_told {
        cautions.push(Caution::new("loyalty.no_binding"));
    }
    cautions
}

fn active_answers(found: &Found) -> f64 {
    let now = &found.frame.now;
    let known = (0..now.len()).filter(|&row| now.is_active(row));
    known
        .filter(|&row| !found.attitude.now.index[row].is_nan())
        .count() as f64
}

/// Mean of the answers there are; those who kept silent are not in it.
fn index(found: &Found, config: &LoyaltyConfig) -> Figure {
    let judged = &found.attitude.now;
    let known: Vec<f64> = judged
        .index
        .iter()
        .copied()
        .filter(|v| !v.is_nan())
        .collect();
    let mean = 100.0 * known.iter().sum::<f64>() / known.len().max(1) as f64;
    let estimate = Estimate::normal(mean, 100.0 * judged.mean_error, config.level);
    Figure::estimated(
        "loyalty.attitude.index",
        estimate.value,
        limits(estimate.interval),
        config.level,
        Unit::Points,
    )
    .of(judged.answered as u64)
    .by(if found.attitude.latent { "pls" } else { "mean" })
}

fn foretold(found: &Found, config: &LoyaltyConfig) -> Vec<Figure> {
    let key = |word: &str| format!("loyalty.prediction.{word}");
    let prediction = match &found.prediction {
        Ok(prediction) => prediction,
        Err(why) => return vec![Figure::untold(key("attitude"), Unit::Share, why.clone())],
    };
    let figure = |word: &str, gain: &Estimate| {
        Figure::estimated(
            key(word),
            gain.value,
            limits(gain.interval),
            config.level,
            Unit::Share,
        )
        .of(prediction.customers as u64)
        .by("cross_validation")
        .graded(Grade::D)
    };
    let mut figures: Vec<Figure> = (prediction.measures.iter())
        .map(|measure| figure(measure.word, &measure.gain))
        .collect();
    for (word, gain) in [
        (
            "nps_beyond_satisfaction",
            &prediction.nps_beyond_satisfaction,
        ),
        (
            "engagement_over_satisfaction",
            &prediction.engagement_over_satisfaction,
        ),
    ] {
        figures.extend(gain.as_ref().map(|gain| figure(word, gain)));
    }
    figures
}

fn sentences(found: &Found, config: &LoyaltyConfig) -> Vec<Sentence> {
    let types = &found.types;
    let mut sentences = vec![losable(found)];
    if let (Some((share, interval)), Some(equity)) = (&found.held(Field::True).share, types.equity)
    {
        sentences.push(
            Sentence::new("loyalty.true_share")
                .with("share", *share)
                .with("lower", interval.lower)
                .with("upper", interval.upper)
                .with("value", share * equity)
                .with("line", config.line)
                .from_figure("loyalty.share"),
        );
    }
    if let Ok(baseline) = &found.baseline {
        sentences.push(pace(baseline));
    }
    sentences.push(best_measure(found));
    if let Ok(prediction) = &found.prediction {
        sentences.extend(forward(prediction));
        sentences.extend(recommend(prediction));
        sentences.extend(map_against_satisfaction(prediction));
    }
    let latent = found.held(Field::Latent);
    if latent.customers >= 1.0 {
        sentences
            .push(Sentence::new("loyalty.latent_wait").with("customers", latent.customers.round()));
    }
    let one = types.one_seller;
    if one.customers > 1 && types.equity.is_some() {
        sentences.push(
            Sentence::new("loyalty.one_seller")
                .with("customers", one.customers)
                .with("value", one.value)
                .from_figure("loyalty.one_seller_value"),
        );
    }
    sentences
}

fn losable(found: &Found) -> Sentence {
    let Some((share, interval)) = &found.types.losable else {
        return Sentence::new("loyalty.nobody_returns");
    };
    let returning = found.types.returning as f64;
    Sentence::new("loyalty.losable")
        .with("share", *share)
        .with("lower", interval.lower)
        .with("upper", interval.upper)
        .with("habit", returning_part(found, Field::Habit) / returning)
        .with("locked", returning_part(found, Field::Locked) / returning)
        .with("returning", found.types.returning)
        .from_figure("loyalty.losable_share")
}

/// All who return are active, so the field's active customers are all of it.
fn returning_part(found: &Found, field: Field) -> f64 {
    found.held(field).customers
}

/// Says less or more only when the interval leaves no doubt.
fn pace(baseline: &Baseline) -> Sentence {
    let key = match limits(baseline.interval) {
        (_, upper) if upper < 1.0 => "loyalty.below_baseline",
        (lower, _) if lower > 1.0 => "loyalty.above_baseline",
        _ => "loyalty.at_baseline",
    };
    Sentence::new(key)
        .with("actual", baseline.actual)
        .with("expected", baseline.expected)
        .with("above", baseline.above)
        .from_figure("loyalty.repeat_vs_baseline")
}

/// The measure that foretells most, or that none foretells anything.
fn best_measure(found: &Found) -> Sentence {
    let prediction = match &found.prediction {
        Ok(prediction) => prediction,
        Err(_) => return Sentence::new("loyalty.prediction_untold"),
    };
    let best = (prediction.measures.iter()).max_by(|a, b| a.gain.value.total_cmp(&b.gain.value));
    match best {
        Some(best) if best.gain.interval.lower > 0.0 => Sentence::new("loyalty.foretells")
            .with("measure", best.word)
            .with("gain", best.gain.value)
            .with("lower", best.gain.interval.lower)
            .with("upper", best.gain.interval.upper)
            .from_figure(&format!("loyalty.prediction.{}", best.word)),
        _ => Sentence::new("loyalty.foretells_nothing").with("customers", prediction.customers),
    }
}

fn forward(prediction: &Prediction) -> Option<Sentence> {
    let gain = prediction.engagement_over_satisfaction?;
    let key = match limits(gain.interval) {
        (lower, _) if lower > 0.0 => "loyalty.engagement_better",
        (_, upper) if upper < 0.0 => "loyalty.engagement_worse",
        _ => "loyalty.engagement_alike",
    };
    Some(
        Sentence::new(key)
            .with("lower", gain.interval.lower)
            .with("upper", gain.interval.upper)
            .from_figure("loyalty.prediction.engagement")
            .from_figure("loyalty.prediction.satisfaction"),
    )
}

/// Does the map foretell better than satisfaction alone? Told also when it does not.
fn map_against_satisfaction(prediction: &Prediction) -> Option<Sentence> {
    let gain = prediction.field_over_satisfaction?;
    let key = match limits(gain.interval) {
        (lower, _) if lower > 0.0 => "loyalty.map_better",
        (_, upper) if upper < 0.0 => "loyalty.map_worse",
        _ => "loyalty.map_alike",
    };
    Some(
        Sentence::new(key)
            .with("lower", gain.interval.lower)
            .with("upper", gain.interval.upper)
            .from_figure("loyalty.prediction.loyalty_field")
            .from_figure("loyalty.prediction.satisfaction"),
    )
}

fn recommend(prediction: &Prediction) -> Option<Sentence> {
    let gain = prediction.nps_beyond_satisfaction?;
    let key = match gain.interval.lower > 0.0 {
        true => "loyalty.nps_adds",
        false => "loyalty.nps_adds_nothing",
    };
    Some(
        Sentence::new(key)
            .with("gain", gain.value)
            .with("lower", gain.interval.lower)
            .with("upper", gain.interval.upper)
            .from_figure("loyalty.prediction.nps_beyond_satisfaction"),
    )
}

/// The four fields and the locked.
fn map(found: &Found) -> Table {
    let mut table = Table::new(
        "loyalty.map",
        &[
            ("loyalty.field", Unit::Text),
            ("loyalty.active_customers", Unit::Count),
            ("loyalty.active_customers_range", Unit::Count),
            ("loyalty.field_value", Unit::Money),
            ("loyalty.field_share", Unit::Share),
            ("loyalty.field_share_range", Unit::Share),
            ("loyalty.engagement", Unit::Points),
            ("loyalty.stayed", Unit::Share),
        ],
    );
    for held in &found.types.held {
        table.push(vec![
            Cell::Key(held.field.word().to_owned()),
            Cell::Number(held.customers.round()),
            Cell::Range(held.customers_interval.0, held.customers_interval.1),
            held.value.map_or(Cell::None, Cell::Number),
            held.share
                .map_or(Cell::None, |(share, _)| Cell::Number(share)),
            held.share.map_or(Cell::None, |(_, interval)| {
                Cell::Range(interval.lower, interval.upper)
            }),
            held.engagement.map_or(Cell::None, Cell::Number),
            held.retained
                .map_or(Cell::None, |(share, _)| Cell::Number(share)),
        ]);
    }
    table
}

/// What the share would be with another line: the line is a convention.
fn by_line(found: &Found) -> Table {
    let mut table = Table::new(
        "loyalty.by_line",
        &[
            ("loyalty.line", Unit::Points),
            ("loyalty.share_at_line", Unit::Share),
        ],
    );
    for (line, share) in &found.types.by_line {
        table.push(vec![Cell::Number(*line), Cell::Number(*share)]);
    }
    table
}

fn predictions(prediction: &Prediction) -> Table {
    let mut table = Table::new(
        "loyalty.predictions",
        &[
            ("loyalty.measure", Unit::Text),
            ("loyalty.gain", Unit::Share),
            ("loyalty.gain_range", Unit::Share),
            ("loyalty.verdict", Unit::Text),
        ],
    );
    for measure in &prediction.measures {
        let (lower, upper) = limits(measure.gain.interval);
        let verdict = match (lower > 0.0, upper < 0.0) {
            (true, _) => "verdict.foretells",
            (_, true) => "verdict.harms",
            _ => "verdict.cannot_tell",
        };
        table.push(vec![
            Cell::Key(measure.word.to_owned()),
            Cell::Number(measure.gain.value),
            Cell::Range(lower, upper),
            Cell::Key(verdict.to_owned()),
        ]);
    }
    table
}

fn made_of(attitude: &Attitude) -> Table {
    let mut table = Table::new(
        "loyalty.made_of",
        &[
            ("loyalty.question", Unit::Text),
            ("loyalty.weight", Unit::Share),
        ],
    );
    for (question, weight) in &attitude.made_of {
        table.push(vec![
            Cell::Key((*question).to_owned()),
            Cell::Number(*weight),
        ]);
    }
    table
}

fn cautions(found: &Found, config: &LoyaltyConfig) -> Vec<Caution> {
    let mut cautions = vec![
        Caution::new("loyalty.line_is_convention").with("line", config.line),
        Caution::new("loyalty.reliability").with("reliability", found.attitude.reliability),
        Caution::new("loyalty.silent_shift").with("shift", config.silent_shift),
    ];
    if !found.types.binding_told {
        cautions.push(Caution::new("loyalty.no_binding"));
    }
    if found.types.equity.is_none() {
        cautions.push(Caution::new("loyalty.no_values"));
    }
    cautions.extend(found.attitude.cautions.iter().cloned());
    cautions.extend(found.prediction.as_ref().err().cloned());
    cautions.extend(found.baseline.as_ref().err().cloned());
    cautions
}

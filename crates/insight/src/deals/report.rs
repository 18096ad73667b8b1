//! How is the deal culture laid out: the quarter's heartbeat, the units that hunt, and what discounts leave behind?

use super::DealsConfig;
use super::discount::Discount;
use super::hunt::{Closing, Hunt, Moved, Sales};
use crate::columns::Contrast;
use odla_domain::frames::deals::DealsFrame;
use odla_domain::{Caution, Cell, Figure, Grade, Money, Report, Sentence, Table, Unit};
use odla_stats::Estimate;

type Found<'f> = (&'f Hunt, &'f Discount);

pub fn lay_out(frame: &DealsFrame, found: Found, config: &DealsConfig) -> Report {
    let (hunt, _) = found;
    let mut report = Report::new("deals");
    report.figures = figures(frame, found, config);
    report.sentences = sentences(found, config);
    report.tables.push(heartbeat(hunt));
    report.tables.push(waterfall(hunt));
    if !hunt.units.is_empty() {
        report.tables.push(units(hunt, config));
    }
    report.tables.push(comparisons(found.1));
    report.cautions = cautions(found);
    report
}

fn figures(frame: &DealsFrame, (hunt, discount): Found, config: &DealsConfig) -> Vec<Figure> {
    let orders = hunt.whole.closing.orders + hunt.whole.other.orders;
    let n = orders as u64;
    let mut figures = vec![Figure::booked(
        "deals.quarter_end_share",
        hunt.whole.share,
        Unit::Share,
        n,
    )];
    figures.push(match &hunt.index {
        Ok(flat) => estimated("deals.quarter_end_index", &flat.index, Unit::Ratio, config)
            .of(flat.periods as u64)
            .by("flat_calendar")
            .cautioned(flat.cautions.iter().map(crate::doubt::told)),
        Err(why) => Figure::untold("deals.quarter_end_index", Unit::Ratio, why.clone()),
    });
    figures.extend(moved("deals", &hunt.whole, config));
    let year = hunt.last_year;
    figures.push(
        match year
            .discount_share()
            .filter(|_| !hunt.whole.closing.list.is_zero())
        {
            Some(share) => Figure::booked("deals.discount_share", share, Unit::Share, n),
            None => Figure::untold(
                "deals.discount_share",
                Unit::Share,
                Caution::new("deals.no_list_price"),
            ),
        },
    );
    let given = Figure::booked("deals.discount.12m", year.discount.to_f64(), Unit::Money, n);
    figures.push(given);
    for unit in shown(hunt, config) {
        let key = format!("deals.unit.{}", unit.unit);
        let n = (unit.closing.orders + unit.other.orders) as u64;
        let share = Figure::booked(
            format!("{key}.quarter_end_share"),
            unit.share,
            Unit::Share,
            n,
        );
        figures.push(share);
        figures.extend(moved(&key, unit, config));
    }
    let won = frame.won.len() as u64;
    figures.push(effect(
        "deals.discount_won.worth",
        &discount.won_worth,
        (Unit::MoneyPerCustomerYear, won),
    ));
    figures.push(effect(
        "deals.discount_won.return",
        &discount.won_return,
        (Unit::SharePoints, won),
    ));
    let established = frame.established.len() as u64;
    figures.push(effect(
        "deals.discount_established.worth",
        &discount.established_worth,
        (Unit::MoneyPerCustomerYear, established),
    ));
    figures
}

fn estimated(key: &str, estimate: &Estimate, unit: Unit, config: &DealsConfig) -> Figure {
    let limits = (estimate.interval.lower, estimate.interval.upper);
    Figure::estimated(key, estimate.value, limits, config.level, unit)
}

fn moved(key: &str, closing: &Closing, config: &DealsConfig) -> Vec<Figure> {
    let one = |what: &str, pick: fn(&Moved) -> Estimate| {
        let key = format!("{key}.{what}");
        match &closing.moved {
            Ok(moved) => estimated(&key, &pick(moved), Unit::Share, config)
                .of(moved.orders as u64)
                .by("bunching")
                .graded(Grade::C)
                .cautioned(moved.cautions.iter().cloned()),
            Err(why) => Figure::untold(key, Unit::Share, why.clone()),
        }
    };
    vec![
        one("pulled_share", |m| m.pulled),
        one("created_share", |m| m.created),
    ]
}

/// Units that stand out, then those nearest to it.
fn shown<'h>(hunt: &'h Hunt, config: &DealsConfig) -> Vec<&'h Closing> {
    let mut units: Vec<&Closing> = hunt
        .units
        .iter()
        .filter(|unit| unit.moved.is_ok())
        .collect();
    let strength = |unit: &Closing| match &unit.moved {
        Ok(moved) => moved.excess.value / moved.excess.standard_error.max(1e-9),
        Err(_) => f64::NEG_INFINITY,
    };
    units.sort_by(|a, b| {
        strength(b)
            .total_cmp(&strength(a))
            .then_with(|| a.unit.cmp(&b.unit))
    });
    let hunting = units.iter().filter(|unit| hunts(unit, config)).count();
    units.truncate(hunting.max(config.units_shown));
    units
}

fn hunts(unit: &Closing, config: &DealsConfig) -> bool {
    let more = unit
        .moved
        .as_ref()
        .is_ok_and(|moved| moved.excess.value > 0.0);
    more && unit.q_value.is_some_and(|q| q <= config.false_discovery)
}

fn effect(key: &str, contrast: &Result<Contrast, Caution>, (unit, n): (Unit, u64)) -> Figure {
    let found = match contrast {
        Ok(found) => found,
        Err(why) => return Figure::untold(key, unit, why.clone()),
    };
    let interval = found.effect.interval;
    let plain = match unit {
        Unit::SharePoints => Caution::new("deals.unadjusted_share"),
        _ => Caution::new("deals.unadjusted"),
    };
    let figure = Figure::estimated(
        key,
        found.effect.value,
        (interval.lower, interval.upper),
        interval.level,
        unit,
    )
    .of(n)
    .by("aipw")
    .graded(Grade::C)
    .cautioned([plain.with("difference", found.unadjusted.value)])
    .cautioned(found.cautions.iter().cloned());
    match found.e_value {
        Some((estimate, limit)) => figure.cautioned([Caution::new("deals.e_value")
            .with("estimate", estimate)
            .with("limit", limit)]),
        None => figure,
    }
}

fn sentences((hunt, discount): Found, config: &DealsConfig) -> Vec<Sentence> {
    let mut sentences = vec![rhythm(hunt)];
    let hunting: Vec<&Closing> = shown(hunt, config)
        .into_iter()
        .filter(|unit| hunts(unit, config))
        .collect();
    match hunting.first() {
        Some(first) => sentences.push(hunter(first, hunting.len())),
        None if !hunt.units.is_empty() => {
            sentences.push(Sentence::new("deals.no_unit_hunts").with("units", hunt.units.len()))
        }
        None => {}
    }
    if let Some(share) = hunt.last_year.discount_share().filter(|share| *share > 0.0) {
        sentences.push(
            Sentence::new("deals.given_away")
                .with("discount", hunt.last_year.discount.to_f64())
                .with("share", share)
                .from_figure("deals.discount.12m"),
        );
    }
    sentences.push(said("won", &discount.won_worth, "deals.discount_won.worth"));
    sentences.push(said(
        "established",
        &discount.established_worth,
        "deals.discount_established.worth",
    ));
    sentences
}

/// More, as much, or less than a flat calendar: only what the quarters' spread allows.
fn rhythm(hunt: &Hunt) -> Sentence {
    let flat = match &hunt.index {
        Ok(flat) => flat,
        Err(_) => {
            return Sentence::new("deals.rhythm_untold")
                .with("share", hunt.whole.share)
                .from_figure("deals.quarter_end_share");
        }
    };
    let index = &flat.index;
    let key = match (index.interval.lower, index.interval.upper) {
        (lower, _) if lower > 1.0 => "deals.rhythm_hunts",
        (_, upper) if upper < 1.0 => "deals.rhythm_calm",
        _ => "deals.rhythm_flat",
    };
    Sentence::new(key)
        .with("share", hunt.whole.share)
        .with("expected", flat.even_share)
        .with("index", index.value)
        .with("lower", index.interval.lower)
        .with("upper", index.interval.upper)
        .with("quarters", flat.periods)
        .from_figure("deals.quarter_end_share")
        .from_figure("deals.quarter_end_index")
}

fn hunter(unit: &Closing, units: usize) -> Sentence {
    let Ok(moved) = &unit.moved else {
        return Sentence::new("deals.no_unit_hunts").with("units", units);
    };
    let key = if units == 1 {
        "deals.one_unit_hunts"
    } else {
        "deals.units_hunt"
    };
    Sentence::new(key)
        .with("unit", unit.unit.as_str())
        .with("units", units)
        .with("excess", moved.excess.value)
        .with("pulled", moved.pulled.value)
        .with("pulled_lower", moved.pulled.interval.lower)
        .with("pulled_upper", moved.pulled.interval.upper)
        .with("created", moved.created.value)
        .with("created_lower", moved.created.interval.lower)
        .with("created_upper", moved.created.interval.upper)
        .from_figure(&format!("deals.unit.{}.pulled_share", unit.unit))
        .from_figure(&format!("deals.unit.{}.created_share", unit.unit))
}

fn said(key: &str, contrast: &Result<Contrast, Caution>, figure: &str) -> Sentence {
    let Ok(found) = contrast else {
        return Sentence::new(format!("deals.{key}_untold"));
    };
    let interval = found.effect.interval;
    let word = match (interval.lower, interval.upper) {
        (lower, _) if lower > 0.0 => "more",
        (_, upper) if upper < 0.0 => "less",
        _ => "cannot_tell",
    };
    Sentence::new(format!("deals.{key}_{word}"))
        .with("effect", found.effect.value.abs())
        .with("lower", interval.lower)
        .with("upper", interval.upper)
        .with("customers", found.treated)
        .from_figure(figure)
}

fn heartbeat(hunt: &Hunt) -> Table {
    let mut table = Table::new(
        "deals.heartbeat",
        &[
            ("deals.working_days_left", Unit::Text),
            ("deals.net_per_day", Unit::Money),
            ("deals.against_mean", Unit::Ratio),
            ("deals.discount_depth", Unit::Share),
            ("deals.returned", Unit::Share),
        ],
    );
    let days: f64 = hunt.beats.iter().map(|beat| beat.days).sum();
    let net: f64 = hunt.beats.iter().map(|beat| beat.sales.net.to_f64()).sum();
    for beat in &hunt.beats {
        let per_day = beat.sales.net.to_f64() / beat.days;
        let name = match beat.to {
            999 => format!("> {}", beat.from - 1),
            to => format!("{}–{to}", beat.from),
        };
        table.push(vec![
            Cell::Text(name),
            Cell::Number(per_day),
            Cell::Number(per_day / (net / days)),
            share(beat.sales.discount_share()),
            share(beat.sales.returned_share()),
        ]);
    }
    table
}

fn share(value: Option<f64>) -> Cell {
    value.map_or(Cell::None, Cell::Number)
}

/// From list price to what was kept, the last twelve months; and how the last days of quarters differ, all of the ledger.
fn waterfall(hunt: &Hunt) -> Table {
    let mut table = Table::new(
        "deals.waterfall",
        &[
            ("deals.step", Unit::Text),
            ("deals.last_year", Unit::Money),
            ("deals.of_list", Unit::Share),
            ("deals.of_list_closing", Unit::Share),
            ("deals.of_list_other", Unit::Share),
        ],
    );
    let (year, closing, other) = (&hunt.last_year, &hunt.whole.closing, &hunt.whole.other);
    type Step = (&'static str, fn(&Sales) -> Money);
    let steps: [Step; 5] = [
        ("step.list", |sales| sales.list),
        ("step.discount", |sales| -sales.discount),
        ("step.net", |sales| sales.net),
        ("step.returned", |sales| -sales.returned),
        ("step.kept", |sales| sales.net - sales.returned),
    ];
    for (name, pick) in steps {
        let of_list = |sales: &Sales| {
            let list = sales.list.to_f64();
            if list > 0.0 {
                Cell::Number(pick(sales).to_f64() / list)
            } else {
                Cell::None
            }
        };
        table.push(vec![
            Cell::Key(name.to_owned()),
            Cell::Number(pick(year).to_f64()),
            of_list(year),
            of_list(closing),
            of_list(other),
        ]);
    }
    table
}

fn units(hunt: &Hunt, config: &DealsConfig) -> Table {
    let mut table = Table::new(
        "deals.units",
        &[
            ("deals.unit", Unit::Text),
            ("deals.share", Unit::Share),
            ("deals.excess", Unit::Share),
            ("deals.pulled", Unit::Share),
            ("deals.pulled_range", Unit::Share),
            ("deals.created", Unit::Share),
            ("deals.created_range", Unit::Share),
            ("deals.discount_closing", Unit::Share),
            ("deals.discount_other", Unit::Share),
            ("deals.verdict", Unit::Text),
        ],
    );
    let mut units: Vec<&Closing> = hunt.units.iter().collect();
    units.sort_by(|a, b| {
        b.share
            .total_cmp(&a.share)
            .then_with(|| a.unit.cmp(&b.unit))
    });
    for unit in units {
        let moved = unit.moved.as_ref().ok();
        let value = |pick: fn(&Moved) -> Estimate| {
            moved.map_or(Cell::None, |m| Cell::Number(pick(m).value))
        };
        let range = |pick: fn(&Moved) -> Estimate| {
            moved.map_or(Cell::None, |m| {
                Cell::Range(pick(m).interval.lower, pick(m).interval.upper)
            })
        };
        let verdict = match (moved, hunts(unit, config)) {
            (None, _) => "verdict.too_small",
            (_, true) => "verdict.hunts",
            (_, false) => "verdict.like_others",
        };
        table.push(vec![
            match unit.unit.as_str() {
                "" => Cell::Key("unit.none".to_owned()),
                name => Cell::Text(name.to_owned()),
            },
            Cell::Number(unit.share),
            value(|m| m.excess),
            value(|m| m.pulled),
            range(|m| m.pulled),
            value(|m| m.created),
            range(|m| m.created),
            share(unit.closing.discount_share()),
            share(unit.other.discount_share()),
            Cell::Key(verdict.to_owned()),
        ]);
    }
    table
}

/// With and without discount: plain and adjusted difference, who was compared, and how alike they became.
fn comparisons(discount: &Discount) -> Table {
    let mut table = Table::new(
        "deals.comparisons",
        &[
            ("deals.comparison", Unit::Text),
            ("deals.with_discount", Unit::Count),
            ("deals.without_discount", Unit::Count),
            ("deals.mean_without", Unit::Money),
            ("deals.plain", Unit::Money),
            ("deals.adjusted", Unit::Money),
            ("deals.adjusted_range", Unit::Money),
            ("deals.imbalance", Unit::Ratio),
        ],
    );
    for (name, contrast) in [
        ("comparison.won", &discount.won_worth),
        ("comparison.established", &discount.established_worth),
    ] {
        let Ok(found) = contrast else { continue };
        table.push(vec![
            Cell::Key(name.to_owned()),
            Cell::Number(found.treated as f64),
            Cell::Number(found.untreated as f64),
            Cell::Number(found.without),
            Cell::Number(found.unadjusted.value),
            Cell::Number(found.effect.value),
            Cell::Range(found.effect.interval.lower, found.effect.interval.upper),
            Cell::Number(found.imbalance),
        ]);
    }
    table
}

fn cautions((hunt, discount): Found) -> Vec<Caution> {
    let mut cautions = vec![Caution::new("deals.swedish_calendar")];
    if hunt.whole.moved.is_ok() {
        cautions.push(Caution::new("deals.company_split_rests_on_calendar"));
    }
    if [&discount.won_worth, &discount.established_worth]
        .into_iter()
        .any(|found| found.is_ok())
    {
        cautions.push(Caution::new("deals.adjusted_not_randomized"));
    }
    for result in [
        hunt.whole.moved.as_ref().err(),
        discount.won_worth.as_ref().err(),
        discount.established_worth.as_ref().err(),
    ] {
        cautions.extend(result.cloned());
    }
    cautions.dedup();
    cautions
}

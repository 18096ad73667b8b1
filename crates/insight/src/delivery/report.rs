//! How are delivery times laid out: the price of a day, what it is made of, where it matters, and what a move is worth?

use super::DeliveryConfig;
use super::estimate::{After, Dose, Effect, FOLLOWED, Found, OfDose};
use super::moving::{Carrier, Carriers};
use super::places::Place;
use super::routing::Routing;
use odla_domain::frames::delivery::DeliveryFrame;
use odla_domain::{Caution, Cell, Figure, Grade, Report, Sentence, Table, Unit};
use odla_stats::Estimate;

pub fn lay_out(
    frame: &DeliveryFrame,
    (found, places, carriers): (&Found, &[Place], &Carriers),
    config: &DeliveryConfig,
) -> Report {
    let mut report = Report::new("delivery");
    report.figures = figures(frame, found, carriers);
    report.sentences = sentences(frame, (found, places, carriers), config);
    report.tables = vec![prices(found), shares(found), amounts(found), steps(found)];
    report.tables.push(place_table(places));
    report.tables.push(carrier_table(carriers));
    report.cautions = cautions(frame, found, carriers);
    report
}

fn unit_of(after: After) -> Unit {
    match after {
        After::Back | After::Complaint | After::Ended => Unit::SharePoints,
        After::Contacts => Unit::Points,
        After::Minutes => Unit::Minutes,
        After::Price => Unit::Money,
    }
}

fn estimated(key: String, own: &Estimate, unit: Unit) -> Figure {
    let range = own.interval;
    Figure::estimated(
        key,
        own.value,
        (range.lower, range.upper),
        range.level,
        unit,
    )
}

fn figures(frame: &DeliveryFrame, found: &Found, carriers: &Carriers) -> Vec<Figure> {
    let orders = &frame.orders;
    let n = orders.len();
    let mean = orders.waiting.iter().sum::<f64>() / n as f64;
    let late: Vec<f64> = orders
        .late
        .iter()
        .copied()
        .filter(|days| days.is_finite())
        .collect();
    let mut figures = vec![
        Figure::booked("delivery.orders.count", n as f64, Unit::Count, n as u64),
        Figure::booked("delivery.days.mean", mean, Unit::Points, n as u64),
        match late.is_empty() {
            true => Figure::untold(
                "delivery.late.share",
                Unit::Share,
                Caution::new("delivery.nothing_promised"),
            ),
            false => {
                let share =
                    late.iter().filter(|days| **days > 0.0).count() as f64 / late.len() as f64;
                Figure::booked("delivery.late.share", share, Unit::Share, late.len() as u64)
            }
        },
    ];
    figures.extend(moves(carriers));
    for own in &found.doses {
        figures.extend(of_dose(own));
    }
    figures
}

fn moves(carriers: &Carriers) -> Vec<Figure> {
    let Some(best) = best_move(carriers) else {
        let why = || Caution::new("delivery.no_move");
        return vec![
            Figure::untold("delivery.move.net", Unit::Money, why()),
            Figure::untold("delivery.move.break_even", Unit::Money, why()),
        ];
    };
    let n = best.orders_a_year;
    let net = match &best.net {
        None => Figure::untold(
            "delivery.move.net",
            Unit::Money,
            Caution::new("delivery.freight_untold"),
        ),
        Some(net) => Figure::estimated(
            "delivery.move.net",
            n * net.value,
            (n * net.interval.lower, n * net.interval.upper),
            net.interval.level,
            Unit::Money,
        )
        .of(n as u64)
        .by("delivery"),
    };
    let even = match &best.break_even {
        None => Figure::untold(
            "delivery.move.break_even",
            Unit::Money,
            Caution::new("delivery.no_worth"),
        ),
        Some(even) => estimated("delivery.move.break_even".to_owned(), even, Unit::Money)
            .of(n as u64)
            .by("delivery"),
    };
    vec![net, even]
}

/// The carrier from which a move to the quickest one gives most in a year: in money where that is told, else in days.
fn best_move(carriers: &Carriers) -> Option<&Carrier> {
    let worth = |own: &Carrier| {
        let each = own
            .net
            .or(own.break_even)
            .map_or(own.slower.value, |net| net.value);
        own.orders_a_year * each
    };
    let slower = carriers.list.iter().filter(|own| own.slower.value > 0.0);
    slower.max_by(|a, b| worth(a).total_cmp(&worth(b)))
}

fn of_dose(own: &OfDose) -> Vec<Figure> {
    let key = |what: &str| format!("delivery.{}.{what}", own.dose.word());
    let told = |what: After, effect: &Result<Effect, Caution>| match effect {
        Ok(effect) => estimated(key(what.word()), &effect.told, unit_of(what))
            .of(effect.rows as u64)
            .by("delivery")
            .graded(effect.grade),
        Err(why) => Figure::untold(key(what.word()), unit_of(what), why.clone()),
    };
    let mut figures = vec![told(After::Price, &own.price)];
    if let Ok(price) = &own.price {
        figures.push(
            estimated(key("naive_price"), &price.naive, Unit::Money)
                .of(price.rows as u64)
                .by("delivery")
                .graded(Grade::D)
                .cautioned([Caution::new("delivery.naive")]),
        );
    }
    figures.extend(
        own.effects
            .iter()
            .map(|(after, effect)| told(*after, effect)),
    );
    figures
}

fn sentences(
    frame: &DeliveryFrame,
    (found, places, carriers): (&Found, &[Place], &Carriers),
    config: &DeliveryConfig,
) -> Vec<Sentence> {
    let mut said = Vec::new();
    let dose = |dose: Dose| found.doses.iter().find(|own| own.dose == dose);
    if let Some(waiting) = dose(Dose::Waiting) {
        said.push(price_said(frame, waiting, config));
    }
    if let Some(missed) = dose(Dose::Missed) {
        said.extend(missed_said(missed));
    }
    if let Some(waiting) = dose(Dose::Waiting) {
        said.push(routing_said(&waiting.routing));
    }
    said.push(places_said(places));
    said.extend(move_said(carriers));
    said
}

fn price_said(frame: &DeliveryFrame, own: &OfDose, config: &DeliveryConfig) -> Sentence {
    let Ok(price) = &own.price else {
        return Sentence::new("delivery.day_untold");
    };
    let range = price.told.interval;
    let orders = &frame.orders;
    let net = orders.net.iter().sum::<f64>() / orders.len().max(1) as f64;
    let key = match (range.lower > 0.0, range.upper < 0.0) {
        (true, _) => "delivery.day_costs",
        (_, true) => "delivery.day_gives",
        _ if range.upper < config.faint * net => "delivery.day_hardly_matters",
        _ => "delivery.day_cannot_tell",
    };
    Sentence::new(key)
        .with("price", price.told.value.abs())
        .with("lower", range.lower)
        .with("upper", range.upper)
        .with("n", price.rows)
        .from_figure("delivery.waiting.price")
}

/// What a broken promise of a day does to complaints, and to coming back.
fn missed_said(own: &OfDose) -> Vec<Sentence> {
    let mut said = Vec::new();
    for after in [After::Complaint, After::Back] {
        let Some(Ok(effect)) = own.of(after) else {
            continue;
        };
        let range = effect.told.interval;
        let seen = match after {
            After::Back => range.upper < 0.0,
            _ => range.lower > 0.0,
        };
        let key = format!(
            "delivery.missed_{}_{}",
            after.word(),
            if seen { "seen" } else { "not_seen" }
        );
        said.push(
            Sentence::new(key)
                .with("effect", effect.told.value.abs())
                .with("least", range.lower.abs().min(range.upper.abs()))
                .with("most", range.lower.abs().max(range.upper.abs()))
                .with("lower", range.lower)
                .with("upper", range.upper)
                .from_figure(&format!("delivery.missed.{}", after.word())),
        );
    }
    said
}

fn routing_said(routing: &Routing) -> Sentence {
    match routing {
        Routing::AsByLot { carriers, .. } => {
            Sentence::new("delivery.by_lot").with("carriers", *carriers)
        }
        Routing::Uneven { column, .. } => Sentence::new("delivery.uneven")
            .with("column", column.split(['=', '~']).next().unwrap_or(column)),
        Routing::Untold => Sentence::new("delivery.no_carriers"),
    }
}

fn places_said(places: &[Place]) -> Sentence {
    let of = |verdict: &str| -> Vec<&Place> {
        places
            .iter()
            .filter(|place| place.verdict == verdict)
            .collect()
    };
    let (slow, quick) = (
        of("delivery.slow_where_it_costs"),
        of("delivery.quick_where_nobody_cares"),
    );
    let name = |list: &[&Place]| match list.first() {
        Some(place) if place.kind == "delivery.kind" => format!("delivery.{}", place.name),
        Some(place) => place.name.clone(),
        None => String::new(),
    };
    match (slow.is_empty(), quick.is_empty()) {
        (false, _) => Sentence::new("delivery.places_slow")
            .with("n", slow.len())
            .with("place", name(&slow)),
        (_, false) => Sentence::new("delivery.places_quick")
            .with("n", quick.len())
            .with("place", name(&quick)),
        _ => Sentence::new("delivery.places_none").with("n", places.len()),
    }
}

fn move_said(carriers: &Carriers) -> Option<Sentence> {
    let best = best_move(carriers)?;
    let to = carriers.list.last()?;
    let said = |key: &str| {
        Sentence::new(key)
            .with("from", best.name.as_str())
            .with("to", to.name.as_str())
            .with("days", best.slower.value)
            .with("orders", best.orders_a_year.round())
    };
    match (&best.net, &best.break_even) {
        (Some(net), _) => {
            let key = match (net.interval.lower > 0.0, net.interval.upper < 0.0) {
                (true, _) => "delivery.move_pays",
                (_, true) => "delivery.move_loses",
                _ => "delivery.move_cannot_tell",
            };
            let year = best.orders_a_year;
            Some(
                said(key)
                    .with("net", (year * net.value).abs())
                    .with("lower", year * net.interval.lower)
                    .with("upper", year * net.interval.upper)
                    .from_figure("delivery.move.net"),
            )
        }
        (None, Some(even)) => Some(
            said("delivery.move_break_even")
                .with("even", even.value)
                .with("lower", even.interval.lower)
                .with("upper", even.interval.upper)
                .from_figure("delivery.move.break_even"),
        ),
        _ => None,
    }
}

fn word(of: &str) -> Cell {
    Cell::Key(of.to_owned())
}

fn value(own: Option<&Estimate>) -> Cell {
    own.map_or(Cell::None, |own| Cell::Number(own.value))
}

fn range(own: Option<&Estimate>) -> Cell {
    own.map_or(Cell::None, |own| {
        Cell::Range(own.interval.lower, own.interval.upper)
    })
}

fn number(value: f64) -> Cell {
    if value.is_finite() {
        Cell::Number(value)
    } else {
        Cell::None
    }
}

fn prices(found: &Found) -> Table {
    let mut table = Table::new(
        "delivery.prices",
        &[
            ("delivery.dose", Unit::Text),
            ("delivery.price", Unit::Money),
            ("delivery.price_range", Unit::Money),
            ("delivery.grade", Unit::Text),
            ("delivery.naive", Unit::Money),
            ("delivery.adjusted", Unit::Money),
            ("delivery.by_carrier", Unit::Money),
            ("delivery.strength", Unit::Ratio),
            ("delivery.orders", Unit::Count),
        ],
    );
    for own in &found.doses {
        let price = own.price.as_ref().ok();
        table.push(vec![
            word(own.dose.word()),
            value(price.map(|price| &price.told)),
            range(price.map(|price| &price.told)),
            price.map_or(Cell::None, |price| Cell::Text(format!("{:?}", price.grade))),
            value(price.map(|price| &price.naive)),
            value(price.map(|price| &price.adjusted)),
            value(price.and_then(|price| price.by_carrier.as_ref())),
            number(
                price
                    .and_then(|price| price.first_stage_f)
                    .unwrap_or(f64::NAN),
            ),
            price.map_or(Cell::None, |price| Cell::Number(price.rows as f64)),
        ]);
    }
    table
}

fn shares(found: &Found) -> Table {
    effects(found, "delivery.effects", Unit::SharePoints)
}

fn amounts(found: &Found) -> Table {
    effects(found, "delivery.amounts", Unit::Points)
}

fn effects(found: &Found, key: &str, unit: Unit) -> Table {
    let mut table = Table::new(
        key,
        &[
            ("delivery.what", Unit::Text),
            ("delivery.dose", Unit::Text),
            ("delivery.change", unit),
            ("delivery.change_range", unit),
            ("delivery.grade", Unit::Text),
            ("delivery.naive", unit),
            ("delivery.adjusted", unit),
            ("delivery.by_carrier", unit),
            ("delivery.orders", Unit::Count),
        ],
    );
    let shares = unit == Unit::SharePoints;
    for after in FOLLOWED
        .iter()
        .filter(|after| (unit_of(**after) == Unit::SharePoints) == shares)
    {
        for own in &found.doses {
            let effect = own.of(*after).and_then(|effect| effect.as_ref().ok());
            table.push(vec![
                word(&format!("after.{}", after.word())),
                word(own.dose.word()),
                value(effect.map(|effect| &effect.told)),
                range(effect.map(|effect| &effect.told)),
                effect.map_or(Cell::None, |effect| {
                    Cell::Text(format!("{:?}", effect.grade))
                }),
                value(effect.map(|effect| &effect.naive)),
                value(effect.map(|effect| &effect.adjusted)),
                value(effect.and_then(|effect| effect.by_carrier.as_ref())),
                effect.map_or(Cell::None, |effect| Cell::Number(effect.rows as f64)),
            ]);
        }
    }
    table
}

fn steps(found: &Found) -> Table {
    let mut table = Table::new(
        "delivery.steps",
        &[
            ("delivery.days", Unit::Text),
            ("delivery.orders", Unit::Count),
            ("delivery.back", Unit::Share),
            ("delivery.back_range", Unit::Share),
            ("delivery.complain", Unit::Share),
            ("delivery.complain_range", Unit::Share),
            ("delivery.minutes", Unit::Minutes),
            ("delivery.seen", Unit::Text),
        ],
    );
    for step in &found.steps {
        let days = match (step.from, step.to) {
            (from, to) if from == to => format!("{from}"),
            (from, to) if to.is_finite() => format!("{from}–{to}"),
            (from, _) => format!("{from}+"),
        };
        let seen = step.back.or(step.complaint).or(step.minutes).is_some();
        let within = |own: &Option<Estimate>| match own {
            Some(own) => Cell::Range(
                own.interval.lower.clamp(0.0, 1.0),
                own.interval.upper.clamp(0.0, 1.0),
            ),
            None => Cell::None,
        };
        // A straight line through shares may point outside them.
        let share = |own: &Option<Estimate>| {
            own.as_ref()
                .map_or(Cell::None, |own| Cell::Number(own.value.clamp(0.0, 1.0)))
        };
        table.push(vec![
            Cell::Text(days),
            Cell::Number(step.orders as f64),
            share(&step.back),
            within(&step.back),
            share(&step.complaint),
            within(&step.complaint),
            value(step.minutes.as_ref()),
            word(if seen {
                "delivery.seen_enough"
            } else {
                "delivery.not_seen_enough"
            }),
        ]);
    }
    table
}

fn place_table(places: &[Place]) -> Table {
    let mut table = Table::new(
        "delivery.places",
        &[
            ("delivery.place", Unit::Text),
            ("delivery.kind_of_place", Unit::Text),
            ("delivery.orders", Unit::Count),
            ("delivery.mean_days", Unit::Points),
            ("delivery.late_share", Unit::Share),
            ("delivery.price", Unit::Money),
            ("delivery.price_range", Unit::Money),
            ("delivery.verdict", Unit::Text),
        ],
    );
    for place in places {
        let name = match place.kind {
            "delivery.kind" => word(&format!("delivery.{}", place.name)),
            _ => Cell::Text(place.name.clone()),
        };
        table.push(vec![
            name,
            word(place.kind),
            Cell::Number(place.orders as f64),
            Cell::Number(place.days),
            number(place.late),
            value(place.price.as_ref()),
            range(place.price.as_ref()),
            word(place.verdict),
        ]);
    }
    table
}

fn carrier_table(carriers: &Carriers) -> Table {
    let mut table = Table::new(
        "delivery.carriers",
        &[
            ("delivery.carrier", Unit::Text),
            ("delivery.orders_a_year", Unit::Count),
            ("delivery.mean_days", Unit::Points),
            ("delivery.late_share", Unit::Share),
            ("delivery.slower", Unit::Points),
            ("delivery.slower_range", Unit::Points),
            ("delivery.dearer", Unit::Money),
            ("delivery.move_net", Unit::Money),
            ("delivery.move_net_range", Unit::Money),
            ("delivery.break_even", Unit::Money),
            ("delivery.break_even_range", Unit::Money),
        ],
    );
    for own in &carriers.list {
        let year = |of: &Option<Estimate>| {
            let n = own.orders_a_year;
            of.map(|net| {
                Estimate::normal(n * net.value, n * net.standard_error, net.interval.level)
            })
        };
        let net = year(&own.net);
        table.push(vec![
            Cell::Text(own.name.clone()),
            Cell::Number(own.orders_a_year.round()),
            Cell::Number(own.days),
            number(own.late),
            Cell::Number(own.slower.value),
            range(Some(&own.slower)),
            value(own.dearer.as_ref()),
            value(net.as_ref()),
            range(net.as_ref()),
            value(own.break_even.as_ref()),
            range(own.break_even.as_ref()),
        ]);
    }
    table
}

fn cautions(frame: &DeliveryFrame, found: &Found, carriers: &Carriers) -> Vec<Caution> {
    let mut cautions = vec![
        Caution::new("delivery.region")
            .with("from", found.observed.0)
            .with("to", found.observed.1),
    ];
    if frame.dated < frame.sent {
        let share = frame.dated as f64 / frame.sent.max(1) as f64;
        cautions.push(Caution::new("delivery.some_undated").with("share", share));
    }
    if frame.share_read < 1.0 {
        cautions.push(Caution::new("delivery.read_in_part").with("share", frame.share_read));
    }
    if found.money.buyer.is_none() {
        cautions.push(Caution::new("delivery.no_value"));
    }
    if found.money.minute.is_none() {
        cautions.push(Caution::new("delivery.no_minute_cost"));
    }
    if !carriers.freight_told && !carriers.list.is_empty() {
        cautions.push(Caution::new("delivery.freight_untold"));
    }
    cautions
}

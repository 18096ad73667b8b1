//! How are the register and the behaviors laid out: a map with its blind spots, the books, and a price list that adds up?

use super::ActivitiesConfig;
use super::behaviors::{Behavior, Behaviors};
use super::register::{Place, Process, Register};
use odla_domain::frames::activities::ActivitiesFrame;
use odla_domain::{Caution, Cell, Figure, Report, Sentence, Table, Unit};

type Found<'f> = (&'f Register, &'f Behaviors);

pub fn lay_out(frame: &ActivitiesFrame, found: Found, config: &ActivitiesConfig) -> Report {
    let (register, behaviors) = found;
    let mut report = Report::new("activities");
    report.figures = figures(frame, found, config);
    report.sentences = sentences(frame, found);
    report.tables.push(process_map(register));
    report.tables.push(activities(frame));
    if !frame.pools.is_empty() {
        report.tables.push(books(register, frame));
    }
    report.tables.push(price_list(behaviors));
    report.cautions = cautions(frame, found);
    report
}

fn registered(
    frame: &ActivitiesFrame,
) -> impl Iterator<Item = &odla_domain::frames::activities::Activity> {
    frame
        .activities
        .iter()
        .filter(|activity| activity.registered)
}

fn figures(
    frame: &ActivitiesFrame,
    (register, behaviors): Found,
    config: &ActivitiesConfig,
) -> Vec<Figure> {
    let lines: u64 = frame.pools.iter().map(|pool| pool.lines).sum();
    let count = registered(frame).count();
    let received = registered(frame)
        .filter(|activity| activity.exposures > 0)
        .count();
    let mut figures = vec![
        Figure::booked("activities.count", count as f64, Unit::Count, count as u64),
        Figure::booked(
            "activities.with_receivers.count",
            received as f64,
            Unit::Count,
            count as u64,
        ),
    ];
    if frame.pools.is_empty() {
        for (key, unit) in [
            ("activities.books_12m", Unit::Money),
            ("activities.cost_12m", Unit::Money),
            ("activities.mapped_share", Unit::Share),
        ] {
            figures.push(Figure::untold(
                key,
                unit,
                Caution::new("activities.no_books"),
            ));
        }
    } else {
        let all = register.laid_out().to_f64();
        let (own, events) = (register.of(Place::Activity), register.of(Place::Events));
        let share = |part: f64| if all == 0.0 { f64::NAN } else { part / all };
        figures.extend([
            Figure::booked(
                "activities.books_12m",
                frame.books.to_f64(),
                Unit::Money,
                lines,
            ),
            Figure::booked("activities.cost_12m", own.to_f64(), Unit::Money, lines),
            Figure::booked(
                "activities.mapped_share",
                share(own.to_f64()),
                Unit::Share,
                lines,
            ),
            Figure::booked(
                "activities.covered_share",
                share((own + events).to_f64()),
                Unit::Share,
                lines,
            ),
            Figure::booked(
                "activities.books_difference",
                register.difference.to_f64(),
                Unit::Money,
                lines,
            ),
        ]);
    }
    let blind = register.blind_spots as f64;
    figures.push(Figure::booked(
        "activities.blind_spots.count",
        blind,
        Unit::Count,
        0,
    ));
    figures.extend(
        behaviors
            .list
            .iter()
            .map(|behavior| price(behavior, config)),
    );
    if behaviors.total != 0.0 {
        let change = behaviors.total - behaviors.total_before;
        let events: u64 = behaviors
            .list
            .iter()
            .filter(|b| b.within.is_none())
            .map(|b| b.events)
            .sum();
        figures.push(Figure::booked(
            "behaviors.total",
            behaviors.total,
            Unit::Money,
            events,
        ));
        if behaviors.total_before != 0.0 {
            figures.push(Figure::booked(
                "behaviors.change",
                change,
                Unit::Money,
                events,
            ));
            figures.push(Figure::booked(
                "behaviors.change_by_events",
                behaviors.by_events,
                Unit::Money,
                events,
            ));
        }
    }
    figures
}

fn price(behavior: &Behavior, config: &ActivitiesConfig) -> Figure {
    let key = format!("behaviors.{}.price", behavior.word);
    match (&behavior.price, behavior.booked) {
        (Err(why), _) => Figure::untold(key, Unit::Money, why.clone()),
        (Ok(price), true) => Figure::booked(key, price.value, Unit::Money, behavior.events)
            .cautioned([Caution::new("behaviors.mean_not_next")]),
        (Ok(price), false) => {
            let limits = (price.interval.lower, price.interval.upper);
            Figure::estimated(key, price.value, limits, config.level, Unit::Money)
                .of(behavior.events)
                .by("mean")
                .cautioned([Caution::new("behaviors.mean_not_next")])
        }
    }
}

fn sentences(frame: &ActivitiesFrame, (register, behaviors): Found) -> Vec<Sentence> {
    let count = registered(frame).count();
    let mut sentences = Vec::new();
    let all = register.laid_out().to_f64();
    sentences.push(match frame.pools.is_empty() || all == 0.0 {
        true => Sentence::new("activities.register_without_books").with("activities", count),
        false => Sentence::new("activities.register")
            .with("activities", count)
            .with("cost", register.of(Place::Activity).to_f64())
            .with("share", register.of(Place::Activity).to_f64() / all)
            .with("books", frame.books.to_f64())
            .from_figure("activities.cost_12m")
            .from_figure("activities.mapped_share"),
    });
    let no_receivers = registered(frame)
        .filter(|activity| activity.exposures == 0)
        .count();
    if no_receivers > 0 {
        sentences.push(
            Sentence::new("activities.without_receivers")
                .with("activities", no_receivers)
                .with("of", count)
                .from_figure("activities.with_receivers.count"),
        );
    }
    if register.blind_spots > 0 {
        sentences.push(
            Sentence::new("activities.blind_spots")
                .with("spots", register.blind_spots)
                .from_figure("activities.blind_spots.count"),
        );
    }
    let dearest = (behaviors.list.iter())
        .filter(|behavior| behavior.within.is_none())
        .filter_map(|behavior| Some((behavior, behavior.sum()?)))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    if let Some((behavior, sum)) = dearest.filter(|(_, sum)| *sum > 0.0) {
        let price = behavior
            .price
            .as_ref()
            .map_or(f64::NAN, |price| price.value);
        sentences.push(
            Sentence::new("activities.best_behavior")
                .with("behavior", format!("behavior.{}", behavior.word))
                .with("price", price)
                .with("events", behavior.events as f64)
                .with("sum", sum)
                .from_figure(&format!("behaviors.{}.price", behavior.word)),
        );
    }
    if behaviors.total != 0.0 && behaviors.total_before != 0.0 {
        let change = behaviors.total - behaviors.total_before;
        let key = if change >= 0.0 {
            "activities.change_up"
        } else {
            "activities.change_down"
        };
        sentences.push(
            Sentence::new(key)
                .with("change", change.abs())
                .with("by_events", behaviors.by_events)
                .with("by_price", change - behaviors.by_events)
                .from_figure("behaviors.change")
                .from_figure("behaviors.change_by_events"),
        );
    }
    sentences
}

const BLIND: &str = "blind";

/// Every process of the ledger's list: a cell without knowledge says so.
fn process_map(register: &Register) -> Table {
    let mut table = Table::new(
        "activities.process_map",
        &[
            ("activities.process", Unit::Text),
            ("activities.cost", Unit::Money),
            ("activities.activities", Unit::Count),
            ("activities.receivers_known", Unit::Count),
            ("activities.owned", Unit::Count),
            ("activities.events", Unit::Count),
            ("activities.customers", Unit::Count),
            ("activities.resolved", Unit::Share),
            ("activities.by_partner", Unit::Share),
            ("activities.experience", Unit::Points),
            ("activities.answers", Unit::Count),
        ],
    );
    for process in &register.processes {
        table.push(row_of(process));
    }
    table
}

fn row_of(process: &Process) -> Vec<Cell> {
    let blind = || Cell::Key(BLIND.to_owned());
    let count = |value: Option<u64>| value.map_or(Cell::None, |value| Cell::Number(value as f64));
    let or_blind = |cell: Cell| if cell == Cell::None { blind() } else { cell };
    let name = match process.word.as_str() {
        "" => "process.unnamed".to_owned(),
        word => format!("process.{word}"),
    };
    vec![
        Cell::Key(name),
        or_blind(
            process
                .cost
                .map_or(Cell::None, |cost| Cell::Number(cost.to_f64())),
        ),
        or_blind(count(process.activities)),
        count(process.with_receivers),
        count(process.owned),
        or_blind(count(process.events)),
        count(process.customers),
        process.resolved.map_or(Cell::None, Cell::Number),
        process.by_partner.map_or(Cell::None, Cell::Number),
        or_blind(
            process
                .experience
                .map_or(Cell::None, |(place, _)| Cell::Number(place)),
        ),
        count(process.experience.map(|(_, answers)| answers)),
    ]
}

fn activities(frame: &ActivitiesFrame) -> Table {
    let mut table = Table::new(
        "activities.list",
        &[
            ("activities.activity", Unit::Text),
            ("activities.name", Unit::Text),
            ("activities.process", Unit::Text),
            ("activities.owner", Unit::Text),
            ("activities.state", Unit::Text),
            ("activities.reached", Unit::Count),
            ("activities.control", Unit::Count),
            ("activities.planned", Unit::Money),
            ("activities.booked", Unit::Money),
            ("activities.booked_year", Unit::Money),
            ("activities.laid_on_customers", Unit::Money),
        ],
    );
    for activity in &frame.activities {
        let ended = activity.ended_on.is_some_and(|day| day <= frame.as_of);
        let begun = activity.started_on.is_none_or(|day| day <= frame.as_of);
        let state = match (activity.registered, begun, ended) {
            (false, ..) => "state.not_registered",
            (_, false, _) => "state.planned",
            (_, _, true) => "state.ended",
            _ => "state.running",
        };
        let text = |text: &str| match text {
            "" => Cell::Key(BLIND.to_owned()),
            text => Cell::Text(text.to_owned()),
        };
        let process = match activity.process.as_str() {
            "" => Cell::Key("process.unnamed".to_owned()),
            word => Cell::Key(format!("process.{word}")),
        };
        table.push(vec![
            Cell::Text(activity.activity_id.clone()),
            text(&activity.name),
            process,
            text(&activity.owner),
            Cell::Key(state.to_owned()),
            match activity.exposures {
                0 => Cell::Key(BLIND.to_owned()),
                _ => Cell::Number(activity.customers as f64),
            },
            Cell::Number(activity.control as f64),
            Cell::Number(activity.planned.to_f64()),
            Cell::Number(activity.booked.to_f64()),
            Cell::Number(activity.booked_year.to_f64()),
            Cell::Number(activity.exposure_cost.to_f64()),
        ]);
    }
    table
}

/// All of the books by where they can be placed; the sum is the books.
fn books(register: &Register, frame: &ActivitiesFrame) -> Table {
    let mut table = Table::new(
        "activities.books",
        &[
            ("activities.place", Unit::Text),
            ("activities.amount", Unit::Money),
            ("activities.share", Unit::Share),
        ],
    );
    let all = frame.books.to_f64();
    let share = |part: f64| {
        if all == 0.0 {
            Cell::None
        } else {
            Cell::Number(part / all)
        }
    };
    for place in Place::ALL {
        let amount = register.of(place).to_f64();
        table.push(vec![
            Cell::Key(place.word().to_owned()),
            Cell::Number(amount),
            share(amount),
        ]);
    }
    table.push(vec![
        Cell::Key("place.books".to_owned()),
        Cell::Number(all),
        share(all),
    ]);
    table
}

fn price_list(behaviors: &Behaviors) -> Table {
    let mut table = Table::new(
        "activities.behaviors",
        &[
            ("activities.behavior", Unit::Text),
            ("activities.price", Unit::Money),
            ("activities.price_range", Unit::Money),
            ("activities.events", Unit::Count),
            ("activities.events_before", Unit::Count),
            ("activities.sum", Unit::Money),
            ("activities.counted", Unit::Text),
        ],
    );
    for behavior in &behaviors.list {
        let price = behavior.price.as_ref().ok();
        let range = price.filter(|_| !behavior.booked);
        table.push(vec![
            Cell::Key(format!("behavior.{}", behavior.word)),
            price.map_or(Cell::None, |price| Cell::Number(price.value)),
            range.map_or(Cell::None, |p| {
                Cell::Range(p.interval.lower, p.interval.upper)
            }),
            Cell::Number(behavior.events as f64),
            Cell::Number(behavior.events_before as f64),
            behavior.sum().map_or(Cell::None, Cell::Number),
            match (behavior.within, price) {
                (_, None) => Cell::Key("counted.untold".to_owned()),
                (None, _) => Cell::Key("counted.yes".to_owned()),
                (Some(other), _) => Cell::Key(format!("counted.within_{other}")),
            },
        ]);
    }
    table
}

fn cautions(frame: &ActivitiesFrame, (register, behaviors): Found) -> Vec<Caution> {
    let mut cautions = vec![Caution::new("behaviors.price_is_not_effect")];
    if !register.difference.is_zero() {
        cautions.push(
            Caution::new("activities.books_differ")
                .with("difference", register.difference.to_f64()),
        );
    }
    if behaviors.cost_per_minute.is_some() {
        cautions.push(Caution::new("behaviors.hours_must_be_let_go"));
    }
    if behaviors.cost_per_order.is_none() && frame.doings[0].again > 0 {
        cautions.push(Caution::new("behaviors.no_order_cost"));
    }
    if behaviors
        .list
        .iter()
        .any(|behavior| behavior.word == "complaint" && behavior.price.is_ok())
    {
        cautions.push(Caution::new("behaviors.complaints_are_wanted"));
    }
    cautions
}

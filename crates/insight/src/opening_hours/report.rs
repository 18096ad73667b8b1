//! How are opening hours laid out: the week as it is, each block's bounds and verdict, and signs of people outside?

use super::estimate::{Block, DAYS, Found, HOURS};
use super::{Known, OpeningConfig};
use odla_domain::frames::opening::OpeningFrame;
use odla_domain::{Caution, Cell, Figure, Grade, Report, Sentence, Table, Unit};
use odla_stats::Estimate;

const DAY_WORDS: [&str; DAYS] = [
    "day.monday",
    "day.tuesday",
    "day.wednesday",
    "day.thursday",
    "day.friday",
    "day.saturday",
    "day.sunday",
];

pub fn lay_out(
    frame: &OpeningFrame,
    found: &Found,
    known: &Known,
    config: &OpeningConfig,
) -> Report {
    let mut report = Report::new("opening_hours");
    report.figures = figures(frame, found, known, config);
    report.sentences = sentences(found, known);
    report.tables = vec![blocks(found), week(found)];
    report.cautions = vec![Caution::new("opening_hours.bounds")];
    if known.minute_cost.is_none() {
        report
            .cautions
            .push(Caution::new("opening_hours.no_minute_cost"));
    }
    if known.losses.is_empty() {
        report
            .cautions
            .push(Caution::new("opening_hours.no_losses"));
    }
    if found.week.mean_wait.is_none() {
        report
            .cautions
            .push(Caution::new("opening_hours.no_wait").with("wait", config.usual_wait));
    }
    report
        .cautions
        .push(Caution::new("opening_hours.never_open"));
    report
}

fn closable(found: &Found) -> Vec<&Block> {
    found
        .blocks
        .iter()
        .filter(|block| block.verdict == "hour.can_close")
        .collect()
}

/// Net a year of closing what can be closed: at the worst bound with its mean loss, at the worst loss, and when all come back.
/// Blocks are added as if closed one at a time.
fn net(blocks: &[&Block]) -> (f64, f64, f64) {
    blocks.iter().fold((0.0, 0.0, 0.0), |sum, block| {
        let (back, lost) = (
            block.saved_if_back.unwrap_or(0.0),
            block.saved_if_lost.unwrap_or(0.0),
        );
        let stake = block.at_stake.unwrap_or_default();
        let (mean, worst) = (lost - stake.0, lost - stake.2);
        (
            sum.0 + mean,
            sum.1 + worst.min(back),
            sum.2 + back.max(mean),
        )
    })
}

fn figures(
    frame: &OpeningFrame,
    found: &Found,
    known: &Known,
    config: &OpeningConfig,
) -> Vec<Figure> {
    let contacts: f64 = frame.hours.iter().map(|own| own.contacts).sum();
    let n = contacts as u64;
    let open = found.week.open_hours();
    let cost: f64 = found
        .week
        .cells
        .iter()
        .flatten()
        .map(|cell| cell.cost)
        .sum();
    let can = closable(found);
    let estimated = |key: &str, own: &Estimate, unit: Unit| {
        let range = own.interval;
        Figure::estimated(
            key,
            own.value,
            (range.lower, range.upper),
            range.level,
            unit,
        )
        .by("opening_hours")
        .graded(Grade::D)
    };
    let few = || Caution::new("opening_hours.too_few_days");
    vec![
        Figure::booked("opening_hours.contacts.count", contacts, Unit::Count, n),
        Figure::booked("opening_hours.week.count", open as f64, Unit::Count, n),
        match known.minute_cost {
            Some(_) => Figure::booked("opening_hours.cost", cost, Unit::Money, n),
            None => Figure::untold(
                "opening_hours.cost",
                Unit::Money,
                Caution::new("opening_hours.no_minute_cost"),
            ),
        },
        match can.is_empty() {
            true => Figure::untold(
                "opening_hours.can_close.net",
                Unit::Money,
                Caution::new("opening_hours.none_can_close"),
            ),
            false => {
                let (mean, lower, upper) = net(&can);
                Figure::estimated(
                    "opening_hours.can_close.net",
                    mean,
                    (lower, upper),
                    config.level,
                    Unit::Money,
                )
                .of(n)
                .by("opening_hours")
                .graded(Grade::C)
                .cautioned([Caution::new("opening_hours.bounds")])
            }
        },
        match &found.first_hour {
            Some(peak) => estimated("opening_hours.first_hour.peak", &peak.ratio, Unit::Ratio)
                .of(peak.days as u64),
            None => Figure::untold("opening_hours.first_hour.peak", Unit::Ratio, few()),
        },
        match &found.first_hour {
            Some(peak) => estimated(
                "opening_hours.first_hour.excess",
                &peak.excess,
                Unit::Points,
            )
            .of(peak.days as u64),
            None => Figure::untold("opening_hours.first_hour.excess", Unit::Points, few()),
        },
        match &found.after_closed {
            Some(peak) => estimated("opening_hours.after_closed.peak", peak, Unit::Ratio).of(n),
            None => Figure::untold("opening_hours.after_closed.peak", Unit::Ratio, few()),
        },
    ]
}

fn sentences(found: &Found, known: &Known) -> Vec<Sentence> {
    let mut said = vec![verdict_said(found, known)];
    if let Some(block) = thinnest(found) {
        let even = block.break_even.unwrap_or_default();
        let sentence = Sentence::new(match block.weeks {
            Some(_) => "opening_hours.break_even_test",
            None => "opening_hours.break_even",
        });
        let sentence = sentence
            .with("days", block.days.word())
            .with("hour", format!("{:02}–{:02}", block.hour, block.hour + 1))
            .with("even", even.0)
            .with("lower", even.1)
            .with("upper", even.2)
            .with("weeks", block.weeks.unwrap_or(f64::NAN));
        said.push(sentence);
    }
    if let Some(peak) = &found.first_hour {
        let range = peak.ratio.interval;
        let key = match (range.lower > 1.0, range.upper < 1.0) {
            (true, _) => "opening_hours.people_outside",
            (_, true) => "opening_hours.slow_start",
            _ => "opening_hours.nobody_outside",
        };
        said.push(
            Sentence::new(key)
                .with("more", peak.excess.value)
                .with("ratio", peak.ratio.value)
                .with("lower", range.lower)
                .with("upper", range.upper)
                .from_figure("opening_hours.first_hour.peak"),
        );
    }
    if let Some(peak) = &found.after_closed {
        let range = peak.interval;
        let seen = if range.lower > 1.0 {
            "seen"
        } else {
            "not_seen"
        };
        said.push(
            Sentence::new(format!("opening_hours.after_closed_{seen}"))
                .with("ratio", peak.value)
                .with("lower", range.lower)
                .with("upper", range.upper)
                .from_figure("opening_hours.after_closed.peak"),
        );
    }
    said
}

/// The open question with most to save: where a test is worth most.
fn thinnest(found: &Found) -> Option<&Block> {
    let open = found
        .blocks
        .iter()
        .filter(|block| block.verdict == "hour.cannot_tell" && block.break_even.is_some());
    let saved = |block: &&Block| block.saved_if_back.unwrap_or(0.0);
    open.max_by(|a, b| saved(a).total_cmp(&saved(b)))
}

fn verdict_said(found: &Found, known: &Known) -> Sentence {
    let n = found.blocks.len();
    if known.minute_cost.is_none() || known.losses.is_empty() {
        return Sentence::new("opening_hours.not_priced").with("blocks", n);
    }
    let count = |verdict: &str| {
        found
            .blocks
            .iter()
            .filter(|block| block.verdict == verdict)
            .count()
    };
    let can = closable(found);
    match can.is_empty() {
        true => Sentence::new("opening_hours.none_closable")
            .with("blocks", n)
            .with("keep", count("hour.keep"))
            .with("open", count("hour.cannot_tell")),
        false => {
            let (mean, lower, upper) = net(&can);
            Sentence::new("opening_hours.some_closable")
                .with("n", can.len())
                .with("blocks", n)
                .with("net", mean)
                .with("lower", lower)
                .with("upper", upper)
                .from_figure("opening_hours.can_close.net")
        }
    }
}

fn number(value: Option<f64>) -> Cell {
    value
        .filter(|value| value.is_finite())
        .map_or(Cell::None, Cell::Number)
}

fn blocks(found: &Found) -> Table {
    let mut table = Table::new(
        "opening_hours.blocks",
        &[
            ("opening_hours.days", Unit::Text),
            ("opening_hours.hour", Unit::Text),
            ("opening_hours.contacts", Unit::Count),
            ("opening_hours.minutes", Unit::Minutes),
            ("opening_hours.wait", Unit::Minutes),
            ("opening_hours.agents", Unit::Points),
            ("opening_hours.cost", Unit::Money),
            ("opening_hours.net_if_back", Unit::Money),
            ("opening_hours.net_if_lost", Unit::Money),
            ("opening_hours.net_if_lost_range", Unit::Money),
            ("opening_hours.at_stake", Unit::Money),
            ("opening_hours.break_even", Unit::Share),
            ("opening_hours.break_even_range", Unit::Share),
            ("opening_hours.verdict", Unit::Text),
            ("opening_hours.test", Unit::Text),
        ],
    );
    for block in &found.blocks {
        let stake = block.at_stake;
        let lost = |of: f64| block.saved_if_lost.map(|saved| saved - of);
        table.push(vec![
            Cell::Key(block.days.word().to_owned()),
            Cell::Text(format!("{:02}–{:02}", block.hour, block.hour + 1)),
            Cell::Number(block.contacts.round()),
            number((block.contacts > 0.0).then(|| block.minutes / block.contacts)),
            number(block.wait),
            Cell::Number(block.agents),
            number(block.cost),
            number(block.saved_if_back),
            number(stake.and_then(|stake| lost(stake.0))),
            match stake.and_then(|stake| lost(stake.2).zip(lost(stake.1))) {
                Some((lower, upper)) => Cell::Range(lower, upper),
                None => Cell::None,
            },
            number(stake.map(|stake| stake.0)),
            number(block.break_even.map(|even| even.0)),
            block
                .break_even
                .map_or(Cell::None, |even| Cell::Range(even.1, even.2)),
            Cell::Key(block.verdict.to_owned()),
            test(block),
        ]);
    }
    table
}

/// The cheapest test that would tell.
fn test(block: &Block) -> Cell {
    match (block.verdict, block.break_even, block.weeks) {
        ("hour.cannot_tell", Some(_), Some(weeks)) => {
            Cell::Said(Sentence::new("opening_hours.test_close").with("weeks", weeks))
        }
        ("hour.cannot_tell", Some(_), None) => Cell::Said(Sentence::new("opening_hours.test_ask")),
        ("hour.cannot_tell", None, _) => Cell::Said(Sentence::new("opening_hours.test_books")),
        _ => Cell::None,
    }
}

fn week(found: &Found) -> Table {
    let mut table = Table::new(
        "opening_hours.week",
        &[
            ("opening_hours.day", Unit::Text),
            ("opening_hours.hour", Unit::Text),
            ("opening_hours.contacts", Unit::Count),
            ("opening_hours.minutes", Unit::Minutes),
            ("opening_hours.wait", Unit::Minutes),
            ("opening_hours.agents", Unit::Points),
            ("opening_hours.cost", Unit::Money),
            ("opening_hours.state", Unit::Text),
        ],
    );
    let cells = &found.week.cells;
    let told = |hour: usize| (0..DAYS).any(|day| cells[day][hour].open);
    let first = (0..HOURS).find(|&hour| told(hour)).unwrap_or(0);
    let last = (0..HOURS)
        .rev()
        .find(|&hour| told(hour))
        .unwrap_or(HOURS - 1);
    let shown = first.saturating_sub(1)..=(last + 1).min(HOURS - 1);
    for (day, cells) in cells.iter().enumerate() {
        // An hour more at each end, so that what was never open is seen.
        for (hour, cell) in cells
            .iter()
            .enumerate()
            .filter(|(hour, _)| shown.contains(hour))
        {
            let state = if cell.open {
                "hour.open"
            } else {
                "hour.never_open"
            };
            let when_open = |value: f64| {
                if cell.open {
                    Cell::Number(value)
                } else {
                    Cell::None
                }
            };
            table.push(vec![
                Cell::Key(DAY_WORDS[day].to_owned()),
                Cell::Text(format!("{hour:02}–{:02}", hour + 1)),
                Cell::Number((cell.contacts * found.week.to_year).round()),
                number((cell.contacts > 0.0).then(|| cell.minutes / cell.contacts)),
                number((cell.waits > 0.0).then(|| cell.waited / cell.waits)),
                when_open(cell.agents),
                when_open(cell.cost),
                Cell::Key(state.to_owned()),
            ]);
        }
    }
    table
}

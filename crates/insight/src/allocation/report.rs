//! How are the moves laid out: from where to where, what each gives, and which do not survive?

use super::AllocationConfig;
use super::places::{Place, Spending};
use super::plan::{Drawn, Proposal};
use super::saying::sentences;
use crate::InsightError;
use odla_domain::{Caution, Cell, Figure, Grade, Report, Sentence, Table, Unit};
use odla_stats::allocate::Move;

/// Leftovers below this share of all that is moved are not told.
const LEAST_TOLD: f64 = 1e-3;
/// Below this share of the draws a plan or a move is fragile.
pub const FRAGILE_BELOW: f64 = 0.80;

pub fn lay_out(
    places: &[Place],
    proposal: &Proposal,
    config: &AllocationConfig,
) -> Result<Report, InsightError> {
    let mut report = Report::new("allocation");
    report.figures = figures(places, proposal, config);
    report.sentences = sentences(places, proposal);
    report.tables = vec![
        moves(places, proposal),
        plan(places, proposal),
        frontier(proposal),
    ];
    report.cautions = cautions(places, proposal);
    Ok(report)
}

fn figures(places: &[Place], proposal: &Proposal, config: &AllocationConfig) -> Vec<Figure> {
    let n = places.len() as u64;
    let told = |key: &str, own: Drawn, unit: Unit| {
        Figure::estimated(
            key,
            own.mean,
            (own.range.lower, own.range.upper),
            config.level,
            unit,
        )
        .of(n)
        .by("allocation")
    };
    let solved =
        |key: &str, value: f64| Figure::solved(key, value, Unit::Money, n).by("allocation");
    let judgement = &proposal.judgement;
    let gain = Drawn {
        mean: judgement.expected_gain,
        range: judgement.gain,
    };
    let more = proposal.money - proposal.money_today;
    let fragile = judgement.share_better < FRAGILE_BELOW && !proposal.moves.is_empty();
    let doubt =
        fragile.then(|| Caution::new("allocation.fragile").with("share", judgement.share_better));
    let judged: f64 = places
        .iter()
        .filter(|place| place.judged)
        .map(|place| place.today)
        .sum();
    let moved: f64 = proposal
        .moves
        .iter()
        .map(|own| own.spent.max(own.released))
        .sum();
    let mut figures = vec![
        Figure::booked("allocation.money", proposal.money_today, Unit::Money, n),
        Figure::booked(
            "allocation.judged_share",
            judged / proposal.money_today.max(1e-9),
            Unit::Share,
            n,
        ),
        solved("allocation.asked_money", proposal.money),
        told("allocation.gain", gain, Unit::Money)
            .graded(Grade::C)
            .cautioned(doubt),
        told("allocation.net", less(gain, more), Unit::Money).graded(Grade::C),
        solved("allocation.moved", moved),
        survives(proposal, config),
    ];
    if let Some((money, value)) = &proposal.cheapest {
        let saving = (proposal.money_today - money).max(0.0);
        figures.push(solved("allocation.saving", saving));
        figures.push(told("allocation.saving_value", *value, Unit::Money).graded(Grade::C));
    }
    let regret = Drawn {
        mean: judgement.expected_regret,
        range: judgement.regret,
    };
    let idle = Drawn {
        mean: judgement.expected_regret_today,
        range: judgement.regret_today,
    };
    figures.push(told("allocation.regret", regret, Unit::Money));
    figures.push(told("allocation.regret_today", idle, Unit::Money));
    let untold =
        |key: &str, unit: Unit| Figure::untold(key, unit, Caution::new("allocation.no_room"));
    match proposal.next_krona {
        Some(krona) => {
            figures.push(told("allocation.money_price", krona, Unit::Ratio));
            if proposal.wage > 0.0 {
                let hour = times(krona, proposal.wage);
                figures.push(told("allocation.hour_price", hour, Unit::Money));
            }
        }
        None => {
            figures.push(untold("allocation.money_price", Unit::Ratio));
            figures.push(untold("allocation.hour_price", Unit::Money));
        }
    }
    figures
}

/// The share of the draws has the error of having drawn only so many (Wilson's interval).
fn survives(proposal: &Proposal, config: &AllocationConfig) -> Figure {
    let (share, n) = (proposal.judgement.share_better, config.draws as f64);
    let z = odla_stats::estimate::normal_quantile_for_level(config.level);
    let middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt() / (1.0 + z * z / n);
    let range = ((middle - half).max(0.0), (middle + half).min(1.0));
    Figure::estimated(
        "allocation.survives",
        share,
        range,
        config.level,
        Unit::Share,
    )
    .of(config.draws as u64)
    .by("allocation")
}

pub fn less(own: Drawn, amount: f64) -> Drawn {
    let mut own = own;
    own.mean -= amount;
    own.range.lower -= amount;
    own.range.upper -= amount;
    own
}

fn times(own: Drawn, by: f64) -> Drawn {
    let mut own = own;
    own.mean *= by;
    own.range.lower *= by;
    own.range.upper *= by;
    own
}

/// The moves worth telling: sure ones that are better in both respects first, then the other sure ones, each by its gain.
pub fn ranked(proposal: &Proposal) -> Vec<(usize, &Move)> {
    let judgement = &proposal.judgement;
    let amount = |own: &Move| own.spent.max(own.released);
    let least = LEAST_TOLD * proposal.moves.iter().map(amount).sum::<f64>();
    let mut list: Vec<(usize, &Move)> = (proposal.moves.iter().enumerate())
        .filter(|(_, own)| amount(own) >= least)
        .collect();
    list.sort_by(|a, b| {
        let rank = |(place, own): &(usize, &Move)| {
            let sure = judgement.move_survives[*place] >= FRAGILE_BELOW;
            u8::from(sure) + u8::from(sure && is_better_in_both(own, judgement.move_gain[*place].0))
        };
        let gain = |place: usize| judgement.move_gain[place].0;
        rank(b).cmp(&rank(a)).then(gain(b.0).total_cmp(&gain(a.0)))
    });
    list
}

/// Costs no more and gives no less over the draws, and one of them is better.
fn is_better_in_both(own: &Move, gain: f64) -> bool {
    let saved = own.released - own.spent;
    saved >= -1e-6 * own.spent && gain >= 0.0 && saved + gain > 0.0
}

fn moves(places: &[Place], proposal: &Proposal) -> Table {
    let mut table = Table::new(
        "allocation.moves",
        &[
            ("allocation.from", Unit::Text),
            ("allocation.to", Unit::Text),
            ("allocation.released", Unit::Money),
            ("allocation.spent", Unit::Money),
            ("allocation.value_change", Unit::Money),
            ("allocation.value_range", Unit::Money),
            ("allocation.hours", Unit::Count),
            ("allocation.survives", Unit::Share),
            ("allocation.verdict", Unit::Text),
        ],
    );
    let name = |cell: Option<usize>, none: &str| match cell {
        Some(cell) => named(&places[cell]),
        None => Cell::Key(none.to_owned()),
    };
    for (place, own) in ranked(proposal) {
        let survives = proposal.judgement.move_survives[place];
        let (gain, range) = proposal.judgement.move_gain[place];
        let verdict = match (survives < FRAGILE_BELOW, is_better_in_both(own, gain)) {
            (true, _) => "move.fragile",
            (_, true) => "move.both",
            _ => "move.sure",
        };
        table.push(vec![
            name(own.from, "move.new_money"),
            name(own.to, "move.saved"),
            Cell::Number(own.released),
            Cell::Number(own.spent),
            Cell::Number(gain),
            Cell::Range(range.lower, range.upper),
            Cell::Number(own.hours_released(&proposal.cells).round()),
            Cell::Number(survives),
            Cell::Key(verdict.to_owned()),
        ]);
    }
    table
}

fn named(place: &Place) -> Cell {
    match place.kind {
        Spending::Minutes => {
            Cell::Said(Sentence::new("allocation.minutes_for").with("reason", place.name.as_str()))
        }
        Spending::Activity => Cell::Text(place.name.clone()),
    }
}

fn plan(places: &[Place], proposal: &Proposal) -> Table {
    let mut table = Table::new(
        "allocation.plan",
        &[
            ("allocation.place", Unit::Text),
            ("allocation.process", Unit::Text),
            ("allocation.today", Unit::Money),
            ("allocation.then", Unit::Money),
            ("allocation.change", Unit::Money),
            ("allocation.value_change", Unit::Money),
            ("allocation.hours_today", Unit::Count),
            ("allocation.hours_then", Unit::Count),
            ("allocation.minutes_today", Unit::Minutes),
            ("allocation.minutes_then", Unit::Minutes),
            ("allocation.least", Unit::Money),
            ("allocation.most", Unit::Money),
            ("allocation.next_krona", Unit::Ratio),
            ("allocation.same_way", Unit::Share),
        ],
    );
    for (at, place) in places.iter().enumerate() {
        let (today, then) = (proposal.today[at], proposal.amounts[at]);
        let cell = &proposal.cells[at];
        let minutes = |amount: f64| place.minutes_at(amount).map_or(Cell::None, Cell::Number);
        let hours = |amount: f64| match cell.hours > 0.0 {
            true => Cell::Number((cell.hours * amount).round()),
            false => Cell::None,
        };
        let number = |value: f64| match value.is_finite() && place.judged {
            true => Cell::Number(value),
            false => Cell::None,
        };
        table.push(vec![
            named(place),
            match place.process.starts_with("process.") {
                true => Cell::Key(place.process.clone()),
                false => Cell::Text(place.process.clone()),
            },
            Cell::Number(today),
            Cell::Number(then),
            Cell::Number(then - today),
            number(proposal.judgement.cell_gain[at]),
            hours(today),
            hours(then),
            minutes(today),
            minutes(then),
            Cell::Number(place.cell.lower),
            Cell::Number(place.cell.upper),
            number(place.cell.curve.slope(today)),
            number(proposal.judgement.same_direction[at]),
        ]);
    }
    table
}

fn frontier(proposal: &Proposal) -> Table {
    let mut table = Table::new(
        "allocation.frontier",
        &[
            ("allocation.budget", Unit::Money),
            ("allocation.against_today", Unit::Share),
            ("allocation.value_change", Unit::Money),
            ("allocation.value_range", Unit::Money),
            ("allocation.net_change", Unit::Money),
        ],
    );
    for point in &proposal.frontier {
        table.push(vec![
            Cell::Number(point.money),
            Cell::Number(point.money / proposal.money_today),
            Cell::Number(point.gain.mean),
            Cell::Range(point.gain.range.lower, point.gain.range.upper),
            Cell::Number(point.gain.mean - (point.money - proposal.money_today)),
        ]);
    }
    table
}

fn cautions(places: &[Place], proposal: &Proposal) -> Vec<Caution> {
    let mut cautions = Vec::new();
    if places.iter().any(|place| !place.judged) {
        cautions.push(Caution::new("allocation.some_not_judged"));
    }
    if places
        .iter()
        .any(|place| place.judged && place.kind == Spending::Activity)
    {
        cautions.push(Caution::new("allocation.bend_assumed"));
    }
    cautions.extend(proposal.cautions.iter().cloned());
    cautions
}

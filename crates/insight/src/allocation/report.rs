//! How are the moves laid out: from where to where, what each gives, and which do not survive?

use super::AllocationConfig;
use super::places::{Place, Spending};
use super::plan::Proposal;
use crate::InsightError;
use odla_domain::{Caution, Cell, Figure, Grade, Report, Sentence, Table, Unit};
use odla_stats::allocate::Move;

/// Moves that get a sentence.
const MOST_SENTENCES: usize = 4;
/// Below this share of the draws a plan or a move is fragile.
const FRAGILE_BELOW: f64 = 0.80;

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
    let money = |key: &str, value: f64, range: (f64, f64)| {
        Figure::estimated(key, value, range, config.level, Unit::Money)
            .of(n)
            .by("allocation")
    };
    let judgement = &proposal.judgement;
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
    let saving = (proposal.money_today - proposal.cheapest.money).max(0.0);
    let plain = |key: &str, value: f64, unit: Unit| {
        Figure::estimated(key, value, (value, value), config.level, unit)
            .of(n)
            .by("allocation")
    };
    let mut gain = money(
        "allocation.gain",
        judgement.expected_gain,
        (judgement.gain.lower, judgement.gain.upper),
    )
    .graded(Grade::C);
    if judgement.share_better < FRAGILE_BELOW && !proposal.moves.is_empty() {
        gain = gain
            .cautioned([Caution::new("allocation.fragile").with("share", judgement.share_better)]);
    }
    vec![
        Figure::booked("allocation.money", proposal.money_today, Unit::Money, n),
        Figure::booked(
            "allocation.judged_share",
            judged / proposal.money_today.max(1e-9),
            Unit::Share,
            n,
        ),
        gain,
        plain("allocation.saving", saving, Unit::Money)
            .cautioned([Caution::new("allocation.on_average")]),
        plain("allocation.moved", moved, Unit::Money),
        plain("allocation.survives", judgement.share_better, Unit::Share),
        money(
            "allocation.regret",
            judgement.expected_regret,
            (judgement.regret.lower, judgement.regret.upper),
        ),
        plain(
            "allocation.regret_today",
            judgement.expected_regret_today,
            Unit::Money,
        ),
        plain(
            "allocation.money_price",
            proposal.plan.money_price,
            Unit::Ratio,
        ),
        plain("allocation.hour_price", proposal.hour_price, Unit::Money),
    ]
}

fn sentences(places: &[Place], proposal: &Proposal) -> Vec<Sentence> {
    let judgement = &proposal.judgement;
    let key = match (
        proposal.moves.is_empty(),
        judgement.share_better >= FRAGILE_BELOW,
    ) {
        (true, _) => "allocation.nothing_to_move",
        (_, true) => "allocation.move_these",
        _ => "allocation.fragile_plan",
    };
    let mut sentences = vec![
        Sentence::new(key)
            .with("gain", judgement.expected_gain)
            .with("lower", judgement.gain.lower)
            .with("upper", judgement.gain.upper)
            .with("share", judgement.share_better)
            .from_figure("allocation.gain"),
    ];
    let name = |cell: Option<usize>| {
        cell.map_or("", |cell| places[cell].name.as_str())
            .to_owned()
    };
    for (place, own) in ranked(proposal).into_iter().take(MOST_SENTENCES) {
        let survives = judgement.move_survives[place];
        let word = match (own.from, own.to) {
            (Some(_), Some(_)) => "move",
            (Some(_), None) => "save",
            _ => "add",
        };
        let fragile = if survives < FRAGILE_BELOW {
            "_fragile"
        } else {
            ""
        };
        sentences.push(
            Sentence::new(format!("allocation.{word}{fragile}"))
                .with("amount", own.spent.max(own.released))
                .with("from", name(own.from))
                .with("to", name(own.to))
                .with("gain", own.value_change)
                .with("share", survives),
        );
    }
    let saving = proposal.money_today - proposal.cheapest.money;
    if saving > 1e-3 * proposal.money_today {
        sentences.push(
            Sentence::new("allocation.same_value")
                .with("saving", saving)
                .with("share", saving / proposal.money_today)
                .from_figure("allocation.saving"),
        );
    }
    let price = proposal.plan.money_price;
    sentences.push(
        Sentence::new(match price >= 1.0 {
            true => "allocation.krona_pays",
            false => "allocation.krona_does_not_pay",
        })
        .with("price", price)
        .with("hour", proposal.hour_price)
        .from_figure("allocation.money_price"),
    );
    let blind: Vec<&Place> = places.iter().filter(|place| !place.judged).collect();
    if !blind.is_empty() {
        sentences.push(
            Sentence::new("allocation.not_judged")
                .with("n", blind.len())
                .with("amount", blind.iter().map(|place| place.today).sum::<f64>())
                .from_figure("allocation.judged_share"),
        );
    }
    sentences
}

/// Sure moves first, and among them the largest gain.
fn ranked(proposal: &Proposal) -> Vec<(usize, &Move)> {
    let survives = &proposal.judgement.move_survives;
    let mut list: Vec<(usize, &Move)> = proposal.moves.iter().enumerate().collect();
    list.sort_by(|a, b| {
        let sure = |place: usize| survives[place] >= FRAGILE_BELOW;
        (sure(b.0).cmp(&sure(a.0))).then(b.1.value_change.total_cmp(&a.1.value_change))
    });
    list
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
            ("allocation.hours", Unit::Count),
            ("allocation.survives", Unit::Share),
            ("allocation.verdict", Unit::Text),
        ],
    );
    let cells: Vec<_> = places.iter().map(|place| place.cell.clone()).collect();
    let name = |cell: Option<usize>, none: &str| match cell {
        Some(cell) => named(&places[cell]),
        None => Cell::Key(none.to_owned()),
    };
    for (place, own) in ranked(proposal) {
        let survives = proposal.judgement.move_survives[place];
        let verdict = match (survives < FRAGILE_BELOW, own.is_pareto()) {
            (true, _) => "move.fragile",
            (_, true) => "move.both",
            _ => "move.sure",
        };
        table.push(vec![
            name(own.from, "move.new_money"),
            name(own.to, "move.saved"),
            Cell::Number(own.released),
            Cell::Number(own.spent),
            Cell::Number(own.value_change),
            Cell::Number(own.hours_released(&cells).round()),
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
            ("allocation.today", Unit::Money),
            ("allocation.then", Unit::Money),
            ("allocation.change", Unit::Money),
            ("allocation.value_change", Unit::Money),
            ("allocation.minutes_today", Unit::Minutes),
            ("allocation.minutes_then", Unit::Minutes),
            ("allocation.least", Unit::Money),
            ("allocation.most", Unit::Money),
            ("allocation.next_krona", Unit::Ratio),
            ("allocation.same_way", Unit::Share),
        ],
    );
    for (at, place) in places.iter().enumerate() {
        let (today, then) = (proposal.today[at], proposal.plan.amounts[at]);
        let change = place.cell.curve.value(then) - place.cell.curve.value(today);
        let minutes = |amount: f64| place.minutes_at(amount).map_or(Cell::None, Cell::Number);
        let number = |value: f64| match value.is_finite() && place.judged {
            true => Cell::Number(value),
            false => Cell::None,
        };
        table.push(vec![
            named(place),
            Cell::Number(today),
            Cell::Number(then),
            Cell::Number(then - today),
            number(change),
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
            ("allocation.net_change", Unit::Money),
            ("allocation.next_krona", Unit::Ratio),
        ],
    );
    for (budget, plan) in &proposal.frontier {
        let change = plan.value - proposal.value_today;
        table.push(vec![
            Cell::Number(plan.money),
            Cell::Number(budget / proposal.money_today),
            Cell::Number(change),
            Cell::Number(change - (plan.money - proposal.money_today)),
            Cell::Number(plan.money_price),
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
    cautions.extend(proposal.plan.cautions.iter().map(crate::doubt::told));
    cautions
}

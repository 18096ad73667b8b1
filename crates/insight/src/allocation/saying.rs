//! Which sentences do a plan's figures allow?

use super::places::Place;
use super::plan::{Drawn, Proposal};
use super::report::{FRAGILE_BELOW, less, ranked};
use odla_domain::Sentence;

/// Moves that get a sentence.
const MOST_SENTENCES: usize = 4;

pub fn sentences(places: &[Place], proposal: &Proposal) -> Vec<Sentence> {
    let mut sentences = vec![whole(proposal)];
    sentences.extend(moves(places, proposal));
    if let Some((money, value)) = &proposal.cheapest {
        let saving = proposal.money_today - money;
        if saving > 1e-3 * proposal.money_today {
            sentences.push(
                Sentence::new("allocation.same_value")
                    .with("saving", saving)
                    .with("share", saving / proposal.money_today)
                    .with("lower", value.range.lower)
                    .with("upper", value.range.upper)
                    .from_figure("allocation.saving"),
            );
        }
    }
    sentences.extend(proposal.next_krona.map(next_krona));
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

/// The plan in one sentence: for the same money, for less, or for more.
fn whole(proposal: &Proposal) -> Sentence {
    let judgement = &proposal.judgement;
    let more = proposal.money - proposal.money_today;
    let gain = Drawn {
        mean: judgement.expected_gain,
        range: judgement.gain,
    };
    let net = less(gain, more);
    let sure = judgement.share_better >= FRAGILE_BELOW;
    let key = if more.abs() <= 1e-3 * proposal.money_today {
        match (proposal.moves.is_empty(), sure) {
            (true, _) => "nothing_to_move",
            (_, true) => "move_these",
            _ => "fragile_plan",
        }
    } else if more < 0.0 {
        match (
            gain.range.lower >= 0.0,
            net.range.lower > 0.0,
            net.range.upper < 0.0,
        ) {
            (true, _, _) => "less_gives_more",
            (_, true, _) => "less_pays",
            (_, _, true) => "less_costs",
            _ => "less_cannot_tell",
        }
    } else {
        match (net.range.lower > 0.0, net.range.upper < 0.0) {
            (true, _) => "more_pays",
            (_, true) => "more_does_not_pay",
            _ => "more_cannot_tell",
        }
    };
    Sentence::new(format!("allocation.{key}"))
        .with("amount", more.abs())
        .with("gain", gain.mean)
        .with("lost", -gain.mean)
        .with("lower", gain.range.lower)
        .with("upper", gain.range.upper)
        .with("net", net.mean)
        .with("net_lower", net.range.lower)
        .with("net_upper", net.range.upper)
        .with("share", judgement.share_better)
        .from_figure("allocation.gain")
}

fn moves(places: &[Place], proposal: &Proposal) -> Vec<Sentence> {
    let name = |cell: Option<usize>| {
        cell.map_or("", |cell| places[cell].name.as_str())
            .to_owned()
    };
    let told = ranked(proposal).into_iter().take(MOST_SENTENCES);
    told.map(|(place, own)| {
        let survives = proposal.judgement.move_survives[place];
        let word = match (own.from, own.to) {
            (Some(_), Some(_)) if own.released > 1.01 * own.spent => "move_part",
            (Some(_), Some(_)) => "move",
            (Some(_), None) => "save",
            _ => "add",
        };
        let fragile = if survives < FRAGILE_BELOW {
            "_fragile"
        } else {
            ""
        };
        Sentence::new(format!("allocation.{word}{fragile}"))
            .with("amount", own.spent.max(own.released))
            .with("spent", own.spent)
            .with("saved", own.released - own.spent)
            .with("from", name(own.from))
            .with("to", name(own.to))
            .with("gain", proposal.judgement.move_gain[place].0)
            .with("share", survives)
    })
    .collect()
}

fn next_krona(price: Drawn) -> Sentence {
    let key = match (price.range.lower > 1.0, price.range.upper < 1.0) {
        (true, _) => "allocation.krona_pays",
        (_, true) => "allocation.krona_does_not_pay",
        _ => "allocation.krona_cannot_tell",
    };
    Sentence::new(key)
        .with("price", price.mean)
        .with("lower", price.range.lower)
        .with("upper", price.range.upper)
        .from_figure("allocation.money_price")
}

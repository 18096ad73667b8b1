//! How are the proposals laid out: counts with doubt, value per stance, and the customers to look at first?

use super::PortfolioConfig;
use super::estimate::{Lines, Proposal, Stance};
use odla_domain::frames::portfolio::Standing;
use odla_domain::{Caution, Cell, CustomerScores, Figure, Outcome, Report, Sentence, Table, Unit};
use odla_stats::special::normal_quantile;

const METHOD: &str = "keep_value";
const SHOWN: usize = 15;

pub fn write(
    proposals: &[Proposal],
    lines: &Lines,
    costs_known: bool,
    config: &PortfolioConfig,
) -> Outcome {
    let mut report = Report::new("portfolio");
    let proposed: Vec<&Proposal> = proposals
        .iter()
        .filter(|proposal| proposal.stance.is_some())
        .collect();
    for stance in Stance::ALL {
        report.figures.push(count(&proposed, stance, config));
    }
    for stance in Stance::ALL {
        report.figures.push(value(&proposed, stance, config));
    }
    report.figures.extend(levers(&proposed));
    report.figures.push(sure(&proposed, config));
    let objected = proposals.len() - proposed.len();
    report.figures.push(Figure::booked(
        "portfolio.objected.count",
        objected as f64,
        Unit::Count,
        proposals.len() as u64,
    ));
    report.sentences = sentences(&report, lines);
    report.tables.push(by_stance(&proposed));
    report.tables.push(by_reason(&proposed));
    report.tables.push(first_to_look_at(&proposed));
    report.cautions = cautions(&proposed, costs_known);
    Outcome {
        report,
        scores: Some(scores(proposals)),
    }
}

fn of(proposed: &[&Proposal], stance: Stance) -> impl Iterator<Item = Proposal> {
    let chosen: Vec<Proposal> = proposed
        .iter()
        .filter(|proposal| proposal.stance == Some(stance))
        .map(|&proposal| proposal.clone())
        .collect();
    chosen.into_iter()
}

/// The number proposed; the interval is that of the number truly in the class (a sum of independent chances).
fn count(proposed: &[&Proposal], stance: Stance, config: &PortfolioConfig) -> Figure {
    let own = of(proposed, stance).count() as f64;
    let (mut leave, mut spread) = (0.0, 0.0);
    for proposal in proposed {
        let p = proposal.probability;
        spread += p * (1.0 - p);
        if proposal.stance == Some(stance) {
            leave += 1.0 - p;
        }
    }
    let width = normal_quantile(0.5 + config.level / 2.0) * spread.sqrt();
    let key = format!("portfolio.{}.count", stance.word());
    Figure::estimated(
        key,
        own,
        ((own - leave - width).max(0.0), own + width),
        config.level,
        Unit::Count,
    )
    .of(proposed.len() as u64)
    .by(METHOD)
}

fn value(proposed: &[&Proposal], stance: Stance, config: &PortfolioConfig) -> Figure {
    let (mut sum, mut variance, mut n) = (0.0, 0.0, 0);
    for proposal in of(proposed, stance) {
        sum += proposal.worth.keep();
        variance += proposal.worth.spread.powi(2);
        n += 1;
    }
    let width = normal_quantile(0.5 + config.level / 2.0) * variance.sqrt();
    let key = format!("portfolio.{}.value", stance.word());
    Figure::estimated(
        key,
        sum,
        (sum - width, sum + width),
        config.level,
        Unit::Money,
    )
    .of(n)
    .by(METHOD)
    .cautioned([Caution::new("portfolio.customers_taken_as_independent")])
}

/// What refining could give at most, and what those who are proposed for stopping cost to serve a year.
fn levers(proposed: &[&Proposal]) -> [Figure; 2] {
    let refine: Vec<Proposal> = of(proposed, Stance::Refine).collect();
    let gain: f64 = refine.iter().map(|proposal| proposal.gain).sum();
    let stop: Vec<Proposal> = of(proposed, Stance::Stop).collect();
    let cost: f64 = stop.iter().map(|proposal| proposal.worth.cost_12m).sum();
    let untested = Caution::new("portfolio.levers_are_assumed");
    [
        Figure::estimated("portfolio.refine.gain", gain, (0.0, gain), 1.0, Unit::Money)
            .of(refine.len() as u64)
            .by("assumed_levers")
            .cautioned([untested]),
        Figure::booked(
            "portfolio.stop.cost_to_serve",
            cost,
            Unit::Money,
            stop.len() as u64,
        ),
    ]
}

fn sure(proposed: &[&Proposal], config: &PortfolioConfig) -> Figure {
    let sure = proposed
        .iter()
        .filter(|proposal| proposal.probability >= config.sure_from)
        .count();
    let share = sure as f64 / proposed.len().max(1) as f64;
    Figure::booked(
        "portfolio.sure.share",
        share,
        Unit::Share,
        proposed.len() as u64,
    )
    .by(METHOD)
}

fn sentences(report: &Report, lines: &Lines) -> Vec<Sentence> {
    let number = |key: &str| {
        report
            .figure(key)
            .and_then(|figure| figure.value)
            .unwrap_or_default()
    };
    let stop_value = number("portfolio.stop.value");
    let because = if number("portfolio.stop.count") == 0.0 {
        Sentence::new("portfolio.nobody_to_stop")
    } else if stop_value < 0.0 {
        Sentence::new("portfolio.stop_frees").with("freed", -stop_value)
    } else {
        Sentence::new("portfolio.stop_is_worth_little").with("value", stop_value)
    };
    vec![
        Sentence::new("portfolio.proposal")
            .with("grow", number("portfolio.grow.count"))
            .with("refine", number("portfolio.refine.count"))
            .with("stop", number("portfolio.stop.count"))
            .from_figure("portfolio.grow.count")
            .from_figure("portfolio.refine.count")
            .from_figure("portfolio.stop.count"),
        because.from_figure("portfolio.stop.value"),
        Sentence::new("portfolio.lines")
            .with("hurdle", lines.hurdle)
            .with("floor", lines.floor),
        Sentence::new("portfolio.human_decides").with("sure", number("portfolio.sure.share")),
    ]
}

fn by_stance(proposed: &[&Proposal]) -> Table {
    let mut table = Table::new(
        "portfolio.by_stance",
        &[
            ("stance", Unit::Text),
            ("customers", Unit::Count),
            ("share_of_customers", Unit::Share),
            ("keep_value", Unit::Money),
            ("expected_cost_to_serve", Unit::Money),
            ("probability_right", Unit::Share),
        ],
    );
    for stance in Stance::ALL {
        let own: Vec<Proposal> = of(proposed, stance).collect();
        let n = own.len() as f64;
        let sum = |part: fn(&Proposal) -> f64| own.iter().map(part).sum::<f64>();
        table.push(vec![
            Cell::Key(format!("stance.{}", stance.word())),
            Cell::Number(n),
            Cell::Number(n / proposed.len().max(1) as f64),
            Cell::Number(sum(|proposal| proposal.worth.keep())),
            Cell::Number(sum(|proposal| proposal.worth.cost)),
            Cell::Number(sum(|proposal| proposal.probability) / n),
        ]);
    }
    table
}

fn by_reason(proposed: &[&Proposal]) -> Table {
    let mut table = Table::new(
        "portfolio.by_reason",
        &[
            ("stance", Unit::Text),
            ("reason", Unit::Text),
            ("customers", Unit::Count),
            ("keep_value", Unit::Money),
        ],
    );
    for stance in Stance::ALL {
        let mut reasons: Vec<(&str, usize, f64)> = Vec::new();
        for proposal in of(proposed, stance) {
            let keep = proposal.worth.keep();
            match reasons
                .iter_mut()
                .find(|(reason, ..)| *reason == proposal.reason)
            {
                Some((_, n, sum)) => {
                    *n += 1;
                    *sum += keep;
                }
                None => reasons.push((proposal.reason, 1, keep)),
            }
        }
        reasons.sort_by_key(|&(reason, n, _)| (std::cmp::Reverse(n), reason));
        for (reason, n, sum) in reasons {
            table.push(vec![
                Cell::Key(format!("stance.{}", stance.word())),
                Cell::Key(reason.to_owned()),
                Cell::Number(n as f64),
                Cell::Number(sum),
            ]);
        }
    }
    table
}

/// The customers whose refining would give most: where a person's look pays first.
fn first_to_look_at(proposed: &[&Proposal]) -> Table {
    let mut table = Table::new(
        "portfolio.first_to_look_at",
        &[
            ("customer", Unit::Text),
            ("keep_value", Unit::Money),
            ("expected_cost_to_serve", Unit::Money),
            ("lever", Unit::Text),
            ("gain", Unit::Money),
            ("lacking_to_grow", Unit::Money),
            ("probability_right", Unit::Share),
        ],
    );
    let mut refine: Vec<Proposal> = of(proposed, Stance::Refine).collect();
    refine.sort_by(|a, b| {
        b.gain
            .total_cmp(&a.gain)
            .then_with(|| a.worth.customer_id.cmp(&b.worth.customer_id))
    });
    for proposal in refine.iter().take(SHOWN) {
        table.push(vec![
            Cell::Text(proposal.worth.customer_id.clone()),
            Cell::Number(proposal.worth.keep()),
            Cell::Number(proposal.worth.cost),
            Cell::Key(format!("lever.{}", proposal.lever)),
            Cell::Number(proposal.gain),
            Cell::Number(proposal.lacking),
            Cell::Number(proposal.probability),
        ]);
    }
    table
}

fn cautions(proposed: &[&Proposal], costs_known: bool) -> Vec<Caution> {
    let persons = proposed
        .iter()
        .filter(|proposal| {
            proposal.worth.standing == Standing::Person && proposal.stance == Some(Stance::Stop)
        })
        .count();
    let mut cautions = Vec::new();
    if persons > 0 {
        cautions.push(Caution::new("portfolio.private_persons").with("n", persons));
    }
    if !costs_known {
        cautions.push(Caution::new("portfolio.cost_to_serve_unknown"));
    }
    cautions
}

fn scores(proposals: &[Proposal]) -> CustomerScores {
    let number = |part: fn(&Proposal) -> f64| proposals.iter().map(part).collect::<Vec<f64>>();
    let word = |part: fn(&Proposal) -> String| proposals.iter().map(part).collect::<Vec<String>>();
    CustomerScores {
        customer_id: word(|proposal| proposal.worth.customer_id.clone()),
        numbers: vec![
            (
                "keep_value".to_owned(),
                number(|proposal| proposal.worth.keep()),
            ),
            (
                "expected_cost_to_serve".to_owned(),
                number(|proposal| proposal.worth.cost),
            ),
            (
                "stance_probability".to_owned(),
                number(|proposal| proposal.probability),
            ),
            ("lever_gain".to_owned(), number(|proposal| proposal.gain)),
            (
                "lacking_to_grow".to_owned(),
                number(|proposal| proposal.lacking),
            ),
        ],
        words: vec![
            (
                "stance".to_owned(),
                word(|proposal| proposal.stance.map_or("objected", Stance::word).to_owned()),
            ),
            (
                "reason".to_owned(),
                word(|proposal| proposal.reason.to_owned()),
            ),
            (
                "lever".to_owned(),
                word(|proposal| format!("lever.{}", proposal.lever)),
            ),
        ],
    }
}

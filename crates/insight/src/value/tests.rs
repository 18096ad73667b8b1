//! Is equity found where its truth is known, and refused where nothing can be told?

use super::*;
use jiff::civil::date;
use odla_domain::frames::purchases::Purchases;
use odla_domain::frames::renewals::{Between, Cells, Running};
use odla_stats::btyd::pareto_nbd::ParetoNbd;

const AS_OF: jiff::civil::Date = date(2025, 12, 31);
const OPENING: jiff::civil::Date = date(2024, 12, 31);

fn no_buyers() -> PurchasesFrame {
    PurchasesFrame {
        as_of: AS_OF,
        opening: OPENING,
        cut: OPENING,
        span: None,
        customer_id: vec![],
        segment: vec![],
        segments: vec![],
        first_days_ago: vec![],
        closing: Purchases::default(),
        before_opening: Purchases::default(),
        before_cut: Purchases::default(),
    }
}

fn no_contracts() -> RenewalsFrame {
    RenewalsFrame {
        as_of: AS_OF,
        opening: OPENING,
        traits: vec![],
        decisions: Cells::default(),
        closing: Running::default(),
        at_opening: Running::default(),
        between: Between::default(),
        between_at_opening: Between::default(),
    }
}

/// Buyers whose first purchase lies one to three years back, each purchase worth 100 with a margin of 40. Their life
/// up to the opening is simulated first, and the year after it is the simulation's future.
fn buyers(n: usize, seed: u64, cost_known: bool) -> PurchasesFrame {
    let law = ParetoNbd {
        r: 1.2,
        alpha: 12.0,
        s: 1.1,
        beta: 60.0,
    };
    let first: Vec<f64> = (0..n).map(|i| 400.0 + (i % 700) as f64).collect();
    let weeks: Vec<f64> = first.iter().map(|days| (days - 365.0) / 7.0).collect();
    let lives = law.simulate(&weeks, 365.0 / 7.0, seed);
    // Where in the year after the opening the last purchase fell is not simulated: it is taken as the middle.
    let days_of_last = |i: usize| first[i] - (7.0 * lives.recency[i]).ceil().min(first[i] - 365.0);
    let at_opening = Purchases {
        purchases: lives.frequency.iter().map(|x| x + 1.0).collect(),
        last_days_ago: (0..n).map(days_of_last).collect(),
        ..Purchases::default()
    };
    let closing = Purchases {
        purchases: (0..n)
            .map(|i| at_opening.purchases[i] + lives.holdout[i])
            .collect(),
        last_days_ago: (0..n)
            .map(|i| {
                if lives.holdout[i] > 0.0 {
                    180.0 / (1.0 + lives.holdout[i])
                } else {
                    days_of_last(i)
                }
            })
            .collect(),
        ..Purchases::default()
    };
    let money = |at: &Purchases| Purchases {
        net: at
            .purchases
            .iter()
            .enumerate()
            .map(|(i, n)| n * (80.0 + (i % 41) as f64))
            .collect(),
        net_with_cost: at
            .purchases
            .iter()
            .map(|n| if cost_known { n * 100.0 } else { 0.0 })
            .collect(),
        margin: at
            .purchases
            .iter()
            .map(|n| if cost_known { n * 40.0 } else { 0.0 })
            .collect(),
        ..at.clone()
    };
    PurchasesFrame {
        span: Some((date(2022, 12, 1), AS_OF)),
        customer_id: (0..n).map(|i| format!("b{i:06}")).collect(),
        segment: vec![0; n],
        segments: vec!["person".to_owned()],
        first_days_ago: first,
        before_opening: money(&at_opening),
        before_cut: money(&at_opening),
        closing: money(&closing),
        ..no_buyers()
    }
    .checked()
    .expect("a frame")
}

/// A thousand yearly contracts in force, half at their first renewal; first renewals end at 20 %, later ones at 10 %.
fn subscribers() -> RenewalsFrame {
    let month = |row: usize| (row % 12 + 1) as f64;
    let cells = 24 * 2;
    let first = |row: usize| row < 24;
    let decisions = Cells {
        number: (0..cells)
            .map(|row| if first(row) { 1.0 } else { 2.0 })
            .collect(),
        has_term: vec![true; cells],
        month: (0..cells).map(month).collect(),
        recent: (0..cells).map(|row| row % 24 >= 12).collect(),
        traits: vec![],
        at_risk: vec![100.0; cells],
        ended: (0..cells)
            .map(|row| if first(row) { 20.0 } else { 10.0 })
            .collect(),
        ended_influenceable: (0..cells)
            .map(|row| if first(row) { 15.0 } else { 10.0 })
            .collect(),
    };
    let running = |ended: bool| {
        let n = 1000;
        Running {
            contract_id: (0..n).map(|row| format!("k{row:04}")).collect(),
            customer_id: (0..n).map(|row| format!("s{row:04}")).collect(),
            number: (0..n)
                .map(|row| if row % 2 == 0 { 1.0 } else { 2.0 })
                .collect(),
            term: vec![12.0; n],
            has_term: vec![true; n],
            months_to_next: (0..n).map(|row| (row % 12) as f64).collect(),
            monthly_amount: vec![150.0; n],
            monthly_cost: vec![50.0; n],
            end_reason: (0..n)
                .map(|row| {
                    if ended && row >= 900 {
                        if row >= 950 { "merger" } else { "price" }
                    } else {
                        ""
                    }
                    .to_owned()
                })
                .collect(),
            started_after_opening: vec![false; n],
            traits: vec![],
        }
    };
    let mut closing = running(false);
    // A tenth of those in force a year ago have ended.
    for column in [
        &mut closing.contract_id,
        &mut closing.customer_id,
        &mut closing.end_reason,
    ] {
        column.truncate(900);
    }
    for column in [
        &mut closing.number,
        &mut closing.term,
        &mut closing.months_to_next,
        &mut closing.monthly_amount,
        &mut closing.monthly_cost,
    ] {
        column.truncate(900);
    }
    closing.has_term.truncate(900);
    closing.started_after_opening.truncate(900);
    RenewalsFrame {
        decisions,
        closing,
        at_opening: running(true),
        ..no_contracts()
    }
    .checked()
    .expect("a frame")
}

fn assessed(purchases: &PurchasesFrame, renewals: &RenewalsFrame) -> Outcome {
    let config = ValueConfig {
        draws: 200,
        drawn_customers: 1_000,
        ..ValueConfig::standard()
    };
    assess(purchases, renewals, &config, 7).expect("a report")
}

fn value(outcome: &Outcome, key: &str) -> f64 {
    outcome
        .report
        .figure(key)
        .unwrap_or_else(|| panic!("no figure {key}"))
        .value
        .unwrap_or(f64::NAN)
}

/// Discounted months of a yearly contract with these hazards at the coming renewal and after it.
fn months(to_next: u32, coming: f64, later: f64) -> f64 {
    let (mut stays, mut sum, mut first) = (1.0, 0.0, true);
    for ahead in 0..60 {
        if ahead >= to_next && (ahead - to_next).is_multiple_of(12) {
            stays *= 1.0 - if first { coming } else { later };
            first = false;
        }
        sum += stays * 1.1_f64.powf(-(f64::from(ahead) + 0.5) / 12.0);
    }
    sum
}

#[test]
fn contracts_are_worth_their_margin_along_the_known_hazards() {
    let outcome = assessed(&no_buyers(), &subscribers());
    let truth: f64 = (0..900)
        .map(|row| 100.0 * months(row % 12, if row % 2 == 0 { 0.2 } else { 0.1 }, 0.1))
        .sum();
    let equity = outcome.report.figure("equity.contract").expect("a figure");
    assert!(
        (equity.value.expect("a value") / truth - 1.0).abs() < 0.01,
        "{:?} against {truth}",
        equity.value
    );
    assert!(equity.lower.expect("an end") < truth && truth < equity.upper.expect("an end"));
    assert!((value(&outcome, "hazard.first_renewal") - 0.2).abs() < 1e-12);
    assert!((value(&outcome, "hazard.later_renewal") - 0.1).abs() < 1e-12);
    assert!((value(&outcome, "hazard.influenceable_share") - 25.0 / 30.0).abs() < 1e-12);
    assert!((value(&outcome, "retention.12m") - 0.9).abs() < 1e-12);
}

#[test]
fn the_bridge_adds_up_to_the_last_decimal() {
    let outcome = assessed(&buyers(800, 3, true), &subscribers());
    let raw = |key: &str| (value(&outcome, key) * 10_000.0).round() as i64;
    let steps = [
        "equity.opening",
        "equity.new",
        "equity.developed",
        "equity.lost",
    ]
    .map(raw);
    assert_eq!(steps.iter().sum::<i64>(), raw("equity.closing"));
    assert_eq!(raw("equity.closing"), raw("equity.total"));
    assert!(value(&outcome, "equity.lost") < value(&outcome, "equity.lost_influenceable"));
    assert!(value(&outcome, "equity.lost_influenceable") < 0.0);
}

#[test]
fn buyers_are_worth_their_margin_and_without_costs_their_revenue() {
    let told = assessed(&buyers(1500, 5, true), &no_contracts());
    let revenue = assessed(&buyers(1500, 5, false), &no_contracts());
    let ratio = value(&told, "equity.free") / value(&revenue, "equity.free");
    assert!((ratio - 0.4).abs() < 1e-9, "{ratio}");
    let cautioned = |outcome: &Outcome| {
        outcome
            .report
            .cautions
            .iter()
            .any(|caution| caution.key == "value_is_revenue")
    };
    assert!(cautioned(&revenue) && !cautioned(&told));
    assert_eq!(revenue.report.sentences[0].key, "value.lead_revenue");
    assert!(
        told.report
            .table("value.calibration")
            .is_some_and(|table| table.rows.len() == 10)
    );
}

#[test]
fn scores_lie_within_their_intervals_and_sum_to_equity() {
    let outcome = assessed(&buyers(600, 9, true), &subscribers());
    let scores = outcome.scores.as_ref().expect("scores");
    let column = |name: &str| scores.number(name).expect("a column");
    let sum: f64 = column("value").iter().sum();
    assert!((sum / value(&outcome, "equity.total") - 1.0).abs() < 1e-9);
    assert!(
        column("value_lower")
            .iter()
            .zip(column("value_upper"))
            .all(|(lower, upper)| lower <= upper)
    );
    assert!(column("p_alive").iter().all(|p| (0.0..=1.0).contains(p)));
    assert!(scores.customer_id.is_sorted());
    assert_eq!(
        scores.word("relation").expect("a column").len(),
        scores.len()
    );
}

#[test]
fn the_same_seed_gives_the_same_report() {
    let (purchases, renewals) = (buyers(300, 2, true), subscribers());
    assert_eq!(
        assessed(&purchases, &renewals),
        assessed(&purchases, &renewals)
    );
}

#[test]
fn too_few_buyers_and_no_contracts_tell_nothing() {
    let few = assess(&no_buyers(), &no_contracts(), &ValueConfig::standard(), 1);
    assert!(matches!(few, Err(InsightError::TooLittleData(_))));
}

#[test]
fn every_figure_stands_in_the_registry() {
    let outcome = assessed(&buyers(300, 4, true), &subscribers());
    for figure in &outcome.report.figures {
        let known = FIGURES.iter().find(|known| known.pattern == figure.key);
        assert_eq!(
            known.map(|known| known.unit),
            Some(figure.unit),
            "{}",
            figure.key
        );
    }
    assert_eq!(outcome.report.figures.len(), FIGURES.len());
}

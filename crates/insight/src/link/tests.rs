//! Does the link come back as it was put in, and is nothing told where nothing can be?

use super::estimate::{PlaceboVerdict, find};
use super::fit::{ATTITUDE, Design, before, mean_and_spread};
use super::{LinkConfig, assess};
use crate::InsightError;
use odla_domain::frames::drivers::Question;
use odla_domain::frames::link::{LinkBehavior, LinkFrame, LinkSource};
use odla_domain::{Cell, Money};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson, StandardNormal};

const UNITS: usize = 24;

/// A made company: how much satisfaction and being asked really do.
#[derive(Clone, Copy)]
struct World {
    customers: usize,
    /// Log odds of staying per point of satisfaction.
    stay: f64,
    /// Money per year and point of satisfaction.
    worth: f64,
    /// Log odds of staying by being asked.
    asking: f64,
    /// Spread of satisfaction between units.
    units: f64,
}

const WORLD: World = World {
    customers: 2_500,
    stay: 0.35,
    worth: 120.0,
    asking: 0.0,
    units: 0.5,
};

/// What is true of every customer, answering or not.
struct Truth {
    satisfaction: Vec<f64>,
    chance: Vec<f64>,
    expected: Vec<f64>,
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn source() -> LinkSource {
    let day = jiff::civil::date(2025, 6, 30);
    LinkSource {
        measure: Question {
            key: "satisfaction".to_owned(),
            scale: Some((1.0, 10.0)),
            rescaled: false,
        },
        survey: "relation".to_owned(),
        wave: "2025-06".to_owned(),
        answered: (day, day),
        follow_up_months: 12,
        history_months: 36,
        asked_known: true,
        costs_known: true,
        answers_unplaced: 0,
    }
}

fn empty() -> LinkFrame {
    LinkFrame {
        source: source(),
        customer_id: Vec::new(),
        attitude: Vec::new(),
        earlier_attitude: Vec::new(),
        never_asked: Vec::new(),
        inclusion_probability: Vec::new(),
        unit: Vec::new(),
        units: (0..UNITS).map(|unit| format!("U{unit}")).collect(),
        company: Vec::new(),
        contract: Vec::new(),
        active: Vec::new(),
        tenure_years: Vec::new(),
        recency_years: Vec::new(),
        renewal_due: Vec::new(),
        behavior: LinkBehavior::default(),
    }
}

/// Good customers are content and stay: without holding behavior still, the link would look larger than it is.
fn company(world: World, seed: u64) -> (LinkFrame, Truth) {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut frame = empty();
    let (mut satisfaction, mut chance, mut expected) = (Vec::new(), Vec::new(), Vec::new());
    let unit_moods: Vec<f64> = (0..UNITS)
        .map(|_| world.units * dice.sample::<f64, _>(StandardNormal))
        .collect();
    for number in 0..world.customers {
        let habit: f64 = dice.sample(StandardNormal);
        let unit = dice.random_range(0..UNITS);
        let rate = (0.9 + 0.7 * habit).exp();
        let orders = Poisson::new(rate).expect("positive").sample(&mut dice) + 1.0;
        let spent = orders * 300.0 * (0.4 * dice.sample::<f64, _>(StandardNormal)).exp();
        let noise: f64 = dice.sample(StandardNormal);
        let felt = 7.0 + 0.5 * orders.ln_1p() + unit_moods[unit] + 1.1 * noise;
        let said = felt.round().clamp(1.0, 10.0);
        let never = dice.random::<f64>() < 0.15;
        let pull = if never { 0.0 } else { world.asking };
        let stays = logistic(-0.6 + 0.6 * orders.ln_1p() + world.stay * (said - 7.0) + pull);
        let worth = 0.6 * spent + world.worth * (said - 7.0) + 800.0;
        let retained = dice.random::<f64>() < stays;
        let brought = worth + 900.0 * dice.sample::<f64, _>(StandardNormal);
        let company = dice.random::<f64>() < 0.3;
        let included = if company { 0.9 } else { 0.6 };
        let asked = !never && dice.random::<f64>() < included;
        let answers = asked && dice.random::<f64>() < logistic(-0.8 + 0.5 * orders.ln_1p());
        satisfaction.push(said);
        chance.push(stays);
        expected.push(worth);
        frame.customer_id.push(format!("K{number:06}"));
        frame.attitude.push(if answers { said } else { f64::NAN });
        frame.earlier_attitude.push(f64::NAN);
        frame.never_asked.push(never);
        frame
            .inclusion_probability
            .push(if asked { included } else { f64::NAN });
        frame.unit.push(Some(unit));
        frame.company.push(company);
        frame.contract.push(false);
        frame.active.push(true);
        frame.tenure_years.push(dice.random::<f64>() * 6.0);
        frame.recency_years.push(dice.random::<f64>());
        frame.renewal_due.push(false);
        let behavior = &mut frame.behavior;
        // The year before the year before is of the same habit, and knows nothing of the answer to come.
        let orders_earlier = Poisson::new(rate).expect("positive").sample(&mut dice);
        behavior.orders_earlier.push(orders_earlier);
        behavior.orders_before.push(orders);
        behavior.contribution_earlier.push(orders_earlier * 300.0);
        behavior.contribution_before.push(spent);
        behavior.retained.push(retained);
        behavior
            .contribution_after
            .push(Money::from_raw((brought * 10_000.0) as i128));
    }
    let truth = Truth {
        satisfaction,
        chance,
        expected,
    };
    (
        frame.checked().expect("the made company fits together"),
        truth,
    )
}

/// The rows of a ledger's frame: those asked, answering or never asked.
fn seen(frame: &LinkFrame) -> LinkFrame {
    let keep: Vec<usize> = (0..frame.rows())
        .filter(|&row| frame.never_asked[row] || frame.inclusion_probability[row].is_finite())
        .collect();
    fn take<T: Clone>(keep: &[usize], column: &[T]) -> Vec<T> {
        keep.iter().map(|&row| column[row].clone()).collect()
    }
    let behavior = &frame.behavior;
    LinkFrame {
        source: frame.source.clone(),
        units: frame.units.clone(),
        customer_id: take(&keep, &frame.customer_id),
        attitude: take(&keep, &frame.attitude),
        earlier_attitude: take(&keep, &frame.earlier_attitude),
        never_asked: take(&keep, &frame.never_asked),
        inclusion_probability: take(&keep, &frame.inclusion_probability),
        unit: take(&keep, &frame.unit),
        company: take(&keep, &frame.company),
        contract: take(&keep, &frame.contract),
        active: take(&keep, &frame.active),
        tenure_years: take(&keep, &frame.tenure_years),
        recency_years: take(&keep, &frame.recency_years),
        renewal_due: take(&keep, &frame.renewal_due),
        behavior: LinkBehavior {
            orders_earlier: take(&keep, &behavior.orders_earlier),
            orders_before: take(&keep, &behavior.orders_before),
            contribution_earlier: take(&keep, &behavior.contribution_earlier),
            contribution_before: take(&keep, &behavior.contribution_before),
            retained: take(&keep, &behavior.retained),
            contribution_after: take(&keep, &behavior.contribution_after),
        },
    }
}

/// The true slope per standard deviation over all customers, behavior before held still.
fn true_slope(frame: &LinkFrame, truth: &Truth, outcome: &[f64]) -> f64 {
    let rows: Vec<usize> = (0..frame.rows()).collect();
    let equal = vec![1.0; rows.len()];
    let (_, spread) = mean_and_spread(&truth.satisfaction, &equal);
    let design = Design::of(outcome.to_vec(), &equal)
        .with(ATTITUDE, truth.satisfaction.clone())
        .with_all(&before(frame, &rows));
    design.slope(ATTITUDE, 0.90).expect("all vary").value * spread
}

/// The true slope between units, weighted by customers, per standard deviation of customers.
fn true_between(frame: &LinkFrame, truth: &Truth) -> f64 {
    let mut sums = vec![[0.0; 3]; UNITS];
    for row in 0..frame.rows() {
        let sum = &mut sums[frame.unit[row].expect("known")];
        *sum = [
            sum[0] + 1.0,
            sum[1] + truth.satisfaction[row],
            sum[2] + truth.chance[row],
        ];
    }
    let weights: Vec<f64> = sums.iter().map(|sum| sum[0]).collect();
    let means = |column: usize| {
        sums.iter()
            .map(|sum| sum[column] / sum[0])
            .collect::<Vec<f64>>()
    };
    let design = Design::of(means(2), &weights).with(ATTITUDE, means(1));
    let (_, spread) = mean_and_spread(&truth.satisfaction, &vec![1.0; truth.satisfaction.len()]);
    design.slope(ATTITUDE, 0.90).expect("units differ").value * spread
}

fn share(count: usize, of: u64) -> f64 {
    count as f64 / of as f64
}

#[test]
fn intervals_of_the_link_hold_the_truth_as_often_as_they_say() {
    let seeds = 100;
    let (mut stay, mut worth, mut between) = (0, 0, 0);
    for seed in 0..seeds {
        let (frame, truth) = company(WORLD, seed);
        let findings = find(&seen(&frame), &LinkConfig::standard()).expect("enough answers");
        let told = findings.adjusted.stay.expect("enough stay and go");
        stay += usize::from(
            told.interval
                .contains(true_slope(&frame, &truth, &truth.chance)),
        );
        let told = findings.adjusted.worth.expect("enough buy");
        worth += usize::from(
            told.interval
                .contains(true_slope(&frame, &truth, &truth.expected)),
        );
        let groups = findings.groups.expect("24 units");
        let told = groups.between.stay.expect("units differ");
        between += usize::from(told.interval.contains(true_between(&frame, &truth)));
    }
    for (what, held) in [("stay", stay), ("worth", worth), ("between", between)] {
        let coverage = share(held, seeds);
        eprintln!("{what}: 90 % intervals held the truth in {held} of {seeds}");
        assert!((0.84..=0.97).contains(&coverage), "{what}: {coverage}");
    }
}

#[test]
fn good_customers_being_content_is_not_taken_for_a_link() {
    let idle = World {
        stay: 0.0,
        worth: 0.0,
        ..WORLD
    };
    let seeds = 60;
    let (mut stay, mut worth, mut raw) = (0, 0, 0);
    for seed in 0..seeds {
        let findings =
            find(&seen(&company(idle, seed).0), &LinkConfig::standard()).expect("enough answers");
        stay += usize::from(!findings.adjusted.stay.expect("told").interval.contains(0.0));
        worth += usize::from(
            !findings
                .adjusted
                .worth
                .expect("told")
                .interval
                .contains(0.0),
        );
        raw += usize::from(!findings.raw.worth.expect("told").interval.contains(0.0));
    }
    eprintln!(
        "found without a link: stay {stay}, worth {worth}, unadjusted worth {raw} of {seeds}"
    );
    assert!(
        share(stay, seeds) <= 0.17 && share(worth, seeds) <= 0.17,
        "{stay} {worth} of {seeds}"
    );
    assert!(
        share(raw, seeds) > 0.6,
        "the unadjusted link is there mostly: {raw}"
    );
}

#[test]
fn being_asked_is_told_apart_from_answering() {
    let world = World {
        customers: 12_000,
        asking: 0.5,
        ..WORLD
    };
    let (frame, truth) = company(world, 11);
    let asking = find(&seen(&frame), &LinkConfig::standard())
        .expect("enough answers")
        .asking
        .expect("a group");
    let told = asking.effect.expect("told");
    // What being asked does to those who were: log odds .5 at their own chance.
    let effect: f64 = truth
        .chance
        .iter()
        .zip(&frame.never_asked)
        .map(|(chance, never)| {
            let pull = if *never { 0.5 } else { 0.0 };
            let odds = (chance / (1.0 - chance)).ln() + pull;
            logistic(odds) - logistic(odds - 0.5)
        })
        .sum::<f64>()
        / truth.chance.len() as f64;
    assert!(asking.alike, "the group is drawn by lot");
    assert!(
        told.interval.contains(effect) && told.interval.lower > 0.0,
        "{told:?} {effect}"
    );
}

#[test]
fn contribution_by_class_adds_up_to_those_who_answered_exactly() {
    let frame = seen(&company(WORLD, 4).0);
    let findings = find(&frame, &LinkConfig::standard()).expect("enough answers");
    let classes: Money = findings
        .classes
        .iter()
        .map(|class| class.contribution)
        .sum();
    let answering: Money = (0..frame.rows())
        .filter(|&row| frame.attitude[row].is_finite())
        .map(|row| frame.behavior.contribution_after[row])
        .sum();
    assert_eq!(classes, answering);
    let outcome = assess(Some(&frame), &LinkConfig::standard(), 1).expect("enough answers");
    let table = outcome
        .report
        .table("link.classes")
        .expect("the scale is known");
    assert_eq!(
        table.rows.last().and_then(|row| row.last()),
        Some(&Cell::Number(answering.to_f64()))
    );
}

#[test]
fn a_placebo_that_shows_the_link_before_the_answer_lowers_the_grade() {
    let (mut frame, truth) = company(WORLD, 8);
    for (row, said) in truth.satisfaction.iter().enumerate() {
        frame.behavior.contribution_before[row] += 400.0 * (said - 7.0);
    }
    let failed = find(&seen(&frame), &LinkConfig::standard()).expect("enough answers");
    assert_eq!(
        failed.placebo.map(|placebo| placebo.verdict),
        Some(PlaceboVerdict::Failed)
    );
    assert_eq!(failed.grade, odla_domain::Grade::D);
}

#[test]
fn where_nobody_buys_twice_the_link_is_untold_with_the_reason() {
    let (mut frame, _) = company(WORLD, 5);
    frame.behavior.retained.fill(false);
    frame.behavior.contribution_after.fill(Money::default());
    let outcome = assess(Some(&seen(&frame)), &LinkConfig::standard(), 1).expect("enough answers");
    let figure = outcome.report.figure("link.say_do").expect("named");
    assert!(figure.value.is_none() && figure.grade.is_none());
    assert_eq!(figure.cautions[0].key, "link.too_few_repeats");
    assert_eq!(outcome.report.sentences[0].key, "link.stay_untold");
}

#[test]
fn answers_and_transactions_alone_end_in_a_link_that_says_what_is_missing() {
    let mut frame = seen(&company(WORLD, 6).0);
    frame.source.asked_known = false;
    frame.source.costs_known = false;
    frame.never_asked.fill(false);
    frame.inclusion_probability.fill(f64::NAN);
    frame.unit.fill(None);
    let outcome = assess(Some(&frame), &LinkConfig::standard(), 1).expect("enough answers");
    let report = outcome.report;
    assert!(
        report
            .figure("link.say_do")
            .is_some_and(|figure| figure.value.is_some())
    );
    assert!(
        report
            .figure("link.group")
            .is_some_and(|figure| figure.value.is_none())
    );
    let cautions: Vec<&str> = report
        .cautions
        .iter()
        .map(|caution| caution.key.as_str())
        .collect();
    for missing in [
        "link.no_asked",
        "link.revenue_for_contribution",
        "link.too_few_units",
    ] {
        assert!(cautions.contains(&missing), "{missing} in {cautions:?}");
    }
}

#[test]
fn no_answers_to_follow_is_an_honest_refusal() {
    let error = assess(None, &LinkConfig::standard(), 1).expect_err("nothing to follow");
    let InsightError::TooLittleData(caution) = error else {
        panic!("{error}")
    };
    assert_eq!(caution.key, "link.no_follow_up");
}

//! Does the analysis find what was put in, and stay quiet where nothing was?

use super::recommend::Verdict;
use super::{DriversConfig, assess, estimate};
use crate::InsightError;
use odla_domain::frames::drivers::{DriversFrame, Question, Ratings};
use odla_stats::Interval;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::StandardNormal;

const TRUE_EFFECTS: [(&str, f64); 6] = [
    ("delivery", 0.40),
    ("knowledge", 0.25),
    ("price", 0.10),
    ("music", 0.0),
    ("newsletter", 0.0),
    ("smell", 0.0),
];

fn ratings(key: &str, values: Vec<f64>) -> Ratings {
    Ratings {
        question: Question {
            key: key.to_owned(),
            scale: Some((1.0, 10.0)),
            rescaled: false,
        },
        values,
    }
}

/// Correlated attributes on 1..10, a third of them not asked, and a verdict that weighs them.
fn survey(rows: usize, seed: u64) -> DriversFrame {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut columns = vec![Vec::with_capacity(rows); TRUE_EFFECTS.len()];
    let mut outcome = Vec::with_capacity(rows);
    for _ in 0..rows {
        let mood: f64 = dice.sample(StandardNormal);
        let mut verdict = 7.0;
        for (column, (key, effect)) in columns.iter_mut().zip(TRUE_EFFECTS) {
            let middle = if key == "delivery" { 5.5 } else { 7.0 };
            let noise: f64 = dice.sample(StandardNormal);
            let score = (middle + 0.8 * mood + 1.2 * noise).round().clamp(1.0, 10.0);
            verdict += effect * (score - middle);
            let asked = dice.random::<f64>() < 0.67;
            column.push(if asked { score } else { f64::NAN });
        }
        let rest: f64 = dice.sample(StandardNormal);
        outcome.push((verdict + 0.8 * rest).clamp(1.0, 10.0));
    }
    DriversFrame {
        survey: "relation".to_owned(),
        period: None,
        outcome: ratings("satisfaction", outcome),
        attributes: TRUE_EFFECTS
            .iter()
            .zip(columns)
            .map(|((key, _), values)| ratings(key, values))
            .collect(),
        weight: None,
        customer: (0..rows).collect(),
        unit: None,
        outside_scale: 0,
    }
    .checked()
    .expect("the simulated survey fits together")
}

fn quick() -> DriversConfig {
    DriversConfig {
        bootstrap: 60,
        ..DriversConfig::standard()
    }
}

#[test]
fn intervals_of_effects_hold_the_truth_and_null_drivers_stay_quiet() {
    let surveys = 60;
    let (mut held, mut told, mut false_finds, mut nulls) = (0, 0, 0, 0);
    for seed in 0..surveys {
        let findings = estimate::find(&survey(600, seed), &quick(), seed).expect("enough answers");
        for (key, truth) in TRUE_EFFECTS {
            let driver = findings
                .drivers
                .iter()
                .find(|d| d.question.key == key)
                .expect("every attribute is judged");
            told += 1;
            held += usize::from(driver.effect.interval.contains(truth));
            if truth == 0.0 {
                nulls += 1;
                false_finds += usize::from(driver.significant);
            }
        }
    }
    let coverage = f64::from(u32::try_from(held).expect("few")) / f64::from(told);
    eprintln!(
        "90 % intervals of effects held the truth in {held} of {told}; {false_finds} of {nulls} null drivers called"
    );
    assert!((0.85..=0.95).contains(&coverage), "coverage {coverage}");
    let rate = f64::from(u32::try_from(false_finds).expect("few")) / f64::from(nulls);
    assert!(rate <= 0.10, "null drivers called significant: {rate}");
}

#[test]
fn a_weak_and_important_attribute_is_to_be_strengthened_and_an_idle_one_may_be_reduced() {
    let findings = estimate::find(&survey(6000, 7), &quick(), 7).expect("enough answers");
    let verdict = |key: &str| {
        findings
            .drivers
            .iter()
            .find(|d| d.question.key == key)
            .map(|driver| driver.verdict)
    };
    assert_eq!(findings.drivers[0].question.key, "delivery");
    assert_eq!(verdict("delivery"), Some(Verdict::Strengthen));
    assert_eq!(verdict("knowledge"), Some(Verdict::Keep));
    assert_eq!(verdict("music"), Some(Verdict::MayBeReduced));
    let shares: f64 = findings
        .drivers
        .iter()
        .map(|driver| driver.importance)
        .sum();
    assert!((shares - 1.0).abs() < 1e-9);
}

#[test]
fn an_attribute_asked_twice_alike_or_hardly_is_named_and_left_out() {
    let mut frame = survey(800, 3);
    let twin = ratings("delivery_again", frame.attributes[0].values.clone());
    let idle = ratings("parking", vec![8.0; 800]);
    let mut rare = vec![f64::NAN; 800];
    rare[..20].copy_from_slice(&frame.outcome.values[..20]);
    frame
        .attributes
        .extend([twin, idle, ratings("sauna", rare)]);
    let findings = estimate::find(&frame, &quick(), 3).expect("enough answers");
    let named: Vec<(&str, &str)> = findings
        .left_out
        .iter()
        .map(|left| (left.attribute.as_str(), left.caution.key.as_str()))
        .collect();
    let expected = [
        ("delivery_again", "drivers.duplicate"),
        ("parking", "drivers.all_alike"),
        ("sauna", "drivers.too_few_answers"),
    ];
    assert_eq!(named, expected);
    assert_eq!(findings.drivers.len(), TRUE_EFFECTS.len());
}

#[test]
fn too_few_responses_are_refused_with_the_number_needed() {
    let error = assess(&survey(40, 1), &quick(), 1).expect_err("forty are too few");
    let InsightError::TooLittleData(caution) = error else {
        panic!("{error}")
    };
    assert_eq!(caution.key, "drivers.too_few_responses");
}

#[test]
fn weights_that_repeat_respondents_move_the_effects_and_the_sample_is_told() {
    let mut frame = survey(900, 5);
    // Those whose verdict is low count thrice.
    frame.weight = Some(
        frame
            .outcome
            .values
            .iter()
            .map(|v| if *v < 7.0 { 3.0 } else { 1.0 })
            .collect(),
    );
    let outcome = assess(&frame, &quick(), 5).expect("enough answers");
    assert!(
        outcome
            .report
            .sentences
            .iter()
            .any(|sentence| sentence.key == "drivers.sample_weighted")
    );
    let figure = outcome
        .report
        .figure("drivers.delivery.performance")
        .expect("told");
    let plain = assess(&survey(900, 5), &quick(), 5).expect("enough answers");
    let unweighted = plain
        .report
        .figure("drivers.delivery.performance")
        .expect("told");
    assert!(figure.value < unweighted.value);
}

#[test]
fn the_same_seed_gives_the_same_report() {
    let frame = survey(500, 9);
    let one = assess(&frame, &quick(), 4).expect("enough answers");
    let two = assess(&frame, &quick(), 4).expect("enough answers");
    assert_eq!(one, two);
}

#[test]
fn nothing_found_is_said_as_cannot_tell() {
    let mut dice = ChaCha8Rng::seed_from_u64(2);
    let mut frame = survey(400, 2);
    for value in &mut frame.outcome.values {
        *value = 7.0 + dice.sample::<f64, _>(StandardNormal);
    }
    let findings = estimate::find(&frame, &quick(), 2).expect("enough answers");
    let outcome = assess(&frame, &quick(), 2).expect("enough answers");
    assert!(findings.drivers.iter().all(|driver| !driver.significant));
    assert_eq!(outcome.report.sentences[0].key, "drivers.none_found");
    let level = |interval: Interval| interval.level;
    assert!(
        findings
            .drivers
            .iter()
            .all(|driver| level(driver.importance_interval) == 0.90)
    );
}

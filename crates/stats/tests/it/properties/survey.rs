//! What holds for reliability, agreement, Kano and choices, whatever the data: order, units, repetition, nonsense.

use odla_stats::StatsError;
use odla_stats::regression::Weights;
use odla_stats::survey::agreement::{NoAgreement, within_groups};
use odla_stats::survey::choice::{ChoiceData, PeopleConfig, fit, hierarchical};
use odla_stats::survey::kano::classify;
use odla_stats::survey::maxdiff::{BestWorst, counts, utilities};
use odla_stats::survey::reliability::cronbach_alpha;
use odla_stats::survival::cox::{self, CoxConfig, CoxSample, Ties};
use odla_stats::survival::spells::Spells;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn names(count: usize) -> Vec<String> {
    (0..count).map(|j| format!("x{j}")).collect()
}

struct Choices {
    columns: Vec<Vec<f64>>,
    sets: Vec<usize>,
    chosen: Vec<bool>,
    respondents: Vec<usize>,
}

impl Choices {
    fn random(people: usize, tasks: usize, seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut made = Choices {
            columns: vec![Vec::new(); 3],
            sets: Vec::new(),
            chosen: Vec::new(),
            respondents: Vec::new(),
        };
        for person in 0..people {
            for task in 0..tasks {
                let rows: Vec<[f64; 3]> = (0..3).map(|_| rng.random()).collect();
                let utility = |x: &[f64; 3]| 2.0 * x[0] - x[1];
                let noisy: Vec<f64> = (rows.iter())
                    .map(|x| utility(x) - (-rng.random::<f64>().ln()).ln())
                    .collect();
                let best = (0..3).max_by(|a, b| noisy[*a].total_cmp(&noisy[*b]));
                for (k, x) in rows.iter().enumerate() {
                    made.columns.iter_mut().zip(x).for_each(|(c, v)| c.push(*v));
                    made.sets.push(person * tasks + task);
                    made.chosen.push(Some(k) == best);
                    made.respondents.push(person);
                }
            }
        }
        made
    }

    fn data<'a>(&'a self, names: &'a [String]) -> ChoiceData<'a> {
        ChoiceData {
            columns: &self.columns,
            names,
            sets: &self.sets,
            chosen: &self.chosen,
            respondents: &self.respondents,
        }
    }
}

/// The conditional logit is a Cox fit with sets as strata, the chosen having an event at 1 and the others censored there.
#[test]
fn a_choice_is_an_event_in_a_stratum() {
    let choices = Choices::random(80, 5, 4);
    let names = names(3);
    let ours = fit(&choices.data(&names), 0.0, 0.9).unwrap();
    let time = vec![1.0; choices.sets.len()];
    let sample = CoxSample {
        spells: Spells {
            entry: None,
            time: &time,
            event: &choices.chosen,
            weights: None,
        },
        columns: &choices.columns,
        names: &names,
        weights: Weights::Equal,
        strata: Some(&choices.sets),
        clusters: Some(&choices.respondents),
    };
    let config = CoxConfig {
        ties: Ties::Breslow,
        robust: true,
        level: 0.9,
    };
    let theirs = cox::fit(&sample, &config).unwrap();
    assert!((ours.log_likelihood - theirs.log_likelihood).abs() < 1e-8);
    for (ours, theirs) in ours.coefficients.iter().zip(&theirs.coefficients) {
        assert!((ours.value - theirs.estimate.value).abs() < 1e-7);
        let ratio = ours.standard_error / theirs.estimate.standard_error;
        assert!((ratio - 1.0).abs() < 0.01, "{ratio}");
    }
}

#[test]
fn choices_do_not_depend_on_units_or_the_order_of_people_and_alternatives() {
    let choices = Choices::random(40, 6, 9);
    let names = names(3);
    let mut turned = Choices::random(40, 6, 9);
    turned.columns[0]
        .iter_mut()
        .for_each(|x| *x = 1000.0 * *x + 7.0);
    turned.columns.iter_mut().for_each(|c| c.reverse());
    turned.sets.reverse();
    turned.chosen.reverse();
    turned.respondents.reverse();
    let (ours, theirs) = (
        fit(&choices.data(&names), 1.0, 0.9).unwrap(),
        fit(&turned.data(&names), 1.0, 0.9).unwrap(),
    );
    let ratio = ours.coefficients[0].value / theirs.coefficients[0].value;
    assert!((ratio / 1000.0 - 1.0).abs() < 1e-8);
    assert!((ours.coefficients[1].value - theirs.coefficients[1].value).abs() < 1e-8);
    let config = PeopleConfig {
        level: 0.9,
        seed: 1,
    };
    let (ours, theirs) = (
        hierarchical(&choices.data(&names), &config).unwrap(),
        hierarchical(&turned.data(&names), &config).unwrap(),
    );
    let ratio = ours.mean[0].value / theirs.mean[0].value;
    assert!((ratio / 1000.0 - 1.0).abs() < 0.02, "{ratio}");
    for (a, b) in ours.coefficients.iter().zip(&theirs.coefficients) {
        assert!((a[1] - b[1]).abs() < 0.02);
    }
}

#[test]
fn one_person_one_task_and_numbers_that_are_none_are_refused() {
    let names = names(3);
    let choices = Choices::random(4, 3, 1);
    let config = PeopleConfig {
        level: 0.9,
        seed: 1,
    };
    let few = hierarchical(&choices.data(&names), &config).unwrap_err();
    assert_eq!(few, StatsError::TooFewGroups { needed: 5, got: 4 });
    let alone = Choices::random(1, 3, 1);
    assert!(fit(&alone.data(&names), 0.0, 0.9).is_err());
    let mut broken = Choices::random(4, 3, 1);
    broken.columns[2][5] = f64::NAN;
    let error = fit(&broken.data(&names), 0.0, 0.9).unwrap_err();
    assert_eq!(error.key(), "invalid_input");
    let mut still = Choices::random(40, 3, 1);
    still.columns[1]
        .iter_mut()
        .zip(&still.sets)
        .for_each(|(x, s)| *x = *s as f64);
    let error = fit(&still.data(&names), 0.0, 0.9).unwrap_err();
    assert_eq!(error.key(), "no_variation");
    assert!(fit(&choices.data(&names), -1.0, 0.9).is_err());
    assert!(fit(&choices.data(&names), 0.0, 1.0).is_err());
}

/// Twelve people, six items, three of them a task.
fn best_worst(seed: u64) -> (Vec<usize>, Vec<usize>, Vec<usize>, Vec<i8>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut all = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for person in 0..12 {
        for task in 0..8 {
            let first = rng.random_range(0..6_usize);
            let mut shown: Vec<usize> = (0..3).map(|k| (first + k * (1 + task % 2)) % 6).collect();
            shown.sort_by_key(|item| (*item + rng.random_range(0..3)) % 7);
            for (k, item) in shown.iter().enumerate() {
                all.0.push(person);
                all.1.push(task);
                all.2.push(*item);
                all.3.push([1, 0, -1][k]);
            }
        }
    }
    all
}

#[test]
fn turning_best_and_worst_round_turns_the_counts_and_the_order() {
    let (respondents, tasks, items, choices) = best_worst(3);
    let names = names(6);
    let turned: Vec<i8> = choices.iter().map(|c| -c).collect();
    let data = |choices| BestWorst {
        names: &names,
        respondents: &respondents,
        tasks: &tasks,
        items: &items,
        choices,
    };
    let (ours, theirs) = (
        counts(&data(&choices), 0.9).unwrap(),
        counts(&data(&turned), 0.9).unwrap(),
    );
    for (a, b) in ours.iter().zip(&theirs) {
        assert!((a.score.value + b.score.value).abs() < 1e-12);
        assert!((a.score.standard_error - b.score.standard_error).abs() < 1e-12);
    }
    let (ours, theirs) = (
        utilities(&data(&choices), 0.9, 1).unwrap(),
        utilities(&data(&turned), 0.9, 1).unwrap(),
    );
    let top = |found: &odla_stats::survey::maxdiff::MaxDiff, sign: f64| {
        let items = found.items.iter().enumerate();
        items
            .max_by(|a, b| (sign * a.1.utility.value).total_cmp(&(sign * b.1.utility.value)))
            .map(|(item, _)| item)
    };
    assert_eq!(top(&ours, 1.0), top(&theirs, -1.0));
}

#[test]
fn reliability_and_agreement_do_not_depend_on_order_and_carry_units() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let mood: Vec<f64> = (0..90).map(|_| rng.random()).collect();
    let items: Vec<Vec<f64>> = (0..4)
        .map(|_| mood.iter().map(|m| m + rng.random::<f64>()).collect())
        .collect();
    let names = names(4);
    let turned: Vec<Vec<f64>> = (items.iter())
        .map(|item| item.iter().rev().map(|x| 100.0 * x + 3.0).collect())
        .collect();
    let ours = cronbach_alpha(&items, &names, None, 0.9).unwrap();
    let theirs = cronbach_alpha(&turned, &names, None, 0.9).unwrap();
    assert!((ours.alpha.value - theirs.alpha.value).abs() < 1e-12);
    assert!((ours.alpha.standard_error - theirs.alpha.standard_error).abs() < 1e-12);
    let groups: Vec<usize> = (0..90).map(|i| i / 10).collect();
    let back: Vec<usize> = groups.iter().rev().copied().collect();
    let without = |scale: f64| NoAgreement::Variance(0.5 * scale * scale);
    let ours = within_groups(&items, &groups, without(1.0)).unwrap();
    let theirs = within_groups(&turned, &back, without(100.0)).unwrap();
    for (a, b) in ours.groups.iter().zip(&theirs.groups) {
        assert!((a.agreement - b.agreement).abs() < 1e-9);
    }
    let infinite = [vec![f64::INFINITY; 9], vec![1.0; 9]];
    assert!(cronbach_alpha(&infinite, &names[..2], None, 0.9).is_err());
    assert!(within_groups(&infinite, &[0; 9], without(1.0)).is_err());
}

#[test]
fn kano_weights_are_repetitions_for_the_shares() {
    let present = [1.0, 3.0, 1.0, 3.0];
    let absent = [5.0, 5.0, 3.0, 3.0];
    let weighted = classify(&present, &absent, Some(&[2.0, 1.0, 1.0, 1.0]), 0.9).unwrap();
    let repeated = classify(
        &[1.0, 1.0, 3.0, 1.0, 3.0],
        &[5.0, 5.0, 5.0, 3.0, 3.0],
        None,
        0.9,
    )
    .unwrap();
    for (a, b) in weighted.shares.iter().zip(&repeated.shares) {
        assert!((a.value - b.value).abs() < 1e-12);
    }
    assert!(classify(&present, &absent[..3], None, 0.9).is_err());
    assert!(classify(&present, &absent, Some(&[-1.0; 4]), 0.9).is_err());
}

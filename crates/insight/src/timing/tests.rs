//! Does the stated date keep its power, and is an early sign called proven only when it is?

use super::known::Numbers;
use super::months_until_known;
use crate::effects::EffectsConfig;
use odla_stats::causal::randomized::compare;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// One program: renewals spread over a year, twelve in a hundred leave at theirs, the activity keeps four of them.
fn seen_by(month: u32, numbers: &Numbers, seed: u64) -> bool {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut stayed = Vec::new();
    let mut treated = Vec::new();
    for customer in 0..(numbers.treated + numbers.compared) as usize {
        let got = (customer as f64) < numbers.treated;
        let due = dice.random_range(1..=12_u32) <= month;
        let leaves = 1.0 - numbers.without - numbers.difference * f64::from(got);
        stayed.push(f64::from(!(due && dice.random::<f64>() < leaves)));
        treated.push(got);
    }
    let level = EffectsConfig::standard().level;
    compare(&stayed, &treated, None, level).is_ok_and(|found| found.effect.interval.lower > 0.0)
}

#[test]
fn the_stated_date_has_the_stated_power() {
    let config = EffectsConfig::standard();
    let numbers = Numbers {
        treated: 1_000.0,
        compared: 1_000.0,
        without: 0.88,
        difference: 0.04,
        wider: 1.0,
    };
    let (months, ahead) = months_until_known(&numbers, |month| f64::from(month) / 12.0, &config);
    let months = months.expect("a year is enough");
    let power = ahead[months as usize - 1].2;
    let programs = 300;
    let seen = (0..programs)
        .filter(|&seed| seen_by(months, &numbers, seed))
        .count();
    let share = seen as f64 / programs as f64;
    eprintln!("known after {months} months: stated {power:.3}, seen {share:.3}");
    assert!((share - power).abs() < 0.06 && power >= config.power);
    // A month earlier it is not yet enough.
    assert!(ahead[months as usize - 2].2 < config.power);
}

#[test]
fn too_few_customers_are_never_enough() {
    let config = EffectsConfig::standard();
    let few = Numbers {
        treated: 60.0,
        compared: 60.0,
        without: 0.88,
        difference: 0.04,
        wider: 1.0,
    };
    let (months, ahead) = months_until_known(&few, |month| f64::from(month) / 12.0, &config);
    assert!(months.is_none() && ahead[11].2 < 0.3);
}

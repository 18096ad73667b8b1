//! Do trials drawn in blocks, and looks at any time, keep the level that they claim?

use odla_stats::causal::anytime::{self, RunningMean};
use odla_stats::causal::power::{Design, Measure, power};
use odla_stats::causal::{blocks, randomized, simulate};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::assert_coverage;

const LEVEL: f64 = 0.90;

#[test]
fn intervals_of_trials_drawn_within_strata_and_in_pairs_cover() {
    for size in [2, 3, 10] {
        let mut hits = 0;
        for seed in 0..400 {
            let trial = simulate::trial((120, size), 0.5, (0.5, false), seed);
            let result =
                blocks::stratified(&trial.outcome, &trial.treated, &trial.block, LEVEL).unwrap();
            hits += u64::from(result.effect.interval.contains(0.5));
        }
        eprintln!("strata of {size}: {hits} of 400");
        assert_coverage("strata", (hits, 400), LEVEL);
    }
}

#[test]
fn strata_that_tell_the_outcome_apart_make_the_effect_sharper() {
    let trial = simulate::trial((400, 10), 0.5, (0.6, false), 3);
    let result = blocks::stratified(&trial.outcome, &trial.treated, &trial.block, LEVEL).unwrap();
    assert!(result.variance_ratio < 0.6, "{}", result.variance_ratio);
}

#[test]
fn intervals_of_trials_drawn_by_cluster_cover_with_few_clusters_where_rows_alone_do_not() {
    let (mut hits, mut naive) = (0, 0);
    for seed in 0..400 {
        let trial = simulate::trial((240, 15), 0.5, (0.3, true), seed);
        let result =
            blocks::clustered(&trial.outcome, &trial.treated, &trial.block, (None, LEVEL)).unwrap();
        let rows = randomized::compare(&trial.outcome, &trial.treated, None, LEVEL).unwrap();
        hits += u64::from(result.effect.interval.contains(0.5));
        naive += u64::from(rows.effect.interval.contains(0.5));
    }
    eprintln!("clusters {hits}, rows {naive} of 400");
    assert_coverage("clusters", (hits, 400), LEVEL);
    assert!(naive < 280);
}

#[test]
fn the_planned_power_is_the_share_of_trials_that_see_the_effect() {
    let designs = [
        (1, 0.0, Design::by_customer()),
        (
            10,
            0.2,
            Design {
                cluster_size: 10.0,
                icc: 0.2,
                ..Design::by_customer()
            },
        ),
    ];
    for (size, icc, design) in designs {
        let effect = if size == 1 { 0.5 } else { 0.7 };
        let measure = Measure::Mean { sd: 2.0_f64.sqrt() };
        let planned = power(measure, effect, &design, (200.0, LEVEL)).unwrap();
        let seen = (0..600).filter(|seed| {
            let trial = simulate::trial((200, size), effect, (icc, size > 1), *seed);
            // The part of the outcome that the value before tells stays in: a design of its own.
            let p = match size {
                1 => {
                    randomized::compare(&trial.outcome, &trial.treated, None, LEVEL)
                        .unwrap()
                        .p_value
                }
                _ => {
                    let drawn = blocks::clustered(
                        &trial.outcome,
                        &trial.treated,
                        &trial.block,
                        (None, LEVEL),
                    );
                    drawn.unwrap().p_value
                }
            };
            p < 1.0 - LEVEL
        });
        let seen = seen.count() as u64;
        eprintln!("blocks of {size}: {seen} of 600 seen, planned {planned:.3}");
        assert_coverage("power", (seen, 600), planned);
    }
}

#[test]
fn a_band_for_all_looks_holds_at_every_look_where_the_usual_one_fails() {
    let (mut missed, mut usual) = (0_u64, 0_u64);
    for seed in 0..400 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut one, mut zero) = (RunningMean::empty(), RunningMean::empty());
        let (mut out, mut out_usual) = (false, false);
        for look in 1..=2000 {
            // Skewed values, as spend is; the truth is a difference of 0.
            one.push(f64::exp(StandardNormal.sample(&mut rng)));
            zero.push(f64::exp(StandardNormal.sample(&mut rng)));
            if look >= 50 {
                let gap = anytime::difference(&one, &zero, 1000.0, LEVEL).unwrap();
                out |= !gap.interval.contains(0.0);
                out_usual |= gap.value.abs() > 1.645 * gap.standard_error;
            }
        }
        missed += u64::from(out);
        usual += u64::from(out_usual);
    }
    eprintln!("ever left: {missed} with bands for all looks, {usual} with the usual, of 400");
    assert!(missed <= 40 + 20 && usual > 150);
}

#[test]
fn betting_intervals_hold_at_all_looks_for_rare_events_and_close_in() {
    let mut missed = 0_u64;
    let mut width = 0.0;
    for seed in 0..200 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let values: Vec<f64> = (0..1500)
            .map(|_| f64::from(rng.random::<f64>() < 0.08))
            .collect();
        // The capital is kept at its highest, so the last interval lies within all earlier ones.
        let last = anytime::bounded_interval(&values, LEVEL).unwrap();
        missed += u64::from(!last.contains(0.08));
        width += (last.upper - last.lower) / 200.0;
    }
    eprintln!("{missed} of 200 missed, mean width {width:.4}");
    assert!(missed <= 30 && width < 0.06);
}

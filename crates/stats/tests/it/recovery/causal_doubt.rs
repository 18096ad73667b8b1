//! Do instruments, bounds for hidden bias and negative controls keep what they promise?

use odla_stats::Estimate;
use odla_stats::causal::instrument::{self, Pushed};
use odla_stats::causal::matched::Pairs;
use odla_stats::causal::simulate::{self, SimulatedPush};
use odla_stats::causal::{leniency, negative};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

use super::assert_coverage;

const LEVEL: f64 = 0.90;

fn instrumented(data: &SimulatedPush) -> instrument::InstrumentResult {
    let names: Vec<String> = (0..data.instruments.len())
        .map(|j| format!("z{j}"))
        .collect();
    let pushed = Pushed {
        outcome: &data.outcome,
        treatment: &data.treatment,
        instruments: &data.instruments,
        columns: &[],
        names: &names,
        clusters: None,
    };
    instrument::estimate(&pushed, LEVEL).expect("the case is sound")
}

#[test]
fn strong_instruments_cover_where_the_naive_slope_never_does() {
    let (mut covered, mut robust, mut naive, mut agree) = (0, 0, 0, 0);
    for seed in 0..400 {
        let result = instrumented(&simulate::pushed((400, 2), 0.7, 0.4, seed));
        covered += u64::from(result.effect.interval.contains(0.7));
        robust += u64::from(result.anderson_rubin.contains(0.7));
        naive += u64::from(result.naive.interval.contains(0.7));
        agree += u64::from(result.agreement_p.unwrap() >= 0.10);
        assert!(result.first_stage_f > 10.0);
    }
    eprintln!("two-stage {covered}, Anderson-Rubin {robust}, naive {naive}, agree {agree} of 400");
    assert_coverage("two-stage", (covered, 400), LEVEL);
    assert_coverage("Anderson-Rubin", (robust, 400), LEVEL);
    assert_coverage("agreement", (agree, 400), LEVEL);
    assert_eq!(naive, 0);
}

#[test]
fn weak_instruments_are_named_and_only_the_robust_set_keeps_its_level() {
    let (mut usual, mut robust, mut open, mut named) = (0, 0, 0, 0);
    for seed in 0..400 {
        let result = instrumented(&simulate::pushed((300, 3), 0.0, 0.03, seed));
        usual += u64::from(result.effect.interval.contains(0.0));
        robust += u64::from(result.anderson_rubin.contains(0.0));
        open += u64::from(!result.anderson_rubin.is_interval());
        named += u64::from(result.cautions.iter().any(|c| c.key() == "weak_instrument"));
    }
    eprintln!("usual {usual}, robust {robust}, open {open}, named {named} of 400");
    assert_coverage("robust set", (robust, 400), LEVEL);
    assert!(usual < 320 && open > 250 && named > 380);
}

#[test]
fn habits_of_agents_find_the_effect_of_minutes_where_hard_cases_take_long_and_end_badly() {
    let (mut covered, mut naive) = (0, 0.0);
    let tries = 120;
    for seed in 0..tries {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut normal = || -> f64 { StandardNormal.sample(&mut rng) };
        let habits: Vec<f64> = (0..60).map(|_| normal()).collect();
        let (mut minutes, mut score, mut agent) = (Vec::new(), Vec::new(), Vec::new());
        for row in 0..2400 {
            let hard = normal();
            let own = row % 60;
            let spent = 10.0 + 1.5 * habits[own] + 2.0 * hard + normal();
            agent.push(own);
            minutes.push(spent);
            // A minute more helps by 0.2; hard cases end 1 lower.
            score.push(0.2 * spent - hard + normal());
        }
        let stratum = vec![0; 2400];
        let habit = leniency::leave_one_out(&minutes, &agent, (&stratum, None)).unwrap();
        let instruments = [habit.instrument];
        let names = ["habit".to_owned()];
        let pushed = Pushed {
            outcome: &score,
            treatment: &minutes,
            instruments: &instruments,
            columns: &[],
            names: &names,
            clusters: Some(&agent),
        };
        let result = instrument::estimate(&pushed, LEVEL).unwrap();
        covered += u64::from(result.effect.interval.contains(0.2));
        naive += result.naive.value / tries as f64;
    }
    eprintln!("covered {covered} of {tries}, naive slope {naive:.3}");
    assert_coverage("habits", (covered, tries), LEVEL);
    assert!(naive < 0.0);
}

#[test]
fn the_bound_for_hidden_bias_is_broken_no_more_often_than_its_level() {
    let mut hits = [0_u64; 3];
    for seed in 0..400 {
        let differences = simulate::pair_differences(60, 0.0, 2.0, seed);
        let pairs = Pairs::from_differences(&differences).unwrap();
        for (hit, gamma) in hits.iter_mut().zip([1.0, 2.0, 3.0]) {
            *hit += u64::from(pairs.bound(gamma).unwrap().highest_p > 0.10);
        }
    }
    eprintln!("held at gamma 1, 2, 3 when it is 2: {hits:?} of 400");
    assert_coverage("bound at the true bias", (hits[1], 400), 0.90);
    assert!(hits[0] < 200 && hits[2] > 390);
}

#[test]
fn calibrated_intervals_cover_when_the_method_has_a_bias_of_its_own() {
    let (mut calibrated, mut raw, mut passed) = (0, 0, 0);
    for seed in 0..400 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut draw = |mean: f64, sd: f64| -> f64 {
            let z: f64 = StandardNormal.sample(&mut rng);
            mean + sd * z
        };
        let errors = vec![0.1; 40];
        let values: Vec<f64> = (0..40)
            .map(|_| draw(0.2, (0.01_f64 + 0.04).sqrt()))
            .collect();
        let controls = negative::judge(&values, &errors).unwrap();
        let effect = Estimate::normal(draw(1.2, (0.01_f64 + 0.04).sqrt()), 0.1, LEVEL);
        raw += u64::from(effect.interval.contains(1.0));
        calibrated += u64::from(
            controls
                .calibrate(&effect, LEVEL)
                .unwrap()
                .0
                .interval
                .contains(1.0),
        );
        let clean: Vec<f64> = (0..10).map(|_| draw(0.0, 0.1)).collect();
        passed += u64::from(negative::judge(&clean, &errors[..10]).unwrap().p_value >= 0.10);
    }
    eprintln!("calibrated {calibrated}, raw {raw}, clean passed {passed} of 400");
    assert_coverage("calibrated", (calibrated, 400), LEVEL);
    assert_coverage("clean controls", (passed, 400), LEVEL);
    assert!(raw < 300);
    let _ = ChaCha8Rng::seed_from_u64(0).random::<f64>();
}

//! Are effects found again where treatment or dose was chosen, and do the intervals keep their level?

use odla_stats::causal::aipw::{self, AipwConfig, Observational, Population, Trimming};
use odla_stats::causal::dml::{self, DmlConfig, Treated};
use odla_stats::causal::dose::{self, DoseConfig, Dosed};
use odla_stats::causal::simulate::{self, SimulatedChoice, Surface};

use super::assert_coverage;

const LEVEL: f64 = 0.90;

fn aipw_of(data: &SimulatedChoice, config: &AipwConfig) -> aipw::AipwResult {
    let treated: Vec<bool> = data.treatment.iter().map(|t| *t > 0.5).collect();
    let observed = Observational {
        outcome: &data.outcome,
        treated: &treated,
        columns: &data.columns,
        names: &data.names,
        clusters: None,
    };
    aipw::estimate(&observed, config).expect("the case is sound")
}

fn dml_of(data: &SimulatedChoice, config: &DmlConfig) -> dml::DmlResult {
    let treated = Treated {
        outcome: &data.outcome,
        treatment: &data.treatment,
        columns: &data.columns,
        names: &data.names,
        clusters: None,
    };
    dml::estimate(&treated, config).expect("the case is sound")
}

#[test]
fn curves_and_products_are_adjusted_for_where_straight_lines_leave_a_bias() {
    let (mut covered, mut slopes, mut straight) = (0, 0, 0);
    for seed in 0..100 {
        let data = simulate::choice(800, 1.0, Surface::Curved, seed);
        let flexible = AipwConfig {
            repeats: 1,
            seed,
            ..AipwConfig::flexible()
        };
        let lines = AipwConfig {
            repeats: 1,
            ..AipwConfig::standard()
        };
        covered += u64::from(aipw_of(&data, &flexible).effect.interval.contains(1.0));
        straight += u64::from(aipw_of(&data, &lines).effect.interval.contains(1.0));
        let config = DmlConfig {
            repeats: 1,
            seed,
            ..DmlConfig::standard()
        };
        slopes += u64::from(dml_of(&data, &config).effect.interval.contains(1.0));
    }
    eprintln!("of 100: flexible {covered}, double machine learning {slopes}, straight {straight}");
    assert_coverage("flexible aipw", (covered, 100), LEVEL);
    assert_coverage("dml", (slopes, 100), LEVEL);
    assert!(straight < 75);
}

#[test]
fn without_effect_both_methods_call_one_at_the_nominal_rate() {
    let (mut called, mut slopes) = (0, 0);
    for seed in 0..150 {
        let data = simulate::choice(500, 0.0, Surface::Straight, 1000 + seed);
        let config = AipwConfig {
            repeats: 1,
            seed,
            ..AipwConfig::flexible()
        };
        called += u64::from(aipw_of(&data, &config).p_value >= 1.0 - LEVEL);
        let config = DmlConfig {
            repeats: 1,
            seed,
            ..DmlConfig::standard()
        };
        slopes += u64::from(dml_of(&data, &config).p_value >= 1.0 - LEVEL);
    }
    eprintln!("not called of 150: {called}, {slopes}");
    assert_coverage("aipw", (called, 150), LEVEL);
    assert_coverage("dml", (slopes, 150), LEVEL);
}

#[test]
fn the_effect_on_the_treated_and_leaving_rows_out_are_told_as_such() {
    let data = simulate::choice(1500, 1.0, Surface::Straight, 5);
    let treated = AipwConfig {
        population: Population::Treated,
        ..AipwConfig::standard()
    };
    let result = aipw_of(&data, &treated);
    assert!(result.effect.interval.contains(1.0));
    let count = data.treatment.iter().filter(|t| **t > 0.5).count() as f64;
    let mean = data
        .outcome
        .iter()
        .zip(&data.treatment)
        .map(|(y, t)| y * t)
        .sum::<f64>()
        / count;
    assert!((result.mean_if_treated - mean).abs() < 1e-9);
    let left_out = AipwConfig {
        trim: 0.3,
        trimming: Trimming::LeaveOut,
        ..AipwConfig::standard()
    };
    let fewer = aipw_of(&data, &left_out);
    assert_eq!(fewer.rows_used + fewer.overlap.rows_outside, 1500);
    assert!(fewer.rows_used < 1500 && fewer.effect.interval.contains(1.0));
    assert!(fewer.cautions.iter().any(|c| c.key() == "rows_left_out"));
}

#[test]
fn rows_that_hang_together_are_kept_together() {
    let data = simulate::choice(600, 1.0, Surface::Straight, 9);
    let twice = |values: &Vec<f64>| values.iter().flat_map(|v| [*v; 5]).collect::<Vec<f64>>();
    let columns: Vec<Vec<f64>> = data.columns.iter().map(twice).collect();
    let clusters: Vec<usize> = (0..600).flat_map(|i| [i; 5]).collect();
    let (outcome, treatment) = (twice(&data.outcome), twice(&data.treatment));
    let treated = Treated {
        outcome: &outcome,
        treatment: &treatment,
        columns: &columns,
        names: &data.names,
        clusters: Some(&clusters),
    };
    let repeated = dml::estimate(&treated, &DmlConfig::standard()).unwrap();
    let once = dml_of(&data, &DmlConfig::standard());
    let ratio = repeated.effect.standard_error / once.effect.standard_error;
    assert!((ratio - 1.0).abs() < 0.05, "{ratio}");
}

fn curve_of(data: &SimulatedChoice, seed: u64) -> dose::DoseCurve {
    let dosed = Dosed {
        outcome: &data.outcome,
        dose: &data.treatment,
        columns: &data.columns,
        names: &data.names,
        clusters: None,
    };
    let config = DoseConfig {
        seed,
        ..DoseConfig::standard()
    };
    dose::estimate(&dosed, &config).expect("the case is sound")
}

/// Best at 11; flat enough to be found, bent enough to matter.
fn hill(dose: f64) -> f64 {
    2.0 - 0.12 * (dose - 11.0).powi(2)
}

#[test]
fn a_dose_curve_and_its_top_are_found_where_the_dose_was_chosen() {
    let (mut middle, mut change, mut top, mut banded, mut gained) = (0, 0, 0, 0, 0);
    let (mut off, mut off_top) = (0.0, 0.0);
    let tries = 60;
    for seed in 0..tries {
        let data = simulate::dosed(1000, hill, Surface::Straight, seed);
        let curve = curve_of(&data, seed);
        // The columns have mean 0, so the mean outcome at a dose is the curve itself.
        middle += u64::from(curve.at(10.0).unwrap().interval.contains(hill(10.0)));
        let gap = curve.difference(8.0, 11.0).unwrap();
        change += u64::from(gap.interval.contains(hill(11.0) - hill(8.0)));
        let best = curve.best(1.0, 0.0, seed).unwrap();
        top += u64::from(best.interval.contains(11.0));
        let mut doses = data.treatment.clone();
        doses.sort_by(f64::total_cmp);
        let median = 0.5 * (doses[499] + doses[500]);
        gained += u64::from((best.gain.interval).contains(hill(best.dose) - hill(median)));
        off += (curve.at(10.0).unwrap().value - hill(10.0)) / tries as f64;
        off_top += (best.dose - 11.0) / tries as f64;
        let held = |p: &dose::DosePoint| p.simultaneous.contains(hill(p.dose));
        banded += u64::from(curve.points.iter().all(held));
    }
    eprintln!(
        "of {tries}: at 10 {middle}, 8 to 11 {change}, top {top}, gain {gained}, all at once {banded}; bias {off:.4}, {off_top:.4}"
    );
    assert_coverage("dose curve", (middle, tries), LEVEL);
    assert_coverage("change", (change, tries), LEVEL);
    assert_coverage("best dose", (top, tries), LEVEL);
    assert_coverage("gain of the best dose", (gained, tries), LEVEL);
    assert!(banded as f64 >= 0.78 * tries as f64);
}

#[test]
fn a_dose_that_does_nothing_is_called_flat_and_doses_never_seen_are_not_told() {
    let mut flat = 0;
    for seed in 0..100 {
        let data = simulate::dosed(600, |_| 1.0, Surface::Straight, 500 + seed);
        flat += u64::from(curve_of(&data, seed).flat_p >= 0.10);
    }
    eprintln!("{flat} of 100 called flat");
    assert_coverage("flat", (flat, 100), 0.90);
    let mut data = simulate::dosed(600, hill, Surface::Straight, 1);
    for dose in &mut data.treatment {
        *dose += if *dose > 10.0 { 12.0 } else { 0.0 };
    }
    let curve = curve_of(&data, 1);
    assert!(curve.at(16.0).is_none() && curve.at(1000.0).is_none() && curve.at(-5.0).is_none());
    assert!(curve.difference(9.0, 16.0).is_none() && curve.at(9.0).is_some());
    assert!(curve.cautions.iter().any(|c| c.key() == "sparse_support"));
}

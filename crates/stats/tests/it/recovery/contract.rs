//! Do the intervals of renewal and hazard fits hold the truth as often as they claim?

use super::assert_coverage;
use odla_stats::btyd::Parameters;
use odla_stats::contract::{
    Cohort, Column, CompetingData, ContractPath, HazardData, HazardSettings, Link, bdw, competing,
    hazard, sbg, value_contracts,
};
use rand::{RngExt, SeedableRng};

const REPETITIONS: u64 = 120;
const LEVEL: f64 = 0.90;

fn cohort(ends: &[u32], renewals: u32) -> Cohort {
    let lost: Vec<f64> = (1..=renewals)
        .map(|t| ends.iter().filter(|e| **e == t).count() as f64)
        .collect();
    let remaining = ends.iter().filter(|e| **e == 0).count() as f64;
    Cohort::new(&lost, remaining).expect("counts are valid")
}

#[test]
fn renewal_parameters_are_covered_at_the_nominal_rate() {
    let simple = sbg::Sbg {
        alpha: 0.7,
        beta: 1.2,
    };
    let wide = bdw::Bdw {
        alpha: 1.0,
        beta: 3.0,
        c: 1.3,
    };
    let (mut simple_hits, mut wide_hits) = ([0_u64; 2], [0_u64; 3]);
    for seed in 0..REPETITIONS {
        let fit = sbg::fit(&[cohort(&simple.simulate(1000, 7, seed), 7)]).expect("fits");
        for (i, name) in sbg::Sbg::NAMES.iter().enumerate() {
            let interval = fit.interval(name, LEVEL).expect("known");
            simple_hits[i] += u64::from(interval.contains(simple.to_vec()[i]));
        }
        let fit = bdw::fit(&[cohort(&wide.simulate(5000, 10, seed), 10)]).expect("fits");
        for (i, name) in bdw::Bdw::NAMES.iter().enumerate() {
            let interval = fit.interval(name, LEVEL).expect("known");
            wide_hits[i] += u64::from(interval.contains(wide.to_vec()[i]));
        }
    }
    for hits in simple_hits.into_iter().chain(wide_hits) {
        assert_coverage("renewal", (hits, REPETITIONS), LEVEL);
    }
}

/// Tenure in years, a December flag, and a column without effect, 400 patterns of 20 contracts.
fn columns() -> Vec<Column> {
    let pattern = |f: &dyn Fn(usize) -> f64| (0..400).map(f).collect::<Vec<f64>>();
    vec![
        Column::new("tenure", pattern(&|i| (i % 40) as f64 / 10.0)),
        Column::new("december", pattern(&|i| f64::from(u8::from(i % 12 == 0)))),
        Column::new("noise", pattern(&|i| ((i * 7919) % 31) as f64 / 10.0)),
    ]
}

const TRUTH: [f64; 4] = [-2.2, -0.3, 0.8, 0.0];

fn eta(columns: &[Column], i: usize, truth: &[f64]) -> f64 {
    truth[0]
        + (0..columns.len())
            .map(|j| truth[j + 1] * columns[j].values[i])
            .sum::<f64>()
}

fn true_hazard(link: Link, eta: f64) -> f64 {
    match link {
        Link::Cloglog => 1.0 - (-eta.exp()).exp(),
        Link::Logit => 1.0 / (1.0 + (-eta).exp()),
    }
}

fn path() -> ContractPath {
    ContractPath {
        rows: (0..24)
            .map(|t| vec![f64::from(t) / 12.0, f64::from(u8::from(t % 12 == 11)), 1.0])
            .collect(),
        can_end: (0..24).map(|t| t % 3 == 2).collect(),
        margins: vec![100.0; 24],
    }
}

/// Sum of margin × discount × survival along the path, written out.
fn true_value(link: Link, path: &ContractPath, discount: f64) -> f64 {
    let (mut still, mut sum) = (1.0, 0.0);
    for (t, row) in path.rows.iter().enumerate() {
        sum += path.margins[t] * still * (1.0 + discount).powf(-(t as f64 + 0.5));
        let eta = TRUTH[0] + (0..3).map(|j| TRUTH[j + 1] * row[j]).sum::<f64>();
        if path.can_end[t] {
            still *= 1.0 - true_hazard(link, eta);
        }
    }
    sum
}

#[test]
fn hazards_their_predictions_and_values_are_covered_at_the_nominal_rate() {
    for link in [Link::Cloglog, Link::Logit] {
        let columns = columns();
        let at_risk = vec![20.0; 400];
        let (mut hits, mut predicted, mut valued) = ([0_u64; 4], 0, 0);
        for seed in 0..REPETITIONS {
            let mut generator = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
            let ended: Vec<f64> = (0..400)
                .map(|i| {
                    let h = true_hazard(link, eta(&columns, i, &TRUTH));
                    (0..20).filter(|_| generator.random::<f64>() < h).count() as f64
                })
                .collect();
            let data = HazardData::new(columns.clone(), at_risk.clone(), ended).expect("valid");
            let settings = HazardSettings { link, ridge: 0.0 };
            let fit = hazard::fit(&data, &settings).expect("fits");
            assert!(fit.converged && fit.cautions.is_empty(), "{fit:?}");
            for (j, name) in fit.names.iter().enumerate() {
                let interval = fit.interval(name, LEVEL).expect("known");
                hits[j] += u64::from(interval.contains(TRUTH[j]));
            }
            let next = fit.predict(&[2.0, 1.0, 1.0], LEVEL).expect("three values");
            let truth = true_hazard(link, TRUTH[0] + 2.0 * TRUTH[1] + TRUTH[2]);
            predicted += u64::from(next.interval.contains(truth));
            let paths = [path(), path()];
            let value = value_contracts(&fit, &paths, 0.01, LEVEL).expect("valid");
            let truth = 2.0 * true_value(link, &path(), 0.01);
            valued += u64::from(value.total.interval.contains(truth));
        }
        for (name, hits) in ["intercept", "tenure", "december", "noise"]
            .iter()
            .zip(hits)
        {
            assert_coverage(name, (hits, REPETITIONS), LEVEL);
        }
        assert_coverage("hazard", (predicted, REPETITIONS), LEVEL);
        assert_coverage("value", (valued, REPETITIONS), LEVEL);
    }
}

#[test]
fn chance_in_a_contract_value_is_what_simulated_ends_show() {
    let hazards: Vec<f64> = (0..24)
        .map(|t| if t % 3 == 2 { 0.1 } else { 0.0 })
        .collect();
    let data = HazardData::new(
        vec![Column::new("x", vec![0.0, 1.0])],
        vec![1000.0, 1000.0],
        vec![100.0, 100.0],
    )
    .expect("valid");
    let settings = HazardSettings {
        link: Link::Logit,
        ridge: 0.0,
    };
    let fit = hazard::fit(&data, &settings).expect("fits");
    let path = ContractPath {
        rows: vec![vec![0.0]; 24],
        can_end: (0..24).map(|t| t % 3 == 2).collect(),
        margins: vec![100.0; 24],
    };
    let value = value_contracts(&fit, &[path], 0.0, LEVEL).expect("valid");
    let ends = odla_stats::contract::value::simulate_ends(&vec![hazards; 40_000], 5);
    let earned: Vec<f64> = ends
        .iter()
        .map(|e| 100.0 * e.map_or(24.0, |t| t as f64 + 1.0))
        .collect();
    let mean = earned.iter().sum::<f64>() / 40_000.0;
    let spread = earned.iter().map(|e| (e - mean).powi(2)).sum::<f64>() / 40_000.0;
    assert!((value.total.value - mean).abs() < 4.0 * spread.sqrt() / 200.0);
    assert!((value.chance / spread.sqrt() - 1.0).abs() < 0.02);
}

#[test]
fn competing_ends_are_covered_at_the_nominal_rate() {
    let columns = columns();
    let truths = [[-2.5, -0.3, 0.8, 0.0], [-3.0, 0.2, 0.0, 0.1]];
    let mut hits = [0_u64; 8];
    let mut predicted = 0;
    for seed in 0..REPETITIONS {
        let mut generator = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let (mut chosen, mut ceased) = (vec![0.0; 400], vec![0.0; 400]);
        for (i, (first, second)) in chosen.iter_mut().zip(&mut ceased).enumerate() {
            let odds = truths.map(|t| eta(&columns, i, &t).exp());
            let whole = 1.0 + odds[0] + odds[1];
            for _ in 0..20 {
                let u = generator.random::<f64>() * whole;
                if u < odds[0] {
                    *first += 1.0;
                } else if u < odds[0] + odds[1] {
                    *second += 1.0;
                }
            }
        }
        let ends = vec![("chosen".to_owned(), chosen), ("ceased".to_owned(), ceased)];
        let data = CompetingData::new(columns.clone(), vec![20.0; 400], ends).expect("valid");
        let fit = competing::fit(&data, 0.0).expect("fits");
        assert!(fit.converged);
        let z = 1.644_853_6;
        for (k, truth) in truths.iter().enumerate() {
            for j in 0..4 {
                let miss = (fit.coefficients[k][j] - truth[j]).abs();
                hits[4 * k + j] += u64::from(miss <= z * fit.standard_errors[k][j]);
            }
        }
        let hazards = fit.predict(&[2.0, 1.0, 1.0], LEVEL).expect("three values");
        let odds = truths.map(|t| (t[0] + 2.0 * t[1] + t[2] + t[3]).exp());
        let truth = odds[0] / (1.0 + odds[0] + odds[1]);
        predicted += u64::from(hazards[0].interval.contains(truth));
    }
    for hits in hits {
        assert_coverage("competing", (hits, REPETITIONS), LEVEL);
    }
    assert_coverage("hazard by kind", (predicted, REPETITIONS), LEVEL);
}

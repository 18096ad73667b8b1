//! Do negative binomial, ordinal, ridge, random-slope fits, the wild bootstrap, competing ends and frailty cover at their level?

use super::assert_coverage;
use odla_stats::contract::{Column, HazardData, Link, frailty};
use odla_stats::regression::ordinal::{self, OrdinalLink};
use odla_stats::regression::ridge::{self, Penalty};
use odla_stats::regression::wild::{self, WildConfig, WildWeights};
use odla_stats::regression::{
    Errors, FitConfig, Patterns, Sample, Weights, linear, logistic, negative_binomial, poisson,
    random_slopes,
};
use odla_stats::survival::aalen_johansen::{self, CompetingSpells};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, StandardNormal};

const LEVEL: f64 = 0.90;

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn plain<'a>(outcome: &'a [f64], columns: &'a [Vec<f64>], names: &'a [String]) -> Sample<'a> {
    Sample {
        outcome,
        columns,
        names,
        weights: Weights::Equal,
        clusters: None,
    }
}

const CLASSICAL: FitConfig = FitConfig {
    errors: Errors::Classical,
    level: LEVEL,
};

fn two_columns(rows: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut columns = vec![Vec::new(); 2];
    for _ in 0..rows {
        columns[0].push(normal(&mut rng));
        columns[1].push(f64::from(rng.random::<f64>() < 0.3));
    }
    columns
}

#[test]
fn counts_that_spread_more_than_chance_are_covered_by_the_negative_binomial_not_by_poisson() {
    let names = names(&["x", "z"]);
    let (mut hits, mut alpha, mut too_sure) = ([0_u64; 3], 0, 0);
    for seed in 0..150 {
        let columns = two_columns(400, seed);
        let means: Vec<f64> = (0..400)
            .map(|i| (0.4 + 0.5 * columns[0][i] - 0.6 * columns[1][i]).exp())
            .collect();
        let outcome = negative_binomial::simulate_counts(&means, 0.8, seed);
        let sample = plain(&outcome, &columns, &names);
        let fit = negative_binomial::fit(&sample, None, &CLASSICAL).expect("fits");
        for (hit, (c, truth)) in hits
            .iter_mut()
            .zip(fit.coefficients.table.iter().zip([0.4, 0.5, -0.6]))
        {
            *hit += u64::from(c.estimate.interval.contains(truth));
        }
        alpha += u64::from(fit.alpha.interval.contains(0.8));
        let poisson = poisson::fit(&sample, None, &CLASSICAL).expect("fits");
        too_sure += u64::from(
            poisson.coefficients.table[1]
                .estimate
                .interval
                .contains(0.5),
        );
    }
    for hits in hits {
        assert_coverage("nb", (hits, 150), LEVEL);
    }
    assert_coverage("alpha", (alpha, 150), LEVEL);
    assert!(too_sure < 115, "{too_sure}");
}

#[test]
fn poisson_counts_give_the_poisson_fit_half_of_the_time_and_no_false_spread() {
    let names = names(&["x", "z"]);
    let (mut called, mut limits) = (0, 0);
    for seed in 0..150 {
        let columns = two_columns(300, seed);
        let means: Vec<f64> = columns[0].iter().map(|x| (0.5 + 0.3 * x).exp()).collect();
        let outcome = negative_binomial::simulate_counts(&means, 0.0, seed);
        let sample = plain(&outcome, &columns, &names);
        let fit = negative_binomial::fit(&sample, None, &CLASSICAL).expect("fits");
        called += u64::from(fit.overdispersion_p < 0.05);
        limits += u64::from(fit.alpha.value == 0.0);
    }
    assert!(called <= 16, "{called}");
    assert!((50..=115).contains(&limits), "{limits}");
}

#[test]
fn ordinal_effects_are_covered_and_simulated_answers_are_those_predicted() {
    let names = names(&["x", "z"]);
    for link in [OrdinalLink::Logit, OrdinalLink::Probit] {
        let columns = two_columns(500, 1);
        let start: Vec<f64> = (0..500).map(|i| (i % 4) as f64).collect();
        let mut truth =
            ordinal::fit(&plain(&start, &columns, &names), link, &CLASSICAL).expect("fits");
        for (c, value) in truth.coefficients.iter_mut().zip([0.6, -0.4]) {
            c.estimate.value = value;
        }
        let (mut hits, mut share) = ([0_u64; 2], 0);
        let expected = truth.predict(&[1.0, 0.0]).expect("two")[2..]
            .iter()
            .sum::<f64>();
        for seed in 0..150 {
            let outcome = truth.simulate(&columns, seed).expect("two columns");
            let fit =
                ordinal::fit(&plain(&outcome, &columns, &names), link, &CLASSICAL).expect("fits");
            for (hit, (c, value)) in hits
                .iter_mut()
                .zip(fit.coefficients.iter().zip([0.6, -0.4]))
            {
                *hit += u64::from(c.estimate.interval.contains(value));
            }
            let told = fit.share_from(2.0, &[1.0, 0.0], LEVEL).expect("a level");
            share += u64::from(told.interval.contains(expected));
        }
        for hits in hits {
            assert_coverage("ordinal", (hits, 150), LEVEL);
        }
        assert_coverage("share from a level", (share, 150), LEVEL);
    }
}

#[test]
fn ridge_intervals_cover_on_average_over_coefficients_of_their_prior() {
    let names: Vec<String> = (0..6).map(|j| format!("x{j}")).collect();
    let (mut hits, mut tries) = (0_u64, 0_u64);
    for seed in 0..120 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let truth: Vec<f64> = (0..6).map(|_| 0.4 * normal(&mut rng)).collect();
        let mut columns = vec![Vec::new(); 6];
        let mut outcome = Vec::new();
        for _ in 0..60 {
            let shared = normal(&mut rng);
            let xs: Vec<f64> = (0..6).map(|_| 1.2 * shared + normal(&mut rng)).collect();
            let eta: f64 = xs.iter().zip(&truth).map(|(x, b)| x * b).sum();
            outcome.push(eta + 1.5 * normal(&mut rng));
            columns.iter_mut().zip(xs).for_each(|(c, x)| c.push(x));
        }
        // The strength of the prior on columns of unit spread: variance of noise over that of the scaled coefficients.
        let spread_squared = 1.2_f64.powi(2) + 1.0;
        let strength = 1.5_f64.powi(2) / (0.4_f64.powi(2) * spread_squared);
        let fit = ridge::fit(
            &plain(&outcome, &columns, &names),
            Penalty::Fixed(strength),
            LEVEL,
        )
        .expect("fits");
        for (c, b) in fit.coefficients.table[1..].iter().zip(&truth) {
            hits += u64::from(c.estimate.interval.contains(*b));
            tries += 1;
        }
    }
    assert_coverage("ridge", (hits, tries), LEVEL);
}

/// Groups whose members share a deviation, and whose column is the same for a whole group.
fn grouped(groups: usize, seed: u64) -> (Vec<f64>, Vec<Vec<f64>>, Vec<usize>) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut outcome, mut column, mut group) = (Vec::new(), Vec::new(), Vec::new());
    for g in 0..groups {
        let (level, shared) = (normal(&mut rng), 0.7 * normal(&mut rng));
        for _ in 0..8 + 3 * (g % 5) {
            let x = level + 0.3 * normal(&mut rng);
            outcome.push(0.4 * x + shared + normal(&mut rng));
            column.push(x);
            group.push(g);
        }
    }
    (outcome, vec![column], group)
}

#[test]
fn wild_bootstrap_rejects_a_true_null_at_its_level_where_cr1_rejects_too_often() {
    let names = names(&["x"]);
    let (mut wild_calls, mut cr1_calls, mut covered) = (0_u64, 0_u64, 0_u64);
    let runs = 300;
    for seed in 0..runs {
        let (outcome, columns, group) = grouped(10, seed);
        let sample = Sample {
            clusters: Some(&group),
            ..plain(&outcome, &columns, &names)
        };
        let config = WildConfig {
            weights: if seed % 2 == 0 {
                WildWeights::Webb
            } else {
                WildWeights::Rademacher
            },
            draws: 199,
            seed,
            level: LEVEL,
        };
        let test = wild::test(&sample, ("x", 0.4), &config).expect("valid");
        wild_calls += u64::from(test.p_value <= 0.10);
        covered += u64::from(test.interval.contains(0.4));
        let cr1 = FitConfig {
            errors: Errors::Cr1,
            level: LEVEL,
        };
        let fit = linear::fit(&sample, &cr1).expect("fits");
        cr1_calls += u64::from(!fit.coefficients.table[1].estimate.interval.contains(0.4));
    }
    eprintln!("of {runs}: wild rejects {wild_calls}, CR1 {cr1_calls}; interval holds {covered}");
    assert!(wild_calls.abs_diff(covered.abs_diff(runs)) <= 3);
    assert_coverage("wild", (covered, runs), LEVEL);
    assert!(cr1_calls > wild_calls);
}

#[test]
fn a_slope_that_varies_over_groups_is_covered_and_its_variance_found() {
    let names = names(&["x"]);
    let truth_covariance = [[0.5, 0.1], [0.1, 0.2]];
    let (mut hits, mut intercept, mut slope) = (0_u64, 0.0, 0.0);
    let runs = 100;
    for seed in 0..runs {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut outcome, mut column, mut group) = (Vec::new(), Vec::new(), Vec::new());
        for g in 0..40 {
            let first = normal(&mut rng);
            let u0 = f64::sqrt(truth_covariance[0][0]) * first;
            let along = truth_covariance[0][1] / f64::sqrt(truth_covariance[0][0]);
            let u1 =
                along * first + (truth_covariance[1][1] - along * along).sqrt() * normal(&mut rng);
            for _ in 0..8 {
                let x = 3.0 + normal(&mut rng);
                outcome.push(1.0 + u0 + (0.5 + u1) * x + 0.8 * normal(&mut rng));
                column.push(x);
                group.push(g);
            }
        }
        let columns = [column];
        let sample = Sample {
            clusters: Some(&group),
            ..plain(&outcome, &columns, &names)
        };
        let fit = random_slopes::fit(&sample, &names, LEVEL).expect("fits");
        hits += u64::from(fit.coefficients.table[1].estimate.interval.contains(0.5));
        intercept += fit.effect_covariance[(0, 0)] / runs as f64;
        slope += fit.effect_covariance[(1, 1)] / runs as f64;
    }
    assert_coverage("mean slope", (hits, runs), LEVEL);
    assert!((slope - 0.2).abs() < 0.03, "{slope}");
    assert!((intercept - 0.5).abs() < 0.25, "{intercept}");
}

#[test]
fn cumulative_incidence_is_covered_with_late_entry_and_censoring() {
    let kinds = names(&["left", "merged"]);
    let (rates, horizon) = ([0.05_f64, 0.03], 10.0_f64);
    let total = rates[0] + rates[1];
    let truth = rates.map(|r| r / total * -(-total * horizon).exp_m1());
    let mut hits = [0_u64; 2];
    let runs = 200;
    for seed in 0..runs {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut entry, mut time, mut end) = (Vec::new(), Vec::new(), Vec::new());
        while time.len() < 250 {
            let ends = -rng.random::<f64>().ln() / total;
            let way = 1 + usize::from(rng.random::<f64>() > rates[0] / total);
            let from = if rng.random::<f64>() < 0.3 {
                4.0 * rng.random::<f64>()
            } else {
                0.0
            };
            let until = 6.0 + 20.0 * rng.random::<f64>();
            if ends.min(until) > from {
                entry.push(from);
                time.push(ends.min(until));
                end.push(if ends <= until { way } else { 0 });
            }
        }
        let spells = CompetingSpells {
            entry: Some(&entry),
            time: &time,
            end: &end,
            kinds: &kinds,
            weights: None,
        };
        let curves = aalen_johansen::fit(&spells, LEVEL).expect("valid");
        let at = curves.at(horizon).expect("seen so long");
        for k in 0..2 {
            hits[k] += u64::from(at[k].interval.contains(truth[k]));
        }
        let drawn = curves.simulate(2000, seed);
        let share = drawn.iter().filter(|d| d.1 == 1 && d.0 <= horizon).count() as f64 / 2000.0;
        assert!((share - at[0].value).abs() < 0.05);
    }
    for hits in hits {
        assert_coverage("incidence", (hits, runs), LEVEL);
    }
}

#[test]
fn effects_under_shared_frailty_are_covered_where_the_plain_hazard_is_too_sure() {
    let (mut hits, mut deviation, mut plain_hits) = (0_u64, 0_u64, 0_u64);
    let runs = 80;
    for seed in 0..runs {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut x, mut group, mut ended) = (Vec::new(), Vec::new(), Vec::new());
        for g in 0..40 {
            // The column belongs to the group, as the frailty does.
            let (own, shared) = (f64::from(u8::from(g % 2 == 0)), 0.8 * normal(&mut rng));
            for _ in 0..25 {
                let hazard = 1.0 - (-f64::exp(-1.6 + 0.5 * own + shared)).exp();
                x.push(own);
                group.push(g);
                ended.push(f64::from(u8::from(rng.random::<f64>() < hazard)));
            }
        }
        let rows = x.len();
        let data =
            HazardData::new(vec![Column::new("x", x)], vec![1.0; rows], ended).expect("valid");
        let fit = frailty::fit(&data, &group, (Link::Cloglog, LEVEL)).expect("fits");
        let interval = fit.hazard.interval("x", LEVEL).expect("fitted");
        hits += u64::from(interval.contains(0.5));
        deviation += u64::from(fit.deviation.interval.contains(0.8));
        let settings = odla_stats::contract::HazardSettings {
            link: Link::Cloglog,
            ridge: 0.0,
        };
        let plain = odla_stats::contract::hazard::fit(&data, &settings).expect("fits");
        plain_hits += u64::from(plain.interval("x", LEVEL).expect("fitted").contains(0.5));
    }
    assert_coverage("effect", (hits, runs), LEVEL);
    assert_coverage("deviation", (deviation, runs), LEVEL);
    assert!(plain_hits < 60, "{plain_hits}");
}

#[test]
fn fits_from_counted_patterns_are_the_fits_from_rows() {
    let names = names(&["x", "z"]);
    let mut rng = ChaCha8Rng::seed_from_u64(11);
    let (mut yes, mut count, mut grade) = (Vec::new(), Vec::new(), Vec::new());
    let mut columns = vec![Vec::new(); 2];
    for _ in 0..3000 {
        let (x, z) = (
            (rng.random::<f64>() * 4.0).floor(),
            (rng.random::<f64>() * 3.0).floor(),
        );
        yes.push(f64::from(rng.random::<f64>() < 0.2 + 0.1 * x));
        let burst = -rng.random::<f64>().ln();
        count.push((burst * (1.0 + z)).floor());
        grade.push((rng.random::<f64>() * 2.0 + 0.4 * x).floor());
        columns[0].push(x);
        columns[1].push(z);
    }
    for errors in [Errors::Classical, Errors::Hc1] {
        let config = FitConfig {
            errors,
            level: LEVEL,
        };
        for (outcome, which) in [(&yes, "yes"), (&count, "count"), (&grade, "grade")] {
            let all = [columns[0].as_slice(), &columns[1], outcome];
            let half = |from: usize, to: usize| {
                let part = all.map(|c| &c[from..to]);
                Patterns::from_columns(&part, None).expect("finite")
            };
            let mut patterns = half(0, 1100);
            patterns.merge(&half(1100, 3000)).expect("same columns");
            assert!(patterns.len() < 300 && patterns.observations() == 3000.0);
            let few = Sample {
                outcome: &patterns.columns[2],
                columns: &patterns.columns[..2],
                names: &names,
                weights: Weights::Repetitions(&patterns.weights),
                clusters: None,
            };
            let many = plain(outcome, &columns, &names);
            let table = |sample: &Sample| match which {
                "yes" => logistic::fit(sample, &config).map(|f| f.coefficients.table),
                "count" => {
                    negative_binomial::fit(sample, None, &config).map(|f| f.coefficients.table)
                }
                _ => ordinal::fit(sample, OrdinalLink::Logit, &config).map(|f| f.coefficients),
            };
            let pairs = table(&few)
                .expect("fits")
                .into_iter()
                .zip(table(&many).expect("fits"));
            for (a, b) in pairs {
                assert!(
                    (a.estimate.value - b.estimate.value).abs() < 1e-7,
                    "{which}"
                );
                assert!((a.estimate.standard_error - b.estimate.standard_error).abs() < 1e-7);
            }
            let linear = linear::fit(&few, &config).expect("fits").coefficients.table;
            let whole = linear::fit(&many, &config)
                .expect("fits")
                .coefficients
                .table;
            for (a, b) in linear.iter().zip(&whole) {
                assert!((a.estimate.standard_error - b.estimate.standard_error).abs() < 1e-9);
            }
        }
    }
}

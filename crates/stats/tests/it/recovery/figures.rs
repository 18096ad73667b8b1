//! Do figures that follow from fits cover their truth too, and are findings false as seldom as claimed?

use odla_stats::btyd::{Outlook, PurchaseFit, SpendModel, nbd, value_intervals};
use odla_stats::contract::{Cohort, Column, HazardData, Link, frailty, sbg};
use odla_stats::importance::{DriverConfig, DriverData, analyze};
use odla_stats::multiplicity::{benjamini_hochberg, benjamini_yekutieli};
use odla_stats::regression::{Errors, FitConfig, Sample, Weights, logistic, poisson};
use odla_stats::scoring::{Bins, brier, calibration};
use odla_stats::special::normal_cdf;
use odla_stats::survey::index::satisfaction_index;
use odla_stats::survey::kano::classify;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson, StandardNormal};

use super::assert_coverage;

const LEVEL: f64 = 0.90;

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// Three questions on 1-10 that share what the respondent thinks.
fn questions(respondents: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut questions = vec![Vec::new(); 3];
    for _ in 0..respondents {
        let mood = 7.0 + 1.5 * normal(&mut rng);
        for question in &mut questions {
            question.push((mood + 1.2 * normal(&mut rng)).round().clamp(1.0, 10.0));
        }
    }
    questions
}

#[test]
fn a_satisfaction_index_is_covered_also_with_unequal_questions() {
    let weights = [0.5, 0.3, 0.2];
    let scale = (1.0, 10.0);
    let of = |rows: usize, seed: u64| {
        let asked = questions(rows, seed);
        satisfaction_index(&asked, scale, Some(&weights), (None, LEVEL)).unwrap()
    };
    let truth = of(300_000, 9_999).index.value;
    let hits = (0..600).filter(|seed| of(120, *seed).index.interval.contains(truth));
    assert_coverage("index", (hits.count() as u64, 600), LEVEL);
}

#[test]
fn shares_and_strengths_of_kano_answers_are_covered() {
    let (mut strength, mut total, mut shares) = (0, 0, 0);
    for seed in 0..500 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        // A 0.45, O 0.25, M 0.15, I 0.15.
        let pairs = (0..250).map(|_| match rng.random::<f64>() {
            u if u < 0.45 => (1.0, 3.0),
            u if u < 0.70 => (1.0, 5.0),
            u if u < 0.85 => (3.0, 5.0),
            _ => (3.0, 3.0),
        });
        let (present, absent): (Vec<f64>, Vec<f64>) = pairs.unzip();
        let found = classify(&present, &absent, None, LEVEL).unwrap();
        strength += u64::from(found.strength.interval.contains(0.20));
        total += u64::from(found.total_strength.interval.contains(0.85));
        // Attractive, one-dimensional, must-be in whatever order: each truth lies in one of the six.
        let held = |truth: f64| found.shares.iter().any(|s| s.interval.contains(truth));
        shares += u64::from(held(0.45));
    }
    assert_coverage("strength", (strength, 500), LEVEL);
    assert_coverage("total strength", (total, 500), LEVEL);
    assert_coverage("share", (shares, 500), LEVEL);
}

#[test]
fn false_finds_are_as_few_as_the_q_values_say() {
    const TESTS: usize = 50;
    const TRUE: usize = 10;
    let (mut plain, mut careful, mut found) = (0.0, 0.0, 0.0);
    for seed in 0..1_000 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let p: Vec<f64> = (0..TESTS)
            .map(|test| {
                let z = normal(&mut rng) + if test < TRUE { 3.0 } else { 0.0 };
                2.0 * normal_cdf(-z.abs())
            })
            .collect();
        let share = |q: &[f64]| {
            let called = q.iter().filter(|q| **q <= 0.10).count();
            let wrong = q[TRUE..].iter().filter(|q| **q <= 0.10).count();
            (wrong as f64 / called.max(1) as f64, called - wrong)
        };
        let (wrong, right) = share(&benjamini_hochberg(&p));
        plain += wrong / 1_000.0;
        found += right as f64 / 1_000.0;
        careful += share(&benjamini_yekutieli(&p)).0 / 1_000.0;
    }
    eprintln!("false finds {plain:.4}, under any dependence {careful:.4}; {found:.1} of 10 found");
    // Independent tests: the rate is 0.10 times the share of tests without effect, 0.08.
    assert!((plain - 0.08).abs() < 0.012 && careful < 0.03 && found > 6.0);
}

#[test]
fn odds_and_rates_are_covered_and_null_columns_called_at_the_nominal_rate() {
    let names = ["x".to_owned(), "null".to_owned()];
    let runs = 400;
    for errors in [Errors::Classical, Errors::Hc1] {
        let config = FitConfig {
            errors,
            level: LEVEL,
        };
        let (mut odds, mut rates, mut called) = (0, 0, [0, 0]);
        for seed in 0..runs {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let columns: Vec<Vec<f64>> = (0..2)
                .map(|_| (0..400).map(|_| normal(&mut rng)).collect())
                .collect();
            let chance = |x: &f64| 1.0 / (1.0 + (0.3 - 0.6 * x).exp());
            let yes: Vec<f64> = (columns[0].iter())
                .map(|x| f64::from(rng.random::<f64>() < chance(x)))
                .collect();
            let counts: Vec<f64> = (columns[0].iter())
                .map(|x| {
                    let counts = Poisson::new((0.2 + 0.4 * x).exp()).expect("positive");
                    counts.sample(&mut rng)
                })
                .collect();
            let sample = |outcome| Sample {
                outcome,
                columns: &columns,
                names: &names,
                weights: Weights::Equal,
                clusters: None,
            };
            let fit = logistic::fit(&sample(&yes), &config).unwrap().coefficients;
            odds += u64::from(fit.table[1].estimate.interval.contains(0.6));
            called[0] += u64::from(fit.table[2].p_value <= 0.10);
            let fit = poisson::fit(&sample(&counts), None, &config);
            let fit = fit.unwrap().coefficients;
            rates += u64::from(fit.table[1].estimate.interval.contains(0.4));
            called[1] += u64::from(fit.table[2].p_value <= 0.10);
        }
        assert_coverage(&format!("odds {errors:?}"), (odds, runs), LEVEL);
        assert_coverage(&format!("rates {errors:?}"), (rates, runs), LEVEL);
        for called in called {
            assert_coverage(&format!("null {errors:?}"), (called, runs), 0.10);
        }
    }
}

#[test]
fn groups_that_do_not_differ_are_called_frail_at_the_nominal_rate() {
    let (mut called, runs) = (0, 300);
    for seed in 0..runs {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let rows = 30 * 15;
        let x: Vec<f64> = (0..rows).map(|i| f64::from(u8::from(i % 2 == 0))).collect();
        let ended = (x.iter())
            .map(|x| {
                let hazard = 1.0 - (-f64::exp(-1.5 + 0.5 * x)).exp();
                f64::from(u8::from(rng.random::<f64>() < hazard))
            })
            .collect();
        let group: Vec<usize> = (0..rows).map(|i| i / 15).collect();
        let data = HazardData::new(vec![Column::new("x", x)], vec![1.0; rows], ended).unwrap();
        let fit = frailty::fit(&data, &group, (Link::Cloglog, LEVEL)).unwrap();
        called += u64::from(fit.frailty_p <= 0.10);
    }
    eprintln!("{called} of {runs} called");
    assert_coverage("no frailty", (called, runs), 0.10);
}

#[test]
fn scores_of_forecasts_and_rates_of_bins_are_covered() {
    let (mut score, mut rates) = (0, 0);
    let runs = 400;
    for seed in 0..runs {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let forecast: Vec<f64> = (0..400).map(|_| rng.random::<f64>()).collect();
        let happened: Vec<bool> = forecast.iter().map(|p| rng.random::<f64>() < *p).collect();
        let found = brier(&forecast, &happened, Bins::Quantile(10), LEVEL).unwrap();
        // E p (1 - p) for a p that may be anything from 0 to 1.
        score += u64::from(found.score.interval.contains(1.0 / 6.0));
        let round: Vec<f64> = (0..450).map(|i| 0.1 * f64::from(1 + i % 9)).collect();
        let happened: Vec<bool> = round.iter().map(|p| rng.random::<f64>() < *p).collect();
        let table = calibration(&round, &happened, Bins::Distinct, LEVEL).unwrap();
        let bins = table.bins.iter();
        rates += bins
            .filter(|bin| bin.rate.interval.contains(bin.mean_forecast))
            .count() as u64;
    }
    assert_coverage("Brier score", (score, runs), LEVEL);
    let rate = rates as f64 / (9.0 * runs as f64);
    // Shares of 50 step: their intervals hold a little more or less than they say.
    assert!((rate - LEVEL).abs() < 0.02, "{rate}");
}

#[test]
fn retention_and_renewals_ahead_that_follow_from_a_fit_are_covered() {
    let truth = sbg::Sbg {
        alpha: 0.7,
        beta: 1.2,
    };
    let (mut retention, mut renewals, mut left) = (0, 0, 0);
    let runs = 300;
    for seed in 0..runs {
        let ends = truth.simulate(1_000, 7, seed);
        let lost: Vec<f64> = (1..=7)
            .map(|t| ends.iter().filter(|e| **e == t).count() as f64)
            .collect();
        let remaining = ends.iter().filter(|e| **e == 0).count() as f64;
        let fit = sbg::fit(&[Cohort::new(&lost, remaining).unwrap()]).unwrap();
        let share = fit.derive_share(LEVEL, |p| p.retention(5));
        retention += u64::from(share.interval.contains(truth.retention(5)));
        let share = fit.derive_share(LEVEL, |p| p.survival(12));
        left += u64::from(share.interval.contains(truth.survival(12)));
        let ahead = |p: &sbg::Sbg| p.discounted_renewals(3, 20, 0.10);
        let amount = fit.derive_positive(LEVEL, ahead);
        renewals += u64::from(amount.interval.contains(ahead(&truth)));
    }
    assert_coverage("retention", (retention, runs), LEVEL);
    assert_coverage("share left", (left, runs), LEVEL);
    assert_coverage("renewals ahead", (renewals, runs), LEVEL);
}

#[test]
fn values_of_single_customers_are_covered_on_average() {
    let truth = nbd::Nbd { r: 0.8, alpha: 6.0 };
    let observed: Vec<f64> = (0..1_000)
        .map(|i| 27.0 + 12.0 * f64::from(i % 101) / 101.0)
        .collect();
    let outlook = Outlook {
        horizon: 26.0,
        discount: 0.0,
    };
    let (mut hits, mut tries) = (0, 0.0);
    for seed in 0..20 {
        let simulated = truth.simulate(&observed, 26.0, seed);
        let history = simulated.history().unwrap();
        let fit = PurchaseFit::Nbd(nbd::fit(&history).unwrap());
        let models = fit.draw(400, seed);
        let spend = SpendModel::Constant(10.0);
        let found = value_intervals(&models, &history, &spend, (outlook, LEVEL, seed)).unwrap();
        for (interval, rate) in found.iter().zip(&simulated.rate) {
            hits += u64::from(interval.contains(10.0 * 26.0 * rate));
            tries += 1.0;
        }
    }
    let rate = hits as f64 / tries;
    eprintln!("{rate:.4} of {tries} customers covered");
    assert!((rate - LEVEL).abs() < 0.012, "{rate}");
}

#[test]
fn penalties_and_rewards_are_covered() {
    // What low (1, 2) and high (4, 5) answers do, by driver.
    let truth = [(-0.8, 0.3), (-0.3, 0.6), (-0.5, 0.5)];
    let (mut penalties, mut rewards, mut asymmetries, mut tries) = (0, 0, 0, 0);
    let runs = 120;
    for seed in 0..runs {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut attributes, mut outcome) = (vec![Vec::new(); 3], Vec::new());
        for _ in 0..400 {
            let mood = 0.5 * normal(&mut rng);
            let mut y = 7.0 + normal(&mut rng);
            for (attribute, (penalty, reward)) in attributes.iter_mut().zip(truth) {
                let answer = (3.0 + 0.9 * (mood + normal(&mut rng)))
                    .round()
                    .clamp(1.0, 5.0);
                y += match answer {
                    a if a <= 2.0 => penalty,
                    a if a >= 4.0 => reward,
                    _ => 0.0,
                };
                attribute.push(answer);
            }
            outcome.push(y);
        }
        let names: Vec<String> = (0..3).map(|j| format!("driver {j}")).collect();
        let data = DriverData {
            outcome: &outcome,
            attributes: &attributes,
            names: &names,
            weights: &[],
        };
        let config = DriverConfig {
            bootstrap: 200,
            seed,
            ..DriverConfig::standard()
        };
        let found = analyze(&data, &config).unwrap();
        for (driver, (penalty, reward)) in found.drivers.iter().zip(truth) {
            let contrast = driver.contrast.expect("there are low and high answers");
            // Where the answers alone put the cuts elsewhere, something else is estimated.
            if (contrast.low_to, contrast.high_from) != (2.0, 4.0) {
                continue;
            }
            tries += 1;
            penalties += u64::from(contrast.penalty_interval.contains(penalty));
            rewards += u64::from(contrast.reward_interval.contains(reward));
            let asymmetry = (reward - penalty.abs()) / (reward + penalty.abs());
            asymmetries += u64::from(contrast.asymmetry_interval.contains(asymmetry));
        }
    }
    assert!(tries > 2 * runs, "{tries}");
    eprintln!("penalty {penalties}, reward {rewards}, asymmetry {asymmetries} of {tries}");
    assert_coverage(
        "penalty",
        (penalties, tries),
        DriverConfig::standard().level,
    );
    assert_coverage("reward", (rewards, tries), DriverConfig::standard().level);
    assert_coverage(
        "asymmetry",
        (asymmetries, tries),
        DriverConfig::standard().level,
    );
}

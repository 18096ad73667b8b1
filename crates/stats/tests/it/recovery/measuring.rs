//! Do scores, shares, groups drawn together, survival curves and path plans cover their truths at the rate they claim?

use super::assert_coverage;
use odla_stats::causal::randomized::sample_ratio_p;
use odla_stats::pls::{self, Block, Mode, PathPlan, PlsConfig, Scheme};
use odla_stats::regression::Weights;
use odla_stats::survey::nps::{difference, nps, proportion};
use odla_stats::survey::shrinkage::{beta_binomial, normal_normal};
use odla_stats::survival::cox::{CoxConfig, CoxSample, Ties};
use odla_stats::survival::{Spells, cox, kaplan_meier, nelson_aalen};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Distribution, StandardNormal};

const LEVEL: f64 = 0.90;

fn normal(rng: &mut ChaCha8Rng) -> f64 {
    StandardNormal.sample(rng)
}

/// Answers with 40 % promoters and 25 % detractors: 15 points.
fn answers(count: usize, rng: &mut ChaCha8Rng) -> Vec<f64> {
    let answer = |u: f64| match u {
        u if u < 0.40 => 10.0,
        u if u < 0.75 => 8.0,
        _ => 3.0,
    };
    (0..count).map(|_| answer(rng.random())).collect()
}

#[test]
fn scores_and_their_differences_are_covered_at_the_nominal_rate() {
    let (mut own, mut between) = (0, 0);
    for seed in 0..1500 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let one = nps(&answers(150, &mut rng), None, LEVEL).unwrap();
        let other = nps(&answers(90, &mut rng), None, LEVEL).unwrap();
        own += u64::from(one.score.interval.contains(15.0));
        between += u64::from(difference(&one, &other, LEVEL).interval.contains(0.0));
    }
    assert_coverage("score", (own, 1500), LEVEL);
    assert_coverage("difference", (between, 1500), LEVEL);
}

#[test]
fn shares_are_covered_on_average_over_what_they_may_be() {
    // Of a share, coverage swings with the truth around its level: it is judged over many truths.
    let mut hits = 0;
    for seed in 0..4000 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let truth = 0.05 + 0.9 * rng.random::<f64>();
        let yes = (0..60).filter(|_| rng.random::<f64>() < truth).count();
        let found = proportion(yes as f64, 60.0, LEVEL).unwrap();
        hits += u64::from(found.interval.contains(truth));
    }
    assert_coverage("share", (hits, 4000), LEVEL);
}

#[test]
fn groups_drawn_towards_the_common_one_are_covered_on_average() {
    let (mut shares, mut means) = (0, 0);
    for seed in 0..60 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let beta = Beta::new(6.0, 14.0).unwrap();
        let (mut yes, mut asked, mut truth) = (Vec::new(), Vec::new(), Vec::new());
        let (mut seen, mut errors, mut levels) = (Vec::new(), Vec::new(), Vec::new());
        for group in 0..80 {
            let n = 10 + group % 40;
            let share: f64 = beta.sample(&mut rng);
            yes.push((0..n).filter(|_| rng.random::<f64>() < share).count() as f64);
            asked.push(f64::from(n));
            truth.push(share);
            let (level, error) = (2.0 + normal(&mut rng), 0.3 + 0.02 * f64::from(n));
            seen.push(level + error * normal(&mut rng));
            errors.push(error);
            levels.push(level);
        }
        let drawn = beta_binomial(&yes, &asked, LEVEL).unwrap();
        let held = drawn.groups.iter().zip(&truth);
        shares += held.filter(|(g, t)| g.interval.contains(**t)).count() as u64;
        let drawn = normal_normal(&seen, &errors, LEVEL).unwrap();
        let held = drawn.groups.iter().zip(&levels);
        means += held.filter(|(g, t)| g.interval.contains(**t)).count() as u64;
    }
    // The spread between groups is taken as known, which costs some tenths of a percent.
    for (what, hits) in [("shares", shares), ("means", means)] {
        let rate = hits as f64 / 4800.0;
        assert!((rate - LEVEL).abs() < 0.015, "{what}: {rate}");
    }
}

struct Lives {
    time: Vec<f64>,
    event: Vec<bool>,
    columns: Vec<Vec<f64>>,
}

/// Exponential lives of mean 20, lengthened by nothing, lost to sight at even times up to 40.
fn lives(count: usize, seed: u64) -> Lives {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut lives = Lives {
        time: Vec::new(),
        event: Vec::new(),
        columns: vec![Vec::new(); 2],
    };
    for _ in 0..count {
        let end = -20.0 * rng.random::<f64>().ln();
        let lost = 40.0 * rng.random::<f64>();
        lives.time.push(end.min(lost));
        lives.event.push(end <= lost);
        for column in &mut lives.columns {
            column.push(normal(&mut rng));
        }
    }
    lives
}

#[test]
fn survival_curves_medians_and_cumulative_hazards_are_covered_at_the_nominal_rate() {
    let (mut curve, mut median, mut hazard) = (0, 0, 0);
    for seed in 0..1000 {
        let lives = lives(200, seed);
        let spells = Spells {
            entry: None,
            time: &lives.time,
            event: &lives.event,
            weights: None,
        };
        let fit = kaplan_meier::fit(&spells, LEVEL).unwrap();
        let at = fit.at(10.0).unwrap();
        curve += u64::from(at.interval.contains((-0.5_f64).exp()));
        let half = fit.median().unwrap();
        let truth = 20.0 * 2.0_f64.ln();
        median += u64::from((half.lower..=half.upper).contains(&truth));
        let steps = nelson_aalen::fit(&spells, LEVEL).unwrap();
        let last = steps.iter().rfind(|step| step.risk.time <= 10.0).unwrap();
        hazard += u64::from(last.cumulative.interval.contains(0.5));
    }
    assert_coverage("curve", (curve, 1000), LEVEL);
    assert_coverage("cumulative hazard", (hazard, 1000), LEVEL);
    // The median's limits step from one event to the next, and so hold somewhat more.
    let rate = median as f64 / 1000.0;
    assert!((0.875..0.935).contains(&rate), "{rate}");
}

#[test]
fn proportional_hazards_are_doubted_at_the_nominal_rate_where_they_are_true() {
    let names = ["a".to_owned(), "b".to_owned()];
    let config = CoxConfig {
        ties: Ties::Efron,
        robust: false,
        level: LEVEL,
    };
    let mut called = 0;
    for seed in 0..400 {
        let lives = lives(300, seed);
        let sample = CoxSample {
            spells: Spells {
                entry: None,
                time: &lives.time,
                event: &lives.event,
                weights: None,
            },
            columns: &lives.columns,
            names: &names,
            weights: Weights::Equal,
            strata: None,
            clusters: None,
        };
        let fit = cox::fit(&sample, &config).unwrap();
        called += fit.proportionality.iter().filter(|p| **p <= 0.10).count() as u64;
    }
    assert_coverage("drift that is not there", (called, 800), 0.10);
}

#[test]
fn arms_as_large_as_planned_are_doubted_at_the_nominal_rate() {
    let mut called = 0;
    for seed in 0..3000 {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut counts = [0.0; 3];
        for _ in 0..2000 {
            let arm = match rng.random::<f64>() {
                u if u < 0.5 => 0,
                u if u < 0.8 => 1,
                _ => 2,
            };
            counts[arm] += 1.0;
        }
        called += u64::from(sample_ratio_p(&counts, &[0.5, 0.3, 0.2]).unwrap() <= 0.10);
    }
    assert_coverage("sizes", (called, 3000), 0.10);
}

/// Three constructs, each with three indicators of reliability 0.64: a moves b, both move c.
fn survey(rows: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut columns = vec![Vec::new(); 9];
    for _ in 0..rows {
        let a = normal(&mut rng);
        let b = 0.6 * a + 0.8 * normal(&mut rng);
        let c = 0.3 * a + 0.4 * b + 0.8 * normal(&mut rng);
        for (block, level) in [a, b, c].into_iter().enumerate() {
            for indicator in 0..3 {
                columns[3 * block + indicator].push(0.8 * level + 0.6 * normal(&mut rng));
            }
        }
    }
    columns
}

#[test]
fn resampled_path_coefficients_cover_what_the_method_finds_in_everybody() {
    let block = |first: usize| Block {
        name: format!("b{first}"),
        indicators: (first..first + 3).collect(),
        mode: Mode::A,
    };
    let plan = PathPlan {
        blocks: vec![block(0), block(3), block(6)],
        paths: vec![(0, 1), (0, 2), (1, 2)],
    };
    let config = PlsConfig {
        scheme: Scheme::Path,
        consistent: false,
        bootstrap: 0,
        seed: 3,
        level: LEVEL,
    };
    let everybody = pls::fit(&survey(200_000, 1), &[], &plan, &config).unwrap();
    let resampled = PlsConfig {
        bootstrap: 200,
        ..config
    };
    let mut covered = [0_u64; 3];
    let (mut totals, mut ratios) = ([0_u64; 3], [0_u64; 3]);
    for seed in 0..400 {
        let fit = pls::fit(&survey(250, 1000 + seed), &[], &plan, &resampled).unwrap();
        let paths = fit.paths.iter().zip(&everybody.paths).zip(&mut covered);
        for ((own, truth), hits) in paths {
            *hits += u64::from(own.coefficient.interval.contains(truth.coefficient.value));
        }
        let effects = fit.total_effects.iter().zip(&everybody.total_effects);
        for ((own, truth), hits) in effects.zip(&mut totals) {
            *hits += u64::from(own.coefficient.interval.contains(truth.coefficient.value));
        }
        let pairs = fit.discriminant.iter().zip(&everybody.discriminant);
        for ((own, truth), hits) in pairs.zip(&mut ratios) {
            *hits += u64::from(own.interval.contains(truth.htmt));
        }
    }
    eprintln!("paths {covered:?}, totals {totals:?}, ratios {ratios:?} of 400");
    for (what, all) in [
        ("path", covered),
        ("total effect", totals),
        ("ratio", ratios),
    ] {
        for hits in all {
            assert_coverage(what, (hits, 400), LEVEL);
        }
    }
}

#[test]
fn points_of_an_index_per_point_of_another_are_covered() {
    let block = |first: usize| Block {
        name: format!("b{first}"),
        indicators: (first..first + 3).collect(),
        mode: Mode::A,
    };
    let plan = PathPlan {
        blocks: vec![block(0), block(3), block(6)],
        paths: vec![(0, 1), (0, 2), (1, 2)],
    };
    let on_a_scale = |rows: usize, seed: u64| {
        let columns = survey(rows, seed).into_iter();
        let answer = |level: f64| (6.0 + 1.6 * level).clamp(1.0, 10.0);
        let columns = columns.map(|c| c.into_iter().map(answer).collect());
        columns.collect::<Vec<Vec<f64>>>()
    };
    let of = |rows: usize, seed: u64, bootstrap: usize| {
        let config = PlsConfig {
            scheme: Scheme::Path,
            consistent: false,
            bootstrap,
            seed,
            level: LEVEL,
        };
        let columns = on_a_scale(rows, seed);
        let fit = pls::fit(&columns, &[], &plan, &config).unwrap();
        pls::indices(&fit, &plan, (&columns, &[]), ((1.0, 10.0), LEVEL)).unwrap()
    };
    let everybody = of(200_000, 1, 0);
    let mut covered = [0_u64; 3];
    for seed in 0..300 {
        let found = of(250, 5_000 + seed, 100);
        let effects = found.effects.iter().zip(&everybody.effects);
        for ((own, truth), hits) in effects.zip(&mut covered) {
            *hits += u64::from(own.points.interval.contains(truth.points.value));
        }
    }
    eprintln!("points {covered:?} of 300");
    for hits in covered {
        assert_coverage("points", (hits, 300), LEVEL);
    }
}

//! Are sizes of trials, bounds for hidden bias, instruments and mixes of donors those printed or computed elsewhere?

use odla_stats::causal::did::{self, Aggregation, DidConfig, Staggered, two_way};
use odla_stats::causal::instrument::{self, Pushed};
use odla_stats::causal::matched::Pairs;
use odla_stats::causal::power::{Design, Goal, Measure, power, sample_size};
use odla_stats::causal::synthetic::{self, Donors, SyntheticConfig};

/// Named rows of numbers.
fn expected(text: &str, what: &str) -> Vec<f64> {
    let line = text
        .lines()
        .find(|l| l.starts_with(&format!("{what},")))
        .expect("is listed");
    line.split(',')
        .skip(1)
        .map(|c| c.parse().expect("is a number"))
        .collect()
}

fn columns(text: &str) -> Vec<Vec<f64>> {
    let rows: Vec<Vec<f64>> = (text.lines())
        .map(|l| l.split(',').filter_map(|c| c.parse().ok()).collect())
        .filter(|r: &Vec<f64>| !r.is_empty())
        .collect();
    (0..rows[0].len())
        .map(|j| rows.iter().map(|r| r[j]).collect())
        .collect()
}

#[test]
fn sizes_for_small_medium_and_large_effects_are_those_of_cohen_1988_table_2_4_1() {
    let goal = Goal {
        level: 0.95,
        power: 0.80,
    };
    for (d, n) in [(0.2, 393), (0.5, 64), (0.8, 26)] {
        let size = sample_size(Measure::Mean { sd: 1.0 }, d, &Design::by_customer(), goal).unwrap();
        // Cohen prints 393 for 393.4.
        assert!(
            size.treated.abs_diff(n) <= usize::from(n == 393),
            "{d}: {size:?}"
        );
    }
    let of = |d: f64, share: f64, rows: f64| {
        let design = Design {
            share_treated: share,
            ..Design::by_customer()
        };
        power(Measure::Mean { sd: 1.0 }, d, &design, (rows, 0.95)).unwrap()
    };
    // statsmodels 0.15.0, TTestIndPower.
    assert!((of(0.5, 0.5, 60.0) - 0.477_896_520_760_164_3).abs() < 1e-7);
    assert!((of(0.3, 0.25, 400.0) - 0.736_256_444_964_419_9).abs() < 1e-7);
}

#[test]
fn bounds_for_lead_in_childrens_blood_are_those_of_rosenbaum_2002_section_4_3() {
    let exposed = [
        38, 23, 41, 18, 37, 36, 23, 62, 31, 34, 24, 14, 21, 17, 16, 20, 15, 10, 45, 39, 22, 35, 49,
        48, 44, 35, 43, 39, 34, 13, 73, 25, 27,
    ];
    let control = [
        16, 18, 18, 24, 19, 11, 10, 15, 16, 18, 18, 13, 19, 10, 16, 16, 24, 13, 9, 14, 21, 19, 7,
        18, 19, 12, 11, 22, 25, 16, 13, 11, 13,
    ];
    let gaps: Vec<f64> = exposed
        .iter()
        .zip(control)
        .map(|(e, c)| f64::from(e - c))
        .collect();
    let pairs = Pairs::from_differences(&gaps).unwrap();
    let Pairs::Ranked { ranks, higher } = &pairs else {
        panic!("ranks")
    };
    let sum: f64 = ranks
        .iter()
        .zip(higher)
        .filter(|(_, h)| **h)
        .map(|(r, _)| r)
        .sum();
    assert_eq!(sum, 527.0);
    for (gamma, p) in [
        (2.0, 0.0018),
        (3.0, 0.0136),
        (4.0, 0.0388),
        (4.25, 0.0468),
        (5.0, 0.0740),
    ] {
        let bound = pairs.bound(gamma).unwrap();
        assert!((bound.highest_p - p).abs() < 5e-5, "{gamma}: {bound:?}");
    }
    let limit = pairs.bias_to_explain(0.05).unwrap();
    assert!((4.25..5.0).contains(&limit));
}

#[test]
fn smoking_explains_lung_cancer_against_any_hidden_bias_below_six_times_the_odds() {
    // Hammond 1964 as in Rosenbaum 2002: of 122 pairs with one death, the smoker died in 110. Tails of scipy 1.17.1.
    let pairs = Pairs::Binary {
        discordant: 122,
        treated: 110,
    };
    for (gamma, p) in [
        (4.0, 0.0019633444704),
        (5.0, 0.0231685638425),
        (6.0, 0.0969287748940),
    ] {
        let bound = pairs.bound(gamma).unwrap();
        assert!((bound.highest_p - p).abs() < 1e-10, "{gamma}: {bound:?}");
    }
    assert!((5.0..6.0).contains(&pairs.bias_to_explain(0.05).unwrap()));
}

#[test]
fn two_stage_least_squares_and_its_robust_set_are_those_of_linearmodels_7_1() {
    let data = columns(include_str!("../../data/causal/instrument.csv"));
    let table = include_str!("../../data/causal/instrument_expected.csv");
    let names = ["z1", "z2", "x"].map(str::to_owned);
    let clusters: Vec<usize> = data[5].iter().map(|g| *g as usize).collect();
    let instruments = [data[3].clone(), data[4].clone()];
    let held = [data[2].clone()];
    let mut pushed = Pushed {
        outcome: &data[0],
        treatment: &data[1],
        instruments: &instruments,
        columns: &held,
        names: &names,
        clusters: None,
    };
    let result = instrument::estimate(&pushed, 0.90).unwrap();
    let close = |got: f64, want: f64| assert!((got - want).abs() < 1e-8, "{got} is not {want}");
    let robust = expected(table, "robust");
    close(result.effect.value, robust[0]);
    close(result.effect.standard_error, robust[1]);
    let naive = expected(table, "naive");
    close(result.naive.value, naive[0]);
    close(result.naive.standard_error, naive[1]);
    close(result.first_stage_f, expected(table, "first stage f")[0]);
    let set = expected(table, "anderson-rubin 90 %");
    assert!(result.anderson_rubin.is_interval());
    close(result.anderson_rubin.pieces[0].0, set[0]);
    close(result.anderson_rubin.pieces[0].1, set[1]);
    pushed.clusters = Some(&clusters);
    let clustered = instrument::estimate(&pushed, 0.90).unwrap();
    let theirs = expected(table, "clustered");
    close(clustered.effect.standard_error, theirs[1]);
}

#[test]
fn the_mix_of_donors_and_its_placebos_are_those_of_scipys_quadratic_search() {
    let units = {
        let by_period = columns(include_str!("../../data/causal/synthetic.csv"));
        let rows = by_period[0].len();
        (0..rows)
            .map(|i| by_period.iter().map(|c| c[i]).collect())
            .collect::<Vec<Vec<f64>>>()
    };
    let table = include_str!("../../data/causal/synthetic_expected.csv");
    let data = Donors {
        treated: &units[0],
        donors: &units[1..],
        before: 16,
    };
    let result = synthetic::estimate(&data, &SyntheticConfig::standard()).unwrap();
    for (j, weight) in result.weights.iter().enumerate() {
        let want = expected(table, &format!("weight {j}"))[0];
        assert!((weight - want).abs() < 2e-5, "{j}: {weight} {want}");
    }
    assert!((result.effect - expected(table, "effect")[0]).abs() < 1e-5);
    assert!(result.rmspe_before <= expected(table, "rmspe before")[0] + 1e-10);
    assert!((result.ratio / expected(table, "ratio")[0] - 1.0).abs() < 1e-4);
    for (j, ratio) in result.placebo_ratios.iter().enumerate() {
        let want = expected(table, &format!("placebo {j}"))[0];
        assert!((ratio / want - 1.0).abs() < 1e-3, "{j}: {ratio} {want}");
    }
}

#[test]
fn two_groups_and_two_periods_are_the_textbook_difference_of_differences_in_both_ways() {
    let outcome = [10.0, 12.0, 11.0, 14.0, 20.0, 27.0, 22.0, 26.0];
    let unit = [1, 1, 2, 2, 3, 3, 4, 4];
    let period = [1, 2, 1, 2, 1, 2, 1, 2];
    let first_treated: Vec<Option<i64>> = unit.iter().map(|u| (*u > 2).then_some(2)).collect();
    let data = Staggered {
        outcome: &outcome,
        period: &period,
        first_treated: &first_treated,
        unit: Some(&unit),
        columns: &[],
        names: &[],
        clusters: None,
    };
    let effects = did::estimate(&data, &DidConfig::standard()).unwrap();
    let simple = did::aggregate(&effects, Aggregation::Simple).unwrap();
    // (7 + 4)/2 - (2 + 3)/2.
    assert!((simple.overall.value - 3.0).abs() < 1e-12);
    let fixed = two_way::estimate(&data, 0.9).unwrap();
    assert!((fixed.effect.value - 3.0).abs() < 1e-12 && fixed.negative_share == 0.0);
}

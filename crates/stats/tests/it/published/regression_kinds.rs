//! Do negative binomial, ordinal, ridge, random-slope fits and the wild bootstrap agree with independent computations?
//!
//! The figures come from tests/data/regression_and_time.py, which names its programs and their versions.

use odla_stats::regression::ordinal::{self, OrdinalLink};
use odla_stats::regression::ridge::{self, Penalty};
use odla_stats::regression::wild::{self, WildConfig, WildWeights};
use odla_stats::regression::{
    Coefficient, Errors, FitConfig, Sample, Weights, linear, negative_binomial, random_slopes,
};

use crate::data::read_columns;

const CLASSICAL: FitConfig = FitConfig {
    errors: Errors::Classical,
    level: 0.95,
};

#[track_caller]
fn close(got: f64, want: f64, relative: f64) {
    assert!(
        (got - want).abs() <= relative * want.abs(),
        "{got} is not {want}"
    );
}

#[track_caller]
fn check(table: &[Coefficient], values: &[f64], errors: &[f64], relative: f64) {
    assert_eq!(table.len(), values.len());
    for (got, (value, error)) in table.iter().zip(values.iter().zip(errors)) {
        close(got.estimate.value, *value, relative);
        close(got.estimate.standard_error, *error, relative);
    }
}

fn sample<'a>(outcome: &'a [f64], columns: &'a [Vec<f64>], names: &'a [String]) -> Sample<'a> {
    Sample {
        outcome,
        columns,
        names,
        weights: Weights::Equal,
        clusters: None,
    }
}

#[test]
fn cigarettes_a_day_negative_binomial_agrees_with_statsmodels() {
    let wanted = ["smokeintensity", "age", "sex"];
    let Some(mut columns) = read_columns("nhefs nb", "nhefs/nhefs_complete.csv", &wanted) else {
        return;
    };
    let outcome = columns.remove(0);
    let names = ["age", "sex"].map(str::to_owned);
    let fit = negative_binomial::fit(&sample(&outcome, &columns, &names), None, &CLASSICAL)
        .expect("fits");
    let values = [3.284316308480, -3.093898552932e-03, -0.2662968432647];
    let errors = [0.061362757459, 0.001291729397, 0.030296804097];
    check(&fit.coefficients.table, &values, &errors, 1e-6);
    close(fit.alpha.value, 0.3078071618306, 1e-6);
    close(fit.alpha.standard_error, 0.012937616361, 1e-5);
    close(fit.log_likelihood, -5968.138448660698, 1e-11);
    assert!(fit.overdispersion_p < 1e-12);
}

#[test]
fn schooling_ordinal_fits_agree_with_statsmodels() {
    let wanted = ["education", "age", "sex", "wt71"];
    let Some(mut columns) = read_columns("nhefs ordinal", "nhefs/nhefs_complete.csv", &wanted)
    else {
        return;
    };
    let outcome = columns.remove(0);
    let names = ["age", "sex", "wt71"].map(str::to_owned);
    let known = [
        (
            OrdinalLink::Logit,
            [-0.045085955421, 0.039208837981, 0.002182936502],
            [0.004021713403, 0.101175601521, 0.003312032623],
            [
                -3.337827604214,
                -2.180436343134,
                -0.239449084231,
                0.38689382208,
            ],
            -2212.382403320411,
        ),
        (
            OrdinalLink::Probit,
            [-0.025863976005, 0.026896414224, 0.001501231678],
            [0.002302440341, 0.059240376451, 0.001927930488],
            [
                -1.945542370394,
                -1.256227746124,
                -0.088099893138,
                0.252282868951,
            ],
            -2213.4292115846,
        ),
    ];
    for (link, values, errors, cuts, log_likelihood) in known {
        let fit =
            ordinal::fit(&sample(&outcome, &columns, &names), link, &CLASSICAL).expect("fits");
        check(&fit.coefficients, &values, &errors, 1e-4);
        for (got, want) in fit.cuts.iter().zip(cuts) {
            close(got.estimate.value, want, 1e-4);
        }
        close(fit.log_likelihood, log_likelihood, 1e-9);
        let shares = fit.predict(&[40.0, 1.0, 70.0]).expect("three values");
        close(shares.iter().sum(), 1.0, 1e-12);
    }
}

#[test]
fn sleepstudy_random_slope_is_bates_2015_section_5_2() {
    let text = include_str!("../../data/sleepstudy.csv");
    let rows: Vec<Vec<f64>> = (text.lines().skip(1))
        .map(|line| {
            line.split(',')
                .map(|c| c.parse().expect("a number"))
                .collect()
        })
        .collect();
    let pick = |c: usize| rows.iter().map(|r| r[c]).collect::<Vec<f64>>();
    let (outcome, columns) = (pick(0), [pick(1)]);
    let clusters: Vec<usize> = rows.iter().map(|r| r[2] as usize).collect();
    let names = ["Days".to_owned()];
    let sample = Sample {
        clusters: Some(&clusters),
        ..sample(&outcome, &columns, &names)
    };
    let fit = random_slopes::fit(&sample, &names, 0.95).expect("fits");
    // The printed table: REML criterion 1743.6, deviations 24.741, 5.922, residual 25.592, correlation 0.066.
    close(
        -2.0 * fit.restricted_log_likelihood,
        1_743.628_271_958_67,
        1e-10,
    );
    check(
        &fit.coefficients.table,
        &[251.405104848485, 10.467285959596],
        &[6.824551381637, 1.545787332562],
        1e-4,
    );
    let t = &fit.effect_covariance;
    close(t[(0, 0)].sqrt(), 24.7407, 1e-4);
    close(t[(1, 1)].sqrt(), 5.9221, 1e-4);
    close(fit.correlation(0, 1), 0.0656, 2e-3);
    close(fit.within_variance.sqrt(), 25.5918, 1e-5);
    assert!(fit.converged && fit.cautions.is_empty() && fit.groups == 18);
    // Shrunken deviations of the first subject (308), as the paper's companion prints them.
    close(fit.group_effects[0][0], 2.2585, 2e-3);
    close(fit.group_effects[0][1], 9.1990, 2e-3);
}

const SWISS: [&str; 6] = [
    "Fertility",
    "Agriculture",
    "Examination",
    "Education",
    "Catholic",
    "Infant.Mortality",
];

#[test]
fn swiss_ridge_is_the_closed_form_and_its_strengths_the_tops_of_their_criteria() {
    let Some(mut columns) = read_columns("swiss ridge", "swiss/swiss.csv", &SWISS) else {
        return;
    };
    let outcome = columns.remove(0);
    let names: Vec<String> = SWISS[1..].iter().map(|n| (*n).to_owned()).collect();
    let sample = sample(&outcome, &columns, &names);
    let fit = ridge::fit(&sample, Penalty::Fixed(4.7), 0.95).expect("fits");
    let values = [
        -0.11054699899,
        -0.332626971709,
        -0.681524088291,
        0.080912756852,
        1.09397220927,
    ];
    let errors = [
        0.062181766596,
        0.20723400201,
        0.153195908988,
        0.030649869258,
        0.361420844351,
    ];
    check(&fit.coefficients.table[1..], &values, &errors, 1e-9);
    close(fit.effective_coefficients, 5.149961095285, 1e-11);
    let strength = |penalty| ridge::fit(&sample, penalty, 0.95).expect("fits").strength;
    close(strength(Penalty::CrossValidated), 2.256296172906, 1e-5);
    close(strength(Penalty::Marginal), 2.567463427566, 1e-5);
    // With hardly any penalty it is least squares.
    let free = linear::fit(&sample, &CLASSICAL).expect("fits");
    let weak = ridge::fit(&sample, Penalty::Fixed(1e-9), 0.95).expect("fits");
    for (a, b) in free.coefficients.table.iter().zip(&weak.coefficients.table) {
        close(b.estimate.value, a.estimate.value, 1e-9);
        close(b.estimate.standard_error, a.estimate.standard_error, 1e-7);
    }
}

#[test]
fn soldiers_of_nine_companies_all_512_signs_give_the_p_values_of_a_fit_per_draw() {
    let wanted = ["HOSTIL01", "LEAD", "COMPID"];
    let Some(all) = read_columns("wild lq2002", "lq2002/lq2002.csv", &wanted) else {
        return;
    };
    let mut companies: Vec<usize> = all[2].iter().map(|c| *c as usize).collect();
    companies.sort_unstable();
    companies.dedup();
    let rows: Vec<usize> = (0..all[0].len())
        .filter(|&r| companies[..9].contains(&(all[2][r] as usize)))
        .filter(|&r| !all[0][r].is_nan() && !all[1][r].is_nan())
        .collect();
    assert_eq!(rows.len(), 332);
    let pick = |c: usize| rows.iter().map(|&r| all[c][r]).collect::<Vec<f64>>();
    let wave = (0..332).map(|i| f64::from(i).sin()).collect();
    let (outcome, columns) = (pick(0), [pick(1), wave]);
    let clusters: Vec<usize> = rows.iter().map(|&r| all[2][r] as usize).collect();
    let names = ["lead", "wave"].map(str::to_owned);
    let sample = Sample {
        clusters: Some(&clusters),
        ..sample(&outcome, &columns, &names)
    };
    let config = WildConfig {
        weights: WildWeights::Rademacher,
        draws: 999,
        seed: 1,
        level: 0.95,
    };
    for (null, p_value) in [
        (0.0, 4.0 / 512.0),
        (-0.3, 18.0 / 512.0),
        (-0.6, 94.0 / 512.0),
    ] {
        let test = wild::test(&sample, ("lead", null), &config).expect("valid");
        assert!(test.enumerated && test.draws == 512);
        close(test.estimate, -0.7216555120092, 1e-11);
        assert_eq!(test.p_value, p_value, "null {null}");
    }
    let test = wild::test(&sample, ("lead", 0.0), &config).expect("valid");
    close(test.statistic, -8.509305383060, 1e-9);
    // -0.3 is rejected at 5 % and -0.6 is not: the interval ends between them.
    assert!(test.interval.upper < -0.3 && test.interval.upper > -0.6);
}

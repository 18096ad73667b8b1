//! Do the regressions give what independent programs give on open data?
//!
//! Reference figures without another source were computed with statsmodels 0.15.0 or, for CR2, by forming every
//! n x n matrix of the definition in numpy 2.4.6.

use odla_stats::regression::logistic::Change;
use odla_stats::regression::{
    Errors, FitConfig, Sample, Weights, linear, logistic, mixed, poisson, within_between,
};

use crate::data::read_columns;

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|n| (*n).to_owned()).collect()
}

fn config(errors: Errors) -> FitConfig {
    FitConfig {
        errors,
        level: 0.95,
    }
}

fn assert_close(what: &str, got: &[f64], expected: &[f64], relative: f64) {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (g, e) in got.iter().zip(expected) {
        assert!(
            (g - e).abs() <= relative * e.abs(),
            "{what}: {g} is not {e}"
        );
    }
}

fn errors_of(coefficients: &odla_stats::regression::Coefficients) -> Vec<f64> {
    let table = coefficients.table.iter();
    table.map(|c| c.estimate.standard_error).collect()
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
fn swiss_least_squares_agrees_with_statsmodels_for_all_robust_errors() {
    let Some(mut columns) = read_columns("swiss regression", "swiss/swiss.csv", &SWISS) else {
        return;
    };
    let outcome = columns.remove(0);
    let names = names(&SWISS[1..]);
    let sample = Sample {
        outcome: &outcome,
        columns: &columns,
        names: &names,
        weights: Weights::Equal,
        clusters: None,
    };
    let fit = linear::fit(&sample, &config(Errors::Classical)).unwrap();
    let expected = [
        66.91518168,
        -0.17211397,
        -0.25800824,
        -0.87094006,
        0.10411533,
        1.07704814,
    ];
    assert_close("b", &fit.coefficients.values(), &expected, 1e-7);
    assert!((fit.r2 - 0.7067350015927255).abs() < 1e-12);
    let expected = [
        (
            Errors::Classical,
            [
                10.70603759,
                0.07030392,
                0.2538782,
                0.1830286,
                0.03525785,
                0.38171965,
            ],
        ),
        (
            Errors::Hc1,
            [
                10.28573994,
                0.06376496,
                0.24541161,
                0.18599006,
                0.03054755,
                0.40633379,
            ],
        ),
        (
            Errors::Hc2,
            [
                10.50354022,
                0.06522714,
                0.25002844,
                0.19082607,
                0.0305333,
                0.41648469,
            ],
        ),
        (
            Errors::Hc3,
            [
                11.51741707,
                0.07159681,
                0.27337834,
                0.21012041,
                0.0327562,
                0.45873472,
            ],
        ),
    ];
    for (errors, expected) in expected {
        let fit = linear::fit(&sample, &config(errors)).unwrap();
        assert_close("se", &errors_of(&fit.coefficients), &expected, 3e-7);
    }
}

type Soldiers = (Vec<f64>, Vec<Vec<f64>>, Vec<usize>);

/// Outcome, columns (leadership, task significance) and company of the soldiers of Bliese et al. 2002.
fn soldiers(companies: usize) -> Option<Soldiers> {
    let wanted = ["HOSTILE", "LEAD", "TSIG", "COMPID"];
    let columns = read_columns("lq2002", "lq2002/lq2002.csv", &wanted)?;
    let mut company: Vec<usize> = columns[3].iter().map(|c| *c as usize).collect();
    let mut numbers = company.clone();
    numbers.sort_unstable();
    numbers.dedup();
    let last = numbers[companies.min(numbers.len()) - 1];
    let keep: Vec<bool> = company.iter().map(|c| *c <= last).collect();
    let pick = |column: &Vec<f64>| -> Vec<f64> {
        let kept = column.iter().zip(&keep).filter(|(_, k)| **k);
        kept.map(|(x, _)| *x).collect()
    };
    company.retain(|c| *c <= last);
    Some((
        pick(&columns[0]),
        vec![pick(&columns[1]), pick(&columns[2])],
        company,
    ))
}

#[test]
fn soldiers_clustered_errors_agree_with_statsmodels() {
    let Some((outcome, columns, clusters)) = soldiers(49) else {
        return;
    };
    let names = names(&["LEAD", "TSIG"]);
    let sample = Sample {
        outcome: &outcome,
        columns: &columns,
        names: &names,
        weights: Weights::Equal,
        clusters: Some(&clusters),
    };
    let fit = linear::fit(&sample, &config(Errors::Cr1)).unwrap();
    assert_close(
        "b",
        &fit.coefficients.values(),
        &[2.63844902, -0.35149429, -0.20322216],
        1e-7,
    );
    assert_close(
        "se",
        &errors_of(&fit.coefficients),
        &[0.12304877, 0.03224047, 0.03224405],
        3e-7,
    );
}

#[test]
fn bias_reduced_errors_and_their_degrees_of_freedom_follow_the_full_matrices_of_the_definition() {
    let Some((outcome, columns, clusters)) = soldiers(8) else {
        return;
    };
    assert_eq!(outcome.len(), 233);
    let names = names(&["LEAD", "TSIG"]);
    let weights: Vec<f64> = (0..233).map(|i| 1.0 + 0.5 * f64::from(i % 4)).collect();
    let expected = [
        (
            Weights::Equal,
            [0.33710569, 0.07626829, 0.04705278],
            [5.426961448115926, 5.499780793579347, 5.474348237437254],
        ),
        (
            Weights::Sampling(&weights),
            [0.33773741, 0.05285657, 0.07095005],
            [5.056413489325414, 5.447762710164859, 5.436670895603923],
        ),
    ];
    for (weights, errors, freedom) in expected {
        let sample = Sample {
            outcome: &outcome,
            columns: &columns,
            names: &names,
            weights,
            clusters: Some(&clusters),
        };
        let fit = linear::fit(&sample, &config(Errors::Cr2)).unwrap();
        assert_close("se", &errors_of(&fit.coefficients), &errors, 3e-7);
        let got: Vec<f64> = (fit.coefficients.table.iter())
            .map(|c| c.degrees_of_freedom)
            .collect();
        assert_close("df", &got, &freedom, 1e-8);
    }
}

#[test]
fn soldiers_agree_within_companies_as_a_one_way_analysis_of_variance_says() {
    let Some((hostility, columns, company)) = soldiers(49) else {
        return;
    };
    let expected = [
        (&hostility, 0.054004942791579344, 0.7040591839263853),
        (&columns[0], 0.08795621852192656, 0.8007543730139071),
        (&columns[1], 0.08038399956534754, 0.784607839174351),
    ];
    for (values, icc1, icc2) in expected {
        let icc = mixed::icc(values, &company).unwrap();
        assert!((icc.icc1 - icc1).abs() < 1e-10 && (icc.icc2 - icc2).abs() < 1e-10);
    }
}

#[test]
fn soldiers_random_intercept_agrees_with_statsmodels() {
    let Some((outcome, columns, clusters)) = soldiers(49) else {
        return;
    };
    let names = names(&["LEAD", "TSIG"]);
    let sample = Sample {
        outcome: &outcome,
        columns: &columns,
        names: &names,
        weights: Weights::Equal,
        clusters: Some(&clusters),
    };
    let fit = mixed::fit(&sample, 0.95).unwrap();
    assert_close(
        "b",
        &fit.coefficients.values(),
        &[2.56538669, -0.35004307, -0.18575702],
        1e-5,
    );
    assert!((fit.between_variance - 0.02132465).abs() < 2e-6);
    assert!((fit.within_variance - 0.8662629541945979).abs() < 1e-5);
    assert!((fit.restricted_log_likelihood + 2773.4717291512034).abs() < 1e-4);
    // statsmodels inverts a numerical Hessian instead; these are (X'V^-1 X)^-1 at its variances, by numpy.
    assert_close(
        "se",
        &errors_of(&fit.coefficients),
        &[0.08871099, 0.03024725, 0.02436851],
        1e-5,
    );
}

#[test]
fn soldiers_under_better_leaders_are_less_hostile_within_and_between_companies() {
    let Some((outcome, columns, clusters)) = soldiers(49) else {
        return;
    };
    let names = names(&["LEAD", "TSIG"]);
    let sample = Sample {
        outcome: &outcome,
        columns: &columns,
        names: &names,
        weights: Weights::Equal,
        clusters: Some(&clusters),
    };
    let split = within_between::fit(&sample, &names[..1], &config(Errors::Cr2)).unwrap();
    let lead = &split.effects[0];
    assert!(lead.within.interval.upper < 0.0);
    let sum = lead.within.value + lead.contextual.value;
    assert!((sum - lead.between.value).abs() < 1e-12);
    assert!(split.fit.coefficients.of("TSIG").is_some());
}

const SMOKERS: [&str; 5] = ["qsmk", "age", "sex", "smokeintensity", "wt71"];

const LOGIT: [f64; 5] = [
    -1.818076069812,
    0.021734813595,
    -0.346720093985,
    -0.023010971047,
    0.005895861536,
];
const LOGIT_SE: [f64; 5] = [
    0.423832088052,
    0.004875175421,
    0.131262815297,
    0.005405890057,
    0.004178320477,
];
const LOGIT_HC1: [f64; 5] = [
    0.431766783103,
    0.004899086872,
    0.128803646961,
    0.005809409137,
    0.004269728208,
];
const LOGIT_LL: f64 = -867.5634260177005;
const LOGIT_LL0: f64 = -893.0271208471183;
const AME: [f64; 4] = [
    0.004018534133,
    -0.064104830081,
    -0.004254481971,
    0.001090081621,
];
const AME_SE: [f64; 4] = [0.00088422904, 0.02411142673, 0.000983067675, 0.000771171779];
const POISSON: [f64; 3] = [3.269653811474, -2.774983175840e-3, -2.646567344236e-1];
const POISSON_SE: [f64; 3] = [0.021853021571, 0.000466937809, 0.011232755762];
const POISSON_LL: f64 = -8781.184383008349;
const POISSON_DISPERSION: f64 = 6.386126845873966;
const POISSON_CR1: [f64; 3] = [0.067290399142, 0.001989106269, 0.014689366092];

#[test]
fn smokers_who_quit_logit_agrees_with_statsmodels() {
    let Some(mut columns) = read_columns("nhefs logit", "nhefs/nhefs_complete.csv", &SMOKERS)
    else {
        return;
    };
    let outcome = columns.remove(0);
    let names = names(&SMOKERS[1..]);
    let sample = Sample {
        outcome: &outcome,
        columns: &columns,
        names: &names,
        weights: Weights::Equal,
        clusters: None,
    };
    let fit = logistic::fit(&sample, &config(Errors::Classical)).unwrap();
    assert_close("b", &fit.coefficients.values(), &LOGIT, 1e-8);
    assert_close("se", &errors_of(&fit.coefficients), &LOGIT_SE, 1e-8);
    let robust = logistic::fit(&sample, &config(Errors::Hc1)).unwrap();
    // The reference leaves out the factor n/(n - p).
    let factor = (1566.0_f64 / 1561.0).sqrt();
    let unscaled: Vec<f64> = (errors_of(&robust.coefficients).iter())
        .map(|se| se / factor)
        .collect();
    assert_close("hc1", &unscaled, &LOGIT_HC1, 1e-8);
    assert!((fit.log_likelihood - LOGIT_LL).abs() < 1e-8);
    assert!((fit.null_log_likelihood - LOGIT_LL0).abs() < 1e-6);
    for (j, name) in names.iter().enumerate() {
        let slope = logistic::average_effect(&fit, &sample, (name, Change::Slope), 0.95).unwrap();
        assert_close("ame", &[slope.value], &AME[j..=j], 1e-7);
        assert_close("ame se", &[slope.standard_error], &AME_SE[j..=j], 1e-7);
    }
}

#[test]
fn cigarettes_a_day_poisson_agrees_with_statsmodels_also_clustered() {
    let wanted = ["smokeintensity", "age", "sex", "education"];
    let Some(mut columns) = read_columns("nhefs poisson", "nhefs/nhefs_complete.csv", &wanted)
    else {
        return;
    };
    let outcome = columns.remove(0);
    let clusters: Vec<usize> = columns[2].iter().map(|c| *c as usize).collect();
    columns.truncate(2);
    let names = names(&wanted[1..3]);
    let sample = Sample {
        outcome: &outcome,
        columns: &columns,
        names: &names,
        weights: Weights::Equal,
        clusters: Some(&clusters),
    };
    let fit = poisson::fit(&sample, None, &config(Errors::Classical)).unwrap();
    assert_close("b", &fit.coefficients.values(), &POISSON, 1e-8);
    assert_close("se", &errors_of(&fit.coefficients), &POISSON_SE, 1e-8);
    assert!((fit.log_likelihood - POISSON_LL).abs() < 1e-7);
    assert!((fit.dispersion - POISSON_DISPERSION).abs() < 1e-8);
    let fit = poisson::fit(&sample, None, &config(Errors::Cr1)).unwrap();
    assert_close("cluster", &errors_of(&fit.coefficients), &POISSON_CR1, 1e-7);
}

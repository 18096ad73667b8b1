//! Does the mobile phone satisfaction model give the published coefficients under all three schemes?
//!
//! SmartPLS 2.0.M3 results as kept in semPLS 1.0-10; seminr's for the model with a formative block.

use odla_stats::pls::{self, Block, Mode, PathPlan, PlsConfig, PlsFit, Scheme};

use crate::data::read_columns;

const INDICATORS: [&str; 24] = [
    "IMAG1", "IMAG2", "IMAG3", "IMAG4", "IMAG5", "CUEX1", "CUEX2", "CUEX3", "PERQ1", "PERQ2",
    "PERQ3", "PERQ4", "PERQ5", "PERQ6", "PERQ7", "PERV1", "PERV2", "CUSA1", "CUSA2", "CUSA3",
    "CUSCO", "CUSL1", "CUSL2", "CUSL3",
];

fn block(name: &str, prefix: &str, mode: Mode) -> Block {
    let indicators = INDICATORS.iter().enumerate();
    Block {
        name: name.to_owned(),
        indicators: indicators
            .filter(|(_, i)| i.starts_with(prefix))
            .map(|(number, _)| number)
            .collect(),
        mode,
    }
}

/// 0 Image, 1 Expectation, 2 Quality, 3 Value, 4 Satisfaction, 5 Complaints, 6 Loyalty.
fn plan() -> PathPlan {
    PathPlan {
        blocks: vec![
            block("Image", "IMAG", Mode::A),
            block("Expectation", "CUEX", Mode::A),
            block("Quality", "PERQ", Mode::A),
            block("Value", "PERV", Mode::A),
            block("Satisfaction", "CUSA", Mode::A),
            block("Complaints", "CUSCO", Mode::A),
            block("Loyalty", "CUSL", Mode::A),
        ],
        paths: vec![
            (0, 1),
            (1, 2),
            (1, 3),
            (2, 3),
            (0, 4),
            (1, 4),
            (2, 4),
            (3, 4),
            (4, 5),
            (0, 6),
            (4, 6),
            (5, 6),
        ],
    }
}

fn config(scheme: Scheme) -> PlsConfig {
    PlsConfig {
        scheme,
        consistent: false,
        bootstrap: 0,
        seed: 1,
        level: 0.95,
    }
}

const PATHS: [[f64; 3]; 12] = [
    [0.50491393, 0.50470564, 0.50494314],
    [0.55674896, 0.55724786, 0.55675903],
    [0.04998839, 0.05078755, 0.05017810],
    [0.55830438, 0.55721686, 0.55776245],
    [0.17873950, 0.17883348, 0.17859267],
    [0.06252287, 0.06442534, 0.06494365],
    [0.51202394, 0.51254524, 0.51297470],
    [0.19476510, 0.19181566, 0.19144526],
    [0.52806625, 0.52609731, 0.52585655],
    [0.19575534, 0.19535971, 0.19581962],
    [0.48547762, 0.48347472, 0.48305917],
    [0.06692607, 0.07123241, 0.07031057],
];

/// By block.
const LOADINGS: &[(usize, &[f64])] = &[
    (
        0,
        &[0.74520807, 0.59920038, 0.57635896, 0.76876167, 0.74445242],
    ),
    (1, &[0.77076718, 0.69124548, 0.60781262]),
    (
        2,
        &[
            0.80317813, 0.63814644, 0.78374692, 0.76947974, 0.75472136, 0.77464331, 0.77986483,
        ],
    ),
    (3, &[0.90221120, 0.93962478]),
    (4, &[0.79241243, 0.84702146, 0.85669268]),
    (5, &[1.0]),
    (6, &[0.82041320, 0.20202172, 0.91543628]),
];

const WEIGHTS: &[(usize, &[f64])] = &[
    (
        0,
        &[0.30131215, 0.25969115, 0.21792305, 0.32850357, 0.32468141],
    ),
    (1, &[0.52118068, 0.47367966, 0.44563424]),
    (
        2,
        &[
            0.21317504, 0.14472169, 0.20001771, 0.17939947, 0.17863569, 0.17912074, 0.21548153,
        ],
    ),
    (3, &[0.47928245, 0.60405602]),
    (4, &[0.36486486, 0.38315604, 0.45096120]),
    (6, &[0.46066473, 0.11426953, 0.65431059]),
];

const TOTALS: &[(usize, usize, f64)] = &[
    (0, 2, 0.28111031),
    (0, 3, 0.18218495),
    (0, 4, 0.38972664),
    (0, 5, 0.20580149),
    (0, 6, 0.39873238),
    (1, 3, 0.36082377),
    (1, 4, 0.41786755),
    (1, 5, 0.22066175),
    (1, 6, 0.21763337),
    (2, 4, 0.62076216),
    (2, 5, 0.32780354),
    (2, 6, 0.32330474),
    (3, 5, 0.10284888),
    (3, 6, 0.10143737),
    (4, 6, 0.52081902),
];

fn assert_all(what: &str, got: &[f64], expected: &[f64]) {
    assert_eq!(got.len(), expected.len(), "{what}");
    for (g, e) in got.iter().zip(expected) {
        // Eight printed digits, the last from a search that stopped a little earlier.
        assert!((g - e).abs() < 3e-8, "{what}: {g} is not {e}");
    }
}

fn total(fit: &PlsFit, from: usize, to: usize) -> f64 {
    let path = fit
        .total_effects
        .iter()
        .find(|p| (p.from, p.to) == (from, to));
    path.expect("the case is sound").coefficient.value
}

#[test]
fn mobi_thirty_six_path_coefficients_of_three_schemes_agree_with_smartpls() {
    let Some(columns) = read_columns("mobi PLS", "mobi/mobi.csv", &INDICATORS) else {
        return;
    };
    let schemes = [Scheme::Path, Scheme::Centroid, Scheme::Factorial];
    for (number, scheme) in schemes.into_iter().enumerate() {
        let fit = pls::fit(&columns, &[], &plan(), &config(scheme)).unwrap();
        let got: Vec<f64> = fit.paths.iter().map(|p| p.coefficient.value).collect();
        let expected: Vec<f64> = PATHS.iter().map(|p| p[number]).collect();
        assert_all("paths", &got, &expected);
    }
}

#[test]
fn mobi_shares_explained_loadings_weights_and_total_effects_agree() {
    let Some(columns) = read_columns("mobi PLS", "mobi/mobi.csv", &INDICATORS) else {
        return;
    };
    let fit = pls::fit(&columns, &[], &plan(), &config(Scheme::Path)).unwrap();
    let r2 = [
        0.25493808, 0.30996941, 0.34527894, 0.68107829, 0.27885396, 0.45694445,
    ];
    assert_all("r2", &fit.r2[1..], &r2);
    for (block, expected) in LOADINGS {
        assert_all("loadings", &fit.loadings[*block], expected);
    }
    for (block, expected) in WEIGHTS {
        assert_all("weights", &fit.weights[*block], expected);
    }
    for &(from, to, expected) in TOTALS {
        assert_all("total", &[total(&fit, from, to)], &[expected]);
    }
}

#[test]
fn mobi_shares_explained_under_the_centroid_scheme_agree() {
    let Some(columns) = read_columns("mobi PLS", "mobi/mobi.csv", &INDICATORS) else {
        return;
    };
    let fit = pls::fit(&columns, &[], &plan(), &config(Scheme::Centroid)).unwrap();
    let r2 = [
        0.25472778, 0.31052517, 0.34460987, 0.68028109, 0.27677838, 0.45728605,
    ];
    assert_all("r2", &fit.r2[1..], &r2);
}

/// Heterotrait-monotrait ratios and alphas computed in numpy from the definitions.
#[test]
fn mobi_reliability_and_validity_follow_their_definitions() {
    let Some(columns) = read_columns("mobi PLS", "mobi/mobi.csv", &INDICATORS) else {
        return;
    };
    let fit = pls::fit(&columns, &[], &plan(), &config(Scheme::Path)).unwrap();
    let ratios = [
        (0, 1, 0.8880304275092504),
        (0, 2, 0.928706389461735),
        (1, 2, 0.8783368741972069),
        (0, 4, 0.9101009237827413),
        (2, 4, 0.9536360119334801),
        (3, 4, 0.7408089277593942),
        (4, 6, 0.9566456745914532),
    ];
    for (one, other, expected) in ratios {
        let pair = fit.discriminant.iter();
        let pair = pair.clone().find(|d| (d.one, d.other) == (one, other));
        assert_all("htmt", &[pair.expect("mode A").htmt], &[expected]);
    }
    // Quality and satisfaction are nearly one thing in these data; value is not.
    let holds = |one, other| {
        let pair = fit.discriminant.iter();
        let pair = pair.clone().find(|d| (d.one, d.other) == (one, other));
        pair.expect("mode A").holds()
    };
    assert!(!holds(2, 4) && holds(0, 3));
    let alphas = [
        0.7228345954270826,
        0.4519025559780629,
        0.8770102452402352,
        0.8236319793525735,
        0.779195021918597,
        1.0,
        0.4723989628983812,
    ];
    let got: Vec<f64> = fit.quality.iter().map(|q| q.alpha).collect();
    assert_all("alpha", &got, &alphas);
    for (b, block) in plan().blocks.iter().enumerate() {
        for (indicator, loading) in block.indicators.iter().zip(&fit.loadings[b]) {
            assert!((fit.cross_loadings[(*indicator, b)] - loading).abs() < 1e-12);
        }
    }
}

/// The index of satisfaction by the formula on the means of the three questions, and what image does to it.
#[test]
fn mobi_indices_are_those_of_the_weighted_means() {
    let Some(columns) = read_columns("mobi PLS", "mobi/mobi.csv", &INDICATORS) else {
        return;
    };
    let plan = plan();
    let fit = pls::fit(&columns, &[], &plan, &config(Scheme::Path)).unwrap();
    let found = pls::indices(&fit, &plan, (&columns, &[]), ((1.0, 10.0), 0.9)).unwrap();
    let weights = fit.raw_weights(&plan, 4);
    let mean = |j: usize| columns[j].iter().sum::<f64>() / columns[j].len() as f64;
    let expected: f64 = (plan.blocks[4].indicators.iter().zip(&weights))
        .map(|(&j, w)| 100.0 * w * (mean(j) - 1.0) / 9.0)
        .sum();
    let index = found.indices[4].as_ref().expect("all weights are positive");
    assert!((index.index.value - expected).abs() < 1e-9);
    let image = (found.effects.iter()).find(|e| (e.from, e.to) == (0, 4));
    let points = image.expect("image leads to satisfaction").points.value;
    let ratio = found.spreads[4] / found.spreads[0];
    assert!((points - 0.38972664 * ratio).abs() < 1e-7 && points > 0.3);
}

#[test]
fn mobi_with_formed_quality_agrees_with_seminr() {
    let Some(columns) = read_columns("mobi PLS", "mobi/mobi.csv", &INDICATORS) else {
        return;
    };
    let plan = PathPlan {
        blocks: vec![
            block("Image", "IMAG", Mode::A),
            block("Expectation", "CUEX", Mode::A),
            block("Quality", "PERQ", Mode::B),
            block("Complaints", "CUSCO", Mode::A),
            block("Loyalty", "CUSL", Mode::A),
        ],
        paths: vec![(0, 1), (1, 4), (2, 4), (3, 4)],
    };
    let fit = pls::fit(&columns, &[], &plan, &config(Scheme::Path)).unwrap();
    let expected = [
        0.512876954138615,
        0.124534792831633,
        0.405693671851465,
        0.176081956818542,
    ];
    let weights = [
        0.407033650980277,
        0.166397958325427,
        0.38465728634974,
        0.0740065406659367,
        0.0521512126128109,
        -0.0862475048715799,
        0.247567714116287,
    ];
    // seminr stops when the weights change by less than 1e-7.
    for (path, expected) in fit.paths.iter().zip(expected) {
        assert!((path.coefficient.value - expected).abs() < 1e-6);
    }
    for (weight, expected) in fit.weights[2].iter().zip(weights) {
        assert!((weight - expected).abs() < 1e-5, "{weight}");
    }
}

#[test]
fn mobi_resamples_give_errors_and_the_correction_strengthens_paths() {
    let Some(columns) = read_columns("mobi PLS", "mobi/mobi.csv", &INDICATORS) else {
        return;
    };
    let config = PlsConfig {
        bootstrap: 100,
        ..config(Scheme::Path)
    };
    let fit = pls::fit(&columns, &[], &plan(), &config).unwrap();
    let image = fit.paths[0].coefficient;
    assert!((0.02..0.10).contains(&image.standard_error) && image.interval.lower > 0.3);
    let consistent = PlsConfig {
        consistent: true,
        bootstrap: 0,
        ..config
    };
    let corrected = pls::fit(&columns, &[], &plan(), &consistent).unwrap();
    assert!(corrected.paths[0].coefficient.value > image.value);
    let quality = corrected.quality[2];
    assert!(quality.alpha > 0.85 && quality.rho_a > 0.85 && quality.rho_c > 0.85);
}

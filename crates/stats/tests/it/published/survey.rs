//! Do reliability, agreement and the rules of the surveys give the known numbers?
//!
//! Figures without another source were computed from the definitions in numpy 2.4.6.

use odla_stats::regression::mixed::icc;
use odla_stats::survey::agreement::{NoAgreement, within_groups};
use odla_stats::survey::index::satisfaction_index;
use odla_stats::survey::nps::nps;
use odla_stats::survey::reliability::cronbach_alpha;
use odla_stats::survey::wallet::wallet_share;

use crate::data::read_columns;

#[track_caller]
fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} is not {want}");
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|j| format!("item {j}")).collect()
}

/// Chatterjee-Price attitude data, the first example of R psych's `alpha`, which prints 0.84, 0.84 and 0.43.
#[test]
fn attitude_alpha_and_its_items_agree() {
    let columns = [
        "rating",
        "complaints",
        "privileges",
        "learning",
        "raises",
        "critical",
        "advance",
    ];
    let Some(items) = read_columns("attitude alpha", "attitude/attitude.csv", &columns) else {
        return;
    };
    let names = columns.map(str::to_owned);
    let found = cronbach_alpha(&items, &names, None, 0.95).expect("the case is sound");
    close(found.alpha.value, 0.8431427695647598, 1e-12);
    close(found.alpha.value, 0.84, 0.005);
    close(found.standardized_alpha, 0.8390838030295105, 1e-12);
    close(found.standardized_alpha, 0.84, 0.005);
    close(found.mean_correlation, 0.42690664264971706, 1e-12);
    close(found.mean_correlation, 0.43, 0.005);
    // By changing each department's weight a little in turn.
    close(found.alpha.standard_error, 0.04287673801014981, 1e-6);
    let items = [
        (0.8097602063089212, 0.6712620572236644),
        (0.7969174572741397, 0.7421097102222386),
        (0.8278477659386587, 0.5607111114802557),
        (0.8030309750225743, 0.7144454981336763),
        (0.7953865741982049, 0.7862755938343999),
        (0.8638723114464368, 0.265034339196676),
        (0.8404648682654572, 0.4608105494684965),
    ];
    for (item, (without, rest)) in found.items.iter().zip(items) {
        close(item.alpha_without, without, 1e-12);
        close(item.rest_correlation, rest, 1e-12);
    }
}

/// Bliese, Halverson & Schriesheim 2002: leadership climate of 49 companies.
#[test]
fn soldiers_alpha_agreement_and_reliability_of_companies_agree() {
    let lead: Vec<String> = (1..=11).map(|i| format!("LEAD{i:02}")).collect();
    let mut wanted: Vec<&str> = lead.iter().map(String::as_str).collect();
    wanted.extend(["COMPID", "LEAD", "HOSTILE"]);
    let Some(mut columns) = read_columns("lq2002", "lq2002/lq2002.csv", &wanted) else {
        return;
    };
    let items: Vec<Vec<f64>> = columns.drain(..11).collect();
    let companies: Vec<usize> = columns[0].iter().map(|c| *c as usize).collect();
    let alpha = cronbach_alpha(&items, &names(11), None, 0.95).expect("the case is sound");
    close(alpha.alpha.value, 0.9022365657597657, 1e-12);
    let uniform = NoAgreement::Uniform { options: 5 };
    let several = within_groups(&items, &companies, uniform).expect("the case is sound");
    assert_eq!(several.groups.len(), 49);
    close(several.mean, 0.8677849000036264, 1e-12);
    close(several.median, 0.8701076630778974, 1e-12);
    close(several.groups[0].agreement, 0.8075272583964619, 1e-12);
    let one = within_groups(&items[..1], &companies, uniform).expect("the case is sound");
    close(one.mean, 0.4234190612312379, 1e-12);
    close(one.median, 0.42070990806945874, 1e-12);
    let climate = icc(&columns[1], &companies).expect("the case is sound");
    close(climate.icc1, 0.08795621852192657, 1e-12);
    close(climate.icc2, 0.8007543730139071, 1e-12);
    let hostility = icc(&columns[2], &companies).expect("the case is sound");
    close(hostility.icc1, 0.054004942791579365, 1e-12);
    close(hostility.icc2, 0.7040591839263854, 1e-12);
}

/// Fornell et al. 1996, the formula of the index: all lowest is 0, all highest is 100.
#[test]
fn the_satisfaction_index_runs_from_0_to_100() {
    let index = |answers: [f64; 3]| {
        let questions = answers.map(|a| vec![a; 4]);
        let weights = [0.5, 0.2, 0.3];
        let scale = (1.0, 10.0);
        let found = satisfaction_index(&questions, scale, Some(&weights), (None, 0.9));
        found.expect("the case is sound").index.value
    };
    assert_eq!(index([1.0; 3]), 0.0);
    assert_eq!(index([10.0; 3]), 100.0);
    // 100 (0.5 * 7 + 0.2 * 5 + 0.3 * 3)/9.
    close(index([8.0, 6.0, 4.0]), 60.0, 1e-12);
}

/// Keiningham et al. 2011: shares over all ranks sum to 1 for every number of brands.
#[test]
fn wallet_shares_sum_to_one_and_the_first_of_three_gets_half() {
    for brands in 1..=20 {
        let shares = (1..=brands).map(|rank| wallet_share(f64::from(rank), brands as usize));
        let sum: f64 = shares.map(|s| s.expect("the case is sound")).sum();
        close(sum, 1.0, 1e-12);
    }
    let of_three = [1.0, 2.0, 3.0].map(|rank| wallet_share(rank, 3).expect("the case is sound"));
    for (got, want) in of_three.iter().zip([1.0 / 2.0, 1.0 / 3.0, 1.0 / 6.0]) {
        close(*got, want, 1e-15);
    }
}

/// Keiningham et al. 2007: the variance of promoters less detractors.
#[test]
fn the_error_of_a_promoter_score_is_that_of_a_difference_of_shares() {
    let mut answers = vec![9.0; 45];
    answers.extend([7.0; 35]);
    answers.extend([2.0; 20]);
    let found = nps(&answers, None, 0.9).expect("the case is sound");
    close(found.score.value, 25.0, 1e-12);
    let expected = 100.0 * ((0.45_f64 + 0.20 - 0.25 * 0.25) / 100.0).sqrt();
    close(found.score.standard_error, expected, 1e-12);
}

//! Do the cases that are worked by hand in papers and textbooks come out, where no data set belongs to them?

use nalgebra::DMatrix;
use odla_stats::Interval;
use odla_stats::btyd::{HistoryRow, bg_nbd, gamma_gamma, mbg_nbd};
use odla_stats::causal::evalue;
use odla_stats::contract::{sbg, value};
use odla_stats::hidden::{TwoLists, chapman, total_under_dependence};
use odla_stats::importance::{johnson, lmg};
use odla_stats::multiplicity::{benjamini_hochberg, benjamini_yekutieli};
use odla_stats::survey::weights::effective_size;

#[track_caller]
fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} is not {want}");
}

/// S. Gupta, D. R. Lehmann, J. A. Stuart. Valuing customers. *Journal of Marketing Research* 41 (2004): margin multiple r / (1 + i - r),
/// and r / (1 + i - r (1 + g)) when margins grow.
#[test]
fn margin_multiples_of_constant_retention_are_those_of_gupta_lehmann_stuart_2004() {
    const YEARS: usize = 2_000;
    // Their margin is received at the end of each year by those who have stayed; ours at the middle of it, by those there when it begins.
    let multiple = |retention: f64, growth: f64| {
        let margins: Vec<f64> = (0..YEARS).map(|t| (1.0 + growth).powi(t as i32)).collect();
        let hazards = vec![1.0 - retention; YEARS];
        let ours = value::expected_margin(&hazards, &margins, 0.10).expect("sound");
        ours * retention / 1.1_f64.sqrt()
    };
    close(multiple(0.80, 0.0), 2.667, 5e-4);
    close(multiple(0.90, 0.0), 4.5, 1e-9);
    close(multiple(0.80, 0.05), 0.80 / (1.10 - 0.84), 1e-9);
}

/// T. J. VanderWeele, P. Ding. Sensitivity analysis in observational research. *Annals of Internal Medicine* 167 (2017).
#[test]
fn e_values_are_the_printed_pairs() {
    let range = |lower: f64, upper: f64| Interval {
        lower,
        upper,
        level: 0.95,
    };
    let found = evalue::of_risk_ratio(3.9, range(2.4, 8.7)).expect("sound");
    close(found.estimate, 7.263, 5e-4);
    close(found.limit, 4.233, 5e-4);
    let found = evalue::of_risk_ratio(3.8, range(1.0, 9.0)).expect("sound");
    close(found.estimate, 7.06, 5e-3);
    // A common outcome: the root of the odds ratio; a difference of means: exp(0.91 d).
    let odds = evalue::of_odds_ratio(3.9 * 3.9, range(2.4 * 2.4, 8.7 * 8.7), true).expect("sound");
    close(odds.estimate, 7.263, 5e-4);
    let sd = 0.91 / 3.9_f64.ln();
    let means = evalue::of_difference(1.0, range(0.5, 1.5), sd).expect("sound");
    close(means.estimate, 7.263, 5e-4);
}

/// Two drivers: `LMG_1 = (R²_1 + R²_12 - R²_2) / 2`, which is Johnson's weight too.
#[test]
fn shares_of_two_drivers_are_half_the_sum_of_first_and_last() {
    let c = DMatrix::from_row_slice(3, 3, &[1.0, 0.3, 0.5, 0.3, 1.0, 0.4, 0.5, 0.4, 1.0]);
    let both = (0.25 + 0.16 - 2.0 * 0.3 * 0.5 * 0.4) / (1.0 - 0.09);
    let first = (0.25 + both - 0.16) / 2.0;
    close(lmg::shares(&c).expect("sound")[0], first, 1e-14);
    close(johnson::weights(&c).expect("sound")[0], first, 1e-12);
}

/// `[FHL2005]` eq. 7 on the printed estimates: who has never bought again is never gone; half of the others' silence is worked by hand.
#[test]
fn bg_nbd_takes_customers_without_repeats_for_alive_and_mbg_does_not() {
    let never = HistoryRow {
        frequency: 0,
        recency: 0.0,
        observed: 39.0,
    };
    let (r, alpha, a, b) = (0.243, 4.414, 0.793, 2.426);
    let bg = bg_nbd::BgNbd { r, alpha, a, b };
    assert_eq!(bg.p_alive(never), 1.0);
    let row = HistoryRow {
        frequency: 2,
        recency: 30.43,
        observed: 38.86,
    };
    let ratio = (alpha + 38.86) / (alpha + 30.43);
    let odds = a / (b + 1.0) * f64::powf(ratio, r + 2.0);
    close(bg.p_alive(row), 1.0 / (1.0 + odds), 1e-12);
    let mbg = mbg_nbd::MbgNbd { r, alpha, a, b };
    assert!(mbg.p_alive(never) < 1.0);
}

/// `[FH2013]`: `E[M] = (q - 1)/(p x + q - 1) v p/(q - 1) + p x/(p x + q - 1) z` on the printed estimates.
#[test]
fn expected_spend_weighs_the_population_and_the_own_mean() {
    let fit = gamma_gamma::GammaGamma {
        p: 6.25,
        q: 3.74,
        v: 15.44,
    };
    let (x, z) = (2.0, 22.35);
    let own = fit.p * x / (fit.p * x + fit.q - 1.0);
    let all = fit.v * fit.p / (fit.q - 1.0);
    let expected = fit.expected_value(x, z).expect("there is a mean");
    close(expected, (1.0 - own) * all + own * z, 1e-12);
    // The printed 24.65 comes from estimates with more digits.
    close(expected, 24.65, 0.02);
    close(fit.population_mean().expect("there is one"), 35.22, 0.01);
}

/// `[FH2007]`: `r_t = (beta + t - 1) / (alpha + beta + t - 1)` on the estimates of the paper's two cohorts.
#[test]
fn retention_of_the_two_cohorts_rises_as_the_formula_says() {
    let regular = sbg::Sbg {
        alpha: 0.7041,
        beta: 1.1820,
    };
    let high_end = sbg::Sbg {
        alpha: 0.6681,
        beta: 3.8061,
    };
    close(regular.retention(1), 1.1820 / 1.8861, 1e-12);
    close(regular.retention(7), 7.1820 / 7.8861, 1e-12);
    close(high_end.retention(1), 3.8061 / 4.4742, 1e-12);
    close(
        regular.survival(2),
        regular.retention(1) * regular.retention(2),
        1e-12,
    );
}

/// Chapman's total and variance by hand for 100 and 60 on two lists, 20 of them on both.
#[test]
fn two_lists_give_chapmans_total_and_dependence_its_range() {
    let lists = TwoLists {
        first: 100.0,
        second: 60.0,
        both: 20.0,
    };
    let (total, _) = chapman(&lists, 0.90).expect("sound");
    close(total.value, 101.0 * 61.0 / 21.0 - 1.0, 1e-9);
    let variance: f64 = 101.0 * 61.0 * 80.0 * 40.0 / (21.0 * 21.0 * 22.0);
    close(total.standard_error, variance.sqrt(), 1e-9);
    let range = total_under_dependence(&lists, &[0.5, 1.0, 4.0], 0.90).expect("sound");
    let hidden = |at: usize| range.totals[at].1.value - 140.0;
    close(hidden(0) / hidden(1), 0.5, 1e-9);
    close(hidden(2) / hidden(1), 4.0, 1e-9);
}

/// `(Σ w)² / Σ w²`, and the step-up rule on ten p-values.
#[test]
fn unequal_weights_and_many_tests_cost_what_the_formulas_say() {
    close(effective_size(&[1.0, 1.0, 2.0, 4.0]), 64.0 / 22.0, 1e-12);
    let p = [
        0.001, 0.008, 0.039, 0.041, 0.042, 0.06, 0.074, 0.205, 0.212, 0.216,
    ];
    let q = benjamini_hochberg(&p);
    close(q[0], 0.01, 1e-12);
    close(q[1], 0.04, 1e-12);
    // The third and fourth are drawn down by the fifth: 0.042 * 10 / 5.
    close(q[2], 0.084, 1e-12);
    close(q[3], 0.084, 1e-12);
    close(q[9], 0.216, 1e-12);
    let harmonic: f64 = (1..=10).map(|i| 1.0 / f64::from(i)).sum();
    close(benjamini_yekutieli(&p)[0], 0.01 * harmonic, 1e-12);
}

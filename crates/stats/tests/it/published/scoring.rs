//! Are known values of the scores reproduced?

use odla_stats::scoring::{Bins, brier, crps_normal, crps_of_draws, interval_coverage, log_score};

#[track_caller]
fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} is not {want}");
}

/// Gneiting and Raftery 2007, equation 5: N(0, 1) and outcome 0 gives (√2 - 1)/√π.
#[test]
fn the_score_of_a_standard_normal_forecast_is_its_closed_form() {
    let same = |value: f64| [value, value];
    let at = |outcome: f64| {
        crps_normal(&same(0.0), &same(1.0), &same(outcome), 0.9)
            .expect("scores")
            .value
    };
    close(
        at(0.0),
        (2.0_f64.sqrt() - 1.0) / std::f64::consts::PI.sqrt(),
        1e-15,
    );
    close(at(1.0), 0.602_441_357_627_616, 1e-12);
    close(at(-1.0), at(1.0), 1e-15);
    close(
        crps_normal(&same(3.0), &same(0.0), &same(5.0), 0.9)
            .expect("scores")
            .value,
        2.0,
        0.0,
    );
}

/// Half of the outcomes happen and 0.5 is always said: Brier score 0.25, log score ln 2.
#[test]
fn ignorance_scores_a_quarter_and_the_logarithm_of_two() {
    let happened = [true, false, true, false];
    let score = brier(&[0.5; 4], &happened, Bins::Distinct, 0.9).expect("scores");
    assert_eq!(
        (score.score.value, score.skill, score.resolution),
        (0.25, 0.0, 0.0)
    );
    close(
        log_score(&[0.5; 4], &happened, 0.9).expect("scores").value,
        2.0_f64.ln(),
        1e-15,
    );
    let sure = [1.0, 0.0, 1.0, 0.0];
    assert_eq!(log_score(&sure, &happened, 0.9).expect("scores").value, 0.0);
    assert!(
        log_score(&[0.0; 4], &happened, 0.9)
            .expect("scores")
            .value
            .is_infinite()
    );
}

/// By hand: draws 1, 2, 4 and outcome 3: 4/3 - 1/2 (2 (1 + 3 + 2))/9; fair with 6 in place of 9.
#[test]
fn the_score_of_draws_is_the_one_by_hand() {
    let draws = vec![vec![4.0, 1.0, 2.0]; 2];
    let score = |fair| {
        crps_of_draws(&draws, &[3.0, 3.0], fair, 0.9)
            .expect("scores")
            .value
    };
    close(score(false), 4.0 / 3.0 - 6.0 / 9.0, 1e-12);
    close(score(true), 4.0 / 3.0 - 1.0, 1e-12);
}

#[test]
fn a_range_that_misses_by_one_costs_its_width_and_the_penalty() {
    let seen =
        interval_coverage((&[0.0, 0.0], &[2.0, 2.0]), &[1.0, 3.0], (0.90, 0.90)).expect("scores");
    close(seen.score.value, 2.0 + 0.5 * 20.0, 1e-12);
    assert_eq!(
        (seen.share.value, seen.below, seen.above, seen.mean_width),
        (0.5, 0.0, 0.5, 2.0)
    );
}

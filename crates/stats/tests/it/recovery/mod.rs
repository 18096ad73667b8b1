//! Are known truths found again, at the rate that the intervals claim?

mod btyd;
mod bunching;
mod causal;
mod causal_choice;
mod causal_doubt;
mod causal_time;
mod causal_trials;
mod contract;
mod covariates;
mod hidden;
mod importance;
mod kinds;
mod measuring;
mod regression;
mod scoring;
mod staffing;
mod survey;
mod survival;

/// Fails when `hits` of `tries` lie further from the nominal rate than chance allows (3.5 standard deviations).
#[track_caller]
pub fn assert_coverage(what: &str, (hits, tries): (u64, u64), level: f64) {
    let rate = hits as f64 / tries as f64;
    let error = (level * (1.0 - level) / tries as f64).sqrt();
    assert!(
        (rate - level).abs() <= 3.5 * error,
        "{what}: {rate} of {tries} for {level}"
    );
}

//! Are known truths found again, at the rate that the intervals claim?
//!
//! Every interval and every test that the crate tells, and where it is held to its level:
//!
//! | interval or test | where |
//! |---|---|
//! | parameters of NBD, BG/NBD, MBG/NBD, Pareto/NBD, BG/BB, Gamma-Gamma | [`btyd`] |
//! | totals ahead (expected and realized), spend in them | [`btyd`] |
//! | value of a single customer | [`figures`] |
//! | effects of covariates on buying and dropout, expectations with them | [`covariates`] |
//! | sBG, beta-discrete-Weibull | [`contract`] |
//! | retention, share left and renewals ahead that follow from a fit (`derive_share`, `derive_positive`) | [`figures`] |
//! | discrete-time hazard, its predictions, contract values, competing ends | [`contract`] |
//! | Gaussian frailty: effect, deviation; test of no frailty | [`kinds`]; [`figures`] |
//! | Cox plain and robust, null columns; gamma frailty: effects, variance, test of no frailty | [`survival`] |
//! | survival curve, median, cumulative hazard, proportionality; cumulative incidence | [`measuring`]; [`kinds`] |
//! | least squares with few clusters, within and between, average effects | [`regression`] |
//! | logistic and Poisson coefficients, null columns | [`figures`] |
//! | negative binomial with its spread and test, ordinal, ridge, wild bootstrap, random slopes | [`kinds`] |
//! | shares of drivers (LMG, Johnson), effects, R², null drivers | [`importance`] |
//! | penalty, reward, asymmetry | [`figures`] |
//! | paths, total effects, ratios of discriminant validity, points of an index per point | [`measuring`] |
//! | promoter score and differences, shares, groups drawn together | [`measuring`] |
//! | satisfaction index; Kano's shares and strengths (coefficients: [`survey`]) | [`figures`] |
//! | alpha, choices, best-worst, conjoint | [`survey`] |
//! | false finds among many tests | [`figures`] |
//! | planned arms, drift that is not there | [`measuring`] |
//! | trials: foreknowledge, strata, pairs, clusters, power, looks at any time, betting | [`causal`], [`causal_trials`] |
//! | adjusted effects (AIPW, DML), dose curve, change, best dose and its gain, flat curve | [`causal`], [`causal_choice`] |
//! | instruments and the robust set, agreement, habits, hidden bias, negative controls | [`causal_doubt`] |
//! | staggered starts (against two-way fixed effects), single starts and periods, placebo before the start, bands, mixes, lags, early signals and their channels | [`causal_time`] |
//! | totals from two and three lists | [`hidden`] |
//! | bunching: excess, missing, moved, created, no excess, share of the last days | [`bunching`] |
//! | calibration, evenness within forecasts, coverage of ranges; Brier score and rates of bins | [`scoring`]; [`figures`] |
//!
//! Ranges over draws that the caller gives (the best minutes, the gain and regret of a plan) are percentiles of those draws and hold what the draws hold.

mod btyd;
mod bunching;
mod causal;
mod causal_choice;
mod causal_doubt;
mod causal_time;
mod causal_trials;
mod contract;
mod covariates;
mod figures;
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

//! Do cohorts and times until an event give the published fits?

use crate::data::{cautions, close, columns, file, fit, params, roles};
use odla_fit::Options;

/// Customers left after 0-7 renewals of the Regular cohort of Fader & Hardie 2007, table 1.
const REGULAR: [u32; 8] = [1000, 631, 468, 382, 326, 289, 262, 241];
const HIGH_END: [u32; 8] = [1000, 869, 743, 653, 593, 551, 517, 491];

fn survivors(first_period: usize, left: &[u32]) -> String {
    let rows = left
        .iter()
        .enumerate()
        .map(|(at, left)| format!("{},{left}\n", first_period + at));
    format!("period,survivors\n{}", rows.collect::<String>())
}

#[test]
fn sbg_on_seven_renewals_is_fader_hardie_2007() {
    for (left, alpha, beta, log_likelihood) in [
        (&REGULAR, 0.7041, 1.1820, -1680.27),
        (&HIGH_END, 0.6681, 3.8061, -1611.16),
    ] {
        for first_period in [0, 1] {
            let fitted = fit(
                "sbg",
                &columns(&survivors(first_period, left)),
                &Options::standard(),
            );
            params(&fitted, &[("alpha", alpha), ("beta", beta)], 1e-4);
            close(
                fitted.log_likelihood.expect("has one"),
                log_likelihood,
                0.01,
            );
        }
    }
}

#[test]
fn lost_and_remaining_say_the_same_as_survivors() {
    let mut text = "period,lost,remaining\n".to_owned();
    for (at, pair) in REGULAR.windows(2).enumerate() {
        text += &format!("{},{},{}\n", at + 1, pair[0] - pair[1], pair[1]);
    }
    let fitted = fit("sbg", &columns(&text), &Options::standard());
    params(&fitted, &[("alpha", 0.7041), ("beta", 1.1820)], 1e-4);
}

#[test]
fn cohorts_of_a_group_are_fitted_together_and_forecast_apart() {
    let mut text = "cohort,period,survivors\n".to_owned();
    for (name, left) in [("first", &REGULAR[..]), ("second", &REGULAR[..5])] {
        for (at, left) in left.iter().enumerate() {
            text += &format!("{name},{at},{left}\n");
        }
    }
    let options = Options {
        group: Some("cohort".to_owned()),
        predict: Some(3.0),
        ..Options::standard()
    };
    let fitted = fit("bdw", &columns(&text), &options);
    assert_eq!(fitted.n, 2000.0);
    let rows = fitted.predictions.expect("asked for");
    assert_eq!(
        rows.column("renewal").expect("column"),
        [8.0, 9.0, 10.0, 5.0, 6.0, 7.0]
    );
    let left = rows.column("expected_left").expect("column");
    close(left[3], 289.0, 10.0);
}

#[test]
fn a_rising_or_broken_cohort_is_refused_by_line() {
    for (text, key) in [
        ("period,survivors\n0,10\n1,12\n", "fit.out_of_range"),
        ("period,survivors\n0,10\n2,8\n", "fit.out_of_range"),
        ("period,survivors\n0,10\n1,-1\n", "fit.out_of_range"),
        ("period,lost\n1,10\n2,8\n", "fit.role_missing"),
    ] {
        let error =
            odla_fit::run("sbg", &columns(text), &Options::standard()).expect_err("refused");
        assert_eq!(error.key(), key, "{text}");
    }
}

#[test]
fn cox_on_lung_is_that_of_an_independent_program() {
    let Some(lung) = file("cox", "lung/lung.csv") else {
        return;
    };
    let options = Options {
        covariates: ["age", "sex", "ph.ecog"].map(str::to_owned).to_vec(),
        ..roles(&["time=time", "event=status"])
    };
    let fitted = fit("cox", &lung, &options);
    params(
        &fitted,
        &[
            ("age", 0.011_066_726_7),
            ("sex", -0.552_610_408_4),
            ("ph.ecog", 0.463_728_142_7),
        ],
        1e-5,
    );
    close(
        fitted.standard_error("age").expect("has one"),
        0.009_267_410_3,
        1e-8,
    );
    close(
        fitted.standard_error("sex").expect("has one"),
        0.167_738_996_1,
        1e-7,
    );
    close(
        fitted.log_likelihood.expect("has one"),
        -729.230_121_374_945_5,
        1e-6,
    );
    close(
        fitted.extra["likelihood_ratio"].as_f64().expect("number"),
        30.500_668_772_989_23,
        1e-6,
    );
    close(
        fitted.extra["concordance"].as_f64().expect("number"),
        0.637_135_493_0,
        1e-6,
    );
    assert_eq!(fitted.n, 227.0);
    assert!(cautions(&fitted).contains(&"fit.rows_left_out"));
}

#[test]
fn the_median_of_lung_is_310_days_in_both_sexes_apart_too() {
    let Some(lung) = file("kaplan-meier", "lung/lung.csv") else {
        return;
    };
    let named = roles(&["time=time", "event=status"]);
    let whole = fit("kaplan-meier", &lung, &named);
    close(whole.param("median").expect("has one"), 310.0, 0.0);
    assert_eq!(whole.extra["events"], 165);
    let options = Options {
        group: Some("sex".to_owned()),
        ..named
    };
    let apart = fit("kaplan-meier", &lung, &options);
    params(&apart, &[("1", 270.0), ("2", 426.0)], 0.0);
}

#[test]
fn a_hazard_in_periods_is_near_the_hazard_in_days() {
    let Some(lung) = file("hazard", "lung/lung.csv") else {
        return;
    };
    let options = Options {
        covariates: ["age", "sex", "ph.ecog"].map(str::to_owned).to_vec(),
        ..roles(&["time=time", "event=status"])
    };
    let (cox, hazard) = (fit("cox", &lung, &options), fit("hazard", &lung, &options));
    for name in ["age", "sex", "ph.ecog"] {
        let spread = cox.standard_error(name).expect("has one");
        close(
            hazard.param(name).expect("has one"),
            cox.param(name).expect("has one"),
            0.25 * spread,
        );
        close(
            hazard.standard_error(name).expect("has one"),
            spread,
            0.1 * spread,
        );
    }
    assert_eq!(hazard.extra["events"], 164.0);
    assert!(
        odla_fit::run(
            "hazard",
            &columns("time,event\n1.5,1\n2,0\n"),
            &Options::standard()
        )
        .is_err()
    );
}

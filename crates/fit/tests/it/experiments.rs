//! Does a randomized trial give the differences of means with Welch's standard errors?

use crate::data::{close, columns, file, fit, params};
use odla_fit::Options;

fn trial(outcome: &str) -> Options {
    Options {
        outcome: Some(outcome.to_owned()),
        treatment: Some("segment".to_owned()),
        control: Some("No E-Mail".to_owned()),
        ..Options::standard()
    }
}

#[test]
fn hillstrom_gives_one_effect_per_arm_with_welch_errors() {
    let Some(hillstrom) = file("effect rct", "hillstrom/hillstrom.csv") else {
        return;
    };
    let visit = fit("effect", &hillstrom, &trial("visit"));
    params(
        &visit,
        &[
            ("Mens E-Mail", 0.076_589_56),
            ("Womens E-Mail", 0.045_233_11),
        ],
        1e-6,
    );
    close(
        visit.standard_error("Mens E-Mail").expect("has one"),
        0.003_385_89,
        1e-7,
    );
    close(
        visit.standard_error("Womens E-Mail").expect("has one"),
        0.003_234_46,
        1e-7,
    );
    assert_eq!(visit.extra["groups"]["No E-Mail"]["n"], 21_306);
    let spend = fit("effect", &hillstrom, &trial("spend"));
    params(&spend, &[("Mens E-Mail", 0.769_827_16)], 1e-6);
    close(
        spend.standard_error("Mens E-Mail").expect("has one"),
        0.145_246_56,
        1e-6,
    );
}

#[test]
fn what_was_known_before_makes_the_effect_of_a_trial_sharper() {
    let mut text = "arm,before,after\n".to_owned();
    for i in 0..400_u32 {
        let before = f64::from((i * 37) % 101);
        let noise = f64::from((i * 53) % 17) / 10.0;
        let treated = i % 2;
        text += &format!(
            "{treated},{before},{}\n",
            2.0 * before + noise + 5.0 * f64::from(treated)
        );
    }
    let columns = columns(&text);
    let plain = Options {
        outcome: Some("after".to_owned()),
        treatment: Some("arm".to_owned()),
        ..Options::standard()
    };
    let adjusted = Options {
        covariates: vec!["before".to_owned()],
        design: Some("cuped".to_owned()),
        ..plain.clone()
    };
    let (plain, adjusted) = (
        fit("effect", &columns, &plain),
        fit("effect", &columns, &adjusted),
    );
    close(adjusted.param("effect").expect("one arm"), 5.0, 0.2);
    let error = |fitted: &odla_fit::Fitted| fitted.standard_error("effect").expect("has one");
    assert!(error(&adjusted) < error(&plain) / 50.0);
    assert!(adjusted.extra["interval"]["lower"].as_f64() < Some(5.0));
}

#[test]
fn nhefs_gives_the_unadjusted_difference_and_an_adjusted_one_near_the_published() {
    let Some(nhefs) = file("effect aipw", "nhefs/nhefs_complete.csv") else {
        return;
    };
    let plain = Options {
        outcome: Some("wt82_71".to_owned()),
        treatment: Some("qsmk".to_owned()),
        ..Options::standard()
    };
    let unadjusted = fit("effect", &nhefs, &plain);
    close(
        unadjusted.param("effect").expect("one arm"),
        2.540_581_454_955_888_5,
        1e-12,
    );
    assert!(unadjusted.extra["e_value"].is_null());
    let names = [
        "sex",
        "race",
        "age",
        "school",
        "smokeintensity",
        "smokeyrs",
        "exercise",
        "active",
        "wt71",
    ];
    let adjusted = Options {
        covariates: names.map(str::to_owned).to_vec(),
        design: Some("aipw".to_owned()),
        ..plain
    };
    let adjusted = fit("effect", &nhefs, &adjusted);
    // Weighting gives 3.44, standardization 3.5 in What If, there with squares of the continuous covariates.
    close(adjusted.param("effect").expect("one arm"), 3.4, 0.25);
    close(
        adjusted.standard_error("effect").expect("has one"),
        0.48,
        0.08,
    );
    assert!(adjusted.extra["overlap"]["share_outside"].as_f64() < Some(0.02));
    assert!(
        adjusted.extra["e_value"]["estimate"].as_f64()
            > adjusted.extra["e_value"]["limit"].as_f64()
    );
    close(
        adjusted.extra["details"]["unadjusted"]
            .as_f64()
            .expect("number"),
        2.540_581_454_955_888_5,
        1e-9,
    );
}

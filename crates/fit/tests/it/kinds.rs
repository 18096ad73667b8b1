//! Do covariates of buying, regressions of every kind, competing ends and shared frailty come through the face?

use crate::data::{cautions, close, columns, file, fit, params, roles};
use odla_fit::Options;

fn explained(outcome: &str, by: &[&str]) -> Options {
    Options {
        outcome: Some(outcome.to_owned()),
        covariates: by.iter().map(|name| (*name).to_owned()).collect(),
        ..Options::standard()
    }
}

#[test]
fn counts_and_answers_give_the_fits_of_an_independent_program() {
    let Some(nhefs) = file("nhefs kinds", "nhefs/nhefs_complete.csv") else {
        return;
    };
    let options = explained("smokeintensity", &["age", "sex"]);
    let counted = fit("negative-binomial", &nhefs, &options);
    params(
        &counted,
        &[
            ("(intercept)", 3.284_316_308),
            ("age", -0.003_093_898_55),
            ("sex", -0.266_296_843),
            ("alpha", 0.307_807_162),
        ],
        1e-5,
    );
    close(
        counted.log_likelihood.expect("has one"),
        -5_968.138_448_66,
        1e-6,
    );
    let poisson = fit("poisson", &nhefs, &options);
    assert!(cautions(&poisson).contains(&"statistics.overdispersion"));
    let options = explained("education", &["age", "sex", "wt71"]);
    let answers = fit("ordinal", &nhefs, &options);
    params(
        &answers,
        &[("age", -0.045_085_955), ("sex", 0.039_208_84)],
        1e-4,
    );
    let probit = Options {
        design: Some("probit".to_owned()),
        ..options
    };
    params(
        &fit("ordinal", &nhefs, &probit),
        &[("age", -0.025_863_976)],
        1e-4,
    );
    let clustered = Options {
        group: Some("education".to_owned()),
        bootstrap: Some(99),
        ..explained("wt82_71", &["qsmk", "age"])
    };
    let linear = fit("linear", &nhefs, &clustered);
    assert_eq!(linear.extra["errors"], "cr2");
    assert!(
        linear.extra["wild_cluster"]["qsmk"]["p_value"]
            .as_f64()
            .expect("number")
            < 0.2
    );
    let logistic = fit("logistic", &nhefs, &explained("qsmk", &["age", "sex"]));
    assert!(logistic.extra["average_effects"]["age"]["value"].is_number());
    let ridge = fit(
        "ridge",
        &nhefs,
        &explained("wt82_71", &["qsmk", "age", "wt71"]),
    );
    assert!(cautions(&ridge).contains(&"statistics.penalized"));
}

#[test]
fn columns_of_the_customer_move_rate_and_dropout() {
    let mut text = "x,t_x,T,segment\n".to_owned();
    for i in 0..400 {
        let large = i % 2 == 0;
        let x = if large { 2 + i % 5 } else { i % 3 };
        let last = if x == 0 {
            0.0
        } else {
            10.0 + f64::from(i % 17)
        };
        text += &format!(
            "{x},{last},{},{}\n",
            30 + i % 9,
            if large { "large" } else { "small" }
        );
    }
    let options = Options {
        covariates: vec!["segment".to_owned()],
        predict: Some(10.0),
        ..Options::standard()
    };
    for method in ["bg-nbd", "mbg-nbd", "pareto-nbd", "nbd"] {
        let fitted = fit(method, &columns(&text), &options);
        let small = fitted.param("purchase:segment=small").expect("has one");
        assert!(small < -0.5, "{method} {small}");
        assert_eq!(
            fitted.param("dropout:segment=small").is_some(),
            method != "nbd"
        );
        assert!(fitted.extra["likelihood_ratio"].as_f64().expect("number") > 10.0);
        let rows = fitted.predictions.expect("asked for");
        let expected = rows.column("expected_purchases").expect("column");
        assert!(
            expected
                .iter()
                .all(|value| value.is_finite() && *value >= 0.0)
        );
    }
    let only_rate = roles(&["rate=segment"]);
    let fitted = fit("bg-nbd", &columns(&text), &only_rate);
    assert!(fitted.param("dropout:segment=small").is_none());
    let raw = "customer,date,a\n1,2026-01-01,2\n1,2026-02-01,2\n";
    let refused = Options {
        covariates: vec!["a".to_owned()],
        ..Options::standard()
    };
    let error = odla_fit::run("bg-nbd", &columns(raw), &refused).expect_err("refused");
    assert_eq!(error.key(), "fit.role_missing");
    let holed = text.replacen("large", "", 1);
    let error = odla_fit::run("bg-nbd", &columns(&holed), &options).expect_err("refused");
    assert_eq!(error.key(), "fit.missing");
}

#[test]
fn ways_to_end_are_told_apart_and_sum_with_survival_to_one() {
    let text = "time,event\n1,moved\n2,rival\n2,0\n3,moved\n4,censored\n5,rival\n";
    let options = Options {
        predict: Some(3.0),
        ..Options::standard()
    };
    let fitted = fit("aalen-johansen", &columns(text), &options);
    params(
        &fitted,
        &[("moved", 1.0 / 6.0 + 2.0 / 9.0), ("rival", 1.0 / 6.0)],
        1e-12,
    );
    let nobody = "time,event\n1,0\n2,no\n";
    let error = odla_fit::run("aalen-johansen", &columns(nobody), &options).expect_err("refused");
    assert_eq!(error.key(), "statistics.all_censored");
}

#[test]
fn what_groups_share_is_told_as_frailty_and_slopes() {
    let mut text = "time,event,x,customer\n".to_owned();
    let mut values = "value,team,x\n".to_owned();
    for i in 0..360 {
        let group = i % 24;
        let weak = group % 4 == 0;
        let ends = (i * 7919 + group * 31) % 100 < if weak { 85 } else { 25 };
        text += &format!(
            "{},{},{},{group}\n",
            1 + (i / 24) % 6,
            u8::from(ends),
            (i % 7) / 3
        );
        let x = f64::from(i / 24);
        let slope = 0.5 + 0.1 * f64::from(group % 5);
        let noise = f64::from((i * 7919) % 101) / 50.0;
        values += &format!("{},{group},{x}\n", slope * x + f64::from(group % 3) + noise);
    }
    let options = Options {
        covariates: vec!["x".to_owned()],
        group: Some("customer".to_owned()),
        ..Options::standard()
    };
    let fitted = fit("hazard", &columns(&text), &options);
    assert!(fitted.param("frailty").expect("has one") > 0.3);
    assert!(fitted.extra["frailty"]["p_value"].as_f64().expect("number") < 0.01);
    let clustered = fit("cox", &columns(&text), &options);
    assert!(clustered.standard_error("x").expect("has one") > 0.0);
    let shared = Options {
        group: None,
        ..options.clone()
    };
    let shared = Options {
        columns: roles(&["frailty=customer"]).columns,
        ..shared
    };
    let fitted = fit("cox", &columns(&text), &shared);
    let variance = fitted.param("frailty").expect("has one");
    let told = &fitted.extra["frailty"];
    assert!(variance > 0.1 && told["p_value"].as_f64().expect("number") < 0.01);
    assert!(told["interval"]["lower"].as_f64().expect("number") > 0.0);
    let of = |group: &str| told["of_groups"][group].as_f64().expect("number");
    assert!(of("4") > 1.2 && of("5") < 1.0);
    let options = Options {
        group: Some("team".to_owned()),
        ..roles(&["slope=x"])
    };
    let fitted = fit("mixed", &columns(&values), &options);
    close(fitted.param("x").expect("has one"), 0.69, 0.03);
    let deviation = fitted.extra["variance"]["slope_deviation"]
        .as_f64()
        .expect("number");
    close(deviation, 0.14, 0.03);
}

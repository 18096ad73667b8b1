//! Do the shares of explained variance agree with those computed by full enumeration?

use crate::data::{cautions, close, columns, file, fit, params};
use odla_fit::Options;

fn of(outcome: &str) -> Options {
    Options {
        outcome: Some(outcome.to_owned()),
        ..Options::standard()
    }
}

#[test]
fn swiss_fertility_gives_the_enumerated_shares() {
    let Some(swiss) = file("drivers swiss", "swiss/swiss.csv") else {
        return;
    };
    let fitted = fit("drivers", &swiss, &of("Fertility"));
    let shares = [
        ("Agriculture", 0.057_091_22),
        ("Examination", 0.171_173_03),
        ("Education", 0.260_134_68),
        ("Catholic", 0.105_570_15),
        ("Infant.Mortality", 0.112_765_92),
    ];
    params(&fitted, &shares, 1e-6);
    close(
        fitted.extra["r2"].as_f64().expect("number"),
        0.706_735_0,
        1e-6,
    );
    assert_eq!(
        fitted.extra["columns_of_words_left_out"],
        serde_json::json!(["province"])
    );
    assert_eq!(fitted.params.len(), 5);
}

#[test]
fn swiss_education_is_ahead_of_three_others_in_every_set() {
    let Some(swiss) = file("drivers dominance", "swiss/swiss.csv") else {
        return;
    };
    let fitted = fit("drivers", &swiss, &of("Fertility"));
    let over = &fitted.extra["dominance"]["Education"]["over"];
    let ahead = |name: &str| over[name]["completely"] == true;
    assert!(ahead("Agriculture") && ahead("Examination") && ahead("Catholic"));
    assert!(!ahead("Infant.Mortality") && over["Infant.Mortality"]["generally"] == true);
    let gains = &fitted.extra["dominance"]["Education"]["gains"];
    close(
        gains[0].as_f64().expect("number"),
        0.440_615_646_723_923_3,
        1e-9,
    );
}

#[test]
fn attitude_rating_gives_the_enumerated_shares_and_names_few_answers() {
    let Some(attitude) = file("drivers attitude", "attitude/attitude.csv") else {
        return;
    };
    let options = Options {
        bootstrap: Some(100),
        ..of("rating")
    };
    let fitted = fit("drivers", &attitude, &options);
    let shares = [
        ("complaints", 0.370_816_19),
        ("privileges", 0.050_903_79),
        ("learning", 0.155_765_99),
        ("raises", 0.120_345_08),
        ("critical", 0.006_588_72),
        ("advance", 0.028_182_21),
    ];
    params(&fitted, &shares, 1e-6);
    close(
        fitted.extra["r2"].as_f64().expect("number"),
        0.732_602_0,
        1e-6,
    );
    let johnson: f64 = fitted.extra["johnson"]
        .as_object()
        .expect("by name")
        .values()
        .filter_map(|v| v.as_f64())
        .sum();
    close(johnson, 0.732_602_0, 1e-6);
    let ranks = fitted.extra["rank_intervals"]["complaints"]
        .as_array()
        .expect("two ranks");
    assert_eq!(ranks[0], 1);
    assert_eq!(cautions(&fitted), ["statistics.few_observations"]);
    assert_eq!(
        fit("drivers", &attitude, &options),
        fitted,
        "same seed, same bytes"
    );
}

#[test]
fn a_respondent_who_was_asked_half_counts_with_that_half() {
    let mut text = "satisfied,price,service\n".to_owned();
    for i in 0..60 {
        let price = if i % 6 == 0 {
            String::new()
        } else {
            format!("\"{},5\"", (i * 7) % 10)
        };
        text += &format!("{},{price},{}\n", (i * 7) % 10 + (i * 13) % 4, (i * 11) % 9);
    }
    let fitted = fit("drivers", &columns(&text), &of("satisfied"));
    assert_eq!(fitted.n, 60.0);
    assert_eq!(fitted.extra["answers"]["price"]["n"], 50);
}

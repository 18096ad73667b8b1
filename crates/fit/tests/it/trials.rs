//! Are trials drawn, planned, watched and doubted from a plain file as the statistics say?

use crate::data::{cautions, close, columns, fit, roles};
use odla_fit::{Columns, Options, PredictionColumn};
use odla_stats::causal::simulate;
use serde_json::Value;

fn by(design: &str, pairs: &[&str]) -> Options {
    Options {
        design: Some(design.to_owned()),
        ..roles(pairs)
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

fn refused(method: &str, file: &Columns, options: &Options) -> String {
    odla_fit::run(method, file, options)
        .expect_err("must be refused")
        .key()
}

#[test]
fn planned_trials_are_those_of_cohen_1988_table_2_4_1() {
    // Two-sided at 0.10, power 0.80: 310, 50 and 20 in each arm for differences of 0.2, 0.5 and 0.8 deviations.
    let plans = columns("deviation,difference\n1,0.2\n1,0.5\n1,0.8\n");
    let fitted = fit("power", &plans, &Options::standard());
    let rows = fitted.predictions.expect("one per plan");
    let rows = rows.column("rows").expect("rows").to_vec();
    for (got, want) in rows.iter().zip([620.0, 100.0, 40.0]) {
        close(*got, want, 2.0);
    }
    let back = columns("deviation,rows,difference\n1,100,0.5\n");
    let power = fit("power", &back, &Options::standard());
    close(power.param("power").expect("one plan"), 0.80, 0.01);
    let seen = fit(
        "power",
        &columns("share,rows\n0.2,2000\n"),
        &Options::standard(),
    );
    assert!((0.03..0.06).contains(&seen.param("difference").expect("found")));
    let nothing = columns("deviation\n1\n");
    assert_eq!(
        refused("power", &nothing, &Options::standard()),
        "fit.role_missing"
    );
}

#[test]
fn a_history_tells_what_a_trial_of_its_size_can_see() {
    let trial = simulate::trial((400, 10), 0.0, (0.3, true), 3);
    let rows = (0..400).map(|i| {
        format!(
            "{},{},g{}",
            trial.outcome[i], trial.before[i], trial.block[i]
        )
    });
    let file = columns(&format!(
        "spend,before,shop\n{}\n",
        rows.collect::<Vec<_>>().join("\n")
    ));
    let plain = Options {
        outcome: Some("spend".to_owned()),
        ..Options::standard()
    };
    let alone = fit("power", &file, &plain);
    let sharper = fit(
        "power",
        &file,
        &Options {
            covariates: vec!["before".to_owned()],
            ..plain.clone()
        },
    );
    let by_shop = fit(
        "power",
        &file,
        &Options {
            group: Some("shop".to_owned()),
            predict: Some(1.0),
            ..plain
        },
    );
    let smallest = |fitted: &odla_fit::Fitted| fitted.param("smallest_difference").expect("one");
    assert!(smallest(&sharper) < smallest(&alone) && smallest(&alone) < smallest(&by_shop));
    assert_eq!(by_shop.param("cluster_size"), Some(10.0));
    assert!(by_shop.param("clusters") > Some(3.0) && by_shop.param("power") > Some(0.2));
    assert_eq!(
        alone.extra["by_share_treated"].as_array().map(Vec::len),
        Some(6)
    );
}

#[test]
fn e_values_are_those_of_vanderweele_and_ding_2017() {
    // Their example: a risk ratio of 3.9 (1.8 to 8.7) takes 7.2, its limit 3.0.
    let file = columns("estimate,lower,upper\n3.9,1.8,8.7\n");
    let fitted = fit("evalue", &file, &Options::standard());
    close(fitted.param("e_value").expect("one"), 7.26, 0.01);
    close(fitted.param("e_value_of_limit").expect("one"), 3.0, 0.01);
    assert_eq!(
        refused("evalue", &file, &by("hazard", &[])),
        "fit.flag_unknown"
    );
    let wrong = columns("estimate,lower,upper\n3.9,4.8,8.7\n");
    assert!(odla_fit::run("evalue", &wrong, &Options::standard()).is_err());
}

#[test]
fn arms_are_dealt_alone_within_strata_or_by_whole_groups() {
    let rows = (0..60).map(|i| format!("c{i},{},s{}", ["north", "south"][i % 2], i / 6));
    let file = columns(&format!(
        "customer,region,shop\n{}\n",
        rows.collect::<Vec<_>>().join("\n")
    ));
    let arms = |options: &Options| -> Vec<String> {
        let fitted = fit("assign", &file, options);
        let predictions = fitted.predictions.expect("every row");
        match &predictions.columns[1].1 {
            PredictionColumn::Texts(arms) => arms.clone(),
            PredictionColumn::Numbers(_) => panic!("arms are words"),
        }
    };
    let third = Options {
        predict: Some(1.0 / 3.0),
        ..Options::standard()
    };
    let treated = |arms: &[String]| arms.iter().filter(|arm| *arm == "treated").count();
    assert_eq!(treated(&arms(&third)), 20);
    assert_eq!(arms(&third), arms(&third));
    let strata = Options {
        columns: vec!["stratum=region".to_owned()],
        ..third.clone()
    };
    let north: Vec<String> = arms(&strata).into_iter().step_by(2).collect();
    assert_eq!(treated(&north), 10);
    let shops = Options {
        group: Some("shop".to_owned()),
        ..Options::standard()
    };
    for shop in arms(&shops).chunks(6) {
        assert!(shop.iter().all(|arm| *arm == shop[0]));
    }
    let all = Options {
        predict: Some(1.0),
        ..Options::standard()
    };
    assert_eq!(refused("assign", &file, &all), "fit.flag_range");
}

#[test]
fn a_watched_trial_says_when_it_was_decided() {
    let rows = (0..600).map(|i| {
        let treated = i % 2;
        let bought = (i * 7919 % 100) < if treated == 1 { 60 } else { 20 };
        format!("{},{treated}", u8::from(bought))
    });
    let file = columns(&format!("y,d\n{}\n", rows.collect::<Vec<_>>().join("\n")));
    let fitted = fit(
        "effect",
        &file,
        &by("any-time", &["outcome=y", "treatment=d"]),
    );
    let details = &fitted.extra["details"];
    let first = details["first_row_that_calls"].as_u64().expect("decided");
    assert!((20..300).contains(&first), "{first}");
    assert!(number(&fitted.extra["p_value"]) < 0.001);
    let looks = details["looks"].as_array().expect("looks");
    assert_eq!(
        looks.last().map(|look| look["rows"].clone()),
        Some(600.into())
    );
    // The band for all looks is wider than the usual one.
    let once = fit("effect", &file, &by("rct", &["outcome=y", "treatment=d"]));
    let width = |own: &Value| number(&own["upper"]) - number(&own["lower"]);
    assert!(width(&fitted.extra["interval"]) > 1.2 * width(&once.extra["interval"]));
    let treated = &details["shares"]["treated"];
    assert!(number(&treated["lower"]) < number(&treated["share"]));
}

#[test]
fn pairs_tell_how_much_hidden_bias_would_explain_them() {
    // Lead in the blood of 33 pairs of children, Rosenbaum 2002 section 4.3: the worst p-value is 0.0388 at odds of 4 and 0.0740 at 5.
    let gaps: Vec<i32> = LEAD
        .iter()
        .map(|(exposed, control)| exposed - control)
        .collect();
    let rows = gaps
        .iter()
        .enumerate()
        .flat_map(|(pair, gap)| [format!("{},1,p{pair}", 50 + gap), format!("50,0,p{pair}")]);
    let lone = ["70,1,q".to_owned()];
    let file = columns(&format!(
        "lead,exposed,pair\n{}\n",
        rows.chain(lone).collect::<Vec<_>>().join("\n")
    ));
    let options = by("matched", &["outcome=lead", "treatment=exposed"]);
    let fitted = fit("effect", &file, &options);
    let mean = f64::from(gaps.iter().sum::<i32>()) / 33.0;
    close(fitted.param("effect").expect("one"), mean, 1e-9);
    let bias = &fitted.extra["hidden_bias"];
    assert_eq!(bias["test"], "signed_rank");
    let explains = number(&bias["odds_to_explain"]);
    assert!((4.25..5.0).contains(&explains), "{explains}");
    close(number(&bias["bounds"][3]["highest_p"]), 0.0018, 5e-5);
    close(number(&bias["bounds"][4]["highest_p"]), 0.0136, 5e-5);
    assert!(cautions(&fitted).contains(&"fit.rows_left_out"));
}

/// Micrograms per decilitre, exposed and control.
const LEAD: [(i32, i32); 33] = [
    (38, 16),
    (23, 18),
    (41, 18),
    (18, 24),
    (37, 19),
    (36, 11),
    (23, 10),
    (62, 15),
    (31, 16),
    (34, 18),
    (24, 18),
    (14, 13),
    (21, 19),
    (17, 10),
    (16, 16),
    (20, 16),
    (15, 24),
    (10, 13),
    (45, 9),
    (39, 14),
    (22, 21),
    (35, 19),
    (49, 7),
    (48, 18),
    (44, 19),
    (35, 12),
    (43, 11),
    (39, 22),
    (34, 25),
    (13, 16),
    (73, 13),
    (25, 11),
    (27, 13),
];

#[test]
fn outcomes_that_cannot_be_touched_take_the_bias_out() {
    // Everybody treated has 2 more of everything, and 3 more of the outcome.
    let noise = |i: i32| f64::from(i * 7919 % 13) / 13.0;
    let rows = (0..200).map(|i| {
        let d = i % 2;
        let up = 2.0 * f64::from(d);
        let (y, a, b) = (noise(i), noise(i + 5), noise(3 * i + 1));
        format!("{},{d},{},{}", y + up + f64::from(d), a + up, b + up)
    });
    let file = columns(&format!(
        "y,d,n1,n2\n{}\n",
        rows.collect::<Vec<_>>().join("\n")
    ));
    let told = by(
        "rct",
        &["outcome=y", "treatment=d", "placebo=n1", "placebo=n2"],
    );
    let fitted = fit("effect", &file, &told);
    close(fitted.param("effect").expect("one"), 3.0, 0.2);
    let controls = &fitted.extra["negative_controls"];
    close(number(&controls["bias"]), 2.0, 0.2);
    close(number(&controls["calibrated"]["effect"]), 1.0, 0.3);
    assert!(cautions(&fitted).contains(&"statistics.placebo_fails"));
}

#[test]
fn arms_that_are_not_as_large_as_planned_are_told() {
    let rows = (0..1000).map(|i| {
        let treated = usize::from(i % 10 < 4);
        format!("{},{treated},0.5", i % 7)
    });
    let file = columns(&format!(
        "y,d,share\n{}\n",
        rows.collect::<Vec<_>>().join("\n")
    ));
    let options = by("rct", &["outcome=y", "treatment=d", "planned=share"]);
    let fitted = fit("effect", &file, &options);
    assert!(number(&fitted.extra["sample_ratio_p"]) < 1e-6);
    assert!(cautions(&fitted).contains(&"fit.sample_ratio"));
    let uneven = columns("y,d,share\n1,0,0.5\n2,0,0.4\n3,1,0.5\n4,1,0.5\n");
    assert_eq!(refused("effect", &uneven, &options), "fit.out_of_range");
}

//! Does every design of an effect answer from a plain file what the statistics answer, and refuse what it cannot?

use crate::data::{cautions, close, columns, fit};
use odla_fit::{Columns, Options};
use odla_stats::causal::simulate::{self, Course, Surface};

fn design(word: &str) -> Options {
    Options {
        outcome: Some("y".to_owned()),
        treatment: Some("d".to_owned()),
        design: Some(word.to_owned()),
        ..Options::standard()
    }
}

fn with(mut options: Options, pairs: &[&str]) -> Options {
    options.columns = pairs.iter().map(|pair| (*pair).to_owned()).collect();
    options
}

fn table(names: &str, rows: impl Iterator<Item = String>) -> Columns {
    columns(&format!(
        "{names}\n{}\n",
        rows.collect::<Vec<_>>().join("\n")
    ))
}

fn refused(file: &Columns, options: &Options) -> String {
    odla_fit::run("effect", file, options)
        .expect_err("must be refused")
        .key()
}

#[test]
fn a_trial_drawn_within_strata_or_by_whole_groups_says_so() {
    for (by_group, role) in [(false, "stratum=block"), (true, "group=block")] {
        let trial = simulate::trial((200, 10), 1.0, (0.4, by_group), 3);
        let rows = (0..200).map(|i| {
            format!(
                "{},{},b{}",
                trial.outcome[i],
                u8::from(trial.treated[i]),
                trial.block[i]
            )
        });
        let file = table("y,d,block", rows);
        let fitted = fit("effect", &file, &with(design("rct"), &[role]));
        close(fitted.param("effect").expect("has one"), 1.0, 0.8);
        assert_eq!(fitted.extra["details"]["blocks"], 20);
    }
}

#[test]
fn double_machine_learning_and_a_dose_curve_find_their_truth() {
    let data = simulate::choice(800, 1.0, Surface::Curved, 2);
    let rows = (0..800).map(|i| {
        let x: Vec<String> = data.columns.iter().map(|c| c[i].to_string()).collect();
        format!("{},{},{}", data.outcome[i], data.treatment[i], x.join(","))
    });
    let covariates: Vec<String> = data.names.clone();
    let file = table("y,d,x1,x2,x3,x4,x5", rows);
    let options = Options {
        covariates: covariates.clone(),
        ..design("dml")
    };
    let fitted = fit("effect", &file, &options);
    close(fitted.param("effect").expect("has one"), 1.0, 0.3);
    assert!(fitted.extra["e_value"]["estimate"].as_f64() > Some(1.0));
    assert_eq!(refused(&file, &design("dml")), "fit.nothing_explains");

    let data = simulate::dosed(
        900,
        |a| 2.0 - 0.12 * (a - 11.0).powi(2),
        Surface::Straight,
        2,
    );
    let rows = (0..900).map(|i| {
        let x: Vec<String> = data.columns.iter().map(|c| c[i].to_string()).collect();
        format!("{},{},{}", data.outcome[i], data.treatment[i], x.join(","))
    });
    let file = table("y,d,x1,x2,x3,x4,x5", rows);
    let options = Options {
        covariates,
        ..design("dose-response")
    };
    let fitted = fit("effect", &file, &options);
    close(
        fitted.extra["best"]["dose"].as_f64().expect("number"),
        11.0,
        1.0,
    );
    assert!(
        fitted.extra["curve"]
            .as_array()
            .is_some_and(|c| c.len() > 30)
    );
    assert!(fitted.extra["overlap"]["lowest_dose"].as_f64() > Some(3.0));
}

#[test]
fn instruments_and_habits_tell_how_strong_they_are() {
    let data = simulate::pushed((400, 2), 0.7, 0.5, 4);
    let rows = (0..400).map(|i| {
        let z = &data.instruments;
        format!(
            "{},{},{},{},a{}",
            data.outcome[i],
            data.treatment[i],
            z[0][i],
            z[1][i],
            i % 20
        )
    });
    let file = table("y,d,z1,z2,who", rows);
    let fitted = fit(
        "effect",
        &file,
        &with(design("iv"), &["instrument=z1", "instrument=z2"]),
    );
    close(fitted.param("effect").expect("has one"), 0.7, 0.4);
    assert!(fitted.extra["details"]["first_stage_f"].as_f64() > Some(10.0));
    assert_eq!(
        fitted.extra["anderson_rubin"].as_array().map(Vec::len),
        Some(1)
    );
    // Whom the customer met decides nothing here: the habits are a weak push, and that is told.
    let habits = fit("effect", &file, &with(design("iv"), &["agent=who"]));
    assert!(cautions(&habits).contains(&"statistics.weak_instrument"));
    assert_eq!(refused(&file, &design("iv")), "fit.role_missing");
}

fn staggered_file() -> Columns {
    let course = Course {
        first: 1.0,
        growth: 0.0,
        early_factor: 1.0,
        drift: 0.0,
    };
    let panel = simulate::staggered((120, 6), course, 0.0, 5);
    let rows = (0..panel.outcome.len()).map(|i| {
        let start = panel.first_treated[i];
        let on = start.is_some_and(|s| panel.period[i] >= s);
        let text = start.map_or(String::new(), |s| s.to_string());
        let day = format!("2026-{:02}-01", panel.period[i]);
        format!(
            "{},{},u{},{},{text},{day}",
            panel.outcome[i],
            u8::from(on),
            panel.unit[i],
            panel.period[i]
        )
    });
    table("y,d,shop,t,began,day", rows)
}

#[test]
fn staggered_starts_are_read_from_a_start_or_from_a_treatment_that_sets_in() {
    let file = staggered_file();
    let by_start = with(design("did"), &["unit=shop", "period=t", "start=began"]);
    let one = fit("effect", &file, &by_start);
    close(one.param("effect").expect("has one"), 1.0, 0.2);
    let by_treatment = with(design("did"), &["unit=shop", "period=t"]);
    let two = fit("effect", &file, &by_treatment);
    assert_eq!(one.param("effect"), two.param("effect"));
    let by_day = with(design("did"), &["unit=shop", "period=day"]);
    let three = fit("effect", &file, &by_day);
    assert_eq!(one.param("effect"), three.param("effect"));
    assert_eq!(three.extra["periods"][0]["period"], "2026-03-01");
    assert!(one.extra["two_way_fixed_effects"]["effect"].is_number());
    let study = fit(
        "effect",
        &file,
        &with(design("event-study"), &["unit=shop", "period=t"]),
    );
    let events = study.extra["events"].as_array().expect("a list").clone();
    assert!(events.iter().any(|e| e["time"] == -1) && events.iter().any(|e| e["time"] == 2));
    assert!(study.extra["placebo"]["p_value"].as_f64() > Some(0.0));
    assert_eq!(
        refused(&file, &with(design("did"), &["period=t"])),
        "fit.role_missing"
    );
    assert_eq!(refused(&file, &design("did")), "fit.role_missing");
}

#[test]
fn one_treated_shop_is_held_against_a_mix_and_late_effects_are_listed() {
    let units = simulate::donors((14, 20, 14), 3.0, 0.2, 6);
    let rows = units.iter().enumerate().flat_map(|(u, course)| {
        let row =
            move |(t, y): (usize, &f64)| format!("{y},{},s{u:02},{t}", u8::from(u == 0 && t >= 14));
        course.iter().enumerate().map(row).collect::<Vec<_>>()
    });
    let file = table("y,d,unit,period", rows);
    let fitted = fit("effect", &file, &design("synthetic-control"));
    close(fitted.param("effect").expect("has one"), 3.0, 1.0);
    assert_eq!(fitted.extra["details"]["rank"], 1);
    assert_eq!(fitted.extra["course"].as_array().map(Vec::len), Some(20));
    let whole: f64 = fitted.extra["weights"]
        .as_object()
        .expect("weights")
        .values()
        .filter_map(serde_json::Value::as_f64)
        .sum();
    close(whole, 1.0, 1e-4);

    let (outcome, dose) = simulate::lagged((40, 12), &[0.5, 0.8, 0.4], 0.3, 7);
    let rows =
        (0..outcome.len()).map(|i| format!("{},{},u{},{}", outcome[i], dose[i], i / 12, i % 12));
    let file = table("y,d,unit,period", rows);
    let options = Options {
        predict: Some(2.0),
        ..design("distributed-lag")
    };
    let fitted = fit("effect", &file, &options);
    close(fitted.param("effect").expect("has one"), 1.7, 0.4);
    assert_eq!(fitted.extra["lags"].as_array().map(Vec::len), Some(3));
}

#[test]
fn early_signals_foretell_a_long_effect_with_their_condition() {
    let data = simulate::signals((150, 100), 0.8, 8);
    let past = (0..150).map(|i| {
        let s = &data.history_signals;
        format!("{},,{},{}", data.history_outcome[i], s[0][i], s[1][i])
    });
    let trial = (0..100).map(|i| {
        let s = &data.trial_signals;
        format!(",{},{},{}", u8::from(data.treated[i]), s[0][i], s[1][i])
    });
    let file = table(
        "y,d,visits,clicks",
        past.chain(trial).collect::<Vec<_>>().into_iter(),
    );
    let options = Options {
        covariates: vec!["visits".to_owned(), "clicks".to_owned()],
        ..design("surrogate")
    };
    let fitted = fit("effect", &file, &options);
    close(fitted.param("effect").expect("has one"), 1.2, 1.2);
    assert!(cautions(&fitted).contains(&"statistics.surrogacy_assumed"));
    assert!(fitted.extra["channels"]["visits"]["worth"].is_number());
}

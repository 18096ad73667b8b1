//! Do choices, hidden counts, staffing, bunching and scores of forecasts come out of a plain file?

use crate::data::{cautions, close, columns, fit, params, roles};
use odla_fit::{Options, PredictionColumn};

fn refused(method: &str, text: &str, options: &Options) -> String {
    odla_fit::run(method, &columns(text), options)
        .expect_err("refused")
        .key()
}

#[test]
fn the_best_choice_under_a_budget_is_listed_by_group() {
    let text = "customer,option,cost,value\na,nothing,0,0\na,call,3,5\na,visit,8,9\nb,nothing,0,0\nb,call,3,4\nb,visit,8,14\n";
    let options = Options {
        budget: Some(11.0),
        ..roles(&["group=customer"])
    };
    let fitted = fit("allocate", &columns(text), &options);
    params(
        &fitted,
        &[("value", 19.0), ("cost", 11.0), ("bound", 19.0)],
        0.0,
    );
    assert_eq!(fitted.extra["optimal"], true);
    assert!(fitted.n == 2.0 && fitted.converged && fitted.cautions.is_empty());
    let rows = fitted.predictions.expect("the choice");
    let PredictionColumn::Texts(chosen) = &rows.columns[1].1 else {
        panic!("options are words");
    };
    assert_eq!(chosen, &["call", "visit"]);
}

#[test]
fn a_choice_tells_what_is_missing_and_what_cannot_be_paid() {
    let text = "group,cost,value\na,3,5\na,8,9\nb,3,4\n";
    let with = |budget: Option<f64>, design: Option<&str>| Options {
        budget,
        design: design.map(str::to_owned),
        ..Options::standard()
    };
    assert_eq!(
        refused("allocate", text, &with(None, None)),
        "fit.flag_missing"
    );
    assert_eq!(
        refused("allocate", text, &with(Some(f64::NAN), None)),
        "fit.flag_range"
    );
    assert_eq!(
        refused("allocate", text, &with(Some(5.0), None)),
        "statistics.infeasible"
    );
    assert_eq!(
        refused("allocate", text, &with(Some(5.0), Some("all"))),
        "fit.flag_unknown"
    );
    let bought = fit("allocate", &columns(text), &with(Some(6.0), None));
    assert_eq!(cautions(&bought), ["fit.no_free_option"]);
    let without = fit(
        "allocate",
        &columns(text),
        &with(Some(5.0), Some("at-most-one")),
    );
    params(&without, &[("value", 5.0), ("cost", 3.0)], 0.0);
}

#[test]
fn two_lists_give_chapmans_total_with_the_range_over_dependence() {
    let text = "complaint,survey,n\n1,1,49\n1,0,86\n0,1,73\n";
    let fitted = fit("capture", &columns(text), &roles(&["weights=n"]));
    params(&fitted, &[("total", 136.0 * 123.0 / 50.0 - 1.0)], 1e-12);
    assert_eq!(cautions(&fitted), ["statistics.dependence_unknown"]);
    let total = |odds: &str| {
        fitted.extra["dependence"][odds]["total"]
            .as_f64()
            .expect("number")
    };
    close(total("1"), fitted.param("total").expect("has one"), 1e-9);
    assert!(total("0.5") < total("1") && total("1") < total("4"));
    assert_eq!(fitted.extra["seen"], 208.0);
}

#[test]
fn three_lists_are_read_case_by_case_or_by_pattern() {
    let mut cases = "P,Q,E,name\n".to_owned();
    let mut patterns = "P,Q,E,n\n".to_owned();
    for (lists, count) in [
        ("1,1,1", 28),
        ("1,1,0", 21),
        ("1,0,1", 17),
        ("1,0,0", 69),
        ("0,1,1", 18),
        ("0,1,0", 55),
        ("0,0,1", 63),
    ] {
        patterns += &format!("{lists},{count}\n");
        for case in 0..count {
            cases += &format!("{lists},case{case}\n");
        }
    }
    let one = fit(
        "capture",
        &columns(&cases),
        &roles(&["list=P", "list=Q", "list=E"]),
    );
    let other = fit("capture", &columns(&patterns), &roles(&["weights=n"]));
    params(&one, &[("total", 1_312.764_705_882)], 1e-6);
    close(
        one.param("total").expect("has one"),
        other.param("total").expect("has one"),
        1e-6,
    );
    let independent = &one.extra["descriptions"]["independent"];
    close(
        independent["total"].as_f64().expect("number"),
        388.483_494_957,
        1e-5,
    );
    assert!(one.extra["pairs"]["P+Q"]["total"].as_f64() > Some(300.0));
    assert_eq!(
        refused("capture", "P,x\n1,a\n0,b\n", &Options::standard()),
        "fit.role_missing"
    );
}

#[test]
fn staffing_is_the_printed_example_and_finds_the_agents_for_a_promise() {
    let text = "arrivals,handling,patience,agents,within\n48,1,2,50,0\n48,1,,50,0\n";
    let fitted = fit("staffing", &columns(text), &Options::standard());
    let rows = fitted.predictions.expect("one row each");
    let column = |name: &str| rows.column(name).expect("exists").to_vec();
    close(column("abandonment")[0], 0.031, 0.0005);
    close(60.0 * column("mean_wait")[1], 20.8, 0.05);
    let asked = "arrivals,handling,patience,within\n48,1,2,0.3333\n";
    let found = fit("staffing", &columns(asked), &Options::standard());
    assert!(found.param("served_within") >= Some(0.80) && found.param("agents") < Some(50.0));
    assert_eq!(
        refused(
            "staffing",
            "arrivals,handling,agents\n9,1,9\n",
            &Options::standard()
        ),
        "statistics.infeasible.line"
    );
    assert_eq!(
        refused(
            "staffing",
            "arrivals,handling,agents\n9,1,2.5\n",
            &Options::standard()
        ),
        "fit.out_of_range"
    );
    assert_eq!(
        refused("staffing", "arrivals,handling\n9,1\n", &Options::standard()),
        "fit.role_missing"
    );
}

#[test]
fn what_is_moved_over_a_date_is_told_with_its_interval() {
    let mut text = "position,count,window\n".to_owned();
    for day in -30..30 {
        let count = match day {
            -5..=-1 => 130,
            0..=4 => 75,
            _ => 100,
        };
        text += &format!("{day},{count},{}\n", u8::from((-5..5).contains(&day)));
    }
    let fitted = fit("bunching", &columns(&text), &Options::standard());
    params(
        &fitted,
        &[
            ("excess", 150.0),
            ("missing", 125.0),
            ("moved", 125.0),
            ("created", 25.0),
        ],
        1e-6,
    );
    assert_eq!(fitted.extra["window"]["before"], 5.0);
    assert_eq!(fitted.predictions.expect("the course").rows(), 60);
}

#[test]
fn chances_amounts_and_ranges_are_scored() {
    let mut text = "forecast,outcome\n".to_owned();
    for i in 0..100 {
        text += &format!(
            "{},{}\n",
            if i % 2 == 0 { 0.2 } else { 0.7 },
            u8::from(i % 10 < 5)
        );
    }
    let chances = fit("score", &columns(&text), &Options::standard());
    let part = |name: &str| chances.extra["parts"][name].as_f64().expect("number");
    let sum = part("reliability") - part("resolution") + part("uncertainty") + part("within");
    close(sum, chances.param("brier").expect("has one"), 1e-12);
    let amounts = fit(
        "score",
        &columns("forecast,sd,outcome\n0,1,0\n0,1,0\n"),
        &Options::standard(),
    );
    params(&amounts, &[("crps", 0.233_694_977_254_936)], 1e-12);
    let ranges = fit(
        "score",
        &columns("lower,upper,outcome\n0,2,1\n0,2,3\n0,2,\n"),
        &Options::standard(),
    );
    params(
        &ranges,
        &[("coverage", 0.5), ("interval_score", 12.0)],
        1e-12,
    );
    assert_eq!(cautions(&ranges), ["fit.rows_left_out"]);
}

//! Is a person told what is wrong, where, and what to do?

use crate::data::{cautions, columns, fit, roles};
use odla_fit::{FitError, Options};

fn refused(method: &str, text: &str, options: &Options) -> FitError {
    odla_fit::run(method, &columns(text), options).expect_err("must be refused")
}

#[test]
fn an_unknown_method_is_answered_with_those_that_exist() {
    let error = refused("bgnbd", "a\n1\n", &Options::standard());
    let FitError::MethodUnknown { known, .. } = error else {
        panic!("{error:?}");
    };
    assert!(known.contains("bg-nbd") && known.contains("drivers"));
}

#[test]
fn a_wrong_cell_is_named_by_column_and_line() {
    let text = "frequency,recency,T\n1,2,3\nx,2,3\n";
    let error = refused("bg-nbd", text, &Options::standard());
    assert_eq!(
        error,
        FitError::NotNumber {
            column: "frequency".to_owned(),
            line: 3,
            value: "x".to_owned()
        }
    );
    let empty = refused("nbd", "x,t_x,T\n1,2,3\n1,,3\n", &Options::standard());
    assert_eq!(
        empty,
        FitError::Missing {
            column: "t_x".to_owned(),
            line: 3
        }
    );
}

#[test]
fn impossible_histories_are_refused_by_line() {
    for (row, key) in [
        ("1,5,4", "fit.out_of_range"),
        ("1,0,4", "fit.history_contradicts"),
        ("0,1,4", "fit.history_contradicts"),
        ("1.5,1,4", "fit.out_of_range"),
        ("-1,1,4", "fit.out_of_range"),
        ("0,0,-4", "fit.out_of_range"),
    ] {
        let text = format!("x,t_x,T\n0,0,4\n{row}\n");
        let error = refused("pareto-nbd", &text, &Options::standard());
        assert_eq!(error.key(), key, "{row}");
        assert_eq!(
            error.params()["line"],
            odla_fit::Param::Number(3.0),
            "{row}"
        );
    }
}

#[test]
fn missing_and_wrong_roles_are_told_with_the_columns_of_the_file() {
    let text = "a,b\n1,2\n";
    assert_eq!(
        refused("bg-nbd", text, &Options::standard()).key(),
        "fit.role_missing"
    );
    assert_eq!(
        refused("bg-nbd", text, &roles(&["x=c"])).key(),
        "fit.column_unknown"
    );
    assert_eq!(
        refused("bg-nbd", text, &roles(&["y=a"])).key(),
        "fit.role_unknown"
    );
    assert_eq!(
        refused("bg-nbd", text, &roles(&["x"])).key(),
        "fit.role_unreadable"
    );
}

#[test]
fn flags_out_of_range_are_refused() {
    let text = "x,t_x,T\n0,0,4\n";
    for predict in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        let options = Options {
            predict: Some(predict),
            ..Options::standard()
        };
        assert_eq!(
            refused("nbd", text, &options).key(),
            "fit.flag_range",
            "{predict}"
        );
    }
    let unit = Options {
        unit: Some("fortnights".to_owned()),
        ..Options::standard()
    };
    assert_eq!(
        refused("nbd", "customer,date\na,2026-01-01\n", &unit).key(),
        "fit.flag_unknown"
    );
    let rounds = Options {
        bootstrap: Some(1),
        outcome: Some("x".to_owned()),
        ..Options::standard()
    };
    assert_eq!(refused("drivers", text, &rounds).key(), "fit.flag_range");
}

#[test]
fn too_few_rows_and_nothing_to_explain_are_told() {
    let few = refused("bg-nbd", "x,t_x,T\n1,2,3\n", &Options::standard());
    assert_eq!(few.key(), "statistics.too_few_observations");
    let outcome = Options {
        outcome: Some("a".to_owned()),
        ..Options::standard()
    };
    assert_eq!(
        refused("drivers", "a,b\n1,word\n", &outcome).key(),
        "fit.nothing_explains"
    );
    let nobody = Options {
        calibration_end: Some(jiff::civil::date(2020, 1, 1)),
        ..Options::standard()
    };
    assert_eq!(
        refused("nbd", "customer,date\na,2026-01-01\n", &nobody).key(),
        "fit.nobody_before"
    );
}

#[test]
fn a_treatment_without_a_known_control_asks_for_it() {
    let mut text = "y,arm\n".to_owned();
    for i in 0..20 {
        text += &format!("{i},{}\n", if i % 3 == 0 { "red" } else { "blue" });
    }
    let options = Options {
        outcome: Some("y".to_owned()),
        treatment: Some("arm".to_owned()),
        ..Options::standard()
    };
    assert_eq!(refused("effect", &text, &options).key(), "fit.flag_missing");
    let wrong = Options {
        control: Some("green".to_owned()),
        ..options
    };
    assert_eq!(refused("effect", &text, &wrong).key(), "fit.flag_unknown");
}

#[test]
fn a_flag_that_the_method_does_not_use_is_told() {
    let mut text = "x,t_x,T\n".to_owned();
    for i in 0..40 {
        text += &format!("{},{},30\n", i % 4, (i % 4) * 5);
    }
    let options = Options {
        bootstrap: Some(100),
        ..Options::standard()
    };
    assert!(cautions(&fit("nbd", &columns(&text), &options)).contains(&"fit.flag_unused"));
}

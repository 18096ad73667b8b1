//! Does `odla fit` give on real files what was published, and say what is wrong with a file that it cannot use?

use crate::program::{Program, data};
use serde_json::Value;

/// Fits a file of the data folder; `None`, said aloud, when the folder is not there.
fn fit(method: &str, file: &str, flags: &[&str]) -> Option<Value> {
    let path = data(&format!("fit {method}"))?
        .join(file)
        .display()
        .to_string();
    Some(Program::new().json(&[&["fit", method, path.as_str()], flags].concat()))
}

#[track_caller]
fn close(got: &Value, want: f64, tolerance: f64) {
    let got = got.as_f64().expect("a number");
    assert!((got - want).abs() <= tolerance, "{got} is not {want}");
}

#[test]
fn bg_nbd_on_cdnow_has_the_published_parameters_and_the_promised_shape() {
    let flags = [
        "--col",
        "x=frequency",
        "--col",
        "t_x=recency",
        "--col",
        "T=T",
    ];
    let Some(fit) = fit("bg-nbd", "cdnow/cdnow_summary.csv", &flags) else {
        return;
    };
    close(&fit["params"]["r"], 0.2426, 1e-4);
    close(&fit["params"]["alpha"], 4.4135, 1e-3);
    close(&fit["params"]["a"], 0.7929, 1e-4);
    close(&fit["params"]["b"], 2.4258, 1e-3);
    close(&fit["log_likelihood"], -9582.429, 5e-3);
    assert_eq!(
        (&fit["method"], &fit["n"], &fit["converged"]),
        (&"bg-nbd".into(), &2357.into(), &true.into())
    );
    let keys: Vec<&String> = fit.as_object().expect("an object").keys().collect();
    for key in [
        "method",
        "n",
        "log_likelihood",
        "params",
        "standard_errors",
        "converged",
        "cautions",
        "seconds",
        "extra",
    ] {
        assert!(keys.iter().any(|own| *own == key), "{key}");
    }
}

#[test]
fn pareto_nbd_on_cdnow_has_the_published_parameters() {
    let Some(fit) = fit("pareto-nbd", "cdnow/cdnow_summary.csv", &[]) else {
        return;
    };
    close(&fit["params"]["r"], 0.553, 1e-3);
    close(&fit["params"]["alpha"], 10.578, 1e-2);
    close(&fit["params"]["s"], 0.606, 1e-3);
    close(&fit["params"]["beta"], 11.669, 1e-2);
    close(&fit["log_likelihood"], -9594.976, 5e-3);
}

#[test]
fn single_purchases_are_fitted_in_weeks_and_predicted_per_customer() {
    let program = Program::new();
    let Some(folder) = data("fit raw purchases") else {
        return;
    };
    let file = folder.join("cdnow/cdnow_sample.csv").display().to_string();
    let out = program
        .folder()
        .join("predictions.csv")
        .display()
        .to_string();
    let fit = program.json(&[
        "fit",
        "bg-nbd",
        &file,
        "--col",
        "customer=master_id",
        "--col",
        "date=date",
        "--unit",
        "weeks",
        "--calibration-end",
        "1997-09-30",
        "--predict",
        "39",
        "--out",
        &out,
    ]);
    close(&fit["log_likelihood"], -9_582.429_206_673_929, 1e-6);
    let rows = std::fs::read_to_string(out).expect("the predictions were written");
    assert_eq!(rows.lines().count(), 2358);
    assert!(
        rows.starts_with("customer,x,t_x,T,p_alive,expected_purchases,actual_purchases"),
        "{rows:.80}"
    );
}

#[test]
fn gamma_gamma_on_cdnow_has_the_published_parameters() {
    let flags = ["--col", "x=x", "--col", "mean=zbar"];
    let Some(fit) = fit("gamma-gamma", "cdnow/cdnow_summary_monetary.csv", &flags) else {
        return;
    };
    close(&fit["params"]["p"], 6.249, 1e-3);
    close(&fit["params"]["q"], 3.745, 1e-3);
    close(&fit["params"]["v"], 15.448, 1e-3);
    close(&fit["log_likelihood"], -4055.923, 5e-3);
    assert_eq!(fit["n"], 946);
}

#[test]
fn drivers_of_swiss_and_attitude_have_the_enumerated_shares() {
    let Some(swiss) = fit("drivers", "swiss/swiss.csv", &["--outcome", "Fertility"]) else {
        return;
    };
    close(&swiss["params"]["Education"], 0.260_134_68, 1e-6);
    close(&swiss["params"]["Agriculture"], 0.057_091_22, 1e-6);
    close(&swiss["extra"]["r2"], 0.706_735, 1e-6);
    let flags = [
        "--outcome",
        "rating",
        "--covariates",
        "complaints,privileges,learning,raises,critical,advance",
    ];
    let attitude = fit("drivers", "attitude/attitude.csv", &flags).expect("the folder is there");
    close(&attitude["params"]["complaints"], 0.370_816_19, 1e-6);
    close(&attitude["extra"]["r2"], 0.732_602, 1e-6);
}

#[test]
fn cox_on_lung_is_that_of_an_independent_program_and_says_what_was_left_out() {
    let flags = [
        "--col",
        "time=time",
        "--col",
        "event=status",
        "--covariates",
        "age,sex,ph.ecog",
    ];
    let Some(fit) = fit("cox", "lung/lung.csv", &flags) else {
        return;
    };
    close(&fit["params"]["age"], 0.011_066_7, 1e-6);
    close(&fit["params"]["sex"], -0.552_61, 1e-5);
    close(&fit["params"]["ph.ecog"], 0.463_728, 1e-5);
    close(&fit["log_likelihood"], -729.230_121, 1e-5);
    assert_eq!(
        (&fit["n"], &fit["cautions"][0]["key"]),
        (&227.into(), &"fit.rows_left_out".into())
    );
}

#[test]
fn hillstrom_gives_one_effect_per_arm() {
    let flags = [
        "--outcome",
        "visit",
        "--treatment",
        "segment",
        "--control",
        "No E-Mail",
        "--method",
        "rct",
    ];
    let Some(fit) = fit("effect", "hillstrom/hillstrom.csv", &flags) else {
        return;
    };
    close(&fit["params"]["Mens E-Mail"], 0.076_589_56, 1e-6);
    close(&fit["standard_errors"]["Womens E-Mail"], 0.003_234_46, 1e-7);
}

#[test]
fn a_wrong_cell_is_told_with_column_and_line_and_nothing_on_stdout() {
    let program = Program::new();
    let file = program.file("wrong.csv", "frequency,recency,T\n1,2,3\nmany,2,3\n");
    let answer = program.run(&["fit", "bg-nbd", &file, "--json"]);
    assert_eq!((answer.code, answer.stdout.as_str()), (1, ""));
    assert!(
        answer.stderr.contains("frequency") && answer.stderr.contains("line 3"),
        "{}",
        answer.stderr
    );
}

#[test]
fn an_unknown_method_is_answered_with_those_that_exist() {
    let program = Program::new();
    let file = program.file("any.csv", "a,b\n1,2\n");
    let answer = program.run(&["fit", "guess", &file]);
    assert_eq!(answer.code, 1);
    assert!(
        answer.stderr.contains("pareto-nbd") && answer.stderr.contains("guess"),
        "{}",
        answer.stderr
    );
}

#[test]
fn a_fit_is_printed_for_people_too() {
    let program = Program::new();
    let mut text = "besökare;poäng;pris\n".to_owned();
    for i in 0..80 {
        text += &format!("{};{},5;{}\n", i, (i * 7) % 10, (i * 7) % 10 + i % 4);
    }
    let file = program.file("survey.csv", text);
    let answer = program.run(&[
        "fit",
        "drivers",
        &file,
        "--outcome",
        "poäng",
        "--covariates",
        "pris",
    ]);
    assert_eq!(answer.code, 0, "{}", answer.stderr);
    assert!(
        answer.stdout.contains("drivers, 80 observations") && answer.stdout.contains("pris"),
        "{}",
        answer.stdout
    );
}

//! Do files of purchases give the published parameters, and predictions that hold together?

use crate::data::{cautions, close, columns, file, fit, params, roles};
use odla_fit::Options;

const SUMMARY: &str = "cdnow/cdnow_summary.csv";

#[test]
fn bg_nbd_on_cdnow_is_fader_hardie_lee_2005_table_2() {
    let Some(cdnow) = file("bg-nbd", SUMMARY) else {
        return;
    };
    let named = roles(&["x=frequency", "t_x=recency", "T=T"]);
    let fitted = fit("bg-nbd", &cdnow, &named);
    params(
        &fitted,
        &[("r", 0.243), ("alpha", 4.414), ("a", 0.793), ("b", 2.426)],
        2e-3,
    );
    close(fitted.log_likelihood.expect("has one"), -9582.43, 0.01);
    assert!(fitted.converged && fitted.cautions.is_empty() && fitted.n == 2357.0);
    assert_eq!(
        fit("bg-nbd", &cdnow, &Options::standard()),
        fitted,
        "usual names are found"
    );
}

#[test]
fn single_purchases_in_weeks_give_the_published_fit_too() {
    let Some(cdnow) = file("bg-nbd raw", "cdnow/cdnow_sample.csv") else {
        return;
    };
    let options = Options {
        unit: Some("weeks".to_owned()),
        calibration_end: Some(jiff::civil::date(1997, 9, 30)),
        predict: Some(39.0),
        ..roles(&["customer=master_id", "date=date"])
    };
    let fitted = fit("bg-nbd", &cdnow, &options);
    params(
        &fitted,
        &[
            ("r", 0.242_594_53),
            ("alpha", 4.413_602_13),
            ("a", 0.792_921_93),
            ("b", 2.425_906_45),
        ],
        1e-5,
    );
    close(
        fitted.log_likelihood.expect("has one"),
        -9_582.429_206_673_929,
        1e-6,
    );
    let rows = fitted.predictions.as_ref().expect("asked for");
    let total = |name: &str| rows.column(name).expect("column").iter().sum::<f64>();
    // The walkthrough of R BTYD tells 39 weeks of holdout as means by calibration frequency; these are its totals.
    close(total("actual_purchases"), 1882.0, 1.0);
    close(total("expected_purchases"), 1653.4, 1.0);
}

#[test]
fn pareto_nbd_and_its_kin_fit_the_same_file() {
    let Some(cdnow) = file("pareto-nbd", SUMMARY) else {
        return;
    };
    let pareto = fit("pareto-nbd", &cdnow, &Options::standard());
    params(
        &pareto,
        &[
            ("r", 0.553),
            ("alpha", 10.578),
            ("s", 0.606),
            ("beta", 11.669),
        ],
        1e-3,
    );
    close(pareto.log_likelihood.expect("has one"), -9595.0, 0.05);
    close(
        pareto.standard_error("beta").expect("has one"),
        6.2105,
        0.02,
    );
    let mbg = fit("mbg-nbd", &cdnow, &Options::standard());
    params(
        &mbg,
        &[("r", 0.525), ("alpha", 6.183), ("a", 0.891), ("b", 1.614)],
        2e-3,
    );
    let nbd = fit("nbd", &cdnow, &Options::standard());
    assert!(nbd.log_likelihood < pareto.log_likelihood);
}

#[test]
fn gamma_gamma_on_cdnow_is_fader_hardie_2013() {
    let Some(cdnow) = file("gamma-gamma", "cdnow/cdnow_summary_monetary.csv") else {
        return;
    };
    let options = Options {
        predict: Some(1.0),
        ..Options::standard()
    };
    let fitted = fit("gamma-gamma", &cdnow, &options);
    params(&fitted, &[("p", 6.25), ("q", 3.74), ("v", 15.44)], 2e-3);
    close(
        fitted.log_likelihood.expect("has one"),
        -4_055.923_243_5,
        1e-6,
    );
    assert_eq!(fitted.n, 946.0);
    let rows = fitted.predictions.expect("asked for");
    let expected = rows.column("expected_value").expect("column");
    for (row, want) in [
        24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17,
    ]
    .iter()
    .enumerate()
    {
        close(expected[row], *want, 0.01);
    }
}

#[test]
fn gamma_gamma_reads_single_purchases() {
    let Some(cdnow) = file("gamma-gamma raw", "cdnow/cdnow_sample.csv") else {
        return;
    };
    let options = Options {
        calibration_end: Some(jiff::civil::date(1997, 9, 30)),
        ..roles(&["customer=master_id", "date=date", "amount=amount"])
    };
    let fitted = fit("gamma-gamma", &cdnow, &options);
    params(
        &fitted,
        &[
            ("p", 6.249_571_5),
            ("q", 3.744_224_94),
            ("v", 15.443_524_18),
        ],
        1e-4,
    );
    close(
        fitted.log_likelihood.expect("has one"),
        -4_055.917_694_8,
        1e-4,
    );
}

#[test]
fn bg_bb_on_donations_is_fader_hardie_shang_2010() {
    let Some(donations) = file("bg-bb", "donations/donations.csv") else {
        return;
    };
    let fitted = fit("bg-bb", &donations, &Options::standard());
    params(
        &fitted,
        &[
            ("alpha", 1.204),
            ("beta", 0.750),
            ("gamma", 0.657),
            ("delta", 2.783),
        ],
        1e-3,
    );
    close(fitted.log_likelihood.expect("has one"), -33_225.58, 0.01);
    assert_eq!(fitted.n, 11_104.0);
}

#[test]
fn predictions_are_one_row_per_customer_and_sum_to_the_total() {
    let Some(cdnow) = file("predictions", SUMMARY) else {
        return;
    };
    let options = Options {
        predict: Some(52.0),
        ..roles(&["customer=ID"])
    };
    let fitted = fit("bg-nbd", &cdnow, &options);
    let rows = fitted.predictions.as_ref().expect("asked for");
    assert_eq!(
        rows.names(),
        ["customer", "x", "t_x", "T", "p_alive", "expected_purchases"]
    );
    assert_eq!(rows.rows(), 2357);
    let sum: f64 = rows
        .column("expected_purchases")
        .expect("column")
        .iter()
        .sum();
    close(
        fitted.extra["expected_purchases_total"]
            .as_f64()
            .expect("number"),
        sum,
        1e-6,
    );
    close(
        fitted.extra["expected_purchases_of_a_new_customer"]
            .as_f64()
            .expect("number"),
        1.444,
        1e-3,
    );
    assert!(
        rows.column("p_alive")
            .expect("column")
            .iter()
            .all(|p| (0.0..=1.0).contains(p))
    );
}

#[test]
fn purchases_of_one_day_are_one_purchase_and_later_customers_are_counted() {
    let mut text = "customer,date\n".to_owned();
    for customer in 0..30 {
        text += &format!("{customer},2026-01-01\n{customer},2026-01-01\n");
        text += &format!("{customer},2026-01-{:02}\n", 2 + customer % 20);
    }
    text += "late,2026-03-01\n";
    let options = Options {
        unit: Some("days".to_owned()),
        calibration_end: Some(jiff::civil::date(2026, 1, 31)),
        predict: Some(30.0),
        ..Options::standard()
    };
    let fitted = fit("nbd", &columns(&text), &options);
    assert_eq!(fitted.extra["customers_left_out"], 1);
    let rows = fitted.predictions.as_ref().expect("asked for");
    assert!(rows.column("x").expect("column").iter().all(|x| *x == 1.0));
    assert!(rows.column("T").expect("column").iter().all(|t| *t == 30.0));
    assert_eq!(fitted.n, 30.0);
}

#[test]
fn a_far_horizon_is_told_as_extrapolation() {
    let Some(cdnow) = file("horizon", SUMMARY) else {
        return;
    };
    let options = Options {
        predict: Some(400.0),
        ..Options::standard()
    };
    assert_eq!(
        cautions(&fit("bg-nbd", &cdnow, &options)),
        ["statistics.extrapolation"]
    );
}

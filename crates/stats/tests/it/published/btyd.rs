//! Do the purchase distributions give the published numbers?

use crate::data::read_columns;
use odla_stats::btyd::{
    Fit, History, HistoryRow, Parameters, bg_bb, bg_nbd, gamma_gamma, mbg_nbd, nbd, pareto_nbd,
};

fn cdnow(test: &str) -> Option<History> {
    let columns = read_columns(
        test,
        "cdnow/cdnow_summary.csv",
        &["frequency", "recency", "T"],
    )?;
    Some(History::new(&columns[0], &columns[1], &columns[2]).expect("CDNOW is a valid history"))
}

fn row(frequency: u32, recency: f64, observed: f64) -> HistoryRow {
    HistoryRow {
        frequency,
        recency,
        observed,
    }
}

#[track_caller]
fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} is not {want}");
}

#[track_caller]
fn check_fit<P: Parameters>(fit: &Fit<P>, want: &[f64], relative: f64) {
    assert!(fit.converged && fit.cautions.is_empty(), "{fit:?}");
    for (got, want) in fit.parameters.to_vec().iter().zip(want) {
        close(*got, *want, relative * want);
    }
}

#[test]
fn bg_nbd_on_cdnow_is_fader_hardie_lee_2005_table_2() {
    let Some(history) = cdnow("bg_nbd cdnow") else {
        return;
    };
    let fit = bg_nbd::fit(&history).expect("fits");
    check_fit(&fit, &[0.242_593, 4.413_531, 0.792_886, 2.425_753], 2e-5);
    close(fit.log_likelihood, -9_582.425_560_567, 1e-7);
    check_fit(&fit, &[0.243, 4.414, 0.793, 2.426], 2e-3);
}

#[test]
fn pareto_nbd_on_cdnow_is_fader_hardie_lee_2005_table_2() {
    let Some(history) = cdnow("pareto_nbd cdnow") else {
        return;
    };
    let fit = pareto_nbd::fit(&history).expect("fits");
    check_fit(
        &fit,
        &[0.553_275_5, 10.577_61, 0.606_213_5, 11.667_908],
        2e-5,
    );
    close(fit.log_likelihood, -9_594.973_929_827, 1e-6);
    check_fit(&fit, &[0.553, 10.578, 0.606, 11.669], 1e-3);
    // Standard errors of CLVTools' tests, which come from data without rounding of the times.
    for (got, want) in
        fit.standard_errors
            .iter()
            .zip([0.047_626_4, 0.842_722_2, 0.187_259_4, 6.210_544_8])
    {
        close(*got, want, 2e-3 * want);
    }
}

#[test]
fn mbg_nbd_on_cdnow_is_batislam_2007() {
    let Some(history) = cdnow("mbg_nbd cdnow") else {
        return;
    };
    let fit = mbg_nbd::fit(&history).expect("fits");
    check_fit(&fit, &[0.525, 6.183, 0.891, 1.614], 2e-3);
}

#[test]
fn nbd_is_the_limit_below_the_two_with_dropout() {
    let Some(history) = cdnow("nbd cdnow") else {
        return;
    };
    let fit = nbd::fit(&history).expect("fits");
    assert!(fit.converged && fit.log_likelihood < -9590.0, "{fit:?}");
}

#[test]
fn gamma_gamma_on_cdnow_is_fader_hardie_2013() {
    let columns = read_columns(
        "gamma_gamma cdnow",
        "cdnow/cdnow_summary_monetary.csv",
        &["x", "zbar"],
    );
    let Some(columns) = columns else {
        return;
    };
    let spend = gamma_gamma::SpendHistory::new(&columns[0], &columns[1]).expect("valid");
    assert_eq!(spend.customers(), 946.0);
    let fit = gamma_gamma::fit(&spend).expect("fits");
    check_fit(&fit, &[6.248_803_86, 3.744_588_32, 15.447_743_61], 1e-6);
    close(fit.log_likelihood, -4_055.923_243_502_862, 1e-8);
}

#[test]
fn gamma_gamma_expects_the_first_ten_customers_of_the_paper() {
    let parameters = gamma_gamma::GammaGamma {
        p: 6.248_803_86,
        q: 3.744_588_32,
        v: 15.447_743_61,
    };
    let rows = [
        (2.0, 22.35, 24.65),
        (1.0, 11.77, 18.91),
        (0.0, 0.0, 35.17),
        (7.0, 73.74, 71.46),
        (2.0, 25.55, 27.28),
    ];
    for (x, mean, want) in rows {
        close(
            parameters.expected_value(x, mean).expect("finite"),
            want,
            0.01,
        );
    }
}

#[test]
fn bg_bb_on_donations_is_fader_hardie_shang_2010() {
    let names = ["frequency", "recency", "periods", "weights"];
    let Some(columns) = read_columns("bg_bb", "donations/donations.csv", &names) else {
        return;
    };
    let rows: Vec<bg_bb::ChanceRow> = (0..columns[0].len())
        .map(|i| bg_bb::ChanceRow {
            frequency: columns[0][i] as u32,
            recency: columns[1][i] as u32,
            periods: columns[2][i] as u32,
        })
        .collect();
    let history = bg_bb::ChanceHistory::new(&rows, &columns[3]).expect("valid");
    let fit = bg_bb::fit(&history).expect("fits");
    check_fit(&fit, &[1.203_528, 0.749_726, 0.656_780_8, 2.783_796], 1e-3);
    close(fit.log_likelihood, -33_225.58, 0.005);
}

#[test]
fn bg_nbd_predicts_what_the_btyd_walkthrough_prints() {
    // Parameters of the third pass of R BTYD 2.4.3.
    let p = bg_nbd::BgNbd {
        r: 0.242_596_7,
        alpha: 4.413_659,
        a: 0.792_986_9,
        b: 2.426_164,
    };
    close(p.expected_from_new(52.0), 1.444_004, 1e-5);
    let best = row(26, 30.857_14, 31.0);
    close(p.expected_purchases(best, 52.0), 25.756_59, 2e-4);
    close(p.p_alive(best), 0.968_852_3, 1e-6);
    for (x, want) in [
        (10, 0.347_460_6),
        (15, 0.042_833_91),
        (20, 0.004_158_973),
        (25, 0.000_358_368_5),
    ] {
        close(
            p.expected_purchases(row(x, 20.0, 39.0), 52.0),
            want,
            3e-5 * want,
        );
    }
}

#[test]
fn bg_nbd_predicts_what_hardies_spreadsheet_shows() {
    let p = bg_nbd::BgNbd {
        r: 0.242_593,
        alpha: 4.413_531,
        a: 0.792_886,
        b: 2.425_753,
    };
    close(
        p.expected_purchases(row(2, 30.43, 38.86), 39.0),
        1.226,
        5e-4,
    );
    for (time, want) in [
        (0.1429, 0.0078),
        (1.0, 0.0532),
        (3.0, 0.1506),
        (31.8571, 1.0405),
        (32.0, 1.0437),
        (78.0, 1.8576),
    ] {
        close(p.expected_from_new(time), want, 3e-4 * want + 5e-5);
    }
}

#[test]
fn pareto_nbd_predicts_what_the_btyd_walkthrough_prints() {
    // The walkthrough prints its parameters to 3 digits only; these are the same fit to 8.
    let p = pareto_nbd::ParetoNbd {
        r: 0.553_277_06,
        alpha: 10.577_683_55,
        s: 0.606_239_84,
        beta: 11.668_730_87,
    };
    close(p.expected_from_new(52.0), 1.473_434, 1e-3);
    let best = row(26, 30.857_14, 31.0);
    close(p.expected_purchases(best, 52.0), 25.456_47, 5e-3);
    close(p.p_alive(best), 0.997_874, 2e-5);
}

/// Purchases of the CDNOW sample from its transactions: calibration to day 272 (1997-09-30), holdout of 39 weeks.
struct Cdnow {
    history: History,
    holdout: Vec<f64>,
}

fn cdnow_transactions(test: &str) -> Option<Cdnow> {
    let text = crate::data::read_text(test, "cdnow/cdnow_sample.csv")?;
    let mut days = std::collections::BTreeMap::<&str, std::collections::BTreeSet<i32>>::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        days.entry(cells[1]).or_default().insert(day_of(cells[2]));
    }
    const END: i32 = 272;
    let mut columns = [const { Vec::new() }; 4];
    for bought in days.values() {
        let first = *bought.first().expect("at least one purchase");
        let within: Vec<i32> = bought.iter().copied().filter(|d| *d <= END).collect();
        let last = *within.last().expect("the first lies within");
        let weeks = |d: i32| f64::from(d) / 7.0;
        columns[0].push(within.len() as f64 - 1.0);
        columns[1].push(weeks(last - first));
        columns[2].push(weeks(END - first));
        columns[3].push((bought.len() - within.len()) as f64);
    }
    let [x, t_x, t, holdout] = columns;
    Some(Cdnow {
        history: History::new(&x, &t_x, &t).expect("valid"),
        holdout,
    })
}

/// Days since 1997-01-01 of a date in 1997 or 1998.
fn day_of(date: &str) -> i32 {
    const BEFORE: [i32; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
    let parts: Vec<i32> = date
        .split('-')
        .map(|p| p.parse().expect("a number"))
        .collect();
    (parts[0] - 1997) * 365 + BEFORE[parts[1] as usize - 1] + parts[2] - 1
}

#[test]
fn cdnow_from_its_transactions_gives_the_parameters_of_clvtools_and_btyd() {
    let Some(cdnow) = cdnow_transactions("cdnow transactions") else {
        return;
    };
    let bg = bg_nbd::fit(&cdnow.history).expect("fits");
    check_fit(
        &bg,
        &[0.242_594_53, 4.413_602_13, 0.792_921_93, 2.425_906_45],
        1e-6,
    );
    close(bg.log_likelihood, -9_582.429_206_673_9, 1e-8);
    let pareto = pareto_nbd::fit(&cdnow.history).expect("fits");
    check_fit(
        &pareto,
        &[0.553_277_06, 10.577_683_55, 0.606_239_84, 11.668_730_87],
        1e-5,
    );
    close(pareto.log_likelihood, -9_594.976_178_939_5, 1e-7);
    for (got, want) in
        (pareto.standard_errors.iter()).zip([0.047_626_4, 0.842_722_2, 0.187_259_4, 6.210_544_8])
    {
        close(*got, want, 1e-3 * want);
    }
}

#[test]
fn cdnow_master_cohort_agrees_with_an_independent_computation() {
    let Some(text) = crate::data::read_text("cdnow master", "cdnow/cdnow_master.csv") else {
        return;
    };
    let mut days = std::collections::BTreeMap::<&str, std::collections::BTreeSet<i32>>::new();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        days.entry(cells[0]).or_default().insert(day_of(cells[1]));
    }
    let mut columns = [const { Vec::new() }; 3];
    for bought in days.values() {
        let first = *bought.first().expect("at least one purchase");
        let within: Vec<i32> = bought.iter().copied().filter(|d| *d <= 272).collect();
        columns[0].push(within.len() as f64 - 1.0);
        columns[1].push(f64::from(within[within.len() - 1] - first) / 7.0);
        columns[2].push(f64::from(272 - first) / 7.0);
    }
    let [x, t_x, t] = columns;
    let fit = bg_nbd::fit(&History::new(&x, &t_x, &t).expect("valid")).expect("fits");
    check_fit(
        &fit,
        &[0.251_623_95, 4.788_942_72, 0.723_433_7, 2.161_088_67],
        1e-5,
    );
    close(fit.log_likelihood, -95_368.443_933_160_76, 1e-6);
}

#[test]
fn cdnow_holdout_by_frequency_is_the_table_of_the_btyd_walkthrough() {
    let Some(cdnow) = cdnow_transactions("cdnow holdout") else {
        return;
    };
    let ahead = odla_stats::btyd::Outlook {
        horizon: 39.0,
        discount: 0.0,
    };
    let expect = |kind| {
        let fit = odla_stats::btyd::fit_kind(kind, &cdnow.history).expect("fits");
        let model = fit.model();
        model
            .expected_purchases(&cdnow.history, ahead)
            .expect("valid")
    };
    use odla_stats::btyd::PurchaseKind::{BgNbd, ParetoNbd};
    let customers = [1411.0, 439.0, 214.0, 100.0, 62.0, 38.0, 29.0, 64.0];
    let actual = [0.237, 0.697, 1.393, 1.560, 2.532, 2.947, 3.862, 6.359];
    let pareto = [0.138, 0.600, 1.196, 1.714, 2.399, 2.907, 3.819, 6.403];
    let bg = [
        0.225_089_3,
        0.523_136_4,
        1.044_126,
        1.520_256,
        2.163_824,
        2.653_789,
        3.503_957,
        6.157_036,
    ];
    let tables = [
        (cdnow.holdout.clone(), actual, 5.1e-4),
        (expect(ParetoNbd), pareto, 1.2e-3),
        (expect(BgNbd), bg, 2e-4),
    ];
    for (values, wants, tolerance) in tables {
        for (x, want) in wants.iter().enumerate() {
            let members: Vec<f64> = (0..values.len())
                .filter(|&i| (cdnow.history.row(i).frequency as usize).min(7) == x)
                .map(|i| values[i])
                .collect();
            assert_eq!(members.len() as f64, customers[x]);
            close(members.iter().sum::<f64>() / customers[x], *want, tolerance);
        }
    }
}

#[test]
fn cdnow_cumulative_purchases_follow_the_tracking_table_of_the_btyd_walkthrough() {
    let Some(cdnow) = cdnow_transactions("cdnow tracking") else {
        return;
    };
    let fit = pareto_nbd::fit(&cdnow.history).expect("fits");
    let births: Vec<f64> = (0..cdnow.history.len())
        .map(|i| 272.0 / 7.0 - cdnow.history.row(i).observed)
        .collect();
    let table = [1308.856, 1385.275, 1459.923, 1532.906, 1604.32, 1674.253];
    for (week, want) in (20..26).zip(table) {
        let expected: f64 = (births.iter())
            .map(|b| {
                fit.parameters
                    .expected_from_new((f64::from(week) - b).max(0.0))
            })
            .sum();
        close(expected, want, 2e-3 * want);
    }
}

//! Do competing ends, start-stop rows, the test of proportional hazards and frailty agree with independent computations?
//!
//! The figures come from tests/data/regression_and_time.py, which names its programs and their versions.

use odla_stats::contract::{Column, HazardData, Link, frailty};
use odla_stats::regression::Weights;
use odla_stats::survival::aalen_johansen::{self, CompetingSpells};
use odla_stats::survival::cox::{CoxConfig, CoxSample, Ties};
use odla_stats::survival::{Spells, cox};

use crate::data::read_columns;

#[track_caller]
fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} is not {want}");
}

#[test]
fn lung_deaths_below_and_above_63_years_as_two_ends_are_those_of_the_definition() {
    let wanted = ["time", "status", "age"];
    let Some(columns) = read_columns("aalen-johansen lung", "lung/lung.csv", &wanted) else {
        return;
    };
    let end: Vec<usize> = (columns[1].iter().zip(&columns[2]))
        .map(|(status, age)| match (*status == 2.0, *age >= 63.0) {
            (false, _) => 0,
            (true, false) => 1,
            (true, true) => 2,
        })
        .collect();
    let kinds = ["younger".to_owned(), "older".to_owned()];
    let spells = CompetingSpells {
        entry: None,
        time: &columns[0],
        end: &end,
        kinds: &kinds,
        weights: None,
    };
    let curves = aalen_johansen::fit(&spells, 0.95).expect("valid");
    let known = [
        (
            100.0,
            [
                (0.039495724235, 0.012902782828),
                (0.09653530812, 0.019563223948),
            ],
        ),
        (
            300.0,
            [
                (0.214019706997, 0.028178188424),
                (0.255372175243, 0.029997840591),
            ],
        ),
        (
            700.0,
            [
                (0.377330756695, 0.037505655022),
                (0.48027773765, 0.038965416556),
            ],
        ),
    ];
    for (time, shares) in known {
        let at = curves.at(time).expect("was observed so long");
        for (got, (share, error)) in at.iter().zip(shares) {
            close(got.value, share, 1e-11);
            close(got.standard_error, error, 1e-11);
        }
    }
}

#[test]
fn lung_with_a_column_that_switches_on_at_200_days_agree_with_lifelines() {
    let wanted = ["time", "status", "age", "ph.ecog"];
    let Some(lung) = read_columns("cox start-stop", "lung/lung.csv", &wanted) else {
        return;
    };
    let (mut entry, mut time, mut event) = (Vec::new(), Vec::new(), Vec::new());
    let mut columns = vec![Vec::new(); 3];
    for row in (0..lung[0].len()).filter(|&r| !lung[3][r].is_nan()) {
        let mut from = 0.0;
        for to in [200.0, 400.0, f64::INFINITY] {
            let end = lung[0][row].min(to);
            if end > from {
                entry.push(from);
                time.push(end);
                event.push(lung[1][row] == 2.0 && lung[0][row] <= to);
                let late = f64::from(u8::from(from >= 200.0));
                let values = [lung[2][row], lung[3][row], lung[3][row] * late];
                columns.iter_mut().zip(values).for_each(|(c, v)| c.push(v));
            }
            from = to;
        }
    }
    assert_eq!(time.len(), 428);
    let names = ["age", "ecog", "late"].map(str::to_owned);
    let sample = CoxSample {
        spells: Spells {
            entry: Some(&entry),
            time: &time,
            event: &event,
            weights: None,
        },
        columns: &columns,
        names: &names,
        weights: Weights::Equal,
        strata: None,
        clusters: None,
    };
    let config = CoxConfig {
        ties: Ties::Efron,
        robust: false,
        level: 0.95,
    };
    let fit = cox::fit(&sample, &config).expect("fits");
    let known = [
        (0.011117611096, 0.00934736312),
        (0.655131966329, 0.173388267097),
        (-0.378223971131, 0.22849260474),
    ];
    for (got, (value, error)) in fit.coefficients.iter().zip(known) {
        close(got.estimate.value, value, 1e-6);
        close(got.estimate.standard_error, error, 1e-6);
    }
    close(fit.log_likelihood, -733.574741877186, 1e-7);
}

#[test]
fn cutting_rows_in_time_changes_nothing_when_columns_stay_the_same() {
    let wanted = ["time", "status", "age", "sex"];
    let Some(lung) = read_columns("cox split", "lung/lung.csv", &wanted) else {
        return;
    };
    let names = ["age", "sex"].map(str::to_owned);
    let config = CoxConfig {
        ties: Ties::Efron,
        robust: true,
        level: 0.95,
    };
    let fit_of = |cut: f64| {
        let (mut entry, mut time, mut event) = (Vec::new(), Vec::new(), Vec::new());
        let (mut columns, mut clusters) = (vec![Vec::new(); 2], Vec::new());
        for (row, &end) in lung[0].iter().enumerate() {
            let mut from = 0.0;
            while from < end {
                let to = (from + cut).min(end);
                entry.push(from);
                time.push(to);
                event.push(to == end && lung[1][row] == 2.0);
                columns[0].push(lung[2][row]);
                columns[1].push(lung[3][row]);
                clusters.push(row);
                from = to;
            }
        }
        let sample = CoxSample {
            spells: Spells {
                entry: Some(&entry),
                time: &time,
                event: &event,
                weights: None,
            },
            columns: &columns,
            names: &names,
            weights: Weights::Equal,
            strata: None,
            clusters: Some(&clusters),
        };
        cox::fit(&sample, &config).expect("fits")
    };
    let (whole, cut) = (fit_of(f64::INFINITY), fit_of(37.0));
    close(whole.log_likelihood, cut.log_likelihood, 1e-9);
    close(whole.concordance, cut.concordance, 1e-12);
    for (a, b) in whole.coefficients.iter().zip(&cut.coefficients) {
        close(a.estimate.value, b.estimate.value, 1e-9);
        // Clustered by patient, the pieces of one life are one life again.
        close(a.estimate.standard_error, b.estimate.standard_error, 1e-9);
    }
}

#[test]
fn lung_proportional_hazards_test_on_ranks_agrees_with_lifelines() {
    let wanted = ["time", "status", "age", "sex", "ph.ecog"];
    let Some(lung) = read_columns("zph lung", "lung/lung.csv", &wanted) else {
        return;
    };
    let rows: Vec<usize> = (0..lung[0].len())
        .filter(|&r| !lung[4][r].is_nan())
        .collect();
    let pick = |c: usize| rows.iter().map(|&r| lung[c][r]).collect::<Vec<f64>>();
    let event: Vec<bool> = rows.iter().map(|&r| lung[1][r] == 2.0).collect();
    // Made unlike by a hair: that program numbers tied events in the order of its rows, here they share a place.
    let hair = 1e-3 / rows.len() as f64;
    let apart = |(i, t): (usize, f64)| t + hair * i as f64;
    let time: Vec<f64> = pick(0).into_iter().enumerate().map(apart).collect();
    let columns = [pick(2), pick(3), pick(4)];
    let names = ["age", "sex", "ecog"].map(str::to_owned);
    let sample = CoxSample {
        spells: Spells {
            entry: None,
            time: &time,
            event: &event,
            weights: None,
        },
        columns: &columns,
        names: &names,
        weights: Weights::Equal,
        strata: None,
        clusters: None,
    };
    let config = CoxConfig {
        ties: Ties::Efron,
        robust: false,
        level: 0.95,
    };
    let fit = cox::fit(&sample, &config).expect("fits");
    let known = [0.72475076, 0.1294655, 0.14401729];
    for (got, want) in fit.proportionality.iter().zip(known) {
        close(*got, want, 1e-6);
    }
}

#[test]
fn gaussian_frailty_agrees_with_a_dense_quadrature_in_numpy() {
    let text = include_str!("../../data/frailty.csv");
    let rows: Vec<Vec<f64>> = (text.lines().skip(1))
        .map(|line| {
            line.split(',')
                .map(|c| c.parse().expect("a number"))
                .collect()
        })
        .collect();
    let pick = |c: usize| rows.iter().map(|r| r[c]).collect::<Vec<f64>>();
    let columns = vec![Column::new("x", pick(1)), Column::new("z", pick(2))];
    let data = HazardData::new(columns, vec![1.0; rows.len()], pick(3)).expect("valid");
    let group: Vec<usize> = rows.iter().map(|r| r[0] as usize).collect();
    let fit = frailty::fit(&data, &group, (Link::Cloglog, 0.95)).expect("fits");
    let known = [
        (-1.839761821735, 0.158836957647),
        (0.805305501907, 0.124890974306),
        (-0.038648759664, 0.105049445486),
    ];
    let hazard = &fit.hazard;
    for (j, (value, error)) in known.into_iter().enumerate() {
        close(hazard.coefficients[j], value, 2e-6);
        close(hazard.standard_errors[j], error, 2e-6);
    }
    close(fit.deviation.value.ln(), -0.613026564436, 2e-6);
    close(
        fit.deviation.standard_error / fit.deviation.value,
        0.197026988752,
        5e-6,
    );
    close(hazard.log_likelihood, -516.009541880453, 1e-7);
    assert!(fit.frailty_p < 1e-4 && fit.groups.len() == 40);
}

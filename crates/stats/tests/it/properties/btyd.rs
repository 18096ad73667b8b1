//! What holds for every fit of purchases, whatever the data?

use odla_stats::btyd::{
    Fit, History, HistoryRow, Outlook, Parameters, PurchaseKind, PurchaseModel, SpendModel, bg_nbd,
    choose_by_holdout, fit_kind, gamma_gamma, mbg_nbd, nbd, pareto_nbd,
};
use odla_stats::{Caution, StatsError};

type Outcome = Result<(Vec<f64>, f64, Vec<Caution>), StatsError>;

fn plain<P: Parameters>(fit: Result<Fit<P>, StatsError>) -> Outcome {
    fit.map(|f| (f.parameters.to_vec(), f.log_likelihood, f.cautions))
}

/// Name, fit, and which parameters are rates in the unit of time.
type Fitter = (&'static str, fn(&History) -> Outcome, &'static [usize]);

const FITTERS: [Fitter; 4] = [
    ("nbd", |h| plain(nbd::fit(h)), &[1]),
    ("bg_nbd", |h| plain(bg_nbd::fit(h)), &[1]),
    ("mbg_nbd", |h| plain(mbg_nbd::fit(h)), &[1]),
    ("pareto_nbd", |h| plain(pareto_nbd::fit(h)), &[1, 3]),
];

fn columns(customers: usize, seed: u64) -> [Vec<f64>; 3] {
    let truth = pareto_nbd::ParetoNbd {
        r: 0.9,
        alpha: 6.0,
        s: 0.8,
        beta: 12.0,
    };
    let observed: Vec<f64> = (0..customers).map(|i| 20.0 + (i % 20) as f64).collect();
    let s = truth.simulate(&observed, 0.0, seed);
    [s.frequency, s.recency, s.observed]
}

fn history([x, t_x, t]: &[Vec<f64>; 3]) -> History {
    History::new(x, t_x, t).expect("valid")
}

#[test]
fn order_of_rows_changes_no_bit() {
    let data = columns(6000, 1);
    let turned = data.clone().map(|c| c.into_iter().rev().collect());
    for (name, fit, _) in FITTERS {
        assert_eq!(fit(&history(&data)), fit(&history(&turned)), "{name}");
    }
}

#[test]
fn number_of_threads_changes_no_bit() {
    let data = history(&columns(20_000, 2));
    let with = |threads: usize, fit: fn(&History) -> Outcome| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads start").install(|| fit(&data))
    };
    for (name, fit, _) in FITTERS {
        assert_eq!(with(1, fit), with(3, fit), "{name}");
    }
}

#[test]
fn a_weight_is_a_repetition() {
    let data = columns(400, 3);
    let weight: Vec<f64> = (0..400).map(|i| f64::from(1 + i % 3)).collect();
    let repeated = data.clone().map(|c| {
        let times = |(v, w): (&f64, &f64)| vec![*v; *w as usize];
        c.iter().zip(&weight).flat_map(times).collect()
    });
    let [x, t_x, t] = &data;
    let weighted = History::weighted(x, t_x, t, &weight).expect("valid");
    for (name, fit, _) in FITTERS {
        assert_eq!(fit(&weighted), fit(&history(&repeated)), "{name}");
    }
}

#[test]
fn the_unit_of_time_carries_through() {
    let data = columns(1500, 4);
    let mut days = data.clone();
    for column in &mut days[1..] {
        column.iter_mut().for_each(|v| *v *= 7.0);
    }
    for (name, fit, rates) in FITTERS {
        let weeks = fit(&history(&data)).expect("fits").0;
        let scaled = fit(&history(&days)).expect("fits").0;
        for i in 0..weeks.len() {
            let factor = if rates.contains(&i) { 7.0 } else { 1.0 };
            let ratio = scaled[i] / weeks[i] / factor;
            assert!((ratio - 1.0).abs() < 1e-5, "{name} {i}: {ratio}");
        }
    }
}

#[test]
fn nonsense_is_refused_with_a_reason() {
    let none = History::new(&[0.0; 50], &[0.0; 50], &[9.0; 50]).expect("valid");
    let one = History::new(&[2.0], &[3.0], &[9.0]).expect("valid");
    for (name, fit, _) in FITTERS {
        let silent = fit(&none);
        assert!(
            matches!(silent, Err(StatsError::NotIdentified { .. })),
            "{name}"
        );
        let single = fit(&one);
        assert!(
            matches!(single, Err(StatsError::TooFewObservations { .. })),
            "{name}"
        );
    }
}

#[test]
fn a_million_equal_customers_are_fitted_with_a_caution() {
    let n = 1_000_000;
    let history = History::new(&vec![3.0; n], &vec![7.0; n], &vec![9.0; n]).expect("valid");
    for (name, fit, _) in FITTERS {
        let (parameters, log_likelihood, cautions) = fit(&history).expect("fits");
        assert!(parameters.iter().all(|p| p.is_finite()) && log_likelihood.is_finite());
        assert!(!cautions.is_empty(), "{name}");
    }
}

#[test]
fn extreme_histories_give_a_number_or_an_error_but_no_panic() {
    let extremes = [
        (4e9, 1e-9, 1e-8),
        (1.0, 1e-300, 1e300),
        (1.0, 1e300, 1e300),
        (1e6, 0.5, 1e9),
    ];
    for (x, t_x, t) in extremes {
        let mut data = columns(60, 5);
        for (column, value) in data.iter_mut().zip([x, t_x, t]) {
            column.push(value);
        }
        let history = history(&data);
        for (name, fit, _) in FITTERS {
            if let Ok((parameters, ..)) = fit(&history) {
                assert!(
                    parameters.iter().all(|p| p.is_finite() && *p > 0.0),
                    "{name}"
                );
            }
        }
    }
}

#[test]
fn without_dropout_the_three_fall_back_to_the_nbd_and_say_so() {
    let truth = nbd::Nbd { r: 1.2, alpha: 8.0 };
    let simulated = truth.simulate(&vec![40.0; 3000], 20.0, 6);
    let history = simulated.history().expect("valid");
    let limit = nbd::fit(&history).expect("fits");
    for kind in [
        PurchaseKind::BgNbd,
        PurchaseKind::MbgNbd,
        PurchaseKind::ParetoNbd,
    ] {
        let fit = fit_kind(kind, &history).expect("fits");
        assert!(fit.log_likelihood() >= limit.log_likelihood - 1e-6);
        let told = |c: &Caution| matches!(c, Caution::DropoutNotIdentified { .. });
        assert!(fit.cautions().iter().any(told), "{fit:?}");
        let ahead = Outlook {
            horizon: 20.0,
            discount: 0.0,
        };
        let expected = fit
            .model()
            .expected_purchases(&history, ahead)
            .expect("valid");
        let sum: f64 = expected.iter().sum();
        let same = limit.parameters.expected_from_new(20.0) * 3000.0;
        assert!((sum / same - 1.0).abs() < 0.02, "{kind:?} {sum} {same}");
    }
    let choice = choose_by_holdout(&history, &simulated.holdout, 20.0).expect("valid");
    assert_eq!(choice.scores.len(), 4);
    assert!(choice.scores[0].log_score >= choice.scores[3].log_score);
}

#[test]
fn the_distribution_that_made_the_data_scores_best_on_the_holdout() {
    let truth = bg_nbd::BgNbd {
        r: 0.6,
        alpha: 4.4,
        a: 0.8,
        b: 2.4,
    };
    let simulated = truth.simulate(&vec![39.0; 20_000], 39.0, 7);
    let history = simulated.history().expect("valid");
    let choice = choose_by_holdout(&history, &simulated.holdout, 39.0).expect("valid");
    assert_eq!(choice.kind, PurchaseKind::BgNbd);
    for decile in &choice.scores[0].calibration {
        assert!((decile.expected - decile.actual).abs() < 0.1 + 0.08 * decile.actual);
    }
}

#[test]
fn silence_lowers_the_probability_of_being_alive_and_it_stays_a_probability() {
    let models = [
        PurchaseModel::BgNbd(bg_nbd::BgNbd {
            r: 0.24,
            alpha: 4.4,
            a: 0.8,
            b: 2.4,
        }),
        PurchaseModel::MbgNbd(mbg_nbd::MbgNbd {
            r: 0.5,
            alpha: 6.2,
            a: 0.9,
            b: 1.6,
        }),
        PurchaseModel::ParetoNbd(pareto_nbd::ParetoNbd {
            r: 0.55,
            alpha: 10.6,
            s: 0.6,
            beta: 11.7,
        }),
    ];
    for model in models {
        for frequency in [1, 3, 40, 900] {
            let mut before = 1.0;
            for silence in 0..60 {
                let row = HistoryRow {
                    frequency,
                    recency: 30.0,
                    observed: 30.0 + f64::from(silence),
                };
                let p = model.p_alive_of(row);
                assert!(
                    (0.0..=1.0).contains(&p) && p <= before,
                    "{model:?} {row:?} {p}"
                );
                before = p;
            }
        }
    }
}

#[test]
fn spend_follows_the_unit_of_money_and_refuses_what_is_none() {
    let truth = gamma_gamma::GammaGamma {
        p: 6.25,
        q: 3.74,
        v: 15.44,
    };
    let x: Vec<f64> = (0..500).map(|i| f64::from(1 + i % 6)).collect();
    let z = truth.simulate(&x, 8);
    let cents: Vec<f64> = z.iter().map(|v| v * 100.0).collect();
    let fit = |z: &[f64]| {
        let spend = gamma_gamma::SpendHistory::new(&x, z).expect("valid");
        gamma_gamma::fit(&spend).expect("fits").parameters
    };
    let (whole, fine) = (fit(&z), fit(&cents));
    assert!((fine.p / whole.p - 1.0).abs() < 1e-6 && (fine.q / whole.q - 1.0).abs() < 1e-6);
    assert!((fine.v / whole.v / 100.0 - 1.0).abs() < 1e-6);
    for wrong in [f64::NAN, -1.0, f64::INFINITY] {
        assert!(gamma_gamma::SpendHistory::new(&[1.0], &[wrong]).is_err());
    }
    let equal = gamma_gamma::SpendHistory::new(&x, &vec![5.0; 500]).expect("valid");
    assert!(matches!(
        gamma_gamma::fit(&equal),
        Err(StatsError::NoVariation { .. })
    ));
}

#[test]
fn spend_that_grows_with_frequency_is_told() {
    let x: Vec<f64> = (0..300).map(|i| f64::from(1 + i % 10)).collect();
    let z: Vec<f64> = (0..300)
        .map(|i| f64::from(1 + i % 10) * 3.0 + f64::from(i % 7))
        .collect();
    let spend = gamma_gamma::SpendHistory::new(&x, &z).expect("valid");
    let fit = gamma_gamma::fit(&spend).expect("fits");
    let told = |c: &Caution| matches!(c, Caution::SpendDependsOnFrequency { correlation } if *correlation > 0.9);
    assert!(fit.cautions.iter().any(told));
}

#[test]
fn impossible_outlooks_and_spends_are_refused() {
    let history = history(&columns(20, 9));
    let model = PurchaseModel::Nbd(nbd::Nbd { r: 1.0, alpha: 5.0 });
    let ahead = |horizon: f64, discount: f64| Outlook { horizon, discount };
    for outlook in [ahead(-1.0, 0.0), ahead(f64::NAN, 0.0), ahead(5.0, -0.1)] {
        let spend = SpendModel::Constant(1.0);
        assert!(model.expected_value(&history, &spend, outlook).is_err());
    }
    let short = SpendModel::PerCustomer(&[1.0, 2.0]);
    assert!(
        model
            .expected_value(&history, &short, ahead(5.0, 0.0))
            .is_err()
    );
    let nan = SpendModel::Constant(f64::NAN);
    assert!(
        model
            .expected_value(&history, &nan, ahead(5.0, 0.0))
            .is_err()
    );
}

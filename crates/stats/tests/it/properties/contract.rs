//! What holds for every fit of contracts, whatever the data?

use odla_stats::contract::{
    Cohort, Column, CompetingData, HazardData, HazardSettings, Link, bdw, competing, hazard, sbg,
    value,
};
use odla_stats::{Caution, StatsError};

const FREE: HazardSettings = HazardSettings {
    link: Link::Cloglog,
    ridge: 0.0,
};

fn data(columns: Vec<Column>, ended: [f64; 6]) -> HazardData {
    HazardData::new(columns, vec![20.0; 6], ended.to_vec()).expect("valid")
}

fn tenure() -> Column {
    Column::new("tenure", vec![0.0, 1.0, 2.0, 0.0, 1.0, 2.0])
}

fn window() -> Column {
    Column::new("window", vec![0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
}

#[test]
fn weights_and_order_of_patterns_are_only_bookkeeping() {
    let counted = data(vec![tenure(), window()], [1.0, 2.0, 3.0, 6.0, 5.0, 4.0]);
    let together = hazard::fit(&counted, &FREE).expect("fits");
    // One row per contract, in another order.
    let (mut tenures, mut windows, mut ended) = (vec![], vec![], vec![]);
    for (pattern, ends) in [1, 2, 3, 6, 5, 4].into_iter().enumerate().rev() {
        for k in 0..20 {
            tenures.push((pattern % 3) as f64);
            windows.push((pattern / 3) as f64);
            ended.push(f64::from(u8::from(k < ends)));
        }
    }
    let columns = vec![
        Column::new("tenure", tenures),
        Column::new("window", windows),
    ];
    let single = HazardData::new(columns, vec![1.0; 120], ended).expect("valid");
    let apart = hazard::fit(&single, &FREE).expect("fits");
    for j in 0..3 {
        assert!((together.coefficients[j] - apart.coefficients[j]).abs() < 1e-8);
        assert!((together.standard_errors[j] - apart.standard_errors[j]).abs() < 1e-8);
    }
}

#[test]
fn a_window_outside_which_nothing_ends_is_called_separation_by_name() {
    let ended = [0.0, 0.0, 0.0, 6.0, 5.0, 4.0];
    let result = hazard::fit(&data(vec![tenure(), window()], ended), &FREE);
    assert_eq!(
        result,
        Err(StatsError::Separation {
            column: "window".to_owned()
        })
    );
    // Declared not at risk, the same months are no problem, and the window needs no column.
    let at_risk = vec![0.0, 0.0, 0.0, 20.0, 20.0, 20.0];
    let structural = HazardData::new(vec![tenure()], at_risk, ended.to_vec()).expect("valid");
    let fit = hazard::fit(&structural, &FREE).expect("fits");
    assert_eq!((fit.at_risk, fit.ended), (60.0, 15.0));
    // Held by a ridge it is fitted, and both cautions are given.
    let sparse = Column::penalized("window", window().values);
    let settings = HazardSettings { ridge: 1.0, ..FREE };
    let fit = hazard::fit(&data(vec![tenure(), sparse], ended), &settings).expect("fits");
    let has = |key: &str| fit.cautions.iter().any(|c| c.key() == key);
    assert!(has("separation") && has("penalized"), "{:?}", fit.cautions);
}

#[test]
fn columns_that_separate_only_together_are_caught() {
    // Neither column alone separates; their sum does.
    let a = Column::new("a", vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    let b = Column::new("b", vec![1.0, 0.0, 0.5, 0.0, 2.0, 1.0]);
    let ended = vec![0.0, 0.0, 0.0, 20.0, 20.0, 20.0];
    let data = HazardData::new(vec![a, b], vec![20.0; 6], ended).expect("valid");
    assert!(matches!(
        hazard::fit(&data, &FREE),
        Err(StatsError::Separation { .. })
    ));
}

#[test]
fn collinear_and_constant_columns_are_named() {
    let double = Column::new("double", vec![1.0, 3.0, 5.0, 1.0, 3.0, 5.0]);
    let ended = [1.0, 2.0, 3.0, 6.0, 5.0, 4.0];
    let result = hazard::fit(&data(vec![tenure(), window(), double], ended), &FREE);
    assert!(matches!(result, Err(StatsError::Collinear { column }) if column == "double"));
    let constant = Column::new("constant", vec![3.0; 6]);
    let result = hazard::fit(&data(vec![constant], ended), &FREE);
    assert!(matches!(result, Err(StatsError::NoVariation { what }) if what == "constant"));
}

#[test]
fn nonsense_is_refused_with_a_reason() {
    let none = hazard::fit(&data(vec![tenure()], [0.0; 6]), &FREE);
    assert!(matches!(none, Err(StatsError::AllCensored { .. })));
    let all = hazard::fit(&data(vec![tenure()], [20.0; 6]), &FREE);
    assert!(matches!(all, Err(StatsError::NoVariation { .. })));
    for (n, d) in [(5.0, 6.0), (-1.0, 0.0), (f64::NAN, 0.0), (5.0, -1.0)] {
        assert!(
            HazardData::new(vec![], vec![n], vec![d]).is_err(),
            "{n} {d}"
        );
    }
    let nan = Column::new("x", vec![f64::NAN; 6]);
    let result = hazard::fit(&data(vec![nan], [1.0; 6]), &FREE);
    assert!(matches!(result, Err(StatsError::InvalidInput { .. })));
    let empty = HazardData::new(vec![], vec![], vec![]).expect("no rows");
    assert!(matches!(
        hazard::fit(&empty, &FREE),
        Err(StatsError::TooFewObservations { .. })
    ));
    let ends = vec![
        ("moved".to_owned(), vec![0.0; 6]),
        ("left".to_owned(), vec![1.0; 6]),
    ];
    let competing_data = CompetingData::new(vec![tenure()], vec![20.0; 6], ends).expect("valid");
    let result = competing::fit(&competing_data, 0.0);
    assert!(matches!(result, Err(StatsError::AllCensored { .. })));
}

#[test]
fn one_kind_of_end_is_the_logit() {
    let ended = [1.0, 2.0, 3.0, 6.0, 5.0, 4.0];
    let settings = HazardSettings {
        link: Link::Logit,
        ridge: 0.0,
    };
    let single = hazard::fit(&data(vec![tenure(), window()], ended), &settings).expect("fits");
    let kinds = vec![("end".to_owned(), ended.to_vec())];
    let columns = vec![tenure(), window()];
    let many = CompetingData::new(columns, vec![20.0; 6], kinds).expect("valid");
    let fit = competing::fit(&many, 0.0).expect("fits");
    for j in 0..3 {
        assert!((fit.coefficients[0][j] - single.coefficients[j]).abs() < 1e-8);
        assert!((fit.standard_errors[0][j] - single.standard_errors[j]).abs() < 1e-8);
    }
    assert!((fit.log_likelihood - single.log_likelihood).abs() < 1e-9);
}

#[test]
fn cohorts_refuse_nonsense_and_tell_when_all_are_alike() {
    assert!(Cohort::new(&[], 5.0).is_err());
    assert!(Cohort::new(&[-1.0], 5.0).is_err());
    assert!(Cohort::new(&[f64::NAN], 5.0).is_err());
    assert!(Cohort::from_survivors(&[5.0, 6.0]).is_err());
    let none = Cohort::new(&[0.0, 0.0, 0.0], 50.0).expect("valid");
    assert!(matches!(
        sbg::fit(std::slice::from_ref(&none)),
        Err(StatsError::AllCensored { .. })
    ));
    assert!(matches!(
        bdw::fit(&[none]),
        Err(StatsError::AllCensored { .. })
    ));
    let half: Vec<f64> = (0..8).map(|t| 1000.0 * 0.5_f64.powi(t)).collect();
    let alike = Cohort::from_survivors(&half).expect("valid");
    let fit = sbg::fit(&[alike]).expect("fits");
    let told = |c: &Caution| matches!(c, Caution::HeterogeneityNotIdentified { .. });
    assert!(fit.cautions.iter().any(told));
    assert!((fit.parameters.retention(3) - 0.5).abs() < 1e-3);
}

#[test]
fn a_margin_ahead_is_a_geometric_sum_when_nothing_changes() {
    let (h, v, n) = (0.05_f64, 1.0_f64 / 1.01, 36);
    let value = value::expected_margin(&vec![h; n], &vec![200.0; n], 0.01).expect("valid");
    let q = (1.0 - h) * v;
    let sum = 200.0 * v.sqrt() * (1.0 - q.powi(n as i32)) / (1.0 - q);
    assert!((value / sum - 1.0).abs() < 1e-13);
    assert!(value::expected_margin(&[1.2], &[1.0], 0.0).is_err());
    assert!(value::expected_margin(&[0.2], &[f64::NAN], 0.0).is_err());
    assert!(value::expected_margin(&[0.2], &[1.0, 2.0], 0.0).is_err());
}

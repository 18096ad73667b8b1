//! What holds for every course around a threshold, and is nonsense refused?

use odla_stats::bunching::{
    BunchingConfig, BunchingPlan, Course, estimate_bunching, simulate_bunching,
};

fn drawn() -> (Vec<f64>, Vec<f64>) {
    let plan = BunchingPlan {
        days: (40, 40),
        level: 100.0,
        growth: 0.0,
        window: 10,
        moved: 300.0,
        created: 0.0,
        dispersion: 1.0,
    };
    simulate_bunching(&plan, 2).expect("simulates")
}

#[test]
fn the_unit_of_amounts_and_the_order_of_days_do_not_matter() {
    let (position, count) = drawn();
    let ones = vec![1.0; 80];
    let config = BunchingConfig::standard();
    let course = Course {
        position: &position,
        count: &count,
        exposure: &ones,
    };
    let found = estimate_bunching(&course, &config, 1).expect("estimates");
    let money: Vec<f64> = count.iter().map(|c| 1_000.0 * c).collect();
    let dearer = estimate_bunching(
        &Course {
            count: &money,
            ..course
        },
        &config,
        1,
    )
    .expect("estimates");
    assert!((dearer.excess.value / found.excess.value / 1_000.0 - 1.0).abs() < 1e-6);
    assert!(
        (dearer.excess.interval.upper / found.excess.interval.upper / 1_000.0 - 1.0).abs() < 1e-4
    );
    let back = |column: &[f64]| column.iter().rev().copied().collect::<Vec<f64>>();
    let (turned_position, turned_count) = (back(&position), back(&count));
    let turned = Course {
        position: &turned_position,
        count: &turned_count,
        exposure: &ones,
    };
    let turned = estimate_bunching(&turned, &config, 1).expect("estimates");
    assert!((turned.excess.value - found.excess.value).abs() < 1e-6);
    assert!(found.excess.interval.lower > 0.0 && found.moved.value <= found.missing.value.max(0.0));
}

#[test]
fn days_with_double_exposure_are_expected_to_hold_twice_as_much() {
    let (position, _) = drawn();
    let exposure: Vec<f64> = (0..80)
        .map(|i| if i % 5 == 0 { 2.0 } else { 1.0 })
        .collect();
    let count: Vec<f64> = exposure.iter().map(|e| 50.0 * e).collect();
    let course = Course {
        position: &position,
        count: &count,
        exposure: &exposure,
    };
    let found = estimate_bunching(&course, &BunchingConfig::standard(), 1).expect("estimates");
    assert!(found.excess.value.abs() < 1e-6 && found.missing.value.abs() < 1e-6);
}

#[test]
fn impossible_courses_are_refused() {
    let (position, count) = drawn();
    let ones = vec![1.0; 80];
    let config = BunchingConfig::standard();
    let course = Course {
        position: &position,
        count: &count,
        exposure: &ones,
    };
    let fails =
        |course: &Course, config: &BunchingConfig| estimate_bunching(course, config, 1).is_err();
    let wide = BunchingConfig {
        before: 100.0,
        after: 100.0,
        ..config
    };
    assert!(fails(&course, &wide));
    assert!(fails(
        &Course {
            count: &count[1..],
            ..course
        },
        &config
    ));
    assert!(fails(
        &Course {
            exposure: &vec![0.0; 80],
            ..course
        },
        &config
    ));
    assert!(fails(
        &Course {
            count: &vec![0.0; 80],
            ..course
        },
        &config
    ));
    assert!(fails(
        &Course {
            count: &vec![f64::NAN; 80],
            ..course
        },
        &config
    ));
    assert!(fails(
        &Course {
            position: &vec![1.0; 80],
            ..course
        },
        &config
    ));
    assert!(fails(
        &course,
        &BunchingConfig {
            before: 0.0,
            ..config
        }
    ));
    assert!(fails(
        &course,
        &BunchingConfig {
            level: 1.0,
            ..config
        }
    ));
}

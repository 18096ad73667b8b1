//! Is the hidden part found when the lists are independent, and is recovery told apart from heavy buying?

use super::iceberg::kappa;
use super::{IncidentsConfig, assess};
use crate::InsightError;
use jiff::civil::date;
use odla_domain::frames::incidents::{IncidentsFrame, Known, Met};
use odla_domain::{Figure, Outcome};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

fn frame() -> IncidentsFrame {
    IncidentsFrame {
        as_of: date(2026, 6, 30),
        lists: Vec::new(),
        endings: Vec::new(),
        agreement: [[0; 2]; 2],
        survey_problems: 0,
        survey_told: 0,
        deliveries: 0,
        late: 0,
        late_told: 0,
        customers: Met::default(),
        course: Vec::new(),
    }
}

/// Faults of five severities, the serious told more often; caught with 40 % whatever the severity.
/// Returns the frame and the true shares told and hidden.
fn register(faults: usize, seed: u64) -> (IncidentsFrame, f64, f64) {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut frame = frame();
    let (mut told_all, mut hidden) = (0, 0);
    for _ in 0..faults {
        let severity = dice.random_range(1..=5_i64);
        let told = dice.random::<f64>() < 0.2 + 0.06 * severity as f64;
        let caught = dice.random::<f64>() < 0.4;
        let heard = dice.random::<f64>() < 0.15;
        told_all += usize::from(told);
        if !(told || caught || heard) {
            hidden += 1;
            continue;
        }
        let place = (frame.lists.iter_mut()).find(|known| {
            known.severity == severity && known.reported == told && known.caught == caught
        });
        match place {
            Some(known) => known.faults += 1,
            None => frame.lists.push(Known {
                kind: "late".to_owned(),
                severity,
                reported: told,
                caught,
                heard,
                faults: 1,
                faults_year: 0,
            }),
        }
    }
    let share = |n: usize| n as f64 / faults as f64;
    (frame, share(told_all), share(hidden))
}

/// Heavy buyers meet more faults and stay more; a badly ended fault makes 15 points more leave, a well ended none.
fn customers(n: usize, seed: u64) -> Met {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut met = Met::default();
    for number in 0..n {
        let buys = dice.random_range(0..12) as f64;
        let fault = dice.random::<f64>() < 0.05 + 0.02 * buys;
        let ending = match (fault, dice.random_range(0..4)) {
            (false, _) => "none",
            (true, 0) => "badly",
            (true, 1) => "silent",
            _ => "well",
        };
        let stays = 0.55 + 0.03 * buys - if ending == "badly" { 0.15 } else { 0.0 };
        met.customer_id.push(format!("k{number:06}"));
        met.met.push(ending.to_owned());
        met.severity.push(3.0);
        met.company.push(false);
        met.contract.push(dice.random::<f64>() < 0.5);
        met.young.push(false);
        met.tenure_days.push(400.0 + 10.0 * buys);
        met.silence_days.push(dice.random_range(1..200) as f64);
        met.purchases_before.push(buys);
        met.contacts_before.push(0.0);
        met.purchases_meanwhile.push(buys / 2.0);
        met.shipped_meanwhile.push(buys / 2.0);
        met.retained.push(dice.random::<f64>() < stays);
        met.purchases_after.push(0.0);
        met.satisfaction_before.push(f64::NAN);
        met.satisfaction_after.push(f64::NAN);
    }
    met
}

fn figure<'o>(outcome: &'o Outcome, key: &str) -> &'o Figure {
    outcome.report.figure(key).expect(key)
}

fn holds(figure: &Figure, truth: f64) -> bool {
    let (lower, upper) = figure.lower.zip(figure.upper).expect("an interval");
    (lower..=upper).contains(&truth)
}

#[test]
fn the_hidden_part_is_found_when_telling_and_catching_are_independent() {
    let registers = 60;
    let (mut told, mut hidden) = (0, 0);
    for seed in 0..registers {
        let (frame, share, gone) = register(1_200, seed);
        let outcome = assess(&frame, &IncidentsConfig::standard(), 1).expect("faults there are");
        told += usize::from(holds(figure(&outcome, "incidents.reported_share"), share));
        hidden += usize::from(holds(figure(&outcome, "incidents.hidden_share"), gone));
    }
    eprintln!("of {registers}: reported share held in {told}, hidden share in {hidden}");
    assert!(
        (49..=60).contains(&told) && (49..=60).contains(&hidden),
        "{told} and {hidden}"
    );
}

#[test]
fn the_range_over_dependence_is_wider_than_chance_and_ordered() {
    let (frame, ..) = register(5_000, 4);
    let outcome = assess(&frame, &IncidentsConfig::standard(), 1).expect("faults there are");
    let caution = &figure(&outcome, "incidents.hidden_share").cautions[0];
    let number = |name: &str| match caution.params[name] {
        odla_domain::caution::ParamValue::Number(number) => number,
        odla_domain::caution::ParamValue::Text(_) => f64::NAN,
    };
    let value = figure(&outcome, "incidents.hidden_share")
        .value
        .expect("told");
    assert!(number("least") < value && value < number("most"));
}

#[test]
fn lists_that_never_meet_tell_nothing_of_the_hidden() {
    let mut only_told = frame();
    only_told.lists.push(Known {
        kind: String::new(),
        severity: 0,
        reported: true,
        caught: false,
        heard: false,
        faults: 500,
        faults_year: 100,
    });
    let outcome = assess(&only_told, &IncidentsConfig::standard(), 1).expect("faults there are");
    let share = figure(&outcome, "incidents.reported_share");
    assert_eq!(share.value, None);
    assert_eq!(share.cautions[0].key, "incidents.lists_do_not_meet");
    assert_eq!(figure(&outcome, "incidents.known.count").value, Some(500.0));
}

#[test]
fn a_badly_ended_fault_is_found_harmful_and_a_well_ended_is_not_called_a_gain() {
    let mut faulty = frame();
    faulty.lists = register(400, 1).0.lists;
    let (mut harm, mut paradox) = (0, 0);
    let companies = 20;
    for seed in 0..companies {
        faulty.customers = customers(4_000, seed);
        let outcome = assess(&faulty, &IncidentsConfig::standard(), 1).expect("faults there are");
        harm += usize::from(holds(
            figure(&outcome, "incidents.recovery.badly.retention"),
            -0.15,
        ));
        paradox += usize::from(holds(
            figure(&outcome, "incidents.recovery.well.retention"),
            0.0,
        ));
    }
    eprintln!("of {companies}: harm held in {harm}, no gain in {paradox}");
    assert!(harm >= 15 && paradox >= 15, "{harm} and {paradox}");
}

#[test]
fn agreement_beyond_chance_is_that_of_the_textbook() {
    // Cohen's own arithmetic: 20 and 15 agree, 5 and 10 do not; agreement 0.70, chance 0.50.
    let (value, interval, agreed, n) = kappa(&[[15, 10], [5, 20]], 0.90).expect("fifty cases");
    assert!((value - 0.4).abs() < 1e-12 && (agreed - 0.7).abs() < 1e-12);
    assert_eq!(n, 50);
    assert!(interval.lower < 0.4 && interval.upper > 0.4);
    assert!(kappa(&[[0, 0], [0, 80]], 0.90).is_none());
}

#[test]
fn a_register_without_faults_is_named() {
    let Err(InsightError::TooLittleData(why)) = assess(&frame(), &IncidentsConfig::standard(), 1)
    else {
        panic!("nothing can be told of no faults");
    };
    assert_eq!(why.key, "incidents.none");
}

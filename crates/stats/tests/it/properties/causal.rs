//! Does nonsense get a typed error, and does what must not matter not matter, for every method of cause and effect?

use odla_stats::StatsError;
use odla_stats::causal::aipw::{self, AipwConfig, Observational};
use odla_stats::causal::did::{self, Aggregation, DidConfig, Staggered, two_way};
use odla_stats::causal::dml::{self, DmlConfig, Treated};
use odla_stats::causal::dose::{self, DoseConfig, Dosed};
use odla_stats::causal::instrument::{self, Pushed};
use odla_stats::causal::lag::{self, LagConfig, LagShape, Timed};
use odla_stats::causal::simulate::{self, Course, Surface};
use odla_stats::causal::surrogate::{self, History, Trial};
use odla_stats::causal::synthetic::{self, Donors, SyntheticConfig};
use odla_stats::causal::{anytime, blocks, leniency};

/// Outcome, treatment (0 and 1, or a dose) and one column.
type Rows = (Vec<f64>, Vec<f64>, Vec<f64>);
/// A method on such rows: its effect, or why there is none.
type Method = fn(&Rows) -> Result<f64, StatsError>;

fn names() -> Vec<String> {
    vec!["x".to_owned()]
}

fn by_aipw(rows: &Rows) -> Result<f64, StatsError> {
    let treated: Vec<bool> = rows.1.iter().map(|t| *t > 0.5).collect();
    let (columns, names) = ([rows.2.clone()], names());
    let data = Observational {
        outcome: &rows.0,
        treated: &treated,
        columns: &columns,
        names: &names,
        clusters: None,
    };
    aipw::estimate(&data, &AipwConfig::flexible()).map(|r| r.effect.value)
}

fn by_dml(rows: &Rows) -> Result<f64, StatsError> {
    let (columns, names) = ([rows.2.clone()], names());
    let data = Treated {
        outcome: &rows.0,
        treatment: &rows.1,
        columns: &columns,
        names: &names,
        clusters: None,
    };
    dml::estimate(&data, &DmlConfig::standard()).map(|r| r.effect.value)
}

fn by_dose(rows: &Rows) -> Result<f64, StatsError> {
    let (columns, names) = ([rows.2.clone()], names());
    let data = Dosed {
        outcome: &rows.0,
        dose: &rows.1,
        columns: &columns,
        names: &names,
        clusters: None,
    };
    let config = DoseConfig {
        knots: 2,
        ..DoseConfig::standard()
    };
    dose::estimate(&data, &config).map(|r| r.slope.value)
}

fn by_instrument(rows: &Rows) -> Result<f64, StatsError> {
    let (instruments, names) = ([rows.2.clone()], names());
    let data = Pushed {
        outcome: &rows.0,
        treatment: &rows.1,
        instruments: &instruments,
        columns: &[],
        names: &names,
        clusters: None,
    };
    instrument::estimate(&data, 0.9).map(|r| r.effect.value)
}

fn by_strata(rows: &Rows) -> Result<f64, StatsError> {
    let treated: Vec<bool> = rows.1.iter().map(|t| *t > 0.5).collect();
    let strata: Vec<usize> = rows.2.iter().map(|x| usize::from(*x > 0.0)).collect();
    blocks::stratified(&rows.0, &treated, &strata, 0.9).map(|r| r.effect.value)
}

const METHODS: [(&str, Method); 5] = [
    ("aipw", by_aipw),
    ("dml", by_dml),
    ("dose", by_dose),
    ("instrument", by_instrument),
    ("strata", by_strata),
];

fn rows(count: usize) -> Rows {
    let data = simulate::choice(count, 1.0, Surface::Straight, 11);
    let column = data.columns[0].clone();
    (data.outcome, data.treatment, column)
}

#[test]
fn no_method_takes_what_is_no_number_nor_one_row_nor_a_treatment_that_does_not_vary() {
    let sound = rows(200);
    for (name, method) in METHODS {
        let mut hole = sound.clone();
        hole.0[17] = f64::NAN;
        assert!(method(&hole).is_err(), "{name}: hole in the outcome");
        let mut endless = sound.clone();
        endless.0[17] = f64::INFINITY;
        assert!(method(&endless).is_err(), "{name}: endless outcome");
        let same = (sound.0.clone(), vec![1.0; 200], sound.2.clone());
        assert!(method(&same).is_err(), "{name}: all treated");
        assert!(
            method(&(vec![1.0], vec![1.0], vec![1.0])).is_err(),
            "{name}: one row"
        );
        assert!(method(&(vec![], vec![], vec![])).is_err(), "{name}: no row");
        let short = (sound.0.clone(), vec![1.0; 3], sound.2.clone());
        assert!(method(&short).is_err(), "{name}: lengths");
    }
}

#[test]
fn money_in_other_units_gives_the_same_effect_in_those_units() {
    let sound = rows(300);
    for (name, method) in METHODS {
        let base = method(&sound).unwrap();
        let money: Vec<f64> = sound.0.iter().map(|y| 1e6 * y).collect();
        let scaled = method(&(money, sound.1.clone(), sound.2.clone())).unwrap();
        assert!(
            (scaled / base / 1e6 - 1.0).abs() < 1e-6,
            "{name}: {base} {scaled}"
        );
        let shifted: Vec<f64> = sound.0.iter().map(|y| y + 1000.0).collect();
        let moved = method(&(shifted, sound.1.clone(), sound.2.clone())).unwrap();
        assert!((moved - base).abs() < 1e-6, "{name}: {base} {moved}");
    }
}

#[test]
fn a_hundred_thousand_rows_of_one_value_are_refused_at_once() {
    let same = (vec![1.0; 100_000], vec![1.0; 100_000], vec![1.0; 100_000]);
    for (name, method) in METHODS {
        assert!(method(&same).is_err(), "{name}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bits() {
    let sound = rows(300);
    for (name, method) in METHODS {
        let (a, b) = (method(&sound).unwrap(), method(&sound).unwrap());
        assert_eq!(a.to_bits(), b.to_bits(), "{name}");
    }
}

fn staggered(panel: &simulate::SimulatedPanel) -> Staggered<'_> {
    Staggered {
        outcome: &panel.outcome,
        period: &panel.period,
        first_treated: &panel.first_treated,
        unit: Some(&panel.unit),
        columns: &[],
        names: &[],
        clusters: None,
    }
}

#[test]
fn staggered_differences_do_not_hang_on_the_order_of_rows_and_count_who_was_left_out() {
    let course = Course {
        first: 1.0,
        growth: 0.0,
        early_factor: 1.0,
        drift: 0.0,
    };
    let panel = simulate::staggered((60, 6), course, 0.0, 4);
    let config = DidConfig::standard();
    let simple = |panel: &simulate::SimulatedPanel| {
        let effects = did::estimate(&staggered(panel), &config)?;
        did::aggregate(&effects, Aggregation::Simple)
    };
    let base = simple(&panel).unwrap();
    let mut turned = panel.clone();
    turned.outcome.reverse();
    turned.period.reverse();
    turned.first_treated.reverse();
    turned.unit.reverse();
    let other = simple(&turned).unwrap();
    assert_eq!(base.overall.value.to_bits(), other.overall.value.to_bits());
    let mut hole = panel.clone();
    for column in [0, 7] {
        hole.outcome.remove(column);
        hole.period.remove(column);
        hole.first_treated.remove(column);
        hole.unit.remove(column);
    }
    let fewer = simple(&hole).unwrap();
    assert!(fewer.cautions.iter().any(|c| c.key() == "rows_left_out"));
    let mut always = panel.clone();
    always.first_treated.iter_mut().for_each(|f| *f = Some(1));
    assert!(simple(&always).is_err());
    let mut never = panel.clone();
    never.first_treated.iter_mut().for_each(|f| *f = None);
    assert!(simple(&never).is_err() && two_way::estimate(&staggered(&never), 0.9).is_err());
    let mut twice = panel.clone();
    twice.period[1] = twice.period[0];
    assert!(simple(&twice).is_err());
    let mut broken = panel.clone();
    broken.outcome[3] = f64::NAN;
    assert!(simple(&broken).is_err());
}

#[test]
fn all_treated_at_once_leave_no_control_after_the_start() {
    let outcome: Vec<f64> = (0..40).map(f64::from).collect();
    let unit: Vec<usize> = (0..40).map(|i| i / 4).collect();
    let period: Vec<i64> = (0..40).map(|i| i % 4).collect();
    let first = vec![Some(2); 40];
    let data = Staggered {
        outcome: &outcome,
        period: &period,
        first_treated: &first,
        unit: Some(&unit),
        columns: &[],
        names: &[],
        clusters: None,
    };
    assert!(did::estimate(&data, &DidConfig::standard()).is_err());
}

#[test]
fn mixes_lags_signals_and_habits_refuse_nonsense() {
    let units = simulate::donors((6, 12, 8), 0.0, 0.2, 1);
    let mix = |treated: &[f64], donors: &[Vec<f64>], before: usize| {
        let data = Donors {
            treated,
            donors,
            before,
        };
        synthetic::estimate(&data, &SyntheticConfig::standard())
    };
    assert!(mix(&units[0], &units[1..], 8).is_ok());
    assert!(mix(&units[0], &units[1..2], 8).is_err());
    assert!(mix(&units[0], &units[1..], 12).is_err() && mix(&units[0], &units[1..], 1).is_err());
    assert!(mix(&[1.0; 12], &units[1..], 8).is_err());
    assert!(mix(&units[0][..11], &units[1..], 8).is_err());
    let few = mix(&units[0], &units[1..], 8).unwrap();
    assert!(few.interval.lower.is_infinite() && few.p_value >= 1.0 / 6.0);
    assert!(few.cautions.iter().any(|c| c.key() == "unbounded_interval"));

    let (outcome, dose) = simulate::lagged((1, 40), &[0.5, 0.2], 0.0, 1);
    let lagged = |period: &[i64], longest: usize, shape: LagShape| {
        let data = Timed {
            outcome: &outcome,
            dose: &dose,
            unit: &[0; 40],
            period,
            columns: &[],
            names: &[],
        };
        let config = LagConfig {
            longest,
            shape,
            unit_levels: false,
            level: 0.9,
        };
        lag::estimate(&data, &config)
    };
    let period: Vec<i64> = (0..40).collect();
    assert!(lagged(&period, 2, LagShape::Free).is_ok());
    assert!(lagged(&period, 30, LagShape::Free).is_err());
    assert!(lagged(&period, 2, LagShape::Polynomial(5)).is_err());
    assert!(lagged(&period, usize::MAX, LagShape::Free).is_err());
    let mut hole = period.clone();
    hole[39] = i64::MAX;
    assert!(lagged(&hole, 2, LagShape::Free).is_err());

    let data = simulate::signals((50, 40), 0.5, 1);
    let names = ["a".to_owned(), "b".to_owned()];
    let history = History {
        outcome: &data.history_outcome,
        signals: &data.history_signals,
        names: &names,
    };
    let trial = |treated: &[bool], signals: &[Vec<f64>]| {
        surrogate::estimate(&Trial { treated, signals }, &history, 0.9).map(|r| r.effect.value)
    };
    assert!(trial(&data.treated, &data.trial_signals).is_ok());
    assert!(trial(&[true; 40], &data.trial_signals).is_err());
    assert!(trial(&data.treated, &data.trial_signals[..1]).is_err());
    assert!(leniency::leave_one_out(&[f64::NAN; 4], &[0, 0, 1, 1], (&[0; 4], None)).is_err());
    assert!(anytime::sequence(&[1.0, 2.0, 3.0], &[2, 9], 10.0, 0.9).is_err());
    assert!(anytime::sequence(&[1.0, 2.0, 3.0], &[2, 3], -1.0, 0.9).is_err());
}

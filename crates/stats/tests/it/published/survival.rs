//! Do survival curve and Cox fit give the figures known for the lung cancer data?

use odla_stats::regression::Weights;
use odla_stats::survival::cox::{CoxConfig, CoxSample, Ties};
use odla_stats::survival::{Spells, cox, kaplan_meier};

use crate::data::read_columns;

/// Computed with lifelines 0.30.3 at precision 1e-13 (its usual stop leaves the sixth digit open), coefficient and error;
/// the same figures come from an independent Newton search in numpy.
const FULL: [(f64, f64); 3] = [
    (0.011066764596109157, 0.009267411014365547),
    (-0.5526123955311247, 0.16773905378340137),
    (0.4637284751156872, 0.11357726616137406),
];
/// Change of the coefficients with each row's weight, by differences of weighted fits in numpy, root of the sum of squares
/// (lifelines treats tied events in the residuals more coarsely and differs in the fourth digit).
const ROBUST: [f64; 3] = [0.009881392781, 0.164748427959, 0.12415884861];
/// Computed with lifelines as above, within strata of sex.
const STRATIFIED: [f64; 2] = [0.010566253854347035, 0.46242443653754733];
const LATE: [(f64, f64); 3] = [
    (0.011744495076971492, 0.00974543485273199),
    (-0.49945667081755724, 0.1713573567184751),
    (0.47964811186218875, 0.1164050628457198),
];
/// The figures commonly quoted, from lifelines' usual stop.
const QUOTED: [f64; 3] = [0.0110667267, -0.5526104084, 0.4637281427];

struct Lung {
    time: Vec<f64>,
    event: Vec<bool>,
    columns: Vec<Vec<f64>>,
}

fn lung() -> Option<Lung> {
    let wanted = ["time", "status", "age", "sex", "ph.ecog"];
    let mut columns = read_columns("lung", "lung/lung.csv", &wanted)?;
    let status = columns.remove(1);
    let time = columns.remove(0);
    let event = status.iter().map(|s| *s == 2.0).collect();
    Some(Lung {
        time,
        event,
        columns,
    })
}

#[test]
fn lung_median_survival_is_310_days() {
    let Some(lung) = lung() else { return };
    let spells = Spells {
        entry: None,
        time: &lung.time,
        event: &lung.event,
        weights: None,
    };
    let curve = kaplan_meier::fit(&spells, 0.95).unwrap();
    assert_eq!(curve.median().unwrap().value, 310.0);
    assert_eq!(lung.event.iter().filter(|e| **e).count(), 165);
}

fn complete(lung: Lung) -> Lung {
    let known: Vec<bool> = lung.columns[2].iter().map(|x| !x.is_nan()).collect();
    let keep = |column: &Vec<f64>| -> Vec<f64> {
        let rows = column.iter().zip(&known).filter(|(_, k)| **k);
        rows.map(|(x, _)| *x).collect()
    };
    Lung {
        time: keep(&lung.time),
        event: (lung.event.iter().zip(&known))
            .filter(|(_, k)| **k)
            .map(|(e, _)| *e)
            .collect(),
        columns: lung.columns.iter().map(keep).collect(),
    }
}

#[test]
fn lung_cox_fit_on_age_sex_and_performance_agrees_with_lifelines() {
    let Some(lung) = lung().map(complete) else {
        return;
    };
    assert_eq!(lung.time.len(), 227);
    let names: Vec<String> = ["age", "sex", "ph.ecog"]
        .iter()
        .map(|n| (*n).to_owned())
        .collect();
    let sample = CoxSample {
        spells: Spells {
            entry: None,
            time: &lung.time,
            event: &lung.event,
            weights: None,
        },
        columns: &lung.columns,
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
    let fit = cox::fit(&sample, &config).unwrap();
    for (number, coefficient) in fit.coefficients.iter().enumerate() {
        let (got, (value, error)) = (coefficient.estimate, FULL[number]);
        assert!((got.value - value).abs() < 1e-9, "{}", got.value);
        assert!((got.standard_error - error).abs() < 1e-9);
        assert!((got.value - QUOTED[number]).abs() < 3e-6);
    }
    assert!((fit.log_likelihood + 729.2301213749455).abs() < 1e-8);
    assert!((fit.likelihood_ratio() - 30.50066877298923).abs() < 1e-7);
    assert!((fit.concordance - 0.6371354930).abs() < 1e-9);
    let robust = cox::fit(
        &sample,
        &CoxConfig {
            robust: true,
            ..config
        },
    )
    .unwrap();
    for (coefficient, error) in robust.coefficients.iter().zip(ROBUST) {
        let got = coefficient.estimate.standard_error;
        assert!((got - error).abs() < 1e-8, "{got} is not {error}");
    }
    let strata: Vec<usize> = lung.columns[1].iter().map(|s| *s as usize).collect();
    let kept = [lung.columns[0].clone(), lung.columns[2].clone()];
    let stratified = CoxSample {
        columns: &kept,
        names: &[names[0].clone(), names[2].clone()],
        strata: Some(&strata),
        ..sample
    };
    let fit = cox::fit(&stratified, &config).unwrap();
    assert!((fit.log_likelihood + 628.7709395012047).abs() < 1e-6);
    for (coefficient, value) in fit.coefficients.iter().zip(STRATIFIED) {
        assert!((coefficient.estimate.value - value).abs() < 1e-8);
    }
    // As if everyone had come under observation on the day of his age in years (or a day before the end).
    let entry: Vec<f64> = (lung.time.iter().zip(&lung.columns[0]))
        .map(|(time, age)| age.min(time - 1.0).max(0.0))
        .collect();
    let late = CoxSample {
        spells: Spells {
            entry: Some(&entry),
            ..sample.spells
        },
        ..sample
    };
    let fit = cox::fit(&late, &config).unwrap();
    assert!((fit.log_likelihood + 662.2242932542521).abs() < 1e-6);
    for (coefficient, (value, error)) in fit.coefficients.iter().zip(LATE) {
        assert!((coefficient.estimate.value - value).abs() < 1e-8);
        let got = coefficient.estimate.standard_error;
        assert!((got - error).abs() < 1e-8, "{got} is not {error}");
    }
}

//! Does a shared frailty give what R's survival gives on the catheters of kidney patients and the litters of rats?
//!
//! Compared with `coxph(Surv(time, status) ~ age + sex + frailty(id, sparse = FALSE, eps = 1e-11))` and the like in
//! survival 3.5-3 of R 4.2.2, with `coxph.control(eps = 1e-12, iter.max = 50, outer.max = 60)`; its search for the variance ends about
//! 1e-6 from the top.

use odla_stats::regression::Weights;
use odla_stats::survival::Spells;
use odla_stats::survival::cox::{CoxSample, Ties};
use odla_stats::survival::frailty::{self, FrailtyCoxFit};
use odla_stats::{Caution, StatsError};

/// Two times to infection of each of 38 patients with the age then, and the sex (2 = woman); censored times are negative.
/// `[McGilchristAisbett1991]`, table 1.
const KIDNEY: [[i32; 5]; 38] = [
    [8, 28, 16, 28, 1],
    [23, 48, -13, 48, 2],
    [22, 32, 28, 32, 1],
    [447, 31, 318, 32, 2],
    [30, 10, 12, 10, 1],
    [24, 16, 245, 17, 2],
    [7, 51, 9, 51, 1],
    [511, 55, 30, 56, 2],
    [53, 69, 196, 69, 2],
    [15, 51, 154, 52, 1],
    [7, 44, 333, 44, 2],
    [141, 34, -8, 34, 2],
    [96, 35, 38, 35, 2],
    [-149, 42, -70, 42, 2],
    [536, 17, -25, 17, 2],
    [17, 60, -4, 60, 1],
    [185, 60, 177, 60, 2],
    [292, 43, 114, 44, 2],
    [-22, 53, -159, 53, 2],
    [15, 44, -108, 44, 2],
    [152, 46, 562, 47, 1],
    [402, 30, -24, 30, 2],
    [13, 62, 66, 63, 2],
    [39, 42, -46, 43, 2],
    [12, 43, 40, 43, 1],
    [-113, 57, 201, 58, 2],
    [132, 10, 156, 10, 2],
    [34, 52, 30, 52, 2],
    [2, 53, 25, 53, 1],
    [130, 54, 26, 54, 2],
    [27, 56, 58, 56, 2],
    [-5, 50, 43, 51, 2],
    [152, 57, 30, 57, 2],
    [190, 44, -5, 45, 2],
    [119, 22, 8, 22, 2],
    [-54, 42, -16, 42, 2],
    [-6, 52, 78, 52, 2],
    [63, 60, -8, 60, 1],
];

/// Weeks to a tumor in 50 litters of three female rats, the first of each treated; censored times are negative.
/// N. Mantel, N. R. Bohidar, J. L. Ciminera. Mantel-Haenszel analyses of litter-matched time-to-response data, with modifications for
/// recovery of interlitter information. *Cancer Research* 37 (1977), 3863-3868.
const RATS: [[i32; 3]; 50] = [
    [-101, 49, -104],
    [-104, -102, -104],
    [-104, -104, -104],
    [-77, -97, -79],
    [-89, -104, -104],
    [88, 96, -104],
    [104, -94, 77],
    [96, -104, -104],
    [-82, -77, -104],
    [70, -104, -77],
    [89, -91, -90],
    [-91, -70, -92],
    [39, -45, 50],
    [103, -69, -91],
    [-93, -104, -103],
    [-85, -72, -104],
    [-104, -63, -104],
    [-104, -104, -74],
    [-81, -104, -69],
    [67, -104, 68],
    [-104, -104, -104],
    [-104, -104, -104],
    [-104, -83, 40],
    [-87, -104, -104],
    [-104, -104, -104],
    [-89, -104, -104],
    [-78, -104, -104],
    [-104, 81, 64],
    [86, 55, -94],
    [34, -104, 54],
    [-76, -87, -74],
    [103, 73, 84],
    [102, -104, -80],
    [80, -104, -73],
    [45, -79, -104],
    [94, -104, -104],
    [-104, -104, -104],
    [-104, 101, -94],
    [-76, 84, 78],
    [80, 81, -76],
    [72, -95, -104],
    [73, -104, 66],
    [92, -104, 102],
    [-104, -98, -73],
    [-55, -104, -104],
    [-49, -83, -77],
    [89, -104, -104],
    [-88, -79, -99],
    [103, -91, -104],
    [-104, -104, 79],
];

#[derive(Default, Clone)]
struct Rows {
    entry: Vec<f64>,
    time: Vec<f64>,
    event: Vec<bool>,
    columns: Vec<Vec<f64>>,
    group: Vec<usize>,
}

impl Rows {
    fn push(&mut self, group: usize, time: i32, values: &[i32]) {
        self.entry.push(0.0);
        self.time.push(f64::from(time.abs()));
        self.event.push(time > 0);
        self.group.push(group);
        self.columns.resize(values.len(), Vec::new());
        for (column, value) in self.columns.iter_mut().zip(values) {
            column.push(f64::from(*value));
        }
    }

    fn fit(&self, names: &[&str], ties: Ties) -> Result<FrailtyCoxFit, StatsError> {
        self.fit_within(names, ties, None)
    }

    fn fit_within(
        &self,
        names: &[&str],
        ties: Ties,
        strata: Option<&[usize]>,
    ) -> Result<FrailtyCoxFit, StatsError> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let late = self.entry.iter().any(|entry| *entry > 0.0);
        let sample = CoxSample {
            spells: Spells {
                entry: late.then_some(&self.entry),
                time: &self.time,
                event: &self.event,
                weights: None,
            },
            columns: &self.columns[..names.len()],
            names: &names,
            weights: Weights::Equal,
            strata,
            clusters: None,
        };
        frailty::fit(&sample, &self.group, (ties, 0.95))
    }
}

fn kidney() -> Rows {
    let mut rows = Rows::default();
    for (patient, [first, age, second, later, sex]) in KIDNEY.into_iter().enumerate() {
        rows.push(patient, first, &[age, sex]);
        rows.push(patient, second, &[later, sex]);
    }
    rows
}

#[track_caller]
fn assert_close(got: f64, wanted: f64, within: f64) {
    assert!((got - wanted).abs() <= within, "{got} is not {wanted}");
}

#[test]
fn kidney_patients_differ_as_in_r() {
    let fit = kidney().fit(&["age", "sex"], Ties::Efron).unwrap();
    assert_close(fit.variance.value, 0.407769594971, 2e-6);
    assert_close(fit.log_likelihood, -181.638626525, 1e-8);
    assert_close(fit.plain_log_likelihood, -184.344568140, 1e-8);
    let known = [
        (0.00522232070648, 0.0116534029472),
        (-1.58323385106, 0.448381564638),
    ];
    for (got, (value, error)) in fit.coefficients.iter().zip(known) {
        assert_close(got.estimate.value, value, 2e-5);
        assert_close(got.estimate.standard_error, error, 3e-6);
    }
    for (got, wanted) in fit
        .groups
        .iter()
        .zip([1.44501912260, 1.28937920194, 1.09296151594])
    {
        assert_close(*got, wanted, 1e-5);
    }
    // Half the chance that a chi-square with 1 degree of freedom exceeds 5.411883.
    assert_close(fit.variance_p, 0.0100001, 2e-6);
    assert!(fit.variance.interval.lower > 0.0 && fit.variance.interval.upper < 2.0);
    assert!(fit.cautions.is_empty(), "{:?}", fit.cautions);
    let breslow = kidney().fit(&["age", "sex"], Ties::Breslow).unwrap();
    assert_close(breslow.variance.value, 0.397313386012, 2e-6);
    assert_close(breslow.log_likelihood, -182.053358925, 1e-8);
    assert_close(breslow.coefficients[1].estimate.value, -1.55639286955, 2e-5);
}

#[test]
fn litters_of_rats_differ_as_in_r() {
    let mut rats = Rows::default();
    for (litter, weeks) in RATS.iter().enumerate() {
        for (place, time) in weeks.iter().enumerate() {
            rats.push(litter, *time, &[i32::from(place == 0)]);
        }
    }
    let fit = rats.fit(&["treated"], Ties::Efron).unwrap();
    assert_close(fit.variance.value, 0.499043050718, 5e-4);
    assert_close(fit.log_likelihood, -180.828206714, 1e-6);
    assert_close(fit.coefficients[0].estimate.value, 0.914335959392, 1e-5);
    assert_close(
        fit.coefficients[0].estimate.standard_error,
        0.323041360857,
        1e-5,
    );
    assert_eq!(fit.variance.interval.lower, 0.0, "{:?}", fit.variance);
}

#[test]
fn kidney_patients_of_one_sex_do_not_differ_and_the_fit_says_so() {
    let rows = kidney();
    let strata: Vec<usize> = rows.columns[1].iter().map(|sex| *sex as usize).collect();
    let fit = rows
        .fit_within(&["age"], Ties::Efron, Some(&strata))
        .unwrap();
    assert_eq!((fit.variance.value, fit.variance_p), (0.0, 1.0));
    // That of the fit without frailty; R's search stops at a variance of 5e-8.
    assert_close(fit.log_likelihood, -151.617132536, 1e-8);
    assert_close(fit.coefficients[0].estimate.value, 0.00800719004693, 1e-6);
    assert_close(
        fit.coefficients[0].estimate.standard_error,
        0.00925292698098,
        1e-6,
    );
    let parameter = "variance".to_owned();
    assert!(
        fit.cautions
            .contains(&Caution::BoundaryOptimum { parameter })
    );
    let upper = fit.variance.interval.upper;
    assert!(upper > 0.05 && upper < 5.0, "{upper}");
}

#[test]
fn a_row_cut_into_two_stretches_of_time_changes_nothing() {
    let rows = kidney();
    let mut cut = rows.clone();
    for row in 0..rows.time.len() {
        let middle = (rows.time[row] / 2.0).floor();
        if middle < 1.0 {
            continue;
        }
        cut.entry[row] = middle;
        cut.entry.push(0.0);
        cut.time.push(middle);
        cut.event.push(false);
        cut.group.push(rows.group[row]);
        for (column, own) in cut.columns.iter_mut().zip(&rows.columns) {
            column.push(own[row]);
        }
    }
    let names = ["age", "sex"];
    let (whole, cut) = (rows.fit(&names, Ties::Efron), cut.fit(&names, Ties::Efron));
    let (whole, cut) = (whole.unwrap(), cut.unwrap());
    assert_close(cut.variance.value, whole.variance.value, 1e-6);
    assert_close(cut.log_likelihood, whole.log_likelihood, 1e-8);
    for (cut, whole) in cut.coefficients.iter().zip(&whole.coefficients) {
        assert_close(cut.estimate.value, whole.estimate.value, 1e-7);
        assert_close(
            cut.estimate.standard_error,
            whole.estimate.standard_error,
            1e-7,
        );
    }
}

//! What holds for every fitter: order, threads, repetition, scale, censoring, separation, collinearity, nonsense?

use super::fitters::{FITTERS, Figures, Fitter, Promise, Table, table};
use odla_stats::StatsError;

fn promising(promise: Promise) -> impl Iterator<Item = &'static Fitter> {
    FITTERS
        .iter()
        .filter(move |f| f.promises.contains(&promise))
}

#[track_caller]
fn assert_same(name: &str, ours: &Figures, theirs: &Figures, relative: f64) {
    let (ours, theirs) = match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => (ours, theirs),
        other => panic!("{name}: the case is sound, but {other:?}"),
    };
    assert_eq!(ours.len(), theirs.len(), "{name}");
    for (a, b) in ours.iter().zip(theirs) {
        let close = |a: f64, b: f64| (a - b).abs() <= relative * (a.abs() + b.abs() + 1e-6);
        assert!(
            close(a.0, b.0) && close(a.1, b.1),
            "{name}: {a:?} is not {b:?}"
        );
    }
}

#[test]
fn order_of_rows_does_not_matter() {
    let table = table(300);
    let backwards: Vec<usize> = (0..300).rev().collect();
    let turned = table.rows(&backwards);
    for fitter in FITTERS {
        assert_same(
            fitter.name,
            &(fitter.fit)(&table),
            &(fitter.fit)(&turned),
            2e-6,
        );
    }
}

#[test]
fn number_of_threads_changes_no_bit() {
    let table = table(300);
    let with = |threads: usize, fit: fn(&Table) -> Figures| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads start").install(|| fit(&table))
    };
    for fitter in FITTERS {
        assert_eq!(with(1, fitter.fit), with(3, fitter.fit), "{}", fitter.name);
    }
}

#[test]
fn a_weight_is_that_many_rows() {
    let mut weighted = table(240);
    let repeated: Vec<usize> = (0..240)
        .flat_map(|row| std::iter::repeat_n(row, 1 + row % 3))
        .collect();
    let rows = weighted.rows(&repeated);
    weighted.weights = (0..240).map(|row| (1 + row % 3) as f64).collect();
    for fitter in promising(Promise::Weights) {
        assert_same(
            fitter.name,
            &(fitter.fit)(&weighted),
            &(fitter.fit)(&rows),
            5e-6,
        );
    }
}

#[test]
fn the_unit_of_money_carries_through() {
    let table = table(240);
    for factor in [1e-6, 1e9] {
        let mut scaled = table.clone();
        scaled.money.iter_mut().for_each(|m| *m *= factor);
        for fitter in promising(Promise::Money) {
            let back = (fitter.fit)(&scaled).map(|figures| {
                let back = figures.iter().map(|(b, s)| (b / factor, s / factor));
                back.collect()
            });
            assert_same(fitter.name, &(fitter.fit)(&table), &back, 2e-6);
        }
    }
}

#[test]
fn a_constant_or_collinear_column_is_named() {
    let table = table(200);
    let third = || "third".to_owned();
    let constant = table.with_third(vec![4.0; 200]);
    let twin = table.with_third(table.columns[0].iter().map(|x| 3.0 * x - 1.0).collect());
    for fitter in promising(Promise::Columns) {
        let error = (fitter.fit)(&constant).unwrap_err();
        assert_eq!(
            error,
            StatsError::NoVariation { what: third() },
            "{}",
            fitter.name
        );
        let error = (fitter.fit)(&twin).unwrap_err();
        let collinear = StatsError::Collinear { column: third() };
        // The wild bootstrap puts the tested column first; either of the two may then be named.
        let other = StatsError::Collinear {
            column: "x".to_owned(),
        };
        assert!(
            error == collinear || error == other,
            "{}: {error:?}",
            fitter.name
        );
    }
}

#[test]
fn nothing_but_censored_rows_is_refused() {
    let mut table = table(200);
    table.yes = vec![0.0; 200];
    table.end = vec![0; 200];
    for fitter in promising(Promise::Censoring) {
        let error = (fitter.fit)(&table).unwrap_err();
        assert!(
            matches!(error, StatsError::AllCensored { .. }),
            "{}: {error:?}",
            fitter.name
        );
    }
}

#[test]
fn a_column_that_separates_the_outcome_is_named() {
    let table = table(200);
    for fitter in FITTERS {
        let Some(column) = fitter.separating else {
            continue;
        };
        let error = (fitter.fit)(&table.with_third(column(&table))).unwrap_err();
        let column = "third".to_owned();
        assert_eq!(error, StatsError::Separation { column }, "{}", fitter.name);
    }
}

#[test]
fn one_cluster_carries_nothing() {
    let mut table = table(100);
    table.clusters = vec![7; 100];
    for fitter in promising(Promise::Clusters) {
        let error = (fitter.fit)(&table).unwrap_err();
        assert!(
            matches!(error, StatsError::TooFewGroups { .. }),
            "{}: {error:?}",
            fitter.name
        );
    }
}

#[test]
fn nonsense_is_refused_by_every_fitter() {
    let table = table(60);
    let all = |spoil: fn(&mut f64)| {
        let mut copy = table.clone();
        let own = [
            &mut copy.yes,
            &mut copy.money,
            &mut copy.count,
            &mut copy.grade,
            &mut copy.time,
            &mut copy.frequency,
            &mut copy.recency,
            &mut copy.observed,
        ];
        own.into_iter().flatten().for_each(spoil);
        copy.columns.iter_mut().flatten().for_each(spoil);
        copy
    };
    let mut weights = table.clone();
    weights.weights = vec![f64::NAN; 60];
    weights.frequency = vec![f64::NAN; 60];
    let cases = [
        ("no numbers", all(|v| *v = f64::NAN)),
        ("infinite", all(|v| *v = f64::INFINITY)),
        ("one value", {
            let mut copy = all(|v| *v = 0.0);
            copy.end = vec![0; 60];
            copy
        }),
        ("one row", table.rows(&[0])),
        ("no rows", table.rows(&[])),
        ("weights", weights),
    ];
    for (what, case) in &cases {
        for fitter in FITTERS {
            // A curve of one event is a curve.
            let curve = ["kaplan-meier", "nelson-aalen", "aalen-johansen"].contains(&fitter.name);
            if curve && *what == "one row" {
                continue;
            }
            assert!((fitter.fit)(case).is_err(), "{}: {what}", fitter.name);
        }
    }
}

#[test]
fn negative_times_and_a_last_purchase_after_the_end_are_refused() {
    let mut table = table(60);
    table.time[7] = -1.0;
    table.recency[8] = table.observed[8] + 1.0;
    table.frequency[8] = 1.0;
    let timed = [
        "kaplan", "nelson", "aalen", "cox", "sbg", "bdw", "nbd", "bg-", "mbg", "pareto",
    ];
    for fitter in FITTERS
        .iter()
        .filter(|f| timed.iter().any(|t| f.name.starts_with(t)))
    {
        let error = (fitter.fit)(&table).unwrap_err();
        assert!(
            matches!(error, StatsError::InvalidInput { .. }),
            "{}: {error:?}",
            fitter.name
        );
    }
}

#[test]
fn very_many_equal_rows_give_an_error_or_finite_figures() {
    let one = table(1);
    let table = one.rows(&vec![0; 200_000]);
    for fitter in FITTERS {
        if let Ok(figures) = (fitter.fit)(&table) {
            let finite = figures
                .iter()
                .all(|(v, e)| v.is_finite() && !e.is_infinite());
            assert!(finite, "{}: {figures:?}", fitter.name);
        }
    }
}

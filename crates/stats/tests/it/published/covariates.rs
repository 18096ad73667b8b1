//! Do purchase distributions with covariates agree with their textbook likelihoods, maximized elsewhere?
//!
//! The figures come from tests/data/purchases_with_covariates.py: CDNOW with a column for customers who began late and one for every third.

use odla_stats::btyd::{Covariates, History, Outlook, PurchaseKind, covariates, fit_kind};

use crate::data::read_columns;

#[track_caller]
fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} is not {want}");
}

struct Known {
    kind: PurchaseKind,
    base: [f64; 4],
    effects: [f64; 3],
    errors: [f64; 3],
    log_likelihood: f64,
}

const KNOWN: [Known; 3] = [
    Known {
        kind: PurchaseKind::BgNbd,
        base: [
            0.242893277847,
            4.825880172891,
            0.759774187526,
            2.470066780116,
        ],
        effects: [0.096473989588, 0.109535628143, 0.113276067793],
        errors: [0.107588879388, 0.11076286878, 0.158473866162],
        log_likelihood: -9581.469289134644,
    },
    Known {
        kind: PurchaseKind::MbgNbd,
        base: [
            0.520191462442,
            6.673253216486,
            0.879924971058,
            1.650475798357,
        ],
        effects: [0.086124387864, 0.104826265501, 0.044640906518],
        errors: [0.121860037809, 0.10646586197, 0.124565267412],
        log_likelihood: -9581.489950283953,
    },
    Known {
        kind: PurchaseKind::ParetoNbd,
        base: [
            0.553867851327,
            11.137090084391,
            0.60754439319,
            11.871018316466,
        ],
        effects: [0.033620185419, 0.095868092291, 0.026718595774],
        errors: [0.088990055335, 0.082305316666, 0.202650866464],
        log_likelihood: -9594.257455885763,
    },
];

fn cdnow() -> Option<(History, Covariates)> {
    let names = ["frequency", "recency", "T"];
    let c = read_columns("cdnow covariates", "cdnow/cdnow_summary.csv", &names)?;
    let late: Vec<f64> = c[2]
        .iter()
        .map(|t| f64::from(u8::from(*t < 33.0)))
        .collect();
    let third = (0..late.len())
        .map(|i| f64::from(u8::from(i % 3 == 0)))
        .collect();
    let covariates = Covariates {
        purchase: vec![
            ("late".to_owned(), late.clone()),
            ("third".to_owned(), third),
        ],
        dropout: vec![("late".to_owned(), late)],
    };
    Some((
        History::new(&c[0], &c[1], &c[2]).expect("valid"),
        covariates,
    ))
}

#[test]
fn cdnow_with_covariates_is_the_top_of_the_textbook_likelihood() {
    let Some((history, covariates)) = cdnow() else {
        return;
    };
    for known in KNOWN {
        let fit = covariates::fit(known.kind, &history, &covariates, 0.95).expect("fits");
        assert!(fit.converged, "{:?}", fit.cautions);
        close(fit.log_likelihood, known.log_likelihood, 2e-7);
        for (got, want) in fit.base.iter().zip(known.base) {
            close(*got, want, 2e-4 * want);
        }
        let effects = fit.purchase.iter().chain(&fit.dropout);
        for ((got, value), error) in effects.zip(known.effects).zip(known.errors) {
            close(got.estimate.value, value, 5e-5);
            close(got.estimate.standard_error, error, 2e-4);
        }
        assert!(fit.likelihood_ratio() > 0.0);
    }
}

#[test]
fn covariates_of_no_effect_leave_the_expectations_of_the_plain_fit() {
    let Some((history, covariates)) = cdnow() else {
        return;
    };
    let outlook = Outlook {
        horizon: 39.0,
        discount: 0.001,
    };
    for kind in PurchaseKind::ALL {
        let own = Covariates {
            dropout: match kind {
                PurchaseKind::Nbd => Vec::new(),
                _ => covariates.dropout.clone(),
            },
            ..covariates.clone()
        };
        let mut fit = covariates::fit(kind, &history, &own, 0.9).expect("fits");
        let plain = fit_kind(kind, &history).expect("fits").model();
        let whole = fit
            .expected_purchases(&history, &own, outlook)
            .expect("valid");
        let known: f64 = (plain.expected_purchases(&history, outlook).expect("valid"))
            .iter()
            .sum();
        let sum: f64 = whole.iter().sum();
        close(sum / known, 1.0, 0.02);
        // Coefficients set to 0 leave one distribution for all: then both ways of computing agree for every customer.
        for c in fit.purchase.iter_mut().chain(&mut fit.dropout) {
            c.estimate.value = 0.0;
        }
        let same = fit
            .model(&[0.0; 2], &vec![0.0; fit.dropout.len()])
            .expect("two values");
        let alone = same.expected_purchases(&history, outlook).expect("valid");
        let together = fit
            .expected_purchases(&history, &own, outlook)
            .expect("valid");
        for (a, b) in alone.iter().zip(&together) {
            close(*b, *a, 1e-8 * a);
        }
    }
}

//! Is the likelihood that has its top at the edge found there, and told so?
//!
//! The first year of Online Retail II, made by tests/data/retail_year.py: customers hardly leave, so a falls to 0 or b grows without end.

use odla_stats::Caution;
use odla_stats::btyd::{History, Outlook, PurchaseKind, fit_kind, nbd};

fn retail() -> History {
    let text = include_str!("../../data/retail_year.csv");
    let mut columns = vec![Vec::new(); 4];
    for line in text.lines().skip(1) {
        for (column, cell) in columns.iter_mut().zip(line.split(',')) {
            column.push(cell.parse().expect("a number"));
        }
    }
    History::weighted(&columns[0], &columns[1], &columns[2], &columns[3]).expect("valid")
}

#[test]
fn a_year_of_online_retail_lies_at_the_edge_without_dropout_and_says_so() {
    let history = retail();
    let limit = nbd::fit(&history).expect("fits");
    let ahead = Outlook {
        horizon: 90.0,
        discount: 0.0,
    };
    for kind in PurchaseKind::ALL {
        let fit = fit_kind(kind, &history).expect("fits");
        eprintln!(
            "{kind:?} {:?} {} {:?}",
            fit.model(),
            fit.log_likelihood(),
            fit.cautions()
        );
        assert!(fit.log_likelihood() >= limit.log_likelihood - 1e-6);
        let model = fit.model();
        let expected = model.expected_purchases(&history, ahead).expect("valid");
        assert!(expected.iter().all(|e| e.is_finite() && *e >= 0.0));
        let alive = model.p_alive(&history);
        assert!(alive.iter().all(|p| (0.0..=1.0).contains(p)));
        if kind == PurchaseKind::BgNbd {
            let told = |c: &Caution| {
                matches!(
                    c,
                    Caution::DropoutNotIdentified { .. }
                        | Caution::HeterogeneityNotIdentified { .. }
                        | Caution::BoundaryOptimum { .. }
                )
            };
            assert!(fit.cautions().iter().any(told));
        }
    }
}

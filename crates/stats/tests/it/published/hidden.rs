//! Are printed totals from several lists reproduced?

use odla_stats::hidden::{
    Description, Lists, SelectBy, TwoLists, chapman, estimate_total, fit_description,
};

/// Cases of hepatitis A by the lists P, Q, E: Chao, Tsay, Lin, Shau, Chao 2001, table II (271 cases; bit 0 is P).
pub fn hepatitis() -> Lists {
    let names = ["P", "Q", "E"].map(str::to_owned);
    let mut counts = [0.0; 8];
    for (pattern, count) in [
        (0b111, 28.0),
        (0b011, 21.0),
        (0b101, 17.0),
        (0b001, 69.0),
        (0b110, 18.0),
        (0b010, 55.0),
        (0b100, 63.0),
    ] {
        counts[pattern] = count;
    }
    Lists::new(&names, &counts).expect("sound")
}

fn close(got: f64, want: f64, tolerance: f64) {
    assert!((got - want).abs() <= tolerance, "{got} is not {want}");
}

/// The same article: 388 with independent lists (deviance 24.36), 1,313 with all pairs dependent (standard error 520);
/// the totals in between by statsmodels 0.15.0, script in `tests/data`.
#[test]
fn totals_and_deviances_of_the_hepatitis_lists_are_reproduced() {
    for (dependent, total, deviance) in [
        (vec![], 388.483_494_956_757, 24.356_835_328),
        (vec![0b011], 416.0, 21.144_257_697),
        (vec![0b101], 393.313_432_835_821, 24.247_039_25),
        (vec![0b110], 413.181_818_181_818, 21.330_514_971),
        (vec![0b011, 0b101], 463.5, 19.422_047_556),
        (vec![0b011, 0b110], 526.705_882_352_941, 13.202_619_706),
        (vec![0b101, 0b110], 451.714_285_714_286, 19.904_448_468),
        (vec![0b011, 0b101, 0b110], 1_312.764_705_882_36, 0.0),
    ] {
        let own = fit_description(&hepatitis(), &Description { dependent }, 0.95).expect("fits");
        close(own.total.value, total, 1e-5);
        close(own.deviance, deviance, 1e-6);
        assert!(own.total.interval.contains(total));
    }
    let all = Description {
        dependent: vec![0b011, 0b101, 0b110],
    };
    let own = fit_description(&hepatitis(), &all, 0.95).expect("fits");
    close(own.total.standard_error, 520.0, 5.0);
    let independent = fit_description(&hepatitis(), &Description { dependent: vec![] }, 0.95);
    // From the error of b0 by statsmodels, 0.158570, and the Poisson noise of the number unseen.
    let unseen = 388.483_494_956_757 - 271.0;
    close(
        independent.expect("fits").total.standard_error,
        (unseen + (0.158_569_838_656_f64 * unseen).powi(2)).sqrt(),
        1e-4,
    );
}

#[test]
fn the_description_with_the_lowest_criterion_is_chosen_and_its_doubt_told() {
    let found = estimate_total(&hepatitis(), SelectBy::Aic, 0.90).expect("estimates");
    assert_eq!(found.best.description.dependent, vec![0b011, 0b101, 0b110]);
    assert_eq!(found.tried.len(), 8);
    assert!((0.0..1.0).contains(&found.hidden_share.value) && found.seen == 271.0);
    close(
        found.hidden_share.value,
        1.0 - 271.0 / found.best.total.value,
        1e-12,
    );
}

/// The same article prints Petersen's estimate 336 for the lists P and Q; Chapman's correction by its formula.
#[test]
fn two_of_the_lists_give_petersens_and_chapmans_totals() {
    let lists = TwoLists {
        first: 135.0,
        second: 122.0,
        both: 49.0,
    };
    close(lists.first * lists.second / lists.both, 336.0, 0.5);
    let (total, _) = chapman(&lists, 0.9).expect("estimates");
    close(total.value, 136.0 * 123.0 / 50.0 - 1.0, 1e-9);
}

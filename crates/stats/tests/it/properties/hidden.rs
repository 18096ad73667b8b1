//! What holds for every set of lists, and is nonsense refused?

use odla_stats::hidden::{
    Description, ListPlan, Lists, SelectBy, estimate_total, fit_description, simulate_lists,
};

fn names(count: usize) -> Vec<String> {
    (0..count).map(|k| format!("l{k}")).collect()
}

#[test]
fn the_order_of_lists_and_the_way_of_telling_do_not_matter() {
    let plan = ListPlan {
        members: 900,
        odds: vec![0.5, 0.4, 0.6],
        dependence: vec![(2, 0, 2.0)],
    };
    let lists = simulate_lists(&plan, 3).expect("simulates");
    let found = estimate_total(&lists, SelectBy::Aic, 0.9).expect("estimates");
    let mut member = vec![Vec::new(); 3];
    for pattern in 1..8_usize {
        // Cases on these lists and no others.
        let mut only = 0.0;
        for more in 0..8_usize {
            if more & pattern == pattern {
                let sign = if (more ^ pattern).count_ones() % 2 == 0 {
                    1.0
                } else {
                    -1.0
                };
                only += sign * lists.on(more);
            }
        }
        for _ in 0..only as usize {
            for (k, own) in member.iter_mut().enumerate() {
                own.push(pattern >> (2 - k) & 1 == 1);
            }
        }
    }
    let turned = Lists::from_members(&names(3), &member).expect("sound");
    assert_eq!(turned.seen(), lists.seen());
    let other = estimate_total(&turned, SelectBy::Aic, 0.9).expect("estimates");
    assert!((other.best.total.value / found.best.total.value - 1.0).abs() < 1e-8);
    assert!((other.best.total.interval.upper / found.best.total.interval.upper - 1.0).abs() < 1e-5);
    assert!(found.best.total.interval.lower >= found.seen);
}

#[test]
fn five_lists_are_built_up_step_by_step() {
    let plan = ListPlan {
        members: 3_000,
        odds: vec![0.4, 0.3, 0.5, 0.4, 0.3],
        dependence: vec![(1, 0, 3.0), (4, 2, 0.3)],
    };
    let lists = simulate_lists(&plan, 5).expect("simulates");
    let found = estimate_total(&lists, SelectBy::Bic, 0.95).expect("estimates");
    let dependent = &found.best.description.dependent;
    assert!(
        dependent.contains(&0b00011) && dependent.contains(&0b10100),
        "{dependent:?}"
    );
    assert!((found.best.total.value / 3_000.0 - 1.0).abs() < 0.1);
}

#[test]
fn lists_that_never_meet_are_not_given_a_total() {
    let mut counts = vec![0.0; 8];
    (counts[1], counts[2], counts[4]) = (50.0, 60.0, 70.0);
    let apart = Lists::new(&names(3), &counts).expect("sound");
    assert_eq!(
        estimate_total(&apart, SelectBy::Aic, 0.9)
            .expect_err("unknown")
            .key(),
        "not_identified"
    );
}

#[test]
fn impossible_lists_and_descriptions_are_refused() {
    let sound = vec![0.0, 20.0, 30.0, 10.0, 25.0, 9.0, 8.0, 5.0];
    let lists = Lists::new(&names(3), &sound).expect("sound");
    let mut broken = sound.clone();
    broken[0] = 4.0;
    assert!(Lists::new(&names(3), &broken).is_err());
    broken = sound.clone();
    broken[3] = f64::NAN;
    assert!(Lists::new(&names(3), &broken).is_err());
    assert!(Lists::new(&names(3), &sound[..7]).is_err());
    assert!(Lists::new(&names(1), &[0.0, 3.0]).is_err());
    assert!(Lists::new(&names(2), &[0.0, 3.0, 0.0, 0.0]).is_err());
    let two = Lists::new(&names(2), &[0.0, 30.0, 20.0, 10.0]).expect("sound");
    assert!(estimate_total(&two, SelectBy::Aic, 0.9).is_err());
    for dependent in [vec![0b111], vec![0b001], vec![0b1001]] {
        assert!(fit_description(&lists, &Description { dependent }, 0.9).is_err());
    }
    // With two lists only independence can be fitted: Petersen's estimate.
    let own = fit_description(&two, &Description { dependent: vec![] }, 0.9).expect("fits");
    assert!((own.total.value - 40.0 * 30.0 / 10.0).abs() < 1e-6);
}

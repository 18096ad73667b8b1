//! Do choices have the optimum that an integer-programming solver proves?

use odla_stats::allocate::{ChoiceConfig, OptionTable, choose};

/// The table of `tests/data/choice_and_lists.py`: whole costs and values, the first option of every group is to do nothing.
fn table(groups: usize, options: usize, seed: u64) -> (Vec<usize>, Vec<f64>, Vec<f64>) {
    let mut state = seed;
    let mut draw = |n: u64| {
        state = (state * 1_103_515_245 + 12_345) % (1 << 31);
        ((state >> 8) % n) as f64
    };
    let (mut starts, mut cost, mut value) = (vec![0], Vec::new(), Vec::new());
    for _ in 0..groups {
        cost.push(0.0);
        value.push(0.0);
        for _ in 1..options {
            cost.push(10.0 + draw(490));
            value.push(5.0 + draw(995));
        }
        starts.push(cost.len());
    }
    (starts, cost, value)
}

/// HiGHS (in scipy 1.17.1), relative gap 0: the optima that the script in `tests/data` prints.
#[test]
fn choices_have_the_value_that_highs_proves_best() {
    for (groups, options, seed, budget, optimum) in [
        (60, 5, 1, 7374.0, 41_011.0),
        (120, 5, 2, 23_835.0, 95_919.0),
        (40, 8, 3, 2634.0, 22_495.0),
    ] {
        let (starts, cost, value) = table(groups, options, seed);
        let options = OptionTable::new(&starts, &cost, &value).expect("sound");
        let exact = ChoiceConfig {
            gap: 0.0,
            states: 100_000,
        };
        let choice = choose(&options, budget, &exact).expect("chooses");
        assert!(choice.optimal);
        assert_eq!(choice.value, optimum);
    }
}

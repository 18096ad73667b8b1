//! Are choices and plans the best there are, and is nonsense refused?

use odla_stats::StatsError;
use odla_stats::allocate::{
    Cell, ChoiceConfig, Curve, Draws, Means, OptionTable, Points, cheapest, choose, frontier,
    judge, moves, pareto, plan, plan_over_draws,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const EXACT: ChoiceConfig = ChoiceConfig {
    gap: 0.0,
    states: 100_000,
};

struct Table {
    starts: Vec<usize>,
    cost: Vec<f64>,
    value: Vec<f64>,
}

impl Table {
    fn drawn(groups: usize, options: usize, whole: bool, seed: u64) -> Self {
        let mut chance = ChaCha8Rng::seed_from_u64(seed);
        let mut table = Table {
            starts: vec![0],
            cost: Vec::new(),
            value: Vec::new(),
        };
        for _ in 0..groups {
            let own = chance.random_range(1..=options);
            for _ in 0..own {
                let (c, v) = (
                    chance.random::<f64>() * 30.0 - 4.0,
                    chance.random::<f64>() * 50.0 - 10.0,
                );
                table.cost.push(if whole { c.round() } else { c });
                table.value.push(if whole { v.round() } else { v });
            }
            table.starts.push(table.cost.len());
        }
        table
    }

    fn options(&self) -> OptionTable<'_> {
        OptionTable::new(&self.starts, &self.cost, &self.value).expect("a sound table")
    }

    fn ends(&self) -> (f64, f64) {
        let of = |pick: fn(f64, f64) -> f64, from: f64| -> f64 {
            self.starts
                .windows(2)
                .map(|g| self.cost[g[0]..g[1]].iter().copied().fold(from, pick))
                .sum()
        };
        (of(f64::min, f64::INFINITY), of(f64::max, f64::NEG_INFINITY))
    }

    /// The best value of all choices, by trying them all.
    fn tried_all(&self, budget: f64) -> f64 {
        fn go(table: &Table, group: usize, left: f64) -> f64 {
            if group + 1 == table.starts.len() {
                return if left >= -1e-9 {
                    0.0
                } else {
                    f64::NEG_INFINITY
                };
            }
            (table.starts[group]..table.starts[group + 1])
                .map(|i| table.value[i] + go(table, group + 1, left - table.cost[i]))
                .fold(f64::NEG_INFINITY, f64::max)
        }
        go(self, 0, budget)
    }

    /// The best value by dynamic programming over whole costs.
    fn by_whole_costs(&self, budget: f64) -> f64 {
        let (least, _) = self.ends();
        let room = (budget - least) as usize;
        let mut best = vec![0.0; room + 1];
        for g in self.starts.windows(2) {
            let floor = self.cost[g[0]..g[1]]
                .iter()
                .copied()
                .fold(f64::INFINITY, f64::min);
            let mut next = vec![f64::NEG_INFINITY; room + 1];
            for i in g[0]..g[1] {
                let extra = (self.cost[i] - floor) as usize;
                for spent in extra..=room {
                    next[spent] = f64::max(next[spent], best[spent - extra] + self.value[i]);
                }
            }
            best = next;
        }
        best[room]
    }
}

#[test]
fn a_choice_is_the_best_of_all_choices_on_small_tables() {
    for seed in 0..400 {
        let table = Table::drawn(6, 4, seed % 2 == 0, seed);
        let (least, most) = table.ends();
        for share in [0.0, 0.2, 0.5, 0.9, 1.1] {
            let budget = least + share * (most - least);
            let choice = choose(&table.options(), budget, &EXACT).expect("chooses");
            let best = table.tried_all(budget);
            assert!(choice.optimal, "{seed} {share}: {choice:?}");
            assert!(
                (choice.value - best).abs() < 1e-9,
                "{seed} {share}: {} {best}",
                choice.value
            );
            assert!(choice.cost <= budget + 1e-9 && choice.bound >= best - 1e-9);
        }
    }
}

#[test]
fn a_choice_is_the_one_of_dynamic_programming_on_larger_tables() {
    for seed in 0..30 {
        let table = Table::drawn(80, 6, true, seed);
        let (least, most) = table.ends();
        let budget = least + (0.1 + 0.025 * seed as f64) * (most - least);
        let budget = budget.round();
        let choice = choose(&table.options(), budget, &EXACT).expect("chooses");
        assert!(choice.optimal, "{seed}: {choice:?}");
        assert_eq!(choice.value, table.by_whole_costs(budget), "{seed}");
    }
}

#[test]
fn a_hundred_thousand_customers_are_within_a_millionth_of_the_bound() {
    let table = Table::drawn(100_000, 5, false, 7);
    let (least, most) = table.ends();
    let budget = least + 0.2 * (most - least);
    let choice = choose(&table.options(), budget, &ChoiceConfig::standard()).expect("chooses");
    assert!(
        choice.gap <= 1e-9 && choice.cautions.is_empty(),
        "{}",
        choice.gap
    );
    assert!(
        choice.cost <= budget * (1.0 + 1e-14) && choice.shadow_price > 0.0,
        "{} {budget}",
        choice.cost
    );
    let value: f64 = choice
        .chosen
        .iter()
        .zip(&table.starts)
        .map(|(own, start)| table.value[start + own])
        .sum();
    assert!((value - choice.value).abs() < 1e-6);
}

#[test]
fn a_search_that_is_cut_short_says_how_much_is_open() {
    let table = Table::drawn(60, 5, false, 3);
    let (least, most) = table.ends();
    let budget = least + 0.4 * (most - least);
    let best = choose(&table.options(), budget, &EXACT).expect("chooses");
    let quick = ChoiceConfig {
        gap: 0.0,
        states: 1,
    };
    let quick = choose(&table.options(), budget, &quick).expect("chooses");
    assert!(quick.value <= best.value && best.value <= quick.bound + 1e-9);
    assert!(quick.cost <= budget);
}

#[test]
fn the_order_of_groups_and_the_unit_of_money_do_not_matter() {
    let table = Table::drawn(200, 5, false, 11);
    let (least, most) = table.ends();
    let budget = least + 0.2 * (most - least);
    let choice = choose(&table.options(), budget, &EXACT).expect("chooses");
    let mut turned = Table {
        starts: vec![0],
        cost: Vec::new(),
        value: Vec::new(),
    };
    for g in table.starts.windows(2).rev() {
        turned
            .cost
            .extend(table.cost[g[0]..g[1]].iter().map(|c| 100.0 * c));
        turned.value.extend(&table.value[g[0]..g[1]]);
        turned.starts.push(turned.cost.len());
    }
    let other = choose(&turned.options(), 100.0 * budget, &EXACT).expect("chooses");
    assert!((other.value - choice.value).abs() < 1e-9 * choice.value.abs());
    let ratio = 100.0 * other.shadow_price / choice.shadow_price;
    assert!((ratio - 1.0).abs() < 1e-9, "{ratio}");
}

#[test]
fn enough_money_gives_everyone_the_best_and_has_no_price() {
    let (starts, cost, value) = ([0, 2, 4], [0.0, 3.0, 0.0, 4.0], [0.0, 2.0, 0.0, 9.0]);
    let table = OptionTable::new(&starts, &cost, &value).expect("sound");
    let choice = choose(&table, 7.0, &EXACT).expect("chooses");
    assert_eq!(
        (choice.chosen, choice.value, choice.shadow_price),
        (vec![1, 1], 11.0, 0.0)
    );
    let tenths =
        OptionTable::new(&[0, 2, 4], &[0.0, 0.1, 0.0, 0.2], &[0.0, 1.0, 0.0, 1.0]).expect("sound");
    assert_eq!(choose(&tenths, 0.3, &EXACT).expect("chooses").value, 2.0);
}

#[test]
fn impossible_tables_and_budgets_are_refused() {
    let table = OptionTable::new(&[0, 2], &[5.0, 6.0], &[1.0, 2.0]).expect("sound");
    let error = choose(&table, 4.0, &EXACT).expect_err("too little");
    assert_eq!(error.key(), "infeasible");
    assert!(choose(&table, f64::NAN, &EXACT).is_err());
    assert!(OptionTable::new(&[0], &[], &[]).is_err());
    assert!(OptionTable::new(&[0, 0, 1], &[1.0], &[1.0]).is_err());
    assert!(OptionTable::new(&[0, 1], &[f64::INFINITY], &[1.0]).is_err());
    assert!(OptionTable::new(&[0, 1], &[1.0], &[]).is_err());
    let one = vec![1.0; 1_000_000];
    let starts: Vec<usize> = (0..=200_000).map(|g| 5 * g).collect();
    let alike = OptionTable::new(&starts, &one, &one).expect("sound");
    assert!(choose(&alike, 200_000.0, &EXACT).expect("chooses").optimal);
}

#[test]
fn numbers_of_every_size_give_a_refusal_or_a_finite_answer() {
    let sizes = [0.0, 1e-300, 1e-150, 1e-9, 1.0, 1e12, 1e150, 1e300, f64::MAX];
    for large in sizes {
        for other in sizes {
            let (cost, value) = ([0.0, large, -other, other], [0.0, other, large, -large]);
            if let Ok(table) = OptionTable::new(&[0, 2, 4], &cost, &value)
                && let Ok(choice) = choose(&table, large, &EXACT)
            {
                assert!(
                    choice.value.is_finite() && choice.bound >= choice.value,
                    "{large} {other}"
                );
            }
            for curve in [
                power(large, 0.5),
                power(other, 1.0),
                Curve::Saturating {
                    ceiling: large,
                    reach: other,
                },
                Curve::Log {
                    scale: large,
                    unit: other,
                },
                Curve::Hill {
                    ceiling: large,
                    half: other,
                    shape: 2.0,
                },
            ] {
                let cells = [
                    Cell::free(curve.clone(), other),
                    Cell::free(power(1.0, 0.5), 10.0),
                ];
                if let Ok(best) = plan(&cells, &Means::money(0.5 * other)) {
                    assert!(
                        best.value.is_finite() && best.gap >= 0.0,
                        "{curve:?} {other} {best:?}"
                    );
                    assert!(
                        best.money <= 0.5 * other * (1.0 + 1e-9),
                        "{curve:?} {best:?}"
                    );
                }
            }
        }
    }
}

fn power(scale: f64, exponent: f64) -> Curve {
    Curve::Power { scale, exponent }
}

fn mixed_cells() -> Vec<Cell> {
    let points = Points::new(&[0.0, 2.0, 6.0, 10.0], &[0.0, 4.0, 7.0, 6.0]).expect("concave");
    let saturating = Curve::Saturating {
        ceiling: 12.0,
        reach: 4.0,
    };
    let hill = Curve::Hill {
        ceiling: 9.0,
        half: 3.0,
        shape: 0.9,
    };
    let log = Curve::Log {
        scale: 3.0,
        unit: 1.0,
    };
    let mut cells: Vec<Cell> = [
        power(3.0, 0.5),
        saturating,
        hill,
        log,
        Curve::Piecewise(points),
    ]
    .into_iter()
    .map(|curve| Cell::free(curve, 10.0))
    .collect();
    cells[3].lower = 1.5;
    cells[1].hours = 2.0;
    cells[2].hours = 0.5;
    cells
}

fn worth(cells: &[Cell], amounts: &[f64]) -> f64 {
    cells
        .iter()
        .zip(amounts)
        .map(|(cell, x)| cell.curve.value(*x))
        .sum()
}

/// No transfer of a little money between two cells that the limits allow raises the value.
fn assert_no_better_transfer(cells: &[Cell], amounts: &[f64]) {
    let value = worth(cells, amounts);
    for from in 0..cells.len() {
        for to in 0..cells.len() {
            for amount in [1e-3, 0.1, 1.0] {
                let mut tried = amounts.to_vec();
                tried[from] -= amount;
                tried[to] += amount;
                if from != to && tried[from] >= cells[from].lower && tried[to] <= cells[to].upper {
                    assert!(worth(cells, &tried) <= value + 1e-9, "{from} {to} {amount}");
                }
            }
        }
    }
}

#[test]
fn a_plan_has_one_slope_everywhere_and_no_better_neighbor() {
    let cells = mixed_cells();
    for money in [1.5, 3.0, 8.0, 20.0, 35.0, 60.0] {
        let best = plan(&cells, &Means::money(money)).expect("plans");
        assert!(best.optimal, "{money}: {best:?}");
        assert!(best.money <= money * (1.0 + 1e-12));
        assert_no_better_transfer(&cells, &best.amounts);
        for (cell, x) in cells.iter().zip(&best.amounts) {
            if *x > cell.lower + 1e-9
                && *x < cell.upper
                && !matches!(cell.curve, Curve::Piecewise(_))
            {
                assert!(
                    (cell.curve.slope(*x) - best.money_price).abs() < 1e-7,
                    "{money}"
                );
            }
        }
    }
    // Beyond the peaks and limits money is left over.
    assert_eq!(
        plan(&cells, &Means::money(60.0))
            .expect("plans")
            .money_price,
        0.0
    );
}

#[test]
fn square_roots_share_by_the_square_of_their_scale() {
    // Equal slopes s / (2 sqrt(x)) mean x in proportion to s squared.
    let cells: Vec<Cell> = [1.0, 2.0, 3.0]
        .map(|s| Cell::free(power(s, 0.5), 1e6))
        .to_vec();
    let best = plan(&cells, &Means::money(140.0)).expect("plans");
    for (x, want) in best.amounts.iter().zip([10.0, 40.0, 90.0]) {
        assert!((x - want).abs() < 1e-9);
    }
    assert!((best.money_price - 1.0 / (2.0 * 10.0_f64.sqrt())).abs() < 1e-12);
}

#[test]
fn short_hours_get_their_own_price() {
    let cells = mixed_cells();
    let free = plan(&cells, &Means::money(20.0)).expect("plans");
    for hours in [free.hours + 1.0, 0.7 * free.hours, 0.3 * free.hours, 0.0] {
        let means = Means {
            money: 20.0,
            hours: Some(hours),
        };
        let best = plan(&cells, &means).expect("plans");
        assert!(best.optimal, "{hours}: {best:?}");
        assert!(best.hours <= hours + 1e-9 && best.money <= 20.0 + 1e-9);
        assert_eq!(best.hour_price > 0.0, hours < free.hours, "{hours}");
        assert!(best.value <= free.value + 1e-12);
        if best.hour_price > 0.0 && hours > 0.0 {
            let more = Means {
                hours: Some(hours + 1e-4),
                ..means
            };
            let rise = (plan(&cells, &more).expect("plans").value - best.value) / 1e-4;
            assert!(
                (rise / best.hour_price - 1.0).abs() < 1e-3,
                "{rise} {}",
                best.hour_price
            );
        }
    }
}

#[test]
fn whole_steps_are_chosen_as_well_as_by_trying_all() {
    let mut cells = mixed_cells();
    for (cell, step) in cells.iter_mut().zip([1.0, 2.5, 2.0, 1.7, 2.0]) {
        cell.step = step;
    }
    for money in [4.0, 9.3, 17.0] {
        let best = plan(&cells, &Means::money(money)).expect("plans");
        let mut most = f64::NEG_INFINITY;
        let count = |cell: &Cell| ((cell.upper - cell.lower) / cell.step + 1e-9) as usize + 1;
        let total: usize = cells.iter().map(count).product();
        for mut code in 0..total {
            let mut amounts = Vec::new();
            for cell in &cells {
                amounts.push(cell.lower + (code % count(cell)) as f64 * cell.step);
                code /= count(cell);
            }
            if amounts.iter().sum::<f64>() <= money + 1e-9 {
                most = most.max(worth(&cells, &amounts));
            }
        }
        assert!(
            (best.value - most).abs() < 1e-9,
            "{money}: {} {most}",
            best.value
        );
        assert!(best.bound >= most - 1e-9 && best.money <= money + 1e-9);
    }
}

#[test]
fn steps_beside_free_amounts_are_as_good_as_a_fine_grid() {
    let mut cells = mixed_cells();
    cells.truncate(3);
    cells[0].step = 4.0;
    let s_shaped = Curve::Hill {
        ceiling: 12.0,
        half: 5.0,
        shape: 3.0,
    };
    cells[2] = Cell::free(s_shaped, 10.0);
    for money in [3.0, 6.0, 9.5, 14.0] {
        let best = plan(&cells, &Means::money(money)).expect("plans");
        let mut most = f64::NEG_INFINITY;
        for first in [0.0, 4.0, 8.0] {
            for k in 0..=1000 {
                let third = k as f64 * 0.01;
                let second = (money - first - third).min(10.0);
                if second >= 0.0 {
                    most = most.max(worth(&cells, &[first, second, third]));
                }
            }
        }
        assert!(best.value >= most - 1e-4, "{money}: {best:?} {most}");
        assert!(best.bound >= most - 1e-9 && best.money <= money + 1e-9);
    }
}

#[test]
fn the_cheapest_plan_is_the_best_plan_turned_round() {
    let cells = mixed_cells();
    for money in [3.0, 8.0, 20.0] {
        let best = plan(&cells, &Means::money(money)).expect("plans");
        let back = cheapest(&cells, best.value).expect("plans");
        assert!(
            (back.money - money).abs() < 1e-6 && back.optimal,
            "{money}: {back:?}"
        );
        assert!(back.value >= best.value - 1e-9);
    }
    let error = cheapest(&cells, 1e6).expect_err("cannot be reached");
    assert!(matches!(error, StatsError::Infeasible { .. }));
    let mut lumpy = cells.clone();
    lumpy[0].step = 1.0;
    lumpy[1].step = 2.0;
    let stepped = cheapest(&lumpy, 15.0).expect("plans");
    assert!(stepped.value >= 15.0 - 1e-9 && stepped.bound <= stepped.money);
    assert!(stepped.money >= cheapest(&cells, 15.0).expect("plans").money - 1e-9);
}

#[test]
fn all_between_the_pareto_ends_costs_less_and_gives_more() {
    let cells = mixed_cells();
    let today = [1.0, 9.0, 6.0, 3.0, 9.0];
    let range = pareto(&cells, &today, 5).expect("plans");
    assert!(range.cheapest.money < range.money_today && range.best.value > range.value_today);
    for better in &range.between {
        assert!(better.money < range.money_today && better.value > range.value_today);
    }
    let budgets = [5.0, 10.0, 15.0, 20.0, 25.0];
    let line = frontier(&cells, &budgets).expect("plans");
    for pair in line.windows(2) {
        assert!(
            pair[1].value >= pair[0].value && pair[1].money_price <= pair[0].money_price + 1e-12
        );
    }
}

#[test]
fn draws_that_agree_give_the_plan_of_the_curve_and_no_regret() {
    let cells = mixed_cells();
    let same = |_: usize, i: usize| cells[i].curve.clone();
    let draws = Draws {
        count: 20,
        curve: &same,
    };
    for means in [
        Means::money(12.0),
        Means {
            money: 12.0,
            hours: Some(5.0),
        },
    ] {
        let best = plan(&cells, &means).expect("plans");
        let mean = plan_over_draws(&cells, &means, &draws).expect("plans");
        assert!(
            (mean.value / best.value - 1.0).abs() < 1e-6,
            "{} {}",
            mean.value,
            best.value
        );
        assert!(mean.bound >= best.value - 1e-9);
        let today = [2.0, 2.0, 2.0, 3.0, 3.0];
        let list = moves(&cells, &today, &best.amounts).expect("moves");
        let found = judge(
            &cells,
            (&today, &best.amounts, &list),
            (&means, &draws),
            0.9,
        )
        .expect("judges");
        assert!(
            found.max_regret < 1e-7 && found.share_better == 1.0,
            "{found:?}"
        );
        assert!(found.cautions.is_empty());
    }
}

#[test]
fn the_plan_over_draws_is_best_on_average() {
    let count = 40;
    let mut chance = ChaCha8Rng::seed_from_u64(5);
    let drawn: Vec<Vec<Curve>> = (0..count)
        .map(|_| {
            let mut up = || 0.3 + 1.4 * chance.random::<f64>();
            vec![
                power(3.0 * up(), 0.4 + 0.2 * up() / 1.7),
                Curve::Saturating {
                    ceiling: 12.0 * up(),
                    reach: 4.0 * up(),
                },
                Curve::Hill {
                    ceiling: 9.0 * up(),
                    half: 3.0 * up(),
                    shape: 0.9,
                },
                Curve::Log {
                    scale: 3.0 * up(),
                    unit: up(),
                },
            ]
        })
        .collect();
    let cells: Vec<Cell> = drawn[0]
        .iter()
        .map(|curve| Cell::free(curve.clone(), 10.0))
        .collect();
    let curve = |draw: usize, i: usize| drawn[draw][i].clone();
    let draws = Draws {
        count,
        curve: &curve,
    };
    let means = Means::money(12.0);
    let best = plan_over_draws(&cells, &means, &draws).expect("plans");
    assert!(best.optimal, "{best:?}");
    let mean = |amounts: &[f64]| -> f64 {
        drawn
            .iter()
            .flat_map(|own| own.iter().zip(amounts).map(|(c, x)| c.value(*x)))
            .sum::<f64>()
            / count as f64
    };
    assert!((mean(&best.amounts) - best.value).abs() < 1e-9);
    for from in 0..4 {
        for to in 0..4 {
            let mut tried = best.amounts.clone();
            tried[from] -= 0.01;
            tried[to] += 0.01;
            assert!(from == to || mean(&tried) <= best.value, "{from} {to}");
        }
    }
    let today = [3.0; 4];
    let list = moves(&cells, &today, &best.amounts).expect("moves");
    let found = judge(
        &cells,
        (&today, &best.amounts, &list),
        (&means, &draws),
        0.9,
    )
    .expect("judges");
    assert!((found.expected_gain - (best.value - mean(&today))).abs() < 1e-9);
    assert!(found.expected_regret <= found.expected_regret_today);
    assert!(found.max_regret >= found.expected_regret && found.expected_regret >= 0.0);
    assert!(
        found
            .move_survives
            .iter()
            .all(|share| (0.0..=1.0).contains(share))
    );
}

#[test]
fn impossible_cells_and_means_are_refused() {
    let sound = mixed_cells();
    assert_eq!(
        plan(&sound, &Means::money(1.0))
            .expect_err("too little")
            .key(),
        "infeasible"
    );
    assert!(plan(&[], &Means::money(1.0)).is_err());
    assert!(plan(&sound, &Means::money(f64::NAN)).is_err());
    for broken in [
        Cell::free(power(f64::NAN, 0.5), 1.0),
        Cell::free(power(1.0, 1.5), 1.0),
        Cell::free(power(-1.0, 0.5), 1.0),
        Cell::free(power(1.0, 0.5), f64::INFINITY),
        Cell {
            lower: 2.0,
            ..Cell::free(power(1.0, 0.5), 1.0)
        },
        Cell {
            step: -1.0,
            ..Cell::free(power(1.0, 0.5), 1.0)
        },
        Cell {
            hours: f64::NAN,
            ..Cell::free(power(1.0, 0.5), 1.0)
        },
    ] {
        assert!(
            plan(std::slice::from_ref(&broken), &Means::money(1.0)).is_err(),
            "{broken:?}"
        );
    }
    assert!(pareto(&sound, &[0.0; 5], 3).is_err() && moves(&sound, &[2.0; 5], &[2.0; 4]).is_err());
}

#[test]
fn curves_of_no_height_and_budgets_of_nothing_give_a_plan() {
    let flat = vec![Cell::free(power(0.0, 0.5), 10.0); 3];
    let best = plan(&flat, &Means::money(5.0)).expect("plans");
    assert_eq!((best.value, best.money), (0.0, 0.0));
    let cells = vec![Cell::free(power(1.0, 0.5), 10.0); 3];
    let nothing = plan(&cells, &Means::money(0.0)).expect("plans");
    assert!(
        nothing.money.abs() < 1e-12 && nothing.value < 1e-6,
        "{nothing:?}"
    );
    let line = vec![Cell::free(power(2.0, 1.0), 10.0); 3];
    let best = plan(&line, &Means::money(15.0)).expect("plans");
    assert!((best.value - 30.0).abs() < 1e-9 && best.optimal);
}

//! Is the hunting unit found, and is what it pulls told from what it makes?

use super::calendar::is_working;
use super::{DealsConfig, assess};
use crate::InsightError;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use odla_domain::frames::deals::{DealDay, DealsFrame, Established, Won};
use odla_domain::{Figure, Money, Outcome};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Poisson};

const UNITS: usize = 8;

fn empty() -> DealsFrame {
    DealsFrame {
        as_of: date(2026, 6, 30),
        span: None,
        units: Vec::new(),
        days: Vec::new(),
        won: Won::default(),
        established: Established::default(),
    }
}

/// Three years of eight units; the first moves `pulled` of the orders of a quarter's first three weeks into the last ten
/// working days before, and makes `created` orders a quarter on top. Returns the true shares of its closing orders.
fn company(seed: u64, pulled: f64, created: f64) -> (DealsFrame, f64, f64) {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let (first, last) = (date(2023, 7, 1), date(2026, 6, 30));
    let days = (last - first).get_days() as usize + 1;
    let mut orders = vec![vec![0.0; days]; UNITS];
    let (mut moved, mut made) = (0.0, 0.0);
    for (unit, row) in orders.iter_mut().enumerate() {
        for day in 0..days {
            let at = first.saturating_add((day as i64).days());
            let season = 1.0 + 0.2 * f64::from(at.month() == 12);
            let weekday = if is_working(at) { 1.2 } else { 0.6 };
            let count: f64 = Poisson::new(6.0 * season * weekday)
                .expect("a rate")
                .sample(&mut dice);
            for _ in 0..count as usize {
                let start = date(at.year(), (at.month() - 1) / 3 * 3 + 1, 1);
                let early = (at - start).get_days() < 21;
                let target = closing_day(start, dice.random_range(0..10));
                let hunted = unit == 0 && early && dice.random::<f64>() < pulled && target >= first;
                if hunted {
                    row[(target - first).get_days() as usize] += 1.0;
                    moved += 1.0;
                } else {
                    row[day] += 1.0;
                }
            }
        }
    }
    for quarter in 1..=12 {
        let start = first.saturating_add((3 * quarter).months());
        for _ in 0..created as usize {
            let target = closing_day(start, dice.random_range(0..10));
            orders[0][(target - first).get_days() as usize] += 1.0;
            made += 1.0;
        }
    }
    let mut closing = 0.0;
    for quarter in 1..=12 {
        let start = first.saturating_add((3 * quarter).months());
        let mut at = closing_day(start, 9);
        while at < start {
            closing += orders[0][(at - first).get_days() as usize];
            at = at.saturating_add(1.day());
        }
    }
    let frame = frame_of(&orders, first, last);
    (frame, moved / closing, made / closing)
}

/// The n-th working day before a quarter's start, counted from 0.
fn closing_day(start: Date, n: usize) -> Date {
    let (mut at, mut left) = (start, n + 1);
    while left > 0 {
        at = at.saturating_sub(1.day());
        left -= usize::from(is_working(at));
    }
    at
}

fn frame_of(orders: &[Vec<f64>], first: Date, last: Date) -> DealsFrame {
    let mut frame = empty();
    frame.span = Some((first, last));
    frame.units = (0..UNITS).map(|unit| format!("B{unit:02}")).collect();
    for (unit, row) in orders.iter().enumerate() {
        for (day, count) in row.iter().enumerate() {
            let net = Money::from_raw(5_000_000 * *count as i128);
            frame.days.push(DealDay {
                unit,
                day: first.saturating_add((day as i64).days()),
                orders: *count,
                net,
                list: Money::from_raw(5_500_000 * *count as i128),
                discount: Money::from_raw(500_000 * *count as i128),
                returned: Money::default(),
            });
        }
    }
    frame.checked().expect("the simulated sales fit together")
}

fn figure<'o>(outcome: &'o Outcome, key: &str) -> &'o Figure {
    outcome.report.figure(key).expect(key)
}

fn holds(figure: &Figure, truth: f64) -> bool {
    let (lower, upper) = figure.lower.zip(figure.upper).expect("an interval");
    (lower..=upper).contains(&truth)
}

#[test]
fn what_a_unit_pulls_is_told_from_what_it_makes() {
    let companies = 30;
    let (mut pulled, mut created, mut found) = (0, 0, 0);
    for seed in 0..companies {
        let (frame, moved, made) = company(seed, 0.45, 12.0);
        let outcome = assess(&frame, &DealsConfig::standard(), 1).expect("three years of sales");
        pulled += usize::from(holds(
            figure(&outcome, "deals.unit.B00.pulled_share"),
            moved,
        ));
        created += usize::from(holds(
            figure(&outcome, "deals.unit.B00.created_share"),
            made,
        ));
        let keys: Vec<&str> = outcome
            .report
            .sentences
            .iter()
            .map(|s| s.key.as_str())
            .collect();
        found += usize::from(
            keys.contains(&"deals.one_unit_hunts") || keys.contains(&"deals.units_hunt"),
        );
    }
    eprintln!(
        "of {companies}: pulled held in {pulled}, created in {created}, hunter found in {found}"
    );
    assert!(found == companies as usize);
    assert!(pulled >= 24 && created >= 24, "{pulled} and {created}");
}

#[test]
fn a_company_that_does_not_hunt_is_seldom_said_to() {
    let companies = 30;
    let mut called = 0;
    for seed in 100..100 + companies {
        let (frame, ..) = company(seed, 0.0, 0.0);
        let outcome = assess(&frame, &DealsConfig::standard(), 1).expect("three years of sales");
        let keys: Vec<&str> = outcome
            .report
            .sentences
            .iter()
            .map(|s| s.key.as_str())
            .collect();
        called += usize::from(!keys.contains(&"deals.no_unit_hunts"));
    }
    eprintln!("of {companies} calm companies {called} were said to have a hunter");
    assert!(called <= 6, "{called}");
}

#[test]
fn the_share_of_the_last_days_is_that_of_the_ledger() {
    let (frame, ..) = company(5, 0.45, 12.0);
    let outcome = assess(&frame, &DealsConfig::standard(), 1).expect("three years of sales");
    let (mut closing, mut all) = (0_i128, 0_i128);
    for sold in &frame.days {
        let start =
            date(sold.day.year(), (sold.day.month() - 1) / 3 * 3 + 1, 1).saturating_add(3.months());
        all += sold.net.raw();
        closing += if sold.day >= closing_day(start, 9) {
            sold.net.raw()
        } else {
            0
        };
    }
    let share = figure(&outcome, "deals.quarter_end_share")
        .value
        .expect("told");
    assert!((share - closing as f64 / all as f64).abs() < 1e-12);
}

/// Customers from a channel that discounts much and is worth less; the discount itself does `effect`.
fn won(n: usize, seed: u64, effect: f64) -> Won {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut won = Won::default();
    for number in 0..n {
        let campaign = dice.random::<f64>() < 0.4;
        let discounted = dice.random::<f64>() < if campaign { 0.7 } else { 0.2 };
        let noise = 800.0 * (dice.random::<f64>() - 0.5);
        let worth = 1_000.0 - 400.0 * f64::from(campaign) + effect * f64::from(discounted) + noise;
        won.customer_id.push(format!("k{number:06}"));
        won.discount_share.push(if discounted { 0.15 } else { 0.0 });
        won.channel
            .push(if campaign { "campaign" } else { "search" }.to_owned());
        won.unit.push("B00".to_owned());
        won.company.push(false);
        won.contract.push(false);
        won.first_net.push(500.0 + 100.0 * dice.random::<f64>());
        won.days_ago.push(400.0 + 500.0 * dice.random::<f64>());
        won.purchases_after.push(2.0);
        won.came_back.push(dice.random::<f64>() < 0.6);
        won.contribution_after
            .push(Money::from_raw((worth * 10_000.0) as i128));
    }
    won
}

#[test]
fn the_channel_is_not_mistaken_for_the_discount() {
    let mut frame = company(1, 0.0, 0.0).0;
    let (mut held, companies) = (0, 20);
    for seed in 0..companies {
        frame.won = won(2_000, seed, 0.0);
        let outcome = assess(&frame, &DealsConfig::standard(), 1).expect("three years of sales");
        let worth = figure(&outcome, "deals.discount_won.worth");
        held += usize::from(holds(worth, 0.0));
        let plain = &worth.cautions[0].params["difference"];
        assert!(matches!(plain, odla_domain::caution::ParamValue::Number(x) if *x < -100.0));
    }
    assert!(held >= 15, "{held} of {companies}");
}

#[test]
fn nothing_sold_is_named() {
    let Err(InsightError::TooLittleData(why)) = assess(&empty(), &DealsConfig::standard(), 1)
    else {
        panic!("nothing was sold");
    };
    assert_eq!(why.key, "deals.no_orders");
}

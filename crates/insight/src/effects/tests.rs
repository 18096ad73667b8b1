//! Are planted effects found, is an empty one given to the best not found, and is an association never told as an effect?

use super::{EffectsConfig, Judged, Verdict, assess, judge, judge_all};
use jiff::civil::{Date, date};
use odla_domain::frames::effects::{Assigned, EffectsFrame, People, Relation, Studied, UnitPeriod};
use odla_domain::{Grade, Money};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const AS_OF: Date = date(2026, 6, 30);

/// How the simulated activity is given and what it does.
#[derive(Clone, Copy)]
struct Planted {
    assigned: Assigned,
    /// How much likelier those with a large margin are to get it, and those with a hidden liking for us.
    by_margin: f64,
    by_liking: f64,
    /// Change of the chance to stay, and of the yearly contribution.
    stay: f64,
    margin: f64,
}

const BY_LOT: Planted = Planted {
    assigned: Assigned::Lot,
    by_margin: 0.0,
    by_liking: 0.0,
    stay: 0.06,
    margin: 0.0,
};

fn activity(planted: Planted) -> Studied {
    Studied {
        activity_id: "a1".to_owned(),
        name: "calls".to_owned(),
        process: "service".to_owned(),
        relation: Relation::Purchase,
        assigned: planted.assigned,
        self_chosen: false,
        first_on: date(2025, 6, 1),
        last_on: date(2025, 6, 1),
        ended_on: None,
        treated: 1,
        control: 1,
        cost: Money::default(),
        people: People {
            followed_days: 365.0,
            ..People::default()
        },
        units: Vec::new(),
        unit_step: 0,
        unit_lead: 0,
    }
}

/// Buyers with a margin that is seen and a liking that is not; both make them stay.
fn company(planted: Planted, n: usize, seed: u64) -> Studied {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut studied = activity(planted);
    for number in 0..n {
        let rate: f64 = dice.random_range(0.0..2.0);
        let liking: f64 = dice.random_range(-1.0..1.0);
        let noise = |dice: &mut ChaCha8Rng| 600.0 * (dice.random::<f64>() - 0.5);
        let before = 1_500.0 * rate + noise(&mut dice);
        // Chosen by what the books say of last year, as a company would.
        let lean = planted.by_margin * (before / 1_500.0 - 1.0) + planted.by_liking * liking;
        let got = dice.random::<f64>() < 1.0 / (1.0 + (-lean).exp());
        let earlier = 1_500.0 * (rate + 0.5 * liking) + noise(&mut dice);
        let stays = 0.45 + 0.18 * rate + 0.10 * liking + planted.stay * f64::from(got);
        let stayed = dice.random::<f64>() < stays;
        let brings = if stayed { 1_200.0 * rate } else { 0.0 };
        let year = brings + planted.margin * f64::from(got) + noise(&mut dice);
        let days = 10.0 + 340.0 * dice.random::<f64>();
        let people = &mut studied.people;
        people.customer_id.push(format!("k{number:06}"));
        people.treated.push(got);
        people.moment.push(0);
        people.company.push(number % 3 == 0);
        people.contract.push(false);
        people.young.push(false);
        people.club.push(false);
        people.tenure_days.push(500.0 + (number % 700) as f64);
        people.silence_days.push(days / 3.0);
        people.purchases_quarter.push(rate.round());
        people.purchases_before.push((4.0 * rate).round() + 1.0);
        people.purchases_earlier.push(
            (4.0 * rate + 2.0 * liking + 2.0 * dice.random::<f64>())
                .max(0.0)
                .round(),
        );
        people.margin_before.push(before);
        people.margin_earlier.push(earlier);
        people.monthly_margin.push(0.0);
        people.due_days.push(f64::NAN);
        people
            .contacts_before
            .push(f64::from(dice.random_range(0..4)));
        people
            .contacts_earlier
            .push(f64::from(dice.random_range(0..4)));
        people.faults_before.push(0.0);
        people.satisfaction_before.push(f64::NAN);
        people.left_days.push(f64::NAN);
        people
            .bought_days
            .push(if stayed { days } else { f64::NAN });
        for quarter in &mut people.margin {
            quarter.push(year / 4.0);
        }
        people.contacts_after.push(0.0);
        people.satisfaction_after.push(f64::NAN);
    }
    studied.treated = studied.people.treated_count() as u64;
    studied.cost = Money::from_raw(i128::from(studied.treated) * 40 * 10_000);
    studied
}

fn judged(planted: Planted, n: usize, seed: u64) -> Judged {
    judge(
        &company(planted, n, seed),
        AS_OF,
        (&EffectsConfig::standard(), seed),
    )
}

/// Of so many companies, in how many does the interval of the effect on staying hold the truth?
fn covered(planted: Planted, companies: u64) -> usize {
    (0..companies)
        .filter(|&seed| {
            let found = judged(planted, 2_000, seed)
                .retention
                .expect("enough customers");
            found.effect.interval.contains(planted.stay)
        })
        .count()
}

#[test]
fn a_drawn_activity_is_recovered_as_often_as_its_interval_says() {
    let covered = covered(BY_LOT, 60);
    eprintln!("drawn: {covered} of 60 at 90 %");
    assert!((48..=60).contains(&covered), "{covered}");
    let one = judged(BY_LOT, 4_000, 1);
    assert_eq!((one.grade, one.verdict), (Grade::A, Verdict::Pays));
}

#[test]
fn a_gift_to_the_best_that_does_nothing_looks_good_and_is_not_found() {
    let gift = Planted {
        assigned: Assigned::Once,
        by_margin: 3.0,
        stay: 0.0,
        ..BY_LOT
    };
    let covered = covered(gift, 60);
    eprintln!("gift: {covered} of 60 at 90 %");
    assert!((48..=60).contains(&covered), "{covered}");
    let companies: Vec<Judged> = (0..20).map(|seed| judged(gift, 6_000, seed)).collect();
    let plain = |one: &&Judged| {
        one.retention
            .as_ref()
            .is_ok_and(|found| found.plain.interval.lower > 0.05)
    };
    let found = |one: &&Judged| {
        matches!(
            one.verdict,
            Verdict::Pays | Verdict::Works | Verdict::WorksAtALoss
        )
    };
    let trusted = |one: &&Judged| one.grade == Grade::C;
    let count = |fits: &dyn Fn(&&Judged) -> bool| companies.iter().filter(fits).count();
    let (plain, found, trusted) = (count(&plain), count(&found), count(&trusted));
    eprintln!("gift: plain difference in {plain}, found in {found}, trusted in {trusted} of 20");
    assert!(
        plain == 20 && found <= 2 && trusted >= 12,
        "{plain} {found} {trusted}"
    );
}

#[test]
fn a_harmful_discount_is_found_harmful() {
    let discount = Planted {
        assigned: Assigned::Once,
        by_margin: -1.0,
        stay: 0.0,
        margin: -250.0,
        ..BY_LOT
    };
    let found = (0..20).filter(|&seed| judged(discount, 3_000, seed).verdict == Verdict::Harms);
    assert!(found.count() >= 18);
    let margins = (0..40).map(|seed| {
        judged(discount, 3_000, seed)
            .margin
            .expect("enough customers")
    });
    let covered = margins
        .filter(|margin| margin.effect.interval.contains(-250.0))
        .count();
    eprintln!("discount: {covered} of 40 at 90 %");
    assert!((31..=40).contains(&covered), "{covered}");
}

#[test]
fn those_who_differed_before_or_chose_themselves_are_never_told_as_an_effect() {
    let liked = Planted {
        assigned: Assigned::Once,
        by_liking: 2.0,
        stay: 0.0,
        ..BY_LOT
    };
    let told = (0..20).filter(|&seed| judged(liked, 3_000, seed).grade != Grade::D);
    assert!(told.count() <= 1);
    let mut club = company(
        Planted {
            assigned: Assigned::Running,
            ..BY_LOT
        },
        3_000,
        5,
    );
    club.self_chosen = true;
    let config = EffectsConfig::standard();
    let one = judge(&club, AS_OF, (&config, 1));
    assert_eq!((one.grade, one.verdict), (Grade::D, Verdict::Unjudged));
    let test = one.test.expect("a trial would tell");
    assert!(test.each > 100.0 && test.cost == test.each * one.cost_each);
    let frame = EffectsFrame {
        as_of: AS_OF,
        activities: vec![club],
        without_receivers: Vec::new(),
        without_cost: 0.0,
    };
    let judged = judge_all(&frame, &config, 1);
    let report = assess(&frame, &judged, &config, 1)
        .expect("one activity")
        .report;
    let effect = report
        .figure("activity.a1.effect_retention")
        .expect("is named");
    assert_eq!((effect.value, effect.grade), (None, Some(Grade::D)));
    assert!(
        report
            .figure("activity.a1.plain_difference")
            .is_some_and(|f| f.value.is_some())
    );
    assert_eq!(
        report
            .figure("activity.a1.value_strength")
            .and_then(|f| f.value),
        None
    );
}

/// Twenty-four stores; two thirds begin at four times; beginning keeps three customers more of a hundred.
fn stores(seed: u64, effect: f64, drift: f64) -> Studied {
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let mut studied = activity(Planted {
        assigned: Assigned::Units,
        ..BY_LOT
    });
    studied.relation = Relation::Contract;
    (studied.unit_step, studied.unit_lead) = (4, 2);
    for unit in 0..24_usize {
        let adopted = (unit % 6 < 4).then_some((unit % 6) as i64);
        let level = 0.85 + 0.06 * dice.random::<f64>();
        // What happens in each third of a year; a period's twelve months are three of them.
        let mut third = Vec::new();
        for at in -7_i64..9 {
            let began = adopted.is_some_and(|start| at >= start);
            let moves = drift * adopted.map_or(0.0, |start| (at - start) as f64);
            let leaves = (1.0 - level - effect * f64::from(began) - moves) / 3.0;
            let left = (0..100).filter(|_| dice.random::<f64>() < leaves).count();
            third.push(left as f64);
        }
        for period in -7_i64..4 {
            let place = (period + 7) as usize;
            let left: f64 = third[place..place + 3].iter().sum();
            studied.units.push(UnitPeriod {
                unit,
                period,
                day: date(2024, 6, 1),
                adopted,
                customers: 100.0,
                stayed: 100.0 - left,
                margin: 1_000.0 * (100.0 - 0.5 * left),
                answers: 0.0,
                satisfaction: f64::NAN,
            });
        }
    }
    studied.treated = 1_600;
    studied.cost = Money::from_raw(1_600 * 20 * 10_000);
    studied
}

#[test]
fn what_stores_took_up_one_by_one_is_recovered_and_stores_that_moved_before_are_not_believed() {
    let config = EffectsConfig::standard();
    let (mut covered, mut believed, companies) = (0, 0, 60);
    for seed in 0..companies {
        let one = judge(&stores(seed, 0.05, 0.0), AS_OF, (&config, seed));
        let found = one.retention.expect("a panel of stores");
        covered += usize::from(found.effect.interval.contains(0.05));
        believed += usize::from(one.grade == Grade::B);
    }
    eprintln!("stores: {covered} of {companies} at 90 %, {believed} passed the placebo at 5 %");
    assert!(
        (48..=60).contains(&covered) && believed >= 50,
        "{covered} {believed}"
    );
    let drifting = (0..20)
        .map(|seed| judge(&stores(seed, 0.0, 0.04), AS_OF, (&config, seed)))
        .filter(|one| one.grade == Grade::D);
    let caught = drifting.count();
    eprintln!("stores that drift: {caught} of 20 not believed");
    assert!(caught >= 15, "{caught}");
}

#[test]
fn nothing_is_said_of_an_activity_that_has_just_begun() {
    let mut young = company(BY_LOT, 500, 1);
    young.people.followed_days = 3.0;
    let one = judge(&young, AS_OF, (&EffectsConfig::standard(), 1));
    assert_eq!(one.verdict, Verdict::CannotTell);
    assert_eq!(
        one.retention.expect_err("too early").key,
        "effects.too_early"
    );
}

#[test]
fn places_are_certain_only_when_gains_lie_apart() {
    let config = EffectsConfig::standard();
    let good = judged(BY_LOT, 4_000, 1);
    let mut bad = judged(
        Planted {
            stay: -0.06,
            ..BY_LOT
        },
        4_000,
        2,
    );
    bad.activity_id = "a2".to_owned();
    let ranks = super::rank::rank(&[bad.clone(), good.clone()], (&config, 1));
    let places = ranks.iter().flatten().map(|rank| rank.interval);
    assert_eq!(places.collect::<Vec<_>>(), [(2.0, 2.0), (1.0, 1.0)]);
    let same = super::rank::rank(&[good.clone(), good], (&config, 1));
    assert_eq!(same[0].map(|rank| rank.interval), Some((1.0, 2.0)));
}

/// Hillstrom's e-mail trial, men's e-mail against none, an e-mail at ten cents; `None` without the file.
fn hillstrom() -> Option<Studied> {
    let folder = std::env::var("ODLA_DATA").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").to_owned()
    });
    let Ok(text) = std::fs::read_to_string(format!("{folder}/hillstrom/hillstrom.csv")) else {
        eprintln!("left out: Hillstrom: no data folder");
        return None;
    };
    let mut studied = activity(BY_LOT);
    studied.people.followed_days = 15.0;
    for (number, line) in text.lines().skip(1).enumerate() {
        let recency = line
            .split(',')
            .next()
            .and_then(|cell| cell.parse::<f64>().ok());
        let cells: Vec<&str> = line.rsplit(',').collect();
        let value = |place: usize| cells[place].trim().parse::<f64>().expect("a number");
        if cells[3] == "Womens E-Mail" {
            continue;
        }
        let (spend, bought) = (value(0), value(1) > 0.0);
        let people = &mut studied.people;
        people.customer_id.push(format!("h{number:06}"));
        people.treated.push(cells[3] == "Mens E-Mail");
        people.moment.push(0);
        for flags in [&mut people.company, &mut people.contract, &mut people.young] {
            flags.push(false);
        }
        people.club.push(value(5) > 0.0);
        let days = 30.4375 * recency.expect("a number");
        people.tenure_days.push(days);
        people.silence_days.push(days);
        people.purchases_quarter.push(f64::from(days < 92.0));
        people.purchases_before.push(1.0);
        people.margin_before.push(value(9));
        let zero = [
            &mut people.purchases_earlier,
            &mut people.margin_earlier,
            &mut people.monthly_margin,
            &mut people.contacts_before,
            &mut people.contacts_earlier,
            &mut people.faults_before,
            &mut people.contacts_after,
        ];
        zero.into_iter().for_each(|column| column.push(0.0));
        for unknown in [
            &mut people.due_days,
            &mut people.satisfaction_before,
            &mut people.left_days,
            &mut people.satisfaction_after,
        ] {
            unknown.push(f64::NAN);
        }
        people.bought_days.push(if bought { 8.0 } else { f64::NAN });
        for (quarter, margin) in people.margin.iter_mut().enumerate() {
            margin.push(if quarter == 2 { spend } else { 0.0 });
        }
    }
    studied.treated = studied.people.treated_count() as u64;
    studied.cost = Money::from_raw(i128::from(studied.treated) * 1_000);
    Some(studied)
}

/// Difference of means and Welch's standard error, by hand.
fn by_hand(outcome: &[f64], treated: &[bool]) -> (f64, f64) {
    let [one, zero] = [true, false].map(|arm| {
        let own = || {
            outcome
                .iter()
                .zip(treated)
                .filter(move |(_, t)| **t == arm)
                .map(|(y, _)| *y)
        };
        let n = own().count() as f64;
        let mean = own().sum::<f64>() / n;
        (
            mean,
            own().map(|y| (y - mean).powi(2)).sum::<f64>() / (n - 1.0) / n,
        )
    });
    (one.0 - zero.0, (one.1 + zero.1).sqrt())
}

#[test]
fn hillstroms_e_mail_has_the_difference_of_means_and_pays_for_its_ten_cents() {
    let Some(email) = hillstrom() else { return };
    let one = judge(&email, AS_OF, (&EffectsConfig::standard(), 1));
    let (conversion, sales) = (
        one.retention.as_ref().expect("64,000 customers"),
        one.margin.as_ref().expect("64,000 customers"),
    );
    let spend: Vec<f64> = email.people.margin[2].clone();
    let bought: Vec<f64> = (email.people.bought_days.iter())
        .map(|days| f64::from(days.is_finite()))
        .collect();
    for (found, outcome) in [(conversion, &bought), (sales, &spend)] {
        let (difference, error) = by_hand(outcome, &email.people.treated);
        assert!((found.plain.value - difference).abs() < 1e-10);
        assert!((found.plain.standard_error - error).abs() < 1e-10);
        // What was known before sharpens it, if only a little, and moves it less than half a standard error.
        assert!(
            found.effect.standard_error <= error * 1.0005,
            "{} {error}",
            found.effect.standard_error
        );
        assert!((found.effect.value - difference).abs() < 0.5 * error);
    }
    assert!((conversion.plain.value - 0.006_805_01).abs() < 1e-8);
    assert!((sales.plain.value - 0.769_827_16).abs() < 1e-8);
    let worth = one.worth.as_ref().expect("64,000 customers").effect;
    eprintln!(
        "Hillstrom, men's e-mail: {:.3} ({:.3} to {:.3}) per customer against 0.10, verdict {:?}",
        worth.value, worth.interval.lower, worth.interval.upper, one.verdict
    );
    assert_eq!((one.grade, one.verdict), (Grade::A, Verdict::Pays));
}

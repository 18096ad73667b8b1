//! Does the right decision stand, and does the diary keep all?

use crate::bench::{Bench, at, at_once};
use odla_domain::Unit;
use odla_domain::decision::{
    Course, Deed, Draft, Matter, Member, MinutesChange, MoneyMove, Rested, Settled, Spot, Stance,
    Subject,
};
use odla_domain::frames::portfolio::Standing;
use odla_store::{Act, AuditFilter, DecisionFilter, Departures, Grounds, StoreError};
use std::collections::BTreeMap;

fn settled(choice: Stance, customers: &[&str]) -> Settled {
    let member = |id: &&str| Member {
        customer_id: (*id).to_owned(),
        standing: Standing::Company,
        proposed: Some(Stance::Stop),
        reviewed: false,
    };
    draft(choice, customers.iter().map(member).collect())
}

fn draft(choice: Stance, members: Vec<Member>) -> Settled {
    let draft = Draft {
        matter: Matter::Portfolio { choice },
        deed: None,
        rested: Vec::new(),
        reason: "för dyr att betjäna".to_owned(),
        estimate: (choice != Stance::Grow).then(|| "två punkter lägre NPS i gruppen".to_owned()),
        unknown_signed: choice == Stance::Grow,
        run: Some("r1".to_owned()),
        members,
    };
    draft.settle().unwrap()
}

/// Customer to standing choice.
async fn standing(bench: &Bench) -> BTreeMap<String, Stance> {
    let all = bench
        .store
        .standing(Subject::Portfolio, None, 1_000_000)
        .await
        .unwrap();
    all.into_iter()
        .map(|row| (row.customer_id, row.choice))
        .collect()
}

fn expect(pairs: &[(&str, Stance)]) -> BTreeMap<String, Stance> {
    pairs
        .iter()
        .map(|(id, stance)| ((*id).to_owned(), *stance))
        .collect()
}

pub async fn the_latest_decision_stands_and_the_diary_keeps_all(bench: Bench) {
    let person = bench.manager().await;
    let grounds = Grounds {
        criteria: Some("value:lt:0".to_owned()),
        ..Grounds::default()
    };
    let act = Act::person(person.id, at(1));
    let first = bench
        .store
        .decide(&act, &settled(Stance::Stop, &["a", "b"]), &grounds)
        .await
        .unwrap();
    let act = Act::person(person.id, at(2));
    let second = bench
        .store
        .decide(
            &act,
            &settled(Stance::Grow, &["b", "c"]),
            &Grounds::default(),
        )
        .await
        .unwrap();
    assert_eq!(
        standing(&bench).await,
        expect(&[
            ("a", Stance::Stop),
            ("b", Stance::Grow),
            ("c", Stance::Grow)
        ])
    );
    let coverage = bench.store.coverage(Subject::Portfolio).await.unwrap();
    assert_eq!(coverage, [(Stance::Grow, 2), (Stance::Stop, 1)]);
    assert_eq!(
        (first.customers, first.criteria.as_deref()),
        (2, Some("value:lt:0"))
    );
    assert_eq!(
        first.loyalty.estimate(),
        Some("två punkter lägre NPS i gruppen")
    );
    assert_eq!(second.loyalty.estimate(), None);
    assert_eq!(bench.store.decision(first.id).await.unwrap(), first);
    let mut filter = DecisionFilter::default();
    let all = bench.store.decisions(&filter, 10).await.unwrap();
    assert_eq!(all, [second.clone(), first.clone()]);
    filter.before = Some(second.number);
    let older = bench.store.decisions(&filter, 10).await.unwrap();
    assert_eq!(older, std::slice::from_ref(&first));
    let of = |id: &str| DecisionFilter {
        customer_id: Some(id.to_owned()),
        subject: Some(Subject::Portfolio),
        ..DecisionFilter::default()
    };
    assert_eq!(
        bench.store.decisions(&of("b"), 10).await.unwrap(),
        [second, first]
    );
    assert_eq!(bench.store.decisions(&of("c"), 10).await.unwrap().len(), 1);
    assert!(
        bench
            .store
            .decisions(&of("x"), 10)
            .await
            .unwrap()
            .is_empty()
    );
}

pub async fn undoing_brings_back_what_stood_before(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(1));
    let grounds = Grounds::default();
    let first = bench
        .store
        .decide(&act, &settled(Stance::Stop, &["a", "b"]), &grounds)
        .await
        .unwrap();
    let second = bench
        .store
        .decide(&act, &settled(Stance::Grow, &["b", "c"]), &grounds)
        .await
        .unwrap();
    let undo = Act::person(person.id, at(3));
    let undone = bench.store.undo_decision(&undo, second.id).await.unwrap();
    assert_eq!(
        undone.undone.as_ref().map(|undone| (undone.at, undone.by)),
        Some((at(3), person.id))
    );
    assert_eq!(undone.version, 2);
    assert_eq!(
        standing(&bench).await,
        expect(&[("a", Stance::Stop), ("b", Stance::Stop)])
    );
    bench.store.undo_decision(&undo, first.id).await.unwrap();
    assert!(standing(&bench).await.is_empty());
    let listed = |undone| DecisionFilter {
        undone: Some(undone),
        ..DecisionFilter::default()
    };
    assert_eq!(
        bench
            .store
            .decisions(&listed(true), 10)
            .await
            .unwrap()
            .len(),
        2
    );
    assert!(
        bench
            .store
            .decisions(&listed(false), 10)
            .await
            .unwrap()
            .is_empty()
    );
    assert_eq!(
        bench
            .store
            .decision_members(second.id, None, 10)
            .await
            .unwrap()
            .len(),
        2
    );
}

pub async fn undoing_an_older_decision_leaves_the_newer_standing(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(1));
    let grounds = Grounds::default();
    let first = bench
        .store
        .decide(&act, &settled(Stance::Stop, &["a", "b"]), &grounds)
        .await
        .unwrap();
    let second = bench
        .store
        .decide(&act, &settled(Stance::Refine, &["b"]), &grounds)
        .await
        .unwrap();
    bench.store.undo_decision(&act, first.id).await.unwrap();
    assert_eq!(standing(&bench).await, expect(&[("b", Stance::Refine)]));
    // An undone decision does not come back when the one after it is undone.
    bench.store.undo_decision(&act, second.id).await.unwrap();
    assert!(standing(&bench).await.is_empty());
}

pub async fn a_decision_is_undone_once_and_in_time(bench: Bench) {
    let person = bench.manager().await;
    let grounds = Grounds {
        undo_until: Some(at(60)),
        ..Grounds::default()
    };
    let act = Act::person(person.id, at(0));
    let decision = bench
        .store
        .decide(&act, &settled(Stance::Grow, &["a"]), &grounds)
        .await
        .unwrap();
    let late = bench
        .store
        .undo_decision(&Act::person(person.id, at(61)), decision.id)
        .await;
    let Err(StoreError::TooLateToUndo { until }) = late else {
        panic!("{late:?}")
    };
    assert_eq!(until, at(60));
    let answers = at_once(8, |_| {
        let (store, act) = (bench.store.clone(), Act::person(person.id, at(60)));
        async move { store.undo_decision(&act, decision.id).await }
    })
    .await;
    let (undone, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((undone.len(), refused.len()), (1, 7));
    assert!(
        refused
            .iter()
            .all(|answer| matches!(answer, Err(StoreError::UndoneAlready)))
    );
}

pub async fn a_decision_on_what_has_changed_since_is_refused_whole(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(0));
    let seen = bench.store.latest_decision_number().await.unwrap();
    let grounds = Grounds {
        seen: Some(seen),
        ..Grounds::default()
    };
    bench
        .store
        .decide(&act, &settled(Stance::Grow, &["a", "b"]), &grounds)
        .await
        .unwrap();
    let late = bench
        .store
        .decide(&act, &settled(Stance::Stop, &["b", "c"]), &grounds)
        .await;
    let Err(StoreError::DecidedSince { customers: 1 }) = late else {
        panic!("{late:?}")
    };
    assert_eq!(
        standing(&bench).await,
        expect(&[("a", Stance::Grow), ("b", Stance::Grow)])
    );
    assert_eq!(
        bench.number("SELECT COUNT(*) FROM decision_members").await,
        2
    );
    // Others than those that were decided on do not stand in the way.
    bench
        .store
        .decide(&act, &settled(Stance::Stop, &["c"]), &grounds)
        .await
        .unwrap();
}

pub async fn only_a_person_decides(bench: Bench) {
    let act = Act::program(at(0));
    let refused = bench
        .store
        .decide(&act, &settled(Stance::Grow, &["a"]), &Grounds::default())
        .await;
    assert!(matches!(refused, Err(StoreError::NotAPerson)));
    // Somebody who is not there decides neither, and nothing half remains.
    let ghost = Act::person(uuid::Uuid::from_u128(1), at(0));
    assert!(
        bench
            .store
            .decide(&ghost, &settled(Stance::Grow, &["a"]), &Grounds::default())
            .await
            .is_err()
    );
    assert_eq!(bench.number("SELECT COUNT(*) FROM decisions").await, 0);
    assert_eq!(
        bench.number("SELECT COUNT(*) FROM decision_members").await,
        0
    );
}

pub async fn decisions_at_the_same_moment_are_all_whole(bench: Bench) {
    let person = bench.manager().await;
    let customers: Vec<String> = (0..50).map(|number| format!("c{number:02}")).collect();
    let choices = [Stance::Grow, Stance::Refine, Stance::Stop];
    let made = at_once(12, |number| {
        let (store, customers) = (bench.store.clone(), customers.clone());
        async move {
            let ids: Vec<&str> = customers.iter().map(String::as_str).collect();
            let act = Act::person(person.id, at(0));
            store
                .decide(
                    &act,
                    &settled(choices[number % 3], &ids),
                    &Grounds::default(),
                )
                .await
                .unwrap()
        }
    })
    .await;
    let last = made.iter().max_by_key(|decision| decision.number).unwrap();
    let all = bench
        .store
        .standing(Subject::Portfolio, None, 100)
        .await
        .unwrap();
    assert_eq!(all.len(), 50);
    assert!(
        all.iter()
            .all(|row| row.decision_id == last.id && Some(row.choice) == last.matter.stance())
    );
    let mut numbers: Vec<i64> = made.iter().map(|decision| decision.number).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=12).collect::<Vec<i64>>());
}

pub async fn a_hundred_thousand_customers_are_decided_on_and_looked_up(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(0));
    let ids: Vec<String> = (0..100_000)
        .map(|number| format!("kund-{number:06}"))
        .collect();
    let all: Vec<&str> = ids.iter().map(String::as_str).collect();
    let grounds = Grounds::default();
    bench
        .store
        .decide(&act, &settled(Stance::Grow, &all), &grounds)
        .await
        .unwrap();
    let third: Vec<&str> = all.iter().step_by(3).copied().collect();
    let second = bench
        .store
        .decide(&act, &settled(Stance::Stop, &third), &grounds)
        .await
        .unwrap();
    let coverage = bench.store.coverage(Subject::Portfolio).await.unwrap();
    assert_eq!(coverage, [(Stance::Grow, 66_666), (Stance::Stop, 33_334)]);
    let page: Vec<String> = ids.iter().step_by(991).cloned().collect();
    let found = bench
        .store
        .standing_of(Subject::Portfolio, &page)
        .await
        .unwrap();
    assert_eq!(
        found.iter().map(|row| &row.customer_id).collect::<Vec<_>>(),
        page.iter().collect::<Vec<_>>()
    );
    assert!(
        found
            .iter()
            .all(|row| (row.choice == Stance::Stop) == (row.decision_id == second.id))
    );
    let mut walked = 0;
    let mut after: Option<String> = None;
    loop {
        let page = bench
            .store
            .standing(Subject::Portfolio, after.as_deref(), 30_000)
            .await
            .unwrap();
        let Some(last) = page.last() else { break };
        assert_eq!(page[0].customer_id, ids[walked]);
        walked += page.len();
        after = Some(last.customer_id.clone());
    }
    assert_eq!(walked, 100_000);
    bench.store.undo_decision(&act, second.id).await.unwrap();
    let coverage = bench.store.coverage(Subject::Portfolio).await.unwrap();
    assert_eq!(coverage, [(Stance::Grow, 100_000)]);
}

pub async fn customers_come_in_the_order_of_their_bytes(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(0));
    let mut ids = [
        "B", "a", "Z", "å", "ä", "10", "9", "a b", "a-b", "ab", "", "ÿ", "🦀",
    ];
    let decision = bench
        .store
        .decide(&act, &settled(Stance::Grow, &ids), &Grounds::default())
        .await
        .unwrap();
    ids.sort_unstable();
    let standing = bench
        .store
        .standing(Subject::Portfolio, None, 100)
        .await
        .unwrap();
    // Nothing lies behind the empty text but what is not empty.
    assert_eq!(
        standing
            .iter()
            .map(|row| row.customer_id.as_str())
            .collect::<Vec<_>>(),
        ids[1..]
    );
    let members = bench
        .store
        .decision_members(decision.id, Some("a"), 100)
        .await
        .unwrap();
    let expected: Vec<&str> = ids.iter().copied().filter(|&id| id > "a").collect();
    assert_eq!(
        members
            .iter()
            .map(|member| member.customer_id.as_str())
            .collect::<Vec<_>>(),
        expected
    );
    let asked: Vec<String> = ids.iter().rev().map(|&id| id.to_owned()).collect();
    let found = bench
        .store
        .standing_of(Subject::Portfolio, &asked)
        .await
        .unwrap();
    assert_eq!(
        found
            .iter()
            .map(|row| row.customer_id.as_str())
            .collect::<Vec<_>>(),
        ids
    );
}

pub async fn it_shows_how_often_people_depart_from_the_proposal(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(0));
    let member = |id: &str, standing, proposed, reviewed| Member {
        customer_id: id.to_owned(),
        standing,
        proposed,
        reviewed,
    };
    let members = vec![
        member("p1", Standing::Person, Some(Stance::Stop), true),
        member("p2", Standing::Person, Some(Stance::Refine), true),
        member("c1", Standing::Company, Some(Stance::Stop), false),
        member("o1", Standing::Objected, None, true),
    ];
    let decision = bench
        .store
        .decide(
            &act,
            &draft(Stance::Stop, members.clone()),
            &Grounds::default(),
        )
        .await
        .unwrap();
    assert_eq!((decision.customers, decision.reviewed), (4, 3));
    let row = |standing, decided, reviewed, departed| Departures {
        standing,
        decided,
        reviewed,
        departed,
    };
    assert_eq!(
        bench.store.departures(Subject::Portfolio).await.unwrap(),
        [
            row(Standing::Company, 1, 0, 0),
            row(Standing::Person, 2, 2, 1)
        ]
    );
    let mut kept = bench
        .store
        .decision_members(decision.id, None, 10)
        .await
        .unwrap();
    kept.sort_by_key(|member| {
        members
            .iter()
            .position(|m| m.customer_id == member.customer_id)
    });
    assert_eq!(kept, members);
}

pub async fn a_forgotten_customer_leaves_every_decision(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(0));
    let grounds = Grounds::default();
    bench
        .store
        .decide(&act, &settled(Stance::Stop, &["a", "secret-b"]), &grounds)
        .await
        .unwrap();
    let second = bench
        .store
        .decide(&act, &settled(Stance::Grow, &["secret-b"]), &grounds)
        .await
        .unwrap();
    assert_eq!(
        bench.store.forget_customer(&act, "secret-b").await.unwrap(),
        2
    );
    assert_eq!(standing(&bench).await, expect(&[("a", Stance::Stop)]));
    bench.store.undo_decision(&act, second.id).await.unwrap();
    assert_eq!(standing(&bench).await, expect(&[("a", Stance::Stop)]));
    for table in ["decision_members", "standing_decisions"] {
        let left = format!("SELECT COUNT(*) FROM {table} WHERE customer_id LIKE '%secret%'");
        assert_eq!(bench.number(&left).await, 0);
    }
    let told =
        "SELECT COUNT(*) FROM audit_log WHERE subject LIKE '%secret%' OR details LIKE '%secret%'";
    assert_eq!(bench.number(told).await, 0);
}

/// One decision about each thing that is not a customer.
fn company() -> Vec<Settled> {
    let spot = |id: &str, name: &str| {
        Some(Spot {
            id: id.to_owned(),
            name: name.to_owned(),
        })
    };
    let matters = [
        Matter::ServiceLevel {
            minutes: vec![MinutesChange {
                reason: "fel \"på\" vara".to_owned(),
                today: 12.5,
                then: 6.0,
            }],
        },
        Matter::Reallocation {
            moves: vec![
                MoneyMove {
                    from: spot("minutes.login", "login"),
                    to: spot("activity.a1", "Ring efter leverans"),
                    released: 400_000.0,
                    spent: 400_000.0,
                    value_change: 812_345.67,
                    survives: 0.9933,
                },
                MoneyMove {
                    from: spot("activity.a2", "Rabattbrev"),
                    to: None,
                    released: 0.1,
                    spent: 0.0,
                    value_change: -0.3,
                    survives: 0.79,
                },
            ],
        },
        Matter::Activity {
            activity_id: "a2".to_owned(),
            name: "Rabattbrev".to_owned(),
            course: Course::Test,
        },
    ];
    let settle = |matter: Matter| {
        let draft = Draft {
            matter,
            reason: "det lönar sig".to_owned(),
            estimate: Some("0,4 pe färre lämnar".to_owned()),
            unknown_signed: false,
            deed: Some(Deed {
                who: "Åsa Öberg".to_owned(),
                due: "2026-09-01".parse().unwrap(),
            }),
            run: Some("r1".to_owned()),
            rested: vec![
                Rested {
                    key: "whatif.net".to_owned(),
                    value: Some(0.33),
                    lower: Some(-0.1),
                    upper: Some(0.7),
                    unit: Unit::Money,
                },
                Rested {
                    key: "activity.a2.effect_retention".to_owned(),
                    value: None,
                    lower: None,
                    upper: None,
                    unit: Unit::SharePoints,
                },
            ],
            members: Vec::new(),
        };
        draft.settle().unwrap()
    };
    matters.into_iter().map(settle).collect()
}

pub async fn what_is_not_about_customers_is_kept_whole_and_undone(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(1));
    let grounds = Grounds {
        undo_until: Some(at(100)),
        ..Grounds::default()
    };
    bench
        .store
        .decide(&act, &settled(Stance::Grow, &["a"]), &grounds)
        .await
        .unwrap();
    let wanted = company();
    let mut made = Vec::new();
    for one in &wanted {
        made.push(bench.store.decide(&act, one, &grounds).await.unwrap());
    }
    for (made, wanted) in made.iter().zip(&wanted) {
        let kept = bench.store.decision(made.id).await.unwrap();
        assert_eq!(&kept, made);
        assert_eq!(
            (&kept.matter, kept.deed.as_ref(), &kept.rested[..]),
            (wanted.matter(), wanted.deed(), wanted.rested())
        );
        assert_eq!((kept.customers, kept.reviewed), (0, 0));
        let filter = DecisionFilter {
            subject: Some(kept.matter.subject()),
            ..DecisionFilter::default()
        };
        let found = bench.store.decisions(&filter, 10).await.unwrap();
        assert_eq!(found, [kept]);
    }
    let all = bench.store.decisions(&DecisionFilter::default(), 10).await;
    assert_eq!(all.unwrap().len(), 4);
    // Customers stand as they stood.
    assert_eq!(standing(&bench).await, expect(&[("a", Stance::Grow)]));
    let undo = Act::person(person.id, at(2));
    let undone = bench.store.undo_decision(&undo, made[1].id).await.unwrap();
    assert_eq!(undone.undone.map(|undone| undone.at), Some(at(2)));
    assert_eq!(undone.matter, *wanted[1].matter());
    let late = Act::person(person.id, at(101));
    let refused = bench.store.undo_decision(&late, made[2].id).await;
    assert!(matches!(refused, Err(StoreError::TooLateToUndo { .. })));
    assert_eq!(standing(&bench).await, expect(&[("a", Stance::Grow)]));
    // The log says that it was done, and holds no reason and no name.
    let log = bench
        .store
        .audit(&AuditFilter::default(), 100)
        .await
        .unwrap();
    let entries: Vec<String> = log.iter().map(|entry| entry.details.to_string()).collect();
    assert!(entries.iter().any(|one| one.contains("reallocation")));
    for entry in &entries {
        assert!(
            !entry.contains("Åsa") && !entry.contains("lönar"),
            "{entry}"
        );
    }
}

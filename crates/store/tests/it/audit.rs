//! Is every change in the log, and does a changed log show?

use crate::bench::{Bench, at, at_once, someone};
use odla_domain::people::Role;
use odla_store::{Act, Actor, AuditFilter, PersonChange};
use serde_json::json;

pub async fn each_change_is_entered_with_who_and_when(bench: Bench) {
    let admin = bench.add("admin@example.se", &[Role::Administrator]).await;
    let by = Actor::Token {
        person: admin.id,
        token: uuid::Uuid::from_u128(7),
    };
    let act = Act::new(by, at(9)).in_request("req-1");
    let person = bench
        .store
        .add_person(&act, &someone("eva@example.se", &[Role::Service]))
        .await
        .unwrap();
    let change = PersonChange {
        name: Some("Eva Ek".to_owned()),
        ..PersonChange::default()
    };
    bench
        .store
        .change_person(&act, person.id, 1, &change)
        .await
        .unwrap();
    let log = bench
        .store
        .audit(&AuditFilter::default(), 10)
        .await
        .unwrap();
    let actions: Vec<&str> = log.iter().map(|entry| entry.action.as_str()).collect();
    assert_eq!(actions, ["person.changed", "person.added", "person.added"]);
    let newest = &log[0];
    assert_eq!(
        (newest.actor.as_str(), newest.person_id),
        ("token", Some(admin.id))
    );
    assert_eq!(
        (newest.at, newest.request.as_deref()),
        (at(9), Some("req-1"))
    );
    assert_eq!(newest.subject, person.id.to_string());
    assert_eq!(newest.details["fields"], json!(["name"]));
    assert_eq!((log[2].actor.as_str(), log[2].person_id), ("program", None));
    let text = serde_json::to_string(&log).unwrap();
    assert!(
        !text.contains("Eva") && !text.contains("eva@"),
        "the log holds ids only"
    );
    // What is refused is not entered.
    assert!(
        bench
            .store
            .change_person(&act, person.id, 1, &change)
            .await
            .is_err()
    );
    assert_eq!(bench.store.check_audit().await.unwrap().entries, 3);
}

pub async fn an_altered_a_removed_and_a_cut_off_entry_are_found(bench: Bench) {
    for number in 1..=5 {
        let details = json!({"rows": number, "share": 0.1});
        bench
            .store
            .note(
                &Act::program(at(number)),
                "export.made",
                "customers",
                &details,
            )
            .await
            .unwrap();
    }
    let state = bench.store.check_audit().await.unwrap();
    assert_eq!((state.entries, state.broken_at), (5, None));
    let head = state.head;
    bench
        .raw("UPDATE audit_log SET details = '{\"rows\":1}' WHERE number = 3")
        .await;
    assert_eq!(bench.store.check_audit().await.unwrap().broken_at, Some(3));
    bench
        .raw("UPDATE audit_log SET details = '{\"rows\":3,\"share\":0.1}' WHERE number = 3")
        .await;
    assert_eq!(bench.store.check_audit().await.unwrap().head, head);
    bench
        .raw("UPDATE audit_log SET at = at + 1 WHERE number = 5")
        .await;
    assert_eq!(bench.store.check_audit().await.unwrap().broken_at, Some(5));
    bench
        .raw("UPDATE audit_log SET at = at - 1 WHERE number = 5")
        .await;
    bench.raw("DELETE FROM audit_log WHERE number = 5").await;
    assert_eq!(bench.store.check_audit().await.unwrap().broken_at, Some(5));
    bench.raw("DELETE FROM audit_log WHERE number = 2").await;
    assert_eq!(bench.store.check_audit().await.unwrap().broken_at, Some(2));
    bench.raw("DELETE FROM audit_log").await;
    assert_eq!(bench.store.check_audit().await.unwrap().broken_at, Some(1));
}

pub async fn entries_of_many_writers_make_one_chain(bench: Bench) {
    at_once(8, |writer| {
        let store = bench.store.clone();
        async move {
            for number in 0..25 {
                let subject = format!("{writer}-{number}");
                store
                    .note(
                        &Act::program(at(number)),
                        "trial.noted",
                        &subject,
                        &json!({}),
                    )
                    .await
                    .unwrap();
            }
        }
    })
    .await;
    let state = bench.store.check_audit().await.unwrap();
    assert_eq!((state.entries, state.broken_at), (200, None));
}

pub async fn the_log_is_read_in_pages_and_by_subject(bench: Bench) {
    for number in 0..1_100 {
        let subject = if number % 100 == 0 { "s" } else { "t" };
        bench
            .store
            .note(
                &Act::program(at(number)),
                "trial.noted",
                subject,
                &json!({}),
            )
            .await
            .unwrap();
    }
    let mut filter = AuditFilter::default();
    let mut numbers = Vec::new();
    loop {
        let page = bench.store.audit(&filter, 300).await.unwrap();
        let Some(last) = page.last() else { break };
        filter.before = Some(last.number);
        numbers.extend(page.iter().map(|entry| entry.number));
    }
    assert_eq!(numbers, (1..=1_100).rev().collect::<Vec<i64>>());
    let filter = AuditFilter {
        subject: Some("s".to_owned()),
        ..AuditFilter::default()
    };
    assert_eq!(bench.store.audit(&filter, 50).await.unwrap().len(), 11);
    assert_eq!(bench.store.check_audit().await.unwrap().entries, 1_100);
}

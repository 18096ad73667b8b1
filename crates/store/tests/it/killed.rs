//! What is left when the program is killed in the middle of writing?

use crate::bench::{Bench, at, runtime, someone, sqlite_in};
use odla_domain::decision::{Draft, Matter, Member, Stance, Subject};
use odla_domain::frames::portfolio::Standing;
use odla_domain::people::Role;
use odla_store::{Act, Grounds, JobFilter, JobState, NewJob, Store};
use serde_json::json;
use std::process::{Child, Command, Stdio};
use std::time::Duration;
use uuid::Uuid;

/// Set for the copy of this program that writes until it is killed.
const WRITER: &str = "ODLA_STORE_TEST_WRITER";

const MEMBERS: usize = 40;

#[test]
fn a_killed_writer_leaves_everything_whole() {
    if let Ok(told) = std::env::var(WRITER) {
        let (address, person) = told.split_once('|').unwrap();
        runtime().block_on(write_for_ever(address, person.parse().unwrap()));
    }
    let folder = tempfile::tempdir().unwrap();
    let address = sqlite_in(&folder);
    let person = runtime().block_on(async {
        let store = Store::open(&address).await.unwrap();
        let new = someone("chef@example.se", &[Role::Management]);
        let person = store.add_person(&Act::program(at(0)), &new).await.unwrap();
        store.close().await;
        person.id
    });
    let mut entries = 1;
    for _ in 0..4 {
        let mut writer = start_writer(&address, person);
        entries = runtime().block_on(kill_in_the_middle(&address, &mut writer, entries + 30));
    }
    assert!(entries > 120);
}

fn start_writer(address: &str, person: Uuid) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "killed::a_killed_writer_leaves_everything_whole"])
        .env(WRITER, format!("{address}|{person}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Waits until so much is written, kills, and looks at what is there; the number of entries in the log.
async fn kill_in_the_middle(address: &str, writer: &mut Child, enough: i64) -> i64 {
    let store = Store::open(address).await.unwrap();
    while store.check_audit().await.unwrap().entries < enough {
        assert!(
            writer.try_wait().unwrap().is_none(),
            "the writer stopped by itself"
        );
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    writer.kill().unwrap();
    writer.wait().unwrap();
    store.close().await;
    let store = Store::open(address).await.unwrap();
    let bench = Bench {
        store,
        address: address.to_owned(),
    };
    let entries = everything_is_whole(&bench).await;
    bench.store.close().await;
    entries
}

async fn everything_is_whole(bench: &Bench) -> i64 {
    let sound = "SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'";
    assert_eq!(bench.number(sound).await, 0);
    assert_eq!(
        bench
            .number("SELECT COUNT(*) FROM pragma_foreign_key_check")
            .await,
        0
    );
    let log = bench.store.check_audit().await.unwrap();
    assert_eq!(log.broken_at, None);
    let half = "SELECT COUNT(*) FROM decisions d WHERE d.customers <> \
                (SELECT COUNT(*) FROM decision_members m WHERE m.decision_id = d.id)";
    assert_eq!(bench.number(half).await, 0);
    // Every decision and every job has its entry, and the other way around.
    for (table, action) in [("decisions", "decision.made"), ("jobs", "job.asked")] {
        let kept = bench.number(&format!("SELECT COUNT(*) FROM {table}")).await;
        let noted = format!("SELECT COUNT(*) FROM audit_log WHERE action = '{action}'");
        assert_eq!(kept, bench.number(&noted).await);
        assert!(kept > 0);
    }
    let standing = bench
        .store
        .standing(Subject::Portfolio, None, 1_000)
        .await
        .unwrap();
    assert_eq!(standing.len(), MEMBERS);
    let latest = standing[0].number;
    assert!(standing.iter().all(|row| row.number == latest));
    // The dead writer's job is found, and can be done to its end.
    bench.store.recover_jobs(at(1_000)).await.unwrap();
    while let Some((_, lease)) = bench.store.claim_job(at(1_000), at(1_030)).await.unwrap() {
        bench
            .store
            .finish_job(&lease, at(1_001), &json!(null))
            .await
            .unwrap();
    }
    let jobs = bench
        .store
        .jobs(&JobFilter::default(), 100_000)
        .await
        .unwrap();
    assert!(jobs.iter().all(|job| job.state == JobState::Done));
    log.entries
}

/// Decides, asks for jobs and runs them, all at once, until somebody ends it.
async fn write_for_ever(address: &str, person: Uuid) {
    let store = Store::open(address).await.unwrap();
    let act = Act::person(person, at(0));
    let new = NewJob {
        kind: "analyze".to_owned(),
        input: json!({}),
        lane: Some("ledger".to_owned()),
        repeatable: true,
        idempotency_key: None,
    };
    let runner = store.clone();
    tokio::spawn(async move {
        loop {
            if let Some((_, lease)) = runner.claim_job(at(1), at(31)).await.unwrap() {
                runner
                    .finish_job(&lease, at(2), &json!({"ok": true}))
                    .await
                    .unwrap();
            }
        }
    });
    loop {
        store.enqueue(&act, &new).await.unwrap();
        let settled = draft().settle().unwrap();
        store
            .decide(&act, &settled, &Grounds::default())
            .await
            .unwrap();
    }
}

fn draft() -> Draft {
    let member = |number| Member {
        customer_id: format!("c{number}"),
        standing: Standing::Company,
        proposed: None,
        reviewed: false,
    };
    Draft {
        matter: Matter::Portfolio {
            choice: Stance::Grow,
        },
        deed: None,
        rested: Vec::new(),
        reason: "worth it".to_owned(),
        estimate: None,
        unknown_signed: true,
        run: None,
        members: (0..MEMBERS).map(member).collect(),
    }
}

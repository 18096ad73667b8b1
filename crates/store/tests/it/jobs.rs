//! Does every job run once, whatever dies?

use crate::bench::{Bench, at, at_once};
use odla_store::{Act, JobFilter, JobState, MAX_ATTEMPTS, NewJob, Progress, StoreError};
use serde_json::json;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use uuid::Uuid;

fn job(kind: &str) -> NewJob {
    NewJob {
        kind: kind.to_owned(),
        input: json!({"upload": 1}),
        lane: None,
        repeatable: true,
        idempotency_key: None,
    }
}

pub async fn eight_workers_never_run_a_job_twice(bench: Bench) {
    let act = Act::program(at(0));
    for number in 0..120 {
        let mut new = job("analyze");
        new.lane = (number % 3 == 0).then(|| "ledger".to_owned());
        bench.store.enqueue(&act, &new).await.unwrap();
    }
    let ran: Arc<Mutex<Vec<Uuid>>> = Arc::default();
    let in_lane: Arc<AtomicUsize> = Arc::default();
    at_once(8, |_| {
        let (store, ran, in_lane) = (bench.store.clone(), Arc::clone(&ran), Arc::clone(&in_lane));
        async move {
            loop {
                let Some((job, lease)) = store.claim_job(at(1), at(31)).await.unwrap() else {
                    // The lane may be taken: only an empty queue ends the work.
                    let waiting = JobFilter {
                        state: Some(JobState::Queued),
                        ..JobFilter::default()
                    };
                    if store.jobs(&waiting, 1).await.unwrap().is_empty() {
                        return;
                    }
                    tokio::task::yield_now().await;
                    continue;
                };
                let alone = job.lane.is_none() || in_lane.fetch_add(1, Ordering::SeqCst) == 0;
                assert!(alone, "two jobs of one lane");
                ran.lock().unwrap().push(job.id);
                tokio::task::yield_now().await;
                if job.lane.is_some() {
                    in_lane.fetch_sub(1, Ordering::SeqCst);
                }
                store
                    .finish_job(&lease, at(2), &json!({"ok": true}))
                    .await
                    .unwrap();
            }
        }
    })
    .await;
    let mut ran = ran.lock().unwrap().clone();
    ran.sort_unstable();
    ran.dedup();
    assert_eq!(ran.len(), 120);
    let all = bench
        .store
        .jobs(&JobFilter::default(), 1_000)
        .await
        .unwrap();
    assert!(
        all.iter()
            .all(|job| job.state == JobState::Done && job.attempts == 1)
    );
    assert_eq!(all.len(), 120);
}

pub async fn a_dead_workers_job_waits_again_and_its_late_word_is_not_taken(bench: Bench) {
    let act = Act::program(at(0));
    let asked = bench.store.enqueue(&act, &job("analyze")).await.unwrap();
    let (_, dead) = bench.store.claim_job(at(1), at(31)).await.unwrap().unwrap();
    assert!(
        bench
            .store
            .claim_job(at(1), at(31))
            .await
            .unwrap()
            .is_none()
    );
    assert!(bench.store.recover_jobs(at(30)).await.unwrap().is_empty());
    // Several programs look at once; one finds it.
    let found = at_once(4, |_| {
        let store = bench.store.clone();
        async move { store.recover_jobs(at(31)).await.unwrap() }
    })
    .await;
    let found: Vec<_> = found.into_iter().flatten().collect();
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].job, found[0].state), (asked.id, JobState::Queued));
    let (again, living) = bench
        .store
        .claim_job(at(40), at(70))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (again.id, again.attempts, again.started_at),
        (asked.id, 2, Some(at(1)))
    );
    for late in [
        bench.store.finish_job(&dead, at(41), &json!("late")).await,
        bench.store.fail_job(&dead, at(41), &json!("late")).await,
        bench
            .store
            .heartbeat(&dead, at(99), &Progress::default())
            .await,
    ] {
        assert!(matches!(late, Err(StoreError::LeaseLost)), "{late:?}");
    }
    bench
        .store
        .finish_job(&living, at(42), &json!({"run": "r2"}))
        .await
        .unwrap();
    let done = bench.store.job(asked.id).await.unwrap();
    assert_eq!(
        (done.state, done.result),
        (JobState::Done, Some(json!({"run": "r2"})))
    );
    assert_eq!((done.ended_at, done.lease_until), (Some(at(42)), None));
    let twice = bench
        .store
        .finish_job(&living, at(43), &json!("again"))
        .await;
    assert!(matches!(twice, Err(StoreError::LeaseLost)));
}

pub async fn a_dead_workers_unrepeatable_job_has_failed(bench: Bench) {
    let mut new = job("send");
    new.repeatable = false;
    let asked = bench
        .store
        .enqueue(&Act::program(at(0)), &new)
        .await
        .unwrap();
    bench.store.claim_job(at(1), at(31)).await.unwrap().unwrap();
    let found = bench.store.recover_jobs(at(31)).await.unwrap();
    assert_eq!(
        (found[0].kind.as_str(), found[0].state),
        ("send", JobState::Failed)
    );
    let failed = bench.store.job(asked.id).await.unwrap();
    assert_eq!(failed.problem, Some(json!({"key": "jobs.interrupted"})));
    assert!(
        bench
            .store
            .claim_job(at(32), at(62))
            .await
            .unwrap()
            .is_none()
    );
}

pub async fn a_job_that_kills_its_worker_is_given_up(bench: Bench) {
    let asked = bench
        .store
        .enqueue(&Act::program(at(0)), &job("analyze"))
        .await
        .unwrap();
    for attempt in 1..=MAX_ATTEMPTS {
        let now = attempt * 100;
        let (taken, _) = bench
            .store
            .claim_job(at(now), at(now + 30))
            .await
            .unwrap()
            .unwrap();
        assert_eq!(taken.attempts, attempt);
        let found = bench.store.recover_jobs(at(now + 30)).await.unwrap();
        let expected = if attempt == MAX_ATTEMPTS {
            JobState::Failed
        } else {
            JobState::Queued
        };
        assert_eq!(found[0].state, expected);
    }
    assert_eq!(
        bench.store.job(asked.id).await.unwrap().state,
        JobState::Failed
    );
}

pub async fn the_same_key_is_the_same_job(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(0));
    let mut new = job("import");
    new.idempotency_key = Some("k1".to_owned());
    let first = bench.store.enqueue(&act, &new).await.unwrap();
    assert_eq!(
        (first.person_id, first.state),
        (Some(person.id), JobState::Queued)
    );
    assert_eq!(bench.store.enqueue(&act, &new).await.unwrap(), first);
    new.input = json!({"upload": 2});
    let other = bench.store.enqueue(&act, &new).await;
    assert!(
        matches!(
            other,
            Err(StoreError::Taken {
                what: "idempotency key"
            })
        ),
        "{other:?}"
    );
    new.kind = "analyze".to_owned();
    assert_ne!(bench.store.enqueue(&act, &new).await.unwrap().id, first.id);
    let of = JobFilter {
        kind: Some("import".to_owned()),
        person_id: Some(person.id),
        state: Some(JobState::Queued),
        before: None,
    };
    assert_eq!(bench.store.jobs(&of, 10).await.unwrap(), [first]);
}

pub async fn a_key_asked_for_by_many_at_once_makes_one_job(bench: Bench) {
    let made = at_once(12, |_| {
        let store = bench.store.clone();
        let mut new = job("import");
        new.idempotency_key = Some("k1".to_owned());
        async move { store.enqueue(&Act::program(at(0)), &new).await.unwrap().id }
    })
    .await;
    assert!(made.iter().all(|id| *id == made[0]));
    assert_eq!(
        bench
            .store
            .jobs(&JobFilter::default(), 100)
            .await
            .unwrap()
            .len(),
        1
    );
}

pub async fn a_beating_heart_keeps_the_job_and_tells_how_far_it_is(bench: Bench) {
    let asked = bench
        .store
        .enqueue(&Act::program(at(0)), &job("import"))
        .await
        .unwrap();
    let (_, lease) = bench.store.claim_job(at(1), at(31)).await.unwrap().unwrap();
    let progress = Progress {
        done: 5,
        total: Some(10),
        text: "import.reading".to_owned(),
    };
    bench
        .store
        .heartbeat(&lease, at(61), &progress)
        .await
        .unwrap();
    assert!(bench.store.recover_jobs(at(60)).await.unwrap().is_empty());
    let running = bench.store.job(asked.id).await.unwrap();
    assert_eq!(
        (running.progress, running.lease_until),
        (progress, Some(at(61)))
    );
    let problem = json!({"key": "import.no_rows", "params": {"file": "a.csv"}});
    bench
        .store
        .fail_job(&lease, at(50), &problem)
        .await
        .unwrap();
    let failed = bench.store.job(asked.id).await.unwrap();
    assert_eq!(
        (failed.state, failed.problem, failed.result),
        (JobState::Failed, Some(problem), None)
    );
    let none = bench.store.job(Uuid::nil()).await;
    assert!(matches!(none, Err(StoreError::NotFound { what: "job" })));
}

pub async fn jobs_of_one_lane_wait_for_each_other(bench: Bench) {
    let act = Act::program(at(0));
    let mut names = BTreeMap::new();
    for (name, lane) in [
        ("first", Some("ledger")),
        ("second", Some("ledger")),
        ("free", None),
    ] {
        let mut new = job("import");
        new.lane = lane.map(str::to_owned);
        names.insert(bench.store.enqueue(&act, &new).await.unwrap().id, name);
    }
    let claim = || async { bench.store.claim_job(at(1), at(31)).await.unwrap() };
    let (first, lease) = claim().await.unwrap();
    assert_eq!(names[&first.id], "first");
    assert_eq!(names[&claim().await.unwrap().0.id], "free");
    assert!(claim().await.is_none());
    bench
        .store
        .finish_job(&lease, at(2), &json!(null))
        .await
        .unwrap();
    assert_eq!(names[&claim().await.unwrap().0.id], "second");
}

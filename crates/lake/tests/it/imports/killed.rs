//! An import that is killed at any moment has happened whole, or not at all.

use std::process::{Command, Stdio};
use std::time::Duration;

use odla_lake::import::{ImportRequest, Progress, import};
use odla_lake::{At, Ledger};

use super::bench::Bench;

/// The folder in which the child process imports; without it the child's test does nothing.
const FOLDER: &str = "ODLA_TEST_KILLED_FOLDER";

const KILLS: u64 = 24;

fn rows(amount: u32, n: std::ops::Range<u32>) -> String {
    let mut text = String::from("order_id,line_no,customer_id,ordered_on,net_amount\n");
    for n in n {
        text.push_str(&format!(
            "A{n},1,K{},20{}-{:02}-01,{amount}\n",
            n % 997,
            20 + n % 5,
            n % 12 + 1
        ));
    }
    // Rows that are rejected change a table of their own.
    text.push_str("bad,1,K1,never,1\n");
    text
}

fn request(folder: &str) -> ImportRequest {
    ImportRequest {
        paths: vec![
            format!("{folder}/files/orders.csv").into(),
            format!("{folder}/files/answers.csv").into(),
        ],
        mapping: None,
        dry_run: false,
        time_zone: "Europe/Stockholm".into(),
        now: jiff::Timestamp::from_second(1_800_000_000).unwrap(),
    }
}

#[tokio::test]
async fn child_imports_until_it_is_killed() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let ledger = Ledger::open(&format!("{folder}/ledger")).unwrap();
    import(&ledger, request(&folder), &|_: Progress| {})
        .await
        .unwrap();
}

const STATE: &str = "select a.n, a.amount, b.n, c.n, d.n from
    (select count(*) as n, sum(net_amount) as amount from orders) a,
    (select count(*) as n from answers) b,
    (select count(*) as n from customers) c,
    (select count(*) as n from rejects) d";

#[tokio::test]
async fn a_killed_import_leaves_the_ledger_as_before_or_after() {
    let bench = Bench::new();
    let folder = bench.dir.path().to_str().unwrap().to_owned();
    bench
        .import(vec![bench.file("orders.csv", rows(5, 0..3000))])
        .await
        .unwrap();
    let before = bench.ask(STATE).await;
    bench.file("orders.csv", rows(7, 1500..9000));
    bench.file(
        "answers.csv",
        "answer_id,customer_id,question,value\n1,K1,nps,9\n2,K2,nps,3\n",
    );
    let pristine = bench.dir.path().join("pristine");
    copy(&bench.ledger.folder().unwrap(), &pristine);

    let started = std::time::Instant::now();
    run_child(&folder, None);
    let whole = started.elapsed();
    let after = bench.ask(STATE).await;
    assert_ne!(before, after);

    let mut seen = [0, 0];
    for kill in 0..KILLS {
        let ledger = bench.ledger.folder().unwrap();
        std::fs::remove_dir_all(&ledger).unwrap();
        copy(&pristine, &ledger);
        // The later part of the time is when tables change.
        let share = 0.3 + 0.75 * kill as f64 / KILLS as f64;
        run_child(&folder, Some(whole.mul_f64(share)));
        let now = bench.ask(STATE).await;
        assert!(
            now == before || now == after,
            "kill {kill}: {now:?} is neither {before:?} nor {after:?}"
        );
        seen[usize::from(now == after)] += 1;
        assert_eq!(bench.ask_at(&At::Version(1), STATE).await, before);
        // The next import mends what the dead one left, and completes it.
        import(&bench.ledger, request(&folder), &|_: Progress| {})
            .await
            .unwrap();
        assert_eq!(bench.ask(STATE).await, after, "kill {kill}");
        assert!(!ledger.join("_odla/waiting").exists());
    }
    eprintln!(
        "killed {KILLS} times: {} as before, {} as after",
        seen[0], seen[1]
    );
}

fn run_child(folder: &str, kill_after: Option<Duration>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "imports::killed::child_imports_until_it_is_killed",
        ])
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    match kill_after {
        Some(after) => {
            std::thread::sleep(after);
            let _ = child.kill();
            child.wait().unwrap();
        }
        None => assert!(child.wait().unwrap().success()),
    }
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

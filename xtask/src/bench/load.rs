//! How long do fifty people wait for a page while a large file is being imported?

use super::{AS_OF, build, lines};
use crate::process::{program, step, target_folder};
use crate::served::{Line, Served, Session};
use crate::web;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

const USERS: u32 = 50;
/// How the program ends when all is done and something should be read.
const TO_READ: i32 = 3;
/// In the second round everybody reads for so long before asking again.
const PACE: Duration = Duration::from_secs(1);

struct Wanted {
    customers: u32,
    seconds: u64,
    profile: &'static str,
}

/// What fifty people met.
struct Round {
    what: &'static str,
    pace: Option<Duration>,
    seconds: f64,
    /// Milliseconds, sorted.
    waits: Vec<f64>,
    wrong: usize,
    importing: bool,
}

type Paths = fn(&mut lines::Chance, u32) -> String;

/// The pages that are asked for.
const PAGES: [(&str, Paths); 3] = [
    ("management", |_, _| {
        "/reports/management?lang=sv".to_owned()
    }),
    ("customers", customers),
    ("customer page", |chance, customers| {
        format!("/customers/k{:07}?lang=sv", 1 + chance.below(customers))
    }),
];

pub fn load(arguments: &[String]) -> Result<bool> {
    let wanted = parse(arguments)?;
    build(wanted.profile)?;
    let program = program(wanted.profile)?;
    let folder = target_folder()?.join("bench");
    let home = ready(&folder, &program, wanted.customers)?;
    let more = folder.join("more.csv");
    step("write more order lines", || {
        lines::write_more(&more, wanted.customers / 2)
    })?;
    forget_people(&home);
    let server = Served::start(&program, &home)?;
    let session = server.set_up()?;
    step(
        "the server reads the customers and lays out their rows",
        || settle(&server, &session, &home),
    )?;
    let mut rounds = Vec::new();
    for (what, paths) in PAGES {
        rounds.push(round(&server, &session, (what, paths), &wanted, None, "")?);
    }
    let job = import(&server, &session, &more)?;
    // First as people ask, while the import surely runs.
    for pace in [Some(PACE), None] {
        for (what, paths) in PAGES {
            rounds.push(round(
                &server,
                &session,
                (what, paths),
                &wanted,
                pace,
                &job,
            )?);
        }
    }
    step("the import ends", || done(&server, &session, &job))?;
    print(&rounds, &server, &wanted);
    drop(server);
    forget_people(&home);
    let scrolled = step("the table is scrolled in Chromium", || {
        web::scroll(&program, &home)
    })?;
    Ok(scrolled && rounds.iter().all(|round| round.wrong == 0))
}

/// Nobody is here then: the link of the first administrator is shown again.
fn forget_people(home: &Path) {
    for name in ["odla.db", "odla.db-wal", "odla.db-shm"] {
        // At first there is none.
        let _ = fs::remove_file(home.join(name));
    }
}

/// The list as people narrow and order it: another limit each time.
fn customers(chance: &mut lines::Chance, customers: u32) -> String {
    let over = chance.below(5_000);
    let after = chance.below(customers);
    match chance.below(4) {
        0 => "/customers?sort=-value&limit=100".to_owned(),
        1 => format!("/customers?sort=-profit_12m&limit=100&where=value:ge:{over}"),
        2 => format!("/customers?sort=-revenue_12m&limit=100&after={after}"),
        _ => format!(
            "/customers?sort=cost_to_serve_12m&limit=100&where=profit_12m:lt:{over}&where=p_alive:ge:0.5"
        ),
    }
}

fn parse(arguments: &[String]) -> Result<Wanted> {
    let mut wanted = Wanted {
        customers: 1_000_000,
        seconds: 10,
        profile: "debug",
    };
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let mut number = || words.next().unwrap_or_default().parse::<u32>();
        match word {
            "--release" => wanted.profile = "release",
            "--customers" => wanted.customers = number().context("--customers takes a number")?,
            "--seconds" => wanted.seconds = number().context("--seconds takes a number")?.into(),
            other => bail!(
                "bench load does not know {other}; it takes --customers N, --seconds S and --release"
            ),
        }
    }
    Ok(wanted)
}

/// An analyzed home of that many customers; made once, and used again as long as it lies there.
fn ready(folder: &Path, program: &Path, customers: u32) -> Result<PathBuf> {
    let home = folder.join(format!("load-{customers}"));
    let kept = folder.join(format!("load-{customers}.made"));
    if !kept.is_file() {
        if home.exists() {
            fs::remove_dir_all(&home)?;
        }
        // The file's name says which table it is.
        let file = folder.join("load").join("orders.csv");
        fs::create_dir_all(folder.join("load"))?;
        step("write the order lines", || lines::write(&file, customers))?;
        let run = |words: &[&str]| {
            let mut command = Command::new(program);
            // Orders alone leave much untold; that is said with an ending of its own, and is no fault here.
            let status = command.arg("--home").arg(&home).args(words).status()?;
            match status.code() {
                Some(0 | TO_READ) => Ok(()),
                _ => bail!("odla {} failed", words.join(" ")),
            }
        };
        let name = file.to_string_lossy().into_owned();
        step("odla import", || run(&["import", &name]))?;
        step("odla analyze", || {
            run(&["analyze", "--as-of", AS_OF, "--seed", "1"])
        })?;
        fs::remove_file(&file)?;
        fs::write(&kept, "")?;
    }
    Ok(home)
}

/// Until the first answers are quick: the customers are in memory, and every table has its copy.
fn settle(server: &Served, session: &Session, home: &Path) -> Result<()> {
    server.get(session, "/customers?limit=1&sort=-value")?;
    server.get(session, "/customers/k0000001")?;
    for _ in 0..1_800 {
        let names: Vec<String> = fs::read_dir(home.join("by-customer"))
            .map(|entries| {
                entries
                    .flatten()
                    .map(|entry| entry.file_name().to_string_lossy().into_owned())
                    .collect()
            })
            .unwrap_or_default();
        let laid = |table: &str| {
            names
                .iter()
                .any(|name| name.starts_with(table) && name.ends_with(".arrow"))
        };
        if laid("customers-")
            && laid("orders-")
            && !names.iter().any(|name| name.ends_with(".half"))
        {
            std::thread::sleep(Duration::from_secs(3));
            return Ok(());
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    bail!("the rows were not laid out in half an hour")
}

fn import(server: &Served, session: &Session, file: &Path) -> Result<String> {
    let upload = server.upload(session, "more.csv", &fs::read(file)?)?;
    let id = upload["id"].as_str().context("an upload has an id")?;
    let proposal = server.get(session, &format!("/uploads/{id}/proposal"))?;
    let asked = json!({"upload": id, "mapping": proposal["mapping"]});
    let job = server.post(session, "/imports", &asked)?;
    Ok(job["job"].as_str().context("a job has an id")?.to_owned())
}

fn is_running(server: &Served, session: &Session, job: &str) -> Result<bool> {
    let view = server.get(session, &format!("/jobs/{job}"))?;
    Ok(matches!(view["state"].as_str(), Some("queued" | "running")))
}

fn done(server: &Served, session: &Session, job: &str) -> Result<()> {
    while is_running(server, session, job)? {
        std::thread::sleep(Duration::from_secs(1));
    }
    let view: Value = server.get(session, &format!("/jobs/{job}"))?;
    match view["state"].as_str() {
        Some("done") => Ok(()),
        _ => bail!("the import failed: {view}"),
    }
}

fn round(
    server: &Served,
    session: &Session,
    (what, paths): (&'static str, Paths),
    wanted: &Wanted,
    pace: Option<Duration>,
    job: &str,
) -> Result<Round> {
    let began = Instant::now();
    let until = began + Duration::from_secs(wanted.seconds);
    let users: Vec<_> = (0..USERS)
        .map(|user| {
            let (address, session) = (server.address.clone(), session.clone());
            let mut chance = lines::Chance::new(u64::from(user) + 1);
            let customers = wanted.customers;
            std::thread::spawn(move || {
                let mut next = || paths(&mut chance, customers);
                ask(
                    &address,
                    &session,
                    &mut next,
                    pace.map(|pace| (pace, user)),
                    until,
                )
            })
        })
        .collect();
    let (mut waits, mut wrong) = (Vec::new(), 0);
    for user in users {
        let (some, bad) = user
            .join()
            .map_err(|_| anyhow::anyhow!("a user gave up"))??;
        waits.extend(some);
        wrong += bad;
    }
    let seconds = began.elapsed().as_secs_f64();
    waits.sort_by(f64::total_cmp);
    let importing = !job.is_empty() && is_running(server, session, job)?;
    Ok(Round {
        what,
        pace,
        seconds,
        waits,
        wrong,
        importing,
    })
}

/// One person: asks, reads the answer, reads for a while if there is a pace, asks again.
fn ask(
    address: &str,
    session: &Session,
    next: &mut impl FnMut() -> String,
    pace: Option<(Duration, u32)>,
    until: Instant,
) -> Result<(Vec<f64>, usize)> {
    let mut line = Line::open(address)?;
    let (mut waits, mut wrong) = (Vec::new(), 0);
    if let Some((pace, user)) = pace {
        std::thread::sleep(pace * user / USERS);
    }
    while Instant::now() < until {
        let head = format!(
            "GET /api/v1{} HTTP/1.1\r\nhost: {address}\r\ncookie: {}\r\naccept-encoding: gzip\r\n",
            next(),
            session.cookie
        );
        let asked = Instant::now();
        let answer = line.ask(&head, b"")?;
        let took = asked.elapsed();
        waits.push(took.as_secs_f64() * 1_000.0);
        wrong += usize::from(answer.status != 200);
        if let Some((pace, _)) = pace {
            std::thread::sleep(pace.saturating_sub(took));
        }
    }
    Ok((waits, wrong))
}

fn print(rounds: &[Round], server: &Served, wanted: &Wanted) {
    println!(
        "\n{:<14} {:<30} {:>9} {:>8} {:>8} {:>8} {:>8} {:>6}",
        "", "", "requests", "per s", "p50 ms", "p99 ms", "max ms", "wrong"
    );
    for round in rounds {
        let at = |share: f64| {
            let place = (round.waits.len() as f64 * share).ceil() as usize;
            round
                .waits
                .get(place.saturating_sub(1))
                .copied()
                .unwrap_or(f64::NAN)
        };
        let how = match (round.pace, round.importing) {
            (None, false) => "without rest",
            (None, true) => "without rest, importing",
            (Some(_), true) => "one a second each, importing",
            (Some(_), false) => "one a second each",
        };
        println!(
            "{:<14} {how:<30} {:>9} {:>8.0} {:>8.1} {:>8.1} {:>8.1} {:>6}",
            round.what,
            round.waits.len(),
            round.waits.len() as f64 / round.seconds,
            at(0.5),
            at(0.99),
            at(1.0),
            round.wrong
        );
    }
    println!(
        "{} customers, {USERS} people, loopback, answers packed with gzip; the people run on the same machine; profile {}; peak {:.0} MiB",
        wanted.customers,
        wanted.profile,
        server.peak_mib().unwrap_or(f64::NAN)
    );
}

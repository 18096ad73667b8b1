//! A trial from its plan to its verdict, and what is refused on the way.

use crate::program::Program;
use std::fmt::Write;

const HEAD: &str = "order_id,line_no,customer_id,ordered_on,net_amount,goods_cost\n";

const PLAN: &str = r#"
trial_id = "welcome-call"
activity_id = "call"
question = "Does a call bring people back?"
outcome = "bought"
window_days = 90
drawn_on = 2025-07-01
smallest_effect = 0.15
cost_per_customer = 45.0

[eligible]
bought_within_days = 365
"#;

/// Six hundred customers, some of whom bought in spring, and the activity; nothing later than the first of July.
fn ledger(program: &Program) {
    let mut orders = HEAD.to_owned();
    for customer in 0..600_u32 {
        for (number, month) in [9, 12, 3, 5].into_iter().enumerate() {
            if number == 0 || (customer * 7 + number as u32 * 5).is_multiple_of(3) {
                let year = if month > 6 { 2024 } else { 2025 };
                let day = 1 + (customer + month) % 27;
                let _ = writeln!(
                    orders,
                    "o{customer}-{number},1,c{customer:03},{year}-{month:02}-{day:02},100.00,60.00"
                );
            }
        }
    }
    let orders = program.file("orders.csv", orders);
    let activities = program.file("activities.csv", "activity_id,name\ncall,Welcome call\n");
    program.json(&["import", &orders, &activities]);
}

/// Customers and whether they are treated, as the arms' file says.
fn arms(started: &serde_json::Value) -> Vec<(String, bool)> {
    let file = started["arms"].as_str().expect("a file");
    let text = std::fs::read_to_string(file).expect("the arms are written");
    (text.lines().skip(1))
        .map(|line| {
            let cells: Vec<&str> = line.split(',').collect();
            (cells[1].trim_matches('"').to_owned(), cells[3] == "treated")
        })
        .collect()
}

fn verdict(program: &Program, as_of: &str) -> (String, serde_json::Value) {
    program.json(&["analyze", "--only", "trials", "--as-of", as_of]);
    let page = program.json(&["show", "trials"]);
    let row = &page["tables"][0]["rows"][0];
    (row[6].to_string(), page)
}

#[test]
fn a_trial_goes_from_its_plan_to_its_verdict() {
    let program = Program::new();
    ledger(&program);
    let plan = program.file("plan.toml", PLAN);
    let sized = program.json(&["trial", &plan]);
    assert_eq!(
        (&sized["eligible"], &sized["enough"]),
        (&600.into(), &true.into())
    );
    let again = program.run(&["trial", &plan]);
    assert!(
        again.stdout.contains("Customers needed"),
        "{}",
        again.stdout
    );

    let started = program.json(&["trial", &plan, "--start"]);
    assert_eq!(
        (&started["treated"], &started["control"]),
        (&300.into(), &300.into())
    );
    let twice = program.run(&["trial", &plan, "--start"]);
    assert_eq!(twice.code, 1);
    assert!(twice.stderr.contains("has been drawn"), "{}", twice.stderr);

    let arms = arms(&started);
    assert_eq!(arms.len(), 600);
    let mut later = HEAD.to_owned();
    for (number, (customer, treated)) in arms.iter().enumerate() {
        // Three in ten come back by themselves, three in ten more when called.
        if number % 10 < if *treated { 6 } else { 3 } {
            let _ = writeln!(
                later,
                "n{number},1,{customer},2025-08-{:02},100.00,60.00",
                1 + number % 28
            );
        }
    }
    later.push_str("end,1,c000,2025-10-15,1.00,0.00\n");
    let later = program.file("orders_2025.csv", later);
    let imported = program.run(&["import", &later]);
    assert!(matches!(imported.code, 0 | 3), "{}", imported.stderr);

    let (early, page) = verdict(&program, "2025-08-20");
    assert!(early.contains("running"), "{page}");
    assert!(
        page["figures"].as_array().is_some_and(Vec::is_empty),
        "nothing is told early: {page}"
    );
    let (done, page) = verdict(&program, "2025-10-15");
    assert!(done.contains("works"), "{page}");
    let figure = program.json(&["show", "trials.welcome-call.share"]);
    let value = figure["value"].as_f64().expect("told");
    assert!(
        (0.2..0.4).contains(&value) && figure["grade"] == "A",
        "{figure}"
    );
    let rows = program.run(&["rows", "trials.welcome-call.share"]);
    assert_eq!(rows.stdout.lines().count(), 601, "{}", rows.stderr);

    // Whoever changes the plan afterwards has no trial any more.
    let kept = program.folder().join("home/trials/welcome-call.toml");
    let text = std::fs::read_to_string(&kept).expect("the plan is kept");
    std::fs::write(
        &kept,
        text.replace("smallest_effect = 0.15", "smallest_effect = 0.01"),
    )
    .expect("writable");
    let (changed, page) = verdict(&program, "2025-10-15");
    assert!(changed.contains("broken"), "{page}");
}

#[test]
fn a_plan_that_makes_no_trial_is_refused_by_its_field() {
    let program = Program::new();
    ledger(&program);
    let refused = |name: &str, from: &str, to: &str| {
        let plan = program.file(name, PLAN.replace(from, to));
        let answer = program.run(&["trial", &plan, "--start"]);
        assert_eq!(answer.code, 1, "{name}: {}", answer.stdout);
        answer.stderr
    };
    assert!(refused("a.toml", "\"welcome-call\"", "\"../up\"").contains("../up"));
    assert!(
        refused("b.toml", "smallest_effect = 0.15", "smallest_effect = -1")
            .contains("smallest_effect")
    );
    assert!(refused("c.toml", "2025-07-01", "2025-01-01").contains("already knows"));
    assert!(refused("d.toml", "\"call\"", "\"nothing\"").contains("no activity nothing"));
    assert!(refused("e.toml", "window_days = 90", "window = 90").contains("window"));
    assert!(refused("f.toml", "365", "1").contains("customers fit"));
    // Nothing of it is kept.
    assert!(
        !program
            .folder()
            .join("home/trials/welcome-call.toml")
            .exists()
    );
}

#[test]
fn arms_that_the_ledger_refuses_are_not_left_lying() {
    let program = Program::new();
    ledger(&program);
    // More than an amount of the ledger holds.
    let plan = PLAN.replace("cost_per_customer = 45.0", "cost_per_customer = 1e30");
    let plan = program.file("plan.toml", plan);
    let refused = program.run(&["trial", &plan, "--start"]);
    assert_eq!(refused.code, 1, "{}", refused.stdout);
    assert!(
        refused.stderr.contains("does not take"),
        "{}",
        refused.stderr
    );
    let left: Vec<_> = std::fs::read_dir(program.folder().join("home/trials"))
        .map(|entries| entries.filter_map(Result::ok).collect())
        .unwrap_or_default();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn who_is_forgotten_is_gone_from_the_arms_and_the_trial_still_stands() {
    let program = Program::new();
    ledger(&program);
    let plan = program.file("plan.toml", PLAN);
    let started = program.json(&["trial", &plan, "--start"]);
    let drawn = arms(&started);
    let (customer, treated) = drawn[0].clone();
    let erased = program.json(&["erase-customer", &customer, "--purge"]);
    assert_eq!(erased["trials"], 1, "{erased}");

    let left = arms(&started);
    assert_eq!(left, drawn[1..], "one line is gone, the rest is as it was");
    let home = program.folder().join("home");
    let kept = std::fs::read_to_string(home.join("trials/welcome-call.toml")).expect("kept");
    let forgotten = match treated {
        true => "forgotten_treated = 1",
        false => "forgotten_control = 1",
    };
    assert!(kept.contains(forgotten), "{kept}");
    assert!(
        kept.contains("treated = 300"),
        "what was drawn stays told: {kept}"
    );
    let (verdict, page) = verdict(&program, "2025-06-30");
    assert!(
        verdict.contains("running"),
        "the plan fits its hash: {page}"
    );
    let again = program.run(&["erase-customer", &customer]);
    assert_eq!(again.code, 1);
    let same = std::fs::read_to_string(home.join("trials/welcome-call.toml")).expect("kept");
    assert_eq!(same, kept, "nobody is forgotten twice");
}

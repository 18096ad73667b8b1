//! A trial over HTTP: sized, drawn, told, carried out; who may, and what is refused in words.

use crate::house::{House, PER_UNIT, told};
use reqwest::Method;
use serde_json::{Value, json};

fn plan() -> Value {
    json!({
        "trial_id": "call", "activity_id": "call", "question": "Does a call bring people back?", "outcome": "orders",
        "window_days": 90, "drawn_on": "2025-12-31", "share_treated": 0.5, "by_unit": false, "looks": "once",
        "smallest_effect": 0.5, "level": 0.9, "power": 0.8, "cost_per_customer": 40.0, "seed": 7, "standing": false,
        "eligible": {"bought_within_days": null, "contract": null, "company": null, "units": []}
    })
}

async fn house_with_activity() -> House {
    let house = House::small().await;
    let file = house.folder.path().join("activities.csv");
    std::fs::write(&file, "activity_id,name\ncall,Welcome call\n").unwrap();
    odla_app::imports::import(&house.office.home(), vec![file], None, false, &|_| ())
        .await
        .unwrap();
    house
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_is_sized_drawn_told_and_carried_out() {
    let house = house_with_activity().await;
    let administrator = house.administrator().await;
    let (status, sized) = administrator.post("/trials/design", plan()).await;
    assert_eq!(status, 200, "{sized}");
    assert_eq!(sized["eligible"], 2 * PER_UNIT);
    assert!(
        sized["needed_any_time"].as_u64() > sized["needed_once"].as_u64(),
        "looking at any time costs: {sized}"
    );
    assert_eq!(sized["obstacles"], json!([]));
    assert_eq!(
        administrator.get("/trials").await["total"],
        0,
        "nothing was changed"
    );

    let (status, made) = administrator.post("/trials", plan()).await;
    assert_eq!((status, &made["trial_id"]), (201, &json!("call")), "{made}");
    let diary = administrator.get("/trials").await;
    let trial = &diary["items"][0];
    assert_eq!(trial["plan"], plan(), "the plan is kept as it was sent");
    assert_eq!(
        trial["treated"].as_u64().unwrap() + trial["control"].as_u64().unwrap(),
        2 * PER_UNIT as u64
    );
    assert_eq!(trial["today"]["verdict"], "running", "{trial}");
    assert_eq!(trial["today"]["effect"], Value::Null, "read once: {trial}");
    assert!(trial["today"]["sample_ratio_p"].as_f64().unwrap() > 0.5);
    assert!(trial["today"]["days_left"].as_u64().unwrap() > 80);

    let answer = administrator
        .send(Method::GET, "/trials/call/arms", None)
        .await;
    assert_eq!(answer.status(), 200);
    let arms = answer.text().await.unwrap();
    assert_eq!(arms.lines().count(), 1 + 2 * PER_UNIT);
    let log = administrator.get("/audit?limit=10").await.to_string();
    assert!(log.contains("trial.drawn") && log.contains("trial.arms_exported"));

    let (status, problem) = administrator.post("/trials", plan()).await;
    assert_eq!((status, &problem["key"]), (409, &json!("trial.exists")));
    let (_, again) = administrator.post("/trials/design", plan()).await;
    assert!(again["obstacles"][0].as_str().unwrap().contains("drawn"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_refused_in_words_and_by_field_and_never_breaks_the_server() {
    let house = house_with_activity().await;
    let administrator = house.administrator().await;
    let cases = [
        ("trial_id", json!("../up")),
        ("activity_id", json!("")),
        ("activity_id", json!("nothing")),
        ("question", json!(" ")),
        ("outcome", json!("joy")),
        ("looks", json!("often")),
        ("window_days", json!(0)),
        ("drawn_on", json!("soon")),
        ("drawn_on", json!("-009999-01-01")),
        ("drawn_on", json!("2025-01-01")),
        ("share_treated", json!(1.0)),
        ("smallest_effect", json!(-1)),
        ("cost_per_customer", json!(-1)),
        ("level", json!(0.2)),
    ];
    for (field, value) in cases {
        let mut wrong = plan();
        wrong[field] = value.clone();
        let (status, problem) = administrator.post("/trials", wrong).await;
        assert_eq!(status, 422, "{field} {value}: {problem}");
        assert!(
            problem["fields"][field].is_string(),
            "{field} {value}: {problem}"
        );
    }
    for (name, value) in [
        ("bought_within_days", json!(4_000_000_000_u32)),
        ("units", json!(["nowhere"])),
    ] {
        let mut wrong = plan();
        wrong["eligible"][name] = value;
        let (status, problem) = administrator.post("/trials", wrong).await;
        assert_eq!(status, 422, "{name}: {problem}");
    }
    for extreme in [1e-300, 1e300] {
        let mut plan = plan();
        plan["smallest_effect"] = json!(extreme);
        let (status, answer) = administrator.post("/trials/design", plan).await;
        assert!(matches!(status, 200 | 422), "{extreme}: {answer}");
    }
    let mut dear = plan();
    dear["cost_per_customer"] = json!(1e30);
    let (status, problem) = administrator.post("/trials", dear).await;
    assert_eq!((status, &problem["key"]), (422, &json!("trial.rejected")));
    assert_eq!(administrator.get("/trials").await["total"], 0);
    assert_eq!(administrator.status("/trials/call/arms").await, 404);
    assert_eq!(
        administrator.status("/trials/..%2F..%2Fodla/arms").await,
        404
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sees_one_unit_draws_and_fetches_among_its_customers_only() {
    let house = house_with_activity().await;
    let administrator = house.administrator().await;
    let northern = house.person(&administrator, &["analyst"], &["north"]).await;
    let (status, _) = northern.post("/trials/design", plan()).await;
    assert_eq!(status, 404, "the whole company is not theirs to draw from");
    let mut own = plan();
    own["eligible"]["units"] = json!(["umea"]);
    own["by_unit"] = json!(false);
    let (status, sized) = northern.post("/trials/design", own.clone()).await;
    assert_eq!(
        (status, &sized["eligible"]),
        (200, &json!(PER_UNIT)),
        "{sized}"
    );
    let (status, made) = administrator.post("/trials", plan()).await;
    assert_eq!(status, 201, "{made}");
    let answer = northern.send(Method::GET, "/trials/call/arms", None).await;
    let arms = answer.text().await.unwrap();
    assert_eq!(arms.lines().count(), 1 + PER_UNIT);
    assert!(!arms.contains("\"S0"), "{arms}");
    let reader = house.person(&administrator, &["management"], &[]).await;
    assert_eq!(reader.status("/trials").await, 200);
    assert_eq!(
        told(reader.send(Method::POST, "/trials", Some(own)).await)
            .await
            .0,
        403
    );
}

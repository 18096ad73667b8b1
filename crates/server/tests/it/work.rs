//! Long work: asked for, told as it happens, and decisions that stand on it.

use crate::files::finished;
use crate::house::House;
use reqwest::Method;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn a_run_is_asked_for_watched_and_compared_with_the_one_before() {
    let house = House::small().await;
    let administrator = house.administrator().await;
    let before = administrator.get("/runs").await["items"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let asked = json!({"as_of": "2025-06-30", "only": ["profit", "overview"]});
    let (status, job) = administrator.post("/runs", asked).await;
    assert_eq!(status, 202, "{job}");
    let path = format!("/jobs/{}/events", job["job"].as_str().unwrap());
    let answer = administrator.send(Method::GET, &path, None).await;
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    let mut answer = answer;
    let mut text = String::new();
    while let Some(piece) = answer.chunk().await.unwrap() {
        text.push_str(std::str::from_utf8(&piece).unwrap());
    }
    assert!(
        text.contains("event: done"),
        "the stream ends with the job: {text}"
    );
    let last = text
        .lines()
        .filter_map(|line| line.strip_prefix("data: "))
        .next_back()
        .unwrap();
    let last: Value = serde_json::from_str(last).unwrap();
    let after = last["result"]["run"].as_str().unwrap().to_owned();
    assert_ne!(before, after);
    let run = administrator.get("/runs/latest").await;
    assert_eq!(
        (run["id"].as_str(), run["as_of"].as_str()),
        (Some(after.as_str()), Some("2025-06-30"))
    );
    let changes = administrator
        .get(&format!("/runs/{before}/changes/{after}?lang=en"))
        .await;
    let moved = changes["items"].as_array().unwrap();
    let revenue = moved
        .iter()
        .find(|item| item["key"] == "revenue.total")
        .unwrap();
    assert!(revenue["change"].as_f64().unwrap() < 0.0, "{revenue}");
    let reasons = revenue["reasons"].to_string();
    assert!(reasons.contains("30 June 2025"), "{reasons}");
    let same = administrator
        .get(&format!("/runs/{after}/changes/{after}"))
        .await;
    assert_eq!(
        (
            same["total"].as_u64(),
            same["reasons"].as_array().map(Vec::len)
        ),
        (Some(0), Some(0))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_that_cannot_be_done_says_why_in_the_readers_language() {
    let house = House::empty().await;
    let administrator = house.administrator().await;
    let (_, job) = administrator.post("/runs", json!({})).await;
    let done = finished(&administrator, job["job"].as_str().unwrap()).await;
    assert_eq!(
        (done["state"].as_str(), done["problem"]["key"].as_str()),
        (Some("failed"), Some("empty_ledger"))
    );
    assert!(
        done["problem"]["detail"]
            .as_str()
            .unwrap()
            .starts_with("The ledger is empty"),
        "{done}"
    );
    let (status, problem) = administrator
        .post("/runs", json!({"only": ["nothing"]}))
        .await;
    assert_eq!(status, 422, "{problem}");
    let (status, _) = administrator.post("/runs", json!({"as_of": "soon"})).await;
    assert_eq!(status, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_stands_until_it_is_undone_and_the_law_is_kept() {
    let house = House::small().await;
    let administrator = house.administrator().await;
    let decision = |choice: &str, ids: &[&str], reviewed: &[&str]| {
        json!({
            "subject": "portfolio", "customer_ids": ids, "choice": choice, "reason": "too dear to serve",
            "loyalty_line": {"estimate": "loses two points"}, "reviewed": reviewed
        })
    };
    // N000 is a company, N001 a person, S001 has objected.
    let (status, problem) = administrator
        .post("/decisions", decision("stop", &["N000", "N001"], &[]))
        .await;
    assert_eq!(
        (status, problem["key"].as_str()),
        (422, Some("decisions.person_needs_review"))
    );
    let (status, problem) = administrator
        .post("/decisions", decision("grow", &["S001"], &[]))
        .await;
    assert_eq!(
        (status, problem["key"].as_str()),
        (422, Some("decisions.objected_needs_review"))
    );
    let mut bare = decision("grow", &["N000"], &[]);
    bare["loyalty_line"] = json!({});
    let (status, problem) = administrator.post("/decisions", bare).await;
    assert_eq!(
        (status, problem["key"].as_str()),
        (422, Some("decisions.no_loyalty_line"))
    );
    assert!(problem["fields"]["loyalty_line"].is_string());
    let (status, made) = administrator
        .post("/decisions", decision("stop", &["N000", "N001"], &["N001"]))
        .await;
    assert_eq!((status, made["count"].as_u64()), (201, Some(2)), "{made}");
    let coverage = administrator.get("/portfolio/coverage").await;
    assert_eq!(coverage["decided"], 2);
    let listed = administrator
        .get("/customers?where=decided:eq:stop&sort=customer_id")
        .await;
    assert_eq!(
        (
            listed["total"].as_u64(),
            listed["items"][0]["customer_id"].as_str()
        ),
        (Some(2), Some("N000"))
    );
    let view = administrator.get("/customers/N001").await;
    assert_eq!(view["stance"]["decided"]["choice"], "stop");
    let stale = {
        let mut again = decision("grow", &["N000"], &[]);
        again["seen"] = json!(0);
        administrator.post("/decisions", again).await
    };
    assert_eq!(stale.0, 409, "somebody has decided since: {}", stale.1);
    let path = format!("/decisions/{}", made["id"].as_str().unwrap());
    assert_eq!(administrator.delete(&path).await.0, 204);
    assert_eq!(administrator.delete(&path).await.0, 409);
    assert_eq!(administrator.get("/portfolio/coverage").await["decided"], 0);
    let diary = administrator.get("/decisions").await;
    assert_eq!(diary["items"][0]["undone"], true, "the diary keeps it");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_forgotten_is_gone_from_lists_and_decisions() {
    let house = House::small().await;
    let administrator = house.administrator().await;
    let officer = house
        .person(&administrator, &["data_protection_officer"], &[])
        .await;
    let all = officer.get("/customers/S005/everything").await;
    assert!(all["tables"]["orders"].is_array(), "{all}");
    let (status, erased) = officer.delete("/customers/S005?purge=true").await;
    assert_eq!(
        (status, erased["earlier_versions_hold_rows"].as_bool()),
        (200, Some(false)),
        "{erased}"
    );
    assert_eq!(officer.status("/customers/S005").await, 404);
    assert_eq!(officer.get("/customers?q=S005").await["total"], 0);
}

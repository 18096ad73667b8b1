//! Does somebody of one unit see anything of another's customers, by any address?

use crate::house::{Asker, House, PER_UNIT};
use serde_json::{Value, json};

async fn people(house: &House) -> (Asker, Asker, Asker) {
    let administrator = house.administrator().await;
    let north = house
        .person(&administrator, &["customer_owner"], &["north"])
        .await;
    let south = house
        .person(&administrator, &["customer_owner"], &["south"])
        .await;
    (administrator, north, south)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_sees_the_customers_of_the_own_units_and_those_below() {
    let house = House::small().await;
    let (administrator, north, south) = people(&house).await;
    let all = administrator.get("/customers?limit=500").await;
    assert_eq!(all["total"], 2 * PER_UNIT);
    for (person, letter) in [(&north, "N"), (&south, "S")] {
        let own = person.get("/customers?limit=500&sort=-revenue_12m").await;
        assert_eq!(own["total"], PER_UNIT);
        let items = own["items"].as_array().unwrap();
        assert_eq!(items.len(), PER_UNIT);
        for item in items {
            assert!(
                item["customer_id"].as_str().unwrap().starts_with(letter),
                "{item}"
            );
        }
        // Neither by filter nor by free text.
        let other = if letter == "N" { "south" } else { "umea" };
        let none = person
            .get(&format!("/customers?where=unit_id:eq:{other}"))
            .await;
        assert_eq!(
            (
                none["total"].as_u64(),
                none["items"].as_array().map(Vec::len)
            ),
            (Some(0), Some(0))
        );
        let points = person
            .get("/customers/scatter?x=revenue_12m&y=orders_12m&color=kind")
            .await;
        assert_eq!(points["total"], PER_UNIT);
        let coverage = person.get("/portfolio/coverage").await;
        assert_eq!(coverage["customers"], PER_UNIT);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_units_customer_is_as_one_that_is_not_there() {
    let house = House::small().await;
    let (_, north, south) = people(&house).await;
    assert_eq!(north.status("/customers/N003").await, 200);
    for path in [
        "/customers/S003",
        "/customers/X999",
        "/decisions?customer_id=S003",
    ] {
        assert_eq!(north.status(path).await, 404, "{path}");
    }
    let decide = |id: &str| {
        json!({
            "subject": "portfolio", "customer_ids": [id], "choice": "grow", "reason": "r",
            "loyalty_line": {"unknown_signed": true}, "reviewed": [id]
        })
    };
    let (status, problem) = north.post("/decisions", decide("S003")).await;
    assert_eq!((status, problem["key"].as_str()), (404, Some("not_found")));
    // By a filter only those in sight are decided on.
    let mut by_filter = decide("S003");
    by_filter["customer_ids"] = json!([]);
    by_filter["where"] = json!(["kind:eq:company"]);
    let (status, made) = north.post("/decisions", by_filter).await;
    assert_eq!(
        (status, made["count"].as_u64()),
        (201, Some(PER_UNIT as u64 / 3)),
        "{made}"
    );
    let listed = south.get("/decisions").await;
    assert_eq!(listed["items"].as_array().unwrap().len(), 0);
    let id = made["id"].as_str().unwrap();
    assert_eq!(south.delete(&format!("/decisions/{id}")).await.0, 404);
    assert_eq!(north.delete(&format!("/decisions/{id}")).await.0, 204);
}

#[tokio::test(flavor = "multi_thread")]
async fn files_and_rows_behind_figures_hold_the_own_customers_only() {
    let house = House::small().await;
    let (administrator, north, _) = people(&house).await;
    let answer = north
        .send(reqwest::Method::GET, "/customers/export?format=csv", None)
        .await;
    assert_eq!(answer.status(), 200);
    let text = answer.text().await.unwrap();
    assert_eq!(text.lines().count(), PER_UNIT + 1);
    assert!(!text.contains("S003"), "{text}");
    let mine = north.get("/figures/revenue.total/rows?limit=500").await;
    let all = administrator
        .get("/figures/revenue.total/rows?limit=500")
        .await;
    assert!(
        mine["total"].as_u64().unwrap() * 2 == all["total"].as_u64().unwrap(),
        "{mine}"
    );
    let at = mine["columns"]
        .as_array()
        .unwrap()
        .iter()
        .position(|name| name == "customer_id");
    let at = at.expect("the rows tell whose they are");
    for row in mine["rows"].as_array().unwrap() {
        assert!(row[at].as_str().unwrap().starts_with('N'), "{row}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_belongs_to_one_person_is_not_anothers() {
    let house = House::small().await;
    let administrator = house.administrator().await;
    let one = house.person(&administrator, &["analyst"], &["north"]).await;
    let other = house.person(&administrator, &["analyst"], &["south"]).await;
    let view =
        json!({"page": "customers", "name": "mine", "query": "sort=-value", "shared": false});
    let (_, view) = one.post("/views", view).await;
    let token = json!({"name": "script", "scopes": ["see_customers"], "days": 1});
    let (status, token) = one.post("/tokens", token).await;
    assert_eq!(status, 201, "{token}");
    let (_, job) = one.post("/runs", json!({"only": ["profit"]})).await;
    let text = |value: &Value, name: &str| value[name].as_str().unwrap().to_owned();
    assert_eq!(
        other
            .delete(&format!("/views/{}", text(&view, "id")))
            .await
            .0,
        404
    );
    assert_eq!(
        other
            .delete(&format!("/tokens/{}", text(&token, "id")))
            .await
            .0,
        404
    );
    assert_eq!(
        other.status(&format!("/jobs/{}", text(&job, "job"))).await,
        404
    );
    assert_eq!(
        other
            .status(&format!("/jobs/{}/events", text(&job, "job")))
            .await,
        404
    );
    let views = other.get("/views").await;
    assert_eq!(views["items"].as_array().unwrap().len(), 0);
    // A token carries its owner's limit and its own scopes.
    let mut program = house.nobody();
    program.token = Some(text(&token, "secret"));
    assert_eq!(program.get("/customers").await["total"], PER_UNIT);
    assert_eq!(program.status("/customers/N001").await, 403);
    assert_eq!(
        program
            .post(
                "/tokens",
                json!({"name": "more", "scopes": ["see_customers"]})
            )
            .await
            .0,
        403
    );
    assert_eq!(
        one.delete(&format!("/tokens/{}", text(&token, "id")))
            .await
            .0,
        204
    );
    assert_eq!(program.status("/customers").await, 401);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_all_customers_meet_is_decided_by_who_sees_them_all() {
    let house = House::small().await;
    let administrator = house.administrator().await;
    let north = house
        .person(&administrator, &["customer_owner"], &["north"])
        .await;
    let body = json!({
        "subject": "service_level", "minutes": ["fault=6"], "reason": "faster", "doer": "Bo", "due": "2999-01-01",
        "loyalty_line": {"unknown_signed": true}
    });
    assert_eq!(north.post("/decisions", body.clone()).await.0, 403);
    // Who sees all is told that the run holds no such curves.
    let (status, problem) = administrator.post("/decisions", body).await;
    assert_eq!(
        (status, problem["key"].as_str()),
        (404, Some("unknown_page"))
    );
    let (status, problem) = administrator
        .post("/decisions", json!({"subject": "weather", "reason": "r"}))
        .await;
    assert_eq!(status, 422, "{problem}");
    let mut activity = json!({
        "subject": "activity", "activity_id": "a1", "choice": "maybe", "reason": "r", "doer": "Bo", "due": "soon"
    });
    assert_eq!(
        administrator.post("/decisions", activity.clone()).await.0,
        422
    );
    activity["due"] = json!("2999-01-01");
    assert_eq!(administrator.post("/decisions", activity).await.0, 422);
}

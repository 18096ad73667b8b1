//! The pages: the same figures as in the terminal, tags, paging, settings, and addresses that lead nowhere.

use crate::house::{House, PER_UNIT};
use odla_app::pages::{Kept, Shown};
use odla_app::text::{Catalogue, Language};
use reqwest::Method;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_what_the_terminal_shows() {
    let house = House::small().await;
    let administrator = house.administrator().await;
    for (lang, language) in [("sv", Language::Sv), ("en", Language::En)] {
        let home = house.office.home();
        let kept = Kept::read(&home, None).unwrap();
        let texts = Catalogue::new(language, &home.settings.currency);
        let Shown::Page(page) = kept.show("profit", &texts).unwrap() else {
            panic!("profit is a page");
        };
        let served = administrator
            .get(&format!("/reports/profit?lang={lang}"))
            .await;
        assert_eq!(served, serde_json::to_value(&page).unwrap());
        let figure = administrator
            .get(&format!("/figures/revenue.total?lang={lang}"))
            .await;
        let shown = page
            .figures
            .iter()
            .find(|figure| figure.key == "revenue.total")
            .unwrap();
        assert_eq!(figure, serde_json::to_value(shown).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_answer_is_not_sent_twice() {
    let house = House::small().await;
    let administrator = house.administrator().await;
    let first = administrator
        .send(Method::GET, "/reports/profit", None)
        .await;
    let tag = first.headers()["etag"].clone();
    let again = administrator
        .request(Method::GET, "/reports/profit")
        .header("if-none-match", &tag);
    let again = again.send().await.unwrap();
    assert_eq!(again.status(), 304);
    assert!(again.text().await.unwrap().is_empty());
    let other = administrator
        .request(Method::GET, "/reports/profit?lang=sv")
        .header("if-none-match", &tag);
    assert_eq!(other.send().await.unwrap().status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_is_paged_sorted_and_filtered_to_its_end() {
    let house = House::small().await;
    let administrator = house.administrator().await;
    let mut path = "/customers?limit=7&sort=-revenue_12m&where=kind:eq:person".to_owned();
    let (mut ids, mut last) = (Vec::new(), f64::INFINITY);
    loop {
        let page = administrator.get(&path).await;
        assert_eq!(page["total"], 2 * PER_UNIT * 2 / 3);
        for item in page["items"].as_array().unwrap() {
            let revenue = item["revenue_12m"].as_f64().unwrap();
            assert!(revenue <= last);
            last = revenue;
            ids.push(item["customer_id"].as_str().unwrap().to_owned());
        }
        match page["next_cursor"].as_str() {
            Some(cursor) => {
                path = format!(
                    "/customers?limit=7&sort=-revenue_12m&where=kind:eq:person&cursor={cursor}"
                );
            }
            None => break,
        }
    }
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 2 * PER_UNIT * 2 / 3);
    let columns = administrator.get("/customers/columns?lang=sv").await;
    let revenue = columns
        .as_array()
        .unwrap()
        .iter()
        .find(|one| one["key"] == "revenue_12m")
        .unwrap();
    assert_eq!(
        (revenue["unit"].as_str(), revenue["kind"].as_str()),
        (Some("SEK"), Some("number"))
    );
    for path in [
        "/customers?sort=none",
        "/customers?where=x",
        "/customers?cursor=zz.1",
        "/customers?cursor=x",
    ] {
        let status = administrator.status(path).await;
        assert!(matches!(status, 404 | 422), "{path}: {status}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_customer_is_told_with_profit_step_by_step() {
    let house = House::small().await;
    let administrator = house.administrator().await;
    let view = administrator.get("/customers/N011").await;
    let steps = view["profit"].as_array().unwrap();
    let amount = |key: &str| {
        let step = steps.iter().find(|step| step["key"] == key);
        step.map_or(0.0, |step| step["amount"].as_f64().unwrap())
    };
    let sum = amount("revenue_12m") + amount("goods_12m");
    assert!((sum - amount("margin_12m")).abs() < 0.005, "{steps:?}");
    assert_eq!(view["events"].as_array().unwrap().len(), 12);
    assert_eq!(view["events"][0]["label"], "Purchase");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_can_be_saved_as_a_file() {
    let house = House::small().await;
    let administrator = house.administrator().await;
    for (format, start) in [
        ("xlsx", &b"PK"[..]),
        ("csv", b""),
        ("parquet", b"PAR1"),
        ("pdf", b"%PDF"),
    ] {
        let path = format!("/reports/profit/export?format={format}");
        let answer = administrator.send(Method::GET, &path, None).await;
        assert_eq!(answer.status(), 200, "{format}");
        let disposition = answer.headers()["content-disposition"]
            .to_str()
            .unwrap()
            .to_owned();
        assert!(
            disposition.ends_with(&format!(".{format}\"")),
            "{disposition}"
        );
        let bytes = answer.bytes().await.unwrap();
        assert!(
            bytes.starts_with(start) && bytes.len() > 100,
            "{format}: {} bytes",
            bytes.len()
        );
    }
    assert_eq!(
        administrator
            .status("/reports/profit/export?format=exe")
            .await,
        422
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_are_changed_in_their_file_and_a_stale_change_is_refused() {
    let house = House::small().await;
    let administrator = house.administrator().await;
    let before = administrator.get("/settings").await;
    let change = json!({"company": "Nya Bolaget", "analysis": {"level": 0.8, "assumed_margin_share": 0.25},
                        "version": before["version"]});
    let (status, after) = administrator.patch("/settings", change.clone()).await;
    assert_eq!(
        (status, after["analysis"]["level"].as_f64()),
        (200, Some(0.8)),
        "{after}"
    );
    assert_eq!(after["analysis"]["assumed_margin_share"], 0.25);
    assert_eq!(administrator.patch("/settings", change).await.0, 409);
    let wrong = json!({"analysis": {"level": 7.0}, "version": after["version"]});
    assert_eq!(administrator.patch("/settings", wrong).await.0, 422);
    let back = json!({"analysis": {"assumed_margin_share": null}, "version": after["version"]});
    let (_, back) = administrator.patch("/settings", back).await;
    assert!(back["analysis"]["assumed_margin_share"].is_null(), "{back}");
    assert_eq!(administrator.get("/status").await["company"], "Nya Bolaget");
    let text = std::fs::read_to_string(house.folder.path().join("odla.toml")).unwrap();
    assert!(text.contains("# ISO 4217."), "comments stay: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_path_leads_to_a_file_of_the_machine() {
    let house = House::empty().await;
    let nobody = house.nobody();
    for path in [
        "//../odla.toml",
        "//..%2f..%2fodla.toml",
        "//assets/..%2f..%2f..%2fCargo.toml",
        "//%2e%2e/%2e%2e/etc/passwd",
        "//assets/none.js",
        "//odla.db",
    ] {
        let answer = nobody.send(Method::GET, path, None).await;
        let text = answer.text().await.unwrap();
        for secret in ["root:", "[analysis]", "[package]", "SQLite"] {
            assert!(!text.contains(secret), "{path}: {text}");
        }
    }
    let administrator = house.administrator().await;
    for path in [
        "/runs/..%2f..",
        "/runs/.",
        "/reports/..%2f..%2fodla",
        "/methods/..%2fvalue",
        "/imports/x/rejects",
    ] {
        assert_eq!(administrator.status(path).await, 404, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_words_and_methods_are_told_in_both_languages() {
    let house = House::empty().await;
    let administrator = house.administrator().await;
    let terms = administrator.get("/glossary").await;
    assert!(terms["items"].as_array().unwrap().len() > 30);
    let (sv, en) = (
        administrator.get("/methods/value?lang=sv").await,
        administrator.get("/methods/value?lang=en").await,
    );
    assert_ne!(sv["title"], en["title"]);
}

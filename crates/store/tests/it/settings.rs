//! Do settings and kept views belong to whom they should?

use crate::bench::{Bench, at};
use odla_store::{Act, NewView, Scope, StoreError};
use serde_json::{Value, json};
use std::collections::BTreeMap;

fn values(pairs: &[(&str, Value, Option<i64>)]) -> BTreeMap<String, (Value, Option<i64>)> {
    let pair = |(name, value, seen): &(&str, Value, Option<i64>)| {
        ((*name).to_owned(), (value.clone(), *seen))
    };
    pairs.iter().map(pair).collect()
}

pub async fn settings_are_put_all_or_none(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(0));
    let new = values(&[
        ("currency", json!("SEK"), Some(0)),
        ("limits", json!({"b": 1, "a": [2]}), Some(0)),
    ]);
    bench
        .store
        .put_settings(&act, Scope::Company, &new)
        .await
        .unwrap();
    bench
        .store
        .put_settings(
            &act,
            Scope::Person(person.id),
            &values(&[("theme", json!("dark"), None)]),
        )
        .await
        .unwrap();
    let half = values(&[
        ("currency", json!("EUR"), Some(1)),
        ("limits", json!(null), Some(0)),
    ]);
    let refused = bench.store.put_settings(&act, Scope::Company, &half).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { version: 1, .. })),
        "{refused:?}"
    );
    let found = bench.store.settings(Scope::Company).await.unwrap();
    assert_eq!(found["currency"].value, json!("SEK"));
    assert_eq!(found["limits"].value.to_string(), r#"{"b":1,"a":[2]}"#);
    let own = bench
        .store
        .settings(Scope::Person(person.id))
        .await
        .unwrap();
    assert_eq!(own.keys().collect::<Vec<_>>(), ["theme"]);
}

pub async fn a_setting_that_somebody_else_changed_is_a_conflict(bench: Bench) {
    let act = Act::program(at(0));
    for (value, seen) in [("SEK", Some(0)), ("EUR", Some(1)), ("NOK", None)] {
        let change = values(&[("currency", json!(value), seen)]);
        bench
            .store
            .put_settings(&act, Scope::Company, &change)
            .await
            .unwrap();
    }
    let late = values(&[("currency", json!("DKK"), Some(2))]);
    let refused = bench.store.put_settings(&act, Scope::Company, &late).await;
    assert!(
        matches!(refused, Err(StoreError::Conflict { version: 3, .. })),
        "{refused:?}"
    );
    assert_eq!(
        bench.store.settings(Scope::Company).await.unwrap()["currency"].value,
        json!("NOK")
    );
}

pub async fn a_view_belongs_to_its_owner_and_is_shared_when_asked(bench: Bench) {
    let one = bench.manager().await;
    let two = bench.add("b@example.se", &[]).await;
    let (mine, theirs) = (Act::person(one.id, at(0)), Act::person(two.id, at(1)));
    let mut new = NewView {
        page: "customers".to_owned(),
        name: "At risk".to_owned(),
        query: "sort=-lifetime_value&where=stance:eq:stop".to_owned(),
        shared: false,
    };
    let own = bench.store.add_view(&mine, &new).await.unwrap();
    let again = bench.store.add_view(&mine, &new).await;
    assert!(
        matches!(again, Err(StoreError::Taken { what: "name" })),
        "{again:?}"
    );
    assert!(bench.store.views(two.id, None).await.unwrap().is_empty());
    new.shared = true;
    let shared = bench.store.add_view(&theirs, &new).await.unwrap();
    let seen = bench.store.views(one.id, Some("customers")).await.unwrap();
    assert_eq!(seen, [own.clone(), shared.clone()]);
    assert!(
        bench
            .store
            .views(one.id, Some("portfolio"))
            .await
            .unwrap()
            .is_empty()
    );
    let foreign = bench.store.remove_view(&mine, shared.id).await;
    assert!(matches!(
        foreign,
        Err(StoreError::NotFound { what: "view" })
    ));
    bench.store.remove_view(&mine, own.id).await.unwrap();
    assert_eq!(bench.store.views(one.id, None).await.unwrap(), [shared]);
}

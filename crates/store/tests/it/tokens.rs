//! Does a token do what it was made for, and stop when it should?

use crate::bench::{Bench, at};
use odla_domain::people::{Permission, Role};
use odla_store::{Act, NewToken, PersonChange, StoreError};
use std::collections::BTreeSet;

fn export(expires: i64) -> NewToken {
    NewToken {
        name: "nightly export".to_owned(),
        scopes: [Permission::Export, Permission::Administer].into(),
        expires_at: Some(at(expires)),
    }
}

pub async fn a_token_may_what_it_was_made_for_while_its_owner_may(bench: Bench) {
    bench.add("admin@example.se", &[Role::Administrator]).await;
    let owner = bench.manager().await;
    let act = Act::person(owner.id, at(0));
    let (secret, token) = bench.store.add_token(&act, &export(100)).await.unwrap();
    assert!(secret.expose().starts_with("odla_"));
    let (found, person) = bench
        .store
        .token(secret.expose(), at(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found, token);
    assert_eq!(found.permissions(&person), [Permission::Export].into());
    let change = PersonChange {
        roles: Some(vec![Role::Service]),
        ..PersonChange::default()
    };
    bench
        .store
        .change_person(&act, owner.id, 1, &change)
        .await
        .unwrap();
    let (found, person) = bench
        .store
        .token(secret.expose(), at(1))
        .await
        .unwrap()
        .unwrap();
    let limit: BTreeSet<Permission> = [Permission::SeeOwnUnitOnly].into();
    assert_eq!(found.permissions(&person), limit);
    let nobodys = bench
        .store
        .add_token(&Act::program(at(0)), &export(100))
        .await;
    assert!(matches!(nobodys, Err(StoreError::NotAPerson)));
}

pub async fn a_token_ends_by_time_by_hand_and_with_its_owner(bench: Bench) {
    bench.add("admin@example.se", &[Role::Administrator]).await;
    let owner = bench.manager().await;
    let act = Act::person(owner.id, at(0));
    let (secret, token) = bench.store.add_token(&act, &export(100)).await.unwrap();
    assert!(
        bench
            .store
            .token(secret.expose(), at(100))
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        bench
            .store
            .token("odla_unknown", at(1))
            .await
            .unwrap()
            .is_none()
    );
    bench.store.touch_token(token.id, at(7)).await.unwrap();
    let listed = bench.store.tokens(Some(owner.id)).await.unwrap();
    assert_eq!(listed[0].last_used_at, Some(at(7)));
    bench.store.revoke_token(&act, token.id).await.unwrap();
    assert!(
        bench
            .store
            .token(secret.expose(), at(1))
            .await
            .unwrap()
            .is_none()
    );
    let again = bench.store.revoke_token(&act, token.id).await;
    assert!(matches!(again, Err(StoreError::NotFound { what: "token" })));
    let (secret, _) = bench.store.add_token(&act, &export(100)).await.unwrap();
    let change = PersonChange {
        active: Some(false),
        ..PersonChange::default()
    };
    bench
        .store
        .change_person(&act, owner.id, 1, &change)
        .await
        .unwrap();
    assert!(
        bench
            .store
            .token(secret.expose(), at(1))
            .await
            .unwrap()
            .is_none()
    );
    assert_eq!(bench.store.tokens(None).await.unwrap().len(), 2);
}

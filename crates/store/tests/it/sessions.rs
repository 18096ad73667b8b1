//! Does a session end when it should, and does the database open nothing?

use crate::bench::{Bench, at, at_once};
use odla_domain::people::Role;
use odla_store::{Act, OidcRequest, PersonChange, SessionTerms, StoreError};

const TERMS: fn() -> SessionTerms = || SessionTerms {
    idle_until: at(600),
    expires_at: at(3600),
};

pub async fn an_unused_session_ends(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(0));
    let (secret, opened) = bench
        .store
        .open_session(&act, person.id, TERMS())
        .await
        .unwrap();
    let found = bench
        .store
        .session(secret.expose(), at(599))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found, opened);
    assert_ne!(found.csrf, secret.expose());
    assert!(
        bench
            .store
            .session(secret.expose(), at(600))
            .await
            .unwrap()
            .is_none()
    );
    // Too late to wake it.
    bench
        .store
        .touch_session(secret.expose(), at(601), at(1200))
        .await
        .unwrap();
    assert!(
        bench
            .store
            .session(secret.expose(), at(602))
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        bench
            .store
            .session("unknown", at(1))
            .await
            .unwrap()
            .is_none()
    );
    assert!(bench.store.session("", at(1)).await.unwrap().is_none());
}

pub async fn a_used_session_lives_until_its_end(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(0));
    let (secret, _) = bench
        .store
        .open_session(&act, person.id, TERMS())
        .await
        .unwrap();
    bench
        .store
        .touch_session(secret.expose(), at(500), at(9_000))
        .await
        .unwrap();
    let found = bench
        .store
        .session(secret.expose(), at(3_599))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.last_seen_at, at(500));
    assert!(
        bench
            .store
            .session(secret.expose(), at(3_600))
            .await
            .unwrap()
            .is_none()
    );
    bench
        .store
        .close_session(&act, secret.expose())
        .await
        .unwrap();
    assert!(
        bench
            .store
            .session(secret.expose(), at(600))
            .await
            .unwrap()
            .is_none()
    );
    bench
        .store
        .close_session(&act, secret.expose())
        .await
        .unwrap();
}

pub async fn a_changed_role_counts_at_once_and_an_inactive_person_is_out(bench: Bench) {
    bench.add("admin@example.se", &[Role::Administrator]).await;
    let person = bench.manager().await;
    let act = Act::program(at(0));
    let (secret, _) = bench
        .store
        .open_session(&act, person.id, TERMS())
        .await
        .unwrap();
    let mut change = PersonChange {
        roles: Some(vec![Role::Employee]),
        ..PersonChange::default()
    };
    bench
        .store
        .change_person(&act, person.id, 1, &change)
        .await
        .unwrap();
    let found = bench
        .store
        .session(secret.expose(), at(1))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.person.roles, [Role::Employee]);
    change.active = Some(false);
    bench
        .store
        .change_person(&act, person.id, 2, &change)
        .await
        .unwrap();
    assert!(
        bench
            .store
            .session(secret.expose(), at(1))
            .await
            .unwrap()
            .is_none()
    );
    let closed = bench.store.open_session(&act, person.id, TERMS()).await;
    assert!(matches!(closed, Err(StoreError::NotFound { .. })));
    // Coming back does not wake the old session.
    change.active = Some(true);
    bench
        .store
        .change_person(&act, person.id, 3, &change)
        .await
        .unwrap();
    assert!(
        bench
            .store
            .session(secret.expose(), at(1))
            .await
            .unwrap()
            .is_none()
    );
}

pub async fn a_new_password_signs_out_everywhere(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(0));
    let (one, _) = bench
        .store
        .open_session(&act, person.id, TERMS())
        .await
        .unwrap();
    let (two, _) = bench
        .store
        .open_session(&act, person.id, TERMS())
        .await
        .unwrap();
    bench
        .store
        .set_password(&act, person.id, "hash")
        .await
        .unwrap();
    for secret in [one, two] {
        assert!(
            bench
                .store
                .session(secret.expose(), at(1))
                .await
                .unwrap()
                .is_none()
        );
    }
    bench
        .store
        .open_session(&act, person.id, TERMS())
        .await
        .unwrap();
    assert_eq!(
        bench
            .store
            .close_sessions_of(&act, person.id)
            .await
            .unwrap(),
        1
    );
}

pub async fn the_database_holds_no_secret(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(0));
    let (secret, _) = bench
        .store
        .open_session(&act, person.id, TERMS())
        .await
        .unwrap();
    let link = bench
        .store
        .make_invitation(&act, person.id, at(60))
        .await
        .unwrap();
    let new = odla_store::NewToken {
        name: "export".to_owned(),
        scopes: [odla_domain::Permission::Export].into(),
        expires_at: None,
    };
    let (token, _) = bench.store.add_token(&act, &new).await.unwrap();
    for (table, secret) in [("sessions", secret), ("links", link), ("tokens", token)] {
        let all = format!("SELECT COUNT(*) FROM {table}");
        let same = format!("{all} WHERE secret_hash = '{}'", secret.expose());
        assert_eq!(
            (bench.number(&all).await, bench.number(&same).await),
            (1, 0),
            "{table}"
        );
        let log = format!(
            "SELECT COUNT(*) FROM audit_log WHERE details LIKE '%{}%'",
            secret.expose()
        );
        assert_eq!(bench.number(&log).await, 0);
    }
}

pub async fn a_sign_in_elsewhere_comes_back_once(bench: Bench) {
    let request = OidcRequest {
        nonce: "n".to_owned(),
        verifier: "v".to_owned(),
        return_to: "/portfolio".to_owned(),
    };
    bench
        .store
        .keep_oidc_request("state", &request, at(60))
        .await
        .unwrap();
    bench
        .store
        .keep_oidc_request("late", &request, at(60))
        .await
        .unwrap();
    let taken = at_once(8, |_| {
        let store = bench.store.clone();
        async move { store.take_oidc_request("state", at(1)).await.unwrap() }
    })
    .await;
    let taken: Vec<OidcRequest> = taken.into_iter().flatten().collect();
    assert_eq!(taken, [request]);
    assert!(
        bench
            .store
            .take_oidc_request("late", at(60))
            .await
            .unwrap()
            .is_none()
    );
    assert!(
        bench
            .store
            .take_oidc_request("unknown", at(1))
            .await
            .unwrap()
            .is_none()
    );
}

pub async fn attempts_are_counted_in_their_window(bench: Bench) {
    for second in 0..5 {
        let counted = bench
            .store
            .count_attempt("a@example.se", at(second), at(-60))
            .await;
        assert_eq!(counted.unwrap(), second + 1);
    }
    assert_eq!(
        bench.store.attempts("a@example.se", at(2)).await.unwrap(),
        2
    );
    assert_eq!(
        bench.store.attempts("b@example.se", at(-60)).await.unwrap(),
        0
    );
    bench.store.forget_attempts("a@example.se").await.unwrap();
    assert_eq!(
        bench.store.attempts("a@example.se", at(-60)).await.unwrap(),
        0
    );
}

pub async fn what_has_ended_is_swept_away(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(0));
    bench
        .store
        .open_session(&act, person.id, TERMS())
        .await
        .unwrap();
    bench
        .store
        .make_invitation(&act, person.id, at(60))
        .await
        .unwrap();
    bench.store.count_attempt("a", at(0), at(0)).await.unwrap();
    let nothing = bench.store.sweep(at(1), at(-1)).await.unwrap();
    assert_eq!(nothing, odla_store::Swept::default());
    let swept = bench.store.sweep(at(700), at(10)).await.unwrap();
    assert_eq!((swept.sessions, swept.links, swept.attempts), (1, 1, 1));
}

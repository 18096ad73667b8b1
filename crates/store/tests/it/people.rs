//! Do addresses, versions and the last administrator hold?

use crate::bench::{Bench, at, at_once, someone};
use odla_domain::people::{Permission, Role};
use odla_store::{Act, OidcName, PersonChange, StoreError};

pub async fn an_address_is_taken_in_capital_and_small_letters(bench: Bench) {
    let asa = bench.add(" Åsa@Example.se ", &[Role::Analyst]).await;
    assert_eq!(asa.email, "Åsa@Example.se");
    let again = bench
        .store
        .add_person(&Act::program(at(1)), &someone("åSA@example.SE", &[]))
        .await;
    assert!(
        matches!(again, Err(StoreError::Taken { what: "email" })),
        "{again:?}"
    );
    let found = bench
        .store
        .credentials("ÅSA@EXAMPLE.SE")
        .await
        .unwrap()
        .unwrap();
    assert_eq!((found.person, found.password_hash), (asa.clone(), None));
    assert!(!asa.has_password && asa.active && asa.version == 1);
    assert!(
        bench
            .store
            .credentials("eva@example.se")
            .await
            .unwrap()
            .is_none()
    );
    let unknown = bench.store.person(uuid::Uuid::nil()).await;
    assert!(matches!(unknown, Err(StoreError::NotFound { .. })));
}

pub async fn a_change_of_an_old_version_is_refused(bench: Bench) {
    bench.add("admin@example.se", &[Role::Administrator]).await;
    let person = bench.add("bo@example.se", &[Role::Service]).await;
    let change = PersonChange {
        roles: Some(vec![Role::Management]),
        unit_ids: Some(vec!["north".to_owned()]),
        ..PersonChange::default()
    };
    let act = Act::program(at(5));
    let changed = bench
        .store
        .change_person(&act, person.id, 1, &change)
        .await
        .unwrap();
    assert_eq!((changed.version, changed.name.as_str()), (2, "Åsa Öberg"));
    assert_eq!((changed.created_at, changed.changed_at), (at(0), at(5)));
    assert!(changed.permissions().contains(&Permission::SeeOwnUnitOnly));
    let late = bench
        .store
        .change_person(&act, person.id, 1, &PersonChange::default())
        .await;
    let Err(StoreError::Conflict { version: 2, .. }) = late else {
        panic!("{late:?}")
    };
    assert_eq!(bench.store.person(person.id).await.unwrap(), changed);
}

pub async fn two_administrators_cannot_remove_each_other(bench: Bench) {
    let one = bench.add("a@example.se", &[Role::Administrator]).await;
    let two = bench
        .add("b@example.se", &[Role::Administrator, Role::Analyst])
        .await;
    let ids = [one.id, two.id];
    let answers = at_once(2, |number| {
        let store = bench.store.clone();
        let change = PersonChange {
            active: Some(false),
            ..PersonChange::default()
        };
        async move {
            store
                .change_person(&Act::program(at(1)), ids[number], 1, &change)
                .await
        }
    })
    .await;
    assert_eq!(
        answers.iter().filter(|answer| answer.is_ok()).count(),
        1,
        "{answers:?}"
    );
    let refused = answers.into_iter().find_map(Result::err).unwrap();
    assert!(
        matches!(refused, StoreError::LastAdministrator),
        "{refused:?}"
    );
    assert!(!bench.store.setup_needed().await.unwrap());
}

pub async fn people_come_in_pages_by_address(bench: Bench) {
    for name in ["öst", "b", "Zeta", "a", "å"] {
        bench.add(&format!("{name}@example.se"), &[]).await;
    }
    let mut emails = Vec::new();
    let mut after = None;
    loop {
        let page = bench.store.people(after.as_deref(), 2).await.unwrap();
        let Some(last) = page.last() else { break };
        after = Some(last.email.clone());
        emails.extend(page.into_iter().map(|person| person.email));
    }
    let expected = ["a", "b", "Zeta", "å", "öst"].map(|name| format!("{name}@example.se"));
    assert_eq!(emails, expected);
}

pub async fn text_that_one_engine_cannot_keep_is_refused_by_both(bench: Bench) {
    let refused = bench
        .store
        .add_person(&Act::program(at(0)), &someone("a\0@example.se", &[]))
        .await;
    assert!(
        matches!(refused, Err(StoreError::Unwritable)),
        "{refused:?}"
    );
    assert!(
        bench
            .store
            .credentials("a\0@example.se")
            .await
            .unwrap()
            .is_none()
    );
    assert!(bench.store.people(None, 10).await.unwrap().is_empty());
    let odd = "'; DROP TABLE people; -- \u{202e} \"%_ 🦀";
    let person = bench.add(odd, &[]).await;
    assert_eq!(bench.store.person(person.id).await.unwrap().email, odd);
}

pub async fn the_companys_sign_in_calls_one_person_by_a_name(bench: Bench) {
    let one = bench.add("a@example.se", &[]).await;
    let two = bench.add("b@example.se", &[]).await;
    let name = OidcName {
        issuer: "https://login.example.se".to_owned(),
        subject: "42".to_owned(),
    };
    assert!(bench.store.person_by_oidc(&name).await.unwrap().is_none());
    let act = Act::person(one.id, at(1));
    bench.store.link_oidc(&act, one.id, &name).await.unwrap();
    let found = bench.store.person_by_oidc(&name).await.unwrap().unwrap();
    assert!(found.id == one.id && found.has_oidc);
    let taken = bench.store.link_oidc(&act, two.id, &name).await;
    assert!(
        matches!(taken, Err(StoreError::Taken { what: "sign-in" })),
        "{taken:?}"
    );
}

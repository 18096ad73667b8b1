//! Does a link open its door once, and only its own door?

use crate::bench::{Bench, at, at_once, nobody, someone};
use odla_domain::people::Role;
use odla_store::{Act, Link, StoreError};

const ADMINISTRATOR: &[Role] = &[Role::Administrator, Role::Management];

pub async fn the_setup_link_works_once_though_many_come_at_once(bench: Bench) {
    assert!(bench.store.setup_needed().await.unwrap());
    let link = bench
        .store
        .make_setup_link(&Act::program(at(0)), at(3600))
        .await
        .unwrap();
    assert_eq!(
        bench.store.link(link.expose(), at(1)).await.unwrap(),
        Link::Setup
    );
    let answers = at_once(16, |number| {
        let (store, link) = (bench.store.clone(), link.clone());
        async move {
            let first = someone(&format!("p{number}@example.se"), ADMINISTRATOR);
            store
                .use_setup_link(&nobody(), link.expose(), &first, "hash")
                .await
        }
    })
    .await;
    let (made, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(Result::is_ok);
    assert_eq!((made.len(), refused.len()), (1, 15));
    for refusal in refused {
        assert!(matches!(refusal, Err(StoreError::LinkSpent)), "{refusal:?}");
    }
    let people = bench.store.people(None, 100).await.unwrap();
    assert_eq!(people.len(), 1);
    assert!(people[0].has_password && people[0].roles == ADMINISTRATOR);
    assert!(!bench.store.setup_needed().await.unwrap());
}

pub async fn a_new_setup_link_stops_the_old_and_none_is_made_afterwards(bench: Bench) {
    let act = Act::program(at(0));
    let old = bench.store.make_setup_link(&act, at(3600)).await.unwrap();
    let new = bench.store.make_setup_link(&act, at(60)).await.unwrap();
    let first = someone("a@example.se", ADMINISTRATOR);
    let refused = bench
        .store
        .use_setup_link(&nobody(), old.expose(), &first, "hash")
        .await;
    assert!(matches!(refused, Err(StoreError::LinkSpent)), "{refused:?}");
    assert!(matches!(
        bench.store.link(new.expose(), at(60)).await,
        Err(StoreError::LinkSpent)
    ));
    let late = Act::new(odla_store::Actor::Nobody, at(61));
    let refused = bench
        .store
        .use_setup_link(&late, new.expose(), &first, "hash")
        .await;
    assert!(matches!(refused, Err(StoreError::LinkSpent)), "{refused:?}");
    bench
        .store
        .use_setup_link(&nobody(), new.expose(), &first, "hash")
        .await
        .unwrap();
    let again = bench.store.make_setup_link(&act, at(3600)).await;
    assert!(matches!(again, Err(StoreError::AlreadySetUp)));
}

pub async fn a_setup_that_fails_leaves_the_link_unspent(bench: Bench) {
    bench.add("taken@example.se", &[Role::Service]).await;
    let link = bench
        .store
        .make_setup_link(&Act::program(at(0)), at(3600))
        .await
        .unwrap();
    for (first, key) in [
        (someone("Taken@example.se", ADMINISTRATOR), "store.taken"),
        (
            someone("new@example.se", &[Role::Analyst]),
            "store.last_administrator",
        ),
    ] {
        let refused = bench
            .store
            .use_setup_link(&nobody(), link.expose(), &first, "hash")
            .await;
        assert_eq!(refused.unwrap_err().key(), key);
    }
    assert_eq!(bench.store.people(None, 10).await.unwrap().len(), 1);
    let first = someone("new@example.se", ADMINISTRATOR);
    bench
        .store
        .use_setup_link(&nobody(), link.expose(), &first, "hash")
        .await
        .unwrap();
    assert!(bench.store.check_audit().await.unwrap().broken_at.is_none());
}

pub async fn an_invitation_lets_somebody_choose_a_password_once(bench: Bench) {
    let person = bench.add("a@example.se", &[Role::Service]).await;
    let act = Act::program(at(0));
    let old = bench
        .store
        .make_invitation(&act, person.id, at(3600))
        .await
        .unwrap();
    let link = bench
        .store
        .make_invitation(&act, person.id, at(3600))
        .await
        .unwrap();
    assert!(bench.store.link(old.expose(), at(1)).await.is_err());
    let Link::Invitation(invited) = bench.store.link(link.expose(), at(1)).await.unwrap() else {
        panic!("an invitation is not the setup link")
    };
    assert_eq!(invited.id, person.id);
    // It is no way to become an administrator.
    let other = someone("b@example.se", ADMINISTRATOR);
    let refused = bench
        .store
        .use_setup_link(&nobody(), link.expose(), &other, "hash")
        .await;
    assert!(matches!(refused, Err(StoreError::LinkSpent)));
    bench
        .store
        .use_invitation(&nobody(), link.expose(), "first")
        .await
        .unwrap();
    assert!(
        bench
            .store
            .use_invitation(&nobody(), link.expose(), "second")
            .await
            .is_err()
    );
    let found = bench
        .store
        .credentials("a@example.se")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(found.password_hash.as_deref(), Some("first"));
}

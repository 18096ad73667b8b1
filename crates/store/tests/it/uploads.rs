//! Is an upload taken by one import only?

use crate::bench::{Bench, at, at_once};
use odla_store::{Act, StoreError, UploadFile, UploadState};

fn orders() -> Vec<UploadFile> {
    vec![UploadFile {
        name: "ordrar åäö.csv".to_owned(),
        size: u64::MAX,
        table_guess: Some("orders".to_owned()),
    }]
}

pub async fn an_upload_is_taken_by_one_import(bench: Bench) {
    let person = bench.manager().await;
    let act = Act::person(person.id, at(0));
    let upload = bench.store.add_upload(&act, &orders()).await.unwrap();
    assert_eq!(bench.store.upload(upload.id).await.unwrap(), upload);
    let answers = at_once(8, |_| {
        let (store, act) = (bench.store.clone(), act.clone());
        async move {
            store
                .settle_upload(&act, upload.id, UploadState::Imported)
                .await
        }
    })
    .await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
    assert_eq!(
        bench.store.upload(upload.id).await.unwrap().state,
        UploadState::Imported
    );
    let dropped = bench
        .store
        .settle_upload(&act, upload.id, UploadState::Dropped)
        .await;
    assert!(matches!(
        dropped,
        Err(StoreError::NotFound { what: "upload" })
    ));
}

pub async fn old_uploads_are_found(bench: Bench) {
    let person = bench.manager().await;
    let mut ids = Vec::new();
    for second in 0..3 {
        let act = Act::person(person.id, at(second));
        ids.push(bench.store.add_upload(&act, &orders()).await.unwrap().id);
    }
    let old = bench
        .store
        .uploads_before(at(2), UploadState::Waiting)
        .await
        .unwrap();
    assert_eq!(
        old.iter().map(|upload| upload.id).collect::<Vec<_>>(),
        ids[..2]
    );
    assert!(
        bench
            .store
            .uploads_before(at(9), UploadState::Dropped)
            .await
            .unwrap()
            .is_empty()
    );
}

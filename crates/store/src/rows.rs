//! How do instants, lists and ids lie in a column of either engine?

use crate::{StoreError, Stored};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::{NoContext, Uuid};

/// Instants are microseconds since 1970 UTC: exact, sortable and the same on both engines.
pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

pub(crate) fn instant(micros: i64) -> Stored<Timestamp> {
    Timestamp::from_microsecond(micros).map_err(|error| StoreError::broken("instant", error))
}

pub(crate) fn maybe_instant(micros: Option<i64>) -> Stored<Option<Timestamp>> {
    micros.map(instant).transpose()
}

pub(crate) fn to_json(value: &impl Serialize) -> Stored<String> {
    serde_json::to_string(value).map_err(|error| StoreError::broken("value", error))
}

pub(crate) fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Stored<T> {
    serde_json::from_str(text).map_err(|error| StoreError::broken(what, error))
}

/// A word of an enumeration that this program knows.
pub(crate) fn known<T>(what: &'static str, value: Option<T>) -> Stored<T> {
    value.ok_or_else(|| StoreError::broken(what, "an unknown word"))
}

/// A new id; ids made later sort later.
pub(crate) fn new_id(at: Timestamp) -> Uuid {
    let seconds = u64::try_from(at.as_second()).unwrap_or(0);
    let nanos = u32::try_from(at.subsec_nanosecond()).unwrap_or(0);
    Uuid::new_v7(uuid::Timestamp::from_unix(NoContext, seconds, nanos))
}

/// Text that both engines can keep. PostgreSQL has no room for NUL, so SQLite gets none either.
pub(crate) fn plain(text: &str) -> Stored<&str> {
    if text.contains('\0') {
        return Err(StoreError::Unwritable);
    }
    Ok(text)
}

/// Rows as what they mean; the first that cannot be read stops.
pub(crate) fn read<R, T: TryFrom<R, Error = StoreError>>(rows: Vec<R>) -> Stored<Vec<T>> {
    rows.into_iter().map(T::try_from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_comes_back_as_it_was() {
        for text in [
            "2026-06-30T12:00:00.123456Z",
            "1969-12-31T23:59:59.999999Z",
            "9999-12-30T00:00:00Z",
        ] {
            let at: Timestamp = text.parse().unwrap();
            assert_eq!(instant(micros(at)).unwrap(), at);
        }
        assert!(instant(i64::MAX).is_err());
    }

    #[test]
    fn ids_are_new_and_sort_by_time() {
        let early = new_id(Timestamp::from_second(1_000).unwrap());
        let late = new_id(Timestamp::from_second(2_000).unwrap());
        assert!(early < late);
        assert_ne!(early, new_id(Timestamp::from_second(1_000).unwrap()));
        // Before 1970 there is no such id; it is made all the same.
        new_id(Timestamp::from_second(-5).unwrap());
    }
}

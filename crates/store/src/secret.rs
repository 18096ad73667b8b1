//! How are links, sessions and tokens made, so that a copy of the database opens nothing?

use crate::{StoreError, Stored};
use sha2::{Digest, Sha256};
use std::fmt::{self, Write};

/// Something that opens a door. Shown once; kept as its SHA-256 only, which is enough for 256 bits of chance.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// 256 bits from the operating system, as hexadecimal text behind the prefix.
    pub(crate) fn new(prefix: &str) -> Stored<Self> {
        let mut bytes = [0_u8; 32];
        getrandom::fill(&mut bytes)
            .map_err(|error| StoreError::broken("source of chance", error))?;
        Ok(Self(format!("{prefix}{}", hexadecimal(&bytes))))
    }

    /// The text itself, for a cookie, a link or the one time that a token is shown.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(crate) fn hash(&self) -> String {
        hash_of(&self.0)
    }
}

/// Never prints what it holds.
impl fmt::Debug for Secret {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Secret(..)")
    }
}

pub(crate) fn hash_of(text: &str) -> String {
    hexadecimal(&Sha256::digest(text.as_bytes()))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a String takes every write");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_differ_and_do_not_show_themselves() {
        let (one, other) = (Secret::new("odla_").unwrap(), Secret::new("odla_").unwrap());
        assert_ne!(one, other);
        assert_eq!(one.expose().len(), "odla_".len() + 64);
        assert_eq!(format!("{one:?}"), "Secret(..)");
        assert_ne!(one.hash(), one.expose());
    }

    #[test]
    fn the_hash_is_sha_256() {
        assert_eq!(
            hash_of("abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }
}

//! How is a password kept so that nobody can read it, and tried so that nobody learns who has one?

use crate::{AppError, Denied, Office};
use argon2::Argon2;
use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher, PasswordVerifier, SaltString};
use std::sync::OnceLock;

const LEAST: usize = 12;
/// Longer ones only make us work.
const MOST: usize = 1_000;

impl Office {
    /// An argon2id hash with a salt of its own.
    ///
    /// # Errors
    /// When the password is too short.
    pub(crate) async fn hash(&self, password: String) -> Result<String, AppError> {
        if password.chars().count() < LEAST || password.len() > MOST {
            return Err(Denied::ShortPassword { least: LEAST }.into());
        }
        self.apart(move || hashed(&password)).await?
    }

    /// Whether the password fits. Without a hash the same work is done for nothing.
    pub(crate) async fn verify(
        &self,
        password: String,
        hash: Option<String>,
    ) -> Result<bool, AppError> {
        if password.len() > MOST {
            return Ok(false);
        }
        self.apart(move || match hash {
            Some(hash) => Ok(fits(&password, &hash)),
            None => {
                static NOBODY: OnceLock<String> = OnceLock::new();
                let nobody = match NOBODY.get() {
                    Some(hash) => hash,
                    None => {
                        let made = hashed("nobody has this password")?;
                        NOBODY.get_or_init(|| made)
                    }
                };
                fits(&password, nobody);
                Ok(false)
            }
        })
        .await?
    }

    /// Off the threads that answer, and only so many at once.
    async fn apart<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, AppError> {
        let internal = |detail: String| AppError::Internal { detail };
        let _turn = self
            .hashing
            .acquire()
            .await
            .map_err(|error| internal(error.to_string()))?;
        let done = tokio::task::spawn_blocking(work).await;
        done.map_err(|error| internal(error.to_string()))
    }
}

fn hashed(password: &str) -> Result<String, AppError> {
    let salt = SaltString::generate(&mut OsRng);
    let hash = Argon2::default().hash_password(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string())
        .map_err(|error| AppError::Internal {
            detail: error.to_string(),
        })
}

fn fits(password: &str, hash: &str) -> bool {
    PasswordHash::new(hash).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(password.as_bytes(), &hash)
            .is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_fits_its_own_hash_only_and_two_hashes_differ() {
        let (one, other) = (
            hashed("correct horse").unwrap(),
            hashed("correct horse").unwrap(),
        );
        assert!(one.starts_with("$argon2id$"));
        assert_ne!(one, other);
        assert!(fits("correct horse", &one) && fits("correct horse", &other));
        assert!(!fits("Correct horse", &one) && !fits("", &one));
    }
}

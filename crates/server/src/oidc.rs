//! How does somebody sign in at the company's own provider? Authorization code with PKCE and nonce.

use odla_app::settings::OidcSettings;
use odla_app::{AppError, Denied, OidcName, OidcRequest};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreProviderMetadata, CoreUserInfoClaims,
};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndUserEmail, HttpRequest, HttpResponse,
    IssuerUrl, Nonce, OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
    TokenResponse,
};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Mutex;

const PATIENCE: Duration = Duration::from_secs(15);
const MOST_ANSWER_BYTES: usize = 1 << 20;

/// The company's provider, asked to describe itself when it is first needed.
pub struct Provider {
    settings: OidcSettings,
    secret: Option<String>,
    /// Our own address that the provider sends people back to.
    back_to: String,
    described: Mutex<Option<CoreProviderMetadata>>,
    caller: reqwest::Client,
}

/// Where to send the person, and what to remember meanwhile.
pub struct Begun {
    pub address: String,
    pub state: String,
    pub request: OidcRequest,
}

/// Whom the provider vouches for.
#[derive(Debug)]
pub struct Vouched {
    pub name: OidcName,
    /// Only when the provider says that it has been verified.
    pub email: Option<String>,
}

impl Provider {
    /// # Errors
    /// When the settings hold no address of ours, or none of the provider's that can be used.
    pub fn new(
        settings: OidcSettings,
        secret: Option<String>,
        public_url: &str,
    ) -> Result<Self, AppError> {
        let caller = reqwest::Client::builder()
            // An answer that leads elsewhere is none.
            .redirect(reqwest::redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(failed)?;
        Ok(Self {
            back_to: format!(
                "{}/api/v1/session/oidc/callback",
                public_url.trim_end_matches('/')
            ),
            settings,
            secret,
            described: Mutex::default(),
            caller,
        })
    }

    /// Begins a sign-in.
    pub async fn begin(self: &Arc<Self>, return_to: &str) -> Result<Begun, AppError> {
        let (own, return_to) = (self.clone(), return_to.to_owned());
        on_one_thread(move || async move { own.begin_here(&return_to).await }).await
    }

    /// Ends a sign-in: changes the code for the provider's word, and checks its signature, audience, time and nonce.
    pub async fn end(
        self: &Arc<Self>,
        code: &str,
        request: &OidcRequest,
    ) -> Result<Vouched, AppError> {
        let (own, code, request) = (self.clone(), code.to_owned(), request.clone());
        on_one_thread(move || async move { own.end_here(&code, &request).await }).await
    }

    async fn begin_here(&self, return_to: &str) -> Result<Begun, AppError> {
        let metadata = self.metadata().await?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let asked = CoreClient::from_provider_metadata(metadata, self.id(), self.secret())
            .set_redirect_uri(self.back()?);
        let (address, state, nonce) = asked
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                CsrfToken::new_random,
                Nonce::new_random,
            )
            .add_scope(Scope::new("email".to_owned()))
            .add_scope(Scope::new("profile".to_owned()))
            .set_pkce_challenge(challenge)
            .url();
        Ok(Begun {
            address: address.to_string(),
            state: state.secret().clone(),
            request: OidcRequest {
                nonce: nonce.secret().clone(),
                verifier: verifier.secret().clone(),
                return_to: local(return_to),
            },
        })
    }

    async fn end_here(&self, code: &str, request: &OidcRequest) -> Result<Vouched, AppError> {
        let metadata = self.metadata().await?;
        let asked = CoreClient::from_provider_metadata(metadata, self.id(), self.secret())
            .set_redirect_uri(self.back()?);
        let http = |request| self.call(request);
        let answer = asked
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(failed)?
            .set_pkce_verifier(PkceCodeVerifier::new(request.verifier.clone()))
            .request_async(&http)
            .await
            .map_err(failed)?;
        let token = answer
            .id_token()
            .ok_or_else(|| told("the provider sent no id token"))?;
        let nonce = Nonce::new(request.nonce.clone());
        let claims = token
            .claims(&asked.id_token_verifier(), &nonce)
            .map_err(failed)?;
        let name = OidcName {
            issuer: claims.issuer().as_str().to_owned(),
            subject: claims.subject().as_str().to_owned(),
        };
        let mut email = told_address(claims.email(), claims.email_verified());
        if claims.email().is_none()
            && let Ok(asking) = asked.user_info(
                answer.access_token().clone(),
                Some(claims.subject().clone()),
            )
        {
            // Some providers tell the address only when they are asked for it.
            let more: CoreUserInfoClaims = asking.request_async(&http).await.map_err(failed)?;
            email = told_address(more.email(), more.email_verified());
        }
        Ok(Vouched { name, email })
    }

    async fn metadata(&self) -> Result<CoreProviderMetadata, AppError> {
        let mut described = self.described.lock().await;
        if let Some(metadata) = described.as_ref() {
            return Ok(metadata.clone());
        }
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(failed)?;
        let http = |request| self.call(request);
        let metadata = CoreProviderMetadata::discover_async(issuer, &http)
            .await
            .map_err(failed)?;
        *described = Some(metadata.clone());
        Ok(metadata)
    }

    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
        let (parts, body) = request.into_parts();
        let asked = self
            .caller
            .request(parts.method, parts.uri.to_string())
            .headers(parts.headers)
            .body(body);
        let answer = asked.send().await.map_err(Unreachable::from)?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let body = answer.bytes().await.map_err(Unreachable::from)?;
        if body.len() > MOST_ANSWER_BYTES {
            return Err(Unreachable("the provider's answer is too long".to_owned()));
        }
        let mut response = HttpResponse::new(body.to_vec());
        *response.status_mut() = status;
        *response.headers_mut() = headers;
        Ok(response)
    }

    fn id(&self) -> ClientId {
        ClientId::new(self.settings.client_id.clone())
    }

    fn secret(&self) -> Option<ClientSecret> {
        self.secret.clone().map(ClientSecret::new)
    }

    fn back(&self) -> Result<RedirectUrl, AppError> {
        RedirectUrl::new(self.back_to.clone()).map_err(failed)
    }
}

/// The futures of the library cannot go from thread to thread.
async fn on_one_thread<T, F>(work: impl FnOnce() -> F + Send + 'static) -> Result<T, AppError>
where
    T: Send + 'static,
    F: Future<Output = Result<T, AppError>>,
{
    let runtime = tokio::runtime::Handle::current();
    let done = tokio::task::spawn_blocking(move || runtime.block_on(work())).await;
    done.map_err(|error| AppError::Internal {
        detail: error.to_string(),
    })?
}

/// The provider does not answer.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unreachable(String);

impl From<reqwest::Error> for Unreachable {
    fn from(error: reqwest::Error) -> Self {
        // Addresses may hold a code: they are not repeated.
        Self(error.without_url().to_string())
    }
}

/// The address, when the provider says that it has been verified.
fn told_address(email: Option<&EndUserEmail>, verified: Option<bool>) -> Option<String> {
    let email = email.filter(|_| verified == Some(true))?;
    Some(email.as_str().to_owned())
}

/// A page of ours; anything else leads to the first page.
fn local(path: &str) -> String {
    let ours =
        path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\r', '\n']);
    if ours {
        path.to_owned()
    } else {
        "/".to_owned()
    }
}

fn failed(error: impl std::error::Error) -> AppError {
    tracing::warn!(%error, "sign-in at the provider failed");
    told(&error.to_string())
}

fn told(detail: &str) -> AppError {
    Denied::Provider {
        detail: detail.to_owned(),
    }
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_only_sent_back_to_a_page_of_ours() {
        assert_eq!(local("/customers?sort=-value"), "/customers?sort=-value");
        for path in [
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "",
            "customers",
        ] {
            assert_eq!(local(path), "/", "{path}");
        }
    }
}

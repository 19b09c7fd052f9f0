//! The roles of integrations and authorizers: each is assumed when something is signed as it, and its session shared by all that name it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::Semaphore;
use vestibule_gateway::{Clock, ROLE_SESSION, Roles};
use vestibule_sigv4::{CredentialSource, CredentialsError};

use super::kept::{Kept, Lender, Lending};
use super::sts::{Session, Sts};
use crate::limits::ROLES_ASSUMED_MAX;

/// A role and the region in which it is assumed.
type Named = (String, String);

/// All roles that a deployment names. One that none names any more is forgotten.
#[derive(Debug)]
pub(super) struct AssumedRoles {
    own: Arc<dyn CredentialSource>,
    sts: Arc<Sts>,
    clock: Arc<dyn Clock>,
    places: Arc<Semaphore>,
    known: Mutex<HashMap<Named, Weak<Kept<AssumedRole>>>>,
}

/// A role, and how it is assumed.
#[derive(Debug)]
struct AssumedRole {
    arn: String,
    region: String,
    /// `the role {ARN}`
    name: String,
    own: Arc<dyn CredentialSource>,
    sts: Arc<Sts>,
    places: Arc<Semaphore>,
}

impl AssumedRoles {
    /// Roles that are assumed with these credentials.
    pub(super) fn new(
        own: Arc<dyn CredentialSource>,
        sts: Arc<Sts>,
        clock: Arc<dyn Clock>,
    ) -> AssumedRoles {
        let places = Arc::new(Semaphore::new(ROLES_ASSUMED_MAX));
        AssumedRoles { own, sts, clock, places, known: Mutex::default() }
    }
}

impl Roles for AssumedRoles {
    fn assumed(&self, role: &str, region: &str) -> Arc<dyn CredentialSource> {
        let named = (role.to_owned(), region.to_owned());
        // Whoever panicked with the lock has left whole entries.
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = known.get(&named).and_then(Weak::upgrade) {
            return kept;
        }
        known.retain(|_, kept| kept.strong_count() > 0);
        let assumed = AssumedRole {
            arn: role.to_owned(),
            region: region.to_owned(),
            name: format!("the role `{role}`"),
            own: Arc::clone(&self.own),
            sts: Arc::clone(&self.sts),
            places: Arc::clone(&self.places),
        };
        let kept = Arc::new(Kept::new(assumed, Arc::clone(&self.clock)));
        known.insert(named, Arc::downgrade(&kept));
        kept
    }
}

impl Lender for AssumedRole {
    fn lend(&self) -> Lending<'_> {
        Box::pin(async move {
            let own = self.own.credentials().await.map_err(|error| {
                let message = format!("the gateway's own credentials are missing: {error}");
                CredentialsError::new(message, error.help())
            })?;
            // Nobody closes it.
            let _place = self.places.acquire().await;
            let session = Session {
                role: &self.arn,
                name: ROLE_SESSION,
                external_id: None,
                duration_s: None,
                region: &self.region,
            };
            self.sts.assume(&session, &own).await
        })
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn foreseen(&self) -> Option<CredentialsError> {
        self.own.foreseen()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use vestibule_gateway::EndpointUrl;
    use vestibule_sigv4::{Credentials, FixedCredentials};

    use super::*;
    use crate::credentials::testing::{Does, Moved, Scripted, refusal, session, settled};
    use crate::credentials::wire::Wire;

    const ROLE: &str = "arn:aws:iam::123456789012:role/orders";
    const ONE_HOUR: &str = "2026-01-01T01:00:00Z";

    fn roles(network: &Arc<Scripted>, clock: &Arc<Moved>, sts: Option<&str>) -> AssumedRoles {
        let wire = Arc::new(Wire::default());
        wire.connect(Arc::<Scripted>::clone(network));
        let endpoint = sts.map(|text| EndpointUrl::parse(text).unwrap());
        let sts = Arc::new(Sts::new(wire, endpoint, Arc::<Moved>::clone(clock)));
        let own = Credentials::new("AKIDOWN".to_owned(), "secret".to_owned(), None);
        let own = Arc::new(FixedCredentials::new(own));
        AssumedRoles::new(own, sts, Arc::<Moved>::clone(clock))
    }

    async fn key(source: &Arc<dyn CredentialSource>) -> String {
        match source.credentials().await {
            Ok(credentials) => credentials.access_key_id().to_owned(),
            Err(error) => format!("{error} ({})", error.help()),
        }
    }

    // Source: AWS docs (STS API reference, AssumeRole); the session's name was observed on AWS.
    #[tokio::test]
    async fn a_role_is_assumed_once_for_all_that_name_it() {
        let (network, clock) = (Scripted::new([session("ASIA1", ONE_HOUR)]), Moved::new());
        let roles = roles(&network, &clock, None);
        let (one, other) = (roles.assumed(ROLE, "eu-west-1"), roles.assumed(ROLE, "eu-west-1"));
        assert_eq!(network.asked(), Vec::<String>::new());
        let keys = tokio::join!(key(&one), key(&other), key(&one));
        assert_eq!(keys, ("ASIA1".to_owned(), "ASIA1".to_owned(), "ASIA1".to_owned()));
        assert_eq!(
            network.asked(),
            ["POST https://sts.eu-west-1.amazonaws.com/ by AKIDOWN\n\
              Action=AssumeRole&Version=2011-06-15&\
              RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Forders&\
              RoleSessionName=BackplaneAssumeRoleSession"]
        );
    }

    #[tokio::test]
    async fn a_session_is_renewed_before_it_ends() {
        let (network, clock) = (Scripted::new([session("ASIA1", ONE_HOUR)]), Moved::new());
        let role =
            roles(&network, &clock, Some("http://localhost:1/base")).assumed(ROLE, "eu-west-1");
        assert_eq!(key(&role).await, "ASIA1");
        network.then(session("ASIA2", "2026-01-01T02:00:00Z"));
        clock.by(Duration::from_secs(51 * 60));
        assert_eq!(key(&role).await, "ASIA1");
        settled().await;
        assert_eq!(key(&role).await, "ASIA2");
        assert_eq!(network.asked().len(), 2);
        assert!(network.asked()[0].starts_with("POST http://localhost:1/base/ by AKIDOWN\n"));
    }

    #[tokio::test]
    async fn a_role_that_nobody_names_any_more_is_forgotten() {
        let (network, clock) = (Scripted::new([session("ASIA1", ONE_HOUR)]), Moved::new());
        let roles = roles(&network, &clock, None);
        drop(roles.assumed(ROLE, "eu-west-1"));
        let kept = roles.assumed(ROLE, "eu-west-2");
        assert_eq!(roles.known.lock().unwrap().len(), 1);
        drop(kept);
    }

    // Source: AWS docs (STS API reference, "Common Errors"); the remedies are ours.
    #[tokio::test]
    async fn why_a_role_is_not_assumed_is_told_and_remembered() {
        let denied = "STS refused: AccessDenied: no (let the trust policy of the role name who asks, \
                      and let a policy of who asks allow `sts:AssumeRole` on the role)";
        let broken = "no session from STS at `https://sts.eu-west-1.amazonaws.com`: its answer is none of STS: it has no \
                      credentials that expire (see that STS answers there, or name another one with `--endpoint sts=URL`)";
        let down = |why: &str| {
            format!(
                "STS did not answer: `https://sts.eu-west-1.amazonaws.com`: {why} (see that STS can be reached, \
                 or name another one with `--endpoint sts=URL`)"
            )
        };
        for (does, why) in [
            (refusal("AccessDenied", "no"), denied.to_owned()),
            (Does::Answer(200, "<html>".to_owned()), broken.to_owned()),
            (session("ASIA1", "someday"), broken.to_owned()),
            (
                Does::Answer(200, "x".repeat(10 * 1024 * 1024)),
                down("the answer is larger than 65536 bytes"),
            ),
            (Does::Refuse, down("connection refused")),
        ] {
            let (network, clock) = (Scripted::new([does]), Moved::new());
            let role = roles(&network, &clock, None).assumed(ROLE, "eu-west-1");
            assert_eq!(key(&role).await, why);
            assert_eq!(key(&role).await, why);
            assert_eq!(network.asked().len(), 1);
            network.then(session("ASIA1", ONE_HOUR));
            clock.by(Duration::from_secs(5));
            assert_eq!(key(&role).await, "ASIA1");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_sts_that_hangs_costs_five_seconds() {
        let (network, clock) = (Scripted::new([Does::Hang]), Moved::new());
        let role = roles(&network, &clock, None).assumed(ROLE, "eu-west-1");
        let start = tokio::time::Instant::now();
        let both = tokio::join!(key(&role), key(&role));
        let why = "STS did not answer: `https://sts.eu-west-1.amazonaws.com`: it took too long (see that STS can be reached, \
                   or name another one with `--endpoint sts=URL`)";
        assert_eq!(both, (why.to_owned(), why.to_owned()));
        assert_eq!((start.elapsed(), network.asked().len()), (Duration::from_secs(5), 1));
    }

    #[tokio::test]
    async fn no_more_than_sixteen_roles_are_assumed_at_one_time() {
        let (network, clock) = (Scripted::new([Does::Hang]), Moved::new());
        let roles = roles(&network, &clock, None);
        for number in 0..40 {
            let role = roles.assumed(&format!("{ROLE}{number}"), "eu-west-1");
            tokio::spawn(async move { role.credentials().await });
        }
        settled().await;
        assert_eq!(network.asked().len(), ROLES_ASSUMED_MAX);
    }
}

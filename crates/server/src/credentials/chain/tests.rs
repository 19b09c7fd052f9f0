//! The chain source by source, with files in a folder of the test and a network in memory. What is asked of AWS is as AWS's docs have
//! it (SDKs and Tools Reference Guide; EC2, "Use the Instance Metadata Service"); the words of errors are ours.

use std::path::Path;
use std::time::Duration;

use tempfile::TempDir;
use vestibule_gateway::EndpointUrl;
use vestibule_sigv4::{CredentialSource, Credentials};

use super::*;
use crate::config::{ContainerAddress, ContainerAuthorization, ContainerSettings, ProfileSettings};
use crate::credentials::kept::Kept;
use crate::credentials::testing::{Does, Moved, Scripted, refusal, session};

const ONE_HOUR: &str = "2026-01-01T01:00:00Z";

/// A machine with files, on which nothing else gives credentials.
struct Machine {
    home: TempDir,
    settings: CredentialSettings,
    clock: Arc<Moved>,
    network: Arc<Scripted>,
    is_instance: bool,
}

impl Machine {
    fn new(script: impl IntoIterator<Item = Does>) -> Machine {
        let home = tempfile::tempdir().unwrap();
        let profile =
            ProfileSettings { home: Some(home.path().to_owned()), ..ProfileSettings::default() };
        let settings = CredentialSettings {
            keys: None,
            profile,
            web_identity: None,
            container: None,
            metadata: None,
            shown: Vec::new(),
        };
        let (clock, network) = (Moved::new(), Scripted::new(script));
        Machine { home, settings, clock, network, is_instance: false }
    }

    fn write(&self, name: &str, text: &str) -> std::path::PathBuf {
        let path = self.home.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path
    }

    fn with_profiles(self, config: &str) -> Machine {
        self.write(".aws/config", config);
        self
    }

    fn chain(&self) -> Arc<dyn CredentialSource> {
        let wire = Arc::new(Wire::default());
        wire.connect(Arc::<Scripted>::clone(&self.network));
        let clock = || Arc::<Moved>::clone(&self.clock);
        let sts = Arc::new(Sts::new(Arc::clone(&wire), None, clock()));
        let region = "eu-west-1".to_owned();
        let settings = self.settings.clone();
        let chain = Chain::new(settings, region, wire, sts, clock(), self.is_instance);
        Arc::new(Kept::new(chain, clock()))
    }

    async fn key(&self) -> String {
        key(&self.chain(), self.home.path()).await
    }

    /// Why there will be none, told without asking anybody.
    fn foreseen(&self) -> Option<String> {
        let told = self.chain().foreseen().map(|error| format!("{error} ({})", error.help()));
        assert_eq!(self.network.asked(), Vec::<String>::new());
        told.map(|told| told.replace(&self.home.path().display().to_string(), "~"))
    }
}

/// The access key, or why there is none, with `~` for the test's folder.
async fn key(source: &Arc<dyn CredentialSource>, home: &Path) -> String {
    let told = match source.credentials().await {
        Ok(credentials) => credentials.access_key_id().to_owned(),
        Err(error) => format!("{error} ({})", error.help()),
    };
    told.replace(&home.display().to_string(), "~")
}

#[tokio::test]
async fn what_will_not_be_found_is_foreseen_without_asking_anybody() {
    let tried = "there are no credentials: no AWS_ACCESS_KEY_ID; no profile `default` with credentials in \
                 `~/.aws/config` or `~/.aws/credentials`; no AWS_WEB_IDENTITY_TOKEN_FILE; \
                 no AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI; ";
    let help = "(set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role)";
    let mut machine = Machine::new([]);
    let disabled = format!("{tried}AWS_EC2_METADATA_DISABLED forbids the instance metadata {help}");
    assert_eq!(machine.foreseen(), Some(disabled));
    let url = |text: &str| Some(EndpointUrl::parse(text).unwrap());
    let elsewhere = format!(
        "{tried}this machine does not look like one of EC2, whose metadata service is asked when a call is signed {help}"
    );
    for of_ec2 in ["http://169.254.169.254", "http://[fd00:ec2::254]"] {
        machine.settings.metadata = url(of_ec2);
        machine.is_instance = false;
        assert_eq!(machine.foreseen(), Some(elsewhere.clone()), "{of_ec2}");
        machine.is_instance = true;
        assert_eq!(machine.foreseen(), None, "{of_ec2}");
    }
    machine.is_instance = false;
    machine.settings.metadata = url("http://127.0.0.1:1338");
    assert_eq!(machine.foreseen(), None, "somebody has put the service elsewhere");
    machine.settings.metadata = None;
    let relative = ContainerAddress::Relative("/v2/credentials/id".to_owned());
    machine.settings.container = Some(ContainerSettings { address: relative, authorization: None });
    assert_eq!(machine.foreseen(), None, "a container");
    machine.settings.container = None;
    machine.settings.profile.name = Some("prod".to_owned());
    let named = "there is no profile `prod` in `~/.aws/config` or `~/.aws/credentials` (correct AWS_PROFILE, or write the \
                 profile with `aws configure`)";
    assert_eq!(machine.foreseen(), Some(named.to_owned()));
    let machine = machine.with_profiles("[profile prod]\nsso_session = corp\n");
    let message = machine.foreseen().unwrap();
    assert!(message.starts_with("the profile `prod`: `sso_session`"), "{message}");
    let machine = machine.with_profiles("[profile prod]\ncredential_process = /bin/keys\n");
    assert_eq!(machine.foreseen(), None, "a command that nobody has run");
}

#[tokio::test]
async fn whoever_finds_none_says_where_it_looked() {
    let mut machine = Machine::new([Does::Refuse]);
    let tried = "there are no credentials: no AWS_ACCESS_KEY_ID; no profile `default` with credentials in \
                 `~/.aws/config` or `~/.aws/credentials`; no AWS_WEB_IDENTITY_TOKEN_FILE; \
                 no AWS_CONTAINER_CREDENTIALS_RELATIVE_URI or _FULL_URI; ";
    let help = "(set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or give this machine a role)";
    assert_eq!(
        machine.key().await,
        format!("{tried}AWS_EC2_METADATA_DISABLED forbids the instance metadata {help}")
    );
    machine.settings.metadata = Some(EndpointUrl::parse("http://169.254.169.254").unwrap());
    assert_eq!(
        machine.key().await,
        format!(
            "{tried}no instance metadata: `http://169.254.169.254/latest/api/token`: connection refused {help}"
        )
    );
    assert_eq!(machine.network.asked(), ["PUT http://169.254.169.254/latest/api/token"]);
}

#[tokio::test]
async fn a_profile_has_the_keys_that_its_file_has_now() {
    let machine = Machine::new([]);
    for id in ["AKIDONE", "AKIDTWO"] {
        let keys = format!("aws_access_key_id = {id}\naws_secret_access_key = secret");
        machine.write(".aws/credentials", &format!("[default]\n{keys}\n"));
        assert_eq!(machine.key().await, id);
    }
}

#[tokio::test]
async fn a_profile_is_named_and_has_to_be_there() {
    let mut machine = Machine::new([]).with_profiles(
        "[profile other]\naws_access_key_id = AKIDOTHER\naws_secret_access_key = s\n",
    );
    machine.settings.profile.name = Some("other".to_owned());
    assert_eq!(machine.key().await, "AKIDOTHER");
    machine.settings.profile.name = Some("othr".to_owned());
    assert_eq!(
        machine.key().await,
        "there is no profile `othr` in `~/.aws/config` or `~/.aws/credentials` \
         (correct AWS_PROFILE, or write the profile with `aws configure`)"
    );
    machine.settings.profile.config = Some("~/elsewhere".into());
    machine
        .write("elsewhere", "[profile othr]\naws_access_key_id = A\naws_secret_access_key = s\n");
    assert_eq!(machine.key().await, "A");
}

#[tokio::test]
async fn a_profile_assumes_the_roles_of_a_chain_of_profiles() {
    let script = [session("ASIAFIRST", ONE_HOUR), session("ASIALAST", ONE_HOUR)];
    let machine = Machine::new(script).with_profiles(
        "[default]\nrole_arn = arn:aws:iam::1:role/last\nsource_profile = middle\nregion = eu-central-1\n\
         external_id = x\nrole_session_name = me\nduration_seconds = 900\n\
         [profile middle]\nrole_arn = arn:aws:iam::1:role/first\nsource_profile = base\n\
         [profile base]\naws_access_key_id = AKIDBASE\naws_secret_access_key = secret\n",
    );
    assert_eq!(machine.key().await, "ASIALAST");
    assert_eq!(
        machine.network.asked(),
        [
            "POST https://sts.eu-west-1.amazonaws.com/ by AKIDBASE\nAction=AssumeRole&Version=2011-06-15&\
             RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Ffirst&RoleSessionName=vestibule",
            "POST https://sts.eu-central-1.amazonaws.com/ with token-of-ASIAFIRST by ASIAFIRST\n\
             Action=AssumeRole&Version=2011-06-15&RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Flast&\
             RoleSessionName=me&ExternalId=x&DurationSeconds=900",
        ]
    );
}

#[tokio::test]
async fn a_profile_assumes_its_role_with_what_the_environment_or_the_container_gives() {
    let role = |source: &str| {
        format!("[default]\nrole_arn = arn:aws:iam::1:role/r\ncredential_source = {source}\n")
    };
    let mut machine =
        Machine::new([session("ASIAROLE", ONE_HOUR)]).with_profiles(&role("Environment"));
    machine.settings.keys = Some(Credentials::new("AKIDENV".to_owned(), "secret".to_owned(), None));
    assert_eq!(machine.key().await, "ASIAROLE");
    assert!(machine.network.asked()[0].contains(" by AKIDENV\n"));
    let machine = Machine::new([]).with_profiles(&role("Elsewhere"));
    assert_eq!(
        machine.key().await,
        "the profile `default`: its `credential_source` is `Elsewhere`, and none of Environment, EcsContainer \
         and Ec2InstanceMetadata (correct the profile)"
    );
}

#[tokio::test]
async fn what_is_wrong_with_profiles_is_named() {
    let profile = |why: &str| format!("the profile {why} (correct the profile)");
    let many: String = (0..12)
        .map(|n| {
            let name = if n == 0 { "default".to_owned() } else { format!("profile p{n}") };
            format!("[{name}]\nrole_arn = r\nsource_profile = p{}\n", n + 1)
        })
        .collect();
    for (config, why) in [
        ("[default]\naws_access_key_id = A\n", profile("`default`: it has no `aws_secret_access_key`")),
        ("[default]\naws_secret_access_key = A\n", profile("`default`: it has no `aws_access_key_id`")),
        (
            "[default]\nrole_arn = r\n",
            profile("`default`: it has `role_arn`, and neither `source_profile` nor `credential_source`"),
        ),
        (
            "[default]\nrole_arn = r\nsource_profile = gone\n",
            profile("`default`: its `source_profile`, `gone`, is not there"),
        ),
        (
            "[default]\nrole_arn = r\nsource_profile = a\n[profile a]\nrole_arn = r\nsource_profile = default\n",
            profile("`default`: it names itself as `source_profile`, through others"),
        ),
        (
            "[default]\nrole_arn = r\nsource_profile = a\n[profile a]\nregion = x\n",
            profile("`a`: it has no credentials, and another profile needs them"),
        ),
        (
            "[default]\nrole_arn = r\nsource_profile = default\nmfa_serial = m\n",
            profile("`default`: `mfa_serial` asks a person for a code, and there is none"),
        ),
        (many.as_str(), profile("`p10`: more than 10 profiles name one another")),
        (
            "[default]\nsso_session = s\n",
            "the profile `default`: `sso_session` (IAM Identity Center, `aws login`) is not supported (let another \
             profile say `credential_process = aws configure export-credentials --profile default --format process`)"
                .to_owned(),
        ),
        (
            "[default]\nhunter2\n",
            "the file `~/.aws/config` of AWS's profiles: line 2: it has no `=` (correct the file)".to_owned(),
        ),
        (
            "[default]\ncredential_process = false\n",
            "the command of `credential_process` of the profile `default`: it ended with exit status: 1 \
             (run the command by hand, and see what it prints)"
                .to_owned(),
        ),
    ] {
        assert_eq!(Machine::new([]).with_profiles(config).key().await, why);
    }
    let long = "#".repeat(1024 * 1024 + 1);
    assert_eq!(
        Machine::new([]).with_profiles(&long).key().await,
        "the file `~/.aws/config` of AWS's profiles: it is longer than 1048576 bytes (correct the file)"
    );
}

#[tokio::test]
async fn a_command_of_a_profile_is_run() {
    let command = r#"printf '{"Version":1,"AccessKeyId":"AKIDCOMMAND","SecretAccessKey":"s"}'"#;
    let machine =
        Machine::new([]).with_profiles(&format!("[default]\ncredential_process = {command}\n"));
    assert_eq!(machine.key().await, "AKIDCOMMAND");
}

#[tokio::test]
async fn a_web_identity_opens_its_role_with_the_token_that_the_file_has_now() {
    let mut machine = Machine::new([session("ASIAONE", "2026-01-01T00:20:00Z")]);
    let token_file = machine.write("token", "first.token\n");
    machine.settings.web_identity = Some(WebIdentitySettings {
        token_file: token_file.clone(),
        role: "arn:aws:iam::1:role/pod".to_owned(),
        session_name: None,
    });
    let chain = machine.chain();
    assert_eq!(key(&chain, machine.home.path()).await, "ASIAONE");
    machine.write("token", "second.token");
    machine.network.then(session("ASIATWO", ONE_HOUR));
    machine.clock.by(Duration::from_secs(20 * 60));
    assert_eq!(key(&chain, machine.home.path()).await, "ASIATWO");
    let asked = |token: &str| {
        format!(
            "POST https://sts.eu-west-1.amazonaws.com/\nAction=AssumeRoleWithWebIdentity&Version=2011-06-15&\
             RoleArn=arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fpod&RoleSessionName=vestibule&WebIdentityToken={token}"
        )
    };
    assert_eq!(machine.network.asked(), [asked("first.token"), asked("second.token")]);
    machine.network.then(refusal("InvalidIdentityToken", "no provider"));
    machine.clock.by(Duration::from_secs(60 * 60));
    assert_eq!(
        key(&chain, machine.home.path()).await,
        "the role `arn:aws:iam::1:role/pod` is not assumed with the token of `~/token`: STS refused: \
         InvalidIdentityToken: no provider (see that the issuer of the token is an identity provider of the account \
         that the role trusts)"
    );
    std::fs::remove_file(token_file).unwrap();
    machine.clock.by(Duration::from_secs(5));
    assert_eq!(
        key(&chain, machine.home.path()).await,
        "the file `~/token` of the web identity: no such file \
         (see that AWS_WEB_IDENTITY_TOKEN_FILE names its token)"
    );
}

fn document(id: &str, expiration: &str) -> Does {
    Does::Answer(
        200,
        format!(
            r#"{{"AccessKeyId":"{id}","SecretAccessKey":"s","Token":"t","Expiration":"{expiration}"}}"#
        ),
    )
}

#[tokio::test]
async fn a_container_asks_with_the_token_of_its_file() {
    let mut machine = Machine::new([document("ASIATASK", ONE_HOUR)]);
    let token = machine.write("authorization", "its token\n");
    machine.settings.container = Some(ContainerSettings {
        address: ContainerAddress::Relative("/v2/credentials/1".to_owned()),
        authorization: Some(ContainerAuthorization::File(token)),
    });
    assert_eq!(machine.key().await, "ASIATASK");
    assert_eq!(machine.network.asked(), ["GET http://169.254.170.2/v2/credentials/1 by its token"]);
    for (does, why) in [
        (
            Does::Answer(500, String::new()),
            "`http://169.254.170.2`: it answered 500 Internal Server Error",
        ),
        (
            Does::Answer(200, "hunter2".to_owned()),
            "the answer of `http://169.254.170.2`: it is no JSON object",
        ),
        (
            Does::Answer(200, " ".repeat(10 * 1024 * 1024)),
            "`http://169.254.170.2`: the answer is larger than 65536 bytes",
        ),
    ] {
        machine.network.then(does);
        let help = "see the AWS_CONTAINER_ variables, and what answers there";
        assert_eq!(
            machine.key().await,
            format!("the credentials of the container: {why} ({help})")
        );
    }
}

#[tokio::test]
async fn an_instance_has_the_credentials_of_its_role() {
    let script = [
        Does::Answer(200, "session-token".to_owned()),
        Does::Answer(200, "role-of.the_instance".to_owned()),
        document("ASIAINSTANCE", ONE_HOUR),
    ];
    let mut machine = Machine::new(script);
    machine.settings.metadata = Some(EndpointUrl::parse("http://169.254.169.254").unwrap());
    assert_eq!(machine.key().await, "ASIAINSTANCE");
    let path = "http://169.254.169.254/latest/meta-data/iam/security-credentials/";
    assert_eq!(
        machine.network.asked(),
        [
            "PUT http://169.254.169.254/latest/api/token".to_owned(),
            format!("GET {path} with session-token"),
            format!("GET {path}role-of.the_instance with session-token"),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_metadata_service_that_is_not_there_costs_a_second() {
    let mut machine = Machine::new([Does::Hang]);
    machine.settings.metadata = Some(EndpointUrl::parse("http://169.254.169.254").unwrap());
    let start = tokio::time::Instant::now();
    let why = machine.key().await;
    assert!(
        why.contains(
            "no instance metadata: `http://169.254.169.254/latest/api/token`: it took too long ("
        ),
        "{why}"
    );
    assert_eq!(start.elapsed(), Duration::from_secs(1));
}

#[tokio::test]
async fn what_the_metadata_service_says_wrongly_is_named() {
    let token = || Does::Answer(200, "session-token".to_owned());
    let name = || Does::Answer(200, "role".to_owned());
    let of = "`http://127.0.0.1:1/latest/meta-data/iam/security-credentials/`";
    let wrong = |why: &str| {
        format!(
            "the credentials of the instance: {why} (see the role of the instance and its trust policy)"
        )
    };
    for (script, why) in [
        (
            vec![token(), Does::Answer(500, String::new())],
            wrong(&format!("{of}: it answered 500 Internal Server Error")),
        ),
        (
            vec![token(), name(), Does::Answer(404, String::new())],
            wrong(&format!("{of}, for its role: it answered 404 Not Found")),
        ),
        (
            vec![token(), name(), Does::Answer(200, "hunter2".to_owned())],
            wrong(&format!("the answer of {of}: it is no JSON object")),
        ),
        (
            vec![
                token(),
                name(),
                Does::Answer(
                    200,
                    r#"{"Code": "AssumeRoleUnauthorizedAccess", "Message": "no"}"#.to_owned(),
                ),
            ],
            wrong(&format!("the answer of {of}: AssumeRoleUnauthorizedAccess: no")),
        ),
    ] {
        let mut machine = Machine::new(script);
        machine.settings.metadata = Some(EndpointUrl::parse("http://127.0.0.1:1").unwrap());
        assert_eq!(machine.key().await, why);
    }
}

#[tokio::test]
async fn credentials_of_an_instance_that_have_expired_are_used_until_it_has_new_ones() {
    let script = [
        Does::Answer(200, "session-token".to_owned()),
        Does::Answer(200, "role".to_owned()),
        document("ASIAOLD", "2025-12-31T23:00:00Z"),
    ];
    let mut machine = Machine::new(script);
    machine.settings.metadata = Some(EndpointUrl::parse("http://127.0.0.1:1").unwrap());
    assert_eq!(machine.key().await, "ASIAOLD");
}

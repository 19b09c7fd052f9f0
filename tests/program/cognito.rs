//! Methods with a user pool: tokens of the local issuer, and issuers that tests play.

use super::{Test, compare, compare_of, equal, exchange, request};
use crate::harness::{Backend, Does, Ended, Folder, Kind, Outcome, Program};
use vestibule_jwt::SigningKey;

pub(super) const TESTS: &[(&str, Test)] = &[
    ("without_a_right_token_nobody_comes_in", without_a_right_token_nobody_comes_in),
    ("a_method_without_scopes_takes_id_tokens", a_method_without_scopes_takes_id_tokens),
    ("a_method_with_scopes_takes_access_tokens", a_method_with_scopes_takes_access_tokens),
    ("a_token_ends", a_token_ends),
    ("a_resource_policy_has_to_allow_too", a_resource_policy_has_to_allow_too),
    ("keys_are_made_while_the_program_serves", keys_are_made_while_the_program_serves),
    ("a_pool_of_a_template_is_local", a_pool_of_a_template_is_local),
    ("an_ephemeral_store_has_no_tokens", an_ephemeral_store_has_no_tokens),
    ("what_no_token_is_made_of_is_refused", what_no_token_is_made_of_is_refused),
    ("an_issuer_is_asked_once_in_a_flood", an_issuer_is_asked_once_in_a_flood),
    ("keys_of_10_mb_are_no_keys", keys_of_10_mb_are_no_keys),
    ("keys_that_are_garbage_are_no_keys", keys_that_are_garbage_are_no_keys),
    ("a_token_says_not_how_it_is_verified", a_token_says_not_how_it_is_verified),
    ("a_token_of_1_mb_is_no_header", a_token_of_1_mb_is_no_header),
    ("a_file_may_have_the_keys", a_file_may_have_the_keys),
];

const API: &str = r#"
openapi: 3.0.1
info: {title: guarded, version: '1'}
components:
  securitySchemes:
    users:
      type: apiKey
      name: Authorization
      in: header
      x-amazon-apigateway-authtype: cognito_user_pools
      x-amazon-apigateway-authorizer:
        type: cognito_user_pools
        providerARNs: ['arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_Pool']
paths:
  /plain:
    get:
      security: [{users: []}]
      responses: {'200': {description: an answer}}
      x-amazon-apigateway-integration: &who
        type: mock
        requestTemplates: {application/json: '{"statusCode": 200}'}
        responses:
          default:
            statusCode: '200'
            responseTemplates:
              application/json: |-
                #set($claims = $context.authorizer.claims)
                $!claims['cognito:username']$!claims.username of $!claims['cognito:groups'] by $!claims.aud$!claims.client_id ($!claims.scope)
  /scoped:
    get:
      security: [{users: [items/read, items/write]}]
      responses: {'200': {description: an answer}}
      x-amazon-apigateway-integration: *who
"#;

const LOCAL: &str = "version = 1\ndefinitions = [\"api.yaml\"]\ndata = \"data\"\n\
                     [user_pools.\"us-east-1_Pool\"]\nissuer = \"local\"\nclients = [\"web\", \"mobile\"]\n\
                     [user_pools.\"us-east-1_Other\"]\nissuer = \"local\"\n";

/// A folder with the API, and settings.
fn folder(settings: &str) -> Outcome<Folder> {
    let folder = Folder::new()?;
    folder.write("api.yaml", API)?;
    folder.write("vestibule.toml", settings)?;
    Ok(folder)
}

/// Serves with what the settings say.
fn serve(folder: &Folder) -> Outcome<Program> {
    Program::serve(folder, &["--data", "data"])
}

/// A token of the local issuer for alice.
fn token(folder: &Folder, further: &[&str]) -> Outcome<String> {
    let pool: &[&str] =
        if further.contains(&"--pool") { &[] } else { &["--pool", "us-east-1_Pool"] };
    let made = Program::token(folder, &[&["--user", "alice"], pool, further].concat())?;
    match made.code {
        Some(0) => Ok(made.stdout.trim_end().to_owned()),
        _ => Err(format!("no token: {made:?}")),
    }
}

fn with(path: &str, token: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: api.test\r\nauthorization: {token}\r\n\r\n")
}

fn admitted(body: &str) -> String {
    format!("HTTP/1.1 200 OK\n\n{body}\n")
}

fn refused(message: &str) -> String {
    format!(
        "HTTP/1.1 401 Unauthorized\nx-amzn-errortype: UnauthorizedException\n\n{{\"message\":\"{message}\"}}\n"
    )
}

const NO_KEYS: &str = "HTTP/1.1 500 Internal Server Error\n\
                       x-amzn-errortype: AuthorizerConfigurationException\n\n{\"message\":null}\n";

// Source: AWS docs apigateway-integrate-with-cognito.
fn without_a_right_token_nobody_comes_in() -> Outcome {
    let folder = folder(LOCAL)?;
    let program = serve(&folder)?;
    let unauthorized = refused("Unauthorized");
    exchange(&program, &request("GET", "/plain"), &unauthorized)?;
    exchange(&program, &with("/plain", "garbage"), &unauthorized)?;
    let foreign = token(&folder, &["--pool", "us-east-1_Other"])?;
    exchange(&program, &with("/plain", &foreign), &unauthorized)?;
    let right = token(&folder, &[])?;
    let (rest, _) = right.rsplit_once('.').ok_or("no token")?;
    exchange(&program, &with("/plain", &format!("{rest}.AAAA")), &unauthorized)?;
    exchange(&program, &with("/plain", rest), &unauthorized)?;
    exchange(&program, &with("/plain", &right), &admitted("alice of  by web ()"))
}

// Source: AWS docs apigateway-enable-cognito-user-pool.
fn a_method_without_scopes_takes_id_tokens() -> Outcome {
    let folder = folder(LOCAL)?;
    let program = serve(&folder)?;
    let id = token(&folder, &["--group", "admin", "--group", "users", "--client", "mobile"])?;
    let expected = admitted("alice of admin,users by mobile ()");
    exchange(&program, &with("/plain", &id), &expected)?;
    exchange(&program, &with("/plain", &format!("Bearer {id}")), &expected)?;
    let access = token(&folder, &["--access"])?;
    exchange(&program, &with("/plain", &access), &refused("Unauthorized"))
}

// Source: AWS docs apigateway-enable-cognito-user-pool.
fn a_method_with_scopes_takes_access_tokens() -> Outcome {
    let folder = folder(LOCAL)?;
    let program = serve(&folder)?;
    let reading = token(&folder, &["--scope", "openid", "--scope", "items/read"])?;
    let expected = admitted("alice of  by web (openid items/read)");
    exchange(&program, &with("/scoped", &reading), &expected)?;
    for further in [&["--scope", "items"][..], &["--access"], &[]] {
        let token = token(&folder, further)?;
        exchange(&program, &with("/scoped", &token), &refused("Unauthorized"))?;
    }
    Ok(())
}

// Source: AWS docs apigateway-integrate-with-cognito; the words are recorded in public reports.
fn a_token_ends() -> Outcome {
    let folder = folder(LOCAL)?;
    let program = Program::serve(&folder, &["--data", "data", "--log", "info"])?;
    let over = token(&folder, &["--expires-in", "0"])?;
    exchange(&program, &with("/plain", &over), &refused("The incoming token has expired"))?;
    let log = program.stop()?.stderr;
    let why = "the authorizer `users` refuses the token: it has expired: `exp` is ";
    equal("the log says why", (log.contains(why), log.contains(&over)), (true, false))
}

// Source: AWS docs apigateway-authorization-flow (Cognito with a resource policy); the words are those without authorization (inferred).
fn a_resource_policy_has_to_allow_too() -> Outcome {
    let folder = folder(LOCAL)?;
    let policy = |path: &str| {
        format!(
            "x-amazon-apigateway-policy: {{Version: '2012-10-17', Statement: [{{Effect: Allow, Principal: '*', \
             Action: 'execute-api:Invoke', Resource: 'execute-api:/prod/GET/{path}'}}]}}\n"
        )
    };
    folder.write("api.yaml", &format!("{API}{}", policy("plain")))?;
    let program = serve(&folder)?;
    let id = token(&folder, &[])?;
    exchange(&program, &with("/plain", &id), &admitted("alice of  by web ()"))?;
    exchange(&program, &request("GET", "/plain"), &refused("Unauthorized"))?;
    program.stop()?;
    folder.write("api.yaml", &format!("{API}{}", policy("scoped")))?;
    let program = serve(&folder)?;
    exchange(&program, &with("/plain", &id), DENIED)?;
    exchange(&program, &request("GET", "/plain"), &refused("Unauthorized"))
}

const DENIED: &str = "HTTP/1.1 403 Forbidden\nx-amzn-errortype: AccessDeniedException\n\n{\"Message\":\"User: anonymous is not authorized to perform: execute-api:Invoke on resource: arn:aws:execute-api:us-east-1:********0000:hpknjkj4ot/prod/GET/plain because no resource-based policy allows the execute-api:Invoke action\"}\n";

// Source: inferred (ours).
fn keys_are_made_while_the_program_serves() -> Outcome {
    let folder = folder(LOCAL)?;
    let mut program = serve(&folder)?;
    let key = SigningKey::generate().map_err(|error| error.to_string())?;
    exchange(&program, &with("/plain", &signed(&key, "us-east-1_Pool")?), NO_KEYS)?;
    let why = program.wait_for_log("no such file")?;
    equal("a remedy", why.contains("`vestibule token` makes the keys"), true)?;
    let first = token(&folder, &[])?;
    exchange(&program, &with("/plain", &first), &admitted("alice of  by web ()"))?;
    program.stop()?;
    // They stay.
    let program = serve(&folder)?;
    exchange(&program, &with("/plain", &first), &admitted("alice of  by web ()"))?;
    let second = token(&folder, &[])?;
    exchange(&program, &with("/plain", &second), &admitted("alice of  by web ()"))
}

const TEMPLATE: &str = r#"
Resources:
  Pool: {Type: AWS::Cognito::UserPool}
  Client: {Type: AWS::Cognito::UserPoolClient, Properties: {UserPoolId: !Ref Pool}}
  Api: {Type: AWS::ApiGateway::RestApi, Properties: {Name: guarded}}
  Users:
    Type: AWS::ApiGateway::Authorizer
    Properties:
      RestApiId: !Ref Api
      Name: users
      Type: COGNITO_USER_POOLS
      IdentitySource: method.request.header.Authorization
      ProviderARNs: [!GetAtt Pool.Arn]
  Method:
    Type: AWS::ApiGateway::Method
    Properties:
      RestApiId: !Ref Api
      ResourceId: !GetAtt Api.RootResourceId
      HttpMethod: GET
      AuthorizationType: COGNITO_USER_POOLS
      AuthorizerId: !Ref Users
      MethodResponses: [{StatusCode: 200}]
      Integration:
        Type: MOCK
        RequestTemplates: {application/json: '{"statusCode": 200}'}
        IntegrationResponses:
          - StatusCode: 200
            ResponseTemplates: {application/json: "$context.authorizer.claims.email $context.authorizer.claims['custom:tenant']"}
"#;

// Source: inferred (ours).
fn a_pool_of_a_template_is_local() -> Outcome {
    let folder = Folder::new()?;
    folder.write("template.yaml", TEMPLATE)?;
    let files = ["template.yaml", "--data", "data"];
    let alice = ["--user", "alice", "--claim", "email=a@b.c", "--claim", "custom:tenant=17"];
    let made = Program::token(&folder, &[&files[..], &alice].concat())?;
    equal("stderr", made.stderr.as_str(), "")?;
    let program = Program::serve(&folder, &files)?;
    exchange(&program, &with("/", made.stdout.trim_end()), &admitted("a@b.c 17"))
}

// Source: inferred (ours).
fn an_ephemeral_store_has_no_tokens() -> Outcome {
    let folder = folder(LOCAL)?;
    let made =
        Program::token(&folder, &["--user", "alice", "--pool", "us-east-1_Pool", "--ephemeral"])?;
    let stderr = "error: the keys of the local issuer are kept in the data folder, and the store is ephemeral (help: leave \
                  `--ephemeral` out, here and where it is served, or name a folder by `--data`)\n";
    let expected = Ended { code: Some(2), stdout: String::new(), stderr: stderr.to_owned() };
    equal("the end", made, expected)?;
    let mut program = Program::serve(&folder, &["--ephemeral"])?;
    let token = token(&folder, &[])?;
    exchange(&program, &with("/plain", &token), NO_KEYS)?;
    program.wait_for_log(
        "cannot be had from `the local issuer`: the store is ephemeral, so `vestibule token` has no keys for it: name a folder by `--data`",
    )?;
    Ok(())
}

// Source: inferred (ours).
fn what_no_token_is_made_of_is_refused() -> Outcome {
    let folder = folder(LOCAL)?;
    let cases: [(&[&str], &str); 6] = [
        (
            &["--user", "a"],
            "error: there are several local user pools (help: choose one with `--pool`: `us-east-1_Pool`, `us-east-1_Other`)\n",
        ),
        (
            &["--user", "a", "--pool", "us-east-1_None"],
            "error: there is no local user pool `us-east-1_None` (help: there is `us-east-1_Pool`, `us-east-1_Other`)\n",
        ),
        (
            &["--user", "a", "--pool", "us-east-1_Pool", "--client", "spa"],
            "error: the pool `us-east-1_Pool` has no client `spa` (help: its clients are `web`, `mobile`)\n",
        ),
        (
            &["--user", "a", "--pool", "us-east-1_Pool", "--claim", "exp=1"],
            "error: the claim `exp` is made by the issuer (help: other flags say what it is made of, see `vestibule token --help`)\n",
        ),
        (
            &["--user", "a", "--config", "none.toml", "api.yaml"],
            "error: there is no local user pool (help: name a definition that has one, or say `issuer = \"local\"` under `[user_pools.\"...\"]` in vestibule.toml)\n",
        ),
        (
            &["--user", "a", "--config", "bad.toml"],
            "error: the local issuer has keys of its own\n  --> bad.toml:4:8\n   |\n 4 | jwks = \"keys.json\"\n   |        ^^^^^^^^^^^\n   = help: leave `jwks` out\n",
        ),
    ];
    folder.write("none.toml", "version = 1\n")?;
    folder.write(
        "bad.toml",
        "version = 1\n[user_pools.a]\nissuer = \"local\"\njwks = \"keys.json\"\n",
    )?;
    for (arguments, stderr) in cases {
        let made = Program::token(&folder, arguments)?;
        let expected = Ended { code: Some(2), stdout: String::new(), stderr: stderr.to_owned() };
        equal(&format!("{arguments:?}"), made, expected)?;
    }
    Ok(())
}

/// An ID token of a pool that ends in the year 2100.
fn signed(key: &SigningKey, pool: &str) -> Outcome<String> {
    let issuer = format!("https://cognito-idp.us-east-1.amazonaws.com/{pool}");
    let claims = format!(
        r#"{{"iss":"{issuer}","token_use":"id","aud":"web","cognito:username":"bob","exp":4102444800}}"#
    );
    key.sign(&claims).map_err(|error| error.to_string())
}

/// Settings of a pool whose keys a backend has.
fn played(backend: &Backend) -> String {
    format!(
        "version = 1\ndefinitions = [\"api.yaml\"]\n[user_pools.\"us-east-1_Pool\"]\n\
         issuer = \"https://cognito-idp.us-east-1.amazonaws.com/us-east-1_Pool\"\njwks = \"http://{}/keys\"\n",
        backend.address()
    )
}

// Source: inferred (ours).
fn an_issuer_is_asked_once_in_a_flood() -> Outcome {
    let backend = Backend::listen()?;
    let (key, other) = (SigningKey::generate(), SigningKey::generate());
    let (key, other) = (key.map_err(|e| e.to_string())?, other.map_err(|e| e.to_string())?);
    let keys = SigningKey::key_set(&[&key]);
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", keys.len());
    backend.does(Does::Sends(format!("{head}{keys}").into_bytes()));
    let folder = folder(&played(&backend))?;
    let program = serve(&folder)?;
    let unknown = signed(&other, "us-east-1_Pool")?;
    let (_, rest) = unknown.split_once('.').ok_or("no token")?;
    let mut connection = program.connect()?;
    for n in 0..200 {
        let header = format!(r#"{{"alg":"RS256","kid":"unknown {n}"}}"#);
        let token = format!("{}.{rest}", base64url(&header));
        connection.send(with("/plain", &token).as_bytes())?;
        compare(&connection.response(false)?, &refused("Unauthorized"))?;
    }
    let right = signed(&key, "us-east-1_Pool")?;
    exchange(&program, &with("/plain", &right), &admitted("bob of  by web ()"))?;
    let asked =
        format!("GET /keys HTTP/1.1\nHost: {}\nAccept: application/json", backend.address());
    equal("the one request", backend.request()?, asked)?;
    equal("further ones", backend.further(), None)
}

fn base64url(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let bits: String = text.bytes().map(|byte| format!("{byte:08b}")).collect();
    let sextets = bits.as_bytes().chunks(6).map(|six| {
        let six =
            six.iter().fold(0, |sum, bit| sum << 1 | usize::from(bit - b'0')) << (6 - six.len());
        char::from(LETTERS.get(six).copied().unwrap_or_default())
    });
    sextets.collect()
}

// Source: inferred (ours); that it is this gateway response: AWS docs supported-gateway-response-types.
fn keys_of_10_mb_are_no_keys() -> Outcome {
    let backend = Backend::listen()?;
    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 10485760\r\n\r\n".to_vec();
    backend.does(Does::SendsLast([head, vec![b'x'; 10 * 1024 * 1024]].concat()));
    let folder = folder(&played(&backend))?;
    let mut program = serve(&folder)?;
    let key = SigningKey::generate().map_err(|error| error.to_string())?;
    let token = signed(&key, "us-east-1_Pool")?;
    exchange(&program, &with("/plain", &token), NO_KEYS)?;
    program.wait_for_log("the answer is larger than 262144 bytes")?;
    exchange(&program, &with("/plain", &token), NO_KEYS)?;
    equal("connections", backend.connections(), 1)
}

// Source: inferred (ours).
fn keys_that_are_garbage_are_no_keys() -> Outcome {
    for (said, why) in [
        ("<html>not found</html>", "it is no JSON Web Key Set"),
        (
            r#"{"keys":[{"kty":"EC","kid":"k","crv":"P-256","x":"AA","y":"AA"}]}"#,
            "it has no key for RS256",
        ),
    ] {
        let backend = Backend::listen()?;
        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", said.len());
        backend.does(Does::Sends(format!("{head}{said}").into_bytes()));
        let folder = folder(&played(&backend))?;
        let mut program = serve(&folder)?;
        let key = SigningKey::generate().map_err(|error| error.to_string())?;
        exchange(&program, &with("/plain", &signed(&key, "us-east-1_Pool")?), NO_KEYS)?;
        let line = program.wait_for_log("cannot be had from")?;
        equal(&line, line.contains(why), true)?;
    }
    Ok(())
}

// Source: RFC 8725; what AWS answers to any wrong token (AWS docs).
fn a_token_says_not_how_it_is_verified() -> Outcome {
    let folder = folder(LOCAL)?;
    let program = Program::serve(&folder, &["--data", "data", "--log", "info"])?;
    let right = token(&folder, &[])?;
    let [header, claims, signature] = right.split('.').collect::<Vec<_>>()[..] else {
        return Err("no token".to_owned());
    };
    let unauthorized = refused("Unauthorized");
    let mut forged = Vec::new();
    for other in [
        r#"{"alg":"none"}"#,
        r#"{"alg":"None","kid":"k"}"#,
        r#"{"alg":"HS256","kid":"k"}"#,
        r#"{"alg":"RS256","kid":"k"}"#,
        r#"{"alg":"RS256","kid":"k","jku":"http://127.0.0.1:1/keys"}"#,
    ] {
        forged.push(format!("{}.{claims}.{signature}", base64url(other)));
        forged.push(format!("{}.{claims}.", base64url(other)));
    }
    // Another user, an end that comes later, half of a token, two of them.
    forged.push(format!("{header}.{}.{signature}", base64url(r#"{"sub":"root"}"#)));
    forged.push(right.chars().take(right.len() / 2).collect());
    forged.push(format!("{right}.{right}"));
    forged.push(format!("{right}="));
    for forged in &forged {
        exchange(&program, &with("/plain", forged), &unauthorized)?;
    }
    exchange(&program, &with("/plain", &right), &admitted("alice of  by web ()"))?;
    let log = program.stop()?.stderr;
    for why in
        ["`alg: none`", "`alg: None`", "`alg: HS256`", "its header has `jku`", "its `kid` is `k`"]
    {
        equal(why, log.contains(why), true)?;
    }
    equal("no token is shown", log.contains(signature) || log.contains(claims), false)
}

// Source: inferred (as any header that is too long).
fn a_token_of_1_mb_is_no_header() -> Outcome {
    let folder = folder(LOCAL)?;
    let program = serve(&folder)?;
    let mut connection = program.connect()?;
    connection.offer(with("/plain", &"x".repeat(1024 * 1024)).as_bytes());
    let expected = "HTTP/1.1 431 Request Header Fields Too Large\n";
    compare_of(Kind::Server, &connection.response(false)?, expected)?;
    let long = Program::serve(&folder, &["--data", "other", "--limits", "none"])?;
    exchange(&long, &with("/plain", &"x".repeat(20 * 1024)), &refused("Unauthorized"))
}

// Source: inferred (ours).
fn a_file_may_have_the_keys() -> Outcome {
    let settings = "version = 1\ndefinitions = [\"api.yaml\"]\n[user_pools.\"us-east-1_Pool\"]\n\
                    issuer = \"https://login.example/realm\"\njwks = \"keys.json\"\nclients = [\"spa\"]\n";
    let folder = folder(settings)?;
    let key = SigningKey::generate().map_err(|error| error.to_string())?;
    folder.write("keys.json", &SigningKey::key_set(&[&key]))?;
    let program = serve(&folder)?;
    let signed = |claims: &str| {
        let claims =
            format!(r#"{{"iss":"https://login.example/realm","exp":4102444800,{claims}}}"#);
        key.sign(&claims).map_err(|error| error.to_string())
    };
    // As Keycloak makes them: without `token_use`.
    let id = signed(r#""aud":"spa","username":"carol""#)?;
    exchange(&program, &with("/plain", &id), &admitted("carol of  by spa ()"))?;
    let access = signed(r#""azp":"spa","scope":"profile items/write","username":"carol""#)?;
    exchange(
        &program,
        &with("/scoped", &access),
        &admitted("carol of  by  (profile items/write)"),
    )?;
    let foreign = signed(r#""aud":"other","username":"carol""#)?;
    exchange(&program, &with("/plain", &foreign), &refused("Unauthorized"))
}

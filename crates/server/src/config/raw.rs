//! Exactly what file, environment and flags can say: one entry a setting.
//! The flags and their help, the names in the environment, the keys of `vestibule.toml` and
//! `docs/configuration.md` all come from these entries.

/// One setting as it can be written.
#[derive(Debug, PartialEq, Eq)]
pub struct Setting {
    /// The key in `vestibule.toml`, in snake case.
    pub name: &'static str,
    /// How the command line says it.
    pub flag: Flag,
    /// Its variable in the environment.
    pub variable: &'static str,
    /// Variables of AWS's own that are asked after it, in this order.
    pub also: &'static [&'static str],
    /// What its value looks like.
    pub shape: Shape,
    /// The text that stands when nobody says anything; empty for a list or table without entries.
    pub default: &'static str,
    /// Whether its value may be shown.
    pub sensitivity: Sensitivity,
    /// Whether `vestibule.toml` may say it.
    pub in_file: bool,
    /// One line for `--help`.
    pub summary: &'static str,
    /// What a user needs to know beyond that: unit, form, limits.
    pub detail: &'static str,
    /// A value as it is written in `vestibule.toml`.
    pub example: &'static str,
}

/// How a setting is written on the command line.
#[derive(Debug, PartialEq, Eq)]
pub enum Flag {
    /// `--name VALUE`.
    Long {
        /// The flag with its dashes.
        flag: &'static str,
        /// What stands for the value in the help.
        value: &'static str,
    },
    /// Bare words.
    Positional {
        /// What stands for a word in the help.
        value: &'static str,
    },
}

/// What a setting's value looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// One text.
    Text,
    /// `true` or `false`; the bare flag means `true`.
    Switch,
    /// A whole number.
    Number,
    /// The path of one file or folder.
    Path,
    /// Paths. In the environment they are separated as in `PATH`.
    Paths,
    /// Names. In the environment they are separated by white space.
    Names,
    /// `NAME=VALUE` pairs, a table in the file. In the environment they are separated by white
    /// space.
    Pairs,
}

/// Whether a value may be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sensitivity {
    /// Anybody may see it.
    Public,
    /// An error does not repeat it: what is wrong with it may be a password in it.
    Guarded,
    /// `vestibule config` shows `***`, an error does not repeat it.
    Secret,
}

impl Setting {
    /// Returns the variables of the environment that say it; the first given one wins.
    pub fn variables(&self) -> impl Iterator<Item = &'static str> {
        std::iter::once(self.variable).chain(self.also.iter().copied())
    }

    /// Returns how an error or `vestibule config` names its place on the command line.
    pub fn flag_text(&self) -> &'static str {
        match self.flag {
            Flag::Long { flag, .. } => flag,
            Flag::Positional { value } => value,
        }
    }
}

/// What most settings have.
const PLAIN: Setting = Setting {
    name: "",
    flag: Flag::Positional { value: "" },
    variable: "",
    also: &[],
    shape: Shape::Text,
    default: "",
    sensitivity: Sensitivity::Public,
    in_file: true,
    summary: "",
    detail: "",
    example: "",
};

/// The settings file itself.
pub(super) static CONFIG: Setting = Setting {
    name: "config",
    flag: Flag::Long { flag: "--config", value: "FILE" },
    variable: "VESTIBULE_CONFIG",
    shape: Shape::Path,
    default: "vestibule.toml",
    in_file: false,
    summary: "Settings file",
    detail: "A file that is named must exist; `vestibule.toml` in the working folder is read only \
             when it is there.",
    ..PLAIN
};

/// Where the data plane listens.
pub(super) static LISTEN: Setting = Setting {
    name: "listen",
    flag: Flag::Long { flag: "--listen", value: "ADDRESS:PORT" },
    variable: "VESTIBULE_LISTEN",
    default: "127.0.0.1:8080",
    summary: "Where the API is served",
    detail: "An IP address and a port. Port 0 takes a free one. `0.0.0.0:8080` opens the API to \
             the network.",
    example: "\"127.0.0.1:8080\"",
    ..PLAIN
};

/// The certificate of the data plane.
pub(super) static TLS_CERTIFICATE: Setting = Setting {
    name: "tls_certificate",
    flag: Flag::Long { flag: "--tls-certificate", value: "FILE" },
    variable: "VESTIBULE_TLS_CERTIFICATE",
    shape: Shape::Path,
    summary: "Certificate of the API, as PEM; the API is then served over TLS",
    detail: "The server's certificate first, then those that vouch for it. `tls_key` has its key. TLS \
             1.2 and 1.3, with HTTP/2 and HTTP/1.1. Both files are read again when they change, and at \
             SIGHUP: new connections get the new certificate, others go on. A pair that cannot be \
             used replaces nothing and is said in the log. The admin address is never served over \
             TLS.",
    example: "\"/etc/vestibule/tls.crt\"",
    ..PLAIN
};

/// The key of that certificate.
pub(super) static TLS_KEY: Setting = Setting {
    name: "tls_key",
    flag: Flag::Long { flag: "--tls-key", value: "FILE" },
    variable: "VESTIBULE_TLS_KEY",
    shape: Shape::Path,
    summary: "Private key of that certificate, as PEM",
    detail: "PKCS#8, PKCS#1 or SEC1, without a password: RSA of 2,048 bits or more, ECDSA P-256, \
             P-384 or P-521, or Ed25519. A file that everybody on the machine may read is warned about.",
    example: "\"/etc/vestibule/tls.key\"",
    ..PLAIN
};

/// The proxies that are believed.
pub(super) static TRUSTED_PROXIES: Setting = Setting {
    name: "trusted_proxies",
    flag: Flag::Long { flag: "--trusted-proxy", value: "CIDR" },
    variable: "VESTIBULE_TRUSTED_PROXIES",
    shape: Shape::Names,
    summary: "Address or network of a balancer in front that is believed",
    detail: "An IPv4 or IPv6 address, or a network like `10.0.0.0/8`. From these peers alone `X-Forwarded-For` (its \
             rightmost address that is no trusted proxy), `X-Forwarded-Proto`, `X-Forwarded-Host` and the PROXY \
             protocol (version 2) say who the client is; from all others they are just headers. They may also have \
             more than half of the connections. At most 100.",
    example: "[\"10.0.0.0/8\", \"2001:db8::7\"]",
    ..PLAIN
};

/// Whose limits hold.
pub(super) static LIMITS: Setting = Setting {
    name: "limits",
    flag: Flag::Long { flag: "--limits", value: "aws|none" },
    variable: "VESTIBULE_LIMITS",
    default: "aws",
    summary: "Whether AWS's limits hold",
    detail: "`aws`, or `none` for wider ones that only protect the process. `docs/compatibility.md` lists both.",
    example: "\"none\"",
    ..PLAIN
};

/// How many requests are taken together.
pub(super) static ACCOUNT_LIMIT: Setting = Setting {
    name: "account_limit",
    flag: Flag::Long { flag: "--account-limit", value: "RATE:BURST|aws|off" },
    variable: "VESTIBULE_ACCOUNT_LIMIT",
    default: "off",
    summary: "How many requests are taken, of all clients and stages together",
    detail: "Requests a second, a colon and requests at once; `aws` is `10000:5000`, which every account has at AWS in a \
             region, and `off` no limit. It is asked after the limits of usage plans and stages; past it the answer is 429. \
             See docs/limits.md.",
    example: "\"10000:5000\"",
    ..PLAIN
};

/// Whether clients are told their limits.
pub(super) static RATE_LIMIT_HEADERS: Setting = Setting {
    name: "rate_limit_headers",
    flag: Flag::Long { flag: "--rate-limit-headers", value: "BOOL" },
    variable: "VESTIBULE_RATE_LIMIT_HEADERS",
    shape: Shape::Switch,
    default: "false",
    summary: "Tell clients their limits: RateLimit, RateLimit-Policy, Retry-After",
    detail: "`true` or `false`, which is how AWS answers. `RateLimit` and `RateLimit-Policy` have what the usage plan of the \
             client's own API key leaves it; `Retry-After` comes with each 429. See docs/limits.md.",
    example: "true",
    ..PLAIN
};

/// The memory of cached answers.
pub(super) static CACHE_MB: Setting = Setting {
    name: "cache_mb",
    flag: Flag::Long { flag: "--cache-mb", value: "MB" },
    variable: "VESTIBULE_CACHE_MB",
    shape: Shape::Number,
    default: "256",
    summary: "Memory that cached answers take at most",
    detail: "Megabytes, 8 to 1000000, for the caches of all stages together. `docs/cache.md` tells which answers are cached.",
    example: "1024",
    ..PLAIN
};

/// Which answers are cached.
pub(super) static CACHE_STATUSES: Setting = Setting {
    name: "cache_statuses",
    flag: Flag::Long { flag: "--cache-statuses", value: "all|2xx" },
    variable: "VESTIBULE_CACHE_STATUSES",
    default: "all",
    summary: "Which answers of cached methods are cached",
    detail: "`all`, as users of AWS report of it, or `2xx` for successes alone.",
    example: "\"2xx\"",
    ..PLAIN
};

/// Where the admin listener listens.
pub(super) static ADMIN: Setting = Setting {
    name: "admin",
    flag: Flag::Long { flag: "--admin", value: "ADDRESS:PORT|off" },
    variable: "VESTIBULE_ADMIN",
    default: "127.0.0.1:9090",
    summary: "Where /livez, /readyz, /metrics and /traces are served",
    detail: "An IP address and a port, or `off`. It must not be the address of `listen`.",
    example: "\"127.0.0.1:9090\"",
    ..PLAIN
};

/// Names under which the admin listener may be called.
pub(super) static ADMIN_HOSTS: Setting = Setting {
    name: "admin_hosts",
    flag: Flag::Long { flag: "--admin-host", value: "NAME" },
    variable: "VESTIBULE_ADMIN_HOSTS",
    shape: Shape::Names,
    summary: "Further host name for the admin address",
    detail: "The admin listener answers requests for `localhost`, `*.localhost`, a loopback \
             address and the address that was called; any other `Host` must be named here. \
             At most 100 names.",
    example: "[\"gateway.internal\"]",
    ..PLAIN
};

/// Where the AWS endpoints listen.
pub(super) static AWS: Setting = Setting {
    name: "aws",
    flag: Flag::Long { flag: "--aws", value: "ADDRESS:PORT|off" },
    variable: "VESTIBULE_AWS",
    default: "off",
    summary: "Where SDKs of AWS call DynamoDB's tables (`dev`: 127.0.0.1:4566)",
    detail: "An IP address and a port, or `off`; `vestibule dev` listens at `127.0.0.1:4566` \
             unless told otherwise. At a loopback address any credentials of AWS's form are \
             taken; at any other each request has to be signed by an access key of `users`, whose \
             policies decide, or of `access_keys`, and TLS is spoken where `tls_certificate` is said. See \
             docs/aws-endpoints.md.",
    example: "\"127.0.0.1:4566\"",
    ..PLAIN
};

/// Access keys of the account itself.
pub(super) static ACCESS_KEYS: Setting = Setting {
    name: "access_keys",
    flag: Flag::Long { flag: "--access-keys", value: "ID:SECRET,..." },
    variable: "VESTIBULE_ACCESS_KEYS",
    sensitivity: Sensitivity::Secret,
    in_file: false,
    summary: "Access keys that may do all at the AWS endpoints",
    detail: "Ids and secrets, `ID:SECRET` with commas between them, of the account's root; what \
             users may do is said by their policies in `users`. The environment is the place for \
             it: others on the machine may see the command line. In the settings file a user \
             whose `arn` is the root's has such keys. At most 100.",
    example: "\"AKIAIOSFODNN7EXAMPLE:...\"",
    ..PLAIN
};

/// Names under which the AWS endpoints may be called.
pub(super) static AWS_HOSTS: Setting = Setting {
    name: "aws_hosts",
    flag: Flag::Long { flag: "--aws-host", value: "NAME" },
    variable: "VESTIBULE_AWS_HOSTS",
    shape: Shape::Names,
    summary: "Further host name for the AWS endpoints",
    detail: "As `admin_hosts` for the admin address: a container is called by such a name. \
             At most 100 names.",
    example: "[\"vestibule.internal\"]",
    ..PLAIN
};

/// The data folder.
pub(super) static DATA: Setting = Setting {
    name: "data",
    flag: Flag::Long { flag: "--data", value: "DIR" },
    variable: "VESTIBULE_DATA",
    shape: Shape::Path,
    default: "./vestibule-data",
    summary: "Folder that keeps the tables",
    detail: "Made when it is missing, readable by its owner alone. One process uses it at a time.",
    example: "\"/var/lib/vestibule\"",
    ..PLAIN
};

/// Whether the tables are forgotten at the end.
pub(super) static EPHEMERAL: Setting = Setting {
    name: "ephemeral",
    flag: Flag::Long { flag: "--ephemeral", value: "BOOL" },
    variable: "VESTIBULE_EPHEMERAL",
    shape: Shape::Switch,
    default: "false",
    summary: "Forget the tables at the end",
    detail: "`true` or `false`. It contradicts a `data` that is said at the same place or a \
             stronger one.",
    example: "true",
    ..PLAIN
};

/// The stage's name.
pub(super) static STAGE: Setting = Setting {
    name: "stage",
    flag: Flag::Long { flag: "--stage", value: "NAME" },
    variable: "VESTIBULE_STAGE",
    default: "prod",
    summary: "Name of the stage",
    detail: "1 to 128 of `a-z`, `A-Z`, `0-9`, `_` and `-`, as on AWS.",
    example: "\"prod\"",
    ..PLAIN
};

/// The stage's variables.
pub(super) static STAGE_VARIABLES: Setting = Setting {
    name: "stage_variables",
    flag: Flag::Long { flag: "--stage-variable", value: "NAME=VALUE" },
    variable: "VESTIBULE_STAGE_VARIABLES",
    shape: Shape::Pairs,
    summary: "Stage variable",
    detail: "Names: 1 to 64 of `a-z`, `A-Z`, `0-9` and `_`. Values: 1 to 512 of `a-z`, `A-Z`, \
             `0-9` and `-._~:/?#&=,`. At most 100, as on AWS.",
    example: "{ table = \"items\" }",
    ..PLAIN
};

/// Values for the parameters of templates.
pub(super) static PARAMETERS: Setting = Setting {
    name: "parameters",
    flag: Flag::Long { flag: "--parameter", value: "NAME=VALUE" },
    variable: "VESTIBULE_PARAMETERS",
    shape: Shape::Pairs,
    sensitivity: Sensitivity::Secret,
    summary: "Value of a CloudFormation parameter",
    detail: "Also of an export that another stack has (`--parameter EXPORT=VALUE`), and of an \
             attribute that only a deployment knows (`--parameter Resource.Attribute=VALUE`). At \
             most 1,000; a value has at most 4,096 bytes, as on AWS.",
    example: "{ Environment = \"dev\" }",
    ..PLAIN
};

/// The AWS account that ARNs name.
pub(super) static ACCOUNT: Setting = Setting {
    name: "account",
    flag: Flag::Long { flag: "--account", value: "ID" },
    variable: "VESTIBULE_ACCOUNT",
    default: "000000000000",
    summary: "AWS account that ARNs name",
    detail: "12 digits.",
    example: "\"123456789012\"",
    ..PLAIN
};

/// The AWS region that ARNs name.
pub(super) static REGION: Setting = Setting {
    name: "region",
    flag: Flag::Long { flag: "--region", value: "REGION" },
    variable: "VESTIBULE_REGION",
    also: &["AWS_REGION", "AWS_DEFAULT_REGION"],
    default: "us-east-1",
    summary: "AWS region that ARNs name",
    detail: "A region's name as AWS writes them, such as `eu-central-1`.",
    example: "\"eu-central-1\"",
    ..PLAIN
};

/// The definitions to serve.
pub(super) static DEFINITIONS: Setting = Setting {
    name: "definitions",
    flag: Flag::Positional { value: "FILE" },
    variable: "VESTIBULE_DEFINITIONS",
    shape: Shape::Paths,
    summary: "OpenAPI, CloudFormation and Terraform files to serve",
    detail: "OpenAPI and Swagger files with `x-amazon-apigateway-*` extensions, CloudFormation and AWS \
             SAM templates, folders `cdk.out` of the AWS CDK, and what `terraform show -json` prints of \
             a plan or a state. At most 1,000.",
    example: "[\"openapi.yaml\", \"tables.yaml\"]",
    ..PLAIN
};

/// Whether methods that cannot be served are refused one by one.
pub(super) static ALLOW_PARTIAL: Setting = Setting {
    name: "allow_partial",
    flag: Flag::Long { flag: "--allow-partial", value: "BOOL" },
    variable: "VESTIBULE_ALLOW_PARTIAL",
    shape: Shape::Switch,
    default: "false",
    summary: "Serve the other methods beside those with an error",
    detail: "`true` or `false`. A method with an error answers 500 and keeps its path, so that no \
             other method takes it. An error of a whole API or file still keeps all from being \
             served.",
    example: "true",
    ..PLAIN
};

/// Whether definitions are read again when they change.
pub(super) static WATCH: Setting = Setting {
    name: "watch",
    flag: Flag::Long { flag: "--watch", value: "BOOL" },
    variable: "VESTIBULE_WATCH",
    shape: Shape::Switch,
    default: "false",
    summary: "Read the definitions again when a file of theirs changes",
    detail: "`true` or `false`; `vestibule dev` says `true`. What has an error does not replace \
             what is served. What the settings file says of users, API keys, usage plans, method settings, user \
             pools and functions is read again too; addresses, seeds and all other settings stay as they were at \
             the start. The signal SIGHUP does the same, with or without it.",
    example: "true",
    ..PLAIN
};

/// Items to load once.
pub(super) static SEED: Setting = Setting {
    name: "seed",
    flag: Flag::Long { flag: "--seed", value: "FILE" },
    variable: "VESTIBULE_SEED",
    shape: Shape::Paths,
    summary: "Items to load once, as a BatchWriteItem request",
    detail: "JSON files in the form of `RequestItems` of BatchWriteItem. Each is loaded once into \
             a store: a second start does not load it again. At most 1,000.",
    example: "[\"seed.json\"]",
    ..PLAIN
};

/// Further authorities of backends' certificates.
pub(super) static BACKEND_CA: Setting = Setting {
    name: "backend_ca",
    flag: Flag::Long { flag: "--backend-ca", value: "FILE" },
    variable: "VESTIBULE_BACKEND_CA",
    shape: Shape::Paths,
    summary: "Authorities of backends' certificates, beside the public ones",
    detail: "PEM files of certificates. A backend that is called over `https` needs a certificate of \
             one of Mozilla's authorities, which are built in, or of one of these. They are read at \
             the start. At most 1,000.",
    example: "[\"/etc/vestibule/ca.pem\"]",
    ..PLAIN
};

/// Where Lambda functions are invoked.
pub(super) static LAMBDA_ENDPOINT: Setting = Setting {
    name: "lambda_endpoint",
    flag: Flag::Long { flag: "--lambda-endpoint", value: "URL" },
    variable: "VESTIBULE_LAMBDA_ENDPOINT",
    also: &["AWS_ENDPOINT_URL_LAMBDA"],
    sensitivity: Sensitivity::Guarded,
    summary: "Where Lambda functions are invoked",
    detail: "The address of Lambda's API, of AWS or of an emulator: `http://` or `https://`. Without it, \
             methods whose integration is a function are refused. An endpoint of AWS is asked for the \
             function's ARN, any other for its name. Requests are signed \
             with the credentials that AWS's standard chain finds, or as the role that is named \
             (docs/credentials.md); an endpoint on this machine is called without them too, with the key \
             `test`.",
    example: "\"http://127.0.0.1:3001\"",
    ..PLAIN
};

/// Where the tables are.
pub(super) static DYNAMODB: Setting = Setting {
    name: "dynamodb",
    flag: Flag::Long { flag: "--dynamodb", value: "STORE" },
    variable: "VESTIBULE_DYNAMODB",
    default: "embedded",
    sensitivity: Sensitivity::Guarded,
    summary: "Where the tables are: `embedded`, `aws`, or URLs",
    detail: "`embedded` keeps them in the `data` folder. `aws` is DynamoDB in the `region`, at \
             `AWS_ENDPOINT_URL_DYNAMODB` where that is set. Else it is the URL of a store that speaks \
             DynamoDB's protocol, `http://` or `https://`, such as ScyllaDB Alternator or DynamoDB \
             Local; several nodes of one store have commas between them, 16 at most. `docs/backends.md` \
             tells the rest. It contradicts `ephemeral`.",
    example: "\"http://127.0.0.1:8000\"",
    ..PLAIN
};

/// How often a call of a remote store is made.
pub(super) static DYNAMODB_ATTEMPTS: Setting = Setting {
    name: "dynamodb_attempts",
    flag: Flag::Long { flag: "--dynamodb-attempts", value: "COUNT" },
    variable: "VESTIBULE_DYNAMODB_ATTEMPTS",
    also: &["AWS_MAX_ATTEMPTS"],
    shape: Shape::Number,
    default: "3",
    summary: "Attempts of one call of a remote store",
    detail: "1 to 10. A call that is throttled, that the store fails or that gets no answer is made \
             again as by AWS's SDKs, never past the integration's timeout; 1 makes each call once. The \
             embedded store has no use for it.",
    example: "1",
    ..PLAIN
};

/// Where other services of AWS are.
pub(super) static ENDPOINTS: Setting = Setting {
    name: "endpoints",
    flag: Flag::Long { flag: "--endpoint", value: "SERVICE=URL" },
    variable: "VESTIBULE_ENDPOINTS",
    shape: Shape::Pairs,
    sensitivity: Sensitivity::Guarded,
    summary: "Where a service of AWS is called",
    detail: "For integrations of type AWS: the service as their URIs name it, such as `sqs`, `sns`, `s3`, \
             `states` or `events`, and `http://` or `https://`. AWS's own `AWS_ENDPOINT_URL_SQS` and its \
             like count for services that are not named here. Without an endpoint such methods are \
             refused. Requests are signed as those to Lambda, with the region of the URI. `sts` says \
             where roles are assumed: without it at AWS, for endpoints of AWS alone; with it for all. At \
             most 100.",
    example: "{ sqs = \"http://127.0.0.1:9324\" }",
    ..PLAIN
};

/// The store that several gateways share.
pub(super) static SHARED: Setting = Setting {
    name: "shared",
    flag: Flag::Long { flag: "--shared", value: "URL" },
    variable: "VESTIBULE_SHARED",
    sensitivity: Sensitivity::Guarded,
    summary: "Valkey or Redis in which several gateways count limits and keep cached answers",
    detail: "`redis://[USER][:PASSWORD]@HOST[:PORT][/DATABASE]`, or `rediss://` for TLS with a certificate of one of \
             Mozilla's authorities or of `backend_ca`. Without it each gateway counts by itself. Gateways that share a \
             store serve the same definitions. See docs/sharing.md.",
    example: "\"rediss://gateway@valkey.internal:6379/0\"",
    ..PLAIN
};

/// The password of that store.
pub(super) static SHARED_PASSWORD: Setting = Setting {
    name: "shared_password",
    flag: Flag::Long { flag: "--shared-password", value: "TEXT" },
    variable: "VESTIBULE_SHARED_PASSWORD",
    sensitivity: Sensitivity::Secret,
    summary: "Password of the shared store, where its URL has none",
    detail: "The environment is the place for it: others on the machine may see the command line.",
    example: "\"...\"",
    ..PLAIN
};

/// What is done while that store is away.
pub(super) static SHARED_WHEN_LOST: Setting = Setting {
    name: "shared_when_lost",
    flag: Flag::Long { flag: "--shared-when-lost", value: "share|open|closed" },
    variable: "VESTIBULE_SHARED_WHEN_LOST",
    default: "share",
    summary: "What limits do while the shared store is away",
    detail: "`share`: each gateway lets in its part of every limit, the limit divided by the gateways. `open`: limits let \
             all in. `closed`: what has a limit is answered with 429.",
    example: "\"share\"",
    ..PLAIN
};

/// How many gateways there are.
pub(super) static GATEWAYS: Setting = Setting {
    name: "gateways",
    flag: Flag::Long { flag: "--gateways", value: "NUMBER" },
    variable: "VESTIBULE_GATEWAYS",
    shape: Shape::Number,
    default: "0",
    summary: "Number of gateways that share the store",
    detail: "1 to 10000, for their parts of the limits while the shared store is away. 0 counts those that were there \
             lately: a gateway that has never reached the store then takes itself for the only one.",
    example: "3",
    ..PLAIN
};

/// How much is logged.
pub(super) static LOG: Setting = Setting {
    name: "log",
    flag: Flag::Long { flag: "--log", value: "LEVEL" },
    variable: "VESTIBULE_LOG",
    default: "info",
    summary: "Least level that is logged",
    detail: "`off`, `error`, `warn`, `info`, `debug` or `trace`. The log goes to standard error.",
    example: "\"warn\"",
    ..PLAIN
};

/// How log lines are written.
pub(super) static LOG_FORMAT: Setting = Setting {
    name: "log_format",
    flag: Flag::Long { flag: "--log-format", value: "text|json" },
    variable: "VESTIBULE_LOG_FORMAT",
    default: "text",
    summary: "Form of log lines",
    detail: "`text`, for people, or `json`, one object a line.",
    example: "\"json\"",
    ..PLAIN
};

/// Which requests are explained.
pub(super) static TRACE: Setting = Setting {
    name: "trace",
    flag: Flag::Long { flag: "--trace", value: "off|errors|all" },
    variable: "VESTIBULE_TRACE",
    default: "off",
    summary: "Which requests are explained on standard error",
    detail: "`off`, `errors` or `all`. `vestibule dev` says `errors`, and so does `vestibule serve` on a \
             terminal. `errors` explains what went wrong: the place in the definition, the value, a \
             remedy and each step; 20 requests at once and then 5 a second, the others are counted. \
             `all` records every request, which costs about as much again as answering it. The last \
             256 traces are at `/traces` of the admin address. See docs/trace.md.",
    example: "\"errors\"",
    ..PLAIN
};

/// Where a line a request goes.
pub(super) static ACCESS_LOG: Setting = Setting {
    name: "access_log",
    flag: Flag::Long { flag: "--access-log", value: "off|stdout|FILE" },
    variable: "VESTIBULE_ACCESS_LOG",
    default: "off",
    summary: "Where a line a request is written",
    detail: "`off`, `stdout`, or a file. A line has the form that the stage's `AccessLogSetting` says, else that \
             of `access_log_format`; the destination that a definition names is not used. Lines are written beside \
             the requests: a disk or pipe that is too slow loses lines, and the log says how many. At SIGHUP the \
             file is opened again. See docs/logs.md.",
    example: "\"/var/log/vestibule/access.log\"",
    ..PLAIN
};

/// The form of such a line where the stage says none.
pub(super) static ACCESS_LOG_FORMAT: Setting = Setting {
    name: "access_log_format",
    flag: Flag::Long { flag: "--access-log-format", value: "clf|json|xml|csv|TEXT" },
    variable: "VESTIBULE_ACCESS_LOG_FORMAT",
    default: "json",
    summary: "Form of its lines",
    detail: "One of the four that AWS's console offers, `clf`, `json`, `xml` or `csv`, or a text with `$context` \
             variables.",
    example: "\"$context.requestId $context.status\"",
    ..PLAIN
};

/// When a file of the access log is begun anew.
pub(super) static ACCESS_LOG_MAX_MB: Setting = Setting {
    name: "access_log_max_mb",
    flag: Flag::Long { flag: "--access-log-max-mb", value: "MB" },
    variable: "VESTIBULE_ACCESS_LOG_MAX_MB",
    shape: Shape::Number,
    default: "100",
    summary: "Size at which a file of the access log is renamed",
    detail: "Megabytes, 1 to 1000000. `access.log` becomes `access.log.1`, and a new one is begun.",
    example: "100",
    ..PLAIN
};

/// How many files of the access log are kept.
pub(super) static ACCESS_LOG_FILES: Setting = Setting {
    name: "access_log_files",
    flag: Flag::Long { flag: "--access-log-files", value: "NUMBER" },
    variable: "VESTIBULE_ACCESS_LOG_FILES",
    shape: Shape::Number,
    default: "5",
    summary: "Renamed files of the access log that are kept",
    detail: "0 to 1000; the oldest is removed.",
    example: "5",
    ..PLAIN
};

/// How long requests in flight may take at the end.
pub(super) static DRAIN_SECONDS: Setting = Setting {
    name: "drain_seconds",
    flag: Flag::Long { flag: "--drain-seconds", value: "SECONDS" },
    variable: "VESTIBULE_DRAIN_SECONDS",
    shape: Shape::Number,
    default: "30",
    summary: "Time that requests in flight have at the end",
    detail: "Seconds, 0 to 3600. The default lets the longest integration that AWS allows by \
             default (29 s) finish.",
    example: "30",
    ..PLAIN
};

/// How long connections are still taken when the end has begun.
pub(super) static DRAIN_DELAY_SECONDS: Setting = Setting {
    name: "drain_delay_seconds",
    flag: Flag::Long { flag: "--drain-delay-seconds", value: "SECONDS" },
    variable: "VESTIBULE_DRAIN_DELAY_SECONDS",
    shape: Shape::Number,
    default: "0",
    summary: "Time before that in which balancers may still send requests",
    detail: "Seconds, 0 to 3600. At SIGTERM `/readyz` says 503 at once, and connections are taken \
             for so long: until every balancer in front has seen it. Meanwhile answers over \
             HTTP/1 close their connections. Then `drain_seconds` begin. Ctrl-C does not wait. \
             See docs/scaling.md.",
    example: "5",
    ..PLAIN
};

/// Every setting, in the order in which help and documents show them.
pub static SETTINGS: &[&Setting] = &[
    &CONFIG,
    &LISTEN,
    &TLS_CERTIFICATE,
    &TLS_KEY,
    &TRUSTED_PROXIES,
    &LIMITS,
    &ACCOUNT_LIMIT,
    &RATE_LIMIT_HEADERS,
    &CACHE_MB,
    &CACHE_STATUSES,
    &ADMIN,
    &ADMIN_HOSTS,
    &AWS,
    &AWS_HOSTS,
    &ACCESS_KEYS,
    &DATA,
    &EPHEMERAL,
    &DYNAMODB,
    &DYNAMODB_ATTEMPTS,
    &DEFINITIONS,
    &ALLOW_PARTIAL,
    &WATCH,
    &SEED,
    &BACKEND_CA,
    &STAGE,
    &STAGE_VARIABLES,
    &PARAMETERS,
    &ACCOUNT,
    &REGION,
    &LAMBDA_ENDPOINT,
    &ENDPOINTS,
    &SHARED,
    &SHARED_PASSWORD,
    &SHARED_WHEN_LOST,
    &GATEWAYS,
    &LOG,
    &LOG_FORMAT,
    &TRACE,
    &ACCESS_LOG,
    &ACCESS_LOG_FORMAT,
    &ACCESS_LOG_MAX_MB,
    &ACCESS_LOG_FILES,
    &DRAIN_SECONDS,
    &DRAIN_DELAY_SECONDS,
];

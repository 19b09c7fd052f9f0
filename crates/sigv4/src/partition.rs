//! The domains of AWS's partitions: where its endpoints are, and which hosts are its own.

/// The domain of a partition's endpoints, by how its regions begin (AWS SDKs: `partitions.json`).
const DOMAINS: [(&str, &str); 6] = [
    ("cn-", "amazonaws.com.cn"),
    ("us-iso-", "c2s.ic.gov"),
    ("us-isob-", "sc2s.sgov.gov"),
    ("us-isof-", "csp.hci.ic.gov"),
    ("eu-isoe-", "cloud.adc-e.uk"),
    ("eusc-", "amazonaws.eu"),
];

/// The domain of all other regions.
const DOMAIN: &str = "amazonaws.com";

/// The domains of endpoints that are reached over IPv4 and IPv6 (the same source).
const DUAL_STACK_DOMAINS: [&str; 7] = [
    "api.aws",
    "api.amazonwebservices.com.cn",
    "api.aws.ic.gov",
    "api.aws.scloud",
    "api.aws.hci.ic.gov",
    "api.cloud-aws.adc-e.uk",
    "api.amazonwebservices.eu",
];

/// Returns the domain below which a region has its endpoints, such as `amazonaws.com`.
pub fn domain_of_region(region: &str) -> &'static str {
    let of = DOMAINS.iter().find(|(beginning, _)| region.starts_with(beginning));
    of.map_or(DOMAIN, |(_, domain)| domain)
}

/// Returns whether a host, in lower case and without a port, is below a domain of AWS's endpoints.
pub fn is_host_of_aws(host: &str) -> bool {
    let host = host.strip_suffix('.').unwrap_or(host);
    let is_below = |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.ends_with('.'));
    let domains = DOMAINS.iter().map(|(_, domain)| *domain);
    domains.chain([DOMAIN]).chain(DUAL_STACK_DOMAINS).any(is_below)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_each_partition_are_awss() {
        for host in [
            "sqs.eu-west-1.amazonaws.com",
            "vpce-1.dynamodb.eu-west-1.vpce.amazonaws.com",
            "dynamodb.cn-north-1.amazonaws.com.cn",
            "sqs.eusc-de-east-1.amazonaws.eu",
            "lambda.us-iso-east-1.c2s.ic.gov",
            "dynamodb.eu-west-1.api.aws",
            "sqs.eu-west-1.amazonaws.com.",
        ] {
            assert!(is_host_of_aws(host), "{host}");
        }
        for host in
            ["amazonaws.com", "xamazonaws.com", "a.amazonaws.com.example.org", "localhost", ""]
        {
            assert!(!is_host_of_aws(host), "{host}");
        }
    }

    #[test]
    fn a_region_has_its_endpoints_in_its_partition() {
        for (region, domain) in [
            ("eu-west-1", "amazonaws.com"),
            ("us-gov-west-1", "amazonaws.com"),
            ("cn-north-1", "amazonaws.com.cn"),
            ("us-isob-east-1", "sc2s.sgov.gov"),
            ("eusc-de-east-1", "amazonaws.eu"),
        ] {
            assert_eq!(domain_of_region(region), domain);
        }
    }
}

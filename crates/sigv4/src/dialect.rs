//! The two ways in which services want requests made canonical.

/// How a service wants a request made canonical.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Most services: the path is normalised and what is sent of it encoded once more.
    General,
    /// Amazon S3 and its kin: the path counts as it is sent, and a header says the hash of the payload.
    S3,
}

impl Dialect {
    /// The dialect of a service by its name in the credential scope.
    pub fn of_service(service: &str) -> Dialect {
        match service {
            "s3" | "s3-object-lambda" | "s3-outposts" | "s3express" => Dialect::S3,
            _ => Dialect::General,
        }
    }
}

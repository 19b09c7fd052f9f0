//! What a format calls the parts of an API that OpenAPI's extensions call otherwise, so that findings speak its author's words.

/// A part of an API that formats keep in places of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// The statuses that a method answers with.
    MethodResponses,
    /// The headers of one of them.
    ResponseHeaders,
    /// The parameters that a method declares.
    RequestParameters,
    /// Validators of an API.
    RequestValidators,
}

/// What an API is written in, part by part.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wording {
    /// `statusCode`
    #[default]
    OpenApi,
    /// `StatusCode`
    CloudFormation,
    /// `status_code`
    Terraform,
}

impl Wording {
    /// The name that a member has here, which OpenAPI's extensions call `name`.
    pub(crate) fn name_of(self, name: &str) -> String {
        match (self, name) {
            (Wording::OpenApi, _) => name.to_owned(),
            (Wording::CloudFormation, "httpMethod") => "IntegrationHttpMethod".to_owned(),
            (Wording::CloudFormation, _) => capitalised(name),
            (Wording::Terraform, "httpMethod") => "integration_http_method".to_owned(),
            (Wording::Terraform, _) => in_snake_case(name),
        }
    }

    /// Where a part is written.
    pub(crate) fn home_of(self, part: Part) -> &'static str {
        match (self, part) {
            (Wording::OpenApi, Part::MethodResponses) => "`responses`",
            (Wording::OpenApi, Part::ResponseHeaders) => "`headers`",
            (Wording::OpenApi, Part::RequestParameters) => "`parameters`",
            (Wording::OpenApi, Part::RequestValidators) => {
                "`x-amazon-apigateway-request-validators`"
            }
            (Wording::CloudFormation, Part::MethodResponses) => "`MethodResponses`",
            (Wording::CloudFormation, Part::ResponseHeaders) => "`ResponseParameters`",
            (Wording::CloudFormation, Part::RequestParameters) => "`RequestParameters`",
            (Wording::CloudFormation, Part::RequestValidators) => {
                "`AWS::ApiGateway::RequestValidator`"
            }
            (Wording::Terraform, Part::MethodResponses) => "`aws_api_gateway_method_response`",
            (Wording::Terraform, Part::ResponseHeaders) => "`response_parameters`",
            (Wording::Terraform, Part::RequestParameters) => "`request_parameters`",
            (Wording::Terraform, Part::RequestValidators) => "`aws_api_gateway_request_validator`",
        }
    }
}

fn capitalised(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

fn in_snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for (at, letter) in name.char_indices() {
        if at > 0 && letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::Wording;

    #[test]
    fn each_format_has_its_own_names() {
        let names = |name| {
            [Wording::OpenApi, Wording::CloudFormation, Wording::Terraform]
                .map(|wording| wording.name_of(name))
        };
        assert_eq!(names("statusCode"), ["statusCode", "StatusCode", "status_code"]);
        assert_eq!(names("uri"), ["uri", "Uri", "uri"]);
        let method = ["httpMethod", "IntegrationHttpMethod", "integration_http_method"];
        assert_eq!(names("httpMethod"), method);
        assert_eq!(names(""), ["", "", ""]);
    }
}

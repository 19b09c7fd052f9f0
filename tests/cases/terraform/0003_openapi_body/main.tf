locals {
  role = "arn:aws:iam::000000000000:role/links"
}

resource "aws_dynamodb_table" "links" {
  name         = "links"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "code"
  attribute {
    name = "code"
    type = "S"
  }
}

resource "aws_api_gateway_rest_api" "links" {
  name = "links"
  body = templatefile("openapi.yaml", {
    role  = local.role
    table = aws_dynamodb_table.links.name
  })
  put_rest_api_mode = "merge"
}

resource "aws_api_gateway_deployment" "links" {
  rest_api_id = aws_api_gateway_rest_api.links.id
  triggers    = { body = sha1(aws_api_gateway_rest_api.links.body) }
}

resource "aws_api_gateway_stage" "live" {
  rest_api_id   = aws_api_gateway_rest_api.links.id
  deployment_id = aws_api_gateway_deployment.links.id
  stage_name    = "live"
  variables     = { greeting = "hello" }
}

resource "aws_s3_bucket" "logs" {
  bucket = "links-logs"
}

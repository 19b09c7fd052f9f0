variable "rest_api_id" {}
variable "resource_id" {}
variable "verb" {}
variable "action" {}
variable "role" {}
variable "table" {}

data "aws_region" "current" {}

resource "aws_api_gateway_method" "this" {
  rest_api_id        = var.rest_api_id
  resource_id        = var.resource_id
  http_method        = var.verb
  authorization      = "NONE"
  request_parameters = { "method.request.path.id" = true }
}

resource "aws_api_gateway_integration" "this" {
  rest_api_id             = var.rest_api_id
  resource_id             = var.resource_id
  http_method             = aws_api_gateway_method.this.http_method
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = "arn:aws:apigateway:${data.aws_region.current.name}:dynamodb:action/${var.action}"
  credentials             = var.role
  request_templates = {
    "application/json" = templatefile("${path.module}/templates/${var.action}.vtl", { table = var.table })
  }
}

locals {
  answers = {
    "200" = { pattern = "", template = var.verb == "GET" ? "$input.json('$.Item')" : "{\"stored\": true}" }
    "400" = { pattern = "4\\d{2}", template = "{\"error\": $input.json('$.message')}" }
  }
}

resource "aws_api_gateway_method_response" "this" {
  for_each    = local.answers
  rest_api_id = var.rest_api_id
  resource_id = var.resource_id
  http_method = aws_api_gateway_method.this.http_method
  status_code = each.key
}

resource "aws_api_gateway_integration_response" "this" {
  for_each           = local.answers
  rest_api_id        = var.rest_api_id
  resource_id        = var.resource_id
  http_method        = aws_api_gateway_method.this.http_method
  status_code        = aws_api_gateway_method_response.this[each.key].status_code
  selection_pattern  = each.value.pattern
  response_templates = { "application/json" = each.value.template }
  depends_on         = [aws_api_gateway_integration.this]
}

variable "table_name" {
  default = "notes"
}

data "aws_region" "current" {}

resource "aws_dynamodb_table" "notes" {
  name         = var.table_name
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "owner"
  range_key    = "id"

  attribute {
    name = "owner"
    type = "S"
  }
  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_iam_role" "gateway" {
  name = "notes-gateway"
  assume_role_policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "apigateway.amazonaws.com" } }]
  })
}

resource "aws_iam_role_policy" "gateway" {
  role = aws_iam_role.gateway.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "dynamodb:*", Resource = aws_dynamodb_table.notes.arn }]
  })
}

resource "aws_api_gateway_rest_api" "notes" {
  name        = "notes"
  description = "Notes of owners"
  endpoint_configuration {
    types = ["REGIONAL"]
  }
}

resource "aws_api_gateway_resource" "notes" {
  rest_api_id = aws_api_gateway_rest_api.notes.id
  parent_id   = aws_api_gateway_rest_api.notes.root_resource_id
  path_part   = "notes"
}

resource "aws_api_gateway_resource" "owner" {
  rest_api_id = aws_api_gateway_rest_api.notes.id
  parent_id   = aws_api_gateway_resource.notes.id
  path_part   = "{owner}"
}

resource "aws_api_gateway_resource" "note" {
  rest_api_id = aws_api_gateway_rest_api.notes.id
  parent_id   = aws_api_gateway_resource.owner.id
  path_part   = "{id}"
}

resource "aws_api_gateway_model" "note" {
  rest_api_id  = aws_api_gateway_rest_api.notes.id
  name         = "Note"
  content_type = "application/json"
  schema = jsonencode({
    "$schema"  = "http://json-schema.org/draft-04/schema#"
    type       = "object"
    required   = ["text"]
    properties = { text = { type = "string", maxLength = 100 } }
  })
}

resource "aws_api_gateway_request_validator" "body" {
  rest_api_id           = aws_api_gateway_rest_api.notes.id
  name                  = "body"
  validate_request_body = true
}

# PUT /notes/{owner}/{id}
resource "aws_api_gateway_method" "put" {
  rest_api_id          = aws_api_gateway_rest_api.notes.id
  resource_id          = aws_api_gateway_resource.note.id
  http_method          = "PUT"
  authorization        = "NONE"
  request_validator_id = aws_api_gateway_request_validator.body.id
  request_models       = { "application/json" = aws_api_gateway_model.note.name }
  request_parameters = {
    "method.request.path.owner" = true
    "method.request.path.id"    = true
  }
}

resource "aws_api_gateway_integration" "put" {
  rest_api_id             = aws_api_gateway_rest_api.notes.id
  resource_id             = aws_api_gateway_resource.note.id
  http_method             = aws_api_gateway_method.put.http_method
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = "arn:aws:apigateway:${data.aws_region.current.name}:dynamodb:action/PutItem"
  credentials             = aws_iam_role.gateway.arn
  passthrough_behavior    = "NEVER"
  request_templates = {
    "application/json" = <<-EOT
      {
        "TableName": "${aws_dynamodb_table.notes.name}",
        "Item": {
          "owner": {"S": "$util.escapeJavaScript($input.params('owner'))"},
          "id": {"S": "$util.escapeJavaScript($input.params('id'))"},
          "text": {"S": $input.json('$.text')}
        }
      }
    EOT
  }
}

resource "aws_api_gateway_method_response" "put_200" {
  rest_api_id = aws_api_gateway_rest_api.notes.id
  resource_id = aws_api_gateway_resource.note.id
  http_method = aws_api_gateway_method.put.http_method
  status_code = "204"
}

resource "aws_api_gateway_integration_response" "put_200" {
  rest_api_id        = aws_api_gateway_rest_api.notes.id
  resource_id        = aws_api_gateway_resource.note.id
  http_method        = aws_api_gateway_method.put.http_method
  status_code        = aws_api_gateway_method_response.put_200.status_code
  response_templates = { "application/json" = "#set($x = 1)" }
  depends_on         = [aws_api_gateway_integration.put]
}

# GET /notes/{owner}/{id}
resource "aws_api_gateway_method" "get" {
  rest_api_id        = aws_api_gateway_rest_api.notes.id
  resource_id        = aws_api_gateway_resource.note.id
  http_method        = "GET"
  authorization      = "NONE"
  request_parameters = { "method.request.path.owner" = true, "method.request.path.id" = true }
}

resource "aws_api_gateway_integration" "get" {
  rest_api_id             = aws_api_gateway_rest_api.notes.id
  resource_id             = aws_api_gateway_resource.note.id
  http_method             = aws_api_gateway_method.get.http_method
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = "arn:aws:apigateway:${data.aws_region.current.name}:dynamodb:action/GetItem"
  credentials             = aws_iam_role.gateway.arn
  request_templates = {
    "application/json" = jsonencode({
      TableName = aws_dynamodb_table.notes.name
      Key       = { owner = { S = "$input.params('owner')" }, id = { S = "$input.params('id')" } }
    })
  }
}

resource "aws_api_gateway_method_response" "get" {
  for_each            = toset(["200", "404"])
  rest_api_id         = aws_api_gateway_rest_api.notes.id
  resource_id         = aws_api_gateway_resource.note.id
  http_method         = aws_api_gateway_method.get.http_method
  status_code         = each.value
  response_parameters = { "method.response.header.X-Store" = true }
}

resource "aws_api_gateway_integration_response" "get_200" {
  rest_api_id         = aws_api_gateway_rest_api.notes.id
  resource_id         = aws_api_gateway_resource.note.id
  http_method         = aws_api_gateway_method.get.http_method
  status_code         = aws_api_gateway_method_response.get["200"].status_code
  response_parameters = { "method.response.header.X-Store" = "'${var.table_name}'" }
  response_templates = {
    "application/json" = <<-EOT
      #set($item = $input.path('$.Item'))
      #if($item == "")
      #set($context.responseOverride.status = 404)
      {"message": "no such note"}
      #else
      {"id": "$item.id.S", "text": "$item.text.S"}
      #end
    EOT
  }
  depends_on = [aws_api_gateway_integration.get]
}

# GET /notes/{owner}
resource "aws_api_gateway_method" "list" {
  rest_api_id        = aws_api_gateway_rest_api.notes.id
  resource_id        = aws_api_gateway_resource.owner.id
  http_method        = "GET"
  authorization      = "NONE"
  request_parameters = { "method.request.path.owner" = true, "method.request.querystring.limit" = false }
}

resource "aws_api_gateway_integration" "list" {
  rest_api_id             = aws_api_gateway_rest_api.notes.id
  resource_id             = aws_api_gateway_method.list.resource_id
  http_method             = aws_api_gateway_method.list.http_method
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = "arn:aws:apigateway:${data.aws_region.current.name}:dynamodb:action/Query"
  credentials             = aws_iam_role.gateway.arn
  request_templates = {
    "application/json" = <<-EOT
      #set($limit = $input.params('limit'))
      {
        "TableName": "${aws_dynamodb_table.notes.name}",
        #if($limit != "")"Limit": $limit,#end
        "KeyConditionExpression": "#o = :o",
        "ExpressionAttributeNames": {"#o": "owner"},
        "ExpressionAttributeValues": {":o": {"S": "$input.params('owner')"}}
      }
    EOT
  }
}

resource "aws_api_gateway_method_response" "list" {
  rest_api_id = aws_api_gateway_rest_api.notes.id
  resource_id = aws_api_gateway_method.list.resource_id
  http_method = aws_api_gateway_method.list.http_method
  status_code = "200"
}

resource "aws_api_gateway_integration_response" "list" {
  rest_api_id = aws_api_gateway_rest_api.notes.id
  resource_id = aws_api_gateway_method.list.resource_id
  http_method = aws_api_gateway_method.list.http_method
  status_code = aws_api_gateway_method_response.list.status_code
  response_templates = {
    "application/json" = "{\"count\": $input.path('$.Count'), \"notes\": [#foreach($n in $input.path('$.Items'))\"$n.text.S\"#if($foreach.hasNext), #end#end]}"
  }
  depends_on = [aws_api_gateway_integration.list]
}

# OPTIONS /notes
resource "aws_api_gateway_method" "options" {
  rest_api_id   = aws_api_gateway_rest_api.notes.id
  resource_id   = aws_api_gateway_resource.notes.id
  http_method   = "OPTIONS"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "options" {
  rest_api_id       = aws_api_gateway_rest_api.notes.id
  resource_id       = aws_api_gateway_resource.notes.id
  http_method       = aws_api_gateway_method.options.http_method
  type              = "MOCK"
  request_templates = { "application/json" = "{\"statusCode\": 200}" }
}

resource "aws_api_gateway_method_response" "options" {
  rest_api_id         = aws_api_gateway_rest_api.notes.id
  resource_id         = aws_api_gateway_resource.notes.id
  http_method         = aws_api_gateway_method.options.http_method
  status_code         = "200"
  response_models     = { "application/json" = "Empty" }
  response_parameters = { "method.response.header.Access-Control-Allow-Methods" = true }
}

resource "aws_api_gateway_integration_response" "options" {
  rest_api_id         = aws_api_gateway_rest_api.notes.id
  resource_id         = aws_api_gateway_resource.notes.id
  http_method         = aws_api_gateway_method.options.http_method
  status_code         = aws_api_gateway_method_response.options.status_code
  response_parameters = { "method.response.header.Access-Control-Allow-Methods" = "'GET,OPTIONS,PUT'" }
}

resource "aws_api_gateway_gateway_response" "body" {
  rest_api_id        = aws_api_gateway_rest_api.notes.id
  response_type      = "BAD_REQUEST_BODY"
  status_code        = "422"
  response_templates = { "application/json" = "{\"why\": \"$context.error.validationErrorString\"}" }
}

resource "aws_api_gateway_deployment" "notes" {
  rest_api_id = aws_api_gateway_rest_api.notes.id
  triggers    = { redeployment = filesha1("main.tf") }
  lifecycle {
    create_before_destroy = true
  }
  depends_on = [
    aws_api_gateway_integration.put, aws_api_gateway_integration.get,
    aws_api_gateway_integration.list, aws_api_gateway_integration.options,
  ]
}

resource "aws_api_gateway_stage" "prod" {
  rest_api_id   = aws_api_gateway_rest_api.notes.id
  deployment_id = aws_api_gateway_deployment.notes.id
  stage_name    = "prod"
}

output "url" {
  value = aws_api_gateway_stage.prod.invoke_url
}

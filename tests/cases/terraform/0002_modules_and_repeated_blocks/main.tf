variable "collections" {
  default = {
    orders    = { key = "order" }
    customers = { key = "customer" }
  }
}

module "table" {
  source   = "./modules/table"
  for_each = var.collections
  name     = "shop-${each.key}"
}

module "api" {
  source      = "./modules/api"
  name        = "shop"
  collections = { for name, collection in var.collections : name => merge(collection, { table = "shop-${name}" }) }
}

resource "aws_api_gateway_method" "health" {
  count         = 1
  rest_api_id   = module.api.id
  resource_id   = module.api.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "health" {
  count             = length(aws_api_gateway_method.health)
  rest_api_id       = module.api.id
  resource_id       = aws_api_gateway_method.health[count.index].resource_id
  http_method       = aws_api_gateway_method.health[count.index].http_method
  type              = "MOCK"
  request_templates = { "application/json" = "{\"statusCode\": 200}" }
}

resource "aws_api_gateway_method_response" "health" {
  count       = 1
  rest_api_id = module.api.id
  resource_id = element(aws_api_gateway_method.health.*.resource_id, count.index)
  http_method = "GET"
  status_code = "200"
}

resource "aws_api_gateway_integration_response" "health" {
  rest_api_id        = module.api.id
  resource_id        = one(aws_api_gateway_method.health[*].resource_id)
  http_method        = "GET"
  status_code        = aws_api_gateway_method_response.health[0].status_code
  response_templates = { "application/json" = "{\"up\": true}" }
}

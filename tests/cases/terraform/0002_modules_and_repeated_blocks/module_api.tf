variable "name" {}
variable "collections" {}

resource "aws_iam_role" "this" {
  name               = "${var.name}-api"
  path               = "/service/"
  assume_role_policy = "{}"
}

resource "aws_api_gateway_rest_api" "this" {
  name = var.name
}

resource "aws_api_gateway_resource" "collection" {
  for_each    = var.collections
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = each.key
}

resource "aws_api_gateway_resource" "item" {
  for_each    = aws_api_gateway_resource.collection
  rest_api_id = each.value.rest_api_id
  parent_id   = each.value.id
  path_part   = "{id}"
}

module "put" {
  source      = "../crud"
  for_each    = aws_api_gateway_resource.item
  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = each.value.id
  verb        = "PUT"
  action      = "PutItem"
  role        = aws_iam_role.this.arn
  table       = var.collections[each.key].table
}

module "get" {
  source      = "../crud"
  for_each    = var.collections
  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.item[each.key].id
  verb        = "GET"
  action      = "GetItem"
  role        = aws_iam_role.this.arn
  table       = each.value.table
}

output "id" { value = aws_api_gateway_rest_api.this.id }
output "root_resource_id" { value = aws_api_gateway_rest_api.this.root_resource_id }

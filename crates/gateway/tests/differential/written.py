"""Mapping templates as people write them: the reference pages' own, and the idioms that public definitions depend on."""

TEMPLATES = [
    # Requests.
    '{"TableName":"$stageVariables.table","Key":{"id":{"S":"$util.escapeJavaScript($input.params(\'id\'))"}}}',
    '#set($b = $input.path(\'$\'))\n{"TableName":"t","Item":{"id":{"S":"$context.requestId"},"name":{"S":$input.json(\'$.name\')},"age":{"N":"$b.age"}\n'
    '#foreach($k in $b.keySet())#if($k != \'name\' && $k != \'age\'),"$k":{"S":"$util.escapeJavaScript($b.get($k)).replaceAll("\\\\\'","\'")"}#end#end\n'
    '},"ConditionExpression":"attribute_not_exists(id)"}',
    '{"TableName":"t","IndexName":"gsi","KeyConditionExpression":"#pk = :pk","ExpressionAttributeNames":{"#pk":"artist"},\n'
    ' "ExpressionAttributeValues":{":pk":{"S":"$util.urlDecode($input.params(\'artist\'))"}}\n'
    '#if($input.params(\'limit\') != "") ,"Limit":$input.params(\'limit\')#end\n'
    '#if($input.params(\'next\') != "") ,"ExclusiveStartKey":$util.base64Decode($input.params(\'next\'))#end }',
    '{"TableName":"t","Key":{"id":{"S":"$input.params(\'id\')"}},"UpdateExpression":"SET #m = :m","ExpressionAttributeNames":{"#m":"message"},\n'
    ' "ExpressionAttributeValues":{":m":{"S":$input.json(\'$.message\')}},"ReturnValues":"ALL_NEW"}',
    '#set($allParams = $input.params())\n{\n"body-json" : $input.json(\'$\'),\n"params" : {\n#foreach($type in $allParams.keySet())\n'
    '    #set($params = $allParams.get($type))\n"$type" : {\n    #foreach($paramName in $params.keySet())\n'
    '    "$paramName" : "$util.escapeJavaScript($params.get($paramName))"\n        #if($foreach.hasNext),#end\n    #end\n}\n'
    '    #if($foreach.hasNext),#end\n#end\n},\n"stage-variables" : {\n#foreach($key in $stageVariables.keySet())\n'
    '"$key" : "$util.escapeJavaScript($stageVariables.get($key))"\n    #if($foreach.hasNext),#end\n#end\n},\n"context" : {\n'
    '    "account-id" : "$context.identity.accountId",\n    "source-ip" : "$context.identity.sourceIp",\n'
    '    "user-agent" : "$context.identity.userAgent",\n    "sub" : "$context.authorizer.claims.sub"\n    }\n}\n',
    '#set($inputRoot = $input.path(\'$\'))\n#set($inputRoot.createdAt = $context.requestTimeEpoch)\n#set($inputRoot.id = "$context.requestId")\n$input.json(\'$\')',
    '#set($context.requestOverride.path.body = $input.json(\'$\'))\n#set($context.requestOverride.querystring[\'q\'] = "v")\n'
    '$context.requestOverride.path.body $context.requestOverride.querystring.q',
    '#foreach($k in $input.params().querystring.keySet())\n#set($context.requestOverride.header[$k] = $input.params(\'querystring\'))\n#end\n'
    '$input.params().header.get(\'x\') $input.params()[\'querystring\'][\'k\'] $input.params().path.k #if($input.params(\'nope\') == \'\')none#end',
    '#set($months = {"Jan":"01","Feb":"02","Nov":"11"})#set($t = $context.requestTime.split(\':\'))#set($d = $t[0].split(\'/\'))\n'
    '#set($year=$d[2])#set($month=$months.get($d[1]))${year}-${month}-$d[0]T$t[1]:$t[2]',
    '#set($now = $context.requestTimeEpoch / 1000)#set($ttl = $now + 86400)#set($ms = $context.requestTimeEpoch % 1000){"ttl":{"N":"$ttl"},"ms":$ms}',
    '#set($limit = $input.params(\'limit\'))#if($limit == "" || $limit < 0 || $limit > 100)#set($limit = 10)#end{"Limit":$limit}',
    '#set($pk = "ACCOUNT#$util.base64Encode($input.params(\'id\'))#PROJECT#$input.path(\'$.id\')"){"pk":{"S":"$pk"}}',
    '{"sk":{"S":"$util.base64Encode("$input.params(\'id\')")"},"q":"a ""quoted"" word"}',
    '{"a":"$body-objects","b":"$input.params(\'id\')-1","c":"${stageVariables.table}-x"}#if(false)x#elseAction=Query#end',
    '#if($input.params(\'x\') == \'\')true#{else}false#end,#if(true)1#else"0"#end',
    '#set($verse = "$verse$part")#set($verse = "$verse$input.params(\'id\')")$verse',
    '#set($Integer = 0)#set($n = $Integer.parseInt($input.params(\'limit\')) + 1){"Limit":$n}',
    '{"TableName":"#if($stageVariables.table != "")$stageVariables.table#else${stageVariables.other}#end","Owner":"$context.authorizer.claims[\'cognito:username\']",'
    '"role":"$context.authorizer.claims.get(\'custom:role\')","groups":#if($context.authorizer.claims[\'cognito:groups\'].contains(\'admin\'))true#{else}false#end}',
    '#if($input.body.contains("bad")){"InvalidTenantScope":true}#stop#end$input.body',
    '$util.qr($input.path(\'$\').put("a", 1))#set($x = $input.path(\'$\').put("b", [1, "two"]))$input.json(\'$\')',
    '{"Item":{#foreach($e in $input.path(\'$\').entrySet())"$e.key":{"S":"$e.value"}#if($foreach.hasNext()),#end#end}}',
    '#set($items = [])#foreach($e in $input.path(\'$.items\'))#set($bar = $items.add($e))#end$items $items.size() $items.add("x")',
    '{ "statusCode": 200 }',
    '{statusCode: 200}#set($context.responseOverride.status = 444)#set($context.responseOverride.header.foo = "bar")#set($context.responseOverride.custom = "c")',
    # Responses.
    '#set($item = $input.path(\'$.Item\'))\n#if($item == "")\n#set($context.responseOverride.status = 404)\n{"message":"not found"}\n#else\n'
    '{"id":"$item.id.S","price":$item.price.N}\n#end\n',
    '#set($inputRoot = $input.path(\'$\'))\n{"items":[\n#foreach($elem in $inputRoot.Items){"id":"$elem.id.S","n":"$elem.n.N"}#if($foreach.hasNext),#end\n#end\n'
    ']#if($inputRoot.LastEvaluatedKey != ""),"next":"$util.base64Encode($input.json(\'$.LastEvaluatedKey\'))"#end}',
    '#set($t = $input.path(\'$.__type\'))\n#if($t.contains("ConditionalCheckFailed"))#set($context.responseOverride.status = 409)#elseif($t.contains("ResourceNotFound"))'
    '#set($context.responseOverride.status = 404)#end\n{"message":"$util.escapeJavaScript($input.path(\'$.message\'))"}',
    '#set($elem = $input.path(\'$.Item\'))\n{#foreach($k in $elem.keySet())#set($t=$elem.get($k).keySet())#if($t=="[N]")"$k":$elem.get($k).N#elseif($t=="[S]")'
    '"$k":"$util.escapeJavaScript($elem.get($k).S)"#elseif($t == "[BOOL]")"$k": $elem[$k].BOOL#elseif($t == \'[SS]\')"$k": $elem[$k][\'SS\']#else"$k":null#end'
    '#if($foreach.hasNext),#end#end}',
    '#define($plain)#foreach($k in $node.keySet())#set($v = $node[$k])$k=#if($v.containsKey("M"))#set($stack = $node)#set($node = $v.M)($plain)#set($node = $stack)'
    '#elseif($v.containsKey("L"))[$v.L.size()]#else$v.values().toArray()[0]#end;#end#end#set($node = $input.path(\'$.Item\'))$plain',
    '#set($root = $input.path(\'$\'))#set($last = $root.Items.size() - 1)[#foreach($i in [$last..0])$root.Items.get($i).id.S#if($foreach.count < 3),#else#break#end#end]',
    '$input.path(\'$.Items\')', '$input.json(\'$.Items\')', '$input.json(\'$.Items[*].id.S\')', '$input.path(\'$.Items[0]\')', '$input.path(\'$.Item\').toString()',
    '#if($input.path(\'$\').toString().contains("Item"))yes#else no#end #if($input.path(\'$.Item\').size() > 0)some#else none#end',
    '#set($e = $input.path(\'$.Item\'))$e[\'type\'][\'S\'].split(\'[+]\')[1] #if($e[\'type\'].S.split(\'[+]\')[1] == \'a\')same#end',
    '#if($util.parseJson($input.path(\'$.Item.n.N\')) <= 5)low#{else}high#end $util.parseJson(\'{"a":[1,{"b":2.50}]}\').a[1].b',
    '$input.path(\'$.__type\').split(\'#\')[1]: $input.path(\'$.message\')$input.path(\'$.Message\')',
    '{"count": $input.path(\'$.Count\'), "ids": [#foreach($i in $input.path(\'$.Items\'))"$i.id.S"#if($velocityCount < $input.path(\'$.Count\')), #end#end]}',
    '#set($context.responseOverride.header.x-amzn-ErrorType = "NotFound")#set($context.responseOverride.header["Location"] = "https://a/$input.path(\'$.Attributes.id.S\')")moved',
    'body first#set($context.responseOverride.status = 500)',
    '#**\n * doc\n *#\n## line\n#set($a = 1) ## after\n  #* in *# $a\n#[[ raw $a #if ]]# end',
    '#foreach($i in [1..3])$foreach.index$foreach.count$foreach.first$foreach.last$foreach.hasNext$velocityCount$velocityHasNext#if($foreach.parent)p#end;#end',
    '#foreach($i in [1, 2])#foreach($j in [\'a\',\'b\'])$foreach.parent.count$foreach.parent.index$j$foreach.topmost.count #end#end$foreach.index',
    '#set($l = [])#set($m = {})#set($m.a = $l)#set($x = $l.add($m.size()))$m#set($m[\'b\'] = $l.size())$m.b$m.c',
    '$method.request.path.id $method.request.querystring.q $util.toJson($input.path(\'$\')) $util.defaultIfNull($a, \'b\') $util.dynamodb.toDynamoDBJson($b)',
    '$input.body $input.body.length() $input.body.a $input.json() $input.path() $input.nosuch $input $util',
    '#set($d = $util.parseJson($input.body))$d.keySet() $d.size() #foreach($v in $d)[$v]#end',
    '#macro(hello $x)hi $x#end#hello("a") #hello ($a) #nosuch #nosuch(1, "b") size(#a) "#pk = :pk" #endDate #elseno "#include" "#evaluate" x',
    '#set($r = $input.path(\'$\'))$r.put(null, 1)$r $input.json(\'$.name\')#if($input.params(\'id\') == \'1\')$input.json(\'$\')#end',
    '#define($row){"id":"$e.id.S"}#end#set($rows = [])#foreach($e in $input.path(\'$.Items\'))#set($x = $rows.add("$row"))#end$rows #set($m = {"row":$row})$m.size()',
]

use super::*;

fn names(of: &[(&str, &str)]) -> Names {
    Some(of.iter().map(|(name, stands)| ((*name).to_owned(), (*stands).to_owned())).collect())
}

fn values(of: &[(&str, AttributeValue)]) -> Values {
    Some(of.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect())
}

fn text(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}

fn number(text: &str) -> AttributeValue {
    AttributeValue::N(text.to_owned())
}

#[track_caller]
fn expect(member: Member, text: &str, values: &Values, wanted: Option<&str>) {
    let names = names(&[("#a", "a"), ("#d", "date")]);
    let found = fault(&Expression { member, text, names: &names, values });
    assert_eq!(found.as_ref().map(|fault| fault.message.as_str()), wanted, "{text}");
}

// Source: DynamoDB Local (recorded), dynalite's recordings at AWS.
#[test]
fn what_conditions_are_refused_for() {
    let values = values(&[(":a", text("x")), (":n", number("1")), (":t", text("STRING"))]);
    let check = |text, wanted| expect(Member::Condition, text, &values, wanted);
    check("a = :a AND NOT (b < :n OR size(c) >= :n)", None);
    check("(a) = (:a)", None);
    check("begins_with(#a, :a) and a between :n and :n or a in (:a, b)", None);
    check("BEGINS_WITH(a, :a)", Some("Invalid function name; function: BEGINS_WITH"));
    check(
        "if_not_exists(a, :a) = :a",
        Some("The function is not allowed in a condition expression; function: if_not_exists"),
    );
    check(
        "begins_with(a, :a) = :a",
        Some(
            "The function is not allowed to be used this way in an expression; function: begins_with",
        ),
    );
    check(
        "size(a)",
        Some("The function is not allowed to be used this way in an expression; function: size"),
    );
    check(
        "contains(a, :a, :a)",
        Some(
            "Incorrect number of operands for operator or function; operator or function: contains, number of operands: 3",
        ),
    );
    check(
        "a.b[1] <> a.b[1]",
        Some(
            "The first operand must be distinct from the remaining operands for this operator or function; operator: <>, first operand: [a, b, [1]]",
        ),
    );
    check(
        "a = #a",
        Some(
            "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]",
        ),
    );
    check(
        "attribute_exists(:a)",
        Some(
            "Operator or function requires a document path; operator or function: attribute_exists",
        ),
    );
    check(
        "attribute_type(a, :t)",
        Some(
            "Invalid attribute type name found; type: STRING, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
        ),
    );
    check(
        "attribute_type(a, b)",
        Some(
            "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: {NS,SS,L,BS,N,M,B,BOOL,NULL,S}",
        ),
    );
    check(
        "size(a) AND BEGINS(a, :a)",
        Some("The function is not allowed to be used this way in an expression; function: size"),
    );
    check(
        "a = :none",
        Some(
            "An expression attribute value used in expression is not defined; attribute value: :none",
        ),
    );
    check("__typename = :a", Some(r#"Syntax error; token: "_", near: "__""#));
    check("a = :a AND _b = :a", Some(r#"Syntax error; token: "_", near: "AND _b""#));
    // The engine refuses these.
    check("a = ", None);
    check("a", None);
    check("date = :a", None);
}

// Source: AWS docs: "Constraints in Amazon DynamoDB", expression parameters.
#[test]
fn limits_of_expressions() {
    let values = values(&[(":a", text("x"))]);
    let check = |text: &str, wanted| expect(Member::Filter, text, &values, wanted);
    let many = |count: usize| format!("a=:a{}", " OR a=:a".repeat(count));
    check(&many(149), None);
    check(&many(150), Some("The expression contains too many operators; operator count: 301"));
    check(&format!("a IN (:a{})", ",:a".repeat(99)), None);
    check(
        &format!("a IN (:a{})", ",:a".repeat(100)),
        Some("The IN operator is provided with too many operands; number of operands: 101"),
    );
    check(
        &format!("a{} = :a", ".a".repeat(32)),
        Some("The document path has too many nesting levels; nesting levels: 33"),
    );
    check(
        "a[2147483648] = :a",
        Some("List index is not within the allowable range; index: [2147483648]"),
    );
    // What is longer than AWS takes is not read.
    check(&format!("size(a){}", " ".repeat(4_090)), None);
}

// Source: dynalite's recordings at AWS.
#[test]
fn what_key_conditions_are_refused_for() {
    let values = values(&[(":a", text("x"))]);
    let check = |text, wanted| expect(Member::KeyCondition, text, &values, wanted);
    check("a = :a AND begins_with(b, :a)", None);
    check(":a = a and b between :a and :a", None);
    check("a = :a OR b = :a", Some("Invalid operator used in KeyConditionExpression: OR"));
    check("a <> :a", Some("Invalid operator used in KeyConditionExpression: <>"));
    check("contains(a, :a)", Some("Invalid operator used in KeyConditionExpression: contains"));
    check("size(a) = :a", Some("KeyConditionExpressions cannot contain nested operations"));
    check("a.b = :a", Some("KeyConditionExpressions cannot have conditions on nested attributes"));
    check(
        "a = b",
        Some(
            "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition",
        ),
    );
    check(
        ":a = :a",
        Some("Invalid condition in KeyConditionExpression: No key attribute specified"),
    );
    check(
        "a = :a AND a = :a",
        Some("KeyConditionExpressions must only contain one condition per key"),
    );
}

// Source: DynamoDB Local (recorded).
#[test]
fn what_projections_are_refused_for() {
    let check = |text, wanted| expect(Member::Projection, text, &None, wanted);
    check("a, b.c[0].#a, #d", None);
    check("", None);
    check("a,", Some(r#"Syntax error; token: "<EOF>", near: ",""#));
    check(",a", Some(r#"Syntax error; token: ",", near: ",a""#));
    check("a..b", Some(r#"Syntax error; token: ".", near: "..b""#));
    check("l[-1]", Some(r#"Syntax error; token: "-", near: "[-1""#));
    check("size(a)", Some(r#"Syntax error; token: "(", near: "size(a""#));
    check("_a", Some(r#"Syntax error; token: "_", near: "_a""#));
    check(
        "b, b.c",
        Some(
            "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [b], path two: [b, c]",
        ),
    );
    check(
        "l.a, l[0]",
        Some(
            "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [l, a], path two: [l, [0]]",
        ),
    );
    check(
        "#z",
        Some(
            "An expression attribute name used in the document path is not defined; attribute name: #z",
        ),
    );
}

// Source: DynamoDB Local (recorded), dynalite's recordings at AWS.
#[test]
fn what_updates_are_refused_for() {
    let list = AttributeValue::L(Vec::new());
    let values = values(&[(":a", text("x")), (":n", number("1")), (":l", list)]);
    let check = |text, wanted| expect(Member::Update, text, &values, wanted);
    check("SET a = :a, b = if_not_exists(b, :n) + :n REMOVE c[0] ADD d :n", None);
    check("SET a = (b + :n), c = (d), e = list_append(if_not_exists(e, :l), :l)", None);
    check("set a = IF_NOT_EXISTS(a, :a)", Some("Invalid function name; function: IF_NOT_EXISTS"));
    check(
        "SET a = size(a)",
        Some("The function is not allowed in an update expression; function: size"),
    );
    check(
        "SET a = list_append(list_append(l, :l), :l)",
        Some(
            "The function is not allowed to be used this way in an expression; function: list_append",
        ),
    );
    check(
        "SET a = if_not_exists(a, :a, :a)",
        Some(
            "Incorrect number of operands for operator or function; operator or function: if_not_exists, number of operands: 3",
        ),
    );
    check(
        "SET l[0] = :a, l.a = :a",
        Some(
            "Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [l, [0]], path two: [l, a]",
        ),
    );
    check(
        "DELETE a :n",
        Some(
            "Incorrect operand type for operator or function; operator: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND",
        ),
    );
    check(
        "SET a = b + :a",
        Some(
            "Incorrect operand type for operator or function; operator or function: +, operand type: S",
        ),
    );
    check("SET _a = :a", Some(r#"Syntax error; token: "_", near: "SET _a""#));
    check("SET a = :a,", None);
}

// Source: DynamoDB Local (recorded), dynalite's recordings at AWS.
#[test]
fn what_placeholders_are_refused_for() {
    let check = |name: &str, stands: &str, wanted: Option<&str>| {
        let names = names(&[(name, stands)]);
        let text = format!("a, {name}");
        let member = Member::Projection;
        let found = fault(&Expression { member, text: &text, names: &names, values: &None });
        assert_eq!(found.map(|fault| fault.message).as_deref(), wanted, "{name}");
    };
    check("#b_1", "b", None);
    check(
        "#a-b",
        "b",
        Some(r##"ExpressionAttributeNames contains invalid key: Syntax error; key: "#a-b""##),
    );
    check(
        "#",
        "b",
        Some(r##"ExpressionAttributeNames contains invalid key: Syntax error; key: "#""##),
    );
    check(
        &format!("#{}", "a".repeat(255)),
        "b",
        Some(
            "ExpressionAttributeNames contains invalid key: The expression attribute map contains a key that is too long; size of key: 256",
        ),
    );
    check(
        "#b",
        &"b".repeat(65_536),
        Some(
            "ExpressionAttributeNames contains invalid value: Attribute name is too large, must be less than 65536 bytes for key #b",
        ),
    );
}

// Source: AWS docs: "Projection expressions"; that elements move together, recorded at AWS by dynamodb-conformance.
#[test]
fn what_a_projection_leaves_of_an_item() {
    let item: dynoxide::Item = serde_json::from_str(
        r#"{"a":{"S":"x"},"m":{"M":{"k":{"S":"v"},"n":{"N":"1"}}},"l":{"L":[{"N":"0"},{"N":"1"},{"N":"2"}]}}"#,
    )
    .unwrap();
    let left = |text: &str| {
        let names = None;
        let expression =
            Expression { member: Member::Projection, text, names: &names, values: &None };
        let left = project(&item, &projection::paths(&expression));
        serde_json::to_value(left).unwrap()
    };
    assert_eq!(left("a, z"), serde_json::json!({"a": {"S": "x"}}));
    assert_eq!(left("l[2], l[0]"), serde_json::json!({"l": {"L": [{"N": "0"}, {"N": "2"}]}}));
    assert_eq!(left("m.n"), serde_json::json!({"m": {"M": {"n": {"N": "1"}}}}));
    assert_eq!(left("m.z, a.b, l[9]"), serde_json::json!({}));
}

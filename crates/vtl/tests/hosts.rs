//! Objects of the embedding program: what they are asked, what they may answer, where their errors point.

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use vestibule_vtl::value::{Arena, Argument, Heap, Host, HostError, MapKind, Value};
    use vestibule_vtl::{Limits, RenderErrorKind, ShownValue, Template, Variables};

    /// Answers with what it was asked, and keeps a map it made.
    #[derive(Debug, Default)]
    struct Echo<'a> {
        made: RefCell<Option<Value<'a>>>,
    }

    impl<'a> Host<'a> for Echo<'a> {
        fn property(
            &self,
            heap: &mut Heap<'a>,
            name: &str,
        ) -> Result<Option<Value<'a>>, HostError> {
            if name != "map" {
                return Ok(None);
            }
            if let Some(made) = &*self.made.borrow() {
                return Ok(Some(*made));
            }
            let map = Value::from(heap.map(MapKind::Linked, 0)?);
            *self.made.borrow_mut() = Some(map);
            Ok(Some(map))
        }

        fn call(
            &self,
            heap: &mut Heap<'a>,
            method: &str,
            arguments: &[Argument<'a>],
        ) -> Result<Option<Value<'a>>, HostError> {
            match (method, arguments) {
                ("echo", [argument]) => {
                    let literal = argument.literal.map_or("-".to_owned(), |id| id.0.to_string());
                    let text = heap.text_of(&argument.value)?;
                    Ok(Some(Value::String(heap.text(format!("{text}:{literal}"))?)))
                }
                ("refuse", [_, _]) => Err(HostError::Argument {
                    index: 1,
                    at: Some(2..3),
                    message: "unexpected `]`".to_owned(),
                    help: Some("remove it".to_owned()),
                }),
                ("fail", []) => Err(HostError::failed("not today")),
                _ => Ok(None),
            }
        }
    }

    fn render(text: &str) -> Result<String, vestibule_vtl::RenderError> {
        let template = Template::parse(text).unwrap();
        let arena = Arena::new();
        let host = Echo::default();
        let mut heap = Heap::new(&arena, Limits::default());
        let mut variables = Variables::default();
        let value = heap.host(&host).unwrap();
        variables.set("h", value);
        template.render(&mut heap, &variables)
    }

    // Source: oracle (`$input.equals($input)` and the like).
    #[test]
    fn a_host_has_what_every_object_of_java_has() {
        let text = "$h.equals($h)|$h.equals('a')|$h.equals()|$h.toString()|$h.nosuch()";
        assert_eq!(render(text).unwrap(), "true|false|||");
        let error = render("$h.toString('a')").unwrap_err();
        assert_eq!(error.message, "`toString` takes no arguments");
    }

    // Source: inferred (the interface is ours).
    #[test]
    fn a_host_sees_values_and_which_literal_they_are() {
        let text = "$h.echo('a') $h.echo(\"b$x\") $h.echo($h.echo(\"c\")) $h.echo(1)";
        assert_eq!(render(text).unwrap(), "a:0 b:- c:1:- 1:-");
    }

    // Source: inferred (the interface is ours).
    #[test]
    fn members_a_host_does_not_know_are_empty() {
        assert_eq!(
            render("[$h][$h.x][$h.echo()][$h['x']]#set($h.y=1)[$h.y]").unwrap(),
            "[][][][][]"
        );
    }

    // Source: inferred (the interface is ours).
    #[test]
    fn what_a_host_keeps_is_the_same_object() {
        assert_eq!(render("#set($h.map.k='v')$h.map $h.map.k").unwrap(), "{k=v} v");
    }

    // Source: inferred (the interface is ours).
    #[test]
    fn an_error_points_into_the_literal() {
        let error = render("x $h.refuse('a', \"$\"\"]\")").unwrap_err();
        assert_eq!((error.span.start, error.span.end), (21, 22));
        assert_eq!(error.expression, "]");
        let error = render("x $h.refuse('a', 'ab]')").unwrap_err();
        assert_eq!(error.kind, RenderErrorKind::Host);
        assert_eq!(error.message, "unexpected `]`");
        assert_eq!(error.help.as_deref(), Some("remove it"));
        assert_eq!(error.expression, "]");
        let shown = |role: &str, text: &str| ShownValue { role: role.into(), text: text.into() };
        assert_eq!(error.values, [shown("argument 1", "a"), shown("argument 2", "ab]")]);
    }

    // Source: inferred (the interface is ours).
    #[test]
    fn a_failed_call_points_at_the_call() {
        let error = render("x $h.fail() y").unwrap_err();
        assert_eq!(error.expression, ".fail()");
        assert_eq!(error.message, "not today");
    }

    // Source: inferred (the interface is ours).
    #[test]
    fn literals_are_listed_with_their_place() {
        let template =
            Template::parse("$i.path('$.a')#if($i.m(1, \"b\"\"c\", \"d$x\"))$i.x.y('z')#end")
                .unwrap();
        let literals: Vec<_> = template
            .literals()
            .map(|literal| {
                (literal.id.0, literal.root, literal.method, literal.argument, literal.text)
            })
            .collect();
        assert_eq!(
            literals,
            [(0, "i", "path", 0, "$.a"), (1, "i", "m", 1, "b\"c"), (2, "i", "y", 0, "z")]
        );
        let second = template.literals().nth(1).unwrap();
        let place = second.place(2, 3);
        assert_eq!(template.text().get(second.span.range()), Some("\"b\"\"c\""));
        assert_eq!(template.text().get(place.range()), Some("c"));
        assert_eq!(template.variables().collect::<Vec<_>>(), ["i", "x"]);
    }

    // Source: inferred (an error must not carry a whole body).
    #[test]
    fn values_in_errors_are_cut() {
        let text = format!("#set($s='{}')$s.substring(100)", "é".repeat(90));
        let error = render(&text).unwrap_err();
        assert_eq!(error.values.first().unwrap().text, format!("{}...", "é".repeat(80)));
    }
}

//! What happens past each limit.

#[cfg(test)]
mod tests {
    use vestibule_vtl::limits::{CHAIN_MAX, NESTING_MAX, TEMPLATE_BYTES_MAX};
    use vestibule_vtl::value::{Arena, Heap, MapKind, Owned, Value};
    use vestibule_vtl::{Limit, Limits, RenderErrorKind, Template, Variables};

    fn render(template: &str, limits: Limits) -> Result<String, (RenderErrorKind, String)> {
        let template = Template::parse(template).unwrap();
        let arena = Arena::new();
        let mut heap = Heap::new(&arena, limits);
        let rendered = template.render(&mut heap, &Variables::default());
        rendered.map_err(|error| (error.kind, error.message))
    }

    fn passes(template: &str, limits: Limits, limit: Limit, message: &str) {
        let failed = render(template, limits).unwrap_err();
        assert_eq!(failed, (RenderErrorKind::Limit(limit), message.to_owned()));
    }

    fn refused(template: &str) -> String {
        Template::parse(template).unwrap_err().message
    }

    // Source: AWS docs, API Gateway quotas (300 KB).
    #[test]
    fn a_template_is_at_most_300_kb() {
        assert!(Template::parse("x".repeat(TEMPLATE_BYTES_MAX)).is_ok_and(|_| true));
        assert_eq!(
            refused(&"x".repeat(TEMPLATE_BYTES_MAX + 1)),
            "the template is larger than 307200 bytes"
        );
    }

    // Source: inferred (a bound is needed; Java's is its stack).
    #[test]
    fn templates_nest_64_levels() {
        let ifs = |depth: usize| format!("{}x{}", "#if(true)".repeat(depth), "#end".repeat(depth));
        let depth = NESTING_MAX - 1;
        assert_eq!(render(&ifs(depth), Limits::default()), Ok("x".to_owned()));
        assert_eq!(refused(&ifs(NESTING_MAX)), "nested deeper than 64 levels");
        let parens = format!("#if({}1{})x#end", "(".repeat(100), ")".repeat(100));
        assert_eq!(refused(&parens), "nested deeper than 64 levels");
        let nots = format!("#if({}true)x#end", "!".repeat(5_000));
        assert_eq!(refused(&nots), "nested deeper than 64 levels");
        let lists = format!("#set($a={}{})", "[".repeat(5_000), "]".repeat(5_000));
        assert_eq!(refused(&lists), "nested deeper than 64 levels");
        let indexes = format!("{}1{}", "$a[".repeat(1_000), "]".repeat(1_000));
        assert_eq!(refused(&indexes), "nested deeper than 64 levels");
        let sum = format!("#set($a=1{})", " + 1".repeat(201));
        assert_eq!(refused(&sum), "more than 200 operators in one expression");
        let sums = format!("#set($a={}1{})$a", "(".repeat(50), " + 1 + 1 + 1 + 1)".repeat(50));
        assert_eq!(render(&sums, Limits::default()), Ok("201".to_owned()));
    }

    // Source: inferred (a bound is needed).
    #[test]
    fn chains_are_bounded() {
        let chain = format!("$a{}", ".b".repeat(CHAIN_MAX + 1));
        assert_eq!(refused(&chain), "more than 2000 parts in one expression");
        assert_eq!(refused(&"#$".repeat(5_000)), "more than 2000 things are open here");
    }

    // Source: AWS docs, API Gateway quotas (1,000 iterations); oracle (stops without an error).
    #[test]
    fn a_loop_ends_after_1000_rounds() {
        let output = render("#foreach($i in [1..1500])x#end|", Limits::default());
        assert_eq!(output, Ok(format!("{}|", "x".repeat(1_000))));
    }

    // Source: inferred (AWS's payload limit is 10 MB).
    #[test]
    fn output_is_bounded() {
        let limits = Limits { output_bytes: 10, ..Limits::default() };
        assert_eq!(render("0123456789", limits), Ok("0123456789".to_owned()));
        passes("0123456789x", limits, Limit::OutputBytes, "the output is larger than 10 bytes");
    }

    // Source: inferred (a bound is needed).
    #[test]
    fn steps_are_bounded() {
        let limits = Limits { steps: 10_000, ..Limits::default() };
        let template = "#foreach($a in [1..1000])#foreach($b in [1..1000])#set($x=$a)#end#end";
        passes(template, limits, Limit::Steps, "the template takes more than 10000 steps");
    }

    // Source: inferred (a bound is needed).
    #[test]
    fn doubling_text_is_bounded() {
        let template = "#set($s='x')#foreach($i in [1..100])#set($s=\"$s$s\")#end";
        let limits = Limits { output_bytes: usize::MAX, ..Limits::default() };
        passes(
            template,
            limits,
            Limit::TextBytes,
            "the template builds more than 67108864 bytes of text",
        );
        let repeat = "#set($s='xx')$s.repeat(2000000000)";
        passes(
            repeat,
            Limits::default(),
            Limit::TextBytes,
            "the template builds more than 67108864 bytes of text",
        );
    }

    // Source: inferred (a bound is needed).
    #[test]
    fn objects_and_elements_are_bounded() {
        let limits = Limits { objects: 10, ..Limits::default() };
        passes(
            "#foreach($i in [1..20])#set($x=[])#end",
            limits,
            Limit::Objects,
            "the template makes more than 10 lists and maps",
        );
        passes(
            "#set($x=[1..2147483647])",
            Limits::default(),
            Limit::Elements,
            "lists and maps hold more than 2000000 elements together",
        );
    }

    // Source: inferred (Java overflows its stack).
    #[test]
    fn values_that_hold_each_other_are_followed_100_levels() {
        let knot = "#set($a=[])#set($b=[$a])#set($x=$a.add($b))";
        let message = "a value is nested deeper than 100 levels or contains itself";
        passes(&format!("{knot}$a"), Limits::default(), Limit::ValueDepth, message);
        let compared = format!("{knot}#set($c=[])#set($d=[$c])#set($x=$c.add($d))#if($a==$c)#end");
        passes(&compared, Limits::default(), Limit::ValueDepth, message);
        let hashed = format!("{knot}$a.hashCode()");
        passes(&hashed, Limits::default(), Limit::ValueDepth, message);
        for used in
            ["#if($a)#end", "#if($a=='x')#end", "#set($m={$a:1})", "#set($m={'k':1})$m.get($a)"]
        {
            passes(&format!("{knot}{used}"), Limits::default(), Limit::ValueDepth, message);
        }
    }

    // Source: inferred (a bound is needed).
    #[test]
    fn regular_expressions_are_bounded() {
        let limits = Limits { regex_backtracks: 1_000, ..Limits::default() };
        passes(
            "#set($s='aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac')$s.matches('(a|aa)+\\1b')",
            limits,
            Limit::RegexBacktracks,
            "a regular expression takes more than 2152 steps for one text",
        );
        let long = format!("#set($s='a')$s.matches('{}')", "a".repeat(5_000));
        passes(
            &long,
            Limits::default(),
            Limit::RegexBytes,
            "a regular expression is larger than 4096 bytes",
        );
        passes(
            "#set($s='a')$s.matches('((a{1000}){1000}){1000}')",
            Limits::default(),
            Limit::RegexBytes,
            "a regular expression is larger than 1048576 bytes",
        );
    }

    // Source: inferred (a bound is needed).
    #[test]
    fn numbers_and_formats_are_bounded() {
        let squares = "#set($n=99999999999999999999)#foreach($i in [1..100])#set($n=$n*$n)#end";
        passes(squares, Limits::default(), Limit::IntegerBits, "a number is longer than 4096 bits");
        passes(
            "#set($s='')$s.format('%99999999s', 'x')",
            Limits::default(),
            Limit::FormatWidth,
            "a format asks for more than 10000 characters",
        );
    }

    // Source: inferred (a bound is needed). The deepest nesting of both kinds must fit a small stack.
    #[test]
    fn defines_render_one_another_400_levels_of_blocks() {
        let message = "`#define` blocks render one another deeper than 400 levels";
        let nested = |open: &str, close: &str, depth: usize| {
            let block = |number: usize| {
                let (open, close) = (open.repeat(depth), close.repeat(depth));
                format!("#define($b{number}){open}$b{}{close}#end", number + 1)
            };
            (0..450 / depth.max(1) + 5).map(block).collect::<String>() + "$b0"
        };
        for template in [
            nested("", "", 0),
            nested("#if(true)", "#end", 60),
            nested("#foreach($i in [1])", "#end", 60),
            nested("$s.concat(\"", "\")", 1),
            nested("#set($l=[[[[[[[[[[[[[[[[[[[[\"#if(true)", "#end\"]]]]]]]]]]]]]]]]]]]])$l", 1),
        ] {
            let template = format!("#set($s='s'){template}");
            passes(&template, Limits::default(), Limit::RenderDepth, message);
        }
    }

    // Source: inferred (a tree cannot hold a cycle).
    #[test]
    fn a_cycle_cannot_be_exported() {
        let arena = Arena::new();
        let mut heap = Heap::new(&arena, Limits::default());
        let map = heap.map(MapKind::Linked, 1).unwrap();
        heap.put(map, Value::from("self"), Value::from(map)).unwrap();
        let error = heap.export(&Value::from(map)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "a value is nested deeper than 100 levels or contains itself"
        );
    }

    // Source: inferred (the tree of one render seeds the next).
    #[test]
    fn export_and_import_are_inverse() {
        let owned = Owned::Map(vec![
            ("b".to_owned(), Owned::List(vec![Owned::Null, Owned::Boolean(true)], None)),
            ("a".to_owned(), Owned::String("x".to_owned())),
        ]);
        let arena = Arena::new();
        let mut heap = Heap::new(&arena, Limits::default());
        let value = heap.import(&owned, MapKind::Linked).unwrap();
        assert_eq!(heap.export(&value).unwrap(), owned);
    }

    /// Fails unless the template takes more than `steps`.
    fn takes_more(template: &str, steps: u64) {
        let limits = Limits { steps, ..Limits::default() };
        let message = format!("the template takes more than {steps} steps");
        passes(template, limits, Limit::Steps, &message);
    }

    const LONG_TEXT: &str = r#"#set($t = "ab")#foreach($i in [1..14])#set($t = "$t$t")#end"#;

    // Source: inferred (work inside a comparison or a member is work too).
    #[test]
    fn texts_that_are_compared_cost_steps() {
        let same = "#set($u = \"$t\")#foreach($i in [1..100])#if($t == $u)#end#end";
        takes_more(&format!("{LONG_TEXT}{same}"), 20_000);
        let folded = "#foreach($i in [1..100])#set($x = $t.equalsIgnoreCase($t))#end";
        takes_more(&format!("{LONG_TEXT}{folded}"), 200_000);
    }

    // Source: inferred (a hash map is sorted before it is iterated over).
    #[test]
    fn iterating_over_a_hash_map_costs_steps() {
        let filled = "#foreach($k in [1..1000])#set($x = $foreach.parent.put(\"k$k\", 1))#end";
        let again =
            "#foreach($k in [1..1000])#foreach($v in $foreach.parent.keySet())#break#end#end";
        takes_more(&format!("#foreach($i in [1]){filled}{again}#end"), 100_000);
    }

    // Source: inferred (what an engine looks at without finding it is work too).
    #[test]
    fn regular_expressions_cost_what_they_look_at() {
        let far = "#set($x = $t.substring(0, 4096).replaceAll('(?s).*z|[ab]', ''))";
        takes_more(&format!("{LONG_TEXT}{far}"), 50_000);
        let whole = "#foreach($i in [1..50])#set($x = $t.matches('[ab]*c'))#end";
        takes_more(&format!("{LONG_TEXT}{whole}"), 50_000);
        let compiled = "#set($a = 'a')#foreach($i in [1..1000])\
                        #set($p = \"a{1,30}$i\")#set($x = $a.matches($p))#end";
        takes_more(compiled, 100_000);
        let table = "#set($a = 'a')#foreach($i in [1..10])\
                     #set($p = \"\\p{L}{20}$i\")#set($x = $a.matches($p))#end";
        takes_more(table, 200_000);
    }

    // Source: inferred (AWS has no such limit: a choice with a loop in it that finds what it looks at is plain work).
    #[test]
    fn a_long_text_may_have_many_matches_of_a_choice() {
        let doubled = LONG_TEXT.replace("14", "15");
        let shortened = "$t.replaceAll('a+|c', '').length()";
        let rendered = render(&format!("{doubled}{shortened}"), Limits::default());
        assert_eq!(rendered, Ok("32768".to_owned()));
    }
}

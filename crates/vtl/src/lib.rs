//! The Velocity 1.7 template engine as Amazon API Gateway runs it: text and variables in, text out, or an error with
//! a span. It knows no AWS, no HTTP and no JSON: `$input`, `$context` and `$util` are objects handed in.
//!
//! ```
//! use vestibule_vtl::{Limits, Template, Variables, value::{Arena, Heap, MapKind}};
//!
//! let template = Template::parse("#foreach($k in $m.keySet())$k=$m[$k]#if($foreach.hasNext),#end#end").unwrap();
//! let arena = Arena::new();
//! let mut heap = Heap::new(&arena, Limits::default());
//! let map = heap.map(MapKind::Linked, 2).unwrap();
//! heap.put(map, "a".into(), 1.into()).unwrap();
//! heap.put(map, "b".into(), true.into()).unwrap();
//! let mut variables = Variables::default();
//! variables.set("m", map);
//! assert_eq!(template.render(&mut heap, &variables).unwrap(), "a=1,b=true");
//! ```

mod error;
mod eval;
pub mod limits;
mod methods;
pub mod regex;
mod syntax;
mod template;
pub mod value;

pub use error::{Exception, RenderError, RenderErrorKind, ShownValue};
pub use eval::{Part, Written};
pub use limits::{Limit, LimitExceeded, Limits};
pub use methods::{Type, method_names};
pub use syntax::{Members, ParseError, Span, tree, visit};
pub use template::{Literal, LiteralId, Template, Variables};

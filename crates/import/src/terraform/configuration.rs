//! The configuration in a plan: what each module sets, passes on and gives out, as references to other things.

use super::address::{self, Part};
use crate::tree::Node;
use std::collections::HashMap;

/// A module as it was called: the calls that lead to it from the root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Scope {
    steps: Vec<Step>,
}

/// One call of a module.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Step {
    call: String,
    /// What stands between the brackets, quotes included.
    key: Option<String>,
}

impl Scope {
    /// The scope of an address such as `module.a["x"].module.b`.
    pub(super) fn of_module(address: &str) -> Option<Scope> {
        let parts = address::parts(address)?;
        let mut rest = parts.as_slice();
        let mut scope = Scope::default();
        while let [Part::Name("module"), Part::Name(call), after @ ..] = rest {
            let (key, after) = match after {
                [Part::Key(key), after @ ..] => (Some(*key), after),
                after => (None, after),
            };
            scope = scope.inside(call, key);
            rest = after;
        }
        rest.is_empty().then_some(scope)
    }

    /// A module that is called in this one.
    pub(super) fn inside(&self, call: &str, key: Option<&str>) -> Scope {
        let step = Step { call: call.to_owned(), key: key.map(str::to_owned) };
        let mut scope = self.clone();
        scope.steps.push(step);
        scope
    }

    /// The module that calls this one; none of the root.
    pub(super) fn outside(&self) -> Option<Scope> {
        let (_, above) = self.steps.split_last()?;
        Some(Scope { steps: above.to_vec() })
    }

    /// What `each.key` or `count.index` is for the call of this module.
    pub(super) fn key(&self) -> Option<String> {
        self.steps.last()?.key.as_deref().map(address::decoded)
    }

    /// The address of a resource in it, without a last key.
    pub(super) fn resource(&self, is_data: bool, kind: &str, name: &str) -> String {
        let mut address = String::new();
        for Step { call, key } in &self.steps {
            address.push_str("module.");
            address.push_str(call);
            if let Some(key) = key {
                address.extend(["[", key, "]"]);
            }
            address.push('.');
        }
        address.push_str(if is_data { "data." } else { "" });
        address.extend([kind, ".", name]);
        address
    }

    /// The calls that lead to it, without their keys.
    fn path(&self) -> String {
        self.steps.iter().flat_map(|step| ["/", &step.call]).collect()
    }
}

/// `configuration` and `variables`.
#[derive(Debug, Default)]
pub(super) struct Configuration<'t> {
    /// Blocks of resources, by the path of their module and their address in it.
    resources: HashMap<String, Node<'t>>,
    /// Modules by their path.
    modules: HashMap<String, Node<'t>>,
    /// Calls of modules by the path of the module.
    calls: HashMap<String, Node<'t>>,
    /// Values of the root's variables.
    variables: Option<Node<'t>>,
}

impl<'t> Configuration<'t> {
    /// Finds what a plan has of it; a state has none.
    pub(super) fn of(root: Node<'t>) -> Configuration<'t> {
        let mut configuration =
            Configuration { variables: root.get("variables"), ..Configuration::default() };
        let module = root.get("configuration").and_then(|node| node.get("root_module"));
        if let Some(module) = module {
            configuration.module(module, "");
        }
        configuration
    }

    // INVARIANT: recursion is bounded by the depth of the tree.
    fn module(&mut self, module: Node<'t>, path: &str) {
        self.modules.insert(path.to_owned(), module);
        for node in module.get("resources").into_iter().flat_map(|resources| resources.items()) {
            if let Some(address) = node.get("address").and_then(|address| address.text()) {
                self.resources.insert(format!("{path} {address}"), node);
            }
        }
        for call in module.get("module_calls").into_iter().flat_map(|calls| calls.entries()) {
            let inner = format!("{path}/{}", call.name());
            self.calls.insert(inner.clone(), call.value);
            if let Some(module) = call.value.get("module") {
                self.module(module, &inner);
            }
        }
    }

    /// The block of a resource.
    pub(super) fn resource(
        &self,
        scope: &Scope,
        is_data: bool,
        kind: &str,
        name: &str,
    ) -> Option<Node<'t>> {
        let data = if is_data { "data." } else { "" };
        self.resources.get(&format!("{} {data}{kind}.{name}", scope.path())).copied()
    }

    /// The expression of an output.
    pub(super) fn output(&self, scope: &Scope, name: &str) -> Option<Node<'t>> {
        self.modules.get(&scope.path())?.get("outputs")?.get(name)?.get("expression")
    }

    /// What the call of a module passes for a variable.
    pub(super) fn argument(&self, scope: &Scope, name: &str) -> Option<Node<'t>> {
        self.calls.get(&scope.path())?.get("expressions")?.get(name)
    }

    /// What a module's call, or a resource's block, is repeated for.
    pub(super) fn repetition_of_call(&self, scope: &Scope) -> Option<Node<'t>> {
        self.calls.get(&scope.path())?.get("for_each_expression")
    }

    /// The value of a variable that nobody passes: of the root it is what the plan was made with.
    pub(super) fn own_value(&self, scope: &Scope, name: &str) -> Option<Node<'t>> {
        let given = || self.variables?.get(name)?.get("value");
        let default =
            || self.modules.get(&scope.path())?.get("variables")?.get(name)?.get("default");
        if scope.steps.is_empty() { given().or_else(default) } else { default() }
    }
}

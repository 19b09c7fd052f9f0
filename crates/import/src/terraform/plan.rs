//! The document: the resources of a plan (`planned_values`) or of a state (`values`), what of them is unknown, and where each
//! was configured. Terraform docs: internals/json-format.

use super::configuration::{Configuration, Scope};
use crate::reader::Reader;
use crate::tree::{Kind, Node};
use std::collections::HashMap;
use vestibule_restapi::{Code, Diagnostic, Place};

/// The major version of the format.
const FORMAT: &str = "1";

/// A plan or a state.
#[derive(Debug)]
pub(super) struct Plan<'t> {
    /// Resources that exist after the plan, in the order of the document; behind them what the plan read.
    pub(super) instances: Vec<Instance<'t>>,
    pub(super) configuration: Configuration<'t>,
    /// What the resources stand in.
    pub(super) section: Node<'t>,
    by_address: HashMap<String, usize>,
    /// Instances by their address without the last key.
    by_resource: HashMap<String, Vec<usize>>,
}

/// A resource, or a data source that was read.
#[derive(Debug)]
pub(super) struct Instance<'t> {
    /// All of it.
    pub(super) node: Node<'t>,
    /// Such as `module.api["eu"].aws_api_gateway_method.get`.
    pub(super) address: &'t str,
    /// Its type.
    pub(super) kind: &'t str,
    /// Its label.
    pub(super) name: &'t str,
    /// What `each.key` or `count.index` is for it.
    pub(super) key: Option<&'t str>,
    /// The module it stands in.
    pub(super) scope: Scope,
    /// Whether it was read, not made.
    pub(super) is_data: bool,
    /// What is known of it.
    pub(super) values: Option<Node<'t>>,
    /// `true` at what is unknown.
    pub(super) unknown: Option<Node<'t>>,
    /// Its block in the configuration.
    pub(super) configured: Option<Node<'t>>,
}

impl<'t> Instance<'t> {
    /// A value that is known, and not null.
    pub(super) fn value(&self, attribute: &str) -> Option<Node<'t>> {
        self.values?.get(attribute).filter(|node| !node.is_null())
    }

    /// A text that is known, and not empty: to the provider an empty text is none.
    pub(super) fn text(&self, attribute: &str) -> Option<&'t str> {
        self.value(attribute)?.text().filter(|text| !text.is_empty())
    }

    /// What the configuration says of an attribute: an expression, or those of blocks.
    pub(super) fn expression(&self, attribute: &str) -> Option<Node<'t>> {
        self.configured?.get("expressions")?.get(attribute)
    }

    /// Where it stands: its address, and all of it.
    pub(super) fn place(&self) -> Place {
        let address = self.node.get("address").unwrap_or(self.node);
        let mut place = address.place();
        place.pointer = self.node.pointer();
        place
    }
}

impl<'t> Plan<'t> {
    /// Finds the parts of a document; none, with a finding, of a format that is not known.
    pub(super) fn read(root: Node<'t>, reader: &mut Reader<'_>) -> Option<Plan<'t>> {
        check_format(root, reader)?;
        let section = root.get("planned_values").or_else(|| root.get("values"));
        let Some(section) = section.filter(|section| section.kind() == Kind::Object) else {
            let finding = Diagnostic::error(Code::NothingToServe, "the state has no resources");
            let help = "give the JSON of a plan, or of a state after `terraform apply`";
            reader.error(finding.at(root.token()).help(help));
            return None;
        };
        let mut plan = Plan {
            instances: vec![],
            configuration: Configuration::of(root),
            section,
            by_address: HashMap::new(),
            by_resource: HashMap::new(),
        };
        let unknown = unknown(root);
        let read_before = root.get("prior_state").and_then(|state| state.get("values"));
        for (values, is_prior) in [(Some(section), false), (read_before, true)] {
            if let Some(module) = values.and_then(|values| values.get("root_module")) {
                plan.module(module, &Scope::default(), &unknown, is_prior);
            }
        }
        Some(plan)
    }

    /// Takes the resources of a module and of those in it; of what was before the plan, only what was read.
    // INVARIANT: recursion is bounded by the depth of the tree.
    fn module(
        &mut self,
        module: Node<'t>,
        scope: &Scope,
        unknown: &HashMap<&'t str, Node<'t>>,
        is_prior: bool,
    ) {
        for node in module.get("resources").into_iter().flat_map(|resources| resources.items()) {
            let is_data = node.get("mode").and_then(|mode| mode.text()) == Some("data");
            if is_prior && !is_data {
                continue;
            }
            if let Some(instance) = self.instance(node, scope, is_data, unknown) {
                self.add(instance);
            }
        }
        for child in module.get("child_modules").into_iter().flat_map(|modules| modules.items()) {
            let address = child.get("address").and_then(|address| address.text());
            if let Some(inner) = address.and_then(Scope::of_module) {
                self.module(child, &inner, unknown, is_prior);
            }
        }
    }

    fn instance(
        &self,
        node: Node<'t>,
        scope: &Scope,
        is_data: bool,
        unknown: &HashMap<&'t str, Node<'t>>,
    ) -> Option<Instance<'t>> {
        let text = |name: &str| node.get(name)?.text();
        let (address, kind, name) = (text("address")?, text("type")?, text("name")?);
        Some(Instance {
            node,
            address,
            kind,
            name,
            key: text("index"),
            is_data,
            values: node.get("values").filter(|values| values.kind() == Kind::Object),
            unknown: unknown.get(address).copied(),
            configured: self.configuration.resource(scope, is_data, kind, name),
            scope: scope.clone(),
        })
    }

    fn add(&mut self, instance: Instance<'t>) {
        let at = self.instances.len();
        let resource = instance.scope.resource(instance.is_data, instance.kind, instance.name);
        self.by_address.entry(instance.address.to_owned()).or_insert(at);
        self.by_resource.entry(resource).or_default().push(at);
        self.instances.push(instance);
    }

    /// The instance of this full address.
    pub(super) fn by_address(&self, address: &str) -> Option<usize> {
        self.by_address.get(address).copied()
    }

    /// The instances of a resource, whose address has no last key.
    pub(super) fn of_resource(&self, resource: &str) -> &[usize] {
        self.by_resource.get(resource).map_or(&[], Vec::as_slice)
    }
}

fn check_format(root: Node<'_>, reader: &mut Reader<'_>) -> Option<()> {
    let format = root.get("format_version")?;
    let version = reader.text(format)?;
    let major = version.split('.').next().unwrap_or("");
    // Before 1.0 the same members were named the same.
    if major == FORMAT || major == "0" {
        return Some(());
    }
    let message = format!("version {} of Terraform's JSON format is not known", &*version);
    let finding = Diagnostic::error(Code::UnsupportedDocument, message).at(version.whole());
    reader.error(
        finding
            .help("give the output of `terraform show -json` in a version that begins with `1.`"),
    );
    None
}

/// What is unknown, by address.
fn unknown<'t>(root: Node<'t>) -> HashMap<&'t str, Node<'t>> {
    let changes = root.get("resource_changes").into_iter().flat_map(|changes| changes.items());
    // What is deposed goes away.
    let changes = changes.filter(|change| change.get("deposed").is_none());
    let of = |change: Node<'t>| {
        let address = change.get("address")?.text()?;
        Some((address, change.get("change")?.get("after_unknown")?))
    };
    changes.filter_map(of).collect()
}

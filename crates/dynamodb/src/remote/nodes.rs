//! The endpoints of one store, and which of them is asked: of two taken by chance the one with fewer calls under way
//! ("power of two choices"), and none whose circuit is open.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};

use http::{HeaderValue, Uri};

use super::address::Address;
use super::circuit::Circuit;
use crate::action::Action;

/// One endpoint.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) address: Address,
    door: Door,
    /// That of DynamoDB Streams, where it has one of its own.
    streams_door: Option<Door>,
    pub(super) circuit: Circuit,
    under_way: AtomicUsize,
}

/// Where requests are sent.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) uri: Uri,
    pub(super) host: HeaderValue,
}

impl Door {
    fn of(address: &Address) -> Option<Door> {
        Some(Door { uri: address.uri("/")?, host: address.host_header()? })
    }
}

/// A call of a node under way, until it is dropped.
#[derive(Debug)]
pub(super) struct UnderWay<'n>(&'n Node);

/// The endpoints of one store.
#[derive(Debug)]
pub(super) struct Nodes {
    /// Those of the settings.
    seeds: Vec<Arc<Node>>,
    /// Those that the store told; none as long as it tells none. Seeds are asked when none of them can be.
    told: RwLock<Arc<[Arc<Node>]>>,
}

impl Node {
    /// An endpoint; none when nothing can be at the address.
    pub(super) fn new(address: Address) -> Option<Node> {
        Some(Node {
            door: Door::of(&address)?,
            streams_door: address.of_streams().as_ref().and_then(Door::of),
            address,
            circuit: Circuit::default(),
            under_way: AtomicUsize::new(0),
        })
    }

    /// Where it is asked to do an action.
    pub(super) fn door(&self, action: Action) -> &Door {
        let streams_door = self.streams_door.as_ref().filter(|_| action.is_of_streams());
        streams_door.unwrap_or(&self.door)
    }

    /// Its `Host` for what is no action.
    pub(super) fn host(&self) -> &HeaderValue {
        &self.door.host
    }

    /// Counts a call until it ends.
    pub(super) fn begin(&self) -> UnderWay<'_> {
        self.under_way.fetch_add(1, Relaxed);
        UnderWay(self)
    }
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Relaxed);
    }
}

impl Nodes {
    pub(super) fn new(seeds: Vec<Node>) -> Nodes {
        let seeds = seeds.into_iter().map(Arc::new).collect();
        Nodes { seeds, told: RwLock::new(Arc::new([])) }
    }

    /// The endpoint to ask, another than the last one where there is another. None when the circuits of all are open.
    pub(super) fn choose(&self, random: u64, last: Option<&Arc<Node>>) -> Option<Arc<Node>> {
        let told = self.told();
        choose(&told, random, last).or_else(|| choose(&self.seeds, random, last)).cloned()
    }

    /// Takes in which nodes the store tells. Those that are known keep how they stand.
    pub(super) fn tell(&self, addresses: Vec<Address>) {
        let known = self.all();
        let node = |address: Address| {
            let same = known.iter().find(|node| node.address == address);
            same.cloned().or_else(|| Node::new(address).map(Arc::new))
        };
        let told: Arc<[Arc<Node>]> = addresses.into_iter().filter_map(node).collect();
        *self.told.write().unwrap_or_else(PoisonError::into_inner) = told;
    }

    /// Every endpoint once: seeds first.
    pub(super) fn all(&self) -> Vec<Arc<Node>> {
        let mut all = self.seeds.clone();
        for node in self.told().iter() {
            if all.iter().all(|known| !Arc::ptr_eq(known, node)) {
                all.push(Arc::clone(node));
            }
        }
        all
    }

    /// Whether the circuits of all are open.
    pub(super) fn is_cut_off(&self) -> bool {
        self.all().iter().all(|node| node.circuit.is_open())
    }

    /// The endpoints that are asked as long as one of them can be.
    pub(super) fn in_use(&self) -> Vec<Arc<Node>> {
        let told = self.told();
        if told.is_empty() { self.seeds.clone() } else { told.to_vec() }
    }

    fn told(&self) -> Arc<[Arc<Node>]> {
        Arc::clone(&self.told.read().unwrap_or_else(PoisonError::into_inner))
    }
}

fn choose<'n>(
    nodes: &'n [Arc<Node>],
    random: u64,
    last: Option<&Arc<Node>>,
) -> Option<&'n Arc<Node>> {
    let can_be_asked = |node: &Arc<Node>| !node.circuit.is_open();
    if let [only] = nodes {
        return Some(only).filter(|node| can_be_asked(node));
    }
    let is_last = |node: &Arc<Node>| last.is_some_and(|last| Arc::ptr_eq(last, node));
    let usable: Vec<&Arc<Node>> = nodes.iter().filter(|node| can_be_asked(node)).collect();
    let others: Vec<&Arc<Node>> = usable.iter().copied().filter(|node| !is_last(node)).collect();
    let usable = if others.is_empty() { usable } else { others };
    let at = |random: u64| {
        let count = u64::try_from(usable.len()).unwrap_or(u64::MAX);
        usize::try_from(random.checked_rem(count)?).ok()
    };
    let (one, other) = (usable.get(at(random & 0xffff_ffff)?)?, usable.get(at(random >> 32)?)?);
    let busy = |node: &Node| node.under_way.load(Relaxed);
    Some(if busy(one) <= busy(other) { one } else { other })
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    fn address(text: &str) -> Address {
        Address::parse(text).unwrap()
    }

    fn nodes(hosts: &[&str]) -> Nodes {
        let node = |host: &&str| Node::new(address(&format!("http://{host}"))).unwrap();
        Nodes::new(hosts.iter().map(node).collect())
    }

    fn chosen(nodes: &Nodes, one: u64, other: u64) -> Option<String> {
        let node = nodes.choose(other << 32 | one, None);
        node.map(|node| node.address.to_string())
    }

    fn open(node: &Node) {
        while !node.circuit.failed("gone", Instant::now()) {}
    }

    #[tokio::test]
    async fn of_two_the_one_with_less_to_do_is_asked() {
        let nodes = nodes(&["a", "b", "c"]);
        assert_eq!(chosen(&nodes, 0, 1).as_deref(), Some("http://a"));
        let all = nodes.all();
        let busy = all[0].begin();
        assert_eq!(chosen(&nodes, 0, 1).as_deref(), Some("http://b"));
        assert_eq!(chosen(&nodes, 0, 0).as_deref(), Some("http://a"));
        drop(busy);
        assert_eq!(chosen(&nodes, 0, 2).as_deref(), Some("http://a"));
    }

    #[tokio::test]
    async fn an_open_circuit_and_the_last_one_are_passed_over() {
        let nodes = nodes(&["a", "b"]);
        let all = nodes.all();
        for random in 0..4 {
            let node = nodes.choose(random, Some(&all[0])).unwrap();
            assert_eq!(node.address.to_string(), "http://b");
        }
        open(&all[1]);
        let node = nodes.choose(1, Some(&all[0])).unwrap();
        assert_eq!(node.address.to_string(), "http://a");
        open(&all[0]);
        assert_eq!(chosen(&nodes, 0, 1), None);
    }

    #[tokio::test]
    async fn told_nodes_are_asked_before_seeds_and_keep_how_they_stand() {
        let nodes = nodes(&["seed"]);
        nodes.tell(vec![address("http://x"), address("http://y")]);
        open(&nodes.in_use()[0]);
        assert_eq!(chosen(&nodes, 0, 0).as_deref(), Some("http://y"));
        nodes.tell(vec![address("http://x"), address("http://seed")]);
        assert!(nodes.in_use()[0].circuit.is_open());
        assert_eq!(nodes.all().len(), 2);
        nodes.tell(vec![address("http://x")]);
        assert_eq!(chosen(&nodes, 0, 0).as_deref(), Some("http://seed"));
        nodes.tell(vec![]);
        assert_eq!(chosen(&nodes, 0, 0).as_deref(), Some("http://seed"));
    }
}

//! JSON that is being written, with the members of each object put in byte order.
//!
//! Names are compared as they are written, quotes and escapes included.

/// The output so far, and what is needed to put the members of open objects in order.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    pub(crate) out: Vec<u8>,
    scratch: Vec<u8>,
    /// The members of all objects that are open, innermost last.
    spans: Vec<Span>,
}

/// Where one member of an object is in the output, its comma aside.
#[derive(Debug, Clone, Copy)]
struct Span {
    start: usize,
    name_end: usize,
    end: usize,
}

impl Span {
    fn name(self, out: &[u8]) -> &[u8] {
        out.get(self.start..self.name_end).unwrap_or_default()
    }
}

/// An object that is open: its first member, and where its members begin.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenObject {
    first: usize,
    start: usize,
}

/// A member whose value is being written: where it begins, and where its name ends.
#[derive(Debug, Clone, Copy)]
pub(crate) struct OpenMember {
    start: usize,
    name_end: usize,
}

impl Draft {
    /// Forgets what was written, and makes room for `bytes`. Keeps at most `kept_bytes` of what
    /// it used for sorting.
    pub(crate) fn restart(&mut self, bytes: usize, kept_bytes: usize) {
        self.out = Vec::with_capacity(bytes);
        self.scratch.clear();
        self.scratch.shrink_to(kept_bytes);
        self.spans.clear();
        self.spans.shrink_to(kept_bytes / size_of::<Span>());
    }

    /// Begins an object.
    pub(crate) fn open(&mut self) -> OpenObject {
        self.out.push(b'{');
        OpenObject { first: self.spans.len(), start: self.out.len() }
    }

    /// Begins the next member; returns where its name goes.
    pub(crate) fn next_member(&mut self, object: OpenObject) -> usize {
        if self.out.len() > object.start {
            self.out.push(b',');
        }
        self.out.len()
    }

    /// Ends the name that begins at `start`.
    pub(crate) fn end_name(&mut self, start: usize) -> OpenMember {
        let name_end = self.out.len();
        self.out.push(b':');
        OpenMember { start, name_end }
    }

    /// Ends a member.
    pub(crate) fn end_member(&mut self, member: OpenMember) {
        let OpenMember { start, name_end } = member;
        self.spans.push(Span { start, name_end, end: self.out.len() });
    }

    /// Ends an object, its members in order; returns whether no two have one name.
    pub(crate) fn close(&mut self, object: OpenObject) -> bool {
        let Draft { out, scratch, spans } = self;
        let members = spans.get_mut(object.first..).unwrap_or_default();
        let mut are_distinct = true;
        if !members.is_sorted_by(|left, right| left.name(out) < right.name(out)) {
            members.sort_by(|left, right| left.name(out).cmp(right.name(out)));
            are_distinct = members.is_sorted_by(|left, right| left.name(out) < right.name(out));
            scratch.clear();
            for span in members.iter() {
                if !scratch.is_empty() {
                    scratch.push(b',');
                }
                scratch.extend_from_slice(out.get(span.start..span.end).unwrap_or_default());
            }
            out.truncate(object.start);
            out.extend_from_slice(scratch);
        }
        spans.truncate(object.first);
        out.push(b'}');
        are_distinct
    }
}

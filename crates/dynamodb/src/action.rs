//! The closed set of DynamoDB's API actions, and what each asks of a backend.
//!
//! Actions that the embedded store cannot do are in the set too, so that they are refused by
//! name. AWS docs: DynamoDB API Reference, "Actions" (DynamoDB and DynamoDB Streams).

use std::fmt;

/// Where an action runs in the embedded store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Lane {
    /// A read of one item or of a short page: on the calling thread, and on the readers' when it turns out to be more.
    Caller,
    /// A read that may touch many items: on the readers' threads.
    Readers,
    /// A write, or anything about tables, streams and statements: on the writer's thread.
    Writer,
    /// The embedded store cannot do it.
    Nowhere,
}

macro_rules! actions {
    ($($name:ident $lane:ident $writes:literal),+ $(,)?) => {
        /// One of DynamoDB's API actions.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[expect(missing_docs, reason = "each variant is the AWS action of that name")]
        pub enum Action { $($name),+ }

        impl Action {
            /// Every action, in alphabetical order.
            pub const ALL: &'static [Action] = &[$(Action::$name),+];

            /// Returns the action's name as AWS spells it, for example `GetItem`.
            pub const fn name(self) -> &'static str {
                match self { $(Action::$name => stringify!($name)),+ }
            }

            /// Returns the action of this exact name. AWS's names are case-sensitive.
            pub fn from_name(name: &str) -> Option<Action> {
                match name { $(stringify!($name) => Some(Action::$name),)+ _ => None }
            }

            /// Returns whether the action can change items, tables or settings.
            ///
            /// Statement actions count as writes: their text decides.
            pub const fn is_write(self) -> bool {
                match self { $(Action::$name => $writes),+ }
            }

            pub(crate) const fn lane(self) -> Lane {
                match self { $(Action::$name => Lane::$lane),+ }
            }
        }
    };
}

actions! {
    BatchExecuteStatement Writer true,
    BatchGetItem Readers false,
    BatchWriteItem Writer true,
    CreateBackup Nowhere true,
    CreateGlobalTable Nowhere true,
    CreateTable Writer true,
    DeleteBackup Nowhere true,
    DeleteItem Writer true,
    DeleteResourcePolicy Nowhere true,
    DeleteTable Writer true,
    DescribeBackup Nowhere false,
    DescribeContinuousBackups Nowhere false,
    DescribeContributorInsights Nowhere false,
    DescribeEndpoints Nowhere false,
    DescribeExport Nowhere false,
    DescribeGlobalTable Nowhere false,
    DescribeGlobalTableSettings Nowhere false,
    DescribeImport Nowhere false,
    DescribeKinesisStreamingDestination Nowhere false,
    DescribeLimits Nowhere false,
    DescribeStream Writer false,
    DescribeTable Writer false,
    DescribeTableReplicaAutoScaling Nowhere false,
    DescribeTimeToLive Writer false,
    DisableKinesisStreamingDestination Nowhere true,
    EnableKinesisStreamingDestination Nowhere true,
    ExecuteStatement Writer true,
    ExecuteTransaction Writer true,
    ExportTableToPointInTime Nowhere true,
    GetItem Caller false,
    GetRecords Writer false,
    GetResourcePolicy Nowhere false,
    GetShardIterator Writer false,
    ImportTable Nowhere true,
    ListBackups Nowhere false,
    ListContributorInsights Nowhere false,
    ListExports Nowhere false,
    ListGlobalTables Nowhere false,
    ListImports Nowhere false,
    ListStreams Writer false,
    ListTables Writer false,
    ListTagsOfResource Writer false,
    PutItem Writer true,
    PutResourcePolicy Nowhere true,
    Query Caller false,
    RestoreTableFromBackup Nowhere true,
    RestoreTableToPointInTime Nowhere true,
    Scan Readers false,
    SearchVectors Writer false,
    TagResource Writer true,
    TransactGetItems Readers false,
    TransactWriteItems Writer true,
    UntagResource Writer true,
    UpdateContinuousBackups Nowhere true,
    UpdateContributorInsights Nowhere true,
    UpdateGlobalTable Nowhere true,
    UpdateGlobalTableSettings Nowhere true,
    UpdateItem Writer true,
    UpdateKinesisStreamingDestination Nowhere true,
    UpdateTable Writer true,
    UpdateTableReplicaAutoScaling Nowhere true,
    UpdateTimeToLive Writer true,
}

/// The pattern of the actions that the embedded store cannot do.
macro_rules! refused_by_name {
    () => {
        Action::CreateBackup
            | Action::CreateGlobalTable
            | Action::DeleteBackup
            | Action::DeleteResourcePolicy
            | Action::DescribeBackup
            | Action::DescribeContinuousBackups
            | Action::DescribeContributorInsights
            | Action::DescribeEndpoints
            | Action::DescribeExport
            | Action::DescribeGlobalTable
            | Action::DescribeGlobalTableSettings
            | Action::DescribeImport
            | Action::DescribeKinesisStreamingDestination
            | Action::DescribeLimits
            | Action::DescribeTableReplicaAutoScaling
            | Action::DisableKinesisStreamingDestination
            | Action::EnableKinesisStreamingDestination
            | Action::ExportTableToPointInTime
            | Action::GetResourcePolicy
            | Action::ImportTable
            | Action::ListBackups
            | Action::ListContributorInsights
            | Action::ListExports
            | Action::ListGlobalTables
            | Action::ListImports
            | Action::PutResourcePolicy
            | Action::RestoreTableFromBackup
            | Action::RestoreTableToPointInTime
            | Action::UpdateContinuousBackups
            | Action::UpdateContributorInsights
            | Action::UpdateGlobalTable
            | Action::UpdateGlobalTableSettings
            | Action::UpdateKinesisStreamingDestination
            | Action::UpdateTableReplicaAutoScaling
    };
}
pub(crate) use refused_by_name;

impl Action {
    /// Returns whether this program can do the action. A definition that uses another one is
    /// refused before it serves.
    pub const fn is_supported(self) -> bool {
        !matches!(self.lane(), Lane::Nowhere)
    }

    /// Returns whether the action is one of DynamoDB Streams, a service of its own.
    pub const fn is_of_streams(self) -> bool {
        matches!(
            self,
            Action::DescribeStream
                | Action::GetRecords
                | Action::GetShardIterator
                | Action::ListStreams
        )
    }

    /// Returns whether the action reads one item by its key.
    pub const fn is_single_key_read(self) -> bool {
        matches!(self, Action::GetItem)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // Source: AWS docs: DynamoDB API Reference, "Actions".
    #[test]
    fn every_action_is_found_by_its_own_name_only() {
        for action in Action::ALL {
            assert_eq!(Action::from_name(action.name()), Some(*action));
        }
        assert_eq!(Action::ALL.len(), 62);
        assert!(Action::ALL.is_sorted_by_key(|action| action.name()));
        assert_eq!(Action::from_name("getItem"), None);
        assert_eq!(Action::from_name(""), None);
    }

    // Source: AWS docs: DynamoDB API Reference, each action's page.
    #[test]
    fn what_writes_and_what_is_supported() {
        assert!(Action::PutItem.is_write());
        assert!(Action::ExecuteStatement.is_write());
        assert!(!Action::Query.is_write());
        assert!(Action::GetItem.is_single_key_read());
        assert!(!Action::Scan.is_single_key_read());
        assert!(!Action::CreateBackup.is_supported());
        let supported = Action::ALL.iter().filter(|action| action.is_supported());
        assert_eq!(supported.count(), 28);
    }
}

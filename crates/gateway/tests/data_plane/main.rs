//! The data plane through its public door, without network: definitions are made by hand, time and ids are fixed.

#[cfg(test)]
mod access_log;
#[cfg(test)]
mod api_keys;
#[cfg(test)]
mod assumed_roles;
#[cfg(test)]
mod backend;
#[cfg(test)]
mod body;
#[cfg(test)]
mod cache;
#[cfg(test)]
mod canary;
#[cfg(test)]
mod cognito;
#[cfg(test)]
mod compression;
#[cfg(test)]
mod definition;
#[cfg(test)]
mod domains;
#[cfg(test)]
mod execution_log;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod http;
#[cfg(test)]
mod iam;
#[cfg(test)]
mod lambda;
#[cfg(test)]
mod lambda_authorizers;
#[cfg(test)]
mod lint;
#[cfg(test)]
mod log;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod metrics;
#[cfg(test)]
mod panics;
#[cfg(test)]
mod remote_store;
#[cfg(test)]
mod response;
#[cfg(test)]
mod roles;
#[cfg(test)]
mod routes;
#[cfg(test)]
mod services;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod spans;
#[cfg(test)]
mod spawn;
#[cfg(test)]
mod throttle;
#[cfg(test)]
mod trace;
#[cfg(test)]
mod usage_plans;
#[cfg(test)]
mod violations;

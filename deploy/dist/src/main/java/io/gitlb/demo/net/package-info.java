// SPDX-License-Identifier: Apache-2.0
/// A small network on one machine: hosts are Linux network namespaces, cables are veth pairs, a
/// segment is a bridge, routers are real routing daemons.
///
/// The demo and the end-to-end tests both stand on this package. [Sandbox] owns everything that is
/// made and takes all of it away again: in `close()`, in a shutdown hook, and, when a run was
/// killed so hard that neither ran, at the start of the next run. For that every name carries the
/// process that made it (see [Owner]): only what a dead process left is swept away, never a
/// neighbour's running demo.
///
/// Nothing here touches the machine's own network, except for the one cable end that
/// [Sandbox#machine] gets when something is linked to it. Imports the JDK and
/// [io.gitlb.schema.value] only.
@NullMarked
package io.gitlb.demo.net;

import org.jspecify.annotations.NullMarked;

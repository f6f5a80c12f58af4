// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.bgp.Advertisement.Omission;

/// What a peer has from us. It follows from the desired set and the terms of the session alone.
///
/// @param desired prefix → its attributes (1:1), all that it should have
/// @param told those of them that it has
/// @param omitted prefix → why it does not have it (1:1)
record Table(
    SnapshotMap<IpPrefix, RouteAttributes> desired,
    SnapshotMap<IpPrefix, RouteAttributes> told,
    SnapshotMap<IpPrefix, Omission> omitted) {

  /// That of a session that has just come up.
  static final Table EMPTY =
      new Table(SnapshotMap.empty(), SnapshotMap.empty(), SnapshotMap.empty());
}

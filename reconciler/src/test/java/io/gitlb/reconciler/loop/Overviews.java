// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.reconciler.desired.DesiredInput;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.loop.SpeakerPort.SpeakerReport;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;

/// What a pass leaves behind that had nothing to announce.
public final class Overviews {

  public static final Instant AT = Instant.parse("2026-05-03T14:05:00Z");

  private Overviews() {}

  /// @param reports what is known of the speakers
  public static Overview of(SortedMap<NodeName, SpeakerReport> reports) {
    return new Overview(
        AT,
        new DesiredInput(
            Definitions.NONE,
            Collections.emptySortedMap(),
            Ledger.EMPTY,
            new ViewBuilder().build(),
            Collections.emptySortedSet(),
            SnapshotMap.empty()),
        SnapshotMap.empty(),
        reports);
  }
}

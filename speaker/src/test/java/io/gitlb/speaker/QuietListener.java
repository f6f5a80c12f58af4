// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.bfd.session.LivenessTarget;
import io.gitlb.speaker.l2.Conflicts.Conflict;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.ownership.ClaimsContent;
import io.gitlb.speaker.watch.WatchedPeer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;

/// Hears everything and does nothing: a test overrides what it looks at.
class QuietListener implements Layer2Listener {

  @Override
  public void changed(Optional<DesiredState> inForce, ActiveSet active, List<Link> links) {}

  @Override
  public void refusals(SortedMap<String, String> refusals) {}

  @Override
  public void conflicts(SortedMap<IpAddress, Conflict> conflicts) {}

  @Override
  public void claims(Optional<DesiredState> inForce, ClaimsContent content) {}

  @Override
  public void gratuitous(IpAddress address, Instant now) {}

  @Override
  public void gratuitousOver() {}

  @Override
  public void watch(SortedSet<LivenessTarget> sessions, SortedSet<WatchedPeer> peers) {}
}

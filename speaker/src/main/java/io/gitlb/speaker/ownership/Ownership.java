// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.ownership;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Decides who holds each address. All calls come from one thread.
public final class Ownership {

  private final NodeName self;

  public Ownership(NodeName self, OwnershipSettings settings) {
    this.self = self;
  }

  /// The first call.
  public void begin(Start start, Instant now) {}

  /// The whole desired state.
  public void desired(Contests contests, Instant now) {}

  /// The whole set of what this node can answer for.
  public void abilities(SortedMap<IpAddress, Ability> abilities, Instant now) {}

  /// A liveness session came up or went down.
  public void contact(NodeName peer, String interfaceName, Contact contact, Instant now) {}

  /// A peer's claims.
  public void told(PeerClaims claims, Instant now) {}

  /// How the long poll of a peer's claims does.
  public void channel(NodeName peer, Channel channel, Instant now) {}

  /// A probe that an outcome asked for is over.
  public void probed(IpAddress address, ProbeOutcome outcome, Instant now) {}

  /// This process stood still for longer than the fence allows.
  public void paused(Instant now) {}

  /// This process is to end: hand everything over.
  public void leave(Instant now) {}

  /// Decides what is due.
  public Outcome advance(Instant now) {
    return new Outcome(
        new TreeMap<>(),
        new TreeSet<>(),
        new ClaimsContent(Presence.STARTING, List.of(), new TreeSet<>(), new TreeMap<>()),
        Optional.empty(),
        false);
  }

  @Override
  public String toString() {
    return "ownership of " + self;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.bgp.AdjRibOut;
import io.gitlb.speaker.bgp.AdjRibOut.Completeness;
import io.gitlb.speaker.bgp.Advertisement;
import io.gitlb.speaker.bgp.Advertisement.Omission;
import io.gitlb.speaker.bgp.PackedUpdate;
import io.gitlb.speaker.bgp.RouteAttributes;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.Message;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Keeps what one peer has from us in step with what it should have. State-based: what waits for a
/// peer that does not read is one difference of sets, whatever happened meanwhile. On the peer's
/// event loop.
final class RouteFeed {

  /// All routes for a peer.
  ///
  /// @param byPrefix prefix → its attributes (1:1)
  record Routes(SnapshotMap<IpPrefix, RouteAttributes> byPrefix, Completeness completeness) {

    static final Routes NONE = new Routes(SnapshotMap.empty(), Completeness.PARTIAL);
  }

  /// families that the peer wants again
  private final SortedSet<AddressFamily> wantedAgain = new TreeSet<>();

  private Routes desired = Routes.NONE;
  private Optional<AdjRibOut> told = Optional.empty();
  private Routes written = Routes.NONE;
  private SnapshotMap<IpPrefix, Omission> omitted = SnapshotMap.empty();

  void want(Routes routes) {
    desired = routes;
  }

  void wantAgain(AddressFamily family) {
    wantedAgain.add(family);
  }

  /// A session has come up.
  void begin(AdjRibOut ribOut) {
    end();
    told = Optional.of(ribOut);
  }

  /// It is gone.
  void end() {
    told = Optional.empty();
    wantedAgain.clear();
    written = Routes.NONE;
    omitted = SnapshotMap.empty();
  }

  boolean isOn() {
    return told.isPresent();
  }

  /// Sends the difference between what the peer has and what it should have, and what it asked for
  /// again as soon as that may be told.
  void bringUpToDate(Consumer<PackedUpdate> sendPacked, Consumer<Message> send) {
    told.ifPresent(rib -> bringUpToDate(rib, sendPacked, send));
  }

  private void bringUpToDate(
      AdjRibOut rib, Consumer<PackedUpdate> sendPacked, Consumer<Message> send) {
    Advertisement advertisement = rib.set(desired.byPrefix(), desired.completeness());
    advertisement.packed().forEach(sendPacked);
    omitted = advertisement.omitted();
    if (rib.mayReadvertise()) {
      List<AddressFamily> again = List.copyOf(wantedAgain);
      wantedAgain.clear();
      again.forEach(family -> rib.readvertise(family).forEach(send));
    }
  }

  /// Whether the peer has a route of a node that is about to go.
  boolean hasLeaving() {
    return told.filter(rib -> rib.hasLeaving()).isPresent();
  }

  /// Withdraws those. The next step is the end of the session.
  void withdrawLeaving(Consumer<PackedUpdate> sendPacked) {
    told.ifPresent(rib -> rib.withdrawLeaving().packed().forEach(sendPacked));
  }

  /// What the peer has when all is written that was sent so far.
  Routes sent() {
    return told.map(rib -> new Routes(rib.told(), rib.completeness())).orElse(Routes.NONE);
  }

  /// All is written that led to this.
  void written(Routes routes) {
    written = routes;
  }

  /// What is known to have gone to the peer. While a difference is on its way this is what was
  /// there before.
  Routes written() {
    return written;
  }

  SnapshotMap<IpPrefix, Omission> omitted() {
    return omitted;
  }
}

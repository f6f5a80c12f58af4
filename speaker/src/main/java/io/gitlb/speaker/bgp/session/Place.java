// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp.session;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.bgp.Transport;
import io.gitlb.speaker.bgp.Transport.Initiative;
import java.util.Comparator;
import java.util.Optional;

/// Where peers call.
///
/// @param device empty: any network interface of the default VRF
/// @param address empty: any of ours
/// @param port 1 to 65535
record Place(Optional<String> device, Optional<IpAddress> address, int port)
    implements Comparable<Place> {

  private static final Comparator<Place> ORDER =
      Comparator.comparing((Place place) -> place.device().orElse(""))
          .thenComparing(place -> place.address().map(IpAddress::toString).orElse(""))
          .thenComparingInt(Place::port);

  /// Where a passive peer is waited for.
  static Place of(Transport transport) {
    return new Place(transport.device(), transport.sourceAddress(), transport.port());
  }

  /// Whether a peer may call here, as far as the address goes: no session is kept from another one
  /// than it is to be.
  boolean mayBeCalledBy(Transport peer) {
    return address.isEmpty()
        || peer.sourceAddress().isEmpty()
        || peer.sourceAddress().equals(address);
  }

  /// Of several peers at one address the one that is expected here: the port counts most, then the
  /// address.
  int likeness(Transport peer) {
    return (peer.port() == port ? 4 : 0)
        + (peer.sourceAddress().equals(address) ? 2 : 0)
        + (peer.initiative() == Initiative.PASSIVE ? 1 : 0);
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }

  /// For people.
  @Override
  public String toString() {
    return "port "
        + port
        + address.map(own -> " of " + own).orElse("")
        + device.map(name -> " on " + name).orElse("");
  }
}

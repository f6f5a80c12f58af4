// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.bgp.session.NodeLinks;
import io.gitlb.speaker.pcap.NodeAddress;
import java.io.IOException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the addresses of this node's interfaces say of who is on their links, and which of them
/// routers can be told to send to. From any thread.
final class OwnLinks implements NodeLinks {

  private static final Logger LOG = LoggerFactory.getLogger(OwnLinks.class);

  private final Dump dump;

  private volatile SnapshotMap<IpAddress, Announcement> announcements = SnapshotMap.empty();

  /// Asks the kernel for all addresses.
  interface Dump {
    List<NodeAddress> read() throws IOException;
  }

  OwnLinks(Dump dump) {
    this.dump = dump;
  }

  /// Which addresses are not this node's own, though its interfaces may have them.
  void announced(SnapshotMap<IpAddress, Announcement> now) {
    announcements = now;
  }

  /// None that is announced, as it may be put on an interface by something else and goes where its
  /// announcement goes. Those that lie in a route for many addresses are used only where there is
  /// no other; of the rest the one that is likeliest to last.
  @Override
  public List<IpAddress> beside(IpAddress own, Optional<String> interfaceName) {
    List<NodeAddress> all = read().orElse(List.of());
    Optional<String> where =
        interfaceName.or(
            () ->
                all.stream()
                    .filter(one -> one.address().equals(own))
                    .map(NodeAddress::interfaceName)
                    .findFirst());
    SnapshotMap<IpAddress, Announcement> floating = announcements;
    return all.stream()
        .filter(one -> where.equals(Optional.of(one.interfaceName())))
        .filter(one -> !one.address().equals(own) && !one.isDuplicate())
        .filter(one -> !floating.containsKey(one.address()))
        .sorted(order(floating))
        .map(NodeAddress::address)
        .distinct()
        .toList();
  }

  /// The worst fault counts first.
  private static Comparator<NodeAddress> order(SnapshotMap<IpAddress, Announcement> floating) {
    return Comparator.comparing(NodeAddress::isTentative)
        .thenComparing(one -> isRouted(one.address(), floating))
        .thenComparing(NodeAddress::isDeprecated)
        .thenComparing(NodeAddress::isSecondary)
        .thenComparing(NodeAddress::isSingle)
        .thenComparing(NodeAddress::isLeased)
        .thenComparing(NodeAddress::address);
  }

  private static boolean isRouted(
      IpAddress address, SnapshotMap<IpAddress, Announcement> announcements) {
    return announcements.values().stream()
        .flatMap(announcement -> announcement.routes().stream())
        .anyMatch(route -> route.prefix().contains(address));
  }

  @Override
  public boolean leadTo(IpAddress address) {
    return look().test(address);
  }

  /// Where they lead now. Takes milliseconds.
  Predicate<IpAddress> look() {
    return read()
        .<Predicate<IpAddress>>map(
            all -> {
              List<IpPrefix> networks =
                  all.stream()
                      .map(NodeAddress::network)
                      .filter(network -> network.length() > 0)
                      .distinct()
                      .toList();
              return address -> networks.stream().anyMatch(network -> network.contains(address));
            })
        // Most routers are on a link.
        .orElse(_ -> true);
  }

  private Optional<List<NodeAddress>> read() {
    try {
      return Optional.of(dump.read());
    } catch (IOException e) {
      LOG.warn("The addresses of this node cannot be read: {}", e.getMessage());
      return Optional.empty();
    }
  }
}

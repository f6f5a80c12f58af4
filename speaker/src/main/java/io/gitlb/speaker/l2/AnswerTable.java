// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.l2;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv6;
import io.gitlb.schema.value.SnapshotMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// The addresses that one interface answers for. Immutable: a change is a new table, which shares
/// what did not change with the one before it.
public final class AnswerTable {

  /// Answers nobody.
  public static final AnswerTable EMPTY = new AnswerTable(Set.of(), Set.of());

  // The keys are what counts.
  private final SnapshotMap<IpAddress, Boolean> here;
  private final SnapshotMap<IpAddress, Boolean> elsewhere;
  private final SnapshotMap<IpAddress, Boolean> watched;
  private final Optional<Ipv6> source;

  /// From which interfaces of this node an address is announced.
  public enum Where {
    /// From this one.
    HERE,
    /// From others only.
    ELSEWHERE,
    /// From none.
    NOWHERE
  }

  /// @param here announced on this interface
  /// @param elsewhere announced from this node, on other interfaces only
  /// @param watched addresses of which [Sighting]s are wanted; those of `here` always are
  /// @param source the link-local address that neighbour advertisements come from; without one
  ///   there are none
  public AnswerTable(
      Set<IpAddress> here,
      Set<IpAddress> elsewhere,
      Set<IpAddress> watched,
      Optional<Ipv6> source) {
    this(snapshot(here), snapshot(elsewhere), with(snapshot(watched), here), source);
  }

  /// Watches what it answers for, and has no address for neighbour advertisements.
  public AnswerTable(Set<IpAddress> here, Set<IpAddress> elsewhere) {
    this(here, elsewhere, here, Optional.empty());
  }

  private AnswerTable(
      SnapshotMap<IpAddress, Boolean> here,
      SnapshotMap<IpAddress, Boolean> elsewhere,
      SnapshotMap<IpAddress, Boolean> watched,
      Optional<Ipv6> source) {
    this.here = here;
    this.elsewhere = elsewhere;
    this.watched = watched;
    this.source = source;
  }

  private static SnapshotMap<IpAddress, Boolean> snapshot(Set<IpAddress> addresses) {
    Map<IpAddress, Boolean> all = new HashMap<>();
    addresses.forEach(address -> all.put(address, true));
    return SnapshotMap.copyOf(all);
  }

  private static SnapshotMap<IpAddress, Boolean> with(
      SnapshotMap<IpAddress, Boolean> some, Set<IpAddress> more) {
    SnapshotMap<IpAddress, Boolean> all = some;
    for (IpAddress address : more) {
      all = all.with(address, true);
    }
    return all;
  }

  /// The table with one address announced from there.
  public AnswerTable placed(IpAddress address, Where where) {
    return switch (where) {
      case HERE ->
          new AnswerTable(
              here.with(address, true),
              elsewhere.without(address),
              watched.with(address, true),
              source);
      case ELSEWHERE ->
          new AnswerTable(here.without(address), elsewhere.with(address, true), watched, source);
      case NOWHERE ->
          new AnswerTable(here.without(address), elsewhere.without(address), watched, source);
    };
  }

  /// The table that watches this address too.
  public AnswerTable watching(IpAddress address) {
    return new AnswerTable(here, elsewhere, watched.with(address, true), source);
  }

  /// The table that does not watch this address, unless it answers for it.
  public AnswerTable notWatching(IpAddress address) {
    return here.containsKey(address)
        ? this
        : new AnswerTable(here, elsewhere, watched.without(address), source);
  }

  /// The table with another source.
  public AnswerTable from(Optional<Ipv6> other) {
    return other.equals(source) ? this : new AnswerTable(here, elsewhere, watched, other);
  }

  /// The addresses announced on this interface.
  public Set<IpAddress> here() {
    return here.keySet();
  }

  /// The addresses announced from this node, on other interfaces only.
  public Set<IpAddress> elsewhere() {
    return elsewhere.keySet();
  }

  /// The addresses of which [Sighting]s are wanted. Two tables that watch the same are soon
  /// compared.
  public Set<IpAddress> watched() {
    return watched.keySet();
  }

  /// The link-local address that neighbour advertisements come from.
  public Optional<Ipv6> source() {
    return source;
  }

  /// Whether both tables watch the same addresses; at once for one that was made of the other.
  public boolean watchesAs(AnswerTable other) {
    return watched.equals(other.watched);
  }

  boolean isAnnouncedFromThisNode(IpAddress address) {
    return here.containsKey(address) || elsewhere.containsKey(address);
  }
}

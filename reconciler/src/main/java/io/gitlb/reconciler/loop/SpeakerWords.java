// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.loop.SpeakerPort.SpeakerReport;
import io.gitlb.reconciler.plan.Reason;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Layer2Status;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;

/// What the speakers say of each address, kept from report to report: a status that is the same
/// object as before costs nothing, another one is compared with the one before it.
///
/// A speaker that cannot be reached says nothing.
final class SpeakerWords {

  /// What the speakers say of one address.
  ///
  /// @param announcing the nodes that announce it
  /// @param onLink those of them that announce it on a link → what they say of that
  /// @param failing node → its word for why it does not announce although it should
  /// @param contested node that announces it → who else it hears claim it
  record Said(
      SortedSet<NodeName> announcing,
      SortedMap<NodeName, Holding> onLink,
      SortedMap<NodeName, String> failing,
      SortedMap<NodeName, Contested> contested) {

    static final Said NOTHING =
        new Said(
            Collections.emptySortedSet(),
            Collections.emptySortedMap(),
            Collections.emptySortedMap());

    /// Of what nobody else claims.
    Said(
        SortedSet<NodeName> announcing,
        SortedMap<NodeName, Holding> onLink,
        SortedMap<NodeName, String> failing) {
      this(announcing, onLink, failing, Collections.emptySortedMap());
    }

    /// @param words node → what it says now
    private Said with(Map<NodeName, Word> words) {
      SortedSet<NodeName> nextAnnouncing = new TreeSet<>(announcing);
      SortedMap<NodeName, Holding> nextOnLink = new TreeMap<>(onLink);
      SortedMap<NodeName, String> nextFailing = new TreeMap<>(failing);
      SortedMap<NodeName, Contested> nextContested = new TreeMap<>(contested);
      words.forEach(
          (node, word) -> {
            nextAnnouncing.remove(node);
            nextOnLink.remove(node);
            nextFailing.remove(node);
            nextContested.remove(node);
            switch (word) {
              case Word.OnLink(Holding holding, Optional<Contested> other) -> {
                nextAnnouncing.add(node);
                nextOnLink.put(node, holding);
                other.ifPresent(one -> nextContested.put(node, one));
              }
              case Word.ByRoute() -> nextAnnouncing.add(node);
              case Word.Failing(String reason) -> nextFailing.put(node, reason);
              case Word.Nothing() -> {}
            }
          });
      return new Said(
          Collections.unmodifiableSortedSet(nextAnnouncing),
          Collections.unmodifiableSortedMap(nextOnLink),
          Collections.unmodifiableSortedMap(nextFailing),
          Collections.unmodifiableSortedMap(nextContested));
    }
  }

  /// Of an address that is announced on a link.
  ///
  /// @param since when that began
  /// @param position of the node among the candidates, from 1; 0 when it is not told
  record Holding(Instant since, int position) {

    static final Holding UNKNOWN = new Holding(Instant.EPOCH, 0);
  }

  /// What one speaker says of one address.
  private sealed interface Word {

    /// It announces it, by ARP or NDP at least.
    ///
    /// @param holding since when, and from which place
    /// @param other who else claims it there
    record OnLink(Holding holding, Optional<Contested> other) implements Word {}

    /// It announces it, by BGP only.
    record ByRoute() implements Word {}

    record Failing(String reason) implements Word {}

    /// It does not know it, stands by, or has not found out yet whether it is to announce it.
    record Nothing() implements Word {}

    Word NOTHING = new Nothing();

    /// How all begins that speakers say until they have found out, for a moment also after each
    /// pause of theirs.
    String WAITING = "Waiting";

    static Word of(AnnouncementStatus status) {
      return switch (status.state()) {
        case ANNOUNCED ->
            status.interfaces().isEmpty()
                ? new ByRoute()
                : new OnLink(
                    new Holding(
                        status.since(), status.layer2().map(Layer2Status::position).orElse(0)),
                    status.layer2().flatMap(Layer2Status::conflict).map(Contested::of));
        case STANDBY -> NOTHING;
        case NOT_ANNOUNCED ->
            status.reason().filter(reason -> reason.startsWith(WAITING)).isPresent()
                ? NOTHING
                : new Failing(status.reason().orElse(Reason.NOT_ANNOUNCED.text()));
      };
    }
  }

  /// node → the status that counts, of the speakers that can be reached
  private SortedMap<NodeName, SpeakerStatus> heard = Collections.emptySortedMap();

  private SnapshotMap<IpAddress, Said> said = SnapshotMap.empty();

  /// Takes in what the speakers say now.
  ///
  /// @return address → what is said of it, those that nobody announces or should left out
  SnapshotMap<IpAddress, Said> hear(SortedMap<NodeName, SpeakerReport> reports) {
    SortedMap<NodeName, SpeakerStatus> now = new TreeMap<>();
    reports.forEach(
        (node, report) ->
            report
                .status()
                .filter(_ -> report.failure().isEmpty())
                .ifPresent(status -> now.put(node, status)));
    // address → node → what it says of the address now, where that is new
    SortedMap<IpAddress, Map<NodeName, Word>> changes = new TreeMap<>();
    SortedSet<NodeName> nodes = new TreeSet<>(heard.keySet());
    nodes.addAll(now.keySet());
    for (NodeName node : nodes) {
      compare(
          announcements(heard, node),
          announcements(now, node),
          (address, word) ->
              changes.computeIfAbsent(address, _ -> new TreeMap<>()).put(node, word));
    }
    heard = now;
    changes.forEach(this::take);
    return said;
  }

  private static List<AnnouncementStatus> announcements(
      SortedMap<NodeName, SpeakerStatus> statuses, NodeName node) {
    SpeakerStatus status = statuses.get(node);
    return status == null ? List.of() : status.announcements();
  }

  private void take(IpAddress address, Map<NodeName, Word> words) {
    Said next = said.find(address).orElse(Said.NOTHING).with(words);
    said = next.equals(Said.NOTHING) ? said.without(address) : said.with(address, next);
  }

  /// Walks both lists side by side; they are sorted by address.
  @SuppressWarnings("ReferenceEquality") // The same object: nothing to compare.
  private static void compare(
      List<AnnouncementStatus> before,
      List<AnnouncementStatus> after,
      BiConsumer<IpAddress, Word> changed) {
    if (before == after) {
      return;
    }
    int b = 0;
    int a = 0;
    while (b < before.size() || a < after.size()) {
      Optional<IpAddress> left = addressAt(before, b);
      Optional<IpAddress> right = addressAt(after, a);
      int order = left.isEmpty() ? 1 : right.isEmpty() ? -1 : left.get().compareTo(right.get());
      Word old = order <= 0 ? Word.of(before.get(b)) : Word.NOTHING;
      Word now = order >= 0 ? Word.of(after.get(a)) : Word.NOTHING;
      if (!old.equals(now)) {
        changed.accept(order <= 0 ? left.orElseThrow() : right.orElseThrow(), now);
      }
      b += order <= 0 ? 1 : 0;
      a += order >= 0 ? 1 : 0;
    }
  }

  private static Optional<IpAddress> addressAt(List<AnnouncementStatus> statuses, int index) {
    return index < statuses.size() ? Optional.of(statuses.get(index).address()) : Optional.empty();
  }
}

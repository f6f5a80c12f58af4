// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.desired.DesiredContent;
import io.gitlb.reconciler.desired.DesiredContent.NodeContent;
import io.gitlb.reconciler.desired.DesiredContent.NotAnnounced;
import io.gitlb.reconciler.loop.Owners.Owned;
import io.gitlb.reconciler.loop.SpeakerWords.Said;
import io.gitlb.schema.protocol.PeerPassword;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.SnapshotMap;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// What should be announced beside what is, address by address. Only addresses of which something
/// has changed are looked at again.
///
/// A moment in which nobody announces an address that is to be announced changes nothing: each
/// take-over has one, and two writes for each Service would tell of it.
final class AnnouncingPicture {

  /// A speaker's word for an address that only peers are told of with which no session can be made.
  private static final String NOT_DIALLED = "PeerNotDialled";

  /// A speaker's word after an absence that was too long for what it has on disk.
  private static final String STATE_TOO_OLD = "StateTooOld";

  /// Longer than any take-over.
  static final Duration PATIENCE = Duration.ofSeconds(3);

  /// address → since when nobody announces it, while that is not told
  private final SortedMap<IpAddress, Instant> silent = new TreeMap<>();

  private SnapshotMap<IpAddress, SortedSet<NodeName>> placed = SnapshotMap.empty();
  private SnapshotMap<NodeName, NodeContent> nodes = SnapshotMap.empty();
  private SnapshotMap<IpAddress, NotAnnounced> notAnnounced = SnapshotMap.empty();
  private SnapshotMap<IpAddress, Said> said = SnapshotMap.empty();
  private SnapshotMap<IpAddress, Owned> owned = SnapshotMap.empty();

  private SnapshotMap<IpAddress, Announcing> picture = SnapshotMap.empty();

  /// @return address → what becomes of it; every address that is to be announced, that has a reason
  ///   why not, or of which a speaker says something
  SnapshotMap<IpAddress, Announcing> next(
      SnapshotMap<IpAddress, Said> nowSaid,
      SnapshotMap<IpAddress, Owned> nowOwned,
      DesiredContent content,
      Instant now) {
    SortedSet<IpAddress> changed = new TreeSet<>();
    content.placed().changesSince(placed).forEach(change -> changed.add(change.key()));
    content.notAnnounced().changesSince(notAnnounced).forEach(change -> changed.add(change.key()));
    nowSaid.changesSince(said).forEach(change -> changed.add(change.key()));
    nowOwned.changesSince(owned).forEach(change -> changed.add(change.key()));
    owned = nowOwned;
    placed = content.placed();
    nodes = content.nodes();
    notAnnounced = content.notAnnounced();
    said = nowSaid;
    silent.forEach(
        (address, since) -> {
          if (isOver(since, now)) {
            changed.add(address);
          }
        });
    changed.forEach(address -> lookAgain(address, now));
    return picture;
  }

  /// A clock that was set back ends it too.
  private static boolean isOver(Instant since, Instant now) {
    return now.isBefore(since) || !now.isBefore(since.plus(PATIENCE));
  }

  /// When there is something to look at again; empty when there is not.
  Optional<Instant> due() {
    return silent.values().stream().min(Comparator.naturalOrder()).map(at -> at.plus(PATIENCE));
  }

  private void lookAgain(IpAddress address, Instant now) {
    Optional<SortedSet<NodeName>> wanted = placed.find(address);
    Optional<NotAnnounced> nowhere = notAnnounced.find(address);
    Optional<Said> words = said.find(address);
    if (wanted.isEmpty() && nowhere.isEmpty() && words.isEmpty()) {
      picture = picture.without(address);
      silent.remove(address);
    } else {
      Said heard = words.orElse(Said.NOTHING);
      Optional<Owned> owner =
          owned.find(address).filter(one -> heard.onLink().containsKey(one.node()));
      Announcing next =
          new Announcing(
              wanted.orElse(Collections.emptySortedSet()),
              heard.announcing(),
              owner,
              heard.failing(),
              heard.contested(),
              because(address, heard),
              nowhere);
      Optional<Announcing> before = picture.find(address);
      if (before.filter(was -> isHandover(was, next)).isPresent()
          && !isOver(silent.computeIfAbsent(address, _ -> now), now)) {
        return;
      }
      silent.remove(address);
      if (!before.equals(Optional.of(next))) {
        picture = picture.with(address, next);
      }
    }
  }

  /// What a speaker's word does not say: which password is missing, and what an old state needs.
  private Optional<String> because(IpAddress address, Said heard) {
    return heard.failing().containsValue(STATE_TOO_OLD)
        ? Optional.of(
            "the node was away, and what its speaker has on disk is older than --max-state-age"
                + " (GLB6019); it announces again when it has the reconciler's state: look at what"
                + " keeps that from it")
        : missingPassword(address, heard);
  }

  private Optional<String> missingPassword(IpAddress address, Said heard) {
    return heard.failing().entrySet().stream()
        .filter(entry -> entry.getValue().equals(NOT_DIALLED))
        .flatMap(entry -> nodes.find(entry.getKey()).stream())
        .flatMap(content -> missingPasswords(address, content))
        .findFirst();
  }

  private static Stream<String> missingPasswords(IpAddress address, NodeContent content) {
    Set<PeerName> told =
        content.announcements().find(address).stream()
            .flatMap(announcement -> announcement.routes().stream())
            .flatMap(route -> route.peers().stream())
            .collect(Collectors.toSet());
    return content.peers().stream()
        .filter(peer -> told.contains(peer.name()))
        .flatMap(
            peer ->
                peer.extras().password().orElse(null) instanceof PeerPassword.Missing(String why)
                    ? Stream.of("BGPPeer " + peer.name() + ": " + why)
                    : Stream.empty());
  }

  /// Somebody announced it, nobody does, and nobody says that this is to stay so: the next one is
  /// about to take over, or a speaker that was stopped looks whether it still holds it.
  private static boolean isHandover(Announcing before, Announcing next) {
    return !before.nodes().isEmpty()
        && before.nowhere().isEmpty()
        && next.nodes().isEmpty()
        && next.nowhere().isEmpty()
        && next.failing().isEmpty();
  }
}

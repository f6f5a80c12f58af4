// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.announce;

import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.SnapshotMap;
import io.gitlb.speaker.announce.Placement.Reason;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// Every layer-2 address of the desired state with its place on this node.
///
/// @param placements address → what is done with it (1:1); a set that follows another shares with
///   it what did not change
/// @param incarnations interface → the number of its running capture (1:1)
public record ActiveSet(
    SnapshotMap<IpAddress, Placement> placements, SortedMap<String, Long> incarnations) {

  /// Announces nothing.
  public static final ActiveSet EMPTY = new ActiveSet(SnapshotMap.empty(), new TreeMap<>());

  public ActiveSet {
    incarnations = Collections.unmodifiableSortedMap(new TreeMap<>(incarnations));
  }

  /// Where this node would answer for each layer-2 address of the state, whoever holds it: address
  /// → answered, or why that is not possible.
  ///
  /// @param links all that are there now
  public static SortedMap<IpAddress, Placement> reach(
      DesiredState desired, Collection<LinkView> links) {
    SortedMap<IpAddress, Placement> reach = new TreeMap<>();
    List<LinkView> sorted = links.stream().sorted().toList();
    // Most addresses name the same interfaces.
    Map<List<String>, List<LinkView>> allowed = new HashMap<>();
    for (Announcement announcement : desired.announcements().values()) {
      IpAddress address = announcement.address();
      announcement
          .layer2()
          .ifPresent(
              layer2 ->
                  reach.put(
                      address,
                      placeOnLinks(
                          address,
                          allowed.computeIfAbsent(
                              layer2.interfaces(), names -> named(sorted, names)))));
    }
    return reach;
  }

  /// @param links all that are there now
  public static ActiveSet of(Map<IpAddress, Placement> placements, Collection<LinkView> links) {
    TreeMap<String, Long> incarnations = new TreeMap<>();
    for (LinkView link : links) {
      if (link.capture() instanceof LinkView.Capture.Running(long incarnation)) {
        incarnations.put(link.name(), incarnation);
      }
    }
    return new ActiveSet(SnapshotMap.copyOf(placements), incarnations);
  }

  private static List<LinkView> named(List<LinkView> links, List<String> names) {
    return names.isEmpty()
        ? links
        : links.stream().filter(link -> names.contains(link.name())).toList();
  }

  private static Placement placeOnLinks(IpAddress address, List<LinkView> allowed) {
    if (allowed.isEmpty()) {
      return new Placement.Impossible(Reason.NO_INTERFACE);
    }
    List<LinkView> onLink = new ArrayList<>();
    for (LinkView link : allowed) {
      if (link.reachesDirectly(address)) {
        onLink.add(link);
      }
    }
    if (onLink.isEmpty()) {
      return new Placement.Impossible(Reason.NOT_ON_LINK);
    }
    List<LinkView> speaking = onLink.stream().filter(link -> link.speaksFor(address)).toList();
    if (speaking.isEmpty()) {
      return new Placement.Impossible(Reason.NO_LINK_LOCAL);
    }
    TreeSet<String> answering = new TreeSet<>();
    for (LinkView link : speaking) {
      switch (link.capture()) {
        case LinkView.Capture.Running _ -> answering.add(link.name());
        case LinkView.Capture.Unavailable _ -> {}
      }
    }
    return answering.isEmpty()
        ? new Placement.Impossible(Reason.NO_CAPTURE)
        : new Placement.Answered(answering);
  }

  /// The addresses that are answered on any interface.
  public SortedSet<IpAddress> answered() {
    TreeSet<IpAddress> addresses = new TreeSet<>();
    placements.forEach(
        (address, placement) -> {
          if (placement instanceof Placement.Answered) {
            addresses.add(address);
          }
        });
    return addresses;
  }
}

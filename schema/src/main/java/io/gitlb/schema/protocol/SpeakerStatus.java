// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// What a speaker does right now.
///
/// @param bootId names this run of the speaker
/// @param sequence counts every change up from 1; what a long poll waits for
/// @param stored the newest generation on disk
/// @param applied the newest generation that is in force
/// @param announcements sorted by address
/// @param peers sorted by name
/// @param interfaces those that layer 2 answers on, sorted by name
/// @param problems what is wrong with this speaker as a whole, for people, sorted
public record SpeakerStatus(
    NodeName node,
    String bootId,
    long sequence,
    Optional<Generation> stored,
    Optional<Generation> applied,
    List<AnnouncementStatus> announcements,
    List<PeerStatus> peers,
    List<InterfaceStatus> interfaces,
    List<String> problems) {

  public SpeakerStatus {
    announcements = sorted(announcements);
    peers = List.copyOf(peers);
    interfaces = List.copyOf(interfaces);
    problems = List.copyOf(problems);
  }

  /// Without problems.
  public SpeakerStatus(
      NodeName node,
      String bootId,
      long sequence,
      Optional<Generation> stored,
      Optional<Generation> applied,
      List<AnnouncementStatus> announcements,
      List<PeerStatus> peers,
      List<InterfaceStatus> interfaces) {
    this(node, bootId, sequence, stored, applied, announcements, peers, interfaces, List.of());
  }

  /// Most are sorted already, and then one look at each is enough.
  private static List<AnnouncementStatus> sorted(List<AnnouncementStatus> announcements) {
    for (int i = 1; i < announcements.size(); i++) {
      if (announcements.get(i - 1).address().compareTo(announcements.get(i).address()) > 0) {
        return announcements.stream()
            .sorted(Comparator.comparing(AnnouncementStatus::address))
            .toList();
      }
    }
    return List.copyOf(announcements);
  }

  /// What becomes of an address on this node.
  public enum AnnouncementState {
    /// On the wire from here: answered by ARP or NDP, or in at least one peer's Adj-RIB-Out.
    ANNOUNCED,
    /// Another node announces it; this one stands by.
    STANDBY,
    /// Should be announced from here but is not; the reason says why.
    NOT_ANNOUNCED
  }

  /// One address.
  ///
  /// @param reason machine-readable, CamelCase; empty when announced
  /// @param since when the state last changed
  /// @param interfaces where ARP or NDP is answered, sorted
  /// @param peers the peers that have a route for it, sorted
  public record AnnouncementStatus(
      IpAddress address,
      AnnouncementState state,
      Optional<String> reason,
      Instant since,
      List<String> interfaces,
      List<PeerName> peers) {

    public AnnouncementStatus {
      interfaces = List.copyOf(interfaces);
      peers = List.copyOf(peers);
    }
  }

  /// One BGP session.
  ///
  /// @param state the FSM's state as RFC 4271 section 8.2.2 names it
  /// @param since when that state was entered
  /// @param prefixesSent the size of the Adj-RIB-Out
  /// @param lastError for people; empty when there was none
  public record PeerStatus(
      PeerName name,
      IpAddress peerAddress,
      String state,
      Instant since,
      int prefixesSent,
      Optional<String> lastError) {}

  /// One interface that layer 2 uses.
  public record InterfaceStatus(String name, MacAddress macAddress) {}
}

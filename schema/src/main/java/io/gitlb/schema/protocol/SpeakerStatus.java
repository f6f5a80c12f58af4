// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// What a speaker does right now.
///
/// @param bootId names this run of the speaker
/// @param sequence counts every change up from 1; what a long poll waits for
/// @param stored the newest generation on disk
/// @param applied the newest generation that is in force
/// @param announcements sorted by address
/// @param peers sorted by name
/// @param interfaces those that layer 2 answers on, sorted by name
/// @param members the liveness sessions with other speakers, sorted by node and interface
/// @param counters name → how often it has happened; a change of these is no change of the status
/// @param problems what is wrong with this speaker as a whole, for people, sorted
/// @param bfd the BFD sessions with BGP peers, sorted by the peer's address
public record SpeakerStatus(
    NodeName node,
    String bootId,
    long sequence,
    Optional<Generation> stored,
    Optional<Generation> applied,
    List<AnnouncementStatus> announcements,
    List<PeerStatus> peers,
    List<InterfaceStatus> interfaces,
    List<MemberStatus> members,
    SortedMap<String, Long> counters,
    List<String> problems,
    List<BfdStatus> bfd) {

  public SpeakerStatus {
    announcements = sorted(announcements);
    peers = List.copyOf(peers);
    interfaces = List.copyOf(interfaces);
    members = List.copyOf(members);
    counters = Collections.unmodifiableSortedMap(new TreeMap<>(counters));
    problems = List.copyOf(problems);
    bfd = List.copyOf(bfd);
  }

  /// Without BFD.
  public SpeakerStatus(
      NodeName node,
      String bootId,
      long sequence,
      Optional<Generation> stored,
      Optional<Generation> applied,
      List<AnnouncementStatus> announcements,
      List<PeerStatus> peers,
      List<InterfaceStatus> interfaces,
      List<MemberStatus> members,
      SortedMap<String, Long> counters,
      List<String> problems) {
    this(
        node,
        bootId,
        sequence,
        stored,
        applied,
        announcements,
        peers,
        interfaces,
        members,
        counters,
        problems,
        List.of());
  }

  /// The same with these BFD sessions.
  public SpeakerStatus withBfd(List<BfdStatus> sessions) {
    return new SpeakerStatus(
        node,
        bootId,
        sequence,
        stored,
        applied,
        announcements,
        peers,
        interfaces,
        members,
        counters,
        problems,
        sessions);
  }

  /// Without problems, members and counters.
  public SpeakerStatus(
      NodeName node,
      String bootId,
      long sequence,
      Optional<Generation> stored,
      Optional<Generation> applied,
      List<AnnouncementStatus> announcements,
      List<PeerStatus> peers,
      List<InterfaceStatus> interfaces) {
    this(
        node,
        bootId,
        sequence,
        stored,
        applied,
        announcements,
        peers,
        interfaces,
        List.of(),
        Collections.emptySortedMap(),
        List.of());
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
  /// @param layer2 how it stands with ARP and NDP; empty when it is not announced in that way
  public record AnnouncementStatus(
      IpAddress address,
      AnnouncementState state,
      Optional<String> reason,
      Instant since,
      List<String> interfaces,
      List<PeerName> peers,
      Optional<Layer2Status> layer2) {

    public AnnouncementStatus {
      interfaces = List.copyOf(interfaces);
      peers = List.copyOf(peers);
    }

    /// Of an address that is not announced by ARP or NDP.
    public AnnouncementStatus(
        IpAddress address,
        AnnouncementState state,
        Optional<String> reason,
        Instant since,
        List<String> interfaces,
        List<PeerName> peers) {
      this(address, state, reason, since, interfaces, peers, Optional.empty());
    }
  }

  /// How an address stands on layer 2, seen from this node.
  ///
  /// @param owner who holds it, as far as this node knows
  /// @param position of this node among the candidates, from 1
  /// @param turn of this node's claim; 0 when it claims nothing
  /// @param lastGratuitous when this node last told the segment
  /// @param conflict the latest claim by somebody else
  public record Layer2Status(
      Optional<NodeName> owner,
      int position,
      long turn,
      Optional<Instant> lastGratuitous,
      Optional<Conflict> conflict) {}

  /// Who else says to have an address.
  public enum ConflictKind {
    /// A station that is no node of the cluster.
    FOREIGN,
    /// Another program on a node of the cluster, or the kernel of this one node.
    OTHER_ANNOUNCER_ON_NODE,
    /// The kernels of several nodes of the cluster: kube-proxy's `strictARP` is off.
    KERNEL_ANSWERS;

    /// Who it is and what to do about it, in words that follow "announces it, and ".
    ///
    /// @param mac whose the claim is
    public String words(MacAddress mac) {
      return switch (this) {
        case FOREIGN ->
            mac
                + ", which is no node of the cluster, claims it too; give one of the two another"
                + " address";
        case OTHER_ANNOUNCER_ON_NODE ->
            mac
                + " of another node answers for it too; stop other software that announces it on"
                + " that node, or, when it is the node's kernel, set strictARP of kube-proxy or"
                + " net.ipv4.conf.all.arp_ignore=1";
        case KERNEL_ANSWERS ->
            mac
                + " is one of the kernels that answer for it too; set strictARP of kube-proxy, or"
                + " net.ipv4.conf.all.arp_ignore=1 on all nodes";
      };
    }
  }

  /// A claim by somebody else.
  public record Conflict(
      MacAddress macAddress, ConflictKind kind, Instant since, Instant lastSeen) {}

  /// One BGP session.
  ///
  /// @param state the FSM's state as RFC 4271 section 8.2.2 names it
  /// @param since when that state was entered
  /// @param prefixesSent the size of the Adj-RIB-Out, as far as the connection has taken it
  /// @param lastError for people; empty when there was none
  /// @param session what is agreed on
  /// @param traffic told anew each time; a change of it is no change of the status
  public record PeerStatus(
      PeerName name,
      IpAddress peerAddress,
      String state,
      Instant since,
      int prefixesSent,
      Optional<String> lastError,
      PeerSession session,
      PeerTraffic traffic) {

    /// Of which nothing more is known.
    public PeerStatus(
        PeerName name,
        IpAddress peerAddress,
        String state,
        Instant since,
        int prefixesSent,
        Optional<String> lastError) {
      this(
          name,
          peerAddress,
          state,
          since,
          prefixesSent,
          lastError,
          PeerSession.UNKNOWN,
          PeerTraffic.NONE);
    }

    /// The peer's address, for people. At the end of a link it is `fe80::1%eth1`, as every link has
    /// that address of its own, and `eth1` until it is found there.
    public String neighbour() {
      String address =
          peerAddress.equals(PeerSettings.UNKNOWN_ADDRESS) ? "" : peerAddress.toString();
      return session
          .interfaceName()
          .map(link -> address.isEmpty() ? link : address + "%" + link)
          .orElse(address);
    }

    /// The same with another word for people.
    public PeerStatus withLastError(String error) {
      return new PeerStatus(
          name, peerAddress, state, since, prefixesSent, Optional.of(error), session, traffic);
    }

    /// The same after that traffic.
    public PeerStatus withTraffic(PeerTraffic newTraffic) {
      return new PeerStatus(
          name, peerAddress, state, since, prefixesSent, lastError, session, newTraffic);
    }
  }

  /// What is known of a session besides its state.
  ///
  /// @param localAsn what we call ourselves on it
  /// @param peerAsn what the peer is configured with, or has said where it may be any but ours;
  ///   empty before it has said it
  /// @param holdTime as negotiated; empty before that
  /// @param lastErrorAt when the last error happened
  /// @param interfaceName the link at whose other end the peer is, of one that has no address in
  ///   the definitions
  /// @param waitingFor what the initial update waits for, of a session that is up: the peer may not
  ///   have all routes yet, and no End-of-RIB (RFC 4724 section 2). Machine-readable, CamelCase;
  ///   empty when it is complete
  public record PeerSession(
      Optional<Asn> localAsn,
      Optional<Asn> peerAsn,
      Optional<Duration> holdTime,
      Optional<Instant> lastErrorAt,
      Optional<String> interfaceName,
      Optional<String> waitingFor) {

    public static final PeerSession UNKNOWN =
        new PeerSession(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

    /// With a peer that has an address, and that has been told all.
    public PeerSession(
        Optional<Asn> localAsn,
        Optional<Asn> peerAsn,
        Optional<Duration> holdTime,
        Optional<Instant> lastErrorAt) {
      this(localAsn, peerAsn, holdTime, lastErrorAt, Optional.empty(), Optional.empty());
    }

    /// The same over that link.
    public PeerSession over(Optional<String> link) {
      return new PeerSession(localAsn, peerAsn, holdTime, lastErrorAt, link, waitingFor);
    }

    /// The same with an initial update that waits for that.
    public PeerSession waitingFor(Optional<String> reason) {
      return new PeerSession(localAsn, peerAsn, holdTime, lastErrorAt, interfaceName, reason);
    }
  }

  /// Counts since the peer was configured.
  ///
  /// @param messagesIn all messages that the peer has sent
  /// @param messagesOut all that it was sent
  /// @param flaps how often an established session has ended
  /// @param prefixesReceived what it has announced to us, repetitions included; none is kept
  /// @param attributeFaults faults in its messages that the session survived (RFC 7606)
  public record PeerTraffic(
      long messagesIn, long messagesOut, long flaps, long prefixesReceived, long attributeFaults) {

    public static final PeerTraffic NONE = new PeerTraffic(0, 0, 0, 0, 0);
  }

  /// One interface that layer 2 uses.
  ///
  /// @param addresses its own
  /// @param onLink the prefixes that it reaches without a gateway
  public record InterfaceStatus(
      String name,
      MacAddress macAddress,
      SortedSet<LinkAddress> addresses,
      SortedSet<IpPrefix> onLink) {

    public InterfaceStatus {
      addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
      onLink = Collections.unmodifiableSortedSet(new TreeSet<>(onLink));
    }

    /// Of which no address is known.
    public InterfaceStatus(String name, MacAddress macAddress) {
      this(name, macAddress, Collections.emptySortedSet(), Collections.emptySortedSet());
    }
  }

  /// One liveness session.
  ///
  /// @param interfaceName the own one
  /// @param state as RFC 5880 section 6.2 names it
  /// @param since when that state was entered
  /// @param diagnostic why the session went down last, as RFC 5880 section 4.1 names it
  public record MemberStatus(
      NodeName node,
      String interfaceName,
      String state,
      Instant since,
      Optional<String> diagnostic) {}

  /// One BFD session with a router.
  ///
  /// @param peers who share it
  /// @param state as RFC 5880 section 6.2 names it
  /// @param since when that state was entered
  /// @param diagnostic why the session went down last, as RFC 5880 section 4.1 names it
  /// @param transmitInterval the pace of our packets, as negotiated
  /// @param detectionTime how long the peer may be silent, as negotiated; 0 before it was heard
  /// @param echoInterval what is advertised for echo packets, 0 for none at all
  /// @param flaps how often it has ended after it was up, since somebody uses it
  public record BfdStatus(
      IpAddress peerAddress,
      SortedSet<PeerName> peers,
      String state,
      Instant since,
      Optional<String> diagnostic,
      Duration transmitInterval,
      Duration detectionTime,
      Duration echoInterval,
      long flaps) {

    public BfdStatus {
      peers = Collections.unmodifiableSortedSet(new TreeSet<>(peers));
    }
  }
}

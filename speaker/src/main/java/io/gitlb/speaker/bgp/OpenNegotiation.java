// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.bgp.History.Offer;
import io.gitlb.speaker.bgp.History.Phase;
import io.gitlb.speaker.bgp.Negotiated.Extra;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.AsWidth;
import io.gitlb.speaker.bgp.packet.Capability;
import io.gitlb.speaker.bgp.packet.Capability.EnhancedRouteRefresh;
import io.gitlb.speaker.bgp.packet.Capability.ExtendedMessage;
import io.gitlb.speaker.bgp.packet.Capability.ExtendedNextHop;
import io.gitlb.speaker.bgp.packet.Capability.Forwarding;
import io.gitlb.speaker.bgp.packet.Capability.FourOctetAs;
import io.gitlb.speaker.bgp.packet.Capability.GracefulRestart;
import io.gitlb.speaker.bgp.packet.Capability.Multiprotocol;
import io.gitlb.speaker.bgp.packet.Capability.NextHopEncoding;
import io.gitlb.speaker.bgp.packet.Capability.PreservedFamily;
import io.gitlb.speaker.bgp.packet.Capability.RestartFlag;
import io.gitlb.speaker.bgp.packet.Capability.RouteRefreshRequest;
import io.gitlb.speaker.bgp.packet.Notification;
import io.gitlb.speaker.bgp.packet.Open;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Makes our OPEN and judges the peer's (RFC 4271 section 6.2).
final class OpenNegotiation {

  /// The outcome of the two OPENs.
  sealed interface Verdict {
    record Agreed(Negotiated negotiated) implements Verdict {}

    /// @param why for people
    record Refused(Notification answer, String why) implements Verdict {}
  }

  private static final ExtendedNextHop IPV4_OVER_IPV6 =
      new ExtendedNextHop(List.of(NextHopEncoding.IPV4_UNICAST_OVER_IPV6));

  private OpenNegotiation() {}

  static Open ours(PeerConfig config, Ipv4 identifier, History history) {
    long asn = config.localAsn().number();
    int field = (int) (asn > 0xFFFF ? Asn.TRANS.number() : asn); // RFC 6793 section 4.2.1
    List<Capability> capabilities =
        switch (history.offer()) {
          case Offer.CAPABILITIES -> capabilities(config, history.phase());
          case Offer.NO_CAPABILITIES -> List.of();
        };
    return new Open(field, config.times().holdTime(), identifier, capabilities);
  }

  private static List<Capability> capabilities(PeerConfig config, Phase phase) {
    List<Capability> capabilities = new ArrayList<>(multiprotocol(config));
    capabilities.add(new RouteRefreshRequest());
    if (config.offersExtendedNextHop()) {
      capabilities.add(IPV4_OVER_IPV6);
    }
    capabilities.add(new ExtendedMessage());
    config.gracefulRestart().ifPresent(t -> capabilities.add(restart(config, t, phase)));
    capabilities.add(new FourOctetAs(config.localAsn().number()));
    capabilities.add(new EnhancedRouteRefresh());
    return capabilities;
  }

  private static List<Capability> multiprotocol(PeerConfig config) {
    return config.families().stream().<Capability>map(Multiprotocol::new).toList();
  }

  /// Forwarding is preserved by nature: the kernel of the node forwards, whether we run or not, as
  /// long as it is the same one.
  private static GracefulRestart restart(PeerConfig config, Duration time, Phase phase) {
    Set<RestartFlag> flags =
        switch (phase) {
          case Phase.FIRST_SESSION, Phase.AFTER_BOOT -> EnumSet.allOf(RestartFlag.class);
          case Phase.LATER_SESSION -> EnumSet.of(RestartFlag.NOTIFICATION);
        };
    Forwarding forwarding = phase == Phase.AFTER_BOOT ? Forwarding.LOST : Forwarding.PRESERVED;
    List<PreservedFamily> families =
        config.families().stream().map(family -> new PreservedFamily(family, forwarding)).toList();
    return new GracefulRestart(flags, Duration.ofSeconds(time.toSeconds()), families);
  }

  static Verdict judge(PeerConfig config, Open ours, Open theirs) {
    Optional<Asn> remoteAsn = remoteAsn(config, theirs);
    if (remoteAsn.isEmpty()) {
      String expected = config.remoteAs().describe(config.localAsn());
      return new Verdict.Refused(
          Notification.badPeerAs(),
          "the peer says AS " + saidAs(theirs) + ", expected " + expected);
    }
    boolean internal = remoteAsn.get().equals(config.localAsn());
    boolean same = theirs.identifier().equals(ours.identifier());
    if (theirs.identifier().bits() == 0 || (internal && same)) { // RFC 6286 section 2.2
      return new Verdict.Refused(
          Notification.badIdentifier(theirs.identifier()),
          "the peer's router id is " + theirs.identifier() + ", ours " + ours.identifier());
    }
    Duration holdTime = theirs.holdTime();
    if (!holdTime.isZero() && holdTime.compareTo(SessionTimes.MIN_HOLD_TIME) < 0) {
      return new Verdict.Refused(
          Notification.unacceptableHoldTime(holdTime),
          "the peer wants " + holdTime.toSeconds() + " s, allowed are 0 s and 3 s or more");
    }
    SortedSet<AddressFamily> families = families(ours);
    SortedSet<AddressFamily> offered = families(theirs);
    families.retainAll(offered);
    families.retainAll(config.families());
    if (families.isEmpty()) {
      return new Verdict.Refused(
          Notification.unsupportedCapability(multiprotocol(config)),
          "the peer offers " + offered + ", we need one of " + config.families());
    }
    return new Verdict.Agreed(agree(config, ours, theirs, remoteAsn.get(), families));
  }

  /// The AS of capability 65, else of the field; AS_TRANS is nobody's.
  private static Optional<Asn> remoteAsn(PeerConfig config, Open theirs) {
    long number = saidAs(theirs);
    boolean possible = number != 0 && number != Asn.TRANS.number();
    return possible && config.remoteAs().accepts(config.localAsn(), number)
        ? Optional.of(new Asn(number))
        : Optional.empty();
  }

  private static long saidAs(Open theirs) {
    return theirs.last(FourOctetAs.class).map(FourOctetAs::asn).orElse((long) theirs.myAs());
  }

  /// A speaker that offers no family at all means IPv4 unicast (RFC 4760 section 8).
  private static SortedSet<AddressFamily> families(Open open) {
    SortedSet<AddressFamily> families = new TreeSet<>();
    for (Capability capability : open.capabilities()) {
      if (capability instanceof Multiprotocol(AddressFamily family)) {
        families.add(family);
      }
    }
    if (families.isEmpty()) {
      families.add(AddressFamily.IPV4_UNICAST);
    }
    return families;
  }

  private static Negotiated agree(
      PeerConfig config, Open ours, Open theirs, Asn remoteAsn, SortedSet<AddressFamily> families) {
    Duration hold =
        ours.holdTime().compareTo(theirs.holdTime()) <= 0 ? ours.holdTime() : theirs.holdTime();
    boolean wide =
        ours.last(FourOctetAs.class).isPresent() && theirs.last(FourOctetAs.class).isPresent();
    return new Negotiated(
        config.localAsn(),
        remoteAsn,
        ours.identifier(),
        theirs.identifier(),
        hold,
        config.times().keepaliveUnder(hold),
        families,
        wide ? AsWidth.FOUR_OCTETS : AsWidth.TWO_OCTETS,
        extras(ours, theirs));
  }

  private static Set<Extra> extras(Open ours, Open theirs) {
    Set<Extra> extras = EnumSet.noneOf(Extra.class);
    Capability refresh = new RouteRefreshRequest();
    Capability enhanced = new EnhancedRouteRefresh();
    if (ours.offers(refresh) && theirs.offers(refresh)) {
      extras.add(Extra.ROUTE_REFRESH);
    }
    if (ours.offers(enhanced) && theirs.offers(enhanced)) {
      extras.add(Extra.ENHANCED_ROUTE_REFRESH);
    }
    if (ours.offers(IPV4_OVER_IPV6) && canPutIpv4OverIpv6(theirs)) {
      extras.add(Extra.EXTENDED_NEXT_HOP);
    }
    if (ours.offers(new ExtendedMessage())) {
      extras.add(Extra.EXTENDED_MESSAGES);
    }
    extras.addAll(restartExtras(ours.last(GracefulRestart.class), theirs));
    return extras;
  }

  private static boolean canPutIpv4OverIpv6(Open theirs) {
    return theirs
        .last(ExtendedNextHop.class)
        .filter(offer -> offer.encodings().contains(NextHopEncoding.IPV4_UNICAST_OVER_IPV6))
        .isPresent();
  }

  private static Set<Extra> restartExtras(Optional<GracefulRestart> ours, Open theirs) {
    Optional<GracefulRestart> peer = theirs.last(GracefulRestart.class);
    Set<Extra> extras = EnumSet.noneOf(Extra.class);
    if (ours.isPresent() || peer.isPresent()) {
      extras.add(Extra.END_OF_RIB);
    }
    if (peer.filter(restart -> !restart.families().isEmpty()).isPresent()) {
      extras.add(Extra.PEER_RESTARTS);
    }
    if (ours.isPresent() && peer.isPresent()) {
      extras.add(Extra.GRACEFUL_RESTART);
      if (peer.get().flags().contains(RestartFlag.NOTIFICATION)) {
        extras.add(Extra.NOTIFICATION_RESTART);
      }
    }
    return extras;
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.bgp;

import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.speaker.bgp.packet.AddressFamily;
import io.gitlb.speaker.bgp.packet.AsWidth;
import io.gitlb.speaker.bgp.packet.MessageCodec;
import io.gitlb.speaker.bgp.packet.PathAttribute;
import io.gitlb.speaker.bgp.packet.PathAttribute.As4Path;
import io.gitlb.speaker.bgp.packet.PathAttribute.AsPath;
import io.gitlb.speaker.bgp.packet.PathAttribute.Communities;
import io.gitlb.speaker.bgp.packet.PathAttribute.LargeCommunities;
import io.gitlb.speaker.bgp.packet.PathAttribute.LocalPref;
import io.gitlb.speaker.bgp.packet.PathAttribute.MpReach;
import io.gitlb.speaker.bgp.packet.PathAttribute.MpUnreach;
import io.gitlb.speaker.bgp.packet.PathAttribute.NextHop;
import io.gitlb.speaker.bgp.packet.PathAttribute.Origin;
import io.gitlb.speaker.bgp.packet.Update;
import java.util.ArrayList;
import java.util.List;

/// Turns routes into UPDATEs for sessions of one kind: path attributes, and as many prefixes a
/// message as fit.
final class Export {

  /// No AS above this fits two octets.
  private static final long MAX_NARROW_ASN = 0xFFFF;

  private final WireTerms terms;
  private final MessageCodec codec;

  Export(WireTerms terms) {
    this.terms = terms;
    this.codec = new MessageCodec(terms.asWidth());
  }

  /// The path attributes of a route of that family, which must have a next hop: MP_REACH first and
  /// without prefixes (RFC 7606 section 5.1), the others in ascending order.
  List<PathAttribute> attributes(IpFamily family, RouteAttributes route) {
    List<PathAttribute> attributes = new ArrayList<>();
    boolean multiprotocol = terms.isExtended(family);
    if (multiprotocol) {
      attributes.add(
          new MpReach(
              AddressFamily.unicast(family), List.copyOf(terms.nextHops().ipv6()), List.of()));
    }
    attributes.add(Origin.IGP);
    attributes.add(
        switch (terms.kind()) {
          case EBGP -> AsPath.of(terms.localAsn());
          case IBGP -> AsPath.EMPTY;
        });
    if (!multiprotocol) {
      attributes.add(new NextHop(terms.nextHops().ipv4().orElseThrow()));
    }
    if (terms.kind() == SessionKind.IBGP) {
      attributes.add(new LocalPref(route.localPreference()));
    }
    addCommunities(attributes, route.communities());
    return List.copyOf(attributes);
  }

  private void addCommunities(List<PathAttribute> attributes, List<Community> communities) {
    List<Community.Standard> standard = new ArrayList<>();
    List<Community.Large> large = new ArrayList<>();
    for (Community community : communities) {
      switch (community) {
        case Community.Standard s -> standard.add(s);
        case Community.Large l -> large.add(l);
      }
    }
    if (!standard.isEmpty()) {
      attributes.add(new Communities(standard));
    }
    // RFC 6793 section 4.2.2: only where the narrow path says AS_TRANS.
    boolean narrowed =
        terms.asWidth() == AsWidth.TWO_OCTETS
            && terms.kind() == SessionKind.EBGP
            && terms.localAsn().number() > MAX_NARROW_ASN;
    if (narrowed) {
      attributes.add(new As4Path(AsPath.of(terms.localAsn()).segments()));
    }
    if (!large.isEmpty()) {
      attributes.add(new LargeCommunities(large));
    }
  }

  /// How many octets a message has for prefixes with these attributes; negative when it cannot even
  /// hold the attributes.
  int room(List<PathAttribute> attributes) {
    return codec.roomForPrefixes(attributes);
  }

  /// @param prefixes of one family
  List<Update> announce(List<PathAttribute> attributes, List<IpPrefix> prefixes) {
    return chunks(prefixes, codec.roomForPrefixes(attributes)).stream()
        .map(chunk -> announcement(attributes, chunk))
        .toList();
  }

  /// In octets.
  PackedUpdate pack(Update update) {
    return new PackedUpdate(update, codec.encode(update));
  }

  private static Update announcement(List<PathAttribute> attributes, List<IpPrefix> prefixes) {
    if (!(attributes.getFirst() instanceof MpReach reach)) {
      return new Update(List.of(), attributes, prefixes);
    }
    List<PathAttribute> filled = new ArrayList<>(attributes);
    filled.set(0, new MpReach(reach.family(), reach.nextHops(), prefixes));
    return new Update(List.of(), filled, List.of());
  }

  /// The same way as they were announced.
  ///
  /// @param prefixes of one family
  List<Update> withdraw(IpFamily family, List<IpPrefix> prefixes) {
    if (!terms.isExtended(family)) {
      return chunks(prefixes, codec.roomForPrefixes(List.of())).stream()
          .map(chunk -> new Update(chunk, List.of(), List.of()))
          .toList();
    }
    MpUnreach empty = new MpUnreach(AddressFamily.unicast(family), List.of());
    return chunks(prefixes, codec.roomForPrefixes(List.of(empty))).stream()
        .map(chunk -> new MpUnreach(empty.family(), chunk))
        .map(unreach -> new Update(List.of(), List.of(unreach), List.of()))
        .toList();
  }

  private static List<List<IpPrefix>> chunks(List<IpPrefix> prefixes, int room) {
    List<List<IpPrefix>> chunks = new ArrayList<>();
    int start = 0;
    int used = 0;
    for (int i = 0; i < prefixes.size(); i++) {
      int length = MessageCodec.lengthOf(prefixes.get(i));
      if (used + length > room) {
        chunks.add(prefixes.subList(start, i));
        start = i;
        used = 0;
      }
      used += length;
    }
    if (start < prefixes.size()) {
      chunks.add(prefixes.subList(start, prefixes.size()));
    }
    return chunks;
  }
}

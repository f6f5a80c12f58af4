// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.protocol.JsonReader.Slot;
import io.gitlb.schema.protocol.PeerSettings.Extras;
import io.gitlb.schema.protocol.PeerSettings.RemoteAs;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.Initiative;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpFamily;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeSet;

/// The JSON form of one BGP peer. Members that a reader of an earlier build does not know say less
/// than the rest: without `families` the session is of the address's family.
final class PeerJson {

  private static final long UNSIGNED_32_BITS = 0xFFFF_FFFFL;

  private static final int MAX_LINKS = 254;

  private PeerJson() {}

  static void write(JsonWriter json, PeerSettings peer) {
    json.text("name", peer.name().value());
    json.number("myAsn", peer.myAsn().number());
    switch (peer.peerAs()) {
      case RemoteAs.Exactly(Asn asn) -> json.number("peerAsn", asn.number());
      case RemoteAs.Dynamic kind -> json.text("dynamicAsn", kind.name());
    }
    json.address("peerAddress", peer.peerAddress());
    json.number("port", peer.port());
    json.text("holdTime", peer.holdTime().toString());
    json.optional("keepaliveTime", peer.keepaliveTime());
    json.optional("connectTime", peer.connectTime());
    json.optional("routerId", peer.routerId());
    json.optional("sourceAddress", peer.sourceAddress());
    json.text("hops", peer.hops().name());
    Extras extras = peer.extras();
    json.texts("families", extras.families().stream().map(IpFamily::name).toList());
    json.optional("restartTime", extras.restartTime());
    extras.password().ifPresent(password -> PasswordJson.write(json, password));
    extras.bfd().ifPresent(bfd -> json.object("bfd", () -> BfdJson.write(json, bfd)));
    extras.ttlSecurity().ifPresent(links -> json.number("ttlSecurity", links));
    switch (extras.initiative()) {
      case ACTIVE -> {}
      case PASSIVE -> json.text("initiative", Initiative.PASSIVE.name());
    }
    json.optional("interface", extras.interfaceName());
    json.optional("vrf", extras.vrf());
  }

  static PeerSettings read(JsonReader json) {
    Slot<PeerName> name = json.slot("name");
    Slot<Asn> myAsn = json.slot("myAsn");
    Slot<RemoteAs> peerAs = json.slot("peerAsn");
    Slot<RemoteAs> dynamic = json.slot("dynamicAsn");
    Slot<IpAddress> peerAddress = json.slot("peerAddress");
    Slot<Integer> port = json.slot("port");
    Slot<Duration> holdTime = json.slot("holdTime");
    Slot<Duration> keepaliveTime = json.slot("keepaliveTime");
    Slot<Duration> connectTime = json.slot("connectTime");
    Slot<Ipv4> routerId = json.slot("routerId");
    Slot<IpAddress> sourceAddress = json.slot("sourceAddress");
    Slot<Hops> hops = json.slot("hops");
    Slot<List<IpFamily>> families = json.slot("families");
    Slot<Duration> restartTime = json.slot("restartTime");
    Slot<PeerPassword> password = json.slot("password");
    Slot<BfdSettings> bfd = json.slot("bfd");
    Slot<Initiative> initiative = json.slot("initiative");
    Slot<Integer> ttlSecurity = json.slot("ttlSecurity");
    Slot<String> interfaceName = json.slot("interface");
    Slot<String> vrf = json.slot("vrf");
    json.object(
        member -> {
          switch (member) {
            case "name" -> name.set(new PeerName(json.text()));
            case "myAsn" -> myAsn.set(new Asn(json.number(1, UNSIGNED_32_BITS)));
            case "peerAsn" ->
                peerAs.set(new RemoteAs.Exactly(new Asn(json.number(1, UNSIGNED_32_BITS))));
            case "dynamicAsn" -> dynamic.set(json.constant(RemoteAs.Dynamic.class));
            case "peerAddress" -> peerAddress.set(ProtocolCodec.readAddress(json));
            case "port" -> port.set(json.port());
            case "holdTime" -> holdTime.set(json.duration());
            case "keepaliveTime" -> keepaliveTime.set(json.duration());
            case "connectTime" -> connectTime.set(json.duration());
            case "routerId" -> routerId.set(json.parsed(PeerJson::ipv4, "an IPv4 address"));
            case "sourceAddress" -> sourceAddress.set(ProtocolCodec.readAddress(json));
            case "hops" -> hops.set(json.constant(Hops.class));
            case "families" -> families.set(json.list(() -> json.constant(IpFamily.class)));
            case "restartTime" -> restartTime.set(json.duration());
            case "password", "passwordFile", "passwordMissing" ->
                password.set(PasswordJson.read(json, member));
            case "bfd" -> bfd.set(BfdJson.readSettings(json));
            case "initiative" -> initiative.set(json.constant(Initiative.class));
            case "ttlSecurity" -> ttlSecurity.set((int) json.number(1, MAX_LINKS));
            case "interface" -> interfaceName.set(json.text());
            case "vrf" -> vrf.set(json.text());
            default -> json.skip();
          }
        });
    IpAddress address = peerAddress.required();
    return new PeerSettings(
        name.required(),
        myAsn.required(),
        dynamic.optional().orElseGet(peerAs::required),
        address,
        port.required(),
        holdTime.required(),
        keepaliveTime.optional(),
        connectTime.optional(),
        routerId.optional(),
        sourceAddress.optional(),
        hops.required(),
        new Extras(
                new TreeSet<>(families.orElse(List.of(address.family()))),
                restartTime.optional(),
                password.optional())
            .withBfd(bfd.optional())
            .withTtlSecurity(
                ttlSecurity.optional().map(OptionalInt::of).orElseGet(OptionalInt::empty))
            .withInitiative(initiative.orElse(Initiative.ACTIVE))
            .withInterface(interfaceName.optional())
            .withVrf(vrf.optional()));
  }

  private static Optional<Ipv4> ipv4(String text) {
    return IpAddress.parse(text).filter(Ipv4.class::isInstance).map(Ipv4.class::cast);
  }
}

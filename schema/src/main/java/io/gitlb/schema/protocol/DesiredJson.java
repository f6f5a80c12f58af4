// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.protocol.Announcement.Layer2;
import io.gitlb.schema.protocol.Announcement.Owner;
import io.gitlb.schema.protocol.JsonReader.Slot;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.Hops;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.ServiceRef;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeSet;

/// The JSON form of a [DesiredState] and of a [DesiredDelta].
final class DesiredJson {

  private static final long UNSIGNED_32_BITS = 0xFFFF_FFFFL;

  private DesiredJson() {}

  static byte[] write(DesiredState state) {
    return JsonWriter.document(
        json -> {
          json.number("format", DesiredState.FORMAT);
          json.text("node", state.node().value());
          json.text("clusterUid", state.clusterUid());
          json.generation("generation", state.generation());
          json.text("configCommit", state.configCommit());
          json.text("ledgerCommit", state.ledgerCommit());
          json.list(
              "announcements",
              state.announcements().values(),
              announcement -> json.object(() -> write(json, announcement)));
          json.list("peers", state.peers(), peer -> json.object(() -> write(json, peer)));
          MemberJson.write(json, "members", state.members());
        });
  }

  static byte[] write(DesiredDelta delta) {
    return JsonWriter.document(
        json -> {
          json.number("format", DesiredDelta.FORMAT);
          json.text("base", delta.base());
          json.generation("generation", delta.generation());
          json.text("configCommit", delta.configCommit());
          json.text("ledgerCommit", delta.ledgerCommit());
          json.list(
              "changed",
              delta.changed(),
              announcement -> json.object(() -> write(json, announcement)));
          json.texts("gone", delta.gone());
          // An object around the list: no peers at all is something else than the same peers.
          delta
              .peers()
              .ifPresent(
                  peers ->
                      json.object(
                          "peers",
                          () ->
                              json.list(
                                  "all", peers, peer -> json.object(() -> write(json, peer)))));
          delta
              .members()
              .ifPresent(
                  members -> json.object("members", () -> MemberJson.write(json, "all", members)));
        });
  }

  private static void write(JsonWriter json, Announcement announcement) {
    json.address("address", announcement.address());
    json.object(
        "owner",
        () -> {
          switch (announcement.owner()) {
            case Owner.Services(var services) -> json.texts("services", services);
          }
        });
    json.text("record", announcement.record());
    announcement
        .layer2()
        .ifPresent(
            layer2 ->
                json.object(
                    "layer2",
                    () -> {
                      json.generation("term", layer2.term());
                      json.texts("candidates", layer2.candidates());
                      json.texts("interfaces", layer2.interfaces());
                    }));
    json.list("routes", announcement.routes(), route -> json.object(() -> write(json, route)));
    announcement.healthCheckNodePort().ifPresent(port -> json.number("healthCheckNodePort", port));
  }

  private static void write(JsonWriter json, BgpRoute route) {
    json.text("prefix", route.prefix().toString());
    route.localPreference().ifPresent(value -> json.number("localPreference", value));
    json.texts("communities", route.communities());
    json.texts("peers", route.peers());
  }

  private static void write(JsonWriter json, PeerSettings peer) {
    json.text("name", peer.name().value());
    json.number("myAsn", peer.myAsn().number());
    json.number("peerAsn", peer.peerAsn().number());
    json.address("peerAddress", peer.peerAddress());
    json.number("port", peer.port());
    json.text("holdTime", peer.holdTime().toString());
    json.optional("keepaliveTime", peer.keepaliveTime());
    json.optional("connectTime", peer.connectTime());
    json.optional("routerId", peer.routerId());
    json.optional("sourceAddress", peer.sourceAddress());
    json.text("hops", peer.hops().name());
  }

  static DesiredState read(JsonReader json) {
    Slot<NodeName> node = json.slot("node");
    Slot<String> clusterUid = json.slot("clusterUid");
    Slot<Generation> generation = json.slot("generation");
    Slot<String> configCommit = json.slot("configCommit");
    Slot<String> ledgerCommit = json.slot("ledgerCommit");
    Slot<List<Announcement>> announcements = json.slot("announcements");
    Slot<List<PeerSettings>> peers = json.slot("peers");
    Slot<List<Member>> members = json.slot("members");
    ProtocolCodec.versioned(
        json,
        DesiredState.FORMAT,
        name -> {
          switch (name) {
            case "node" -> node.set(new NodeName(json.text()));
            case "clusterUid" -> clusterUid.set(json.text());
            case "generation" -> generation.set(ProtocolCodec.readGeneration(json));
            case "configCommit" -> configCommit.set(json.text());
            case "ledgerCommit" -> ledgerCommit.set(json.text());
            case "announcements" -> announcements.set(json.list(() -> readAnnouncement(json)));
            case "peers" -> peers.set(json.list(() -> readPeer(json)));
            case "members" -> members.set(MemberJson.readList(json));
            default -> json.skip();
          }
        });
    return new DesiredState(
            node.required(),
            clusterUid.required(),
            generation.required(),
            configCommit.required(),
            ledgerCommit.required(),
            announcements.orElse(List.of()),
            peers.orElse(List.of()))
        .withMembers(members.orElse(List.of()));
  }

  static DesiredDelta readDelta(JsonReader json) {
    Slot<String> base = json.slot("base");
    Slot<Generation> generation = json.slot("generation");
    Slot<String> configCommit = json.slot("configCommit");
    Slot<String> ledgerCommit = json.slot("ledgerCommit");
    Slot<List<Announcement>> changed = json.slot("changed");
    Slot<List<IpAddress>> gone = json.slot("gone");
    Slot<List<PeerSettings>> peers = json.slot("peers");
    Slot<List<Member>> members = json.slot("members");
    ProtocolCodec.versioned(
        json,
        DesiredDelta.FORMAT,
        name -> {
          switch (name) {
            case "base" -> base.set(json.text());
            case "generation" -> generation.set(ProtocolCodec.readGeneration(json));
            case "configCommit" -> configCommit.set(json.text());
            case "ledgerCommit" -> ledgerCommit.set(json.text());
            case "changed" -> changed.set(json.list(() -> readAnnouncement(json)));
            case "gone" -> gone.set(json.list(() -> ProtocolCodec.readAddress(json)));
            case "peers" -> peers.set(readAllPeers(json));
            case "members" -> members.set(MemberJson.readAll(json));
            default -> json.skip();
          }
        });
    return new DesiredDelta(
        base.required(),
        generation.required(),
        configCommit.required(),
        ledgerCommit.required(),
        changed.orElse(List.of()),
        new TreeSet<>(gone.orElse(List.of())),
        peers.optional(),
        members.optional());
  }

  private static List<PeerSettings> readAllPeers(JsonReader json) {
    Slot<List<PeerSettings>> all = json.slot("all");
    json.object(
        name -> {
          switch (name) {
            case "all" -> all.set(json.list(() -> readPeer(json)));
            default -> json.skip();
          }
        });
    return all.orElse(List.of());
  }

  private static Announcement readAnnouncement(JsonReader json) {
    Slot<IpAddress> address = json.slot("address");
    Slot<Owner> owner = json.slot("owner");
    Slot<String> record = json.slot("record");
    Slot<Layer2> layer2 = json.slot("layer2");
    Slot<List<BgpRoute>> routes = json.slot("routes");
    Slot<Integer> healthCheckNodePort = json.slot("healthCheckNodePort");
    json.object(
        name -> {
          switch (name) {
            case "address" -> address.set(ProtocolCodec.readAddress(json));
            case "owner" -> owner.set(readOwner(json));
            case "record" -> record.set(json.text());
            case "layer2" -> layer2.set(readLayer2(json));
            case "routes" -> routes.set(json.list(() -> readRoute(json)));
            case "healthCheckNodePort" -> healthCheckNodePort.set(json.port());
            default -> json.skip();
          }
        });
    return new Announcement(
        address.required(),
        owner.required(),
        record.required(),
        layer2.optional(),
        routes.orElse(List.of()),
        healthCheckNodePort.optional().map(OptionalInt::of).orElseGet(OptionalInt::empty));
  }

  private static Owner readOwner(JsonReader json) {
    Slot<Owner> services = json.slot("services");
    json.object(
        name -> {
          switch (name) {
            case "services" ->
                services.set(
                    new Owner.Services(
                        new TreeSet<>(
                            json.list(() -> json.parsed(ServiceRef::parse, "namespace/name")))));
            default -> json.skip();
          }
        });
    return services.required();
  }

  private static Layer2 readLayer2(JsonReader json) {
    Slot<Generation> term = json.slot("term");
    Slot<List<NodeName>> candidates = json.slot("candidates");
    Slot<List<String>> interfaces = json.slot("interfaces");
    json.object(
        name -> {
          switch (name) {
            case "term" -> term.set(ProtocolCodec.readGeneration(json));
            case "candidates" -> candidates.set(json.list(() -> new NodeName(json.text())));
            case "interfaces" -> interfaces.set(json.list(json::text));
            default -> json.skip();
          }
        });
    return new Layer2(term.required(), candidates.required(), interfaces.orElse(List.of()));
  }

  private static BgpRoute readRoute(JsonReader json) {
    Slot<IpPrefix> prefix = json.slot("prefix");
    Slot<Long> localPreference = json.slot("localPreference");
    Slot<List<Community>> communities = json.slot("communities");
    Slot<List<PeerName>> peers = json.slot("peers");
    json.object(
        name -> {
          switch (name) {
            case "prefix" -> prefix.set(json.parsed(IpPrefix::parse, "an IP prefix"));
            case "localPreference" -> localPreference.set(json.number(0, UNSIGNED_32_BITS));
            case "communities" ->
                communities.set(
                    json.list(() -> json.parsed(CommunityText::parse, "a BGP community")));
            case "peers" -> peers.set(json.list(() -> new PeerName(json.text())));
            default -> json.skip();
          }
        });
    return new BgpRoute(
        prefix.required(),
        localPreference.optional().map(OptionalLong::of).orElse(OptionalLong.empty()),
        communities.orElse(List.of()),
        new TreeSet<>(peers.required()));
  }

  private static PeerSettings readPeer(JsonReader json) {
    Slot<PeerName> name = json.slot("name");
    Slot<Asn> myAsn = json.slot("myAsn");
    Slot<Asn> peerAsn = json.slot("peerAsn");
    Slot<IpAddress> peerAddress = json.slot("peerAddress");
    Slot<Integer> port = json.slot("port");
    Slot<Duration> holdTime = json.slot("holdTime");
    Slot<Duration> keepaliveTime = json.slot("keepaliveTime");
    Slot<Duration> connectTime = json.slot("connectTime");
    Slot<Ipv4> routerId = json.slot("routerId");
    Slot<IpAddress> sourceAddress = json.slot("sourceAddress");
    Slot<Hops> hops = json.slot("hops");
    json.object(
        member -> {
          switch (member) {
            case "name" -> name.set(new PeerName(json.text()));
            case "myAsn" -> myAsn.set(new Asn(json.number(1, UNSIGNED_32_BITS)));
            case "peerAsn" -> peerAsn.set(new Asn(json.number(1, UNSIGNED_32_BITS)));
            case "peerAddress" -> peerAddress.set(ProtocolCodec.readAddress(json));
            case "port" -> port.set(json.port());
            case "holdTime" -> holdTime.set(json.duration());
            case "keepaliveTime" -> keepaliveTime.set(json.duration());
            case "connectTime" -> connectTime.set(json.duration());
            case "routerId" -> routerId.set(json.parsed(DesiredJson::ipv4, "an IPv4 address"));
            case "sourceAddress" -> sourceAddress.set(ProtocolCodec.readAddress(json));
            case "hops" -> hops.set(json.constant(Hops.class));
            default -> json.skip();
          }
        });
    return new PeerSettings(
        name.required(),
        myAsn.required(),
        peerAsn.required(),
        peerAddress.required(),
        port.required(),
        holdTime.required(),
        keepaliveTime.optional(),
        connectTime.optional(),
        routerId.optional(),
        sourceAddress.optional(),
        hops.required());
  }

  private static Optional<Ipv4> ipv4(String text) {
    return IpAddress.parse(text).filter(Ipv4.class::isInstance).map(Ipv4.class::cast);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.protocol.Announcement.Layer2;
import io.gitlb.schema.protocol.Announcement.Owner;
import io.gitlb.schema.protocol.JsonReader.Slot;
import io.gitlb.schema.value.Community;
import io.gitlb.schema.value.FixedSortedSet;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.Outlook;
import io.gitlb.schema.value.PeerName;
import io.gitlb.schema.value.ServiceRef;
import java.util.List;
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
          json.list("peers", state.peers(), peer -> json.object(() -> PeerJson.write(json, peer)));
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
                                  "all",
                                  peers,
                                  peer -> json.object(() -> PeerJson.write(json, peer)))));
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
    PeerListJson.write(json, route.peers());
    if (route.outlook() != Outlook.STAYING) {
      json.text("outlook", route.outlook().name());
    }
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
            case "peers" -> peers.set(json.list(() -> PeerJson.read(json)));
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
            case "all" -> all.set(json.list(() -> PeerJson.read(json)));
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
    Slot<Outlook> outlook = json.slot("outlook");
    json.object(
        name -> {
          switch (name) {
            case "prefix" -> prefix.set(json.parsed(IpPrefix::parse, "an IP prefix"));
            case "localPreference" -> localPreference.set(json.number(0, UNSIGNED_32_BITS));
            case "communities" ->
                communities.set(
                    json.list(() -> json.parsed(CommunityText::parse, "a BGP community")));
            case "peers" -> peers.set(PeerListJson.read(json));
            case "peersAre" -> PeerListJson.readNumber(json, peers.required());
            case "peersAs" -> peers.set(PeerListJson.readReference(json));
            case "outlook" -> outlook.set(json.constant(Outlook.class));
            default -> json.skip();
          }
        });
    return new BgpRoute(
        prefix.required(),
        localPreference.optional().map(OptionalLong::of).orElse(OptionalLong.empty()),
        communities.orElse(List.of()),
        // Each set of them once: thousands of routes may go to the same hundred peers.
        json.once(peers.required(), FixedSortedSet::copyOf),
        outlook.orElse(Outlook.STAYING));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.protocol.JsonReader.Slot;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Conflict;
import io.gitlb.schema.protocol.SpeakerStatus.ConflictKind;
import io.gitlb.schema.protocol.SpeakerStatus.InterfaceStatus;
import io.gitlb.schema.protocol.SpeakerStatus.Layer2Status;
import io.gitlb.schema.protocol.SpeakerStatus.MemberStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.IpPrefix;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The JSON form of a [SpeakerStatus].
final class StatusJson {

  private static final int FORMAT = 1;

  private StatusJson() {}

  static byte[] write(SpeakerStatus status) {
    return JsonWriter.document(
        json -> {
          json.number("format", FORMAT);
          json.text("node", status.node().value());
          json.text("bootId", status.bootId());
          json.number("sequence", status.sequence());
          status.stored().ifPresent(stored -> json.generation("stored", stored));
          status.applied().ifPresent(applied -> json.generation("applied", applied));
          json.list(
              "announcements",
              status.announcements(),
              announcement -> json.object(() -> write(json, announcement)));
          json.list(
              "peers", status.peers(), peer -> json.object(() -> PeerStatusJson.write(json, peer)));
          json.list(
              "interfaces",
              status.interfaces(),
              networkInterface -> json.object(() -> write(json, networkInterface)));
          json.list("members", status.members(), member -> json.object(() -> write(json, member)));
          if (!status.counters().isEmpty()) {
            json.object("counters", () -> status.counters().forEach(json::number));
          }
          json.texts("problems", status.problems());
          if (!status.bfd().isEmpty()) {
            json.list(
                "bfd", status.bfd(), session -> json.object(() -> BfdJson.write(json, session)));
          }
        });
  }

  private static void write(JsonWriter json, AnnouncementStatus announcement) {
    json.address("address", announcement.address());
    json.text("state", announcement.state().name());
    json.optional("reason", announcement.reason());
    json.text("since", announcement.since().toString());
    json.texts("interfaces", announcement.interfaces());
    PeerListJson.write(json, announcement.peers());
    announcement.layer2().ifPresent(layer2 -> json.object("layer2", () -> write(json, layer2)));
  }

  private static void write(JsonWriter json, Layer2Status layer2) {
    json.optional("owner", layer2.owner().map(NodeName::value));
    json.number("position", layer2.position());
    json.number("turn", layer2.turn());
    json.optional("lastGratuitous", layer2.lastGratuitous());
    layer2.conflict().ifPresent(conflict -> json.object("conflict", () -> write(json, conflict)));
  }

  private static void write(JsonWriter json, Conflict conflict) {
    json.text("macAddress", conflict.macAddress().toString());
    json.text("kind", conflict.kind().name());
    json.text("since", conflict.since().toString());
    json.text("lastSeen", conflict.lastSeen().toString());
  }

  private static void write(JsonWriter json, MemberStatus member) {
    json.text("node", member.node().value());
    json.text("interface", member.interfaceName());
    json.text("state", member.state());
    json.text("since", member.since().toString());
    json.optional("diagnostic", member.diagnostic());
  }

  private static void write(JsonWriter json, InterfaceStatus networkInterface) {
    json.text("name", networkInterface.name());
    json.text("macAddress", networkInterface.macAddress().toString());
    json.texts("addresses", networkInterface.addresses());
    json.texts("onLink", networkInterface.onLink());
  }

  static SpeakerStatus read(JsonReader json) {
    Slot<NodeName> node = json.slot("node");
    Slot<String> bootId = json.slot("bootId");
    Slot<Long> sequence = json.slot("sequence");
    Slot<Generation> stored = json.slot("stored");
    Slot<Generation> applied = json.slot("applied");
    Slot<List<AnnouncementStatus>> announcements = json.slot("announcements");
    Slot<List<PeerStatus>> peers = json.slot("peers");
    Slot<List<InterfaceStatus>> interfaces = json.slot("interfaces");
    Slot<List<MemberStatus>> members = json.slot("members");
    SortedMap<String, Long> counters = new TreeMap<>();
    Slot<List<String>> problems = json.slot("problems");
    Slot<List<SpeakerStatus.BfdStatus>> bfd = json.slot("bfd");
    ProtocolCodec.versioned(
        json,
        FORMAT,
        name -> {
          switch (name) {
            case "node" -> node.set(new NodeName(json.text()));
            case "bootId" -> bootId.set(json.text());
            case "sequence" -> sequence.set(json.number(0, Long.MAX_VALUE));
            case "stored" -> stored.set(ProtocolCodec.readGeneration(json));
            case "applied" -> applied.set(ProtocolCodec.readGeneration(json));
            case "announcements" -> announcements.set(json.list(() -> readAnnouncement(json)));
            case "peers" -> peers.set(json.list(() -> PeerStatusJson.read(json)));
            case "interfaces" -> interfaces.set(json.list(() -> readInterface(json)));
            case "members" -> members.set(json.list(() -> readMember(json)));
            case "counters" ->
                json.object(counter -> counters.put(counter, json.number(0, Long.MAX_VALUE)));
            case "problems" -> problems.set(json.list(json::text));
            case "bfd" -> bfd.set(json.list(() -> BfdJson.readStatus(json)));
            default -> json.skip();
          }
        });
    return new SpeakerStatus(
            node.required(),
            bootId.required(),
            sequence.required(),
            stored.optional(),
            applied.optional(),
            announcements.orElse(List.of()),
            peers.orElse(List.of()),
            interfaces.orElse(List.of()),
            members.orElse(List.of()),
            counters,
            problems.orElse(List.of()))
        .withBfd(bfd.orElse(List.of()));
  }

  private static AnnouncementStatus readAnnouncement(JsonReader json) {
    Slot<IpAddress> address = json.slot("address");
    Slot<AnnouncementState> state = json.slot("state");
    Slot<String> reason = json.slot("reason");
    Slot<Instant> since = json.slot("since");
    Slot<List<String>> interfaces = json.slot("interfaces");
    Slot<List<PeerName>> peers = json.slot("peers");
    Slot<Layer2Status> layer2 = json.slot("layer2");
    json.object(
        name -> {
          switch (name) {
            case "address" -> address.set(ProtocolCodec.readAddress(json));
            case "state" -> state.set(json.constant(AnnouncementState.class));
            case "reason" -> reason.set(json.text());
            case "since" -> since.set(json.instant());
            case "interfaces" -> interfaces.set(json.list(json::text));
            case "peers" -> peers.set(PeerListJson.read(json));
            case "peersAre" -> PeerListJson.readNumber(json, peers.required());
            case "peersAs" -> peers.set(PeerListJson.readReference(json));
            case "layer2" -> layer2.set(readLayer2(json));
            default -> json.skip();
          }
        });
    return new AnnouncementStatus(
        address.required(),
        state.required(),
        reason.optional(),
        since.required(),
        interfaces.orElse(List.of()),
        peers.orElse(List.of()),
        layer2.optional());
  }

  private static Layer2Status readLayer2(JsonReader json) {
    Slot<NodeName> owner = json.slot("owner");
    Slot<Long> position = json.slot("position");
    Slot<Long> turn = json.slot("turn");
    Slot<Instant> lastGratuitous = json.slot("lastGratuitous");
    Slot<Conflict> conflict = json.slot("conflict");
    json.object(
        name -> {
          switch (name) {
            case "owner" -> owner.set(new NodeName(json.text()));
            case "position" -> position.set(json.number(0, Integer.MAX_VALUE));
            case "turn" -> turn.set(json.number(0, Long.MAX_VALUE));
            case "lastGratuitous" -> lastGratuitous.set(json.instant());
            case "conflict" -> conflict.set(readConflict(json));
            default -> json.skip();
          }
        });
    return new Layer2Status(
        owner.optional(),
        position.required().intValue(),
        turn.required(),
        lastGratuitous.optional(),
        conflict.optional());
  }

  private static Conflict readConflict(JsonReader json) {
    Slot<MacAddress> macAddress = json.slot("macAddress");
    Slot<ConflictKind> kind = json.slot("kind");
    Slot<Instant> since = json.slot("since");
    Slot<Instant> lastSeen = json.slot("lastSeen");
    json.object(
        name -> {
          switch (name) {
            case "macAddress" -> macAddress.set(MemberJson.readMac(json));
            case "kind" -> kind.set(json.constant(ConflictKind.class));
            case "since" -> since.set(json.instant());
            case "lastSeen" -> lastSeen.set(json.instant());
            default -> json.skip();
          }
        });
    return new Conflict(
        macAddress.required(), kind.required(), since.required(), lastSeen.required());
  }

  private static MemberStatus readMember(JsonReader json) {
    Slot<NodeName> node = json.slot("node");
    Slot<String> interfaceName = json.slot("interface");
    Slot<String> state = json.slot("state");
    Slot<Instant> since = json.slot("since");
    Slot<String> diagnostic = json.slot("diagnostic");
    json.object(
        name -> {
          switch (name) {
            case "node" -> node.set(new NodeName(json.text()));
            case "interface" -> interfaceName.set(json.text());
            case "state" -> state.set(json.text());
            case "since" -> since.set(json.instant());
            case "diagnostic" -> diagnostic.set(json.text());
            default -> json.skip();
          }
        });
    return new MemberStatus(
        node.required(),
        interfaceName.required(),
        state.required(),
        since.required(),
        diagnostic.optional());
  }

  private static InterfaceStatus readInterface(JsonReader json) {
    Slot<String> name = json.slot("name");
    Slot<MacAddress> macAddress = json.slot("macAddress");
    Slot<SortedSet<LinkAddress>> addresses = json.slot("addresses");
    Slot<List<IpPrefix>> onLink = json.slot("onLink");
    json.object(
        member -> {
          switch (member) {
            case "name" -> name.set(json.text());
            case "macAddress" -> macAddress.set(MemberJson.readMac(json));
            case "addresses" -> addresses.set(MemberJson.readAddresses(json));
            case "onLink" ->
                onLink.set(json.list(() -> json.parsed(IpPrefix::parse, "an IP prefix")));
            default -> json.skip();
          }
        });
    return new InterfaceStatus(
        name.required(),
        macAddress.required(),
        addresses.orElse(new TreeSet<>()),
        new TreeSet<>(onLink.orElse(List.of())));
  }
}

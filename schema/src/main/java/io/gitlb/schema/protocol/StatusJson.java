// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.protocol.JsonReader.Slot;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.protocol.SpeakerStatus.InterfaceStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import io.gitlb.schema.value.NodeName;
import io.gitlb.schema.value.PeerName;
import java.time.Instant;
import java.util.List;

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
          json.list("peers", status.peers(), peer -> json.object(() -> write(json, peer)));
          json.list(
              "interfaces",
              status.interfaces(),
              networkInterface -> json.object(() -> write(json, networkInterface)));
          json.texts("problems", status.problems());
        });
  }

  private static void write(JsonWriter json, AnnouncementStatus announcement) {
    json.address("address", announcement.address());
    json.text("state", announcement.state().name());
    json.optional("reason", announcement.reason());
    json.text("since", announcement.since().toString());
    json.texts("interfaces", announcement.interfaces());
    json.texts("peers", announcement.peers());
  }

  private static void write(JsonWriter json, PeerStatus peer) {
    json.text("name", peer.name().value());
    json.address("peerAddress", peer.peerAddress());
    json.text("state", peer.state());
    json.text("since", peer.since().toString());
    json.number("prefixesSent", peer.prefixesSent());
    json.optional("lastError", peer.lastError());
  }

  private static void write(JsonWriter json, InterfaceStatus networkInterface) {
    json.text("name", networkInterface.name());
    json.text("macAddress", networkInterface.macAddress().toString());
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
    Slot<List<String>> problems = json.slot("problems");
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
            case "peers" -> peers.set(json.list(() -> readPeer(json)));
            case "interfaces" -> interfaces.set(json.list(() -> readInterface(json)));
            case "problems" -> problems.set(json.list(json::text));
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
        problems.orElse(List.of()));
  }

  private static AnnouncementStatus readAnnouncement(JsonReader json) {
    Slot<IpAddress> address = json.slot("address");
    Slot<AnnouncementState> state = json.slot("state");
    Slot<String> reason = json.slot("reason");
    Slot<Instant> since = json.slot("since");
    Slot<List<String>> interfaces = json.slot("interfaces");
    Slot<List<PeerName>> peers = json.slot("peers");
    json.object(
        name -> {
          switch (name) {
            case "address" -> address.set(ProtocolCodec.readAddress(json));
            case "state" -> state.set(json.constant(AnnouncementState.class));
            case "reason" -> reason.set(json.text());
            case "since" -> since.set(json.instant());
            case "interfaces" -> interfaces.set(json.list(json::text));
            case "peers" -> peers.set(json.list(() -> new PeerName(json.text())));
            default -> json.skip();
          }
        });
    return new AnnouncementStatus(
        address.required(),
        state.required(),
        reason.optional(),
        since.required(),
        interfaces.orElse(List.of()),
        peers.orElse(List.of()));
  }

  private static PeerStatus readPeer(JsonReader json) {
    Slot<PeerName> name = json.slot("name");
    Slot<IpAddress> peerAddress = json.slot("peerAddress");
    Slot<String> state = json.slot("state");
    Slot<Instant> since = json.slot("since");
    Slot<Long> prefixesSent = json.slot("prefixesSent");
    Slot<String> lastError = json.slot("lastError");
    json.object(
        member -> {
          switch (member) {
            case "name" -> name.set(new PeerName(json.text()));
            case "peerAddress" -> peerAddress.set(ProtocolCodec.readAddress(json));
            case "state" -> state.set(json.text());
            case "since" -> since.set(json.instant());
            case "prefixesSent" -> prefixesSent.set(json.number(0, Integer.MAX_VALUE));
            case "lastError" -> lastError.set(json.text());
            default -> json.skip();
          }
        });
    return new PeerStatus(
        name.required(),
        peerAddress.required(),
        state.required(),
        since.required(),
        prefixesSent.required().intValue(),
        lastError.optional());
  }

  private static InterfaceStatus readInterface(JsonReader json) {
    Slot<String> name = json.slot("name");
    Slot<MacAddress> macAddress = json.slot("macAddress");
    json.object(
        member -> {
          switch (member) {
            case "name" -> name.set(json.text());
            case "macAddress" ->
                macAddress.set(
                    json.parsed(MacAddress::parse, "a MAC address such as 02:00:5e:00:53:01"));
            default -> json.skip();
          }
        });
    return new InterfaceStatus(name.required(), macAddress.required());
  }
}

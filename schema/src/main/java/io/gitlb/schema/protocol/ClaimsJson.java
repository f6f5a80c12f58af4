// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.protocol.JsonReader.Slot;
import io.gitlb.schema.protocol.SpeakerClaims.Claim;
import io.gitlb.schema.protocol.SpeakerClaims.ClaimState;
import io.gitlb.schema.protocol.SpeakerClaims.Presence;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.NodeName;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// The JSON form of what a speaker claims.
final class ClaimsJson {

  private static final int FORMAT = 1;

  private ClaimsJson() {}

  static byte[] write(SpeakerClaims claims) {
    return JsonWriter.document(
        json -> {
          json.number("format", FORMAT);
          json.text("node", claims.node().value());
          json.text("bootId", claims.bootId());
          json.number("sequence", claims.sequence());
          claims.stored().ifPresent(stored -> json.generation("stored", stored));
          json.text("presence", claims.presence().name());
          json.list("claims", claims.claims(), claim -> json.object(() -> write(json, claim)));
          json.texts("unable", claims.unable());
          json.list(
              "contacts",
              claims.contacts().entrySet(),
              contact -> json.object(() -> write(json, contact)));
          // An object around the list: to know no address is something else than not being asked.
          claims.known().ifPresent(known -> json.object("known", () -> json.texts("all", known)));
        });
  }

  private static void write(JsonWriter json, Claim claim) {
    json.address("address", claim.address());
    json.generation("term", claim.term());
    json.number("turn", claim.turn());
    json.text("state", claim.state().name());
    json.texts("interfaces", claim.interfaces());
  }

  private static void write(JsonWriter json, Map.Entry<String, SortedSet<NodeName>> contact) {
    json.text("interface", contact.getKey());
    json.texts("nodes", contact.getValue());
  }

  static SpeakerClaims read(JsonReader json) {
    Slot<NodeName> node = json.slot("node");
    Slot<String> bootId = json.slot("bootId");
    Slot<Long> sequence = json.slot("sequence");
    Slot<Generation> stored = json.slot("stored");
    Slot<Presence> presence = json.slot("presence");
    Slot<List<Claim>> claims = json.slot("claims");
    Slot<List<IpAddress>> unable = json.slot("unable");
    SortedMap<String, SortedSet<NodeName>> contacts = new TreeMap<>();
    Slot<SortedSet<IpAddress>> known = json.slot("known");
    ProtocolCodec.versioned(
        json,
        FORMAT,
        name -> {
          switch (name) {
            case "node" -> node.set(new NodeName(json.text()));
            case "bootId" -> bootId.set(json.text());
            case "sequence" -> sequence.set(json.number(0, Long.MAX_VALUE));
            case "stored" -> stored.set(ProtocolCodec.readGeneration(json));
            case "presence" -> presence.set(json.constant(Presence.class));
            case "claims" -> claims.set(json.list(() -> readClaim(json)));
            case "unable" -> unable.set(json.list(() -> ProtocolCodec.readAddress(json)));
            case "contacts" -> json.list(() -> readContact(json, contacts));
            case "known" -> known.set(readKnown(json));
            default -> json.skip();
          }
        });
    return new SpeakerClaims(
        node.required(),
        bootId.required(),
        sequence.required(),
        stored.optional(),
        presence.required(),
        claims.orElse(List.of()),
        new TreeSet<>(unable.orElse(List.of())),
        contacts,
        known.optional());
  }

  private static Claim readClaim(JsonReader json) {
    Slot<IpAddress> address = json.slot("address");
    Slot<Generation> term = json.slot("term");
    Slot<Long> turn = json.slot("turn");
    Slot<ClaimState> state = json.slot("state");
    Slot<List<String>> interfaces = json.slot("interfaces");
    json.object(
        name -> {
          switch (name) {
            case "address" -> address.set(ProtocolCodec.readAddress(json));
            case "term" -> term.set(ProtocolCodec.readGeneration(json));
            case "turn" -> turn.set(json.number(1, Long.MAX_VALUE));
            case "state" -> state.set(json.constant(ClaimState.class));
            case "interfaces" -> interfaces.set(json.list(json::text));
            default -> json.skip();
          }
        });
    return new Claim(
        address.required(),
        term.required(),
        turn.required(),
        state.required(),
        interfaces.orElse(List.of()));
  }

  /// @return whether this interface is told for the first time
  private static boolean readContact(
      JsonReader json, SortedMap<String, SortedSet<NodeName>> contacts) {
    Slot<String> interfaceName = json.slot("interface");
    Slot<List<NodeName>> nodes = json.slot("nodes");
    json.object(
        name -> {
          switch (name) {
            case "interface" -> interfaceName.set(json.text());
            case "nodes" -> nodes.set(json.list(() -> new NodeName(json.text())));
            default -> json.skip();
          }
        });
    return contacts.put(interfaceName.required(), new TreeSet<>(nodes.orElse(List.of()))) == null;
  }

  private static SortedSet<IpAddress> readKnown(JsonReader json) {
    Slot<List<IpAddress>> all = json.slot("all");
    json.object(
        name -> {
          switch (name) {
            case "all" -> all.set(json.list(() -> ProtocolCodec.readAddress(json)));
            default -> json.skip();
          }
        });
    return new TreeSet<>(all.orElse(List.of()));
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.protocol.BfdSettings.Signature;
import io.gitlb.schema.protocol.BfdSettings.SignatureKind;
import io.gitlb.schema.protocol.JsonReader.Slot;
import io.gitlb.schema.protocol.SpeakerStatus.BfdStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeSet;

/// The JSON forms of what BFD is asked for and of what it does.
final class BfdJson {

  private static final int MAX_OCTET = 255;

  private BfdJson() {}

  static void write(JsonWriter json, BfdSettings bfd) {
    json.text("receiveInterval", bfd.receiveInterval().toString());
    json.text("transmitInterval", bfd.transmitInterval().toString());
    json.number("detectMultiplier", bfd.detectMultiplier());
    json.text("role", bfd.role().name());
    json.number("minimumTtl", bfd.minimumTtl());
    bfd.signature().ifPresent(signature -> json.object("signature", () -> write(json, signature)));
  }

  private static void write(JsonWriter json, Signature signature) {
    json.text("kind", signature.kind().name());
    json.number("keyId", signature.keyId());
    PasswordJson.write(json, signature.key());
  }

  private static Signature readSignature(JsonReader json) {
    Slot<SignatureKind> kind = json.slot("kind");
    Slot<Long> keyId = json.slot("keyId");
    Slot<PeerPassword> key = json.slot("password");
    json.object(
        member -> {
          switch (member) {
            case "kind" -> kind.set(json.constant(SignatureKind.class));
            case "keyId" -> keyId.set(json.number(0, MAX_OCTET));
            case "password", "passwordFile", "passwordMissing" ->
                key.set(PasswordJson.read(json, member));
            default -> json.skip();
          }
        });
    return new Signature(kind.required(), keyId.required().intValue(), key.required());
  }

  static BfdSettings readSettings(JsonReader json) {
    Slot<Duration> receive = json.slot("receiveInterval");
    Slot<Duration> transmit = json.slot("transmitInterval");
    Slot<Long> multiplier = json.slot("detectMultiplier");
    Slot<BfdSettings.Role> role = json.slot("role");
    Slot<Long> minimumTtl = json.slot("minimumTtl");
    Slot<Signature> signature = json.slot("signature");
    json.object(
        member -> {
          switch (member) {
            case "receiveInterval" -> receive.set(json.duration());
            case "transmitInterval" -> transmit.set(json.duration());
            case "detectMultiplier" -> multiplier.set(json.number(1, MAX_OCTET));
            case "role" -> role.set(json.constant(BfdSettings.Role.class));
            case "signature" -> signature.set(readSignature(json));
            case "minimumTtl" -> minimumTtl.set(json.number(1, MAX_OCTET));
            default -> json.skip();
          }
        });
    return new BfdSettings(
        receive.required(),
        transmit.required(),
        multiplier.required().intValue(),
        role.required(),
        minimumTtl.required().intValue(),
        signature.optional());
  }

  static void write(JsonWriter json, BfdStatus session) {
    json.address("peerAddress", session.peerAddress());
    json.texts("peers", session.peers());
    json.text("state", session.state());
    json.text("since", session.since().toString());
    json.optional("diagnostic", session.diagnostic());
    json.text("transmitInterval", session.transmitInterval().toString());
    json.text("detectionTime", session.detectionTime().toString());
    json.text("echoInterval", session.echoInterval().toString());
    if (session.flaps() != 0) {
      json.number("flaps", session.flaps());
    }
  }

  static BfdStatus readStatus(JsonReader json) {
    Slot<IpAddress> peerAddress = json.slot("peerAddress");
    Slot<List<PeerName>> peers = json.slot("peers");
    Slot<String> state = json.slot("state");
    Slot<Instant> since = json.slot("since");
    Slot<String> diagnostic = json.slot("diagnostic");
    Slot<Duration> transmit = json.slot("transmitInterval");
    Slot<Duration> detection = json.slot("detectionTime");
    Slot<Duration> echo = json.slot("echoInterval");
    Slot<Long> flaps = json.slot("flaps");
    json.object(
        member -> {
          switch (member) {
            case "peerAddress" -> peerAddress.set(ProtocolCodec.readAddress(json));
            case "peers" -> peers.set(json.list(() -> new PeerName(json.text())));
            case "state" -> state.set(json.text());
            case "since" -> since.set(json.instant());
            case "diagnostic" -> diagnostic.set(json.text());
            case "transmitInterval" -> transmit.set(json.duration());
            case "detectionTime" -> detection.set(json.duration());
            case "echoInterval" -> echo.set(json.duration());
            case "flaps" -> flaps.set(json.number(0, Long.MAX_VALUE));
            default -> json.skip();
          }
        });
    return new BfdStatus(
        peerAddress.required(),
        new TreeSet<>(peers.orElse(List.of())),
        state.required(),
        since.required(),
        diagnostic.optional(),
        transmit.required(),
        detection.required(),
        echo.orElse(Duration.ZERO),
        flaps.orElse(0L));
  }
}

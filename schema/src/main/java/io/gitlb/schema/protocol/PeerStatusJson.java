// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.protocol.JsonReader.Slot;
import io.gitlb.schema.protocol.SpeakerStatus.PeerSession;
import io.gitlb.schema.protocol.SpeakerStatus.PeerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.PeerTraffic;
import io.gitlb.schema.value.Asn;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.PeerName;
import java.time.Duration;
import java.time.Instant;

/// How BGP sessions stand, in JSON. Counts of zero are left out.
final class PeerStatusJson {

  private static final long MAX_ASN = 0xFFFF_FFFFL;

  private PeerStatusJson() {}

  static void write(JsonWriter json, PeerStatus peer) {
    json.text("name", peer.name().value());
    json.address("peerAddress", peer.peerAddress());
    json.text("state", peer.state());
    json.text("since", peer.since().toString());
    json.number("prefixesSent", peer.prefixesSent());
    json.optional("lastError", peer.lastError());
    PeerSession session = peer.session();
    session.localAsn().ifPresent(asn -> json.number("localAsn", asn.number()));
    session.peerAsn().ifPresent(asn -> json.number("peerAsn", asn.number()));
    json.optional("holdTime", session.holdTime());
    json.optional("lastErrorAt", session.lastErrorAt());
    json.optional("interface", session.interfaceName());
    json.optional("initialUpdateWaitsFor", session.waitingFor());
    count(json, "messagesIn", peer.traffic().messagesIn());
    count(json, "messagesOut", peer.traffic().messagesOut());
    count(json, "flaps", peer.traffic().flaps());
    count(json, "prefixesReceived", peer.traffic().prefixesReceived());
    count(json, "attributeFaults", peer.traffic().attributeFaults());
  }

  private static void count(JsonWriter json, String name, long count) {
    if (count != 0) {
      json.number(name, count);
    }
  }

  static PeerStatus read(JsonReader json) {
    Slot<PeerName> name = json.slot("name");
    Slot<IpAddress> peerAddress = json.slot("peerAddress");
    Slot<String> state = json.slot("state");
    Slot<Instant> since = json.slot("since");
    Slot<Long> prefixesSent = json.slot("prefixesSent");
    Slot<String> lastError = json.slot("lastError");
    Slot<Asn> localAsn = json.slot("localAsn");
    Slot<Asn> peerAsn = json.slot("peerAsn");
    Slot<Duration> holdTime = json.slot("holdTime");
    Slot<Instant> lastErrorAt = json.slot("lastErrorAt");
    Slot<String> interfaceName = json.slot("interface");
    Slot<String> waitingFor = json.slot("initialUpdateWaitsFor");
    Slot<Long> messagesIn = json.slot("messagesIn");
    Slot<Long> messagesOut = json.slot("messagesOut");
    Slot<Long> flaps = json.slot("flaps");
    Slot<Long> received = json.slot("prefixesReceived");
    Slot<Long> faults = json.slot("attributeFaults");
    json.object(
        member -> {
          switch (member) {
            case "name" -> name.set(new PeerName(json.text()));
            case "peerAddress" -> peerAddress.set(ProtocolCodec.readAddress(json));
            case "state" -> state.set(json.text());
            case "since" -> since.set(json.instant());
            case "prefixesSent" -> prefixesSent.set(json.number(0, Integer.MAX_VALUE));
            case "lastError" -> lastError.set(json.text());
            case "localAsn" -> localAsn.set(new Asn(json.number(1, MAX_ASN)));
            case "peerAsn" -> peerAsn.set(new Asn(json.number(1, MAX_ASN)));
            case "holdTime" -> holdTime.set(json.duration());
            case "lastErrorAt" -> lastErrorAt.set(json.instant());
            case "interface" -> interfaceName.set(json.text());
            case "initialUpdateWaitsFor" -> waitingFor.set(json.text());
            case "messagesIn" -> messagesIn.set(json.number(0, Long.MAX_VALUE));
            case "messagesOut" -> messagesOut.set(json.number(0, Long.MAX_VALUE));
            case "flaps" -> flaps.set(json.number(0, Long.MAX_VALUE));
            case "prefixesReceived" -> received.set(json.number(0, Long.MAX_VALUE));
            case "attributeFaults" -> faults.set(json.number(0, Long.MAX_VALUE));
            default -> json.skip();
          }
        });
    return new PeerStatus(
        name.required(),
        peerAddress.required(),
        state.required(),
        since.required(),
        prefixesSent.required().intValue(),
        lastError.optional(),
        new PeerSession(
            localAsn.optional(),
            peerAsn.optional(),
            holdTime.optional(),
            lastErrorAt.optional(),
            interfaceName.optional(),
            waitingFor.optional()),
        new PeerTraffic(
            messagesIn.orElse(0L),
            messagesOut.orElse(0L),
            flaps.orElse(0L),
            received.orElse(0L),
            faults.orElse(0L)));
  }
}

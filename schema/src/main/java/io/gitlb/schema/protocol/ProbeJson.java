// SPDX-License-Identifier: Apache-2.0
package io.gitlb.schema.protocol;

import io.gitlb.schema.protocol.JsonReader.Slot;
import io.gitlb.schema.protocol.ProbeReply.ProbeResult;
import io.gitlb.schema.protocol.ProbeReply.ProbeVerdict;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.MacAddress;
import java.util.List;

/// The JSON form of a probe of addresses.
final class ProbeJson {

  private static final int FORMAT = 1;

  private ProbeJson() {}

  static byte[] write(ProbeRequest request) {
    return JsonWriter.document(
        json -> {
          json.number("format", FORMAT);
          json.texts("addresses", request.addresses());
        });
  }

  static byte[] write(ProbeReply reply) {
    return JsonWriter.document(
        json -> {
          json.number("format", FORMAT);
          json.list("results", reply.results(), result -> json.object(() -> write(json, result)));
        });
  }

  private static void write(JsonWriter json, ProbeResult result) {
    json.address("address", result.address());
    json.text("verdict", result.verdict().name());
    json.texts("holders", result.holders());
    json.optional("reason", result.reason());
  }

  static ProbeRequest readRequest(JsonReader json) {
    Slot<List<IpAddress>> addresses = json.slot("addresses");
    ProtocolCodec.versioned(
        json,
        FORMAT,
        name -> {
          switch (name) {
            case "addresses" -> addresses.set(json.list(() -> ProtocolCodec.readAddress(json)));
            default -> json.skip();
          }
        });
    return new ProbeRequest(addresses.orElse(List.of()));
  }

  static ProbeReply readReply(JsonReader json) {
    Slot<List<ProbeResult>> results = json.slot("results");
    ProtocolCodec.versioned(
        json,
        FORMAT,
        name -> {
          switch (name) {
            case "results" -> results.set(json.list(() -> readResult(json)));
            default -> json.skip();
          }
        });
    return new ProbeReply(results.orElse(List.of()));
  }

  private static ProbeResult readResult(JsonReader json) {
    Slot<IpAddress> address = json.slot("address");
    Slot<ProbeVerdict> verdict = json.slot("verdict");
    Slot<List<MacAddress>> holders = json.slot("holders");
    Slot<String> reason = json.slot("reason");
    json.object(
        name -> {
          switch (name) {
            case "address" -> address.set(ProtocolCodec.readAddress(json));
            case "verdict" -> verdict.set(json.constant(ProbeVerdict.class));
            case "holders" -> holders.set(json.list(() -> MemberJson.readMac(json)));
            case "reason" -> reason.set(json.text());
            default -> json.skip();
          }
        });
    return new ProbeResult(
        address.required(), verdict.required(), holders.orElse(List.of()), reason.optional());
  }
}

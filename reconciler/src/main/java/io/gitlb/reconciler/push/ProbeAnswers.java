// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.push;

import io.gitlb.reconciler.conflict.ProbeKeeper.Ask;
import io.gitlb.reconciler.conflict.Verdict;
import io.gitlb.reconciler.loop.ProbePort.Answer;
import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.protocol.Decoded;
import io.gitlb.schema.protocol.ProbeReply;
import io.gitlb.schema.protocol.ProbeReply.ProbeResult;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.value.IpAddress;
import java.util.SortedMap;
import java.util.TreeMap;

/// Reads what a speaker answers to `POST /v1/probes`.
final class ProbeAnswers {

  /// The permanent word of speakers for having too much to do.
  private static final String BUSY = "Busy";

  private ProbeAnswers() {}

  static Answer read(Ask ask, HttpAnswer answer) {
    if (answer.status() != 200) {
      return new Answer.Unasked(
          ask.number(), "node " + ask.speaker() + " answers with HTTP status " + answer.status());
    }
    return switch (ProtocolCodec.decodeProbeReply(answer.body().octets())) {
      case Decoded.Malformed<ProbeReply>(String message) ->
          new Answer.Unasked(
              ask.number(),
              "the answer of node " + ask.speaker() + " is not understood: " + message);
      case Decoded.Value<ProbeReply>(ProbeReply reply) -> told(ask, reply);
    };
  }

  private static Answer told(Ask ask, ProbeReply reply) {
    SortedMap<IpAddress, Verdict> verdicts = new TreeMap<>();
    for (ProbeResult result : reply.results()) {
      if (ask.addresses().contains(result.address())) {
        verdicts.put(result.address(), verdict(result));
      }
    }
    return new Answer.Told(ask.number(), verdicts);
  }

  private static Verdict verdict(ProbeResult result) {
    return switch (result.verdict()) {
      case FREE, OWN_NODE -> new Verdict.Free();
      case TAKEN ->
          result.holders().isEmpty()
              ? new Verdict.Unprobed("taken, but nobody knows by whom")
              : new Verdict.Taken(result.holders().getFirst());
      case UNPROBED ->
          result.reason().filter(BUSY::equals).isPresent()
              ? new Verdict.Later()
              : new Verdict.Unprobed(result.reason().orElse("it could not be probed"));
    };
  }
}

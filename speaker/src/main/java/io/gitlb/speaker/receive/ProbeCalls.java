// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.protocol.Decoded;
import io.gitlb.schema.protocol.ProbeReply;
import io.gitlb.schema.protocol.ProbeReply.ProbeResult;
import io.gitlb.schema.protocol.ProbeReply.ProbeVerdict;
import io.gitlb.schema.protocol.ProbeRequest;
import io.gitlb.schema.protocol.ProtocolCodec;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;

/// Answers `POST /v1/probes`: bounded in how much one call asks and in how many calls there are.
final class ProbeCalls {

  /// Addresses that one call may ask about; the prober probes fewer at a time, the rest is Busy.
  static final int MOST_ADDRESSES = 1_024;

  /// Calls that are worked on at a time; one more is told that this speaker is busy.
  static final int MOST_CALLS = 16;

  private final AddressProber prober;
  private final Semaphore calls = new Semaphore(MOST_CALLS);

  ProbeCalls(AddressProber prober) {
    this.prober = prober;
  }

  /// 200 with a [ProbeReply]; 400 for what cannot be read; 422 for too much.
  HttpAnswer answer(HttpCall call) throws InterruptedException {
    return switch (ProtocolCodec.decodeProbeRequest(call.body().octets())) {
      case Decoded.Malformed<ProbeRequest>(String message) -> HttpAnswer.text(400, message);
      case Decoded.Value<ProbeRequest>(ProbeRequest request) ->
          request.addresses().size() > MOST_ADDRESSES
              ? HttpAnswer.text(
                  422,
                  "/addresses: found "
                      + request.addresses().size()
                      + ", at most "
                      + MOST_ADDRESSES
                      + " are allowed; ask in several calls")
              : HttpAnswer.json(200, ProtocolCodec.encode(probe(request)));
    };
  }

  private ProbeReply probe(ProbeRequest request) throws InterruptedException {
    if (!calls.tryAcquire()) {
      return busy(request);
    }
    try {
      return prober.probe(request);
    } finally {
      calls.release();
    }
  }

  private static ProbeReply busy(ProbeRequest request) {
    return new ProbeReply(
        request.addresses().stream()
            .map(
                address ->
                    new ProbeResult(address, ProbeVerdict.UNPROBED, List.of(), Optional.of("Busy")))
            .toList());
  }
}

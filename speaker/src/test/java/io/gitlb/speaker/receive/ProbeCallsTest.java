// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.schema.http.HttpAnswer;
import io.gitlb.schema.http.HttpBody;
import io.gitlb.schema.http.HttpCall;
import io.gitlb.schema.protocol.Decoded;
import io.gitlb.schema.protocol.ProbeReply;
import io.gitlb.schema.protocol.ProbeReply.ProbeResult;
import io.gitlb.schema.protocol.ProbeReply.ProbeVerdict;
import io.gitlb.schema.protocol.ProbeRequest;
import io.gitlb.schema.protocol.ProtocolCodec;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class ProbeCallsTest {

  private static final IpAddress ADDRESS = IpAddress.of("192.0.2.10");

  @Test
  void whatIsAskedIsAnswered() throws InterruptedException {
    ProbeCalls calls = new ProbeCalls(ProbeCallsTest::free);
    HttpAnswer answer =
        calls.answer(call(ProtocolCodec.encode(new ProbeRequest(List.of(ADDRESS)))));
    assertEquals(200, answer.status());
    assertEquals(ProbeVerdict.FREE, read(answer).results().getFirst().verdict());
  }

  @Test
  void whatCannotBeReadAndWhatIsTooMuchIsRefused() throws InterruptedException {
    ProbeCalls calls = new ProbeCalls(ProbeCallsTest::free);
    assertEquals(400, calls.answer(call("{".getBytes(StandardCharsets.UTF_8))).status());
    List<IpAddress> many =
        IntStream.rangeClosed(0, ProbeCalls.MOST_ADDRESSES)
            .mapToObj(i -> (IpAddress) new Ipv4(0x0A00_0000 + i))
            .toList();
    assertEquals(422, calls.answer(call(ProtocolCodec.encode(new ProbeRequest(many)))).status());
  }

  @Test
  void oneCallTooManyIsToldThatThisIsBusy() throws InterruptedException {
    CountDownLatch inside = new CountDownLatch(ProbeCalls.MOST_CALLS);
    CountDownLatch go = new CountDownLatch(1);
    ProbeCalls calls =
        new ProbeCalls(
            request -> {
              inside.countDown();
              go.await();
              return free(request);
            });
    byte[] body = ProtocolCodec.encode(new ProbeRequest(List.of(ADDRESS)));
    List<Thread> callers =
        IntStream.range(0, ProbeCalls.MOST_CALLS)
            .mapToObj(_ -> Thread.ofVirtual().start(() -> answer(calls, body)))
            .toList();
    inside.await();
    ProbeResult result = read(calls.answer(call(body))).results().getFirst();
    assertEquals(ProbeVerdict.UNPROBED, result.verdict());
    assertEquals(Optional.of("Busy"), result.reason());
    go.countDown();
    for (Thread caller : callers) {
      caller.join();
    }
    assertEquals(200, calls.answer(call(body)).status());
  }

  private static void answer(ProbeCalls calls, byte[] body) {
    try {
      assertEquals(200, calls.answer(call(body)).status());
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static ProbeReply free(ProbeRequest request) {
    return new ProbeReply(
        request.addresses().stream()
            .map(
                address -> new ProbeResult(address, ProbeVerdict.FREE, List.of(), Optional.empty()))
            .toList());
  }

  private static HttpCall call(byte[] body) {
    return HttpCall.post("/v1/probes", "application/json", HttpBody.of(body));
  }

  private static ProbeReply read(HttpAnswer answer) {
    Decoded<ProbeReply> decoded = ProtocolCodec.decodeProbeReply(answer.body().octets());
    assertTrue(decoded instanceof Decoded.Value<ProbeReply>);
    return ((Decoded.Value<ProbeReply>) decoded).value();
  }
}

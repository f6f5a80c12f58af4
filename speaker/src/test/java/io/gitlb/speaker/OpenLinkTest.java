// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gitlb.schema.value.IpAddress;
import io.gitlb.speaker.l2.GratuitousSchedule;
import io.gitlb.speaker.l2.SegmentPort;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class OpenLinkTest {

  private static final IpAddress ADDRESS = IpAddress.of("192.0.2.10");

  private final FakeSegmentPort port = new FakeSegmentPort();
  private final AtomicInteger reads = new AtomicInteger();
  private Duration step = Duration.ZERO;
  // Every reading of the clock is one step later than the one before.
  private final Fence fence =
      new Fence(() -> Instant.EPOCH.plus(step.multipliedBy(reads.getAndIncrement())));

  private OpenLink.Round send() {
    port.link("eth0", 2, "02:00:5e:00:53:01", "192.0.2.0/24");
    OpenLink link =
        new OpenLink(
            Objects.requireNonNull(port.links.get("eth0")),
            1,
            new VerdictCounts(),
            () -> Instant.EPOCH,
            fence,
            new Sightings());
    if (!(port.open(link.link(), link) instanceof SegmentPort.Opening.Opened(var segment))) {
      throw new AssertionError("not open");
    }
    return link.sendRound(segment, ADDRESS, GratuitousSchedule.Extent.WHOLE);
  }

  @Test
  void aRoundIsSentWhileTheFenceIsOpen() {
    fence.renew(Instant.EPOCH);
    assertEquals(OpenLink.Round.TAKEN, send());
    assertEquals(2, port.segment("eth0").sent.size());
  }

  @Test
  void theFenceIsAskedBeforeEachFrame() {
    fence.renew(Instant.EPOCH);
    step = Fence.LEASE.plusMillis(1);
    assertEquals(OpenLink.Round.FENCED, send());
    assertEquals(1, port.segment("eth0").sent.size());
  }
}

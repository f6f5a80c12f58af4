// SPDX-License-Identifier: Apache-2.0
package io.gitlb.speaker;

import static io.gitlb.speaker.announce.DesiredStates.SELF;
import static io.gitlb.speaker.announce.DesiredStates.layer2;
import static io.gitlb.speaker.announce.DesiredStates.state;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.speaker.announce.ActiveSet;
import io.gitlb.speaker.l2.ArpPacket;
import io.gitlb.speaker.l2.EthernetFrame;
import io.gitlb.speaker.l2.Link;
import io.gitlb.speaker.ownership.ClaimsContent;
import io.gitlb.speaker.ownership.Origin;
import io.gitlb.speaker.ownership.OwnershipSettings;
import io.gitlb.speaker.ownership.Start;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// The whole of layer 2 with 10,000 addresses. It counts what is done, and time passes only when
/// the clock is read: as much each time as a slow machine needs for one slice.
final class ManyAddressesTest {

  private static final int ADDRESSES = 10_000;
  private static final int FIRST = 0x0A4E_0000;
  private static final Duration SLICE_TIME = Duration.ofMillis(1);

  /// The frames of a quiet moment, and not the tables of all addresses.
  private static final long FEW_OCTETS = 400_000;

  private final FakeSegmentPort port = new FakeSegmentPort();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private Duration perRead = Duration.ZERO;
  private int readsUntilStop = Integer.MAX_VALUE;
  private ActiveSet seen = ActiveSet.EMPTY;
  private int claimsTold;
  private final Layer2 layer2 =
      new Layer2(
          SELF,
          port,
          new VerdictCounts(),
          new ContentionCounts(),
          this::readClock,
          OwnershipSettings.defaults(),
          new Told());

  private Instant readClock() {
    if (readsUntilStop-- == 0) {
      now = now.plusMillis(300);
    }
    now = now.plus(perRead);
    return now;
  }

  @Test
  void longWorkOfItsOwnIsNoPause() {
    begin();
    perRead = SLICE_TIME;
    Instant before = now;
    layer2.apply(all(), Origin.RECONCILER, now);
    Duration took = Duration.between(before, now);
    perRead = Duration.ZERO;
    assertTrue(took.compareTo(Fence.LEASE) > 0, () -> "the work took only " + took);
    layer2.tick(now);
    assertEquals(ADDRESSES, seen.answered().size());
  }

  @Test
  void aStopInTheMiddleOfItsOwnWorkIsOne() {
    begin();
    perRead = SLICE_TIME;
    readsUntilStop = 150;
    layer2.apply(all(), Origin.RECONCILER, now);
    perRead = Duration.ZERO;
    assertTrue(readsUntilStop < 0, "the work was over before");
    layer2.tick(now);
    assertEquals(0, seen.answered().size(), "each is asked for first");
    run(Duration.ofSeconds(16));
    assertEquals(ADDRESSES, seen.answered().size());
  }

  @Test
  void takingEverythingBackAfterAStopIsNoFurtherStop() {
    begin();
    layer2.apply(all(), Origin.RECONCILER, now);
    layer2.tick(now);
    now = now.plusMillis(300);
    perRead = SLICE_TIME;
    layer2.tick(now);
    perRead = Duration.ZERO;
    assertEquals(0, seen.answered().size());
    int filters = segment().watches();
    run(Duration.ofSeconds(16));
    assertEquals(ADDRESSES, seen.answered().size(), "three probes each at 2,000 a second");
    assertEquals(filters, segment().watches(), "the kernel's filter is set for nobody");
  }

  @Test
  void oneAnswerAmongManyCostsLittle() {
    begin();
    layer2.apply(all(), Origin.RECONCILER, now);
    run(Duration.ofSeconds(1));
    now = now.plusMillis(300);
    layer2.tick(now);
    run(Duration.ofSeconds(1));
    int answered = seen.answered().size();
    int told = claimsTold;
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    int ticks = 100;
    run(Duration.ofMillis(ticks));
    long each = (threads.getCurrentThreadAllocatedBytes() - before) / ticks;
    int more = seen.answered().size() - answered;
    assertTrue(more > 50 && more < 100, () -> more + " of some 67 came back");
    assertTrue(each < FEW_OCTETS, () -> each + " octets a tick");
    assertEquals(told, claimsTold, "what is rechecked was claimed all the time");
  }

  @Test
  void allAreToldAtThePaceTheNewestFirst() {
    begin();
    layer2.apply(all(), Origin.RECONCILER, now);
    Instant start = now;
    Set<Ipv4> told = new HashSet<>();
    List<Ipv4> order = new ArrayList<>();
    int sent = 0;
    while (told.size() < ADDRESSES) {
      run(Duration.ofMillis(10));
      List<EthernetFrame> news = segment().sent;
      for (EthernetFrame frame : news.subList(sent, news.size())) {
        if (frame.payload() instanceof ArpPacket arp && told.add(arp.senderAddress())) {
          order.add(arp.senderAddress());
        }
      }
      sent = news.size();
      Duration took = Duration.between(start, now);
      assertTrue(took.compareTo(Duration.ofSeconds(14)) < 0, () -> told.size() + " are told");
    }
    List<Ipv4> newestFirst = new ArrayList<>();
    for (int i = ADDRESSES - 1; i >= 0; i--) {
      newestFirst.add(new Ipv4(FIRST + i));
    }
    assertEquals(newestFirst, order);
  }

  private FakeSegmentPort.FakeSegment segment() {
    return port.segment("eth0");
  }

  private void begin() {
    port.link("eth0", 2, "02:00:5e:00:53:01", "10.78.0.0/16");
    layer2.begin(new Start.Fresh(), now);
    layer2.tick(now);
    layer2.survey(now);
    layer2.tick(now);
  }

  private static DesiredState all() {
    Announcement[] all = new Announcement[ADDRESSES];
    for (int i = 0; i < ADDRESSES; i++) {
      all[i] = layer2(new Ipv4(FIRST + i).toString(), List.of(SELF));
    }
    return state(1, List.of(), all);
  }

  private void run(Duration duration) {
    Instant end = now.plus(duration);
    while (now.isBefore(end)) {
      layer2.tick(now);
      now = now.plusMillis(1);
    }
  }

  private final class Told extends QuietListener {

    @Override
    public void changed(Optional<DesiredState> inForce, ActiveSet active, List<Link> links) {
      seen = active;
    }

    @Override
    public void claims(Optional<DesiredState> inForce, ClaimsContent content) {
      claimsTold++;
    }
  }
}

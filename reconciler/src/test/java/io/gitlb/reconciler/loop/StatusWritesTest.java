// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static io.gitlb.reconciler.loop.LoopStory.LAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.schema.value.IpAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Stories of statuses and Events: what is written once, again, and not at all.
class StatusWritesTest {

  private final LoopStory story = new LoopStory();

  @Test
  void aWriteThatFailsIsTriedAgainWithPauses() {
    story.config(LAN).service("demo/web");
    story.cluster.writes(Availability.AWAY);
    story.pass().pass().pass();
    assertEquals(1, story.cluster.writes());
    story.after(LoopSettings.DEFAULT.firstRetry()).pass().pass();
    assertEquals(2, story.cluster.writes());
    story.cluster.writes(Availability.THERE);
    story.after(Duration.ofMinutes(1)).settle();
    assertEquals(1, onlyAddresses("demo/web").size());
  }

  @Test
  void aWriteThatTheViewDoesNotShowYetIsNotRepeated() {
    story.config(LAN).service("demo/web");
    story.cluster.informers(Availability.AWAY);
    story.pass().pass();
    int writes = story.cluster.writes();
    story.pass().pass();
    assertEquals(writes, story.cluster.writes(), story.trace::toString);
    story.cluster.informers(Availability.THERE);
    story.settle();
  }

  @Test
  void aStatusEditedByHandIsPutRight() {
    story.config(LAN).service("demo/web").settle();
    story.service(
        "demo/web",
        ServiceBuilder.of(story.cluster.server().service("demo/web")).status("10.77.0.103"));
    story.pass();
    story.expect(
        """
        status demo/web 10.77.0.100 Allocated=True/Allocated Announced=True/Announced
        done
        """);
  }

  @Test
  void anUnhappyServiceGetsOneEvent() {
    story
        .config(LAN)
        .service("demo/web", ServiceBuilder.service("demo/web").loadBalancerIp("192.0.2.1"));
    for (int i = 0; i < 100; i++) {
      story.pass();
    }
    story.restart().pass();
    long events = story.trace.stream().filter(line -> line.startsWith("event")).count();
    assertEquals(1, events, story.trace::toString);
  }

  @Test
  void anUnknownAnnotationIsAWarningOfItsOwn() {
    story.config(LAN);
    story.service(
        "demo/web", ServiceBuilder.service("demo/web").annotation("gitlb.io/adress-pool", "lan"));
    story.pass();
    assertTrue(
        story.trace.contains("event demo/web WARNING UnknownAnnotation"), story.trace::toString);
    assertEquals(1, onlyAddresses("demo/web").size());
  }

  private List<IpAddress> onlyAddresses(String ref) {
    return story.cluster.server().service(ref).statusAddresses();
  }
}

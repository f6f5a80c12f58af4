// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static io.gitlb.reconciler.loop.LoopStory.LAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.loop.LoopFigures.ConditionKind;
import io.gitlb.schema.value.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// Stories of what is told about Services: statuses, Events, fights, figures.
class StatusStoryTest {

  private static final String WIDE = LAN.replace("10.77.0.100-10.77.0.103", "10.77.0.0/16");

  private final LoopStory story = new LoopStory();

  private long traced(String regex) {
    return story.trace.stream().filter(line -> line.matches(regex)).count();
  }

  private LoopFigures figures() {
    return story.reconciler().state().orElseThrow().figures();
  }

  private void editStatusByHand(String ref, String address) {
    story.service(ref, ServiceBuilder.of(story.cluster.server().service(ref)).status(address));
  }

  @Test
  void everyEditByHandIsPutRightOnce() {
    story.config(LAN).service("demo/web").settle();
    for (int edit = 0; edit < 3; edit++) {
      editStatusByHand("demo/web", "10.77.0.103");
      story.pass().pass();
    }
    assertEquals(3, traced("status demo/web 10.77.0.100 .*"), story.trace::toString);
    assertEquals(0, traced("event.*"), story.trace::toString);
  }

  @Test
  void aFightIsReportedOnceAndFoughtMoreAndMoreSlowly() {
    story.config(LAN).service("demo/web").settle();
    Instant end = story.now.plus(Duration.ofMinutes(2));
    while (story.now.isBefore(end)) {
      editStatusByHand("demo/web", "10.77.0.103");
      story.pass();
    }
    assertEquals(1, traced("event.*"), story.trace::toString);
    assertEquals(1, traced("event demo/web WARNING StatusFight"), story.trace::toString);
    long writes = traced("status demo/web.*");
    assertTrue(writes > FightWatch.MOST_A_MINUTE && writes < 15, "writes: " + writes);
    assertEquals("GLB5005", story.reconciler().state().orElseThrow().failures().get(0).code());
    assertEquals(1, figures().fights());
  }

  @Test
  void aFightThatNobodyGoesOnWithIsForgotten() {
    story.config(LAN).service("demo/web").settle();
    for (int edit = 0; edit < 20; edit++) {
      editStatusByHand("demo/web", "10.77.0.103");
      story.pass().pass();
    }
    story.after(Duration.ofMinutes(1)).pass().pass();
    assertEquals(List.of(IpAddress.of("10.77.0.100")), shown("demo/web"));
    assertEquals(1, figures().fights());
    story.after(Duration.ofMinutes(1)).pass();
    assertEquals(0, figures().fights());
    assertEquals(List.of(), story.reconciler().state().orElseThrow().failures());
    editStatusByHand("demo/web", "10.77.0.103");
    story.pass();
    assertEquals(List.of(IpAddress.of("10.77.0.100")), shown("demo/web"));
    assertEquals(1, figures().counters().fights());
  }

  private List<IpAddress> shown(String ref) {
    return story.cluster.server().service(ref).statusAddresses();
  }

  @Test
  void aViewThatLagsIsNoFight() {
    story.config(LAN).service("demo/web");
    story.cluster.informers(Availability.AWAY);
    for (int i = 0; i < 1200; i++) {
      story.pass();
    }
    assertEquals(0, figures().counters().fights());
    story.cluster.informers(Availability.THERE);
    story.settle();
  }

  @Test
  void tenThousandPassesOverAnUnhappyServiceAreOneEvent() {
    story
        .config(LAN)
        .service("demo/web", ServiceBuilder.service("demo/web").loadBalancerIp("192.0.2.1"));
    for (int i = 0; i < 10_000; i++) {
      story.pass();
    }
    story.restart().pass();
    assertEquals(1, traced("event.*"));
    assertEquals(1, traced("status.*"));
  }

  @Test
  void aReasonThatFlapsIsToldOfFiveTimesAMinute() {
    story.config(LAN).service("demo/web").settle().after(Duration.ofMinutes(1));
    for (int i = 0; i < 300; i++) {
      String wish = i % 2 == 0 ? "192.0.2.1" : "10.77.0.100";
      story.service(
          "demo/web",
          ServiceBuilder.of(story.cluster.server().service("demo/web")).loadBalancerIp(wish));
      story.pass();
    }
    assertEquals(300, traced("status.*"), "the status follows all the same");
    assertEquals(ServiceEvents.MOST_A_MINUTE, traced("event.*"));
    assertEquals(300 - ServiceEvents.MOST_A_MINUTE, figures().counters().eventsDropped());
    story.after(Duration.ofMinutes(1)).service("demo/web").pass();
    assertEquals(ServiceEvents.MOST_A_MINUTE, traced("event.*"), "nothing is told later");
  }

  @Test
  void aWriteThatFailsDoesNotSpendItsEvent() {
    story.config(LAN).service("demo/web");
    story.cluster.writes(Availability.AWAY);
    for (int i = 0; i < 20; i++) {
      story.pass().after(Duration.ofSeconds(10));
    }
    story.cluster.writes(Availability.THERE);
    story.trace.clear();
    story.after(Duration.ofMinutes(1)).pass();
    assertEquals(1, traced("event demo/web NORMAL .*"), story.trace::toString);
    assertEquals(0, figures().counters().eventsDropped());
  }

  @Test
  void statusesOfOnePartAreWrittenBeforeTheNextIsCommitted() {
    story.config(WIDE);
    for (int i = 0; i < 250; i++) {
      story.service(String.format("demo/s%03d", i));
    }
    story.pass();
    List<String> kinds =
        story.trace.stream().map(line -> line.substring(0, line.indexOf(' ') + 1)).toList();
    assertEquals(3, traced("commit.*"));
    assertTrue(kinds.indexOf("status ") < kinds.lastIndexOf("commit "), kinds::toString);
    assertTrue(kinds.lastIndexOf("status ") < kinds.indexOf("desired "), kinds::toString);
    assertEquals(250, traced("status.*"));
  }

  @Test
  void aBigPlanDoesNotHoldUpSmallNews() {
    story.config(WIDE).service("demo/web").settle();
    for (int i = 0; i < 2_500; i++) {
      story.service(String.format("demo/s%04d", i));
    }
    editStatusByHand("demo/web", "10.77.0.103");
    story.pass();
    assertTrue(story.trace.getFirst().startsWith("status demo/web 10.77.0.0 "));
    assertEquals(10, traced("commit.*"));
    assertEquals(2, traced("desired.*"));
    story.service("demo/a-late-one").pass();
    assertEquals(1, traced("status demo/a-late-one .*"));
    story.pass();
    assertEquals(26, traced("commit.*"));
    assertEquals(
        2_502,
        traced("status demo/[^ ]+ [^ ]+ Allocated=True/Allocated Ann.*Pending")
            + traced("status demo/web .*"));
    story.settle();
  }

  @Test
  void whatIsNotCommittedIsNotTold() {
    story.config(LAN).service("demo/web").settle();
    story.ledger.disk(Availability.AWAY);
    story.config(LAN.replace("10.77.0.100-10.77.0.103", "10.88.0.0/24")).poll();
    assertEquals(0, traced("status.*"), story.trace::toString);
    story.ledger.disk(Availability.THERE);
    story.after(Duration.ofMinutes(1)).pass();
    assertEquals(1, traced("status demo/web 10.77.0.100 Allocated=True/Held .*"));
  }

  @Test
  void aPlanThatIsTakenBackBeforeItWasCommittedLeavesNothingBehind() {
    story.config(LAN).service("demo/web").settle();
    story.ledger.disk(Availability.AWAY);
    story.config(LAN.replace("10.77.0.100-10.77.0.103", "10.88.0.0/24")).poll();
    story.ledger.disk(Availability.THERE);
    story.config(LAN).after(Duration.ofMinutes(1)).poll();
    editStatusByHand("demo/web", "10.77.0.103");
    story.pass();
    assertEquals(1, traced("status demo/web 10.77.0.100 Allocated=True/Allocated .*"));
    story.settle();
  }

  @Test
  void conditionsAreCounted() {
    story.config(LAN).service("demo/a").service("demo/b");
    story.service("demo/c", ServiceBuilder.service("demo/c").loadBalancerIp("192.0.2.1")).settle();
    TreeMap<String, Integer> counts = new TreeMap<>();
    figures().services().forEach((kind, count) -> counts.put(text(kind), count));
    assertEquals(
        "{Allocated=False/OutsidePools=1, Allocated=True/Allocated=2,"
            + " Announced=False/NotAllocated=1, Announced=True/Announced=2}",
        counts.toString());
    assertEquals(1, figures().records().size());
    assertEquals(2, figures().records().values().iterator().next());
    story.delete("demo/a").delete("demo/b").delete("demo/c").settle();
    assertEquals(0, figures().services().size());
  }

  private static String text(ConditionKind kind) {
    return kind.type().replace("gitlb.io/", "") + "=" + kind.status() + "/" + kind.reason();
  }
}

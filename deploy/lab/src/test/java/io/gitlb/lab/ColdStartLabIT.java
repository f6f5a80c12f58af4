// SPDX-License-Identifier: Apache-2.0
package io.gitlb.lab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.demo.net.Poll;
import io.gitlb.lab.segment.Field;
import io.gitlb.lab.segment.LabNode;
import io.gitlb.lab.segment.Observer.Sight;
import io.gitlb.lab.segment.Reboot;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.Ipv4;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/// Real speakers that start from what is on their disks, with neither reconciler nor API server nor
/// Git. The figures are printed.
@SharesLab
final class ColdStartLabIT {

  /// The bar of a cold start.
  private static final Duration ALL_UP = Duration.ofSeconds(60);

  /// What a lonely speaker waits for somebody to hear.
  private static final Duration LONELY = Duration.ofSeconds(30);

  /// After that time one that waits as long as another, and begins beside it, has had its chance.
  private static final Duration TOO_LONG = Duration.ofSeconds(8);

  /// A Java virtual machine on a busy machine included; `exec` to answer is below 1 s on a quiet
  /// one.
  private static final Duration WARM = Duration.ofSeconds(10);

  @RegisterExtension final Lab lab = new Lab();

  @Test
  void theOnlySpeakerAnswersAgainAtOnceAfterARestart() {
    Field field = Field.open(lab.sandbox(), SpeakerLabLabIT.distribution(), 1, 1);
    field.lab().killReconciler();
    LabNode node = field.lab().nodes().getFirst();
    for (int i = 0; i < 3; i++) {
      field.lab().speaker(node).kill();
      long start = System.nanoTime();
      field.lab().startOnly(node);
      Sight answer = awaitAnswer(field, field.addresses().getFirst(), start, WARM).orElseThrow();
      tell("warm restart of the only speaker, exec to answer", answer.nanos() - start);
    }
  }

  @Test
  void allNodesColdAnswerForEverythingWithinAMinute() {
    Field field = Field.open(lab.sandbox(), SpeakerLabLabIT.distribution(), 3, 3);
    field.lab().killReconciler();
    killAll(field);
    field.lab().nodes().forEach(node -> makeCold(field, node, Duration.ofHours(5)));
    long start = System.nanoTime();
    field.lab().nodes().forEach(field.lab()::startOnly);
    for (Ipv4 address : field.addresses().subList(0, 3)) {
      Sight answer = awaitAnswer(field, address, start, ALL_UP).orElseThrow();
      tell("all cold, " + address, answer.nanos() - start);
    }
    field.settle();
    assertEquals(List.of(), nobodys(field, start));
  }

  /// Two nodes that nobody hears, the other one included; the third is gone.
  @Test
  void aLonelySpeakerWaitsAndAStateThatIsTooOldIsNotAnnounced() throws InterruptedException {
    Field field = Field.open(lab.sandbox(), SpeakerLabLabIT.distribution(), 3, 1);
    field.lab().killReconciler();
    LabNode young = field.lab().nodes().getFirst();
    LabNode old = field.lab().nodes().get(1);
    killAll(field);
    for (LabNode node : List.of(young, old)) {
      field.lab().lan().isolate(node.host());
      field.lab().managementNetwork().isolate(node.host());
    }
    makeCold(field, young, Duration.ofHours(5));
    makeCold(field, old, Duration.ofDays(8));
    long start = System.nanoTime();
    field.lab().startOnly(young);
    field.lab().startOnly(old);
    Ipv4 address = field.addresses().getFirst();
    Sight answer = awaitAnswer(field, address, start, ALL_UP).orElseThrow();
    assertTrue(answer.nanos() - start >= LONELY.toNanos(), "it did not wait for others");
    tell("one of two cold and alone", answer.nanos() - start);

    Thread.sleep(TOO_LONG);
    assertEquals(
        Set.of(young.mac()),
        field.observer().since(start).stream().map(Sight::mac).collect(Collectors.toSet()));
    assertEquals(
        Optional.of("StateTooOld"), reason(field, old), "one that does not run is silent, too");
  }

  @Test
  void whatANewerGenerationGaveAwayIsNeverAnnouncedAfterAColdStart() throws InterruptedException {
    Field field = Field.open(lab.sandbox(), SpeakerLabLabIT.distribution(), 3, 2);
    LabNode late = field.lab().nodes().getFirst();
    field.lab().speaker(late).kill();
    List<NodeName> names = field.lab().nodes().stream().map(LabNode::name).toList();
    SortedMap<IpAddress, List<NodeName>> kept = new TreeMap<>();
    kept.put(field.addresses().get(1), names);
    List<LabNode> others = field.lab().nodes().subList(1, 3);
    assertEquals(others, field.lab().decide(kept));
    field.settle();
    field.lab().killReconciler();
    makeCold(field, late, Duration.ofHours(5));
    long start = System.nanoTime();
    field.lab().start(late);
    awaitJudged(field, late, field.addresses().get(1));
    Thread.sleep(Duration.ofSeconds(3));
    Ipv4 given = field.addresses().getFirst();
    assertTrue(field.lab().status(late).isPresent(), "one that does not run is silent, too");
    assertEquals(
        List.of(),
        field.observer().since(start).stream()
            .filter(sight -> sight.address().equals(given))
            .toList());
    assertTrue(field.owner(field.addresses().get(1)).isPresent(), "the other one is served");
  }

  /// Waits until a speaker that was started has its state in force: it has found out who announces
  /// an address that it shares.
  private static void awaitJudged(Field field, LabNode node, Ipv4 address) {
    boolean judged =
        Poll.until(ALL_UP, () -> field.lab().status(node), status -> knowsOwner(status, address))
            instanceof Poll.Reached<?>;
    assertTrue(judged, "the late speaker knows who announces " + address);
  }

  private static boolean knowsOwner(Optional<SpeakerStatus> status, Ipv4 address) {
    return status.stream()
        .flatMap(one -> one.announcements().stream())
        .filter(one -> one.address().equals(address))
        .flatMap(one -> one.layer2().stream())
        .anyMatch(layer2 -> layer2.owner().isPresent());
  }

  private static void killAll(Field field) {
    field.lab().nodes().forEach(node -> field.lab().speaker(node).kill());
    field.observer().forgetBefore(System.nanoTime());
  }

  /// Why a node does not announce, as it says itself.
  private static Optional<String> reason(Field field, LabNode node) {
    return field.lab().status(node).orElseThrow().announcements().stream()
        .flatMap(one -> one.reason().stream())
        .findFirst();
  }

  private static void makeCold(Field field, LabNode node, Duration absence) {
    Reboot.pretend(field.lab().stateDirectory(node), absence);
  }

  private static Optional<Sight> awaitAnswer(
      Field field, Ipv4 address, long start, Duration limit) {
    return field
        .observer()
        .await(start, limit, sight -> sight.address().equals(address) && !sight.gratuitous());
  }

  /// What was answered for the address that is nobody's.
  private static List<Sight> nobodys(Field field, long start) {
    return field.observer().since(start).stream()
        .filter(sight -> sight.address().equals(field.addresses().getLast()))
        .toList();
  }

  private static void tell(String what, long nanos) {
    System.out.printf("%s: %.0f ms%n", what, nanos / 1e6);
  }
}

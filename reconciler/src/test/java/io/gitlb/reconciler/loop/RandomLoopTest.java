// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.FamilyPolicy;
import io.gitlb.reconciler.cluster.ServiceView.Port;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.guard.ApprovalDigest;
import io.gitlb.reconciler.ledger.AllocationRecord;
import io.gitlb.reconciler.ledger.AllocationRecord.Holder;
import io.gitlb.reconciler.ledger.AllocationRecord.SharingKey;
import io.gitlb.reconciler.ledger.AllocationRecord.State;
import io.gitlb.schema.model.ConfigFile;
import io.gitlb.schema.model.Definitions;
import io.gitlb.schema.model.ReadResult;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import io.gitlb.schema.yaml.DefinitionReader;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/// Random life of a cluster against what must always hold.
class RandomLoopTest {

  private static final int STEPS = 150;

  private static final String SUSPENSION =
      "---\napiVersion: gitlb.io/v1\nkind: Suspension\nmetadata: {name: s}\nspec: {reason: r}\n";

  private static final String AD_FOR_FEW = "metadata: {name: all}\nspec: {ipAddressPools: [other]}";

  private static final List<String> CONFIGS =
      List.of(
          config("10.0.0.0-10.0.0.5", "2001:db8::-2001:db8::3"),
          config("10.0.0.2-10.0.0.9", "2001:db8::2-2001:db8::8"),
          config("10.0.0.0-10.0.0.1"),
          config("10.0.0.0-10.0.0.5") + pin("demo/s1", "10.0.0.3"),
          config("10.0.0.0-10.0.0.7", "2001:db8::-2001:db8::3") + pin("demo/s2", "2001:db8::1"),
          config("10.0.0.0-10.0.0.5").replace("spec:\n", "spec:\n  avoidBuggyIPs: true\n"),
          config("10.0.0.0-10.0.0.5").replace("spec:\n", "spec:\n  retain: 0s\n  quota: 3\n"),
          config("10.0.0.0-10.0.0.5").replace("spec:\n", "spec:\n  draining: true\n"),
          config("10.0.0.0-10.0.0.7").replace("metadata: {name: all}\nspec: {}", AD_FOR_FEW),
          config("10.0.0.2-10.0.0.5").replace("spec: {}", "spec: {interfaces: [eth1]}"),
          config("10.0.0.0-10.0.0.5").replace("spec:\n", "spec:\n  announce: false\n"),
          config("10.0.0.3-10.0.0.9") + SUSPENSION,
          "kind: Nonsense\n");

  private static String config(String... ranges) {
    return "apiVersion: gitlb.io/v1\nkind: IPAddressPool\nmetadata: {name: lan}\nspec:\n"
        + "  addresses: [\""
        + String.join("\", \"", ranges)
        + "\"]\n---\n"
        + "apiVersion: gitlb.io/v1\nkind: IPAddressPool\nmetadata: {name: other}\nspec:\n"
        + "  addresses: [10.1.0.0/30]\n  autoAssign: false\n---\n"
        + "apiVersion: gitlb.io/v1\nkind: L2Advertisement\nmetadata: {name: all}\nspec: {}\n";
  }

  private static String pin(String service, String address) {
    return "---\napiVersion: gitlb.io/v1\nkind: PinnedIP\nmetadata: {name: p}\nspec:\n  service: "
        + service
        + "\n  addresses: [\""
        + address
        + "\"]\n";
  }

  @Test
  void whateverHappensNoAddressIsGivenTwiceLostOrLeaked() {
    int rounds = 20 * Integer.getInteger("gitlb.random.rounds", 1);
    for (int round = 0; round < rounds; round++) {
      long seed = 20_260_731L + round;
      Life life = new Life(seed);
      try {
        List<String> trace = life.live();
        if (round == 0) {
          assertEquals(trace, new Life(seed).live(), "the same input gives the same output");
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage() + life.lastWords(), e);
      }
    }
  }

  /// One cluster's life.
  private static final class Life {

    private final Random random;
    private final LoopStory story = new LoopStory();

    /// Every config commit's definitions that was good: number → definitions.
    private final Map<String, Definitions> good = new HashMap<>();

    private int commits;
    private Availability disk = Availability.THERE;

    Life(long seed) {
      random = new Random(seed);
      if (random.nextBoolean()) {
        story.speakers.onLink("n1", "n2");
      }
    }

    /// A device of somebody else's comes to the link, or all of them go.
    private void stranger() {
      if (random.nextBoolean()) {
        story.speakers.stranger("10.0.0." + random.nextInt(8), "02:00:5e:00:53:01");
      } else {
        strangersGo();
      }
    }

    private void strangersGo() {
      for (int i = 0; i < 8; i++) {
        story.speakers.noStranger("10.0.0." + i);
      }
    }

    /// Whose last probe met a stranger is in no status that is written after it.
    private void tellsNobodyOfAStrangersAddress(List<String> written) {
      for (IpAddress address : story.speakers.toldTaken()) {
        assertTrue(
            written.stream()
                .noneMatch(
                    line -> line.startsWith("status ") && line.contains(" " + address + " ")),
            () -> address + " is somebody else's");
      }
    }

    List<String> live() {
      config(0);
      for (int step = 0; step < STEPS; step++) {
        act();
        pass(random.nextInt(4) == 0 ? ConfigPoll.DUE : ConfigPoll.NOT_DUE);
        check();
      }
      quiet();
      return List.copyOf(story.trace);
    }

    /// What happened before the end, for people.
    String lastWords() {
      List<String> trace = story.trace;
      return "\n" + String.join("\n", trace.subList(Math.max(0, trace.size() - 40), trace.size()));
    }

    private void pass(ConfigPoll poll) {
      Set<IpAddress> carried = story.speakers.carried();
      int before = story.trace.size();
      try {
        story.pass(poll);
      } catch (FakeCluster.Defect _) {
        story.trace.add("a defect");
      }
      carried.forEach(this::staysOnTheWire);
      tellsNobodyOfAStrangersAddress(story.trace.subList(before, story.trace.size()));
    }

    /// Endpoints and nodes are always well here: what somebody has goes on being announced.
    private void staysOnTheWire(IpAddress address) {
      if (story.speakers.carried().contains(address)) {
        return;
      }
      boolean isHad =
          story
              .ledger
              .local()
              .records()
              .find(address)
              .filter(r -> r.state() == State.ALLOCATED || r.state() == State.HELD)
              .filter(r -> r.holders().stream().noneMatch(h -> wasSeenToGo(h.service())))
              .isPresent();
      assertFalse(
          isHad,
          () -> "cut off although somebody has it: " + story.ledger.local().records().get(address));
    }

    private boolean isSeen(ServiceRef service) {
      return story.cluster.view().stream().anyMatch(v -> v.services().containsKey(service));
    }

    /// Deleted on a watch, or edited so that it is no longer ours; or missing for long, which a
    /// full disk keeps from being recorded.
    private boolean wasSeenToGo(ServiceRef service) {
      boolean isDeleted = story.cluster.server().build().deleted().containsKey(service);
      return isDeleted
          || (disk == Availability.AWAY && !isSeen(service))
          || (exists(service.toString())
              && story.cluster.server().service(service.toString()).scope() != Scope.OURS);
    }

    private void config(int index) {
      String yaml = CONFIGS.get(index);
      commits++;
      story.config(yaml);
      if (DefinitionReader.read(List.of(new ConfigFile("lan.yaml", yaml)))
          instanceof ReadResult.Accepted accepted) {
        good.put(FakeDefinitionSource.id(commits), accepted.definitions());
      }
    }

    private void act() {
      switch (random.nextInt(27)) {
        case 0, 1, 2, 3, 4, 5 -> create();
        case 6, 7, 8 -> delete();
        case 9, 10, 11 -> edit();
        case 12 -> config(random.nextInt(CONFIGS.size()));
        case 13 -> story.restart();
        case 14 -> {
          disk = either();
          story.ledger.disk(disk);
        }
        case 15 -> story.ledger.remote(either());
        case 16 -> story.speakers.set("n" + (1 + random.nextInt(2)), either());
        case 17 -> story.cluster.writes(either());
        case 18 -> story.after(Duration.ofSeconds(random.nextInt(120)));
        case 19 -> story.cluster.informers(either());
        case 20 -> story.cluster.soundness(Availability.AWAY);
        case 21 -> vanish();
        case 25 -> stranger();
        case 26 ->
            story.speakers.probes(
                random.nextBoolean()
                    ? FakeSpeakers.Patience.REFUSES
                    : FakeSpeakers.Patience.ANSWERS);
        case 22 -> story.after(Duration.ofMinutes(11));
        default -> editStatusByHand();
      }
    }

    private Availability either() {
      return random.nextBoolean() ? Availability.AWAY : Availability.THERE;
    }

    private String name() {
      return "demo/s" + random.nextInt(9);
    }

    private void create() {
      String name = name();
      if (exists(name)) {
        return;
      }
      ServiceBuilder service = ServiceBuilder.service(name).uid("uid-" + random.nextInt());
      families(service);
      wish(service);
      story.service(name, service);
    }

    private boolean exists(String name) {
      return story
          .cluster
          .server()
          .build()
          .services()
          .containsKey(ServiceRef.parse(name).orElseThrow());
    }

    private void families(ServiceBuilder service) {
      switch (random.nextInt(4)) {
        case 0 -> service.clusterIps("fd00::1").policy(FamilyPolicy.SINGLE_STACK);
        case 1 ->
            service.clusterIps("172.16.0.1", "fd00::1").policy(FamilyPolicy.REQUIRE_DUAL_STACK);
        case 2 ->
            service.clusterIps("fd00::1", "172.16.0.1").policy(FamilyPolicy.PREFER_DUAL_STACK);
        default -> service.clusterIps("172.16.0.1").policy(FamilyPolicy.SINGLE_STACK);
      }
    }

    private void wish(ServiceBuilder service) {
      service.withoutAnnotation("gitlb.io/loadBalancerIPs");
      service.withoutAnnotation("gitlb.io/address-pool");
      service.withoutAnnotation("gitlb.io/allow-shared-ip");
      service.ports(new Port("TCP", 80 + random.nextInt(3)));
      switch (random.nextInt(8)) {
        case 0 -> service.annotation("gitlb.io/loadBalancerIPs", "10.0.0." + random.nextInt(9));
        case 1 -> service.annotation("gitlb.io/address-pool", "other");
        case 2 -> service.annotation("gitlb.io/loadBalancerIPs", "2001:db8::" + random.nextInt(9));
        case 3, 4, 5 -> {
          service.annotation("gitlb.io/allow-shared-ip", "k" + random.nextInt(2));
          service.annotation("gitlb.io/loadBalancerIPs", "10.0.0." + random.nextInt(3));
        }
        default -> {
          // Anything will do.
        }
      }
    }

    /// Some of those that are there are missing from one list to the next.
    private void vanish() {
      for (int i = 0; i < 9; i++) {
        if (random.nextInt(3) > 0) {
          story.cluster.server().vanish("demo/s" + i);
        }
      }
    }

    private void delete() {
      story.delete(name());
    }

    private void edit() {
      String name = name();
      if (exists(name)) {
        ServiceView before = story.cluster.server().service(name);
        ServiceBuilder service = ServiceBuilder.of(before);
        switch (random.nextInt(4)) {
          case 0 -> families(service);
          case 1 -> service.leftBehind();
          default -> wish(service);
        }
        // A Service that never showed anything of ours leaves nothing behind.
        boolean blank = before.statusAddresses().isEmpty() && before.conditions().isEmpty();
        if (blank && service.build().scope() == Scope.LEFT_BEHIND) {
          story.delete(name);
        } else {
          story.cluster.server().service(service);
        }
      }
    }

    private void editStatusByHand() {
      String name = name();
      if (exists(name)) {
        ServiceBuilder service = ServiceBuilder.of(story.cluster.server().service(name));
        story.cluster.server().service(service.status("10.0.0." + random.nextInt(9)));
      }
    }

    private void check() {
      for (AllocationRecord record : story.ledger.local().records().values()) {
        sharesOnlyWithItsLike(record);
        boolean poolHasIt =
            good.values().stream().anyMatch(d -> d.poolOf(record.address()).isPresent());
        assertTrue(poolHasIt, () -> "never in a pool: " + record);
        Definitions then = good.get(record.configCommit());
        if (record.state() != State.RELEASING) {
          assertTrue(
              then != null && then.poolOf(record.address()).isPresent(),
              () -> "not in a pool of its commit: " + record);
        }
      }
      for (IpAddress address : story.speakers.carried()) {
        // A speaker that cannot be reached keeps what it has, and so does the ledger.
        boolean known = story.ledger.local().records().containsKey(address);
        boolean all =
            story.speakers.reports().values().stream().allMatch(r -> r.failure().isEmpty());
        assertTrue(known || !all, () -> "announced without a record: " + address);
      }
    }

    /// Who has broken with the others and cannot go stays without a key; all the rest are alike.
    private static void sharesOnlyWithItsLike(AllocationRecord record) {
      List<Optional<SharingKey>> keys =
          record.holders().stream().map(Holder::sharing).filter(Optional::isPresent).toList();
      boolean alone = record.holders().size() == 1;
      assertTrue(alone || keys.stream().distinct().count() == 1, () -> "strangers: " + record);
      Set<String> ports = new TreeSet<>();
      record.holders().stream()
          .filter(holder -> alone || holder.sharing().isPresent())
          .flatMap(holder -> holder.ports().stream())
          .forEach(port -> assertTrue(ports.add(port), () -> "clash: " + record));
    }

    /// Everything works again: then all must come to rest, and fit together.
    private void quiet() {
      story.ledger.disk(Availability.THERE);
      story.ledger.remote(Availability.THERE);
      story.cluster.writes(Availability.THERE);
      story.cluster.informers(Availability.THERE);
      story.cluster.soundness(Availability.THERE);
      story.speakers.set("n1", Availability.THERE);
      story.speakers.set("n2", Availability.THERE);
      story.speakers.probes(FakeSpeakers.Patience.ANSWERS);
      strangersGo();
      config(0);
      for (int i = 0; i < 40; i++) {
        story.after(Duration.ofMinutes(2)).poll();
      }
      // What is missing stays held until somebody approves.
      for (int i = 0; i < 3; i++) {
        approve("a" + i);
        for (int pass = 0; pass < 40; pass++) {
          story.after(Duration.ofMinutes(2)).poll();
        }
      }
      Instant now = story.now;
      int writes = story.cluster.writes();
      int ledgerCommits = story.ledger.commits();
      story.poll();
      assertEquals("done", story.trace.getLast(), () -> "at rest " + now);
      assertEquals(writes, story.cluster.writes(), "no write at rest");
      assertEquals(ledgerCommits, story.ledger.commits(), "no commit at rest");
      assertEquals(story.ledger.local().records(), story.ledger.remote().records());
      ledgerMatchesStatuses();
    }

    private void approve(String name) {
      List<AllocationRecord> held =
          story.ledger.local().records().values().stream()
              .filter(record -> record.state() == State.HELD)
              .toList();
      ApprovalDigest.of(held)
          .ifPresent(
              digest ->
                  story.config(
                      CONFIGS.get(0)
                          + "---\napiVersion: gitlb.io/v1\nkind: Approval\nmetadata: {name: "
                          + name
                          + "}\nspec: {pools: [lan, other], digest: \""
                          + digest
                          + "\", expires: \"2099-01-01T00:00:00Z\", reason: r}\n"));
      commits += held.isEmpty() ? 0 : 1;
    }

    private void ledgerMatchesStatuses() {
      // Service → addresses
      Map<ServiceRef, Set<IpAddress>> recorded = new HashMap<>();
      Set<IpAddress> announced = new TreeSet<>();
      for (AllocationRecord record : story.ledger.local().records().values()) {
        assertTrue(record.state() != State.RELEASING, () -> "leaked: " + record);
        announced.add(record.address());
        for (Holder holder : record.holders()) {
          recorded.computeIfAbsent(holder.service(), _ -> new TreeSet<>()).add(record.address());
        }
      }
      Map<ServiceRef, Set<IpAddress>> statuses = new HashMap<>();
      for (ServiceView service : story.cluster.server().build().services().values()) {
        assertEquals(Scope.OURS, service.scope(), () -> "not cleared: " + service.ref());
        if (!service.statusAddresses().isEmpty()) {
          statuses.put(service.ref(), new TreeSet<>(service.statusAddresses()));
        }
      }
      assertEquals(recorded, statuses, "ledger and statuses");
      assertEquals(announced, new TreeSet<>(story.speakers.carried()), "ledger and speakers");
    }
  }
}

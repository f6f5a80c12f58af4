// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.reconciler.ledger.Ledger;
import io.gitlb.reconciler.ledger.LedgerBatch;
import io.gitlb.schema.protocol.Announcement;
import io.gitlb.schema.protocol.DesiredState;
import io.gitlb.schema.protocol.SpeakerStatus;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementState;
import io.gitlb.schema.protocol.SpeakerStatus.AnnouncementStatus;
import io.gitlb.schema.value.NodeName;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/// What a pass costs, without what the fakes around it cost. The bounds are generous: a shared
/// machine has other work; what must not happen is that a pass grows with what there is.
///
/// Run as a program it prints the figures.
@Tag("alone")
class PassCostTest {

  private static final int FEW = 100;
  private static final int MANY = 10_000;

  @Test
  void aPassOverNothingNewDoesNotGrowWithWhatThereIs() {
    Costs few = new Loop(FEW).costs();
    Costs many = new Loop(MANY).costs();
    assertTrue(many.nothingNew() < 1_000_000, () -> "ns: " + many);
    assertTrue(many.oneMore() < 20_000_000, () -> "ns: " + many + ", at " + FEW + ": " + few);
  }

  /// Prints the costs of passes at both sizes.
  public static void main(String[] arguments) {
    for (int round = 0; round < 3; round++) {
      System.out.println(FEW + " Services: " + new Loop(FEW).costs());
      System.out.println(MANY + " Services: " + new Loop(MANY).costs());
    }
  }

  /// Medians in nanoseconds.
  ///
  /// @param nothingNew of a pass of which nothing has changed
  /// @param oneMore of the pass that gives a new Service its address
  /// @param announced of the pass after it, which hears from the speakers; their statuses come
  ///   whole
  private record Costs(long nothingNew, long oneMore, long announced) {}

  private static final class Loop {

    private final Outside outside = new Outside();
    private final FakeDefinitionSource definitions = new FakeDefinitionSource();
    private final QuickCluster cluster = new QuickCluster(outside);
    private final QuickSpeakers speakers = new QuickSpeakers(outside, "n1", "n2");
    private final Reconciler reconciler;
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    Loop(int services) {
      definitions.commit(LoopStory.LAN.replace("10.77.0.100-10.77.0.103", "10.77.0.0/16"));
      reconciler =
          new Reconciler(
              definitions,
              new QuickLedger(),
              cluster,
              StatusPort.oneAfterTheOther(cluster),
              speakers,
              LoopSettings.DEFAULT.withFacts(Duration.ZERO));
      for (int i = 0; i < services; i++) {
        cluster.add("demo/s" + i);
      }
      for (int i = 0; i < 100 && cluster.announced() < services; i++) {
        pass();
      }
      assertEquals(services, cluster.announced());
      pass();
    }

    /// @return nanoseconds, without those of the fakes
    private long pass() {
      now = now.plusMillis(100);
      outside.nanos = 0;
      long start = System.nanoTime();
      reconciler.pass(now, ConfigPoll.NOT_DUE);
      return System.nanoTime() - start - outside.nanos;
    }

    Costs costs() {
      long[] nothingNew = new long[1_000];
      Arrays.setAll(nothingNew, _ -> pass());
      long[] oneMore = new long[300];
      long[] heard = new long[300];
      for (int i = 0; i < oneMore.length; i++) {
        int before = cluster.announced();
        cluster.add("demo/more" + before);
        oneMore[i] = pass();
        heard[i] = pass();
        pass();
        assertEquals(before + 1, cluster.announced());
      }
      return new Costs(median(nothingNew), median(oneMore), median(heard));
    }

    private static long median(long[] took) {
      Arrays.sort(took);
      return took[took.length / 2];
    }
  }

  /// What the fakes take for themselves.
  private static final class Outside {

    private long nanos;

    void run(Runnable work) {
      long start = System.nanoTime();
      work.run();
      nanos += System.nanoTime() - start;
    }
  }

  /// An API server whose view shares what does not change.
  private static final class QuickCluster implements ClusterPort {

    private ClusterView view = new ViewBuilder().node("n1").node("n2").namespace("demo").build();
    private final Outside outside;
    private int announced;

    QuickCluster(Outside outside) {
      this.outside = outside;
    }

    void add(String ref) {
      show(ServiceBuilder.service(ref).build());
    }

    private void show(ServiceView service) {
      view =
          new ClusterView(
              view.clusterUid(),
              view.services().with(service.ref(), service),
              view.nodes(),
              view.endpoints()
                  .with(
                      service.ref(),
                      new ViewBuilder()
                          .endpoints(service.ref().toString(), "n1", "n2")
                          .build()
                          .endpointsOf(service.ref())),
              view.namespaceLabels(),
              view.addresses());
    }

    int announced() {
      return announced;
    }

    @Override
    public Optional<ClusterView> view() {
      return Optional.of(view);
    }

    @Override
    public List<FailedWrite> write(List<StatusWrite> writes) {
      outside.run(() -> perform(writes));
      return List.of();
    }

    private void perform(List<StatusWrite> writes) {
      for (StatusWrite write : writes) {
        ServiceView before = view.services().find(write.service()).orElseThrow();
        show(ServiceBuilder.of(before).status(write.addresses(), write.conditions()).build());
        announced +=
            write.conditions().stream().anyMatch(c -> c.reason().equals("Announced")) ? 1 : 0;
      }
    }
  }

  private static final class QuickLedger implements LedgerStore {

    private int commits;

    @Override
    public Load load() {
      return new Load.Loaded(
          Ledger.EMPTY, FakeDefinitionSource.id(1), 0, List.of(), new Remote.Reached());
    }

    @Override
    public Commit commit(LedgerBatch batch, CommitNote note) {
      commits++;
      return new Commit.Committed(FakeDefinitionSource.id(commits));
    }

    @Override
    public boolean holds(String commit) {
      return true;
    }

    @Override
    public Optional<Failure> begin(long epoch) {
      return Optional.empty();
    }

    @Override
    public Push look() {
      return push();
    }

    @Override
    public Push push() {
      return new Push.Pushed(1);
    }
  }

  /// Speakers that announce at once all that comes to them; a status is made once per state.
  private static final class QuickSpeakers implements SpeakerPort {

    private final SortedMap<NodeName, SpeakerReport> reports = new TreeMap<>();

    private final Outside outside;

    QuickSpeakers(Outside outside, String... nodes) {
      this.outside = outside;
      for (String node : nodes) {
        NodeName name = new NodeName(node);
        reports.put(name, report(name, Optional.empty()));
      }
    }

    @Override
    public void setDesired(Map<NodeName, DesiredState> states) {
      outside.run(
          () ->
              states.forEach((node, state) -> reports.put(node, report(node, Optional.of(state)))));
    }

    private static SpeakerReport report(NodeName node, Optional<DesiredState> state) {
      List<AnnouncementStatus> announcements = new ArrayList<>();
      state.ifPresent(
          desired ->
              desired
                  .announcements()
                  .values()
                  .forEach(each -> announcements.add(announced(node, each))));
      return new SpeakerReport(
          state.map(DesiredState::generation),
          Optional.of(
              new SpeakerStatus(
                  node,
                  "boot",
                  1,
                  state.map(DesiredState::generation),
                  state.map(DesiredState::generation),
                  announcements,
                  List.of(),
                  List.of())),
          Optional.empty());
    }

    private static AnnouncementStatus announced(NodeName node, Announcement announcement) {
      boolean first = announcement.layer2().orElseThrow().candidates().getFirst().equals(node);
      return new AnnouncementStatus(
          announcement.address(),
          first ? AnnouncementState.ANNOUNCED : AnnouncementState.STANDBY,
          Optional.empty(),
          Instant.EPOCH,
          first ? List.of("eth0") : List.of(),
          List.of());
    }

    @Override
    public SortedMap<NodeName, SpeakerReport> reports() {
      return reports;
    }
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.loop.Boundaries;
import io.gitlb.reconciler.loop.ClusterPort;
import io.gitlb.reconciler.loop.ClusterPort.FailedWrite;
import io.gitlb.reconciler.loop.ClusterPort.StatusWrite;
import io.gitlb.reconciler.loop.Failure;
import io.gitlb.reconciler.loop.StatusPort;
import io.gitlb.schema.value.ServiceRef;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

class BackgroundWritesTest {

  private final SlowCluster cluster = new SlowCluster();
  private final StatusPort writes = new BackgroundWrites(cluster, Boundaries.NONE);

  @Test
  void whatIsBegunMeanwhileIsWrittenTogether() {
    writes.begin(parts("a"));
    cluster.began.acquireUninterruptibly();
    writes.begin(parts("b"));
    writes.begin(parts("c", "d"));
    cluster.mayEnd.release(2);
    assertEquals(List.of(), writes.await());
    assertEquals(List.of(List.of("a"), List.of("b", "c", "d")), cluster.batches);
  }

  @Test
  void failuresAreToldOnceByWhoWaits() {
    cluster.mayEnd.release(2);
    writes.begin(parts("bad", "good"));
    assertEquals(
        List.of("bad"), writes.await().stream().map(write -> write.service().name()).toList());
    assertEquals(List.of(), writes.await());
    writes.begin(parts("good"));
    assertEquals(List.of(), writes.await());
  }

  @Test
  void aDefectReachesWhoWaitsAndNotTheNextOne() {
    cluster.mayEnd.release(2);
    writes.begin(parts("defect"));
    assertThrows(IllegalStateException.class, writes::await);
    writes.begin(parts("good"));
    assertEquals(List.of(), writes.await());
  }

  private static List<StatusWrite> parts(String... names) {
    return Arrays.stream(names)
        .map(
            name ->
                new StatusWrite(
                    new ServiceRef("demo", name), "u", List.of(), List.of(), Optional.empty()))
        .toList();
  }

  private static final class SlowCluster implements ClusterPort {
    private final Semaphore began = new Semaphore(0);
    private final Semaphore mayEnd = new Semaphore(0);
    private final List<List<String>> batches = Collections.synchronizedList(new ArrayList<>());

    @Override
    public Optional<ClusterView> view() {
      return Optional.empty();
    }

    @Override
    public List<FailedWrite> write(List<StatusWrite> statuses) {
      began.release();
      mayEnd.acquireUninterruptibly();
      List<String> names = statuses.stream().map(write -> write.service().name()).toList();
      batches.add(names);
      if (names.contains("defect")) {
        throw new IllegalStateException("a defect");
      }
      return statuses.stream()
          .filter(write -> write.service().name().equals("bad"))
          .map(write -> new FailedWrite(write.service(), new Failure("GLB4001", "no")))
          .toList();
    }
  }
}

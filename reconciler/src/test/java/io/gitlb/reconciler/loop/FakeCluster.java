// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.loop;

import io.gitlb.reconciler.cluster.ClusterView;
import io.gitlb.reconciler.cluster.ServiceBuilder;
import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.reconciler.cluster.ServiceView.Condition;
import io.gitlb.reconciler.cluster.ServiceView.Scope;
import io.gitlb.reconciler.cluster.ViewBuilder;
import io.gitlb.schema.value.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// An API server in memory, seen through informers that can lag.
final class FakeCluster implements ClusterPort {

  private final Consumer<String> trace;

  /// What the API server has.
  private final ViewBuilder server = new ViewBuilder();

  private Optional<ClusterView> seen = Optional.empty();
  private boolean synced = true;
  private boolean lagging;
  private boolean refusing;
  private boolean defective;
  private int writes;

  FakeCluster(Consumer<String> trace) {
    this.trace = trace;
  }

  /// To be changed by the test.
  ViewBuilder server() {
    return server;
  }

  void synced(Availability availability) {
    synced = availability == Availability.THERE;
  }

  /// While away the view stays as it is.
  void informers(Availability availability) {
    seen = Optional.of(server.build());
    lagging = availability == Availability.AWAY;
  }

  /// While away every write fails.
  void writes(Availability availability) {
    refusing = availability == Availability.AWAY;
  }

  /// While away the next write ends with an exception, half done.
  void soundness(Availability availability) {
    defective = availability == Availability.AWAY;
  }

  /// What a defect throws.
  static final class Defect extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  int writes() {
    return writes;
  }

  @Override
  public Optional<ClusterView> view() {
    if (!synced) {
      return Optional.empty();
    }
    return lagging ? seen : Optional.of(server.build());
  }

  @Override
  public List<FailedWrite> write(List<StatusWrite> statuses) {
    List<FailedWrite> failed = new ArrayList<>();
    for (StatusWrite write : statuses) {
      writes++;
      if (refusing) {
        trace.accept("status of " + write.service() + " fails");
        failed.add(new FailedWrite(write.service(), new Failure("GLB4001", "no")));
      } else {
        perform(write);
      }
      if (defective) {
        defective = false;
        throw new Defect();
      }
    }
    return failed;
  }

  private void perform(StatusWrite write) {
    trace.accept(
        ("status " + write.service() + " " + text(write.addresses()) + conditions(write))
            .replaceAll(" +", " ")
            .strip());
    write
        .event()
        .ifPresent(
            event ->
                trace.accept(
                    "event " + write.service() + " " + event.severity() + " " + event.reason()));
    ServiceView service = server.build().services().get(write.service());
    if (service == null || !service.uid().equals(write.uid())) {
      return;
    }
    if (service.scope() == Scope.LEFT_BEHIND && write.addresses().isEmpty()) {
      server.without(write.service().toString());
    } else {
      server.service(ServiceBuilder.of(service).status(write.addresses(), write.conditions()));
    }
  }

  private static String text(List<IpAddress> addresses) {
    return addresses.stream().map(IpAddress::toString).collect(Collectors.joining(" "));
  }

  private static String conditions(StatusWrite write) {
    return write.conditions().stream()
        .map(FakeCluster::text)
        .collect(Collectors.joining(" ", " ", ""));
  }

  private static String text(Condition condition) {
    return condition.type().replace("gitlb.io/", "")
        + "="
        + condition.status()
        + "/"
        + condition.reason();
  }
}

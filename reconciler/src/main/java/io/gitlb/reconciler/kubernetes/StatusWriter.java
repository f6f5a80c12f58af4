// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.LoadBalancerIngress;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.gitlb.reconciler.kubernetes.ServerFacts.IpMode;
import io.gitlb.reconciler.loop.ClusterPort.FailedWrite;
import io.gitlb.reconciler.loop.ClusterPort.StatusWrite;
import io.gitlb.schema.value.IpAddress;
import io.gitlb.schema.value.ServiceRef;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;

/// Writes statuses by server-side apply, several at a time.
final class StatusWriter {

  /// Owns the status fields that we apply.
  static final String FIELD_MANAGER = "gitlb";

  /// Past this many requests in flight only the latency grew when it was measured on two cores.
  private static final int MOST_IN_FLIGHT = 16;

  private final PlainCalls calls;
  private final Supplier<IpMode> ipMode;
  private final InstantSource clock;

  /// Looks up the API object that the informer holds, for the conditions' transition times.
  private final Function<ServiceRef, Optional<Service>> present;

  StatusWriter(
      PlainCalls calls,
      Supplier<IpMode> ipMode,
      InstantSource clock,
      Function<ServiceRef, Optional<Service>> present) {
    this.calls = calls;
    this.ipMode = ipMode;
    this.clock = clock;
    this.present = present;
  }

  /// Tries every write once and gives back those that failed.
  List<FailedWrite> write(List<StatusWrite> writes) {
    Semaphore slots = new Semaphore(MOST_IN_FLIGHT);
    Queue<FailedWrite> failed = new ConcurrentLinkedQueue<>();
    // Closing the executor waits for all.
    try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
      for (StatusWrite write : writes) {
        slots.acquireUninterruptibly();
        executor.execute(
            () -> {
              try {
                writeOne(write).ifPresent(failed::add);
              } finally {
                slots.release();
              }
            });
      }
    }
    return failed.stream().sorted(Comparator.comparing(FailedWrite::service)).toList();
  }

  private Optional<FailedWrite> writeOne(StatusWrite write) {
    ServiceRef service = write.service();
    try {
      calls.apply(
          "api/v1/namespaces/"
              + service.namespace()
              + "/services/"
              + service.name()
              + "/status?force=true&fieldManager="
              + FIELD_MANAGER,
          applied(write));
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(
          new FailedWrite(service, calls.failure("write the status of Service " + service, e)));
    }
  }

  /// The UID in the applied object makes the server refuse when the Service was made anew
  /// meanwhile.
  private Service applied(StatusWrite write) {
    IpMode mode = ipMode.get();
    return new ServiceBuilder()
        .withNewMetadata()
        .withNamespace(write.service().namespace())
        .withName(write.service().name())
        .withUid(write.uid())
        .endMetadata()
        .withNewStatus()
        .withNewLoadBalancer()
        .withIngress(write.addresses().stream().map(address -> ingress(address, mode)).toList())
        .endLoadBalancer()
        .withConditions(conditions(write))
        .endStatus()
        .build();
  }

  private static LoadBalancerIngress ingress(IpAddress address, IpMode mode) {
    LoadBalancerIngress ingress = new LoadBalancerIngress();
    ingress.setIp(address.toString());
    switch (mode) {
      case A_FIELD -> ingress.setIpMode("VIP");
      case NO_FIELD -> {}
    }
    return ingress;
  }

  private List<Condition> conditions(StatusWrite write) {
    Optional<Service> before = present.apply(write.service());
    return write.conditions().stream()
        .map(
            condition ->
                new ConditionBuilder()
                    .withType(condition.type())
                    .withStatus(condition.status())
                    .withReason(condition.reason())
                    .withMessage(condition.message())
                    .withLastTransitionTime(
                        transitionTime(before, condition.type(), condition.status()))
                    .build())
        .toList();
  }

  /// Kept while the condition's status stays the same (API convention for conditions).
  private String transitionTime(Optional<Service> before, String type, String status) {
    return before.map(Service::getStatus).map(ServiceStatus::getConditions).stream()
        .flatMap(List::stream)
        .filter(old -> old.getType().equals(type) && old.getStatus().equals(status))
        .map(Condition::getLastTransitionTime)
        .findFirst()
        .orElseGet(this::now);
  }

  /// RFC 3339 in whole seconds, as the API server writes times.
  private String now() {
    return clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.LoadBalancerIngressBuilder;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServiceStatus;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.gitlb.reconciler.loop.ClusterPort.Event;
import io.gitlb.reconciler.loop.ClusterPort.FailedWrite;
import io.gitlb.reconciler.loop.ClusterPort.StatusWrite;
import java.time.Instant;
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

/// Writes statuses and Events, several at a time.
final class StatusWriter {

  /// Past this many requests in flight only the latency grew when it was measured on two cores.
  private static final int MOST_IN_FLIGHT = 16;

  private static final String COMPONENT = "gitlb-reconciler";

  private final KubernetesClient client;
  private final String fieldManager;
  private final InstantSource clock;

  /// Looks up the API object that the informer holds, for the conditions' transition times.
  private final Function<StatusWrite, Optional<Service>> present;

  StatusWriter(
      KubernetesClient client,
      String fieldManager,
      InstantSource clock,
      Function<StatusWrite, Optional<Service>> present) {
    this.client = client;
    this.fieldManager = fieldManager;
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
    String what = "write the status of Service " + write.service();
    try {
      applyStatus(write);
      what = "write an Event on Service " + write.service();
      write.event().ifPresent(event -> createEvent(write, event));
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(
          new FailedWrite(
              write.service(), KubernetesFailure.of(what, client.getMasterUrl().toString(), e)));
    }
  }

  /// The UID in the applied object makes the server refuse when the Service was made anew
  /// meanwhile.
  private void applyStatus(StatusWrite write) {
    Service desired =
        new ServiceBuilder()
            .withNewMetadata()
            .withNamespace(write.service().namespace())
            .withName(write.service().name())
            .withUid(write.uid())
            .endMetadata()
            .withNewStatus()
            .withNewLoadBalancer()
            .withIngress(
                write.addresses().stream()
                    .map(
                        address ->
                            new LoadBalancerIngressBuilder().withIp(address.toString()).build())
                    .toList())
            .endLoadBalancer()
            .withConditions(conditions(write))
            .endStatus()
            .build();
    client
        .services()
        .inNamespace(write.service().namespace())
        .resource(desired)
        .subresource("status")
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(fieldManager)
                .withForce(true)
                .build());
  }

  private List<Condition> conditions(StatusWrite write) {
    Optional<Service> before = present.apply(write);
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

  private void createEvent(StatusWrite write, Event event) {
    String time = now();
    client
        .v1()
        .events()
        .inNamespace(write.service().namespace())
        .resource(
            new EventBuilder()
                .withNewMetadata()
                .withNamespace(write.service().namespace())
                .withGenerateName(write.service().name() + ".")
                .endMetadata()
                .withNewInvolvedObject()
                .withApiVersion("v1")
                .withKind("Service")
                .withNamespace(write.service().namespace())
                .withName(write.service().name())
                .withUid(write.uid())
                .endInvolvedObject()
                .withType(
                    switch (event.severity()) {
                      case NORMAL -> "Normal";
                      case WARNING -> "Warning";
                    })
                .withReason(event.reason())
                .withMessage(event.message())
                .withNewSource()
                .withComponent(COMPONENT)
                .endSource()
                .withFirstTimestamp(time)
                .withLastTimestamp(time)
                .withCount(1)
                .build())
        .create();
  }

  /// RFC 3339 in whole seconds, as the API server writes times.
  private String now() {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return now.toString();
  }
}

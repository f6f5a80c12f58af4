// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.gitlb.reconciler.kubernetes.EventQueue.Outcome;
import io.gitlb.reconciler.kubernetes.EventQueue.Told;
import io.gitlb.reconciler.loop.Failure;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/// Creates Events on Services.
final class EventSender {

  private static final String COMPONENT = "gitlb-reconciler";
  private static final int UNAUTHORIZED = 401;
  private static final int TOO_MANY_REQUESTS = 429;

  private final PlainCalls calls;
  private final Consumer<Failure> onFailure;

  /// Code of the failure that was told last; empty while Events are created.
  private final AtomicReference<Optional<String>> told = new AtomicReference<>(Optional.empty());

  /// @param onFailure told what keeps Events from being created, once per different reason
  EventSender(PlainCalls calls, Consumer<Failure> onFailure) {
    this.calls = calls;
    this.onFailure = onFailure;
  }

  /// Tries once.
  Outcome create(Told event) {
    try {
      calls.create("api/v1/namespaces/" + event.service().namespace() + "/events", object(event));
      told.set(Optional.empty());
      return Outcome.DONE;
    } catch (KubernetesClientException e) {
      report(calls.failure("write an Event on Service " + event.service(), e));
      return isPassing(e.getCode()) ? Outcome.LATER : Outcome.DONE;
    }
  }

  private void report(Failure failure) {
    Optional<String> code = Optional.of(failure.code());
    if (!code.equals(told.getAndSet(code))) {
      onFailure.accept(failure);
    }
  }

  /// Whether the same request may work later.
  private static boolean isPassing(int code) {
    return code < 400 || code == UNAUTHORIZED || code == TOO_MANY_REQUESTS || code >= 500;
  }

  private static io.fabric8.kubernetes.api.model.Event object(Told told) {
    String time = told.at().truncatedTo(ChronoUnit.SECONDS).toString();
    return new EventBuilder()
        .withNewMetadata()
        .withNamespace(told.service().namespace())
        .withGenerateName(told.service().name() + ".")
        .endMetadata()
        .withNewInvolvedObject()
        .withApiVersion("v1")
        .withKind("Service")
        .withNamespace(told.service().namespace())
        .withName(told.service().name())
        .withUid(told.uid())
        .endInvolvedObject()
        .withType(
            switch (told.event().severity()) {
              case NORMAL -> "Normal";
              case WARNING -> "Warning";
            })
        .withReason(told.event().reason())
        .withMessage(told.event().message())
        .withNewSource()
        .withComponent(COMPONENT)
        .endSource()
        .withFirstTimestamp(time)
        .withLastTimestamp(time)
        .withCount(1)
        .build();
  }
}

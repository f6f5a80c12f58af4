// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.kubernetes;

import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What this API server can do. It is asked in the background, once, and again after a watch has
/// failed, because an upgrade looks like that.
final class ServerFacts {

  private static final Logger log = LoggerFactory.getLogger(ServerFacts.class);

  private static final String CIDR_GROUP = "apis/networking.k8s.io/v1";

  /// `ipMode` is a field of the status from Kubernetes 1.30 on; older servers refuse it.
  private static final int IP_MODE_MINOR = 30;

  private static final int UNAUTHORIZED = 401;
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;

  private static final Known NOTHING = new Known(IpMode.NO_FIELD, ServiceCidrs.NOT_SERVED);

  /// Providers write `30+`.
  private static final Pattern NUMBER = Pattern.compile("([0-9]{1,6}).*");

  private final PlainCalls calls;
  private final Runnable onAnswer;
  private final AtomicBoolean isOutdated = new AtomicBoolean(true);
  private final AtomicBoolean isAsking = new AtomicBoolean();
  private volatile Optional<Known> known = Optional.empty();

  /// What the server said; what it would not say counts as not there.
  record Known(IpMode ipMode, ServiceCidrs serviceCidrs) {}

  /// Whether `status.loadBalancer.ingress[].ipMode` is a field.
  enum IpMode {
    A_FIELD,
    NO_FIELD
  }

  /// Whether ServiceCIDR objects are served.
  enum ServiceCidrs {
    SERVED,
    NOT_SERVED
  }

  /// @param onAnswer called from a thread of its own when an answer has come
  ServerFacts(PlainCalls calls, Runnable onAnswer) {
    this.calls = calls;
    this.onAnswer = onAnswer;
  }

  /// The last answer; empty before the first.
  Optional<Known> known() {
    return known;
  }

  /// The server may have become another one.
  void doubt() {
    isOutdated.set(true);
  }

  /// Asks if there is need and nobody does yet. Never waits.
  void refresh() {
    if (isOutdated.get() && isAsking.compareAndSet(false, true)) {
      isOutdated.set(false);
      var _ = Thread.ofVirtual().name("kubernetes-facts").start(this::ask);
    }
  }

  private void ask() {
    try {
      learn(new Known(ipMode(), serviceCidrs()));
    } catch (RuntimeException e) {
      // Without an answer the informers tell why. Either way the next view asks again, but a server
      // that does answer, if only with an error, must not keep us from starting.
      isOutdated.set(true);
      log.debug("the API server could not be asked what it can do", e);
      if (known.isEmpty() && isAnswer(e)) {
        learn(NOTHING);
      }
    } finally {
      isAsking.set(false);
    }
  }

  private void learn(Known answer) {
    if (!Optional.of(answer).equals(known)) {
      log.info("the API server: {}", answer);
    }
    known = Optional.of(answer);
    onAnswer.run();
  }

  private static boolean isAnswer(RuntimeException failure) {
    return failure instanceof KubernetesClientException refused
        && refused.getCode() > 0
        && refused.getCode() != UNAUTHORIZED;
  }

  private IpMode ipMode() {
    Optional<Map<?, ?>> version = answer("version", Map.class).map(each -> each);
    int major = version.map(each -> number(each.get("major"))).orElse(0);
    int minor = version.map(each -> number(each.get("minor"))).orElse(0);
    return major > 1 || (major == 1 && minor >= IP_MODE_MINOR) ? IpMode.A_FIELD : IpMode.NO_FIELD;
  }

  private static int number(@Nullable Object text) {
    Matcher matcher = NUMBER.matcher(String.valueOf(text));
    return matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  private ServiceCidrs serviceCidrs() {
    boolean served =
        answer(CIDR_GROUP, APIResourceList.class)
            .filter(
                list ->
                    list.getResources().stream()
                        .anyMatch(resource -> "servicecidrs".equals(resource.getName())))
            .isPresent();
    return served ? ServiceCidrs.SERVED : ServiceCidrs.NOT_SERVED;
  }

  /// Empty when the server refuses the question for good, or its answer cannot be read.
  private <A> Optional<A> answer(String path, Class<A> type) {
    String text;
    try {
      text = calls.get(path);
    } catch (KubernetesClientException e) {
      if (e.getCode() == FORBIDDEN || e.getCode() == NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
    try {
      return Optional.ofNullable(calls.serialization().unmarshal(text, type));
    } catch (RuntimeException e) {
      log.warn("the API server's answer to /{} cannot be read: {}", path, e.getMessage());
      return Optional.empty();
    }
  }
}

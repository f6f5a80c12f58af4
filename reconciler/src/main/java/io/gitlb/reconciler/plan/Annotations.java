// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.schema.check.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a Service says in its annotations. They are read under three prefixes: ours, MetalLB's and
/// MetalLB's former one. The same may stand in several places, different things may not.
final class Annotations {

  static final String OWN_PREFIX = "gitlb.io/";

  /// In the order of precedence where it does not matter who wins.
  private static final List<String> PREFIXES =
      List.of(OWN_PREFIX, "metallb.io/", "metallb.universe.tf/");

  static final String ADDRESSES = "loadBalancerIPs";
  static final String POOL = "address-pool";
  static final String SHARING_KEY = "allow-shared-ip";

  /// Only under our prefix: MetalLB knows no such thing.
  static final String COUNT = "address-count";

  private static final List<String> KNOWN =
      List.of(
          OWN_PREFIX + ADDRESSES, OWN_PREFIX + POOL, OWN_PREFIX + SHARING_KEY, OWN_PREFIX + COUNT);

  private Annotations() {}

  /// One thing that a Service may say.
  sealed interface Said {

    /// Nowhere, or only blanks.
    record Nothing() implements Said {}

    /// Everywhere the same.
    record Once(String value) implements Said {}

    /// Different things in different places.
    record Conflict(Refusal cause) implements Said {}
  }

  static Said said(ServiceView service, String name) {
    if (service.annotations().isEmpty()) {
      return new Said.Nothing();
    }
    SortedMap<String, String> written = written(service, name);
    if (written.isEmpty()) {
      return new Said.Nothing();
    }
    return written.values().stream().distinct().count() > 1
        ? new Said.Conflict(conflict(written))
        : new Said.Once(written.getOrDefault(written.firstKey(), ""));
  }

  /// Where it stands, without those that are blank: place → value.
  static SortedMap<String, String> written(ServiceView service, String name) {
    SortedMap<String, String> written = new TreeMap<>();
    for (String prefix : PREFIXES) {
      String value = service.annotations().get(prefix + name);
      if (value != null && !value.isBlank()) {
        written.put(prefix + name, value.strip());
      }
    }
    return written;
  }

  /// @param written place → what stands there, at least two different things
  static Refusal conflict(SortedMap<String, String> written) {
    return Refusal.of(
        Reason.CONFLICTING_REQUESTS,
        String.join(
                ", ",
                written.entrySet().stream()
                    .map(entry -> entry.getKey() + " is \"" + entry.getValue() + "\"")
                    .toList())
            + "; let them agree or keep one");
  }

  /// What is said and means nothing: annotations under our prefix that nobody knows, and a sharing
  /// key that is blank.
  static List<Refusal> warnings(ServiceView service) {
    if (service.annotations().isEmpty()) {
      return List.of();
    }
    List<Refusal> warnings =
        new ArrayList<>(
            service.annotations().keySet().stream()
                .filter(key -> key.startsWith(OWN_PREFIX) && !KNOWN.contains(key))
                .map(Annotations::unknown)
                .toList());
    boolean blankKey =
        PREFIXES.stream()
            .anyMatch(prefix -> service.annotations().containsKey(prefix + SHARING_KEY));
    if (blankKey && written(service, SHARING_KEY).isEmpty()) {
      warnings.add(
          Refusal.of(
              Reason.EMPTY_SHARING_KEY,
              SHARING_KEY + " is blank, so it shares with nobody; give it a key or remove it"));
    }
    return warnings;
  }

  private static Refusal unknown(String key) {
    return Refusal.of(
        Reason.UNKNOWN_ANNOTATION,
        "the annotation "
            + key
            + " is not known"
            + Nearest.question(key, KNOWN)
            + "; there are "
            + String.join(", ", KNOWN));
  }
}

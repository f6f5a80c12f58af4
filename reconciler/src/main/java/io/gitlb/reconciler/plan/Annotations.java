// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.plan;

import io.gitlb.reconciler.cluster.ServiceView;
import io.gitlb.schema.check.Nearest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /// name → the annotations that say it, in the order of the prefixes
  private static final Map<String, List<String>> KEYS =
      Map.of(
          ADDRESSES, withPrefixes(ADDRESSES),
          POOL, withPrefixes(POOL),
          SHARING_KEY, withPrefixes(SHARING_KEY),
          COUNT, List.of(OWN_PREFIX + COUNT));

  private static final List<String> KNOWN =
      List.of(
          OWN_PREFIX + ADDRESSES, OWN_PREFIX + POOL, OWN_PREFIX + SHARING_KEY, OWN_PREFIX + COUNT);

  private Annotations() {}

  private static List<String> withPrefixes(String name) {
    return PREFIXES.stream().map(prefix -> prefix + name).toList();
  }

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
    Optional<String> found = Optional.empty();
    for (String key : keys(name)) {
      Optional<String> value = value(service, key);
      if (found.isPresent() && value.isPresent() && !found.equals(value)) {
        return new Said.Conflict(conflict(written(service, name)));
      }
      found = found.or(() -> value);
    }
    return found.<Said>map(Said.Once::new).orElseGet(Said.Nothing::new);
  }

  private static List<String> keys(String name) {
    return KEYS.getOrDefault(name, List.of());
  }

  private static Optional<String> value(ServiceView service, String key) {
    String value = service.annotations().get(key);
    return value == null || value.isBlank() ? Optional.empty() : Optional.of(value.strip());
  }

  /// Where it stands, without those that are blank: place → value.
  static SortedMap<String, String> written(ServiceView service, String name) {
    SortedMap<String, String> written = new TreeMap<>();
    for (String key : keys(name)) {
      value(service, key).ifPresent(value -> written.put(key, value));
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
    List<Refusal> warnings = new ArrayList<>();
    for (String key : service.annotations().keySet()) {
      if (key.startsWith(OWN_PREFIX) && !KNOWN.contains(key)) {
        warnings.add(unknown(key));
      }
    }
    boolean blankKey = false;
    for (String key : keys(SHARING_KEY)) {
      String value = service.annotations().get(key);
      blankKey |= value != null && value.isBlank();
    }
    if (blankKey && said(service, SHARING_KEY) instanceof Said.Nothing) {
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

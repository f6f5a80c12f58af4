// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import java.util.Collections;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/// How many requests there were since the start, by verb and resource as RBAC names them. Requests
/// that were refused count too.
///
/// @param byVerbAndResource `patch services/status` → number of requests (1:1)
public record RequestCounts(SortedMap<String, Long> byVerbAndResource) {
  private static final Set<String> WRITES =
      Set.of("create", "update", "patch", "delete", "deletecollection");

  public RequestCounts {
    byVerbAndResource = Collections.unmodifiableSortedMap(new TreeMap<>(byVerbAndResource));
  }

  /// Requests of one verb on one resource.
  ///
  /// @param resource plural, with the sub-resource after a slash
  public long of(String verb, String resource) {
    return byVerbAndResource.getOrDefault(verb + " " + resource, 0L);
  }

  /// All requests that would change something.
  public long writes() {
    return byVerbAndResource.entrySet().stream()
        .filter(entry -> WRITES.contains(entry.getKey().substring(0, entry.getKey().indexOf(' '))))
        .mapToLong(java.util.Map.Entry::getValue)
        .sum();
  }

  /// What came since an earlier count; kinds of requests that did not occur are left out.
  public RequestCounts since(RequestCounts earlier) {
    SortedMap<String, Long> later = new TreeMap<>();
    byVerbAndResource.forEach(
        (key, count) -> {
          long more = count - earlier.byVerbAndResource.getOrDefault(key, 0L);
          if (more > 0) {
            later.put(key, more);
          }
        });
    return new RequestCounts(later);
  }
}

// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.api;

import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/// Counts requests. Safe for threads.
final class RequestCounter {
  /// Verb and resource → number of requests (1:1).
  private final ConcurrentHashMap<String, LongAdder> counts = new ConcurrentHashMap<>();

  void count(String verb, String resource) {
    counts.computeIfAbsent(verb + " " + resource, _ -> new LongAdder()).increment();
  }

  RequestCounts read() {
    TreeMap<String, Long> read = new TreeMap<>();
    counts.forEach((key, adder) -> read.put(key, adder.sum()));
    return new RequestCounts(read);
  }
}

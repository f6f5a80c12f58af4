// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.desired;

import java.util.Arrays;
import java.util.stream.Stream;

/// What makes a node come later on lists, the graver the more; they add up.
enum Trouble {
  CORDONED(1, "cordoned"),
  NOT_READY(2, "not ready"),
  NETWORK_UNAVAILABLE(4, "network unavailable");

  private final int weight;
  private final String word;

  Trouble(int weight, String word) {
    this.weight = weight;
    this.word = word;
  }

  int weight() {
    return weight;
  }

  /// What adds up to so much, for people.
  static Stream<String> words(int sum) {
    return Arrays.stream(values()).filter(one -> (sum & one.weight) != 0).map(one -> one.word);
  }
}

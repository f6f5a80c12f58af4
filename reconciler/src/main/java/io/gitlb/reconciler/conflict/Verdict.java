// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.conflict;

import io.gitlb.schema.value.MacAddress;

/// What probing an address has come to.
public sealed interface Verdict {

  /// Nobody answers for it, or only a node of our own does.
  record Free() implements Verdict {}

  /// Somebody else answers for it.
  ///
  /// @param holder whose hardware address
  record Taken(MacAddress holder) implements Verdict {}

  /// The speaker has too much to do just now; it is to be asked again.
  record Later() implements Verdict {}

  /// Nobody could say in time.
  ///
  /// @param why in words
  record Unprobed(String why) implements Verdict {}
}

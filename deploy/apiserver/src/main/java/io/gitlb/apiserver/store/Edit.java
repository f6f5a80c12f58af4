// SPDX-License-Identifier: Apache-2.0
package io.gitlb.apiserver.store;

import tools.jackson.databind.node.ObjectNode;

/// What is to become of an object.
public sealed interface Edit {

  /// It becomes this. When that equals what is stored, nothing is written and the version stays.
  ///
  /// @param tree handed over to the store, not to be changed afterwards
  record Put(ObjectNode tree) implements Edit {}

  /// It goes.
  ///
  /// @param last its last state
  record Remove(ObjectNode last) implements Edit {}

  /// It is answered to the client but not stored (a dry run).
  record Pretend(ObjectNode tree) implements Edit {}
}

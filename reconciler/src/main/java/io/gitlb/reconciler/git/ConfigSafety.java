// SPDX-License-Identifier: Apache-2.0
package io.gitlb.reconciler.git;

import io.gitlb.schema.value.ClusterName;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;

/// What is asked of a head of the config branch beside that it can be read.
///
/// @param trustPolicy who may change what; empty: whoever may push
/// @param marks where what was accepted is marked, so that it survives the loss of the disk; empty:
///   nowhere
/// @param clock says whether an Approval has expired
public record ConfigSafety(Optional<Path> trustPolicy, Optional<Marks> marks, InstantSource clock) {

  /// That it continues what was accepted here.
  public static final ConfigSafety PLAIN =
      new ConfigSafety(Optional.empty(), Optional.empty(), InstantSource.system());

  /// Marks on the ledger's remote, made with the credentials that may write there: the ref
  /// `refs/gitlb/<cluster>/accepted`, and `refs/gitlb/<cluster>/held/<commit>` for each commit that
  /// a held record names.
  public record Marks(GitRemote ledger, ClusterName cluster) {}
}
